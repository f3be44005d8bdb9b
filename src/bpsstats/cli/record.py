"""``bpsstats record``: what the printed figures of an area alone say."""

import argparse

from bpsstats.cli.shared import DIFFERS, DONE, add_area, add_format, new_command, show
from bpsstats.paths import absolute

PRINTED = "printed figures of BPS"  # where the numbers are from that rest on no microdata


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "record", run, "hold the printed figures of an area against one another"
    )
    parser.epilog = "Exit code 1 where a printed figure contradicts another, as some of BPS's do."
    add_area(parser, factor=False)
    add_printed(parser)
    add_format(parser)


def add_printed(parser: argparse.ArgumentParser) -> None:
    """The option of another file of printed figures."""
    parser.add_argument(
        "--printed", type=absolute, help="another file in the form of data/raw/published.csv"
    )


def run(options: argparse.Namespace) -> int:
    """Print the record; 1 where a printed figure contradicts another."""
    from bpsstats.microdata import find_area
    from bpsstats.published.record import PrintedRecord, printed_record
    from bpsstats.reporting.display import Table
    from bpsstats.reporting.tables.record import coherence_table, levels_table
    from bpsstats.reporting.tables.table import table

    def tables(record: PrintedRecord, lang: str) -> list[Table]:
        parts = [table(part, lang) for part in record.parts]
        return [levels_table(record, lang), coherence_table(record, lang), *parts]

    record = printed_record(options.area, file=options.printed)
    show(
        record,
        options,
        {"source": PRINTED},
        frame=lambda shown: shown.to_frame().assign(
            area=lambda rows: [find_area(code).name for code in rows["area_code"]]
        ),
        tables=tables,
    )
    return DONE if record.coherence.all_hold else DIFFERS
