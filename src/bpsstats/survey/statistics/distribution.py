"""Statistics of a whole distribution: quantiles, Lorenz ordinates, inequality. One sort serves all
domains.

A ratio of totals needs sums only; these statistics need the records of a domain in the order of
their values. The records are sorted once, and each domain is then a slice of them, so that hundreds
of domains cost no more than one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bpsstats.errors import DesignError
from bpsstats.reprs import SizesOnly, named
from bpsstats.survey.design.columns import named_rows, records_have
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.design.survey_design import SurveyDesign
from bpsstats.survey.statistics.linearised import Linearised
from bpsstats.survey.statistics.ratios import Column, Kind, Terms, refuse_missing

Kernel = Callable[["Sample"], Linearised]
Limits = Callable[["Sample", float], tuple[float, float]]
# Weights that add up to a probability but for the rounding of their sums reach it.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sample(SizesOnly):
    """Records of one domain in the order of their values.

    Parameters
    ----------
    values : ndarray, shape (m,)
        Ascending; of equal values the smaller weight first, so that sums do not depend on the order
        of the rows.
    weights : ndarray, shape (m,)
    groups : ndarray of int, shape (m,)
        Group of each record for a decomposition; zeros where there are none.
    psu : ndarray of int, shape (m,)
        PSU of each record, as a position in `first_stage`.
    first_stage : FirstStage
        First stage of the whole design.
    """

    values: np.ndarray
    weights: np.ndarray
    groups: np.ndarray
    psu: np.ndarray
    first_stage: FirstStage

    @property
    def population(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())


@dataclass(frozen=True, slots=True, repr=False)
class DistributionStatistic(SizesOnly):
    """A statistic of the weighted distribution of one variable.

    Parameters
    ----------
    name, unit : str
    kind : Kind
    variable : callable
        Takes the design, returns the values, shape (n,).
    kernel : callable
        Takes the `Sample` of a domain, returns the value and the influence, shape (m,), of its
        records in that order.
    scale : float
        100 for percentages; the kernel's result is multiplied by it.
    group : callable, optional
        Takes the design, returns whole numbers, shape (n,), NaN where missing: the groups of a
        decomposition.
    limits : callable, optional
        Takes the `Sample` and a confidence level, returns an interval of the statistic's own.
    positive : bool
        Whether the values must be positive, as where logarithms are taken: a domain in which one is
        zero has no estimate.
    note : str
        What the heading of a table says of it.
    part : float, optional
        Share of the records that it is read off from where that is not all of them, as of a
        quantile or an ordinate of a curve; disclosure control counts what is behind it.

    Examples
    --------
    >>> import pandas as pd
    >>> def largest(sample):
    ...     return Linearised(float(sample.values[-1]), np.zeros(len(sample.values)))
    >>> frame = pd.DataFrame({"y": [5.0, 1], "w": [1.0, 3]})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> most = DistributionStatistic("max:y", "", "mean", lambda d: d.column("y"), largest)
    >>> most.linearise(design, np.ones(2, bool)).value
    5.0
    """

    name: str
    unit: str
    kind: Kind
    variable: Terms
    kernel: Kernel
    scale: float = 1.0
    group: Terms | None = None
    limits: Limits | None = None
    positive: bool = False
    note: str = ""
    part: float | None = None

    @property
    def full_name(self) -> str:
        """With the column that it is of, which tells it from another of the same name."""
        return f"{self.name}:{self.variable.name}" if isinstance(self.variable, Column) else ""

    def __repr__(self) -> str:
        return named(self.name, self.kind, self.unit)

    def linearise(self, design: SurveyDesign, mask: np.ndarray) -> Linearised:
        """Value and influence in the domain `mask`; NaN where the domain is empty."""
        influence = np.zeros(design.n)
        for _, records, sample in samples(self, design, np.where(mask, 0, -1), 1):
            result = self.scale * self.kernel(sample)
            influence[records] = result.influence
            return Linearised(result.value, influence)
        return Linearised(float("nan"), influence)


def samples(
    statistic: DistributionStatistic, design: SurveyDesign, codes: np.ndarray, n_domains: int
) -> Iterator[tuple[int, np.ndarray, Sample]]:
    """Domain, positions of its records, and its sample, for each domain that has a record and that
    the statistic can be estimated in.

    Parameters
    ----------
    statistic : DistributionStatistic
    design : SurveyDesign
    codes : ndarray of int, shape (n,)
        Domain of each record, -1 for none.
    n_domains : int

    Raises
    ------
    DesignError
        If a value inside a domain is missing, infinite or, where it must be positive, negative; or
        its group is missing.
    """
    values = statistic.variable(design)
    inside = codes >= 0
    refuse_missing(values, inside, statistic.name)
    if statistic.positive:
        _refuse_negative(values, inside, statistic.name)
    records = np.flatnonzero(inside)
    order, values, weights = sorted_records(values[records], design.weights[records])
    records = records[order]
    bounds = np.array([0, len(records)])
    if n_domains > 1:
        # Whole numbers of two bytes are sorted by counting, in one pass.
        domain = codes[records].astype(np.int16 if n_domains < 2**15 else np.int64)
        order = np.argsort(domain, kind="stable")
        records, values, weights = records[order], values[order], weights[order]
        bounds = np.concatenate(([0], np.cumsum(np.bincount(domain, minlength=n_domains))))
    groups = np.zeros(len(records), dtype=np.int64)
    if statistic.group is not None:
        labels = statistic.group(design)
        refuse_missing(labels, inside, f"the groups of {statistic.name}")
        groups = labels[records].astype(np.int64)
    psu = design.psu_index[records]
    for d in range(n_domains):
        of = slice(bounds[d], bounds[d + 1])
        if bounds[d] < bounds[d + 1] and not (statistic.positive and values[bounds[d]] == 0):
            yield (
                d,
                records[of],
                Sample(values[of], weights[of], groups[of], psu[of], design.first_stage),
            )


def _refuse_negative(values: np.ndarray, inside: np.ndarray, name: str) -> None:
    """Refuse values below zero inside a domain."""
    bad = np.flatnonzero(inside & (values < 0))
    if bad.size:
        raise DesignError(
            f"{records_have(bad)} a value below zero for {name} (rows"
            f" {named_rows(bad)}), which has no logarithm. Correct them at the source, or leave"
            " them out by the domain, so that the base is stated."
        )


def sorted_records(
    values: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of the records by value, equal values by weight; the values and weights in that
    order. All of shape (m,).

    Examples
    --------
    >>> sorted_records(np.array([2.0, 1, 1]), np.array([1.0, 9, 4]))
    (array([2, 1, 0]), array([1., 1., 2.]), array([4., 9., 1.]))
    """
    order = np.argsort(values)
    values, weights = values[order], weights[order]
    equal = values[1:] == values[:-1]
    # Members of a household share value and weight, so that their order does not matter; others are
    # put in order.
    mixed = np.flatnonzero(equal & (weights[1:] != weights[:-1]))
    if mixed.size:
        run = np.concatenate(([0], np.cumsum(~equal)))
        in_mixed_run = np.zeros(run[-1] + 1, dtype=bool)
        in_mixed_run[run[mixed]] = True
        tied = np.flatnonzero(in_mixed_run[run])
        rearranged = tied[np.lexsort((weights[tied], run[tied]))]
        order[tied], weights[tied] = order[rearranged], weights[rearranged]
    return order, values, weights


def position(reached: np.ndarray, probability: float) -> int:
    """First place at which the running sum of the weights reaches a share of their total.

    Examples
    --------
    >>> position(np.array([1.0, 2.0, 4.0]), 0.5)
    1
    """
    return min(
        int(np.searchsorted(reached, (probability - ROUNDING) * reached[-1])), len(reached) - 1
    )
