"""Survey-weighted logit by pseudo-likelihood, with design-based covariance through the one variance engine."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import patsy
from scipy import stats
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from bpsstats.errors import ConvergenceError, ParameterError, SeparationError
from bpsstats.survey import SurveyDesign, covariance
from bpsstats.survey.intervals import check_level

# Fewer events than this for each parameter, and the coefficients are biased away from zero (Vittinghoff and
# McCulloch 2007, American Journal of Epidemiology 165, 710-718).
EVENTS_PER_PARAMETER = 5
LARGEST_COEFFICIENT = 15.0  # on the logit scale; beyond it a probability is 0 or 1 to seven digits
MAX_ITERATIONS = 100
TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class LogitResult:
    """A fitted survey logit.

    Parameters
    ----------
    formula : str
    design : SurveyDesign
    mask : ndarray of bool, shape (n,)
        Records of the domain that was modelled.
    terms : tuple of str
        Names of the p coefficients.
    coefficients : ndarray, shape (p,)
    influence : ndarray, shape (n, p)
        Linearised variables of the coefficients.
    cov : ndarray, shape (p, p)
    df : int
        Design degrees of freedom less p - 1.
    events : int
        Records with the outcome, unweighted.
    level : float
        Confidence level of the intervals shown.
    design_info : patsy.DesignInfo
        How the formula makes columns, for predictions.
    """

    formula: str
    design: SurveyDesign
    mask: np.ndarray
    terms: tuple[str, ...]
    coefficients: np.ndarray
    influence: np.ndarray
    cov: np.ndarray
    df: int
    events: int
    level: float
    design_info: Any

    @property
    def std_errors(self) -> np.ndarray:
        """Design-based standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.cov))

    def matrix(self, frame: pd.DataFrame) -> np.ndarray:
        """Columns of the model for a frame, shape (rows, p)."""
        return np.asarray(patsy.build_design_matrices([self.design_info], frame, NA_action="raise")[0])

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Predicted probabilities, shape (rows,)."""
        return np.asarray(1 / (1 + np.exp(-(self.matrix(frame) @ self.coefficients))))

    def wald_test(self, term: str) -> tuple[float, int, int, float]:
        """Design-adjusted Wald test that all coefficients of a term are zero.

        Returns
        -------
        tuple
            F, its two degrees of freedom (coefficients tested, design), and the p-value.
            ``F = b'V^-1 b / q`` is referred to ``F(q, df)``.

        Raises
        ------
        ParameterError
            If the model has no such term.
        """
        names = [t.name() for t in self.design_info.terms]
        if term not in names:
            raise ParameterError(f"The model has no term {term!r}. It has: {', '.join(names)}.")
        tested = self.design_info.term_slices[self.design_info.terms[names.index(term)]]
        b, v = self.coefficients[tested], self.cov[tested, tested]
        f = float(b @ np.linalg.solve(v, b)) / len(b)
        return f, len(b), self.df, float(stats.f.sf(f, len(b), self.df))

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient: term, estimate, std_error, statistic, p_value, conf_low, conf_high, odds ratio."""
        errors = self.std_errors
        reach = stats.t.ppf(0.5 + self.level / 2, self.df) * errors
        low, high = self.coefficients - reach, self.coefficients + reach
        t = self.coefficients / errors
        return pd.DataFrame(
            {
                "term": self.terms,
                "estimate": self.coefficients,
                "std_error": errors,
                "statistic": t,
                "p_value": 2 * stats.t.sf(np.abs(t), self.df),
                "conf_low": low,
                "conf_high": high,
                "df": self.df,
                "odds_ratio": np.exp(self.coefficients),
                "odds_ratio_low": np.exp(low),
                "odds_ratio_high": np.exp(high),
            }
        )

    @property
    def heading(self) -> str:
        """First line of the result."""
        return f"{self.design.heading} · survey logit of {self.formula} · {self.events} events"

    def _shown(self) -> pd.DataFrame:
        frame = self.to_frame()
        percent = f"{100 * self.level:g}%"
        columns = {
            "coefficient": "estimate",
            "std. error": "std_error",
            "odds ratio": "odds_ratio",
            f"{percent} low": "odds_ratio_low",
            f"{percent} high": "odds_ratio_high",
            "p": "p_value",
        }
        shown = pd.DataFrame({"term": frame["term"]})
        for label, column in columns.items():
            shown[label] = [f"{value:.3f}" for value in frame[column]]
        return shown

    def __repr__(self) -> str:
        return f"{self.heading}\n{self._shown().to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{self.heading}</p>{self._shown().to_html(index=False, border=0)}"


def survey_logit(
    formula: str,
    design: SurveyDesign,
    domain: np.ndarray | None = None,
    *,
    level: float = 0.95,
    events_per_parameter: float = EVENTS_PER_PARAMETER,
) -> LogitResult:
    """Logit by weighted pseudo-likelihood, with the sampling design in its standard errors.

    Parameters
    ----------
    formula : str
        Outcome and covariates, as in ``"poor ~ C(head_education, Treatment('sma_plus')) + log_size"``.
    design : SurveyDesign
    domain : ndarray of bool, shape (n,), optional
        Records to model; the others stay in the design.
    level : float
        Confidence level.
    events_per_parameter : float
        Fewest events (or non-events) for each parameter.

    Raises
    ------
    SeparationError
        If a level of a factor has no event or only events, the events are too few, or a coefficient runs off.
    ConvergenceError
        If the fit does not settle.

    Notes
    -----
    Coefficients solve ``sum w_i x_i (y_i - mu_i) = 0``. Their influence is ``u_i = H^-1 x_i (y_i - mu_i)`` with
    ``H = sum w_i mu_i (1 - mu_i) x_i x_i'``, and the covariance is that of the totals of ``w u`` (Binder 1983). Degrees of
    freedom: PSUs less strata, less the p - 1 slopes.

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys. International
    Statistical Review 51, 279-292.
    """
    level = check_level(level)
    mask = np.ones(design.n, dtype=bool) if domain is None else np.asarray(domain, dtype=bool)
    inside = design.frame[mask]
    left, right = patsy.dmatrices(formula, inside, NA_action="raise")
    y, x = _outcome(left), np.asarray(right)
    _refuse_few_events(y, x.shape[1], events_per_parameter)
    _refuse_lone_levels(y, inside, right.design_info)
    weights = design.weights[mask]
    beta = _fit(y, x, weights / weights.mean())
    mu = 1 / (1 + np.exp(-(x @ beta)))
    hessian = (x * (weights * mu * (1 - mu))[:, None]).T @ x
    influence = np.zeros((design.n, x.shape[1]))
    influence[mask] = np.linalg.solve(hessian, (x * (y - mu)[:, None]).T).T
    psus = np.unique(design.psu_index[mask])
    active = len(psus) - len(np.unique(design.clusters.stratum[psus]))
    return LogitResult(
        formula,
        design,
        mask,
        tuple(_plain(name) for name in right.design_info.column_names),
        beta,
        influence,
        covariance(design, influence),
        active - (x.shape[1] - 1),
        int(y.sum()),
        level,
        right.design_info,
    )


def _outcome(left: Any) -> np.ndarray:
    """The outcome as 0 and 1; patsy codes a boolean as two columns, False and True."""
    values = np.asarray(left, dtype=float)
    y = values[:, -1]
    if not np.isin(y, (0.0, 1.0)).all():
        raise ParameterError("The outcome of a logit is a column of true and false, or of 0 and 1.")
    return np.asarray(y)


def _refuse_few_events(y: np.ndarray, parameters: int, least: float) -> None:
    """Too few events for the parameters asked of them."""
    events = int(min(y.sum(), len(y) - y.sum()))
    if events < least * parameters:
        raise SeparationError(
            f"There are {events} events for {parameters} parameters, fewer than {least:g} for each, so that odds ratios would be "
            "far too large. Pool more rounds, or ask for fewer covariates."
        )


def _refuse_lone_levels(y: np.ndarray, frame: pd.DataFrame, design_info: Any) -> None:
    """A level of a factor in which nobody, or everybody, has the outcome."""
    for factor, info in design_info.factor_infos.items():
        if info.type != "categorical":
            continue
        codes = np.asarray(
            factor.eval(info.state, frame).codes if hasattr(factor.eval(info.state, frame), "codes") else []
        )
        values = codes if len(codes) else _levels_of(factor.eval(info.state, frame))
        for level in np.unique(values):
            share = y[values == level].mean()
            if share in (0.0, 1.0):
                raise SeparationError(
                    f"A level of {factor.name()} has {'only' if share else 'no'} events, so that its odds ratio has no finite value. "
                    "Join it to another level, or pool more rounds."
                )


def _levels_of(values: Any) -> np.ndarray:
    """Values of a factor that patsy wraps in its own box."""
    return np.asarray(getattr(values, "data", values)).astype(str)


def _fit(y: np.ndarray, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Coefficients at convergence."""
    model = GLM(y, x, family=Binomial(), freq_weights=weights)
    with warnings.catch_warnings():
        # Separation shows in the coefficients, which are looked at below.
        warnings.simplefilter("ignore")
        fit = model.fit(maxiter=MAX_ITERATIONS, tol=TOLERANCE, tol_criterion="params")
    beta = np.asarray(fit.params)
    if np.abs(beta * x.std(axis=0)).max() > LARGEST_COEFFICIENT:
        raise SeparationError(
            "The covariates tell the cases apart almost perfectly, so that a coefficient runs off to infinity. Leave out or "
            "join levels, or pool more rounds."
        )
    if not fit.converged:
        raise ConvergenceError(
            f"The logit did not settle in {MAX_ITERATIONS} iterations. Check the covariates for collinearity."
        )
    return beta


def _plain(name: str) -> str:
    """A term as people write it: ``C(head_education, Treatment('sma_plus'))[T.sd_smp]`` is ``head_education: sd_smp``."""
    if "[T." not in name:
        return name.replace("Intercept", "(intercept)")
    factor, level = name.split("[T.", 1)
    return f"{factor.removeprefix('C(').split(',')[0].rstrip(')')}: {level.rstrip(']')}"
