"""The numbers that a result holds: found wherever they are, and replaced by what may be shown."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, Protocol, runtime_checkable

from bpsstats.disclosure.gate import SYNTHETIC, Cell
from bpsstats.disclosure.policy import Policy

Place = tuple[str, str, str]  # statistic, domain, period
Declared = tuple[object, list[object]] | tuple[object, list[object], list[float]]
STATUS = re.compile("(non[-_])?poor")  # in the name of a domain
RESULTS = ("holder", "result")  # kinds with fields of their own


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of a result with what the gate needs to know of it.

    Parameters
    ----------
    place : (statistic, domain, period)
    cell : Cell
        Its label is filled in by the gate.
    amount : float
        Weighted total of the numerator, in which sums are sums; NaN where there is none.
    whole : float
        What the amounts of all classes of the domain sum to; NaN where the number is no share.
    base : float
        Weighted total that the amount is divided by; NaN where the number is itself a total.
    made_of : tuple of Counted
        What a difference is made of.
    """

    place: Place
    cell: Cell
    amount: float = float("nan")
    whole: float = float("nan")
    base: float = float("nan")
    made_of: "tuple[Counted, ...]" = ()

    @property
    def figure(self) -> tuple[object, ...]:
        """By which it is told from any other number, whatever tables it stands in. Where nobody of
        a class is poor, the number of those who are not is another figure than that of all.
        """
        _, domain, period = self.place
        if self.amount != self.amount:  # a difference or a model, told by its name
            return self.place
        status = STATUS.search(domain)
        amounts = [f"{each:.10g}" for each in (self.amount, self.base)]
        return (*amounts, self.cell.numerator, status and status[0].replace("-", "_"), period)


@runtime_checkable
class Leaf(Protocol):
    """A number, or a fitted model, that the gate decides on."""

    @property
    def source(self) -> str:
        """Kind of data."""

    def counted(self) -> Counted | None:
        """What the gate needs to know; None where it was decided on already."""

    def view(self, policy: Policy, *, withheld: bool) -> Any:
        """The number as it may leave."""


@runtime_checkable
class Holder(Protocol):
    """A result with numbers of its own that follow from those it holds, or from print."""

    @property
    def source(self) -> str:
        """Kind of data."""

    def settled(self, policy: Policy) -> Any:
        """The result with its own numbers as they may leave; the same if done twice."""


# A printed record has ten thousand cells: of each type it is found out once what it is.
_KINDS: dict[type, str] = {}


def _kind(value: object) -> str:
    """What an object is to the gate: a leaf, a holder, a sequence, a mapping, another result of
    this package, whose fields may hold others, or nothing of these.
    """
    of = type(value)
    if of not in _KINDS:
        is_ours = is_dataclass(of) and of.__module__.startswith("bpsstats.")
        known = {
            "leaf": isinstance(value, Leaf),
            "holder": isinstance(value, Holder) and is_ours,
            "sequence": isinstance(value, tuple | list),
            "mapping": isinstance(value, Mapping),
            "result": is_ours,
        }
        _KINDS[of] = next((kind for kind, is_it in known.items() if is_it), "")
    return _KINDS[of]


def with_source(value: Any) -> Iterator[Leaf | Holder]:
    """All of a result that says what data it is made from."""
    kind = _kind(value)
    if kind in ("leaf", "holder"):
        yield value
    elif kind:
        for each in _parts(value, kind):
            yield from with_source(each)


def _parts(value: Any, kind: str) -> Iterable[object]:
    """What an object holds that is no leaf."""
    if kind in ("sequence", "mapping"):
        return list(value.values() if kind == "mapping" else value)
    return [getattr(value, each) for each in _held(value.__class__)]


def declared_sums(value: Any) -> Iterator[Declared]:
    """Sums that a result itself says its numbers to be: total, or None, and parts."""
    kind = _kind(value)
    if kind in RESULTS and hasattr(value, "gate_sums"):
        yield from value.gate_sums()
    if kind not in ("leaf", ""):
        for each in _parts(value, kind):
            yield from declared_sums(each)


def leaves(value: Any, name: str = "") -> Iterator[tuple[Leaf, str]]:
    """The numbers that a result holds, each with the names of the tables that it stands in."""
    kind = _kind(value)
    if kind == "leaf":
        yield value, name
    elif kind:
        own = str(getattr(value, "gate_name", "")) if kind in RESULTS else ""
        inside = " / ".join(filter(None, [name, own]))
        for each in _parts(value, kind):
            yield from leaves(each, inside)


def rebuilt(value: Any, view: Callable[[Leaf], Any], policy: Policy) -> Any:
    """A result with the views of its numbers in their places; itself where nothing changed."""
    kind = _kind(value)
    if kind == "leaf":
        return view(value)
    if kind == "sequence":
        parts = [rebuilt(each, view, policy) for each in value]
        if all(new is old for new, old in zip(parts, value, strict=True)):
            return value
        return type(value)(parts)
    if kind == "mapping":
        made = {key: rebuilt(each, view, policy) for key, each in value.items()}
        return value if all(made[key] is value[key] for key in made) else made
    if not kind:
        return value
    changed = {}
    for each in _held(value.__class__):
        old = getattr(value, each)
        new = rebuilt(old, view, policy)
        if new is not old:
            changed[each] = new
    made = replace(value, **changed) if changed else value
    if kind == "holder" and not made.source.startswith(SYNTHETIC):
        return made.settled(policy)
    return made


@cache
def _held(of: Any) -> list[str]:
    """Fields of a type of result."""
    return [field.name for field in fields(of) if field.init]
