"""The one writer of workbooks, after the UK Government's guidance on accessible spreadsheets:
cover, contents, notes, and one table a sheet that is marked as a table, with its title and what it
is of above it; no merged and no empty cells; numbers are numbers with formats; nothing is cut.

Source: Analysis Function, "Releasing statistics in spreadsheets", 2023.
"""

import math
import textwrap
from collections.abc import Iterable, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from bpsstats.reporting.formats.book import Book, Sheet
from bpsstats.reporting.formats.writers import guard, stop_the_clock
from bpsstats.reporting.words.language import language

WRAPPED = Alignment(wrap_text=True, vertical="top", horizontal="left", indent=1)
TO_THE_RIGHT = Alignment(wrap_text=True, vertical="top", horizontal="right", indent=1)
STYLE = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
# What stands for a number that is not there, and for text that does not apply.
NO_NUMBER, NO_TEXT = "[x]", "[z]"
WIDEST, LEAST, LINES_WIDE = 40, 7, 56  # characters
# Programs that lack the font take a wider one; nothing may be cut then either.
ROOM, LINE = 1.25, 15.5  # widths of a digit to a character, points to a line
PAGE_WIDE = 200  # characters side by side on A4, where they are as small as can be read
PART_WIDE = 88  # the same at full size, in whatever font
HEADED = 1.2  # inches: the margin below which a page begins that has its title above
FONT = "Arial"
TITLE, HEADING, PLAIN = Font(FONT, 14, bold=True), Font(FONT, 10, bold=True), Font(FONT, 10)
LINK = Font(FONT, 10, color="0563C1", underline="single")


def write_book(book: Book, path: Path) -> None:
    """Write a workbook; the same book gives the same bytes."""
    words = language(book.lang).words["workbook"]
    made = Workbook()
    about = made.properties
    about.title, about.creator, about.lastModifiedBy = book.title, book.author, book.author
    about.language = words["code"]
    cover: Worksheet = made.active
    cover.title = words["cover"]
    _lines(cover, [book.title, *book.cover])
    names = {i: words["table"].format(n=i) for i in range(1, len(book.sheets) + 1)}
    contents = pd.DataFrame(
        [
            [words["notes"], words["notes_title"], NO_TEXT],
            *([names[i], sheet.title, sheet.covers] for i, sheet in enumerate(book.sheets, 1)),
        ],
        columns=[words["sheet"], words["title"], words["covers"]],
    )
    if not any(sheet.covers for sheet in book.sheets):
        contents = contents.iloc[:, :2]
    _sheet(made, words["contents"], Sheet(words["contents"], [], contents), "contents")
    _link(made[words["contents"]])
    notes = pd.DataFrame(
        {words["note"]: range(1, len(book.notes) + 1), words["text"]: list(book.notes)}
    )
    _sheet(made, words["notes"], Sheet(words["notes_title"], [], notes), "notes")
    for i, sheet in enumerate(book.sheets, 1):
        _sheet(made, names[i], sheet, f"table_{i}")
    made.save(path)
    stop_the_clock(path)


def _lines(sheet: Worksheet, lines: Iterable[str]) -> None:
    """Text, a line a row, the first as a title."""
    sheet.column_dimensions["A"].width = LINES_WIDE * ROOM
    for i, text in enumerate(lines, start=1):
        cell = sheet.cell(i, 1, guard(text))
        cell.alignment, cell.font = WRAPPED, TITLE if i == 1 else PLAIN
        _height(sheet, i, [_lines_of(text, LINES_WIDE // (2 if i == 1 else 1))], i == 1)
    _on_paper(sheet, portrait=True)


def _sheet(book: Workbook, name: str, of: Sheet, table: str) -> None:
    """A sheet with its title, what it is of, and its table."""
    sheet: Worksheet = book.create_sheet(name)
    top = [of.title, *of.about]
    for i, text in enumerate(top, start=1):
        sheet.cell(i, 1, guard(text)).font = TITLE if i == 1 else PLAIN
    if of.frame.empty:
        _lines(sheet, top)
        return
    at, (rows, columns) = len(top) + 1, of.frame.shape
    told = zip(of.frame.items(), _texts(of, of.formats), _texts(of, of.marks), strict=True)
    lines = [
        _column(sheet, at, j, str(heading), values, forms, marks)
        for j, ((heading, values), forms, marks) in enumerate(told, start=1)
    ]
    for i, needed in enumerate(zip(*lines, strict=True)):
        _height(sheet, at + i, needed)
    last = f"{get_column_letter(columns)}{at + rows}"
    marked = Table(displayName=table, name=table, ref=f"A{at}:{last}", tableStyleInfo=STYLE)
    # Named by hand, so that no buttons of a filter lie over the headings.
    marked.tableColumns = [
        TableColumn(id=j, name=str(sheet.cell(at, j).value)) for j in range(1, columns + 1)
    ]
    sheet.add_table(marked)
    sheet.freeze_panes = sheet.cell(at + 1, 2)
    sheet.print_title_rows = f"{at}:{at}"
    if not _by_parts(sheet, top, of.parts, f"A{at}:{last}"):
        _on_paper(sheet, portrait=columns <= 3)


def _texts(of: Sheet, texts: pd.DataFrame | None) -> list[list[str]]:
    """Formats or marks, a list for each column; empty where the sheet has none."""
    rows, columns = of.frame.shape
    return [[""] * rows] * columns if texts is None else texts.to_numpy().T.tolist()


def _column(
    sheet: Worksheet,
    at: int,
    j: int,
    name: str,
    values: "pd.Series[Any]",
    forms: Sequence[str],
    marks: Sequence[str],
) -> list[int]:
    """A column of a table: its heading, its cells, its width; the lines that each cell needs."""
    is_number = bool(pd.api.types.is_numeric_dtype(values) or any(forms))
    heading = sheet.cell(at, j, guard(name))
    stands = TO_THE_RIGHT if is_number else WRAPPED
    heading.font, heading.alignment = HEADING, stands
    shown = []
    # Font and alignment are looked up once: each look-up hashes all that they say.
    plain = sheet.cell(at + 1, j)
    plain.font, plain.alignment = PLAIN, stands
    look = copy(plain._style)
    for i, (value, form, mark) in enumerate(zip(values.tolist(), forms, marks, strict=True), 1):
        cell = sheet.cell(at + i, j)
        cell._style = copy(look)
        shown.append(_write(cell, value, form, mark, is_number=is_number))
    named = str(heading.value)
    longest = max(len(word) for word in named.split())
    wide = max(LEAST, longest, min(WIDEST, max(map(len, shown))))
    sheet.column_dimensions[get_column_letter(j)].width = wide * ROOM + 2
    return [_lines_of(text, wide) for text in (named, *shown)]


def _write(cell: Cell, value: Any, form: str, mark: str, *, is_number: bool) -> str:
    """A value in its cell; what is seen of it."""
    if isinstance(value, str) or not is_number:
        cell.value = guard(str(value)) if value is not None and str(value) else NO_TEXT
        return str(cell.value)
    number = float(value) if pd.notna(value) else math.nan
    if not math.isfinite(number):
        cell.value = mark or NO_NUMBER
        return str(cell.value)
    cell.value = int(number) if number.is_integer() and "." not in form else number
    cell.number_format = form or "General"
    return f"{number:,.{len(form.rpartition('.')[2]) if '.' in form else 0}f}"


def _lines_of(text: str, wide: int) -> int:
    """Lines that a text needs in a column so many characters wide."""
    return 1 if len(text) <= wide + 2 else len(textwrap.wrap(text, wide + 2))


def _height(sheet: Worksheet, row: int, lines: Iterable[int], is_title: bool = False) -> None:
    """Height of a row whose cells need so many lines; programs that print do not find it out."""
    sheet.row_dimensions[row].height = LINE * max(lines) * (1.5 if is_title else 1)


def _link(contents: Worksheet) -> None:
    """Links from the contents to the sheets that they name."""
    for row in contents.iter_rows(min_row=3, max_col=1):
        for cell in row:
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{cell.value}'!A1")
            cell.font = LINK


def _on_paper(sheet: Worksheet, *, portrait: bool) -> None:
    """As wide as the table, on the sheet of paper on which it can be read."""
    sheet.page_setup.orientation = "portrait" if portrait else "landscape"
    is_wide = sum(_widths(sheet)) > PAGE_WIDE
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3 if is_wide else sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0


def _by_parts(sheet: Worksheet, top: Sequence[str], parts: Sequence[int], table: str) -> bool:
    """Each part of a table that is too wide for a page on one of its own, beside the names of the
    rows and below the title; whether the table is such a one.
    """
    widths = _widths(sheet)
    if len(parts) < 2 or sum(widths) <= PAGE_WIDE:
        return False
    for start in parts[1:]:
        sheet.col_breaks.append(Break(id=start))
    sheet.print_title_cols = f"A:{get_column_letter(parts[0])}"
    of_parts = [sum(widths[a:b]) for a, b in zip(parts, [*parts[1:], len(widths)], strict=True)]
    widest = sum(widths[: parts[0]]) + max(of_parts)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.scale = min(100, int(100 * PART_WIDE / widest))
    # A title in a cell would be cut on all pages but the first.
    sheet.print_area, sheet.page_margins.top = table, HEADED
    sheet.oddHeader.left.text = " · ".join(top).replace("&", "&&")
    sheet.oddHeader.left.font, sheet.oddHeader.left.size = f"{FONT},Bold", 10
    return True


def _widths(sheet: Worksheet) -> list[float]:
    """Widths of the columns, characters."""
    return [each.width for each in sheet.column_dimensions.values()]
