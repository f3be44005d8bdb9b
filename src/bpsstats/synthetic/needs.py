"""The line that the purchases of a synthetic city are made to cost: by the prices of food, and by
how much of other spending goes to needs.

Prices decide what a kilocalorie costs the reference population, and the split of other spending
decides what its minimum costs, so that the basic-needs method finds the given line in the items.
Households keep their spending.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpsstats.microdata.consumption.sums import DAYS_PER_WEEK
from bpsstats.microdata.layouts import WEEKS_PER_MONTH
from bpsstats.microdata.lists.basket import standard_basket
from bpsstats.reprs import SizesOnly

STEEPEST = 6.0  # of the split of other spending, on the scale of logs
HALVINGS = 60


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Needs(SizesOnly):
    """What the line of a round is to cost its reference population.

    Parameters
    ----------
    persons : ndarray, shape (n,)
        Persons of the reference population per person of each household of the sample: household
        weight times the part of the household that belongs to it.
    size : ndarray, shape (n,)
    urban : ndarray of bool, shape (n,)
    line : float
        Rp per person per month.
    food_share : float
        Part of the line that is food, where the split of other spending can leave the rest to be.
    """

    persons: np.ndarray
    size: np.ndarray
    urban: np.ndarray
    line: float
    food_share: float

    def minimum(self, codes: list[int], values: np.ndarray) -> float:
        """Cost of the minimum of other goods, Rp per person of the reference population and month.

        Parameters
        ----------
        codes : list of int
            Commodities, codes of the list of 197.
        values : ndarray, shape (n, commodities)
            Rp per household and month.
        """
        ratio = np.where(self.urban[:, None], _ratios(codes, "urban"), _ratios(codes, "rural"))
        return float(
            np.sum(self.persons * (ratio * values).sum(axis=1)) / np.sum(self.persons * self.size)
        )

    def split(self, codes: list[int], values_at: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Other spending, split so that its minimum comes as near as it can to the part of the line
        that is not food.

        Parameters
        ----------
        codes : list of int
            Commodities, codes of the list of 197.
        values_at : callable
            Takes factors on the commodities' weights, shape (commodities,), returns Rp per
            household and month.

        Returns
        -------
        ndarray, shape (n, commodities)
            Rp per household and month.
        """
        wanted, ratio = (1 - self.food_share) * self.line, _ratios(codes, "urban")
        low, high = -STEEPEST, STEEPEST
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            below = self.minimum(codes, values_at(np.exp(middle * ratio))) < wanted
            low, high = (middle, high) if below else (low, middle)
        return values_at(np.exp(high * ratio))

    def price_level(
        self,
        food_line: float,
        household: np.ndarray,
        code: np.ndarray,
        value: np.ndarray,
        calories: np.ndarray,
    ) -> float:
        """Factor on all food prices at which the basket's calories cost the food line.

        Parameters
        ----------
        food_line : float
            Rp per person per month.
        household, code : ndarray of int, shape (items,)
            Position of the household, and code of the list of 197.
        value, calories : ndarray, shape (items,)
            Rp and kcal a week, these at a factor of one.
        """
        basket = standard_basket()
        food = np.array([basket.position(int(each)) >= 0 for each in code])
        persons = self.persons[household[food]]
        weeks, per = WEEKS_PER_MONTH
        month = float(np.sum(persons * value[food])) * weeks / per
        day = float(np.sum(persons * calories[food])) / DAYS_PER_WEEK
        return food_line / (basket.kilocalories_per_day * month / day)


def _ratios(codes: list[int], area: str) -> np.ndarray:
    """Ratio of the minimum to the spending of each commodity, urban or rural; zero outside the
    basket.
    """
    basket = standard_basket()
    places = [basket.position(code) for code in codes]
    return np.array(
        [0.0 if place < 0 else getattr(basket.commodities[place], area) for place in places]
    )
