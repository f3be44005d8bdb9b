"""The notebooks as files: parameters, languages, execution, refreshed outputs."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import yaml
from nbclient import NotebookClient
from nbformat import NotebookNode

from bpsstats.errors import NotebookError, ParameterError
from bpsstats.paths import notebooks_dir
from bpsstats.reporting.words.language import LOCALE

KERNEL = "python3"
CELL_TIMEOUT = 600  # seconds; a dead kernel would otherwise hang for ever
PARAMETERS = "parameters"
# The kernel runs on this machine and for this process only; its warning of an unencrypted loopback
# is no news.
KERNEL_ARGUMENTS = ["--log-level=ERROR", "--HistoryManager.enabled=False"]


def notebook_paths() -> list[Path]:
    """The notebooks in reading order."""
    return sorted(notebooks_dir().glob("[0-9][0-9]-*.ipynb"))


def read_notebook(path: Path, lang: str = "en") -> NotebookNode:
    """A notebook with its prose in a language and without outputs.

    Raises
    ------
    NotebookError
        If a Markdown cell has no translation.
    """
    notebook = nbformat.read(path, as_version=4)
    translations = _translations(lang).get(path.stem, {}) if lang != "en" else {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        elif lang != "en":
            if cell.id not in translations:
                raise NotebookError(
                    f"Cell {cell.id} of notebook {path.stem} has no text in {lang}. Add it to the"
                    " catalogue."
                )
            cell.source = translations[cell.id]["text"]
    return notebook


def declared_parameters(path: Path) -> dict[str, Any]:
    """Parameter names of a notebook with their default values, from its cell tagged
    ``parameters``.
    """
    notebook = nbformat.read(path, as_version=4)
    source = next(
        cell.source for cell in notebook.cells if PARAMETERS in cell.metadata.get("tags", ())
    )
    values: dict[str, Any] = {}
    exec(compile(source, path.name, "exec"), values)
    return {name: value for name, value in values.items() if not name.startswith("__")}


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


@contextmanager
def kernel_environment() -> Iterator[None]:
    """Environment of kernels: no settings of the user, and drawings as they are made."""
    dropped = ("MPLBACKEND", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE")
    before = {name: os.environ.get(name) for name in ("IPYTHONDIR", *dropped)}
    with tempfile.TemporaryDirectory(
        prefix="bpsstats-ipython-", ignore_cleanup_errors=True
    ) as settings:
        os.environ["IPYTHONDIR"] = settings
        for name in dropped:
            os.environ.pop(name, None)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def refresh_outputs(numbers: Sequence[str] = ()) -> None:
    """Execute the notebooks of these numbers, such as 01, or all, and store their outputs, without
    times.
    """
    with kernel_environment():
        for path in notebook_paths():
            if numbers and path.name[:2] not in numbers:
                continue
            notebook = read_notebook(path)
            NotebookClient(
                notebook,
                timeout=CELL_TIMEOUT,
                kernel_name=KERNEL,
                record_timing=False,
                extra_arguments=KERNEL_ARGUMENTS,
                resources={"metadata": {"path": str(path.parent)}},
            ).execute()
            notebook.metadata = nbformat.from_dict(
                {
                    "kernelspec": {
                        "display_name": "Python 3",
                        "language": "python",
                        "name": KERNEL,
                    },
                    "language_info": {"name": "python"},
                }
            )
            nbformat.write(notebook, path)


@cache
def _translations(lang: str) -> dict[str, dict[str, dict[str, str]]]:
    """Translated prose: notebook, cell, text and hash of the English source."""
    path = LOCALE / f"notebooks.{lang}.yaml"
    document: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(path.read_text("utf8"))
    return document
