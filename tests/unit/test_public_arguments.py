"""Whatever is given to a public function, what comes out is a result or one paragraph of words."""

import inspect
import math

import numpy as np
import pandas as pd
import polars
import pytest

import bpsstats
from bpsstats import areas, models, poverty, survey
from bpsstats.errors import BpsStatsError, ParameterError
from bpsstats.microdata import read_round
from bpsstats.poverty import poverty_line
from bpsstats.survey import SurveyDesign, estimate
from in_ci import here

SECRET = 387_444.25
LINE = 500_000
OF_PRINT = ["published", "bounds"]
ROOMS = (survey, poverty, models, areas, bpsstats)


def frame():
    random = np.random.default_rng(3)
    n = 240
    x = random.normal(size=n)
    data = {
        "weight_person": random.uniform(50, 400, n),
        "stratum": np.repeat(["u", "r"], n // 2),
        "psu": np.repeat(np.arange(n // 10), 10),
        "expenditure_person_month": SECRET * random.lognormal(0.2, 0.5, n),
        "expenditure_month": 4.0 * SECRET,
        "food_month": 2.0 * SECRET,
        "size": random.integers(1, 6, n),
        "sex": random.choice(["f", "m"], n),
        "flag": random.uniform(size=n) < 0.5,
        "adult": True,
        "education": pd.Categorical(random.choice(["below_sd", "sd_smp", "sma_plus"], n)),
        "x": x,
        "y": random.uniform(size=n) < 1 / (1 + np.exp(-x)),
    }
    return pd.DataFrame(data)


@pytest.fixture(scope="module")
def right():
    """An argument that is right, by its name."""
    design = SurveyDesign(frame())
    table = estimate(design, survey.mean("x"), by="sex")
    fit = models.survey_logit("y ~ x + sex", design)
    rounds = [read_round("6471", year) for year in (2021, 2022)]
    return {
        "design": design,
        "persons": design,
        "households": design,
        "before": table,
        "after": table,
        "points": estimate(design, [poverty.lorenz(p) for p in (0.2, 0.5)]),
        "statistics": survey.mean("x"),
        "result": fit,
        "line": LINE,
        "line_before": LINE,
        "line_after": LINE,
        "lines": [poverty_line("6471", year) for year in (2021, 2022)],
        "rounds": rounds,
        "formula": "y ~ x + sex",
        "column": "x",
        "rows": "sex",
        "columns": ["weight_person"],
        "numerator": "x",
        "denominator": "expenditure_month",
        "categories": 1,
        "variable": "sex",
        "variables": ["x", "sex"],
        "settings": {"x": 1.0},
        "base": {"x": 0.0},
        "frame": frame(),
        "term": "x",
        "group": "flag",
        "by": "sex",
        "margins": {"sex": {"f": 3e4, "m": 3e4}},
        "replicates": survey.jackknife(design),
        "function": lambda d: np.array([d.weights.sum()]),
        "influence": np.ones(design.n),
        "influences": np.ones(design.n),
        "axis": "share",
        "grid": np.array([0.2, 0.5]),
        "scale": 1.0,
        "seed": 1,
        "alpha": 1.0,
        "epsilon": 1.0,
        "probability": 0.5,
        "printed_rate": "2.45",
        "share": 0.5,
        "low": 0.1,
        "high": 0.4,
        "fifth": 1,
        "items": frame(),
        "round_": rounds[1],
        "basis": {"sex": {"female": 3e5, "male": 3e5}},
        "expenditure": np.array([1.0, 2.0]),
        "area": "6471",
        "year": 2022,
        "observed": "households",
    }


def publics():
    found = {}
    for room in ROOMS:
        for name in getattr(room, "__all__", dir(room)):
            public = getattr(room, name)
            home = getattr(public, "__module__", "")
            if inspect.isfunction(public) and home.split(".")[1] in ("survey", "poverty", "models"):
                found[name] = public
    return {**found, "SurveyDesign": SurveyDesign}


# Reading, fitting the questions of the project and counting nations take seconds; the types of
# their arguments are checked before anything else, as those of the others.
SLOW = {"education_specifications", "education_model", "welfare_model", "estimate_poverty_line"}
WRONG = {
    "None": lambda: None,
    "a truth": lambda: True,
    "a number": lambda: 3,
    "nothing": lambda: 0,
    "below": lambda: -1.5,
    "nan": lambda: math.nan,
    "inf": lambda: math.inf,
    "text": lambda: "387444,25",
    "no text": lambda: "",
    "bytes": lambda: b"x",
    "a list": lambda: ["x", 1],
    "no list": lambda: [],
    "names": lambda: ["nosuch"],
    "a mapping": lambda: {"nosuch": 1},
    "no mapping": dict,
    "a class": lambda: str,
    "a function": lambda: len,
    "an object": object,
    "an array": lambda: np.array([0.25, 2.0]),
    "texts": lambda: np.array(["a", "b"]),
    "a series": lambda: pd.Series([SECRET, 2.0]),
    "a mask": lambda: pd.Series([True, False]),
    "a frame": lambda: pd.DataFrame({"x": [SECRET]}),
    "another frame": lambda: polars.DataFrame({"x": [SECRET]}),
    "a lazy frame": lambda: polars.LazyFrame({"x": [SECRET]}),
    "a date": lambda: pd.Timestamp("2022-03-01"),
    "a complex": lambda: 1j,
}
ARGUMENTS = [
    (name, argument)
    for name, public in sorted(publics().items())
    for argument in inspect.signature(public).parameters
]


def used(result, right):
    """What is made of a result: a statistic is estimated, a table shown."""
    if isinstance(result, survey.Statistic):
        result = estimate(right["design"], result)
    if isinstance(result, survey.ReplicateWeights):
        result = estimate(right["design"], survey.mean("x"), replicates=result)
    return repr(result)


def test_every_public_function_is_called():
    assert len(publics()) > 60
    assert {"estimate", "survey_logit", "headcount", "change", "predict_rows"} <= set(publics())


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS, ids=lambda value: str(value))
def test_a_wrong_argument_ends_in_words_without_a_value(name, argument, right):
    public = publics()[name]
    parameters = inspect.signature(public).parameters
    needed = {
        each
        for each, parameter in parameters.items()
        if parameter.default is parameter.empty or each == argument
    }
    for kind, make in WRONG.items():
        given = {each: right[each] for each in needed - {argument}} | {argument: make()}
        loose = [given.pop(each) for each, p in parameters.items() if p.kind is p.VAR_POSITIONAL]
        ahead = [given.pop(each) for each in list(parameters) if loose and each in given]
        if (
            name in SLOW
            and argument in ("rounds", "lines", "design", "level")
            and kind == "no list"
        ):
            continue
        try:
            said = used(public(*ahead, *loose, **given), right)
        except BpsStatsError as error:
            said = error.message
            assert "\n" not in said, kind
            assert said.endswith("."), (kind, said)
        except Exception as error:
            pytest.fail(f"{name}({argument}={kind}): {type(error).__name__}: {error}")
        assert "387444.25" not in said.replace(",", ""), kind
        assert " at 0x" not in said, kind


def functions_of_the_package():
    every = {name: getattr(bpsstats, name) for name in bpsstats.__all__}
    return {name: public for name, public in every.items() if inspect.isfunction(public)}


@pytest.mark.parametrize("name", sorted(functions_of_the_package()))
def test_no_public_function_takes_an_argument_unlooked_at(name):
    public = functions_of_the_package()[name]
    parameters = inspect.signature(public).parameters.values()
    assert hasattr(public, "__wrapped__")
    assert all(parameter.annotation is not inspect.Parameter.empty for parameter in parameters)
    wrong = [object() for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if wrong:
        with pytest.raises(BpsStatsError) as told:
            public(*wrong)
        assert " at 0x" not in told.value.message


@pytest.mark.parametrize(
    "read",
    here(OF_PRINT, ["read_round", "check_round", "read_items", *OF_PRINT]),
)
def test_a_year_is_a_whole_number_of_any_library(read):
    public = getattr(bpsstats, read)
    assert type(public("6471", np.int64(2022))) is type(public("6471", 2022))
    for year, said in (("2022", "'2022'"), (2022.0, "2022.0"), (None, "None")):
        with pytest.raises(ParameterError, match=f"takes year as a whole number, not {said}"):
            public("6471", year)
    with pytest.raises(ParameterError, match=r"takes area as text or a whole number, not 6471\.0"):
        public(6471.0, 2022)


ROWS = {
    "bounds": lambda record: record.bounds(2022).row,
    "depth": lambda record: record.depth.row,
    "ranks": lambda record: record.ranks(2022).row,
    "steadiness": lambda record: record.steadiness.row,
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_a_row_that_is_not_there_is_told_those_that_are(row):
    record = bpsstats.printed_record("6471")
    known = "mean_gap" if row is ROWS["bounds"] else "6471"
    assert row(record)(known)
    with pytest.raises(ParameterError, match=f"There is no .* 'nosuch'. There are: .*{known}"):
        row(record)("nosuch")
    with pytest.raises(ParameterError, match="as text, not 6471"):
        row(record)(6471)


def test_the_record_knows_its_figures_and_years_by_name_and_number():
    record = bpsstats.printed_record("6471")
    with pytest.raises(ParameterError, match=r"no indicator 'hedcount'. Nearest: headcount"):
        record.series("hedcount")
    with pytest.raises(ParameterError, match=r"no indicator 'hedcount'. Nearest: headcount"):
        bpsstats.published("6471", 2022).text("hedcount")
    for method in (record.ranks, record.bounds):
        with pytest.raises(ParameterError, match="takes year as a whole number, not '2022'"):
            method("2022")


def test_arguments_in_another_order_are_told_their_order(right):
    with pytest.raises(ParameterError, match=r"come in the order formula, design"):
        models.survey_logit(right["design"], "y ~ x")
    with pytest.raises(ParameterError, match=r"come in the order design, statistics"):
        estimate(survey.mean("x"), right["design"])


def test_an_argument_that_is_not_there_is_told_those_that_are(right):
    with pytest.raises(ParameterError, match=r"'few_events'.*It takes: formula, .*below_gate"):
        models.survey_logit("y ~ x", right["design"], few_events="firth")
    with pytest.raises(ParameterError, match=r"'weights'.*It takes: frame, weight"):
        SurveyDesign(frame(), weights="weight_person")
    with pytest.raises(ParameterError, match=r"missing a required argument: 'statistics'"):
        estimate(right["design"])


@pytest.mark.parametrize("column", ["weight", "strata", "psu", "fpc"])
@pytest.mark.parametrize("given", [["psu"], 3, True, np.array(["psu"]), pd.Series(["psu"])])
def test_a_design_column_is_given_by_its_name(column, given):
    with pytest.raises(ParameterError, match=f"takes {column} as text"):
        SurveyDesign(frame(), **{column: given})
