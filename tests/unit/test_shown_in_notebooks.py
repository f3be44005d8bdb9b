"""What a notebook shows of the package: tables that read well, and errors of one paragraph."""

import re

import pandas as pd
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from bpsstats.reporting.display import Table
from bpsstats.reporting.report.notebooks.refresh import KERNEL_ARGUMENTS, kernel_environment
from bpsstats.reporting.report.notebooks.written import KERNEL
from bpsstats.reprs import html_table, without_style

CELLS = {
    "ours": "import bpsstats as bps\nbps.poverty_line('6471', 1900)",
    "hostile": "bps.poverty_line('<script>alert(1)</script>', 2022)",
    "of Python": "1 / 0",
}


@pytest.fixture(scope="module")
def outputs():
    """What a notebook shows of each cell."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()])
    with kernel_environment():
        options = {"allow_errors": True, "extra_arguments": KERNEL_ARGUMENTS}
        NotebookClient(notebook, kernel_name=KERNEL, timeout=60, **options).execute()
    return dict(zip(CELLS, (cell.outputs for cell in notebook.cells), strict=True))


def test_an_error_of_the_package_is_one_paragraph_with_the_traceback_folded(outputs):
    folded, error = outputs["ours"]
    assert error.output_type == "error"
    assert error.traceback == [f"UnknownYearError: {' '.join(error.evalue.split())}"]
    assert "<details><summary>Traceback</summary>" in folded.data["text/html"]
    assert "bps.poverty_line" in folded.data["text/html"]


def test_the_folded_traceback_is_escaped(outputs):
    folded, _ = outputs["hostile"]
    assert "<script>" not in folded.data["text/html"]
    assert "&lt;script&gt;" in folded.data["text/html"]


def test_an_error_of_another_package_keeps_its_traceback(outputs):
    (error,) = outputs["of Python"]
    assert len(error.traceback) > 1


def cells(html):
    """Text and style of each cell."""
    return re.findall(r'<t[hd][^>]*?style="([^"]*)"[^>]*>(.*?)</t[hd]>', html)


@pytest.mark.parametrize(
    "html",
    [
        html_table(pd.DataFrame({"of": ["poor", "all"], "share": ["1.0 – 2.0", "–"]})),
        Table(
            "P0", pd.DataFrame({"of": ["poor", "all"], "share": ["1.0 – 2.0", "–"]})
        )._repr_html_(),
    ],
)
def test_text_is_to_the_left_numbers_to_the_right_each_on_one_line(html):
    found = {text: style for style, text in cells(html)}
    left, right = "text-align:left;white-space:nowrap", "text-align:right;white-space:nowrap"
    assert found == {
        "of": left, "poor": left, "all": left, "share": right, "1.0 – 2.0": right, "–": right,
    }  # fmt: skip
    assert "style=" not in without_style(html)


def test_a_long_text_may_break_over_lines():
    ((_, _), (style, _)) = cells(html_table(pd.DataFrame({"why": ["because " * 20]})))
    assert style == "text-align:left"


def test_a_frame_with_an_index_keeps_its_columns_apart():
    frame = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["a", "b"], name="letter"))
    found = {text: style for style, text in cells(html_table(frame, index=True)) if text}
    assert found["a"].startswith("text-align:left")
    assert found["1"].startswith("text-align:right")
    assert found["n"].startswith("text-align:right")


def test_no_note_says_what_the_caption_says():
    table = Table("Kota Contoh", pd.DataFrame({"n": ["1"]}), ("Kota Contoh", "n", "n"))
    assert table.notes == ("n",)
