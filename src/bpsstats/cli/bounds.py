"""``bpsstats bounds``: what follows from the printed figures of one year."""

import argparse

from bpsstats.cli.record import PRINTED, add_printed
from bpsstats.cli.shared import (
    DIFFERS,
    DONE,
    about,
    add_area_and_year,
    add_format,
    new_command,
    show,
)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "bounds", run, "what follows from the printed figures of one year, as intervals"
    )
    add_area_and_year(parser, factor=False)
    add_printed(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print the bounds; 1 where the printed P0, P1 and P2 cannot hold at once."""
    from bpsstats.published.record import bounds

    found = bounds(options.area, options.year, file=options.printed)
    show(found, options, about(options.area, f"March {options.year}", PRINTED))
    return DIFFERS if found.infeasible else DONE
