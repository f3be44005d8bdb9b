"""Who counts as poor, and the family of indices, on tables readable by eye."""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError, LineError, ParameterError
from bpsstats.poverty import fgt, headcount, is_poor, poor_count, poverty_gap, severity
from bpsstats.survey import SurveyDesign, estimate

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
    assert is_poor(np.array([below, LINE, np.nextafter(LINE, np.inf)]), LINE).tolist() == [True, False, False]


def test_nobody_below_the_line_gives_zero():
    sample = design([100.0, 150, 900])
    assert [value(s, sample) for s in (headcount(LINE), poverty_gap(LINE), severity(LINE), poor_count(LINE))] == [0] * 4


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
    once, twice = design([50.0, 80, 100, 400], [1.0, 3, 4, 2]), design([50.0, 80, 100, 400], [2.0, 6, 8, 4])
    assert value(poor_count(LINE), twice) == 2 * value(poor_count(LINE), once)
    assert value(headcount(LINE), twice) == pytest.approx(value(headcount(LINE), once), rel=EXACT)


def test_moving_one_household_above_the_line_changes_the_count_by_its_weight():
    before, after = design([50.0, 80, 100, 400], [1.0, 3, 4, 2]), design([50.0, 100, 100, 400], [1.0, 3, 4, 2])
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
