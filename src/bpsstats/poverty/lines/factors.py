"""Correction factors: what KAPITA is multiplied by before it is held against the line.

One regency office of BPS has published working files in which a factor of the regency and year,
sent from headquarters, multiplies expenditure per person before it is compared with the line; it is
not published for other areas. A user's own file beside the data, or one that an option made, comes
before the project's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bpsstats.errors import InputError, LineError
from bpsstats.microdata.described import AREA, TEXT, YEAR, Entries, Needed, Value, read_described
from bpsstats.paths import facts_files, state_of

FACTORS = "correction_factors.yaml"
GIVEN = "given"
# Factors seen are 0.81 and 0.87; one outside these is a percentage or a slip.
LEAST, LARGEST = 0.3, 3.0


@dataclass(frozen=True, slots=True)
class CorrectionFactor:
    """A factor with its source; 1 and no source where none is known."""

    value: float = 1.0
    source: str = ""


def check_factor(factor: object) -> float:
    """Return a correction factor that can be one.

    Raises
    ------
    LineError
        If it is no number between 0.3 and 3, as 87 for 0.87.

    Examples
    --------
    >>> check_factor(0.87)
    0.87
    """
    if isinstance(factor, bool) or not isinstance(factor, (int, float, np.number)):
        named = repr(factor) if isinstance(factor, str) else f"a {type(factor).__name__}"
        raise LineError(
            f"The correction factor is {named}, not a number. Give one such as 0.87, or 1 for none."
        )
    if not LEAST <= factor <= LARGEST:
        raise LineError(
            f"The correction factor is {float(factor):g}; it lies between {LEAST:g} and"
            f" {LARGEST:g}, such as 0.87, and 1 is none. It multiplies spending per person and is"
            " no percentage."
        )
    return float(factor)


def _factor(value: Any) -> float:
    """A factor of a file."""
    try:
        return check_factor(value)
    except LineError as error:
        raise ValueError from error


FACTOR = Value(f"a correction factor between {LEAST:g} and {LARGEST:g}, such as 0.87", _factor)
SHAPE = {
    "factors": Entries(
        AREA, Entries(YEAR, {"value": Needed(FACTOR), "source": Needed(TEXT), "note": TEXT})
    )
}


def factors_document(
    area_code: str, factors: Mapping[int, float], source: str
) -> dict[str, object]:
    """A file of factors of one area, by year.

    Raises
    ------
    LineError
        If one can be none.

    Examples
    --------
    >>> factors_document("6471", {2022: 0.87}, "letter of 2 May")["factors"]
    {'6471': {2022: {'value': 0.87, 'source': 'letter of 2 May'}}}
    """
    years = {year: {"value": check_factor(f), "source": source} for year, f in factors.items()}
    return {"factors": {area_code: years}}


def correction_factor(area_code: str, year: int, raw: str | Path | None = None) -> CorrectionFactor:
    """The factor of an area and year that is on file.

    Parameters
    ----------
    area_code : str
        BPS code of four digits.
    year : int
        Year of the March round.
    raw : path, optional
        Raw folder, as of `read_round`; factors of its own ``correction_factors.yaml`` come before
        those of the project.

    Raises
    ------
    LineError
        If a file of factors is not what it should be; file and line are named.

    Examples
    --------
    >>> correction_factor("1707", 2024).value
    0.86987940631734
    >>> correction_factor("6471", 2022)
    CorrectionFactor(value=1.0, source='')
    """
    for path in facts_files(FACTORS, raw):
        known = _read(path, state_of(path)).get(area_code, {})
        if year in known:
            return known[year]
    return CorrectionFactor()


@cache
def _read(path: Path, _state: tuple[int, int]) -> dict[str, dict[int, CorrectionFactor]]:
    """A file of factors: area code, year, factor; read once for each state of the file."""
    try:
        document = read_described(path, SHAPE).get("factors", {})
    except InputError as error:
        raise LineError(error.message) from error
    return {
        code: {year: CorrectionFactor(one["value"], one["source"]) for year, one in years.items()}
        for code, years in document.items()
    }
