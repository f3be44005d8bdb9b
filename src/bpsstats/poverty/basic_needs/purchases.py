"""What households buy of the basket, commodity by commodity, per person."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bpsstats.errors import LineError
from bpsstats.microdata.lists.basket import Basket
from bpsstats.reprs import SizesOnly, count_of
from bpsstats.survey import SurveyDesign
from bpsstats.survey.design.columns import numbers
from bpsstats.survey.design.masks import mask_of


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Purchases(SizesOnly):
    """Purchases of the basket by households of a design and commodities of a basket, all of shape
    (n, commodities).

    `value` is Rp per person and month, `calories` kcal per person and day, `quantity` units per
    person and month, and `ratio` the part of the value that is the minimum: 1 for food.
    """

    value: np.ndarray
    calories: np.ndarray
    quantity: np.ndarray
    ratio: np.ndarray


COLUMNS = ("household", "code", "value_month", "calories_day", "quantity_month")


def purchases_of(design: SurveyDesign, items: pd.DataFrame, basket: Basket) -> Purchases:
    """Purchases of the basket in the order of the design's households.

    Parameters
    ----------
    design : SurveyDesign
        Households with columns household, size and urban.
    items : DataFrame
        Columns household, code, value_month, calories_day, quantity_month of each household, as
        `read_items` gives them.
    basket : Basket

    Raises
    ------
    LineError
        If a household of the design has no item at all.
    """
    lacking = [name for name in COLUMNS if name not in items.columns]
    if lacking:
        raise LineError(
            f"The items have no column {', '.join(lacking)}. Take them as read_items() gives them."
        )
    households = pd.Index(design.values_of("household").astype(str))
    row = households.get_indexer(pd.Index(items["household"].astype(str)))
    without = np.setdiff1d(np.arange(len(households)), row)
    if without.size:
        raise LineError(
            f"{count_of(without.size, 'household has', 'households have')} no item of blocks 41 and"
            f" 42, of {len(households):,} in all, so that their purchases are not known. Take"
            " the items from the same round as the households."
        )
    column = np.array([basket.position(int(code)) for code in items["code"]])
    inside = (row >= 0) & (column >= 0)
    size = design.column("size")
    urban = mask_of(design, design.values_of("urban"), "The column urban")

    def per_person(name: str) -> np.ndarray:
        table = np.zeros((design.n, len(basket.commodities)))
        np.add.at(table, (row[inside], column[inside]), numbers(items, name)[inside])
        return np.asarray(table / size[:, None])

    of_town, of_country = (
        np.array([getattr(c, kind) for c in basket.commodities]) for kind in ("urban", "rural")
    )
    return Purchases(
        per_person("value_month"),
        per_person("calories_day"),
        per_person("quantity_month"),
        np.where(urban[:, None], of_town, of_country),
    )
