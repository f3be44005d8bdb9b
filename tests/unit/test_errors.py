"""Errors that teach: each class is made to happen, and its message names the thing, the place and
the remedy.
"""

import copy
import inspect
import pickle
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from bpsstats import errors
from bpsstats.areas.tasks import run_tasks
from bpsstats.cli import main
from bpsstats.disclosure import policy_for
from bpsstats.errors import BpsStatsError, InputError, locate
from bpsstats.microdata import find_area, read_round
from bpsstats.microdata.provenance import SIDECAR
from bpsstats.models import survey_logit
from bpsstats.paths import published_file
from bpsstats.poverty import headcount, headcount_curve, poverty_line, poverty_profile
from bpsstats.published import published
from bpsstats.reporting import explore, profile_figure
from bpsstats.reporting.report.notebooks.written import written_cells
from bpsstats.reporting.vintages.moved import Move, refuse
from bpsstats.survey import SurveyDesign, estimate, mean

SOURCES = sorted(Path(errors.__file__).parent.rglob("*.py"))


class Example(NamedTuple):
    """How an error of a class comes about, and what its message must name."""

    cause: object
    thing: str
    place: str
    remedy: str


def two_psus(**columns):
    return pd.DataFrame(
        {"stratum": "a", "psu": ["a1", "a2"], "weight_person": 1.0, "y": [1.0, 2.0], **columns}
    )


def a_damaged_description(tmp_path):
    folder = tmp_path / "susenas" / "2022-03"
    folder.mkdir(parents=True)
    (folder / SIDECAR).write_text("kind: [", "utf8")
    read_round("6471", 2022, tmp_path)


def an_unknown_area(_):
    find_area("6472x")


def a_release_that_is_another(tmp_path):
    release = tmp_path / "6471" / "2022" / "en"
    release.mkdir(parents=True)
    refuse([Move("poverty", "headcount", "estimate", "2.4", "2.5")], str(release))


def a_year_without_line(_):
    poverty_line("6471", 2035)


def a_level_in_percent(_):
    estimate(SurveyDesign(two_psus()), mean("y"), level=95)


def a_missing_weight(_):
    SurveyDesign(two_psus(weight_person=[1.0, np.nan]))


def a_lone_psu(_):
    SurveyDesign(two_psus(stratum=["a", "b"]))


def a_round_without_a_block(_):
    frame = two_psus()
    frame.attrs["absent"] = {"tobacco_month": "The folder holds no items of block 41."}
    estimate(SurveyDesign(frame), mean("tobacco_month"))


def a_curve_below_all_spending(_):
    headcount_curve(SurveyDesign(two_psus(expenditure_person_month=[500.0, 700.0])), 100)


def a_negative_line(_):
    headcount(-680_499)


def a_figure_in_words(tmp_path):
    table = tmp_path / "published.csv"
    frame = pd.read_csv(published_file(), dtype=str)
    frame.iloc[:1].assign(printed="two").to_csv(table, index=False)
    published("6471", 2022, file=table)


def an_untranslated_cell(tmp_path):
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Hello.", id="hello")])
    nbformat.write(notebook, tmp_path / "99-new.ipynb")
    written_cells(tmp_path / "99-new.ipynb", "id")


def a_folder_of_somebody_else(tmp_path):
    (tmp_path / "2022-03").mkdir()
    (tmp_path / "2022-03" / "KOR22RT.dbf").write_text("bought")
    assert main(["--debug", "synthesize", "--years", "2022", "--out", str(tmp_path)])


def a_fault_of_our_own(_):
    try:
        locate(rows=5)
    except TypeError as error:
        raise errors.ProgramError.of(error) from error


def an_explorer_without_its_library(_):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "ipywidgets", None)
        patch.delitem(sys.modules, "bpsstats.reporting.explorer.controls", raising=False)
        explore("6471", 2022).widget()


def outcomes(n):
    random = np.random.default_rng(20221101)
    frame = pd.DataFrame(
        {
            "x": random.normal(size=n),
            "psu": np.arange(n) // 10,
            "stratum": "a",
            "weight_person": 1.0,
        }
    )
    return frame.assign(poor=random.random(n) < 1 / (1 + np.exp(-frame["x"])))


def a_fit_of_one_iteration(_):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bpsstats.models.logit.survey_logit.MAX_ITERATIONS", 1)
        patch.setattr("bpsstats.models.logit.newton.MAX_ITERATIONS", 1)
        survey_logit("poor ~ x", SurveyDesign(outcomes(400)))


def an_outcome_of_nobody(_):
    survey_logit("poor ~ x", SurveyDesign(outcomes(40).assign(poor=False)))


def a_level_without_poor(_):
    frame = outcomes(400)
    school = np.where(frame["poor"] | (frame["x"] < 0), "no diploma", "university")
    survey_logit("poor ~ school", SurveyDesign(frame.assign(school=school)))


def a_picture_of_too_few(_):
    profile = poverty_profile(read_round("6471", 2022), poverty_line("6471", 2022))
    table, policy = profile.table("work"), policy_for("external")
    hidden = [
        replace(e, value=e.value and e.value.view(policy, withheld=True)) for e in table.entries
    ]
    few = replace(profile, tables=(replace(table, entries=tuple(hidden)),))
    profile_figure(few, "work")


def a_scheduler_that_is_not_there(_):
    run_tasks(abs, [1], scheduler="nowhere://10.0.0.5:8786")


EXAMPLES = {
    errors.InputError: Example(
        a_damaged_description, "no YAML", "Where: file source.yaml, line 1", "restore"
    ),
    errors.UnknownAreaError: Example(
        an_unknown_area, "'6472x'", "6472 Kota Samarinda", "four digits"
    ),
    errors.UnknownYearError: Example(
        a_year_without_line, "poverty line", "2035 in file poverty_lines.yaml", "Give"
    ),
    errors.ParameterError: Example(a_level_in_percent, "confidence level", "95", "such as 0.95"),
    errors.DesignError: Example(
        a_missing_weight, "1 weights", "column weight_person", "Correct them"
    ),
    errors.AbsentError: Example(
        a_round_without_a_block, "items", "block 41", "Put what is missing"
    ),
    errors.WithheldError: Example(
        a_picture_of_too_few, "Too few households", "group 'work'", "more households"
    ),
    errors.LonePsuError: Example(a_lone_psu, "single PSU", "stratum a, b", 'lone_psu="merge"'),
    errors.NotEstimableError: Example(
        a_curve_below_all_spending, "8 points", "along line", "Take a grid"
    ),
    errors.LineError: Example(
        a_negative_line, "poverty line", "is -680499", "Write whole rupiah per person and month"
    ),
    errors.PublishedError: Example(
        a_figure_in_words, "printed", "Row 1 of file published.csv", "must be a number"
    ),
    errors.NotebookError: Example(
        an_untranslated_cell, "Cell hello", "notebook 99-new", "Add it to"
    ),
    errors.OutputError: Example(
        a_folder_of_somebody_else, "KOR22RT.dbf", "Folder 2022-03", "Name another folder"
    ),
    errors.RevisionError: Example(
        a_release_that_is_another, "headcount", "6471/2022/en", "--revision"
    ),
    errors.ProgramError: Example(
        a_fault_of_our_own, "TypeError", "at bpsstats.", "report what it shows"
    ),
    errors.NotEstimableError: Example(
        an_outcome_of_nobody, "0 events", "no event for all 40 records", "Widen the domain"
    ),
    errors.ClusterError: Example(
        a_scheduler_that_is_not_there, "Dask scheduler", "nowhere://10.0.0.5", "Start one"
    ),
    errors.LibraryError: Example(
        an_explorer_without_its_library, "ipywidgets", "this Python", "pip install"
    ),
    errors.ConvergenceError: Example(
        a_fit_of_one_iteration, "logit", "1 iterations", "Measure the covariates"
    ),
    errors.SeparationError: Example(
        a_level_without_poor, "no events", "level of school", "join levels"
    ),
}


def classes(parent=BpsStatsError):
    """Every class of errors, those of other modules too."""
    return [child for kind in parent.__subclasses__() for child in (kind, *classes(kind))]


@pytest.fixture(params=classes(), ids=lambda kind: kind.__name__)
def kind(request):
    return request.param


@pytest.fixture
def message(kind, tmp_path):
    assert kind in EXAMPLES, (
        f"{kind.__name__} has no example here. Add how it comes about, and what it must name."
    )
    with pytest.raises(kind) as raised:
        EXAMPLES[kind].cause(tmp_path)
    assert type(raised.value) is kind
    return raised.value


def test_the_message_begins_with_the_line_that_describes_its_class(kind, message):
    first, *rest = str(message).splitlines()
    paragraph = inspect.cleandoc(kind.__doc__).partition("\n\n")[0]
    assert first == " ".join(paragraph.split())
    assert rest == [message.message]


def test_the_message_names_the_thing_the_place_and_the_remedy(kind, message):
    for part in EXAMPLES[kind][1:]:
        assert part in message.message


def test_the_description_of_a_class_is_a_sentence_of_its_own(kind):
    assert kind.__doc__ != kind.__base__.__doc__
    assert re.fullmatch(r"[A-Z][^\n]+\.", kind.headline())


def test_the_message_is_one_paragraph_of_sentences(message):
    assert "\n" not in message.message
    assert "  " not in message.message
    assert message.message.endswith(".")


def test_an_error_survives_the_way_from_another_process(message):
    for again in (pickle.loads(pickle.dumps(message)), copy.copy(message)):
        assert type(again) is type(message)
        assert str(again) == str(message)
        assert vars(again) == vars(message)


def test_no_module_raises_the_class_that_says_nothing_in_particular():
    assert len(SOURCES) > 40
    assert [
        path.name for path in SOURCES if re.search(r"raise BpsStatsError\b", path.read_text("utf8"))
    ] == []


def test_the_command_line_prints_the_message_as_one_paragraph(capsys):
    assert main(["estimate", "--area", "6472x"]) == BpsStatsError.exit_code
    said = capsys.readouterr().err
    assert said.startswith(
        "bpsstats: The area is not one this project knows. The area '6472x' is not known"
    )
    assert said.count("\n") == 1


def test_without_docstrings_the_particulars_remain(monkeypatch):
    monkeypatch.setattr(errors.LineError, "__doc__", None)
    assert str(errors.LineError("This is wrong. Do that.")) == "This is wrong. Do that."


def test_five_rows_are_named_and_the_others_counted():
    assert (
        locate("a.csv", "URUT", range(3, 10))
        == "Where: file a.csv, column URUT, rows 3, 4, 5, 6, 7 and 2 more."
    )
    assert locate(column="URUT", rows=[4]) == "Where: column URUT, row 4."


def test_an_input_error_keeps_its_place_for_programs():
    error = InputError(
        "Two households have one key.",
        "Keep one.",
        file="a.csv",
        column="URUT",
        rows=np.array([3, 9]),
    )
    assert (error.file, error.column, error.rows) == ("a.csv", "URUT", (3, 9))
    assert (
        error.message
        == "Two households have one key. Where: file a.csv, column URUT, rows 3, 9. Keep one."
    )
