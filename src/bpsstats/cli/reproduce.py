"""``bpsstats reproduce``: the ledger of printed figures."""

import argparse

from bpsstats.cli.shared import (
    DIFFERS,
    DONE,
    add_accept_line,
    add_area_and_year,
    add_format,
    add_raw,
    new_command,
    show,
)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "reproduce", run, "print each printed figure beside the recomputed one"
    )
    add_area_and_year(parser)
    add_raw(parser)
    add_accept_line(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print the ledger; 1 where a printed figure differs."""
    from bpsstats.published import ledger

    comparisons = ledger(
        options.area,
        options.year,
        options.raw,
        lone_psu=options.lone_psu,
        accept_line=options.accept_line,
    )
    facts = comparisons.facts
    show(comparisons, options.format, frame=lambda shown: shown.to_frame().assign(**facts))
    return DONE if comparisons.all_hold else DIFFERS
