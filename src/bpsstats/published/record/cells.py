"""The printed cells by what they are of, with the interval that each print leaves open."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bpsstats.published.record.interval import Interval
from bpsstats.published.targets import POSITIVE, Target, all_cells, files_of, version_of


class Key(NamedTuple):
    """What a cell is of."""

    area_code: str
    year: int
    indicator: str
    domain: str = "all"


@dataclass(frozen=True, slots=True)
class Printed:
    """One figure, in all the places where it is printed.

    Parameters
    ----------
    key : Key
    cells : tuple of Target
    """

    key: Key
    cells: tuple[Target, ...]

    @property
    def interval(self) -> Interval:
        """What the unrounded figure can be: what all its prints have in common, the first print
        where they have nothing.
        """
        common = Interval(*self.cells[0].rounding)
        for cell in self.cells[1:]:
            common = common.within(Interval(*cell.rounding))
        level = not self.key.indicator.startswith(("change:", "difference:"))
        return common.not_negative() if level else common

    @property
    def value(self) -> float:
        """The first print, in the own unit."""
        return self.cells[0].value

    @property
    def marks(self) -> str:
        """Marks of the first print, and whether any print is doubtful."""
        doubtful = any(cell.doubtful for cell in self.cells)
        return self.cells[0].marks or ("doubtful" if doubtful else "")

    @property
    def text(self) -> str:
        """As printed, with unit."""
        return f"{self.cells[0].printed} {self.cells[0].unit}"


class PrintedCells:
    """All printed figures of a file, by area, year, indicator and domain."""

    def __init__(self, cells: tuple[Target, ...]) -> None:
        found: dict[Key, list[Target]] = {}
        for cell in cells:
            if cell.printed != POSITIVE:
                key = Key(cell.area_code, cell.year, cell.indicator, cell.domain)
                found.setdefault(key, []).append(cell)
        # The print with most decimals first: it says most.
        self._found = {
            key: Printed(key, tuple(sorted(same, key=lambda cell: cell.number.as_tuple().exponent)))
            for key, same in found.items()
        }
        self._by_year: dict[tuple[str, int], list[Printed]] = {}
        for key, printed in self._found.items():
            self._by_year.setdefault((key.area_code, key.year), []).append(printed)
        self._years = sorted({key.year for key in self._found})

    def get(self, area_code: str, year: int, indicator: str, domain: str = "all") -> Printed | None:
        """The figure, or None where it is not printed."""
        return self._found.get(Key(area_code, year, indicator, domain))

    def __iter__(self) -> Iterator[Printed]:
        return iter(self._found.values())

    def implied_population(
        self, area_code: str, year: int
    ) -> tuple[Interval, tuple[Printed, ...]] | None:
        """Persons that the number of poor and their rate imply, with the two; None without both."""
        poor, rate = (self.get(area_code, year, name) for name in ("poor_count", "headcount"))
        if poor is None or rate is None:
            return None
        return 100 * poor.interval / rate.interval, (poor, rate)

    def of(self, area_code: str, year: int) -> list[Printed]:
        """All figures of an area and year."""
        return self._by_year.get((area_code, year), [])

    def years(self) -> list[int]:
        """Years of which anything is printed."""
        return self._years

    def areas(self, province: int) -> list[str]:
        """Codes of the regencies and cities of a province with a printed rate."""
        codes = {key.area_code for key in self._found if key.indicator == "headcount"}
        start = f"{province:02d}"
        return sorted(c for c in codes if c.startswith(start) and not c.endswith("00"))

    def series(self, area_code: str, indicator: str, domain: str = "all") -> dict[int, Printed]:
        """A figure by year."""
        found = ((year, self.get(area_code, year, indicator, domain)) for year in self.years())
        return {year: printed for year, printed in found if printed is not None}


def printed_cells(file: str | Path | None = None) -> PrintedCells:
    """The printed figures as their files are now: a user's own first, then the project's, or those
    of one file.
    """
    paths = files_of(file)
    return _cells(paths, tuple(version_of(path) for path in paths))


@lru_cache(maxsize=4)
def _cells(
    paths: tuple[Path, ...],
    versions: tuple[tuple[int, int], ...],  # noqa: ARG001 - for the cache
) -> PrintedCells:
    """The printed figures of a version of the files."""
    return PrintedCells(all_cells(paths))
