"""``bpsstats check``: all that is wrong with a folder of raw files."""

import argparse

from bpsstats.cli.shared import (
    DIFFERS,
    DONE,
    about,
    add_area_and_year,
    add_format,
    add_raw,
    new_command,
    show,
)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "check", run, "say all that is wrong with the raw files of a round"
    )
    add_area_and_year(parser, factor=False)
    add_raw(parser)
    parser.add_argument(
        "--population",
        type=float,
        help="persons that the weights should sum to, within two percent",
    )
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print the findings; 1 where one of them is an error."""
    from bpsstats.microdata import check_round

    report = check_round(options.area, options.year, options.raw, population=options.population)
    said = report.heading.split(" · ")
    show(
        report,
        options,
        about(options.area, said[1], said[2]),
        frame=lambda shown: shown.to_frame(as_text=options.format != "json"),
    )
    return DIFFERS if report.errors else DONE
