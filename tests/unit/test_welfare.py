"""The welfare regression and the parts of a change, on samples that can be counted by hand."""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError, NotEstimableError, ParameterError
from bpsstats.microdata import read_round
from bpsstats.models import (
    oaxaca_blinder,
    predicted_poverty,
    quantile_regression,
    survey_regression,
    welfare_model,
)
from bpsstats.poverty import decompose_by_group, decompose_change, poverty_line
from bpsstats.survey import SurveyDesign, bootstrap, jackknife

YEARS = range(2018, 2023)


def design(frame):
    return SurveyDesign(frame.assign(psu=np.arange(len(frame)), weight_person=1.0), strata=None)


def spending(*values, **columns):
    return design(pd.DataFrame({"expenditure_person_month": [float(v) for v in values], **columns}))


def parts(result):
    return {(row.statistic, row.domain): row.estimate for row in result.parts}


def test_growth_alone_lifts_the_poor_over_the_line():
    """Mean 100 to 200, everybody doubled: one of four was below 60, nobody after."""
    result = decompose_change(
        spending(50, 100, 100, 150), spending(100, 200, 200, 300), 60, 60, replicates=10, seed=1
    )
    assert parts(result) == pytest.approx(
        {("growth", "all"): -25, ("redistribution", "all"): 0, ("line", "all"): 0}
    )


def test_a_line_that_doubles_with_all_spending_leaves_growth_and_line_to_cancel():
    result = decompose_change(
        spending(50, 100, 100, 150), spending(100, 200, 200, 300), 60, 120, replicates=10, seed=1
    )
    found = parts(result)
    assert result.total.rows[0].estimate == 0
    assert found["growth", "all"] == pytest.approx(-found["line", "all"])
    assert found["line", "all"] > 0


def test_redistribution_alone_is_redistribution():
    """The same mean; the poorest gains what the richest loses."""
    result = decompose_change(
        spending(50, 100, 100, 150), spending(70, 100, 100, 130), 60, 60, replicates=10, seed=1
    )
    assert parts(result) == pytest.approx(
        {("growth", "all"): 0, ("redistribution", "all"): -25, ("line", "all"): 0}
    )


def test_composition_and_rates_by_hand():
    """Class a: 20 of 40 poor, then 10 of 20; class b: none of 40, then 15 of 60. P0 from 25 to
    31.25 percent.
    """

    def of(a_poor, a_rest, b_poor, b_rest):
        values = [50] * a_poor + [200] * a_rest + [50] * b_poor + [200] * b_rest
        return spending(*values, group=["a"] * (a_poor + a_rest) + ["b"] * (b_poor + b_rest))

    found = parts(
        decompose_by_group(
            of(20, 20, 0, 40), of(10, 10, 15, 45), 60, 60, "group", replicates=10, seed=3
        )
    )
    assert found == pytest.approx(
        {
            ("composition", "group=a"): -0.25 * 50,
            ("composition", "group=b"): 0.25 * 12.5,
            ("rate", "group=a"): 0,
            ("rate", "group=b"): 0.625 * 25,
        }
    )


def test_a_replicate_without_a_class_is_an_error_in_words():
    before, after = (
        spending(50, 50, 200, 200, group=list("aabb")),
        spending(50, 50, 200, 200, group=list("abbb")),
    )
    with pytest.raises(NotEstimableError, match="not finite"):
        decompose_by_group(before, after, 60, 60, "group", replicates=50, seed=3)


def test_errors_take_in_both_rounds_and_repeat_with_the_seed():
    rounds = [SurveyDesign(read_round("6471", year).households) for year in (2021, 2022)]
    lines = [poverty_line("6471", year) for year in (2021, 2022)]
    once, twice = (
        decompose_change(*rounds, *lines, replicates=100, seed=4).to_frame() for _ in range(2)
    )
    pd.testing.assert_frame_equal(once, twice)
    assert (once["std_error"] > 0).all()
    assert (
        repr(decompose_by_group(*rounds, *lines, "head_education", replicates=50)).count(
            "composition"
        )
        >= 3
    )


def test_rounds_that_lack_a_column_cannot_be_stacked():
    with pytest.raises(DesignError, match="no column group"):
        decompose_by_group(spending(50, 60), spending(50, 60), 55, 55, "group")
    with pytest.raises(ParameterError, match="order"):
        decompose_change(spending(50, 60), spending(50, 60), 55, 55, alpha=-1)


def test_where_the_covariate_says_nothing_predicted_poverty_is_poverty():
    """The groups have the same mean, so that the covariate says nothing."""
    frame = pd.DataFrame({"welfare": [-0.2, -0.1, 0.1, 0.3, 0.7, 0.4], "g": list("ababab")})
    sample = design(frame)
    result = survey_regression("welfare ~ g", sample)
    table = predicted_poverty(result, "g", replicates=jackknife(sample))
    assert [row.estimate for row in table] == pytest.approx([100 / 3, 100 / 3])


def test_the_welfare_model_tells_of_the_same_poverty_as_the_logit():
    rounds = [read_round("6471", year) for year in YEARS]
    model = welfare_model(rounds, [poverty_line("6471", year) for year in YEARS])
    assert model.by_logit is not None
    for row in model.predicted:
        other = model.by_logit.row("predicted", row.domain)
        assert abs(row.estimate - other.estimate) < 3 * np.hypot(row.std_error, other.std_error)
    # All households speak, so that the regression is surer than the logit.
    assert all(
        row.std_error < model.by_logit.row("predicted", row.domain).std_error
        for row in model.predicted
    )
    assert set(model.to_frame()["model"]) == {"welfare", "logit"}


def test_quantile_regression_refuses_what_is_no_probability_and_repeats_with_the_seed():
    random = np.random.default_rng(1)
    sample = design(pd.DataFrame({"y": random.normal(size=40), "x": random.normal(size=40)}))
    with pytest.raises(ParameterError, match="between 0 and 1"):
        quantile_regression("y ~ x", sample, 1.5)
    once, twice = (
        quantile_regression(
            "y ~ x", sample, 0.5, replicates=bootstrap(sample, 30, seed=2)
        ).to_frame()
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(once, twice)


def test_oaxaca_refuses_groups_that_are_not_two():
    sample = design(
        pd.DataFrame({"y": [1.0, 2, 3, 4], "x": [1.0, 0, 1, 0], "g": [0.0, 1, 2, 1], "one": 1.0})
    )
    with pytest.raises(ParameterError, match="not of 0 and 1"):
        oaxaca_blinder("y ~ x", sample, "g")
    with pytest.raises(ParameterError, match="No record has one 0"):
        oaxaca_blinder("y ~ x", sample, "one")
