"""The question of the project: how education goes with poverty, asked of several rounds at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bpsstats.arguments import checked
from bpsstats.disclosure import Policy, released
from bpsstats.errors import NotEstimableError, SeparationError
from bpsstats.microdata import Round
from bpsstats.models.education.pooling import pool_rounds
from bpsstats.models.logit.effects import average_marginal_effects, predicted_by
from bpsstats.models.logit.result import LogitResult
from bpsstats.models.logit.survey_logit import survey_logit
from bpsstats.models.logit.term_tests import TermTest, likelihood_ratio_test
from bpsstats.models.thin import TOO_THIN
from bpsstats.poverty import PovertyLine
from bpsstats.reprs import Parts, Shown
from bpsstats.survey import Estimates, SurveyDesign

REFERENCE = "sma_plus"
FACTOR = f"C(head_education, Treatment('{REFERENCE}'))"
# What may itself follow from schooling, such as work, is left out: holding it equal would hide part
# of the answer.
CONTROLS = "log_size + dependency"
COVARIATES = ("head_education", "log_size", "dependency")
SIZES = tuple(range(1, 9))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EducationModel(Shown):
    """Survey logit of being poor on the head's education, or the reason why the data cannot bear
    it.

    `result`, `effects` (average marginal effects, percentage points), `predicted` (percent poor,
    were all heads of one education), `by_size` (the same at each household size) and `test` (of the
    head's education as a whole) are None where `refused` says why.
    """

    design: SurveyDesign
    result: LogitResult | None
    effects: Estimates | None
    predicted: Estimates | None
    by_size: Estimates | None
    test: TermTest | None
    refused: str

    @property
    def source(self) -> str:
        """Kind of data."""
        return self.design.source

    def settled(self, policy: Policy) -> "EducationModel":  # noqa: ARG002 - for any audience
        """The model as it may leave: a refusal counts the poor."""
        return replace(self, refused=TOO_THIN if self.refused else "")

    def _parts(self) -> Parts:
        if self.result is None:
            return self.design.heading, f"No model: {released(self).refused}"
        return self.result._parts()


@checked
def education_model(
    rounds: Sequence[Round], lines: Sequence[PovertyLine], *, level: float = 0.95
) -> EducationModel:
    """Fit the model on pooled rounds; with few poor households by Firth's penalised likelihood,
    with very few not at all.

    Parameters
    ----------
    rounds : sequence of Round
    lines : sequence of PovertyLine
        The line of each round.
    level : float
        Confidence level.

    Notes
    -----
    Being poor on the head's education (reference: senior secondary or higher), log household size,
    the share of dependants and the round.

    Examples
    --------
    >>> import bpsstats as bps
    >>> years = (2021, 2022)
    >>> rounds = [bps.read_round("6471", year) for year in years]
    >>> lines = [bps.poverty_line("6471", year) for year in years]
    >>> bps.education_model(rounds, lines).result.method
    'Firth'
    """
    design = pool_rounds(rounds, lines)
    formula = f"poor ~ {FACTOR} + {CONTROLS}{_round_effects(rounds)}"
    try:
        result = survey_logit(formula, design, level=level, below_gate="firth")
    except (SeparationError, NotEstimableError) as error:
        return EducationModel(design, None, None, None, None, None, error.message)
    effects = average_marginal_effects(result, COVARIATES, reference={"head_education": REFERENCE})
    rows = tuple(
        replace(row, domain=f"{row.domain.split(', ')[0]}, size={size}")
        for size in SIZES
        for row in predicted_by(result, "head_education", at={"log_size": float(np.log(size))})
    )
    return EducationModel(
        design,
        result,
        effects,
        predicted_by(result, "head_education"),
        Estimates(rows, design.heading, level),
        likelihood_ratio_test(result, "head_education"),
        "",
    )


def _round_effects(rounds: Sequence[Round]) -> str:
    """A term for the round where there are several."""
    return " + C(year)" if len(rounds) > 1 else ""
