"""The amount of each item is settled row by row: what one column lacks another tells, and what none
tells is an error.
"""

import numpy as np
import pandas as pd
import pytest

from bpsstats.microdata import check_round, read_items, read_round
from in_ci import every, here

AREA, YEAR = "6471", 2022
MONTHLY = ["B42K4", "B42K5"]


@pytest.fixture
def summed(folder):
    """A round without block 43, whose spending is that of its items."""
    folder.file("blok43").unlink()
    return folder


@pytest.fixture(scope="module")
def spending(pristine):
    """What each household of the pristine round spends."""
    frame = read_round(AREA, YEAR, pristine).households
    return frame.set_index("household")["expenditure_person_month"]


def spent(folder):
    frame = read_round(AREA, YEAR, folder.path).households
    return frame.set_index("household")["expenditure_person_month"]


def some(table):
    return table.index % 3 == 0


def blank(filler, columns, rows=some):
    def edit(table):
        table.loc[rows(table), columns] = filler

    return edit


@pytest.mark.parametrize("filler", here([""], ["", "0"]))
@pytest.mark.parametrize("rows", every(2, [some, lambda t: t.index >= 0]), ids=["some", "all"])
def test_the_monthly_average_stands_for_month_and_year_that_a_row_lacks(
    filler, rows, summed, spending
):
    summed.change("blok42", blank(filler, MONTHLY, rows))
    pd.testing.assert_series_equal(spent(summed), spending, rtol=1e-6)
    notes = read_round(AREA, YEAR, summed.path).provenance.notes
    assert any("monthly average SEBULAN" in note for note in notes)
    items = read_items(AREA, YEAR, summed.path)
    sums = items.groupby("household")["value_month"].sum()
    sizes = read_round(AREA, YEAR, summed.path).households.set_index("household")["size"]
    pd.testing.assert_series_equal(sums / sizes, spending, check_names=False, rtol=1e-6)


@pytest.mark.parametrize("dropped", here([MONTHLY], [MONTHLY, ["B42K4"], ["B42K5"]]), ids="+".join)
def test_a_copy_without_month_or_year_is_read_by_its_average(dropped, summed, spending):
    summed.change("blok42", lambda t: t.drop(columns=dropped))
    pd.testing.assert_series_equal(spent(summed), spending, rtol=1e-6)
    assert len(read_items(AREA, YEAR, summed.path)) > 0


def test_the_parts_stand_for_a_value_that_a_row_lacks(summed, spending):
    summed.change("blok41", blank("", ["B41K10"]))
    pd.testing.assert_series_equal(spent(summed), spending, rtol=1e-6)


def test_a_copy_without_the_value_is_read_by_its_parts(summed, spending):
    summed.change("blok41", lambda t: t.drop(columns="B41K10"))
    pd.testing.assert_series_equal(spent(summed), spending, rtol=1e-6)


LOST = {
    "food blank where its calories are there": ("blok41", "", ["B41K6", "B41K8", "B41K10"],
        "B41K10"),
    "food zero where its calories are there": ("blok41", "0", ["B41K6", "B41K8", "B41K10"],
        "B41K10"),
    "month, year and average blank": ("blok42", "", [*MONTHLY, "SEBULAN"], "B42K4"),
    "month, year and average zero": ("blok42", "0", [*MONTHLY, "SEBULAN"], "B42K4"),
}  # fmt: skip


@pytest.mark.parametrize("lost", every(3, LOST))
def test_an_amount_that_no_column_tells_is_an_error_with_its_rows(lost, summed):
    role, filler, columns, named = LOST[lost]
    summed.change(role, blank(filler, columns))
    errors = check_round(AREA, YEAR, summed.path).errors
    found = [f for f in errors if f.column == named and "amount" in f.what]
    assert found
    assert found[0].rows[0] >= 1
    assert "block 43" in found[0].remedy


def test_own_production_that_the_value_leaves_out_is_an_error(summed):
    def bought_only(table):
        half = (table["B41K6"].astype(float) / 2).round()
        table["B41K8"] = (table["B41K6"].astype(float) - half).astype(int).astype(str)
        table["B41K6"] = table["B41K10"] = half.astype(int).astype(str)

    summed.change("blok41", bought_only)
    found = [f for f in check_round(AREA, YEAR, summed.path).errors if "own or given" in f.what]
    assert [f.column for f in found] == ["B41K10"]


def test_an_average_that_contradicts_month_and_year_is_an_error(summed):
    def thousands(table):
        table["SEBULAN"] = (table["SEBULAN"].astype(float) / 1000).map("{:.6f}".format)

    summed.change("blok42", thousands)
    errors = check_round(AREA, YEAR, summed.path).errors
    assert [f.column for f in errors if "B42K4 + B42K5 / 12" in f.what] == ["SEBULAN"]


@pytest.mark.external
def test_a_list_of_every_item_of_every_household_has_blanks_where_nothing_was_bought(
    summed, spending
):
    def complete(table):
        keys = ["R101", "R102", "R105", "R301", "URUT"]
        households, codes = table[keys].drop_duplicates(), table[["KODE", "KLP"]]
        grid = households.merge(codes.drop_duplicates("KODE"), how="cross")
        amounts = table[["URUT", "KODE", *MONTHLY, "SEBULAN"]]
        return grid.merge(amounts, how="left", on=["URUT", "KODE"]).fillna("")

    summed.change("blok42", complete)
    assert check_round(AREA, YEAR, summed.path).errors == ()
    pd.testing.assert_series_equal(spent(summed), spending, rtol=1e-6)


@pytest.mark.external
def test_block_43_proves_sums_whose_columns_disagree(folder):
    folder.change("blok42", blank("", ["SEBULAN"]))
    folder.change("blok41", blank("", ["B41K6", "B41K8"]))
    assert check_round(AREA, YEAR, folder.path).errors == ()
    assert np.isfinite(spent(folder)).all()
