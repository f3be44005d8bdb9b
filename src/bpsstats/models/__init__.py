"""Models of poverty over survey designs."""

from bpsstats.models.effects import average_marginal_effects, predicted_by
from bpsstats.models.logit import LogitResult, survey_logit
from bpsstats.models.pooling import pool_rounds

__all__ = ["LogitResult", "average_marginal_effects", "pool_rounds", "predicted_by", "survey_logit"]
