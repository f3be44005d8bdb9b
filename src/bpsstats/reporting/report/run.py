"""The main job: run the notebooks in order and write the report, whole or not at all."""

import logging
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pandas as pd
import papermill
from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode
from tqdm import tqdm

from bpsstats.errors import NotebookError, OutputError
from bpsstats.microdata import find_area
from bpsstats.paths import notebooks_dir, reports_dir
from bpsstats.reporting.report.notebooks import (
    CELL_TIMEOUT,
    KERNEL,
    KERNEL_ARGUMENTS,
    check_parameters,
    kernel_environment,
    notebook_paths,
    read_notebook,
)
from bpsstats.reporting.report.page import report_page
from bpsstats.reporting.report.release import Release, annual_release
from bpsstats.reporting.words.language import language

CLOCK = re.compile(rb">\d{4}-\d\d-\d\dT[\d:]+Z<")
AT_A_TIME = 2  # notebooks; more would share two cores
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def make_report(
    area: str,
    year: int,
    lang: str = "en",
    out: str | Path | None = None,
    *,
    conf_level: float = 0.95,
    progress: bool = True,
) -> Path:
    """Run the notebooks and write the report of an area and year.

    Parameters
    ----------
    area : str
        BPS code or name.
    year : int
        Year of the March round.
    lang : {"en", "id"}
    out : path, optional
        Folder of reports; default ``reports/``.
    conf_level : float
        Confidence level of all intervals.
    progress : bool
        Whether to say how far it is.

    Returns
    -------
    Path
        The folder ``<out>/<area>/<year>/``: ``report.html``, ``notebooks/``, ``tables/`` and
        ``tables.xlsx``, ``figures/``. It replaces an older one whole; if anything fails, the older
        one stays as it was.

    Raises
    ------
    ParameterError, UnknownAreaError, UnknownYearError, InputError
        Before any notebook runs.
    NotebookError
        If a notebook stops; the message names notebook and cell.
    """
    known = find_area(area)
    language(lang)
    parameters = {"area": known.code, "year": year, "conf_level": conf_level, "lang": lang}
    paths = notebook_paths()
    for path in paths:
        check_parameters(path, parameters)
    # Computed before the notebooks run: what is wrong with the files or parameters is found here,
    # and quickly.
    release = annual_release(known.code, year, conf_level, lang)

    folder = (Path(out) if out is not None else reports_dir()) / known.code / str(year)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as beside:
        new = Path(beside) / "report"
        (new / "notebooks").mkdir(parents=True)
        executed = _execute_all(paths, parameters, lang, Path(beside), progress)
        for path, notebook in executed.items():
            nbformat.write(notebook, new / "notebooks" / path.name)
        page = report_page(executed[paths[-1]], repr(release.title).lstrip("# "), lang)
        (new / "report.html").write_text(page, encoding="utf8")
        _write_tables(release, new)
        _write_figures(release, new / "figures")
        _replace(new, folder)
    return folder


def _execute_all(
    paths: list[Path], parameters: dict[str, object], lang: str, folder: Path, progress: bool
) -> dict[Path, NotebookNode]:
    """All notebooks, started in order and two at a time; the first that fails stops the rest."""
    executed = {}
    with kernel_environment(), ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        waiting = {path: pool.submit(_execute, path, parameters, lang, folder) for path in paths}
        try:
            for path in _told(paths, progress):
                executed[path] = waiting[path].result()
        finally:
            for future in waiting.values():
                future.cancel()
    return executed


def _told(paths: list[Path], progress: bool) -> Iterator[Path]:
    """The notebooks, with a bar on a terminal, plain lines elsewhere, or in silence."""
    if progress and sys.stderr.isatty():
        yield from tqdm(paths, desc="notebooks", unit="notebook")
        return
    for i, path in enumerate(paths, start=1):
        yield path
        if progress:
            print(f"[{i}/{len(paths)}] {path.stem}", file=sys.stderr, flush=True)


def _execute(path: Path, parameters: dict[str, object], lang: str, folder: Path) -> NotebookNode:
    """One notebook by papermill, with parameters; its metadata kept free of paths and times."""
    source = folder / path.name
    nbformat.write(read_notebook(path, lang), source)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        executed = papermill.execute_notebook(
            str(source),
            str(folder / f"out-{path.name}"),
            parameters=parameters,
            kernel_name=KERNEL,
            progress_bar=False,
            cwd=str(notebooks_dir()),
            execution_timeout=CELL_TIMEOUT,
            extra_arguments=KERNEL_ARGUMENTS,
        )
    except papermill.PapermillExecutionError as error:
        notebook = nbformat.read(folder / f"out-{path.name}", as_version=4)
        raise NotebookError(_failure(path, notebook, error.ename, error.evalue)) from error
    finally:
        # Jupyter makes a loop for each thread that talks to a kernel and leaves it open.
        ensure_event_loop().close()
    return _without_traces(executed)


def _failure(path: Path, notebook: NotebookNode, name: str, value: str) -> str:
    """One paragraph: notebook, cell, what it said."""
    number, cell_id = next(
        (
            (i, cell.get("id", ""))
            for i, cell in enumerate(notebook.cells, start=1)
            if any(output.get("output_type") == "error" for output in cell.get("outputs", ()))
        ),
        (0, ""),
    )
    said = " ".join(str(value).split()).rstrip(".")
    return (
        f"Notebook {path.stem} stopped at cell {number} ({cell_id}) with {name}: {said}. Nothing"
        " was written; the last report is as it was. Open the notebook with the same parameters to"
        " look into it."
    )


def _without_traces(notebook: NotebookNode) -> NotebookNode:
    """Drop papermill's record of paths and times, and the names that it gives by chance."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        # The cell of the parameters that were asked for has a name by chance.
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
    return notebook


def _write_tables(release: Release, folder: Path) -> None:
    """Each table as CSV, and all in one workbook; text that a spreadsheet would take for a formula
    stays text.
    """
    (folder / "tables").mkdir()
    with pd.ExcelWriter(folder / "tables.xlsx", engine="openpyxl") as book:
        for name, frame in release.frames().items():
            safe = frame.map(_as_text)
            safe.to_csv(folder / "tables" / f"{name}.csv", index=False, lineterminator="\n")
            safe.to_excel(book, sheet_name=name[:31], index=False)
    _stop_the_clock(folder / "tables.xlsx")


def _stop_the_clock(workbook: Path) -> None:
    """Take the time of writing out of a workbook, so that the same tables are the same bytes."""
    with zipfile.ZipFile(workbook) as archive:
        parts = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(workbook, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = CLOCK.sub(b">1980-01-01T00:00:00Z<", content)
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _as_text(value: object) -> object:
    """Text that begins like a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _write_figures(release: Release, folder: Path) -> None:
    """Each figure as PNG and SVG."""
    folder.mkdir()
    for name, drawing in release.drawings().items():
        (folder / f"{name}.png").write_bytes(drawing.png())
        (folder / f"{name}.svg").write_text(drawing.svg(), encoding="utf8")


def _replace(new: Path, folder: Path) -> None:
    """Put a finished folder in the place of the old one; the old one comes back if that fails."""
    old = new.parent / "old"
    if folder.exists():
        folder.replace(old)
    try:
        new.replace(folder)
    except OSError as error:
        if old.exists():
            old.replace(folder)
        raise OutputError(
            f"The report could not be put in place in folder {folder.name} ({error.strerror}). The"
            " last one is as it was. Close programs that hold its files open, see that the folder"
            " may be written, and run it again."
        ) from error
    shutil.rmtree(old, ignore_errors=True)
