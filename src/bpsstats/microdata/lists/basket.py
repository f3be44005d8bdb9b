"""What a poverty line is made of: the basket, its requirements, and the population whose purchases
it follows.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from bpsstats.errors import LineError, ParameterError
from bpsstats.microdata.described import (
    FLAG,
    POSITIVE,
    SHARE,
    TEXT,
    WHOLE,
    Items,
    Needed,
    Shape,
    Value,
    read_described,
)

# A smaller part of a household is what rounding left of none.
ROUNDING = 1e-12
BASKET = Path(__file__).with_name("basket.yaml")
Part = Literal["food", "nonfood"]


def _parameter(value: Value) -> Shape:
    """A dated parameter with its source."""
    return Needed({"value": Needed(value), "inferred": FLAG, "source": Needed(TEXT)})


def _commodities(**more: Shape) -> Shape:
    """A list of commodities with its source."""
    text = Needed(TEXT)
    one: dict[str, Shape] = {"en": text, "id": text, "codes": Needed(Items(WHOLE)), **more}
    return Needed({"inferred": FLAG, "source": text, "commodities": Needed(Items(one))})


SHAPE: Shape = {
    "kilocalories_per_day": _parameter(POSITIVE),
    "days_per_month": _parameter(POSITIVE),
    "reference_share": _parameter(SHARE),
    "largest_change": _parameter(POSITIVE),
    "food": _commodities(),
    "nonfood": _commodities(urban=Needed(SHARE), rural=Needed(SHARE)),
}


@dataclass(frozen=True, slots=True)
class Commodity:
    """A commodity of the basket.

    `codes` are those of the list of 197 foods; `urban` and `rural` are the ratios of the minimum to
    what is spent, 1 for food, which is scaled by its calories instead.
    """

    part: Part
    name_en: str
    name_id: str
    codes: tuple[int, ...]
    urban: float = 1.0
    rural: float = 1.0


@dataclass(frozen=True)
class Basket:
    """Parameters of the basic-needs line.

    Parameters
    ----------
    commodities : tuple of Commodity
        Food first.
    kilocalories_per_day : float
        Per person.
    days_per_month : float
    reference_share : float
        Share of persons, just above the temporary line, whose purchases count.
    largest_change : float
        Change of a line from the year before, as a share, beyond which it is refused unless asked
        for.
    """

    commodities: tuple[Commodity, ...]
    kilocalories_per_day: float
    days_per_month: float
    reference_share: float
    largest_change: float

    def position(self, code: int) -> int:
        """Position of the commodity that a code of the list of 197 belongs to; -1 where it is in
        none.
        """
        return self._positions.get(code, -1)

    @cached_property
    def _positions(self) -> dict[int, int]:
        """Position of the commodity of each code.

        Raises
        ------
        ParameterError
            If a code stands in two commodities.
        """
        positions: dict[int, int] = {}
        for i, commodity in enumerate(self.commodities):
            for code in commodity.codes:
                if code in positions:
                    raise ParameterError(
                        f"Code {code} stands in two commodities of the basket. Leave it in one of"
                        " them."
                    )
                positions[code] = i
        return positions


@cache
def standard_basket() -> Basket:
    """The basket of ``basket.yaml``, where each parameter stands with its source.

    Examples
    --------
    >>> sum(commodity.part == "food" for commodity in standard_basket().commodities)
    52
    """
    document = read_described(BASKET, SHAPE)
    commodities = [
        Commodity(
            part,
            entry["en"],
            entry["id"],
            tuple(entry["codes"]),
            entry.get("urban", 1.0),
            entry.get("rural", 1.0),
        )
        for part in ("food", "nonfood")
        for entry in document[part]["commodities"]
    ]
    return Basket(
        tuple(commodities),
        document["kilocalories_per_day"]["value"],
        document["days_per_month"]["value"],
        document["reference_share"]["value"],
        document["largest_change"]["value"],
    )


def persons_between(
    expenditure: np.ndarray, persons: np.ndarray, low: float, high: float
) -> np.ndarray:
    """How much of each household lies between two ranks, when persons stand in the order of their
    expenditure.

    Parameters
    ----------
    expenditure : ndarray, shape (n,)
        Rp per person per month.
    persons : ndarray, shape (n,)
        Persons that each household stands for.
    low, high : float
        Shares of all persons.

    Returns
    -------
    ndarray, shape (n,)
        0 to 1. Households of the same expenditure have the same part, so that their order does not
        matter.

    Examples
    --------
    >>> persons_between(np.array([5.0, 1.0, 2.0, 2.0]), np.ones(4), 0.25, 0.5)
    array([0. , 0. , 0.5, 0.5])
    """
    # Sums in the order of the values do not depend on the order of the rows.
    order = np.lexsort((persons, expenditure))
    first = np.flatnonzero(np.diff(expenditure[order], prepend=-np.inf))
    held = np.add.reduceat(persons[order], first)
    reached = np.cumsum(held)
    start, end = low * reached[-1], high * reached[-1]
    inside = np.clip(np.minimum(reached, end) - np.maximum(reached - held, start), 0.0, None)
    result = np.empty(len(order))
    # A replicate of the sample leaves some households without a person.
    part = np.divide(inside, held, out=np.zeros(len(held)), where=held > 0)
    part[part < ROUNDING] = 0.0
    result[order] = np.repeat(part, np.diff(first, append=len(order)))
    return result


def reference_population(
    expenditure: np.ndarray, persons: np.ndarray, line: float, share: float
) -> np.ndarray:
    """How much of each household belongs to the reference population: the given share of persons
    from the line upwards.

    Parameters
    ----------
    expenditure, persons : ndarray, shape (n,)
        As in `persons_between`.
    line : float
        Temporary line, Rp per person per month.
    share : float
        Share of all persons.

    Returns
    -------
    ndarray, shape (n,)
        0 to 1; only the households at the upper bound belong to it in part.

    Raises
    ------
    LineError
        If fewer persons than that share live on the line or above it.

    Examples
    --------
    >>> reference_population(np.array([5.0, 1.0, 2.0, 3.0]), np.ones(4), 2.0, 0.375)
    array([0. , 0. , 1. , 0.5])
    """
    low = share_below(expenditure, persons, line)
    if low + share > 1:
        raise LineError(
            f"Fewer than {100 * share:g} percent of the persons live on the temporary line of Rp"
            f" {line:,.0f} or above it, so that there is no reference population. Check that line"
            " and expenditure are both per person and month."
        )
    return persons_between(expenditure, persons, low, low + share)


def share_below(expenditure: np.ndarray, persons: np.ndarray, line: float) -> float:
    """Share of persons below a line."""
    ordered = persons[np.lexsort((persons, expenditure))]
    return float(ordered[: int(np.sum(expenditure < line))].sum() / ordered.sum())
