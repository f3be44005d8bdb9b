"""The fitted logit: coefficients with their influence, odds ratios with intervals, predictions,
tests of terms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import released
from bpsstats.errors import ParameterError
from bpsstats.models.formula import Columns
from bpsstats.models.logit.gate import Reason
from bpsstats.models.logit.newton import probability
from bpsstats.models.thin import FittedModel
from bpsstats.reprs import Parts, Shown, count_of, written, written_p
from bpsstats.survey import Estimates, Linearised, SurveyDesign
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.estimate import estimate_linearised
from bpsstats.survey.replicates.replication import (
    ReplicationResult,
    heading_with,
    replicate_designs,
)
from bpsstats.survey.results.strands import Strand, strand_covariance
from bpsstats.survey.statistics.ratios import Kind
from bpsstats.survey.variance.reference import t_quantile, t_tail

Method = Literal["maximum likelihood", "Firth"]
PERCENT = 100.0
# A function of a fit: its value and influence, and its gradient in the coefficients, shape (p,).
OfFit = Callable[["LogitResult"], tuple[Linearised, np.ndarray]]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LogitResult(Shown, FittedModel):
    """A fitted survey logit.

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
    naive : ndarray, shape (p, p)
        Their covariance were the records independent, with weights of mean one; for tests and
        design effects.
    df : int
        Design degrees of freedom less p - 1.
    level : float
        Confidence level of the intervals shown.
    method : {"maximum likelihood", "Firth"}
    reason : Reason or None
        Why it is not maximum likelihood.
    floor : FirstStage or None, root : ndarray, shape (p, p), or None
        Firth: what is added to the design's covariance, as ``root root'``, so that no design effect
        is below one.
    limits : ndarray, shape (p, 2), or None
        Firth: intervals of the coefficients by the profile of the penalised likelihood.
    as_computed : LogitResult or None
        What this is the released view of, where it is one.
    replication : ReplicationResult or None
        The coefficients under replicate weights, where the errors are taken from them.
    """

    OF_EVENTS: ClassVar[bool] = True
    ARRAYS: ClassVar[tuple[str, ...]] = ("coefficients", "cov", "limits")

    design: SurveyDesign
    mask: np.ndarray
    columns: Columns
    coefficients: np.ndarray
    influence: np.ndarray
    cov: np.ndarray
    naive: np.ndarray
    df: int
    level: float
    method: Method = "maximum likelihood"
    reason: Reason | None = None
    floor: FirstStage | None = None
    root: np.ndarray | None = None
    limits: np.ndarray | None = None
    replication: ReplicationResult | None = None
    as_computed: "LogitResult | None" = None

    @property
    def formula(self) -> str:
        """Outcome and covariates."""
        return self.columns.formula

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the p coefficients."""
        return self.columns.terms

    @property
    def events(self) -> int:
        """Records with the outcome, unweighted."""
        return int(self.columns.y.sum())

    @property
    def events_per_parameter(self) -> float:
        """Events, or the others where they are rarer, for each coefficient."""
        return min(self.events, len(self.columns.y) - self.events) / len(self.coefficients)

    @property
    def frame(self) -> pd.DataFrame:
        """Records of the domain."""
        return self.design.frame if self.mask.all() else self.design.frame[self.mask]

    @property
    def weights(self) -> np.ndarray:
        """Weights of the records of the domain, shape (m,)."""
        return self.design.weights if self.mask.all() else self.design.weights[self.mask]

    @property
    def std_errors(self) -> np.ndarray:
        """Design-based standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.cov))

    @checked
    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Predicted probabilities, shape (rows,)."""
        return probability(self.columns.matrix(frame) @ self.coefficients)

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
        """The coefficients as a table of estimates, whose rows can be subtracted and divided.

        Their differences and ratios carry the covariances of the coefficients.
        """
        identity = np.eye(len(self.coefficients))

        def of(k: int, term: str) -> OfFit:
            return lambda fit: (fit.linearised(term), identity[k])

        rows = [("coefficient", term, of(k, term)) for k, term in enumerate(self.terms)]
        return self.tabulate(rows, unit="logits", kind="difference")

    def combine(self, gradient: np.ndarray) -> np.ndarray:
        """Influence of a function of the coefficients by its gradient, shapes (p,) to (n,)."""
        return np.asarray(self.influence @ gradient)

    def tabulate(
        self,
        rows: Sequence[tuple[str, str, OfFit]],
        *,
        unit: str,
        kind: Kind,
        times: float = 1.0,
    ) -> Estimates:
        """Estimates of functions of the fit.

        Parameters
        ----------
        rows : sequence of (statistic, domain, OfFit)
            The gradient in the coefficients carries what Firth's floor adds to the error.
        unit : str
        kind : Kind
            "index" for probabilities in percent, whose intervals stay between 0 and 100.
        times : float
            What the functions are multiplied by: 100 for percent.
        """
        functions = [function for _, _, function in rows]
        made = [function(self) for function in functions]
        plain = [(name, domain, times * made[k][0]) for k, (name, domain, _) in enumerate(rows)]
        table = estimate_linearised(
            self.design, plain, unit=unit, kind=kind, mask=self.mask, level=self.level
        )
        drawn = self._replicated(functions, times)
        done = []
        for k, (row, (_, gradient)) in enumerate(zip(table, made, strict=True)):
            strands = drawn[k] if drawn else row.strands
            if self.floor is not None and self.root is not None:
                # Two PSUs with t/2 and -t/2 in a stratum of their own have the variance t^2.
                half = times * (gradient @ self.root) / 2
                pairs = np.column_stack([half, -half]).ravel()
                strands += (Strand(self.floor, np.arange(self.floor.n_psu), pairs),)
            error = float(np.sqrt(strand_covariance(strands, strands)))
            scale = PERCENT if kind == "index" else row.scale
            deff = row.deff * (error / row.std_error) ** 2 if drawn else row.deff
            told: dict[str, Any] = {"std_error": error, "df": self.df, "scale": scale, "deff": deff}
            done.append(replace(row, strands=strands, made_of=(self,), **told))
        return Estimates(tuple(done), self.sample, self.level)

    def _replicated(self, functions: Sequence[OfFit], times: float) -> list[tuple[Strand, ...]]:
        """What the replicates contribute to functions of the fit, each of them computed with the
        coefficients and the weights of each replicate; nothing where there are none.
        """
        if self.replication is None:
            return []
        refits, replicates = self.replication.replicate_values, self.replication.replicates
        designs = zip(replicate_designs(self.design, replicates), refits, strict=True)
        fits = (replace(self, design=design, coefficients=each) for design, each in designs)
        values = np.array([[function(fit)[0].value for function in functions] for fit in fits])
        full = np.array([function(self)[0].value for function in functions])
        stage, places = replicates.first_stage, np.arange(replicates.n)
        deviations = times * replicates.deviations(full, values)
        return [(Strand(stage, places, column),) for column in deviations.T]

    def intervals(self) -> np.ndarray:
        """Intervals of the coefficients, shape (p, 2): by t and standard error, with Firth by the
        penalised profile.
        """
        if self.limits is not None:
            return self.limits
        reach = t_quantile(0.5 + self.level / 2, self.df) * self.std_errors
        return np.column_stack([self.coefficients - reach, self.coefficients + reach])

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient: term, estimate, std_error, statistic, p_value, conf_low,
        conf_high, odds ratio.
        """
        errors, limits = self.std_errors, self.intervals()
        t = self.coefficients / errors
        return pd.DataFrame(
            {
                "term": self.terms,
                "estimate": self.coefficients,
                "std_error": errors,
                "statistic": t,
                "p_value": 2 * t_tail(np.abs(t), self.df),
                "conf_low": limits[:, 0],
                "conf_high": limits[:, 1],
                "df": self.df,
                "odds_ratio": np.exp(self.coefficients),
                "odds_ratio_low": np.exp(limits[:, 0]),
                "odds_ratio_high": np.exp(limits[:, 1]),
                "method": self.method,
                "reason": str(self.reason or ""),
            }
        )

    @property
    def sample(self) -> str:
        """What is said of the sample, and of the replicates where the errors come from them."""
        if self.replication is None:
            return self.design.heading
        return heading_with(self.design, self.replication.replicates)

    @property
    def heading(self) -> str:
        """First line of the result."""
        how = "survey logit" + (", Firth's penalty," if self.method == "Firth" else "")
        events = "" if self.is_withheld else f" · {count_of(self.events, 'event')}"
        return f"{self.sample} · {how} of {self.formula}{events}"

    @property
    def note(self) -> str:
        """Why the method is not maximum likelihood; empty where it is."""
        return f"Firth's penalised likelihood, because: {self.reason}" if self.reason else ""

    def _shown(self) -> pd.DataFrame:
        frame = released(self).to_frame()
        percent = f"{100 * self.level:g}%"
        columns = {
            "coefficient": "estimate", "std. error": "std_error", "odds ratio": "odds_ratio",
            f"{percent} low": "odds_ratio_low", f"{percent} high": "odds_ratio_high",
        }  # fmt: skip
        shown = pd.DataFrame({"term": frame["term"]})
        for label, column in columns.items():
            shown[label] = [written(value, 3) for value in frame[column]]
        return shown.assign(p=[written_p(value) for value in frame["p_value"]])

    def _parts(self) -> Parts:
        view = released(self)
        return view.heading, self._shown(), *([view.note] if view.note else [])
