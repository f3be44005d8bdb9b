"""Models of poverty over survey designs."""

from bpsstats.models.education import EducationModel, education_model
from bpsstats.models.effects import average_marginal_effects, contrast, predict_rows, predicted_by
from bpsstats.models.firth import firth_logit
from bpsstats.models.logit import survey_logit
from bpsstats.models.pooling import pool_rounds
from bpsstats.models.result import LogitResult
from bpsstats.models.specifications import Specifications, education_specifications
from bpsstats.models.term_tests import TermTest, likelihood_ratio_test, wald_test

__all__ = [
    "EducationModel", "LogitResult", "Specifications", "TermTest",
    "average_marginal_effects", "contrast", "education_model", "education_specifications", "firth_logit", "likelihood_ratio_test", "pool_rounds", "predict_rows", "predicted_by",
    "survey_logit", "wald_test",
]  # fmt: skip
