"""The report as files: complete, self-contained, safe to open, and replaced whole or not at all."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import nbformat
import openpyxl
import pandas as pd
import pytest

from bpsstats.errors import NotebookError, ParameterError
from bpsstats.paths import notebooks_dir
from bpsstats.reporting.report import run
from bpsstats.reporting.report.notebooks import notebook_paths
from bpsstats.reporting.report.run import make_report

TABLES = {
    "change", "education-effects", "education-model", "education-of-the-poor",
    "education-specifications", "engel-curve",
    "food-share", "poverty",
    "poverty-by-line", "poverty-by-round", "printed-and-recomputed", "sector-of-the-poor",
    "work-of-the-poor",
}  # fmt: skip
FIGURES = {
    "education-model", "education-of-the-poor", "education-specifications", "engel-curve",
    "poverty-by-round", "work-of-the-poor",
}  # fmt: skip
# Elements that HTML leaves open.
VOID = {"meta", "br", "hr", "img", "link", "input", "path", "use", "rect"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The Indonesian report of the golden year."""
    return make_report("6471", 2022, "id", tmp_path_factory.mktemp("reports"), progress=False)


class Reader(HTMLParser):
    """Tags, addresses and headings of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [
            value for name, value in attrs if name in ("src", "href", "xlink:href", "action")
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


def read_page(report):
    reader = Reader()
    reader.feed((report / "report.html").read_text("utf8"))
    return reader


def test_the_folder_holds_page_notebooks_tables_and_figures(report):
    assert report.name == "2022"
    assert report.parent.name == "6471"
    assert sorted(path.name for path in report.iterdir()) == [
        "figures",
        "notebooks",
        "report.html",
        "tables",
        "tables.xlsx",
    ]
    assert {path.stem for path in (report / "tables").glob("*.csv")} == TABLES
    for ending in ("png", "svg"):
        assert {path.stem for path in (report / "figures").glob(f"*.{ending}")} == FIGURES
    assert [path.name for path in sorted((report / "notebooks").iterdir())] == [
        path.name for path in notebook_paths()
    ]
    assert [path.name for path in report.parent.iterdir()] == ["2022"]


def test_the_page_stands_alone(report):
    """No script, no code, nothing fetched: every address is a place in the page itself."""
    page = read_page(report)
    assert page.open == []
    assert not {"script", "iframe", "object", "link", "img"} & set(page.tags)
    assert [address for address in page.addresses if not address.startswith("#")] == []
    text = (report / "report.html").read_text("utf8")
    assert not re.search(r"@import|url\((?!#)|bps\.\w+\(|import bpsstats", text)


def test_the_page_speaks_indonesian_and_writes_its_numbers(report):
    text = (report / "report.html").read_text("utf8")
    assert '<html lang="id">' in text
    assert "15.830" in text
    assert "2,45" in text
    assert "data mikro sintetis" in text
    assert not re.search(
        r"\b(the|poor|estimate|standard error)\b",
        re.sub(r"<[^>]+>|<style.*?</style>", " ", text, flags=re.S),
    )


def test_no_path_of_the_machine_is_in_any_file(report):
    for path in report.rglob("*"):
        if path.is_file() and path.suffix in (".html", ".ipynb", ".csv", ".svg"):
            text = path.read_text("utf8")
            assert str(report.parent) not in text
            assert str(notebooks_dir()) not in text
            assert "/tmp/" not in text


def test_the_notebooks_hold_the_parameters_that_were_asked_for(report):
    for path in (report / "notebooks").iterdir():
        notebook = nbformat.read(path, as_version=4)
        injected = next(
            c for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", [])
        )
        assert 'lang = "id"' in injected.source
        assert all(c.execution_count for c in notebook.cells if c.cell_type == "code")
        assert "papermill" not in json.dumps(notebook.metadata)


def test_the_tables_carry_full_precision_and_the_workbook_holds_the_same(report):
    poverty = pd.read_csv(report / "tables" / "poverty.csv").set_index("statistic")
    assert poverty.loc["headcount", "estimate"] == pytest.approx(2.45, abs=0.005)
    assert poverty.loc["headcount", "estimate"] != round(poverty.loc["headcount", "estimate"], 6)
    assert set(poverty["source"]) == {"synthetic microdata"}
    book = openpyxl.load_workbook(report / "tables.xlsx")
    assert set(book.sheetnames) == {name[:31] for name in TABLES}
    assert len(list(book["poverty"].rows)) == len(poverty) + 1


def test_a_workbook_of_the_same_tables_is_the_same_bytes(report, tmp_path):
    # Nothing of the clock is left in it, so that only the tables decide.
    first = (report / "tables.xlsx").read_bytes()
    again = tmp_path / "tables.xlsx"
    openpyxl.load_workbook(report / "tables.xlsx").save(again)
    assert again.read_bytes() != first
    run._stop_the_clock(again)
    once = again.read_bytes()
    openpyxl.load_workbook(again).save(again)
    run._stop_the_clock(again)
    assert again.read_bytes() == once


def test_no_name_given_by_chance_is_in_the_notebooks(report):
    for path in sorted((report / "notebooks").glob("*.ipynb")):
        committed = {
            cell.id for cell in nbformat.read(notebooks_dir() / path.name, as_version=4).cells
        }
        ids = {cell.id for cell in nbformat.read(path, as_version=4).cells}
        assert ids - committed == {"injected-parameters"}


def test_the_pictures_are_pictures(report):
    for name in FIGURES:
        assert (report / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert (report / "figures" / f"{name}.svg").read_text("utf8").startswith("<svg")


def test_text_that_a_spreadsheet_would_run_is_written_as_text(tmp_path):
    class Fake:
        def frames(self):
            return {
                "table": pd.DataFrame(
                    {"label": ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "plain"], "value": -1.5}
                )
            }

    run._write_tables(Fake(), tmp_path)
    read = pd.read_csv(tmp_path / "tables" / "table.csv", dtype=str)
    assert read["label"].tolist() == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'\tx", "plain"]
    assert read["value"].tolist() == ["-1.5"] * 6
    sheet = openpyxl.load_workbook(tmp_path / "tables.xlsx")["table"]
    assert all(cell.data_type != "f" for row in sheet.rows for cell in row)


@pytest.fixture
def two_notebooks(tmp_path, monkeypatch):
    """The first notebook and one that stops in its third cell."""
    folder = tmp_path / "books"
    folder.mkdir()
    good = shutil.copy(notebook_paths()[0], folder)
    broken = nbformat.read(good, as_version=4)
    broken.cells[2] = nbformat.v4.new_code_cell("1 / 0", id="broken-cell")
    nbformat.write(broken, folder / "02-broken.ipynb")
    monkeypatch.setattr(run, "notebook_paths", lambda: sorted(folder.glob("*.ipynb")))


def test_a_notebook_that_stops_is_named_with_its_cell_and_the_last_report_stays(
    two_notebooks, tmp_path
):
    last = tmp_path / "reports" / "6471" / "2022"
    last.mkdir(parents=True)
    (last / "report.html").write_text("the last good one", "utf8")
    with pytest.raises(
        NotebookError, match=r"02-broken stopped at cell \d+ \(broken-cell\) with ZeroDivisionError"
    ) as stopped:
        make_report("6471", 2022, "en", tmp_path / "reports", progress=False)
    assert "\n" not in stopped.value.message
    assert (last / "report.html").read_text("utf8") == "the last good one"
    assert [path.name for path in last.parent.iterdir()] == ["2022"]


def test_a_notebook_without_a_parameter_is_refused_before_anything_runs(
    two_notebooks, tmp_path, monkeypatch
):
    path = run.notebook_paths()[1]
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = 'area: str = "6471"  # no year'
    nbformat.write(notebook, path)
    monkeypatch.setattr(run, "_execute", lambda *_: pytest.fail("it ran"))
    with pytest.raises(ParameterError, match="02-broken has no parameter 'year'"):
        make_report("6471", 2022, "en", tmp_path / "reports", progress=False)
    assert not (tmp_path / "reports").exists()


@pytest.mark.external
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_the_page_without_a_sideways_scroll(report, tmp_path, width):
    """Chromium lays the page out; a probe that is added to a copy says how wide it became."""
    probe = (
        "<script>document.title = document.documentElement.scrollWidth + ' of ' +"
        " innerWidth</script>"
    )
    page = tmp_path / "page.html"
    page.write_text(
        (report / "report.html").read_text("utf8").replace("</body>", probe + "</body>"), "utf8"
    )
    frame = tmp_path / "frame.html"
    frame.write_text(
        '<iframe src="page.html"'
        f' style="width:{width}px;height:4000px;border:0"></iframe><script>onload = () =>'
        " document.title = document.querySelector('iframe').contentDocument.title</script>",
        "utf8",
    )
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--allow-file-access-from-files",
    ]
    command += [
        "--virtual-time-budget=5000",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
        frame.as_uri(),
    ]
    dom = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    wide, inner = map(int, re.search(r"<title>(\d+) of (\d+)</title>", dom).groups())
    assert inner == width
    assert wide <= width
