"""The files of a profile: the workbook, the page, their cells and differences as CSV, and what
these hold as JSON for a program.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from bpsstats.disclosure import is_of_respondents
from bpsstats.disclosure.log import decision_log, keep_log, shown_earlier, write_log
from bpsstats.disclosure.released import disclosure
from bpsstats.errors import ParameterError
from bpsstats.files import held, recover, scratch_folder
from bpsstats.microdata.concepts import concepts
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.poverty.profile.declared import labels_of
from bpsstats.poverty.profile.differences import Difference, differences, differences_frame
from bpsstats.poverty.profile.tables import Profile
from bpsstats.processes import beside
from bpsstats.reporting.formats.writers import csv_text, json_text
from bpsstats.reporting.profile.page import profile_page, sections
from bpsstats.reporting.profile.shown import notes, shown_differences, words
from bpsstats.reporting.profile.workbook import write_profile_workbook
from bpsstats.reporting.vintages import place
from bpsstats.reporting.vintages.moved import (
    MOVED,
    PROFILE,
    TABLE,
    Move,
    Revisions,
    check_reason,
    moved_cells,
    refuse,
    revisions_of,
)
from bpsstats.reporting.words.language import LANGUAGES

# By what the rows of a table are told apart.
KEYS = {
    "profile": ("table", "sex", "within", "concept", "row", "column", "measure"),
    "differences": ("table", "sex", "within", "concept"),
}
MEANING = {
    "table": "name of the table, as under tables",
    "sex": "both, male or female",
    "within": "class of the concept that the rows are within; empty where there is none",
    "concept": "concept of the row, as under concepts",
    "row": "class, or total",
    "column": "poor, non_poor, all, or a class of spending",
    "measure": "number (persons, households, or Rp) or value (percent)",
    "unit": "unit of the estimate",
    "estimate": "estimate; of survey data rounded, and empty where it is withheld",
    "std_error": "design-based standard error; empty where it cannot be estimated",
    "rse": "relative standard error, percent",
    "reliability": "class of BPS by relative standard error",
    "conf_low": "lower limit of the confidence interval",
    "conf_high": "upper limit of the confidence interval",
    "n": "records in the domain",
    "households": "households with a record in the domain",
    "n_psu": "PSUs with a record in the domain",
    "df": "degrees of freedom",
    "deff": "design effect",
    "n_eff": "effective sample size",
    "withheld": "whether the disclosure gate withholds the cell",
    "mark": "* for a relative standard error above 25 percent, ** above 50",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A profile in its place: its workbook, and whether it was there already, byte by byte."""

    workbook: Path
    is_same: bool


def write_profile(
    profile: Profile, line: OneLine, lang: str, folder: Path, *, revision: str | None = None
) -> Written:
    """Write all files of a profile into a folder, whole or not at all.

    One that is the same stays as it is; another is replaced for a reason only. It is then kept in
    folder ``earlier`` beside it, and the new one tells in ``revisions.csv`` what moved.

    Raises
    ------
    RevisionError
        If another profile is in place and there is no reason.
    """
    if lang not in LANGUAGES:
        raise ParameterError(
            f"There is no language {lang!r}. Choose one of {', '.join(LANGUAGES)}."
        )
    reason = check_reason(revision)
    workbook = f"{words(lang)['file']}-{profile.area_code}-{profile.year}.xlsx"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with held(folder.parent), scratch_folder(".profile-", folder.parent) as scratch:
        recover(folder)
        last, new = folder if folder.exists() else None, scratch / folder.name
        log = decision_log(folder.parent, folder)
        shown = _decided(profile, log, scratch)
        # The pictures take as long as all else: they are drawn at the same time.
        with beside(sections(shown, lang)) as drawn:
            found = differences(profile)
            tables = _tables(shown, found)
            moved = _moved(last, tables)
            if moved and reason is None:
                refuse(moved, str(folder))
            revisions = revisions_of(last)
            revised = revisions.with_reason(reason, moved) if reason else revisions
            write = partial(_write, shown, found, line, lang, new, workbook, tables, drawn)
            write(revised if moved else revisions)
            differ = place.differences(last, new)
            if differ and not moved and reason is None:
                refuse([], str(folder), differ)
            if differ and not moved:  # no figure moved, but what is said of them did
                write(revised)
        is_same = last is not None and not differ and place.is_complete(last, new)
        if not is_same:
            if last and differ:
                place.keep(last)
            place.replace_release(new, folder)
            keep_log(scratch, log)
        folder.with_name(MOVED.format(lang=folder.name)).unlink(missing_ok=True)
    return Written(folder / workbook, is_same)


def _decided(profile: Profile, log: Path, scratch: Path) -> Profile:
    """The released view, beside what earlier releases of the area have shown."""
    if not is_of_respondents(profile):
        return profile
    decided = disclosure(profile, earlier=shown_earlier(log.parent.parent, profile.area_code))
    write_log(decided.result, scratch, log)
    return decided.show(profile)


def _tables(profile: Profile, found: tuple[Difference, ...]) -> dict[str, pd.DataFrame]:
    """The tables for programs, by the name of their file."""
    keys = KEYS["differences"]

    def name(one: Difference) -> tuple[str, ...]:
        return tuple(getattr(one, key) for key in keys)

    shown = shown_differences(profile, found)
    told = {name(one) for one in shown}
    # Those that are withheld stand last, by name: the place of one among the others would bound it.
    rest = sorted((one for one in found if name(one) not in told), key=name)
    tested = differences_frame((*shown, *rest))
    is_told = tested.index < len(shown)
    for column in tested.columns.difference(list(keys)):
        tested[column] = tested[column].where(is_told)
    return {"profile": profile.to_frame(), "differences": tested}


def _moved(last: Path | None, tables: Mapping[str, pd.DataFrame]) -> list[Move]:
    """What moved since the profile in place, cell by cell."""
    if last is None:
        return []
    old = {name: last / f"{name}.csv" for name in tables}
    return [
        move
        for name, table in tables.items()
        if old[name].is_file()
        for move in moved_cells(name, old[name].read_text("utf8"), csv_text(table), KEYS[name])
    ]


def _write(
    profile: Profile,
    found: tuple[Difference, ...],
    line: OneLine,
    lang: str,
    new: Path,
    workbook: str,
    tables: Mapping[str, pd.DataFrame],
    drawn: Callable[[], Mapping[str, Sequence[str]]],
    revisions: Revisions,
) -> None:
    """Write all files into a folder, with the list of them."""
    new.mkdir(exist_ok=True)
    said = notes(profile, line, lang, revisions)
    write_profile_workbook(profile, found, said, lang, new / workbook)
    told = {**tables, TABLE: revisions.to_frame()} if len(revisions) else tables
    for name, table in told.items():
        (new / f"{name}.csv").write_text(csv_text(table), encoding="utf8")
    about = description(profile, line, tables["profile"]) | {"revisions": revisions.records()}
    (new / PROFILE).write_text(json_text(about), encoding="utf8")
    page = profile_page(profile, found, said, lang, drawn())
    (new / workbook).with_suffix(".html").write_text(page, encoding="utf8")
    place.write_list(new)


def description(profile: Profile, line: OneLine, cells: pd.DataFrame) -> dict[str, object]:
    """What the CSV holds, for a program."""
    known = common_threshold(line)
    used = {concept for t in profile.tables for concept in (*t.declared.rows, t.declared.within)}
    return {
        "area": profile.area, "area_code": profile.area_code, "year": profile.year,
        "source": profile.source, "poverty_line": known.given, "correction_factor": known.factor,
        "confidence_level": profile.level,
        "files": {"profile.csv": [
            {"name": column, "type": str(cells[column].dtype), "meaning": MEANING[str(column)]}
            for column in cells
        ]},
        "tables": [
            {"name": t.declared.name, "covers": t.declared.covers,
             "yearbook": list(t.declared.yearbook), "of": t.declared.of,
             "where": dict(t.declared.where), "within": t.declared.within,
             "rows": list(t.declared.rows), "columns": t.declared.columns,
             "by_sex": t.declared.by_sex, **t.declared.titles, "absent": t.reason}
            for t in profile.tables
        ],
        "concepts": {
            name: {**concepts()[name].labels, "classes": {
                of: {"id": spec["id"], "en": spec["en"]} for of, spec in labels_of(name).items()
            }}
            for name in sorted(used - {""})
        },
    }  # fmt: skip
