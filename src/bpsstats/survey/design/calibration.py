"""Calibrate weights to known population margins: post-stratification, raking, regression (GREG),
and bounded distances.

A calibrated design carries its margins, so that the variance engine takes the residuals of every
influence on them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import ConvergenceError, DesignError, ParameterError
from bpsstats.reprs import SizesOnly, count_of
from bpsstats.survey.design.columns import named_rows
from bpsstats.survey.design.residuals import SINGULAR, Calibration, rows_times, weighted_products
from bpsstats.survey.design.survey_design import SurveyDesign

Distance = Literal["linear", "raking", "logit"]
Margins = Mapping[str, float | Mapping[object, float]]

CALIBRATED = "weight_calibrated"
POPULATION = "population"
CROSSED = "*"
# Two margins of one population may differ by the rounding of what was printed.
AGREEMENT_OF_MARGINS = 1e-6
TOLERANCE = 1e-12
MAX_ITERATIONS = 100
UNBOUNDED = (-np.inf, np.inf)
# Ratios of weights beyond e^30 mean that there is no solution.
LARGEST_EXPONENT = 30.0


@checked
def calibrate(
    design: SurveyDesign,
    margins: Margins,
    *,
    method: Distance = "raking",
    bounds: tuple[float, float] | None = None,
) -> SurveyDesign:
    """Change the weights as little as possible so that they meet known totals of the population.

    Parameters
    ----------
    design : SurveyDesign
    margins : mapping
        Column to the population total of each of its categories, or of the column itself where it
        is numeric; columns joined by "*" to totals of their crossed categories, themselves joined
        by "*"; ``population`` to the total of the weights. One crossed margin is
        post-stratification, several margins are raking or regression.
    method : {"raking", "linear", "logit"}
        Distance between old and new weights: ``w = d exp(x'b)``; ``w = d (1 + x'b)``, the
        regression estimator; or the logit of Deville and Sarndal, which needs `bounds`.
    bounds : (float, float), optional
        Least and largest ratio of new to old weight, below and above 1. With "linear" the ratio is
        cut off there.

    Returns
    -------
    SurveyDesign
        The design with the column ``weight_calibrated``. Its variances are those of residuals on
        the margins.

    Raises
    ------
    ParameterError
        If margins contradict one another or the sample, or method and bounds do not belong
        together.
    ConvergenceError
        If no weights within the bounds meet the margins.
    DesignError
        If the regression estimator would give weights of zero or less.

    References
    ----------
    Deville, J.-C. and Sarndal, C.-E. (1992). Calibration estimators in survey sampling. Journal of
    the American Statistical Association 87(418), 376-382.

    Examples
    --------
    >>> frame = pd.DataFrame({"sex": list("ffmm"), "w": 10.0, "c": [1, 2, 3, 4]})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu="c")
    >>> known = calibrate(design, {"sex": {"f": 30.0, "m": 50.0}})
    >>> known.weights
    array([15., 15., 25., 25.])
    """
    if design.calibration is not None:
        raise ParameterError(
            "The weights of this design are calibrated already. Give all margins in one call, from"
            " the released weights, so that the errors know of all of them."
        )
    distance = _distance(method, bounds)
    columns = _columns(design, margins)
    x = np.column_stack([column for _, column, _ in columns])
    totals = np.array([total for _, _, total in columns])
    names = tuple(name for name, _, _ in columns)
    ratio = _solve(design.weights, x, totals, names, distance)
    weights = design.weights * ratio
    bad = np.flatnonzero(weights <= 0)
    if bad.size:
        raise DesignError(
            f"{bad.size} weights of the regression estimator would be zero or less (rows"
            f' {named_rows(bad)}). Use method="raking", or bounds= with a least ratio above zero.'
        )
    frame = design.frame.assign(**{CALIBRATED: weights})
    frame.attrs = {**design.frame.attrs, "calibrated": _holds_population(x)}
    calibration = Calibration(x, totals, names, design.weights, method, distance.bounds)
    return replace(design, frame=frame, weight=CALIBRATED, calibration=calibration)


def recalibrate(known: Calibration, base: np.ndarray) -> np.ndarray:
    """Weights that meet the margins of a calibration from other base weights, shape (n,), as under
    a replicate.

    Raises
    ------
    ConvergenceError
        If no weights within the bounds meet the margins.
    """
    distance = _distance(known.method, None if known.bounds == UNBOUNDED else known.bounds)
    return np.asarray(base * _solve(base, known.x, known.totals, known.names, distance))


@dataclass(frozen=True, slots=True, repr=False)
class _Distance(SizesOnly):
    """Ratio of weights and its slope as functions of ``x'b``."""

    ratio: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    bounds: tuple[float, float] = UNBOUNDED


def _distance(method: str, bounds: tuple[float, float] | None) -> _Distance:
    """The distance of a method within bounds."""
    if bounds is not None and not (bounds[0] < 1 < bounds[1]):
        raise ParameterError(
            f"The bounds of the ratio of new to old weights are {bounds[0]:g} and {bounds[1]:g};"
            " the first must lie below 1 and the second above it, as in (0.5, 2)."
        )
    if method == "linear" and bounds is None:
        return _Distance(lambda u: 1 + u, np.ones_like)
    if method == "linear" and bounds is not None:
        low, high = bounds
        return _Distance(
            lambda u: np.clip(1 + u, low, high),
            lambda u: ((low < 1 + u) & (1 + u < high)) * 1.0,
            bounds,
        )
    if method == "raking" and bounds is None:
        return _Distance(_exp, _exp)
    if method == "logit" and bounds is not None and bounds[0] >= 0 and np.isfinite(bounds[1]):
        return _logit(*bounds)
    raise ParameterError(
        f"The method {method!r} {'without' if bounds is None else 'with these'} bounds is none of:"
        " raking, which has no bounds; linear, with or without; logit, with a least ratio of zero"
        " or more and a finite largest one."
    )


def _exp(u: np.ndarray) -> np.ndarray:
    """Exponential, cut off where weights would be absurd."""
    return np.asarray(np.exp(np.clip(u, -LARGEST_EXPONENT, LARGEST_EXPONENT)))


def _logit(low: float, high: float) -> _Distance:
    """The logit distance: ratios between two bounds, with slope 1 at zero."""
    steepness = (high - low) / ((1 - low) * (high - 1))

    def ratio(u: np.ndarray) -> np.ndarray:
        e = _exp(steepness * u)
        return np.asarray((low * (high - 1) + high * (1 - low) * e) / (high - 1 + (1 - low) * e))

    def slope(u: np.ndarray) -> np.ndarray:
        g = ratio(u)
        return np.asarray((g - low) * (high - g) / ((1 - low) * (high - 1)))

    return _Distance(ratio, slope, (low, high))


def _columns(design: SurveyDesign, margins: Margins) -> list[tuple[str, np.ndarray, float]]:
    """Name, variable and total of every margin."""
    if not margins:
        raise ParameterError(
            "There are no margins to calibrate to. Give at least one, such as population."
        )
    columns: list[tuple[str, np.ndarray, float]] = []
    sums: dict[str, float] = {}
    for name, known in margins.items():
        if isinstance(known, Mapping):
            columns += categories(design.frame, name, known)
            sums[name] = float(sum(known.values()))
        elif name == POPULATION:
            columns.append((name, np.ones(design.n), float(known)))
            sums[name] = float(known)
        else:
            values = design.column(name)
            bad = np.flatnonzero(~np.isfinite(values))
            if bad.size:
                raise DesignError(
                    f"{count_of(bad.size, 'record has', 'records have')} no value in column"
                    f" {name} (rows {named_rows(bad)}), whose total is a margin. Every record"
                    f" takes part in a calibration; complete"
                    " the column."
                )
            columns.append((name, values, float(known)))
    refuse_contradiction(sums)
    wrong = [name for name, _, total in columns if not np.isfinite(total)]
    if wrong:
        raise ParameterError(
            f"The total of the margin {wrong[0]} is not a finite number. Correct it at its source."
        )
    return columns


def categories(
    frame: pd.DataFrame, name: str, known: Mapping[object, float]
) -> list[tuple[str, np.ndarray, float]]:
    """Name, indicator of shape (n,) and population total of each category of a column, or of
    columns joined by "*".

    Raises
    ------
    ParameterError
        If there is no such column, a record is in none of the categories, or a category holds no
        record.
    """
    parts = name.split(CROSSED)
    unknown = [part for part in parts if part not in frame.columns]
    if unknown:
        raise ParameterError(f"The frame has no column {', '.join(unknown)} for the margin {name}.")
    labels = frame[parts[0]].astype("object")
    missing = frame[parts].isna().any(axis=1).to_numpy()
    if len(parts) > 1:
        labels = frame[parts].astype(str).agg(CROSSED.join, axis=1)
    stray = np.flatnonzero(missing | ~labels.isin(list(known)).to_numpy())
    if stray.size:
        raise ParameterError(
            f"{count_of(stray.size, 'record is', 'records are')} in no category of the"
            f" margin {name} (rows {named_rows(stray)}). Give a total for every category in the"
            f" sample; an unknown"
            " value needs a category of its own."
        )
    columns = []
    for category, total in known.items():
        indicator = (labels == category).to_numpy(dtype=np.float64)
        if not indicator.any():
            raise ParameterError(
                f"No record of the sample is in the category {category} of the margin {name}, so"
                " that no weights can meet its total. Join it to a neighbouring category, or leave"
                " it out of the population that is spoken of."
            )
        if not total > 0:
            raise ParameterError(
                f"The total of the category {category} of the margin {name} is not a positive"
                " number, though the sample has records in it. Correct the margin, or join the"
                " category to another."
            )
        columns.append((f"{name}={category}", indicator, float(total)))
    return columns


def refuse_contradiction(sums: Mapping[str, float]) -> None:
    """Refuse margins of one population that sum to different numbers.

    Raises
    ------
    ParameterError
        If two differ by more than the rounding of printed figures.
    """
    if not sums:
        return
    (least, low), (most, high) = (
        pick(sums.items(), key=lambda item: item[1]) for pick in (min, max)
    )
    if high - low > AGREEMENT_OF_MARGINS * abs(high):
        raise ParameterError(
            f"The margins contradict one another: {most} sums to {high:,.2f} and {least} to"
            f" {low:,.2f}. All margins must be of the same population at the same date; scale one"
            " of them, or correct it."
        )


def _solve(
    d: np.ndarray, x: np.ndarray, totals: np.ndarray, names: tuple[str, ...], distance: _Distance
) -> np.ndarray:
    """Ratios ``F(x'b)`` for which ``sum d F x`` are the totals, by Newton's method with halved
    steps.
    """
    one = np.ones((len(x), 1))
    scale = weighted_products(d, np.abs(x), one)[:, 0]
    if not (scale > 0).all():
        zero = names[int(np.flatnonzero(scale == 0)[0])]
        raise ParameterError(
            f"The margin {zero} is zero on every record, so that no weights can meet a total of it."
        )
    z, goal = x / scale, totals / scale

    def gap(b: np.ndarray) -> np.ndarray:
        return np.asarray(
            goal
            - weighted_products(d * distance.ratio(rows_times(z, b[:, None])[:, 0]), z, one)[:, 0]
        )

    b = np.zeros(x.shape[1])
    left = gap(b)
    for _ in range(MAX_ITERATIONS):
        slope = d * distance.slope(rows_times(z, b[:, None])[:, 0])
        step = np.linalg.pinv(weighted_products(slope, z, z), rcond=SINGULAR, hermitian=True) @ left
        size = 1.0
        while size > TOLERANCE and not np.abs(gap(b + size * step)).max() < np.abs(left).max():
            size /= 2
        if size <= TOLERANCE:
            break
        b = b + size * step
        left = gap(b)
    worst = int(np.argmax(np.abs(left)))
    if np.abs(left[worst]) > TOLERANCE * max(1.0, abs(goal[worst])):
        raise ConvergenceError(
            f"No weights within the bounds meet the margins: {names[worst]} is missed by"
            f" {abs(left[worst] / goal[worst] if goal[worst] else left[worst]):.2g} of its total."
            " Widen the bounds, give fewer or coarser margins, or check that the margins can hold"
            " at once."
        )
    return distance.ratio(rows_times(z, b[:, None])[:, 0])


def _holds_population(x: np.ndarray) -> bool:
    """Whether the margins fix the total of the weights."""
    one = np.ones(len(x))
    fitted = x @ np.linalg.lstsq(x, one, rcond=None)[0]
    return bool(np.abs(fitted - one).max() < AGREEMENT_OF_MARGINS)
