"""Logit coefficients by Newton's method: weighted maximum likelihood.

Short methods of our own stand here because the model is fitted to national files and within
replicates: statsmodels' GLM keeps some forty arrays of the size of the data and iterates by
weighted least squares with a pseudo-inverse, which takes several times as long, and it has no
penalty (`penalised`). It serves as a second opinion in the tests.

Weights have a mean of one, so that the likelihood has the size of the sample.
"""

from dataclasses import dataclass

import numpy as np

from bpsstats.reprs import SizesOnly

# Records at a time: the products stay in the cache of the processor, and memory does not grow
BLOCK = 8_192
MAX_ITERATIONS = 50
HALVINGS = 30
# Newton doubles the correct digits in each step, so that a step of this size leaves the next one
# below rounding.
TOLERANCE = 1e-9
ROUNDING = 1e-12  # a rise of the log-likelihood that is lost in its sum


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fit(SizesOnly):
    """Coefficients of a logit and what their errors are made from.

    `coefficients` has shape (p,), `mu` (n,), `information` (p, p): ``sum w mu (1 - mu) x x'``;
    `value` is the (penalised) log-likelihood.
    """

    coefficients: np.ndarray
    mu: np.ndarray
    information: np.ndarray
    value: float
    converged: bool


def probability(linear: np.ndarray) -> np.ndarray:
    """Inverse logit, shape kept; far out it is 0 or 1 without a warning.

    Examples
    --------
    >>> probability(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-linear)))


def fit_logit(y: np.ndarray, x: np.ndarray, weights: np.ndarray) -> Fit:
    """Coefficients that maximise the weighted log-likelihood ``sum w [y eta - log(1 + exp eta)]``.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n,)
    x : ndarray, shape (n, p)
        Columns of full rank.
    weights : ndarray, shape (n,)

    Returns
    -------
    Fit
        `converged` is False where the coefficients run off or do not settle.

    Examples
    --------
    One event among four: the intercept is the logit of a quarter.

    >>> fit = fit_logit(np.array([1.0, 0, 0, 0]), np.ones((4, 1)), np.ones(4))
    >>> round(float(fit.coefficients[0]), 6), fit.converged
    (-1.098612, True)
    """
    size = np.sqrt(np.einsum("ij,ij->j", x, x) / len(y))
    beta = np.zeros(x.shape[1])
    gradient, information = slopes(y, x, weights, beta)
    converged = False
    for _ in range(MAX_ITERATIONS):
        try:
            step = np.linalg.solve(information / np.outer(size, size), gradient / size) / size
        except np.linalg.LinAlgError:
            break
        rise = float(gradient @ step)
        for _ in range(HALVINGS):
            slope, curvature = slopes(y, x, weights, beta + step)
            # The likelihood is concave: a step that ends on a slope less steep than it began cannot
            # lead away for ever.
            if abs(float(slope @ step)) <= rise or rise < ROUNDING:
                break
            step, rise = step / 2, rise / 2
        else:
            break
        beta, gradient, information = beta + step, slope, curvature
        if np.abs(step * size).max() < TOLERANCE * max(1.0, float(np.abs(beta * size).max())):
            converged = True
            break
    eta = x @ beta
    return Fit(beta, probability(eta), information, log_likelihood(y, eta, weights), converged)


def log_likelihood(y: np.ndarray, eta: np.ndarray, weights: np.ndarray) -> float:
    """``sum w [y eta - log(1 + exp eta)]``, without overflow."""
    return float(weights @ (np.minimum(eta, 0) - eta * (1 - y) - np.log1p(np.exp(-np.abs(eta)))))


def slopes(
    y: np.ndarray, x: np.ndarray, weights: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient (p,) of the log-likelihood and the information (p, p), in one pass over blocks of
    records.
    """
    gradient, information = np.zeros(len(beta)), np.zeros((len(beta), len(beta)))
    rows = (
        x.T
    )  # long rows where the columns of x lie one after the other, which is how they are made
    for start in range(0, len(y), BLOCK):
        block = slice(start, start + BLOCK)
        part, w = rows[:, block], weights[block]
        mu = probability(beta @ part)
        gradient += part @ (w * (y[block] - mu))
        information += (part * (w * mu * (1 - mu))) @ part.T
    return gradient, information
