"""Rows by position, label and keys; contrasts by name; tables as Arrow and polars; a line for each
record.
"""

import builtins
import json

import numpy as np
import pandas as pd
import polars
import pytest

from bpsstats.errors import LineError, ParameterError
from bpsstats.poverty import (
    decompose_change,
    education_of_the_poor,
    headcount,
    headcount_curve,
    just_above,
    poor_count,
    poor_mask,
    poverty_gap,
    sen,
    sen_shorrocks_thon,
    severity,
    tip,
    watts,
)
from bpsstats.survey import SurveyDesign, estimate, mean

EXACT = 1e-12
INDICES = (headcount, poverty_gap, severity, poor_count, watts, sen, sen_shorrocks_thon, just_above)


@pytest.fixture(scope="module")
def design():
    random = np.random.default_rng(5)
    n = 300
    frame = pd.DataFrame(
        {
            "expenditure_person_month": 9e5 * random.lognormal(0, 0.5, n),
            "weight_person": random.uniform(50, 200, n),
            "stratum": np.repeat(["u", "r"], n // 2),
            "psu": np.arange(n) // 10,
            "sex": random.choice(["female", "male"], n),
            "urban": random.choice([0, 1], n),
            "adult": True,
            "education": pd.Categorical(random.choice(["below_sd", "sd_smp", "sma_plus"], n)),
        },
        index=random.permutation(n) + 1000,
    )
    frame.attrs = {"period": "March 2022", "source": "survey microdata"}
    return SurveyDesign(frame)


@pytest.fixture(scope="module")
def table(design):
    statistics = [headcount(700_000), mean("expenditure_person_month", "Rp")]
    return estimate(design, statistics, by=["sex", "urban"])


def test_rows_are_had_by_position_label_and_keys(table):
    assert table[0] is table.rows[0]
    assert table[-1] is table.rows[-1]
    assert list(table[1:3]) == list(table.rows[1:3])
    assert table[1:3].heading == table.heading
    one = table.row("headcount", "sex=female, urban=1")
    assert table.row("headcount", sex="female", urban=1) is one
    assert table.row("headcount", urban=1, sex="female", period="March 2022") is one
    assert len(table.select("headcount")) == 4
    assert {row.domain for row in table.select(urban=0)} == {
        "sex=female, urban=0",
        "sex=male, urban=0",
    }


def test_a_key_is_a_whole_part_of_a_domain_and_not_the_end_of_another(table):
    with pytest.raises(ParameterError, match="0 rows answer to headcount in the domain ex=female"):
        table.row("headcount", ex="female")
    with pytest.raises(ParameterError, match="0 rows answer"):
        table.select(sex="fem")


def test_a_row_that_is_not_there_or_not_alone_is_told_with_those_that_are(table):
    with pytest.raises(ParameterError, match=r"2 rows answer to headcount in the domain urban=1"):
        table.row("headcount", urban=1)
    with pytest.raises(ParameterError, match=r"of March 2021.*sex=female, urban=0"):
        table.row("headcount", sex="female", urban=1, period="March 2021")


def test_a_contrast_names_its_rows_in_any_way(table):
    rates = table.select("headcount")
    by_position = rates.contrast([0, 1, 0, -1])
    for named in (
        {"sex=female, urban=1": 1, "sex=male, urban=1": -1},
        {("headcount", "sex=female, urban=1"): 1, 3: -1},
        {1: 1.0, -1: -1.0},
    ):
        made = rates.contrast(named, name="gap")
        assert (made.statistic, made.estimate) == ("gap", by_position.estimate)
        assert made.std_error == by_position.std_error
    both = rates.contrasts({"towns": {1: 1, 3: -1}, "all": [0.25, 0.25, 0.25, 0.25]})
    assert [row.statistic for row in both] == ["towns", "all"]
    covariance = rates.covariance()
    assert both[1].std_error == pytest.approx(np.sqrt(covariance.sum()) / 4, rel=EXACT)


def test_a_contrast_of_different_units_or_unclear_names_is_refused(table):
    with pytest.raises(ParameterError, match="different units: percent, Rp"):
        table.contrast({0: 1, 1: 1})
    with pytest.raises(ParameterError, match="4 rows are called headcount"):
        table.contrast({"headcount": 1})
    with pytest.raises(ParameterError, match="0 rows are called 99"):
        table.contrast({99: 1})


def test_arrow_and_polars_hold_all_that_the_table_knows(table):
    made = table.to_arrow()
    known = json.loads(made.schema.metadata[b"bpsstats"])
    assert known == {"heading": table.heading, "level": table.level}
    of_polars = polars.DataFrame(table)
    for frame in (made.to_pandas(), of_polars.to_pandas()):
        assert list(frame["kind"]) == [row.kind for row in table]
        assert list(frame["source"]) == [row.source for row in table]
        assert list(frame["unit"]) == [row.unit for row in table]
        for column in ("estimate", "std_error", "conf_low", "conf_high", "level"):
            values = table.to_frame().assign(level=table.level)[column]
            np.testing.assert_array_equal(frame[column], values)
    assert list(of_polars["households"]) == [row.households for row in table]


def test_a_frame_of_pandas_carries_heading_level_and_kinds_of_data(table):
    attrs = {"heading": table.heading, "level": 0.95, "source": ["survey microdata"]}
    assert table.to_frame().attrs == attrs


def test_without_pyarrow_the_remedy_is_named(table, monkeypatch):
    def refuse(name, *args, **kwargs):
        if name == "pyarrow":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    real = __import__("importlib").import_module
    monkeypatch.setattr("bpsstats.survey.results.arrow.import_module", refuse)
    assert builtins.__import__("pyarrow")
    with pytest.raises(ParameterError, match="pip install pyarrow"):
        table.to_arrow()


@pytest.mark.parametrize("index", INDICES, ids=lambda index: index.__name__)
def test_one_line_for_all_and_the_same_line_for_each_are_the_same(design, index):
    one = estimate(design, index(700_000), by="sex")
    each = estimate(design, index(np.full(design.n, 700_000.0)), by="sex")
    for a, b in zip(one, each, strict=True):
        assert b.estimate == pytest.approx(a.estimate, rel=1e-9)
        assert b.std_error == pytest.approx(a.std_error, rel=1e-9)


def test_a_line_for_each_record_is_its_own(design):
    lines = pd.Series(np.where(design.frame["urban"] == 1, 8e5, 6e5), index=design.frame.index)
    spent = design.frame["expenditure_person_month"]
    weights = design.weights
    expected = 100 * weights[spent < lines].sum() / weights.sum()
    shuffled = lines.sample(frac=1, random_state=1)
    for given in (lines, lines.to_numpy(), shuffled):
        assert estimate(design, headcount(given))[0].estimate == pytest.approx(expected, rel=EXACT)
        np.testing.assert_array_equal(poor_mask(design, given), spent < lines)
    parts = [
        estimate(design, poverty_gap(line), domain=design.frame["urban"] == code)[0].estimate
        for code, line in ((0, 6e5), (1, 8e5))
    ]
    together = estimate(design, poverty_gap(lines), by="urban")
    assert [row.estimate for row in together] == pytest.approx(parts, rel=EXACT)
    curve = headcount_curve(design, lines, multiples=[0.9, 1.0, 1.2])
    assert curve.points[1].estimate == pytest.approx(expected, rel=EXACT)
    assert list(curve.grid) == [0.9, 1.0, 1.2]
    deepest = estimate(design, tip(1.0, lines))[0]
    assert deepest.estimate == pytest.approx(estimate(design, poverty_gap(lines))[0].estimate)
    assert len(education_of_the_poor(design, lines)) == 3


def test_expenditure_exactly_at_its_own_line_is_not_poor(design):
    at_the_line = design.frame["expenditure_person_month"].clip(2e5, 2e6)
    held = SurveyDesign(design.frame.assign(expenditure_person_month=at_the_line))
    assert estimate(held, headcount(at_the_line))[0].estimate == 0


def test_lines_that_cannot_be_those_of_the_records_are_refused_without_a_value(design):
    for lines, error, said in (
        (np.array([7e5, 8e5]), LineError, r"lines of shape \(2,\) for 300 records"),
        (pd.Series([7e5] * 300), LineError, "The poverty line is a Series"),
        (np.where(np.arange(300) == 4, -7.25, 7e5), LineError, r"1 record .*\(rows 5\)"),
        (np.where(np.arange(300) == 4, np.nan, 7e5), LineError, r"\(rows 5\)"),
        (np.full(300, 700.25), LineError, r"of the unit of expenditure_person_month"),
        (pd.Series(["a"] * 300, index=design.frame.index), LineError, "are not numbers"),
    ):
        with pytest.raises(error, match=said):
            estimate(design, headcount(lines))
    with pytest.raises(LineError, match="is a ndarray"):
        decompose_change(design, design, np.full(300, 7e5), 7e5)
