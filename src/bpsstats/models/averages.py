"""Weighted averages of predictions and of their derivatives, linearised, with their gradients in the coefficients."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from bpsstats.errors import ParameterError
from bpsstats.models.newton import probability
from bpsstats.models.result import LogitResult
from bpsstats.survey import Linearised

Covariates = Literal["random", "fixed"]
Average = tuple[Linearised, np.ndarray]  # with the gradient in the coefficients, shape (p,)
STEP = 1e-4  # half-width of the central difference, in standard deviations; exact for columns that enter linearly


def average_prediction(result: LogitResult, settings: Mapping[str, object], covariates: Covariates) -> Average:
    """Weighted average probability with columns set for everybody, and its gradient in the coefficients, shape (p,)."""
    for name in settings:
        column_of(result, name)
    x = result.columns.with_values(result.frame, dict(settings))
    p = probability(x @ result.coefficients)
    return _average(result, p, p * (1 - p), x, covariates)


def average_derivative(result: LogitResult, variable: str, covariates: Covariates) -> Average:
    """Average derivative of the probability in a numeric column of the frame."""
    column = result.frame[variable].astype(float)
    step = STEP * float(column.std())
    more = result.columns.with_columns(result.frame, {variable: column + step})
    less = result.columns.with_columns(result.frame, {variable: column - step})
    x, dx = result.columns.x, (more - less) / (2 * step)
    p = probability(x @ result.coefficients)
    density, along = p * (1 - p), dx @ result.coefficients
    weights = result.design.weights[result.mask]
    linearised, gradient = _average(result, density * along, density * (1 - 2 * p) * along, x, covariates)
    direct = (weights * density) @ dx / weights.sum()
    return Linearised(linearised.value, linearised.influence + result.combine(direct)), gradient + direct


def _average(
    result: LogitResult, effect: np.ndarray, slope: np.ndarray, x: np.ndarray, covariates: Covariates
) -> Average:
    """Weighted average over the domain, linearised, and its gradient ``sum w slope x / sum w``."""
    weights = result.design.weights[result.mask]
    total = float(weights.sum())
    value = float(weights @ effect) / total
    gradient = ((weights * slope) @ x) / total
    influence = result.combine(gradient)
    if covariates == "random":
        influence[result.mask] += (effect - value) / total
    return Linearised(value, influence), gradient


def column_of(result: LogitResult, variable: str) -> pd.Series:
    """A column of the domain's records."""
    if variable not in result.design.frame.columns:
        raise ParameterError(
            f"The frame has no column {variable}. It has: {', '.join(map(str, result.design.frame.columns))}."
        )
    return result.frame[variable]


def check_covariates(covariates: str) -> None:
    """Refuse a treatment of the covariates that is neither "random" nor "fixed"."""
    if covariates not in ("random", "fixed"):
        raise ParameterError(f"Covariates are 'random' or 'fixed', not {covariates!r}.")
