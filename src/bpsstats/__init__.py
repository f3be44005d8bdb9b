"""City poverty statistics rebuilt from Susenas-style microdata, with their sampling errors.

``bps.<Tab>`` and ``dir`` show what every notebook needs and the groups below; ``bps.<group>.<Tab>``
shows the names of a group. Every name can be written without its group, ``bps.gini()`` for
``bps.inequality.gini()``. A name is loaded when it is first used, so that ``import bpsstats`` and
completion stay quick.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

# Each group: what it is for, and its names by the package that they come from.
GROUPS: dict[str, tuple[str, dict[str, str]]] = {
    "rounds": (
        "read and check a round of microdata",
        {"bpsstats.microdata": "check_round find_area read_items read_round"},
    ),
    "designs": (
        "declare a sample, calibrate or replicate its weights",
        {
            "bpsstats.survey": "SurveyDesign balanced bootstrap calibrate given_weights jackknife"
            " replicate",
            "bpsstats.poverty": "rebase",
        },
    ),
    "statistics": (
        "estimate means, totals, ratios and shares by domain",
        {"bpsstats.survey": "crosstab estimate mean population ratio share total"},
    ),
    "lines": (
        "poverty lines, printed and rebuilt",
        {
            "bpsstats.poverty": "estimate_poverty_line implied_factor poverty_line",
            "bpsstats.reporting": "line_before printed_lines",
        },
    ),
    "indices": (
        "poverty indices",
        {
            "bpsstats.poverty": "fgt headcount poor_count poverty_gap sen sen_shorrocks_thon"
            " severity watts",
            "bpsstats.areas": "estimate_areas",
        },
    ),
    "inequality": (
        "inequality, quantiles and shares of expenditure",
        {
            "bpsstats.poverty": "atkinson bottom_40 decompose_inequality expenditure_share"
            " generalised_entropy generalised_lorenz gini lorenz mean_log_deviation middle_40"
            " quantile quintile_ratio quintile_share theil top_20",
        },
    ),
    "profiles": (
        "who the poor are and how they spend",
        {
            "bpsstats.poverty": "deprivation_counts education_of_the_poor food_share household_line"
            " poverty_profile work_of_the_poor",
            "bpsstats.reporting": "profile_figure profile_table",
        },
    ),
    "curves": (
        "poverty over lines, food shares over spending, Lorenz and TIP curves",
        {
            "bpsstats.poverty": "engel_curve headcount_by_line headcount_curve just_above"
            " lorenz_curve tip tip_curve",
        },
    ),
    "changes": (
        "what changed between rounds, and what lies behind it",
        {"bpsstats.poverty": "change decompose_by_group decompose_change growth_incidence_curve"},
    ),
    "modelling": (
        "education and poverty: logit, regression, decomposition",
        {
            "bpsstats.models": "average_marginal_effects contrast education_model"
            " education_specifications firth_logit frequency_glm oaxaca_blinder pool_rounds"
            " predicted_by"
            " predicted_poverty quantile_regression survey_logit survey_regression wald_test"
            " welfare_model",
        },
    ),
    "printed": (
        "printed figures, and the comparison with them",
        {
            "bpsstats.published": "compare ledger published",
            "bpsstats.published.record": "bounds printed_record steadiness",
            "bpsstats.reporting": "coherence_table depth_figure levels_table record_figure"
            " say_record steadiness_figure",
        },
    ),
    "plots": (
        "figures of any design or result, each with the data under it",
        {
            "bpsstats.reporting": "plot_coefficients plot_density plot_forest"
            " plot_growth_incidence plot_headcount_curve plot_lorenz plot_map plot_panels"
            " plot_parade plot_tip",
        },
    ),
    "release": (
        "tables, figures and sentences of a report",
        {
            "bpsstats.reporting": "annual_release basket_table check_notebook engel_figure"
            " engel_table explore glm_table say_food say_line say_observed say_poverty"
            " say_rebuilt_line say_source sensitivity_figure table welfare_figure",
        },
    ),
}
# What every notebook needs, shown beside the groups.
_FIRST = (
    "SurveyDesign", "annual_release", "change", "compare", "estimate", "explore", "find_area",
    "headcount", "ledger", "mean", "poor_count", "poverty_gap", "poverty_line", "published",
    "ratio", "read_round", "severity", "share", "table", "total",
)  # fmt: skip

_HOMES = {
    name: home
    for _, homes in GROUPS.values()
    for home, names in homes.items()
    for name in names.split()
}
__all__ = sorted(_HOMES)


class _Name:
    """A public name, loaded from its package when it is first read.

    A descriptor, because completion looks for those without running them; it would run a
    ``__getattr__``, and with it import everything.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, owner: ModuleType | None, kind: type | None = None) -> Any:
        if owner is None:
            return self
        value = getattr(import_module(_HOMES[self.name]), self.name)
        # A package that can be called, `published`, has taken its place by now.
        value = vars(sys.modules[__name__]).get(self.name, value)
        setattr(owner, self.name, value)
        return value


class _Group(ModuleType):
    """A group of public names."""

    def __dir__(self) -> list[str]:
        return sorted(name for name in vars(type(self)) if name in _HOMES)

    def __repr__(self) -> str:
        return f"{self.__name__}: {self.__doc__}\n  " + " ".join(dir(self))


class _Package(ModuleType):
    """The package, with its public names and groups."""

    def __dir__(self) -> list[str]:
        return sorted([*_FIRST, *GROUPS, "__version__"])


def _made(name: str, purpose: str, names: list[str]) -> ModuleType:
    """A group as an object whose names load on first use."""
    kind = type(name, (_Group,), {each: _Name(each) for each in names})
    group: ModuleType = kind(f"{__name__}.{name}", purpose)
    return group


for _group, (_purpose, _homes) in GROUPS.items():
    _names = sorted(" ".join(_homes.values()).split())
    globals()[_group] = _made(_group, _purpose, _names)
    __doc__ += f"\n{_group}: {_purpose}\n    {', '.join(_names)}\n"
for _name in _HOMES:
    setattr(_Package, _name, _Name(_name))
sys.modules[__name__].__class__ = _Package
