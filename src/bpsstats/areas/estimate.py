"""Poverty of many areas and rounds: each area and round is a task of its own, and the wholes are
sums of small tables.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

import pandas as pd

from bpsstats.areas.tasks import IN_PROCESS, run_tasks
from bpsstats.arguments import checked
from bpsstats.errors import ParameterError, UnknownAreaError, UnknownYearError
from bpsstats.microdata import find_area, known_years, read_round
from bpsstats.microdata.files.inventory import years_of_files
from bpsstats.microdata.files.region import areas_in_round
from bpsstats.microdata.parquet_rounds import (
    StoredRound,
    checked_households,
    is_stored,
    open_stored,
    stored_frame,
)
from bpsstats.paths import absolute, accepts_rebuilt_design, has_round, raw_dir
from bpsstats.poverty.indices.fgt import headcount, poor_count, poverty_gap, severity
from bpsstats.poverty.lines.official import poverty_line
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.reprs import count_of
from bpsstats.survey import Estimate, Estimates, Ratio, SurveyDesign, joint_source
from bpsstats.survey.design.survey_design import LonePsu
from bpsstats.survey.parts import PartialSums, estimates_of, joined, partial_sums
from bpsstats.survey.variance.intervals import check_level

OF_HEAD = ("urban", "head_sex", "head_education", "head_diploma", "head_work")
OF_PERSON = ("sex", "education", "diploma", "work", "sector")
MOST_NOTES = 3  # factors that a heading has room for
DESIGN = ("area", "psu", "stratum", "weight_person", "expenditure_person_month")


@dataclass(frozen=True, slots=True)
class AreaTask:
    """One task: an area of a round of official files, or the areas of a province of a stored round.

    Parameters
    ----------
    raw : str
        Folder, as the workers see it.
    year : int
    lines : mapping of str to OneLine
        The areas by code, with the poverty line of each.
    by : str, optional
        Breakdown.
    lone_psu : {"error", "centre", "merge", "certainty", "average"}
    design_fallback : bool
        Whether a rebuilt design is accepted, as of `read_round`.
    stored : bool
        Whether the folder is a stored round.
    """

    raw: str
    year: int
    lines: Mapping[str, OneLine]
    by: str | None
    lone_psu: LonePsu
    design_fallback: bool
    stored: bool


@checked
def estimate_areas(
    raw: str | Path | None = None,
    *,
    areas: str | Sequence[str] = "all",
    years: Sequence[int] | None = None,
    by: str | None = None,
    lone_psu: LonePsu = "error",
    design_fallback: bool = False,
    accept_line: bool = False,
    scheduler: str | None = None,
    workers: int | None = None,
    level: float = 0.95,
    progress: Callable[[int, int], None] | None = None,
) -> Estimates:
    """Number of poor, P0, P1 and P2 of many areas and rounds, of their provinces and of all
    together.

    Parameters
    ----------
    raw : path, optional
        A round stored by province, a folder with such rounds, or a folder of raw files with
        ``susenas/<year>-03/``; default data/raw, or the variable BPSSTATS_DATA. Workers on other
        machines must see it under the same path.
    areas : "all" or sequence of str
        BPS codes or names; default all areas in the files.
    years : sequence of int, optional
        Default all rounds in the folder.
    by : str, optional
        Break down by a characteristic of persons (sex, education, diploma, work, sector) or of
        households (urban, head_sex, head_education, head_diploma, head_work).
    lone_psu : {"error", "centre", "merge", "certainty", "average"}
        What to do with a stratum of one PSU.
    design_fallback : bool
        Whether to rebuild PSU and stratum where a round does not release them, as of `read_round`.
    accept_line : bool
        Whether to take a line that moved by more than a line does from one year to the next.
    scheduler : str, optional
        Address of a running Dask scheduler; ``"in-process"`` for one task after the other. Default
        a cluster of this machine.
    workers : int, optional
        Processes of the local cluster.
    level : float
        Confidence level.
    progress : callable, optional
        Told of the tasks done and of all tasks.

    Returns
    -------
    Estimates
        Domains ``all (k areas)``, ``province=64 (k areas)`` where there is more than one area of
        it, ``area=6471 Kota Balikpapan``; each person is measured by the line of the own area. The
        same to the last bit however the tasks were run.

    Raises
    ------
    UnknownAreaError, UnknownYearError
        If there is no such area, round or line.
    ParameterError
        If there is no such breakdown.
    InputError
        If files cannot be read, or items and spending disagree.

    Examples
    --------
    >>> table = estimate_areas(areas=["6471"], years=[2021, 2022], scheduler="in-process")
    >>> [(row.domain, row.period) for row in table if row.statistic == "headcount"]
    [('area=6471 Kota Balikpapan', 'March 2021'), ('area=6471 Kota Balikpapan', 'March 2022')]
    """
    level = check_level(level)
    if by is not None and by not in (*OF_HEAD, *OF_PERSON):
        raise ParameterError(
            f"There is no breakdown by {by!r}. Use one of {', '.join((*OF_PERSON, *OF_HEAD))}."
        )
    # Workers do not see the variables of this process.
    design_fallback = design_fallback or accepts_rebuilt_design()
    asked = (by, lone_psu, design_fallback)
    tasks = list(_tasks(raw, areas, years, asked, accept_line))
    function = partial(sums_of_task, threads=None if scheduler == IN_PROCESS else 1)
    parts = run_tasks(function, tasks, scheduler=scheduler, workers=workers, progress=progress)
    rows: list[Estimate] = []
    for _, of_year in groupby(zip(tasks, parts, strict=True), key=lambda pair: pair[0].year):
        by_area = {code: sums for _, part in of_year for code, sums in part.items()}
        rows += _rows_of_round(dict(sorted(by_area.items())), lone_psu, level)
    n_areas, periods = (
        len({code for part in parts for code in part}),
        dict.fromkeys(row.period for row in rows),
    )
    counted = count_of(n_areas, "area")
    source = joint_source(*(row.source for row in rows))
    said = [counted, ", ".join(periods), source, *_factors(tasks)]
    return Estimates(tuple(rows), " · ".join(said), level)


def _factors(tasks: Sequence[AreaTask]) -> list[str]:
    """What the heading says of correction factors: of which area and year each is."""
    lines = [
        (code, task.year, common_threshold(line))
        for task in tasks
        for code, line in task.lines.items()
    ]
    notes = [f"{line.note} of {code} in {year}" for code, year, line in lines if line.note]
    if len(notes) <= MOST_NOTES:
        return notes
    factors = [line.factor for _, _, line in lines if line.note]
    return [
        f"correction factors {min(factors):g} to {max(factors):g} of {count_of(len(notes), 'line')}"
    ]


def measures(line: OneLine) -> list[Ratio]:
    """What is estimated: number of poor, P0, P1, P2 at a line."""
    return [poor_count(line), headcount(line), poverty_gap(line), severity(line)]


def sums_of_task(task: AreaTask, *, threads: int | None = None) -> dict[str, PartialSums]:
    """Sums by PSU and domain of each area of a task: everything that needs the microdata.

    Parameters
    ----------
    task : AreaTask
    threads : int, optional
        Threads of the reader of stored rounds.
    """
    frames = _stored_frames(task, threads) if task.stored else _official_frames(task)
    return {code: _sums(frame, task.lines[code], task) for code, frame in frames}


def _sums(frame: pd.DataFrame, line: OneLine, task: AreaTask) -> PartialSums:
    """Sums of one area."""
    if task.by is not None and frame[task.by].dtype == bool:
        # The domains are the same in an area without countryside.
        frame = frame.assign(**{task.by: pd.Categorical(frame[task.by], categories=[False, True])})
    return partial_sums(SurveyDesign(frame, lone_psu=task.lone_psu), measures(line), task.by)


def _official_frames(task: AreaTask) -> Iterator[tuple[str, pd.DataFrame]]:
    """Records of each area of a round of official files."""
    for code in task.lines:
        round_ = read_round(code, task.year, task.raw, design_fallback=task.design_fallback)
        yield code, round_.persons if task.by in OF_PERSON else round_.households


def _stored_frames(task: AreaTask, threads: int | None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Records of each area of a province of a stored round, whose spending agrees with its
    items.
    """
    stored = open_stored(Path(task.raw))
    [province] = {code[:2] for code in task.lines}
    more = [] if task.by is None else [task.by]
    of_persons = task.by in OF_PERSON
    frame = checked_households(
        stored, [*DESIGN, *([] if of_persons else more)], province, threads=threads
    )
    if of_persons:
        frame = stored_frame(stored, "persons", [*DESIGN, *more], province, threads=threads)
    for code in task.lines:
        of_area = frame[frame["area"] == int(code)].reset_index(drop=True)
        of_area.attrs = {
            "period": f"March {stored.year}",
            "source": stored.source,
            "observed": "persons" if of_persons else "households",
            "calibrated": True,
        }
        yield code, of_area


def _rows_of_round(
    by_area: Mapping[str, PartialSums], lone_psu: LonePsu, level: float
) -> list[Estimate]:
    """Rows of all areas together, of the provinces, and of the areas of one round."""
    groups = {"all": list(by_area)}
    for code in by_area:
        groups.setdefault(f"province={code[:2]}", []).append(code)
    rows = []
    for name, codes in groups.items():
        if len(codes) > 1:
            whole = joined([by_area[code] for code in codes])
            rows += estimates_of(
                whole,
                measures(1.0),
                f"{name} ({count_of(len(codes), 'area')})",
                lone_psu=lone_psu,
                level=level,
            )
    for code, part in by_area.items():
        rows += estimates_of(
            part, measures(1.0), f"area={_name(code)}", lone_psu=lone_psu, level=level
        )
    return rows


def _name(code: str) -> str:
    """Code and name of an area; the invented ones have a code only."""
    try:
        return f"{code} {find_area(code).name}"
    except UnknownAreaError:
        return code


def _tasks(
    raw: str | Path | None,
    areas: str | Sequence[str],
    years: Sequence[int] | None,
    asked: tuple[str | None, LonePsu, bool],
    accept_line: bool,
) -> Iterator[AreaTask]:
    """The tasks of all rounds, by year and area."""
    base = raw_dir() if raw is None else absolute(raw)
    folders = (
        [base]
        if is_stored(base)
        else sorted(path for path in base.glob("*-03-national") if is_stored(path))
    )
    if folders:
        rounds = {stored.year: stored for stored in map(open_stored, folders)}
        for year in _years(years, list(rounds)):
            lines = _stored_lines(rounds[year], areas)
            for _, of_one in groupby(lines, key=lambda code: code[:2]):
                of_province = {code: lines[code] for code in of_one}
                yield AreaTask(
                    str(rounds[year].folder.resolve()),
                    year,
                    of_province,
                    *asked,
                    stored=True,
                )
        return
    present = [year for year in known_years(raw) if has_round(year, raw)] or years_of_files(base)
    for year in _years(years, present):
        codes = (
            areas_in_round(year, raw)
            if areas == "all"
            else [find_area(area).code for area in _listed(areas)]
        )
        for code in sorted(codes):
            line = {code: poverty_line(code, year, raw=raw, accept=accept_line)}
            yield AreaTask(str(base.resolve()), year, line, *asked, stored=False)


def _years(wanted: Sequence[int] | None, present: Sequence[int]) -> list[int]:
    """Years asked for, or all that are there."""
    years = sorted(present if wanted is None else wanted)
    missing = [year for year in years if year not in present]
    if missing or not years:
        held = ", ".join(map(str, sorted(present))) or "none"
        raise UnknownYearError(
            f"There is no round of {', '.join(map(str, missing)) or 'any year'} in the folder. It"
            f" has: {held}. Name another folder with --raw."
        )
    return years


def _stored_lines(stored: StoredRound, areas: str | Sequence[str]) -> dict[str, OneLine]:
    """Areas asked for in the order of their codes, with their lines."""
    wanted = list(stored.areas) if areas == "all" else list(_listed(areas))
    unknown = [code for code in wanted if code not in stored.areas]
    if unknown:
        raise UnknownAreaError(
            f"The round in {stored.folder.name} has no area {', '.join(unknown[:5])}. It has"
            f" {count_of(len(stored.areas), 'area')}, {min(stored.areas)} to {max(stored.areas)},"
            " named by their BPS code of four digits."
        )
    return {code: stored.lines[code] for code in sorted(wanted)}


def _listed(areas: str | Sequence[str]) -> Sequence[str]:
    """One area, or several."""
    return [areas] if isinstance(areas, str) else areas
