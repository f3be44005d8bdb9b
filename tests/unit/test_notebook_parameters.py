"""Parameters that papermill was given: a misspelt one does not give a notebook of other values."""

import subprocess
import sys

import nbformat
import papermill
import pytest

from bpsstats.errors import ParameterError, UnknownAreaError
from bpsstats.paths import notebooks_dir
from bpsstats.reporting.explorer.start import START
from bpsstats.reporting.notebook import check_notebook
from bpsstats.reporting.report.notebooks.written import (
    CHECK,
    companion_paths,
    notebook_path,
    notebook_paths,
    written_cells,
)

DECLARED = "area = '6471'\nyear = 2022\nconf_level = 0.95\nlang = 'en'"
GIVEN = {
    "area": "6471", "year": 2022, "conf_level": 0.95, "lang": "en", "lone_psu": "error",
    "accept_line": False,
}  # fmt: skip


def checks(path):
    """Lines of the first code cell after the parameters that check them."""
    code = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    return [line for line in code[1].source.splitlines() if line.startswith(CHECK)]


def test_every_notebook_checks_them_in_its_first_cell_after_them_and_names_its_prose():
    for path in notebook_paths():
        assert checks(path) == [f'{CHECK}, "{path.stem}")']


def test_so_do_the_notebooks_beside_the_report_and_the_one_that_a_user_starts():
    assert len(companion_paths()) > 1
    for path in [*companion_paths(), START]:
        assert checks(path) == [f"{CHECK})"]


def test_what_was_asked_for_and_a_name_of_ones_own_are_taken():
    check_notebook(GIVEN)
    check_notebook(GIVEN | {"mine": 3, "In": [DECLARED, "mine = 3", "# Parameters\nmine = 4"]})


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (
            {"In": [DECLARED, "# Parameters\nyaer = 2021"]},
            ParameterError,
            "'yaer'. It has: area, year",
        ),
        # A parameter of other notebooks would change nothing in this one.
        ({"In": [DECLARED, "# Parameters\nlone_psu = 'merge'"]}, ParameterError, "'lone_psu'"),
        ({"year": "2021"}, ParameterError, "-p year 2022"),
        ({"year": 2021.0}, ParameterError, "whole number"),
        ({"lang": "fr"}, ParameterError, "en or id"),
        ({"conf_level": 95}, ParameterError, "0.95"),
        ({"accept_line": "yes"}, ParameterError, "True or False"),
        ({"area": "atlantis"}, UnknownAreaError, "atlantis"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, error, words):
    with pytest.raises(error, match=words):
        check_notebook(GIVEN | change)


def test_a_notebook_whose_parameters_were_not_run_says_so():
    with pytest.raises(ParameterError, match="gives lang no value"):
        check_notebook({name: value for name, value in GIVEN.items() if name != "lang"})


@pytest.mark.external
def test_papermill_stops_at_a_misspelt_name(tmp_path):
    with pytest.raises(papermill.PapermillExecutionError, match="no parameter 'yaer'"):
        papermill.execute_notebook(
            notebooks_dir() / "08-printed-record.ipynb", tmp_path / "out.ipynb",
            parameters={"yaer": 2021}, kernel_name="python3", progress_bar=False,
        )  # fmt: skip


@pytest.mark.external
def test_papermill_in_indonesian_says_all_prose_in_indonesian_each_above_its_output(tmp_path):
    path = notebook_path("08-printed-record")
    done = papermill.execute_notebook(
        path, tmp_path / "out.ipynb", parameters={"lang": "id", "area": "Balikpapan"},
        kernel_name="python3", progress_bar=False,
    )  # fmt: skip
    outputs = {cell.id: cell.outputs for cell in done.cells if cell.cell_type == "code"}
    said = [
        [o.data["text/markdown"] for o in those if o.output_type == "display_data"]
        for those in outputs.values()
    ]
    first, *prose = [text for those in said for text in those]
    assert "`bpsstats report --area 6471 --year 2022 --lang id`" in first
    translated = written_cells(path, "id")
    assert "\n\n".join(prose) == "\n\n".join(c.source for c in translated if not c.is_code)
    (above,) = [cell.source for cell in translated if cell.id == "about-depth"]
    assert [output.output_type for output in outputs["depth"]] == ["display_data", "execute_result"]
    assert outputs["depth"][0].data["text/markdown"] == above


def test_a_notebook_of_the_indonesian_report_does_not_say_its_prose_twice():
    for path in notebook_paths():
        code = [c.source for c in written_cells(path, "id") if c.is_code]
        assert f"{CHECK})" in code[1].splitlines()


def test_the_first_output_of_a_notebook_waits_for_no_library_that_it_does_not_need():
    code = (
        "import sys, bpsstats as bps\n"
        "area, year, conf_level, lang = '6471', 2022, 0.95, 'en'\n"
        "bps.check_notebook(globals(), '03-poverty')\n"
        "design = bps.SurveyDesign(bps.read_round(area, year).households)\n"
        "bps.table(design, lang)._repr_html_()\n"
        "bps.say_line(bps.poverty_line(area, year), bps.line_before(area, year), lang)\n"
        "heavy = {'nbformat', 'matplotlib', 'seaborn', 'formulaic', 'statsmodels'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "heavy |= {'openpyxl', 'scipy.optimize'}\n"
        "bps.annual_release(area, year).title\n"
        "bps.levels_table(bps.printed_record(area), lang)._repr_html_()\n"
        "bps.explore(area, year).still()\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
