"""Average marginal effects of a survey logit, in percentage points, with design-based standard errors."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from bpsstats.errors import ParameterError
from bpsstats.models.logit import LogitResult
from bpsstats.survey import Estimates, Linearised
from bpsstats.survey.estimate import estimate_linearised

Covariates = Literal["random", "fixed"]
STEP = 1e-4  # half-width of the central difference, in standard deviations; exact for columns that enter linearly


def average_marginal_effects(
    result: LogitResult,
    variables: Sequence[str],
    *,
    reference: dict[str, str] | None = None,
    covariates: Covariates = "random",
) -> Estimates:
    """Weighted average effects on the probability of the outcome.

    Parameters
    ----------
    result : LogitResult
    variables : sequence of str
        Columns of the design's frame. For a categorical column each level is set against the reference in turn for
        everybody; for a numeric one the derivative is averaged, for a 0/1 column the difference.
    reference : dict, optional
        Categorical column to its reference level; default its last category.
    covariates : {"random", "fixed"}
        Whether the sampling of the covariates is part of the error (the average over the population), or they are taken as
        given (the delta method alone).

    Returns
    -------
    Estimates
        Statistic ``effect:<column>``, domain the contrast, in percentage points.

    Notes
    -----
    ``AME = sum w_i m_i / sum w_i``, ``m_i`` the difference of two predictions. Influence:
    ``u_i = (m_i - AME) / sum w + G' H^-1 x_i (y_i - mu_i)``, ``G`` the gradient of AME in the coefficients; without the first
    part where covariates are fixed.

    Raises
    ------
    ParameterError
        If a variable is not in the frame, or the treatment of the covariates is unknown.
    """
    if covariates not in ("random", "fixed"):
        raise ParameterError(f"Covariates are 'random' or 'fixed', not {covariates!r}.")
    frame = result.design.frame
    rows: list[tuple[str, str, Linearised]] = []
    for variable in variables:
        if variable not in frame.columns:
            raise ParameterError(f"The frame has no column {variable}. It has: {', '.join(map(str, frame.columns))}.")
        column = frame[variable]
        if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype.kind in "OUT":
            levels = [str(level) for level in column.astype("category").cat.categories]
            base = (reference or {}).get(variable, levels[-1])
            for level in levels:
                if level != base:
                    effect = _contrast(result, {variable: level}, {variable: base}, covariates)
                    rows.append((f"effect:{variable}", f"{level} against {base}", effect))
        elif set(np.unique(column.to_numpy(dtype=float))) <= {0.0, 1.0}:
            effect = _contrast(result, {variable: 1.0}, {variable: 0.0}, covariates)
            rows.append((f"effect:{variable}", "yes against no", effect))
        else:
            rows.append((f"effect:{variable}", "one unit more", _derivative(result, variable, covariates)))
    return estimate_linearised(
        result.design,
        [(name, domain, 100 * effect) for name, domain, effect in rows],
        unit="percentage points",
        kind="difference",
        mask=result.mask,
        level=result.level,
    )


def predicted_by(result: LogitResult, variable: str, *, covariates: Covariates = "random") -> Estimates:
    """Average predicted probability, percent, were everybody of each level of a categorical column.

    Parameters
    ----------
    result : LogitResult
    variable : str
        Categorical column.
    covariates : {"random", "fixed"}
        As in `average_marginal_effects`.
    """
    levels = [str(level) for level in result.design.frame[variable].astype("category").cat.categories]
    rows = [
        ("predicted", f"{variable}={level}", 100 * _contrast(result, {variable: level}, None, covariates))
        for level in levels
    ]
    return estimate_linearised(result.design, rows, unit="percent", kind="mean", mask=result.mask, level=result.level)


def _contrast(
    result: LogitResult, settings: dict[str, object], base: dict[str, object] | None, covariates: Covariates
) -> Linearised:
    """Average difference of predictions with columns set one way and the other; against nothing, their average."""
    x1 = _matrix_with(result, settings)
    p1 = _probability(x1 @ result.coefficients)
    effect, slope = p1, (p1 * (1 - p1))[:, None] * x1
    if base is not None:
        x0 = _matrix_with(result, base)
        p0 = _probability(x0 @ result.coefficients)
        effect, slope = effect - p0, slope - (p0 * (1 - p0))[:, None] * x0
    return _average(result, effect, slope, covariates)


def _derivative(result: LogitResult, variable: str, covariates: Covariates) -> Linearised:
    """Average derivative of the prediction in a numeric column."""
    inside = result.design.frame[result.mask]
    step = STEP * float(inside[variable].std())
    more = result.matrix(inside.assign(**{variable: inside[variable] + step}))
    less = result.matrix(inside.assign(**{variable: inside[variable] - step}))
    x, dx = result.matrix(inside), (more - less) / (2 * step)
    p = _probability(x @ result.coefficients)
    density, along = p * (1 - p), dx @ result.coefficients
    slope = density[:, None] * dx + (density * (1 - 2 * p) * along)[:, None] * x
    return _average(result, density * along, slope, covariates)


def _average(result: LogitResult, effect: np.ndarray, slope: np.ndarray, covariates: Covariates) -> Linearised:
    """Weighted average over the domain, with its influence."""
    weights = result.design.weights[result.mask]
    total = float(weights.sum())
    value = float(np.sum(weights * effect)) / total
    gradient = (weights @ slope) / total
    influence = result.influence @ gradient
    if covariates == "random":
        influence[result.mask] += (effect - value) / total
    return Linearised(value, influence)


def _matrix_with(result: LogitResult, settings: dict[str, object]) -> np.ndarray:
    """Columns of the model with some columns of the frame set to one value for everybody."""
    inside = result.design.frame[result.mask]
    changed = {}
    for column, value in settings.items():
        dtype = inside[column].dtype
        changed[column] = pd.Series(value, index=inside.index)
        if isinstance(dtype, pd.CategoricalDtype):
            changed[column] = changed[column].astype(dtype)
    return result.matrix(inside.assign(**changed))


def _probability(linear: np.ndarray) -> np.ndarray:
    """Inverse logit."""
    return np.asarray(1 / (1 + np.exp(-linear)))
