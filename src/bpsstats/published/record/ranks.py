"""Ranks of areas by their printed rate, with how far they can be told apart."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.microdata.lists.areas import find_area
from bpsstats.published.record.cells import PrintedCells
from bpsstats.published.record.finding import row_named
from bpsstats.published.record.steadiness import HOUSEHOLDS, variance
from bpsstats.reprs import Parts, Shown, count_of
from bpsstats.survey.variance.reference import normal_quantile


@dataclass(frozen=True, slots=True)
class Rank:
    """Rank of an area by P0, 1 the lowest.

    Parameters
    ----------
    area_code, area : str
    rate : float
        Printed P0, percent.
    rank : int
        By the printed rates; the better one where two are equal.
    lowest_as_printed, highest_as_printed : int
        Ranks that the rounding of the rates leaves open.
    lowest, highest : int
        Ranks left open were each rate a direct estimate of its own sample: only areas whose
        difference is statistically significant are put above or below.
    """

    area_code: str
    area: str
    rate: float
    rank: int
    lowest_as_printed: int
    highest_as_printed: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True, repr=False)
class Ranks(Shown):
    """Ranks of all areas of a province in one year."""

    heading: str
    year: int
    rows: tuple[Rank, ...]
    level: float = 0.95

    def __iter__(self) -> Iterator[Rank]:
        return iter(self.rows)

    @checked
    def row(self, area_code: str) -> Rank:
        """The rank of one area.

        Raises
        ------
        ParameterError
            If no rate of it is printed; the message names the areas that have one.
        """
        ranked = {row.area_code: row for row in self.rows}
        return row_named(ranked, area_code, f"rank in {self.year} of the area")

    def to_frame(self) -> pd.DataFrame:
        """One row per area, the lowest rate first."""
        names = list(Rank.__dataclass_fields__)
        return pd.DataFrame([{name: getattr(row, name) for name in names} for row in self.rows])

    def _parts(self) -> Parts:
        return self.heading, self.to_frame()


def ranks(
    cells: PrintedCells,
    province: int,
    year: int,
    *,
    level: float = 0.95,
    households: int = HOUSEHOLDS,
    design_effect: float = 2.0,
) -> Ranks:
    """Ranks of the areas of a province by printed P0, with how far they can be told apart."""
    found = {area: cells.get(area, year, "headcount") for area in cells.areas(province)}
    printed = {area: rate for area, rate in found.items() if rate is not None}
    rates = np.array([rate.value for rate in printed.values()])
    low = np.array([rate.interval.low for rate in printed.values()])
    high = np.array([rate.interval.high for rate in printed.values()])
    var = variance(rates / 100, households / design_effect) * 1e4
    gap = rates[:, None] - rates[None, :]
    told = np.abs(gap) > normal_quantile((1 + level) / 2) * np.sqrt(var[:, None] + var[None, :])
    n = len(rates)
    rows = [
        Rank(
            area, find_area(area).name, float(rates[i]), 1 + int((rates < rates[i]).sum()),
            1 + int((high < low[i]).sum()), n - int((low > high[i]).sum()),
            1 + int((told[i] & (gap[i] > 0)).sum()), n - int((told[i] & (gap[i] < 0)).sum()),
        )
        for i, area in enumerate(printed)
    ]  # fmt: skip
    heading = (
        f"Ranks by P0, {year} · {count_of(n, 'area')} · as direct estimates of {households}"
        f" households with a design effect of {design_effect:g}, {100 * level:g}% tests of pairs"
    )
    return Ranks(heading, year, tuple(sorted(rows, key=lambda row: row.rate)), level)
