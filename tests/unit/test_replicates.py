"""Replicate weights: what each method makes, agreement with linearised errors, and what they refuse."""

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
from bpsstats.survey.replicate import BLOCK

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
    frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "h": [1, 1, 2, 2], "c": [1, 2, 3, 4], "g": list("abab")})
    return SurveyDesign(frame, weight="w", strata="h", psu="c")


def errors(design, statistics, **options):
    return estimate(design, statistics, **options).to_frame()["std_error"].to_numpy()


@pytest.mark.parametrize("method", [jackknife, balanced])
def test_a_total_has_the_linearised_error_exactly(small, method):
    assert errors(small, total("y"), replicates=method(small)) == pytest.approx([np.sqrt(20)], rel=1e-14)


STATISTICS = [
    mean("food_share"), headcount(LINE), poor_count(LINE), poverty_gap(LINE), gini(), theil(), quantile(0.5, error="density"),
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
    assert count.interval() == pytest.approx(tuple(limit * population / 100 for limit in rate.interval()))
    assert (rate.df, rate.n, rate.n_psu) == (design.df, design.n, design.n_psu)


def test_differences_of_rows_carry_their_covariance(design):
    replicates = jackknife(design)
    table = estimate(
        design, [mean("food_month"), mean("nonfood_month"), mean("expenditure_month")], replicates=replicates
    )
    food, other, both = table.rows
    assert (both - food).std_error == pytest.approx(other.std_error, rel=1e-9)


def test_the_same_seed_draws_the_same_whatever_the_blocks(design):
    drawn = bootstrap(design, 3 * BLOCK, seed=5)
    whole = drawn.factors(0, 3 * BLOCK)
    assert np.array_equal(whole[:, BLOCK + 3 : 2 * BLOCK + 1], drawn.factors(BLOCK + 3, 2 * BLOCK + 1))
    assert not np.array_equal(whole[:, 0], bootstrap(design, 2, seed=6).factors(0, 1)[:, 0])


def test_bootstrap_factors_keep_the_number_of_psus_of_each_stratum(design):
    factors = bootstrap(design, 20, seed=1).factors(0, 20)
    for stratum in range(design.n_strata):
        inside = design.clusters.stratum == stratum
        np.testing.assert_allclose(factors[inside].sum(axis=0), inside.sum())


def test_a_completely_sampled_stratum_has_no_error():
    frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "h": [1, 1, 2, 2], "c": [1, 2, 3, 4], "N": [2, 2, 10, 10]})
    design = SurveyDesign(frame, weight="w", strata="h", psu="c", fpc="N")
    expected = errors(design, total("y"))
    assert errors(design, total("y"), replicates=jackknife(design)) == pytest.approx(expected, rel=1e-14)
    assert np.array_equal(bootstrap(design, 5, seed=1).factors(0, 5)[:2], np.ones((2, 5)))


def test_calibrated_weights_are_calibrated_anew_in_each_replicate(design):
    margins = {"head_sex": {"male": 520_000.0, "female": 126_122.0}, "population": 646_122.0}
    known = calibrate(design, margins)
    statistics = [mean("food_share"), headcount(LINE)]
    replicated = errors(known, statistics, replicates=jackknife(known))
    np.testing.assert_allclose(replicated, errors(known, statistics), rtol=SECOND_ORDER)
    men = replicate(known, lambda d: np.array([d.weights[d.frame["head_sex"] == "male"].sum()]), jackknife(known))
    assert men.cov[0, 0] == pytest.approx(0, abs=1e-6)


def test_a_function_of_the_design_has_the_error_of_the_same_statistic(design):
    replicates = jackknife(design)

    def food_share(d):
        return np.array([np.sum(d.weights * d.column("food_share")) / d.weights.sum()])

    result = replicate(design, food_share, replicates)
    assert np.sqrt(result.cov[0, 0]) == pytest.approx(errors(design, mean("food_share"), replicates=replicates)[0])
    row = result.to_estimates([("food", "all")], unit="", kind="mean").row("food")
    assert row.interval()[0] < row.estimate < row.interval()[1]


def test_coefficients_of_a_logit_have_errors_near_their_linearised_ones(design):
    frame = design.frame.assign(
        low=design.column("expenditure_person_month") < LINE, log_size=np.log(design.frame["size"])
    )
    wide = SurveyDesign(frame)
    fit = survey_logit("low ~ log_size", wide)
    result = replicate(wide, lambda d: survey_logit("low ~ log_size", d).coefficients, jackknife(wide))
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
        given_weights(SurveyDesign(small.frame.assign(r1=1.0), "w", "h", "c"), ["r1"], scale=1.0, rscales=[1, 1])
