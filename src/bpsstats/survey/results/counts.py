"""How many households are behind an estimate, by PSU: what disclosure control asks of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpsstats.reprs import SizesOnly


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Counts(SizesOnly):
    """Unweighted households of a domain by PSU, each of shape (PSUs of the domain,).

    Parameters
    ----------
    psu : ndarray of int
        Positions of the PSUs in the design.
    base, cases : ndarray of int
        Households in the denominator, and those of them with the characteristic: with a record
        that adds to the numerator.
    others : ndarray of int, or None
        Households with a record that has not the characteristic, where the statistic is a
        proportion or a count.
    of : str
        What is counted, where not the statistic's name says so: points of one curve count the same.
    """

    psu: np.ndarray
    base: np.ndarray
    cases: np.ndarray
    others: np.ndarray | None = None
    of: str = ""

    @property
    def by_psu(self) -> dict[str, tuple[int, int]]:
        """Households of the domain, and with the characteristic, by PSU."""
        return dict(zip(map(str, self.psu), zip(self.cases, self.base, strict=True), strict=True))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CellCounts(SizesOnly):
    """The same by PSU x domain cell, each of shape (cells,)."""

    base: np.ndarray
    cases: np.ndarray
    others: np.ndarray | None = None
    counted: str = ""

    @classmethod
    def below_each_other(cls, parts: "Sequence[CellCounts]") -> "CellCounts":
        """The counts of several parts of a sample."""
        others = [part.others for part in parts if part.others is not None]
        return cls(
            np.concatenate([part.base for part in parts]),
            np.concatenate([part.cases for part in parts]),
            np.concatenate(others) if others else None,
            parts[0].counted,
        )

    def of(self, psu: np.ndarray, cells: np.ndarray | slice) -> Counts:
        """The counts of one domain, from the PSUs of all cells and the cells of the domain."""
        others = None if self.others is None else self.others[cells]
        return Counts(psu[cells], self.base[cells], self.cases[cells], others, self.counted)
