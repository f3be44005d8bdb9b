"""Domains as masks over the records of a design."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bpsstats.errors import BpsStatsError, DesignError
from bpsstats.reprs import count_of
from bpsstats.survey.design.columns import named_rows
from bpsstats.survey.design.survey_design import SurveyDesign

# As public functions take it: a mask, or the name of a boolean column; None is everybody.
Domain = np.ndarray | pd.Series | Sequence[bool] | str | None

REMEDY = (
    "A domain is a mask over the whole design, not a smaller frame: take it from the frame of the"
    " design, as in frame[column] == value."
)


def mask_of(
    design: SurveyDesign, mask: np.ndarray | pd.Series | Sequence[bool], what: str
) -> np.ndarray:
    """Records of a domain, a boolean array of shape (n,).

    Parameters
    ----------
    design : SurveyDesign
    mask : ndarray, Series or sequence of bool, shape (n,)
        A Series is aligned with the frame by its index, as pandas does; arrays and lists go by
        position.
    what : str
        What it is, to begin a message with.

    Raises
    ------
    DesignError
        If it is not boolean, a value is missing, it has not one value for each record, or the index
        of a Series is not that of the frame.

    Examples
    --------
    >>> frame = pd.DataFrame({"w": [1.0, 2, 3]}, index=list("abc"))
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> mask_of(design, pd.Series([True, False, False], index=list("cab")), "The domain")
    array([False, False,  True])
    """
    values = mask
    if isinstance(mask, pd.Series):
        values = aligned(design.frame.index, mask, what, REMEDY)
    if isinstance(values, pd.Series) and values.dtype.kind in "bO":
        missing = np.flatnonzero(values.isna())
        if missing.size:
            raise DesignError(
                f"{what} is missing for {count_of(missing.size, 'record')} (rows"
                f" {named_rows(missing)}). Say for each whether it is in the domain."
            )
    array = np.asarray(values)
    if array.dtype == object and all(isinstance(each, bool | np.bool_) for each in array.flat):
        array = array.astype(bool)
    if array.shape != (design.n,) or array.dtype != np.bool_:
        raise DesignError(
            f"{what} is an array of {array.dtype} of shape {array.shape}; it must be boolean with"
            f" one value for each of the {count_of(design.n, 'record')}. {REMEDY}"
        )
    return array


def aligned(
    index: pd.Index,
    values: pd.Series,
    what: str,
    remedy: str,
    refusal: type[BpsStatsError] = DesignError,
) -> pd.Series:
    """Values of the records in the order of the frame; a refusal if their index is not its own."""
    if values.index.equals(index):
        return values
    if len(values) == len(index) and index.is_unique and values.index.is_unique:
        places = values.index.get_indexer(index)
        if (places >= 0).all():
            return values.iloc[places]
    raise refusal(
        f"{what} is a Series of {len(values)} values whose index is not that of the frame, with its"
        f" {count_of(len(index), 'record')}, so that it does not say which of them are"
        f" meant. {remedy}"
    )
