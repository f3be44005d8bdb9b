"""Weighted linear regression over a survey design, with design-based covariance through the one
variance engine.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import released
from bpsstats.errors import ParameterError
from bpsstats.models.formula import Columns, model_columns
from bpsstats.models.logit.gate import degrees_of_freedom, refuse_collinear
from bpsstats.models.thin import FittedModel
from bpsstats.reprs import Parts, Shown, written, written_p
from bpsstats.survey import Estimates, Linearised, SurveyDesign, covariance
from bpsstats.survey.design.masks import Domain
from bpsstats.survey.estimate import domain_mask, estimate_linearised
from bpsstats.survey.variance.intervals import check_level
from bpsstats.survey.variance.reference import t_quantile, t_tail


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RegressionResult(Shown, FittedModel):
    """A fitted survey regression.

    Parameters
    ----------
    design : SurveyDesign
    mask : ndarray of bool, shape (n,)
        Records of the domain that was modelled.
    columns : Columns
        Outcome and covariates of the m records of the domain.
    coefficients : ndarray, shape (p,)
    influence : ndarray, shape (n, p)
        Linearised variables of the coefficients.
    cov : ndarray, shape (p, p)
        Design-based covariance of the coefficients.
    df : int
        Design degrees of freedom less p - 1.
    level : float
        Confidence level of the intervals shown.
    as_computed : RegressionResult or None
        What this is the released view of, where it is one.
    """

    OF_EVENTS: ClassVar[bool] = False
    ARRAYS: ClassVar[tuple[str, ...]] = ("coefficients", "cov")

    design: SurveyDesign
    mask: np.ndarray
    columns: Columns
    coefficients: np.ndarray
    influence: np.ndarray
    cov: np.ndarray
    df: int
    level: float
    as_computed: "RegressionResult | None" = None

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the p coefficients."""
        return self.columns.terms

    @property
    def std_errors(self) -> np.ndarray:
        """Design-based standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.cov))

    @property
    def residuals(self) -> np.ndarray:
        """Outcome less its prediction, shape (m,)."""
        return np.asarray(self.columns.y - self.columns.x @ self.coefficients)

    @checked
    def linearised(self, term: str) -> Linearised:
        """One coefficient as a value and an influence function.

        Raises
        ------
        ParameterError
            If the model has no such coefficient.
        """
        if term not in self.terms:
            raise ParameterError(
                f"The model has no coefficient {term!r}. It has: {', '.join(self.terms)}."
            )
        k = self.terms.index(term)
        return Linearised(float(self.coefficients[k]), self.influence[:, k])

    def estimates(self) -> Estimates:
        """The coefficients as a table of estimates, whose rows can be subtracted and divided."""
        rows = [("coefficient", term, self.linearised(term)) for term in self.terms]
        table = estimate_linearised(
            self.design,
            rows,
            unit="of the outcome",
            kind="difference",
            mask=self.mask,
            level=self.level,
        )
        return replace(table, rows=tuple(replace(row, made_of=(self,)) for row in table))

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient: term, estimate, std_error, statistic, p_value, conf_low,
        conf_high, df.
        """
        t = self.coefficients / self.std_errors
        reach = t_quantile(0.5 + self.level / 2, self.df) * self.std_errors
        return pd.DataFrame(
            {
                "term": self.terms,
                "estimate": self.coefficients,
                "std_error": self.std_errors,
                "statistic": t,
                "p_value": 2 * t_tail(np.abs(t), self.df),
                "conf_low": self.coefficients - reach,
                "conf_high": self.coefficients + reach,
                "df": self.df,
            }
        )

    @property
    def heading(self) -> str:
        """First line of the result."""
        return f"{self.design.heading} · survey regression of {self.columns.formula}"

    def _formatted(self) -> pd.DataFrame:
        frame, percent = released(self).to_frame(), f"{100 * self.level:g}%"
        columns = {"coefficient": "estimate", "std. error": "std_error"}
        columns |= {f"{percent} low": "conf_low", f"{percent} high": "conf_high"}
        shown = {
            label: [written(value, 3) for value in frame[column]]
            for label, column in columns.items()
        }
        shown["p"] = [written_p(value) for value in frame["p_value"]]
        return pd.DataFrame({"term": frame["term"], **shown})

    def _parts(self) -> Parts:
        return self.heading, self._formatted()


@checked
def survey_regression(
    formula: str,
    design: SurveyDesign,
    domain: Domain = None,
    *,
    level: float = 0.95,
) -> RegressionResult:
    """Linear regression by weighted least squares, with the sampling design in its standard errors.

    Parameters
    ----------
    formula : str
        Outcome and covariates, as in ``"log_welfare_ratio ~ C(head_education) + log_size"``.
    design : SurveyDesign
    domain : ndarray or Series of bool, shape (n,), or str, optional
        Records to model, or the boolean column that says so; the others stay in the design.
    level : float
        Confidence level.

    Raises
    ------
    NotEstimableError
        If no degrees of freedom are left.
    ParameterError
        If the formula cannot be read or its columns are collinear.
    DesignError
        If a record of the domain has a missing value.

    Notes
    -----
    ``b = (sum w x x')^-1 sum w x y``, influence ``u_i = (sum w x x')^-1 x_i (y_i - x_i'b)`` (Fuller
    1975). Degrees of freedom: PSUs less strata with a record of the domain, less the p - 1
    coefficients beside the constant.

    References
    ----------
    Fuller, W. A. (1975). Regression analysis for sample survey. Sankhya C 37, 117-132.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1.0, 2, 4, 3], "x": [0.0, 0, 1, 1], "psu": [1, 2, 3, 4]})
    >>> frame["weight"] = 1.0
    >>> survey_regression("y ~ x", SurveyDesign(frame, weight="weight", strata=None)).coefficients
    array([1.5, 2. ])
    """
    level = check_level(level)
    mask, _ = domain_mask(design, domain)
    columns = model_columns(formula, design, mask)
    refuse_collinear(columns)
    df = degrees_of_freedom(design, mask, columns.x.shape[1])
    coefficients, inside = least_squares(columns.x, columns.y, design.weights[mask])
    influence = np.zeros((design.n, len(coefficients)))
    influence[mask] = inside
    return RegressionResult(
        design, mask, columns, coefficients, influence, covariance(design, influence), df, level
    )


def least_squares(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares: coefficients, shape (p,), and their influence, shape (m, p)."""
    # By an orthogonal decomposition, which keeps the digits that normal equations lose.
    root = np.sqrt(weights)[:, None]
    q, r = np.linalg.qr(x * root)
    coefficients = np.linalg.solve(r, q.T @ (y * root[:, 0]))
    bread = np.linalg.solve(r, np.linalg.inv(r).T)
    return coefficients, (x * (y - x @ coefficients)[:, None]) @ bread
