"""Printed figures as cells, and the comparison of recomputed results with them. No estimator may import this."""

from bpsstats.published.compare import Comparison, Comparisons, compare
from bpsstats.published.ledger import compare_recomputed, ledger, recompute
from bpsstats.published.targets import PublishedTable, Target, published

__all__ = [
    "Comparison", "Comparisons", "PublishedTable", "Target",
    "compare", "compare_recomputed", "ledger", "published", "recompute",
]  # fmt: skip
