"""Disclosure control: no respondent leaves the building. Knows nothing of poverty, only of counts
and errors.
"""

from bpsstats.disclosure.gate import Cell, GateResult, gate
from bpsstats.disclosure.policy import Policy, current_policy

__all__ = ["Cell", "GateResult", "Policy", "current_policy", "gate"]
