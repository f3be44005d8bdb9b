"""svy as a second opinion that needs no R: on the committed sample, and on designs drawn at random.

Of quantiles svy gives the same value; its error comes from an interval of another kind, and is not
compared.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import polars
import pytest
import svy

from bpsstats.poverty import headcount, poverty_gap, quantile
from bpsstats.survey import SurveyDesign, crosstab, estimate, mean, ratio, share, total
from known_answer.oracle import AGREEMENT

WELFARE = "expenditure_person_month"
LINE = 600_000


def committed() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).with_name("sample.csv")).rename(
        columns={"expenditure": WELFARE}
    )


def drawn(seed: int) -> pd.DataFrame:
    """Strata of two to six PSUs of one to eight records; spending rounded so that some of it is
    equal; classes that miss PSUs.
    """
    random = np.random.default_rng(seed)
    psus = random.integers(2, 7, 6)
    sizes = random.integers(1, 9, psus.sum())
    n = sizes.sum()
    spending = np.round(random.lognormal(13.4, 0.5, n), -4)
    return pd.DataFrame(
        {
            "stratum": np.repeat(np.repeat(np.arange(6), psus), sizes),
            "psu": np.repeat(np.arange(psus.sum()), sizes),
            "weight": random.uniform(20, 400, n),
            WELFARE: spending,
            "food": spending * random.uniform(0.3, 0.7, n),
            "education": random.choice(["below_sd", "sd_smp", "sma_plus"], n, p=[0.1, 0.5, 0.4]),
        }
    )


@pytest.fixture(scope="module", params=["committed", 1, 2, 3])
def sample(request):
    frame = committed() if request.param == "committed" else drawn(request.param)
    gap = (1 - frame[WELFARE] / LINE).clip(lower=0)
    asked = polars.from_pandas(frame.assign(poor=(frame[WELFARE] < LINE).astype(float), gap=gap))
    opinion = svy.Sample(asked, svy.Design(stratum="stratum", psu="psu", wgt="weight")).estimation
    return SurveyDesign(frame, weight="weight"), opinion


def agree(rows, opinions, scale=1.0):
    for row, opinion in zip(rows, opinions, strict=True):
        assert row.estimate / scale == pytest.approx(opinion.est, rel=AGREEMENT)
        assert row.std_error / scale == pytest.approx(opinion.se, rel=AGREEMENT)


def test_means_totals_and_ratios(sample):
    design, opinion = sample
    agree(estimate(design, mean(WELFARE)), opinion.mean(WELFARE).estimates)
    agree(estimate(design, total(WELFARE)), opinion.total(WELFARE).estimates)
    agree(estimate(design, ratio("food", WELFARE)), opinion.ratio("food", WELFARE).estimates)
    agree(estimate(design, poverty_gap(LINE)), opinion.mean("gap").estimates, 100)


def test_domains_and_their_covariance(sample):
    design, opinion = sample
    agree(
        estimate(design, total(WELFARE), by="education"),
        by_level(opinion.total(WELFARE, by="education")),
    )
    ours, theirs = (
        estimate(design, headcount(LINE), by="education"),
        opinion.mean("poor", by="education"),
    )
    agree(ours, by_level(theirs), 100)
    assert [one.by_level[0] for one in theirs.estimates] == sorted(
        one.by_level[0] for one in theirs.estimates
    )
    expected = 1e4 * np.asarray(theirs.covariance)
    np.testing.assert_allclose(
        ours.covariance(), expected, rtol=0, atol=AGREEMENT * np.abs(expected).max()
    )


def by_level(found):
    return sorted(found.estimates, key=lambda one: one.by_level)


def test_shares_of_classes(sample):
    design, opinion = sample
    found = sorted(opinion.prop("education").estimates, key=lambda one: one.y_level)
    agree(estimate(design, [share("education", one.y_level) for one in found]), found, 100)


@pytest.mark.parametrize("probability", [0.1, 0.25, 0.5, 0.9])
def test_quantiles(sample, probability):
    design, opinion = sample
    [row] = estimate(design, quantile(probability))
    [found] = opinion.quantile(WELFARE, p=probability).estimates
    assert row.estimate == found.est


@pytest.fixture(scope="module", params=["committed", 1, 2, 3])
def tabulated(request):
    """The crosstab of two categories, whole and in a domain, and that of svy."""
    frame = committed() if request.param == "committed" else drawn(request.param)
    frame["poor"] = np.where(frame[WELFARE] < LINE, "poor", "other")
    frame["inside"] = np.arange(len(frame)) % 3 > 0
    opinion = svy.Sample(
        polars.from_pandas(frame), svy.Design(stratum="stratum", psu="psu", wgt="weight")
    ).categorical
    design = SurveyDesign(frame, weight="weight")
    asked = {"rowvar": "education", "colvar": "poor", "units": "count"}
    return [
        (crosstab(design, "education", "poor"), opinion.tabulate(**asked)),
        (
            crosstab(design, "education", "poor", domain="inside"),
            opinion.tabulate(**asked, where=polars.col("inside")),
        ),
    ]


def test_the_cells_of_a_crosstab_and_their_errors(tabulated):
    for ours, theirs in tabulated:
        cells = sorted(theirs.estimates, key=lambda one: (one.colvar, one.rowvar))
        for row, cell in zip(ours.numbers, cells, strict=True):
            assert row.estimate == pytest.approx(cell.est, rel=AGREEMENT)
            # Where no stratum has two PSUs of a cell svy has an error; the sample tells of none.
            assert row.df < 1 or row.std_error == pytest.approx(cell.se, rel=AGREEMENT)


def test_rao_and_scott_s_test_of_a_crosstab(tabulated):
    for ours, theirs in tabulated:
        test, opinion = ours.test, theirs.stats.f
        assert test.statistic == pytest.approx(opinion.value, rel=1e-10)
        assert test.numerator_df == pytest.approx(opinion.df_num, rel=1e-10)
        assert test.denominator_df == pytest.approx(opinion.df_den, rel=1e-10)
        assert test.p_value == pytest.approx(opinion.p_value, rel=1e-9)
