"""Poverty from a regression of welfare: every household speaks, not only the few that are poor.

Log expenditure over the line is regressed on the covariates of the logit. A household is poor where
it lies below zero, so that the chance of being poor follows from the regression and the
distribution of its residuals, which is taken as found:

    P(poor | x) = share of the residuals below -x'b
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import released
from bpsstats.errors import NotEstimableError, SeparationError
from bpsstats.microdata import Round
from bpsstats.models.education.model import CONTROLS, FACTOR
from bpsstats.models.education.pooling import pool_rounds
from bpsstats.models.logit.effects import predicted_by
from bpsstats.models.logit.survey_logit import survey_logit
from bpsstats.models.regression.linear import RegressionResult, survey_regression
from bpsstats.poverty import PovertyLine
from bpsstats.reprs import formatted, html_table
from bpsstats.survey import Estimates, ReplicateWeights, SurveyDesign, bootstrap, replicate
from bpsstats.survey.design.levels import written

OUTCOME = "log_welfare_ratio"
REPLICATES = 300
SEED = 20230112


@checked
def predicted_poverty(
    result: RegressionResult,
    variable: str,
    *,
    replicates: ReplicateWeights | None = None,
    level: float | None = None,
) -> Estimates:
    """Average predicted chance of being poor, percent, were everybody of each level of a
    categorical column.

    Parameters
    ----------
    result : RegressionResult
        Regression of the log of expenditure over the line.
    variable : str
        Categorical column.
    replicates : ReplicateWeights, optional
        For the standard errors; default the rescaled bootstrap.
    level : float, optional
        Confidence level; default that of `result`.

    Returns
    -------
    Estimates
        Statistic ``predicted``, domains ``<variable>=<level>``.

    Notes
    -----
    ``P_g = sum_i w_i F(-x_i(g)'b) / sum_i w_i`` with ``F`` the weighted distribution of the
    residuals; both are estimated anew in each replicate, as indicators of residuals are not smooth
    in ``b``.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> import numpy as np
    >>> frame = households.frame.assign(
    ...     log_ratio=np.log(households.frame["expenditure_person_month"] / line.threshold)
    ... )
    >>> fit = bps.survey_regression("log_ratio ~ C(head_education)", bps.SurveyDesign(frame))
    >>> [row.domain for row in bps.predicted_poverty(fit, "head_education")]
    ['head_education=below_sd', 'head_education=sd_smp', 'head_education=sma_plus']
    """
    frame = result.design.frame[result.mask]
    levels = result.columns.classes(frame, variable)
    # In an orthonormal basis, found once, the normal equations of each replicate keep the digits.
    basis, triangle = np.linalg.qr(result.columns.x)
    made = [
        np.linalg.solve(triangle.T, result.columns.with_values(frame, {variable: each}).T).T
        for each in levels
    ]
    y, mask = result.columns.y, result.mask

    def chances(design: SurveyDesign) -> np.ndarray:
        return _chances(basis, y, made, design.weights[mask])

    drawn = bootstrap(result.design, REPLICATES, seed=SEED) if replicates is None else replicates
    table = replicate(result.design, chances, drawn).to_estimates(
        [("predicted", f"{variable}={written(each)}") for each in levels],
        unit="percent",
        kind="index",
        scale=100.0,
        level=result.level if level is None else level,
    )
    return replace(table, rows=tuple(replace(row, made_of=(result,)) for row in table))


def _chances(
    basis: np.ndarray, y: np.ndarray, made: Sequence[np.ndarray], weights: np.ndarray
) -> np.ndarray:
    """Average chance of being poor, percent, under each setting of the columns."""
    weighted = basis * weights[:, None]
    coefficients = np.linalg.solve(weighted.T @ basis, weighted.T @ y)
    residuals = y - basis @ coefficients
    order = np.argsort(residuals)
    ordered = residuals[order]
    reached = np.concatenate([[0.0], np.cumsum(weights[order])]) / weights.sum()
    below = [reached[np.searchsorted(ordered, -(x @ coefficients), side="left")] for x in made]
    return 100 * np.array([np.average(share, weights=weights) for share in below])


@dataclass(frozen=True, slots=True, eq=False)
class WelfareModel:
    """The welfare regression on education, and what it says of poverty beside what the logit says.

    `predicted` is percent poor by the head's education from the regression, `by_logit` from the
    logit on the same covariates, None where `refused` says why there is none.
    """

    result: RegressionResult
    predicted: Estimates
    by_logit: Estimates | None
    refused: str

    def to_frame(self) -> pd.DataFrame:
        """One row per class of education: percent poor by each model, with standard errors and
        intervals.
        """
        tables: Mapping[str, Estimates | None] = {"welfare": self.predicted, "logit": self.by_logit}
        frames = [
            table.to_frame()[["domain", "estimate", "std_error", "conf_low", "conf_high"]].assign(
                model=name
            )
            for name, table in tables.items()
            if table is not None
        ]
        return pd.concat(frames, ignore_index=True)[
            ["domain", "model", "estimate", "std_error", "conf_low", "conf_high"]
        ]

    def __repr__(self) -> str:
        shown = formatted(released(self).to_frame(), 2).to_string(index=False)
        return f"{self.result!r}\nPercent poor by the head's education, all else as it is\n{shown}"

    def _repr_html_(self) -> str:
        shown = html_table(formatted(released(self).to_frame(), 2))
        return (
            f"{self.result._repr_html_()}<p>Percent poor by the head's education, all else as it"
            f" is</p>{shown}"
        )


@checked
def welfare_model(
    rounds: Sequence[Round], lines: Sequence[PovertyLine], *, level: float = 0.95
) -> WelfareModel:
    """Regress log expenditure over the line on the covariates of `education_model`, over pooled
    rounds.

    Parameters
    ----------
    rounds : sequence of Round
    lines : sequence of PovertyLine
        The line of each round.
    level : float
        Confidence level.

    Examples
    --------
    >>> import bpsstats as bps
    >>> years = (2021, 2022)
    >>> rounds = [bps.read_round("6471", year) for year in years]
    >>> lines = [bps.poverty_line("6471", year) for year in years]
    >>> type(bps.welfare_model(rounds, lines)).__name__
    'WelfareModel'
    """
    design = pool_rounds(rounds, lines)
    covariates = f"{FACTOR} + {CONTROLS}{' + C(year)' if len(rounds) > 1 else ''}"
    result = survey_regression(f"{OUTCOME} ~ {covariates}", design, level=level)
    predicted = predicted_poverty(result, "head_education")
    try:
        logit = survey_logit(f"poor ~ {covariates}", design, level=level, below_gate="firth")
    except (SeparationError, NotEstimableError) as error:
        return WelfareModel(result, predicted, None, error.message)
    return WelfareModel(result, predicted, predicted_by(logit, "head_education"), "")
