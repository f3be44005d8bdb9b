"""The cells of the annual report, made from the list of its sections, so that a section is added in
that list alone.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from bpsstats.reporting.report.notebooks import SECTION_CELL
from bpsstats.reporting.report.sections import PAGE
from bpsstats.reporting.words.language import language

# The notebook's own cells, before and after the sections.
LAST_BEFORE, FIRST_AFTER = "banner", "about-method"


def section_cells() -> list[NotebookNode]:
    """A heading and a cell for each part of each section of the page."""
    words = language("en")
    cells = []
    for section in PAGE:
        heading = f"## {words.word('section', section.name)}"
        cells.append(new_markdown_cell(heading, id=f"{SECTION_CELL}{section.name}"))
        cells += [
            new_code_cell(f'release["{section.name}"].{part}', id=f"{section.name}-{part}")
            for part in section.shows
        ]
    return cells


def with_sections(notebook: NotebookNode) -> NotebookNode:
    """The annual report with the cells of all sections, and its own around them."""
    ids = [cell.id for cell in notebook.cells]
    first, last = ids.index(LAST_BEFORE) + 1, ids.index(FIRST_AFTER)
    notebook.cells = [*notebook.cells[:first], *section_cells(), *notebook.cells[last:]]
    return notebook
