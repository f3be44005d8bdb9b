"""The first stage of a sample: PSUs in strata. All that a variance needs to know of a design."""

from dataclasses import dataclass

import numpy as np

from bpsstats.errors import DesignError, LonePsuError
from bpsstats.reprs import SizesOnly, count_of
from bpsstats.survey.design.levels import written


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FirstStage(SizesOnly):
    """PSUs, the stratum of each, and the factors of the between-PSU variance.

    Parameters
    ----------
    labels : ndarray, shape (n_psu,)
        PSU labels, unique: whole numbers or text.
    stratum : ndarray of int, shape (n_psu,)
        Stratum of each PSU, as a position in `stratum_labels`.
    stratum_labels : ndarray, shape (n_strata,)
    n_in_stratum : ndarray of int, shape (n_strata,)
        PSUs sampled per stratum.
    fraction : ndarray, shape (n_strata,)
        Sampling fraction ``f_h`` of PSUs; 0 where they are drawn with replacement.
    factor : ndarray, shape (n_strata,)
        ``(1 - f_h) n_h / (n_h - 1)``. Of a single PSU: ``1 - f_h`` under "centre", 0 under
        "certainty" and "average"; the latter raises the others' by ``H / (H - lone strata)``.
    centred_on_all : ndarray of bool, shape (n_strata,)
        Strata whose deviations are taken from the mean of all PSUs (single PSUs under "centre").
    centred : bool
        False where totals are deviations already, as those of replicates.
    """

    labels: np.ndarray
    stratum: np.ndarray
    stratum_labels: np.ndarray
    n_in_stratum: np.ndarray
    fraction: np.ndarray
    factor: np.ndarray
    centred_on_all: np.ndarray
    centred: bool = True

    @classmethod
    def of_deviations(cls, n: int) -> "FirstStage":
        """As many independent units, whose totals are deviations and whose squares add up to a
        variance.
        """
        nothing = np.zeros(1, dtype=bool)
        return cls(
            np.arange(n),
            np.zeros(n, dtype=np.int64),
            np.array(["all"], dtype=object),
            np.array([n]),
            np.zeros(1),
            np.ones(1),
            nothing,
            False,
        )

    @classmethod
    def make(
        cls,
        labels: np.ndarray,
        stratum: np.ndarray,
        stratum_labels: np.ndarray,
        psus_in_population: np.ndarray | None,
        lone_psu: str,
    ) -> "FirstStage":
        """Describe the first stage, treating strata with a single PSU as asked.

        Raises
        ------
        LonePsuError
            If a stratum has one PSU and `lone_psu` is "error".
        DesignError
            If a stratum has more sampled PSUs than the population holds, or nothing is left to join
            or to average.
        """
        counts = np.bincount(stratum, minlength=len(stratum_labels))
        # A stratum sampled completely has no sampling variance, so one PSU is enough for it.
        certain = (
            np.zeros(len(counts), dtype=bool)
            if psus_in_population is None
            else psus_in_population <= counts
        )
        lone = np.flatnonzero((counts == 1) & ~certain)
        if lone.size and lone_psu == "error":
            names = ", ".join(str(stratum_labels[h]) for h in lone[:5]) + (
                " and others" if lone.size > 5 else ""
            )
            raise LonePsuError(
                f"{count_of(lone.size, 'stratum has', 'strata have')} a single PSU, of"
                f" {len(counts)} in all (stratum {names}), so that their"
                ' variance cannot be estimated. Say lone_psu="merge" to join each to the next'
                ' stratum, or lone_psu="centre" to measure it from the mean of all PSUs (on the'
                " command line --lone-psu merge, in a notebook the parameter lone_psu), or define"
                " wider strata."
            )
        if lone.size and lone_psu == "merge":
            if psus_in_population is not None:
                raise DesignError(
                    'lone_psu="merge" cannot keep a finite population correction, because the'
                    ' joined strata have different sampling fractions. Use lone_psu="centre", or'
                    " define wider strata."
                )
            stratum, stratum_labels = _merge_lone(stratum, stratum_labels, counts)
            counts = np.bincount(stratum, minlength=len(stratum_labels))
            lone = np.flatnonzero(counts == 1)
        fraction = (
            np.zeros(len(counts)) if psus_in_population is None else counts / psus_in_population
        )
        if (fraction > 1).any():
            raise DesignError(
                f"{count_of(int((fraction > 1).sum()), 'stratum has', 'strata have')} more sampled"
                " PSUs than the population of PSUs given by fpc. The fpc column holds"
                " the number of PSUs in the population of the stratum, not a sampling fraction."
            )
        factor = (1 - fraction) * counts / np.maximum(counts - 1, 1)
        centred_on_all = np.zeros(len(counts), dtype=bool)
        if lone_psu in ("certainty", "average"):
            factor[lone] = 0.0
        else:
            centred_on_all[lone] = True
        if lone_psu == "average" and lone.size:
            if lone.size == len(counts):
                raise DesignError(
                    "Every stratum has a single PSU, so there is no variance to average. Use"
                    ' lone_psu="merge" or "centre", or define wider strata.'
                )
            factor *= len(counts) / (len(counts) - lone.size)
        return cls(labels, stratum, stratum_labels, counts, fraction, factor, centred_on_all)

    def shared_with(self, other: "FirstStage") -> tuple[np.ndarray, np.ndarray]:
        """Positions here and there of the PSUs that both samples have: those whose labels are equal
        as text.
        """
        mine, theirs = self.labels, other.labels
        if not (mine.dtype.kind in "iu" and theirs.dtype.kind in "iu"):
            mine, theirs = (np.array([written(x) for x in of.tolist()]) for of in (mine, theirs))
        _, here, there = np.intersect1d(mine, theirs, assume_unique=True, return_indices=True)
        return here, there

    @property
    def n_psu(self) -> int:
        """Number of PSUs."""
        return len(self.labels)

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return len(self.n_in_stratum)

    @property
    def df(self) -> int:
        """PSUs less strata."""
        return self.n_psu - self.n_strata


def _merge_lone(
    stratum: np.ndarray, labels: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Join each stratum of one PSU to the next in label order; the last one to the one before
    it.
    """
    if len(counts) == 1:
        raise DesignError("The sample has one PSU in all, so no variance can be estimated from it.")
    group = np.zeros(len(counts), dtype=np.int64)
    current, held = 0, 0
    for h, count in enumerate(counts):
        group[h] = current
        held += int(count)
        if held > 1 and h + 1 < len(counts):
            current, held = current + 1, 0
    if held == 1 and current > 0:
        group[group == current] = current - 1
        current -= 1
    joined = np.array(
        ["+".join(str(label) for label in labels[group == g]) for g in range(current + 1)],
        dtype=object,
    )
    return group[stratum], joined
