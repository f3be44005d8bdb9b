"""Replicate weights: what each method makes, agreement with linearised errors, and what they
refuse.
"""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError, NotEstimableError, ParameterError
from bpsstats.microdata import read_round
from bpsstats.models import survey_logit
from bpsstats.poverty import gini, headcount, poor_count, poverty_gap, quantile, theil
from bpsstats.survey import (
    SurveyDesign,
    balanced,
    bootstrap,
    calibrate,
    covariance,
    estimate,
    given_weights,
    jackknife,
    mean,
    replicate,
    total,
)
from bpsstats.survey.replicates.weights import BLOCK

LINE = 900_000  # high enough for linearisation to hold
# Of a standard error from 2,000 bootstrap replicates: one part in sqrt(2 x 2000), three times over.
CHANCE = 3 / np.sqrt(2 * 2000)
# Linearised and jackknifed errors differ by terms of the order of one over the 64 PSUs.
SECOND_ORDER = 0.06


@pytest.fixture(scope="module")
def design():
    return SurveyDesign(read_round("6471", 2022).households)


@pytest.fixture(scope="module")
def small():
    frame = pd.DataFrame(
        {"y": [1.0, 3, 5, 9], "w": 1.0, "h": [1, 1, 2, 2], "c": [1, 2, 3, 4], "g": list("abab")}
    )
    return SurveyDesign(frame, weight="w", strata="h", psu="c")


def errors(design, statistics, **options):
    return estimate(design, statistics, **options).to_frame()["std_error"].to_numpy()


@pytest.mark.parametrize("method", [jackknife, balanced])
def test_a_total_has_the_linearised_error_exactly(small, method):
    assert errors(small, total("y"), replicates=method(small)) == pytest.approx(
        [np.sqrt(20)], rel=1e-14
    )


STATISTICS = [
    mean("food_share"), headcount(LINE), poor_count(LINE), poverty_gap(LINE), gini(), theil(),
    quantile(0.5, error="density"),
]  # fmt: skip


def test_the_jackknife_agrees_with_linearised_errors(design):
    smooth = STATISTICS[:-1]  # the jackknife of a quantile is not consistent
    replicated = errors(design, smooth, replicates=jackknife(design))
    np.testing.assert_allclose(replicated, errors(design, smooth), rtol=SECOND_ORDER)


def test_the_bootstrap_agrees_with_linearised_errors(design):
    smooth = STATISTICS[:4]
    replicated = errors(design, smooth, replicates=bootstrap(design, 2000, seed=7))
    np.testing.assert_allclose(replicated, errors(design, smooth), rtol=SECOND_ORDER + CHANCE)


def test_any_statistic_runs_in_any_domain(design):
    table = estimate(design, STATISTICS, by="urban", replicates=bootstrap(design, 60, seed=1))
    assert len(table) == 2 * len(STATISTICS)
    urban = [row for row in table if row.domain == "urban=True"]
    assert all(row.std_error > 0 for row in urban)
    assert "bootstrap, 60 replicates" in table.heading


def test_intervals_and_counts_follow_the_same_rules_as_linearised_ones(design):
    replicated = estimate(design, [poor_count(LINE), headcount(LINE)], replicates=jackknife(design))
    count, rate = replicated.row("poor_count"), replicated.row("headcount")
    population = design.weights.sum()
    assert count.interval() == pytest.approx(
        tuple(limit * population / 100 for limit in rate.interval())
    )
    assert (rate.df, rate.n, rate.n_psu) == (design.df, design.n, design.n_psu)


def test_differences_of_rows_carry_their_covariance(design):
    replicates = jackknife(design)
    table = estimate(
        design,
        [mean("food_month"), mean("nonfood_month"), mean("expenditure_month")],
        replicates=replicates,
    )
    food, other, both = table.rows
    assert (both - food).std_error == pytest.approx(other.std_error, rel=1e-9)


def test_the_same_seed_draws_the_same_whatever_the_blocks(design):
    drawn = bootstrap(design, 3 * BLOCK, seed=5)
    whole = drawn.factors(0, 3 * BLOCK)
    assert np.array_equal(
        whole[:, BLOCK + 3 : 2 * BLOCK + 1], drawn.factors(BLOCK + 3, 2 * BLOCK + 1)
    )
    assert not np.array_equal(whole[:, 0], bootstrap(design, 2, seed=6).factors(0, 1)[:, 0])


def test_bootstrap_factors_keep_the_number_of_psus_of_each_stratum(design):
    factors = bootstrap(design, 20, seed=1).factors(0, 20)
    for stratum in range(design.n_strata):
        inside = design.first_stage.stratum == stratum
        np.testing.assert_allclose(factors[inside].sum(axis=0), inside.sum())


def test_a_completely_sampled_stratum_has_no_error():
    frame = pd.DataFrame(
        {"y": [1.0, 3, 5, 9], "w": 1.0, "h": [1, 1, 2, 2], "c": [1, 2, 3, 4], "N": [2, 2, 10, 10]}
    )
    design = SurveyDesign(frame, weight="w", strata="h", psu="c", fpc="N")
    expected = errors(design, total("y"))
    assert errors(design, total("y"), replicates=jackknife(design)) == pytest.approx(
        expected, rel=1e-14
    )
    assert np.array_equal(bootstrap(design, 5, seed=1).factors(0, 5)[:2], np.ones((2, 5)))


@pytest.mark.external
def test_calibrated_weights_are_calibrated_anew_in_each_replicate(design):
    margins = {"head_sex": {"male": 520_000.0, "female": 126_122.0}, "population": 646_122.0}
    known = calibrate(design, margins)
    statistics = [mean("food_share"), headcount(LINE)]
    replicated = errors(known, statistics, replicates=jackknife(known))
    np.testing.assert_allclose(replicated, errors(known, statistics), rtol=SECOND_ORDER)
    men = replicate(
        known,
        lambda d: np.array([d.weights[d.frame["head_sex"] == "male"].sum()]),
        jackknife(known),
    )
    assert men.cov[0, 0] == pytest.approx(0, abs=1e-6)


def test_a_function_of_the_design_has_the_error_of_the_same_statistic(design):
    replicates = jackknife(design)

    def food_share(d):
        return np.array([np.sum(d.weights * d.column("food_share")) / d.weights.sum()])

    result = replicate(design, food_share, replicates)
    assert np.sqrt(result.cov[0, 0]) == pytest.approx(
        errors(design, mean("food_share"), replicates=replicates)[0]
    )
    row = result.to_estimates([("food", "all")], unit="", kind="mean").row("food")
    assert row.interval()[0] < row.estimate < row.interval()[1]


def test_coefficients_of_a_logit_have_errors_near_their_linearised_ones(design):
    frame = design.frame.assign(
        low=design.column("expenditure_person_month") < LINE, log_size=np.log(design.frame["size"])
    )
    wide = SurveyDesign(frame)
    fit = survey_logit("low ~ log_size", wide)
    result = replicate(
        wide, lambda d: survey_logit("low ~ log_size", d).coefficients, jackknife(wide)
    )
    np.testing.assert_allclose(np.sqrt(np.diag(result.cov)), fit.std_errors, rtol=SECOND_ORDER)


def test_a_replicate_in_which_a_logit_separates_is_an_error_in_words():
    """Without PSU 1 the only low household of group a is gone."""
    frame = pd.DataFrame({"c": np.repeat(np.arange(40), 10), "w": 1.0})
    frame["a"] = (np.arange(400) % 4 == 0).astype(float)
    frame["low"] = (frame["a"] == 0) & (np.arange(400) % 3 == 0)
    frame.loc[(frame["c"] == 0) & (frame["a"] == 1), "low"] = True
    design = SurveyDesign(frame, weight="w", strata=None, psu="c")
    assert np.isfinite(survey_logit("low ~ a", design).coefficients).all()
    with pytest.raises(NotEstimableError, match=r"Replicate 1 of 40 \(jackknife\)"):
        replicate(design, lambda d: survey_logit("low ~ a", d).coefficients, jackknife(design))


def test_lone_psus_are_refused_unless_merged():
    frame = pd.DataFrame({"y": [1.0, 3, 5], "w": 1.0, "h": [1, 1, 2], "c": [1, 2, 3]})
    centred = SurveyDesign(frame, weight="w", strata="h", psu="c", lone_psu="centre")
    for method in (jackknife, lambda d: bootstrap(d, 5, seed=1)):
        with pytest.raises(DesignError, match="single PSU"):
            method(centred)
    merged = SurveyDesign(frame, weight="w", strata="h", psu="c", lone_psu="merge")
    expected = np.sqrt(covariance(merged, frame["y"].to_numpy())[0])
    assert errors(merged, total("y"), replicates=jackknife(merged)) == pytest.approx(expected)


def test_what_cannot_be_done_is_refused(design, small):
    with pytest.raises(DesignError, match="two PSUs in each stratum"):
        balanced(design)
    with pytest.raises(ParameterError, match="Fay"):
        balanced(small, fay=1.0)
    with pytest.raises(ParameterError, match="no variance"):
        bootstrap(small, 1, seed=1)
    with pytest.raises(DesignError, match="no columns r1"):
        given_weights(small, ["r1"], scale=1.0)
    with pytest.raises(DesignError, match="negative"):
        given_weights(SurveyDesign(small.frame.assign(r1=-1.0), "w", "h", "c"), ["r1"], scale=1.0)
    with pytest.raises(DesignError, match="rscales"):
        given_weights(
            SurveyDesign(small.frame.assign(r1=1.0), "w", "h", "c"),
            ["r1"],
            scale=1.0,
            rscales=[1, 1],
        )


def test_what_is_not_said_of_replicates(small):
    """By default 500 of a bootstrap, around the mean of the replicates; given weights stand for
    themselves.
    """
    drawn, half, fay = bootstrap(small, seed=1), balanced(small), balanced(small, fay=0.3)
    assert (drawn.method, drawn.n, drawn.scale, drawn.mse) == (
        "rescaled bootstrap",
        500,
        1 / 499,
        False,
    )
    assert (half.method, half.n, half.scale, half.mse) == (
        "balanced repeated replication",
        4,
        1 / 4,
        False,
    )
    assert (fay.method, fay.scale) == (
        "balanced repeated replication, Fay 0.3",
        pytest.approx(1 / (4 * 0.7**2)),
    )
    assert bootstrap(small, 5, seed=1, mse=True).mse is True
    frame = small.frame.assign(r1=[2.0, 0, 2, 0], r2=[0.0, 2, 0, 2])
    design = SurveyDesign(frame, "w", "h", "c")
    given = given_weights(design, ["r1", "r2"], scale=0.5, rscales=[1, 3])
    assert (given.method, given.scale, given.mse, given.by_psu) == (
        "given replicate weights",
        0.5,
        False,
        False,
    )
    np.testing.assert_array_equal(given.rscales, [1.0, 3.0])
    np.testing.assert_array_equal(given.factors(0, 2), frame[["r1", "r2"]].to_numpy())


def test_given_factors_are_multiplied_with_the_weights_and_given_weights_are_not():
    frame = pd.DataFrame({"y": [1.0, 3], "w": [2.0, 4], "r1": [2.0, 0], "r2": [0.0, 2]})
    design = SurveyDesign(frame, "w", None, None)
    factors = given_weights(design, ["r1", "r2"], scale=1.0, combined=False)
    weights = given_weights(design, ["r1", "r2"], scale=1.0)
    np.testing.assert_array_equal(factors.factors(0, 2), frame[["r1", "r2"]].to_numpy())
    np.testing.assert_array_equal(weights.factors(0, 2), [[1.0, 0], [0, 0.5]])


def test_the_errors_of_what_is_given_say_what_and_where(small):
    def refused(**columns):
        with pytest.raises(DesignError) as caught:
            given_weights(
                SurveyDesign(small.frame.assign(**columns), "w", "h", "c"), ["r1", "r2"], scale=1.0
            )
        return caught.value.message

    remedy = (
        "Take them from the released file; a record that a replicate leaves out has the weight 0."
    )
    assert (
        refused(r1=-1.0, r2=-1.0)
        == f"Replicate weights are negative, infinite or missing in r1, r2. {remedy}"
    )
    assert (
        refused(r1=np.inf, r2=1.0)
        == f"Replicate weights are negative, infinite or missing in a column. {remedy}"
    )
    assert refused() == "The frame has no columns r1, r2. Name those that it has."
    with pytest.raises(ParameterError, match="columns as a list of text, not an empty list"):
        given_weights(small, [], scale=1.0)
    three = SurveyDesign(small.frame.assign(h=1), "w", "h", "c")
    with pytest.raises(DesignError) as caught:
        balanced(three)
    assert caught.value.message.endswith("have another number. Use the bootstrap or the jackknife.")


def test_a_table_of_a_function_holds_what_the_design_and_the_caller_say(small):
    frame = small.frame.assign(r1=[2.0, 0, 2, 0], r2=[0.0, 2, 0, 2], r3=1.0)
    frame.attrs = {"period": "March 2022", "source": "made up", "observed": "households"}
    design = SurveyDesign(frame, "w", "h", "c")
    replicates = given_weights(design, ["r1", "r2", "r3"], scale=0.5)
    result = replicate(
        design, lambda d: np.array([d.weights @ d.column("y"), d.weights.sum()]), replicates
    )
    np.testing.assert_array_equal(result.replicate_values, [[12, 4], [24, 4], [18, 4]])
    table = result.to_estimates(
        [("total", "all"), ("people", "everybody")], unit="Rp", kind="total", level=0.9
    )
    row = table.row("total")
    assert (row.period, row.source, row.unit, row.kind, row.scale) == (
        "March 2022",
        "made up",
        "Rp",
        "total",
        1.0,
    )
    assert (row.n, row.n_psu, row.level, table.level) == (4, 4, 0.9, 0.9)
    assert (row.df, design.df) == (1, 2)  # the third is the mean of the others
    assert table.heading.endswith("errors by given replicate weights, 3 replicates")
    assert [one.domain for one in table] == ["all", "everybody"]
    variance = 0.5 * (6**2 + 6**2)
    assert row.std_error**2 == pytest.approx(variance)
    assert table.covariance()[0, 0] == pytest.approx(variance)
    with pytest.raises(ValueError, match="zip"):
        result.to_estimates([("total", "all")], unit="Rp", kind="total")


def test_a_replicate_without_a_value_is_named(small):
    def fails_in_the_second(d):
        return np.array([np.nan if d.weights[0] == 0 else 1.0])

    with pytest.raises(NotEstimableError) as caught:
        replicate(small, fails_in_the_second, jackknife(small))
    assert (
        caught.value.message
        == "Replicate 1 of 4 (jackknife) gives no value, so that there is no error from replicates:"
        " A value is not finite. Use the linearised error, or another method of replicates."
    )


def test_a_domain_that_a_replicate_empties_has_no_error_and_the_others_keep_theirs(small):
    """Group a lives in PSU 1 alone, which one replicate leaves out."""
    frame = small.frame.assign(g=["a", "b", "b", "b"])
    design = SurveyDesign(frame, "w", "h", "c")
    a, b = estimate(design, mean("y"), by="g", replicates=jackknife(design))
    assert np.isnan(a.std_error)
    assert b.std_error > 0


def test_the_base_of_a_rate_is_kept_where_every_record_is_summed_anew(small):
    frame = small.frame.assign(r1=[2.0, 0, 2, 0], r2=[0.0, 2, 0, 2])
    frame.attrs = {"calibrated": True}
    design = SurveyDesign(frame.rename(columns={"y": "expenditure_person_month"}), "w", "h", "c")
    replicates = given_weights(design, ["r1", "r2"], scale=0.5)
    table = estimate(design, [headcount(4), poor_count(4)], replicates=replicates)
    rate, count = table.row("headcount"), table.row("poor_count")
    assert rate.base == 4.0
    assert count.rate.estimate == rate.estimate
    assert count.interval() == pytest.approx(tuple(limit * 4 / 100 for limit in rate.interval()))
