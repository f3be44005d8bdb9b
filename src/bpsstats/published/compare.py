"""Recomputed beside printed: one verdict per cell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import released
from bpsstats.poverty.changes.change import Changes
from bpsstats.poverty.lines.official import PovertyLine
from bpsstats.published.comparison import LINE, Comparison
from bpsstats.published.targets import PublishedTable, Target
from bpsstats.reprs import Parts, Shown, count_of, written
from bpsstats.survey import Estimates, joint_source

OTHER_DOMAIN = "it is recomputed of other people than these"
SHOWN_VERDICTS = ("reproduced", "calibrated", "given", "consistent", "differs", "not recomputed")

# Columns of the table for programs, by what of a comparison they hold; after the interval stand
# the values that print as the cell.
COLUMNS = {
    "area_code": "target.area_code", "year": "target.year", "indicator": "target.indicator",
    "domain": "target.domain", "printed": "target.printed", "printed_unit": "target.unit",
    "published": "target.value", "recomputed": "value", "std_error": "std_error",
    "conf_low": "conf_low", "conf_high": "conf_high", "verdict": "verdict",
    "calibrated": "calibrated", "given": "given", "held_out": "held_out", "cause": "cause",
    "publication": "target.publication", "table": "target.table", "vintage": "target.vintage",
    "derived": "target.derived",
}  # fmt: skip
BEFORE_ROUNDING = 11


@dataclass(frozen=True, slots=True)
class Known:
    """A recomputed figure without sampling error: a parameter, or a total that the weights are
    calibrated to.
    """

    indicator: str
    value: float


Result = Estimates | Changes | PovertyLine | Known


@dataclass(frozen=True, slots=True, repr=False)
class Comparisons(Shown):
    """All cells of an area and year."""

    heading: str
    rows: tuple[Comparison, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)  # what files of it say of the data

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def all_hold(self) -> bool:
        """Whether no cell differs, those aside that synthetic data were not fitted to: how an
        invented area differs from the printed one is no fault of the figures.
        """
        return all(row.verdict != "differs" or row.held_out for row in self.rows)

    def count(self, verdict: str) -> int:
        """Cells with a shown verdict."""
        return sum(row.shown_verdict == verdict for row in self.rows)

    def to_frame(self) -> pd.DataFrame:
        """One row per cell, at full precision."""
        rounding = [row.target.rounding for row in self.rows]
        frame = pd.DataFrame(
            {name: [attrgetter(at)(row) for row in self.rows] for name, at in COLUMNS.items()}
        )
        frame.insert(BEFORE_ROUNDING, "rounding_low", [low for low, _ in rounding])
        frame.insert(BEFORE_ROUNDING + 1, "rounding_high", [high for _, high in rounding])
        return frame

    def shown(self) -> pd.DataFrame:
        """The table as read by people, in the printed unit: one place further than printed, of
        survey data as printed.
        """
        rows = []
        for row in self.rows:
            target = row.target
            factor = target.factor if target.number else 1
            low, high = target.rounding

            fine, places = target.decimals + 1, target.decimals + row.places

            def number(value: float, factor: float = factor, places: int = places) -> str:
                return written(value / factor, places)

            has_interval = np.isfinite(row.conf_low)
            interval = f"{number(row.conf_low)} to {number(row.conf_high)}" if has_interval else "–"
            prints = (
                f"{number(low, places=fine)} to {number(high, places=fine)}"
                if np.isfinite(high)
                else "above 0"
            )
            rows.append({
                "figure": target.indicator, "of": target.domain, "printed": target.printed,
                "unit": target.unit, "recomputed": number(row.value),
                "std. error": number(row.std_error), "interval": interval,
                "prints as this": prints, "verdict": row.shown_verdict,
                "publication": target.publication + (" (derived)" if target.derived else ""),
            })  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def summary(self) -> str:
        """How many cells of each verdict."""
        counts = {v: self.count(v) for v in SHOWN_VERDICTS}
        return f"{count_of(len(self), 'cell')}: " + ", ".join(
            f"{n} {verdict}" for verdict, n in counts.items() if n
        )

    def _parts(self) -> Parts:
        return self.heading, released(self).shown(), self.summary


@checked
def compare(
    results: Result | Sequence[Result],
    targets: PublishedTable,
    *,
    fitted_to: Mapping[tuple[str, int], float] | None = None,
    not_recomputed: Mapping[str, str] | None = None,
    given: Sequence[str] | None = None,
) -> Comparisons:
    """Compare recomputed results with printed cells.

    Parameters
    ----------
    results : Estimates, Changes, PovertyLine, Known, or a sequence of them
        What was recomputed; a change answers to the indicator ``change:<statistic>``.
    targets : PublishedTable
        Printed cells. Those whose indicator no result has are left out, unless `not_recomputed`
        names them.
    fitted_to : mapping, optional
        (statistic, year) to the value that synthetic data were fitted to; all other cells were held
        out. None for survey data.
    not_recomputed : mapping, optional
        Indicator to the reason why nothing recomputes it.
    given : sequence of str, optional
        Indicators that, like the line, are an input where they agree: a correction factor is chosen
        to meet the printed rate.

    Returns
    -------
    Comparisons

    Examples
    --------
    >>> import bpsstats as bps
    >>> from bpsstats.published import published
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> poverty = bps.estimate(households, bps.headcount(line))
    >>> [row.shown_verdict for row in bps.compare(poverty, published("6471", 2022))]
    ['reproduced']
    """
    several = results if isinstance(results, Sequence) else [results]
    found, source = dict(_cells(several)), _source(several)
    elsewhere = dict.fromkeys((indicator for indicator, _ in found), OTHER_DOMAIN)
    reasons = elsewhere | dict(not_recomputed or {})
    fitted_years = {year for _, year in fitted_to or {}}
    rows = []
    for target in targets:
        nan = float("nan")
        if (target.indicator, target.domain) in found:
            value, error, low, high = found[target.indicator, target.domain]
            calibrated = _is_calibrated(target, fitted_to or {})
            is_given = target.indicator in (LINE, *(given or ()))
            held_out = target.year in fitted_years and not calibrated and not is_given
            rows.append(
                Comparison(
                    target, value, error, low, high, calibrated, is_given, held_out, source=source
                )
            )
        elif target.indicator in reasons:
            rows.append(
                Comparison(
                    target, nan, nan, nan, nan, calibrated=False, reason=reasons[target.indicator]
                )
            )
    return Comparisons(f"{targets.area} · {targets.year} · printed and recomputed", tuple(rows))


def _cells(
    results: Iterable[Result],
) -> Iterator[tuple[tuple[str, str], tuple[float, float, float, float]]]:
    """(indicator, domain) and (value, standard error, interval) of every result."""
    for result in results:
        if isinstance(result, PovertyLine | Known):
            name = result.indicator if isinstance(result, Known) else LINE
            yield (name, "all"), (result.value, float("nan"), float("nan"), float("nan"))
        elif isinstance(result, Changes):
            for change in result:
                key = (f"change:{change.after.statistic}", change.after.domain)
                yield key, (change.change, change.std_error, *change.interval())
        else:
            for row in result:
                yield (row.statistic, row.domain), (row.estimate, row.std_error, *row.interval())


def _source(results: Iterable[Result]) -> str:
    """Kind of data of all results."""
    sources = [row.source for one in results if isinstance(one, Estimates | Changes) for row in one]
    return joint_source(*sources) if sources else ""


def _is_calibrated(target: Target, fitted_to: Mapping[tuple[str, int], float]) -> bool:
    """Whether the data were fitted to this very cell; a change is where both of its rounds are."""
    statistic = target.indicator.removeprefix("change:")
    if statistic == LINE:
        return False
    if statistic != target.indicator:
        return all((statistic, year) in fitted_to for year in (target.year - 1, target.year))
    if "+" in statistic:
        parts = statistic.removeprefix("share:").split("+")
        return all((f"share:{part}", target.year) in fitted_to for part in parts)
    fitted = fitted_to.get((statistic, target.year))
    return fitted is not None and target.is_reproduced_by(fitted)
