"""Records in groups: the position of each record's group, and what all records of a group share."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bpsstats.reprs import SizesOnly
from bpsstats.survey.design.columns import refuse_mixed
from bpsstats.survey.design.sums import runs


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Grouping(SizesOnly):
    """Groups of records, in the order of their labels.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Group of each record as a position in `labels`; -1 for a missing label.
    labels : ndarray, shape (groups,)
        Labels that occur, unique and sorted.
    starts : ndarray of int, shape (groups,), optional
        Where each group begins, if the records stand group by group in the order of the labels, as
        in files; None: they do not.
    """

    codes: np.ndarray
    labels: np.ndarray
    starts: np.ndarray | None

    @classmethod
    def of(cls, values: pd.Series | np.ndarray) -> "Grouping":
        """Group records by their labels, shape (n,).

        Raises
        ------
        DesignError
            If a column holds labels of several kinds, text beside numbers.

        Examples
        --------
        >>> grouped = Grouping.of(np.array([3, 3, 7]))
        >>> grouped.codes, grouped.labels, grouped.starts
        (array([0, 0, 1]), array([3, 7]), array([0, 2]))
        """
        numbers = whole_numbers(values)
        starts = None if numbers is None or len(numbers) == 0 else runs(numbers)
        if numbers is None or starts is None:
            if isinstance(values, pd.Series):
                refuse_mixed(values)
            codes, labels = pd.factorize(values, sort=True)
            return cls(codes.astype(np.int64, copy=False), np.asarray(labels), None)
        codes = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(numbers)))
        return cls(codes, numbers[starts], starts)

    @property
    def sizes(self) -> np.ndarray:
        """Records of each group, shape (groups,)."""
        if self.starts is not None:
            return np.diff(self.starts, append=len(self.codes))
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.labels))

    def shared(self, values: np.ndarray) -> np.ndarray | None:
        """The value that all records of a group have, shape (n,) to (groups,); None if records of a
        group differ.

        Every record must have a label.

        Examples
        --------
        >>> grouped = Grouping.of(np.array([3, 7, 3]))
        >>> grouped.shared(np.array([10, 20, 10]))
        array([10, 20])
        >>> grouped.shared(np.array([10, 20, 30])) is None
        True
        """
        if self.starts is not None:
            # Where the value changes, a new group begins.
            changes = values[1:] != values[:-1]
            changes[self.starts[1:] - 1] = False
            return None if changes.any() else values[self.starts]
        of_group = np.empty(len(self.labels), dtype=values.dtype)
        of_group[self.codes] = values
        return of_group if np.array_equal(of_group[self.codes], values) else None


def whole_numbers(values: pd.Series | np.ndarray) -> np.ndarray | None:
    """The values as an array of whole numbers where they are one, and so have no missing value;
    else None.
    """
    plain = (
        values.to_numpy()
        if isinstance(values, pd.Series) and isinstance(values.dtype, np.dtype)
        else values
    )
    return plain if isinstance(plain, np.ndarray) and plain.dtype.kind in "iu" else None


def coded(values: pd.Series | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of values among the labels that occur, -1 for a missing value, and the labels in
    their order.

    Parameters
    ----------
    values : Series or ndarray, shape (n,)

    Returns
    -------
    codes : ndarray of int, shape (n,)
    labels : ndarray, shape (labels,)

    Examples
    --------
    >>> coded(np.array([7, 3, 7]))
    (array([1, 0, 1]), array([3, 7]))
    """
    grouped = Grouping.of(values)
    return grouped.codes, grouped.labels


def categories(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """As `coded`, but that all categories of a categorical column count, also those without a
    record.

    Examples
    --------
    >>> categories(pd.Series(pd.Categorical(["b", None], ["a", "b"])))
    (array([ 1, -1]), array(['a', 'b'], dtype=object))
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        refuse_mixed(values)
        return values.cat.codes.to_numpy(dtype=np.int64), np.asarray(values.cat.categories)
    return coded(values)
