"""The parts of a report, each of which can be made in a process of its own: notebooks, tables,
figures, the PDF; and, of all of them, the page and what programs are told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat

from bpsstats.reporting.formats.package import (
    SCHEMA,
    citation,
    data_package,
    release_record,
)
from bpsstats.reporting.formats.paper import paper
from bpsstats.reporting.formats.tables import book_of
from bpsstats.reporting.formats.workbook import write_book
from bpsstats.reporting.formats.writers import json_text
from bpsstats.reporting.report.execute import execute
from bpsstats.reporting.report.notebooks import PAGE, notebook_path, notebook_paths
from bpsstats.reporting.report.page import report_page
from bpsstats.reporting.report.release import Release, annual_release
from bpsstats.reporting.report.section import MASTHEAD

Parameters = Mapping[str, object]
Part = Callable[[Parameters, Path], None]


def all_parts() -> dict[str, Part]:
    """The parts by name, in the order in which they are begun."""
    parts: dict[str, Part] = {"paper": _paper, "tables": _tables}
    return parts | {path.stem: _Notebook(path) for path in notebook_paths()}


def finish(parameters: Parameters, folder: Path) -> None:
    """What needs the other parts: the page, and what programs are told."""
    notebook = nbformat.read(folder / "notebooks" / notebook_path(PAGE).name, as_version=4)
    page = report_page(notebook, release_of(parameters).name, _lang(parameters))
    (folder / "report.html").write_text(page, encoding="utf8")
    _describe(parameters, folder)


@dataclass(frozen=True, slots=True)
class _Notebook:
    """A notebook as a part."""

    path: Path

    def __call__(self, parameters: Parameters, folder: Path) -> None:
        given = of_notebook(self.path, parameters)
        execute(self.path, given, _lang(parameters), folder / "notebooks" / self.path.name)


def _tables(parameters: Parameters, folder: Path) -> None:
    """Each table as CSV, and all in one workbook."""
    release = release_of(parameters)
    tables = release.tables()
    (folder / "tables").mkdir(exist_ok=True)
    for table in tables:
        (folder / "tables" / f"{table.name}.csv").write_text(table.csv(), encoding="utf8")
    book = book_of(tables, release.name, release.author, release.cover(), release.notes())
    write_book(book, folder / "tables.xlsx")


def _paper(parameters: Parameters, folder: Path) -> None:
    """Each figure as PNG and SVG, and the release as PDF, with the same drawings."""
    release = release_of(parameters)
    (folder / "figures").mkdir(exist_ok=True)
    for name, drawing in release.drawings().items():
        (folder / "figures" / f"{name}.png").write_bytes(drawing.png())
        (folder / "figures" / f"{name}.svg").write_text(drawing.svg(), encoding="utf8")
    front = [release.finding, release.masthead, release.banner, release.headline]
    body = [part for section in release for part in (section.title, *section.parts())]
    (folder / "report.pdf").write_bytes(paper(front, body, release.about_paper()))


def _describe(parameters: Parameters, folder: Path) -> None:
    """What programs are told of the release, once its tables are there."""
    release = release_of(parameters)
    results, tables = release.results, release.tables()
    said = {name: parameters[name] for name in ("conf_level", "lone_psu", "accept_line")}
    record = release_record(
        release.name,
        release.lang,
        results.now.line,
        [recomputed.round for recomputed in release.computed.rounds],
        {name: getattr(release.office, name) for name in MASTHEAD},
        said,
        release["poverty"].files()["poverty"],
        results.revisions.records(),
    )
    texts = {t.name: (folder / "tables" / f"{t.name}.csv").read_bytes() for t in tables}
    package = data_package(record, tables, texts)
    (folder / "release.json").write_text(json_text(record), encoding="utf8")
    (folder / "datapackage.json").write_text(json_text(package), encoding="utf8")
    (folder / "citation.bib").write_text(citation(record), encoding="utf8")
    (folder / SCHEMA.name).write_text(SCHEMA.read_text("utf8"), encoding="utf8")


def release_of(parameters: Parameters) -> Release:
    """The release; computed by the first who asks, and known to the copies of this process."""
    given = {name: value for name, value in parameters.items() if name not in MASTHEAD}
    masthead = {name: str(parameters[name]) for name in MASTHEAD if name in parameters}
    return annual_release(**given, masthead=masthead)  # type: ignore[arg-type]


def of_notebook(path: Path, parameters: Parameters) -> Parameters:
    """The parameters that are for a notebook: those of the masthead for the release alone."""
    of_release = path.stem == PAGE
    return {name: value for name, value in parameters.items() if of_release or name not in MASTHEAD}


def _lang(parameters: Parameters) -> str:
    """Language of the report."""
    return str(parameters["lang"])
