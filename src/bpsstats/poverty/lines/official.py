"""Poverty lines: dated, sourced parameters, one per area and year."""

import math
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import numpy as np

from bpsstats.arguments import checked, shown
from bpsstats.errors import InputError, LineError, UnknownYearError
from bpsstats.microdata.lists.areas import find_area
from bpsstats.microdata.lists.facts import LINES, Lines, lines_on_file, read_lines
from bpsstats.poverty.lines.factors import GIVEN, CorrectionFactor, check_factor, correction_factor
from bpsstats.poverty.lines.named import named_line
from bpsstats.poverty.lines.plausible import check_line

UNIT = "Rp per person per month"
WELFARE = "expenditure_person_month"  # the column that a line is held against
# No regency had a line outside these since 2010; the line of a household is some five times that of
# a person.
LOWEST_LINE, HIGHEST_LINE = 100_000.0, 2_500_000.0
HOW_TO_GIVE = (
    "Write whole rupiah per person and month, such as 500000, without a point or a comma between"
    " thousands, and not the line of a household; or take it from poverty_line(area, year)."
)


@dataclass(frozen=True, slots=True)
class PovertyLine:
    """Poverty line of an area and year.

    Parameters
    ----------
    value : float
        Rp per person per month.
    area_code, area : str
        BPS code and name.
    year : int
        Year of the March round it belongs to.
    source : str
        Publication or estimate it was taken from.
    factor : float
        Correction factor: who spends less than the line when spending is multiplied by it is poor.
    factor_source : str
        Where the factor is from.

    Raises
    ------
    LineError
        If the value is not a positive number, or the factor is none. Whether it can be a line is
        seen where it is held against expenditure.

    Examples
    --------
    >>> float(PovertyLine(500_000.0, "0000", "Contoh", 2022, "made up"))
    500000.0
    >>> PovertyLine(500_000.0, "0000", "Contoh", 2022, "made up", factor=0.8).threshold
    625000.0
    """

    # A line that is none is a LineError, which says how lines are written.
    in_own_words: ClassVar[bool] = True

    value: float
    area_code: str
    area: str
    year: int
    source: str
    factor: float = 1.0
    factor_source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", line_value(self.value))
        check_factor(self.factor)

    @property
    def threshold(self) -> float:
        """What spending per person is held against: the line over its factor, Rp per month."""
        return self.value / self.factor

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        corrected = ""
        if self.factor != 1:
            corrected = f"; correction factor {self.factor:g} ({self.factor_source or GIVEN})"
        return (
            f"Poverty line of {self.area}, March {self.year}: Rp {self.value:,.0f} per person per"
            f" month ({self.source}){corrected}"
        )


@checked
def poverty_line(
    area: str | int,
    year: int,
    *,
    file: str | Path | None = None,
    raw: str | Path | None = None,
    accept: bool = False,
    factor: float | None = None,
    name: str | None = None,
) -> PovertyLine:
    """The line of an area and year from the files of lines, or one that serves every area.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int
        Year of the March round.
    file : path, optional
        Another file of lines in the same form, in the place of all others.
    raw : path, optional
        Raw folder, as of `read_round`; lines of its own ``poverty_lines.yaml`` come before those of
        the project.
    accept : bool
        Whether to take a line that differs from the one of the year before by more than a line
        does.
    factor : float, optional
        Correction factor that spending is multiplied by before it is held against the line. Default
        the one that is on file for the area and year, which is 1 for nearly all.
    name : str, optional
        A line that serves every area: "national", or one of ``named_lines.yaml``, such as "1.90",
        the rupiah that BPS printed for 1.90 dollars of purchasing power. Default the area's own.

    Raises
    ------
    UnknownAreaError
        If no such area is known.
    ParameterError
        If no line has that name.
    UnknownYearError
        If no file has a line for that area and year.
    LineError
        If the line cannot be a monthly line per person, a file of lines is not what it should be,
        or the line is not plausible and `accept` is False.

    Examples
    --------
    >>> poverty_line("6471", 2022).area
    'Kota Balikpapan'
    >>> poverty_line("6471", 2023, name="1.90").value
    351957.0
    """
    known = find_area(area, raw=raw)
    lines = {year: named_line(name, year, raw)} if name else _lines(file, raw).get(known.code, {})
    name = LINES if file is None else Path(file).name
    if year not in lines:
        years = (
            f"There are lines for {min(lines)} to {max(lines)}."
            if lines
            else "There is none for this area."
        )
        raise UnknownYearError(
            f"There is no poverty line for {known.name} in {year} in file {name}. {years} Give it"
            " with its source, --line 500000 --line-source BPS, or write it in a file"
            f' {LINES} beside the data: lines: {{"{known.code}": {{{year}: {{value: 500000, source:'
            " BPS}}}."
        )
    entry = lines[year]
    value = line_value(entry["value"])
    if not is_monthly_line(value):
        raise LineError(
            f"The poverty line of {known.name} in {year}, file {name}, is no monthly line of"
            f" one person: Rp {value:,.15g}. Write whole rupiah per person and month, without a"
            " point between thousands, and not the line of a household."
        )
    if not accept:
        before = line_value(lines[year - 1]["value"]) if year - 1 in lines else None
        remedy = f"Correct it in {name}, or say accept=True to take it all the same."
        check_line(value, before=before, food=entry.get("food"), remedy=remedy)
    found = correction_factor(known.code, year, raw)
    if factor is not None:
        found = CorrectionFactor(check_factor(factor), "" if factor == 1 else GIVEN)
    return PovertyLine(
        value, known.code, known.name, year, str(entry["source"]), found.value, found.source
    )


def _lines(file: str | Path | None, raw: str | Path | None) -> Lines:
    """Lines by area code and year, of one file or of all."""
    if file is not None and not Path(file).is_file():
        raise LineError(f"The file of poverty lines {Path(file).name} is missing.")
    try:
        return lines_on_file(raw) if file is None else read_lines(Path(file).absolute())
    except InputError as error:
        raise LineError(error.message) from error


NUMBERS = (int, float, np.number, Decimal, PovertyLine)


def is_monthly_line(value: float) -> bool:
    """Whether a number can be the monthly line of one person in rupiah.

    Examples
    --------
    >>> is_monthly_line(500_000), is_monthly_line(500.0)
    (True, False)
    """
    return LOWEST_LINE <= value <= HIGHEST_LINE


def dated_line(line: object) -> PovertyLine:
    """Return a line that knows its area and year.

    Raises
    ------
    LineError
        If it is a bare number, or anything else.
    """
    if not isinstance(line, PovertyLine):
        raise LineError(
            f"The poverty line is {_named(line)}, and here it must say its area and year. Take it"
            " from poverty_line(area, year), or make one with PovertyLine(value, area_code, area,"
            " year, source)."
        )
    return line


def line_value(line: object) -> float:
    """A line as a number.

    Parameters
    ----------
    line : PovertyLine, number or text
        Text is digits only: whether 123.456 is a line of 123 thousand or of 123 cannot be told.

    Raises
    ------
    LineError
        If it is not a positive finite number.

    Examples
    --------
    >>> line_value(680_000), line_value("680000")
    (680000.0, 680000.0)
    """
    value = math.nan
    if isinstance(line, np.ndarray) and line.ndim == 0:
        line = line[()]
    is_digits = isinstance(line, str) and line.isascii() and line.isdigit()
    if is_digits or (isinstance(line, NUMBERS) and not isinstance(line, bool)):
        value = float(line)  # type: ignore[arg-type]  # digits or one of NUMBERS, as was looked
    if isinstance(line, str) and not is_digits and set(line) <= set("0123456789., "):
        raise LineError(
            f"The poverty line is the text {line!r}; whether its mark stands between thousands or"
            f" before decimals cannot be told. {HOW_TO_GIVE}"
        )
    if not (math.isfinite(value) and value > 0):
        raise LineError(f"The poverty line is {_named(line)}, not a positive number. {HOW_TO_GIVE}")
    return value


def _named(value: object) -> str:
    """A value that a user gave; of anything that may hold data only what it is."""
    return repr(value) if isinstance(value, (str, *NUMBERS)) else shown(value)


def line_if_any(
    area: str | int, year: int, *, accept: bool = False, factor: float | None = None
) -> PovertyLine | None:
    """A line, or None where it is not on file."""
    try:
        return poverty_line(area, year, accept=accept, factor=factor)
    except UnknownYearError:
        return None
