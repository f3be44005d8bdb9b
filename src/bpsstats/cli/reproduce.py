"""``bpsstats reproduce``: the ledger of printed figures."""

import argparse

from bpsstats.cli.shared import (
    DIFFERS,
    DONE,
    about,
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
    from bpsstats.reporting.tables.table import verdicts_note

    comparisons = ledger(
        options.area,
        options.year,
        options.raw,
        lone_psu=options.lone_psu,
        accept_line=options.accept_line,
    )
    facts = {**about(options.area, "", ""), **comparisons.facts}
    show(comparisons, options, facts, note=verdicts_note(comparisons, options.lang))
    return DONE if comparisons.all_hold else DIFFERS
