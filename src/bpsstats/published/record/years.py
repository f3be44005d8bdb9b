"""A figure beside itself in other years: printed changes, populations and lines."""

from collections.abc import Iterator, Sequence
from statistics import median

from bpsstats.microdata.lists.facts import inflation_on_file
from bpsstats.published.indicators import find_indicator
from bpsstats.published.record.cells import Printed, PrintedCells
from bpsstats.published.record.finding import Finding, Verdict
from bpsstats.published.record.identities import judge
from bpsstats.published.record.interval import Interval

CHANGE = "change:"
IMPLIED = "implied_population"
OTHER_BASES = ("population_projection", "population_sp2020_projection", "population_sp2020_census")
# Yearly growth of a population that no change of base explains, percent: the ten areas stay inside
# but for 2021, when the base of the weights changed.
GROWTH = Interval(-0.5, 5.5)
# Growth of a line beyond general inflation, percentage points: inside are all lines of the ten
# areas beside the inflation of the province.
REAL_GROWTH = Interval(-5.0, 8.0)
# Growth of a line less that of the median area, percentage points: outside is one of ninety.
OTHER_LINES = Interval(-5.0, 5.0)


def changes(cells: PrintedCells, area_code: str) -> Iterator[Finding]:
    """Printed changes on the year before against the difference of the printed levels."""
    for printed in cells:
        name = printed.key.indicator.removeprefix(CHANGE)
        if printed.key.area_code != area_code or name == printed.key.indicator:
            continue
        after, before = (
            cells.get(area_code, year, name, printed.key.domain)
            for year in (printed.key.year, printed.key.year - 1)
        )
        if after is None or before is None:
            continue
        parts = (printed, after, before)
        unit = find_indicator(printed.key.indicator).unit
        levels = after.interval - before.interval
        verdict = judge(printed.interval, levels, parts)
        yield _found("change", printed, parts, levels, unit, verdict)
        if unit == "percentage points":
            in_percent = _relative(after, before)
            fits = printed.interval.meets(in_percent)
            if fits != (verdict == "holds"):
                reading: Verdict = "percent" if fits else "points"
                yield _found("change_in_percent", printed, parts, in_percent, "percent", reading)


def populations(cells: PrintedCells, area_code: str) -> Iterator[Finding]:
    """The population that number and rate imply, from year to year and beside other bases."""
    known = {year: cells.implied_population(area_code, year) for year in cells.years()}
    breaks = find_indicator(IMPLIED).breaks
    for year, implied in known.items():
        if implied is None:
            continue
        now, parts = implied
        before = known.get(year - 1)
        if before is not None:
            growth = 100 * (now / before[0]) - 100
            verdict: Verdict = "break" if year in breaks else "doubtful"
            if growth.meets(GROWTH):
                verdict = "holds"
            joined = (*parts, *before[1])
            yield Finding(
                "population_growth", area_code, year, joined, growth, GROWTH, "percent", verdict
            )
        for name in OTHER_BASES:
            other = cells.get(area_code, year, name)
            if other is not None:
                same: Verdict = "holds" if now.meets(other.interval) else "break"
                yield _found("population_base", other, (other, *parts), now, "persons", same)


def lines(cells: PrintedCells, area_code: str, beside: Sequence[str]) -> Iterator[Finding]:
    """Growth of the line beside general inflation, where that is known, and beside the growth of
    the median line of the areas `beside`.
    """
    inflation = inflation_on_file(area_code)
    series = cells.series(area_code, "poverty_line")
    others = [cells.series(code, "poverty_line") for code in beside]
    for year, line in series.items():
        if year - 1 not in series:
            continue
        parts = (line, series[year - 1])
        growth = _relative(*parts)
        known = [
            _relative(o[year], o[year - 1]).middle for o in others if {year - 1, year} <= set(o)
        ]
        usual = {"line_and_other_lines": OTHER_LINES + median(known)} if known else {}
        if year in inflation:
            usual["line_and_inflation"] = REAL_GROWTH + inflation[year]
        for check, span in usual.items():
            verdict: Verdict = "holds" if growth.meets(span) else "doubtful"
            yield Finding(check, area_code, year, parts, growth, span, "percent", verdict)


def _relative(after: Printed, before: Printed) -> Interval:
    """Change in percent of the level before."""
    return 100 * (after.interval / before.interval) - 100


def _found(
    check: str,
    printed: Printed,
    parts: tuple[Printed, ...],
    left_open: Interval,
    unit: str,
    verdict: Verdict,
) -> Finding:
    """A finding on one printed figure."""
    key = printed.key
    return Finding(
        check, key.area_code, key.year, parts, printed.interval, left_open, unit, verdict
    )
