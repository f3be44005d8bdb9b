"""The question of the project: how education goes with poverty, asked of several rounds at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from bpsstats.errors import SeparationError
from bpsstats.microdata import Round
from bpsstats.models.effects import average_marginal_effects, predicted_by
from bpsstats.models.logit import LogitResult, survey_logit
from bpsstats.models.pooling import pool_rounds
from bpsstats.poverty import PovertyLine
from bpsstats.survey import Estimates, SurveyDesign

REFERENCE = "sma_plus"
COVARIATES = ("head_education", "log_size", "dependency", "head_not_working")


@dataclass(frozen=True, slots=True, eq=False)
class EducationModel:
    """Survey logit of being poor on the head's education, or the reason why the data cannot bear it.

    `result`, `effects` (average marginal effects, percentage points) and `predicted` (percent poor, were all heads of one
    education) are None where `refused` says why.
    """

    design: SurveyDesign
    result: LogitResult | None
    effects: Estimates | None
    predicted: Estimates | None
    refused: str

    def __repr__(self) -> str:
        return repr(self.result) if self.result is not None else f"{self.design.heading}\nNo model: {self.refused}"


def education_model(rounds: Sequence[Round], lines: Sequence[PovertyLine], *, level: float = 0.95) -> EducationModel:
    """Fit the model on pooled rounds, unless there are too few poor households for it.

    Parameters
    ----------
    rounds : sequence of Round
    lines : sequence of PovertyLine
        The line of each round.
    level : float
        Confidence level.

    Notes
    -----
    Being poor on the head's education (reference: senior secondary or higher), log household size, the share of dependants,
    whether the head works, and the round.
    """
    design = pool_rounds(rounds, lines)
    formula = f"poor ~ C(head_education, Treatment('{REFERENCE}')) + log_size + dependency + head_not_working"
    if len(rounds) > 1:
        formula += " + C(year)"
    try:
        result = survey_logit(formula, design, level=level)
    except SeparationError as error:
        return EducationModel(design, None, None, None, error.message)
    effects = average_marginal_effects(result, COVARIATES, reference={"head_education": REFERENCE})
    return EducationModel(design, result, effects, predicted_by(result, "head_education"), "")
