"""One question, several sensible models: how far the answer depends on choices that no one can
settle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import WITHHELD, Policy, released
from bpsstats.errors import NotEstimableError, SeparationError
from bpsstats.microdata import Round
from bpsstats.models.education.model import CONTROLS
from bpsstats.models.education.plausible import Band, Verdict, plausible_band
from bpsstats.models.education.pooling import RoundWeights, Unit, pool_rounds
from bpsstats.models.education.welfare import OUTCOME, predicted_poverty
from bpsstats.models.logit.effects import contrast, difference_of
from bpsstats.models.logit.result import LogitResult
from bpsstats.models.logit.survey_logit import survey_logit
from bpsstats.models.regression.linear import RegressionResult, survey_regression
from bpsstats.models.thin import TOO_THIN
from bpsstats.poverty import PovertyLine
from bpsstats.reprs import Parts, Shown, formatted
from bpsstats.survey import Estimate, Estimates, SurveyDesign

EFFECT = "effect:below_sma"
HEAD = "head_below_sma"


@dataclass(frozen=True, slots=True)
class Choice:
    """A specification: what a record is, whose education, what is held equal, which rounds, and how
    they count.
    """

    key: str
    education: str = HEAD
    controls: str = CONTROLS
    unit: Unit = "households"
    domain: str | None = None
    one_round: bool = False
    weights: RoundWeights = "released"
    welfare: bool = False

    @property
    def records(self) -> tuple[int, Unit, RoundWeights]:
        """Which records it is of: the first of the rounds, what a record is, how rounds count."""
        return -1 if self.one_round else 0, self.unit, self.weights


# The first is the main one; each other changes one thing of it.
CHOICES = (
    Choice("main"),
    Choice("bare", controls=""),
    Choice("mediators", controls=f"{CONTROLS} + C(head_work)"),
    Choice("best", education="best_below_sma"),
    Choice("adults", education="adults_below_sma"),
    Choice("persons", education="own_below_sma", unit="persons", domain="adult"),
    Choice("equal", weights="equal"),
    Choice("one_round", one_round=True),
    Choice("welfare", welfare=True),
)


@dataclass(frozen=True, slots=True, eq=False)
class Specification:
    """What one choice gives: `effect` in percentage points, or None with the reason in
    `refused`.
    """

    choice: Choice
    result: LogitResult | RegressionResult | None
    effect: Estimate | None
    refused: str
    verdict: Verdict | None

    @property
    def method(self) -> str:
        """How it was fitted: "maximum likelihood", "Firth", "welfare regression" or "refused"."""
        if self.result is None:
            return "refused"
        return self.result.method if isinstance(self.result, LogitResult) else "welfare regression"

    @property
    def events(self) -> float:
        """Poor records that it rests on; a regression of welfare rests on all records."""
        if self.result is None:
            return 0
        if self.result.is_withheld:
            return WITHHELD
        return (
            self.result.events
            if isinstance(self.result, LogitResult)
            else len(self.result.columns.y)
        )

    @property
    def reason(self) -> str:
        """Why it was refused, or why it is not of maximum likelihood."""
        found = self.result.reason if isinstance(self.result, LogitResult) else None
        return self.refused or str(found or "")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Specifications(Shown):
    """The effect of education under all choices, with the band that other findings would lead one
    to expect.
    """

    rows: tuple[Specification, ...]
    band: Band
    heading: str
    level: float
    source: str

    def settled(self, policy: Policy) -> "Specifications":
        """The models as they may leave: a refusal counts the poor, and the band follows from how
        many they are.
        """
        told = [replace(row, refused=TOO_THIN if row.refused else "") for row in self.rows]
        base = policy.base("percentage points", self.band.low)
        low, high = (policy.rounded(limit, base) for limit in (self.band.low, self.band.high))
        return replace(self, rows=tuple(told), band=replace(self.band, low=low, high=high))

    def to_frame(self) -> pd.DataFrame:
        """One row per choice at full precision."""
        table = []
        for row in self.rows:
            low, high = row.effect.interval() if row.effect is not None else (np.nan, np.nan)
            table.append(
                {
                    "specification": row.choice.key,
                    "unit": row.choice.unit,
                    "education": row.choice.education,
                    "formula": "" if row.result is None else row.result.columns.formula,
                    "method": row.method,
                    "estimate": np.nan if row.effect is None else row.effect.estimate,
                    "std_error": np.nan if row.effect is None else row.effect.std_error,
                    "conf_low": low,
                    "conf_high": high,
                    "df": 0 if row.effect is None else row.effect.df,
                    "n": 0 if row.effect is None else row.effect.n,
                    "events": row.events,
                    "plausible_low": self.band.low,
                    "plausible_high": self.band.high,
                    "verdict": row.verdict or "",
                    "reason": row.reason,
                }
            )
        return pd.DataFrame(table)

    def estimates(self) -> Estimates:
        """The effects that could be estimated, each named by its choice."""
        return Estimates(
            tuple(row.effect for row in self.rows if row.effect is not None),
            self.heading,
            self.level,
        )

    def _parts(self) -> Parts:
        columns = [
            "specification",
            "method",
            "estimate",
            "std_error",
            "conf_low",
            "conf_high",
            "events",
            "verdict",
        ]
        return (
            self.heading,
            "Difference in the probability of being poor, below senior secondary less the others,"
            " percentage points",
            formatted(released(self).to_frame()[columns], 2),
        )


@checked
def education_specifications(
    rounds: Sequence[Round], lines: Sequence[PovertyLine], *, level: float = 0.95
) -> Specifications:
    """The effect of schooling below senior secondary on being poor, under each of `CHOICES`.

    Parameters
    ----------
    rounds : sequence of Round
        The last one serves the model of one round.
    lines : sequence of PovertyLine
        The line of each round.
    level : float
        Confidence level.

    Notes
    -----
    Each is a logit, by Firth's penalised likelihood where the gate asks for it, but for the last:
    the regression of log spending over the line, which uses all households, with errors by the
    bootstrap (`predicted_poverty`). The effect is the average difference of the predicted chance,
    were everybody (their head, their best-educated adult, all their adults) without and with senior
    secondary, in percentage points. Choices differ in what they hold equal and in whose schooling
    counts, so that they answer slightly different questions; agreement among them is not evidence
    of cause.

    References
    ----------
    Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Specification curve analysis. Nature
    Human Behaviour 4, 1208-1214.

    Examples
    --------
    >>> import bpsstats as bps
    >>> years = (2021, 2022)
    >>> rounds = [bps.read_round("6471", year) for year in years]
    >>> lines = [bps.poverty_line("6471", year) for year in years]
    >>> len(bps.education_specifications(rounds, lines).rows)
    9
    """
    # Most choices are of the same records: those of each kind are pooled once.
    pooled = {
        records: pool_rounds(rounds[first:], lines[first:], unit=unit, weights=weights)
        for records in {choice.records for choice in CHOICES}
        for first, unit, weights in [records]
    }
    base = pooled[CHOICES[0].records]
    inside = base.column(HEAD)
    rate = float(np.average(base.column("poor"), weights=base.weights))
    band = plausible_band(rate, float(np.average(inside, weights=base.weights)))
    rows = tuple(_specification(choice, pooled[choice.records], band, level) for choice in CHOICES)
    return Specifications(rows, band, base.heading, level, base.source)


def _specification(choice: Choice, design: SurveyDesign, band: Band, level: float) -> Specification:
    """The effect under one choice."""
    years = design.frame["year"].nunique()
    rest = [choice.controls, "C(year)" if years > 1 else ""]
    if choice.welfare:
        return _by_welfare(choice, design, rest, band, level)
    parts = [choice.education, *rest]
    formula = f"poor ~ {' + '.join(part for part in parts if part)}"
    try:
        result = survey_logit(
            formula,
            design,
            choice.domain,
            level=level,
            below_gate="firth",
            group="household",
            profile=False,
        )
    except (SeparationError, NotEstimableError) as error:
        return Specification(choice, None, None, error.message, None)
    (row,) = contrast(result, {choice.education: 1.0}, {choice.education: 0.0}, name=EFFECT)
    effect = replace(row, domain=choice.key)
    # What others found is of heads; of other members' schooling the band says nothing.
    verdict = band.judge(effect.estimate, *effect.interval()) if choice.education == HEAD else None
    return Specification(choice, result, effect, "", verdict)


def _by_welfare(
    choice: Choice, design: SurveyDesign, rest: Sequence[str], band: Band, level: float
) -> Specification:
    """The effect by the regression of log spending over the line and the distribution of its
    residuals.
    """
    below = np.where(design.column(choice.education) == 1, "below_sma", "sma_plus")
    school = pd.Categorical(below, ["sma_plus", "below_sma"])
    design = SurveyDesign(design.frame.assign(head_school=school))
    formula = f"{OUTCOME} ~ {' + '.join(['C(head_school)', *filter(None, rest)])}"
    result = survey_regression(formula, design, level=level)
    other, one = predicted_poverty(result, "head_school")
    effect = difference_of(EFFECT, choice.key, one, other)
    return Specification(
        choice, result, effect, "", band.judge(effect.estimate, *effect.interval())
    )
