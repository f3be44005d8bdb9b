"""Tables as workbook, CSV and data package, and the release on paper, from small tables."""

import io
import json
import re
import subprocess

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

from bpsstats.reporting.display import Cards, Prose, Table
from bpsstats.reporting.formats import fields
from bpsstats.reporting.formats.book import Book, Sheet
from bpsstats.reporting.formats.fields import field_of
from bpsstats.reporting.formats.paper import paper
from bpsstats.reporting.formats.tables import OutTable, book_of, title_of
from bpsstats.reporting.formats.workbook import NO_NUMBER, NO_TEXT, write_book
from bpsstats.reporting.words.language import LANGUAGES, language

ABOUT = {"area_code": "6471", "area": "Kota Balikpapan", "period": "March 2022"}
WORDS = {"contents": "Contents", "table": "Table", "figure": "Figure", "page_number": "Page"}
SAID = {
    "title": "Poverty in Kota Balikpapan", "lang": "en", "author": "BPS", "description": "A test",
    "keywords": ["poverty"], "kind": "synthetic microdata", "imprint": "1/2022", "words": WORDS,
}  # fmt: skip


@pytest.fixture
def estimates():
    """Four figures: one with every number, one without an error, one withheld, one negative."""
    return pd.DataFrame(
        {
            "statistic": ["poor_count", "headcount", "poverty_gap", "severity"],
            "domain": "all",
            "period": "March 2022",
            "estimate": [15830.0, 2.45, np.nan, -0.02],
            "std_error": [5002.2, np.nan, np.nan, 0.011],
            "n": [608, 608, 608, 608],
            "unit": ["persons", "percent", "percent", "percent"],
            "reliability": ["caution", "not estimable", "unreliable", ""],
            "mark": ["*", "", "..", ""],
            "source": "synthetic microdata",
        }
    )


@pytest.fixture
def sheet(estimates, tmp_path):
    """The sheet of the table in a workbook, and the row of its headings."""
    table = OutTable("poverty", estimates, ABOUT, "id")
    path = tmp_path / "tables.xlsx"
    write_book(book_of([table], "Kemiskinan", "BPS Kota Balikpapan", ["Maret 2022"], []), path)
    book = openpyxl.load_workbook(path)
    made = book["Tabel 1"]
    marked = next(iter(made.tables.values()))
    first, last = marked.ref.split(":")
    return book, made, made[first].row, marked, made[last]


def cells_of(sheet):
    _, made, at, _, last = sheet
    heads = [cell.value for cell in made[at]]
    rows = made.iter_rows(min_row=at + 1, max_row=last.row)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_every_field_has_another_heading_and_a_meaning_in_each_language():
    for lang in LANGUAGES:
        known = [field_of(name, lang) for name in fields._catalogue()]
        assert all(field.heading and field.meaning for field in known)
        headings = [field.heading for field in known]
        # A statistic and an indicator are one thing, as two results name it.
        assert len(set(headings)) >= len(headings) - 1


def test_a_column_or_a_table_that_is_not_described_is_called_by_its_name(estimates):
    made = OutTable("poverty", estimates.assign(new_column=1), ABOUT, "en").csv()
    assert "new column" in made.splitlines()[0]
    assert title_of("new-table", "en") == "New table"


def test_a_csv_says_area_period_and_source_on_each_row_under_headings_in_words(estimates):
    read = pd.read_csv(io.StringIO(OutTable("poverty", estimates, ABOUT, "id").csv()), dtype=str)
    assert set(read["wilayah"]) == {"Kota Balikpapan"}
    assert set(read["periode"]) == {"Maret 2022"}
    assert set(read["sumber"]) == {language("id").words["source"]["synthetic microdata"]}
    assert read["kode indikator"].tolist() == estimates["statistic"].tolist()
    assert read["galat baku"].isna().tolist() == estimates["std_error"].isna().tolist()
    assert not [name for name in read if "_" in name]


def test_the_table_of_a_sheet_is_marked_titled_and_frozen(sheet):
    book, made, at, marked, last = sheet
    assert made["A1"].value.startswith("Tabel 1. ")
    assert "Kota Balikpapan" in made["A1"].value
    assert marked.ref == f"A{at}:{last.coordinate}"
    assert [column.name for column in marked.tableColumns] == [cell.value for cell in made[at]]
    assert made.freeze_panes == f"B{at + 1}"
    assert len(made.merged_cells.ranges) == 0
    assert all(c.value not in (None, "") for row in made[marked.ref] for c in row)
    about = book.properties
    assert (about.title, about.creator, about.language) == (
        "Kemiskinan", "BPS Kota Balikpapan", "id-ID",
    )  # fmt: skip
    assert book.sheetnames == ["Sampul", "Daftar isi", "Catatan", "Tabel 1"]
    targets = [row[0].hyperlink.location for row in book["Daftar isi"].iter_rows(min_row=3)]
    assert targets == ["'Catatan'!A1", "'Tabel 1'!A1"]


def test_numbers_are_numbers_with_the_decimals_of_their_unit(sheet):
    rows = cells_of(sheet)
    shown = [row["Estimasi"] for row in rows]
    assert [cell.value for cell in shown] == [15830, 2.45, "..", -0.02]
    assert [cell.data_type for cell in shown] == ["n", "n", "s", "n"]
    assert [cell.number_format for cell in shown if cell.data_type == "n"] == [
        "#,##0", "#,##0.00", "#,##0.000",
    ]  # fmt: skip
    assert rows[1]["Galat baku"].value == NO_NUMBER
    assert rows[3]["Tanda"].value == NO_TEXT


def test_what_is_the_same_in_all_rows_stands_above_the_table(sheet):
    _, made, at, _, _ = sheet
    above = [made.cell(i, 1).value for i in range(2, at)]
    assert "Periode: Maret 2022" in above
    assert not {"Periode", "Sumber", "Wilayah"} & {cell.value for cell in made[at]}


def test_text_that_begins_like_a_formula_is_text_and_a_negative_number_a_number(tmp_path):
    frame = pd.DataFrame({"=label": ["=1+1", "-cmd", "-2.7"], "value": [-1.5, 2.0, np.nan]})
    book = Book("t", "a", "en", [], [], [Sheet("=title", ["@about"], frame)])
    write_book(book, tmp_path / "t.xlsx")
    made = openpyxl.load_workbook(tmp_path / "t.xlsx")["Table 1"]
    assert all(cell.data_type != "f" for row in made.rows for cell in row)
    assert [cell.value for cell in made["A"]] == [
        "'=title", "'@about", "'=label", "'=1+1", "'-cmd", "-2.7",
    ]  # fmt: skip
    assert [cell.value for cell in made["B"]][3:] == [-1.5, 2, NO_NUMBER]


def test_a_sheet_without_rows_says_why(tmp_path):
    book = Book("t", "a", "en", [], ["a note"], [Sheet("Roofs", ["No column."], pd.DataFrame())])
    write_book(book, tmp_path / "t.xlsx")
    made = openpyxl.load_workbook(tmp_path / "t.xlsx")["Table 1"]
    assert [cell.value for cell in made["A"]] == ["Roofs", "No column."]
    assert not made.tables


@pytest.mark.external
def test_a_program_that_prints_the_workbook_cuts_no_cell(sheet, tmp_path):
    """LibreOffice leaves out what a cell has no room for."""
    book, made, _, marked, _ = sheet
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'user').as_uri()}"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "tables.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    command = ["pdftotext", "-layout", str(tmp_path / "tables.pdf"), "-"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    words = set(printed.split())
    assert "###" not in printed
    for row in made[marked.ref]:
        for cell in row:
            if cell.data_type == "s":
                assert set(str(cell.value).split()) <= words, cell.value
    for name in book.sheetnames[:3]:
        for row in book[name].iter_rows(values_only=True):
            for value in row:
                if isinstance(value, str):
                    assert set(value.split()) <= words, value
    assert {"15,830", "2.45"} <= words or {"15.830", "2,45"} <= words


@pytest.mark.external
def test_frictionless_reads_the_table_by_its_description(estimates, tmp_path):
    from frictionless import Package, validate

    table = OutTable("poverty", estimates, ABOUT, "en")
    (tmp_path / "poverty.csv").write_text(table.csv(), "utf8")
    resource = {"name": "poverty", "path": "poverty.csv", "schema": table.schema()}
    described = {"name": "p", "resources": [resource]}
    (tmp_path / "datapackage.json").write_text(json.dumps(described), "utf8")
    assert validate(str(tmp_path / "datapackage.json")).valid
    rows = Package(str(tmp_path / "datapackage.json")).get_resource("poverty").read_rows()
    assert [row["records"] for row in rows] == [608] * 4
    # A description that is wrong is not valid.
    resource["schema"]["fields"][7]["type"] = "boolean"
    (tmp_path / "datapackage.json").write_text(json.dumps(described), "utf8")
    assert not validate(str(tmp_path / "datapackage.json")).valid


@pytest.fixture
def printed():
    table = Table("Figures", pd.DataFrame({"of": ["a", "a", "b"], "P0": ["2.4", "1", "3"]}), ("n",))
    body = ["One #heading", Prose("**Bold** $x$ and *more*.\n\n- `first`\n- second"), table]
    return [Prose("> Synthetic."), Cards((("2.45%", "poor", "1 to 4"),))], body


def test_the_same_release_is_the_same_pdf_and_no_text_is_a_command(printed):
    made = paper(*printed, SAID)
    assert made == paper(*printed, SAID)
    assert made.startswith(b"%PDF-1.7")


def test_a_thing_that_paper_does_not_know_is_refused():
    with pytest.raises(TypeError, match="no block for int"):
        paper([], [3], SAID)


@pytest.mark.external
def test_the_pdf_is_tagged_titled_and_brings_its_fonts(printed, tmp_path):
    (tmp_path / "a.pdf").write_bytes(paper(*printed, SAID))

    def ask(*command):
        done = subprocess.run(
            [*command, str(tmp_path / "a.pdf")], check=True, capture_output=True, text=True
        )
        return done.stdout

    about = dict(line.split(":", 1) for line in ask("pdfinfo").splitlines() if ":" in line)
    assert about["Tagged"].strip() == "yes"
    assert about["Title"].strip() == SAID["title"]
    assert about["Author"].strip() == "BPS"
    assert about["Page size"].strip().endswith("(A4)")
    assert "CreationDate" not in about
    fonts = [line.split() for line in ask("pdffonts").splitlines()[2:]]
    assert fonts
    assert all(font[-5] == "yes" for font in fonts)
    structure = ask("pdfinfo", "-struct-text")
    assert re.search(r"^ *H1\b.*\n.*\"Contents\"", structure, re.M) or "Contents" in structure
    for kind in ("Table", "TH", "TD", "L", "TOC"):
        assert re.search(rf"^ *{kind}\b", structure, re.M), kind
    assert "$x$" in structure
    assert "#heading" in structure


def test_the_schema_of_a_release_and_the_catalogues_can_be_read():
    from bpsstats.reporting.formats.package import SCHEMA

    schema = json.loads(SCHEMA.read_text("utf8"))
    assert set(schema["required"]) <= set(schema["properties"])
    titles = yaml.safe_load(SCHEMA.with_name("tables.yaml").read_text("utf8"))
    assert all(set(each) == set(LANGUAGES) for each in titles.values())
