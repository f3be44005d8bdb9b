"""``bpsstats report``: the main job."""

import argparse
from pathlib import Path

from bpsstats.cli.shared import (
    DONE,
    add_accept_line,
    add_area_and_year,
    add_design_fallback,
    add_lone_psu,
    new_command,
)
from bpsstats.paths import absolute


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "report", run, "write the annual report: HTML, notebooks, tables, figures"
    )
    add_area_and_year(parser)
    parser.add_argument(
        "--lang", choices=("en", "id"), default="en", help="language of the report (default: en)"
    )
    parser.add_argument("--out", type=absolute, help="folder of reports (default: reports)")
    parser.add_argument(
        "--conf-level", type=float, default=0.95, help="confidence level (default: 0.95)"
    )
    add_design_fallback(parser)
    add_lone_psu(parser)
    add_accept_line(parser)
    parser.add_argument("--quiet", action="store_true", help="do not say how far it is")


def run(options: argparse.Namespace) -> int:
    """Write the report and say where it is."""
    from bpsstats.reporting.report.run import make_report

    folder = make_report(
        options.area,
        options.year,
        options.lang,
        options.out,
        conf_level=options.conf_level,
        lone_psu=options.lone_psu,
        accept_line=options.accept_line,
        progress=not options.quiet,
    )
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    print(f"The report is in {shown}: open report.html.")
    return DONE
