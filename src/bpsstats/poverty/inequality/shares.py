"""How spending is spread over persons: Lorenz ordinates, shares of fifths and of the bottom 40
percent, S80/S20.

With ``y`` the expenditure per person in ascending order, ``w`` the weights, ``N = sum w`` and ``Y =
sum w y``.
"""

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.poverty.inequality.quantiles import (
    check_probability,
    density_at,
    kernel_sum,
    population_of,
    quantile_of,
    unit_of,
)
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.survey import DistributionStatistic, Linearised, Sample
from bpsstats.survey.statistics.distribution import position
from bpsstats.survey.statistics.ratios import Column


@checked
def lorenz(probability: float, *, welfare: str = WELFARE) -> DistributionStatistic:
    """Lorenz ordinate: percent of all spending that the poorest `probability` of persons account
    for.

    Parameters
    ----------
    probability : float
        Between 0 and 1.
    welfare : str
        Column of expenditure per person, Rp per month.

    Returns
    -------
    DistributionStatistic
        ``100 sum_i min(max(p N - W_{i-1}, 0), w_i) y_i / Y`` with ``W`` the running sum of the
        weights, so that a household at the border counts in part. Influence ``((y - q) 1(y <= q) +
        p q - L y) / Y`` with ``q`` the interpolated quantile, as in R's convey.

    References
    ----------
    Kovacevic, M. S. and Binder, D. A. (1997). Variance estimation for measures of income inequality
    and polarization. Journal of Official Statistics 13(1), 41-58.

    Examples
    --------
    >>> import pandas as pd
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"expenditure_person_month": [1.0, 1, 2, 4], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> lorenz(0.75).linearise(design, np.ones(4, dtype=bool)).value
    50.0
    """
    return expenditure_share(
        0, check_probability(probability), welfare=welfare, name=f"lorenz:{probability:g}"
    )


@checked
def generalised_lorenz(
    probability: float, *, welfare: str = WELFARE, unit: str | None = None
) -> DistributionStatistic:
    """Generalised Lorenz ordinate: spending of the poorest `probability` of persons, per person of
    all, ``L(p) Y / N``.

    Parameters
    ----------
    probability : float
        Between 0 and 1.
    welfare : str
        Column of expenditure per person, Rp per month.
    unit : str, optional
        Unit of the result; that of expenditure is known.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.generalised_lorenz(0.5))[0].estimate, 2)
    32.5
    """
    p = check_probability(probability)

    def kernel(sample: Sample) -> Linearised:
        return _partial(sample, p) / population_of(sample)

    return DistributionStatistic(
        f"generalised_lorenz:{p:g}",
        unit_of(welfare, unit),
        "mean",
        Column(welfare),
        kernel,
        part=p,
    )


@checked
def expenditure_share(
    low: float, high: float, *, welfare: str = WELFARE, name: str = ""
) -> DistributionStatistic:
    """Percent of all spending that falls to the persons between two points of the distribution,
    ``L(high) - L(low)``.

    Parameters
    ----------
    low, high : float
        Shares of persons, counted from the poorest: 0 and 0.4 are the bottom 40 percent.
    welfare : str
        Column of expenditure per person, Rp per month.
    name : str, optional
        Default ``expenditure_share:<low>-<high>``.

    Raises
    ------
    ParameterError
        If they are not ``0 <= low < high <= 1``.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.expenditure_share(0.5, 1.0))[0].estimate, 2)
    79.37
    """
    if not 0 <= low < high <= 1:
        raise ParameterError(
            f"A part of the distribution runs from {low} to {high}; it is 0 <= low < high <= 1,"
            " such as 0 to 0.4."
        )

    def kernel(sample: Sample) -> Linearised:
        return (_partial(sample, high) - _partial(sample, low)) / _partial(sample, 1)

    name = name or f"expenditure_share:{low:g}-{high:g}"
    return DistributionStatistic(
        name,
        "percent",
        "index",
        Column(welfare),
        kernel,
        scale=100.0,
        part=high - low if high - low < 1 else None,
    )


@checked
def bottom_40(*, welfare: str = WELFARE) -> DistributionStatistic:
    """Percent of all spending by the poorest 40 percent of persons, the World Bank's measure that
    BPS prints.

    Parameters
    ----------
    welfare : str
        Column of expenditure per person, Rp per month.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.bottom_40())[0].estimate, 2)
    15.56
    """
    return expenditure_share(0, 0.4, welfare=welfare, name="bottom_40")


@checked
def middle_40(*, welfare: str = WELFARE) -> DistributionStatistic:
    """Percent of all spending by the 40 percent of persons between the poorest 40 and the richest
    20.

    Parameters
    ----------
    welfare : str
        Column of expenditure per person, Rp per month.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.middle_40())[0].estimate, 2)
    33.65
    """
    return expenditure_share(0.4, 0.8, welfare=welfare, name="middle_40")


@checked
def top_20(*, welfare: str = WELFARE) -> DistributionStatistic:
    """Percent of all spending by the richest 20 percent of persons.

    Parameters
    ----------
    welfare : str
        Column of expenditure per person, Rp per month.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.top_20())[0].estimate, 2)
    50.79
    """
    return expenditure_share(0.8, 1, welfare=welfare, name="top_20")


@checked
def quintile_share(fifth: int, *, welfare: str = WELFARE) -> DistributionStatistic:
    """Percent of all spending by one fifth of persons, 1 the poorest and 5 the richest.

    Parameters
    ----------
    fifth : int
        1 the poorest to 5 the richest.
    welfare : str
        Column of expenditure per person, Rp per month.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.quintile_share(5))[0].estimate, 2)
    50.79
    """
    if fifth not in (1, 2, 3, 4, 5):
        raise ParameterError(
            f"There is no fifth {fifth!r}; they are numbered 1, the poorest, to 5, the richest."
        )
    return expenditure_share(
        (fifth - 1) / 5, fifth / 5, welfare=welfare, name=f"quintile_share:{fifth}"
    )


@checked
def quintile_ratio(*, welfare: str = WELFARE, tail: float = 0.2) -> DistributionStatistic:
    """Ratio of the spending of the richest fifth to that of the poorest, S80/S20.

    Parameters
    ----------
    welfare : str
        Column of expenditure per person, Rp per month.
    tail : float
        Share of persons in each tail, up to a half.

    Returns
    -------
    DistributionStatistic
        ``sum w y 1(y > q_{1-p}) / sum w y 1(y <= q_p)``. Linearised with Gaussian kernels for the
        density at the quantiles, as in R's convey and vardpoor; its ``q`` is that of `quantile`.

    References
    ----------
    Osier, G. (2009). Variance estimation for complex indicators of poverty and inequality using
    linearization techniques. Survey Research Methods 3(3), 167-195.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.quintile_ratio())[0].estimate, 2)
    0.0
    """
    if not 0 < tail <= 0.5:
        raise ParameterError(
            f"The tail of a quintile ratio is {tail}; it is a share of persons up to 0.5, such as"
            " 0.2."
        )

    def kernel(sample: Sample) -> Linearised:
        return (_partial(sample, 1) - _sum_up_to(sample, 1 - tail)) / _sum_up_to(sample, tail)

    return DistributionStatistic(
        "quintile_ratio",
        "ratio",
        "ratio",
        Column(welfare),
        kernel,
        part=tail,
    )


def _sum_up_to(sample: Sample, probability: float) -> Linearised:
    """Spending of those up to a quantile, linearised with the kernel density at it."""
    q = quantile_of(sample, probability)
    below = sample.values <= q
    spent = sample.weights * sample.values
    moved = kernel_sum(sample, q, spent) / (sample.population * density_at(sample, q))
    return Linearised(
        float(spent[below].sum()), sample.values * below - moved * (below - probability)
    )


def _partial(sample: Sample, probability: float) -> Linearised:
    """Spending of the poorest `probability` of persons, the one at the border in part."""
    y, w = sample.values, sample.weights
    if probability == 0:
        return Linearised(0.0, np.zeros(len(y)))
    if probability == 1:
        return Linearised(float((w * y).sum()), y)
    reached = np.cumsum(w)
    k = position(reached, probability)
    part = (probability * reached[-1] - reached[k] + w[k]) / w[k]
    before = y[k - 1] if k else y[0]
    q = before + (y[k] - before) * part
    value = float((w[:k] * y[:k]).sum() + part * w[k] * y[k])
    return Linearised(value, (y - q) * (y <= q) + probability * q)
