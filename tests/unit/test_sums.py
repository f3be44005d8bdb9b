"""Exact sums by group on numbers that can be added by hand."""

import numpy as np
import pytest

from bpsstats.survey.design.sums import sum_by, sum_of

GROUP = np.array([0, 2, 0, 2])


def test_terms_that_cancel_leave_what_is_small():
    np.testing.assert_array_equal(
        sum_by(GROUP, np.array([1e16, 3.0, -1e16, 0.25]), 3), [0.0, 0.0, 3.25]
    )


def test_groups_beyond_the_last_record_are_zero():
    np.testing.assert_array_equal(sum_by(GROUP, np.ones(4), 5), [2, 0, 2, 0, 0])


def test_a_value_that_is_not_finite_stays_in_its_group():
    result = sum_by(GROUP, np.array([1.0, np.inf, 2.0, 1.0]), 4)
    np.testing.assert_array_equal(result, [3.0, 0.0, np.inf, 0.0])
    result = sum_by(GROUP, np.array([1.0, -np.inf, 2.0, 1.0]), 3)
    np.testing.assert_array_equal(result, [3.0, 0.0, -np.inf])
    result = sum_by(GROUP, np.array([np.nan, 1.0, 2.0, 1.0]), 3)
    np.testing.assert_array_equal(result, [np.nan, 0.0, 2.0])


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [True, True, False, True]])
def test_whole_numbers_and_truths_are_added_as_numbers(values):
    result = sum_by(GROUP, np.array(values), 3)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, [values[0] + values[2], 0, values[1] + values[3]])


def test_the_values_are_left_as_they_were():
    values = np.array([0.1, 0.2, 0.3, 0.4])
    sum_by(GROUP, values, 3)
    np.testing.assert_array_equal(values, [0.1, 0.2, 0.3, 0.4])


def test_the_smallest_and_the_largest_numbers_are_added():
    tiny = 5e-324
    assert sum_of(np.array([tiny, tiny, tiny])) == 3 * tiny
    assert sum_of(np.array([1e300, 1.0, -1e300, tiny])) == 1.0
    assert sum_of(np.array([8e307, 8e307])) == 1.6e308


def test_negative_numbers_alone_are_added():
    assert sum_of(np.array([-0.5, -0.25])) == -0.75
    assert sum_of(np.zeros(3)) == 0


def test_a_bound_on_the_largest_group_changes_nothing():
    values = np.random.default_rng(1).normal(size=300)
    group = np.arange(300) % 3
    np.testing.assert_array_equal(
        sum_by(group, values, 3), sum_by(group, values, 3, largest_group=100)
    )
