"""What the commands share: exit codes, options of the same name and meaning, and the three forms of
output.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bpsstats.errors import ParameterError
from bpsstats.paths import (
    ACCEPTED,
    DATA_VARIABLE,
    FACTOR_VARIABLE,
    FALLBACK_VARIABLE,
    OFF,
    STORE_VARIABLE,
    base_dir,
)

if TYPE_CHECKING:
    import pandas as pd

DONE, DIFFERS, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
DEFAULT_AREA, DEFAULT_YEAR = "6471", 2022
FORMATS = ("table", "json", "csv")
FIRST_YEAR, LAST_YEAR = 2000, 2100


def new_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    """One command: its name, the function that runs it, and what it does in a few words."""
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def add_area(parser: argparse.ArgumentParser) -> None:
    """The option of the area."""
    parser.add_argument(
        "--area", default=DEFAULT_AREA, help="BPS code or name (default: %(default)s)"
    )


def add_area_and_year(parser: argparse.ArgumentParser) -> None:
    """The options of the area and of one round."""
    add_area(parser)
    parser.add_argument(
        "--year",
        type=_year,
        default=DEFAULT_YEAR,
        help="year of the March round (default: %(default)s)",
    )


def add_raw(parser: argparse.ArgumentParser) -> None:
    """The options of the folder of raw files, and of what may be assumed of them."""
    parser.add_argument(
        "--raw", type=Path, help="folder of raw files (default: data/raw, or $BPSSTATS_DATA)"
    )
    add_design_fallback(parser)


def add_design_fallback(parser: argparse.ArgumentParser) -> None:
    """The option that accepts a rebuilt design."""
    parser.add_argument(
        "--design-fallback",
        action="store_true",
        help=(
            "rebuild PSU and stratum from region and serials where the round does not release them"
        ),
    )
    parser.add_argument(
        "--no-store",
        action="store_true",
        help="neither use nor fill the store of processed rounds",
    )
    parser.add_argument(
        "--verbose", action="store_true", help="say which rounds are read anew, and why"
    )


@contextmanager
def environment_of(options: argparse.Namespace) -> Iterator[None]:
    """Let everything that reads a round, in this process and in its notebooks, know what the options
    say: that a rebuilt design is accepted, that the store is not used.
    """
    raw = getattr(options, "raw", None)
    said = {
        # What lies beside the data, such as a file of correction factors, is looked for there.
        DATA_VARIABLE: None if raw is None else str(base_dir(raw)),
        FALLBACK_VARIABLE: ACCEPTED if getattr(options, "design_fallback", False) else None,
        STORE_VARIABLE: OFF if getattr(options, "no_store", False) else None,
        FACTOR_VARIABLE: _factors_said(options),
    }
    log, told = logging.getLogger("bpsstats"), logging.StreamHandler(sys.stderr)
    if getattr(options, "verbose", False):
        log.addHandler(told)
        log.setLevel(logging.INFO)
    before = {name: os.environ.get(name) for name in said}
    os.environ.update({name: value for name, value in said.items() if value is not None})
    try:
        yield
    finally:
        log.removeHandler(told)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def add_factor(parser: argparse.ArgumentParser) -> None:
    """The option of the correction factor."""
    parser.add_argument(
        "--factor",
        type=_factors,
        metavar="F",
        help=(
            "correction factor that spending is multiplied by before it is held against the line:"
            " 0.87 for the year asked for, or 2021=0.81,2022=0.87 (default: that of"
            " correction_factors.yaml beside the data, else 1)"
        ),
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """The option of the form of the output."""
    parser.add_argument(
        "--format", choices=FORMATS, default="table", help="json and csv carry full precision"
    )


def _factors(text: str) -> dict[int | None, float]:
    """Factors by year; None stands for the year that the command asks for."""
    factors: dict[int | None, float] = {}
    for part in text.split(","):
        year, _, number = part.strip().rpartition("=")
        try:
            factors[_year(year) if year else None] = float(number)
        except ValueError as error:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no factor, such as 0.87 or 2021=0.81,2022=0.87"
            ) from error
    return factors


def _factors_said(options: argparse.Namespace) -> str | None:
    """The option of the factor as everything that looks up a factor reads it.

    Raises
    ------
    ParameterError
        If it does not say which of several years it belongs to.
    """
    factors: dict[int | None, float] | None = getattr(options, "factor", None)
    if factors is None:
        return None
    from bpsstats.microdata import find_area
    from bpsstats.poverty.lines.factors import check_factor

    year = getattr(options, "year", None)
    if None in factors and year is None:
        raise ParameterError(
            "The option --factor does not say which year it belongs to, and the command is of"
            " several. Write it as 2021=0.81,2022=0.87."
        )
    by_year = {str(year if of is None else of): check_factor(f) for of, f in factors.items()}
    return json.dumps({"area": find_area(options.area).code, "factors": by_year})


def _year(text: str) -> int:
    """A year as four digits."""
    if not _is_year(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no year of four digits, such as {DEFAULT_YEAR}"
        )
    return int(text)


def _is_year(text: str) -> bool:
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
        if len(bounds) > 2 or not all(_is_year(bound) for bound in bounds):
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


def show(result: object, frame: "pd.DataFrame", form: str) -> None:
    """Print a result in the form asked for."""
    if form == "json":
        records = frame.astype(object).where(frame.notna(), None).to_dict("records")
        print(json.dumps(records, indent=1, ensure_ascii=False, default=lambda value: value.item()))
    elif form == "csv":
        print(frame.to_csv(index=False, lineterminator="\n"), end="")
    else:
        print(result)
