"""The parts of a report, each of which can be made in a process of its own: the release as page,
PDF and figures; its tables; the other notebooks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat

from bpsstats.disclosure.log import shown_earlier, write_log
from bpsstats.processes import in_processes
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
from bpsstats.reporting.report.notebooks.execute import execute
from bpsstats.reporting.report.notebooks.written import (
    PAGE,
    check_parameters,
    notebook_path,
    notebook_paths,
)
from bpsstats.reporting.report.page import report_page
from bpsstats.reporting.report.release import Release, annual_release, remember
from bpsstats.reporting.report.results import Results
from bpsstats.reporting.report.section import MASTHEAD
from bpsstats.reporting.vintages.moved import BY_MAKE, Revisions, moves, refuse, revisions_of

Parameters = Mapping[str, object]
Part = Callable[[Parameters, Path], None]


def begun(parameters: Parameters, results: Results) -> Release:
    """The release of what was computed, once all notebooks know their parameters.

    Raises
    ------
    ParameterError
        If a notebook does not have a parameter, or one is none.
    """
    for path in notebook_paths():
        check_parameters(path, of_notebook(path, parameters))
    remember(results)
    return release_of(parameters)


def decided(release: Release, job: Mapping[str, Any]) -> bool:
    """Decide what is shown, and compare the release with the one in place, before anything is made
    of it; whether this is a revision.

    Raises
    ------
    RevisionError
        If cells moved and no reason is given.
    """
    results, log = release.computed, Path(job["log"])
    results.decide(shown_earlier(log.parent.parent, results.area.code))
    write_log(results.disclosure.result, Path(job["folder"]).parent, log)
    last, reason = Path(job["last"]) if job["last"] else None, job["revision"]
    revisions = revisions_of(last)
    moved = moves(last, release.tables())
    if moved and reason is None:
        refuse(moved, job["last"], or_make=BY_MAKE)
    is_revision = bool(moved) or bool(job["insist"])
    if is_revision and reason is not None:
        revisions = revisions.with_reason(reason, moved)
    Results.revisions = revisions
    return is_revision


def make(parameters: Parameters, folder: Path, say: Callable[[int, int, str], None]) -> None:
    """All parts at the same time.

    Raises
    ------
    BpsStatsError, OSError
        As the part that failed.
    """
    (folder / "notebooks").mkdir(parents=True)
    parts = {
        name: partial(_make, part, parameters, folder, Results.revisions)
        for name, part in all_parts().items()
    }
    for done, (name, _) in enumerate(in_processes(parts), start=1):
        say(done, len(parts), name)


def all_parts() -> dict[str, Part]:
    """The parts by name, in the order in which they are begun: the longest first."""
    page = notebook_path(PAGE)
    others = [path for path in notebook_paths() if path != page]
    parts: dict[str, Part] = {page.stem: _page, "tables": _tables}
    return parts | {path.stem: _Notebook(path) for path in others}


def _make(part: Part, parameters: Parameters, folder: Path, revisions: Revisions) -> None:
    """A part in its own process."""
    Results.revisions = revisions
    part(parameters, folder)


@dataclass(frozen=True, slots=True)
class _Notebook:
    """A notebook as a part."""

    path: Path

    def __call__(self, parameters: Parameters, folder: Path) -> None:
        given = of_notebook(self.path, parameters)
        execute(self.path, given, _lang(parameters), folder / "notebooks" / self.path.name)


def _page(parameters: Parameters, folder: Path) -> None:
    """The release on its page, as PDF, and its figures as PNG and SVG: the same drawings."""
    path, release = notebook_path(PAGE), release_of(parameters)
    remember(release.computed)
    _Notebook(path)(parameters, folder)
    notebook = nbformat.read(folder / "notebooks" / path.name, as_version=4)
    page = report_page(notebook, release.name, release.lang)
    (folder / "report.html").write_text(page, encoding="utf8")
    (folder / "figures").mkdir(exist_ok=True)
    for name, drawing in release.drawings().items():
        (folder / "figures" / f"{name}.png").write_bytes(drawing.png())
        (folder / "figures" / f"{name}.svg").write_text(drawing.svg(), encoding="utf8")
    front = [release.finding, release.masthead, release.banner, release.headline]
    body = [part for section in release for part in (section.title, *section.parts())]
    (folder / "report.pdf").write_bytes(paper(front, body, release.about_paper()))


def _tables(parameters: Parameters, folder: Path) -> None:
    """Each table as CSV, all in one workbook, and what programs are told of them."""
    release = release_of(parameters)
    tables = release.tables()
    texts = {table.name: table.csv().encode() for table in tables}
    (folder / "tables").mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / "tables" / f"{name}.csv").write_bytes(text)
    _describe(release, parameters, texts, folder)
    book = book_of(tables, release.name, release.author, release.cover(), release.notes())
    write_book(book, folder / "tables.xlsx")


def _describe(
    release: Release, parameters: Parameters, texts: Mapping[str, bytes], folder: Path
) -> None:
    """What programs are told of the release and of the CSV of each of its tables."""
    results = release.results
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
    package = data_package(record, release.tables(), texts)
    (folder / "release.json").write_text(json_text(record), encoding="utf8")
    (folder / "datapackage.json").write_text(json_text(package), encoding="utf8")
    (folder / "citation.bib").write_text(citation(record), encoding="utf8")
    (folder / SCHEMA.name).write_text(SCHEMA.read_text("utf8"), encoding="utf8")


def release_of(parameters: Parameters) -> Release:
    """The release; computed by the first who asks, and known to the copies of this process."""
    given = {name: value for name, value in parameters.items() if name not in MASTHEAD}
    masthead = {name: str(parameters[name]) for name in MASTHEAD if name in parameters}
    return annual_release(**given, masthead=masthead)  # type: ignore[arg-type]  # of JSON


def of_notebook(path: Path, parameters: Parameters) -> Parameters:
    """The parameters that are for a notebook: those of the masthead for the release alone."""
    of_release = path.stem == PAGE
    return {name: value for name, value in parameters.items() if of_release or name not in MASTHEAD}


def _lang(parameters: Parameters) -> str:
    """Language of the report."""
    return str(parameters["lang"])
