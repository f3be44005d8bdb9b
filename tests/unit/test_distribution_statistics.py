"""Samples of a domain in order of their values, on a handful of records."""

import itertools

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError
from bpsstats.survey import DistributionStatistic, Linearised, SurveyDesign
from bpsstats.survey.statistics.distribution import position, samples, sorted_records


def design_of(values, weights=1.0, **columns):
    return SurveyDesign(
        pd.DataFrame({"y": values, "w": weights, **columns}), weight="w", strata=None, psu=None
    )


def first_and_place(sample):
    """The smallest value; the influence is the place of each record in the order."""
    return Linearised(float(sample.values[0]), np.arange(1.0, len(sample.values) + 1))


def functional(**options):
    return DistributionStatistic(
        "first:y", "", "mean", lambda design: design.column("y"), first_and_place, **options
    )


def test_the_influence_goes_back_to_the_records_of_the_domain_and_is_zero_outside():
    design = design_of([5.0, 1, 9, 3])
    made = functional(scale=10.0).linearise(design, np.array([True, False, True, True]))
    assert made.value == 30
    np.testing.assert_array_equal(made.influence, [20, 0, 30, 10])


def test_an_empty_domain_has_no_value_and_no_influence():
    made = functional().linearise(design_of([5.0, 1]), np.zeros(2, dtype=bool))
    assert np.isnan(made.value)
    np.testing.assert_array_equal(made.influence, [0, 0])


def test_equal_values_stand_by_weight_and_whoever_comes_first_in_the_file():
    values = np.array([2.0, 1, 1, 1, 3, 3, 2])
    weights = np.array([7.0, 6, 4, 5, 1, 2, 7])
    expected = ([1, 1, 1, 2, 2, 3, 3], [4, 5, 6, 7, 7, 1, 2])
    for order in itertools.islice(itertools.permutations(range(7)), 0, 5040, 7):
        places, by_value, by_weight = sorted_records(values[list(order)], weights[list(order)])
        np.testing.assert_array_equal((by_value, by_weight), expected)
        np.testing.assert_array_equal(values[list(order)][places], by_value)
        np.testing.assert_array_equal(weights[list(order)][places], by_weight)


def test_the_weights_given_are_left_as_they_were():
    values, weights = np.array([1.0, 1.0]), np.array([2.0, 1.0])
    sorted_records(values, weights)
    np.testing.assert_array_equal(weights, [2.0, 1.0])


def test_each_domain_has_its_records_in_order_and_an_empty_one_is_passed_over():
    design = design_of([5.0, 1, 9, 3, 7], [1.0, 2, 3, 4, 5], group=[1.0, 2, 1, 2, 1])
    codes = np.array([2, 0, 2, 0, -1])
    found = list(samples(functional(group=lambda d: d.column("group")), design, codes, 4))
    assert [d for d, _, _ in found] == [0, 2]
    (_, first, of_first), (_, second, of_second) = found
    np.testing.assert_array_equal((first, second), ([1, 3], [0, 2]))
    np.testing.assert_array_equal((of_first.values, of_second.values), ([1, 3], [5, 9]))
    np.testing.assert_array_equal((of_first.weights, of_second.weights), ([2, 4], [1, 3]))
    np.testing.assert_array_equal((of_first.groups, of_second.groups), ([2, 2], [1, 1]))
    np.testing.assert_array_equal((of_first.psu, of_second.psu), ([1, 3], [0, 2]))
    assert of_first.groups.dtype == np.int64


def test_without_groups_everybody_is_of_one():
    [(_, _, sample)] = samples(functional(), design_of([5.0, 1]), np.zeros(2, dtype=np.int64), 1)
    np.testing.assert_array_equal(sample.groups, [0, 0])
    assert sample.groups.dtype == np.int64


def test_a_value_of_nothing_has_no_logarithm_and_one_below_is_refused():
    with pytest.raises(DesignError) as caught:
        functional(positive=True).linearise(design_of([5.0, 0, -1]), np.ones(3, dtype=bool))
    nothing = functional(positive=True).linearise(design_of([5.0, 0]), np.ones(2, dtype=bool))
    assert np.isnan(nothing.value)
    assert (
        caught.value.message
        == "1 record of the domain has a value below zero for first:y (rows 3), which has"
        " no logarithm. Correct them at the source, or leave them out by the domain, so that the"
        " base is stated."
    )
    assert (
        functional(positive=True).linearise(design_of([5.0, 0]), np.array([True, False])).value == 5
    )


def test_the_place_of_a_share_is_one_of_the_records():
    reached = np.array([1.0, 3.0, 4.0])
    assert [position(reached, share) for share in (0, 0.25, 0.26, 0.75, 0.76, 1, 1.5)] == [
        0,
        0,
        1,
        1,
        2,
        2,
        2,
    ]
