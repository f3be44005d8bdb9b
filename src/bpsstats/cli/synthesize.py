"""``bpsstats synthesize``: synthetic rounds."""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bpsstats.cli.facts import parse_years
from bpsstats.cli.shared import DONE, add_area, add_lang, new_command, translate
from bpsstats.errors import LineError, ParameterError, UnknownYearError
from bpsstats.paths import absolute

if TYPE_CHECKING:
    from bpsstats.synthetic import Targets

DEFAULT_SEED = 20230112
DEPTH = ("poverty_gap", "severity")
LONGEST_AGO = 3  # years whose depth of poverty may stand in


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "synthesize", run, "make synthetic rounds fitted to printed figures"
    )
    add_area(parser, areas="several, or a province such as 64: those whose rate is printed")
    parser.add_argument("--years", required=True, help="such as 2018-2022 or 2019,2022")
    parser.add_argument(
        "--scale",
        choices=("city", "national"),
        default="city",
        help=(
            "city: official files of --area; national: one round of 514 invented areas, as Parquet"
            " by province (default: city)"
        ),
    )
    parser.add_argument("--areas", type=int, help="with --scale national: only so many areas")
    parser.add_argument(
        "--seed",
        type=int,
        default=DEFAULT_SEED,
        help="the same seed gives the same bytes (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=absolute,
        required=True,
        help="folder that gets <year>-03/, or <year>-03-national/",
    )
    parser.add_argument(
        "--targets", type=absolute, help="another file in the form of data/raw/published.csv"
    )
    add_lang(parser, "language of what is said (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    """Draw the rounds; the printed figures are the declared input of the generator of a city."""
    years, say = parse_years(options.years), partial(_say, lang=options.lang)
    if options.areas is not None and options.scale != "national":
        raise ParameterError(
            "The option --areas belongs to --scale national; a city is one area, named by --area."
        )
    if options.scale == "national":
        return _nation(options, years, say)
    from bpsstats.synthetic import synthesize

    targets: dict[int, dict[str, Targets]] = {}
    for year in years:
        for code in _areas(options.area, year, options.targets):
            of_area = _targets(code, year, options.targets)
            targets.setdefault(year, {})[code] = of_area
            for sentence in of_area.assumed:
                say(sentence)
    synthesize(targets, options.seed, options.out, say)
    return DONE


def _areas(asked: str, year: int, file: Path | None) -> list[str]:
    """BPS codes of a list of areas; of a province, those whose rate is printed.

    Raises
    ------
    UnknownAreaError
        If an area of the list is unknown.
    ParameterError
        If no rate of a province is printed for the year.
    """
    from bpsstats.microdata import find_area
    from bpsstats.microdata.lists.areas import parts_of_list, province_code
    from bpsstats.published.record.cells import printed_cells

    chosen = []
    for part in parts_of_list(asked):
        province = province_code(part)
        if not province:
            chosen.append(find_area(part).code)
            continue
        printed = printed_cells(file)
        found = [c for c in printed.areas(int(province)) if printed.get(c, year, "headcount")]
        if not found:
            raise ParameterError(f"No poverty rate of province {part} is printed for {year}.")
        chosen += found
    return list(dict.fromkeys(chosen))


def _targets(area: str, year: int, file: Path | None) -> "Targets":
    """Printed figures of an area and year, and what stands in for those that are not printed."""
    from bpsstats.poverty.lines.factors import correction_factor
    from bpsstats.published import published
    from bpsstats.synthetic import Targets
    from bpsstats.synthetic.targets import FITTED_HALF, LEVELS

    printed = published(area, year, file=file)
    figures = {name: value for name, value in printed.figures().items() if name not in LEVELS}
    levels = {
        cell.indicator: cell.value
        for cell in printed
        if cell.indicator in FITTED_HALF and cell.domain == "all" and not cell.doubtful
    }
    temporary = _temporary_line(area, year, file)
    depth, assumed = _depth(area, year, figures, file)
    return Targets.from_figures(
        figures
        | depth
        | levels
        | ({} if temporary is None else {"temporary_line": temporary})
        | {"factor": correction_factor(area, year).value},
        assumed,
    )


def _depth(
    area: str, year: int, figures: Mapping[str, float], file: Path | None
) -> tuple[dict[str, float], list[str]]:
    """P1 and P2 where they are not printed for a year, and a sentence that says so: as deep for
    each poor person as in the nearest year before that has them.
    """
    from bpsstats.published import published

    missing = [name for name in DEPTH if name not in figures]
    for before in range(year - 1, year - 1 - LONGEST_AGO, -1) if missing else ():
        try:
            known = published(area, before, file=file).figures()
        except UnknownYearError:
            continue
        if {"headcount", *missing} <= known.keys() and "headcount" in figures:
            ratio = figures["headcount"] / known["headcount"]
            said = " and ".join(missing)
            return {name: known[name] * ratio for name in missing}, [
                f"For March {year} {said} are not printed: they stand to the headcount as printed"
                f" for March {before}."
            ]
    return {}, []


def _temporary_line(area: str, year: int, file: Path | None) -> float | None:
    """The printed line of the year before at the prices of the year; None where either is not
    known.
    """
    from bpsstats.microdata import find_area
    from bpsstats.microdata.lists.facts import temporary_line
    from bpsstats.published import published

    try:
        before = published(area, year - 1, file=file).figures()["poverty_line"]
        return temporary_line(before, find_area(area).code, year)
    except (UnknownYearError, LineError, KeyError):
        return None


def _nation(options: argparse.Namespace, years: list[int], say: Callable[[str], None]) -> int:
    """Draw rounds of the invented nation."""
    from bpsstats.synthetic import synthesize_nation

    for year in years:
        synthesize_nation(year, options.seed, options.out, options.areas, say)
    return DONE


def _say(text: str, lang: str) -> None:
    """Progress, on standard error."""
    print(translate(text, lang), file=sys.stderr, flush=True)
