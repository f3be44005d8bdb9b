"""Calibrated weights against R's survey package: post-stratification, raking and regression
estimators.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bpsstats.poverty import headcount, poor_count, poverty_gap
from bpsstats.survey import SurveyDesign, calibrate, estimate, ratio, total
from bpsstats.survey.variance.engine import covariance_of_totals
from known_answer.oracle import AGREEMENT, answers, assert_r_still_gives_the_committed_answers

SCRIPT = Path(__file__).with_name("calibration.R")
SAMPLE = SCRIPT.parents[1] / "survey" / "sample.csv"
LINE = 600_000
WELFARE = "expenditure_person_month"
EDUCATION = {"below_sd": 7600.0, "sd_smp": 11200.0, "sma_plus": 12000.0}
STRATUM = {"a": 9900.0, "b": 9100.0, "c": 11800.0}
FOOD = {"education": EDUCATION, "food_million": 15800.0}
# R stops when its margins are met to its epsilon, which is 1e-12 of them at best, and prints 14
# digits.
STOPPED = 1e-11
STOPPED_ERROR = 1e-10
CASES = {
    "poststratified": ({"education": EDUCATION}, {"method": "linear"}),
    "raked": ({"education": EDUCATION, "stratum": STRATUM}, {"method": "raking"}),
    "raked_by_calibration": ({"education": EDUCATION, "stratum": STRATUM}, {"method": "raking"}),
    "greg": (FOOD, {"method": "linear"}),
    "greg_bounded": (FOOD, {"method": "linear", "bounds": (0.9, 1.12)}),
    "logit_bounded": (FOOD, {"method": "logit", "bounds": (0.8, 1.25)}),
}
EXACT = ("poststratified", "greg")


def known(case: str) -> pd.Series:
    return answers(SCRIPT, ["case"]).loc[case]


@pytest.fixture(scope="module")
def design():
    frame = pd.read_csv(SAMPLE).rename(columns={"expenditure": "expenditure_person_month"})
    return SurveyDesign(frame.assign(food_million=frame["food"] / 1e6), weight="weight")


@pytest.fixture(scope="module", params=CASES)
def calibrated(request, design):
    margins, how = CASES[request.param]
    return request.param, calibrate(design, margins, **how)


def agree(case, row, answer, scale=1.0):
    exact = case in EXACT
    assert row.estimate / scale == pytest.approx(
        answer["estimate"], rel=AGREEMENT if exact else STOPPED
    )
    if case == "raked":
        return  # its standard error is below
    assert row.std_error / scale == pytest.approx(
        answer["std_error"], rel=AGREEMENT if exact else STOPPED_ERROR
    )


def test_totals_counts_and_ratios(calibrated):
    case, design = calibrated
    agree(case, estimate(design, total("expenditure_person_month")).rows[0], known(f"{case}:total"))
    agree(case, estimate(design, poor_count(LINE)).rows[0], known(f"{case}:poor_count"))
    agree(case, estimate(design, headcount(LINE)).rows[0], known(f"{case}:headcount"), 100)
    agree(case, estimate(design, poverty_gap(LINE)).rows[0], known(f"{case}:poverty_gap"), 100)
    agree(
        case,
        estimate(design, ratio("food", "expenditure_person_month")).rows[0],
        known(f"{case}:food_share"),
    )


@pytest.mark.parametrize("education", EDUCATION)
def test_domains(calibrated, education):
    case, design = calibrated
    row = estimate(design, headcount(LINE), by="education").row(
        "headcount", f"education={education}"
    )
    agree(case, row, known(f"{case}:headcount:{education}"), 100)
    assert design.weights[design.frame["education"] == education].sum() == pytest.approx(
        known(f"{case}:population:{education}")["estimate"], rel=STOPPED
    )


def test_weights(calibrated, design):
    case, new = calibrated
    change = new.weights / design.weights
    assert change.max() == pytest.approx(known(f"{case}:largest_ratio")["estimate"], rel=STOPPED)
    assert change.min() == pytest.approx(known(f"{case}:smallest_ratio")["estimate"], rel=STOPPED)
    assert (new.weights**2).sum() == pytest.approx(
        known(f"{case}:sum_of_squared_weights")["estimate"], rel=STOPPED
    )


@pytest.mark.parametrize(
    ("statistic", "name", "scale"),
    [
        (total(WELFARE), "total", 1),
        (headcount(LINE), "headcount", 100),
        (ratio("food", WELFARE), "food_share", 1),
    ],
)
def test_rake_of_r_takes_residuals_on_one_margin_after_the_other(design, statistic, name, scale):
    """R's rake() differs from ours and from its own calibrate(): ten rounds of unweighted group
    means instead of one regression.

    Its residuals, put to our variance engine, give its standard error, so that nothing else
    differs.
    """
    margins, how = CASES["raked"]
    raked = calibrate(design, margins, **how)
    residual = statistic.linearise(raked, np.ones(design.n, dtype=bool)).influence
    for _ in range(10):
        for margin in ("education", "stratum"):
            residual = (
                residual
                - pd.Series(residual)
                .groupby(design.frame[margin].to_numpy())
                .transform("mean")
                .to_numpy()
            )
    totals = np.bincount(raked.psu_index, raked.weights * residual)[:, None]
    error = np.sqrt(covariance_of_totals(raked.first_stage, totals)[0, 0])
    assert error / scale == pytest.approx(known(f"raked:{name}")["std_error"], rel=STOPPED_ERROR)


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
