"""The first stage of a sample by hand: lone PSUs, strata taken whole, PSUs that two samples
share.
"""

import numpy as np
import pytest

from bpsstats.errors import DesignError, LonePsuError
from bpsstats.survey.design.first_stage import FirstStage


def first_stage(strata, lone_psu="error", population=None, labels=None):
    """PSUs given by the letter of the stratum of each."""
    names = sorted(set(strata))
    stratum = np.array([names.index(letter) for letter in strata])
    labels = np.arange(len(strata)) if labels is None else labels
    population = None if population is None else np.array(population, dtype=float)
    return FirstStage.make(labels, stratum, np.array(names, dtype=object), population, lone_psu)


def test_counts_and_factors():
    made = first_stage("aabbb")
    assert (made.n_psu, made.n_strata, made.df) == (5, 2, 3)
    np.testing.assert_array_equal(made.n_in_stratum, [2, 3])
    np.testing.assert_array_equal(made.factor, [2, 1.5])
    assert not made.centred_on_all.any()
    assert made.centred


def test_the_finite_population_correction_is_in_the_factor():
    np.testing.assert_allclose(
        first_stage("aabbb", population=[4, 30]).factor, [0.5 * 2, 0.9 * 1.5], rtol=1e-15
    )


def test_a_stratum_taken_whole_has_no_variance_even_with_one_psu():
    made = first_stage("aab", population=[10, 1])
    np.testing.assert_allclose(made.factor, [0.8 * 2, 0], rtol=1e-15)
    assert not made.centred_on_all.any()


def test_a_lone_psu_of_more_is_refused_or_measured_from_all():
    with pytest.raises(LonePsuError, match=r"1 stratum has a single PSU, of 2"):
        first_stage("aab", population=[10, 2])
    made = first_stage("aab", "centre", population=[10, 2])
    np.testing.assert_allclose(made.factor, [0.8 * 2, 0.5], rtol=1e-15)
    np.testing.assert_array_equal(made.centred_on_all, [False, True])


def test_a_lone_psu_taken_with_certainty_adds_nothing_and_costs_the_others_nothing():
    made = first_stage("aabcc", "certainty")
    np.testing.assert_array_equal(made.factor, [2, 0, 2])
    assert not made.centred_on_all.any()
    assert made.df == 2


def test_a_lone_psu_takes_the_mean_variance_of_the_strata_that_have_one():
    made = first_stage("aabccd", "average")
    np.testing.assert_array_equal(made.factor, [2 * 4 / 2, 0, 2 * 4 / 2, 0])
    # A stratum taken whole has a variance, which is zero.
    made = first_stage("aabc", "average", population=[10, 2, 1])
    np.testing.assert_allclose(made.factor, [0.8 * 2 * 3 / 2, 0, 0], rtol=1e-15)
    np.testing.assert_array_equal(first_stage("aabb", "average").factor, [2, 2])
    with pytest.raises(DesignError, match="no variance to average"):
        first_stage("abc", "average")


@pytest.mark.parametrize(
    ("strata", "joined", "stratum"),
    [
        ("abb", ["a+b"], [0, 0, 0]),
        ("abc", ["a+b+c"], [0, 0, 0]),
        ("aab", ["a+b"], [0, 0, 0]),
        ("aabcc", ["a", "b+c"], [0, 0, 1, 1, 1]),
        ("aabbc", ["a", "b+c"], [0, 0, 1, 1, 1]),
        ("abcdd", ["a+b", "c+d"], [0, 0, 1, 1, 1]),
        ("aabcdd", ["a", "b+c", "d"], [0, 0, 1, 1, 2, 2]),
    ],
)
def test_lone_psus_join_the_next_stratum_and_the_last_the_one_before(strata, joined, stratum):
    made = first_stage(strata, "merge")
    assert list(made.stratum_labels) == joined
    np.testing.assert_array_equal(made.stratum, stratum)
    np.testing.assert_array_equal(made.n_in_stratum, np.bincount(stratum))
    assert not made.centred_on_all.any()


def test_one_psu_in_all_has_nothing_to_join():
    with pytest.raises(DesignError, match="one PSU in all"):
        first_stage("a", "merge")


def test_more_psus_than_there_are_is_refused():
    with pytest.raises(DesignError, match="1 stratum has more sampled PSUs"):
        first_stage("aabbb", population=[2, 2])


def test_five_lone_strata_are_named_and_more_are_counted():
    with pytest.raises(LonePsuError, match=r"\(stratum a, b, c, d, e\)"):
        first_stage("abcdeff")
    with pytest.raises(LonePsuError, match=r"\(stratum a, b, c, d, e and others\)"):
        first_stage("abcdefgg")


def test_deviations_are_units_of_their_own():
    made = FirstStage.of_deviations(3)
    assert (made.n_psu, made.n_strata, made.df) == (3, 1, 2)
    np.testing.assert_array_equal(made.labels, [0, 1, 2])
    np.testing.assert_array_equal(made.stratum, [0, 0, 0])
    np.testing.assert_array_equal(made.n_in_stratum, [3])
    np.testing.assert_array_equal(made.factor, [1.0])
    np.testing.assert_array_equal(made.centred_on_all, [False])
    assert list(made.stratum_labels) == ["all"]
    assert made.centred is False


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (np.array([5, 7, 9]), np.array([9, 5, 1])),
        (np.array([5, 7, 9]), np.array(["9", "5", "1"], dtype=object)),
        (np.array(["5", "7", "9"], dtype=object), np.array(["9", "5", "1"], dtype=object)),
    ],
)
def test_psus_are_shared_where_their_labels_read_alike(mine, theirs):
    here, there = first_stage("aaa", labels=mine).shared_with(first_stage("aaa", labels=theirs))
    assert {(int(a), int(b)) for a, b in zip(here, there, strict=True)} == {(0, 1), (2, 0)}
