"""The notebooks as they are written: which they are, parameters, languages. It loads nothing of
Jupyter, because each notebook asks it first.
"""

import ast
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bpsstats import errors
from bpsstats.errors import BpsStatsError, NotebookError, ParameterError
from bpsstats.files import read_yaml
from bpsstats.paths import notebooks_dir
from bpsstats.reporting.words.language import LOCALE, language

# The notebooks of the report in reading order. Whatever else lies in their folder, a researcher's
# own or a copy that JupyterLab made, is no part of it.
NOTEBOOKS = (
    "01-microdata",
    "02-poverty-line",
    "03-poverty",
    "04-education-of-the-poor",
    "05-food-share",
    "06-education-and-poverty",
    "07-reproduction",
    "08-printed-record",
    "09-profile",
    "10-annual-report",
)
COMPANIONS = ("explore", "cookbook")  # folders of notebooks that are no part of the report
PAGE = "10-annual-report"  # the one that becomes report.html
KERNEL = "python3"
PARAMETERS = "parameters"
CHECK = "bps.check_notebook(globals()"  # how the call begins that checks the parameters
SECTION_CELL = "section-"  # cells with the heading of a section, whose words are in the catalogues


def notebook_path(name: str) -> Path:
    """Path of a notebook of the report.

    Raises
    ------
    NotebookError
        If it is not there.
    """
    path = notebooks_dir() / f"{name}.ipynb"
    if not path.is_file():
        raise NotebookError(
            f"Notebook {name} is missing. Restore it from the project's notebooks folder."
        )
    return path


def notebook_paths() -> list[Path]:
    """The notebooks of the report in reading order."""
    return [notebook_path(name) for name in NOTEBOOKS]


def companion_paths() -> list[Path]:
    """The notebooks beside the report: the explorer and the cookbook."""
    return [
        path for name in COMPANIONS for path in sorted((notebooks_dir() / name).glob("*.ipynb"))
    ]


@dataclass(slots=True)
class Cell:
    """A cell as it is written."""

    id: str
    is_code: bool
    source: str


def written_cells(path: Path, lang: str = "en") -> list[Cell]:
    """Cells of a notebook with their prose in a language.

    Raises
    ------
    NotebookError
        If a Markdown cell has no translation.
    """
    cells = [
        Cell(cell["id"], cell["cell_type"] == "code", "".join(cell["source"]))
        for cell in json.loads(path.read_text("utf8"))["cells"]
    ]
    translations = _translations(lang).get(path.stem, {}) if lang != "en" else {}
    for cell in cells:
        if cell.is_code:
            if lang != "en":  # its cells say themselves what the check would show
                cell.source = cell.source.replace(f'{CHECK}, "{path.stem}")', f"{CHECK})")
        elif cell.id.startswith(SECTION_CELL):
            title = language(lang).word("section", cell.id.removeprefix(SECTION_CELL))
            cell.source = f"## {title}"
        elif lang != "en":
            if cell.id not in translations:
                raise NotebookError(
                    f"Cell {cell.id} of notebook {path.stem} has no text in {lang}. Add it to the"
                    " catalogue."
                )
            cell.source = translations[cell.id]["text"]
    return cells


def declared_parameters(path: Path) -> dict[str, Any]:
    """Parameter names of a notebook with their default values, from its cell tagged
    ``parameters``; the cell is read, not run.

    Raises
    ------
    NotebookError
        If there is no such cell, or it does more than give names values.
    """
    cells = json.loads(path.read_text("utf8"))["cells"]
    tagged = [cell for cell in cells if PARAMETERS in cell.get("metadata", {}).get("tags", ())]
    if not tagged:
        raise NotebookError(
            f"Notebook {path.stem} has no cell tagged {PARAMETERS}. Tag the cell that gives area,"
            " year, conf_level and lang their values."
        )
    source = tagged[0]["source"]
    values: dict[str, Any] = {}
    try:
        for statement in ast.parse(source if isinstance(source, str) else "".join(source)).body:
            if isinstance(statement, ast.AnnAssign) and statement.value is not None:
                target: ast.expr = statement.target
                value = statement.value
            elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target, value = statement.targets[0], statement.value
            else:
                raise ValueError
            values[ast.unparse(target)] = ast.literal_eval(value)
    except (SyntaxError, ValueError) as error:
        raise NotebookError(
            f"The cell of notebook {path.stem} tagged {PARAMETERS} does more than give names"
            " values. Write each as in: year: int = 2022."
        ) from error
    return values


def check_parameters(path: Path, parameters: Mapping[str, object]) -> None:
    """Refuse a parameter that the notebook does not declare, or of another type; papermill would
    only warn.

    Raises
    ------
    ParameterError
        If a name is unknown or a value has another type than the default.
    """
    declared = declared_parameters(path)
    for name, value in parameters.items():
        if name not in declared:
            raise ParameterError(
                f"Notebook {path.stem} has no parameter {name!r}. It has: {', '.join(declared)}."
            )
        if type(value) is not type(declared[name]):
            wanted = type(declared[name]).__name__
            raise ParameterError(
                f"Parameter {name} of notebook {path.stem} is of type {wanted}, not"
                f" {type(value).__name__}."
            )


def source_hash(text: str) -> str:
    """Short hash of a cell's English text, by which a translation knows that it is current."""
    return hashlib.sha256(text.encode("utf8")).hexdigest()[:12]


def said_of(kind: str, message: str) -> str:
    """What an error in a notebook said, if it is one of this package: any other might quote what
    it was given.
    """
    found = getattr(errors, kind, None)
    ours = isinstance(found, type) and issubclass(found, BpsStatsError)
    return f": {' '.join(message.split()).rstrip('.')}" if ours else ""


@cache
def _translations(lang: str) -> dict[str, dict[str, dict[str, str]]]:
    """Translated prose: notebook, cell, text and hash of the English source."""
    path = LOCALE / f"notebooks.{lang}.yaml"
    document: dict[str, dict[str, dict[str, str]]] = read_yaml(path)
    return document
