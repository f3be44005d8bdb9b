"""The printed record of an area: what its printed figures alone say, without microdata."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.microdata.lists.areas import Area, find_area
from bpsstats.published.indicators import find_indicator
from bpsstats.published.record.bounds import Bounds, bounds_of, mean_gap
from bpsstats.published.record.cells import PrintedCells, printed_cells
from bpsstats.published.record.depth import Depth, depth
from bpsstats.published.record.finding import Finding, Findings
from bpsstats.published.record.identities import identities, marked, repeats
from bpsstats.published.record.province import Additivity, additivity, against_province, province_of
from bpsstats.published.record.ranks import Ranks
from bpsstats.published.record.ranks import ranks as ranks_of
from bpsstats.published.record.series import outliers
from bpsstats.published.record.steadiness import (
    JOINT,
    NOT_TESTED,
    Steadiness,
    changes_of,
    steadiness,
)
from bpsstats.published.record.years import changes, lines, populations
from bpsstats.reprs import html_table

POVERTY = ("headcount", "poverty_gap", "severity", "poor_count")
RELEASE = (*POVERTY, "poverty_line")


@dataclass(frozen=True, slots=True, eq=False)
class PrintedRecord:
    """All that is printed of an area and the areas of its province, checked against itself.

    Parameters
    ----------
    area : Area
    cells : PrintedCells
    areas : tuple of Area
        Regencies and cities of the province.
    coherence : Findings
        Every check of the area and of its province.
    depth : Depth
        Of the printed P1, beside it.
    additivity : Additivity
        Of the numbers of poor.
    """

    area: Area
    cells: PrintedCells
    areas: tuple[Area, ...]
    coherence: Findings
    depth: Depth
    additivity: Additivity

    @property
    def steadiness(self) -> Steadiness:
        """Steadiness of the printed P0 of all areas, one by one and jointly; simulated when it is
        first asked for.
        """
        return _steadiness(self.cells, self.area.province)

    @checked
    def series(self, indicator: str) -> pd.DataFrame:
        """A figure of all areas and the province by year, as printed values in the own unit.

        Raises
        ------
        ParameterError
            If no figure is known by that name; the message names the nearest.
        """
        find_indicator(indicator)
        everywhere = [*self.areas, province_of(self.area)]
        return pd.DataFrame(
            {
                area.code: {
                    year: printed.value
                    for year, printed in self.cells.series(area.code, indicator).items()
                }
                for area in everywhere
            }
        ).sort_index()

    def gaps(self) -> pd.DataFrame:
        """Mean gap of the poor, percent of the line, of each area by year."""
        table: dict[str, dict[int, float]] = {area.code: {} for area in self.areas}
        for code, series in table.items():
            for year, rate in self.cells.series(code, "headcount").items():
                gap = self.cells.get(code, year, "poverty_gap")
                if gap is not None:
                    series[year] = mean_gap(rate.interval, gap.interval).middle
        return pd.DataFrame(table).sort_index()

    @checked
    def ranks(self, year: int, level: float = 0.95) -> Ranks:
        """Ranks of the areas by P0 in a year, with how far they can be told apart; without rows
        where no rate of that year is printed.
        """
        return ranks_of(self.cells, self.area.province, year, level=level)

    @checked
    def bounds(self, year: int) -> Bounds:
        """What follows from the figures of one year, as `bounds`; without rows where none is
        printed.
        """
        return bounds_of(self.cells, self.area, year)

    @property
    def years(self) -> tuple[int, ...]:
        """Years of printed rates."""
        return tuple(self.series("headcount").index)

    def to_frame(self) -> pd.DataFrame:
        """All findings, one row each."""
        return self.coherence.to_frame()

    @property
    def heading(self) -> str:
        """Area, years, cells."""
        n = sum(printed.key.area_code == self.area.code for printed in self.cells)
        span = f"{self.years[0]} to {self.years[-1]}" if self.years else "without rates"
        return f"{self.area.name} · printed record {span} · {n} printed figures"

    def __repr__(self) -> str:
        coherence = f"{self.coherence.summary}\n{self.coherence.counts().to_string(index=False)}"
        parts = [self.heading, _levels(self).to_string(), coherence]
        return "\n\n".join([*parts, *(repr(part) for part in self.parts)])

    def _repr_html_(self) -> str:
        head = f"<p>{self.heading}</p>{html_table(_levels(self), index=True)}"
        counts = html_table(self.coherence.counts())
        html = "".join(part._repr_html_() for part in self.parts)
        return f"{head}<p>{self.coherence.summary}</p>{counts}{html}"

    @property
    def parts(self) -> tuple[Findings, Steadiness, Depth, Additivity, Ranks]:
        """What follows the counts of the checks."""
        last = self.ranks(self.years[-1] if self.years else 0)
        steady = self.steadiness.of(self.area.code, JOINT)
        return self.to_be_named, steady, self.depth, self.additivity, last

    @property
    def poverty_holds(self) -> bool:
        """Whether no printed number of poor, P0, P1 or P2 contradicts another."""
        against = self.coherence.of("contradicts", "percent")
        return not any(c.key.indicator in POVERTY for row in against for c in row.cells)

    @property
    def to_be_named(self) -> Findings:
        """What does not simply hold, but for another base."""
        return self.coherence.of("contradicts", "doubtful", "percent", "points")


@checked
def printed_record(area: str | int, *, file: str | Path | None = None) -> PrintedRecord:
    """What the printed figures of an area alone say.

    Every printed cell is held against all others that bind it, by its rounding interval; the rates
    of the areas of the province are tested against what samples of the design can do; the areas
    are added up.

    Parameters
    ----------
    area : str or int
        BPS code or name of a regency, city or province.
    file : path, optional
        Another file of printed figures, in the form of ``data/raw/published.csv``.

    Raises
    ------
    UnknownAreaError
        If no such area is known.
    ParameterError
        If it is the nation, which has no areas that are printed one by one.
    PublishedError
        If the file cannot be read.

    Examples
    --------
    >>> record = printed_record("6471")
    >>> record.steadiness.row("all").too_steady, record.additivity.years_within
    (True, 10)
    """
    known = find_area(area)
    if known.province == 0:
        raise ParameterError(
            "The printed record is that of a regency, city or province. Give one, or ask for the"
            " bounds of the nation."
        )
    return _record(known, printed_cells(file))


@lru_cache(maxsize=16)
def _record(area: Area, cells: PrintedCells) -> PrintedRecord:
    """The record of printed figures, which are the same object while their file is the same."""
    codes = cells.areas(area.province)
    findings = (*_of_area(cells, area, codes), *against_province(cells, area.province))
    return PrintedRecord(
        area,
        cells,
        tuple(find_area(code) for code in codes),
        Findings(f"{area.name} · coherence of the printed figures", findings),
        depth(cells, codes),
        additivity(cells, area.province),
    )


@lru_cache(maxsize=16)
def _steadiness(cells: PrintedCells, province: int) -> Steadiness:
    """The test of the areas of a province."""
    rates = {
        code: {year: printed.value for year, printed in cells.series(code, "headcount").items()}
        for code in cells.areas(province)
    }
    return steadiness(rates) if any(map(changes_of, rates.values())) else NOT_TESTED


def _of_area(cells: PrintedCells, area: Area, codes: list[str]) -> Iterator[Finding]:
    """Checks of the area's own cells."""
    for check in (identities, repeats, changes, populations, marked):
        yield from check(cells, area.code)
    yield from lines(cells, area.code, codes)
    for finding in outliers(cells, codes):
        if finding.area_code == area.code:
            yield finding


def _levels(record: PrintedRecord) -> pd.DataFrame:
    """The release of the area by year, as printed."""
    return pd.DataFrame(
        {
            name: {
                year: printed.cells[0].printed
                for year, printed in record.cells.series(record.area.code, name).items()
            }
            for name in RELEASE
        }
    ).fillna("–")
