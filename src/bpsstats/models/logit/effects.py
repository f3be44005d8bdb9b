"""Average marginal effects, contrasts and predictions of a survey logit, in percentage points and
percent.

Averages are weighted by the design. Their errors have two sources: that of the coefficients, and
the sampling of the records whose covariates are averaged over. "random" counts both, as an average
over the population asks for; "fixed" takes the covariates of the sample as given (the delta method
alone, as most programs do).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.models.logit.averages import (
    Covariates,
    average_derivative,
    average_prediction,
)
from bpsstats.models.logit.newton import probability
from bpsstats.models.logit.result import PERCENT, LogitResult, OfFit
from bpsstats.survey import Estimate, Estimates, Linearised
from bpsstats.survey.design.levels import position_of, written
from bpsstats.survey.results.strands import strand_covariance
from bpsstats.survey.variance.intervals import difference


@checked
def average_marginal_effects(
    result: LogitResult,
    variables: Sequence[str],
    *,
    reference: Mapping[str, object] | None = None,
    covariates: Covariates = "random",
) -> Estimates:
    """Weighted average effects on the probability of the outcome.

    Parameters
    ----------
    result : LogitResult
    variables : sequence of str
        Columns of the design's frame. For a categorical column each level is set against the
        reference in turn for everybody; for a numeric one the derivative is averaged, for a 0/1
        column the difference.
    reference : mapping, optional
        Categorical column to its reference level; default its last category.
    covariates : {"random", "fixed"}
        Whether the sampling of the covariates is part of the error (the average over the
        population), or they are taken as given (the delta method alone).

    Returns
    -------
    Estimates
        Statistic ``effect:<column>``, domain the contrast, in percentage points.

    Notes
    -----
    ``AME = sum w_i m_i / sum w_i``, ``m_i`` the difference of two predictions. Influence:
    ``u_i = (m_i - AME) / sum w + G'b_i``, ``b_i`` the influence of the coefficients and ``G`` the
    gradient of AME in them; without the first part where covariates are fixed. The interval of a
    difference is recovered from those of the two predictions, which are lopsided near zero; that of
    a derivative is Wald's.

    Raises
    ------
    ParameterError
        If a variable is not in the model, a reference is none of its levels or of a column that is
        not asked for, or the treatment of the covariates is unknown.

    Examples
    --------
    >>> from bpsstats.models.logit.survey_logit import survey_logit
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"y": [0, 1, 0, 1, 1] * 40, "x": [0.0, 0, 0, 1, 1] * 40})
    >>> frame = frame.assign(weight=1.0, psu=np.arange(200) // 5)
    >>> frame["y"] = np.where(np.arange(200) % 7 == 0, 1 - frame["y"], frame["y"])
    >>> result = survey_logit("y ~ x", SurveyDesign(frame, weight="weight", strata=None))
    >>> effect = average_marginal_effects(result, ["x"]).rows[0]
    >>> means = frame.groupby("x")["y"].mean()
    >>> bool(np.isclose(effect.estimate, 100 * (means[1.0] - means[0.0])))
    True
    """
    bases = reference or {}
    for variable in bases:
        if variable not in variables or variable not in result.columns.levels:
            factors = [each for each in variables if each in result.columns.levels]
            raise ParameterError(
                f"reference= names {variable!r}, which is none of the factors whose effects are"
                f" asked for: {', '.join(factors) or 'there is none'}."
            )
    rows: list[Estimate] = []
    for variable in variables:
        result.columns.refuse_other(variable)
        statistic, levels = f"effect:{variable}", result.columns.levels.get(variable)
        if levels is not None:
            base = levels[position_of(levels, bases.get(variable, levels[-1]), variable)]
            ends = dict(
                zip(
                    levels,
                    _predictions(result, [{variable: level} for level in levels], covariates),
                    strict=True,
                )
            )
            rows.extend(
                difference_of(
                    statistic, f"{written(level)} against {written(base)}", ends[level], ends[base]
                )
                for level in levels
                if level != base
            )
        elif result.frame[variable].isin([0, 1]).all():
            yes, no = _predictions(result, [{variable: 1.0}, {variable: 0.0}], covariates)
            rows.append(difference_of(statistic, "yes against no", yes, no))
        else:
            one = [(statistic, "one unit more", _derivative(variable, covariates))]
            rows.extend(
                result.tabulate(one, unit="percentage points", kind="difference", times=PERCENT)
            )
    return Estimates(tuple(rows), result.sample, result.level)


@checked
def contrast(
    result: LogitResult,
    settings: Mapping[str, object],
    base: Mapping[str, object],
    *,
    name: str = "contrast",
    covariates: Covariates = "random",
) -> Estimates:
    """Average difference of the probability, were everybody as in `settings` and as in `base`, in
    percentage points.

    Parameters
    ----------
    result : LogitResult
    settings, base : mapping of column to value
        What is set for everybody; all other columns stay as they are.
    name : str
        Name of the statistic.
    covariates : {"random", "fixed"}
        As in `average_marginal_effects`.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [0, 1, 1, 0, 1] * 24, "g": list("aabb") * 30, "weight": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="weight", strata=None, psu=None)
    >>> fit = bps.survey_logit("y ~ C(g)", design)
    >>> effect = bps.contrast(fit, {"g": "a"}, {"g": "b"})[0]
    >>> effect.unit, effect.domain
    ('percentage points', 'g=a against g=b')
    """
    one, other = _predictions(result, [settings, base], covariates)
    row = difference_of(name, f"{_named(settings)} against {_named(base)}", one, other)
    return Estimates((row,), result.sample, result.level)


@checked
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

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [0, 1, 1, 0, 1] * 24, "g": list("aabb") * 30, "weight": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="weight", strata=None, psu=None)
    >>> fit = bps.survey_logit("y ~ C(g)", design)
    >>> [row.domain for row in bps.predicted_by(fit, "g")]
    ['g=a', 'g=b']
    """
    levels = result.columns.classes(result.frame, variable)
    return _predictions(result, [{variable: level, **(at or {})} for level in levels], covariates)


@checked
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

    def of(i: int) -> OfFit:
        def predicted(fit: LogitResult) -> tuple[Linearised, np.ndarray]:
            p = float(probability(x[i] @ fit.coefficients))
            slope = p * (1 - p) * x[i]
            return Linearised(p, fit.combine(slope)), slope

        return predicted

    rows = [("predicted", f"case {i + 1}", of(i)) for i in range(len(x))]
    return result.tabulate(rows, unit="percent", kind="index", times=PERCENT)


def _predictions(
    result: LogitResult, settings: Sequence[Mapping[str, object]], covariates: Covariates
) -> Estimates:
    """Average predicted probabilities, percent, with columns set for everybody."""
    rows = [("predicted", _named(values), _prediction(values, covariates)) for values in settings]
    return result.tabulate(rows, unit="percent", kind="index", times=PERCENT)


def _prediction(values: Mapping[str, object], covariates: Covariates) -> OfFit:
    """The average prediction with columns set for everybody, as a function of a fit."""
    return lambda fit: average_prediction(fit, values, covariates)


def _derivative(variable: str, covariates: Covariates) -> OfFit:
    """The average derivative in a column, as a function of a fit."""
    return lambda fit: average_derivative(fit, variable, covariates)


def difference_of(name: str, domain: str, one: Estimate, other: Estimate) -> Estimate:
    """One prediction less another, percentage points, with the interval that follows from theirs.

    Parameters
    ----------
    name, domain : str
        Of the difference.
    one, other : Estimate
        Predictions in percent, of one sample.
    """
    errors = one.std_error * other.std_error
    correlation = strand_covariance(one.strands, other.strands) / errors if errors > 0 else 0.0
    limits = difference(
        (one.estimate, *one.interval()), (other.estimate, *other.interval()), correlation
    )
    row = one - other
    return replace(
        row, statistic=name, domain=domain, unit="percentage points", n=one.n, limits=limits
    )


def _named(settings: Mapping[str, object]) -> str:
    """Settings as the name of a domain."""
    return ", ".join(f"{name}={written(value)}" for name, value in settings.items())
