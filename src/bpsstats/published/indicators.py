"""The vocabulary of printed figures: indicators with unit, decimals and base, domains, units."""

import difflib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bpsstats.errors import ParameterError
from bpsstats.files import read_yaml

VOCABULARY = "indicators.yaml"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A kind of printed figure.

    Parameters
    ----------
    name : str
    unit : str
        Its own unit; a cell may be printed in a multiple of it.
    decimals : int
        Decimals of BPS's tables.
    base : str
        Whom or what it is about.
    breaks : tuple of int
        Years from which the series is another one: other base, questionnaire or edition.
    """

    name: str
    unit: str
    decimals: int
    base: str
    breaks: tuple[int, ...] = ()


def find_indicator(name: str) -> Indicator:
    """The indicator of a name.

    Raises
    ------
    ParameterError
        If the vocabulary has no such name; the message says which are nearest.

    Examples
    --------
    >>> find_indicator("headcount").unit
    'percent'
    """
    known = indicators()
    if name not in known:
        raise ParameterError(_unknown("indicator", name, known))
    return known[name]


def check_domain(name: str) -> None:
    """Refuse a domain that the vocabulary does not have.

    Raises
    ------
    ParameterError
        The message says which are nearest.
    """
    if name not in _vocabulary()["domains"]:
        raise ParameterError(_unknown("domain", name, _vocabulary()["domains"]))


@cache
def indicators() -> dict[str, Indicator]:
    """All indicators by name, in the order of the vocabulary."""
    return {
        name: Indicator(name, **entry | {"breaks": tuple(entry.get("breaks", ()))})
        for name, entry in _vocabulary()["indicators"].items()
    }


@cache
def units() -> dict[str, tuple[int, str]]:
    """Every printed unit: how many of which own unit it is.

    Examples
    --------
    >>> units()["thousand persons"], units()["percent"]
    ((1000, 'persons'), (1, 'percent'))
    """
    own = {indicator.unit: (1, indicator.unit) for indicator in indicators().values()}
    multiples = _vocabulary()["multiples"].items()
    return own | {name: (entry["times"], entry["unit"]) for name, entry in multiples}


def _unknown(kind: str, name: str, known: Any) -> str:
    """What is not known, and what is nearest."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    nearest = f" Nearest: {', '.join(near)}." if near else ""
    return f"There is no {kind} {name[:40]!r}.{nearest} {VOCABULARY} declares them all."


@cache
def _vocabulary() -> dict[str, Any]:
    """The document."""
    document: dict[str, Any] = read_yaml(Path(__file__).with_name(VOCABULARY))
    return document
