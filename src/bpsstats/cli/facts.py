"""Options that stand for a user's own small files: the name of an area that is not on file, and a
poverty line with its source.
"""

import argparse
import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from bpsstats.errors import ParameterError
from bpsstats.paths import FACTS_VARIABLE


def add_facts(parser: argparse.ArgumentParser) -> None:
    """The options of facts that are not on file."""
    parser.add_argument(
        "--area-name", metavar="NAME", help="name of the area, where its BPS code is not on file"
    )
    parser.add_argument(
        "--line",
        type=float,
        metavar="RP",
        help="poverty line of the area and year, Rp per person and month, where none is on file",
    )
    parser.add_argument("--line-source", metavar="TEXT", help="publication that the line is from")


@contextmanager
def facts_of(options: argparse.Namespace) -> Iterator[None]:
    """Let everything that looks up an area or a line, in this process and in its notebooks, find
    what the options say, and the user's own files beside the data, before what is on file.

    Raises
    ------
    ParameterError
        If a line comes without its source or without a year, or a name without a BPS code.
    """
    documents = _documents(options)
    raw = getattr(options, "raw", None)
    before = os.environ.get(FACTS_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="bpsstats-") as folder:
        for name, document in documents.items():
            text = yaml.safe_dump(document, allow_unicode=True)
            (Path(folder) / name).write_text(text, encoding="utf8")
        folders = [folder if documents else None, before, None if raw is None else str(raw)]
        found = os.pathsep.join(entry for entry in folders if entry)
        if found:
            os.environ[FACTS_VARIABLE] = found
        try:
            yield
        finally:
            os.environ.pop(FACTS_VARIABLE, None)
            if before is not None:
                os.environ[FACTS_VARIABLE] = before


def _documents(options: argparse.Namespace) -> dict[str, object]:
    """The options as files of facts."""
    from bpsstats.microdata.lists.areas import OWN, find_area
    from bpsstats.microdata.lists.facts import LINES

    name, line = getattr(options, "area_name", None), getattr(options, "line", None)
    source = getattr(options, "line_source", None)
    documents: dict[str, object] = {}
    code = str(getattr(options, "area", ""))
    if name is not None:
        if not (code.isascii() and code.isdigit() and len(code) == 4):
            raise ParameterError("--area-name names a BPS code of four digits, given with --area.")
        documents[OWN] = {code: {"name": name}}
    if line is not None:
        if not source:
            raise ParameterError("A line needs its source: say --line-source, such as BPS 2022.")
        if not hasattr(options, "year"):
            raise ParameterError(f"--line is the line of one year. Write {LINES} beside the data.")
        if not (math.isfinite(line) and line > 0):
            raise ParameterError("--line is no positive number of rupiah per person and month.")
        known = (
            code if name is not None else find_area(code, raw=getattr(options, "raw", None)).code
        )
        documents[LINES] = {"lines": {known: {options.year: {"value": line, "source": source}}}}
    elif source:
        raise ParameterError("--line-source is the source of a line: say --line as well.")
    return documents
