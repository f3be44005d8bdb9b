"""Weighted quantile regression over a survey design, with standard errors from replicates."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy

from bpsstats.arguments import checked
from bpsstats.disclosure import released
from bpsstats.errors import ConvergenceError, ParameterError
from bpsstats.models.formula import Columns, model_columns
from bpsstats.models.logit.gate import refuse_collinear
from bpsstats.models.thin import by_level
from bpsstats.reprs import Parts, Shown, formatted
from bpsstats.survey import (
    Estimates,
    ReplicateWeights,
    ReplicationResult,
    SurveyDesign,
    bootstrap,
    replicate,
)
from bpsstats.survey.design.masks import Domain
from bpsstats.survey.estimate import domain_mask, households_behind
from bpsstats.survey.results.counts import Counts
from bpsstats.survey.variance.intervals import check_level

REPLICATES = 200
SEED = 20230112


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class QuantileResult(Shown):
    """A fitted quantile regression.

    Parameters
    ----------
    probability : float
        Which quantile, between 0 and 1.
    columns : Columns
    replicated : ReplicationResult
        Coefficients, shape (p,), with their replicates.
    level : float
    counts : Counts, optional
        Households on the smaller side of the quantile in the smallest level of a factor.
    """

    probability: float
    columns: Columns
    replicated: ReplicationResult
    level: float
    counts: Counts | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the p coefficients."""
        return self.columns.terms

    @property
    def coefficients(self) -> np.ndarray:
        """Coefficients, shape (p,)."""
        return self.replicated.values

    @property
    def std_errors(self) -> np.ndarray:
        """Standard errors from replicates, shape (p,)."""
        return np.sqrt(np.diag(self.replicated.cov))

    def estimates(self) -> Estimates:
        """The coefficients as a table of estimates, whose rows can be subtracted and divided."""
        names = [(f"quantile:{self.probability:g}", term) for term in self.terms]
        table = self.replicated.to_estimates(
            names, unit="of the outcome", kind="difference", level=self.level
        )
        return replace(table, rows=tuple(replace(row, counts=self.counts) for row in table))

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient: term, estimate, std_error, conf_low, conf_high, df."""
        return self._tabulated(self.estimates())

    def shown(self) -> pd.DataFrame:
        """The coefficients as they may leave, as read by people."""
        frame = self._tabulated(released(self.estimates()))
        return formatted(frame, 3)

    def _tabulated(self, estimates: Estimates) -> pd.DataFrame:
        frame = estimates.to_frame().rename(columns={"domain": "term"})
        return frame[["term", "estimate", "std_error", "conf_low", "conf_high", "df"]]

    def _parts(self) -> Parts:
        of = f"quantile {self.probability:g} of {self.columns.formula}"
        return f"{self.estimates().heading} · {of}", self.shown()


@checked
def quantile_regression(
    formula: str,
    design: SurveyDesign,
    probability: float,
    domain: Domain = None,
    *,
    replicates: ReplicateWeights | None = None,
    level: float = 0.95,
) -> QuantileResult:
    """Quantile regression by weighted least absolute deviations.

    Parameters
    ----------
    formula : str
        Outcome and covariates.
    design : SurveyDesign
    probability : float
        0.5 for the median; P0 for the quantile at which the line lies.
    domain : ndarray or Series of bool, shape (n,), or str, optional
        Records to model, or the boolean column that says so.
    replicates : ReplicateWeights, optional
        For the standard errors; default the rescaled bootstrap.
    level : float
        Confidence level.

    Raises
    ------
    ParameterError
        If the probability is not between 0 and 1, the formula cannot be read or its columns are
        collinear.
    ConvergenceError
        If the linear program has no solution.

    Notes
    -----
    Minimises ``sum w_i (p - 1(e_i < 0)) e_i``, ``e_i = y_i - x_i'b``, through the dual linear
    program ``max y'a`` with ``X'a = (1 - p) X'w`` and ``0 <= a_i <= w_i``, whose multipliers are
    ``b`` (Koenker 2005, ch. 6).

    References
    ----------
    Koenker, R. (2005). Quantile Regression. Cambridge University Press.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1.0, 2, 9, 4, 5], "weight": 1.0, "psu": range(5)})
    >>> design = SurveyDesign(frame, weight="weight", strata=None)
    >>> quantile_regression("y ~ 1", design, 0.5).coefficients
    array([4.])
    """
    if not 0 < probability < 1:
        raise ParameterError(
            f"The probability is {probability}; it lies between 0 and 1, such as 0.5 for the"
            " median."
        )
    mask, _ = domain_mask(design, domain)
    columns = model_columns(formula, design, mask)
    refuse_collinear(columns)

    def coefficients(other: SurveyDesign) -> np.ndarray:
        return weighted_quantile_fit(columns.x, columns.y, other.weights[mask], probability)

    drawn = bootstrap(design, REPLICATES, seed=SEED) if replicates is None else replicates
    few = mask.copy()
    few[mask] = min(by_level(columns.x, np.ones(len(columns.x), bool)), key=np.count_nonzero)
    counts = households_behind(design, few)
    beside = min(probability, 1 - probability) * counts.cases
    return QuantileResult(
        probability,
        columns,
        replicate(design, coefficients, drawn),
        check_level(level),
        replace(counts, cases=beside),
    )


def weighted_quantile_fit(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, probability: float
) -> np.ndarray:
    """Coefficients of the weighted quantile regression, shape (p,).

    Raises
    ------
    ConvergenceError
        If the linear program has no solution.
    """
    share = weights / weights.mean()
    counted = share > 0
    x, y, share = x[counted], y[counted], share[counted]
    bounds = np.column_stack([np.zeros(len(y)), share])
    solved = scipy.optimize.linprog(
        -y, A_eq=x.T, b_eq=(1 - probability) * (x.T @ share), bounds=bounds, method="highs"
    )
    if solved.status != 0:
        raise ConvergenceError(
            "The linear program of the quantile regression has no solution. Check the covariates"
            " for collinearity."
        )
    return np.asarray(-solved.eqlin.marginals)
