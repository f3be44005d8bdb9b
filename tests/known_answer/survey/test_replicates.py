"""Replicate weights against R's svrepdesign: the jackknife, balanced replicates, and weights given
with the file.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bpsstats.poverty import headcount
from bpsstats.survey import SurveyDesign, balanced, estimate, given_weights, jackknife, ratio, total
from known_answer.oracle import AGREEMENT, answers, assert_r_still_gives_the_committed_answers

HERE = Path(__file__).parent
SCRIPT = HERE / "replicates.R"
LINE = 600_000
GIVEN = 12


@pytest.fixture(scope="module")
def frame():
    return pd.read_csv(HERE / "sample.csv").rename(
        columns={"expenditure": "expenditure_person_month"}
    )


def agree(design, replicates, name):
    statistics = [
        total("expenditure_person_month"),
        headcount(LINE),
        ratio("food", "expenditure_person_month"),
    ]
    table = estimate(design, statistics, replicates=replicates)
    by_education = estimate(design, headcount(LINE), by="education", replicates=replicates)
    rows = dict(zip(("total", "headcount", "food_share"), table, strict=True))
    rows |= {
        f"headcount:{e}": by_education.row("headcount", f"education={e}")
        for e in ("below_sd", "sma_plus")
    }
    known = answers(SCRIPT, ["case"])
    for case, row in rows.items():
        answer, scale = known.loc[f"{name}:{case}"], 100 if case.startswith("headcount") else 1
        assert row.estimate / scale == pytest.approx(answer["estimate"], rel=AGREEMENT), case
        assert row.std_error / scale == pytest.approx(answer["std_error"], rel=AGREEMENT), case
    return table.row("headcount"), known.loc[f"{name}:total", "df"]


@pytest.mark.parametrize("mse", [False, True])
def test_the_jackknife_equals_r(frame, mse):
    design = SurveyDesign(frame, weight="weight")
    row, df = agree(design, jackknife(design, mse=mse), f"jackknife:{str(mse).upper()}")
    assert row.df == df


def test_the_jackknife_of_a_finite_population_equals_r(frame):
    design = SurveyDesign(frame, weight="weight", fpc="psus")
    agree(design, jackknife(design), "jackknife_fpc:FALSE")


@pytest.mark.parametrize("mse", [False, True])
@pytest.mark.parametrize("fay", [0, 0.3])
def test_balanced_replicates_equal_r(frame, fay, mse):
    first_two = frame.groupby("stratum")["psu"].transform(
        lambda psu: psu.isin(sorted(set(psu))[:2])
    )
    design = SurveyDesign(frame[first_two].reset_index(drop=True), weight="weight")
    agree(design, balanced(design, fay=fay, mse=mse), f"balanced:{fay}:{str(mse).upper()}")


@pytest.mark.parametrize("mse", [False, True])
def test_weights_given_with_the_file_equal_r(frame, mse):
    n, names = np.arange(1, len(frame) + 1), [f"rep{r}" for r in range(1, GIVEN + 1)]
    given = {
        name: frame["weight"] * ((n * 7 + r * r * 3) % 5 / 2)
        for r, name in enumerate(names, start=1)
    }
    design = SurveyDesign(frame.assign(**given), weight="weight")
    replicates = given_weights(
        design, names, scale=1 / (GIVEN - 1), rscales=[1, 0.5] * (GIVEN // 2), mse=mse
    )
    row, df = agree(design, replicates, f"given:{str(mse).upper()}")
    assert row.df == df


@pytest.mark.external
def test_r_still_gives_these_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
