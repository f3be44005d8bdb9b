"""Models of poverty over survey designs."""

from bpsstats.models.education import EducationModel, education_model
from bpsstats.models.effects import average_marginal_effects, predicted_by
from bpsstats.models.logit import LogitResult, survey_logit
from bpsstats.models.pooling import pool_rounds

__all__ = [
    "EducationModel", "LogitResult",
    "average_marginal_effects", "education_model", "pool_rounds", "predicted_by", "survey_logit",
]  # fmt: skip
