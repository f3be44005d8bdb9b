"""What each sample contributes to an estimate, and how estimates covary through it."""

from dataclasses import dataclass, replace

import numpy as np

from bpsstats.reprs import SizesOnly
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.variance.engine import deviations_of_totals


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Strand(SizesOnly):
    """What one sample contributes to an estimate: totals of weighted influence by PSU, the zeros
    left out.
    """

    first_stage: FirstStage
    psu: np.ndarray
    totals: np.ndarray

    def dense(self) -> np.ndarray:
        """Totals of all PSUs, shape (n_psu,)."""
        return np.bincount(self.psu, weights=self.totals, minlength=self.first_stage.n_psu)

    def scaled(self, factor: float) -> "Strand":
        """The strand of a multiple of the estimate."""
        return replace(self, totals=self.totals * factor)


def strand_covariance(
    left: tuple[Strand, ...], right: tuple[Strand, ...], *, shared_psus: bool = False
) -> float:
    """Covariance of two estimates from their strands.

    Strands of one sample covary through their PSUs. Different samples are independent unless
    `shared_psus`: then PSUs of the same label covary, ``sum_h sqrt(g_h g'_h) sum_i (t_hi - mean_h
    t)(t'_hi - mean_h t')`` over the PSUs in both samples, ``g`` the factors of each.
    """
    result = 0.0
    for a in left:
        for b in right:
            if a.first_stage is b.first_stage:
                deviations = deviations_of_totals(
                    a.first_stage, np.column_stack([a.dense(), b.dense()])
                )
                result += float(
                    np.sum(
                        deviations[:, 0]
                        * deviations[:, 1]
                        * a.first_stage.factor[a.first_stage.stratum]
                    )
                )
            elif shared_psus:
                at_a, at_b = a.first_stage.shared_with(b.first_stage)
                da = deviations_of_totals(a.first_stage, a.dense()[:, None])[at_a, 0]
                db = deviations_of_totals(b.first_stage, b.dense()[:, None])[at_b, 0]
                ga = a.first_stage.factor[a.first_stage.stratum[at_a]]
                gb = b.first_stage.factor[b.first_stage.stratum[at_b]]
                result += float(np.sum(np.sqrt(ga * gb) * da * db))
    return result
