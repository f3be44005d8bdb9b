"""Sums that do not depend on the order of the records, to the last bit.

A floating-point sum changes in its last places when its terms change places, so that the same
microdata in another row order would print another table now and then. Here each term is cut into
parts that lie on grids so coarse that every sum of them is a whole number of grid steps and
therefore exact; exact sums have no order. The cost is a few passes over the records, and nothing is
sorted.
"""

import math
from collections.abc import Iterator

import numpy as np

MANTISSA_BITS = 52
SMALLEST_EXPONENT = -1074
LARGEST_EXPONENT = 1023
BLOCK = 32_768  # records at a time: what is made of them stays in the cache of the processor


def sum_by(
    group: np.ndarray,
    values: np.ndarray,
    n_groups: int,
    *,
    largest_group: int | None = None,
    starts: np.ndarray | None = None,
) -> np.ndarray:
    """Sums by group, the same to the last bit in any order of the records.

    Parameters
    ----------
    group : ndarray of int, shape (n,)
        Group of each value, 0 to ``n_groups - 1``. Groups that stand one after the other are summed
        several times as fast.
    values : ndarray, shape (n,)
    n_groups : int
    largest_group : int, optional
        No group has more values than this; counted where it is not given.
    starts : ndarray of int, optional
        Where the groups begin, as `runs` finds it; found where it is not given.

    Returns
    -------
    ndarray, shape (n_groups,)
        Where a value is not finite, what floating-point addition makes of it.

    References
    ----------
    Demmel, J. and Nguyen, H. D. (2013). Fast reproducible floating-point summation. 21st IEEE
    Symposium on Computer Arithmetic, 163-172.

    Examples
    --------
    >>> values = np.array([1e16, 1.0, -1e16, 0.5])
    >>> sum_by(np.array([0, 0, 0, 1]), values, 2)
    array([1. , 0.5])
    """
    values = np.asarray(values, dtype=np.float64)
    largest = max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))
    if not math.isfinite(largest):
        return np.bincount(group, weights=values, minlength=n_groups)
    result = np.zeros(n_groups)
    if largest == 0:
        return result
    most = int(np.bincount(group).max()) if largest_group is None else largest_group
    starts = runs(group) if starts is None else starts
    if starts is not None:
        result[group[starts]] = _sums_of_runs(values, starts, largest, most)
        return result
    for part in _parts(values, largest, most):
        result += np.bincount(group, weights=part, minlength=n_groups)
    return result


def runs(labels: np.ndarray) -> np.ndarray | None:
    """Positions at which each label begins, where the labels stand in rising order; None where they
    do not.

    Examples
    --------
    >>> runs(np.array([3, 3, 5, 8]))
    array([0, 2, 3])
    >>> runs(np.array([3, 5, 3])) is None
    True
    """
    # Shuffled labels show themselves in a few.
    for some in (labels[:: max(len(labels) // 1000, 1)], labels):
        if not (some[1:] >= some[:-1]).all():
            return None
    return np.concatenate([[0], np.flatnonzero(labels[1:] != labels[:-1]) + 1])[: len(labels)]


def _sums_of_runs(values: np.ndarray, starts: np.ndarray, largest: float, most: int) -> np.ndarray:
    """Sums of the values from each start to the next, in blocks of whole runs."""
    ends = np.append(starts[1:], len(values))
    result = np.zeros(len(starts))
    edges = np.unique(
        np.append(np.searchsorted(starts, np.arange(0, len(values), BLOCK)), len(starts))
    )
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        of_block, begin = slice(first, last), starts[first]
        for part in _parts(values[begin : ends[last - 1]], largest, most):
            result[of_block] += np.add.reduceat(part, starts[of_block] - begin)
    return result


def _parts(values: np.ndarray, largest: float, most: int) -> Iterator[np.ndarray]:
    """Arrays that add up to the values, each on a grid so coarse that sums of `most` of its numbers
    are not rounded.

    The grids follow from the largest value of all blocks, so that the parts of a number are the
    same wherever it stands.
    """
    coarser = most.bit_length() - MANTISSA_BITS
    # The sum of a group's parts is below 2^52 grid steps, so that no addition of them is rounded.
    exponent = math.frexp(largest)[1] + coarser
    part, left = np.empty_like(values), np.empty_like(values)
    while values.any():
        exponent = max(exponent, SMALLEST_EXPONENT)
        _round_to_grid(values, exponent, part)
        values = np.subtract(values, part, out=left)
        yield part
        # What is left lies within half a grid step.
        exponent += coarser


def _round_to_grid(values: np.ndarray, exponent: int, out: np.ndarray) -> None:
    """Values to whole multiples of two to the exponent."""
    if exponent + MANTISSA_BITS < LARGEST_EXPONENT:
        # Beside so large a number nothing finer than the grid can stand: adding it rounds.
        beside = math.ldexp(1.5, exponent + MANTISSA_BITS)
        np.add(values, beside, out=out)
        out -= beside
    else:
        grid = math.ldexp(1.0, exponent)
        np.divide(values, grid, out=out)
        np.rint(out, out=out)
        out *= grid


def sum_of(values: np.ndarray) -> float:
    """Sum of all values, shape (n,), the same to the last bit in any order.

    Examples
    --------
    >>> sum_of(np.array([1e16, 1.0, -1e16]))
    1.0
    """
    return float(
        sum_by(np.zeros(len(values), dtype=np.int64), values, 1, largest_group=len(values))[0]
    )
