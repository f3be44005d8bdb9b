"""``bpsstats synthesize``: synthetic rounds."""

import argparse
import sys
from pathlib import Path

from bpsstats.cli.shared import DONE, add_area, new_command, parse_years

DEFAULT_SEED = 20230112


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(commands, "synthesize", run, "make synthetic rounds fitted to printed figures")
    add_area(parser)
    parser.add_argument("--years", required=True, help="such as 2018-2022 or 2019,2022")
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="the same seed gives the same bytes (default: %(default)s)"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder that gets <year>-03/")
    parser.add_argument("--targets", type=Path, help="another file in the form of data/raw/published.csv")


def run(options: argparse.Namespace) -> int:
    """Draw the rounds; the printed figures are the generator's declared input."""
    from bpsstats.microdata.synthetic import Targets, synthesize
    from bpsstats.published import published

    years = parse_years(options.years)
    targets = {
        year: Targets.from_figures(published(options.area, year, file=options.targets).figures()) for year in years
    }
    synthesize(
        options.area, years, targets, options.seed, options.out, lambda text: print(text, file=sys.stderr, flush=True)
    )
    return DONE
