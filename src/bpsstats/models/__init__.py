"""Models of poverty over survey designs."""

from bpsstats.models.decomposition import GapDecomposition, oaxaca_blinder
from bpsstats.models.education.model import EducationModel, education_model
from bpsstats.models.education.pooling import pool_rounds
from bpsstats.models.education.specifications import Specifications, education_specifications
from bpsstats.models.education.welfare import WelfareModel, predicted_poverty, welfare_model
from bpsstats.models.logit.effects import (
    average_marginal_effects,
    contrast,
    predict_rows,
    predicted_by,
)
from bpsstats.models.logit.firth import firth_logit
from bpsstats.models.logit.frequency_glm import FrequencyGLM, frequency_glm
from bpsstats.models.logit.result import LogitResult
from bpsstats.models.logit.survey_logit import survey_logit
from bpsstats.models.logit.term_tests import TermTest, likelihood_ratio_test, wald_test
from bpsstats.models.regression.linear import RegressionResult, survey_regression
from bpsstats.models.regression.quantile import quantile_regression

__all__ = [
    "EducationModel",
    "FrequencyGLM",
    "GapDecomposition",
    "LogitResult",
    "RegressionResult",
    "Specifications",
    "TermTest",
    "WelfareModel",
    "average_marginal_effects",
    "contrast",
    "education_model",
    "education_specifications",
    "firth_logit",
    "frequency_glm",
    "likelihood_ratio_test",
    "oaxaca_blinder",
    "pool_rounds",
    "predict_rows",
    "predicted_by",
    "predicted_poverty",
    "quantile_regression",
    "survey_logit",
    "survey_regression",
    "wald_test",
    "welfare_model",
]  # fmt: skip
