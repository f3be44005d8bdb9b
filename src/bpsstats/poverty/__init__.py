"""Poverty: the line, who is below it, how far, who they are, and what changed."""

from bpsstats.poverty.change import Change, Changes, change
from bpsstats.poverty.curves import engel_curve, headcount_by_line
from bpsstats.poverty.fgt import fgt, headcount, is_poor, poor_count, poverty_gap, severity
from bpsstats.poverty.lines import PovertyLine, poverty_line
from bpsstats.poverty.profile import education_of_the_poor, food_share, poor_mask, sector_of_the_poor, work_of_the_poor

__all__ = [
    "Change", "Changes", "PovertyLine",
    "change", "education_of_the_poor", "engel_curve", "fgt", "food_share", "headcount", "headcount_by_line", "is_poor", "poor_count", "poor_mask",
    "poverty_gap", "poverty_line", "sector_of_the_poor", "severity", "work_of_the_poor",
]  # fmt: skip
