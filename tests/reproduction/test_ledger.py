"""One test per printed cell of Kota Balikpapan, and tests that the ledger can fail."""

from dataclasses import replace

import pytest

from bpsstats.microdata import read_round
from bpsstats.poverty import poverty_line
from bpsstats.published import compare_recomputed, ledger, published, recompute
from bpsstats.synthetic.targets import FITTED_HALF

YEARS = range(2018, 2023)
# What the ledger answers for; the other printed figures are the printed record's.
RELEASE = {
    "poverty_line", "poor_count", "headcount", "poverty_gap", "severity", "gini", "population",
    "change:poor_count", "change:headcount", "difference:food_share",
}  # fmt: skip
CELLS = [
    (year, cell, f"{year}-{cell.indicator}-{cell.publication[:12]}-{cell.table}")
    for year in YEARS
    for cell in published("6471", year)
    if cell.indicator in RELEASE or cell.indicator.startswith("share:")
]
# Printed, but not a poverty figure that this version recomputes; the ledger says why.
NOT_RECOMPUTED = {(2020, "share:literate")}
# The synthetic rounds are fitted to the poverty figures and to half of the levels of spending.
HELD_OUT = {"gini"}


@pytest.fixture(scope="module")
def ledgers():
    return {year: ledger("6471", year) for year in YEARS}


@pytest.mark.parametrize(
    ("year", "cell"), [(year, cell) for year, cell, _ in CELLS], ids=[name for _, _, name in CELLS]
)
def test_printed_cell(ledgers, year, cell):
    row = next(row for row in ledgers[year] if row.target == cell)
    if (year, cell.indicator) in NOT_RECOMPUTED:
        assert row.verdict == "not recomputed"
        assert row.reason
    elif cell.indicator in HELD_OUT:
        assert row.held_out
        assert row.verdict in ("reproduced", "consistent")
    else:
        assert row.verdict == "reproduced"


def levels(ledger):
    """Cells of spending and inequality."""
    names = ("food_share", "gini", "share_food_above_65")
    return [
        r for r in ledger if r.target.indicator.startswith("mean") or r.target.indicator in names
    ]


@pytest.mark.parametrize("year", YEARS)
def test_levels_that_were_fitted_are_met_to_the_last_digit_and_half_are_held_out(ledgers, year):
    fitted = [row for row in levels(ledgers[year]) if row.calibrated]
    held_out = [row for row in levels(ledgers[year]) if row.held_out]
    assert {row.target.indicator for row in fitted} <= set(FITTED_HALF)
    assert all(row.verdict == "reproduced" for row in fitted)
    assert len(held_out) >= len(fitted) > 3


def test_most_levels_that_were_held_out_are_consistent_with_print(ledgers):
    held_out = [row for year in YEARS for row in levels(ledgers[year]) if row.held_out]
    assert sum(row.verdict != "differs" for row in held_out) > len(held_out) / 2


def test_the_cells_that_the_project_set_out_to_rebuild_are_all_there():
    for year in YEARS:
        names = {cell.indicator for cell in published("6471", year)}
        assert names >= {"poor_count", "headcount", "poverty_gap", "severity", "poverty_line"}
    for year in (2019, 2020, 2022):
        assert {c.indicator for c in published("6471", year)} >= {
            "share:below_sd",
            "share:sd_smp",
            "share:sma_plus",
        }
    names = {cell.indicator for cell in published("6471", 2020)}
    assert names >= {
        f"share:{name}"
        for name in ("not_working", "informal", "formal", "agriculture", "non_agriculture")
    }
    for year in (2021, 2022):
        assert {"change:poor_count", "change:headcount"} <= {
            cell.indicator for cell in published("6471", year)
        }


def test_calibrated_cells_and_inputs_are_marked_as_such_and_the_food_share_is_not(ledgers):
    marks = {row.target.indicator: row.shown_verdict for row in ledgers[2022]}
    assert (
        marks["headcount"] == marks["change:headcount"] == marks["share:sma_plus"] == "calibrated"
    )
    assert marks["poverty_line"] == "given"
    assert marks["difference:food_share"] == "reproduced"


def changed(year, **columns):
    """The ledger of a year with columns of the households replaced."""
    round_ = read_round("6471", year)
    households = round_.households.assign(**columns)
    households.attrs = dict(round_.households.attrs)
    return compare_recomputed(
        recompute(replace(round_, households=households), poverty_line("6471", year)), None
    )


def test_doubling_the_weights_is_seen():
    table = changed(2022, weight_person=lambda f: 2 * f["weight_person"])
    count = next(row for row in table if row.target.indicator == "poor_count")
    assert count.verdict != "reproduced"
    assert count.value == pytest.approx(2 * count.target.value, rel=1e-6)
    rate = next(row for row in table if row.target.indicator == "headcount")
    assert rate.verdict == "reproduced"


def test_moving_one_poor_household_above_the_line_is_seen():
    line = float(poverty_line("6471", 2022))

    def one_moved(frame):
        spending = frame["expenditure_person_month"].copy()
        spending[spending[spending < line].index[0]] = line
        return spending

    table = changed(2022, expenditure_person_month=one_moved)
    verdicts = {row.target.indicator: row.verdict for row in table}
    assert verdicts["poor_count"] == verdicts["headcount"] == "consistent"


def test_a_figure_far_off_differs_and_fails_the_whole():
    table = changed(2022, expenditure_person_month=lambda f: f["expenditure_person_month"] / 3)
    rate = next(row for row in table if row.target.indicator == "headcount")
    assert rate.verdict == "differs"
    assert "although the data were fitted" in rate.cause
    assert not table.all_hold
