"""Columns of a frame as a design takes them: there once, and numbers where numbers are meant."""

import numpy as np
import pandas as pd

from bpsstats.errors import DesignError


def named_rows(positions: np.ndarray) -> str:
    """Row numbers from 1, five at the most."""
    named = ", ".join(str(int(position) + 1) for position in positions[:5])
    return named + (f" and {positions.size - 5} more" if positions.size > 5 else "")


def refuse_double(frame: pd.DataFrame) -> None:
    """Refuse a frame in which a name stands for several columns.

    Raises
    ------
    DesignError
        If there are such; the message names them.
    """
    double = frame.columns[frame.columns.duplicated()].unique()
    if len(double):
        raise DesignError(
            f"The frame has several columns {', '.join(map(str, double))}. Rename or drop them, so"
            " that a name stands for one column."
        )


def numbers(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A numeric column, shape (n,); missing values are NaN.

    Raises
    ------
    DesignError
        If it holds text, dates or anything else that is no number; the message names rows, never a
        value.

    Examples
    --------
    >>> numbers(pd.DataFrame({"y": pd.array([1, None], dtype="Int64")}), "y")
    array([ 1., nan])
    """
    values = frame[name]
    dtype = values.dtype
    if dtype == np.float64:
        return values.to_numpy()
    if isinstance(dtype, pd.CategoricalDtype):
        dtype = dtype.categories.dtype
    if dtype.kind == "O":
        return _of_objects(values, name)
    if dtype.kind not in "biuf":
        raise _no_numbers(name, np.flatnonzero(values.notna()))
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))


def _of_objects(values: pd.Series, name: str) -> np.ndarray:
    """Numbers among objects, such as exact decimals; text that looks like one is not taken for it,
    as a point may be of thousands.
    """
    text = values.map(lambda value: isinstance(value, str | bytes)).to_numpy(dtype=bool)
    if text.any():
        raise _no_numbers(name, np.flatnonzero(text))
    try:
        return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError):
        raise _no_numbers(name, np.flatnonzero(values.notna())) from None


def _no_numbers(name: str, rows: np.ndarray) -> DesignError:
    """The error of a column that is not numeric; its values are not named, nor is the error that
    names one.
    """
    return DesignError(
        f"Column {name} does not hold numbers but text or something else (rows"
        f" {named_rows(rows)}). Read it as numbers, with its decimal mark, or ask for the share of"
        " a category."
    )
