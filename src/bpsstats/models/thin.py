"""How few households are behind a fitted model: what disclosure control asks of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.disclosure import WITHHELD, Cell, Policy
from bpsstats.disclosure.released import Counted
from bpsstats.models.formula import Columns
from bpsstats.survey import SurveyDesign


def counted_model(
    design: SurveyDesign, mask: np.ndarray, columns: Columns, df: int, *, of_events: bool
) -> Counted:
    """A model as the gate sees it: the fewest households in a level of a factor, and of a model of
    an event with and without the event in it.
    """
    names = design.frame.get(design.household) if design.observed != "households" else None
    household = np.arange(design.n) if names is None else pd.factorize(names)[0]
    of_record, x = household[mask], columns.x
    groups = [np.ones(len(x), dtype=bool)]
    for column in x.T:
        if set(np.unique(column)) == {0.0, 1.0}:
            groups += [column == 1, column == 0]
    events = [columns.y != 0, columns.y == 0] if of_events else [np.ones(len(x), dtype=bool)]
    fewest = min(len(np.unique(of_record[group & event])) for group in groups for event in events)
    cell = Cell("", fewest, len(np.unique(of_record)), None, df=df)
    return Counted((columns.formula, "coefficients", design.period), cell)


def shown_arrays(policy: Policy, arrays: Sequence[Any], *, withheld: bool) -> list[Any]:
    """Coefficients and what goes with them as they may leave: rounded, or without numbers."""

    def shown(values: np.ndarray) -> np.ndarray:
        if withheld:
            return np.full(values.shape, WITHHELD)
        flat = [policy.rounded(value, policy.base("", value)) for value in values.ravel().tolist()]
        return np.array(flat).reshape(values.shape)

    return [None if values is None else shown(values) for values in arrays]
