"""``bpsstats factor``: which correction factor a printed rate takes for granted."""

import argparse

from bpsstats.cli.shared import (
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
        commands, "factor", run, "which correction factor the printed rate takes for granted"
    )
    add_area_and_year(parser, factor=False)
    add_raw(parser)
    add_format(parser)
    parser.add_argument(
        "--rate", metavar="PERCENT", help="rate as printed, such as 5.00 (default: that on file)"
    )


def run(options: argparse.Namespace) -> int:
    """Print the factors, their sampling error, and what moves with them."""
    from bpsstats.microdata import read_round
    from bpsstats.poverty import implied_factor, poverty_line
    from bpsstats.published import published
    from bpsstats.survey import SurveyDesign

    rate = options.rate or published(options.area, options.year).text("headcount")
    round_ = read_round(options.area, options.year, options.raw, lone_psu=options.lone_psu)
    found = implied_factor(
        SurveyDesign(round_.households),
        poverty_line(options.area, options.year, factor=1.0),
        rate,
        persons=None if round_.persons.empty else SurveyDesign(round_.persons),
    )
    show(found, options, about(options.area, round_.period, round_.provenance.source))
    return DONE
