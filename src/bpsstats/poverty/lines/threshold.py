"""What expenditure is held against: a line given in any form, checked, over its correction factor.

Every function that takes a line turns it into a `Threshold` here, and every comparison with
expenditure asks the threshold for its value.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from bpsstats.errors import LineError
from bpsstats.poverty.lines.official import (
    HOW_TO_GIVE,
    LOWEST_LINE,
    WELFARE,
    PovertyLine,
    is_monthly_line,
    line_value,
)

# A line and the median of what it is held against differ by less in any unit and any place.
FARTHEST = 1000.0
# In these forms a line is given; what cannot be one is refused with its remedy.
Line = PovertyLine | float | Decimal | str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A line as expenditure is compared with it.

    Parameters
    ----------
    value : float
        Whoever spends less is poor: the line over its factor, times a multiple where the line is
        moved.
    given : float
        The line as it was given, which is what can be right or wrong.
    factor : float
        Its correction factor.
    """

    value: float
    given: float
    factor: float = 1.0

    @property
    def note(self) -> str:
        """What a heading says of the factor; nothing where there is none."""
        return factor_note(self.factor)

    def times(self, multiple: float) -> "Threshold":
        """The threshold of a multiple of the line."""
        return replace(self, value=self.value * multiple)

    def against(self, expenditure: np.ndarray, welfare: str = WELFARE) -> float:
        """The value, where a line can be one of such expenditures.

        Parameters
        ----------
        expenditure : ndarray, shape (n,)
        welfare : str
            Column it comes from; that of this project is in rupiah per person and month.

        Raises
        ------
        LineError
            If expenditure is in rupiah per month and the line is none, or if the line and the
            median expenditure are so far apart that they have different units.

        Examples
        --------
        >>> threshold(100).against(np.array([80.0, 120, 300]))
        100.0
        """
        if is_monthly_line(self.given):
            return self.value
        spent = expenditure[np.isfinite(expenditure) & (expenditure > 0)]
        if not spent.size:
            return self.value
        usual = float(np.median(spent))
        if welfare == WELFARE and usual >= LOWEST_LINE:
            raise LineError(
                f"The poverty line is {self.given:,.3f}, which is no monthly line of one person,"
                f" while {welfare} is in rupiah per person and month. {HOW_TO_GIVE}"
            )
        if not 1 / FARTHEST <= self.given / usual <= FARTHEST:
            raise LineError(
                f"The poverty line is {self.given:,.3f}, more than {FARTHEST:g} times away from the"
                f" median of {welfare}. Give both in the same unit."
            )
        return self.value


def factor_note(factor: float) -> str:
    """What a heading says of a factor; nothing where there is none.

    Examples
    --------
    >>> factor_note(0.87)
    'correction factor 0.87'
    """
    return "" if factor == 1 else f"correction factor {factor:g}"


def threshold(line: "Line | Threshold") -> Threshold:
    """A line in any form as the threshold that expenditure is held against.

    Parameters
    ----------
    line : PovertyLine, number or text
        Text is digits only: whether 680.499 is a line of 680 thousand or of 680 cannot be told.

    Raises
    ------
    LineError
        If it is not a positive finite number.

    Examples
    --------
    >>> threshold("680499")
    Threshold(value=680499.0, given=680499.0, factor=1.0)
    """
    if isinstance(line, Threshold):
        return line
    if isinstance(line, PovertyLine):
        return Threshold(line.threshold, line.value, line.factor)
    value = line_value(line)
    return Threshold(value, value)
