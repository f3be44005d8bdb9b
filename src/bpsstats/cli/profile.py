"""``bpsstats profile``: the yearly tables of an office."""

import argparse

from bpsstats.cli.shared import (
    DONE,
    add_accept_line,
    add_area_and_year,
    add_lang,
    add_raw,
    add_revision,
    new_command,
)
from bpsstats.paths import absolute, reports_dir


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "profile", run, "write the yearly tables of who the poor are: workbook and CSV"
    )
    add_area_and_year(parser)
    add_raw(parser)
    add_accept_line(parser)
    add_lang(parser, "language (default: %(default)s)", "id")
    parser.add_argument(
        "--conf-level", type=float, default=0.95, help="confidence level (default: 0.95)"
    )
    parser.add_argument("--out", type=absolute, help="folder of profiles (default: reports)")
    add_revision(parser, "profile")
    parser.set_defaults(audience="external")


def run(options: argparse.Namespace) -> int:
    """Write the profile and say where it is."""
    from bpsstats.microdata import read_round
    from bpsstats.poverty import poverty_line
    from bpsstats.poverty.profile.tables import poverty_profile
    from bpsstats.reporting.profile.files import write_profile
    from bpsstats.reporting.profile.shown import status, words

    line = poverty_line(options.area, options.year, accept=options.accept_line)
    round_ = read_round(options.area, options.year, options.raw, lone_psu=options.lone_psu)
    profile = poverty_profile(round_, line, level=options.conf_level)
    name = f"{profile.area_code}-{profile.year}-profile-{options.lang}"
    folder = (options.out or reports_dir()) / name
    reason = options.revision or None
    written = write_profile(profile, line, options.lang, folder, revision=reason)
    print(status(profile, options.lang))
    said = words(options.lang)
    if written.is_same:
        print(said["same"])
    print(said["workbook"].format(name=written.workbook.name, folder=folder.name))
    return DONE
