"""Average marginal effects, contrasts and predictions of a survey logit, in percentage points and percent.

Averages are weighted by the design. Their errors have two sources: that of the coefficients, and the sampling of the
records whose covariates are averaged over. "random" counts both, as an average over the population asks for; "fixed" takes
the covariates of the sample as given (the delta method alone, as most programs do).
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from bpsstats.errors import ParameterError
from bpsstats.models.newton import probability
from bpsstats.models.result import LogitResult
from bpsstats.survey import Estimates, Linearised

Covariates = Literal["random", "fixed"]
Rows = list[tuple[str, str, Linearised, np.ndarray]]
STEP = 1e-4  # half-width of the central difference, in standard deviations; exact for columns that enter linearly


def average_marginal_effects(
    result: LogitResult,
    variables: Sequence[str],
    *,
    reference: Mapping[str, str] | None = None,
    covariates: Covariates = "random",
) -> Estimates:
    """Weighted average effects on the probability of the outcome.

    Parameters
    ----------
    result : LogitResult
    variables : sequence of str
        Columns of the design's frame. For a categorical column each level is set against the reference in turn for
        everybody; for a numeric one the derivative is averaged, for a 0/1 column the difference.
    reference : mapping, optional
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
    ``u_i = (m_i - AME) / sum w + G'b_i``, ``b_i`` the influence of the coefficients and ``G`` the gradient of AME in them; without the
    first part where covariates are fixed.

    Raises
    ------
    ParameterError
        If a variable is not in the frame, or the treatment of the covariates is unknown.

    Examples
    --------
    >>> from bpsstats.models.logit import survey_logit
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"y": [0, 1, 0, 1, 1] * 40, "x": [0.0, 0, 0, 1, 1] * 40, "weight": 1.0, "psu": np.arange(200) // 5})
    >>> frame["y"] = np.where(np.arange(200) % 7 == 0, 1 - frame["y"], frame["y"])
    >>> result = survey_logit("y ~ x", SurveyDesign(frame, weight="weight", strata=None))
    >>> effect = average_marginal_effects(result, ["x"]).rows[0]
    >>> means = frame.groupby("x")["y"].mean()
    >>> bool(np.isclose(effect.estimate, 100 * (means[1.0] - means[0.0])))
    True
    """
    _check_covariates(covariates)
    rows: Rows = []
    for variable in variables:
        column = _column(result, variable)
        statistic = f"effect:{variable}"
        if _is_categorical(column):
            levels = _levels(column)
            base = (reference or {}).get(variable, levels[-1])
            if base not in levels:
                raise ParameterError(f"Column {variable} has no level {base!r}. It has: {', '.join(levels)}.")
            average = {level: average_prediction(result, {variable: level}, covariates) for level in levels}
            for level in levels:
                if level != base:
                    rows.append((statistic, f"{level} against {base}", *_difference(average[level], average[base])))
        elif set(np.unique(column.to_numpy(dtype=float))) <= {0.0, 1.0}:
            ends = [average_prediction(result, {variable: end}, covariates) for end in (1.0, 0.0)]
            rows.append((statistic, "yes against no", *_difference(*ends)))
        else:
            rows.append((statistic, "one unit more", *_derivative(result, variable, covariates)))
    return result.tabulate(_scaled(rows), unit="percentage points", kind="difference")


def contrast(
    result: LogitResult,
    settings: Mapping[str, object],
    base: Mapping[str, object],
    *,
    name: str = "contrast",
    covariates: Covariates = "random",
) -> Estimates:
    """Average difference of the probability, were everybody as in `settings` and as in `base`, in percentage points.

    Parameters
    ----------
    result : LogitResult
    settings, base : mapping of column to value
        What is set for everybody; all other columns stay as they are.
    name : str
        Name of the statistic.
    covariates : {"random", "fixed"}
        As in `average_marginal_effects`.
    """
    _check_covariates(covariates)
    ends = [average_prediction(result, values, covariates) for values in (settings, base)]
    rows: Rows = [(name, f"{_named(settings)} against {_named(base)}", *_difference(*ends))]
    return result.tabulate(_scaled(rows), unit="percentage points", kind="difference")


def predicted_by(
    result: LogitResult,
    variable: str,
    *,
    at: Mapping[str, object] | None = None,
    covariates: Covariates = "random",
) -> Estimates:
    """Average predicted probability, percent, were everybody of each level of a categorical column.

    Parameters
    ----------
    result : LogitResult
    variable : str
        Categorical column.
    at : mapping of column to value, optional
        Other columns to set for everybody.
    covariates : {"random", "fixed"}
        As in `average_marginal_effects`.
    """
    _check_covariates(covariates)
    rows: Rows = []
    for level in _levels(_column(result, variable)):
        settings = {variable: level, **(at or {})}
        rows.append(("predicted", _named(settings), *average_prediction(result, settings, covariates)))
    return result.tabulate(_scaled(rows), unit="percent", kind="index")


def predict_rows(result: LogitResult, frame: pd.DataFrame) -> Estimates:
    """Predicted probability of each row of a small frame, percent, with its standard error.

    Parameters
    ----------
    result : LogitResult
    frame : DataFrame
        One row for each case asked about, with the columns of the formula.

    Notes
    -----
    ``p = 1 / (1 + exp(-x'b))``, gradient ``p (1 - p) x``.
    """
    x = result.columns.matrix(frame)
    p = probability(x @ result.coefficients)
    slopes = (p * (1 - p))[:, None] * x
    rows: Rows = [
        ("predicted", f"case {i + 1}", Linearised(float(p[i]), result.combine(slopes[i])), slopes[i])
        for i in range(len(p))
    ]
    return result.tabulate(_scaled(rows), unit="percent", kind="index")


def average_prediction(
    result: LogitResult, settings: Mapping[str, object], covariates: Covariates
) -> tuple[Linearised, np.ndarray]:
    """Weighted average probability with columns set for everybody, and its gradient in the coefficients, shape (p,)."""
    for name in settings:
        _column(result, name)
    x = result.columns.with_values(result.frame, dict(settings))
    p = probability(x @ result.coefficients)
    return _average(result, p, p * (1 - p), x, covariates)


def _derivative(result: LogitResult, variable: str, covariates: Covariates) -> tuple[Linearised, np.ndarray]:
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
) -> tuple[Linearised, np.ndarray]:
    """Weighted average over the domain, linearised, and its gradient ``sum w slope x / sum w``."""
    weights = result.design.weights[result.mask]
    total = float(weights.sum())
    value = float(weights @ effect) / total
    gradient = ((weights * slope) @ x) / total
    influence = result.combine(gradient)
    if covariates == "random":
        influence[result.mask] += (effect - value) / total
    return Linearised(value, influence), gradient


def _difference(
    left: tuple[Linearised, np.ndarray], right: tuple[Linearised, np.ndarray]
) -> tuple[Linearised, np.ndarray]:
    """One average less another, and the gradient of that."""
    return left[0] - right[0], left[1] - right[1]


def _scaled(rows: Rows) -> Rows:
    """Probabilities in percent."""
    return [(name, domain, 100 * linearised, 100 * gradient) for name, domain, linearised, gradient in rows]


def _column(result: LogitResult, variable: str) -> pd.Series:
    """A column of the domain's records."""
    if variable not in result.design.frame.columns:
        raise ParameterError(
            f"The frame has no column {variable}. It has: {', '.join(map(str, result.design.frame.columns))}."
        )
    return result.frame[variable]


def _is_categorical(column: pd.Series) -> bool:
    return column.dtype.kind not in "ifub"


def _levels(column: pd.Series) -> list[str]:
    """Levels of a categorical column."""
    return [str(level) for level in column.astype("category").cat.categories]


def _named(settings: Mapping[str, object]) -> str:
    """Settings as the name of a domain."""
    return ", ".join(
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}" for name, value in settings.items()
    )


def _check_covariates(covariates: str) -> None:
    if covariates not in ("random", "fixed"):
        raise ParameterError(f"Covariates are 'random' or 'fixed', not {covariates!r}.")
