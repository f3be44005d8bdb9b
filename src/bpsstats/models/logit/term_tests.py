"""Tests of whole terms of a logit: Wald's with the design's covariance, and Rao and Scott's of the
likelihood ratio.
"""

from dataclasses import dataclass

import numpy as np

from bpsstats.arguments import checked
from bpsstats.models.formula import plain
from bpsstats.models.logit.newton import fit_logit
from bpsstats.models.logit.penalised_likelihood import fit_firth
from bpsstats.models.logit.result import LogitResult
from bpsstats.reprs import said_p
from bpsstats.survey.variance.reference import f_tail


@dataclass(frozen=True, slots=True)
class TermTest:
    """F statistic of a term, its degrees of freedom (numerator and the design's) and p-value.

    `design_effects` are the generalised design effects of the tested coefficients, which the
    likelihood ratio is corrected by; Wald's test has them in its covariance.
    """

    term: str
    method: str
    statistic: float
    numerator_df: float
    df: int
    p_value: float
    design_effects: tuple[float, ...] = ()

    def __repr__(self) -> str:
        return (
            f"{self.method} test of {self.term}: F({self.numerator_df:.2f}, {self.df}) ="
            f" {self.statistic:.3f}, {said_p(self.p_value)}"
        )


@checked
def wald_test(result: LogitResult, term: str) -> TermTest:
    """Design-adjusted Wald test that all coefficients of a term are zero.

    Parameters
    ----------
    result : LogitResult
    term : str
        As in the formula, or as people write it.

    Raises
    ------
    ParameterError
        If the model has no such term.

    Notes
    -----
    ``F = b'V^-1 b / q`` is referred to ``F(q, df)``, ``df`` the residual degrees of freedom of the
    design; `regTermTest` of R's `survey` with ``method = "Wald"``.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [0, 1, 1, 0, 1] * 24, "g": list("aabb") * 30, "weight": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="weight", strata=None, psu=None)
    >>> fit = bps.survey_logit("y ~ C(g)", design)
    >>> round(bps.wald_test(fit, "C(g)").p_value, 3)
    1.0
    """
    place = result.columns.positions(term)
    b, v = result.coefficients[place], result.cov[place, place]
    f = float(b @ np.linalg.solve(v, b)) / len(b)
    return TermTest(
        plain(term), "Wald", f, float(len(b)), result.df, float(f_tail(f, len(b), result.df))
    )


@checked
def likelihood_ratio_test(result: LogitResult, term: str) -> TermTest:
    """Rao-Scott test of a term by the working likelihood ratio.

    Parameters
    ----------
    result : LogitResult
    term : str
        As in the formula, or as people write it.

    Raises
    ------
    ParameterError
        If the model has no such term.

    Notes
    -----
    The ratio ``2 (l - l_0)`` of the weighted likelihoods, weights of mean one, is distributed as
    ``sum_k d_k chi2_1``, ``d_k`` the eigenvalues of ``V_0^-1 V`` (design effects). With ``q'`` =
    ``(sum d)^2 / sum d^2`` (Satterthwaite), ``F = 2 (l - l_0) / sum d`` is referred to ``F(q',
    df)``; `regTermTest` of R's `survey` with ``method = "LRT", lrt.approximation =
    "satterthwaite"``. For Firth's logit the penalised likelihoods are compared, with the penalty of
    all columns in both.

    References
    ----------
    Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with
    cell proportions estimated from survey data. Annals of Statistics 12, 46-60.
    Lumley, T. and Scott, A. (2014). Tests for regression models fitted to survey data. Australian
    and New Zealand Journal of Statistics 56, 1-14.
    """
    place = result.columns.positions(term)
    weights = result.design.weights[result.mask]
    y, x, scaled = result.columns.y, result.columns.x, weights / weights.mean()
    tested = np.arange(x.shape[1])[place]
    if result.method == "Firth":
        nothing = np.zeros(x.shape[1])
        ratio = 2 * (
            fit_firth(y, x, scaled).value
            - fit_firth(y, x, scaled, start=nothing, held=list(tested)).value
        )
    else:
        ratio = 2 * (
            fit_logit(y, x, scaled).value - fit_logit(y, np.delete(x, tested, axis=1), scaled).value
        )
    effects = np.linalg.eigvals(
        np.linalg.solve(result.naive[place, place], result.cov[place, place])
    ).real
    total = float(effects.sum())
    df = total**2 / float(np.sum(effects**2))
    f = ratio / total
    return TermTest(
        plain(term),
        "Rao-Scott",
        f,
        df,
        result.df,
        float(f_tail(f, df, result.df)),
        tuple(sorted(map(float, effects))),
    )
