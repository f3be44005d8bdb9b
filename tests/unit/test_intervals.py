"""Confidence intervals: the textbook cases and the edges."""

import numpy as np
import pytest
from scipy import stats

from bpsstats.errors import ParameterError
from bpsstats.survey.variance.intervals import (
    check_level,
    difference,
    gamma,
    korn_graubard,
    logit,
    wald,
)

QUANTILES_OF_R = 1e-12  # beta and t quantiles of R and SciPy differ in the last places only


def test_korn_graubard_is_clopper_pearson_for_a_simple_random_sample():
    n, successes, level = 50, 4, 0.95
    p = successes / n
    low, high = korn_graubard(p, np.sqrt(p * (1 - p) / n), n, n - 1, level)
    exact = stats.binomtest(successes, n).proportion_ci(level, method="exact")
    assert (low, high) == pytest.approx((exact.low, exact.high), rel=1e-9)


def test_korn_graubard_equals_the_formula_in_r():
    # n.eff <- p*(1-p)/se^2 * (qt(.025, 639)/qt(.025, 62))^2; qbeta(...) in R 4.2
    assert korn_graubard(0.0245, 0.0075, 640, 62, 0.95) == pytest.approx(
        (0.01183301, 0.04453588), abs=5e-9
    )


def test_nobody_in_the_category_still_gives_an_upper_limit():
    low, high = korn_graubard(0.0, 0.0, 100, 60, 0.95)
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 100), rel=1e-9)


def test_everybody_in_the_category_still_gives_a_lower_limit():
    low, high = korn_graubard(1.0, 0.0, 100, 60, 0.95)
    assert high == 1
    assert low == pytest.approx(0.025 ** (1 / 100), rel=1e-9)


@pytest.mark.parametrize("method", [korn_graubard, gamma, logit])
def test_limits_stay_between_zero_and_one_and_hold_the_estimate(method):
    for p in (0.0001, 0.02, 0.5, 0.98, 0.9999):
        low, high = method(p, 0.3 * min(p, 1 - p), 640, 62, 0.95)
        assert 0 < low < p < high <= 1


def test_the_wald_interval_reaches_as_far_down_as_up():
    low, high = wald(10.0, 2.0, 0, 62, 0.95)
    assert high - 10 == pytest.approx(10 - low, rel=1e-14)
    assert high == pytest.approx(10 + 2 * stats.t.ppf(0.975, 62), rel=QUANTILES_OF_R)


def test_a_higher_level_gives_a_wider_interval():
    narrow, wide = (
        korn_graubard(0.03, 0.008, 640, 62, 0.90),
        korn_graubard(0.03, 0.008, 640, 62, 0.99),
    )
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize("level", [95, 0, 1, -0.5, "0.95"])
def test_a_level_that_is_no_probability_is_refused(level):
    with pytest.raises(ParameterError, match="between 0 and 1"):
        check_level(level)


def test_the_gamma_interval_of_equal_contributions_is_the_exact_one_of_a_poisson_count():
    cases, each, df = 9, 0.0015, 10**9
    low, high = gamma(cases * each, np.sqrt(cases) * each, 640, df, 0.95)
    exact = stats.chi2.ppf([0.025, 0.975], [2 * cases, 2 * (cases + 1)]) / 2
    assert (low / each, high / each) == pytest.approx(tuple(exact), rel=1e-8)


def test_the_gamma_interval_widens_upwards_only_by_what_one_more_case_adds():
    less, more = (gamma(0.004, 0.0015, 640, 62, 0.95, one_more=m) for m in (0.0005, 0.001))
    assert less[0] == more[0]
    assert more[1] > less[1]


def test_few_degrees_of_freedom_widen_the_gamma_interval_on_both_sides():
    many, few = (gamma(0.004, 0.0015, 640, df, 0.95, one_more=0.0005) for df in (1000, 5))
    assert few[0] < many[0]
    assert few[1] > many[1]


def test_the_gamma_interval_of_an_index_of_zero_is_that_of_a_proportion_of_zero():
    assert gamma(0.0, 0.0, 100, 60, 0.95) == korn_graubard(0.0, 0.0, 100, 60, 0.95)


def test_the_gamma_interval_does_not_leave_the_range_of_an_index():
    assert gamma(0.8, 0.3, 20, 5, 0.95)[1] == 1.0


@pytest.mark.parametrize("method", [logit])
@pytest.mark.parametrize("p", [0.0, 1.0])
def test_at_nobody_or_everybody_the_limits_are_those_of_a_proportion(method, p):
    assert method(p, 0.0, 100, 60, 0.95) == korn_graubard(p, 0.0, 100, 60, 0.95)


def test_a_standard_error_of_zero_leaves_the_sample_size():
    assert korn_graubard(0.3, 0.0, 100, 60, 0.95) == pytest.approx(
        (stats.beta.ppf(0.025, 30, 71), stats.beta.ppf(0.975, 31, 70)), rel=QUANTILES_OF_R
    )
    assert gamma(0.3, 0.0, 100, 60, 0.95) == korn_graubard(0.3, 0.0, 100, 60, 0.95)


def test_the_interval_of_a_small_index_by_hand():
    # v <- (0.0015 * qt(.025, 62) / qnorm(.025))^2; qgamma(.025, 0.004^2/v, scale=v/0.004)
    v = (0.0015 * stats.t.ppf(0.025, 62) / stats.norm.ppf(0.025)) ** 2
    low, high = gamma(0.004, 0.0015, 640, 62, 0.95, one_more=0.001)
    assert low == pytest.approx(
        stats.gamma.ppf(0.025, 0.004**2 / v, scale=v / 0.004), rel=QUANTILES_OF_R
    )
    w = v + 0.001**2
    assert high == pytest.approx(
        stats.gamma.ppf(0.975, 0.005**2 / w, scale=w / 0.005), rel=QUANTILES_OF_R
    )


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_at_nobody_or_everybody_a_standard_error_says_nothing(p):
    assert korn_graubard(p, 0.2, 100, 60, 0.95) == korn_graubard(p, 0.0, 100, 60, 0.95)
    assert logit(p, 0.2, 100, 60, 0.95) == korn_graubard(p, 0.0, 100, 60, 0.95)
    assert gamma(0.0, 0.2, 100, 60, 0.95) == korn_graubard(0.0, 0.0, 100, 60, 0.95)


def test_a_difference_of_symmetric_independent_intervals_is_the_one_of_wald():
    low, high = difference((10.0, 7.0, 13.0), (4.0, 0.0, 8.0), 0.0)
    assert (low, high) == pytest.approx((6 - 5, 6 + 5), rel=QUANTILES_OF_R)


def test_each_limit_of_a_difference_takes_the_reaches_that_point_its_way():
    # Downwards 3 and upwards 4 of the two, then upwards 12 and downwards 5.
    low, high = difference((20.0, 17.0, 32.0), (10.0, 5.0, 14.0), 0.0)
    assert (low, high) == pytest.approx((10 - 5, 10 + 13), rel=QUANTILES_OF_R)


def test_correlated_estimates_differ_with_less_error():
    low, high = difference((20.0, 17.0, 24.0), (10.0, 8.0, 14.0), 0.5)
    assert low == pytest.approx(10 - np.sqrt(9 + 16 - 12), rel=QUANTILES_OF_R)
    assert high == pytest.approx(10 + np.sqrt(16 + 4 - 8), rel=QUANTILES_OF_R)
    assert difference((20.0, 17.0, 23.0), (10.0, 7.0, 13.0), 1.0) == (10.0, 10.0)
    assert difference((20.0, 17.0, 23.0), (10.0, 7.0, 13.0), 1.2) == (10.0, 10.0)
