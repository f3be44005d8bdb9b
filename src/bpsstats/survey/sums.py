"""Sums that do not depend on the order of the records, to the last bit.

A floating-point sum changes in its last places when its terms change places, so that the same microdata in another
row order would print another table now and then. Here each term is cut into parts that lie on grids so coarse that
every sum of them is a whole number of grid steps and therefore exact; exact sums have no order. The cost is a few
passes over the records, and nothing is sorted.
"""

import math

import numpy as np

MANTISSA_BITS = 52
SMALLEST_EXPONENT = -1074


def sum_by(group: np.ndarray, values: np.ndarray, n_groups: int, *, largest_group: int | None = None) -> np.ndarray:
    """Sums by group, the same to the last bit in any order of the records.

    Parameters
    ----------
    group : ndarray of int, shape (n,)
        Group of each value, 0 to ``n_groups - 1``.
    values : ndarray, shape (n,)
    n_groups : int
    largest_group : int, optional
        No group has more values than this; counted where it is not given.

    Returns
    -------
    ndarray, shape (n_groups,)
        Where a value is not finite, what floating-point addition makes of it.

    References
    ----------
    Demmel, J. and Nguyen, H. D. (2013). Fast reproducible floating-point summation. 21st IEEE Symposium on Computer
    Arithmetic, 163-172.

    Examples
    --------
    >>> values = np.array([1e16, 1.0, -1e16, 0.5])
    >>> sum_by(np.array([0, 0, 0, 1]), values, 2)
    array([1. , 0.5])
    """
    rest = np.array(values, dtype=np.float64)
    largest = max(float(rest.max(initial=0.0)), -float(rest.min(initial=0.0)))
    if not math.isfinite(largest):
        return np.bincount(group, weights=rest, minlength=n_groups)
    result = np.zeros(n_groups)
    most = int(np.bincount(group).max(initial=0)) if largest_group is None else largest_group
    headroom = most.bit_length()
    part = np.empty_like(rest)
    while largest > 0:
        # The sum of a group's parts is below 2^52 grid steps, so that no addition of them is rounded.
        exponent = math.frexp(largest)[1] + headroom - MANTISSA_BITS
        grid = math.ldexp(1.0, max(exponent, SMALLEST_EXPONENT))
        np.divide(rest, grid, out=part)
        np.rint(part, out=part)
        part *= grid
        result += np.bincount(group, weights=part, minlength=n_groups)
        rest -= part
        # What is left lies within half a grid step.
        largest = grid / 2 if rest.any() else 0.0
    return result


def sum_of(values: np.ndarray) -> float:
    """Sum of all values, shape (n,), the same to the last bit in any order.

    Examples
    --------
    >>> sum_of(np.array([1e16, 1.0, -1e16]))
    1.0
    """
    return float(sum_by(np.zeros(len(values), dtype=np.int64), values, 1, largest_group=len(values))[0])
