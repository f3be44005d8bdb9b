"""The notebooks beside the report: the explorer, the cookbook, and one that a user starts."""

import re
from pathlib import Path

import nbformat
import papermill
import pytest

from bpsstats.cli import main
from bpsstats.errors import NotebookError, OutputError, ParameterError
from bpsstats.microdata.files.scan import scan
from bpsstats.paths import notebooks_dir
from bpsstats.reporting.explorer.start import START, start_notebook
from bpsstats.reporting.report.notebooks.refresh import kernel_environment
from bpsstats.reporting.report.notebooks.written import (
    companion_paths,
    declared_parameters,
    written_cells,
)
from by_nbval import assert_passed, said_by_nbval, tried
from in_ci import here

ROOT = Path(__file__).parents[2]
PATHS = companion_paths()
FIRST = [path for path in PATHS if path.stem == "01-domains-and-lines"]
RECIPES = 20  # at least


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_the_explorer_and_the_cookbook_are_there():
    assert {path.parent.name for path in PATHS} == {"explore", "cookbook"}


@pytest.fixture(scope="module")
def fresh_run(request):
    return said_by_nbval(tried(request, PATHS))


@pytest.mark.parametrize("path", here(FIRST, PATHS), ids=lambda path: path.stem)
def test_stored_outputs_are_what_a_fresh_run_gives(path, fresh_run):
    cells = code_cells(path)
    assert [cell.id for cell in cells if not cell.execution_count] == []
    assert_passed(path, cells, fresh_run)


def test_the_cookbook_has_its_recipes_numbered_and_each_is_checked():
    recipes = []
    for path in PATHS:
        if path.parent.name == "cookbook":
            cells = nbformat.read(path, as_version=4).cells
            titles = [i for i, cell in enumerate(cells) if re.match(r"## \d+\. ", cell.source)]
            for first, last in zip(titles, [*titles[1:], len(cells)], strict=True):
                number = int(re.match(r"## (\d+)\. ", cells[first].source)[1])
                shown = cells[last - 1].outputs[-1]
                recipes.append((number, "".join(shown.get("data", shown).get("text/plain", ""))))
    assert [number for number, _ in recipes] == list(range(1, len(recipes) + 1))
    assert len(recipes) >= RECIPES
    assert {shown for _, shown in recipes} == {"True"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_companion_shows_a_record_a_path_or_an_error(path):
    assert scan([path.relative_to(ROOT)], ROOT) == []
    kinds = [output.output_type for cell in code_cells(path) for output in cell.outputs]
    assert "error" not in kinds
    shown = str([cell.outputs for cell in code_cells(path)])
    assert not re.search(r"(/home/|/root/|/Users/|/tmp/|0x[0-9a-f]{6,}|np\.\w+)", shown)


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "my-question.ipynb"
    assert main(["notebook", str(path), "--year", "2021"]) == 0
    return path


def test_a_started_notebook_has_its_parameters_data_design_estimate_and_check(started):
    assert declared_parameters(started) == {
        "area": "6471", "year": 2021, "conf_level": 0.95, "lang": "en",
    }  # fmt: skip
    cells = {cell.id: cell for cell in code_cells(started)}
    assert list(cells) == ["parameters", "read", "design", "estimate", "check"]
    assert "March 2021" in cells["estimate"].outputs[0].data["text/plain"]
    assert cells["check"].outputs[0].data["text/plain"] == "True"


def test_a_started_notebook_passes_nbval(started):
    assert_passed(started, code_cells(started), said_by_nbval([started]))


@pytest.mark.external
def test_a_started_notebook_passes_papermill_with_another_year(started, tmp_path):
    with kernel_environment():
        papermill.execute_notebook(
            str(started), str(tmp_path / "out.ipynb"), {"year": 2022}, progress_bar=False
        )
    (estimate,) = [c for c in code_cells(tmp_path / "out.ipynb") if c.id == "estimate"]
    assert "March 2022" in estimate.outputs[0].data["text/plain"]


@pytest.mark.external
def test_a_started_notebook_speaks_indonesian(tmp_path):
    path = start_notebook(tmp_path / "pertanyaan.ipynb", "Balikpapan", 2022, "id")
    prose = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown"]
    assert prose[0].startswith("# Pertanyaan saya")
    assert declared_parameters(path)["area"] == "6471"
    assert "Persentase penduduk miskin" in str(code_cells(path)[3].outputs[0].data)


def test_a_file_that_is_there_is_never_replaced(started):
    before = started.read_bytes()
    with pytest.raises(OutputError, match=r"my-question\.ipynb is there already"):
        start_notebook(started)
    assert started.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("notes.txt", ParameterError, "end in .ipynb"),
        ("nowhere/my.ipynb", OutputError, "no folder nowhere"),
    ],
)
def test_a_name_that_will_not_do_is_refused(tmp_path, name, error, said):
    with pytest.raises(error, match=said):
        start_notebook(tmp_path / name)


def test_where_the_round_is_not_there_nothing_is_written(tmp_path):
    with pytest.raises(NotebookError, match="There are no files of March 2024"):
        start_notebook(tmp_path / "my.ipynb", year=2024)
    assert list(tmp_path.iterdir()) == []


def test_the_start_has_its_indonesian_text():
    assert written_cells(START, "id")[0].source.startswith("# Pertanyaan")
    assert notebooks_dir() not in START.parents
