"""The cells of the annual report, made from the list of its sections, so that a section is added in
that list alone.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from bpsstats.reporting.report.notebooks import SECTION_CELL
from bpsstats.reporting.report.sections import PAGE
from bpsstats.reporting.words.language import language

LAST_BEFORE = "headline"  # of the notebook's own cells; the sections follow


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
