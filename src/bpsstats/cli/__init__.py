"""The ``bpsstats`` command. Exit codes: 0 done; 1 a figure differs or a check failed; 2 unusable
input or parameters.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bpsstats.cli import (
    bounds,
    build,
    check,
    estimate,
    estimate_areas,
    factor,
    line,
    model,
    record,
    report,
    reproduce,
    synthesize,
)
from bpsstats.cli.facts import facts_of
from bpsstats.cli.shared import INTERRUPTED, UNUSABLE, environment_of
from bpsstats.errors import BpsStatsError

# One module per command, in the order of the help; each adds its options and names the function
# that runs it.
COMMANDS = (
    report, reproduce, record, bounds, estimate, factor, line, model, estimate_areas, build, check,
    synthesize,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.
    """
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        with environment_of(options), facts_of(options):
            return run(options)
    except BpsStatsError as error:
        if options.debug:
            raise
        print(f"bpsstats: {error.paragraph}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        if options.debug:
            raise
        named = f" ({Path(str(error.filename)).name})" if error.filename else ""
        print(
            f"bpsstats: {error.strerror or 'a file could not be read or written'}{named}. Nothing"
            " was replaced.",
            file=sys.stderr,
        )
        return UNUSABLE
    except KeyboardInterrupt:
        print("bpsstats: stopped. The last report is as it was.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = argparse.ArgumentParser(
        prog="bpsstats",
        description=(
            "City poverty statistics from Susenas-style microdata, with their sampling errors."
        ),
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        command.add_to(commands)
    return parser
