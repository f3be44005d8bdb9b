"""Survey inference: designs, linearised statistics, one variance engine, intervals. Knows nothing
of poverty.
"""

from bpsstats.survey.crosstab import Crosstab, IndependenceTest, crosstab
from bpsstats.survey.design.calibration import calibrate
from bpsstats.survey.design.survey_design import SurveyDesign
from bpsstats.survey.estimate import estimate
from bpsstats.survey.replicates.replication import ReplicationResult, replicate
from bpsstats.survey.replicates.weights import (
    ReplicateWeights,
    balanced,
    bootstrap,
    given_weights,
    jackknife,
)
from bpsstats.survey.results.curves import Curve, curve
from bpsstats.survey.results.labels import joint_source
from bpsstats.survey.results.one_estimate import Estimate
from bpsstats.survey.results.tables import Estimates
from bpsstats.survey.statistics.distribution import DistributionStatistic, Sample
from bpsstats.survey.statistics.linearised import Linearised
from bpsstats.survey.statistics.ratios import (
    Ratio,
    Statistic,
    mean,
    population,
    ratio,
    share,
    total,
)
from bpsstats.survey.variance.engine import covariance

__all__ = [
    "Crosstab",
    "Curve",
    "DistributionStatistic",
    "Estimate",
    "Estimates",
    "IndependenceTest",
    "Linearised",
    "Ratio",
    "ReplicateWeights",
    "ReplicationResult",
    "Sample",
    "Statistic",
    "SurveyDesign",
    "balanced",
    "bootstrap",
    "calibrate",
    "covariance",
    "crosstab",
    "curve",
    "estimate",
    "given_weights",
    "jackknife",
    "joint_source",
    "mean",
    "population",
    "ratio",
    "replicate",
    "share",
    "total",
]  # fmt: skip
