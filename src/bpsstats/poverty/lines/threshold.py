"""What expenditure is held against: a line given in any form, checked, over its correction factor.

Every function that takes a line turns it into a `Threshold` here, and every comparison with
expenditure asks the threshold for its value. Where each record has a line of its own, expenditure
is measured in lines and held against one.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
import pandas as pd

from bpsstats.errors import LineError
from bpsstats.poverty.lines.official import (
    HIGHEST_LINE,
    HOW_TO_GIVE,
    LOWEST_LINE,
    WELFARE,
    PovertyLine,
    is_monthly_line,
    line_value,
)
from bpsstats.reprs import SizesOnly, count_of
from bpsstats.survey import SurveyDesign
from bpsstats.survey.design.columns import named_rows
from bpsstats.survey.design.masks import aligned

# A line and the median of what it is held against differ by less in any unit and any place.
FARTHEST = 1000.0
# In these forms a line is given; what cannot be one is refused with its remedy.
OneLine = PovertyLine | float | Decimal | str
Line = OneLine | np.ndarray | pd.Series
REMEDY = "Give one line for each record of the design, as a column of its frame."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LineOfEach(SizesOnly):
    """A line for each record, such as that of its region, or of its own basket.

    Parameters
    ----------
    given : ndarray or Series, shape (n,)
        Rp per person per month. A Series is aligned with the frame of a design by its index.
    """

    given: np.ndarray | pd.Series

    def of(self, design: SurveyDesign, spent: np.ndarray, welfare: str) -> np.ndarray:
        """The lines in the order of the design, of the unit of what is spent, shape (n,).

        Raises
        ------
        LineError
            If there is not one for each record, the index of a Series is not that of the frame, one
            is not a positive number, or one is of another unit than expenditure.
        """
        given = self.given
        if isinstance(given, pd.Series):
            given = aligned(design.frame.index, given, "The poverty line", REMEDY, LineError)
        try:
            lines = np.asarray(given, dtype=np.float64)
        except (TypeError, ValueError):
            raise LineError(f"The lines of the records are not numbers. {REMEDY}") from None
        if lines.shape != (design.n,):
            raise LineError(
                f"There are lines of shape {lines.shape} for {count_of(design.n, 'record')}."
                f" {REMEDY}"
            )
        usual = _usual(spent)
        lowest, highest = usual / FARTHEST, usual * FARTHEST
        if welfare == WELFARE and usual >= LOWEST_LINE:
            lowest, highest = LOWEST_LINE, HIGHEST_LINE
        # Positive and finite in any case; a line may be of a respondent, and is not shown.
        bad = np.flatnonzero(~((lines > 0) & (lines >= lowest) & (lines <= highest)))
        if bad.size:
            raise LineError(
                f"The lines of {count_of(bad.size, 'record')} are no positive numbers of the"
                f" unit of {welfare},"
                f" between {lowest:,.0f} and {highest:,.0f} (rows {named_rows(bad)}). {HOW_TO_GIVE}"
            )
        return lines


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
    each : LineOfEach, optional
        Lines of the records; expenditure is then measured in them, and `value` is one.
    """

    value: float
    given: float
    factor: float = 1.0
    each: LineOfEach | None = field(default=None, repr=False)

    @property
    def note(self) -> str:
        """What a heading says of the factor; nothing where there is none."""
        return factor_note(self.factor)

    def full_name(self, name: str, welfare: str = WELFARE) -> str:
        """Name of an index with its line, or the multiple of the own line of each record, and its
        column where that is none of this project.

        Examples
        --------
        >>> threshold(700_000).full_name("headcount"), threshold(7.5).full_name("headcount", "y")
        ('headcount:line=700,000', 'headcount:line=7.5, y')
        """
        line = "line" if self.each is None else "own_line"
        of = "" if welfare == WELFARE else f", {welfare}"
        value = f"{self.value:,.0f}" if self.value >= LOWEST_LINE else f"{self.value:.10g}"
        return f"{name}:{line}={value}{of}"

    def times(self, multiple: float) -> "Threshold":
        """The threshold of a multiple of the line."""
        return replace(self, value=self.value * multiple)

    def measured(self, design: SurveyDesign, welfare: str = WELFARE) -> np.ndarray:
        """Expenditure as it is held `against` the value, shape (n,)."""
        spent = design.column(welfare)
        if self.each is None:
            return spent
        return np.asarray(spent / self.each.of(design, spent, welfare))

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
        if self.each is not None or is_monthly_line(self.given):
            return self.value
        usual = _usual(expenditure)
        if not np.isfinite(usual):
            return self.value
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


def factor_facts(*lines: PovertyLine) -> dict[str, float | str]:
    """What a file says of the correction factors of its lines; nothing where there are none.

    Examples
    --------
    >>> line = PovertyLine(500_000.0, "0000", "Contoh", 2022, "made up", factor=0.87)
    >>> factor_facts(line)
    {'correction_factor': 0.87}
    """
    factors = {line.factor for line in lines}
    if factors <= {1.0}:
        return {}
    if len(factors) == 1:
        return {"correction_factor": factors.pop()}
    return {"correction_factor": ", ".join(f"{line.factor:g} in {line.year}" for line in lines)}


def _usual(expenditure: np.ndarray) -> float:
    """Median of what is spent, infinite where nothing is."""
    spent = expenditure[np.isfinite(expenditure) & (expenditure > 0)]
    return float(np.median(spent)) if spent.size else float("inf")


def threshold(line: "Line | Threshold") -> Threshold:
    """A line in any form as the threshold that expenditure is held against.

    Parameters
    ----------
    line : PovertyLine, number, text, or ndarray or Series of numbers, shape (n,)
        Text is digits only: whether 123.456 is a line of 123 thousand or of 123 cannot be told. An
        array holds a line for each record; a Series is aligned with the frame by its index.

    Raises
    ------
    LineError
        If it is not a positive finite number.

    Examples
    --------
    >>> threshold("500000")
    Threshold(value=500000.0, given=500000.0, factor=1.0)
    """
    if isinstance(line, Threshold):
        return line
    if isinstance(line, pd.Series) or (isinstance(line, np.ndarray) and line.ndim):
        return Threshold(1.0, 1.0, each=LineOfEach(line))
    assert not isinstance(line, np.ndarray) or not line.ndim  # an array of one number is one
    return common_threshold(line.item() if isinstance(line, np.ndarray) else line)


def common_threshold(line: OneLine) -> Threshold:
    """The threshold of one line for all records.

    Raises
    ------
    LineError
        If it is not a positive finite number.
    """
    if isinstance(line, PovertyLine):
        return Threshold(line.threshold, line.value, line.factor)
    value = line_value(line)
    return Threshold(value, value)
