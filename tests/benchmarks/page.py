"""Tables of ``docs/performance.md``, each between the markers of its name."""

import argparse
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def show(name, make, *arguments):
    """Print the table that `make` gives, and with ``--write`` put it into the page. `arguments`
    are further ones of the command, handed to `make`.
    """
    parser = argparse.ArgumentParser()
    for argument in arguments:
        parser.add_argument(argument, type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = make(*(getattr(options, argument) for argument in arguments))
    print(text, end="")
    if options.write:
        into_page(name, text)


def into_page(name, text):
    """Put a table between its markers."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    page = PAGE.read_text("utf8")
    head, rest = page.split(begin)
    PAGE.write_text(f"{head}{begin}{text}{end}{rest.split(end)[1]}", encoding="utf8")
