"""The results that a report is made from: rounds, figures, and what may be shown of them."""

from bpsstats.reporting.report.results.computed import ALONE, Results
from bpsstats.reporting.report.results.shown import shown
from bpsstats.reporting.report.results.together import compute_all

__all__ = ["ALONE", "Results", "compute_all", "shown"]
