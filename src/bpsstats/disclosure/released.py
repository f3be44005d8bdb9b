"""Results as they may leave: the one place through which every number passes on its way out.

A released view of a result is of the same type. What reads results, such as a table, a sentence, a
figure or a file, takes views as it takes results; a number that is withheld is `WITHHELD` in them,
and the others are rounded. Results of synthetic data are their own view.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeVar

from bpsstats.disclosure.gate import SYNTHETIC, Cell, GateResult, Sizes, gate
from bpsstats.disclosure.policy import current_policy
from bpsstats.disclosure.secondary import Sum
from bpsstats.disclosure.views import (
    Counted,
    Leaf,
    Place,
    declared_sums,
    leaves,
    rebuilt,
    with_source,
)

R = TypeVar("R")
MOST_SEARCHED = 12  # parts among which sums are looked for
EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What was decided on all cells of a release."""

    result: GateResult
    labels: Mapping[int, str]
    printed: Collection[Place]
    results: tuple[object, ...]  # kept, so that no other object takes the place of one of them
    figures: Collection[tuple[object, ...]] = ()  # that are withheld, by whatever name

    def show(self, result: R) -> R:
        """The view of a result whose numbers were decided on here, or of one that stands alone."""
        withheld = self.result.withheld

        def view(leaf: Leaf) -> Any:
            if leaf.source.startswith(SYNTHETIC) or leaf.counted() is None:
                return leaf
            label = self.labels.get(id(leaf))
            if label is None:
                return released(leaf)
            return leaf.view(self.result.policy, withheld=label in withheld)

        shown: R = rebuilt(result, view, self.result.policy)
        return shown


# What was decided on the release that this process makes.
_IN_FORCE: list[Disclosure] = []
_NOTHING = Disclosure(gate((), ""), {}, (), ())
# Cells that tables of this process have shown beside that release: the first is shown of two that
# differ by few households, and stays so.
_SHOWN: dict[tuple[str, int, int], Cell] = {}


def put_in_force(decided: Disclosure | None) -> None:
    """Let no table of this process show what was withheld from its release, or what few households
    are between and what it shows. None: each table is decided on by itself, as without a release.
    """
    _IN_FORCE[:] = [] if decided is None else [decided]
    _SHOWN.clear()


def is_of_respondents(value: object) -> bool:
    """Whether an object holds a number that is not of synthetic data."""
    return any(not each.source.startswith(SYNTHETIC) for each in with_source(value))


def released(result: R) -> R:
    """The view of a result that may leave, its cells decided on by themselves.

    Parameters
    ----------
    result : a result of this package, or any object that holds such results
        What is none is its own view.

    Examples
    --------
    >>> released("text")
    'text'
    """
    if not is_of_respondents(result):
        return result
    decided = disclosure(result, printed=_in_force().printed)
    if _IN_FORCE:
        _SHOWN.update({(c.label, c.numerator, c.denominator): c for c in decided.result.shown})
    return decided.show(result)


def _in_force() -> Disclosure:
    """What was decided on the release that this process makes; else nothing."""
    return _IN_FORCE[0] if _IN_FORCE else _NOTHING


def disclosure(
    *results: object,
    printed: Collection[Place] = (),
    earlier: Mapping[str, Sizes] | None = None,
) -> Disclosure:
    """Decide on all cells of results that are shown together.

    Parameters
    ----------
    results : objects that hold results
    printed : collection of (statistic, domain, period)
        Figures that BPS has printed.
    earlier : mapping of label to set of (numerator, denominator), optional
        What earlier releases have shown.
    """
    cells: dict[str, Cell] = {}
    amounts: dict[str, Counted] = {}
    labels: dict[int, str] = {}
    sources, unnamed = set(), []

    def entered(counted: Counted, name: str) -> str:
        """Label of a cell; the same figure in several tables is one cell."""
        behind = tuple(entered(part, name) for part in counted.made_of)
        label = base = " / ".join(filter(None, [name, *counted.place]))
        again = 1
        while label in cells and not _is_same(amounts[label], counted):
            again += 1
            label = f"{base} ({again})"
        cells[label] = replace(
            counted.cell,
            label=label,
            published_before=counted.place in printed,
            rests_on=behind,
        )
        amounts[label] = counted
        return label

    for result in results:
        for leaf, name in leaves(result):
            counted = None if id(leaf) in labels else leaf.counted()
            if counted is not None:
                sources.add(leaf.source)
                labels[id(leaf)] = entered(counted, name)
                # A table that names its cells says which sums they are.
                unnamed += [] if name else [labels[id(leaf)]]
    declared: list[Any] = [
        (labels.get(id(total), ""), [labels[id(part)] for part in parts], *times)
        for result in results
        for total, parts, *times in declared_sums(result)
        if all(id(part) in labels for part in parts)
    ]
    is_synthetic = bool(sources) and all(source.startswith(SYNTHETIC) for source in sources)
    known = {amounts[label].figure for label, cell in cells.items() if cell.published_before}
    entries = [
        replace(cell, published_before=cell.published_before or amounts[label].figure in known)
        for label, cell in cells.items()
    ]
    totals = [*_sums({label: amounts[label] for label in unnamed}), *declared]
    before = _in_force()
    elsewhere = {label for label in cells if amounts[label].figure in before.figures}
    elsewhere |= before.result.withheld.keys()
    while True:
        found = gate(
            entries,
            SYNTHETIC if is_synthetic else "survey",
            totals=totals,
            audience=current_policy().audience,
            earlier=earlier,
            withheld=elsewhere,
            beside=(*before.result.shown, *_SHOWN.values()),
        )
        # One figure is withheld in all tables, and then what stands beside it in each.
        figures = {amounts[label].figure for label in found.withheld}
        same = {label for label in cells if amounts[label].figure in figures - known}
        if same - found.withheld.keys() <= elsewhere:
            break
        elsewhere |= same - found.withheld.keys()
    return Disclosure(found, labels, printed, results, figures - known)


def _is_same(one: Counted, other: Counted) -> bool:
    """Whether two numbers of one place are one figure."""
    return (
        one.cell.numerator == other.cell.numerator
        and one.cell.denominator == other.cell.denominator
        and (one.amount == other.amount or one.amount != one.amount != other.amount)
    )


def _sums(amounts: Mapping[str, Counted]) -> Iterator[Sum]:
    """Sums among cells, found by their amounts: what adds up to the last digit is a sum."""
    of_domain: dict[tuple[str, str], list[str]] = {}
    of_statistic: dict[tuple[str, str], list[str]] = {}
    for label, counted in amounts.items():
        if counted.amount == counted.amount:
            statistic, domain, period = counted.place
            of_domain.setdefault((domain, period), []).append(label)
            of_statistic.setdefault((statistic, period), []).append(label)
    for group in of_domain.values():
        # The classes of a domain, and figures that are one and the same in two units.
        yield from _equal(group, amounts)
        shares = [label for label in group if amounts[label].whole == amounts[label].whole]
        for whole in {amounts[label].whole for label in shares}:
            parts = [label for label in shares if amounts[label].whole == whole]
            yield from (("", found) for found in _adding_up(parts, whole, amounts))
    for group in of_statistic.values():
        for total in group:
            rest = [label for label in group if label != total]
            families: dict[str, list[str]] = {}
            for label in rest:
                families.setdefault(amounts[label].place[1].rpartition("=")[0], []).append(label)
            for family in families.values():
                for found in _adding_up(family, amounts[total].amount, amounts):
                    if len(found) > 1:
                        yield total, found


def _equal(group: list[str], amounts: Mapping[str, Counted]) -> Iterator[Sum]:
    """Pairs of cells of one amount."""
    for one, other in combinations(group, 2):
        if _near(amounts[one].amount, amounts[other].amount):
            yield one, [other]


def _adding_up(
    parts: list[str], whole: float, amounts: Mapping[str, Counted]
) -> Iterator[list[str]]:
    """Parts whose amounts add up to a whole: all of them, or some where they are few."""
    sizes = range(1, len(parts)) if len(parts) <= MOST_SEARCHED else ()
    for size in (*sizes, len(parts)):
        for some in combinations(parts, size):
            if _near(sum(amounts[label].amount for label in some), whole):
                yield list(some)


def _near(one: float, other: float) -> bool:
    """Whether two amounts are equal but for rounding."""
    return abs(one - other) <= EQUAL * max(abs(one), abs(other)) and other != 0
