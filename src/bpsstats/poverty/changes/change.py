"""Change between two rounds, and whether it is statistically significant."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import WITHHELD, Policy, is_withheld, released
from bpsstats.reprs import Parts, Shown, count_of, written, written_p
from bpsstats.survey import Estimate, Estimates
from bpsstats.survey.results.labels import joint_source
from bpsstats.survey.results.select import place_of_row
from bpsstats.survey.results.strands import strand_covariance
from bpsstats.survey.variance.intervals import check_level
from bpsstats.survey.variance.reference import t_quantile, t_tail

POWER = 0.8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Change:
    """Difference of one statistic between two rounds, ``after - before``.

    `detectable` is the smallest true change, up or down, that a test at this level would find in
    eight samples of ten, ``(t_{(1+level)/2} + t_{0.8}) se``, were the errors those of these two
    rounds. Where it exceeds the value before, no fall would be found so often; docs/method.md has
    the simulation.
    """

    before: Estimate
    after: Estimate
    change: float
    std_error: float
    df: int
    level: float

    @property
    def source(self) -> str:
        """Kind of data of both rounds."""
        return joint_source(self.before.source, self.after.source)

    def settled(self, policy: Policy) -> "Change":
        """The change of two estimates as they may leave."""
        if self.before.is_withheld or self.after.is_withheld:
            return replace(self, change=WITHHELD, std_error=WITHHELD)
        base = self.after.base_of_rounding(policy)
        return replace(
            self,
            change=policy.rounded(self.after.estimate - self.before.estimate, base),
            std_error=policy.rounded(self.std_error, base),
        )

    @property
    def p_value(self) -> float:
        """Two-sided p-value of the t test of no change; NaN where the change has no sampling error
        to test it by.
        """
        if self.std_error == 0 or is_withheld(self.std_error):
            return self.std_error or float("nan")
        return float(2 * t_tail(abs(self.change) / self.std_error, self.df))

    @property
    def detectable(self) -> float:
        """Smallest true change found with a power of 80 percent."""
        return float(
            (t_quantile(0.5 + self.level / 2, self.df) + t_quantile(POWER, self.df))
            * self.std_error
        )

    @property
    def is_distinguishable(self) -> bool:
        """Whether the interval excludes no change."""
        low, high = self.interval()
        return bool(low > 0 or high < 0)

    def __repr__(self) -> str:
        shown = released(self)
        low, high = shown.interval()
        return (
            f"{shown.after.statistic} ({shown.after.domain}):"
            f" {written(shown.change, 2, signed=True)} {_unit_of_change(shown.after.unit)},"
            f" standard error {written(shown.std_error, 2)},"
            f" {100 * shown.level:g}% interval {written(low, 2, signed=True)} to"
            f" {written(high, 2, signed=True)}"
        )

    def interval(self) -> tuple[float, float]:
        """Confidence interval of the change, ``change -+ t_df se``."""
        reach = float(t_quantile(0.5 + self.level / 2, self.df)) * self.std_error
        return self.change - reach, self.change + reach


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Changes(Shown):
    """Changes of several statistics between the same two rounds."""

    rows: tuple[Change, ...]
    heading: str
    note: str

    def __iter__(self) -> Iterator[Change]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @checked
    def row(self, statistic: str, domain: str | None = None) -> Change:
        """The change of one statistic, in a domain where there are several.

        Raises
        ------
        ParameterError
            If no row, or more than one, answers.
        """
        after = [row.after for row in self.rows]
        return self.rows[place_of_row(after, statistic, domain)]

    def to_frame(self) -> pd.DataFrame:
        """Tidy table at full precision, one row per statistic."""
        intervals = [row.interval() for row in self.rows]
        return pd.DataFrame(
            {
                "statistic": [row.after.statistic for row in self.rows],
                "domain": [row.after.domain for row in self.rows],
                "before": [row.before.estimate for row in self.rows],
                "after": [row.after.estimate for row in self.rows],
                "change": [row.change for row in self.rows],
                "std_error": [row.std_error for row in self.rows],
                "conf_low": [low for low, _ in intervals],
                "conf_high": [high for _, high in intervals],
                "df": [row.df for row in self.rows],
                "p_value": [row.p_value for row in self.rows],
                "detectable": [row.detectable for row in self.rows],
                "distinguishable": [row.is_distinguishable for row in self.rows],
                "unit": [_unit_of_change(row.after.unit) for row in self.rows],
                "mark": [".." if is_withheld(row.change) else "" for row in self.rows],
            }
        )

    def _parts(self) -> Parts:
        return self.heading, released(self).formatted(), self.note

    def formatted(self) -> pd.DataFrame:
        """The table as read by people."""
        frame = self.to_frame()
        digits = [0 if abs(row.before.estimate) >= 1000 else 2 for row in self.rows]
        shown = frame[["statistic"]].copy()
        level = f"{100 * self.rows[0].level:g}%" if self.rows else ""
        columns = {name: name for name in ("before", "after", "change")}
        columns |= {"std. error": "std_error", f"{level} low": "conf_low"}
        columns |= {f"{level} high": "conf_high", "detectable": "detectable"}
        for heading, column in columns.items():
            signed = column in ("change", "conf_low", "conf_high")
            shown[heading] = [
                written(v, d, signed=signed) for v, d in zip(frame[column], digits, strict=True)
            ]
        shown["p"] = [written_p(p, 2) for p in frame["p_value"]]
        shown["unit"] = frame["unit"]
        shown["significant"] = [
            ".." if is_withheld(row.change) else "yes" if row.is_distinguishable else "no"
            for row in self.rows
        ]
        return shown


@checked
def change(
    before: Estimates, after: Estimates, *, shared_psus: bool = False, level: float | None = None
) -> Changes:
    """Change of each statistic from one round to the next, with its standard error.

    Parameters
    ----------
    before, after : Estimates
        The same statistics of two rounds.
    shared_psus : bool
        Whether PSUs of the same label are the same census block in both rounds; their covariance is
        then taken off the variance. By default the rounds are independent samples, as March rounds
        of Susenas are.
    level : float, optional
        Confidence level; default that of `after`.

    Returns
    -------
    Changes
        ``d = after - before``, ``se^2 = V(after) + V(before) - 2 C(after, before)``, degrees of
        freedom the sum of both rounds'. A percentage changes by percentage points.

    Raises
    ------
    ParameterError
        If a statistic of `after` is missing from `before`.

    Examples
    --------
    >>> import bpsstats as bps
    >>> rounds = (bps.read_round("6471", year) for year in (2021, 2022))
    >>> before, after = (bps.SurveyDesign(each.households) for each in rounds)
    >>> lines = [bps.poverty_line("6471", year) for year in (2021, 2022)]
    >>> tables = [bps.estimate(d, bps.headcount(z)) for d, z in zip((before, after), lines)]
    >>> round(bps.change(*tables).row("headcount").change, 2)
    -0.44
    """
    level = check_level(after.level if level is None else level)
    rows = []
    for new in after:
        old = before.row(new.statistic, new.domain)
        covariance = strand_covariance(new.strands, old.strands, shared_psus=shared_psus)
        # A round against itself cancels to rounding, which may fall below zero.
        variance = max(new.std_error**2 + old.std_error**2 - 2 * covariance, 0.0)
        rows.append(
            Change(
                old,
                new,
                new.estimate - old.estimate,
                float(np.sqrt(variance)),
                old.df + new.df,
                level,
            )
        )
    return Changes(
        tuple(rows),
        f"{after.heading}, against {before.heading}",
        _overlap_note(before, after, shared_psus),
    )


def _overlap_note(before: Estimates, after: Estimates, shared_psus: bool) -> str:
    """What was assumed of PSUs that stand in both rounds."""
    old, new = (table.rows[0].strands[0].first_stage for table in (before, after))
    shared = len(old.shared_with(new)[0])
    if shared_psus:
        psus = count_of(shared, "PSU")
        return f"The rounds share {psus}; their covariance is in the standard errors."
    if shared:
        return (
            f"{shared} PSU labels stand in both rounds; the rounds are taken as independent samples"
            " all the same."
        )
    return "The rounds share no PSU and are independent samples."


def _unit_of_change(unit: str) -> str:
    """Percentages change by percentage points."""
    return "percentage points" if unit == "percent" else unit
