"""The survey core against R's survey package on a small sample with strata, clusters and unequal
weights.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bpsstats.poverty import headcount, poor_count, poverty_gap, severity
from bpsstats.survey import SurveyDesign, estimate, mean, population, ratio, share, total
from known_answer.oracle import AGREEMENT, answers, assert_r_still_gives_the_committed_answers

HERE = Path(__file__).parent
SCRIPT = HERE / "sample.R"
LINE = 600_000
EDUCATION = ("below_sd", "sd_smp", "sma_plus")
METHODS = {"beta": "korn-graubard", "xlogit": "logit", "mean": "wald"}


def known(case: str) -> pd.Series:
    return answers(SCRIPT, ["case"]).loc[case]


@pytest.fixture(scope="module")
def frame():
    frame = pd.read_csv(HERE / "sample.csv").rename(
        columns={"expenditure": "expenditure_person_month"}
    )
    return frame.assign(is_poor=frame["expenditure_person_month"] < LINE)


@pytest.fixture(scope="module")
def design(frame):
    return SurveyDesign(frame, weight="weight")


def agree(row, case, scale=1.0):
    answer = known(case)
    assert row.estimate / scale == pytest.approx(answer["estimate"], rel=AGREEMENT)
    assert row.std_error / scale == pytest.approx(answer["std_error"], rel=AGREEMENT)


@pytest.mark.parametrize(
    ("case", "statistic"),
    [
        ("mean", mean("expenditure_person_month")),
        ("total", total("expenditure_person_month")),
        ("poor_count", poor_count(LINE)),
        ("headcount", headcount(LINE)),
        ("gap", poverty_gap(LINE)),
        ("food_share", ratio("food", "expenditure_person_month")),
    ],
)
def test_design_effects_are_against_a_sample_drawn_with_replacement(design, case, statistic):
    (row,) = estimate(design, statistic)
    assert row.deff == pytest.approx(known(f"deff:{case}")["estimate"], rel=AGREEMENT)
    assert row.n_eff == pytest.approx(min(row.n, row.n / row.deff))


@pytest.mark.parametrize("education", EDUCATION)
def test_design_effects_of_domains_count_their_own_records(design, education):
    table = estimate(design, [headcount(LINE), mean("expenditure_person_month")], by="education")
    for statistic, case in (("headcount", "headcount"), ("mean:expenditure_person_month", "mean")):
        row = table.row(statistic, f"education={education}")
        answer = known(f"deff:{case}:{education}")["estimate"]
        assert row.deff == pytest.approx(answer, rel=AGREEMENT)


@pytest.mark.parametrize(
    ("case", "statistic", "scale"),
    [
        ("mean", mean("expenditure_person_month"), 1),
        ("total", total("expenditure_person_month"), 1),
        ("poor_count", poor_count(LINE), 1),
        ("headcount", headcount(LINE), 100),
        ("gap", poverty_gap(LINE), 100),
        ("severity", severity(LINE), 100),
        ("food_share", ratio("food", "expenditure_person_month"), 1),
    ],
)
def test_statistics_of_the_whole_sample(design, case, statistic, scale):
    agree(next(iter(estimate(design, statistic))), case, scale)


@pytest.mark.parametrize("education", EDUCATION)
def test_statistics_by_domain(design, education):
    table = estimate(design, [headcount(LINE), poor_count(LINE), population()], by="education")
    domain = f"education={education}"
    agree(table.row("headcount", domain), f"headcount:{education}", 100)
    agree(table.row("poor_count", domain), f"poor_count:{education}")
    agree(table.row("population", domain), f"population:{education}")
    assert table.row("headcount", domain).df == known(f"headcount:{education}")["df"]


def test_shares_among_the_poor_and_their_covariance(design):
    table = estimate(design, [share("education", e) for e in EDUCATION], domain="is_poor")
    for i, row in enumerate(table):
        agree(row, f"education_of_the_poor:{i + 1}", 100)
    answer = [
        [known(f"education_covariance:{i}{j}")["estimate"] for j in (1, 2, 3)] for i in (1, 2, 3)
    ]
    scale = 1e4 * np.abs(answer).max()
    np.testing.assert_allclose(
        table.covariance() / scale, np.array(answer) * 1e4 / scale, rtol=0, atol=AGREEMENT
    )


def test_a_contrast_between_domains(design):
    table = estimate(design, headcount(LINE), by="education")
    agree(
        table.row("headcount", "education=below_sd") - table.row("headcount", "education=sma_plus"),
        "headcount_difference",
        100,
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("domain", [None, "sd_smp"])
def test_intervals_of_a_proportion(design, frame, method, domain):
    mask = None if domain is None else (frame["education"] == domain).to_numpy()
    row = estimate(design, headcount(LINE), domain=mask).row("headcount")
    answer = known(f"interval{'_' + domain if domain else ''}:{method}")
    low, high = row.interval(method=METHODS[method])
    assert (low / 100, high / 100) == pytest.approx((answer["low"], answer["high"]), rel=AGREEMENT)


def test_the_finite_population_correction(frame):
    design = SurveyDesign(frame, weight="weight", fpc="psus")
    agree(estimate(design, headcount(LINE)).row("headcount"), "fpc:headcount", 100)
    agree(
        estimate(design, total("expenditure_person_month")).row("total:expenditure_person_month"),
        "fpc:total",
    )


@pytest.mark.parametrize(
    ("ours", "option"),
    [
        ("centre", "adjust"),
        ("certainty", "certainty"),
        ("certainty", "remove"),
        ("average", "average"),
    ],
)
def test_a_lone_psu_is_treated_as_r_treats_it(frame, ours, option):
    few = frame[(frame["stratum"] != "c") | (frame["psu"] == "c00")]
    design = SurveyDesign(few, weight="weight", lone_psu=ours)
    welfare = "expenditure_person_month"
    agree(estimate(design, headcount(LINE)).row("headcount"), f"lone:{option}:headcount", 100)
    agree(estimate(design, mean(welfare)).row(f"mean:{welfare}"), f"lone:{option}:mean")
    [share_of_food] = estimate(design, ratio("food", welfare))
    agree(share_of_food, f"lone:{option}:food_share")
    assert share_of_food.df == known(f"lone:{option}:food_share")["df"]
    [row] = estimate(design, headcount(LINE), domain=few["education"] == "sd_smp")
    agree(row, f"lone:{option}:headcount:sd_smp", 100)
    if option != "adjust":
        agree(estimate(design, total(welfare)).row(f"total:{welfare}"), f"lone:{option}:total")


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
