"""Spending: block 43 agrees with itself and with the items, and food costs what food costs."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bpsstats.microdata.findings import Finding, Names, found, whole
from bpsstats.microdata.tables import OfficialTables

# Rupiah: files carry two decimals or more, so that an honest sum is off by less than this.
RUPIAH = 1.0
RUPIAH_PER_ITEM = 1.0  # where each item was rounded before it was summed
# Relative: single precision keeps seven digits.
RELATIVE = 1e-6
# Median Rp per kilocalorie of a regency, 2018 to 2023, with room on both sides: about 8 to 25.
CHEAPEST_CALORIE, DEAREST_CALORIE = 4.0, 80.0
DAYS = 30
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
        what = f"{nothing} households spend nothing at all."
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
    if (
        frame is not None and frame["KAPITA"].notna().any()
    ):  # some programs leave the column empty; it is not read
        missing = frame["KAPITA"].isna()
        what, remedy = "Households lack KAPITA.", "It was taken as EXPEND / R301 for them."
        yield from found(missing, files, "KAPITA", what, remedy, "warning")
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
        yield from found(off, names["blok43"], column, what, remedy)


def calories_cost_what_they_cost(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """Rupiah per kilocalorie tell a weekly or yearly amount from a monthly one, and rupiah from
    thousands.
    """
    frame, food = tables.get("blok43", "FOOD", "R301", "KALORI_KAP"), tables.food
    if tables.has_summary and frame is not None and frame["KALORI_KAP"].notna().any():
        per_day, calories = frame["FOOD"] / frame["R301"] / DAYS, frame["KALORI_KAP"]
        files, column, n = names["blok43"], "FOOD", len(frame)
        unit = "FOOD is Rp per household and month, KALORI_KAP kcal per person and day"
    elif food is not None and food["calories_day"].notna().any():
        per_day, calories = food["food_month"] / DAYS, food["calories_day"]
        files, column, n = names["blok41"], tables.layout.food.recall["value"], len(food)
        unit = "amounts are Rp per household and week, and calories are kcal per household and week"
    else:
        return
    price = float((per_day / calories.where(calories > 0)).median())
    if np.isfinite(price) and not CHEAPEST_CALORIE <= price <= DEAREST_CALORIE:
        what = "A kilocalorie costs more or less than food does in any regency."
        yield whole(files, column, what, f"Check for weekly or yearly amounts: {unit}.", n)
