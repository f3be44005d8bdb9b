"""Quantiles of expenditure, with Woodruff's errors and intervals or with those of a kernel density.

With ``y`` the expenditure per person in ascending order, ``w`` the weights and ``N = sum w``.
"""

from typing import Literal

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.survey import DistributionStatistic, Linearised, Sample
from bpsstats.survey.statistics.distribution import ROUNDING, position
from bpsstats.survey.statistics.ratios import Column
from bpsstats.survey.variance.engine import covariance_of_totals
from bpsstats.survey.variance.intervals import METHODS, Method
from bpsstats.survey.variance.reference import t_quantile

QuantileError = Literal["woodruff", "density"]
# The level at which the width of an interval is turned into a standard error, as R's svyquantile
# does.
LEVEL_OF_ERROR = 0.95
RUPIAH = "Rp per person per month"


@checked
def quantile(
    probability: float,
    *,
    welfare: str = WELFARE,
    unit: str | None = None,
    error: QuantileError = "woodruff",
    interval: Method = "korn-graubard",
) -> DistributionStatistic:
    """Quantile: the smallest value that at least `probability` of the population does not exceed.

    Parameters
    ----------
    probability : float
        Between 0 and 1.
    welfare : str
        Column.
    unit : str, optional
        Its unit; that of expenditure is known.
    error : {"woodruff", "density"}
        Where the standard error comes from: half the width of Woodruff's interval over its t
        quantile, or the linearised quantile with a Gaussian kernel for the density.
    interval : {"korn-graubard", "logit", "wald"}
        Interval of the share below the quantile that Woodruff's is read off from.

    Returns
    -------
    DistributionStatistic
        ``q = min{y : F(y) >= p}``, R's ``qrule="math"`` (which takes the second value, not the
        first, where ``p`` lies below the share of the first). Woodruff: the limits are the
        quantiles at the limits of ``F(q)``, so that the density is ``2 t se(F) / (q_high -
        q_low)``; R's ``interval.type`` "beta", "xlogit" and "mean" are Korn-Graubard, logit and
        Wald. Density: ``u = -(1(y <= q) - p) / (N f(q))`` with bandwidth ``sd(y) N^(-1/5)``, as in
        R's convey.

    Raises
    ------
    ParameterError
        If the probability is not between 0 and 1, or the error or interval is unknown.

    References
    ----------
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. JASA
    47(260), 635-646. Deville, J.-C. (1999). Variance estimation for complex statistics and
    estimators. Survey Methodology 25(2), 193-203.

    Examples
    --------
    >>> import pandas as pd
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"expenditure_person_month": [1.0, 2, 3, 4], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> quantile(0.5).linearise(design, np.ones(4, dtype=bool)).value
    2.0
    """
    p = check_probability(probability)

    def limits(sample: Sample, level: float) -> tuple[float, float]:
        return woodruff_limits(sample, p, level, interval)

    def kernel(sample: Sample) -> Linearised:
        q = quantile_of(sample, p)
        if error == "density":
            return Linearised(
                q, -((sample.values <= q) - p) / (sample.population * density_at(sample, q))
            )
        below = _share_below(sample, q)
        low, high = limits(sample, LEVEL_OF_ERROR)
        width_of_share = (
            2 * float(t_quantile(0.5 + LEVEL_OF_ERROR / 2, _df(sample))) * _std_error(sample, below)
        )
        # Without variation in the share, the sample says nothing about the quantile's error.
        return Linearised(
            q,
            below.influence
            * -((high - low) / width_of_share if width_of_share > ROUNDING else np.nan),
        )

    return DistributionStatistic(
        f"quantile:{p:g}" if welfare == WELFARE else f"quantile:{p:g}:{welfare}",
        unit_of(welfare, unit),
        "mean",
        Column(welfare),
        kernel,
        limits=limits if error == "woodruff" else None,
        part=p,
    )


def unit_of(welfare: str, unit: str | None) -> str:
    """Unit of a column: that which is given, or that of expenditure."""
    return unit if unit is not None else RUPIAH if welfare == WELFARE else ""


def quantile_of(sample: Sample, probability: float) -> float:
    """Smallest value at which the weighted distribution function reaches `probability`."""
    return float(sample.values[position(np.cumsum(sample.weights), probability)])


def woodruff_limits(
    sample: Sample, probability: float, level: float, method: Method
) -> tuple[float, float]:
    """Quantiles at the limits of the share of the population up to the quantile.

    NaN without degrees of freedom, and where a limit of the share lies outside 0 to 1, as Wald's
    may.
    """
    below = _share_below(sample, quantile_of(sample, probability))
    df = _df(sample)
    if df < 1:
        return float("nan"), float("nan")
    # The error of the quantile is read off these limits too, as R does, from the error as it is.
    as_it_is = {"truncate": False} if method == "korn-graubard" else {}
    error = _std_error(sample, below)
    shares = METHODS[method](below.value, error, len(sample.values), df, level, **as_it_is)
    low, high = (quantile_of(sample, p) if 0 <= p <= 1 else float("nan") for p in shares)
    return low, high


def density_at(sample: Sample, at: float) -> float:
    """Density of persons at a value, by a Gaussian kernel of bandwidth ``sd(y) N^(-1/5)``."""
    return kernel_sum(sample, at, sample.weights) / sample.population


def kernel_sum(sample: Sample, at: float, amounts: np.ndarray) -> float:
    """Sum of amounts per unit of the value, around a point."""
    if sample.values[0] == sample.values[-1]:
        return float("nan")
    population = sample.population
    mean = float((sample.weights * sample.values).sum()) / population
    spread = float(np.sqrt((sample.weights * (sample.values - mean) ** 2).sum() / population))
    bandwidth = spread * population**-0.2
    return float(
        (amounts * np.exp(-(((at - sample.values) / bandwidth) ** 2) / 2)).sum()
        / (np.sqrt(2 * np.pi) * bandwidth)
    )


def _share_below(sample: Sample, at: float) -> Linearised:
    """Share of the population at or below a value."""
    below = sample.values <= at
    return Linearised(float(sample.weights[below].sum()), below.astype(np.float64)) / population_of(
        sample
    )


def population_of(sample: Sample) -> Linearised:
    """Number of persons."""
    return Linearised(sample.population, np.ones(len(sample.values)))


def _std_error(sample: Sample, statistic: Linearised) -> float:
    """Design-based standard error of a statistic of the sample."""
    totals = np.bincount(
        sample.psu, weights=sample.weights * statistic.influence, minlength=sample.first_stage.n_psu
    )
    return float(np.sqrt(covariance_of_totals(sample.first_stage, totals[:, None])[0, 0]))


def _df(sample: Sample) -> int:
    """PSUs less strata that have a record in the sample."""
    psu = np.unique(sample.psu)
    return len(psu) - len(np.unique(sample.first_stage.stratum[psu]))


def check_probability(probability: float) -> float:
    """A probability that lies strictly between 0 and 1."""
    if not 0 < probability < 1:
        raise ParameterError(
            f"The probability is {probability}; it lies between 0 and 1, such as 0.5 for the"
            " median."
        )
    return float(probability)
