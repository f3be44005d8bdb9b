"""Disclosure control: no respondent leaves the building. Knows nothing of poverty, only of counts
and errors.
"""

from bpsstats.disclosure.gate import Cell, GateResult, gate
from bpsstats.disclosure.policy import Policy, current_policy, policy_for
from bpsstats.disclosure.released import is_of_respondents, released
from bpsstats.disclosure.withheld import WITHHELD, is_withheld

__all__ = [
    "WITHHELD",
    "Cell",
    "GateResult",
    "Policy",
    "current_policy",
    "gate",
    "is_of_respondents",
    "is_withheld",
    "policy_for",
    "released",
]
