"""Separation: whether some combination of the covariates tells the cases apart, so that no finite
odds ratio fits best.

A logit has finite maximum likelihood coefficients if and only if no direction ``d`` other than zero
has ``z_i x_i'd >= 0`` for all records, ``z = +1`` for an event and ``-1`` otherwise (Albert and
Anderson 1984). That is a linear programme (Konis 2007).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy

from bpsstats.models.logit.newton import Fit

Kind = Literal["none", "quasi", "complete"]
# The programme's own feasibility tolerance is 1e-7; directions are at most one in each coordinate,
# columns too.
NEGLIGIBLE = 1e-6


@dataclass(frozen=True, slots=True)
class Separation:
    """Kind of separation, and the columns whose coefficients run off to infinity."""

    kind: Kind
    columns: tuple[int, ...] = ()


def find_separation(y: np.ndarray, x: np.ndarray) -> Separation:
    """Look for a direction that separates events from the others.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n,)
    x : ndarray, shape (n, p)
        Columns of full rank.

    Returns
    -------
    Separation
        "complete" where all records lie strictly on their side, "quasi" where some lie on the
        border. Weights do not matter.

    Notes
    -----
    Maximise ``sum_i z_i x_i'd`` subject to ``z_i x_i'd >= 0`` and ``-1 <= d <= 1``; the maximum is
    zero where there is no separation. Complete separation: the largest ``t`` with ``z_i x_i'd >=
    t`` is positive. Equal records are counted once.

    References
    ----------
    Albert, A. and Anderson, J. A. (1984). On the existence of maximum likelihood estimates in
    logistic regression models. Biometrika 71, 1-10.
    Konis, K. (2007). Linear programming algorithms for detecting separated data in binary logistic
    regression models. PhD thesis, University of Oxford.

    Examples
    --------
    Nobody of the second group has an event, some of the first have:

    >>> x = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    >>> find_separation(np.array([0.0, 1, 0, 0]), x)
    Separation(kind='quasi', columns=(1,))
    >>> find_separation(np.array([1.0, 1, 0, 0]), x).kind
    'complete'
    >>> find_separation(np.array([0.0, 1, 0, 1]), x).kind
    'none'
    """
    sides = (2 * y - 1)[:, None] * (x / np.abs(x).max(axis=0))
    sides = pd.DataFrame(sides).drop_duplicates().to_numpy()
    p = x.shape[1]
    solved = scipy.optimize.linprog(
        -sides.sum(axis=0),
        A_ub=-sides,
        b_ub=np.zeros(len(sides)),
        bounds=[(-1, 1)] * p,
        method="highs",
    )
    if solved.status != 0 or (sides @ solved.x).max() <= NEGLIGIBLE:
        return Separation("none")
    columns = tuple(int(k) for k in np.flatnonzero(np.abs(solved.x) > NEGLIGIBLE))
    gap = scipy.optimize.linprog(
        np.append(np.zeros(p), -1.0),
        A_ub=np.column_stack([-sides, np.ones(len(sides))]),
        b_ub=np.zeros(len(sides)),
        bounds=[*[(-1, 1)] * p, (0, 1)],
        method="highs",
    )
    complete = gap.status == 0 and gap.x[-1] > NEGLIGIBLE
    return Separation("complete" if complete else "quasi", columns)


def proves_overlap(fit: Fit, y: np.ndarray, x: np.ndarray, weights: np.ndarray) -> bool:
    """Whether a fit is itself the proof that nothing separates, which spares the linear programme.

    Parameters
    ----------
    fit : Fit
    y, weights : ndarray, shape (n,)
    x : ndarray, shape (n, p)

    Notes
    -----
    At the maximum ``sum_i l_i z_i x_i = 0`` with ``l_i = w_i |y_i - mu_i| > 0``; by the theorem of
    the alternative (Stiemke) positive ``l`` of this kind exist only where no direction separates.
    The score is zero up to rounding ``r``; the least change of ``l`` that makes it so exactly is
    ``z_i x_i' (X'X)^-1 r``, and the proof stands when that leaves each ``l_i`` positive.
    """
    if not fit.converged:
        return False
    multipliers = weights * np.abs(y - fit.mu)
    rest = x.T @ (weights * (y - fit.mu))
    change = np.abs(x @ np.linalg.lstsq(x.T @ x, rest, rcond=None)[0])
    return bool(np.all(multipliers > 2 * change))
