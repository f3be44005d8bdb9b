"""Years, and the options that stand for a user's own small files: the name of an area that is not
on file, a poverty line with its source, and a correction factor.
"""

import argparse
import math
from collections.abc import Iterator
from contextlib import contextmanager

from bpsstats.errors import ParameterError

OPTION = "option --factor"
FIRST_YEAR, LAST_YEAR = 2000, 2100


def add_facts(parser: argparse.ArgumentParser, *, factor: bool) -> None:
    """The options of facts that are not on file; that of the factor where a line is used."""
    parser.add_argument(
        "--area-name", metavar="NAME", help="name of the area, where its BPS code is not on file"
    )
    parser.add_argument(
        "--line",
        type=float,
        metavar="RP",
        help="poverty line of the area and year, Rp per person and month, where none is on file",
    )
    parser.add_argument("--line-source", metavar="TEXT", help="publication that the line is from")
    if not factor:
        return
    parser.add_argument(
        "--factor",
        type=_factors,
        metavar="F",
        help=(
            "correction factor that spending is multiplied by before it is held against the line:"
            " 0.87 for the years asked for, or 2021=0.81,2022=0.87 (default: that on file, else 1)"
        ),
    )


@contextmanager
def facts_of(options: argparse.Namespace) -> Iterator[None]:
    """Let everything that looks up an area or a line, in this process and in its notebooks, find
    what the options say, and the user's own files beside the data, before what is on file.

    Raises
    ------
    ParameterError
        If a line comes without its source or without a year, a name without a BPS code, or either
        for several areas.
    """
    from bpsstats.microdata.lists.facts import facts_first

    with facts_first(_documents(options), getattr(options, "raw", None)):
        yield


def options_of_facts(options: argparse.Namespace) -> list[str]:
    """The same options as words, for a command that is run elsewhere."""
    said = []
    for name in ("area_name", "line", "line_source"):
        if (value := getattr(options, name, None)) is not None:
            said += [f"--{name.replace('_', '-')}", str(value)]
    if options.factor is not None:
        parts = [f"{year}={by!r}" if year else repr(by) for year, by in options.factor.items()]
        said += ["--factor", ",".join(parts)]
    return said


def _documents(options: argparse.Namespace) -> dict[str, object]:
    """The options as files of facts."""
    from bpsstats.microdata.lists.areas import OWN, find_area
    from bpsstats.microdata.lists.facts import LINES
    from bpsstats.poverty.lines.factors import FACTORS, factors_document

    name, line, source, factor = (
        getattr(options, option, None) for option in ("area_name", "line", "line_source", "factor")
    )
    if source and line is None:
        raise ParameterError("--line-source is the source of a line: say --line as well.")
    if name is line is factor is None:
        return {}
    code = str(options.area)
    if name is not None and not (code.isascii() and code.isdigit() and len(code) == 4):
        raise ParameterError("--area-name names a BPS code of four digits, given with --area.")
    if name is None:
        if "," in code or code == "all":
            raise ParameterError(
                f"--line and --factor are of one area, and --area names several. Write {LINES} or"
                f" {FACTORS} beside the data."
            )
        code = find_area(code, raw=getattr(options, "raw", None)).code
    documents: dict[str, object] = {} if name is None else {OWN: {code: {"name": name}}}
    years = _years(options)
    if line is not None:
        if not source:
            raise ParameterError("A line needs its source: say --line-source, such as BPS 2022.")
        if len(years) != 1:
            raise ParameterError(f"--line is the line of one year. Write {LINES} beside the data.")
        if not (math.isfinite(line) and line > 0):
            raise ParameterError("--line is no positive number of rupiah per person and month.")
        documents[LINES] = {"lines": {code: {years[0]: {"value": line, "source": source}}}}
    if factor is not None:
        documents[FACTORS] = factors_document(code, _factors_by_year(factor, years), OPTION)
    return documents


def _years(options: argparse.Namespace) -> list[int]:
    """The years that the command asks for."""
    if getattr(options, "years", None):
        return parse_years(options.years)
    return [options.year] if hasattr(options, "year") else []


def _factors(text: str) -> dict[int | None, float]:
    """Factors by year; None stands for every year that the command asks for."""
    factors: dict[int | None, float] = {}
    for part in text.split(","):
        year, _, number = part.strip().rpartition("=")
        try:
            factors[int(year) if year else None] = float(number)
        except ValueError as error:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no factor, such as 0.87 or 2021=0.81,2022=0.87"
            ) from error
    return factors


def _factors_by_year(factors: dict[int | None, float], asked: list[int]) -> dict[int, float]:
    """The option of the factor by year; one without a year is of every year asked for.

    Raises
    ------
    ParameterError
        If it names no year and the command asks for none.
    """
    if not asked and None in factors:
        raise ParameterError("--factor belongs to a year. Write it as 2021=0.81,2022=0.87.")
    of_all = dict.fromkeys(asked, factors[None]) if None in factors else {}
    return of_all | {year: factor for year, factor in factors.items() if year is not None}


def is_year(text: str) -> bool:
    """Whether a text is a year that a round could have."""
    return text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR


def parse_years(text: str) -> list[int]:
    """Years of a list and of ranges.

    Raises
    ------
    ParameterError
        If the text is neither.

    Examples
    --------
    >>> parse_years("2018-2020,2022")
    [2018, 2019, 2020, 2022]
    """
    years: list[int] = []
    for part in text.split(","):
        bounds = part.strip().split("-")
        if len(bounds) > 2 or not all(is_year(bound) for bound in bounds):
            raise ParameterError(
                f"The years {text!r} cannot be read. Write them as 2018-2022 or 2019,2022."
            )
        years.extend(range(int(bounds[0]), int(bounds[-1]) + 1))
    if not years:
        raise ParameterError(
            f"The years {text!r} name none. Write the first of a range before the last, as in"
            " 2018-2022."
        )
    return years
