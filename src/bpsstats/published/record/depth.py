"""Whether depth moves from year to year as samples do: the statistic of the steadiness test for P1.

The printed P2 gives the variance that P1 has in a direct estimate, ``V = (P2 - P1^2) / n_eff`` in
shares, because P1 is the mean of gaps and P2 of squared gaps over all persons. So
``T = sum (P1_t - P1_{t-1})^2 / (V_t + V_{t-1})`` is about the number of changes if P1 is a direct
estimate of independent samples, and far less if it is made as steady as the rate.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from bpsstats.arguments import checked
from bpsstats.published.record.cells import PrintedCells
from bpsstats.published.record.finding import row_named
from bpsstats.published.record.steadiness import HOUSEHOLDS, JOINT
from bpsstats.reprs import Parts, Shown


@dataclass(frozen=True, slots=True)
class Movement:
    """Movement of P1 in one area, or in all together: the statistic and its number of changes."""

    area: str
    changes: int
    statistic: float

    @property
    def per_change(self) -> float:
        """About one for direct estimates of independent samples."""
        return self.statistic / self.changes


@dataclass(frozen=True, slots=True, repr=False)
class Depth(Shown):
    """Movement of P1 by area and jointly."""

    design_effect: float
    rows: tuple[Movement, ...]

    def __iter__(self) -> Iterator[Movement]:
        return iter(self.rows)

    @checked
    def row(self, area: str) -> Movement:
        """The movement of an area, "all" for the joint one.

        Raises
        ------
        ParameterError
            If there is none of that area; the message names those that there are.
        """
        return row_named({row.area: row for row in self.rows}, area, "movement of P1 of the area")

    def to_frame(self) -> pd.DataFrame:
        """One row per area."""
        return pd.DataFrame(
            [
                {
                    "area": row.area,
                    "changes": row.changes,
                    "statistic": row.statistic,
                    "per_change": row.per_change,
                }
                for row in self.rows
            ]
        )

    def _parts(self) -> Parts:
        return (
            "Movement of the printed P1 · about 1 a change for direct estimates with a design"
            f" effect of {self.design_effect:g}",
            self.to_frame().round(2),
        )


def depth(
    cells: PrintedCells,
    codes: Sequence[str],
    households: int = HOUSEHOLDS,
    design_effect: float = 2.0,
) -> Depth:
    """Movement of P1 in the areas, where P1 and P2 of both years are printed."""
    n_eff, rows = households / design_effect, []
    for code in codes:
        gap = {year: p.value / 100 for year, p in cells.series(code, "poverty_gap").items()}
        square = {year: p.value / 100 for year, p in cells.series(code, "severity").items()}
        spread = {y: (square[y] - gap[y] ** 2) / n_eff for y in gap if y in square}
        pairs = [
            (year - 1, year)
            for year in spread
            if year - 1 in spread and spread[year] + spread[year - 1] > 0
        ]
        if pairs:
            parts = [(gap[t] - gap[s]) ** 2 / (spread[t] + spread[s]) for s, t in pairs]
            rows.append(Movement(code, len(pairs), sum(parts)))
    if len(rows) > 1:
        n = sum(row.changes for row in rows)
        rows.append(Movement(JOINT, n, sum(row.statistic for row in rows)))
    return Depth(design_effect, tuple(rows))
