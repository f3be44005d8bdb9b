"""Spending: block 43 agrees with itself and with the items."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bpsstats.microdata.findings import Finding, Gravity, Names, found, whole
from bpsstats.microdata.tables import OfficialTables
from bpsstats.reprs import count_of

# Rupiah: files carry two decimals or more, so that a correct sum is off by less than this.
RUPIAH = 1.0
RUPIAH_PER_ITEM = 1.0  # where each item was rounded before it was summed
# Relative: single precision keeps seven digits.
RELATIVE = 1e-6
AMOUNTS = ("FOOD", "NONFOOD", "EXPEND")
PARTS = (("blok41", "FOOD", "food_month"), ("blok42", "NONFOOD", "nonfood_month"))


def _differ(left: pd.Series, right: pd.Series, rupiah: float | pd.Series = RUPIAH) -> pd.Series:
    """Whether amounts differ by more than rounding."""
    return (left - right).abs() > rupiah + RELATIVE * right.abs()


def spending_is_there(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """Block 43 without any expenditure needs the items in its place, and every household spends
    something.
    """
    frame = tables.get("blok43", "EXPEND")
    if frame is not None and not tables.has_spending:
        remedy = (
            "Take block 43 as BPS delivers it, or put blocks 41 and 42 beside it to sum expenditure"
            " from the items."
        )
        yield whole(
            names["blok43"], "EXPEND", "The file holds no expenditure at all.", remedy, len(frame)
        )
    if tables.has_summary or tables.food is None or tables.nonfood is None:
        return
    spent = tables.food["food_month"] + tables.nonfood["nonfood_month"]
    nothing = int((spent <= 0).sum())
    if nothing:
        what = f"{count_of(nothing, 'household spends', 'households spend')} nothing at all."
        yield whole(
            names["blok41"],
            tables.layout.food.recall["value"],
            what,
            "Check how the file was converted.",
            nothing,
        )


def summary_adds_up(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """Amounts are there, FOOD + NONFOOD is EXPEND, and KAPITA is EXPEND / R301."""
    if not tables.has_summary:
        return
    files = names["blok43"]
    for column in AMOUNTS:
        frame = tables.get("blok43", column)
        if frame is not None:
            bad = ~(np.isfinite(frame[column]) & (frame[column] >= 0))
            remedy = (
                "Missing spending is not zero spending; take the household's items or leave the"
                " household to BPS."
            )
            yield from found(
                bad, files, column, "Amounts are missing, infinite or negative.", remedy
            )
    frame = tables.get("blok43", "EXPEND")
    if frame is not None:
        what, remedy = "Households spend nothing at all.", "Check how the file was converted."
        yield from found(frame["EXPEND"] == 0, files, "EXPEND", what, remedy)
    frame = tables.get("blok43", *AMOUNTS)
    if frame is not None:
        above = frame["FOOD"] > frame["EXPEND"] + RUPIAH
        yield from found(
            above,
            files,
            "FOOD",
            "Households spend more on food than in all.",
            "Check the columns' units.",
        )
        off = _differ(frame["FOOD"] + frame["NONFOOD"], frame["EXPEND"]) & ~above
        what = "Households have EXPEND other than FOOD + NONFOOD."
        yield from found(off, files, "EXPEND", what, "Check the columns' units.")
    frame = tables.get("blok43", "EXPEND", "KAPITA", "R301")
    if frame is not None:  # some programs leave it empty, in all rows or some; it is not read
        off = _differ(frame["EXPEND"] / frame["R301"], frame["KAPITA"])
        remedy = (
            "KAPITA is monthly and per person; check whether a household or weekly amount stands"
            " there."
        )
        yield from found(
            off, files, "KAPITA", "Households have KAPITA other than EXPEND / R301.", remedy
        )


def items_add_up_to_the_summary(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """Block 43 is the sum of the items."""
    if not tables.has_summary:
        return
    for role, column, summed in PARTS:
        frame, items = tables.get("blok43", column), tables.sums.get(role)
        if frame is None or items is None:
            continue
        household = frame[tables.layout.household_key]
        rounded = RUPIAH_PER_ITEM * household.map(items["items"])
        off = _differ(frame[column], household.map(items[summed]), rounded)
        what = (
            f"Households have {column} other than the sum of their items in"
            f" {', '.join(names[role])}."
        )
        remedy = (
            "Subtotal rows taken for items, a weekly or yearly amount, or a missing part of the"
            " file are usual causes."
        )
        # Where the items' list is not known, block 43 alone says what was spent.
        gravity: Gravity = "error" if tables.layout.groups(role) else "warning"
        yield from found(off, names["blok43"], column, what, remedy, gravity)
