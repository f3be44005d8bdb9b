"""Cells that stand out from the years beside them as no other cell of their kind does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bpsstats.published.indicators import Indicator, indicators
from bpsstats.published.record.cells import Printed, PrintedCells
from bpsstats.published.record.finding import Finding
from bpsstats.published.record.interval import Interval

# Further from its neighbours than this many times the usual departure (by the median) of its kind,
# and than this much of itself; from this many cells on a kind has a usual departure.
MOST, LEAST_DEPARTURE, FEWEST = 15.0, 0.02, 20
PARTS = ("all", "male", "female")
LEVELS_ONLY = ("change:", "difference:")


@dataclass(frozen=True, slots=True)
class StandingOut:
    """A value that stands out: where, what its neighbours lead to expect, and the usual departure
    from that, in logarithms.
    """

    area_code: str
    year: int
    expected: float
    usual: float


def outliers(cells: PrintedCells, area_codes: list[str]) -> Iterator[Finding]:
    """Cells of the areas that stand out from their series, as doubtful."""
    for indicator in indicators().values():
        if indicator.name.startswith(LEVELS_ONLY):
            continue
        for domain in PARTS:
            yield from _of_series(cells, area_codes, indicator, domain)


def standing_out(
    values: Mapping[str, Mapping[int, float]], breaks: tuple[int, ...] = ()
) -> list[StandingOut]:
    """Values that stand out from the years before and after, the growth of the median area apart.

    Parameters
    ----------
    values : mapping of area code to year to logarithm
    breaks : tuple of int
        Years from which the series is another one.

    Examples
    --------
    >>> steady = {
    ...     str(i): {year: i + 0.01 * year + 0.001 * ((i * year) % 7) for year in range(9)}
    ...     for i in range(9)
    ... }
    >>> steady["3"][4] += 0.2
    >>> [(one.area_code, one.year) for one in standing_out(steady)]
    [('3', 4)]
    """
    growth = _median_growth(values)
    expected: dict[tuple[str, int], tuple[float, int]] = {}
    for code, series in values.items():
        for year in series:
            near = []
            if year - 1 in series and year not in breaks:
                near.append(series[year - 1] + growth[year])
            if year + 1 in series and year + 1 not in breaks:
                near.append(series[year + 1] - growth[year + 1])
            if near:
                expected[code, year] = float(np.mean(near)), len(near)
    departure = {at: values[at[0]][at[1]] - value for at, (value, _) in expected.items()}
    usual = {}
    for sides in (1, 2):
        sizes = [abs(departure[at]) for at, (_, n) in expected.items() if n == sides]
        usual[sides] = float(np.median(sizes)) if len(sizes) >= FEWEST else np.inf
    found = []
    for (code, year), (value, sides) in expected.items():
        size = abs(departure[code, year])
        # A false cell makes its neighbours depart too, half as far; only the furthest is named.
        beside = [abs(departure.get((code, near), 0.0)) for near in (year - 1, year + 1)]
        if size > max(MOST * usual[sides], LEAST_DEPARTURE) and size >= max(beside):
            found.append(StandingOut(code, year, value, usual[sides]))
    return found


def _of_series(
    cells: PrintedCells, area_codes: list[str], indicator: Indicator, domain: str
) -> Iterator[Finding]:
    """The cells of one indicator that stand out."""
    figures: dict[str, dict[int, tuple[Interval, tuple[Printed, ...]]]] = {}
    for code in area_codes:
        if indicator.name == "implied_population":
            known = {year: cells.implied_population(code, year) for year in cells.years()}
            series = {year: found for year, found in known.items() if found is not None}
        else:
            printed = cells.series(code, indicator.name, domain)
            series = {year: (one.interval, (one,)) for year, one in printed.items()}
        figures[code] = {year: found for year, found in series.items() if found[0].middle > 0}
    values = {
        code: {year: float(np.log(found[0].middle)) for year, found in series.items()}
        for code, series in figures.items()
    }
    for one in standing_out(values, indicator.breaks):
        said, parts = figures[one.area_code][one.year]
        around = np.exp(one.expected + MOST * one.usual * np.array([-1.0, 1.0]))
        yield Finding(
            "series", one.area_code, one.year, parts, said, Interval(*map(float, around)),
            indicator.unit, "doubtful",
        )  # fmt: skip


def _median_growth(values: Mapping[str, Mapping[int, float]]) -> dict[int, float]:
    """Growth from the year before of the median area, by year."""
    years = {year for series in values.values() for year in series}
    growth = {}
    for year in years:
        steps = [s[year] - s[year - 1] for s in values.values() if year in s and year - 1 in s]
        growth[year] = float(np.median(steps)) if steps else 0.0
    return growth
