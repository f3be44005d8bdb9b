"""Dated facts of the world that are data: poverty lines, inflation and projections of the
population, with their sources. A user's own file beside the data, or one that an option made, comes
before the project's.
"""

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bpsstats.errors import InputError, LineError
from bpsstats.files import scratch_folder
from bpsstats.microdata.described import (
    AREA,
    FLAG,
    NUMBER,
    POSITIVE,
    TEXT,
    YEAR,
    Entries,
    Needed,
    read_described,
)
from bpsstats.microdata.lists.areas import Area
from bpsstats.paths import FACTS_VARIABLE, facts_files, state_of

LINES, INFLATION = "poverty_lines.yaml", "inflation.yaml"
NAMED = "named_lines.yaml"
PROJECTIONS = "population_projections.csv"
YEARS_AROUND = 3  # a projection of another year tells the order of magnitude
SHAPE_OF_LINES = {
    "lines": Entries(
        AREA,
        Entries(
            YEAR,
            {"value": Needed(POSITIVE), "source": Needed(TEXT), "food": POSITIVE, "note": TEXT},
        ),
    )
}
# Lines that serve every area stand under their names.
SHAPE_OF_NAMED = {"lines": Entries(TEXT, SHAPE_OF_LINES["lines"].values)}
SHAPE_OF_INFLATION = {
    "inflation": Entries(
        AREA,
        Entries(YEAR, {"value": Needed(NUMBER), "inferred": FLAG, "source": Needed(TEXT)}),
    )
}
Lines = dict[str, dict[int, dict[str, Any]]]


@contextmanager
def facts_first(
    documents: Mapping[str, object], beside: str | Path | None = None
) -> Iterator[None]:
    """Let this process, and those that it starts, find facts before those on file.

    Parameters
    ----------
    documents : mapping of str to object
        What stands in a file of each name, such as ``poverty_lines.yaml``.
    beside : path, optional
        A folder whose files come before the project's.
    """
    before = os.environ.get(FACTS_VARIABLE)
    with scratch_folder() as folder:
        for name, document in documents.items():
            text = yaml.safe_dump(document, allow_unicode=True)
            (folder / name).write_text(text, encoding="utf8")
        folders = [
            str(folder) if documents else "",
            before,
            None if beside is None else str(beside),
        ]
        if found := os.pathsep.join(entry for entry in folders if entry):
            os.environ[FACTS_VARIABLE] = found
        try:
            yield
        finally:
            os.environ.pop(FACTS_VARIABLE, None)
            if before is not None:
                os.environ[FACTS_VARIABLE] = before


def lines_on_file(raw: str | Path | None = None) -> Lines:
    """Lines by area code and year: value (Rp per person and month), source, and perhaps food and
    note; a user's own before the project's.

    Raises
    ------
    InputError
        If a file holds anything else, or a line has no source; file and line are named.
    """
    lines: Lines = {}
    for path in reversed(facts_files(LINES, raw)):
        for code, years in read_lines(path).items():
            lines[code] = {**lines.get(code, {}), **years}
    return lines


def read_lines(path: Path) -> Lines:
    """One file of lines; errors as of `lines_on_file`."""
    return _read_lines(path, state_of(path))


@cache
def _read_lines(path: Path, _state_of: tuple[int, int]) -> Lines:
    """The same, read once for each state of the file."""
    lines: Lines = read_described(path, SHAPE_OF_LINES).get("lines", {})
    return lines


def named_lines_on_file(raw: str | Path | None = None) -> Lines:
    """Lines that serve every area, by name and year; a user's own before the project's.

    Examples
    --------
    >>> named_lines_on_file()["1.90"][2023]["value"]
    351957.0
    """
    lines: Lines = {}
    for path in reversed(facts_files(NAMED, raw)):
        for name, years in read_described(path, SHAPE_OF_NAMED).get("lines", {}).items():
            lines[name] = {**lines.get(name, {}), **years}
    return lines


def line_on_file(area: Area, year: int, raw: str | Path | None = None) -> float | None:
    """The line of an area and year, or of the nearest year that is on file, as a measure of what
    can be; None where the area has none.

    Examples
    --------
    >>> from bpsstats.microdata.lists.areas import find_area
    >>> line_on_file(find_area("6471"), 2022) == lines_on_file()["6471"][2022]["value"]
    True
    """
    years = lines_on_file(raw).get(area.code, {})
    nearest = min(years, key=lambda known: (abs(known - year), known), default=None)
    return None if nearest is None else float(years[nearest]["value"])


def inflation_on_file(area_code: str, raw: str | Path | None = None) -> dict[int, float]:
    """General inflation of an area, percent from the round of the year before, by year.

    Examples
    --------
    >>> inflation_on_file("6471")[2022]
    2.86
    """
    found: dict[int, float] = {}
    for path in reversed(facts_files(INFLATION, raw)):
        document = _read_inflation(path, state_of(path))
        found |= {year: entry["value"] for year, entry in document.get(area_code, {}).items()}
    return found


@cache
def _read_inflation(path: Path, _state_of: tuple[int, int]) -> Lines:
    """A file of inflation: area code, year, entry."""
    found: Lines = read_described(path, SHAPE_OF_INFLATION).get("inflation", {})
    return found


def temporary_line(before: float, area_code: str, year: int) -> float:
    """The line of the year before at today's prices, Rp per person per month.

    Raises
    ------
    LineError
        If the inflation of that area and year is not on file.
    """
    known = inflation_on_file(area_code)
    if year not in known:
        raise LineError(
            f"The general inflation of area {area_code} in {year} is not in {INFLATION}. Add it"
            " with its source to data/raw, or to a file of that name beside your data; or give the"
            " temporary line itself."
        )
    return before * (1 + known[year] / 100)


def projected_populations(
    area: Area, year: int, raw: str | Path | None = None
) -> tuple[float, ...]:
    """Projections of an area's population in the years around a round, on whatever basis; empty
    where none are on file.

    Examples
    --------
    >>> from bpsstats.microdata.lists.areas import find_area
    >>> len(projected_populations(find_area("6471"), 2021)) > 3
    True
    """
    found: dict[int, float] = {}
    for path in reversed(facts_files(PROJECTIONS, raw)):
        found |= _read_projections(path, state_of(path)).get(area.code, {})
    return tuple(n for of, n in sorted(found.items()) if abs(of - year) <= YEARS_AROUND)


@cache
def _read_projections(path: Path, _state_of: tuple[int, int]) -> Mapping[str, dict[int, float]]:
    """A file of projections: area code, year, persons."""
    columns = ["area_code", "year", "population", "source"]
    found: dict[str, dict[int, float]] = {}
    with path.open(encoding="utf8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != columns:
            what = f"The columns are not {', '.join(columns)}."
            raise InputError(what, "Write the heading so.", file=path.name)
        for record in reader:
            try:
                code, year = AREA.read(record["area_code"]), int(record["year"])
                found.setdefault(code, {})[year] = POSITIVE.read(float(record["population"]))
                TEXT.read(record["source"])
            except (ValueError, TypeError) as error:
                what = "A projection is not a BPS code, a year, a number of persons and a source."
                place = f"{path.name}, line {reader.line_num}"
                raise InputError(what, "Correct the line.", file=place) from error
    return found
