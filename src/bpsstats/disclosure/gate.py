"""The gate: which cells of all tables of a release may leave the building."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from bpsstats.disclosure.policy import Audience, Policy, policy_for
from bpsstats.disclosure.secondary import Sum, withhold_more
from bpsstats.errors import ParameterError

Decision = Literal["publish", "caution", "withhold"]
Sizes = frozenset[tuple[int, int]]  # numerator and denominator of a cell in each earlier release
SYNTHETIC = "synthetic"
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell to decide on.

    Parameters
    ----------
    label : str
        Names the cell in sums and in the log.
    numerator, denominator : int
        Unweighted households with the characteristic, and in the domain.
    rse : float or None
        Relative standard error, percent; NaN where it cannot be estimated, None of a difference or
        a model, which have none.
    published_before : bool
        Whether BPS has itself printed the figure; such a cell is compared, not withheld.
    others : int, optional
        Households of the domain without the characteristic; None where the cell has no complement.
    rests_on : tuple of str
        Labels of the cells that a difference or an effect is made of; it is withheld where one of
        them is.
    df : int, optional
        Degrees of freedom, where the cell is a model.
    group : str
        Cells of one group count the same thing in different domains.
    by_psu : mapping of str to (int, int)
        Households of the domain and with the characteristic by PSU, by which one domain is seen to
        lie within another.
    """

    label: str
    numerator: int
    denominator: int
    rse: float | None
    published_before: bool = False
    others: int | None = None
    rests_on: tuple[str, ...] = ()
    df: int | None = None
    group: str = ""
    by_psu: Mapping[str, tuple[int, int]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate decides for each cell, and why.

    Synthetic data may be shown in full, and the decision still says what would have been.
    """

    cells: tuple[Cell, ...]
    decisions: tuple[Decision, ...]
    reasons: tuple[str, ...]
    synthetic: bool
    policy: Policy

    def may_show(self, label: str) -> bool:
        """Whether a cell's value may be shown."""
        if self.synthetic:
            return True
        return self.decisions[[cell.label for cell in self.cells].index(label)] != "withhold"

    @property
    def withheld(self) -> dict[str, str]:
        """Labels of the cells that are withheld, or would be, with the rule."""
        listed = zip(self.cells, self.decisions, self.reasons, strict=True)
        return {cell.label: why for cell, decided, why in listed if decided == "withhold"}

    @property
    def shown(self) -> tuple[Cell, ...]:
        """The cells that are shown; none of synthetic data, beside which nothing is withheld."""
        if self.synthetic:
            return ()
        listed = zip(self.cells, self.decisions, strict=True)
        return tuple(cell for cell, decided in listed if decided != "withhold")

    def to_frame(self) -> pd.DataFrame:
        """One row per cell, without its value: for the office alone, as it counts households."""
        return pd.DataFrame(
            {
                "cell": [c.label for c in self.cells],
                "decision": self.decisions,
                "rule": self.reasons,
                "numerator": [c.numerator for c in self.cells],
                "denominator": [c.denominator for c in self.cells],
            }
        )

    def __repr__(self) -> str:
        note = (
            "synthetic data: all cells may be shown"
            if self.synthetic
            else "cells marked withhold may not be shown"
        )
        shown = self.to_frame()[["cell", "decision", "rule"]]
        return (
            f"Disclosure policy {self.policy.version}, {self.policy.audience} use,"
            f" {note}\n{shown.to_string(index=False)}"
        )


def gate(
    cells: Sequence[Cell],
    source: str,
    *,
    totals: Mapping[str, Sequence[str]] | Iterable[Sum] = (),
    audience: Audience = "external",
    earlier: Mapping[str, Sizes] | None = None,
    withheld: Collection[str] = (),
    beside: Iterable[Cell] = (),
) -> GateResult:
    """Decide which cells may be shown.

    Parameters
    ----------
    cells : sequence of Cell
        All cells of all tables that are shown together.
    source : str
        Source of the data, as results carry it; "synthetic microdata" may be shown in full.
    totals : mapping of total to parts, or iterable of (total, parts)
        Label of a total, and of its parts; a third entry says what each part is multiplied by. A
        total that is no cell, such as 100 percent, is known
        to everybody. No withheld cell may be had from the sums of all tables together.
    audience : {"external", "internal"}
        Who will see the tables.
    earlier : mapping of label to set of (numerator, denominator), optional
        Cells that earlier releases have shown.
    withheld : collection of str
        Labels of cells that are withheld elsewhere.
    beside : iterable of Cell
        Cells that are shown elsewhere: none is shown whose difference from one of them rests on few
        households.

    Raises
    ------
    ParameterError
        If a total has a part that is not there.

    Examples
    --------
    >>> cells = [Cell("a", 3, 60, 40.0), Cell("b", 25, 60, 20.0), Cell("c", 32, 60, 15.0)]
    >>> gate(cells, "survey microdata", totals={"all": ["a", "b", "c"]}).decisions
    ('withhold', 'withhold', 'publish')
    """
    rules = policy_for(audience)
    reasons = {cell.label: _breach(cell, rules) for cell in cells}
    known = list(totals.items() if isinstance(totals, Mapping) else totals)
    unknown = {part for _, parts, *_ in known for part in parts} - reasons.keys()
    if unknown:
        raise ParameterError(
            f"A total has parts that are no cells of the table: {', '.join(sorted(unknown))}."
        )
    for label in reasons.keys() & set(withheld):
        reasons[label] = reasons[label] or "withheld from the release"
    printed = {cell.label for cell in cells if cell.published_before}
    _withhold_differences(cells, reasons, rules, earlier or {}, beside)
    sizes = {cell.label: (cell.numerator, cell.denominator) for cell in cells}
    _withhold_what_rests(cells, reasons, printed)
    withhold_more(reasons, known, sizes, printed)
    while _withhold_what_rests(cells, reasons, printed):
        withhold_more(reasons, known, sizes, printed)
    decisions: tuple[Decision, ...] = tuple(
        "withhold" if reasons[cell.label] else "caution" if _is_marked(cell, rules) else "publish"
        for cell in cells
    )
    said = tuple(reasons[cell.label] or _why_shown(cell, rules) for cell in cells)
    return GateResult(tuple(cells), decisions, said, source.startswith(SYNTHETIC), rules)


def _breach(cell: Cell, rules: Policy) -> str:
    """The rule that a cell breaks by itself; empty if none."""
    least = rules.least_numerator
    if cell.published_before:
        return ""
    if cell.denominator < rules.least_denominator:
        return f"fewer than {rules.least_denominator} households in the domain"
    if cell.numerator < least:
        return f"fewer than {least} households with the characteristic"
    if cell.others is not None and cell.others < least:
        return f"fewer than {least} households without the characteristic"
    if cell.df is not None and cell.df < rules.least_df:
        return f"fewer than {rules.least_df} degrees of freedom"
    if cell.rse is None:
        return ""
    if not np.isfinite(cell.rse):
        return "relative standard error that cannot be estimated"
    if cell.rse < ROUNDING:
        return "no sampling error, as of a minimum, a maximum or one record's value"
    if cell.rse > rules.most_rse:
        return f"relative standard error above {rules.most_rse:g} percent"
    return ""


def _why_shown(cell: Cell, rules: Policy) -> str:
    """What is said of a cell that is shown."""
    if cell.published_before:
        return "printed by BPS"
    caution = f"relative standard error above {rules.caution:g} percent"
    return caution if _is_marked(cell, rules) else ""


def _is_marked(cell: Cell, rules: Policy) -> bool:
    """Whether a cell that is shown is to be used with caution."""
    return not cell.published_before and cell.rse is not None and bool(rules.mark(cell.rse))


def _withhold_differences(
    cells: Sequence[Cell],
    reasons: dict[str, str],
    rules: Policy,
    earlier: Mapping[str, Sizes],
    beside: Iterable[Cell],
) -> None:
    """Withhold a cell whose difference from another that is shown, of a domain around its own in
    whatever table or of an earlier release, rests on fewer households than a cell may; of two such
    the larger is shown, that of all and not that of nearly all.
    """
    least = rules.least_numerator
    size = {cell.label: (-cell.denominator, -cell.numerator) for cell in cells}
    kept: dict[str, list[Cell]] = {}
    for cell in beside:
        kept.setdefault(cell.group, []).append(cell)
    for cell in sorted(cells, key=lambda cell: (not cell.published_before, size[cell.label])):
        if reasons[cell.label]:
            continue
        if not cell.published_before:
            if any(
                _is_few((cell.numerator - cases, cell.denominator - base), least)
                for cases, base in earlier.get(cell.label, ())
            ):
                reasons[cell.label] = f"fewer than {least} households from an earlier release"
                continue
            others = kept.get(cell.group, []) if cell.by_psu else []
            near = next((other for other in others if _between(cell, other, rules)), None)
            if near is not None:
                few = _between(cell, near, rules)
                reasons[cell.label] = f"fewer than {few} households from {near.label}"
                continue
        kept.setdefault(cell.group, []).append(cell)


def _withhold_what_rests(
    cells: Sequence[Cell], reasons: dict[str, str], printed: Collection[str]
) -> bool:
    """Withhold what is made of cells that are withheld; whether there was any."""
    found = False
    for cell in cells:
        behind = next((label for label in cell.rests_on if reasons.get(label)), "")
        if behind and not reasons[cell.label] and cell.label not in printed:
            reasons[cell.label] = f"rests on {behind}, which is withheld"
            found = True
    return found


def _is_few(differences: Sequence[int], least: int) -> bool:
    """Whether a difference in households is one, but smaller than may be shown."""
    return any(0 < abs(difference) < least for difference in differences)


def _between(cell: Cell, other: Cell, rules: Policy) -> int:
    """How many households should be between two cells of which one lies within the other, where
    there are some and fewer: as many as a cell of their difference needs. Else 0.
    """
    apart = (cell.numerator - other.numerator, cell.denominator - other.denominator)
    if _is_few(apart, rules.least_numerator):
        least = rules.least_numerator
    elif _is_few(apart[1:], rules.least_denominator):
        least = rules.least_denominator
    else:
        return 0
    inner, outer = (cell, other) if min(apart) < 0 else (other, cell)
    nothing = (0, 0)
    lies_within = all(
        count <= most
        for psu, counts in inner.by_psu.items()
        for count, most in zip(counts, outer.by_psu.get(psu, nothing), strict=True)
    )
    return least if lies_within else 0
