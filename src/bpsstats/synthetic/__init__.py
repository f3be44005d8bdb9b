"""Synthetic Susenas: an invented city, a two-stage sample of it, fitted to figures that the caller
gives.

This is the one place whose input is the printed figures; the caller reads them and passes them on.
"""

from bpsstats.synthetic.nation.write import synthesize_nation
from bpsstats.synthetic.population import Population, make_population
from bpsstats.synthetic.targets import Targets
from bpsstats.synthetic.write import make_round, synthesize

__all__ = [
    "Population",
    "Targets",
    "make_population",
    "make_round",
    "synthesize",
    "synthesize_nation",
]
