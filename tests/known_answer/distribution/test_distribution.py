"""Inequality, quantiles, curves and poverty indices against R: survey, laeken, and convey's
definitions written out.
"""

from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bpsstats as bps
from bpsstats.poverty import (
    atkinson,
    decompose_inequality,
    generalised_entropy,
    gini,
    headcount_curve,
    lorenz,
    mean_log_deviation,
    quantile,
    quintile_ratio,
    sen,
    sen_shorrocks_thon,
    theil,
    tip,
    watts,
)  # fmt: skip
from bpsstats.survey import SurveyDesign, estimate
from bpsstats.survey.variance.engine import covariance_of_totals
from known_answer.oracle import AGREEMENT, answers, assert_r_still_gives_the_committed_answers

HERE = Path(__file__).parent
SCRIPT = HERE / "distribution.R"
LINE = 600_000
DOMAINS = ("all", "below_sd", "sd_smp", "sma_plus")
YEARS = (2021, 2022)
# Sums over some two thousand persons in another order, of terms that cancel: the density at a
# quantile, the border of a class.
SUMS = 1e-11
# A function of totals is differentiated by R at full precision, but its variance cancels where
# groups hardly differ.
CANCELLATION = 1e-10
# Where a limit of the share lies below the weight of the smallest value, R takes the second value
# instead of the smallest.
R_TAKES_THE_SECOND = {("below_sd", 0.1, "beta"), ("sma_plus", 0.1, "beta"), ("sd_smp", 0.1, "mean")}
INTERVALS = {"beta": "korn-graubard", "xlogit": "logit", "mean": "wald"}
# Made when they are asked for, so that a mutation test reaches them.
STATISTICS = {
    "gini": lambda: gini(),
    "gini:trapezoid": lambda: gini(form="trapezoid"),
    "gini:laeken": lambda: gini(form="trapezoid"),
    "quintile_ratio": lambda: quintile_ratio(),
    "quintile_ratio:laeken": lambda: quintile_ratio(),
    "theil": lambda: theil(),
    "mean_log_deviation": lambda: mean_log_deviation(),
    "generalised_entropy:2": lambda: generalised_entropy(2),
    "watts": lambda: watts(LINE),
    "sen": lambda: sen(LINE),
    "sen_shorrocks_thon": lambda: sen_shorrocks_thon(LINE),
    **{
        f"atkinson:{aversion}": partial(atkinson, float(aversion)) for aversion in ("0.5", "1", "2")
    },
    **{f"lorenz:{p}": partial(lorenz, float(p)) for p in ("0.1", "0.4", "0.8")},
    **{f"tip:{p}": partial(tip, float(p), LINE) for p in ("0.05", "0.2", "1")},
    **{
        f"quantile:{p}:density": partial(quantile, float(p), error="density")
        for p in ("0.1", "0.25", "0.5", "0.9")
    },
}
OF_LINE = {"watts": watts, "sen": sen, "sen_shorrocks_thon": sen_shorrocks_thon} | {
    f"tip:{p}": partial(tip, float(p)) for p in ("0.05", "0.2", "1")
}


def known(case: str) -> pd.Series:
    return answers(SCRIPT, ["case"]).loc[case]


@pytest.fixture(scope="module")
def design():
    frame = pd.read_csv(HERE.parent / "survey" / "sample.csv").rename(
        columns={"expenditure": "expenditure_person_month"}
    )
    return SurveyDesign(frame, weight="weight")


def mask_of(design, domain):
    return None if domain == "all" else (design.frame["education"] == domain).to_numpy()


def agree(row, case, tolerance=AGREEMENT):
    answer = known(case)
    assert row.estimate / row.scale == pytest.approx(answer["estimate"], rel=tolerance)
    if np.isfinite(answer["std_error"]):
        assert row.std_error / row.scale == pytest.approx(answer["std_error"], rel=tolerance)
    return answer


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("name", STATISTICS)
def test_statistics_of_the_distribution(design, domain, name):
    statistic = STATISTICS[name]()
    row = estimate(design, statistic, domain=mask_of(design, domain)).row(statistic.name)
    assert row.scale == statistic.scale
    agree(row, f"{domain}:{name}")


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("method", INTERVALS)
@pytest.mark.parametrize("probability", [0.1, 0.25, 0.5, 0.9])
def test_quantiles_with_woodruffs_errors_and_intervals(design, domain, method, probability):
    statistic = quantile(probability, interval=INTERVALS[method])
    row = estimate(design, statistic, domain=mask_of(design, domain)).row(statistic.name)
    if (domain, probability, method) in R_TAKES_THE_SECOND:
        answer = known(f"{domain}:quantile:{probability:g}:{method}")
        smallest, second = np.sort(
            design.column("expenditure_person_month")[mask_of(design, domain)]
        )[:2]
        assert (row.estimate, answer["low"]) == (answer["estimate"], second)
        assert row.interval() == (smallest, answer["high"])
        return
    answer = agree(row, f"{domain}:quantile:{probability:g}:{method}")
    assert row.interval() == pytest.approx(
        (answer["low"], answer["high"]), rel=AGREEMENT, nan_ok=True
    )


@pytest.mark.parametrize("domain", DOMAINS)
def test_an_interval_of_a_quantile_at_another_level(design, domain):
    row = estimate(design, quantile(0.5), domain=mask_of(design, domain), level=0.9).row(
        "quantile:0.5"
    )
    answer = known(f"{domain}:quantile:0.5:level90")
    assert row.interval() == pytest.approx((answer["low"], answer["high"]), rel=AGREEMENT)


@pytest.mark.parametrize(("name", "alpha"), [("theil", 1), ("mean_log_deviation", 0)])
def test_inequality_between_and_within_groups(design, name, alpha):
    table = decompose_inequality(design, "education", alpha=alpha)
    for part in ("between", "within", "between_share"):
        agree(table.row(f"{name}:{part}"), f"decomposition:{name}:{part}", CANCELLATION)


def test_the_points_of_a_curve_and_their_covariance(design):
    points = headcount_curve(design, LINE, multiples=(0.8, 1, 1.5)).points
    totals = np.column_stack([row.strands[0].dense() for row in points])
    covariance = covariance_of_totals(design.first_stage, totals) / 1e4
    answer = np.array([[known(f"curve:{i}{j}")["estimate"] for j in (1, 2, 3)] for i in (1, 2, 3)])
    np.testing.assert_allclose(
        covariance / answer.max(), answer / answer.max(), rtol=0, atol=AGREEMENT
    )


@cache
def persons_of(year):
    return SurveyDesign(bps.read_round("6471", year).persons), bps.poverty_line("6471", year)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("name", STATISTICS)
def test_statistics_of_the_shipped_rounds(year, name):
    design, line = persons_of(year)
    statistic = OF_LINE[name](line) if name in OF_LINE else STATISTICS[name]()
    agree(estimate(design, statistic).row(statistic.name), f"{year}:{name}", SUMS)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("method", INTERVALS)
@pytest.mark.parametrize("probability", [0.1, 0.25, 0.5, 0.9])
def test_quantiles_of_the_shipped_rounds(year, method, probability):
    statistic = quantile(probability, interval=INTERVALS[method])
    row = estimate(persons_of(year)[0], statistic).row(statistic.name)
    answer = agree(row, f"{year}:quantile:{probability:g}:{method}", SUMS)
    assert row.interval() == pytest.approx((answer["low"], answer["high"]), rel=SUMS)


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
