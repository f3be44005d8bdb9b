"""What follows from the printed figures of one area and year alone, each as an interval."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, sqrt
from pathlib import Path

import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import UnknownYearError
from bpsstats.microdata.lists.areas import Area, find_area
from bpsstats.published.record.cells import Printed, PrintedCells, printed_cells
from bpsstats.published.record.finding import between, row_named
from bpsstats.published.record.interval import Interval
from bpsstats.reprs import Parts, Shown

NEEDED = ("poor_count", "headcount", "poverty_gap", "severity", "poverty_line")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Bound:
    """One quantity that printed figures leave within limits.

    Parameters
    ----------
    name : str
    interval : Interval
    unit : str
    formula : str
        How it follows.
    cells : tuple of Printed
        The figures that it follows from.
    """

    name: str
    interval: Interval
    unit: str
    formula: str
    cells: tuple[Printed, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Bounds(Shown):
    """What follows from one year's printed figures, and what cannot be said for want of one."""

    area: str
    area_code: str
    year: int
    rows: tuple[Bound, ...]
    missing: tuple[str, ...]
    severity: Printed | None = None

    @property
    def infeasible(self) -> str:
        """The printed P2 where P0 and P1 leave no room for it, as a sentence; else empty."""
        quantities = {row.name: row for row in self.rows}
        severity = self.severity
        room = quantities.get("feasible_severity")
        if severity is None or room is None or severity.interval.meets(room.interval):
            return ""
        return (
            f"The printed P2 of {severity.text} cannot hold with the printed P0 and P1, which leave"
            f" {between(room.interval)}."
        )

    def __iter__(self) -> Iterator[Bound]:
        return iter(self.rows)

    @checked
    def row(self, name: str) -> Bound:
        """The bound of a name.

        Raises
        ------
        ParameterError
            If nothing of that name follows from the figures; the message names what does.
        """
        return row_named({row.name: row for row in self.rows}, name, "bound of the name")

    def to_frame(self) -> pd.DataFrame:
        """One row per quantity, at full precision."""
        return pd.DataFrame(
            [
                {
                    "quantity": row.name,
                    "low": row.interval.low,
                    "high": row.interval.high,
                    "unit": row.unit,
                    "formula": row.formula,
                    "printed": "; ".join(f"{c.key.indicator} {c.text}" for c in row.cells),
                    "marks": "; ".join(filter(None, (cell.marks for cell in row.cells))),
                }
                for row in self.rows
            ]
        )

    @property
    def heading(self) -> str:
        """Area, year, and what is not printed."""
        absent = f" · not printed: {', '.join(self.missing)}" if self.missing else ""
        wrong = f" · {self.infeasible}" if self.infeasible else ""
        return f"{self.area} · {self.year} · what follows from the printed figures{absent}{wrong}"

    def _parts(self) -> Parts:
        return self.heading, self._shown()

    def _shown(self) -> pd.DataFrame:
        return pd.DataFrame(
            [
                {
                    "quantity": row.name,
                    "lies between": between(row.interval),
                    "unit": row.unit,
                    "formula": row.formula,
                }
                for row in self.rows
            ]
        )


@checked
def bounds(area: str | int, year: int, *, file: str | Path | None = None) -> Bounds:
    """What follows from the printed figures of an area and year.

    With n the printed number of poor, P0, P1, P2 the printed indices and z the printed line, each
    anywhere in its rounding interval: population n / P0; mean gap of the poor P1 / P0 of the line;
    gap in rupiah per poor person P1 / P0 x z, and of all of them n x P1 / P0 x z; squared
    variation of gaps P2 P0 / P1^2 - 1; P2 between P1^2 / P0 and P1, because gaps lie between 0 and
    1.

    Parameters
    ----------
    area : str or int
        BPS code or name; a province and the nation too.
    year : int
    file : path, optional
        Another file of printed figures.

    Raises
    ------
    UnknownAreaError
        If no such area is known.
    UnknownYearError
        If none of the figures is printed for that area and year.

    Examples
    --------
    >>> gap = bounds("6471", 2022).row("mean_gap").interval
    >>> 0 < gap.low < gap.high < 100
    True
    """
    known = find_area(area)
    cells = printed_cells(file)
    found = bounds_of(cells, known, year)
    if not found.rows:
        years = [y for y in cells.years() if cells.get(known.code, y, P0)]
        span = f"It has {known.name} for {years[0]} to {years[-1]}. " if years else ""
        raise UnknownYearError(
            f"The printed figures of {known.name} in {year} on file say nothing of this kind."
            f" {span}Add a row for each printed cell."
        )
    return found


def bounds_of(cells: PrintedCells, area: Area, year: int) -> Bounds:
    """What follows from the cells of an area and year; without rows where nothing does."""
    found = {name: cells.get(area.code, year, name) for name in (*NEEDED, SIZE)}
    printed = {name: cell for name, cell in found.items() if cell is not None}
    missing = tuple(name for name in NEEDED if name not in printed)
    return Bounds(area.name, area.code, year, tuple(_follow(printed)), missing, printed.get(P2))


def mean_gap(p0: Interval, p1: Interval) -> Interval:
    """Mean gap of the poor in percent of the line; a gap is no larger than the line."""
    gap = 100 * p1 / p0
    return Interval(gap.low, min(gap.high, 100.0))


def feasible_severity(p0: Interval, p1: Interval) -> Interval:
    """P2 that P0 and P1 leave open."""
    return Interval((p1 * p1 / p0).low, p1.high)


def variation_of_gaps(p0: Interval, p1: Interval, p2: Interval) -> Interval:
    """Coefficient of variation of the gaps among the poor, percent of their mean; empty, that is
    with its ends exchanged, where the three cannot hold at once.
    """
    ratio = p2 * p0 / (p1 * p1)
    if ratio.high < 1:
        return Interval(inf, -inf)
    return Interval(100 * sqrt(max(ratio.low - 1, 0.0)), 100 * sqrt(ratio.high - 1))


def _month(p0: Interval, p1: Interval, z: Interval) -> Interval:
    return mean_gap(p0, p1) * z * 0.01


def _spending(p0: Interval, p1: Interval, z: Interval) -> Interval:
    gap = mean_gap(p0, p1)
    return Interval(z.low * (1 - gap.high / 100), z.high * (1 - gap.low / 100))


P0, P1, P2, LINE, POOR = "headcount", "poverty_gap", "severity", "poverty_line", "poor_count"
SIZE = "mean:size_poor"
PERSON, HOUSEHOLD = "Rp per poor person per month", "Rp per household per month"
# Quantity, the figures it follows from, unit, formula, and the same formula on intervals.
QUANTITIES: tuple[tuple[str, tuple[str, ...], str, str, Callable[..., Interval]], ...] = (
    ("implied_population", (POOR, P0), "persons", "n / P0", lambda n, p0: 100 * n / p0),
    ("mean_gap", (P0, P1), "percent of the line", "P1 / P0", mean_gap),
    ("gap_person_month", (P0, P1, LINE), PERSON, "z P1 / P0", _month),
    ("gap_person_year", (P0, P1, LINE), "Rp per poor person per year", "12 z P1 / P0",
     lambda *figures: MONTHS * _month(*figures)),
    ("mean_spending_of_the_poor", (P0, P1, LINE), PERSON, "z (1 - P1 / P0)", _spending),
    ("gap_area_month", (P0, P1, LINE, POOR), "Rp per month", "n z P1 / P0",
     lambda p0, p1, z, n: _month(p0, p1, z) * n),
    ("gap_area_year", (P0, P1, LINE, POOR), "Rp per year", "12 n z P1 / P0",
     lambda p0, p1, z, n: MONTHS * _month(p0, p1, z) * n),
    ("feasible_severity", (P0, P1), "percent", "P1^2 / P0 <= P2 <= P1", feasible_severity),
    ("variation_of_gaps", (P0, P1, P2), "percent of the mean gap", "sqrt(P2 P0 / P1^2 - 1)",
     variation_of_gaps),
    ("line_household", (LINE, SIZE), HOUSEHOLD, "z x mean size of poor households",
     lambda z, size: z * size),
)  # fmt: skip


def _follow(printed: Mapping[str, Printed]) -> Iterator[Bound]:
    """All that the printed figures allow."""
    for name, needed, unit, formula, follow in QUANTITIES:
        if set(needed) <= printed.keys():
            used = tuple(printed[one] for one in needed)
            interval = follow(*(cell.interval for cell in used))
            if interval.low <= interval.high:
                yield Bound(name, interval, unit, formula, used)
