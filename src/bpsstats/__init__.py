"""City poverty statistics rebuilt from Susenas-style microdata, with their sampling errors.

The names below are what a notebook needs; each is loaded from its module when first used, so that
``import bpsstats`` stays quick.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "read_round": "bpsstats.microdata",
    "read_items": "bpsstats.microdata",
    "check_round": "bpsstats.microdata",
    "find_area": "bpsstats.microdata",
    "SurveyDesign": "bpsstats.survey",
    "estimate": "bpsstats.survey",
    "mean": "bpsstats.survey",
    "ratio": "bpsstats.survey",
    "share": "bpsstats.survey",
    "total": "bpsstats.survey",
    "poverty_line": "bpsstats.poverty",
    "estimate_poverty_line": "bpsstats.poverty",
    "estimate_areas": "bpsstats.areas",
    "poor_count": "bpsstats.poverty",
    "headcount": "bpsstats.poverty",
    "poverty_gap": "bpsstats.poverty",
    "severity": "bpsstats.poverty",
    "education_of_the_poor": "bpsstats.poverty",
    "work_of_the_poor": "bpsstats.poverty",
    "food_share": "bpsstats.poverty",
    "engel_curve": "bpsstats.poverty",
    "headcount_by_line": "bpsstats.poverty",
    "change": "bpsstats.poverty",
    "rebase": "bpsstats.poverty",
    "balanced": "bpsstats.survey",
    "bootstrap": "bpsstats.survey",
    "calibrate": "bpsstats.survey",
    "given_weights": "bpsstats.survey",
    "jackknife": "bpsstats.survey",
    "replicate": "bpsstats.survey",
    "atkinson": "bpsstats.poverty",
    "bottom_40": "bpsstats.poverty",
    "decompose_inequality": "bpsstats.poverty",
    "expenditure_share": "bpsstats.poverty",
    "generalised_entropy": "bpsstats.poverty",
    "generalised_lorenz": "bpsstats.poverty",
    "gini": "bpsstats.poverty",
    "headcount_curve": "bpsstats.poverty",
    "just_above": "bpsstats.poverty",
    "lorenz": "bpsstats.poverty",
    "lorenz_curve": "bpsstats.poverty",
    "mean_log_deviation": "bpsstats.poverty",
    "middle_40": "bpsstats.poverty",
    "quantile": "bpsstats.poverty",
    "quintile_ratio": "bpsstats.poverty",
    "quintile_share": "bpsstats.poverty",
    "sen": "bpsstats.poverty",
    "sen_shorrocks_thon": "bpsstats.poverty",
    "theil": "bpsstats.poverty",
    "tip": "bpsstats.poverty",
    "tip_curve": "bpsstats.poverty",
    "top_20": "bpsstats.poverty",
    "watts": "bpsstats.poverty",
    "decompose_by_group": "bpsstats.poverty",
    "decompose_change": "bpsstats.poverty",
    "oaxaca_blinder": "bpsstats.models",
    "predicted_poverty": "bpsstats.models",
    "quantile_regression": "bpsstats.models",
    "survey_logit": "bpsstats.models",
    "survey_regression": "bpsstats.models",
    "welfare_model": "bpsstats.models",
    "firth_logit": "bpsstats.models",
    "education_model": "bpsstats.models",
    "education_specifications": "bpsstats.models",
    "average_marginal_effects": "bpsstats.models",
    "pool_rounds": "bpsstats.models",
    "published": "bpsstats.published",
    "compare": "bpsstats.published",
    "ledger": "bpsstats.published",
    "annual_release": "bpsstats.reporting",
    "engel_figure": "bpsstats.reporting",
    "line_before": "bpsstats.reporting",
    "printed_lines": "bpsstats.reporting",
    "say_food": "bpsstats.reporting",
    "basket_table": "bpsstats.reporting",
    "say_line": "bpsstats.reporting",
    "say_rebuilt_line": "bpsstats.reporting",
    "say_observed": "bpsstats.reporting",
    "say_poverty": "bpsstats.reporting",
    "say_source": "bpsstats.reporting",
    "sensitivity_figure": "bpsstats.reporting",
    "table": "bpsstats.reporting",
    "welfare_figure": "bpsstats.reporting",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(
            f"module 'bpsstats' has no attribute {name!r}; it has {', '.join(sorted(_HOMES))}"
        )
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Public names, for completion in an editor."""
    return sorted([*_HOMES, "__version__"])
