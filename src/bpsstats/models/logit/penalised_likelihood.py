"""Firth's penalised likelihood of a logit: its maximum, and what the maximum owes to each record.

Weights have a mean of one, so that the likelihood has the size of the sample and the penalty its
usual strength.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpsstats.models.logit.newton import (
    HALVINGS,
    MAX_ITERATIONS,
    ROUNDING,
    TOLERANCE,
    Fit,
    log_likelihood,
    probability,
    slopes,
)
from bpsstats.reprs import SizesOnly

SINGULAR = 1e-100  # information so small that its inverse overflows: all predictions are 0 or 1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Penalised(SizesOnly):
    """Firth's penalised log-likelihood ``l(b) + 1/2 log det I(b)`` at one point.

    `leverage` is ``x' I^-1 x`` of each record, without its weight; `penalty` and `score` have shape
    (p,): the derivatives of the penalty and of the whole.
    """

    y: np.ndarray
    x: np.ndarray
    weights: np.ndarray
    mu: np.ndarray
    information: np.ndarray
    inverse: np.ndarray
    leverage: np.ndarray
    penalty: np.ndarray
    score: np.ndarray
    value: float

    @property
    def bend(self) -> np.ndarray:
        """Derivative of ``mu (1 - mu)`` in the linear predictor, shape (n,)."""
        return np.asarray(self.mu * (1 - self.mu) * (1 - 2 * self.mu))


def fit_firth(
    y: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray,
    *,
    start: np.ndarray | None = None,
    held: Sequence[int] = (),
) -> Fit:
    """Coefficients that maximise Firth's penalised log-likelihood ``l(b) + 1/2 log det I(b)``.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n,)
    x : ndarray, shape (n, p)
        Columns of full rank.
    weights : ndarray, shape (n,)
        Of mean one.
    start : ndarray, shape (p,), optional
    held : sequence of int
        Columns whose coefficients stay at their start, for profiles and tests; the penalty is that
        of all columns.

    Notes
    -----
    The penalised score is ``sum w x (y - mu) + 1/2 sum h x (1 - 2 mu)``, ``h`` the leverages.
    Newton's method with the full second derivative, by Fisher scoring where that is not positive
    definite, steps halved until the value rises.

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38.
    Heinze, G. and Schemper, M. (2002). A solution to the problem of separation in logistic
    regression. Statistics in Medicine 21, 2409-2419.

    Examples
    --------
    Of a single proportion the estimate adds half an event and half a non-event.

    >>> fit = fit_firth(np.array([0.0, 0, 0, 0]), np.ones((4, 1)), np.ones(4))
    >>> round(float(fit.mu[0]), 9)
    0.1
    """
    beta = np.zeros(x.shape[1]) if start is None else start.astype(float)
    free = np.delete(np.arange(x.shape[1]), list(held))
    size = np.sqrt(np.mean(x * x, axis=0))[free]
    state = penalised(y, x, weights, beta)
    converged = not len(free)
    for _ in range(2 * MAX_ITERATIONS):
        if converged or not np.isfinite(state.value):
            break
        step = np.zeros(len(beta))
        step[free] = _ascent(state, free)
        for _ in range(HALVINGS):
            trial = penalised(y, x, weights, beta + step)
            if trial.value >= state.value - ROUNDING * abs(state.value):
                break
            step = step / 2
        else:
            break
        beta, state = beta + step, trial
        converged = np.abs(step[free] * size).max() < TOLERANCE * max(
            1.0, float(np.abs(beta[free] * size).max())
        )
    return Fit(beta, state.mu, state.information, state.value, bool(converged))


def penalised(y: np.ndarray, x: np.ndarray, weights: np.ndarray, beta: np.ndarray) -> Penalised:
    """The penalised log-likelihood at `beta`; its value is minus infinity where the information is
    singular.
    """
    slope, information = slopes(y, x, weights, beta)
    eta = x @ beta
    value, mu = log_likelihood(y, eta, weights), probability(eta)
    try:
        factor = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        factor = np.zeros_like(information)
    if np.diag(factor).min() <= SINGULAR:
        nothing = np.full(len(beta), np.nan)
        return Penalised(
            y,
            x,
            weights,
            mu,
            information,
            np.outer(nothing, nothing),
            mu,
            nothing,
            nothing,
            -np.inf,
        )
    root = np.linalg.inv(factor)
    value += float(np.log(np.diag(factor)).sum())
    leverage = np.sum((x @ root.T) ** 2, axis=1)
    penalty = x.T @ (weights * mu * (1 - mu) * (1 - 2 * mu) * leverage) / 2
    return Penalised(
        y, x, weights, mu, information, root.T @ root, leverage, penalty, slope + penalty, value
    )


def curvature(state: Penalised) -> np.ndarray:
    """Minus the second derivative of the penalised log-likelihood, shape (p, p)."""
    v = state.mu * (1 - state.mu)
    turned = _rotations(state)
    bent = state.x.T @ (state.x * (state.weights * v * (1 - 6 * v) * state.leverage)[:, None])
    return np.asarray(state.information - (bent - np.einsum("rab,sba->rs", turned, turned)) / 2)


def influence_of_records(state: Penalised) -> np.ndarray:
    """Derivative of the coefficients at the maximum in the weight of each record, shape (n, p).

    Notes
    -----
    With ``U(b, w)`` the penalised score, ``db/dw_i = J^-1 dU/dw_i``, ``J`` the `curvature` and

        dU/dw_i = x_i (y_i - mu_i) + 1/2 [v_i (1 - 2 mu_i) q_i x_i - v_i (x_i' I^-1 A_r I^-1 x_i)_r]
        + P / n

    where ``v = mu (1 - mu)``, ``q_i = x_i' I^-1 x_i``, ``A_r = dI/db_r``; ``P / n``, ``P`` the
    score of the penalty, keeps the mean of the weights at one. The penalty depends on the sample,
    and this is what it owes to each record.
    """
    v = state.mu * (1 - state.mu)
    own = (state.y - state.mu + state.bend * state.leverage / 2)[:, None] * state.x
    through = np.column_stack(
        [np.sum((state.x @ (m @ state.inverse)) * state.x, axis=1) for m in _rotations(state)]
    )
    parts = own - v[:, None] * through / 2 + state.penalty / len(state.y)
    return np.asarray(np.linalg.solve(curvature(state), parts.T).T)


def _rotations(state: Penalised) -> np.ndarray:
    """``I^-1 dI/db_r`` for each coefficient, shape (p, p, p)."""
    c = state.weights * state.bend
    return np.array(
        [state.inverse @ (state.x.T @ (state.x * (c * column)[:, None])) for column in state.x.T]
    )


def _ascent(state: Penalised, free: np.ndarray) -> np.ndarray:
    """Newton's step where the curvature is that of a maximum, else Fisher's."""
    bent = curvature(state)[np.ix_(free, free)]
    try:
        np.linalg.cholesky(bent)
    except np.linalg.LinAlgError:
        bent = state.information[np.ix_(free, free)]
    return np.asarray(np.linalg.lstsq(bent, state.score[free], rcond=None)[0])
