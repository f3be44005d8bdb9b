"""The numbers that a result holds: found wherever they are, and replaced by what may be shown."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Protocol, runtime_checkable

from bpsstats.disclosure.gate import SYNTHETIC, Cell
from bpsstats.disclosure.policy import Policy

Place = tuple[str, str, str]  # statistic, domain, period


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
    made_of : tuple of Counted
        What a difference is made of.
    """

    place: Place
    cell: Cell
    amount: float = float("nan")
    whole: float = float("nan")
    made_of: "tuple[Counted, ...]" = ()


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


def with_source(value: object) -> Iterator[Leaf | Holder]:
    """All of a result that says what data it is made from."""
    if isinstance(value, Leaf | Holder):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from with_source(each)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from with_source(each)
    elif _holds_results(value):
        for each in _held(value):
            yield from with_source(getattr(value, each))


def declared_sums(value: object) -> Iterator[tuple[object, list[object]]]:
    """Sums that a result itself says its numbers to be: total, or None, and parts."""
    if isinstance(value, tuple | list):
        for each in value:
            yield from declared_sums(each)
    elif _holds_results(value) and not isinstance(value, Leaf):
        if hasattr(value, "gate_sums"):
            yield from value.gate_sums()
        for each in _held(value):
            yield from declared_sums(getattr(value, each))


def leaves(value: object, name: str = "") -> Iterator[tuple[Leaf, str]]:
    """The numbers that a result holds, each with the names of the tables that it stands in."""
    if isinstance(value, Leaf):
        yield value, name
    elif isinstance(value, tuple | list):
        for each in value:
            yield from leaves(each, name)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from leaves(each, name)
    elif _holds_results(value):
        inside = " / ".join(filter(None, [name, str(getattr(value, "gate_name", ""))]))
        for each in _held(value):
            yield from leaves(getattr(value, each), inside)


def rebuilt(value: Any, view: Callable[[Leaf], Any], policy: Policy) -> Any:
    """A result with the views of its numbers in their places; itself where nothing changed."""
    if isinstance(value, Leaf):
        return view(value)
    if isinstance(value, tuple | list):
        parts = [rebuilt(each, view, policy) for each in value]
        if all(new is old for new, old in zip(parts, value, strict=True)):
            return value
        return type(value)(parts)
    if isinstance(value, Mapping):
        made = {key: rebuilt(each, view, policy) for key, each in value.items()}
        return value if all(made[key] is value[key] for key in made) else made
    if not _holds_results(value):
        return value
    changed = {}
    for each in _held(value):
        old = getattr(value, each)
        new = rebuilt(old, view, policy)
        if new is not old:
            changed[each] = new
    made = replace(value, **changed) if changed else value
    if isinstance(made, Holder) and not made.source.startswith(SYNTHETIC):
        return made.settled(policy)
    return made


def _holds_results(value: object) -> bool:
    """Whether an object is a result of this package, whose fields may hold others."""
    return (
        is_dataclass(value)
        and not isinstance(value, type)
        and type(value).__module__.startswith("bpsstats.")
    )


def _held(value: Any) -> list[str]:
    """Fields of a result."""
    return [field.name for field in fields(value) if field.init]
