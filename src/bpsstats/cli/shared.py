"""What the commands share: exit codes, options of the same name and meaning, and the three forms of
output.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bpsstats.cli.facts import add_facts, is_year
from bpsstats.paths import (
    ACCEPTED,
    AUDIENCE_VARIABLE,
    DATA_VARIABLE,
    FACTS_VARIABLE,
    FALLBACK_VARIABLE,
    OFF,
    STORE_VARIABLE,
    absolute,
)

if TYPE_CHECKING:
    import pandas as pd

    from bpsstats.poverty import PovertyLine
    from bpsstats.reporting.display import Table

DONE, DIFFERS, UNUSABLE = 0, 1, 2
LONE_PSU = ("error", "centre", "merge", "certainty", "average")
DEFAULT_AREA, DEFAULT_YEAR = "6471", 2022
ENGLISH = "en"
LANGUAGES = (ENGLISH, "id")
FORMATS = ("table", "json", "csv")
ABOUT = ("area_code", "area", "period", "year")  # columns that stand first


def new_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    """One command: its name, the function that runs it, and what it does in a few words."""
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def add_area(parser: argparse.ArgumentParser, *, factor: bool = True, areas: str = "") -> None:
    """The option of the area, or of several, and of facts that are not on file."""
    said = f"; {areas}" if areas else ""
    parser.add_argument(
        "--area", default=DEFAULT_AREA, help=f"BPS code or name{said} (default: %(default)s)"
    )
    add_facts(parser, factor=factor)


def add_area_and_year(
    parser: argparse.ArgumentParser, *, factor: bool = True, areas: str = ""
) -> None:
    """The options of the area and of one round."""
    add_area(parser, factor=factor, areas=areas)
    parser.add_argument(
        "--year",
        type=_year,
        default=DEFAULT_YEAR,
        help="year of the March round (default: %(default)s)",
    )


def add_raw(parser: argparse.ArgumentParser) -> None:
    """The options of the folder of raw files, and of what may be assumed of them."""
    parser.add_argument(
        "--raw", type=absolute, help="folder of raw files (default: data/raw, or $BPSSTATS_DATA)"
    )
    parser.add_argument(
        "--design-fallback",
        action="store_true",
        help=(
            "rebuild PSU and stratum from region and serials where the round does not release them"
        ),
    )
    parser.add_argument(
        "--lone-psu",
        choices=LONE_PSU,
        default="error",
        help="what to do with a stratum with a single PSU (default: %(default)s)",
    )
    add_audience(parser)
    parser.add_argument(
        "--no-store",
        action="store_true",
        help="neither use nor fill the store of processed rounds",
    )
    parser.add_argument(
        "--verbose", action="store_true", help="say which rounds are read anew, and why"
    )


def add_audience(parser: argparse.ArgumentParser) -> None:
    """The option of who will see the output, by which figures are withheld."""
    parser.add_argument(
        "--audience",
        choices=("external", "internal"),
        help=(
            "who will see the output of real microdata: external, where cells of fewer than 10"
            " households are withheld, or internal, where those of fewer than 5 are (default:"
            " external for what is written to a folder, internal for what is printed here)"
        ),
    )


def add_accept_line(parser: argparse.ArgumentParser) -> None:
    """The option that accepts a line which moved by more than a line does."""
    parser.add_argument(
        "--accept-line",
        action="store_true",
        help="take a poverty line that is far from that of the year before all the same",
    )


@contextmanager
def environment_of(options: argparse.Namespace) -> Iterator[None]:
    """Let everything that reads a round, in this process and in its notebooks, know what the
    options say: where the raw files are, that a rebuilt design is accepted, that the store is not
    used. A folder is meant as seen from where the command was given.
    """
    of_notebooks = options.raw if getattr(options, "runs_notebooks", False) else None
    data = of_notebooks or os.environ.get(DATA_VARIABLE)
    facts = [entry for entry in os.environ.get(FACTS_VARIABLE, "").split(os.pathsep) if entry]
    said = {
        DATA_VARIABLE: str(absolute(data)) if data else None,
        FACTS_VARIABLE: os.pathsep.join(map(str, map(absolute, facts))) if facts else None,
        FALLBACK_VARIABLE: ACCEPTED if getattr(options, "design_fallback", False) else None,
        AUDIENCE_VARIABLE: getattr(options, "audience", None),
        STORE_VARIABLE: OFF if getattr(options, "no_store", False) else None,
    }
    log, told = logging.getLogger("bpsstats"), logging.StreamHandler(sys.stderr)
    if getattr(options, "verbose", False):
        log.addHandler(told)
        log.setLevel(logging.INFO)
    before = {name: os.environ.get(name) for name in said}
    os.environ.update({name: value for name, value in said.items() if value is not None})
    try:
        yield
    finally:
        log.removeHandler(told)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def add_format(parser: argparse.ArgumentParser) -> None:
    """The options of the form of the output and of its language."""
    parser.add_argument(
        "--format", choices=FORMATS, default="table", help="json and csv carry full precision"
    )
    add_lang(parser, "language of the tables (default: %(default)s)")


def translate(text: str, lang: str) -> str:
    """A sentence of the program in a language."""
    if lang == ENGLISH:
        return text
    from bpsstats.reporting.words.language import language

    return language(lang).translated(text)


def add_revision(parser: argparse.ArgumentParser, what: str) -> None:
    """The option of the reason for which what is in place is replaced."""
    parser.add_argument(
        "--revision",
        metavar="REASON",
        help=f"replace a {what} that is in place by another one, keep the earlier, say what moved",
    )


def add_lang(parser: argparse.ArgumentParser, text: str, default: str = "en") -> None:
    """The option of one language."""
    parser.add_argument("--lang", choices=LANGUAGES, default=default, help=text)


def _year(text: str) -> int:
    """A year as four digits."""
    if not is_year(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no year of four digits, such as {DEFAULT_YEAR}"
        )
    return int(text)


def about(area: str, period: str, source: object) -> dict[str, Any]:
    """What every row of JSON and CSV says: code and name of the area, period, kind of data.

    Parameters
    ----------
    area : str
        BPS code or name.
    period : str
        Empty where the rows have a year of their own.
    source : str, or sequence of str
        Of the whole, or of each row.
    """
    from bpsstats.microdata import find_area

    found = find_area(area)
    said = {"area_code": found.code, "area": found.name, "period": period, "source": source}
    return {name: each for name, each in said.items() if each}


def show(
    result: Any,
    options: argparse.Namespace,
    facts: Mapping[str, Any],
    lines: "Sequence[PovertyLine]" = (),
    *,
    frame: "Callable[[Any], pd.DataFrame]" = lambda shown: shown.to_frame(),
    tables: "Callable[[Any, str], Sequence[Table]] | None" = None,
    note: str = "",
) -> None:
    """Print what may be shown of a result, in the form asked for: tables in words of the language,
    as wide as the terminal; json and csv with area, period, kind of data and correction factor in
    each row.

    Parameters
    ----------
    result : a result of the package
    options : Namespace
        With `format` and `lang`.
    facts : mapping
        What each row says, as of `about`, where it does not say it itself.
    lines : sequence of PovertyLine
    frame : callable
        Makes the frame of JSON and CSV from the result as it may be shown.
    tables : callable, optional
        Makes the tables from the result and the language; default the one of `bpsstats.table`.
    note : str
        A line below the tables.
    """
    from bpsstats.disclosure import released
    from bpsstats.poverty.lines.threshold import factor_facts
    from bpsstats.reporting.formats.fields import SENTENCES
    from bpsstats.reporting.formats.writers import csv_text, json_text
    from bpsstats.reporting.tables.table import table
    from bpsstats.reporting.text import as_text, width_of_output

    if options.format == "table":
        # Each table opens the gate itself.
        made = [table(result, options.lang)] if tables is None else tables(result, options.lang)
        made = [*made[:-1], replace(made[-1], notes=(*made[-1].notes, *filter(None, [note])))]
        print("\n\n".join(as_text(each, width_of_output()) for each in made))
        return
    told = frame(released(result))
    for name in {*SENTENCES} & {*told}:
        told[name] = [translate(str(said), options.lang) for said in told[name]]
    told = told.assign(**{name: each for name, each in facts.items() if name not in told})
    first = [name for name in ABOUT if name in told]
    last = [name for name in ("source",) if name in told]
    between = [name for name in told if name not in (*first, *last)]
    told = told[[*first, *between, *last]].assign(**factor_facts(*lines))
    if options.format == "json":
        print(json_text(told.to_dict("records")))
    else:
        print(csv_text(told), end="")
