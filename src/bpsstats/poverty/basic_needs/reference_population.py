"""The reference population of a poverty line, and totals over it with their influence.

Its upper bound is estimated, so that totals over it have an error beyond that of the persons
inside: with ``s_i`` the part of household ``i`` that belongs to it and ``p`` its share of all
persons, the total of ``v`` has the influence ``s_i v_i + m (p - s_i)``, where ``m`` is the mean of
``v`` among the persons at the upper bound. Whoever enters below pushes out others there. The
temporary line is taken as given.
"""

from dataclasses import dataclass

import numpy as np

from bpsstats.microdata.lists.basket import persons_between, reference_population, share_below
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.reprs import SizesOnly
from bpsstats.survey import Linearised, SurveyDesign
from bpsstats.survey.design.sums import sum_of

# Persons around the upper bound, as a share of all, whose mean purchases stand for those at the
# bound.
NEIGHBOURHOOD = 0.10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reference(SizesOnly):
    """The persons just above a line.

    Parameters
    ----------
    design : SurveyDesign
    part : ndarray, shape (n,)
        How much of each household belongs to them, 0 to 1.
    share : float
        Their share of all persons.
    near : ndarray, shape (n,)
        Weights that sum to 1, of the persons around the upper bound.
    """

    design: SurveyDesign
    part: np.ndarray
    share: float
    near: np.ndarray

    @classmethod
    def above(cls, line: float, design: SurveyDesign, share: float) -> "Reference":
        """The given share of persons from a line upwards.

        Raises
        ------
        LineError
            If fewer persons live there.
        """
        expenditure, persons = design.column(WELFARE), design.weights
        part = reference_population(expenditure, persons, line, share)
        bound = share_below(expenditure, persons, line) + share
        around = (
            persons_between(
                expenditure, persons, bound - NEIGHBOURHOOD / 2, bound + NEIGHBOURHOOD / 2
            )
            * persons
        )
        return cls(design, part, share, around / sum_of(around))

    @property
    def persons(self) -> Linearised:
        """Number of persons."""
        return self.total(np.ones(self.design.n))

    def total(self, amounts: np.ndarray) -> Linearised:
        """Total of an amount per person, shape (n,): ``sum w s v``."""
        value = sum_of(self.design.weights * self.part * amounts)
        at_bound = sum_of(self.near * amounts)
        return Linearised(value, self.part * amounts + at_bound * (self.share - self.part))
