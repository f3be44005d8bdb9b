"""Eight records counted by hand, as fractions, against R and against the package.

PSUs 1 and 2 (stratum a) and 3 and 4 (stratum b) have the weights 2, 3, 4, 3, the totals of y 6, 12,
14, 24 and of x 2, 5, 5, 10. Of two PSUs in a stratum the variance is the square of the difference
of their totals: 2/1 times twice the square of half of it.
"""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bpsstats.poverty import gini, quantile
from bpsstats.survey import (
    SurveyDesign,
    balanced,
    bootstrap,
    calibrate,
    estimate,
    given_weights,
    jackknife,
    mean,
    ratio,
    total,
)  # fmt: skip
from known_answer.oracle import AGREEMENT, answers, assert_r_still_gives_the_committed_answers

HERE = Path(__file__).parent
SCRIPT = HERE / "by_hand.R"
Y = "expenditure_person_month"
# R iterates until its margins are met to 1e-14 of them, and its variance follows.
STOPPED = 1e-11
HALVES = np.array(
    [
        [2, 2, 0, 0, 2, 2, 0, 0],
        [2, 2, 0, 0, 0, 0, 2, 2],
        [0, 0, 2, 2, 2, 2, 0, 0],
        [0, 0, 2, 2, 0, 0, 2, 2],
    ]
)


@pytest.fixture(scope="module")
def frame():
    return pd.read_csv(HERE / "eight.csv").rename(columns={"y": Y})


def design_of(frame, **options):
    return SurveyDesign(frame, weight="w", **options)


@pytest.fixture(scope="module")
def design(frame):
    return design_of(frame)


def agree(row, case, value, variance=None, tolerance=AGREEMENT):
    """The count by hand is what R says, and what the row says."""
    answer = answers(SCRIPT, ["case"]).loc[case]
    assert answer["estimate"] == pytest.approx(float(value), rel=AGREEMENT)
    assert row.estimate == pytest.approx(float(value), rel=tolerance)
    if variance is not None:
        assert answer["variance"] == pytest.approx(float(variance), rel=AGREEMENT)
        assert row.std_error**2 == pytest.approx(float(variance), rel=tolerance)
    if np.isfinite(answer["df"]):
        assert row.df == answer["df"]


def only(table):
    [row] = table
    return row


def test_a_total(design):
    agree(
        only(estimate(design, total(Y))), "total", 6 + 12 + 14 + 24, (12 - 6) ** 2 + (24 - 14) ** 2
    )


def test_a_mean(design):
    """Totals of w (y - 14/3): -10/3, -2, -14/3, 10."""
    variance = ((Fraction(-10, 3) + 2) ** 2 + (Fraction(-14, 3) - 10) ** 2) / 12**2
    agree(only(estimate(design, mean(Y))), "mean", Fraction(56, 12), variance)


def test_a_ratio(design):
    """Totals of w (y - 28/11 x): 10/11, -8/11, 14/11, -16/11."""
    variance = (Fraction(18, 11) ** 2 + Fraction(30, 11) ** 2) / 22**2
    agree(only(estimate(design, ratio(Y, "x"))), "ratio", Fraction(56, 22), variance)


def test_means_of_domains_their_covariance_and_their_contrast(design):
    """u: 28 of 7, totals of w (y - 4) -2, 4, -2, 0; v: 28 of 5, totals of w (y - 28/5) -8/5, -28/5,
    0, 36/5.
    """
    u, v = estimate(design, mean(Y), by="g")
    var_u, var_v = (
        Fraction(6**2 + 2**2, 7**2),
        (Fraction(-8 + 28, 5) ** 2 + Fraction(36, 5) ** 2) / 5**2,
    )
    agree(u, "mean:u", 4, var_u)
    agree(v, "mean:v", Fraction(28, 5), var_v)
    covariance = (-6 * Fraction(20, 5) + 2 * Fraction(36, 5)) / 35
    assert answers(SCRIPT, ["case"]).loc["covariance:uv", "estimate"] == pytest.approx(
        float(covariance), rel=AGREEMENT
    )
    assert estimate(design, mean(Y), by="g").covariance()[0, 1] == pytest.approx(
        float(covariance), rel=AGREEMENT
    )
    agree(u - v, "contrast:u-v", 4 - Fraction(28, 5), var_u + var_v - 2 * covariance)


def test_totals_of_domains(design):
    """PSU 4 has nobody of u and PSU 2 and 3 nothing of v, and all the same they count."""
    u, v = estimate(design, total(Y), by="g")
    agree(u, "total:u", 28, (12 - 2) ** 2 + 14**2)
    agree(v, "total:v", 28, 4**2 + 24**2)


@pytest.mark.parametrize(("probability", "value"), [(0.25, 2), (0.5, 4), (0.75, 6)])
def test_quantiles(design, probability, value):
    """Weights reach 1, 2, 5, 6, 7, 9, 10, 12 at y of 0, 2, 2, 4, 4, 6, 8, 10."""
    agree(only(estimate(design, quantile(probability))), f"quantile:{probability:g}", value)


def test_the_gini_coefficient(design):
    """Sum of r w y: 1 x 0 + 2 x 2 + 5 x 6 + 6 x 4 + 7 x 4 + 9 x 12 + 10 x 8 + 12 x 20 = 514."""
    agree(only(estimate(design, gini())), "gini", Fraction(2 * 514 - 56, 12 * 56) - 1)


def test_the_finite_population_correction(frame):
    row = only(estimate(design_of(frame, fpc="psus"), total(Y)))
    agree(row, "fpc:total", 56, Fraction(8, 10) * 6**2 + Fraction(2, 4) * 10**2)


@pytest.mark.parametrize(
    ("ours", "option", "variance"),
    [
        ("centre", "adjust", Fraction(22**2 + 2**2, 9**4)),
        ("certainty", "certainty", Fraction(22**2, 9**4)),
        ("average", "average", Fraction(2 * 22**2, 9**4)),
    ],
)
def test_a_lone_psu(frame, ours, option, variance):
    """Without PSU 4 the mean is 32/9 and totals of w (y - 32/9) are -10/9, 12/9, -2/9."""
    row = only(estimate(design_of(frame[frame["psu"] != 4], lone_psu=ours), mean(Y)))
    agree(row, f"lone:{option}:mean", Fraction(32, 9), variance)


def test_a_lone_psu_that_joins_the_stratum_before_it(frame):
    """Three PSUs in one stratum: 3/2 times the sum of the squares of -10/9, 12/9, -2/9, whose mean
    is zero, over 9 squared.
    """
    row = only(estimate(design_of(frame[frame["psu"] != 4], lone_psu="merge"), mean(Y)))
    assert row.std_error**2 == pytest.approx(3 / 2 * (10**2 + 12**2 + 2**2) / 9**4, rel=AGREEMENT)
    assert row.df == 2


def test_post_stratification(design):
    """u counts 10/7 times, v twice; residuals are those of the means of the domains."""
    row = only(
        estimate(calibrate(design, {"g": {"u": 10.0, "v": 10.0}}, method="linear"), total(Y))
    )
    t = [
        Fraction(10, 7) * u + 2 * v
        for u, v in [(-2, Fraction(-8, 5)), (4, Fraction(-28, 5)), (-2, 0), (0, Fraction(36, 5))]
    ]
    agree(
        row,
        "poststratified:total",
        Fraction(10, 7) * 28 + 2 * 28,
        (t[0] - t[1]) ** 2 + (t[2] - t[3]) ** 2,
    )


def test_raking(design):
    """Raking keeps the cross-product of the cells, 3 x 3 / (2 x 4) = X (2 + X) / ((8 - X) (10 -
    X)), X what becomes of the 3.
    """
    raked = calibrate(
        design, {"g": {"u": 10.0, "v": 10.0}, "stratum": {"a": 8.0, "b": 12.0}}, method="raking"
    )
    x = 89 - np.sqrt(89**2 - 720)
    by_hand = np.array(
        [
            x / 3,
            (8 - x) / 2,
            2 * x / 3,
            (8 - x) / 2,
            (10 - x) / 4,
            3 * (10 - x) / 4,
            2 * (2 + x) / 3,
            (2 + x) / 3,
        ]
    )
    np.testing.assert_allclose(raked.weights, by_hand, rtol=STOPPED)
    known = answers(SCRIPT, ["case"])
    np.testing.assert_allclose(
        [known.loc[f"raked:weight:{i}", "estimate"] for i in range(1, 9)], by_hand, rtol=STOPPED
    )
    # The variance, of residuals on both margins at once, is R's alone.
    row = only(estimate(raked, total(Y)))
    assert row.std_error**2 == pytest.approx(known.loc["raked:total", "variance"], rel=STOPPED)
    assert row.estimate == pytest.approx(known.loc["raked:total", "estimate"], rel=STOPPED)


def test_the_jackknife(design):
    """Without PSU 1, 2, 3, 4 the mean is 62/13, 50/11, 66/11, 46/13."""
    knife = jackknife(design, mse=True)
    agree(only(estimate(design, total(Y), replicates=knife)), "jackknife:total", 56, 136)
    left = [Fraction(62, 13), Fraction(50, 11), Fraction(66, 11), Fraction(46, 13)]
    variance = sum((one - Fraction(14, 3)) ** 2 for one in left) / 2
    agree(
        only(estimate(design, mean(Y), replicates=knife)),
        "jackknife:mean",
        Fraction(14, 3),
        variance,
    )


@pytest.mark.parametrize(
    ("fay", "case", "means"),
    [
        (
            0.0,
            "balanced:mean",
            [Fraction(40, 12), Fraction(60, 10), Fraction(52, 14), Fraction(72, 12)],
        ),
        (
            0.3,
            "fay:mean",
            [Fraction(448, 120), Fraction(588, 106), Fraction(532, 134), Fraction(672, 120)],
        ),
    ],
)
def test_balanced_half_samples(design, fay, case, means):
    """Of the halves 1 3, 1 4, 2 3, 2 4 the means are 40/12, 60/10, 52/14, 72/12; Fay's leave the
    other half three tenths.
    """
    variance = (
        sum((one - Fraction(14, 3)) ** 2 for one in means) / 4 / (1 - Fraction(str(fay))) ** 2
    )
    row = only(estimate(design, mean(Y), replicates=balanced(design, fay=fay, mse=True)))
    agree(row, case, Fraction(14, 3), variance)


def test_replicate_weights_that_came_with_the_file(frame):
    """The means of the halves around their own mean, 100/21, over three."""
    names = [f"r{i}" for i in range(4)]
    with_weights = frame.assign(
        **{name: factors * frame["w"] for name, factors in zip(names, HALVES, strict=True)}
    )
    design = design_of(with_weights)
    means = [Fraction(40, 12), Fraction(60, 10), Fraction(52, 14), Fraction(72, 12)]
    variance = sum((one - Fraction(100, 21)) ** 2 for one in means) / 3
    row = only(estimate(design, mean(Y), replicates=given_weights(design, names, scale=1 / 3)))
    agree(row, "given:mean", Fraction(14, 3), variance)


def test_the_bootstrap_draws_one_of_two_psus_and_counts_it_twice(design):
    """Rao and Wu's factors are 0 and 2, so that each replicate is one of the four half samples."""
    factors = bootstrap(design, 50, seed=1).factors(0, 50)
    assert {tuple(column) for column in factors.T} == {tuple(half[[0, 2, 4, 6]]) for half in HALVES}


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
