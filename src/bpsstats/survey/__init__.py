"""Survey inference: designs, linearised statistics, one variance engine, intervals. Knows nothing
of poverty.
"""

from bpsstats.survey.bands import Curve, curve
from bpsstats.survey.calibration import calibrate
from bpsstats.survey.design import SurveyDesign
from bpsstats.survey.estimate import estimate
from bpsstats.survey.estimates import Estimate, Estimates
from bpsstats.survey.functional import Functional, Sample
from bpsstats.survey.linearised import Linearised
from bpsstats.survey.replicate import Replicates, balanced, bootstrap, given_weights, jackknife
from bpsstats.survey.replicated import Replicated, replicate
from bpsstats.survey.statistic import Ratio, Statistic, mean, population, ratio, share, total
from bpsstats.survey.variance import covariance, variance

__all__ = [
    "Curve", "Estimate", "Estimates", "Functional", "Linearised", "Ratio", "Replicated", "Replicates", "Sample", "Statistic", "SurveyDesign",
    "balanced", "bootstrap", "calibrate", "covariance", "curve", "estimate", "given_weights", "jackknife", "mean", "population", "ratio", "replicate", "share", "total", "variance",
]  # fmt: skip
