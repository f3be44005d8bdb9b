"""Confidence intervals for survey estimates, by the kind of statistic."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from bpsstats.errors import ParameterError
from bpsstats.survey.variance.reference import (
    beta_quantile,
    gamma_quantile,
    normal_quantile,
    t_quantile,
)

Method = Literal["korn-graubard", "gamma", "logit", "wald"]


def check_level(level: float) -> float:
    """Return a confidence level that lies strictly between 0 and 1.

    Raises
    ------
    ParameterError
        If it does not, as 95 instead of 0.95.
    """
    if not isinstance(level, (int, float)) or not 0 < level < 1:
        raise ParameterError(
            f"The confidence level is {level!r}; it lies between 0 and 1, such as 0.95 for 95"
            " percent."
        )
    return float(level)


def korn_graubard(
    p: float, std_error: float, n: int, df: int, level: float, *, truncate: bool = True
) -> tuple[float, float]:
    """Korn-Graubard interval of a proportion: Clopper-Pearson at the effective sample size.

    Parameters
    ----------
    p : float
        Estimated proportion, 0 to 1.
    std_error : float
        Its design-based standard error.
    n : int
        Records in the domain.
    df : int
        Design degrees of freedom in the domain.
    level : float
        Confidence level, 0 to 1.
    truncate : bool
        Whether the effective sample size is at most ``n``. For an index, which varies less than a
        proportion of its size, ``p (1 - p) / se^2`` is no number of records and has no such bound.

    Notes
    -----
    ``n_eff = min(n, p (1 - p) / se^2 (t_{n-1} / t_df)^2)``; limits are the beta quantiles
    ``B(alpha/2; n_eff p, n_eff (1 - p) + 1)`` and ``B(1 - alpha/2; n_eff p + 1, n_eff (1 - p))``.
    At ``p`` of 0 or 1 the standard error says nothing, and ``n_eff`` is ``n``. A standard error
    from few PSUs is now and then far too small by chance; the bound keeps the interval from being
    narrower than that of a simple random sample (Parker et al. 2017).

    References
    ----------
    Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected
    number of positive counts estimated from survey data. Survey Methodology 24(2), 193-201.
    Parker, J. D. et al. (2017). National Center for Health Statistics data presentation standards
    for proportions. Vital and Health Statistics 2(175).

    Examples
    --------
    >>> low, high = korn_graubard(0.0245, 0.0075, 640, 62, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.0118, 0.0445)
    """
    alpha = 1 - level
    if 0 < p < 1 and std_error > 0:
        n_eff = p * (1 - p) / std_error**2
        n_eff *= (t_quantile(alpha / 2, n - 1) / t_quantile(alpha / 2, df)) ** 2
        n_eff = min(n_eff, float(n)) if truncate else n_eff
    else:
        n_eff = float(n)
    low = beta_quantile(alpha / 2, n_eff * p, n_eff * (1 - p) + 1) if p > 0 else 0.0
    high = beta_quantile(1 - alpha / 2, n_eff * p + 1, n_eff * (1 - p)) if p < 1 else 1.0
    return float(low), float(high)


def logit(p: float, std_error: float, n: int, df: int, level: float) -> tuple[float, float]:
    """Interval of a proportion or bounded index, symmetric on the logit scale.

    ``logit(p) -+ t_df se / (p (1 - p))``, transformed back; arguments as in `korn_graubard`.

    Examples
    --------
    >>> low, high = logit(0.0245, 0.0075, 640, 62, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.0132, 0.0449)
    """
    if not 0 < p < 1:
        return korn_graubard(p, std_error, n, df, level)
    centre = np.log(p / (1 - p))
    reach = t_quantile(0.5 + level / 2, df) * std_error / (p * (1 - p))
    return float(1 / (1 + np.exp(reach - centre))), float(1 / (1 + np.exp(-reach - centre)))


def gamma(
    p: float, std_error: float, n: int, df: int, level: float, one_more: float | None = None
) -> tuple[float, float]:
    """Gamma interval of a sum of few, unequal contributions, such as a poverty gap index.

    Parameters
    ----------
    p : float
        Estimated proportion or index, 0 to 1.
    std_error, n, df, level
        As in `korn_graubard`.
    one_more : float, optional
        What one more case, that the sample might have held and did not, would add to `p`; default
        what the cases seen add on average, ``se^2 / p``.

    Notes
    -----
    With ``v = se^2 (t_df / z)^2`` the limits are ``G(alpha/2; p, v)`` and ``G(1 - alpha/2; p + m, v
    + m^2)``, where ``G(q; mean, variance)`` is a quantile of the gamma distribution and ``m`` is
    `one_more`. For equal contributions it is the exact interval of a Poisson count. The upper limit
    is at most 1; at ``p = 0`` it is that of a proportion.

    References
    ----------
    Fay, M. P. and Feuer, E. J. (1997). Confidence intervals for directly standardized rates: a
    method based on the gamma distribution. Statistics in Medicine 16(7), 791-801.

    Examples
    --------
    >>> low, high = gamma(0.0017, 0.0006, 640, 62, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.0007, 0.0034)
    """
    if not (p > 0 and std_error > 0):
        return korn_graubard(p, std_error, n, df, level)
    tail = (1 - level) / 2
    variance = (std_error * t_quantile(tail, df) / normal_quantile(tail)) ** 2
    more = std_error**2 / p if one_more is None else one_more
    low = float(gamma_quantile(tail, p, variance))
    high = float(gamma_quantile(1 - tail, p + more, variance + more**2))
    return low, min(high, 1.0)


def wald(value: float, std_error: float, n: int, df: int, level: float) -> tuple[float, float]:  # noqa: ARG001 - one signature for all methods
    """Symmetric interval ``value -+ t_df se``; arguments as in `korn_graubard`.

    Examples
    --------
    >>> low, high = wald(100.0, 10.0, 640, 62, 0.95)
    >>> round(low, 2), round(high, 2)
    (80.01, 119.99)
    """
    reach = float(t_quantile(0.5 + level / 2, df)) * std_error
    return value - reach, value + reach


def difference(
    high_end: tuple[float, float, float], low_end: tuple[float, float, float], correlation: float
) -> tuple[float, float]:
    """Interval of a difference of two estimates, recovered from their own lopsided intervals.

    Parameters
    ----------
    high_end, low_end : (estimate, conf_low, conf_high)
        What is subtracted from, and what is subtracted.
    correlation : float
        Of the two estimates.

    Notes
    -----
    ``L = d - sqrt(a^2 + b^2 - 2 r a b)``, ``a`` the reach of the first downwards and ``b`` of the
    second upwards; the upper limit the other way round. Where both intervals are symmetric this is
    Wald's interval of the difference.

    References
    ----------
    Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a
    general approach. Statistics in Medicine 27, 1693-1702.

    Examples
    --------
    >>> low, high = difference((0.05, 0.03, 0.08), (0.02, 0.01, 0.04), 0.0)
    >>> round(low, 4), round(high, 4)
    (0.0017, 0.0616)
    """
    (first, first_low, first_high), (second, second_low, second_high) = high_end, low_end

    def reach(a: float, b: float) -> float:
        return float(np.sqrt(max(a**2 + b**2 - 2 * correlation * a * b, 0.0)))

    d = first - second
    return d - reach(first - first_low, second_high - second), d + reach(
        first_high - first, second - second_low
    )


METHODS: dict[str, Callable[..., tuple[float, float]]] = {
    "korn-graubard": korn_graubard,
    "gamma": gamma,
    "logit": logit,
    "wald": wald,
}
