"""``bpsstats notebook``: a notebook of one's own to start from."""

import argparse

from bpsstats.cli.shared import DONE, add_area_and_year, add_lang, new_command
from bpsstats.paths import absolute


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands,
        "notebook",
        run,
        "write a notebook to start from: parameters, data, design and one estimate",
    )
    parser.add_argument("path", type=absolute, help="where to write it, such as my-question.ipynb")
    add_area_and_year(parser)
    add_lang(parser, "language (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    """Write the notebook and say where it is."""
    from bpsstats.reporting.explorer.start import start_notebook

    print(start_notebook(options.path, options.area, options.year, options.lang))
    return DONE
