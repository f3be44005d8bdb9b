"""A notebook of one's own to start from: parameters, data, design, one estimate, a check."""

from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError

from bpsstats.arguments import checked
from bpsstats.errors import NotebookError, OutputError, ParameterError
from bpsstats.microdata import find_area
from bpsstats.paths import absolute
from bpsstats.reporting.report.notebooks.cells import read_notebook
from bpsstats.reporting.report.notebooks.refresh import execute_in_place
from bpsstats.reporting.report.notebooks.written import said_of

# Without outputs: each notebook that is made from it is run with its own parameters.
START = Path(__file__).with_name("start.ipynb")
ENDING = ".ipynb"


@checked
def start_notebook(
    path: str | Path, area: str | int = "6471", year: int = 2022, lang: str = "en"
) -> Path:
    """Write a notebook to start from, with its outputs, and return where it is.

    Parameters
    ----------
    path : path
        Where to write it; it ends in .ipynb.
    area : str or int
        BPS code or name.
    year : int
        Year of the March round.
    lang : {"en", "id"}
        Language of the prose and of the tables.

    Raises
    ------
    ParameterError
        If the name does not end in .ipynb, or the language is none.
    OutputError
        If there is a file of that name, or no such folder.
    NotebookError
        If a cell fails, as where the round is not there; nothing is written.
    """
    target = absolute(path)
    if target.suffix != ENDING:
        raise ParameterError(
            f"The name {target.name!r} is none of a notebook; let it end in {ENDING}, as in"
            f" my-question{ENDING}."
        )
    if not target.parent.is_dir():
        raise OutputError(
            f"There is no folder {target.parent.name} to write {target.name} into. Make it first."
        )
    if target.exists():
        raise OutputError(f"{target.name} is there already and stays as it is. Take another name.")
    notebook = read_notebook(START, lang)
    given = {"area": find_area(area).code, "year": year, "lang": lang}
    cell = next(cell for cell in notebook.cells if cell.id == "parameters")
    cell.source = "\n".join(_with_value(line, given) for line in cell.source.splitlines())
    try:
        execute_in_place(notebook, target.parent)
    except CellExecutionError as error:
        raise NotebookError(
            f"The new notebook stopped with {error.ename}{said_of(error.ename, error.evalue)}."
            " Nothing was written."
        ) from error
    try:
        with target.open("x", encoding="utf8") as new:  # not over one that has come meanwhile
            new.write(nbformat.writes(notebook) + "\n")
    except OSError as error:
        raise OutputError(f"{target.name} could not be written: {error.strerror}.") from error
    return target


def _with_value(line: str, given: dict[str, object]) -> str:
    """A line of the parameters with the value that was given."""
    name, mark, rest = line.partition(":")
    kind, _, after = rest.partition("=")
    comment = after.partition("  # ")[2]
    return f"{name}{mark}{kind}= {given[name]!r}  # {comment}" if name in given else line
