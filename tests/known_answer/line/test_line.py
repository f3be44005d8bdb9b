"""The rebuilt poverty line against R, from the official files to its errors, on the shipped
rounds.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import bpsstats as bps
from bpsstats.microdata.lists.basket import standard_basket
from bpsstats.poverty.basic_needs.purchases import purchases_of
from bpsstats.poverty.basic_needs.rebuilt_line import lines_of
from bpsstats.poverty.basic_needs.reference_population import Reference
from bpsstats.survey.estimate import estimate_linearised
from known_answer.oracle import AGREEMENT, answers, assert_r_still_gives_the_committed_answers

SCRIPT = Path(__file__).with_name("line.R")
YEARS = (2021, 2022)


@cache
def design_of(year):
    return bps.SurveyDesign(bps.read_round("6471", year).households)


@cache
def items_of(year):
    return bps.read_items("6471", year)


@cache
def rebuilt(year):
    return bps.estimate_poverty_line(
        design_of(year), items_of(year), bps.poverty_line("6471", year - 1)
    )


def agree(row, year, case):
    answer = answers(SCRIPT, ["year", "case"]).loc[(str(year), case)]
    assert row.estimate == pytest.approx(answer["estimate"], rel=AGREEMENT)
    assert row.std_error == pytest.approx(answer["std_error"], rel=AGREEMENT)


@pytest.mark.parametrize("year", YEARS)
def test_the_temporary_line(year):
    answer = answers(SCRIPT, ["year", "case"]).loc[(str(year), "temporary"), "estimate"]
    assert rebuilt(year).temporary == pytest.approx(answer, rel=AGREEMENT)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("statistic", ["line", "line:food", "line:nonfood"])
def test_the_line_and_its_errors(year, statistic):
    agree(rebuilt(year).lines.row(statistic), year, f"estimated:{statistic}")


@pytest.mark.parametrize("year", YEARS)
def test_above_fixed_bounds_the_errors_are_those_of_ratios_of_totals(year):
    """Without anybody at the bound, its term vanishes."""
    design, basket = design_of(year), standard_basket()
    found = Reference.above(rebuilt(year).temporary, design, basket.reference_share)
    fixed = Reference(design, found.part, found.share, np.zeros(design.n))
    food, nonfood = lines_of(fixed, purchases_of(design, items_of(year), basket), basket)
    cases = {"line": food + nonfood, "line:food": food, "line:nonfood": nonfood}
    rows = estimate_linearised(
        design, [(case, "all", of) for case, of in cases.items()], unit="Rp", kind="mean"
    )
    for row in rows:
        agree(row, year, f"fixed:{row.statistic}")


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
