"""What calibration leaves of an influence: its residual on the margins that the weights are known
to meet.
"""

from dataclasses import dataclass

import numpy as np

from bpsstats.reprs import SizesOnly
from bpsstats.survey.design.sums import sum_by

# Margins that follow from others, as the last class of a second raking margin, are singular values
# of zero but for rounding.
SINGULAR = 1e-10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Calibration(SizesOnly):
    """Margins that the weights of a design were calibrated to.

    Parameters
    ----------
    x : ndarray, shape (n, k)
        Auxiliary variables per unit of the weights.
    totals : ndarray, shape (k,)
        Their known population totals.
    names : tuple of str
        Names of the k margins.
    base : ndarray, shape (n,)
        Weights before calibration.
    method : str
        Distance that was made least.
    bounds : tuple of float
        Bounds of the ratio of calibrated to base weight.
    """

    x: np.ndarray
    totals: np.ndarray
    names: tuple[str, ...]
    base: np.ndarray
    method: str
    bounds: tuple[float, float]

    def residual(self, influence: np.ndarray) -> np.ndarray:
        """Influence less its regression on the margins, shape (n, j) to (n, j).

        ``e = u - x B`` with ``B = (sum d x x')^-1 sum d x u`` and base weights ``d``. The error of
        the calibrated total of ``u`` is to first order that of ``sum w e``, whatever the distance
        (Deville and Sarndal 1992, JASA 87, result 5).

        Examples
        --------
        A margin itself has no error left:

        >>> x = np.array([[1.0, 3], [1, 5], [1, 4]])
        >>> totals, base, bounds = np.array([30.0, 120]), np.full(3, 10.0), (-np.inf, np.inf)
        >>> known = Calibration(x, totals, ("n", "x"), base, "linear", bounds)
        >>> bool(np.allclose(known.residual(x), 0))
        True
        """
        scale = np.sqrt(weighted_products(self.base, self.x**2, np.ones((len(self.x), 1)))[:, 0])
        x = self.x / scale
        left, right = weighted_products(self.base, x, x), weighted_products(self.base, x, influence)
        return np.asarray(
            influence - rows_times(x, np.linalg.pinv(left, rcond=SINGULAR, hermitian=True) @ right)
        )


def weighted_products(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """``sum_i w_i x_i y_i'``, shapes (n,), (n, k), (n, j) to (k, j), the same to the last bit in
    any order of the records.
    """
    n, k, j = len(weights), x.shape[1], y.shape[1]
    # Each product of columns is a group of its own, so that one exact sum serves all of them.
    products = (weights[:, None, None] * x[:, :, None] * y[:, None, :]).reshape(n, k * j)
    zeros = np.zeros(n, dtype=np.int64)
    return np.array([sum_by(zeros, products[:, c], 1)[0] for c in range(k * j)]).reshape(k, j)


def rows_times(x: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """``x B``, each row by itself: a matrix product may round a row by where it stands."""
    return np.asarray(np.einsum("ik,kj->ij", x, coefficients))
