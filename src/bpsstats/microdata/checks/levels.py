"""Levels: amounts, calories and weights that a regency can have, so that thousands for rupiah, a
week or a year for a month, a person for a household are found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.files import read_yaml
from bpsstats.microdata.checks.known import Known
from bpsstats.microdata.derive import calories_frame, sizes_frame, spending_frame
from bpsstats.microdata.design import designed
from bpsstats.microdata.findings import Finding, Gravity, Names
from bpsstats.microdata.lists.commodities import commodities
from bpsstats.microdata.tables import OfficialTables

DAYS = 30
PRICE_YEAR = 2022  # year of the usual prices of foods
ENGEL = 0.15  # by so much of all spending food falls where spending rises by the nation's mean
FEWEST, FEWEST_OF_PART = 40, 100  # households on which a slope says something
FEWEST_FOODS, FEWEST_BUYERS = 10, 5
UNITS = (
    "Usual causes are amounts in thousands, of a year or a week for a month, or of a person for a"
    " household."
)


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its name in ``levels.yaml``, what was found, and what it is of."""

    name: str
    value: float
    of: str  # "calories", "items", "food", "nonfood" or "total"
    what: str


def levels_can_be(tables: OfficialTables, names: Names, known: Known) -> Iterator[Finding]:
    """Findings of levels outside their range; warnings where the user says that they are right."""
    if _lacks_columns(tables):
        return
    frame = spending_frame(tables).merge(calories_frame(tables), on="household", how="left")
    found = [*spending_levels(frame, tables.layout.year, known.line)]
    if tables.prices is not None:
        found += food_prices(tables.prices, tables.layout.food.commodity_list, tables.layout.year)
    for level in found:
        low, high = ranges()[level.name]
        if np.isfinite(level.value) and not low <= level.value <= high:
            file, column = _place(tables, names, level)
            remedy = (
                f"{UNITS} Check the unit; where it is right, write `levels: accepted` in"
                " source.yaml."
            )
            gravity: Gravity = "warning" if known.levels_accepted else "error"
            side = "less" if level.value < low else "more"
            what = level.what.format(side=side)
            yield Finding(gravity, file, column, what, remedy, len(frame), ())


def spending_levels(frame: pd.DataFrame, year: int, line: float | None) -> Iterator[Level]:
    """Levels of households with columns size, food_month, nonfood_month, expenditure_month and, if
    known, calories_person_day.
    """
    size = frame["size"].where(frame["size"] > 0)
    total, food = frame["expenditure_month"] / size, frame["food_month"] / size
    nation = means()
    mean = nation[min(nation, key=lambda of: abs(of - year))]
    calories = frame["calories_person_day"].where(frame["calories_person_day"] > 0)
    if calories.notna().any():
        what = "People eat {side} calories a day than they do in any regency."
        yield Level("calories", float(calories.median()), "calories", what)
        price = float((food / DAYS / calories).median()) * nation[PRICE_YEAR] / mean
        what = "A kilocalorie costs {side} than food does in any regency."
        yield Level("calorie_price", price, "food", what)
    if line is not None:
        what = "Half of the households spend {side} than they do in any regency beside its line."
        yield Level("over_line", float(total.median()) / line, "total", what)
        what = "Half of the households spend {side} on food than they do anywhere beside the line."
        yield Level("food_over_line", float(food.median()) / line, "food", what)
    what = "Households spend {side} than they do in any regency in that year."
    yield Level("over_nation", float(total.median()) / mean, "total", what)
    spent = frame["expenditure_month"].sum()
    share = float(frame["food_month"].sum() / spent) if spent > 0 else np.nan
    what = "Food is {side} of all spending than in any regency, as if it had another unit."
    yield Level("food_share", share, "nonfood", what)
    what = "Food is {side} of all spending than it is anywhere where people spend as much."
    engel = share + ENGEL * (float(total.median()) / mean - 1)
    yield Level("engel", engel, "nonfood", what)
    if len(frame) >= FEWEST:
        slope = _slope(frame["expenditure_month"], size)
        what = (
            "Large households spend {side} beside small ones than households do, as if amounts were"
            " of a person or counted twice."
        )
        yield Level("size_elasticity", slope, "total", what)
    if len(frame) >= FEWEST_OF_PART:
        for column, of in (("food_month", "food"), ("nonfood_month", "nonfood")):
            slope = _slope(frame[column], size)
            what = (
                "Large households spend {side} beside small ones than households do, as if amounts"
                f" of {of} were of a person."
            )
            yield Level("part_elasticity", slope, of, what)


def food_prices(prices: pd.DataFrame, commodity_list: str, year: int) -> Iterator[Level]:
    """The level of what is paid for a unit of each food; columns code, price, n."""
    usual = commodities(commodity_list).set_index("code")["price_2022"]
    bought = prices[prices["n"] >= FEWEST_BUYERS].set_index("code")["price"]
    ratio = (bought / usual.reindex(bought.index)).dropna()
    if len(ratio) >= FEWEST_FOODS:
        nation = means()
        mean = nation[min(nation, key=lambda of: abs(of - year))]
        level = float(ratio.median()) * nation[PRICE_YEAR] / mean
        what = "Rice, eggs and other foods cost {side} for a unit than they do in any regency."
        yield Level("food_prices", level, "items", what)


def weights_are_of_households(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """FWT is the weight of a household on every record: it does not grow with the household."""
    layout, weight = tables.layout, tables.layout.design.weight
    role = tables.core_role
    column = "WERT" if role == "blok43" else weight
    design = designed(tables, role)
    if tables.get(role, column) is None or design is None:
        return
    core = tables.core
    if role != "kor_individual" and layout.household["size"] not in core:
        return
    sizes = sizes_frame(tables).set_index("household")["size"]
    size = core[layout.household_key].map(sizes)
    slope = _slope(core[weight], size, design["psu"].loc[core.index])
    low, high = ranges()["weight_elasticity"]
    if len(core) < FEWEST or not np.isfinite(slope) or low <= slope <= high:
        return
    done = "multiplied" if slope > high else "divided"
    what = f"Weights follow the size of the household, as if {column} had been {done} by R301."
    remedy = (
        f"{column} is the household's weight on every record, so that the sum over persons is the"
        " population; take it as released."
    )
    yield Finding("error", ", ".join(names[role]), column, what, remedy, len(core), ())


def _slope(amount: pd.Series, size: pd.Series, group: pd.Series | None = None) -> float:
    """Slope of log amount on log size, within groups if there are any."""
    fine = (amount > 0) & np.isfinite(amount) & (size > 0)
    logs = pd.DataFrame({"y": np.log(amount[fine]), "x": np.log(size[fine])})
    if group is not None:
        logs -= logs.groupby(group[fine].to_numpy())[["y", "x"]].transform("mean")
    else:
        logs -= logs.mean()
    spread = float((logs["x"] ** 2).sum())
    return float((logs["x"] * logs["y"]).sum() / spread) if spread > 0 else float("nan")


def _lacks_columns(tables: OfficialTables) -> bool:
    """Whether spending by household cannot be made of what was read."""
    if not tables.has_spending:
        return True
    if tables.has_summary:
        return tables.get("blok43", "FOOD", "NONFOOD", "EXPEND", "R301") is None
    return tables.sizes is None


def _place(tables: OfficialTables, names: Names, level: Level) -> tuple[str, str]:
    """File and column of a level."""
    layout = tables.layout
    items = {
        "food": ("blok41", layout.food.recall["value"]),
        "items": ("blok41", layout.food.recall["value"]),
        "calories": ("blok41", layout.food.recall["calories"]),
        "nonfood": ("blok42", layout.nonfood.recall["month"]),
        "total": ("blok41", layout.food.recall["value"]),
    }
    summary = {"food": "FOOD", "calories": "KALORI_KAP", "nonfood": "NONFOOD", "total": "EXPEND"}
    if tables.has_summary and level.of in summary:
        role, column = "blok43", summary[level.of]
    else:
        role, column = items[level.of]
    return ", ".join(names.get(role, ())), column


@cache
def _document() -> dict[str, Any]:
    """The file of levels."""
    document: dict[str, Any] = read_yaml(Path(__file__).with_suffix(".yaml"))
    return document


def ranges() -> dict[str, tuple[float, float]]:
    """Lowest and highest of each level.

    Examples
    --------
    >>> ranges()["over_line"][0]
    1.0
    """
    return {name: (float(low), float(high)) for name, (low, high) in _document()["ranges"].items()}


def means() -> dict[int, float]:
    """Mean spending per person and month of the nation by year, Rp."""
    return {int(year): float(mean) for year, mean in _document()["nation"].items()}
