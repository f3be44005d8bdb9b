"""Reports of many areas, years and languages: each in a process of its own, several at a time; one
that fails does not stop the others.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from bpsstats.areas.tasks import run_tasks
from bpsstats.errors import ParameterError, UnknownYearError
from bpsstats.microdata import find_area
from bpsstats.microdata.files.region import areas_in_round
from bpsstats.microdata.lists.areas import parts_of_list, province_code
from bpsstats.reporting.words.language import language

ALL = "all"
SEEN = 2  # processors that a report keeps busy
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One report that is asked for; `options` are those of the command line that all share, and
    `settings` the folders that this process was told of, which a worker elsewhere was not.
    """

    area: str
    year: int
    lang: str
    out: str
    options: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.area} {self.year} {self.lang}"


@dataclass(frozen=True, slots=True)
class Made:
    """How a report went: an empty `error` where it is there, else its paragraph."""

    task: Task
    error: str


def areas_asked_for(areas: str, years: Sequence[int]) -> list[str]:
    """BPS codes of ``all`` areas in the files, of those of a province, or of a list.

    Parameters
    ----------
    areas : str
        "all"; codes or names separated by commas; a province by its code, such as "64" or "6400".
    years : sequence of int
        Rounds whose files are looked into.

    Raises
    ------
    UnknownAreaError
        If an area of the list is unknown.
    UnknownYearError
        If there are no files of any of the years.
    ParameterError
        If the files hold none of the areas.

    Examples
    --------
    >>> areas_asked_for("all", [2021, 2022])
    ['6471']
    """
    parts = parts_of_list(areas)
    wide = [part for part in parts if part == ALL or province_code(part)]
    if not wide:
        return list(dict.fromkeys(find_area(part).code for part in parts))
    there = _in_files(years)
    chosen = []
    for part in parts:
        start = "" if part == ALL else province_code(part)
        named = [find_area(part).code] if part not in wide else []
        chosen += named or [code for code in there if code.startswith(start)]
    if not chosen:
        raise ParameterError(
            f"The files of {', '.join(map(str, years))} hold no area of {areas!r}. They hold:"
            f" {', '.join(there)}."
        )
    return list(dict.fromkeys(chosen))


def make_reports(
    tasks: Sequence[Task], *, scheduler: str | None = None, progress: Progress | None = None
) -> list[Made]:
    """Have all reports made.

    Parameters
    ----------
    tasks : sequence of Task
    scheduler : str, optional
        Address of a running Dask scheduler that shares the tasks among machines which see the same
        folders; by default they run on this machine.
    progress : callable, optional
        Told of the reports that are done and of all after each.

    Returns
    -------
    list of Made
        In the order of the tasks.

    Raises
    ------
    ParameterError
        If a language is not there.
    ClusterError
        If no scheduler answers.
    """
    for task in tasks:
        language(task.lang)
    if scheduler is not None:
        return run_tasks(make_one, tasks, scheduler=scheduler, progress=progress)
    at_a_time = max(1, (os.cpu_count() or 1) // SEEN)
    pool = ThreadPoolExecutor(at_a_time)
    waiting: dict[Future[Made], int] = {
        pool.submit(make_one, task): place for place, task in enumerate(tasks)
    }
    made: dict[int, Made] = {}
    try:
        for future in as_completed(waiting):
            made[waiting[future]] = future.result()
            if progress is not None:
                progress(len(made), len(tasks))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return [made[place] for place in range(len(tasks))]


def make_one(task: Task) -> Made:
    """One report by the command itself, which ends in order whatever happens to it."""
    command = [sys.executable, "-m", "bpsstats", "report", "--quiet", *task.options]
    command += ["--area", task.area, "--year", str(task.year), "--lang", task.lang]
    run = subprocess.run(
        [*command, "--out", task.out],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **task.settings},
    )
    # The paragraph of the command is its last word; what it told before stays unsaid.
    said = " ".join(run.stderr.rpartition("bpsstats: ")[2].split())
    error = said or f"The command ended with code {run.returncode}."
    return Made(task, "" if run.returncode == 0 else error)


def folder_of(task: Task) -> Path:
    """Where a report lies: languages beside each other."""
    return Path(task.out) / task.area / str(task.year) / task.lang


def _in_files(years: Sequence[int]) -> list[str]:
    """Areas that the rounds hold; a round that is not there is passed over, unless all are."""
    codes: set[str] = set()
    missing: list[UnknownYearError] = []
    for year in years:
        try:
            codes |= set(areas_in_round(year))
        except UnknownYearError as error:
            missing.append(error)
    if len(missing) == len(years):
        raise missing[0]
    return sorted(codes)
