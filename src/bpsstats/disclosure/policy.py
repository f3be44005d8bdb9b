"""The rules of disclosure control, one versioned file, and for whom an output is made."""

import os
from dataclasses import dataclass
from functools import cache
from math import floor, isfinite, log10
from pathlib import Path
from typing import Any, Literal, get_args

from bpsstats.disclosure.withheld import is_withheld
from bpsstats.errors import ParameterError
from bpsstats.files import read_yaml
from bpsstats.paths import AUDIENCE_VARIABLE

Audience = Literal["external", "internal"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be shown to one audience.

    Parameters
    ----------
    version : int
    audience : {"external", "internal"}
    least_numerator, least_denominator : int
        Unweighted households with the characteristic (and without it), and in the domain.
    most_rse : float
        Relative standard error, percent, above which a cell is withheld.
    caution : float
        Relative standard error, percent, above which a cell that is shown is marked.
    least_df : int
        Degrees of freedom of a model.
    withheld, caution_mark, unreliable_mark : str
        Marks in a table.
    bases : mapping of str to float
        Unit to the multiple that its numbers are rounded to.
    counted : tuple of str
        Units that are counted; a mean of them is rounded to significant digits.
    digits : int
        Significant digits of the numbers of other units.
    """

    version: int
    audience: Audience
    least_numerator: int
    least_denominator: int
    most_rse: float
    caution: float
    least_df: int
    withheld: str
    caution_mark: str
    unreliable_mark: str
    bases: dict[str, float]
    counted: tuple[str, ...]
    digits: int

    def mark(self, rse: float) -> str:
        """Mark of a relative standard error, percent.

        Examples
        --------
        >>> [policy_for("external").mark(rse) for rse in (25.0, 30.0, 50.1, float("nan"))]
        ['', '*', '**', '']
        """
        if is_withheld(rse):
            return self.withheld
        if not rse > self.caution:
            return ""
        return self.caution_mark if rse <= self.most_rse else self.unreliable_mark

    def base(self, unit: str, value: float, *, is_mean: bool = False) -> float:
        """Multiple that a number of a unit is rounded to; of a unit without one, and of a mean of
        what is counted, the place of its last significant digit.

        Examples
        --------
        >>> policy = policy_for("external")
        >>> policy.base("persons", 45670.0), policy.base("persons", 3.456, is_mean=True)
        (10, 0.001)
        """
        has_base = unit in self.bases and not (is_mean and unit in self.counted)
        if has_base or not isfinite(value) or value == 0:
            return self.bases.get(unit, 0.0)
        return float(10.0 ** (floor(log10(abs(value))) + 1 - self.digits))

    def rounded(self, value: float, base: float) -> float:
        """A number to the nearest multiple of a base.

        Examples
        --------
        >>> policy = policy_for("external")
        >>> policy.rounded(1234.5, 10), policy.rounded(1.2345, 0.01)
        (1230.0, 1.23)
        """
        if not base or not isfinite(value):
            return value
        return float(round(round(value / base) * base, max(0, 2 - floor(log10(base)))))


def policy_for(audience: Audience) -> Policy:
    """The policy for an audience.

    Examples
    --------
    >>> policy_for("external").least_numerator, policy_for("internal").least_numerator
    (10, 5)
    """
    rules = _document()
    own, marks = rules["audiences"][audience], rules["marks"]
    return Policy(
        rules["version"], audience, own["numerator"], own["denominator"], own["rse"],
        rules["caution"], rules["degrees_of_freedom"], marks["withheld"], marks["caution"],
        marks["unreliable"], rules["rounding"], tuple(rules["counted"]), rules["digits"],
    )  # fmt: skip


def current_policy() -> Policy:
    """The policy in force: for the audience that the command or the environment names, else for
    whoever works with the microdata.

    Raises
    ------
    ParameterError
        If the environment names an audience that there is not.
    """
    named = os.environ.get(AUDIENCE_VARIABLE) or "internal"
    if named not in AUDIENCES:
        raise ParameterError(
            f"{AUDIENCE_VARIABLE} is {named[:20]!r}; it is {' or '.join(AUDIENCES)}."
        )
    return policy_for(named)


@cache
def _document() -> dict[str, Any]:
    """The file."""
    path = Path(__file__).with_name("policy.yaml")
    document: dict[str, Any] = read_yaml(path)
    return document
