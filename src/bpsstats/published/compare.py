"""Recomputed beside printed: one verdict per cell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.poverty.changes.change import Changes
from bpsstats.poverty.lines.official import PovertyLine
from bpsstats.published.targets import POSITIVE, PublishedTable, Target
from bpsstats.reprs import html_table
from bpsstats.survey import Estimates

Verdict = Literal["reproduced", "consistent", "differs", "not recomputed"]
LINE = "poverty_line"  # indicator of the printed line
SHOWN_VERDICTS = ("reproduced", "calibrated", "given", "consistent", "differs", "not recomputed")


@dataclass(frozen=True, slots=True)
class Known:
    """A recomputed figure without sampling error: a parameter, or a total that the weights are
    calibrated to.
    """

    indicator: str
    value: float


Result = Estimates | Changes | PovertyLine | Known


@dataclass(frozen=True, slots=True)
class Comparison:
    """A printed cell beside the recomputed value.

    `verdict` is *reproduced* when the value prints as the cell, *consistent* when the printed value
    lies in the confidence interval, else *differs*. `calibrated` marks cells that the synthetic
    data were fitted to, `given` those that are an input here, so that their agreement proves
    nothing; `held_out` those that synthetic data were not fitted to, which tell how far the
    invented area is like the printed one.
    """

    target: Target
    value: float
    std_error: float
    conf_low: float
    conf_high: float
    calibrated: bool
    given: bool = False
    held_out: bool = False
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """What the comparison comes to."""
        if not np.isfinite(self.value):
            return "not recomputed"
        if self.target.is_reproduced_by(self.value):
            return "reproduced"
        low, high = self.target.rounding
        if np.isfinite(self.conf_low) and low <= self.conf_high and high >= self.conf_low:
            return "consistent"
        return "differs"

    @property
    def shown_verdict(self) -> str:
        """The verdict; a cell that came out right because it went in is called by what it is."""
        if self.verdict != "reproduced":
            return self.verdict
        if self.given:
            return "given"
        return "calibrated" if self.calibrated else "reproduced"

    @property
    def cause(self) -> str:
        """Why, in words."""
        if self.verdict == "not recomputed":
            return self.reason
        if self.shown_verdict == "given":
            return (
                "the printed figure is an input"
                if self.target.indicator == LINE
                else "the correction factor was chosen to meet this cell"
            )
        if self.verdict == "reproduced":
            return (
                "the synthetic data were fitted to this cell"
                if self.calibrated
                else "equal as printed"
            )
        fitted = ", although the data were fitted to this cell" if self.calibrated else ""
        if self.given and self.target.indicator != LINE:
            fitted = ", although a correction factor is there to meet this cell"
        elif self.held_out:
            fitted = "; the synthetic data were not fitted to this cell"
        if self.verdict == "consistent":
            return f"off by more than rounding, within sampling error{fitted}"
        beyond = (
            "outside the confidence interval"
            if np.isfinite(self.conf_low)
            else "has no sampling error"
        )
        return f"off by more than rounding, {beyond}{fitted}"


@dataclass(frozen=True, slots=True)
class Comparisons:
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
        return pd.DataFrame(
            {
                "area_code": [row.target.area_code for row in self.rows],
                "year": [row.target.year for row in self.rows],
                "indicator": [row.target.indicator for row in self.rows],
                "domain": [row.target.domain for row in self.rows],
                "printed": [row.target.printed for row in self.rows],
                "printed_unit": [row.target.unit for row in self.rows],
                "published": [row.target.value for row in self.rows],
                "recomputed": [row.value for row in self.rows],
                "std_error": [row.std_error for row in self.rows],
                "conf_low": [row.conf_low for row in self.rows],
                "conf_high": [row.conf_high for row in self.rows],
                "rounding_low": [row.target.rounding[0] for row in self.rows],
                "rounding_high": [row.target.rounding[1] for row in self.rows],
                "verdict": [row.verdict for row in self.rows],
                "calibrated": [row.calibrated for row in self.rows],
                "given": [row.given for row in self.rows],
                "held_out": [row.held_out for row in self.rows],
                "cause": [row.cause for row in self.rows],
                "publication": [row.target.publication for row in self.rows],
                "table": [row.target.table for row in self.rows],
                "vintage": [row.target.vintage for row in self.rows],
                "derived": [row.target.derived for row in self.rows],
            }
        )

    def shown(self) -> pd.DataFrame:
        """The table as read by people: rounded one place further than printed, in the printed
        unit.
        """
        rows = []
        for row in self.rows:
            target, factor = (
                row.target,
                row.target.value / float(row.target.number) if row.target.number else 1.0,
            )
            places = (
                2
                if target.printed == POSITIVE
                else max(0, -int(target.number.as_tuple().exponent)) + 1
            )
            low, high = target.rounding

            def number(value: float, factor: float = factor, places: int = places) -> str:
                return f"{value / factor:,.{places}f}" if np.isfinite(value) else "–"

            rows.append(
                {
                    "figure": target.indicator,
                    "of": target.domain,
                    "printed": target.printed,
                    "unit": target.unit,
                    "recomputed": number(row.value),
                    "std. error": number(row.std_error),
                    "interval": (
                        f"{number(row.conf_low)} to {number(row.conf_high)}"
                        if np.isfinite(row.conf_low)
                        else "–"
                    ),
                    "prints as this": (
                        f"{number(low)} to {number(high)}" if np.isfinite(high) else "above 0"
                    ),
                    "verdict": row.shown_verdict,
                    "publication": target.publication + (" (derived)" if target.derived else ""),
                }
            )
        return pd.DataFrame(rows)

    @property
    def summary(self) -> str:
        """How many cells of each verdict."""
        counts = {v: self.count(v) for v in SHOWN_VERDICTS}
        return f"{len(self)} cells: " + ", ".join(
            f"{n} {verdict}" for verdict, n in counts.items() if n
        )

    def __repr__(self) -> str:
        return f"{self.heading}\n{self.shown().to_string(index=False)}\n{self.summary}"

    def _repr_html_(self) -> str:
        table = html_table(self.shown())
        return f"<p>{self.heading}</p>{table}<p>{self.summary}</p>"


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
        Printed cells. Cells that no result answers to are left out, unless `not_recomputed` names
        them.
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
    found = dict(_cells(results if isinstance(results, Sequence) else [results]))
    reasons = not_recomputed or {}
    fitted_years = {year for _, year in fitted_to or {}}
    rows = []
    for target in targets:
        nan = float("nan")
        if (target.indicator, target.domain) in found:
            value, error, low, high = found[target.indicator, target.domain]
            calibrated = _is_calibrated(target, fitted_to or {})
            is_given = target.indicator in (LINE, *(given or ()))
            held_out = target.year in fitted_years and not calibrated and not is_given
            rows.append(Comparison(target, value, error, low, high, calibrated, is_given, held_out))
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
