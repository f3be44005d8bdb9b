"""Weighted averages of predictions and of their derivatives, linearised, with their gradients in
the coefficients.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from bpsstats.errors import ParameterError
from bpsstats.models.logit.newton import probability
from bpsstats.models.logit.result import LogitResult
from bpsstats.survey import Linearised

Covariates = Literal["random", "fixed"]
Average = tuple[Linearised, np.ndarray]  # with the gradient in the coefficients, shape (p,)
# Half-width of the central difference, in standard deviations; exact for columns that enter
# linearly
STEP = 1e-4


def average_prediction(
    result: LogitResult, settings: Mapping[str, object], covariates: Covariates
) -> Average:
    """Weighted average probability with columns set for everybody, and its gradient in the
    coefficients, shape (p,).
    """
    x, beta = result.columns.x, result.coefficients
    changed = result.columns.constants(result.frame, settings)
    places, made = result.columns.remade(result.frame, changed)
    p = probability(x @ beta + (made - x[:, places]) @ beta[places])
    slope = result.weights * p * (1 - p)
    gradient = slope @ x
    gradient[places] = slope @ made
    return _average(result, p, gradient, covariates)


def average_derivative(result: LogitResult, variable: str, covariates: Covariates) -> Average:
    """Average derivative of the probability in a numeric column of the frame."""
    x, beta, weights = result.columns.x, result.coefficients, result.weights
    places, dx = _derivative_of_columns(result, variable)
    p, along = probability(x @ beta), dx @ beta[places]
    density = p * (1 - p)
    gradient = (weights * density * (1 - 2 * p) * along) @ x
    gradient[places] += (weights * density) @ dx
    return _average(result, density * along, gradient, covariates)


def _derivative_of_columns(result: LogitResult, variable: str) -> tuple[list[int], np.ndarray]:
    """Positions of the columns of the model that move with a column of the frame, and their
    derivatives in it, shape (m, k).
    """
    column = result.frame[variable].astype(float)
    step = STEP * float(column.std())
    places, more = result.columns.remade(result.frame, {variable: column + step})
    if [result.columns.names[place] for place in places] == [variable]:
        # The column itself: a difference of nearly equal numbers would lose digits for nothing.
        return places, np.ones_like(more)
    _, less = result.columns.remade(result.frame, {variable: column - step})
    dx = (more - less) / (2 * step)
    if not dx.any():
        raise ParameterError(
            f"The formula makes classes of {variable}, which do not move with one unit of it. Set"
            " it by contrast() instead."
        )
    return places, dx


def _average(
    result: LogitResult, effect: np.ndarray, gradient: np.ndarray, covariates: Covariates
) -> Average:
    """Weighted average over the domain, linearised, and its gradient, from that of the weighted
    total.
    """
    total = float(result.weights.sum())
    value, gradient = float(result.weights @ effect) / total, gradient / total
    influence = result.combine(gradient)
    if covariates == "random":
        influence[result.mask] += (effect - value) / total
    return Linearised(value, influence), gradient
