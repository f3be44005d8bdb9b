"""Who counts as poor, and the family of indices, on tables readable by eye."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bpsstats.errors import DesignError, LineError, ParameterError
from bpsstats.poverty import fgt, headcount, is_poor, poor_count, poverty_gap, severity
from bpsstats.poverty.indices.fgt import one_more_poor
from bpsstats.survey import SurveyDesign, estimate
from bpsstats.survey.variance.intervals import gamma

EXACT = 1e-14
LINE = 100.0


def design(expenditure, weights=None):
    weights = np.ones(len(expenditure)) if weights is None else weights
    frame = pd.DataFrame({"expenditure_person_month": expenditure, "w": weights})
    return SurveyDesign(frame, weight="w", strata=None, psu=None)


def value(statistic, sample):
    return next(iter(estimate(sample, statistic))).estimate


def test_spending_exactly_the_line_is_not_poor_to_the_last_bit():
    below = np.nextafter(LINE, 0)
    assert is_poor(np.array([below, LINE, np.nextafter(LINE, np.inf)]), LINE).tolist() == [
        True,
        False,
        False,
    ]


def test_nobody_below_the_line_gives_zero():
    sample = design([100.0, 150, 900])
    assert [
        value(s, sample)
        for s in (headcount(LINE), poverty_gap(LINE), severity(LINE), poor_count(LINE))
    ] == [0] * 4


def test_everybody_poor_gives_a_hundred_percent():
    assert value(headcount(LINE), design([1.0, 50, 99])) == 100


def test_the_three_indices_of_a_table_of_four():
    sample = design([50.0, 80, 100, 400])
    assert value(headcount(LINE), sample) == pytest.approx(50, rel=EXACT)
    assert value(poverty_gap(LINE), sample) == pytest.approx(100 * (0.5 + 0.2) / 4, rel=EXACT)
    assert value(severity(LINE), sample) == pytest.approx(100 * (0.25 + 0.04) / 4, rel=EXACT)


def test_weights_count_persons():
    sample = design([50.0, 80, 100, 400], [1.0, 3, 4, 2])
    assert value(poor_count(LINE), sample) == 4
    assert value(headcount(LINE), sample) == pytest.approx(40, rel=EXACT)


def test_doubling_the_weights_doubles_the_number_of_poor_and_leaves_the_rate():
    once, twice = (
        design([50.0, 80, 100, 400], [1.0, 3, 4, 2]),
        design([50.0, 80, 100, 400], [2.0, 6, 8, 4]),
    )
    assert value(poor_count(LINE), twice) == 2 * value(poor_count(LINE), once)
    assert value(headcount(LINE), twice) == pytest.approx(value(headcount(LINE), once), rel=EXACT)


def test_moving_one_household_above_the_line_changes_the_count_by_its_weight():
    before, after = (
        design([50.0, 80, 100, 400], [1.0, 3, 4, 2]),
        design([50.0, 100, 100, 400], [1.0, 3, 4, 2]),
    )
    assert value(poor_count(LINE), before) - value(poor_count(LINE), after) == 3


def test_a_missing_expenditure_is_refused_and_never_counts_as_not_poor():
    with pytest.raises(DesignError, match=r"headcount \(rows 2\)"):
        value(headcount(LINE), design([50.0, np.nan, 100]))


@pytest.mark.parametrize("line", [0, -5, float("nan"), float("inf"), "abc", None])
def test_a_line_that_is_no_positive_number_is_refused(line):
    with pytest.raises(LineError, match="not a positive number"):
        headcount(line)


def test_a_negative_order_is_refused():
    with pytest.raises(ParameterError, match="order"):
        fgt(LINE, -1)


def test_other_orders_have_their_own_name():
    assert fgt(LINE, 3).name == "fgt:3"
    assert fgt(LINE, 0.5).name == "fgt:0.5"


def test_one_more_poor_household_adds_more_to_the_gap_where_gaps_are_deep():
    shallow, deep = (one_more_poor(1, index, 0.025, 0.0075) for index in (0.002, 0.008))
    assert shallow < deep < 0.0075**2 / 0.025


def test_one_more_poor_household_with_nothing_to_spend_adds_its_whole_weight():
    # Everybody poor spends nothing, in a sample so large that the household not seen counts for
    # little.
    assert one_more_poor(2, 0.025, 0.025, 0.00001) == pytest.approx(0.00001**2 / 0.025, rel=1e-4)


@pytest.mark.parametrize("alpha", [0.5, 1, 2, 3])
def test_gaps_that_are_beta_are_given_back_their_mean(alpha):
    # With infinitely many poor households the household not seen has no part in the mean gap.
    mean_gap, rate = 0.2, 0.3
    gap = stats.beta(1, 1 / mean_gap - 1)
    moment = gap.expect(lambda g: g**alpha)
    expected = gap.expect(lambda g: g ** (2 * alpha)) / moment
    assert one_more_poor(alpha, rate * moment, rate, 1e-9) / (1e-18 / rate) == pytest.approx(
        expected, rel=1e-6
    )


def test_an_index_uses_the_gamma_interval_and_the_headcount_its_own():
    # Five poor of forty, by 10 to 50 percent of the line.
    table = estimate(
        design([90.0, 80, 70, 60, 50] + [200.0] * 35), [headcount(LINE), poverty_gap(LINE)]
    )
    rate, index = table.row("headcount"), table.row("poverty_gap")
    adds = one_more_poor(1, index.estimate / 100, rate.estimate / 100, rate.std_error / 100)
    expected = gamma(index.estimate / 100, index.std_error / 100, 40, index.df, 0.95, adds)
    assert index.interval() == tuple(100 * limit for limit in expected)
    assert rate.interval() == rate.interval(method="korn-graubard")


def test_for_the_headcount_one_more_poor_household_adds_the_unit_of_its_interval():
    assert one_more_poor(0, 0.025, 0.025, 0.0075) == pytest.approx(0.0075**2 / 0.025, rel=1e-12)


def test_every_measure_can_be_of_another_welfare():
    frame = pd.DataFrame(
        {"income": [50.0, 200, 80, 300], "expenditure_person_month": 500.0, "w": 1.0}
    )
    sample = SurveyDesign(frame, weight="w", strata=None, psu=None)
    for measure, expected in (
        (headcount, 50),
        (poverty_gap, 17.5),
        (severity, 7.25),
        (poor_count, 2),
    ):
        assert estimate(sample, measure(LINE, welfare="income")).rows[0].estimate == pytest.approx(
            expected, rel=EXACT
        )
        assert estimate(sample, measure(LINE)).rows[0].estimate == 0


def test_the_rate_behind_an_index_is_of_the_same_welfare():
    frame = pd.DataFrame(
        {"income": [50.0, 200, 80, 300], "expenditure_person_month": 500.0, "w": 1.0}
    )
    sample = SurveyDesign(frame, weight="w", strata=None, psu=None)
    row = estimate(sample, poverty_gap(LINE, welfare="income")).rows[0]
    assert row.rate.estimate == pytest.approx(50, rel=EXACT)
    assert row.one_more > 0
