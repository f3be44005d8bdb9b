"""Which correction factors a printed rate takes for granted about a sample."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import WITHHELD, Policy, released
from bpsstats.errors import NotEstimableError, ParameterError
from bpsstats.poverty.indices.fgt import poverty_gap, severity
from bpsstats.poverty.inequality.quantiles import quantile
from bpsstats.poverty.lines.factors import LARGEST, LEAST
from bpsstats.poverty.lines.official import WELFARE, PovertyLine, dated_line
from bpsstats.poverty.lines.threshold import common_threshold
from bpsstats.poverty.profile.groups import education_of_the_poor, food_share, work_of_the_poor
from bpsstats.reprs import Parts, Shown, formatted
from bpsstats.survey import Estimate, Estimates, SurveyDesign, estimate

FOOD = ("food_month", "expenditure_month", "size")
# Rates are sums of weights: two that differ by less are the same.
ROUNDING = 1e-9
# So far inside a step that dividing by a factor does not leave it.
INSIDE = 1e-12

FACTOR_BASE = 0.01  # of survey data: a factor to more tells the spending of one household
FACTOR = "correction factor"  # the row of the factor itself
NUMBERS = ("low", "high", "std_error", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImpliedFactor(Shown):
    """What a printed rate implies for the correction factor.

    Parameters
    ----------
    heading : str
    line : PovertyLine
        Without a factor.
    printed : str
        The printed rate, percent.
    low, high : float
        All factors that print the rate, ``low`` included and ``high`` not; NaN where none does.
    jump : (factor, higher rate, lower rate), optional
        Where none prints the rate: the factor at which P0 jumps over it, and P0 in percent below
        that factor and from it on.
    std_error, conf_low, conf_high : float
        Sampling error of the factor, the line over a quantile of expenditure, and its interval by
        Woodruff.
    level : float
        Confidence level.
    profile : DataFrame
        One row a figure: the figure without a factor, its lowest and highest over the factors that
        print the rate, or at the nearest ones.
    source : str
        Kind of data.
    """

    heading: str
    line: PovertyLine
    printed: str
    low: float
    high: float
    jump: tuple[float, float, float] | None
    std_error: float
    conf_low: float
    conf_high: float
    level: float
    profile: pd.DataFrame
    source: str = ""

    def settled(self, policy: Policy) -> "ImpliedFactor":
        """The factor as it may leave: the ends of its range are the spending of single households,
        and the figures of the poor alone rest on few of them.
        """
        numbers = ["without", *NUMBERS]
        figures = self.profile.assign(**{name: self.profile[name].round(2) for name in numbers})
        figures.loc[figures["of"] != "all", numbers] = WITHHELD
        rounded: dict[str, Any] = {
            name: policy.rounded(getattr(self, name), FACTOR_BASE) for name in NUMBERS
        }
        jump = self.jump
        if jump is not None:
            # The rates on both sides of it differ by the weight of a household.
            jump = (policy.rounded(jump[0], FACTOR_BASE), WITHHELD, WITHHELD)
        return replace(self, **rounded, jump=jump, profile=figures)

    @property
    def is_possible(self) -> bool:
        """Whether any factor prints the rate."""
        return bool(np.isfinite(self.low))

    @property
    def value(self) -> float:
        """One factor: the middle of those that print the rate, or that of the jump."""
        return (self.low + self.high) / 2 if self.jump is None else self.jump[0]

    @property
    def needs_none(self) -> bool:
        """Whether the rate is printed without a factor."""
        return bool(self.low <= 1 < self.high)

    @property
    def holds_one(self) -> bool:
        """Whether no factor at all lies within the sampling error."""
        return bool(self.conf_low <= 1 <= self.conf_high)

    @property
    def sentence(self) -> str:
        """What the printed rate takes for granted about these data."""
        level = f"{100 * self.level:g} percent"
        sampling = (
            f"The sampling error of the factor is {self.std_error:.3f} ({level} interval"
            f" {self.conf_low:.3f} to {self.conf_high:.3f})"
        )
        within = (
            "1, no factor, lies inside: sampling error alone could explain the difference."
            if self.holds_one
            else "1, no factor, lies outside: sampling error alone hardly explains the difference."
        )
        if self.needs_none:
            return (
                f"The printed rate of {self.printed} percent follows from these data without a"
                f" factor; every factor from {self.low:.4f} to {self.high:.4f} prints it."
                f" {sampling}."
            )
        if self.jump is None:
            return (
                f"The printed rate of {self.printed} percent takes for granted that spending is"
                f" multiplied by a factor between {self.low:.4f} and {self.high:.4f} before it is"
                f" held against the line. {sampling}; {within}"
            )
        return (
            f"No factor prints {self.printed} percent from these data: the rate moves by whole"
            f" households, at the factor {self.jump[0]:.4f} past it."
            f" {sampling}; {within}"
        )

    def to_frame(self) -> pd.DataFrame:
        """The factor and the figures that move with it, one row each, at full precision."""
        factor = pd.DataFrame(
            {
                "figure": [FACTOR],
                "of": ["all"],
                "without": [1.0],
                "low": [self.low],
                "high": [self.high],
                "std_error": [self.std_error],
                "conf_low": [self.conf_low],
                "conf_high": [self.conf_high],
            }
        )
        return pd.concat([factor, self.profile], ignore_index=True)

    def _parts(self) -> Parts:
        where = "between the factors that print the rate"
        where = where if self.is_possible else "on both sides of the jump"
        view = released(self)
        return self.heading, view.sentence, f"Figures {where}:", formatted(view.profile, 3)


@checked
def implied_factor(
    design: SurveyDesign,
    line: PovertyLine,
    printed_rate: float | str,
    *,
    persons: SurveyDesign | None = None,
    level: float = 0.95,
) -> ImpliedFactor:
    """All correction factors under which a sample prints a given headcount ratio.

    Parameters
    ----------
    design : SurveyDesign
        Design with person weights over household records.
    line : PovertyLine
        Its own factor, if it has one, is left out of account.
    printed_rate : float or str
        Percent; its decimals are those it was printed with, so that 2.40 is given as text.
    persons : SurveyDesign, optional
        Design over person records, for education and work of the poor.
    level : float
        Confidence level.

    Returns
    -------
    ImpliedFactor

    Raises
    ------
    ParameterError
        If the rate is no percentage between 0 and 100.
    NotEstimableError
        If the rate could only be met by a factor that can be none, as that of another area may.

    Notes
    -----
    Poor is who has ``f y < z``, so that P0 is a falling step function of ``f``: the factors that
    print the rate are an interval, and may be none. With ``q`` the quantile of expenditure at the
    printed rate the factor is ``z / q``, and its error and interval follow from Woodruff's of
    ``q``. With the factor chosen so, P0 and the number of poor are given; what the sample
    says of its own are P1, P2 and the profile of the poor.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> implied_factor(households, bps.poverty_line("6471", 2022), "5.00").needs_none
    False
    """
    z = common_threshold(dated_line(line)).given
    printed, low_rate, high_rate = _rounding(printed_rate)
    expenditure = design.column(WELFARE)
    common_threshold(line).against(expenditure)
    values, rates = _steps(expenditure, design.weights)
    # Between two neighbouring expenditures the rate stays: P0 is rates[k] for a threshold above
    # values[k] and up to values[k + 1].
    prints = np.flatnonzero((rates >= low_rate - ROUNDING) & (rates < high_rate - ROUNDING))
    prints = prints[prints < len(values) - 1]
    jump, low, high, steps = None, np.nan, np.nan, [int(k) for k in prints]
    if steps:
        low, high = z / values[steps[-1] + 1], z / values[steps[0]]
    else:
        above = int(np.searchsorted(rates, low_rate))
        lower = float(rates[above - 1]) if above else 0.0
        jump = (z / float(values[above]), float(rates[above]), lower)
        steps = [k for k in (above, above - 1) if 0 <= k < len(values) - 1]
    edges = [at for k in steps for at in (values[k] * (1 + INSIDE), values[k + 1] * (1 - INSIDE))]
    factors = [z / at for at in edges if at > 0]
    row = estimate(design, quantile(float(printed) / 100), level=level).rows[0]
    if not (row.estimate > 0 and factors and min(factors) >= LEAST and max(factors) <= LARGEST):
        raise NotEstimableError(
            f"No correction factor between {LEAST:g} and {LARGEST:g} leads from these data to a"
            f" rate of {printed} percent at a line of Rp {z:,.0f}. Check that rate, line and data"
            " are of the same area and year."
        )
    (q_low, q_high), q = row.interval(), row.estimate
    return ImpliedFactor(
        f"{design.heading} · correction factors that the printed rate implies",
        PovertyLine(line.value, line.area_code, line.area, line.year, line.source),
        printed,
        float(low),
        float(high),
        jump,
        z / q**2 * row.std_error,
        z / q_high,
        z / q_low,
        level,
        _profile(design, persons, line, factors, level),
        design.source,
    )


def _rounding(rate: float | str) -> tuple[str, float, float]:
    """A printed rate as text, and the rates that print as it."""
    try:
        number = Decimal(str(rate).strip())
    except InvalidOperation:
        number = Decimal("nan")
    if isinstance(rate, bool) or not number.is_finite() or not 0 < number < 100:
        raise ParameterError(
            f"The printed rate is {rate!r}; it is a percentage between 0 and 100 as it was printed,"
            ' such as "5.00".'
        )
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    return f"{number:f}", float(number - half), float(number + half)


def _steps(expenditure: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct expenditures in ascending order, and the percent of persons up to each."""
    values, codes = np.unique(expenditure, return_inverse=True)
    persons = np.bincount(codes, weights=weights)
    return values, 100 * np.cumsum(persons) / persons.sum()


def _profile(
    design: SurveyDesign,
    persons: SurveyDesign | None,
    line: PovertyLine,
    factors: list[float],
    level: float,
) -> pd.DataFrame:
    """Figures without a factor, and their range over some factors."""

    def figures(factor: float) -> dict[tuple[str, str], Estimate]:
        moved = PovertyLine(
            line.value, line.area_code, line.area, line.year, line.source, factor=factor
        )
        tables: Iterator[Estimates] = iter(_tables(design, persons, moved, level))
        return {(row.statistic, row.domain): row for table in tables for row in table}

    without, at = figures(1.0), [figures(factor) for factor in factors]
    rows = []
    for key, row in without.items():
        values = np.array([found[key].estimate for found in at if key in found])
        values = values[np.isfinite(values)]
        low, high = (values.min(), values.max()) if values.size else (np.nan, np.nan)
        # Half the factors lie at a step; the one in the middle stands for the error.
        middle = at[len(at) // 2][key] if at else row
        rows.append(
            {
                "figure": key[0],
                "of": key[1],
                "without": row.estimate,
                "low": low,
                "high": high,
                "std_error": middle.std_error,
                "conf_low": middle.interval()[0],
                "conf_high": middle.interval()[1],
            }
        )
    return pd.DataFrame(rows)


def _tables(
    design: SurveyDesign, persons: SurveyDesign | None, line: PovertyLine, level: float
) -> Iterator[Estimates]:
    """What is compared with print where P0 is given."""
    yield estimate(design, [poverty_gap(line), severity(line)], level=level)
    if set(FOOD) <= set(design.frame.columns):
        yield food_share(design, line, level=level)
    if persons is not None:
        yield education_of_the_poor(persons, line, level=level)
        yield work_of_the_poor(persons, line, level=level)
