"""Inequality by generalised entropy: Theil, mean log deviation, Atkinson, and its parts within and
between groups.

With ``y`` the expenditure per person, ``w`` the weights, ``N = sum w`` and ``Y = sum w y``.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.survey import (
    DistributionStatistic,
    Estimates,
    Linearised,
    Sample,
    SurveyDesign,
    estimate,
)
from bpsstats.survey.design.grouping import coded
from bpsstats.survey.statistics.ratios import Column

Part = Literal["total", "between", "within", "between_share"]
ENTROPY_NAMES = {0.0: "mean_log_deviation", 1.0: "theil"}


@checked
def generalised_entropy(alpha: float, *, welfare: str = WELFARE) -> DistributionStatistic:
    """Generalised entropy index of order ``alpha``: 0 mean log deviation, 1 Theil, 2 half the
    squared variation.

    Parameters
    ----------
    alpha : float
        The larger, the more weight on differences among the rich.
    welfare : str
        Column of expenditure per person, Rp per month. Not estimable where somebody spends nothing.

    Returns
    -------
    DistributionStatistic
        ``sum w ((y/m)^alpha - 1) / (N alpha (alpha - 1))`` with ``m = Y/N``; the limits ``sum w
        (y/m) ln(y/m) / N`` at 1 and ``-sum w ln(y/m) / N`` at 0.

    References
    ----------
    Biewen, M. and Jenkins, S. P. (2006). Variance estimation for generalized entropy and Atkinson
    inequality indices: the complex survey data case. Oxford Bulletin of Economics and Statistics
    68(3), 371-383.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [1.0, 3.0], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> generalised_entropy(2).linearise(design, np.ones(2, dtype=bool)).value
    0.125
    """
    return _entropy(float(alpha), welfare, None, "total")


@checked
def theil(*, welfare: str = WELFARE) -> DistributionStatistic:
    """Theil index, ``sum w (y/m) ln(y/m) / N``. See `generalised_entropy`.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.theil())[0].estimate, 3)
    0.343
    """
    return generalised_entropy(1, welfare=welfare)


@checked
def mean_log_deviation(*, welfare: str = WELFARE) -> DistributionStatistic:
    """Mean log deviation, ``sum w ln(m/y) / N``. See `generalised_entropy`.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.mean_log_deviation())[0].estimate, 3)
    0.337
    """
    return generalised_entropy(0, welfare=welfare)


@checked
def atkinson(aversion: float = 1.0, *, welfare: str = WELFARE) -> DistributionStatistic:
    """Atkinson index: the share of all spending that could be given up if the rest were spread
    evenly.

    Parameters
    ----------
    aversion : float
        Aversion to inequality, positive.
    welfare : str
        Column of expenditure per person, Rp per month. Not estimable where somebody spends nothing.

    Returns
    -------
    DistributionStatistic
        ``1 - (sum w (y/m)^(1-e) / N)^(1/(1-e))``; at aversion 1 ``1 - exp(sum w ln(y/m) / N)``.

    Raises
    ------
    ParameterError
        If the aversion is not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [1.0, 4.0], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(atkinson(1).linearise(design, np.ones(2, dtype=bool)).value, 12)
    0.2
    """
    if not 0 < aversion < np.inf:
        raise ParameterError(
            f"The aversion of an Atkinson index is {aversion}; it is a positive number, such as 0.5"
            " or 1."
        )

    def kernel(sample: Sample) -> Linearised:
        alpha = 1 - aversion
        entropy = entropy_of(sample, alpha)
        if alpha == 0:
            kept = float(np.exp(-entropy.value))
            return Linearised(1 - kept, kept * entropy.influence)
        moment = 1 + alpha * (alpha - 1) * entropy.value
        kept = float(moment ** (1 / alpha))
        return Linearised(1 - kept, kept / moment * (1 - alpha) * entropy.influence)

    return DistributionStatistic(
        f"atkinson:{aversion:g}",
        "ratio",
        "index",
        Column(welfare),
        kernel,
        positive=True,
    )


@checked
def decompose_inequality(
    design: SurveyDesign,
    by: str,
    *,
    alpha: float = 1,
    welfare: str = WELFARE,
    domain: str | np.ndarray | None = None,
    domain_name: str | None = None,
    level: float = 0.95,
) -> Estimates:
    """Generalised entropy split into inequality between groups and within them.

    Parameters
    ----------
    design : SurveyDesign
    by : str
        Column of the groups, such as the education of the head of the household.
    alpha : float
        Order of the index: 1 Theil, 0 mean log deviation.
    welfare : str
        Column of expenditure per person, Rp per month. Not estimable where somebody spends nothing.
    domain, domain_name, level : optional
        As in `estimate`.

    Returns
    -------
    Estimates
        Rows of the total, of its parts ``between`` and ``within``, which add up to it, and of the
        share of the part between in percent. Between is the index if each person spent the group's
        mean; within is the mean of the groups' indices with weights ``p^(1-alpha) s^alpha``, ``p``
        and ``s`` their shares of persons and of spending.

    Raises
    ------
    DesignError
        If the frame has no such column, a group or an expenditure inside the domain is missing, or
        an expenditure is negative.

    References
    ----------
    Shorrocks, A. F. (1984). Inequality decomposition by population subgroups. Econometrica 52(6),
    1369-1385.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [1.0, 1, 3, 3], "school": list("aabb")})
    >>> frame["w"] = 1.0
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> [round(row.estimate, 3) for row in decompose_inequality(design, "school", alpha=2)]
    [0.125, 0.125, 0.0, 100.0]
    """
    parts: tuple[Part, ...] = ("total", "between", "within", "between_share")
    statistics = [_entropy(float(alpha), welfare, by, part) for part in parts]
    return estimate(design, statistics, domain=domain, domain_name=domain_name, level=level)


def _entropy(alpha: float, welfare: str, by: str | None, part: Part) -> DistributionStatistic:
    """An index of generalised entropy, or a part of it."""
    if not np.isfinite(alpha):
        raise ParameterError(
            f"The order of generalised entropy is {alpha}; it is a finite number, such as 0 or 1."
        )
    name = ENTROPY_NAMES.get(alpha, f"generalised_entropy:{alpha:g}")
    kernels: dict[Part, Callable[[Sample], Linearised]] = {
        "total": lambda sample: entropy_of(sample, alpha),
        "between": lambda sample: between_of(sample, alpha),
        "within": lambda sample: entropy_of(sample, alpha) - between_of(sample, alpha),
        "between_share": lambda sample: _share_between(sample, alpha),
    }
    share = part == "between_share"
    return DistributionStatistic(
        name if part == "total" else f"{name}:{part}",
        "percent" if share else "index",
        "index" if share else "ratio",
        Column(welfare),
        kernels[part],
        scale=100.0 if share else 1.0,
        group=None if by is None else lambda design: _group_codes(design, by),
        positive=True,
    )


def _group_codes(design: SurveyDesign, column: str) -> np.ndarray:
    """Whole numbers for the categories of a column, NaN where missing."""
    codes, _ = coded(design.values_of(column))
    return np.where(codes < 0, np.nan, codes)


def entropy_of(sample: Sample, alpha: float) -> Linearised:
    """Generalised entropy of a sample: the mean of a convex function of ``y/m``. See
    `generalised_entropy`.
    """
    if sample.values[0] == sample.values[-1]:
        return Linearised(0.0, np.zeros(len(sample.values)))
    population = sample.population
    relative = sample.values * (population / float((sample.weights * sample.values).sum()))
    terms, _ = _convex(relative, alpha)
    value = float((sample.weights * terms).sum()) / population
    return Linearised(
        value, (terms - value - _slope_of_mean(value, alpha) * (relative - 1)) / population
    )


def between_of(sample: Sample, alpha: float) -> Linearised:
    """Generalised entropy of a sample in which each person has the mean of the group. See
    `decompose_inequality`.
    """
    population = sample.population
    persons = np.bincount(sample.groups, weights=sample.weights)
    spending = np.bincount(sample.groups, weights=sample.weights * sample.values)
    scale = population / float(spending.sum())
    there = persons > 0
    of_group = np.ones(len(persons))
    of_group[there] = spending[there] / persons[there] * scale
    terms, slopes = _convex(of_group, alpha)
    value = float((persons * terms).sum()) / population
    relative, group = sample.values * scale, sample.groups
    moved = terms[group] - value + slopes[group] * (relative - of_group[group])
    return Linearised(value, (moved - _slope_of_mean(value, alpha) * (relative - 1)) / population)


def _share_between(sample: Sample, alpha: float) -> Linearised:
    """Part of inequality between groups; NaN where there is none to be shared out."""
    total = entropy_of(sample, alpha)
    if total.value <= 0:
        return Linearised(float("nan"), np.zeros(len(sample.values)))
    return between_of(sample, alpha) / total


def _convex(relative: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """The function ``f(y/m)`` whose mean is the index, and its derivative, two arrays of the shape
    of `relative`.
    """
    if alpha == 0:
        return -np.log(relative), -1 / relative
    if alpha == 1:
        return relative * np.log(relative), np.log(relative) + 1
    return (relative**alpha - 1) / (alpha * (alpha - 1)), relative ** (alpha - 1) / (alpha - 1)


def _slope_of_mean(value: float, alpha: float) -> float:
    """Mean of ``x f'(x)``: how far the index falls where all means rise by their own size."""
    return value + 1 if alpha == 1 else alpha * value + 1 / (alpha - 1)
