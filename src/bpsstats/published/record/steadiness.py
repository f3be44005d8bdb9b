"""The steadiness test: whether printed rates move from year to year as samples of the design do.

Statistic: ``T = sum (P_t - P_{t-1})^2 / (V_t + V_{t-1})`` with ``V = P (1 - P) / n_eff`` and
``n_eff`` households over design effect. Were the rates direct estimates of independent samples, T
would be about the number of changes, and more where the true rate moves. Its distribution under no
true movement is simulated: binomial samples of ``n_eff`` at each area's mean rate, printed with the
decimals of the release. The p-value is the share of simulated sets that are as steady.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.published.record.finding import row_named
from bpsstats.reprs import html_table

# Households interviewed in an area and year: 64 census blocks of ten with some four percent
# missing, as in Kota Balikpapan.
HOUSEHOLDS = 616
DESIGN_EFFECTS = (1.0, 1.5, 2.0, 3.0)
REPLICATES, SEED, DECIMALS = 10_000, 6471, 2
JOINT = "all"

Rates = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class Steady:
    """The test for one area, or for all jointly, at one design effect.

    Parameters
    ----------
    area : str
        Code of the area, "all" for the joint test.
    design_effect : float
    changes : int
        Changes between consecutive years.
    statistic : float
        Sum of the standardised squared changes.
    p_value, monte_carlo_error : float
        Share of simulated sets at least as steady, and the standard error of that share.
    lowest : float
        The steadiest of the simulated sets.
    households : int
        Households that the sample is taken to have.
    """

    area: str
    design_effect: float
    changes: int
    statistic: float
    p_value: float
    monte_carlo_error: float
    lowest: float
    households: int

    @property
    def equivalent_households(self) -> float:
        """Households of a simple random sample in each area and year that would move as the print
        does, whatever the design effect.
        """
        n_eff = self.households / self.design_effect
        return n_eff * self.changes / self.statistic if self.statistic > 0 else inf

    @property
    def overlap(self) -> float:
        """Correlation between one year's sample and the next that would make direct estimates move
        as the print does; zero where they move as independent samples or more.
        """
        return max(0.0, 1 - self.statistic / self.changes)

    @property
    def too_steady(self) -> bool:
        """Whether fewer than one in twenty simulated sets are as steady."""
        return self.p_value < 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Steadiness:
    """The steadiness test of a set of rates."""

    years: tuple[int, ...]
    replicates: int
    rows: tuple[Steady, ...]
    simulated: Mapping[float, np.ndarray]  # design effect to joint statistic of each set

    def __iter__(self) -> Iterator[Steady]:
        return iter(self.rows)

    @checked
    def row(self, area: str, design_effect: float = 2.0) -> Steady:
        """The test of an area, "all" for the joint one.

        Raises
        ------
        ParameterError
            If there is no test of that area at that design effect; the message names those that
            there are.
        """
        of_area = [row for row in self.rows if row.area == area]
        row_named({row.area: row for row in self.rows}, area, "test of the area")
        tested = {f"{row.design_effect:g}": row for row in of_area}
        return row_named(tested, f"{design_effect:g}", f"test of {area} at a design effect of")

    def of(self, *areas: str) -> "Steadiness":
        """The tests of these areas alone."""
        rows = tuple(row for row in self.rows if row.area in areas)
        return Steadiness(self.years, self.replicates, rows, self.simulated)

    def to_frame(self) -> pd.DataFrame:
        """One row per area and design effect."""
        return pd.DataFrame(
            [
                {
                    "area": row.area,
                    "design_effect": row.design_effect,
                    "changes": row.changes,
                    "statistic": row.statistic,
                    "p_value": row.p_value,
                    "monte_carlo_error": row.monte_carlo_error,
                    "lowest_simulated": row.lowest,
                    "equivalent_households": row.equivalent_households,
                    "overlap": row.overlap,
                    "too_steady": row.too_steady,
                }
                for row in self.rows
            ]
        )

    def __repr__(self) -> str:
        return (
            f"{self._head}\n{self.to_frame().to_string(index=False, float_format='{:,.4g}'.format)}"
        )

    def _repr_html_(self) -> str:
        body = html_table(self.to_frame(), float_format="{:,.4g}".format)
        return f"<p>{self._head}</p>{body}"

    @property
    def _head(self) -> str:
        if not self.rows:
            return "Steadiness of printed rates · no two consecutive years are printed"
        return (
            f"Steadiness of printed rates, {self.years[0]} to {self.years[-1]} ·"
            f" {self.replicates:,}"
            " simulated sets of direct estimates"
        )


NOT_TESTED = Steadiness((), 0, (), {})


def variance(rate: Any, n_eff: float) -> Any:
    """Sampling variance of a share."""
    return rate * (1 - rate) / n_eff


@checked
def steadiness(
    rates: Rates,
    *,
    households: int = HOUSEHOLDS,
    design_effects: Sequence[float] = DESIGN_EFFECTS,
    replicates: int = REPLICATES,
    seed: int = SEED,
    decimals: int = DECIMALS,
) -> Steadiness:
    """Test whether rates are too steady for direct estimates of independent samples.

    Parameters
    ----------
    rates : mapping of area to year to rate, percent
        Changes are taken between consecutive years; a year that is missing takes two with it.
    households : int
        Households interviewed in an area and year.
    design_effects : sequence of float
        Each gives a test of its own.
    replicates, seed : int
        Of the simulation.
    decimals : int
        With which rates are printed.

    Raises
    ------
    ParameterError
        If no two consecutive years are there, or a number is out of range.

    Examples
    --------
    >>> steady = {"0001": {year: 5.0 + 0.01 * (year % 2) for year in range(2015, 2025)}}
    >>> steadiness(steady, replicates=500).row("0001").too_steady
    True
    """
    known = {area: dict(sorted(s.items())) for area, s in rates.items() if changes_of(s)}
    if not known:
        raise ParameterError(
            "The steadiness of rates needs two consecutive years of an area. Add rows of printed"
            " rates."
        )
    if households < 2 or replicates < 1 or any(effect <= 0 for effect in design_effects):
        raise ParameterError(
            "The steadiness test needs at least 2 households, 1 replicate and design effects above"
            " 0."
        )
    rows: list[Steady] = []
    joint_simulated: dict[float, np.ndarray] = {}
    for effect in design_effects:
        random = np.random.default_rng(seed)
        n_eff = households / effect
        joint, joint_observed, n_changes = np.zeros(replicates), 0.0, 0
        for area, series in known.items():
            pairs = changes_of(series)
            observed = float(_statistic(_array(series), pairs, list(series), n_eff)[0])
            simulated = _simulate(series, pairs, n_eff, replicates, decimals, random)
            joint, joint_observed = joint + simulated, joint_observed + observed
            n_changes += len(pairs)
            rows.append(_row(area, effect, len(pairs), observed, simulated, households))
        if len(known) > 1:
            rows.append(_row(JOINT, effect, n_changes, joint_observed, joint, households))
        joint_simulated[effect] = joint
    years = sorted({year for series in known.values() for year in series})
    return Steadiness(tuple(years), replicates, tuple(rows), joint_simulated)


def _row(
    area: str, effect: float, n: int, observed: float, simulated: np.ndarray, households: int
) -> Steady:
    """One test from its simulated statistics."""
    p = (1 + int((simulated <= observed).sum())) / (1 + len(simulated))
    error = sqrt(p * (1 - p) / len(simulated))
    return Steady(area, effect, n, observed, p, error, float(simulated.min()), households)


def changes_of(series: Mapping[int, float]) -> list[tuple[int, int]]:
    """Consecutive years of a series."""
    return [(year - 1, year) for year in series if year - 1 in series]


def _array(series: Mapping[int, float]) -> np.ndarray:
    """Rates as shares, one row."""
    return np.array([list(series.values())]) / 100


def _statistic(
    shares: np.ndarray, pairs: list[tuple[int, int]], years: list[int], n_eff: float
) -> np.ndarray:
    """Sum of the standardised squared changes of each row."""
    at = {year: i for i, year in enumerate(years)}
    before = shares[:, [at[year] for year, _ in pairs]]
    after = shares[:, [at[year] for _, year in pairs]]
    spread = variance(before, n_eff) + variance(after, n_eff)
    squared = (after - before) ** 2
    # Two samples without a poor household do not differ, and have no variance either.
    parts = np.divide(squared, spread, out=np.zeros_like(squared), where=spread > 0)
    total: np.ndarray = parts.sum(axis=1)
    return total


def _simulate(
    series: Mapping[int, float],
    pairs: list[tuple[int, int]],
    n_eff: float,
    replicates: int,
    decimals: int,
    random: np.random.Generator,
) -> np.ndarray:
    """The statistic of sets of direct estimates around the mean rate of an area."""
    share = float(np.mean(list(series.values()))) / 100
    n = max(1, round(n_eff))
    drawn = random.binomial(n, share, size=(replicates, len(series))) / n
    return _statistic(np.round(drawn, decimals + 2), pairs, list(series), n_eff)
