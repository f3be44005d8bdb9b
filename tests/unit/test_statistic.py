"""What statistics are called, how they linearise by hand, and which values they refuse."""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError, ParameterError
from bpsstats.survey import (
    Linearised,
    SurveyDesign,
    estimate,
    mean,
    population,
    ratio,
    share,
    total,
)

EVERYBODY = np.ones(4, dtype=bool)


def design(**columns):
    frame = pd.DataFrame(
        {"y": [1.0, 2, 3, 4], "x": [2.0, 2, 4, 4], "c": ["a", "b", None, "a"], "w": [1.0, 2, 3, 4]}
    )
    return SurveyDesign(frame.assign(**columns), weight="w", strata=None, psu=None)


@pytest.mark.parametrize(
    ("statistic", "name", "unit", "kind", "scale"),
    [
        (lambda: total("y", "Rp"), "total:y", "Rp", "total", 1.0),
        (lambda: total("y"), "total:y", "", "total", 1.0),
        (lambda: mean("y", "Rp"), "mean:y", "Rp", "mean", 1.0),
        (lambda: mean("y"), "mean:y", "", "mean", 1.0),
        (lambda: ratio("y", "x", "Rp"), "ratio:y/x", "Rp", "ratio", 1.0),
        (lambda: ratio("y", "x"), "ratio:y/x", "", "ratio", 1.0),
        (lambda: share("c", "a", "b"), "share:a+b", "percent", "proportion", 100.0),
        (population, "population", "persons", "total", 1.0),
        (lambda: population("households"), "population", "households", "total", 1.0),
    ],
)
def test_a_statistic_says_what_it_is(statistic, name, unit, kind, scale):
    made = statistic()
    assert (made.name, made.unit, made.kind, made.scale) == (name, unit, kind, scale)


def test_a_total_is_its_weighted_sum_and_its_own_influence():
    result = total("y").linearise(design(), np.array([True, True, False, True]))
    assert result.value == 1 + 4 + 16
    np.testing.assert_array_equal(result.influence, [1, 2, 0, 4])


def test_a_ratio_has_the_influence_of_the_formula():
    result = ratio("y", "x").linearise(design(), EVERYBODY)
    top, bottom = 1 + 4 + 9 + 16, 2 + 4 + 12 + 16
    assert result.value == top / bottom
    np.testing.assert_allclose(
        result.influence,
        (np.array([1.0, 2, 3, 4]) - top / bottom * np.array([2.0, 2, 4, 4])) / bottom,
        rtol=1e-14,
    )


def test_a_ratio_to_a_total_of_one_is_a_ratio():
    assert ratio("y", "one").linearise(design(one=[1.0, 0, 0, 0]), EVERYBODY).value == 30


def test_a_ratio_to_nothing_is_missing_and_has_no_influence():
    result = ratio("y", "zero").linearise(design(zero=0.0), EVERYBODY)
    assert np.isnan(result.value)
    np.testing.assert_array_equal(result.influence, np.zeros(4))


@pytest.mark.parametrize("kind", [str, "category", "object"])
def test_a_share_counts_its_categories_and_a_missing_value_in_none(kind):
    values = pd.Series(["a", "b", None, "a"], dtype="str" if kind is str else kind)
    sample = design(c=values)
    assert share("c", "a").linearise(sample, EVERYBODY).value == pytest.approx(50, rel=1e-14)
    assert share("c", "a", "b").linearise(sample, EVERYBODY).value == pytest.approx(70, rel=1e-14)


@pytest.mark.parametrize(
    "values", [["a", "b", "a", "b"], [1, 2, 1, 2], [1.0, 2.0, 1.0, 2.0], [True, False, True, False]]
)
@pytest.mark.parametrize("kind", [None, "category", "object"])
def test_the_categories_of_a_share_keep_their_type(values, kind):
    """The weights of the four records are 1 to 4: the first and the third have 40 percent."""
    sample = design(c=pd.Series(values, dtype=kind))
    assert share("c", values[0]).linearise(sample, EVERYBODY).value == pytest.approx(40, rel=1e-14)
    for stranger in ("c", "1", 7, values[0] == 1 if values[0] is not True else 1):
        with pytest.raises(ParameterError, match=r"Column c has no category .*\. It has "):
            share("c", stranger).linearise(sample, EVERYBODY)


def test_a_share_names_the_categories_that_there_are_and_not_what_many_respondents_said():
    sample = design(c=["below_sd", "sd_smp"] * 2)
    with pytest.raises(
        ParameterError, match=r"no category 'belowsd'\. It has 'below_sd', 'sd_smp'\."
    ):
        share("c", "below_sd", "belowsd").linearise(sample, EVERYBODY)
    many = SurveyDesign(
        pd.DataFrame({"c": range(100), "w": 1.0}), weight="w", strata=None, psu=None
    )
    with pytest.raises(ParameterError, match=r"no category 'x'\. It has 100 different values"):
        share("c", "x").linearise(many, np.ones(100, dtype=bool))
    with pytest.raises(ParameterError, match="names no category"):
        share("c")
    with pytest.raises(DesignError, match=r"no column d\. It has: "):
        share("d", "a").linearise(design(), EVERYBODY)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize(
    "statistic", [lambda: total("y"), lambda: mean("y"), lambda: ratio("x", "y")]
)
def test_a_missing_or_infinite_value_inside_the_domain_is_named_and_outside_it_does_not_matter(
    statistic, bad
):
    made, sample = statistic(), design(y=[1.0, bad, 3.0, 4.0])
    with pytest.raises(DesignError, match=rf"1 record .* for {made.name} \(rows 2\)"):
        made.linearise(sample, EVERYBODY)
    inside = np.array([True, False, True, True])
    assert np.isfinite(made.linearise(sample, inside).value)
    assert np.isfinite(estimate(sample, made, domain=inside).rows[0].estimate)


def test_linearised_statistics_add_subtract_and_scale():
    a, b = Linearised(6.0, np.array([1.0, 2.0])), Linearised(4.0, np.array([0.5, 5.0]))
    assert ((a + b).value, (a - b).value, (3 * a).value, (a * 3).value) == (10, 2, 18, 18)
    np.testing.assert_array_equal((a + b).influence, [1.5, 7])
    np.testing.assert_array_equal((a - b).influence, [0.5, -3])
    np.testing.assert_array_equal((3 * a).influence, [3, 6])
