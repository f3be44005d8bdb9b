"""One notebook executed with parameters: what it shows, free of paths and times, or the place
where it stopped.
"""

import logging
from collections.abc import Mapping
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.engines import papermill_engines

from bpsstats.errors import NotebookError
from bpsstats.paths import notebooks_dir
from bpsstats.reporting.report.notebooks.cells import read_notebook
from bpsstats.reporting.report.notebooks.kernel import ENGINE, OwnProcess
from bpsstats.reporting.report.notebooks.written import KERNEL, said_of, written_cells

papermill_engines.register(ENGINE, OwnProcess)


def execute(path: Path, parameters: Mapping[str, object], lang: str, target: Path) -> None:
    """Execute a notebook in this process, which is used up by it, and write it to a file.

    Raises
    ------
    NotebookError
        If a cell fails; the message names notebook and cell.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    # Handed over as it is: papermill takes braces in the name of a file for parameters.
    notebook = read_notebook(path, lang)
    try:
        executed = papermill.execute_notebook(
            notebook,
            None,
            parameters=dict(parameters),
            engine_name=ENGINE,
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            cwd=str(notebooks_dir()),
        )
    except papermill.PapermillExecutionError as error:
        raise NotebookError(_failure(path, lang, error)) from error
    nbformat.write(_without_traces(executed), target)


def _failure(path: Path, lang: str, error: papermill.PapermillExecutionError) -> str:
    """One paragraph: notebook, cell, what it said."""
    cells = written_cells(path, lang)
    sources = [cell.source for cell in cells]
    number = sources.index(error.source) + 1 if error.source in sources else 0
    cell_id = cells[number - 1].id if number else "parameters"
    said = said_of(error.ename, str(error.evalue))
    return (
        f"Notebook {path.stem} stopped at cell {number} ({cell_id}) with {error.ename}{said}."
        " Nothing was written; the last report is as it was. Open the notebook with the same"
        " parameters to look into it."
    )


def _without_traces(notebook: NotebookNode) -> NotebookNode:
    """Drop papermill's record of paths and times, and the names that it gives by chance."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        # The cell of the parameters that were asked for has a name by chance.
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
    return notebook
