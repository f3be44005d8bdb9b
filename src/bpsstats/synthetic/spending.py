"""From a household's spending to its items: Engel's law for food, budget shares within groups,
prices, calories.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bpsstats.microdata.layouts import MONTHS_PER_YEAR, WEEKS_PER_MONTH
from bpsstats.microdata.lists.commodities import commodities
from bpsstats.reprs import SizesOnly
from bpsstats.synthetic.means import Means, share_of
from bpsstats.synthetic.needs import Needs
from bpsstats.synthetic.parameters import parameters, price_level

SMALLEST_PURCHASE = 300  # Rp; cheaper shares are not bought
PRICE_SPREAD = 0.10  # of log prices between households


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Spending(SizesOnly):
    """Items of all households of a sample, in long form; `household` is the position in the sample.

    `food` has columns household, code, group, bought_quantity, bought_value, own_quantity,
    own_value, calories, protein, fat, carbohydrate (per week); `nonfood` has household, code,
    group, quantity, month, year.
    """

    food: pd.DataFrame
    nonfood: pd.DataFrame


def spend(
    expenditure: np.ndarray,
    size: np.ndarray,
    line: float,
    year: int,
    commodity_list: str,
    random: np.random.Generator,
    *,
    other_items: float | None = None,
    needs: Needs | None = None,
    means: Means | None = None,
) -> Spending:
    """Divide each household's spending into items, to the rupiah.

    Parameters
    ----------
    expenditure : ndarray, shape (n,)
        Rp per person and month.
    size : ndarray, shape (n,)
        Persons.
    line : float
        Poverty line, Rp per person and month: food shares fall with log(expenditure / line).
    year : int
        Year, for the level of prices.
    commodity_list : str
        List of item codes of the round.
    random : Generator
    other_items : float, optional
        Probability of buying a food that the parameters do not name; default theirs.
    needs : Needs, optional
        What the poverty line is to cost; without it prices are those of the year.
    means : Means, optional
        What food and its groups are to cost on average; without it they follow the parameters.
    """
    e = parameters()["engel"]
    others = parameters()["other_items"] if other_items is None else other_items
    relative = np.log(expenditure / line)
    at_line = np.log(e["at_line"] / (1 - e["at_line"]))
    logit = at_line + e["slope"] * relative + random.normal(0, e["sd"], len(size))
    share = share_of(logit) if means is None else means.shares(expenditure, logit)
    month = expenditure * size
    weeks, per = WEEKS_PER_MONTH
    food_week = np.round(month * share * per / weeks).astype(np.int64)
    # What the week's whole rupiah leave of the month, so that both parts add up to the household's
    # spending.
    nonfood_month = np.round(month - food_week * weeks / per).astype(np.int64)
    if means is not None:
        means.settle(food_week, nonfood_month)
    table = commodities(commodity_list)
    nonfood, minimum = _nonfood(
        nonfood_month, year, table[table["module"] == "blok42"], random, needs
    )
    food = table[table["module"] == "blok41"]
    food_line = None if needs is None else needs.line - minimum
    return Spending(
        _food(
            food_week,
            relative - relative.mean(),
            year,
            food,
            others,
            random,
            needs,
            food_line,
            means,
        ),
        nonfood,
    )


def _food(
    budget: np.ndarray,
    relative: np.ndarray,
    year: int,
    table: pd.DataFrame,
    others: float,
    random: np.random.Generator,
    needs: Needs | None,
    food_line: float | None,
    means: Means | None,
) -> pd.DataFrame:
    """Items of block 41 whose values sum to each household's weekly budget."""
    p = parameters()
    items = table[table["level"] == "item"]
    n = len(budget)
    weights = np.empty((n, len(items)))
    of_groups = np.empty((n, len(p["food_groups"])))
    places = np.empty(len(items), dtype=np.int64)
    for place, (letter, group) in enumerate(p["food_groups"].items()):
        inside = (items["group"] == letter).to_numpy()
        places[inside] = place
        named = [group["items"].get(code, others) for code in items.loc[inside, "code_197"]]
        of_group = group["share"] * np.exp(
            group["elasticity"] * relative + random.normal(0, p["group_spread"], n)
        )
        within = random.gamma(3.0, np.array(named), (n, len(named)))
        bought = random.random((n, len(named))) < named
        within = np.where(bought, within, 0.0)
        total = within.sum(axis=1, keepdims=True)
        weights[:, inside] = of_group[:, None] * np.divide(
            within, total, out=np.zeros_like(within), where=total > 0
        )
        of_groups[:, place] = np.where(total[:, 0] > 0, of_group, 0.0)
    if means is not None:
        weights *= np.round(means.factors(budget, of_groups), 9)[places]
    value = _whole_shares(budget, weights, SMALLEST_PURCHASE)
    if means is not None:
        means.settle_groups(value, places)
    household, item = np.nonzero(value)
    chosen = items.iloc[item]
    spent = value[household, item]
    price = _price(chosen) * price_level(year) * np.exp(random.normal(0, PRICE_SPREAD, len(spent)))
    per_unit = chosen["kcal_per_unit"].fillna(0).to_numpy()
    if needs is not None and food_line is not None:
        price *= needs.price_level(
            food_line, household, chosen["code_197"].to_numpy(), spent, spent / price * per_unit
        )
    quantity = np.round(np.maximum(spent / price, 0.001), 3)
    calories = np.round(quantity * per_unit, 2)
    nutrients = p["nutrients"]
    of_items = [nutrients.get(letter, nutrients["other"]) for letter in items["group"]]
    grams = np.array(of_items)[item]
    own = random.random(len(spent)) < p["own_or_gift"]
    return pd.DataFrame(
        {
            "household": household,
            "code": chosen["code"].to_numpy(),
            "group": chosen["group"].array,
            "bought_quantity": np.where(own, 0.0, quantity),
            "bought_value": np.where(own, 0, spent),
            "own_quantity": np.where(own, quantity, 0.0),
            "own_value": np.where(own, spent, 0),
            "calories": calories,
            "protein": np.round(calories * grams[:, 0], 2),
            "fat": np.round(calories * grams[:, 1], 2),
            "carbohydrate": np.round(calories * grams[:, 2], 2),
        }
    )


def _nonfood(
    budget: np.ndarray,
    year: int,
    table: pd.DataFrame,
    random: np.random.Generator,
    needs: Needs | None,
) -> tuple[pd.DataFrame, float]:
    """Items of block 42 whose monthly values sum to each household's budget, with quantity and
    tenure rows; and what their minimum costs the reference population, Rp per person and month.
    """
    p = parameters()
    n = len(budget)
    code_of = dict(zip(table["code_197"], table["code"], strict=True))
    group_of = dict(zip(table["code_197"], table["group"], strict=True))
    specs = {code: spec for code, spec in p["nonfood_items"].items() if code in code_of}
    tenure = random.choice(list(p["tenure"]), size=n, p=list(p["tenure"].values()))
    weights = np.empty((n, len(specs)))
    for j, spec in enumerate(specs.values()):
        bought = (
            np.isin(tenure, spec["tenure"])
            if "tenure" in spec
            else random.random(n) < spec["bought"]
        )
        weights[:, j] = np.where(bought, spec["share"] * np.exp(random.normal(0, 0.45, n)), 0.0)
    last = list(specs).index(p["remainder"])

    def values_at(factors: np.ndarray) -> np.ndarray:
        return _whole_shares(budget, weights * factors, SMALLEST_PURCHASE, remainder=last)

    codes = list(specs)
    value = values_at(np.ones(len(codes))) if needs is None else needs.split(codes, values_at)
    minimum = 0.0 if needs is None else needs.minimum(codes, value)
    rows = [_rows(np.arange(n), code_of[199], "A", quantity=tenure.astype(float))]
    for j, (code, spec) in enumerate(specs.items()):
        household = np.flatnonzero(value[:, j])
        month = value[household, j]
        if spec["pays"] == "year":
            rows.append(
                _rows(household, code_of[code], group_of[code], year=month * MONTHS_PER_YEAR)
            )
        else:
            rows.append(_rows(household, code_of[code], group_of[code], month=month))
        if "quantity" in spec:
            price = spec["price"] * price_level(year)
            quantity = np.round(month / price, 2)
            rows.append(
                _rows(household, code_of[spec["quantity"]], group_of[code], quantity=quantity)
            )
    return (
        pd.concat(rows, ignore_index=True).sort_values(["household", "code"], ignore_index=True),
        minimum,
    )


def _rows(household: np.ndarray, code: int, group: str, **columns: np.ndarray) -> pd.DataFrame:
    """Rows of one code of block 42."""
    frame = pd.DataFrame(
        {
            "household": household,
            "code": code,
            "group": group,
            "quantity": 0.0,
            "month": 0,
            "year": 0,
        }
    )
    return frame.assign(**columns)


def _whole_shares(
    budget: np.ndarray, weights: np.ndarray, smallest: int, remainder: int | None = None
) -> np.ndarray:
    """Divide whole rupiah by weights, leaving out crumbs; what rounding leaves goes to the largest
    or a given item.
    """
    total = weights.sum(axis=1, keepdims=True)
    share = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    value = np.floor(budget[:, None] * share).astype(np.int64)
    value[value < smallest] = 0
    rest = budget - value.sum(axis=1)
    taker = np.argmax(value, axis=1) if remainder is None else np.full(len(budget), remainder)
    value[np.arange(len(budget)), taker] += rest
    return np.asarray(value)


def _price(items: pd.DataFrame) -> np.ndarray:
    """Rp per unit in March 2022: as collected, or the middle of the range of 2024 brought back."""
    later = (items["price_2024_low"] + items["price_2024_high"]) / 2 * 0.9
    return np.asarray(items["price_2022"].fillna(later).fillna(5_000.0).to_numpy(dtype=float))
