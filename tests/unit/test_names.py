"""The public names: grouped, loaded on first use, shown by completion without loading anything."""

import subprocess
import sys

import jedi
import pytest

import bpsstats as bps
from bpsstats.reporting.report.readme import names_page, names_path, stub, stub_path

HEAVY = ("numpy", "pandas", "matplotlib", "duckdb", "statsmodels", "dask", "distributed")
SHOWN = f"""
import sys
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import bpsstats as bps")
shell.Completer.use_jedi = sys.argv[1] == "jedi"
with provisionalcompleter():
    found = shell.Completer.completions(sys.argv[2], len(sys.argv[2]))
    shown = [each.text.lstrip(".") for each in found]
print(*sorted(shown))
print(*[name for name in {HEAVY} if name in sys.modules])
"""


def test_every_name_belongs_to_one_group():
    names = [name for group in bps.GROUPS for name in dir(getattr(bps, group))]
    assert sorted(names) == bps.__all__


@pytest.mark.parametrize("group", bps.GROUPS)
def test_a_name_is_the_same_thing_with_and_without_its_group(group):
    for name in dir(getattr(bps, group)):
        assert getattr(getattr(bps, group), name) is getattr(bps, name)
        assert name in repr(getattr(bps, group))


def test_dir_shows_the_groups_and_what_every_notebook_needs():
    assert {*bps.GROUPS, "read_round", "SurveyDesign", "estimate", "headcount"} <= set(dir(bps))
    assert len(dir(bps)) < 40
    assert set(dir(bps)) <= {*bps.GROUPS, *bps.__all__, "__version__"}


def test_the_help_of_the_package_names_everything():
    for name in (*bps.GROUPS, *bps.__all__):
        assert name in bps.__doc__


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'ginni'"):
        _ = bps.ginni


@pytest.mark.parametrize("way", ["jedi", "dir"])
@pytest.mark.parametrize(
    ("typed", "expected"), [("bps.", "read_round"), ("bps.inequality.", "gini")]
)
def test_completion_shows_names_and_loads_nothing(way, typed, expected, tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    command = [sys.executable, "-c", SHOWN, way, typed]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    names, loaded = done.stdout.splitlines()
    assert expected in names.split()
    assert loaded == ""


def test_the_page_of_names_is_current():
    assert names_path().read_text("utf8") == names_page(), "run `make generated`"


def test_the_stub_is_current():
    assert stub_path().read_text("utf8") == stub(), "run `make generated`"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("bps.", {"read_round", "SurveyDesign", "gini"}),
        ("bps.SurveyDesign(frame).", {"values_of", "n"}),
        ("bps.read_round('6471', 2022).", {"households", "persons", "checks"}),
        ("bps.estimate(design, []).row('headcount').", {"std_error", "interval"}),
        ("bps.annual_release('6471', 2022).", {"tables", "finding"}),
    ],
)
def test_an_editor_that_runs_nothing_completes_names_and_results(typed, offered):
    script = jedi.Script(f"import bpsstats as bps\n{typed}")
    assert offered <= {each.name for each in script.complete(2, len(typed))}


def test_an_editor_shows_what_a_name_takes_and_means():
    script = jedi.Script("import bpsstats as bps\nbps.gini(")
    [shown] = script.get_signatures(2, 9)
    assert "form" in shown.to_string()
    assert "Gini" in shown.docstring()
