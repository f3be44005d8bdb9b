"""The report as files: complete, self-contained, safe to open, and replaced whole or not at all."""

import contextlib
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import jsonschema
import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest

from bpsstats import __version__
from bpsstats.errors import NotebookError, ParameterError
from bpsstats.paths import notebooks_dir, raw_dir
from bpsstats.reporting.formats.tables import ELSEWHERE
from bpsstats.reporting.formats.writers import csv_text, json_text, stop_the_clock
from bpsstats.reporting.report.notebooks.written import (
    PAGE,
    check_parameters,
    notebook_path,
    notebook_paths,
)
from bpsstats.reporting.report.run import make_report
from bpsstats.reporting.report.sections import PAGE as PAGE_SECTIONS
from bpsstats.reporting.words.language import language
from secrets_of import assert_no_value_of_a_household

TABLES = {
    "change-behind", "change-classes", "change-incidence", "deprivations",
    "around-the-line", "basket", "inequality", "ranks", "who-the-poor-are",
    "change", "education-effects", "education-model", "education-of-the-poor",
    "education-specifications", "engel-curve",
    "food-share", "poverty",
    "poverty-by-line", "poverty-by-round", "printed-and-recomputed", "sector-of-the-poor",
    "work-of-the-poor", "profile", "profile-differences", "disclosure",
}  # fmt: skip
FIGURES = {
    "education-model", "education-of-the-poor", "education-specifications", "engel-curve",
    "poverty-by-round", "profile-differences", "work-of-the-poor",
}  # fmt: skip
# Elements that HTML leaves open.
VOID = {"meta", "br", "hr", "img", "link", "input", "path", "use", "rect"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The Indonesian report of the golden year, in a relative folder with braces in its name."""
    with contextlib.chdir(tmp_path_factory.mktemp("reports")):
        return make_report("6471", 2022, "id", "laporan {x.__class__}", progress=False)


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
    assert report.parts[-3:] == ("6471", "2022", "id")
    assert report.parents[2].name == "laporan {x.__class__}"
    assert sorted(path.name for path in report.iterdir()) == [
        "citation.bib",
        "contents.sha256",
        "datapackage.json",
        "figures",
        "notebooks",
        "release.json",
        "release.schema.json",
        "report.html",
        "report.pdf",
        "tables",
        "tables.xlsx",
    ]
    assert {path.stem for path in (report / "tables").glob("*.csv")} == TABLES
    for ending in ("png", "svg"):
        assert {path.stem for path in (report / "figures").glob(f"*.{ending}")} == FIGURES
    assert [path.name for path in sorted((report / "notebooks").iterdir())] == [
        path.name for path in notebook_paths()
    ]
    assert [path.name for path in report.parent.iterdir()] == ["id"]


def test_no_file_holds_a_value_of_a_household(report):
    assert_no_value_of_a_household(report)


def test_the_page_stands_alone(report):
    """No script, no code, nothing fetched: every address is in the page or a table beside it."""
    page = read_page(report)
    assert page.open == []
    assert not {"script", "iframe", "object", "link", "img"} & set(page.tags)
    others = [address for address in page.addresses if not address.startswith("#")]
    assert set(others) <= {f"tables/{name}.csv" for name in TABLES}
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
    poverty = pd.read_csv(report / "tables" / "poverty.csv").set_index("kode indikator")
    rate = poverty.loc["headcount", "estimasi"]
    assert rate == pytest.approx(2.45, abs=0.005)
    assert rate != round(rate, 6)
    assert set(poverty["sumber"]) == {"data mikro sintetis"}
    assert set(poverty["wilayah"]) == {"Kota Balikpapan"}
    book = openpyxl.load_workbook(report / "tables.xlsx")
    assert len(book.sheetnames) == 3 + len(TABLES - set(ELSEWHERE))
    shown = [row for row in book["Tabel 1"].iter_rows(values_only=True) if rate in row]
    assert len(shown) == 1


def test_every_table_is_told_to_programs_with_its_columns_and_what_it_was_made_from(report):
    package = json.loads((report / "datapackage.json").read_text("utf8"))
    assert {resource["name"] for resource in package["resources"]} == TABLES
    for resource in package["resources"]:
        data = (report / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        frame = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
        schema = resource["schema"]
        assert [field["name"] for field in schema["fields"]] == list(frame)
        assert all(field["description"] for field in schema["fields"])
        assert not frame.duplicated(schema.get("primaryKey")).any(), resource["name"]
        assert {"wilayah", "periode", "sumber"} <= set(frame), resource["name"]
    rounds = (raw_dir() / "susenas" / "2022-03").glob("*.csv.gz")
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in rounds}
    assert digests < {source["sha256"] for source in package["sources"]}
    assert package["licenses"]
    assert package["provenance"]["line"]["value"] == 680_499
    assert package["provenance"]["versions"]["bpsstats"] == __version__


def test_the_release_is_told_after_its_schema(report):
    told = json.loads((report / "release.json").read_text("utf8"))
    schema = json.loads((report / told["$schema"]).read_text("utf8"))
    jsonschema.Draft202012Validator(schema).validate(told)
    assert told["release"]["vintage"] == 1
    assert {row["statistic"] for row in told["figures"]} > {"headcount", "poor_count"}
    told["figures"][0]["mark"] = "?"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(told)
    assert (
        (report / "citation.bib").read_text("utf8").startswith("@techreport{poverty-6471-2022-id")
    )


@pytest.mark.external
def test_frictionless_finds_the_package_valid(report):
    from frictionless import validate

    found = validate(str(report / "datapackage.json"))
    assert found.valid, found.flatten(["type", "note"])[:5]
    assert found.stats["tasks"] == len(TABLES)


@pytest.mark.external
def test_the_release_on_paper_says_what_the_page_says(report):
    text = subprocess.run(
        ["pdftotext", "-layout", str(report / "report.pdf"), "-"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    words = language("id")
    for section in PAGE_SECTIONS:
        assert words.word("section", section.name) in text
    page = (report / "report.html").read_text("utf8")
    for kind in ("table", "figure"):
        name = words.word("page", kind)
        numbers = {int(n) for n in re.findall(rf"\b{name} (\d+)\. ", text)}
        assert len(numbers) == len(set(re.findall(rf'id="{kind}-(\d+)"', page))) > 3
    assert "15.830" in text
    assert "Halaman" in text


def test_a_workbook_of_the_same_tables_is_the_same_bytes(report, tmp_path):
    # Nothing of the clock is left in it, so that only the tables decide.
    first = (report / "tables.xlsx").read_bytes()
    again = tmp_path / "tables.xlsx"
    openpyxl.load_workbook(report / "tables.xlsx").save(again)
    assert again.read_bytes() != first
    stop_the_clock(again)
    once = again.read_bytes()
    openpyxl.load_workbook(again).save(again)
    stop_the_clock(again)
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


def test_the_list_of_contents_is_that_of_sha256sum(report):
    listed = dict(
        line.split("  ", 1)[::-1]
        for line in (report / "contents.sha256").read_text("utf8").splitlines()
    )
    found = {p.relative_to(report).as_posix(): p for p in report.rglob("*") if p.is_file()}
    found.pop("contents.sha256")
    assert listed == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()
    }


def test_text_that_a_spreadsheet_would_run_is_text_and_a_number_stays_a_number():
    labels = ["=HYPERLINK(1)", "+1", "-2.7", "-2,7", "@x", "\tx", "-cmd", "plain", "+", "1e5"]
    frame = pd.DataFrame({"=label": labels, "value": -1.5})
    kept = ["'=HYPERLINK(1)", "+1", "-2.7", "-2,7", "'@x", "'\tx", "'-cmd", "plain", "'+", "1e5"]
    read = pd.read_csv(io.StringIO(csv_text(frame)), dtype=str)
    assert list(read.columns) == ["'=label", "value"]
    assert read["'=label"].tolist() == kept
    assert read["value"].tolist() == ["-1.5"] * len(labels)


def test_json_has_no_number_that_json_does_not_know():
    records = [{"a": float("nan"), "b": np.float64("inf"), "c": [np.int64(2), (1.5, None)]}]
    text = json_text([*records, {"d": np.bool_(True), "e": pd.NA, "f": {"g": float("-inf")}}])
    assert json.loads(text, parse_constant=pytest.fail) == [
        {"a": None, "b": None, "c": [2, [1.5, None]]},
        {"d": True, "e": None, "f": {"g": None}},
    ]


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """A copy of the folder of notebooks to change."""
    folder = tmp_path / "notebooks"
    shutil.copytree(notebooks_dir(), folder)
    monkeypatch.setattr("bpsstats.reporting.report.notebooks.written.notebooks_dir", lambda: folder)
    return folder


def test_notebooks_of_a_researcher_are_no_part_of_the_report(notebooks):
    before = notebook_paths()
    shutil.copy(before[2], notebooks / "03-poverty-Copy1.ipynb")
    shutil.copy(before[4], notebooks / "09-my-food.ipynb")
    nbformat.write(nbformat.v4.new_notebook(), notebooks / "04-untagged.ipynb")
    assert notebook_paths() == before
    assert notebook_path(PAGE) == before[-1]


def test_a_notebook_that_is_missing_is_named(notebooks):
    (notebooks / "05-food-share.ipynb").unlink()
    with pytest.raises(NotebookError, match="05-food-share is missing"):
        notebook_paths()


def change_parameters(path, source=None, tags=("parameters",)):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = source or notebook.cells[1].source
    notebook.cells[1].metadata["tags"] = list(tags)
    nbformat.write(notebook, path)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"source": 'area: str = "6471"  # no year'}, ParameterError, "has no parameter 'year'"),
        ({"source": 'area = "6471"\nyear = "2022"'}, ParameterError, "is of type str"),
        ({"source": "import os\nyear = 2022"}, NotebookError, "does more than give names values"),
        ({"source": "year = int(2022)"}, NotebookError, "does more than give names values"),
        ({"tags": ()}, NotebookError, "has no cell tagged parameters"),
    ],
)
def test_a_notebook_that_does_not_take_the_parameters_is_refused(notebooks, change, error, words):
    change_parameters(notebooks / "02-poverty-line.ipynb", **change)
    with pytest.raises(error, match=f"02-poverty-line.*{words}"):
        check_parameters(notebooks / "02-poverty-line.ipynb", {"area": "6471", "year": 2022})


@pytest.mark.external
def test_a_notebook_that_stops_is_named_with_its_cell_and_without_words_of_others(tmp_path):
    """Cells run in the process that asks, so that this is one of its own."""
    path = tmp_path / "02-broken.ipynb"
    notebook = nbformat.read(notebook_paths()[0], as_version=4)
    notebook.cells[2] = nbformat.v4.new_code_cell("int('x1234567890123456')", id="broken-cell")
    nbformat.write(notebook, path)
    code = (
        "import sys; from pathlib import Path; from bpsstats.errors import NotebookError\n"
        "from bpsstats.reporting.report.notebooks.execute import execute\n"
        "try: execute(Path(sys.argv[1]), {'area': '6471', 'year': 2022}, 'en', Path(sys.argv[2]))\n"
        "except NotebookError as error: print(error.message)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(tmp_path / "out.ipynb")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(
        "Notebook 02-broken stopped at cell 3 (broken-cell) with ValueError. Nothing was written"
    )
    assert "123456789" not in done.stdout + done.stderr
    assert not (tmp_path / "out.ipynb").exists()
