"""The profile as a workbook: the differences of poor and others, then its tables, a row for each
class and the columns of each status beside each other.
"""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from bpsstats import __version__
from bpsstats.disclosure.policy import current_policy
from bpsstats.poverty.profile.cells import Entry
from bpsstats.poverty.profile.declared import Declared, labels_of
from bpsstats.poverty.profile.differences import Difference
from bpsstats.poverty.profile.tables import Profile, ProfileTable
from bpsstats.reporting.formats.book import Book, Sheet
from bpsstats.reporting.formats.workbook import write_book
from bpsstats.reporting.profile.shown import (
    column_name,
    named,
    part_name,
    place,
    row_name,
    withheld,
    words,
)
from bpsstats.reporting.words.language import language
from bpsstats.survey import Estimate

WHOLE, TWO, FOUR = "#,##0", "#,##0.00", "0.0000"
# What is told of a cell, and how it is written.
FACTS = (
    ("number", WHOLE), ("value", TWO), ("std_error", TWO), ("rse", TWO), ("mark", ""),
    ("conf_low", TWO), ("conf_high", TWO), ("households", WHOLE), ("deff", TWO), ("n_eff", WHOLE),
)  # fmt: skip
COMPARED = (
    ("gap", TWO), ("std_error", TWO), ("f", TWO), ("p_value", FOUR), ("p_holm", FOUR),
)  # fmt: skip
Value = float | str


def write_profile_workbook(
    profile: Profile, found: Iterable[Difference], notes: Sequence[str], lang: str, path: Path
) -> None:
    """Write the workbook of a profile; the same profile gives the same bytes."""
    title = words(lang)["title"].format(area=profile.area)
    period = language(lang).period(profile.year)
    source = language(lang).words["source"].get(profile.source, profile.source)
    of = f"{profile.area}, {period}. {source[:1].upper()}{source[1:]}."
    tables = [_table(table, of, lang) for table in profile.tables]
    write_book(
        Book(
            title,
            "bpsstats",
            lang,
            [period, source, f"bpsstats {__version__}"],
            notes,
            [*tables, _differences(profile, found, of, lang)],
        ),
        path,
    )


def _differences(profile: Profile, found: Iterable[Difference], of: str, lang: str) -> Sheet:
    """The comparisons of poor and others, the largest difference first."""
    said = words(lang)
    hidden = {t.declared.name: {key[:3] for key in withheld(t)} for t in profile.tables}
    rows: list[list[Value]] = []
    marks: list[list[str]] = []
    for one in found:
        declared = profile.table(one.table).declared
        which = part_name(declared, one.sex, one.within, one.concept, lang)
        is_hidden = (one.sex, one.within, one.concept) in hidden[one.table]
        gap = (math.nan, math.nan) if is_hidden else (one.difference, one.std_error)
        answer = said["yes" if one.is_significant else "no"] if math.isfinite(one.p_holm) else ""
        tested = (one.test.statistic, one.test.p_value, one.p_holm, answer)
        text = (declared.titles[lang], which, named(labels_of(one.concept), one.row, lang))
        rows.append([*text, *gap, *tested])
        mark_of = current_policy().withheld if is_hidden else ""
        marks.append(["", "", "", mark_of, mark_of, "", "", "", ""])
    names = [said[name] for name in ("name", "which", "class")]
    names += [*(said[name] for name, _ in COMPARED), said["significant"]]
    forms = ["", "", "", *(form for _, form in COMPARED), ""]
    return _sheet(said["differences"], of, names, rows, [forms] * len(rows), marks, first=3)


def _table(table: ProfileTable, of: str, lang: str) -> Sheet:
    """One table: a row for each class, the columns of each status beside each other."""
    said, declared = words(lang), table.declared
    title = declared.titles[lang]
    if table.reason:
        absent = said["absent"].format(reason=language(lang).translated(table.reason))
        return Sheet(title, [of, absent], pd.DataFrame(), covers=_covers(declared, lang))
    columns = list(dict.fromkeys(entry.column for entry in table.entries))
    is_rp = bool(declared.amounts) or declared.measures == "mean_of_shares"
    heads = [said["rp"] if is_rp and name == "number" else said[name] for name, _ in FACTS]
    names = [said["part"], said["row"]]
    names += [f"{column_name(table, c, lang)}: {head}" for c in columns for head in heads]
    hidden = withheld(table)
    cells = {place(entry): entry for entry in table.entries}
    rows: list[list[Value]] = []
    marks: list[list[str]] = []
    keys = list(dict.fromkeys(place(entry)[:4] for entry in table.entries))
    parts = {key[:3]: part_name(declared, *key[:3], lang) for key in keys}
    of_all = said["all"] if len(parts) > 1 else ""
    for key in keys:
        entries = [cells[(*key, column)] for column in columns]
        is_hidden = [place(entry) in hidden for entry in entries]
        told = [_told(e, hide=h) for e, h in zip(entries, is_hidden, strict=True)]
        part = parts[key[:3]] or of_all
        row = [part[:1].upper() + part[1:], row_name(entries[0], lang)]
        rows.append([*row, *(value for values in told for value in values)])
        of_cells = [
            current_policy().withheld if h and getattr(e, name, True) is not None else ""
            for e, h in zip(entries, is_hidden, strict=True)
            for name, _ in FACTS
        ]
        marks.append(["", "", *of_cells])
    forms = ["", "", *(form for _ in columns for _, form in FACTS)]
    return _sheet(title, of, names, rows, [forms] * len(rows), marks, _covers(declared, lang))


def _covers(declared: Declared, lang: str) -> str:
    """Which tables of an office's list, and whether one of the yearbook, a table is."""
    return ", ".join(
        filter(None, [declared.covers, words(lang)["yearbook"] if declared.yearbook else ""])
    )


def _sheet(
    title: str,
    of: str,
    names: list[str],
    rows: list[list[Value]],
    forms: list[list[str]],
    marks: list[list[str]],
    covers: str = "",
    first: int = 2,
) -> Sheet:
    """A sheet without the columns that say nothing in any row; those of a status begin with the
    `first` column.
    """
    says = [
        j
        for j in range(len(names))
        if any(
            m[j] or (row[j] == row[j] and row[j] != "") for row, m in zip(rows, marks, strict=True)
        )
    ]
    frame, formats, hidden = (
        pd.DataFrame(
            [[of_row[j] for j in says] for of_row in of_rows],
            columns=[names[j] for j in says],
            dtype=object,
        )
        for of_rows in (rows, forms, marks)
    )
    of_column = [(j - first) // len(FACTS) for j in says]
    parts = [k for k, of_one in enumerate(of_column) if of_one >= 0 and of_one != of_column[k - 1]]
    return Sheet(title, [of], frame, formats, hidden, covers, parts)


def _told(entry: Entry, *, hide: bool) -> list[Value]:
    """What is told of one cell; its error is that of the percent, or of the number alone."""
    main: Estimate | None = entry.value or entry.number
    if main is None or hide:
        return ["" if name == "mark" else math.nan for name, _ in FACTS]
    low, high = main.interval()
    of: dict[str, Value] = {
        "number": entry.number.estimate if entry.number is not None else math.nan,
        "value": entry.value.estimate if entry.value is not None else math.nan,
        "std_error": main.std_error, "rse": main.rse, "mark": main.mark, "conf_low": low,
        "conf_high": high, "households": (entry.number or main).households or 0,
        "deff": main.deff, "n_eff": main.n_eff,
    }  # fmt: skip
    return [of[name] for name, _ in FACTS]
