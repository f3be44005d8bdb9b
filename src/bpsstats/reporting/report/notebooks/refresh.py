"""Notebooks executed where they are, by a kernel of their own.

``python -m bpsstats.reporting.report.notebooks.refresh [NUMBER...]`` executes the notebooks, or
those of the numbers, and stores their outputs. The cells of the annual report are made anew from
its sections.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from bpsstats.reporting.report.notebooks.cells import read_notebook, with_sections
from bpsstats.reporting.report.notebooks.written import (
    KERNEL,
    PAGE,
    companion_paths,
    notebook_path,
    notebook_paths,
)

CELL_TIMEOUT = 600  # seconds; a dead kernel would otherwise hang for ever
# The kernel runs on this machine and for this process only; its warning of an unencrypted loopback
# is no news.
KERNEL_ARGUMENTS = ["--log-level=ERROR", "--HistoryManager.enabled=False"]


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


def execute_in_place(notebook: NotebookNode, folder: Path) -> None:
    """Execute a notebook in a folder and keep its outputs in it, without times.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    with kernel_environment():
        NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT,
            kernel_name=KERNEL,
            record_timing=False,
            extra_arguments=KERNEL_ARGUMENTS,
            resources={"metadata": {"path": str(folder)}},
        ).execute()
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
            "language_info": {"name": "python"},
        }
    )


def refresh_outputs(numbers: Sequence[str] = ()) -> None:
    """Execute the notebooks of these numbers, such as 01, or all, those that stand beside the
    report too, and store their outputs.
    """
    for path in [*notebook_paths(), *companion_paths()]:
        if not numbers or path.name[:2] in numbers:
            notebook = read_notebook(path)
            execute_in_place(notebook, path.parent)
            nbformat.write(notebook, path)


def main() -> None:
    """Make the cells of the annual report anew, then execute what is asked for."""
    page = notebook_path(PAGE)
    nbformat.write(with_sections(nbformat.read(page, as_version=4)), page)
    refresh_outputs(sys.argv[1:])


if __name__ == "__main__":
    main()
