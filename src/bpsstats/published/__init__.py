"""Printed figures as cells, and the comparison of recomputed results with them. No estimator may
import this.
"""

import sys
from types import ModuleType
from typing import Any

from bpsstats.published.compare import Comparisons, compare
from bpsstats.published.comparison import Comparison
from bpsstats.published.ledger import compare_recomputed, ledger, recompute
from bpsstats.published.targets import PublishedTable, Target, published

__all__ = [
    "Comparison", "Comparisons", "PublishedTable", "Target",
    "compare", "compare_recomputed", "ledger", "published", "recompute",
]  # fmt: skip


class _Callable(ModuleType):
    """The package as a function: once imported, Python puts it in the place of
    `bpsstats.published`.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> PublishedTable:
        """As `targets.published`."""
        return published(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
