"""Parameters that papermill was given: a misspelt one does not give a notebook of other values."""

import nbformat
import papermill
import pytest

from bpsstats.errors import ParameterError, UnknownAreaError
from bpsstats.paths import notebooks_dir
from bpsstats.reporting.notebook import PARAMETERS, check_notebook
from bpsstats.reporting.report.notebooks import PAGE, declared_parameters, notebook_paths
from bpsstats.reporting.report.section import MASTHEAD

GIVEN = {
    "area": "6471", "year": 2022, "conf_level": 0.95, "lang": "en", "lone_psu": "error",
    "accept_line": False,
}  # fmt: skip


def test_the_parameters_are_those_of_every_notebook():
    for path in notebook_paths():
        own = MASTHEAD if path.stem == PAGE else ()
        assert tuple(declared_parameters(path)) == (*PARAMETERS, *own)


def test_every_notebook_checks_them_in_its_first_cell_after_them():
    for path in notebook_paths():
        code = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        assert code[1].source.splitlines()[2] == "bps.check_notebook(globals())"


def test_what_was_asked_for_and_a_name_of_ones_own_are_taken():
    check_notebook(GIVEN)
    check_notebook(GIVEN | {"mine": 3, "In": ["", "mine = 3", "# Parameters\nyear = 2022"]})


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"In": ["", "# Parameters\nyaer = 2021\n"]}, ParameterError, "no parameter 'yaer'"),
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
    with pytest.raises(ParameterError, match="gives year no value"):
        check_notebook({name: value for name, value in GIVEN.items() if name != "year"})


def test_papermill_stops_at_a_misspelt_name(tmp_path):
    with pytest.raises(papermill.PapermillExecutionError, match="no parameter 'yaer'"):
        papermill.execute_notebook(
            notebooks_dir() / "08-printed-record.ipynb", tmp_path / "out.ipynb",
            parameters={"yaer": 2021}, kernel_name="python3", progress_bar=False,
        )  # fmt: skip
