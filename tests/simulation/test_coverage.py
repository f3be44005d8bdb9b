"""Coverage of the intervals: a short seeded run against the full one that is committed, and the
full one against its promises.
"""

import numpy as np
import pandas as pd
import pytest

from bpsstats.survey import SurveyDesign, estimate, population
from simulation import coverage, run
from simulation.sampling import city, everybody, households, samples

# A short run of n samples lies this many of its own Monte-Carlo errors from the full one at the
# most.
FAR = 4.5
SHORT = {"P0 2.3": 200, "P0 10": 80, "odds": 40, "change": 60}
KEYS = ["piece", "statistic", "domain", "method"]
# What the default intervals of rates promise, percent of samples.
PROMISED_P0 = (0.94, 0.97)
LEAST_OF_A_DEFAULT = 0.93


@pytest.fixture(scope="module")
def full():
    return pd.read_csv(run.KEPT).set_index(KEYS).sort_index()


@pytest.fixture(scope="module")
def power():
    return pd.read_csv(run.POWER)


def test_each_number_of_the_full_run_is_of_four_thousand_samples(full, power):
    assert (full["samples"] >= run.SAMPLES).all()
    assert (power["samples"] >= run.SAMPLES).all()
    told = full["samples"] - full["not_estimable"]
    expected = np.sqrt(full["coverage"] * (1 - full["coverage"]) / told)
    np.testing.assert_allclose(full["mc_error"], expected, rtol=0.01)


@pytest.mark.external
@pytest.mark.parametrize("piece", ["P0 2.3", "P0 10", "odds"])
def test_a_short_run_agrees_with_the_full_one(full, piece):
    short = run.run(piece, SHORT[piece]).set_index(KEYS)
    both = short.join(full.add_suffix("_full"), how="left")
    assert both["coverage_full"].notna().all()
    expected = both["coverage_full"]
    error = np.sqrt(expected * (1 - expected) / SHORT[piece]) + 0.5 / SHORT[piece]
    assert (np.abs(both["coverage"] - expected) <= FAR * error).all()
    # The relative error of a standard deviation from n samples is 1/sqrt(2n), more where the tails
    # are heavy.
    assert (
        np.abs(both["se_over_sd"] / both["se_over_sd_full"] - 1)
        <= 2 * FAR / np.sqrt(2 * SHORT[piece])
    ).all()
    np.testing.assert_allclose(both["truth"], both["truth_full"], rtol=1e-5)


@pytest.mark.external
def test_a_short_run_of_changes_agrees_with_the_full_one(power):
    short = run.run("change", SHORT["change"])
    assert list(short["fall"]) == list(power["fall"])
    error = np.sqrt(power["found"] * (1 - power["found"]) / SHORT["change"]) + 0.5 / SHORT["change"]
    assert (np.abs(short["found"] - power["found"]) <= FAR * error).all()


def test_the_headcount_covers_as_promised_and_wald_would_not(full):
    default = full.loc[("P0 2.3", "headcount", "all", "korn-graubard")]
    assert default["default"]
    assert PROMISED_P0[0] <= default["coverage"] <= PROMISED_P0[1]
    assert full.loc[("P0 2.3", "headcount", "all", "wald"), "coverage"] < 0.93


@pytest.mark.parametrize("piece", ["P0 2.3", "P0 10"])
def test_every_default_covers_or_nearly(full, piece):
    defaults = full.loc[piece][full.loc[piece]["default"]]
    assert (defaults["coverage"] >= LEAST_OF_A_DEFAULT).all()


@pytest.mark.parametrize("statistic", ["poverty_gap", "severity"])
@pytest.mark.parametrize("domain", ["all", coverage.DOMAIN])
def test_no_other_method_covers_gap_and_severity_better_at_a_low_headcount(full, statistic, domain):
    methods = full.loc[("P0 2.3", statistic, domain)]
    assert methods["default"].idxmax() == "gamma"
    assert methods["coverage"].idxmax() == "gamma"


def test_the_package_calls_default_what_the_simulation_calls_default():
    of = city()
    frame = households(of, next(samples(of, 1, 1)))
    table = coverage.measures(of, frame, of.line_for(0.1))
    for row in table:
        records = [record for record in coverage._records([row], [row]) if record["default"]]
        assert len(records) == 1
        assert (records[0]["low"], records[0]["high"]) == row.interval(coverage.LEVEL)


def test_sample_i_is_the_same_however_many_are_drawn():
    of = city()
    few, many = (list(samples(of, n, 7)) for n in (2, 5))
    for a, b in zip(few, many[:2], strict=True):
        np.testing.assert_array_equal(a.household, b.household)
        np.testing.assert_array_equal(a.weight, b.weight)


def test_samples_have_the_size_of_the_city_s_own():
    of = city()
    for sample in samples(of, 3, 11):
        design = SurveyDesign(households(of, sample))
        assert (design.n_psu, design.n_strata) == (64, 2)
        assert 560 <= design.n <= 640
        assert estimate(design, population()).rows[0].estimate == pytest.approx(
            of.population.n_persons
        )


def test_the_census_has_the_headcount_that_its_line_was_made_for():
    of = city()
    line = of.line_for(0.023)
    table = coverage.measures(of, households(of, everybody(of)), line)
    assert table.row("headcount", "all").estimate == pytest.approx(2.3, abs=0.001)


def test_document_and_figure_are_those_of_the_committed_run(tmp_path, monkeypatch):
    document = run.DOCS / "method.md"
    text, picture = document.read_text("utf8"), run.FIGURE.read_bytes()
    (tmp_path / "method.md").write_text(text, encoding="utf8")
    monkeypatch.setattr(run, "DOCS", tmp_path)
    monkeypatch.setattr(run, "FIGURE", tmp_path / "coverage.svg")
    run.write()
    assert (tmp_path / "method.md").read_text("utf8") == text
    assert (tmp_path / "coverage.svg").read_bytes() == picture
