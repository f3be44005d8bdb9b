"""Columns of a frame as a design takes them: there once, and numbers where numbers are meant."""

from numbers import Number

import numpy as np
import pandas as pd

from bpsstats.errors import AbsentError, DesignError
from bpsstats.reprs import count_of

TEXT, NUMBERS, TRUTHS = "text", "numbers", "true and false"


def named_rows(positions: np.ndarray) -> str:
    """Row numbers from 1, five at the most."""
    named = ", ".join(str(int(position) + 1) for position in positions[:5])
    return named + (f" and {positions.size - 5} more" if positions.size > 5 else "")


def records_have(bad: np.ndarray) -> str:
    """How many records of a domain have what is said next."""
    return count_of(bad.size, "record of the domain has", "records of the domain have")


def refuse_absent(frame: pd.DataFrame, *names: str) -> None:
    """Say why a frame lacks a column, if whoever made it has said so in its ``attrs``.

    Raises
    ------
    AbsentError
        For the first of the names that is not there for a reason.
    """
    reasons = frame.attrs.get("absent", {})
    for name in names:
        if name not in frame.columns and name in reasons:
            raise AbsentError(reasons[name])


def columns_of(frame: pd.DataFrame) -> str:
    """The columns that a frame has, in a sentence."""
    return f"It has: {', '.join(map(str, frame.columns))}."


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


def refuse_mixed(values: pd.Series) -> None:
    """Refuse a column of labels that holds text beside numbers, or either beside true and false: 7
    and "7" would be two labels, 1 and True one.

    Raises
    ------
    DesignError
        If there are several kinds; the message names the rows of the rarer ones, never a value.

    Examples
    --------
    >>> refuse_mixed(pd.Series([7, 7.0, None], dtype=object, name="psu"))
    >>> refuse_mixed(pd.Series([7, 7, "7"], name="psu"))
    Traceback (most recent call last):
    ...
    bpsstats.errors.DesignError: The sampling design cannot carry a variance as it is described.
    Column psu holds numbers beside text (rows 3), ...
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        labels = values.dtype.categories
        # Pandas remembers what kind the labels are.
        if labels.inferred_type.startswith("mixed"):
            refuse_mixed(values.astype(object))
        return
    found = _kinds(values)
    most, *others = found.value_counts().index.tolist() or [""]
    if not others:
        return
    rows = np.flatnonzero(found.isin(others))
    raise DesignError(
        f"Column {values.name} holds {most} beside {' and '.join(others)} (rows"
        f" {named_rows(rows)}), so that it does not say which labels are one: 7 is not its text."
        " Make all of them numbers, as with pandas.to_numeric, or read all of them as text."
    )


def _kinds(values: pd.Series) -> pd.Series:
    """Kind of each label, missing where it is; without a row where the type says that there is
    one.
    """
    if values.dtype != object or not pd.api.types.infer_dtype(values).startswith("mixed"):
        return pd.Series(dtype=object)
    return values.map(_kind, na_action="ignore")


def _kind(label: object) -> str:
    """What kind of label it is, in words."""
    if isinstance(label, str | bytes):
        return TEXT
    if isinstance(label, bool | np.bool_):
        return TRUTHS
    return NUMBERS if isinstance(label, Number) else f"values of type {type(label).__name__}"


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
