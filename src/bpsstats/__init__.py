"""City poverty statistics rebuilt from Susenas-style microdata, with their sampling errors.

The names below are what a notebook needs; each is loaded from its module when first used, so that
``import bpsstats`` stays quick.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "read_round": "bpsstats.microdata",
    "SurveyDesign": "bpsstats.survey",
    "estimate": "bpsstats.survey",
    "poverty_line": "bpsstats.poverty",
    "poor_count": "bpsstats.poverty",
    "headcount": "bpsstats.poverty",
    "poverty_gap": "bpsstats.poverty",
    "severity": "bpsstats.poverty",
    "education_of_the_poor": "bpsstats.poverty",
    "work_of_the_poor": "bpsstats.poverty",
    "food_share": "bpsstats.poverty",
    "change": "bpsstats.poverty",
    "published": "bpsstats.published",
    "compare": "bpsstats.published",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module 'bpsstats' has no attribute {name!r}; it has {', '.join(sorted(_HOMES))}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Public names, for completion in an editor."""
    return sorted([*_HOMES, "__version__"])
