"""Firth's penalised logit over a survey design: for few events, and for data that separate.

Its standard errors are design-based: the coefficients are linearised with the penalty, which the
sample makes too, and go through the one variance engine. Two things are added, because with few
events a design shows too little of its own error: a level without an event has hardly any variance
between PSUs to show, however little is known of it.

- The generalised design effects of the coefficients (Rao and Scott 1984), the eigenvalues of the
  design's covariance against that of the penalised likelihood, are taken as one at least.
- Intervals follow the profile of the penalised likelihood, which is asymmetric where the events are
  few. Its fall is compared with ``t^2`` times the coefficient's design effect. For weighted data
  that is the first-order law of Rao and Scott for a single coefficient, not the exact one of
  independent records.
"""

import numpy as np
import scipy

from bpsstats.arguments import checked
from bpsstats.errors import ConvergenceError, SeparationError
from bpsstats.models.formula import INTERCEPT, Columns, model_columns
from bpsstats.models.logit.gate import (
    EVENTS_PER_PARAMETER_FIRTH,
    Reason,
    check_columns,
    degrees_of_freedom,
    few_events,
    largest_coefficients,
    runs_off,
)
from bpsstats.models.logit.newton import MAX_ITERATIONS, TOLERANCE, Fit, probability
from bpsstats.models.logit.penalised_likelihood import fit_firth, influence_of_records, penalised
from bpsstats.models.logit.result import LogitResult
from bpsstats.survey import SurveyDesign, covariance
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.design.masks import Domain
from bpsstats.survey.estimate import domain_mask
from bpsstats.survey.variance.intervals import check_level
from bpsstats.survey.variance.reference import t_quantile

# A fall beyond this counts as this, so that a singular information does not upset the search
STEEPEST = 1e3
LIMIT_TOLERANCE = 1e-8


@checked
def firth_logit(
    formula: str,
    design: SurveyDesign,
    domain: Domain = None,
    *,
    level: float = 0.95,
    reason: Reason | None = None,
    profile: bool = True,
) -> LogitResult:
    """Logit by Firth's penalised pseudo-likelihood, with the sampling design in its standard
    errors.

    Parameters
    ----------
    formula : str
    design : SurveyDesign
    domain : ndarray or Series of bool, shape (n,), or str, optional
        As in `survey_logit`.
    level : float
        Confidence level.
    reason : Reason, optional
        Why it was chosen, for the result.
    profile : bool
        Whether the coefficients' intervals follow the profile, some hundred fits, or are taken from
        the standard errors.

    Raises
    ------
    SeparationError
        If the events are too few even for this, or a coefficient is beyond what an odds ratio can
        tell.
    NotEstimableError, ParameterError, ConvergenceError
        As in `survey_logit`.

    Notes
    -----
    Maximises ``sum w_i l_i(b) + 1/2 log det sum w_i mu_i (1 - mu_i) x_i x_i'``, the weights having
    a mean of one in the domain: the penalty is that of as many records as were interviewed.
    Multiplying all weights changes nothing. The penalty draws predictions towards a half, which
    overstates a rare outcome; the constant is therefore fitted again by maximum likelihood with the
    other coefficients as they are, so that the average prediction is the observed rate (FLIC, Puhr
    et al. 2017).

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38.
    Heinze, G. and Schemper, M. (2002). A solution to the problem of separation in logistic
    regression. Statistics in Medicine 21, 2409-2419.
    Puhr, R., Heinze, G., Nold, M., Lusa, L. and Geroldinger, A. (2017). Firth's logistic regression
    with rare events: accurate effect estimates and predictions? Statistics in Medicine 36,
    2302-2317. Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency
    tables with cell proportions estimated from survey data. Annals of Statistics 12, 46-60.

    Examples
    --------
    No event in the second group; adding half an event to each cell gives ``log(0.5/40.5) -
    log(10.5/30.5)``.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1] * 10 + [0] * 70, "x": [0] * 40 + [1] * 40})
    >>> frame = frame.assign(weight=1.0, psu=np.arange(80) // 4)
    >>> result = firth_logit("y ~ x", SurveyDesign(frame, weight="weight", strata=None))
    >>> by_hand = np.log(0.5 / 40.5) - np.log(10.5 / 30.5)
    >>> round(float(result.coefficients[1]), 6), round(float(by_hand), 6)
    (-3.328098, -3.328098)
    """
    level = check_level(level)
    mask, _ = domain_mask(design, domain)
    columns = model_columns(formula, design, mask)
    check_columns(columns)
    y, x = columns.y, columns.x
    df = degrees_of_freedom(design, mask, x.shape[1])
    scarce = few_events(y, x.shape[1], EVENTS_PER_PARAMETER_FIRTH)
    if scarce is not None:
        raise SeparationError(
            f"{scarce} That is too few for Firth's penalty as well. Pool more rounds, or ask for"
            " fewer covariates."
        )
    weights = design.weights[mask]
    scale = float(weights.mean())
    fit = fit_firth(y, x, weights / scale)
    if not fit.converged:
        raise ConvergenceError(
            "Firth's logit did not settle. Measure the covariates in units of their own size."
        )
    large = runs_off(fit.coefficients, columns)
    if large is not None:
        raise SeparationError(f"{large} Measure the covariate in larger units, or leave it out.")
    state = penalised(y, x, weights / scale, fit.coefficients)
    influence = np.zeros((design.n, x.shape[1]))
    influence[mask] = influence_of_records(state) / scale
    of_design = covariance(design, influence)
    root = floor_root(of_design, state.inverse)
    cov = of_design + root @ root.T
    effects = np.diag(cov) / np.diag(state.inverse)
    limits = (
        _profile_limits(columns, weights / scale, fit, state.inverse, effects, level, df)
        if profile
        else None
    )
    beta = fit.coefficients.copy()
    if INTERCEPT in columns.names:
        k = columns.names.index(INTERCEPT)
        beta[k], through, own = corrected_constant(y, x, weights, beta, k)
        if limits is not None:
            limits[k] += beta[k] - fit.coefficients[k]
        influence[mask, k] = own - influence[mask] @ through
        root[k] = -through @ root
        cov = covariance(design, influence) + root @ root.T
    return LogitResult(
        design, mask, columns, beta, influence, cov, state.inverse, df, level, "Firth", reason,
        _floor_clusters(x.shape[1]), root, limits,
    )  # fmt: skip


def corrected_constant(
    y: np.ndarray, x: np.ndarray, weights: np.ndarray, beta: np.ndarray, k: int
) -> tuple[float, np.ndarray, np.ndarray]:
    """Constant with which the average prediction is the observed rate, the other coefficients
    staying as they are.

    Parameters
    ----------
    y, weights : ndarray, shape (n,)
    x : ndarray, shape (n, p)
    beta : ndarray, shape (p,)
    k : int
        Column of the constant.

    Returns
    -------
    constant : float
    through : ndarray, shape (p,)
        Minus its derivative in the other coefficients, ``sum w v x / sum w v``; zero for itself.
    own : ndarray, shape (n,)
        The rest of its influence, ``(y - mu) / sum w v``.
    """
    eta = x @ beta
    move = 0.0
    for _ in range(MAX_ITERATIONS):
        mu = probability(eta + move)
        step = float(weights @ (y - mu)) / float(weights @ (mu * (1 - mu)))
        move += step
        if abs(step) < TOLERANCE:
            break
    mu = probability(eta + move)
    v = weights * mu * (1 - mu)
    through = (v @ x) / v.sum()
    through[k] = 0.0
    return float(beta[k] + move), through, (y - mu) / v.sum()


def floor_root(cov: np.ndarray, naive: np.ndarray) -> np.ndarray:
    """What a covariance lacks to design effects of one, as a root ``r``: ``cov + r r'`` has none
    below one.

    Parameters
    ----------
    cov, naive : ndarray, shape (p, p)
        Covariance by the design, and by the likelihood of independent records.

    Examples
    --------
    >>> root = floor_root(np.diag([4.0, 0.25]), np.eye(2))
    >>> np.diag(np.diag([4.0, 0.25]) + root @ root.T)
    array([4., 1.])
    """
    half = np.linalg.cholesky(naive)
    inner = np.linalg.solve(half, np.linalg.solve(half, cov).T)
    effects, axes = np.linalg.eigh((inner + inner.T) / 2)
    return np.asarray(half @ axes * np.sqrt(np.maximum(1 - effects, 0)))


def _floor_clusters(p: int) -> FirstStage:
    """A first stage of p strata of two PSUs each, through which the floor enters the one variance
    engine.
    """
    stratum = np.repeat(np.arange(p), 2)
    labels = np.array([f"floor {i}" for i in range(2 * p)], dtype=object)
    return FirstStage.make(
        labels, stratum, np.array([f"floor {h}" for h in range(p)], dtype=object), None, "error"
    )


def _profile_limits(
    columns: Columns,
    weights: np.ndarray,
    fit: Fit,
    naive: np.ndarray,
    effects: np.ndarray,
    level: float,
    df: int,
) -> np.ndarray:
    """Where the profile of the penalised likelihood has fallen by ``t^2 deff / 2``, shape (p, 2).

    A limit that the gate would refuse as a coefficient is none: the data put no bound there, and it
    is infinite. The constant, which is corrected afterwards, has the limits of a parabola.
    """
    t = float(t_quantile(0.5 + level / 2, df))
    reach = t * np.sqrt(effects * np.diag(naive))
    limits = fit.coefficients[:, None] + np.outer(reach, [-1.0, 1.0])
    bound = largest_coefficients(columns)
    for k, centre in enumerate(fit.coefficients):
        if columns.names[k] == INTERCEPT:
            continue
        fall = t**2 * effects[k] / 2
        path = (
            naive[:, k] / naive[k, k]
        )  # along which the other coefficients follow, to first order
        for side, sign in enumerate((-1.0, 1.0)):
            last = bound[k] - sign * centre
            limits[k, side] = centre + sign * _reach(
                columns, weights, fit, k, sign * path, fall, reach[k], last
            )
    return limits


def _reach(
    columns: Columns,
    weights: np.ndarray,
    fit: Fit,
    k: int,
    path: np.ndarray,
    fall: float,
    first: float,
    last: float,
) -> float:
    """Distance from the maximum at which the profile of coefficient `k` has fallen by `fall`;
    infinite beyond `last`.

    `first` is where a parabola would have fallen so far, `path` the way of all coefficients for one
    step of the k-th.
    """

    def excess(distance: float) -> float:
        profile = fit_firth(
            columns.y, columns.x, weights, start=fit.coefficients + distance * path, held=[k]
        )
        lost = fit.value - profile.value - fall
        return min(lost, STEEPEST * fall) if np.isfinite(lost) else STEEPEST * fall

    near, far = 0.0, min(first, last)
    while excess(far) < 0:
        if far >= last:
            return float("inf")
        near, far = far, min(1.5 * far, last)
    return float(scipy.optimize.brentq(excess, near, far, xtol=LIMIT_TOLERANCE * first))
