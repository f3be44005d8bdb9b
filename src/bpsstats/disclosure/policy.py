"""The rules of disclosure control, one versioned file."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds below which a cell is withheld.

    Parameters
    ----------
    version : int
    least_denominator : int
        Records in the domain of a rate.
    least_numerator, least_numerator_internal : int
        Records with the characteristic, for release and inside the office.
    rse_publish, rse_caution : float
        Relative standard error, percent: up to the first published, up to the second marked, above
        withheld.
    withheld, caution : str
        Marks in a table.
    """

    version: int
    least_denominator: int
    least_numerator: int
    least_numerator_internal: int
    rse_publish: float
    rse_caution: float
    withheld: str
    caution: str


@cache
def current_policy() -> Policy:
    """The policy in force.

    Examples
    --------
    >>> current_policy().least_numerator
    10
    """
    document: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("policy.yaml").read_text("utf8")
    )
    return Policy(
        version=document["version"],
        least_denominator=document["denominator"]["publish"],
        least_numerator=document["numerator"]["publish"],
        least_numerator_internal=document["numerator"]["internal"],
        rse_publish=float(document["rse"]["publish"]),
        rse_caution=float(document["rse"]["caution"]),
        withheld=document["withheld"],
        caution=document["caution"],
    )
