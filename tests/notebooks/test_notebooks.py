"""The notebooks: executed, equal to their stored outputs, thin, and without a respondent or a path
in them.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest
import yaml

from bpsstats.paths import notebooks_dir
from bpsstats.reporting.report.notebooks.written import (
    PAGE,
    SECTION_CELL,
    declared_parameters,
    notebook_paths,
    source_hash,
)
from bpsstats.reporting.report.section import MASTHEAD
from by_nbval import assert_passed, said_by_nbval, tried
from in_ci import here

ROOT = Path(__file__).parents[2]
NAMES = [
    "01-microdata", "02-poverty-line", "03-poverty", "04-education-of-the-poor",
    "05-food-share", "06-education-and-poverty", "07-reproduction", "08-printed-record",
    "09-profile", "10-annual-report",
]  # fmt: skip
PARAMETERS = {
    "area": "6471",
    "year": 2022,
    "conf_level": 0.95,
    "lang": "en",
    "lone_psu": "error",
    "accept_line": False,
}
MOST_LINES_OF_A_CELL = 10
MOST_LINES = 60
PATHS = [notebooks_dir() / f"{name}.ipynb" for name in NAMES]
FIRST = [PATHS[0], PATHS[-1]]  # the rest in the CI
each_notebook = pytest.mark.parametrize("path", PATHS, ids=NAMES)


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def outputs(path):
    return [output for cell in code_cells(path) for output in cell.outputs]


def test_the_notebooks_of_the_report_are_declared_and_there():
    assert [path.stem for path in notebook_paths()] == NAMES


@pytest.fixture(scope="module")
def fresh_run(request):
    return said_by_nbval(tried(request, PATHS))


@pytest.mark.parametrize("path", here(FIRST, PATHS), ids=NAMES)
def test_stored_outputs_are_what_a_fresh_run_gives(path, fresh_run):
    assert_passed(path, code_cells(path), fresh_run)


@each_notebook
def test_every_code_cell_was_executed(path):
    """nbval compares nothing in a cell without an execution count."""
    assert [cell.id for cell in code_cells(path) if not cell.execution_count] == []


@each_notebook
def test_every_code_cell_but_the_parameters_shows_something(path):
    silent = [
        cell.id
        for cell in code_cells(path)
        if not cell.outputs and "parameters" not in cell.metadata.get("tags", [])
    ]
    assert silent == []


@each_notebook
def test_nothing_was_written_to_the_error_stream_and_nothing_failed(path):
    assert [o.output_type for o in outputs(path) if o.output_type in ("stream", "error")] == []


@each_notebook
def test_the_parameters_are_the_same_everywhere(path):
    own = dict.fromkeys(MASTHEAD, "") if path.stem == PAGE else {}
    assert declared_parameters(path) == PARAMETERS | own


@each_notebook
def test_the_second_cell_holds_the_parameters_each_with_a_comment(path):
    cell = nbformat.read(path, as_version=4).cells[1]
    assert cell.metadata["tags"] == ["parameters"]
    assert all("#" in line for line in cell.source.splitlines())


@each_notebook
def test_cells_are_thin_and_define_nothing(path):
    cells = code_cells(path)
    sources = [cell.source for cell in cells]
    # The list of the parameters is as long as they are many.
    others = [c.source for c in cells if "parameters" not in c.metadata.get("tags", ())]
    assert max(len(source.splitlines()) for source in others) <= MOST_LINES_OF_A_CELL
    assert sum(len(source.splitlines()) for source in sources) <= MOST_LINES
    kinds = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda)
    assert [
        type(node).__name__
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, kinds)
    ] == []
    assert not any(word in source for source in sources for word in ("read_csv", "open(", "Path("))


@each_notebook
def test_each_cell_ends_in_the_object_it_shows(path):
    for cell in code_cells(path):
        if "parameters" not in cell.metadata.get("tags", []):
            assert isinstance(ast.parse(cell.source).body[-1], ast.Expr), cell.id


@each_notebook
def test_no_path_of_a_machine_and_no_address_is_in_a_notebook(path):
    text = path.read_text("utf8")
    assert not re.search(r"(/home/|/root/|/Users/|/tmp/|[A-Z]:\\\\|0x[0-9a-f]{6,})", text)


@each_notebook
def test_numbers_are_not_typed_into_the_prose(path):
    """Years, rates and counts come from the data; what remains are constants of the method."""
    allowed = {
        "0",
        "1",
        "2",
        "2,100",
        "52",
        "30/7",
        "0.8",
        "1.5",
        "1.2",
        "20",
        "1.00",
        "100",
        "100.01",
        "25",
        "50",
        "15",
        "41",
        "42",
        "43",
        "1983",
        "80",  # percent, the power of the minimum detectable change
    }
    prose = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown"]
    plain = re.sub(r"\$\$?.*?\$\$?", "", " ".join(prose), flags=re.S)
    found = set(re.findall(r"(?<![\w.])\d+(?:[.,/]\d+)*", plain))
    assert found - allowed == set()


@each_notebook
def test_the_indonesian_text_belongs_to_the_english_text_of_today(path):
    catalogue = yaml.safe_load(
        (ROOT / "src/bpsstats/reporting/words/locale/notebooks.id.yaml").read_text("utf8")
    )[path.stem]
    prose = {
        c.id: source_hash(c.source)
        for c in nbformat.read(path, as_version=4).cells
        if c.cell_type == "markdown" and not c.id.startswith(SECTION_CELL)
    }
    assert {cell: entry["of"] for cell, entry in catalogue.items()} == prose
