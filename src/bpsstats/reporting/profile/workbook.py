"""The profile as a workbook: the differences of poor and others, then its tables, a row for each
class and the columns of each status beside each other.
"""

import math
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from bpsstats import __version__
from bpsstats.disclosure.policy import current_policy
from bpsstats.microdata.concepts import concepts
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.poverty.profile.cells import Entry
from bpsstats.poverty.profile.declared import labels_of
from bpsstats.poverty.profile.differences import Difference
from bpsstats.poverty.profile.tables import Profile, ProfileTable
from bpsstats.reporting.formats.workbook import Book, Sheet, write_book
from bpsstats.reporting.profile.shown import (
    column_name,
    named,
    place,
    row_name,
    sex_name,
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
    profile: Profile, found: Iterable[Difference], line: OneLine, lang: str, path: Path
) -> None:
    """Write the workbook of a profile; the same profile gives the same bytes."""
    said, known = words(lang), common_threshold(line)
    title = said["title"].format(area=profile.area)
    period = language(lang).period(profile.year)
    source = language(lang).words["source"].get(profile.source, profile.source)
    of = f"{profile.area}, {period}. {source[:1].upper()}{source[1:]}."
    values = {
        "source": source, "year": profile.year, "line": language(lang).number(known.given),
        "factor": f" ({known.note})" if known.note else "",
        "level": f"{100 * profile.level:g}", "withheld": current_policy().withheld,
        "policy": current_policy().version,
    }  # fmt: skip
    tables = [_table(table, of, lang) for table in profile.tables]
    write_book(
        Book(
            title,
            "bpsstats",
            lang,
            [period, source, f"bpsstats {__version__}"],
            [text.format(**values) for text in said["said"]],
            [*tables, _differences(profile, found, of, lang)],
        ),
        path,
    )


def _differences(profile: Profile, found: Iterable[Difference], of: str, lang: str) -> Sheet:
    """The comparisons of poor and others, the largest difference first."""
    said = words(lang)
    rows: list[list[Value]] = []
    marks: list[list[str]] = []
    for one in found:
        table = profile.table(one.table)
        declared = table.declared
        hidden = {key[:3] for key in withheld(table)}
        group = named(labels_of(declared.within), one.within, lang) if one.within else ""
        concept = concepts()[one.concept].labels[lang] if len(declared.rows) > 1 else ""
        which = ", ".join(part for part in (sex_name(one.sex, lang), group, concept) if part)
        is_hidden = (one.sex, one.within, one.concept) in hidden
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
    return _sheet(said["differences"], of, names, rows, [forms] * len(rows), marks)


def _table(table: ProfileTable, of: str, lang: str) -> Sheet:
    """One table: a row for each class, the columns of each status beside each other."""
    said, declared = words(lang), table.declared
    title = declared.titles[lang]
    if table.reason:
        absent = said["absent"].format(reason=language(lang).translated(table.reason))
        return Sheet(title, [of, absent], pd.DataFrame(), covers=declared.covers)
    columns = list(dict.fromkeys(entry.column for entry in table.entries))
    is_rp = bool(declared.amounts) or declared.measures == "mean_of_shares"
    heads = [said["rp"] if is_rp and name == "number" else said[name] for name, _ in FACTS]
    names = [said["part"], said["row"]]
    names += [f"{column_name(table, c, lang)}: {head}" for c in columns for head in heads]
    hidden = withheld(table)
    cells = {place(entry): entry for entry in table.entries}
    rows: list[list[Value]] = []
    marks: list[list[str]] = []
    for key in dict.fromkeys((e.sex, e.within, e.concept, e.row) for e in table.entries):
        entries = [cells[(*key, column)] for column in columns]
        is_hidden = [place(entry) in hidden for entry in entries]
        told = [_told(e, hide=h) for e, h in zip(entries, is_hidden, strict=True)]
        row = [_part(table, key[:3], lang), row_name(entries[0], lang)]
        rows.append([*row, *(value for values in told for value in values)])
        of_cells = [
            current_policy().withheld if h and getattr(e, name, True) is not None else ""
            for e, h in zip(entries, is_hidden, strict=True)
            for name, _ in FACTS
        ]
        marks.append(["", "", *of_cells])
    forms = ["", "", *(form for _ in columns for _, form in FACTS)]
    return _sheet(title, of, names, rows, [forms] * len(rows), marks, declared.covers)


def _sheet(
    title: str,
    of: str,
    names: list[str],
    rows: list[list[Value]],
    forms: list[list[str]],
    marks: list[list[str]],
    covers: str = "",
) -> Sheet:
    """A sheet without the columns that say nothing in any row."""
    frame, formats, hidden = (pd.DataFrame(e, columns=names) for e in (rows, forms, marks))
    told = frame.map(lambda v: v == v and v != "") | (hidden != "")
    says = [name for name in names if told[name].any()]
    return Sheet(title, [of], frame[says], formats[says], hidden[says], covers)


def _part(table: ProfileTable, key: tuple[str, str, str], lang: str) -> str:
    """Of whom the row is, where a table has several parts."""
    sex, within, concept = key
    parts = [sex_name(sex, lang)]
    if within:
        parts.append(named(labels_of(table.declared.within), within, lang))
    if len(table.declared.rows) > 1:
        parts.append(concepts()[concept].labels[lang])
    text = ", ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


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
