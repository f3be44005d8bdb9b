"""Tables as papers take them: LaTeX by pandas' Styler, and Word by python-docx."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bpsstats.errors import OutputError, ParameterError

if TYPE_CHECKING:
    from bpsstats.reporting.display import Table

NOTE_SIZE = 9  # points
# What LaTeX has no letter for in its default encoding.
LATEX = {
    "−": "$-$", "–": "--", "·": r"$\cdot$", "²": "$^2$", "<": "$<$", ">": "$>$", "|": r"$\vert$",
    "≤": r"$\le$", "≥": r"$\ge$", "×": r"$\times$",
}  # fmt: skip


def latex(table: "Table", label: str = "") -> str:
    """A floating table of the package booktabs, numbers to the right, the notes below it."""
    frame, numbers = table.frame, table.numbers()
    shown = pd.DataFrame(
        {i: [_escaped(str(cell)) for cell in frame.iloc[:, i]] for i in range(frame.shape[1])}
    )
    shown.columns = pd.Index([_escaped(str(name)) for name in frame.columns])
    text = shown.style.hide(axis="index").to_latex(
        column_format="".join("r" if number else "l" for number in numbers),
        hrules=True,
        position="htbp",
        position_float="centering",
        caption=_escaped(table.caption),
        label=label or None,
    )
    notes = "".join(f"\\par\\footnotesize {_escaped(note)}\n" for note in table.notes)
    return str(text).replace("\\end{table}", f"{notes}\\end{{table}}")


def word(table: "Table", path: str | Path) -> Path:
    """Write a table as a document of Word, with its caption above and its notes below.

    Raises
    ------
    ParameterError
        If there is no python-docx.
    OutputError
        If the file cannot be written.
    """
    try:
        docx, shared = import_module("docx"), import_module("docx.shared")
    except ImportError:
        raise ParameterError(
            "Documents of Word are written by python-docx, which is not installed. Install it (pip"
            " install python-docx), or use latex()."
        ) from None
    document = docx.Document()
    caption = document.add_paragraph(style="Caption").add_run(table.caption)
    caption.font.color.rgb = shared.RGBColor(0, 0, 0)
    names, numbers = list(map(str, table.frame.columns)), table.numbers()
    grid = document.add_table(rows=1, cols=len(names), style="Light Shading")
    for row in [names, *table.frame.astype(str).to_numpy().tolist()]:
        cells = grid.rows[0].cells if row is names else grid.add_row().cells
        for cell, text, number in zip(cells, row, numbers, strict=True):
            _write(cell, text, to_the_right=number)
    grid.autofit = False
    page = document.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    for k, column in enumerate(grid.columns):  # the names of the rows need twice the room
        for cell in column.cells:
            cell.width = room * (2 if k == 0 else 1) // (len(names) + 1)
    _repeat_heading(grid.rows[0])
    for note in table.notes:
        run = document.add_paragraph().add_run(note)
        run.font.size = shared.Pt(NOTE_SIZE)
    target = Path(path)
    try:
        document.save(str(target))
    except OSError as error:
        raise OutputError(
            f"The document {target.name} cannot be written: {error.strerror}. Name a file in a"
            " folder that is there and can be written."
        ) from error
    return target


def _write(cell: Any, text: str, *, to_the_right: bool) -> None:
    """Text of a cell."""
    cell.text = text
    if to_the_right:
        cell.paragraphs[0].alignment = import_module("docx.enum.text").WD_ALIGN_PARAGRAPH.RIGHT


def _repeat_heading(row: Any) -> None:
    """Say that the first row is a heading, for readers of screens and for a second page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(import_module("docx.oxml").OxmlElement("w:tblHeader"))


def _escaped(text: str) -> str:
    """Text for LaTeX."""
    marks = {mark: f"\\{mark}" for mark in "&%$#_{}"}
    marks |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(marks.get(each, LATEX.get(each, each)) for each in text)
