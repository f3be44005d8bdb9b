"""Poverty: the line, who is below it, how far, who they are, and what changed."""

from bpsstats.poverty.basic_needs.rebuilt_line import estimate_poverty_line
from bpsstats.poverty.changes.change import Change, Changes, change
from bpsstats.poverty.changes.decomposition import Decomposition, decompose_by_group
from bpsstats.poverty.changes.growth_incidence import growth_incidence_curve
from bpsstats.poverty.changes.growth_redistribution import decompose_change
from bpsstats.poverty.changes.rebase import PopulationBase, population_base, rebase, rebased_design
from bpsstats.poverty.factor.implied import ImpliedFactor, implied_factor
from bpsstats.poverty.indices.fgt import fgt, headcount, is_poor, poor_count, poverty_gap, severity
from bpsstats.poverty.indices.watts_sen import sen, sen_shorrocks_thon, watts
from bpsstats.poverty.inequality.entropy import (
    atkinson,
    decompose_inequality,
    generalised_entropy,
    mean_log_deviation,
    theil,
)
from bpsstats.poverty.inequality.gini import gini
from bpsstats.poverty.inequality.quantiles import quantile
from bpsstats.poverty.inequality.shares import (
    bottom_40,
    expenditure_share,
    generalised_lorenz,
    lorenz,
    middle_40,
    quintile_ratio,
    quintile_share,
    top_20,
)
from bpsstats.poverty.lines.official import PovertyLine, poverty_line
from bpsstats.poverty.profile.curves import (
    engel_curve,
    headcount_by_line,
    headcount_curve,
    just_above,
    lorenz_curve,
    tip,
    tip_curve,
)
from bpsstats.poverty.profile.deprivations import deprivation_counts
from bpsstats.poverty.profile.groups import (
    education_of_the_poor,
    food_share,
    household_line,
    poor_mask,
    sector_of_the_poor,
    work_of_the_poor,
)
from bpsstats.poverty.profile.tables import Profile, poverty_profile

__all__ = [
    "Change",
    "Changes",
    "Decomposition",
    "ImpliedFactor",
    "PopulationBase",
    "PovertyLine",
    "Profile",
    "atkinson",
    "bottom_40",
    "change",
    "decompose_by_group",
    "decompose_change",
    "decompose_inequality",
    "deprivation_counts",
    "education_of_the_poor",
    "engel_curve",
    "estimate_poverty_line",
    "expenditure_share",
    "fgt",
    "food_share",
    "generalised_entropy",
    "generalised_lorenz",
    "gini",
    "growth_incidence_curve",
    "headcount",
    "headcount_by_line",
    "headcount_curve",
    "household_line",
    "implied_factor",
    "is_poor",
    "just_above",
    "lorenz",
    "lorenz_curve",
    "mean_log_deviation",
    "middle_40",
    "poor_count",
    "poor_mask",
    "population_base",
    "poverty_gap",
    "poverty_line",
    "poverty_profile",
    "quantile",
    "quintile_ratio",
    "quintile_share",
    "rebase",
    "rebased_design",
    "sector_of_the_poor",
    "sen",
    "sen_shorrocks_thon",
    "severity",
    "theil",
    "tip",
    "tip_curve",
    "top_20",
    "watts",
    "work_of_the_poor",
]  # fmt: skip
