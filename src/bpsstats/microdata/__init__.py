"""Microdata: layouts of the rounds, reading, checks, consumption, classes. Knows nothing of
sampling variance.
"""

from bpsstats.microdata.consumption.items import read_items
from bpsstats.microdata.layouts import Layout, known_years, load_layout
from bpsstats.microdata.lists.areas import Area, find_area
from bpsstats.microdata.read import Round, check_round, read_round

__all__ = [
    "Area",
    "Layout",
    "Round",
    "check_round",
    "find_area",
    "known_years",
    "load_layout",
    "read_items",
    "read_round",
]
