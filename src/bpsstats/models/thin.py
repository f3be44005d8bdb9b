"""What disclosure control asks of a fitted model: how few households are behind it."""

from dataclasses import replace
from typing import Any, ClassVar, TypeVar

import numpy as np
import pandas as pd

from bpsstats.disclosure import WITHHELD, Cell, Policy, is_withheld
from bpsstats.disclosure.views import Counted

M = TypeVar("M", bound="FittedModel")
# In the place of a reason that counts the poor, or says of which class none are.
TOO_THIN = "Too few households are behind a model."


class FittedModel:
    """Base of fitted models: dataclasses with a design, a mask, columns, coefficients and degrees
    of freedom; `as_computed` is the model that one is the released view of.
    """

    __slots__ = ()
    OF_EVENTS: ClassVar[bool]  # whether the outcome is an event
    ARRAYS: ClassVar[tuple[str, ...]]  # fields that hold what is told of it
    design: Any
    mask: Any
    columns: Any
    coefficients: np.ndarray
    df: int
    as_computed: Any

    @property
    def source(self) -> str:
        """Kind of data."""
        return str(self.design.source)

    @property
    def is_withheld(self) -> bool:
        """Whether disclosure control withholds the model."""
        return is_withheld(float(self.coefficients[0]))

    def counted(self) -> Counted | None:
        """The model as the gate sees it: the fewest households in a level of a factor, and of a
        model of an event with and without the event in it; None of a released view.
        """
        if self.as_computed is not None:
            return None
        design, x, y = self.design, self.columns.x, self.columns.y
        names = design.frame.get(design.household) if design.observed != "households" else None
        household = np.arange(design.n) if names is None else pd.factorize(names)[0]
        of_record = household[self.mask]
        groups = by_level(x, np.ones(len(x), dtype=bool))
        events = [y != 0, y == 0] if self.OF_EVENTS else [np.ones(len(x), dtype=bool)]
        fewest = min(
            len(np.unique(of_record[group & event])) for group in groups for event in events
        )
        cell = Cell("", fewest, len(np.unique(of_record)), None, df=self.df)
        return Counted((self.columns.formula, "coefficients", design.period), cell)

    def view(self: M, policy: Policy, *, withheld: bool) -> M:
        """The model as it may leave: rounded, or without numbers."""
        arrays = {name: getattr(self, name) for name in self.ARRAYS}
        shown = {n: shown_array(policy, a, withheld=withheld) for n, a in arrays.items()}
        changed: dict[str, Any] = {**shown, "as_computed": self}
        if withheld and hasattr(self, "reason"):
            changed["reason"] = None  # it counts events
        return replace(self, **changed)  # type: ignore[type-var]  # the models are dataclasses


def by_level(x: np.ndarray, of: np.ndarray) -> list[np.ndarray]:
    """Some records, and those of them with each level of a factor and without it: masks of shape
    (n,), by the columns of a model, shape (n, p).
    """
    levels = [column for column in x.T if set(np.unique(column[of])) == {0.0, 1.0}]
    return [of, *(of & (column == level) for column in levels for level in (0.0, 1.0))]


def shown_array(policy: Policy, values: Any, *, withheld: bool) -> Any:
    """Coefficients and the like as they may leave; None stays None."""
    if values is None:
        return None
    if withheld:
        return np.full(values.shape, WITHHELD)
    flat = [policy.rounded(value, policy.base("", value)) for value in values.ravel().tolist()]
    return np.array(flat).reshape(values.shape)
