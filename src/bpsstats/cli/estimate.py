"""``bpsstats estimate``: poverty of an area with its sampling errors."""

import argparse

from bpsstats.cli.shared import (
    DONE,
    about,
    add_accept_line,
    add_area_and_year,
    add_format,
    add_raw,
    new_command,
    show,
)

BREAKDOWNS = (
    "education",
    "work",
    "sector",
    "sex",
    "urban",
    "head_education",
    "head_sex",
    "head_work",
)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "estimate", run, "number of poor, P0, P1, P2 with their sampling errors"
    )
    add_area_and_year(parser)
    add_raw(parser)
    add_accept_line(parser)
    add_format(parser)
    parser.add_argument(
        "--by",
        choices=BREAKDOWNS,
        help="break down by this characteristic of persons or of the head",
    )


def run(options: argparse.Namespace) -> int:
    """Print the table of estimates."""
    from bpsstats.microdata import read_round
    from bpsstats.poverty import headcount, poor_count, poverty_gap, poverty_line, severity
    from bpsstats.survey import SurveyDesign, estimate

    line = poverty_line(options.area, options.year, accept=options.accept_line)
    round_ = read_round(options.area, options.year, options.raw, lone_psu=options.lone_psu)
    frame = (
        round_.persons if options.by and not options.by.startswith("head_") else round_.households
    )
    measures = [poor_count(line), headcount(line), poverty_gap(line), severity(line)]
    table = estimate(SurveyDesign(frame), measures, by=options.by)
    show(table, options, about(options.area, round_.period, round_.provenance.source), [line])
    return DONE
