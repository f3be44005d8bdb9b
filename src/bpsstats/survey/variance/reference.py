"""Reference distributions of intervals and tests, from SciPy's special functions: `scipy.stats`,
which holds the same, takes longer to load than the first estimate to make. SciPy loads each of its
parts when it is first named, and so this module loads none.
"""

from typing import Any

import scipy


def t_quantile(q: Any, df: Any) -> Any:
    """Quantile of Student's t.

    Examples
    --------
    >>> round(float(t_quantile(0.975, 62)), 4)
    1.999
    """
    return scipy.special.stdtrit(df, q)


def t_tail(t: Any, df: Any) -> Any:
    """Probability that Student's t is above `t`.

    Examples
    --------
    >>> round(float(t_tail(2.0, 60)), 4)
    0.025
    """
    return scipy.special.stdtr(df, -t)


def f_tail(f: Any, df: Any, df_rest: Any) -> Any:
    """Probability that F is above `f`.

    Examples
    --------
    >>> round(float(f_tail(3.15, 2, 60)), 3)
    0.05
    """
    return scipy.special.fdtrc(df, df_rest, f)


def beta_quantile(q: Any, a: Any, b: Any) -> Any:
    """Quantile of the beta distribution.

    Examples
    --------
    >>> float(beta_quantile(0.5, 3, 3))
    0.5
    """
    return scipy.special.betaincinv(a, b, q)


def normal_quantile(q: Any) -> Any:
    """Quantile of the standard normal distribution.

    Examples
    --------
    >>> round(float(normal_quantile(0.975)), 3)
    1.96
    """
    return scipy.special.ndtri(q)


def gamma_quantile(q: Any, mean: Any, variance: Any) -> Any:
    """Quantile of the gamma distribution with this mean and variance.

    Examples
    --------
    >>> round(float(gamma_quantile(0.5, 3.0, 3.0)), 3)
    2.674
    """
    return scipy.special.gammaincinv(mean**2 / variance, q) * variance / mean
