"""The distribution of expenditure: quantiles, Lorenz ordinates, shares of spending. Each linearised.

With ``y`` the expenditure per person in ascending order, ``w`` the weights, ``N = sum w`` and ``Y = sum w y``.
"""

from typing import Literal

import numpy as np
from scipy import stats

from bpsstats.errors import ParameterError
from bpsstats.poverty.fgt import WELFARE
from bpsstats.survey import Functional, Linearised, Sample
from bpsstats.survey.functional import position
from bpsstats.survey.intervals import METHODS, Method
from bpsstats.survey.variance import covariance_of_totals

QuantileError = Literal["woodruff", "density"]
# The level at which the width of an interval is turned into a standard error, as R's svyquantile does.
LEVEL_OF_ERROR = 0.95
RUPIAH = "Rp per person per month"


def quantile(
    probability: float,
    *,
    welfare: str = WELFARE,
    unit: str = RUPIAH,
    error: QuantileError = "woodruff",
    interval: Method = "korn-graubard",
) -> Functional:
    """Quantile: the smallest value that at least `probability` of the population does not exceed.

    Parameters
    ----------
    probability : float
        Between 0 and 1.
    welfare, unit : str
        Column and its unit.
    error : {"woodruff", "density"}
        Where the standard error comes from: half the width of Woodruff's interval over its t quantile, or the linearised
        quantile with a Gaussian kernel for the density.
    interval : {"korn-graubard", "logit", "wald"}
        Interval of the share below the quantile that Woodruff's is read off from.

    Returns
    -------
    Functional
        ``q = min{y : F(y) >= p}``, R's ``qrule="math"``. Woodruff: the limits are the quantiles at the limits of ``F(q)``, so that
        the density is ``2 t se(F) / (q_high - q_low)``; R's ``interval.type`` "beta", "xlogit" and "mean" are Korn-Graubard,
        logit and Wald. Density: ``u = -(1(y <= q) - p) / (N f(q))`` with bandwidth ``sd(y) N^(-1/5)``, as in R's convey.

    Raises
    ------
    ParameterError
        If the probability is not between 0 and 1, or the error or interval is unknown.

    References
    ----------
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. JASA 47(260), 635-646.
    Deville, J.-C. (1999). Variance estimation for complex statistics and estimators. Survey Methodology 25(2), 193-203.

    Examples
    --------
    >>> import pandas as pd
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"expenditure_person_month": [1.0, 2, 3, 4], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> quantile(0.5).linearise(design, np.ones(4, dtype=bool)).value
    2.0
    """
    p = _check_probability(probability)
    if error not in ("woodruff", "density") or interval not in METHODS:
        raise ParameterError(
            f"The error {error!r} or the interval {interval!r} of a quantile is unknown. The error is woodruff or density, the "
            f"interval one of {', '.join(METHODS)}."
        )

    def limits(sample: Sample, level: float) -> tuple[float, float]:
        return woodruff_limits(sample, p, level, interval)

    def kernel(sample: Sample) -> Linearised:
        q = quantile_of(sample, p)
        if error == "density":
            return Linearised(q, -((sample.values <= q) - p) / (sample.population * density_at(sample, q)))
        below = _share_below(sample, q)
        low, high = limits(sample, LEVEL_OF_ERROR)
        width_of_share = 2 * float(stats.t.ppf(0.5 + LEVEL_OF_ERROR / 2, _df(sample))) * _std_error(sample, below)
        # Without variation in the share, the sample says nothing about the quantile's error.
        return Linearised(q, below.influence * -((high - low) / width_of_share if width_of_share > 0 else np.nan))

    return Functional(
        f"quantile:{p:g}",
        unit,
        "mean",
        lambda design: design.column(welfare),
        kernel,
        limits=limits if error == "woodruff" else None,
    )


def lorenz(probability: float, *, welfare: str = WELFARE) -> Functional:
    """Lorenz ordinate: percent of all spending that the poorest `probability` of persons account for.

    Parameters
    ----------
    probability : float
        Between 0 and 1.
    welfare : str
        Column of expenditure per person, Rp per month.

    Returns
    -------
    Functional
        ``100 sum_i min(max(p N - W_{i-1}, 0), w_i) y_i / Y`` with ``W`` the running sum of the weights, so that a household at
        the border counts in part. Influence ``((y - q) 1(y <= q) + p q - L y) / Y`` with ``q`` the interpolated quantile, as
        in R's convey.

    References
    ----------
    Kovacevic, M. S. and Binder, D. A. (1997). Variance estimation for measures of income inequality and polarization.
    Journal of Official Statistics 13(1), 41-58.

    Examples
    --------
    >>> import pandas as pd
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"expenditure_person_month": [1.0, 1, 2, 4], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> lorenz(0.75).linearise(design, np.ones(4, dtype=bool)).value
    50.0
    """
    return expenditure_share(0, _check_probability(probability), welfare=welfare, name=f"lorenz:{probability:g}")


def generalised_lorenz(probability: float, *, welfare: str = WELFARE, unit: str = RUPIAH) -> Functional:
    """Generalised Lorenz ordinate: spending of the poorest `probability` of persons, per person of all, ``L(p) Y / N``."""
    p = _check_probability(probability)

    def kernel(sample: Sample) -> Linearised:
        return _partial(sample, p) / _population(sample)

    return Functional(f"generalised_lorenz:{p:g}", unit, "mean", lambda design: design.column(welfare), kernel)


def expenditure_share(low: float, high: float, *, welfare: str = WELFARE, name: str = "") -> Functional:
    """Percent of all spending that falls to the persons between two points of the distribution, ``L(high) - L(low)``.

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
    """
    if not 0 <= low < high <= 1:
        raise ParameterError(
            f"A part of the distribution runs from {low} to {high}; it is 0 <= low < high <= 1, such as 0 to 0.4."
        )

    def kernel(sample: Sample) -> Linearised:
        return (_partial(sample, high) - _partial(sample, low)) / _partial(sample, 1)

    name = name or f"expenditure_share:{low:g}-{high:g}"
    return Functional(name, "percent", "index", lambda design: design.column(welfare), kernel, scale=100.0)


def bottom_40(*, welfare: str = WELFARE) -> Functional:
    """Percent of all spending by the poorest 40 percent of persons, the World Bank's measure that BPS prints."""
    return expenditure_share(0, 0.4, welfare=welfare, name="bottom_40")


def middle_40(*, welfare: str = WELFARE) -> Functional:
    """Percent of all spending by the 40 percent of persons between the poorest 40 and the richest 20."""
    return expenditure_share(0.4, 0.8, welfare=welfare, name="middle_40")


def top_20(*, welfare: str = WELFARE) -> Functional:
    """Percent of all spending by the richest 20 percent of persons."""
    return expenditure_share(0.8, 1, welfare=welfare, name="top_20")


def quintile_share(fifth: int, *, welfare: str = WELFARE) -> Functional:
    """Percent of all spending by one fifth of persons, 1 the poorest and 5 the richest."""
    if fifth not in (1, 2, 3, 4, 5):
        raise ParameterError(f"There is no fifth {fifth!r}; they are numbered 1, the poorest, to 5, the richest.")
    return expenditure_share((fifth - 1) / 5, fifth / 5, welfare=welfare, name=f"quintile_share:{fifth}")


def quintile_ratio(*, welfare: str = WELFARE, tail: float = 0.2) -> Functional:
    """Ratio of the spending of the richest fifth to that of the poorest, S80/S20.

    Parameters
    ----------
    welfare : str
        Column of expenditure per person, Rp per month.
    tail : float
        Share of persons in each tail, up to a half.

    Returns
    -------
    Functional
        ``sum w y 1(y > q_{1-p}) / sum w y 1(y <= q_p)``. Linearised with Gaussian kernels for the density at the quantiles, as in
        R's convey and vardpoor; its ``q`` is that of `quantile`.

    References
    ----------
    Osier, G. (2009). Variance estimation for complex indicators of poverty and inequality using linearization
    techniques. Survey Research Methods 3(3), 167-195.
    """
    if not 0 < tail <= 0.5:
        raise ParameterError(
            f"The tail of a quintile ratio is {tail}; it is a share of persons up to 0.5, such as 0.2."
        )

    def kernel(sample: Sample) -> Linearised:
        return (_partial(sample, 1) - _sum_up_to(sample, 1 - tail)) / _sum_up_to(sample, tail)

    return Functional("quintile_ratio", "ratio", "ratio", lambda design: design.column(welfare), kernel)


def quantile_of(sample: Sample, probability: float) -> float:
    """Smallest value at which the weighted distribution function reaches `probability`."""
    return float(sample.values[position(np.cumsum(sample.weights), probability)])


def woodruff_limits(sample: Sample, probability: float, level: float, method: Method) -> tuple[float, float]:
    """Quantiles at the limits of the share of the population up to the quantile.

    NaN without degrees of freedom, and where a limit of the share lies outside 0 to 1, as Wald's may.
    """
    below = _share_below(sample, quantile_of(sample, probability))
    df = _df(sample)
    if df < 1:
        return float("nan"), float("nan")
    shares = METHODS[method](below.value, _std_error(sample, below), len(sample.values), df, level)
    low, high = (quantile_of(sample, p) if 0 <= p <= 1 else float("nan") for p in shares)
    return low, high


def density_at(sample: Sample, at: float) -> float:
    """Density of persons at a value, by a Gaussian kernel of bandwidth ``sd(y) N^(-1/5)``."""
    return _kernel_sum(sample, at, sample.weights) / sample.population


def _kernel_sum(sample: Sample, at: float, amounts: np.ndarray) -> float:
    """Sum of amounts per unit of the value, around a point."""
    population = sample.population
    mean = float((sample.weights * sample.values).sum()) / population
    spread = float(np.sqrt((sample.weights * (sample.values - mean) ** 2).sum() / population))
    if spread == 0:
        return float("nan")
    bandwidth = spread * population**-0.2
    return float(
        (amounts * np.exp(-(((at - sample.values) / bandwidth) ** 2) / 2)).sum() / (np.sqrt(2 * np.pi) * bandwidth)
    )


def _sum_up_to(sample: Sample, probability: float) -> Linearised:
    """Spending of those up to a quantile, linearised with the kernel density at it."""
    q = quantile_of(sample, probability)
    below = sample.values <= q
    spent = sample.weights * sample.values
    moved = _kernel_sum(sample, q, spent) / (sample.population * density_at(sample, q))
    return Linearised(float(spent[below].sum()), sample.values * below - moved * (below - probability))


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


def _population(sample: Sample) -> Linearised:
    """Number of persons."""
    return Linearised(sample.population, np.ones(len(sample.values)))


def _share_below(sample: Sample, at: float) -> Linearised:
    """Share of the population at or below a value."""
    below = sample.values <= at
    return Linearised(float(sample.weights[below].sum()), below.astype(np.float64)) / _population(sample)


def _std_error(sample: Sample, statistic: Linearised) -> float:
    """Design-based standard error of a statistic of the sample."""
    totals = np.bincount(sample.psu, weights=sample.weights * statistic.influence, minlength=sample.clusters.n_psu)
    return float(np.sqrt(covariance_of_totals(sample.clusters, totals[:, None])[0, 0]))


def _df(sample: Sample) -> int:
    """PSUs less strata that have a record in the sample."""
    psu = np.unique(sample.psu)
    return len(psu) - len(np.unique(sample.clusters.stratum[psu]))


def _check_probability(probability: float) -> float:
    """A probability that lies strictly between 0 and 1."""
    if not 0 < probability < 1:
        raise ParameterError(f"The probability is {probability}; it lies between 0 and 1, such as 0.5 for the median.")
    return float(probability)
