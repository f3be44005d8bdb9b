"""Correction factors: what KAPITA is multiplied by before it is held against the line.

One regency office of BPS has published working files in which a factor of the regency and year,
sent from headquarters, multiplies expenditure per person before it is compared with the line; it is
not published for other areas. A factor is looked up in this order: the option of the command line,
the user's own file beside the data, the file of the project.
"""

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bpsstats.errors import LineError
from bpsstats.paths import FACTOR_VARIABLE, correction_factors_files

# Factors seen are 0.81 and 0.87; one outside these is a percentage or a slip.
LEAST, LARGEST = 0.3, 3.0
OPTION, GIVEN = "option --factor", "given"
EXAMPLE = 'factors: {"6471": {2022: {value: 0.87, source: "who sent it, and when"}}}'


@dataclass(frozen=True, slots=True)
class CorrectionFactor:
    """A factor with its source; 1 and no source where none is known."""

    value: float = 1.0
    source: str = ""


def correction_factor(area_code: str, year: int) -> CorrectionFactor:
    """The factor of an area and year that is on file or was given by option.

    Parameters
    ----------
    area_code : str
        BPS code of four digits.
    year : int
        Year of the March round.

    Raises
    ------
    LineError
        If a file of factors cannot be used.

    Examples
    --------
    >>> correction_factor("1707", 2024).value
    0.86987940631734
    >>> correction_factor("6471", 2022)
    CorrectionFactor(value=1.0, source='')
    """
    said = json.loads(os.environ.get(FACTOR_VARIABLE) or "{}")
    if said.get("area") == area_code and str(year) in said["factors"]:
        return CorrectionFactor(check_factor(said["factors"][str(year)]), OPTION)
    for path in correction_factors_files():
        known = _factors(path, path.stat().st_mtime_ns).get(area_code, {})
        if year in known:
            return known[year]
    return CorrectionFactor()


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
            f" {LARGEST:g}, such as 0.87, and 1 is none. It multiplies spending per person and is no"
            " percentage."
        )
    return float(factor)


@cache
def _factors(path: Path, _: int) -> dict[str, dict[int, CorrectionFactor]]:
    """A file of factors: area code, year, factor; read again when it was changed."""
    try:
        document = yaml.safe_load(path.read_text("utf8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1}"
        raise LineError(
            f"The file of correction factors {path.name}{where} is no YAML. Write it as {EXAMPLE}."
        ) from error
    if not isinstance(document, dict) or set(document) != {"factors"}:
        raise LineError(
            f"The file of correction factors {path.name} has not the one key factors. Write it as"
            f" {EXAMPLE}."
        )
    return {
        _code(code, path): {_year(year, code, path): _entry(entry, f"{code} in {year}", path)
                            for year, entry in _mapping(years, str(code), path).items()}
        for code, years in _mapping(document["factors"] or {}, "factors", path).items()
    }  # fmt: skip


def _mapping(value: Any, of: str, path: Path) -> dict[Any, Any]:
    """A mapping of the file."""
    if not isinstance(value, dict):
        raise LineError(
            f"In the file of correction factors {path.name} the entry {of} is no mapping. Write it"
            f" as {EXAMPLE}."
        )
    return value


def _code(code: Any, path: Path) -> str:
    """A BPS code; without its quotes YAML may read another number."""
    if not (isinstance(code, str) and code.isascii() and code.isdigit() and len(code) == 4):
        raise LineError(
            f"The file of correction factors {path.name} has the area {code!r}; write the BPS code"
            ' as four digits in quotes, such as "6471".'
        )
    return code


def _year(year: Any, code: Any, path: Path) -> int:
    """A year."""
    if isinstance(year, bool) or not isinstance(year, int) or not 2000 <= year <= 2100:
        raise LineError(
            f"The file of correction factors {path.name} has the year {year!r} for area {code};"
            " write four digits, such as 2022."
        )
    return year


def _entry(entry: Any, of: str, path: Path) -> CorrectionFactor:
    """A factor with its source, which it must have."""
    entry = _mapping(entry, of, path)
    if set(entry) != {"value", "source"} or not str(entry["source"] or "").strip():
        raise LineError(
            f"In the file of correction factors {path.name} the factor of {of} needs a value and a"
            f" source, and nothing else. Write it as {EXAMPLE}."
        )
    try:
        return CorrectionFactor(check_factor(entry["value"]), str(entry["source"]))
    except LineError as error:
        raise LineError(f"File {path.name}, area {of}: {error.message}") from error
