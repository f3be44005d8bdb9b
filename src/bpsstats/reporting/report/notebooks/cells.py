"""Notebooks to be executed: their cells in a language; those of the annual report are made from the
list of its sections, so that a section is added in that list alone.
"""

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from bpsstats.reporting.report.notebooks.written import SECTION_CELL, written_cells
from bpsstats.reporting.report.sections import PAGE
from bpsstats.reporting.words.language import language

LAST_BEFORE = "headline"  # of the notebook's own cells; the sections follow


def read_notebook(path: Path, lang: str = "en") -> NotebookNode:
    """A notebook with its prose in a language and without outputs.

    Raises
    ------
    NotebookError
        If a Markdown cell has no translation.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell, written in zip(notebook.cells, written_cells(path, lang), strict=True):
        cell.source = written.source
        if written.is_code:
            cell.outputs, cell.execution_count = [], None
    return notebook


def section_cells() -> list[NotebookNode]:
    """A heading and a cell for each section of the page."""
    words = language("en")
    cells = []
    for section in PAGE:
        heading = f"## {words.word('section', section.name)}"
        cells.append(new_markdown_cell(heading, id=f"{SECTION_CELL}{section.name}"))
        cells.append(new_code_cell(f'release["{section.name}"]', id=section.name))
    return cells


def with_sections(notebook: NotebookNode) -> NotebookNode:
    """The annual report: its own cells, then those of all sections."""
    first = [cell.id for cell in notebook.cells].index(LAST_BEFORE) + 1
    notebook.cells = [*notebook.cells[:first], *section_cells()]
    return notebook
