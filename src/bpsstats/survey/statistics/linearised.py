"""A statistic as a value and an influence function: the one thing the variance engine needs to
know.
"""

from dataclasses import dataclass

import numpy as np

from bpsstats.reprs import SizesOnly


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Linearised(SizesOnly):
    """Value of a statistic with its linearised variable.

    Parameters
    ----------
    value : float
        Point estimate.
    influence : ndarray, shape (n,)
        Unweighted linearised variable ``u``: the error of the estimate is, to first order, that of
        the weighted total ``sum(w * u)``. Zero for records outside the domain.

    References
    ----------
    Deville, J.-C. (1999). Variance estimation for complex statistics and estimators: linearization
    and residual techniques. Survey Methodology 25(2), 193-203.

    Examples
    --------
    >>> a = Linearised(2.0, np.array([1.0, 3.0]))
    >>> b = Linearised(4.0, np.array([1.0, 1.0]))
    >>> (a / b).influence
    array([0.125, 0.625])
    """

    value: float
    influence: np.ndarray

    def __add__(self, other: "Linearised") -> "Linearised":
        return Linearised(self.value + other.value, self.influence + other.influence)

    def __sub__(self, other: "Linearised") -> "Linearised":
        return Linearised(self.value - other.value, self.influence - other.influence)

    def __mul__(self, factor: float) -> "Linearised":
        return Linearised(self.value * factor, self.influence * factor)

    __rmul__ = __mul__

    def __truediv__(self, other: "Linearised") -> "Linearised":
        if other.value == 0:
            # A share of nothing has no value, and a table calls it not estimable.
            return Linearised(float("nan"), np.zeros(len(self.influence)))
        ratio = self.value / other.value
        return Linearised(ratio, (self.influence - ratio * other.influence) / other.value)
