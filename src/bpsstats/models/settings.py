"""Covariates set by the user: to one value for everybody, or in a frame of cases to predict for."""

from collections.abc import Collection, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.arguments import shown
from bpsstats.errors import ParameterError
from bpsstats.survey.design.columns import named_rows, numbers, refuse_double
from bpsstats.survey.design.levels import Level, position_of


def constant(column: pd.Series, value: object, levels: Sequence[Level] | None) -> pd.Series:
    """A column that holds one value for everybody, of the type of the column.

    Parameters
    ----------
    column : Series
    value : object
    levels : sequence, optional
        Levels of the factor that the column is; None: it is none.

    Raises
    ------
    ParameterError
        If the value is none of the levels, or no finite number where the column is numeric.
    """
    if levels is None and column.dtype.kind in "biuf":
        if not isinstance(value, Real) or not np.isfinite(float(value)):
            raise ParameterError(
                f"Column {column.name} is numeric in the model, and {shown(value)} is no number."
                " Give one, such as 2.5."
            )
        return pd.Series(float(value), index=column.index)
    known = column.unique().tolist() if levels is None else levels
    level = known[position_of(known, value, str(column.name))]
    if isinstance(column.dtype, pd.CategoricalDtype):
        code = column.cat.categories.get_indexer(pd.Index([level]))[0]
        of_column = pd.Categorical.from_codes(np.full(len(column), code), dtype=column.dtype)
        return pd.Series(of_column, index=column.index)
    return pd.Series(level, index=column.index, dtype=column.dtype)


def refuse_strangers(
    frame: pd.DataFrame,
    variables: Collection[str],
    levels: Mapping[str, Sequence[Level]],
    numeric: Collection[str],
) -> None:
    """Refuse a frame for prediction that does not speak of what the model knows.

    Parameters
    ----------
    frame : DataFrame
    variables : collection of str
        Columns that the covariates are made of.
    levels : mapping
        Levels of those that are factors.
    numeric : collection of str
        Those that are numbers.

    Raises
    ------
    ParameterError
        If a column is not there, a value is missing, or a level is not one of the model.
    DesignError
        If a name stands for several columns, or a column of numbers holds text.
    """
    refuse_double(frame)
    missing = sorted(set(variables) - set(map(str, frame.columns)))
    if missing:
        raise ParameterError(
            f"The frame has no column {', '.join(missing)}, which the model predicts by. Give it"
            f" with the columns {', '.join(sorted(variables))}."
        )
    for column in sorted(variables):
        empty = np.flatnonzero(frame[column].isna())
        if empty.size:
            raise ParameterError(
                f"Column {column} is missing in rows {named_rows(empty)} of the frame to predict"
                " for. Give every case a value."
            )
    for column in sorted(set(variables) & set(numeric)):
        numbers(frame, column)
    for column in sorted(set(variables) & set(levels)):
        values = frame[column]
        # Among objects, True and 1 are one to pandas, and a list is none.
        for value in (values if values.dtype.kind == "O" else values.unique()).tolist():
            position_of(levels[column], value, column)


def with_plain_types(frame: pd.DataFrame, variables: Collection[str]) -> pd.DataFrame:
    """The frame with its nullable, text and Arrow columns of a formula as NumPy has them.

    Formulas take other types of text for numbers.
    """
    made = {}
    for column in variables:
        if column not in frame.columns or isinstance(frame[column].dtype, np.dtype):
            continue
        values = frame[column]
        if isinstance(values.dtype, pd.CategoricalDtype):
            continue
        made[column] = values.to_numpy(dtype=_numpy_type(values.dtype))
    return frame.assign(**made) if made else frame


def _numpy_type(dtype: Any) -> Any:
    """Nearest type of NumPy; text is of objects."""
    return {"b": bool, "i": np.int64, "u": np.uint64, "f": np.float64}.get(dtype.kind, object)
