"""The profile as a workbook: cover, contents, differences, one sheet a table, notes; numbers are
numbers with formats.
"""

import math
from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from bpsstats import __version__
from bpsstats.disclosure.policy import current_policy
from bpsstats.microdata.concepts import concepts
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.poverty.profile.cells import Entry
from bpsstats.poverty.profile.declared import labels_of
from bpsstats.poverty.profile.differences import Difference
from bpsstats.poverty.profile.tables import Profile, ProfileTable
from bpsstats.reporting.profile.shown import (
    Place,
    column_name,
    named,
    place,
    row_name,
    sex_name,
    withheld,
    words,
)
from bpsstats.reporting.report.writers import guard, stop_the_clock
from bpsstats.reporting.words.language import language
from bpsstats.survey import Estimate

BOLD, TITLE = Font(bold=True), Font(bold=True, size=14)
WHOLE, TWO, FOUR = "#,##0", "#,##0.00", "0.0000"
# What is told of a cell, and how it is written.
FACTS = (
    ("number", WHOLE), ("value", TWO), ("std_error", TWO), ("rse", TWO), ("mark", "@"),
    ("conf_low", TWO), ("conf_high", TWO), ("households", WHOLE), ("deff", TWO), ("n_eff", WHOLE),
)  # fmt: skip
FIRST_WIDTH, WIDTH = 48, 13


def write_profile_workbook(
    profile: Profile, found: Iterable[Difference], line: OneLine, lang: str, path: Path
) -> None:
    """Write the workbook of a profile; the same profile gives the same bytes."""
    book = Workbook()
    said = words(lang)
    sheets = {table.declared.name: f"{i:02d}" for i, table in enumerate(profile.tables, start=1)}
    cover: Worksheet = book.active
    cover.title = said["cover"]
    title = said["title"].format(area=profile.area)
    source = language(lang).words["source"].get(profile.source, profile.source)
    _lines(cover, [title, language(lang).period(profile.year), source, f"bpsstats {__version__}"])
    _contents(book.create_sheet(said["contents"]), profile, sheets, lang)
    _differences(book.create_sheet(said["differences"]), profile, found, sheets, lang)
    for table in profile.tables:
        _table(book.create_sheet(sheets[table.declared.name]), table, profile, lang)
    known = common_threshold(line)
    values = {
        "source": source, "year": profile.year, "line": language(lang).number(known.given),
        "factor": f" ({known.note})" if known.note else "",
        "level": f"{100 * profile.level:g}", "withheld": current_policy().withheld,
        "policy": current_policy().version,
    }  # fmt: skip
    _lines(
        book.create_sheet(said["notes"]),
        [said["notes"], *(s.format(**values) for s in said["said"])],
    )
    book.save(path)
    stop_the_clock(path)


def _lines(sheet: Worksheet, lines: Iterable[str]) -> None:
    """Text, a line a row, the first as a title."""
    sheet.column_dimensions["A"].width = 120
    for i, text in enumerate(lines, start=1):
        cell = sheet.cell(i, 1, guard(text))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = TITLE if i == 1 else Font()


def _contents(sheet: Worksheet, profile: Profile, sheets: dict[str, str], lang: str) -> None:
    """A row for each table, with a link to its sheet."""
    said = words(lang)
    _header(sheet, 1, [said["sheet"], said["name"], said["covers"]])
    for i, table in enumerate(profile.tables, start=2):
        name = sheets[table.declared.name]
        cell = sheet.cell(i, 1, name)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
        cell.style = "Hyperlink"
        sheet.cell(i, 2, table.declared.titles[lang])
        sheet.cell(i, 3, table.declared.covers)
    _widths(sheet, [8, 100, 40])


def _differences(
    sheet: Worksheet,
    profile: Profile,
    found: Iterable[Difference],
    sheets: dict[str, str],
    lang: str,
) -> None:
    """The comparisons of poor and others, the largest difference first."""
    said = words(lang)
    names = ("sheet", "name", "which", "class", "gap", "std_error", "f", "p_value", "p_holm")
    _header(sheet, 1, [*(said[name] for name in names), said["significant"]])
    for i, one in enumerate(found, start=2):
        table = profile.table(one.table)
        hidden = {(p[0], p[1], p[2]) for p in withheld(table)}
        declared = table.declared
        group = named(labels_of(declared.within), one.within, lang) if one.within else ""
        concept = concepts()[one.concept].labels[lang] if len(declared.rows) > 1 else ""
        which = ", ".join(part for part in (sex_name(one.sex, lang), group, concept) if part)
        row = [sheets[one.table], declared.titles[lang], which]
        row += [named(labels_of(one.concept), one.row, lang)]
        is_hidden = (one.sex, one.within, one.concept) in hidden
        of = (one.difference, one.std_error, one.test.statistic, one.test.p_value, one.p_holm)
        for j, text in enumerate(row, start=1):
            sheet.cell(i, j, guard(text))
        for j, (value, form) in enumerate(zip(of, (TWO, TWO, TWO, FOUR, FOUR), strict=True), 5):
            _number(sheet, i, j, value, form, hidden=is_hidden and j < 7)
        answer = "yes" if one.is_significant else "no"
        sheet.cell(i, 10, said[answer] if math.isfinite(one.p_holm) else "")
    _widths(sheet, [8, 70, 30, 30, *[WIDTH] * 6])


def _table(sheet: Worksheet, table: ProfileTable, profile: Profile, lang: str) -> None:
    """One table: a row for each class, a block of columns for each status."""
    said, declared = words(lang), table.declared
    sheet.cell(1, 1, declared.titles[lang]).font = TITLE
    sheet.cell(2, 1, f"{profile.area}, {language(lang).period(profile.year)}")
    if table.reason:
        sheet.cell(4, 1, said["absent"].format(reason=table.reason))
        return
    columns = list(dict.fromkeys(entry.column for entry in table.entries))
    for k, column in enumerate(columns):
        first = 2 + k * len(FACTS)
        sheet.cell(4, first, column_name(table, column, lang)).font = BOLD
        is_rp = bool(declared.amounts) or declared.measures == "mean_of_shares"
        heads = [said["rp"] if is_rp and name == "number" else said[name] for name, _ in FACTS]
        _header(sheet, 5, heads, first)
    hidden = withheld(table)
    cells = {place(entry): entry for entry in table.entries}
    at, before = 6, ("", "", "")
    for key in dict.fromkeys((e.sex, e.within, e.concept, e.row) for e in table.entries):
        if key[:3] != before:
            at = _heading(sheet, at, table, key[:3], lang)
            before = key[:3]
        for k, column in enumerate(columns):
            entry = cells[(*key, column)]
            sheet.cell(at, 1, guard(row_name(entry, lang)))
            _cell(sheet, at, 2 + k * len(FACTS), entry, hidden)
        at += 1
    _widths(sheet, [FIRST_WIDTH, *[WIDTH] * (len(FACTS) * len(columns))])
    sheet.freeze_panes = "B6"


def _heading(
    sheet: Worksheet, at: int, table: ProfileTable, key: tuple[str, str, str], lang: str
) -> int:
    """The row that says of whom the next rows are, where a table has several parts."""
    sex, within, concept = key
    parts = [sex_name(sex, lang)]
    if within:
        parts.append(named(labels_of(table.declared.within), within, lang))
    if len(table.declared.rows) > 1:
        parts.append(concepts()[concept].labels[lang])
    text = ", ".join(part for part in parts if part)
    if not text:
        return at
    sheet.cell(at, 1, text[0].upper() + text[1:]).font = BOLD
    return at + 1


def _cell(sheet: Worksheet, row: int, first: int, entry: Entry, hidden: set[Place]) -> None:
    """What is told of one cell; its error is that of the percent, or of the number alone."""
    main: Estimate | None = entry.value or entry.number
    if main is None:
        return
    low, high = main.interval()
    of = {
        "number": entry.number.estimate if entry.number is not None else math.nan,
        "value": entry.value.estimate if entry.value is not None else math.nan,
        "std_error": main.std_error, "rse": main.rse, "conf_low": low, "conf_high": high,
        "households": (entry.number or main).households or 0, "deff": main.deff,
        "n_eff": main.n_eff,
    }  # fmt: skip
    is_hidden = place(entry) in hidden
    for k, (name, form) in enumerate(FACTS):
        if name == "mark":
            sheet.cell(row, first + k, "" if is_hidden else main.mark)
        else:
            _number(sheet, row, first + k, of[name], form, hidden=is_hidden)


def _number(
    sheet: Worksheet, row: int, column: int, value: float, form: str, *, hidden: bool
) -> None:
    """A number with its format, the mark of what is withheld, or nothing where there is none."""
    cell = sheet.cell(row, column)
    if hidden:
        cell.value = current_policy().withheld
    elif math.isfinite(value):
        cell.value, cell.number_format = float(value), form


def _header(sheet: Worksheet, row: int, names: Iterable[str], first: int = 1) -> None:
    """Names of columns."""
    for j, name in enumerate(names, start=first):
        cell = sheet.cell(row, j, name)
        cell.font, cell.alignment = BOLD, Alignment(wrap_text=True, vertical="top")


def _widths(sheet: Worksheet, widths: Iterable[int]) -> None:
    """Widths of columns, in characters."""
    for j, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(j)].width = width
