"""What to estimate: statistics as objects, each able to linearise itself over any design and
domain.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, is_dataclass, replace
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.reprs import SizesOnly, named
from bpsstats.survey.design.grouping import categories as in_categories
from bpsstats.survey.design.levels import position_of, written
from bpsstats.survey.design.sums import sum_of
from bpsstats.survey.design.survey_design import SurveyDesign, missing_values
from bpsstats.survey.statistics.linearised import Linearised

Kind = Literal["total", "count", "proportion", "index", "ratio", "mean", "difference"]
Terms = Callable[[SurveyDesign], np.ndarray]


@runtime_checkable
class Statistic(Protocol):
    """Anything with a name, a unit, a kind and a linearisation."""

    @property
    def name(self) -> str:
        """Name used in tables and in the ledger of printed figures."""

    @property
    def unit(self) -> str:
        """Unit of the value."""

    @property
    def kind(self) -> Kind:
        """Kind, which chooses the interval."""

    @property
    def scale(self) -> float:
        """Upper end of the range of a proportion or index: 100 for percent."""

    def linearise(self, design: SurveyDesign, mask: np.ndarray) -> Linearised:
        """Value and influence in the domain `mask`, a boolean array of shape (n,)."""


@dataclass(frozen=True, slots=True)
class Column:
    """Terms of a statistic: the values of a column."""

    name: str

    def __call__(self, design: SurveyDesign) -> np.ndarray:
        """The values, shape (n,)."""
        return design.column(self.name)


@dataclass(frozen=True, slots=True, repr=False)
class Ratio(SizesOnly):
    """Ratio of two weighted totals, ``scale * sum(w a) / sum(w b)``; a total where there is no `b`.

    Means, proportions, shares, counts and the whole FGT family are of this form, so that one pass
    over PSU x domain cells serves them all.

    Parameters
    ----------
    name, unit : str
    kind : Kind
    numerator : callable
        Takes the design, returns ``a``, shape (n,).
    denominator : callable, optional
        Takes the design, returns ``b``, shape (n,). None: the statistic is the total of ``a``.
    scale : float
        100 for percentages.
    rate : Ratio, optional
        For a count: the proportion it follows from when the population is known. For an index: the
        proportion of the records that add to it.
    one_more : callable, optional
        For an index with a `rate`: takes the index, its rate and the rate's standard error, each as
        a proportion, and returns what one more such record would add to the index; its interval
        needs to know (`intervals.gamma`).
    note : str
        What the heading of a table says of it.
    full_name : str
        With what tells it from another of the same name; `told_apart` gives it where both stand in
        a table.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1.0, 5], "w": [1.0, 3]})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> mean = Ratio("mean:y", "Rp", "mean", lambda d: d.column("y"), lambda d: np.ones(d.n))
    >>> mean.linearise(design, np.array([True, True])).value
    4.0
    """

    name: str
    unit: str
    kind: Kind
    numerator: Terms
    denominator: Terms | None = None
    scale: float = 1.0
    rate: "Ratio | None" = None
    one_more: Callable[[float, float, float], float] | None = None
    note: str = ""
    full_name: str = ""

    def __repr__(self) -> str:
        return named(self.name, self.kind, self.unit)

    def terms(self, design: SurveyDesign, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Weighted ``a`` and ``b``, zero outside the domain, two arrays of shape (n,).

        Raises
        ------
        DesignError
            If either is missing or infinite inside the domain.
        """
        a = _inside(self.numerator(design), design, mask, self.name)
        return a, (
            None
            if self.denominator is None
            else _inside(self.denominator(design), design, mask, self.name)
        )

    def linearise(self, design: SurveyDesign, mask: np.ndarray) -> Linearised:
        """Linearised ratio: ``u = scale (a - R b) / sum(w b)`` inside the domain."""
        wa, wb = self.terms(design, mask)
        if wb is None:
            return self.scale * Linearised(sum_of(wa), wa / design.weights)
        total_b = sum_of(wb)
        if total_b == 0:
            return Linearised(float("nan"), np.zeros(design.n))
        ratio = sum_of(wa) / total_b
        return self.scale * Linearised(ratio, (wa - ratio * wb) / design.weights / total_b)


def _inside(values: np.ndarray, design: SurveyDesign, mask: np.ndarray, name: str) -> np.ndarray:
    """Weighted values inside the domain, zero outside."""
    refuse_missing(values, mask, name)
    return np.where(mask, design.weights * np.where(mask, values, 0.0), 0.0)


def refuse_missing(values: np.ndarray, mask: np.ndarray, name: str) -> None:
    """Refuse missing and infinite values inside the domain.

    Raises
    ------
    DesignError
        If there is one; the message names its row.
    """
    bad = np.flatnonzero(mask & ~np.isfinite(values))
    if bad.size:
        raise missing_values(bad, name)


def ones(design: SurveyDesign) -> np.ndarray:
    """One for each record, shape (n,)."""
    return np.ones(design.n)


@checked
def total(column: str, unit: str = "") -> Ratio:
    """Population total of a column.

    Parameters
    ----------
    column : str
    unit : str
        Unit of the result.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.total("expenditure_person_month", "Rp"))[0].estimate, 2)
    630.0
    """
    return Ratio(f"total:{column}", unit, "total", lambda design: design.column(column))


@checked
def mean(column: str, unit: str = "") -> Ratio:
    """Mean of a column per unit of the weights.

    Parameters
    ----------
    column : str
    unit : str
        Unit of the result.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.mean("expenditure_person_month", "Rp"))[0].estimate, 2)
    157.5
    """
    return Ratio(f"mean:{column}", unit, "mean", lambda design: design.column(column), ones)


@checked
def ratio(numerator: str, denominator: str, unit: str = "") -> Ratio:
    """Ratio of the totals of two columns.

    Parameters
    ----------
    numerator, denominator : str
        Columns.
    unit : str
        Unit of the result.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> frame["food"] = 40.0
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.ratio("food", "expenditure_person_month"))[0].estimate, 3)
    0.254
    """
    name = f"ratio:{numerator}/{denominator}"
    return Ratio(
        name,
        unit,
        "ratio",
        lambda design: design.column(numerator),
        lambda design: design.column(denominator),
    )


@checked
def share(column: str, *categories: object) -> Ratio:
    """Percentage of the weighted records whose `column` is one of `categories`; a missing value is
    in none.

    Parameters
    ----------
    column : str
    *categories : object
        As they stand in the column: text, whole numbers, or true and false. 1 is not "1". The
        statistic is named by them; where they are no text, or a table holds the same category of
        another column, by the column too.

    Returns
    -------
    Ratio
        ``100 sum_{c_i in categories} w_i / sum w_i``. Made over a design without such a column or
        category it is an error that names those that there are.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"c": ["x", "y"], "w": [1.0, 3]})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> share("c", "y").linearise(design, np.array([True, True])).value
    75.0
    """
    if not categories:
        raise ParameterError(
            f"The share of {column} names no category. Name one, as in share({column!r}, ...)."
        )

    def is_category(design: SurveyDesign) -> np.ndarray:
        codes, known = in_categories(design.values_of(column))
        chosen = [position_of(known.tolist(), category, column) for category in categories]
        # The last is for a missing value, whose code is -1.
        is_one = np.zeros(len(known) + 1)
        is_one[chosen] = 1.0
        return np.asarray(is_one[codes])

    named_by = "+".join(map(written, categories))
    full = f"share:{column}={named_by}"
    is_text = all(isinstance(category, str) for category in categories)
    name = f"share:{named_by}" if is_text else full
    return Ratio(name, "percent", "proportion", is_category, ones, 100.0, full_name=full)


def told_apart(statistics: Sequence[Statistic]) -> list[Statistic]:
    """The statistics of a table, those of one name under their full names, where they have any.

    Examples
    --------
    >>> [each.name for each in told_apart([share("wall", "none"), share("roof", "none")])]
    ['share:wall=none', 'share:roof=none']
    """
    times = Counter(each.name for each in statistics)
    full = [getattr(each, "full_name", "") if times[each.name] > 1 else "" for each in statistics]
    # A statistic of a user's own may be of any class.
    return [
        replace(each, name=name) if name and is_dataclass(each) else each
        for each, name in zip(statistics, full, strict=True)
    ]


@checked
def population(unit: str = "persons") -> Ratio:
    """Total of the weights: the population that the sample stands for.

    Parameters
    ----------
    unit : str
        Unit of the result.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.population())[0].estimate, 2)
    4.0
    """
    return Ratio("population", unit, "total", ones)
