"""Survey-weighted logit by pseudo-likelihood, with design-based covariance through the one variance
engine.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import ConvergenceError, ParameterError, SeparationError
from bpsstats.models.formula import Columns, model_columns
from bpsstats.models.logit.firth import firth_logit
from bpsstats.models.logit.gate import (
    EVENTS_PER_PARAMETER,
    REMEDY,
    Reason,
    check_columns,
    degrees_of_freedom,
    few_events,
    lone_level,
    runs_off,
)
from bpsstats.models.logit.newton import MAX_ITERATIONS, fit_logit
from bpsstats.models.logit.result import LogitResult
from bpsstats.models.logit.separation import find_separation, proves_overlap
from bpsstats.survey import ReplicateWeights, SurveyDesign, covariance, replicate
from bpsstats.survey.design.masks import Domain
from bpsstats.survey.estimate import domain_mask
from bpsstats.survey.variance.intervals import check_level

BelowGate = Literal["refuse", "firth"]


@checked
def survey_logit(
    formula: str,
    design: SurveyDesign,
    domain: Domain = None,
    *,
    level: float = 0.95,
    events_per_parameter: float = EVENTS_PER_PARAMETER,
    below_gate: BelowGate = "refuse",
    group: str | None = None,
    profile: bool = True,
    replicates: ReplicateWeights | None = None,
) -> LogitResult:
    """Logit by weighted pseudo-likelihood, with the sampling design in its standard errors.

    Parameters
    ----------
    formula : str
        Outcome and covariates, as in ``"poor ~ C(head_education, Treatment('sma_plus')) +
        log_size"``.
    design : SurveyDesign
    domain : ndarray or Series of bool, shape (n,), or str, optional
        Records to model, or the boolean column that says so; the others stay in the design.
    level : float
        Confidence level.
    events_per_parameter : float
        Fewest events (or non-events) for each parameter.
    below_gate : {"refuse", "firth"}
        What to do with too few events, separation, or a coefficient that runs off: refuse, or fit
        Firth's penalised likelihood and say why in the result.
    group : str, optional
        Column of records that share their outcome, such as the household of persons: they count as
        one event.
    profile : bool
        As in `firth_logit`.
    replicates : ReplicateWeights, optional
        Replicate weights to take the errors of the coefficients, and of the effects and
        predictions made from them, from: the model is fitted anew under each. Default: linearised
        errors.

    Raises
    ------
    SeparationError
        If the gate refuses.
    NotEstimableError
        If the outcome is constant, a level has no record, no degrees of freedom are left, or the
        fit fails under a replicate.
    ParameterError
        If the formula cannot be read, its columns are collinear, or Firth's likelihood is asked for
        together with replicates.
    ConvergenceError
        If the fit does not settle.

    Notes
    -----
    Coefficients solve ``sum w_i x_i (y_i - mu_i) = 0``. Their influence is ``u_i = H^-1 x_i (y_i -
    mu_i)`` with ``H = sum w_i mu_i (1 - mu_i) x_i x_i'``, and the covariance is that of the totals
    of ``w u`` (Binder 1983). Degrees of freedom: PSUs less strata with a record of the domain, less
    the p - 1 coefficients beside the constant.

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys.
    International Statistical Review 51, 279-292.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [0, 1, 0, 1] * 20, "x": [0.0, 1, 2, 3] * 20})
    >>> frame = frame.assign(weight=1.0, psu=np.arange(80) // 4)
    >>> result = survey_logit("y ~ x", SurveyDesign(frame, weight="weight", strata=None))
    >>> result.terms, result.df
    (('(intercept)', 'x'), 18)
    """
    level = check_level(level)
    if replicates is not None and below_gate == "firth":
        raise ParameterError(
            "Firth's likelihood has linearised errors only. Leave out replicates=, or say"
            ' below_gate="refuse".'
        )
    mask, _ = domain_mask(design, domain)
    columns = model_columns(formula, design, mask)
    check_columns(columns)
    df = degrees_of_freedom(design, mask, columns.x.shape[1])
    groups = None if group is None else design.values_of(group)[mask]
    scarce = few_events(columns.y, columns.x.shape[1], events_per_parameter, groups)
    result = scarce or _maximum_likelihood(design, mask, columns, df, level)
    if isinstance(result, LogitResult):
        return result if replicates is None else _with_replicates(result, replicates)
    if below_gate == "refuse":
        raise SeparationError(f"{result} {REMEDY}")
    return firth_logit(formula, design, mask, level=level, reason=result, profile=profile)


def _with_replicates(result: LogitResult, replicates: ReplicateWeights) -> LogitResult:
    """The fit with errors from its coefficients under replicate weights."""
    columns, inside = result.columns, result.mask

    def refitted(design: SurveyDesign) -> np.ndarray:
        weights = design.weights[inside]
        fit = fit_logit(columns.y, columns.x, weights / weights.mean())
        reason = runs_off(fit.coefficients, columns)
        if reason is not None:
            raise SeparationError(str(reason))
        if not fit.converged:
            raise ConvergenceError(f"The logit did not settle in {MAX_ITERATIONS} iterations.")
        return fit.coefficients

    refits = replicate(result.design, refitted, replicates)
    df = result.df
    if replicates.df is not None:
        df = max(replicates.df - len(result.coefficients) + 1, 1)
    return replace(result, cov=refits.cov, df=df, replication=refits)


def _maximum_likelihood(
    design: SurveyDesign, mask: np.ndarray, columns: Columns, df: int, level: float
) -> LogitResult | Reason:
    """The fit, or the reason why the data cannot bear it."""
    y, x = columns.y, columns.x
    reason = lone_level(columns, design.frame[mask])
    if reason is not None:
        return reason
    weights = design.weights[mask]
    scale = float(weights.mean())
    fit = fit_logit(y, x, weights / scale)
    if not proves_overlap(fit, y, x, weights / scale):
        found = find_separation(y, x)
        if found.kind != "none":
            return Reason(found.kind, {"terms": ", ".join(columns.terms[k] for k in found.columns)})
    reason = runs_off(fit.coefficients, columns)
    if reason is not None:
        return reason
    if not fit.converged:
        raise ConvergenceError(
            f"The logit did not settle in {MAX_ITERATIONS} iterations. Measure the covariates in"
            " units of their own size, so that none is millions of times another."
        )
    inverse = np.linalg.inv(fit.information)
    influence = (x * (y - fit.mu)[:, None]) @ (inverse / scale)
    if not mask.all():
        inside, influence = influence, np.zeros((design.n, x.shape[1]))
        influence[mask] = inside
    return LogitResult(
        design,
        mask,
        columns,
        fit.coefficients,
        influence,
        covariance(design, influence),
        inverse,
        df,
        level,
    )
