"""The gate: which cells of a table of counts or shares may leave the building."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from bpsstats.disclosure.policy import Policy, current_policy
from bpsstats.errors import ParameterError

Decision = Literal["publish", "caution", "withhold"]
Audience = Literal["external", "internal"]
SYNTHETIC = "synthetic"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell to decide on.

    Parameters
    ----------
    label : str
    numerator, denominator : int
        Unweighted households with the characteristic, and in the domain.
    rse : float
        Relative standard error, percent; NaN where it cannot be estimated.
    published_before : bool
        Whether BPS has itself printed the figure; such a cell is compared, not withheld.
    """

    label: str
    numerator: int
    denominator: int
    rse: float
    published_before: bool = False


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate decides for each cell, and why.

    `shown` are the marks in force: synthetic data may be shown in full, and the decision still says
    what would have been.
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

    def to_frame(self) -> pd.DataFrame:
        """One row per cell, without its value."""
        return pd.DataFrame(
            {
                "cell": [c.label for c in self.cells],
                "decision": self.decisions,
                "reason": self.reasons,
            }
        )

    def __repr__(self) -> str:
        note = (
            "synthetic data: all cells may be shown"
            if self.synthetic
            else "cells marked withhold may not be shown"
        )
        return (
            f"Disclosure policy {self.policy.version},"
            f" {note}\n{self.to_frame().to_string(index=False)}"
        )


def gate(
    cells: Sequence[Cell],
    source: str,
    *,
    totals: Mapping[str, Sequence[str]] | None = None,
    audience: Audience = "external",
    policy: Policy | None = None,
) -> GateResult:
    """Decide which cells may be shown.

    Parameters
    ----------
    cells : sequence of Cell
    source : str
        Source of the data, as results carry it; "synthetic microdata" may be shown in full.
    totals : mapping, optional
        Label of a total to the labels of its parts. Where one part is withheld, the smallest other
        part is withheld too, so that it cannot be had from the total.
    audience : {"external", "internal"}
        Who will see the table; inside the office the threshold of the numerator is lower.
    policy : Policy, optional
        Default: the policy in force.

    Raises
    ------
    ParameterError
        If a total names a cell that is not there.

    Examples
    --------
    >>> cells = [Cell("a", 3, 60, 40.0), Cell("b", 25, 60, 20.0), Cell("c", 32, 60, 15.0)]
    >>> gate(cells, "survey microdata", totals={"all": ["a", "b", "c"]}).decisions
    ('withhold', 'withhold', 'publish')
    """
    rules = policy or current_policy()
    decided = [_decide(cell, rules, audience) for cell in cells]
    decisions, reasons = [d for d, _ in decided], [r for _, r in decided]
    at = {cell.label: i for i, cell in enumerate(cells)}
    for total, parts in (totals or {}).items():
        unknown = [part for part in parts if part not in at]
        if unknown:
            raise ParameterError(
                f"The total {total} has parts that are no cells of the table: {', '.join(unknown)}."
            )
        withheld = [at[part] for part in parts if decisions[at[part]] == "withhold"]
        open_parts = [at[part] for part in parts if decisions[at[part]] != "withhold"]
        if len(withheld) == 1 and open_parts:
            smallest = min(open_parts, key=lambda i: cells[i].numerator)
            decisions[smallest], reasons[smallest] = (
                "withhold",
                f"else {cells[withheld[0]].label} could be had from {total}",
            )
    synthetic = source.startswith(SYNTHETIC)
    return GateResult(tuple(cells), tuple(decisions), tuple(reasons), synthetic, rules)


def _decide(cell: Cell, rules: Policy, audience: Audience) -> tuple[Decision, str]:
    """Primary decision on one cell."""
    least = rules.least_numerator if audience == "external" else rules.least_numerator_internal
    if cell.published_before:
        return "publish", "printed by BPS"
    if cell.denominator < rules.least_denominator:
        return "withhold", f"fewer than {rules.least_denominator} households in the domain"
    if cell.numerator < least:
        return "withhold", f"fewer than {least} households with the characteristic"
    if not np.isfinite(cell.rse) or cell.rse > rules.rse_caution:
        return "withhold", f"relative standard error above {rules.rse_caution:g} percent"
    if cell.rse > rules.rse_publish:
        return "caution", f"relative standard error above {rules.rse_publish:g} percent"
    return "publish", ""
