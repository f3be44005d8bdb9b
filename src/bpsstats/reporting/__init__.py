"""What people see: tables, figures, sentences, the release, and the report made of the
notebooks.

Each name is loaded from its module when first used, so that a command which draws nothing loads
nothing that draws.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Release": "report.release",
    "annual_release": "report.release",
    "basket_table": "tables.lines",
    "check_notebook": "notebook",
    "coherence_table": "tables.record",
    "depth_figure": "figures.record",
    "engel_figure": "figures.poverty",
    "engel_table": "tables.lines",
    "explore": "explorer.explore",
    "firth_note": "tables.models",
    "glm_table": "tables.models",
    "levels_table": "tables.record",
    "line_before": "tables.lines",
    "printed_lines": "tables.lines",
    "plot_coefficients": "figures.comparisons",
    "plot_density": "figures.distribution",
    "plot_forest": "figures.comparisons",
    "plot_growth_incidence": "figures.curves",
    "plot_headcount_curve": "figures.curves",
    "plot_lorenz": "figures.curves",
    "plot_map": "figures.tiles",
    "plot_panels": "figures.comparisons",
    "plot_parade": "figures.distribution",
    "plot_tip": "figures.curves",
    "profile_figure": "profile.pictures",
    "profile_table": "profile.tables",
    "record_figure": "figures.record",
    "say_food": "words.profile",
    "say_line": "words.line",
    "say_observed": "words.release",
    "say_poverty": "words.poverty",
    "say_rebuilt_line": "words.line",
    "say_record": "words.record",
    "say_source": "words.release",
    "sensitivity_figure": "figures.poverty",
    "steadiness_figure": "figures.record",
    "table": "tables.table",
    "welfare_figure": "figures.poverty",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
