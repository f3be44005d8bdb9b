"""Poverty lines: dated, sourced parameters, one per area and year."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bpsstats.errors import LineError, UnknownYearError
from bpsstats.microdata.lists.areas import find_area
from bpsstats.microdata.lists.basket import standard_basket
from bpsstats.paths import poverty_lines_file

UNIT = "Rp per person per month"
WELFARE = "expenditure_person_month"  # the column that a line is held against
# No regency had a line outside these since 2010; the line of a household is some five times that of
# a person.
LOWEST_LINE, HIGHEST_LINE = 100_000.0, 2_500_000.0


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

    Examples
    --------
    >>> float(PovertyLine(500_000.0, "0000", "Contoh", 2022, "made up"))
    500000.0
    """

    value: float
    area_code: str
    area: str
    year: int
    source: str

    def __post_init__(self) -> None:
        line_value(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return (
            f"Poverty line of {self.area}, March {self.year}: Rp {self.value:,.0f} per person per"
            f" month ({self.source})"
        )


def poverty_line(
    area: str | int, year: int, *, file: str | Path | None = None, accept: bool = False
) -> PovertyLine:
    """The line of an area and year from the file of lines.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int
        Year of the March round.
    file : path, optional
        Another file of lines in the same form.
    accept : bool
        Whether to take a line that differs from the one of the year before by more than a line
        does.

    Raises
    ------
    UnknownAreaError
        If no such area is known.
    UnknownYearError
        If the file has no line for that area and year.
    LineError
        If the line cannot be a monthly line per person, or is not plausible and `accept` is False.

    Examples
    --------
    >>> poverty_line("6471", 2022).area
    'Kota Balikpapan'
    """
    known = find_area(area)
    path = poverty_lines_file() if file is None else Path(file)
    lines = _lines(path).get(known.code, {})
    if year not in lines:
        years = (
            f"It has lines for {min(lines)} to {max(lines)}."
            if lines
            else "It has none for this area."
        )
        raise UnknownYearError(
            f"There is no poverty line for {known.name} in {year} in file {path.name}. {years} "
            "Add the line with its source to that file."
        )
    entry = lines[year]
    value = line_value(entry["value"])
    if not LOWEST_LINE <= value <= HIGHEST_LINE:
        raise LineError(
            f"The poverty line of {known.name} in {year}, file {path.name}, is no monthly line of"
            f" one person: Rp {value:,.3f}. Write whole rupiah per person and month, without a"
            " point between thousands, and not the line of a household."
        )
    if not accept:
        before = line_value(lines[year - 1]["value"]) if year - 1 in lines else None
        remedy = f"Correct it in {path.name}, or say accept=True to take it all the same."
        check_line(value, before=before, food=entry.get("food"), remedy=remedy)
    return PovertyLine(value, known.code, known.name, year, str(entry["source"]))


def check_line(
    value: float, *, before: float | None, food: float | None = None, remedy: str
) -> None:
    """Refuse a line that can hardly be one.

    Parameters
    ----------
    value : float
        Rp per person per month.
    before : float, optional
        Line of the year before, in the same unit.
    food : float, optional
        Food part of the line.
    remedy : str
        What to do, as a full sentence.

    Raises
    ------
    LineError
        If the line differs from the one before by more than the largest change of ``basket.yaml``,
        or lies below its food part.

    Examples
    --------
    >>> check_line(700_000, before=650_000, remedy="Check the file.")
    """
    most = standard_basket().largest_change
    if before is not None and abs(value / before - 1) > most:
        raise LineError(
            f"A line of Rp {value:,.0f} differs from the Rp {before:,.0f} of the year before by"
            f" more than {100 * most:g} percent. A point read as a decimal mark, or a line per"
            f" household, are the usual causes. {remedy}"
        )
    if food is not None and value <= food:
        raise LineError(
            f"A line of Rp {value:,.0f} lies below its food part of Rp {food:,.0f}. {remedy}"
        )


def line_value(line: "PovertyLine | float") -> float:
    """A line as a number.

    Raises
    ------
    LineError
        If it is not a positive finite number.

    Examples
    --------
    >>> line_value(680_000)
    680000.0
    """
    try:
        value = float(line)
    except (TypeError, ValueError):
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise LineError(
            f"The poverty line is {line!r}, not a positive number. Give it in rupiah per person per"
            " month, such as 650000."
        )
    return value


@cache
def _lines(path: Path) -> dict[str, dict[int, dict[str, Any]]]:
    """The file of lines: area code, year, entry."""
    if not path.is_file():
        raise LineError(
            f"The file of poverty lines {path.name} is missing. Restore it from the project's"
            " data/raw folder."
        )
    document = yaml.safe_load(path.read_text("utf8"))
    return {
        str(code): {int(year): entry for year, entry in years.items()}
        for code, years in document["lines"].items()
    }
