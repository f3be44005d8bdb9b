"""Options that stand for a user's own small files: the name of an area that is not on file, a
poverty line with its source, and a correction factor.
"""

import argparse
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager

import yaml

from bpsstats.errors import ParameterError
from bpsstats.files import scratch_folder
from bpsstats.paths import FACTS_VARIABLE

OPTION = "option --factor"


def add_facts(parser: argparse.ArgumentParser) -> None:
    """The options of facts that are not on file."""
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
        If a line comes without its source or without a year, or a name without a BPS code.
    """
    documents = _documents(options)
    raw = getattr(options, "raw", None)
    before = os.environ.get(FACTS_VARIABLE)
    with scratch_folder() as folder:
        for name, document in documents.items():
            text = yaml.safe_dump(document, allow_unicode=True)
            (folder / name).write_text(text, encoding="utf8")
        folders = [str(folder) if documents else None, before, None if raw is None else str(raw)]
        found = os.pathsep.join(entry for entry in folders if entry)
        if found:
            os.environ[FACTS_VARIABLE] = found
        try:
            yield
        finally:
            os.environ.pop(FACTS_VARIABLE, None)
            if before is not None:
                os.environ[FACTS_VARIABLE] = before


def _documents(options: argparse.Namespace) -> dict[str, object]:
    """The options as files of facts."""
    from bpsstats.microdata.lists.areas import OWN, find_area
    from bpsstats.microdata.lists.facts import LINES
    from bpsstats.poverty.lines.factors import FACTORS

    name, line = getattr(options, "area_name", None), getattr(options, "line", None)
    source = getattr(options, "line_source", None)
    documents: dict[str, object] = {}
    code = str(getattr(options, "area", ""))
    if name is not None:
        if not (code.isascii() and code.isdigit() and len(code) == 4):
            raise ParameterError("--area-name names a BPS code of four digits, given with --area.")
        documents[OWN] = {code: {"name": name}}
    if line is not None:
        if not source:
            raise ParameterError("A line needs its source: say --line-source, such as BPS 2022.")
        if not hasattr(options, "year"):
            raise ParameterError(f"--line is the line of one year. Write {LINES} beside the data.")
        if not (math.isfinite(line) and line > 0):
            raise ParameterError("--line is no positive number of rupiah per person and month.")
        known = (
            code if name is not None else find_area(code, raw=getattr(options, "raw", None)).code
        )
        documents[LINES] = {"lines": {known: {options.year: {"value": line, "source": source}}}}
    elif source:
        raise ParameterError("--line-source is the source of a line: say --line as well.")
    if getattr(options, "factor", None) is not None:
        known = (
            code if name is not None else find_area(code, raw=getattr(options, "raw", None)).code
        )
        documents[FACTORS] = {"factors": {known: _factors_by_year(options)}}
    return documents


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


def _factors_by_year(options: argparse.Namespace) -> dict[int, dict[str, object]]:
    """The option of the factor as entries of a file.

    Raises
    ------
    ParameterError
        If it names no year and the command asks for none.
    """
    from bpsstats.cli.shared import parse_years
    from bpsstats.poverty.lines.factors import check_factor

    asked = [options.year] if hasattr(options, "year") else []
    asked = parse_years(options.years) if getattr(options, "years", None) else asked
    if not asked and None in options.factor:
        raise ParameterError("--factor belongs to a year. Write it as 2021=0.81,2022=0.87.")
    by_year: dict[int, float] = dict.fromkeys(asked, options.factor.get(None, 1.0))
    by_year |= {year: factor for year, factor in options.factor.items() if year is not None}
    return {
        year: {"value": check_factor(factor), "source": OPTION}
        for year, factor in by_year.items()
        if year in options.factor or None in options.factor
    }
