"""Deprivation counts, the line of a household, the vulnerable and growth of quantiles against R."""

from pathlib import Path

import numpy as np
import pytest

import bpsstats as bps
from known_answer.oracle import AGREEMENT, answers, assert_r_still_gives_the_committed_answers

SCRIPT = Path(__file__).with_name("beside.R")
KNOWN = answers(SCRIPT, ["case"])
SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)


@pytest.fixture(scope="module")
def rounds():
    return {year: bps.read_round("6471", year) for year in (2021, 2022)}


def agree(row, case):
    known = KNOWN.loc[case]
    assert row.estimate == pytest.approx(known["estimate"], rel=AGREEMENT, abs=1e-10), case
    if np.isfinite(row.std_error):
        assert row.std_error == pytest.approx(known["std_error"], rel=AGREEMENT, abs=1e-10), case
    else:  # nobody of the sample
        assert known["std_error"] == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("cutoff", [1 / 3, 0.2])
def test_deprivation_counts_and_their_errors_are_those_of_r(rounds, cutoff):
    found = bps.deprivation_counts(rounds[2022], cutoff=cutoff)
    assert len(found) == 3 + 3 * 8
    for row in found:
        agree(row, f"{cutoff:.2f}:{row.statistic}")


def test_the_line_of_a_household_and_the_vulnerable_are_those_of_r(rounds):
    line = bps.poverty_line("6471", 2022)
    design = bps.SurveyDesign(rounds[2022].households)
    statistics = [bps.household_line(line), bps.just_above(line, up_to=1.5)]
    for row in bps.estimate(design, statistics):
        agree(row, row.statistic)


def test_the_line_of_a_household_is_the_same_from_persons(rounds):
    line = bps.poverty_line("6471", 2022)
    row = bps.estimate(bps.SurveyDesign(rounds[2022].persons), bps.household_line(line))
    agree(row.row("household_line"), "household_line")


def test_growth_of_quantiles_and_its_errors_are_those_of_r(rounds):
    before, after = (bps.SurveyDesign(rounds[year].households) for year in (2021, 2022))
    lines = [float(bps.poverty_line("6471", year)) for year in (2021, 2022)]
    prices = lines[1] / lines[0]
    curve = bps.growth_incidence_curve(before, after, shares=SHARES, prices=prices)
    for row in curve.points:
        agree(row, row.statistic)


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
