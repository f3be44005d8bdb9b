"""The areas of a province against the province: sums, means between, and the areas-add-up test."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import pandas as pd

from bpsstats.microdata.lists.areas import Area, find_area
from bpsstats.published.record.cells import Printed, PrintedCells
from bpsstats.published.record.finding import Finding
from bpsstats.published.record.identities import judge
from bpsstats.published.record.interval import Interval
from bpsstats.published.record.steadiness import HOUSEHOLDS, variance
from bpsstats.reprs import Parts, Shown, count_of

# Means and shares of a province lie between those of its areas.
BETWEEN = ("headcount", "poverty_gap", "severity")


def province_of(area: Area) -> Area:
    """The province that an area lies in."""
    return find_area(f"{area.province:02d}00")


def against_province(cells: PrintedCells, province: int) -> Iterator[Finding]:
    """Sums and means of the areas against the province, in years where all areas are printed."""
    code, areas = f"{province:02d}00", cells.areas(province)
    for year in cells.years():
        whole, parts = _whole_and_parts(cells, code, areas, year, "poor_count")
        if whole is not None:
            total = sum((part.interval for part in parts), Interval(0.0, 0.0))
            yield _finding("areas_add_up", whole, parts, total, "persons")
            people = [cells.implied_population(area, year) for area in areas]
            province_people = cells.implied_population(code, year)
            known = [found[0] for found in people if found is not None]
            if province_people is not None and len(known) == len(areas):
                both = (whole, *parts)
                said, left_open = province_people[0], sum(known, Interval(0.0, 0.0))
                verdict = judge(said, left_open, both)
                yield Finding(
                    "populations_add_up", code, year, province_people[1] + tuple(parts), said,
                    left_open, "persons", verdict,
                )  # fmt: skip
        for name in BETWEEN:
            whole, parts = _whole_and_parts(cells, code, areas, year, name)
            if whole is not None:
                hull = Interval.hull(part.interval for part in parts)
                yield _finding("province_between", whole, parts, hull, "percent")


@dataclass(frozen=True, slots=True)
class Sum:
    """The areas of a province together in one year, thousand persons.

    Parameters
    ----------
    year : int
    total, province : float
        Sum of the printed numbers of poor, and the printed number of the province.
    rounding : float
        The most that rounding can put between the two.
    std_error : float
        Sampling error of the sum were each area's number a direct estimate of its own sample.
    """

    year: int
    total: float
    province: float
    rounding: float
    std_error: float

    @property
    def difference(self) -> float:
        """Sum less province."""
        return self.total - self.province

    @property
    def adds_up(self) -> bool:
        """Whether rounding alone explains the difference."""
        return abs(self.difference) <= self.rounding + 1e-9


@dataclass(frozen=True, slots=True, repr=False)
class Additivity(Shown):
    """Whether the areas of a province add up to it, year by year."""

    area: str
    design_effect: float
    rows: tuple[Sum, ...]

    def __iter__(self) -> Iterator[Sum]:
        return iter(self.rows)

    @property
    def years_within(self) -> int:
        """Years in which rounding alone explains the difference."""
        return sum(row.adds_up for row in self.rows)

    def to_frame(self) -> pd.DataFrame:
        """One row per year."""
        return pd.DataFrame(
            [
                {
                    "year": row.year,
                    "total": row.total,
                    "province": row.province,
                    "difference": row.difference,
                    "rounding": row.rounding,
                    "std_error": row.std_error,
                    "adds_up": row.adds_up,
                }
                for row in self.rows
            ]
        )

    def _parts(self) -> Parts:
        return (
            f"Areas of {self.area} · sum of the printed numbers of poor less that of the province,"
            f" thousand persons · within rounding in {self.years_within} of"
            f" {count_of(len(self.rows), 'year')}",
            self.to_frame().round(3),
        )


def additivity(
    cells: PrintedCells, province: int, households: int = HOUSEHOLDS, design_effect: float = 2.0
) -> Additivity:
    """The areas-add-up test of a province."""
    code, areas, rows = f"{province:02d}00", cells.areas(province), []
    for year in cells.years():
        whole, parts = _whole_and_parts(cells, code, areas, year, "poor_count")
        if whole is None:
            continue
        widths = [printed.interval.high - printed.interval.low for printed in (whole, *parts)]
        spread = 0.0
        for area in areas:
            found, rate = cells.implied_population(area, year), cells.get(area, year, "headcount")
            if found is not None and rate is not None:
                spread += found[0].middle ** 2 * variance(
                    rate.value / 100, households / design_effect
                )
        rows.append(
            Sum(
                year,
                sum(part.value for part in parts) / 1000,
                whole.value / 1000,
                sum(widths) / 2000,
                sqrt(spread) / 1000,
            )
        )
    return Additivity(find_area(code).name, design_effect, tuple(rows))


def _whole_and_parts(
    cells: PrintedCells, code: str, areas: list[str], year: int, name: str
) -> tuple[Printed | None, list[Printed]]:
    """A figure of the province and of all its areas; None where one is not printed."""
    whole = cells.get(code, year, name)
    found = [cells.get(area, year, name) for area in areas]
    parts = [part for part in found if part is not None]
    return (whole, parts) if parts and len(parts) == len(areas) else (None, [])


def _finding(
    check: str, whole: Printed, parts: list[Printed], left_open: Interval, unit: str
) -> Finding:
    """A figure of the province against its areas."""
    said, key = whole.interval, whole.key
    verdict = judge(said, left_open, (whole, *parts))
    return Finding(check, key.area_code, key.year, (whole, *parts), said, left_open, unit, verdict)
