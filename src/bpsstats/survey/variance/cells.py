"""PSU x domain cells: the small table that every ratio is computed from.

A cell holds the records of one PSU in one domain. Estimates and their variances follow from
weighted sums by cell, so that cost and memory grow with the cells that exist, never with records
times domains.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bpsstats.reprs import SizesOnly
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.design.grouping import coded
from bpsstats.survey.design.sums import sum_by
from bpsstats.survey.design.survey_design import SurveyDesign, missing_values

# Up to so many possible cells for each record, a table of all of them is quicker than a search for
# those that exist.
DENSE = 2


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cells(SizesOnly):
    """The cells that exist, sorted by PSU and then domain, and the stratum x domain pairs that they
    lie in.

    Parameters
    ----------
    psu, domain : ndarray of int, shape (cells,)
        Positions of PSU and domain of each cell; a pair of them stands once.
    n_domains : int
    pair : ndarray of int, shape (cells,)
        Stratum x domain pair of each cell, as a position in the next two.
    pair_stratum, pair_domain : ndarray of int, shape (pairs,)
    """

    psu: np.ndarray
    domain: np.ndarray
    n_domains: int
    pair: np.ndarray
    pair_stratum: np.ndarray
    pair_domain: np.ndarray

    @classmethod
    def make(
        cls, first_stage: FirstStage, psu: np.ndarray, domain: np.ndarray, n_domains: int
    ) -> "Cells":
        """Cells of given PSUs and domains."""
        pair, pairs = _existing(
            first_stage.stratum[psu] * n_domains + domain, first_stage.n_strata * n_domains
        )
        return cls(psu, domain, n_domains, pair, pairs // n_domains, pairs % n_domains)

    def by_domain(self, sums: np.ndarray) -> np.ndarray:
        """Sums by domain of sums by cell, shape (cells,) to (n_domains,)."""
        return np.bincount(self.domain, weights=sums, minlength=self.n_domains)

    @property
    def active_psus(self) -> np.ndarray:
        """PSUs with a member of each domain, shape (n_domains,)."""
        return np.bincount(self.domain, minlength=self.n_domains)

    @property
    def active_strata(self) -> np.ndarray:
        """Strata with a member of each domain, shape (n_domains,)."""
        return np.bincount(self.pair_domain, minlength=self.n_domains)


@dataclass(frozen=True, eq=False, repr=False)
class Records(SizesOnly):
    """Records of a design in their cells.

    Parameters
    ----------
    design : SurveyDesign
    inside : ndarray of int, optional
        Positions of the records that lie in some domain; None: all do.
    cell : ndarray of int, shape (records inside,)
        Cell of each of them.
    counts : ndarray of int, shape (cells,)
        Records of each cell.
    cells : Cells
    """

    design: SurveyDesign
    inside: np.ndarray | None
    cell: np.ndarray
    counts: np.ndarray
    cells: Cells

    @classmethod
    def make(cls, design: SurveyDesign, domain: np.ndarray | None, n_domains: int) -> "Records":
        """Sort the records of a design into cells.

        Parameters
        ----------
        design : SurveyDesign
        domain : ndarray of int, shape (n,), optional
            Domain of each record, -1 for none; None: all lie in the one domain there is.
        n_domains : int
        """
        if domain is None or domain.min() >= 0:
            of_psu = (
                np.zeros(design.n_psu, dtype=np.int64)
                if domain is None
                else design.psus.shared(domain)
            )
            if of_psu is not None:
                # Each PSU lies in one domain, as in breakdowns by area, and is a cell.
                cells = Cells.make(design.first_stage, np.arange(design.n_psu), of_psu, n_domains)
                return cls(design, None, design.psu_index, design.psus.sizes, cells)
            inside, psu = None, design.psu_index
        else:
            inside = np.flatnonzero(domain >= 0)
            domain, psu = domain[inside], design.psu_index[inside]
        cell, keys = _existing(psu * n_domains + domain, design.n_psu * n_domains)
        cells = Cells.make(design.first_stage, keys // n_domains, keys % n_domains, n_domains)
        return cls(design, inside, cell, np.bincount(cell, minlength=len(keys)), cells)

    @property
    def households(self) -> np.ndarray:
        """Households with a member in each cell, shape (cells,)."""
        return self.households_with(None)

    def households_with(self, chosen: np.ndarray | None) -> np.ndarray:
        """Households with a chosen member in each cell, shape (cells,).

        Parameters
        ----------
        chosen : ndarray of bool, shape (n,), optional
            Records that count; None: all.
        """
        inside = None if chosen is None else chosen if self.inside is None else chosen[self.inside]
        if self._pairs is None:
            cell = self.cell if inside is None else self.cell[inside]
            return self.counts if inside is None else np.bincount(cell, minlength=len(self.counts))
        pair, cell_of_pair = self._pairs
        if inside is not None:
            is_chosen = np.zeros(len(cell_of_pair), dtype=bool)
            is_chosen[pair[inside]] = True
            cell_of_pair = cell_of_pair[is_chosen]
        return np.bincount(cell_of_pair, minlength=len(self.counts))

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The pair of household and cell of each record inside, and the cell of each pair; None
        where each record is a household. A record whose household is not named is one of its own.
        """
        design = self.design
        if design.observed == "households" or design.household not in design.frame.columns:
            return None
        of_record, _ = coded(design.frame[design.household])
        member = of_record if self.inside is None else of_record[self.inside]
        member = np.where(member >= 0, member, len(of_record) + np.arange(len(member)))
        n_households = int(member.max(initial=0)) + 1
        pairs, pair = np.unique(self.cell * n_households + member, return_inverse=True)
        return pair, pairs // n_households

    @property
    def cell_of_record(self) -> np.ndarray:
        """Cell of each record of the design, shape (n,); 0 for those in no domain."""
        if self.inside is None:
            return self.cell
        cell = np.zeros(self.design.n, dtype=np.int64)
        cell[self.inside] = self.cell
        return cell

    def sums(self, values: np.ndarray | None, name: str) -> np.ndarray:
        """Weighted sums by cell, the same to the last bit in any order of the records.

        Parameters
        ----------
        values : ndarray, shape (n,), optional
            None: one for each record.
        name : str
            What is summed, for messages.

        Raises
        ------
        DesignError
            If a value is missing or infinite inside the domains.
        """
        weights = self.design.weights if self.inside is None else self.design.weights[self.inside]
        cell, largest = self.cell, int(self.counts.max(initial=0))
        if values is not None:
            of_record = values if self.inside is None else values[self.inside]
            # Most records add nothing to most statistics of the poor.
            chosen = np.flatnonzero(of_record != 0)
            if 2 * chosen.size < of_record.size:
                weights, of_record, cell = weights[chosen], of_record[chosen], cell[chosen]
            self._refuse_missing(values, of_record, name)
            weights = weights * of_record
        psus = self.design.psus
        starts = psus.starts if cell is psus.codes else None
        return sum_by(cell, weights, len(self.counts), largest_group=largest, starts=starts)

    def _refuse_missing(self, values: np.ndarray, summed: np.ndarray, name: str) -> None:
        """A missing or infinite value inside the domains."""
        if np.isfinite(summed).all():
            return
        bad = np.flatnonzero(~np.isfinite(values))
        bad = bad if self.inside is None else np.intersect1d(bad, self.inside)
        raise missing_values(bad, name)


def _existing(key: np.ndarray, n_keys: int) -> tuple[np.ndarray, np.ndarray]:
    """Position of each key among those that exist, and those, sorted."""
    if n_keys > DENSE * len(key):
        codes, keys = coded(key)
        return codes, np.asarray(keys)
    is_there = np.zeros(n_keys, dtype=bool)
    is_there[key] = True
    if is_there.all():
        return key, np.arange(n_keys)
    return (np.cumsum(is_there) - 1)[key], np.flatnonzero(is_there)
