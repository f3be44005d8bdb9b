"""Printed figures: one cell each, as printed, with its publication."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import BpsStatsError, PublishedError, UnknownYearError
from bpsstats.microdata.lists.areas import find_area
from bpsstats.paths import facts_files, published_file
from bpsstats.published.indicators import check_domain, find_indicator, units
from bpsstats.reprs import Parts, Shown, count_of

MARKS = ("derived", "inferred", "doubtful")  # yes or no
COLUMNS = (
    "area_code", "year", "indicator", "domain", "printed", "unit",
    "publication", "table", "vintage", *MARKS, "url", "note",
)  # fmt: skip
POSITIVE = ">0"
PRINTED = re.compile(rf"-?[0-9]+(\.[0-9]+)?|{POSITIVE}")
YEARS = range(1970, 2101)
YES_NO = {"yes": True, "no": False, "": False}


@dataclass(frozen=True, slots=True)
class Target:
    """One printed cell.

    Parameters
    ----------
    area_code, year : str, int
    indicator : str
        Name of the statistic, ``change:<statistic>`` for a change on the year before.
    domain : str
    printed : str
        As printed; ">0" where only the direction was.
    unit : str
        As printed.
    publication, table, vintage : str
    derived : bool
        Whether it was worked out from other printed cells.
    url, note : str
    inferred : bool
        Whether its area, year or base is not printed beside it and was inferred.
    doubtful : bool
        Whether there is reason to doubt that it was printed so of this area and year.

    Examples
    --------
    >>> figure = ("poor_count", "all", "12.30", "thousand persons")
    >>> cell = Target("0000", 2022, *figure, "made up", "", "", False, "", "")
    >>> cell.value, cell.rounding
    (12300.0, (12295.0, 12305.0))
    """

    area_code: str
    year: int
    indicator: str
    domain: str
    printed: str
    unit: str
    publication: str
    table: str
    vintage: str
    derived: bool
    url: str
    note: str
    inferred: bool = False
    doubtful: bool = False

    @property
    def marks(self) -> str:
        """The marks it carries, in words."""
        return ", ".join(mark for mark in MARKS if getattr(self, mark))

    @property
    def factor(self) -> int:
        """How many of the statistic's own units the printed unit is."""
        return units()[self.unit][0]

    @property
    def number(self) -> Decimal:
        """The printed number, zero for a mere direction."""
        return Decimal(0) if self.printed == POSITIVE else Decimal(self.printed)

    @property
    def decimals(self) -> int:
        """Decimals that were printed; one for a mere direction."""
        return 1 if self.printed == POSITIVE else max(0, -int(self.number.as_tuple().exponent))

    @property
    def value(self) -> float:
        """The printed value in the statistic's own unit."""
        return float(self.number * self.factor)

    @property
    def is_mean(self) -> bool:
        """Whether it is a mean, or the change of one, so that its unit does not count."""
        return self.indicator.removeprefix("change:").startswith("mean:")

    @property
    def rounding(self) -> tuple[float, float]:
        """Values that print as this cell: half a unit of the last printed place to either side."""
        if self.printed == POSITIVE:
            return 0.0, float("inf")
        exponent = self.number.as_tuple().exponent
        half = Decimal(5).scaleb(int(exponent) - 1) * self.factor
        centre = self.number * self.factor
        return float(centre - half), float(centre + half)

    def is_reproduced_by(self, value: float) -> bool:
        """Whether a value prints as this cell."""
        low, high = self.rounding
        slack = 1e-9 * max(abs(low), 1.0)  # decimal limits as binary fractions
        return low - slack <= value <= high + slack


@dataclass(frozen=True, slots=True, repr=False)
class PublishedTable(Shown):
    """Printed cells of an area and year, in the order of the file."""

    area: str
    year: int
    cells: tuple[Target, ...]

    def __iter__(self) -> Iterator[Target]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def figures(self) -> dict[str, float]:
        """Statistic to value, the first cell of each; parts of the area, changes, directions and
        doubtful cells left out.

        This is what synthetic microdata are fitted to. The population that a poverty release
        implies is worked out as the number of poor over P0 where it is not printed.
        """
        values: dict[str, float] = {}
        for cell in self.cells:
            share = cell.indicator.startswith("share:") and "+" not in cell.indicator
            whole = ":" not in cell.indicator and cell.domain == "all"
            if (share or whole) and not cell.doubtful:
                values.setdefault(cell.indicator, cell.value)
        if "population" not in values and {"poor_count", "headcount"} <= values.keys():
            values["population"] = float(round(100 * values["poor_count"] / values["headcount"]))
        return values

    @checked
    def text(self, indicator: str) -> str:
        """A figure of the whole area as it was printed, doubtful cells left out.

        Raises
        ------
        ParameterError
            If no figure is known by that name; the message names the nearest.
        UnknownYearError
            If it is not on file.
        """
        find_indicator(indicator)
        for cell in self.cells:
            if (cell.indicator, cell.domain) == (indicator, "all") and not cell.doubtful:
                return cell.printed
        raise UnknownYearError(
            f"No printed {indicator} of {self.area} in {self.year} is on file. Give it yourself, as"
            " it was printed."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per cell."""
        return pd.DataFrame(
            [{column: getattr(cell, column) for column in COLUMNS} for cell in self.cells]
        )

    def _parts(self) -> Parts:
        shown = ["indicator", "domain", "printed", "unit", "publication", "table"]
        heading = f"{self.area} · {self.year} · {count_of(len(self), 'printed cell')}"
        return heading, self.to_frame()[shown]


@checked
def published(area: str | int, year: int, *, file: str | Path | None = None) -> PublishedTable:
    """Printed cells of an area and year.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int
        Reference year.
    file : path, optional
        Another file in the same form; by default a user's own ``published.csv`` beside the data,
        and the project's for the cells that it does not have.

    Raises
    ------
    UnknownAreaError
        If no such area is known.
    UnknownYearError
        If nothing is printed for that area and year.
    PublishedError
        If the file is missing or malformed.

    Examples
    --------
    >>> table = published("6471", 2022)
    >>> table.area, any(cell.indicator == "headcount" for cell in table)
    ('Kota Balikpapan', True)
    """
    known = find_area(area)
    paths = files_of(file)
    path = paths[0]
    of_area = [cell for cell in all_cells(paths) if cell.area_code == known.code]
    cells = tuple(cell for cell in of_area if cell.year == year)
    if not cells:
        years = sorted({cell.year for cell in of_area})
        span = (
            f"It has {known.name} for {', '.join(map(str, years))}."
            if years
            else f"It has nothing for {known.name}."
        )
        raise UnknownYearError(
            f"No printed figure of {known.name} in {year} is in file {path.name}. {span} Add a row"
            " for each printed cell."
        )
    return PublishedTable(known.name, year, cells)


def files_of(file: str | Path | None) -> tuple[Path, ...]:
    """The files of printed figures that count, a user's own first; one where one is given."""
    if file is not None:
        return (Path(file),)
    return tuple(facts_files(published_file().name)) or (published_file(),)


def all_cells(paths: Sequence[Path]) -> tuple[Target, ...]:
    """All cells of the files as they are now; a file that comes first takes the place of the later
    ones' cells of the same area, year, indicator and domain.
    """
    cells: list[Target] = []
    for path in paths:
        told = {(c.area_code, c.year, c.indicator, c.domain) for c in cells}
        cells += [
            cell
            for cell in _cells_of(path, version_of(path))
            if (cell.area_code, cell.year, cell.indicator, cell.domain) not in told
        ]
    return tuple(cells)


def version_of(path: Path) -> tuple[int, int]:
    """Time and size of a file of printed figures; a file that was changed is read again."""
    if not path.is_file():
        raise PublishedError(
            f"The file of printed figures {path.name} is missing. Restore it from the project's"
            " data/raw."
        )
    known = path.stat()
    return known.st_mtime_ns, known.st_size


@lru_cache(maxsize=4)
def _cells_of(path: Path, version: tuple[int, int]) -> tuple[Target, ...]:  # noqa: ARG001 - for the cache
    """All cells of a version of a file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            heading = [*(reader.fieldnames or ())]
            _check_heading(heading, path)
            return tuple(
                _cell(dict.fromkeys(MARKS, "") | record, f"Row {row} of file {path.name}")
                for row, record in enumerate(reader, start=1)
            )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PublishedError(
            f"File {path.name} cannot be read as a table of text in UTF-8 with commas between its"
            " columns. Restore it, or save it anew in that form."
        ) from error


def _check_heading(heading: list[str], path: Path) -> None:
    """Refuse columns that are missing, unknown or there twice."""
    missing = [column for column in COLUMNS if column not in (*heading, *MARKS)]
    unknown = [column for column in heading if column not in COLUMNS]
    twice = [column for column in COLUMNS if heading.count(column) > 1]
    named = {"lacks": missing, "has twice": twice, "has the unknown": unknown}
    wrong = [f"{what} {', '.join(columns)[:200]}" for what, columns in named.items() if columns]
    if wrong:
        raise PublishedError(
            f"The heading of file {path.name} {'; '.join(wrong)}. It is: {','.join(COLUMNS)}."
        )


def _cell(record: Mapping[Any, Any], where: str) -> Target:
    """A row as a cell; anything that the vocabulary does not have is refused."""
    where = f"{where} cannot be read"
    if None in record or None in record.values():
        raise PublishedError(
            f"{where}: it has more or fewer cells than the heading. Put text that holds a comma in"
            " quotation marks."
        )
    fields: dict[str, Any] = {column: record[column] for column in COLUMNS}
    try:
        fields |= {mark: YES_NO[record[mark]] for mark in MARKS}
        cell = Target(**fields | {"year": YEARS[YEARS.index(int(record["year"]))]})
        if not PRINTED.fullmatch(cell.printed):
            raise ValueError
    except (ValueError, KeyError) as error:
        raise PublishedError(
            f"{where}: printed must be a number with a decimal point, year a whole number from"
            f" {YEARS[0]} to {YEARS[-1]}, and {', '.join(MARKS)} yes or no."
        ) from error
    try:
        cell = replace(cell, area_code=_area_code(cell.area_code))
        check_domain(cell.domain)
        own = find_indicator(cell.indicator).unit
    except BpsStatsError as error:
        raise PublishedError(f"{where}: {error.message}") from error
    if units().get(cell.unit, (0, ""))[1] != own:
        allowed = [unit for unit, (_, of) in units().items() if of == own]
        raise PublishedError(
            f"{where}: the unit of {cell.indicator} is {' or '.join(allowed)}, not"
            f" {cell.unit[:40]!r}."
        )
    return cell


@cache
def _area_code(text: str) -> str:
    """Code of an area as the file names it."""
    return find_area(text).code
