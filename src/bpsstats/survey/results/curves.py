"""Curves with bands: pointwise intervals, and a band that holds the whole curve at once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import released
from bpsstats.errors import NotEstimableError, ParameterError
from bpsstats.reprs import Parts, Shown, count_of, written
from bpsstats.survey.results.tables import Estimates
from bpsstats.survey.variance.engine import covariance_of_totals
from bpsstats.survey.variance.reference import t_tail

DRAWS = 20_000
SEED = 20_260_301
# A smaller standard error is a sum of rounded zeros.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Curve(Shown):
    """Estimates of one statistic along a grid, with a uniform band.

    Parameters
    ----------
    points : Estimates
        One row per point of the grid.
    axis : str
        What the grid is: a line, a share of persons.
    grid : ndarray, shape (k,)
    critical : float
        Critical value of the band, in standard errors; the t quantile of a single interval is
        smaller.
    pointwise_level : float
        Level at which the intervals of the points make up the band.
    """

    points: Estimates
    axis: str
    grid: np.ndarray
    critical: float
    pointwise_level: float

    def to_frame(self) -> pd.DataFrame:
        """Tidy table at full precision: the grid, estimates, pointwise intervals, and the band."""
        frame = self.points.to_frame()
        bands = [row.interval(self.pointwise_level) for row in self.points]
        kept = ["statistic", "estimate", "std_error", "conf_low", "conf_high"]
        return pd.concat([pd.DataFrame({self.axis: self.grid}), frame[kept]], axis=1).assign(
            band_low=[low for low, _ in bands],
            band_high=[high for _, high in bands],
            df=frame["df"],
            n=frame["n"],
            n_psu=frame["n_psu"],
            unit=frame["unit"],
            mark=frame["mark"],
        )

    def _parts(self) -> Parts:
        return self._heading(), released(self).formatted()

    def _heading(self) -> str:
        """The heading of the points, and what the band is."""
        level = 100 * self.points.level
        return (
            f"{self.points.heading} · the {level:g}% band is {self.critical:.2f} standard errors"
            " wide on either side"
        )

    def formatted(self) -> pd.DataFrame:
        """The table as read by people."""
        frame = self.to_frame()
        percent = f"{100 * self.points.level:g}%"
        columns = {
            "estimate": "estimate",
            "std_error": "std. error",
            "conf_low": f"{percent} low",
            "conf_high": f"{percent} high",
            "band_low": "band low",
            "band_high": "band high",
        }
        digits = 0 if frame["estimate"].abs().max() >= 1000 else 2
        shown = {
            self.axis: [
                f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}" for value in self.grid
            ]
        }
        for column, label in columns.items():
            shown[label] = [written(value, digits) for value in frame[column]]
        return pd.DataFrame(shown).assign(unit=frame["unit"])


@checked
def curve(
    points: Estimates, axis: str, grid: np.ndarray, *, draws: int = DRAWS, seed: int = SEED
) -> Curve:
    """Put a uniform band around estimates along a grid.

    Parameters
    ----------
    points : Estimates
        Rows of one sample and domain, one per point of the grid.
    axis : str
        What the grid is.
    grid : ndarray, shape (k,)
    draws, seed : int
        Size and seed of the simulation of the critical value.

    Returns
    -------
    Curve
        The band at level ``1 - alpha`` is made of the points' own intervals at a higher level, that
        of the critical value ``c``: the quantile of ``max_k |Z_k| / sqrt(X / df)`` with ``Z``
        Gaussian with the correlation of the points and ``X`` chi-squared with the design's degrees
        of freedom. Points whose error cannot be estimated are left out of it.

    Raises
    ------
    NotEstimableError
        If the error of no point can be estimated.

    References
    ----------
    Montiel Olea, J. L. and Plagborg-Moller, M. (2019). Simultaneous confidence bands: theory,
    implementation, and an application to SVARs. Journal of Applied Econometrics 34(1), 1-17.
    """
    if grid.shape != (len(points),) or draws < 1:
        raise ParameterError(
            f"A curve of {count_of(len(points), 'point')} has a grid of shape {grid.shape} and"
            f" {count_of(draws, 'draw')};"
            " give one place for each point, and some thousand draws."
        )
    rows = [row for row in points if row.std_error > ROUNDING * row.scale]
    if not rows:
        raise NotEstimableError(
            f"None of the {count_of(len(points), 'point')} of the curve along {axis} has a"
            " sampling error. Take a grid that lies within the observed values, or a domain with"
            " more PSUs."
        )
    totals = np.column_stack([row.strands[0].dense() for row in rows])
    covariance = covariance_of_totals(rows[0].strands[0].first_stage, totals)
    error = np.sqrt(np.diag(covariance))
    df = min(row.df for row in rows)
    critical = critical_value(covariance / np.outer(error, error), df, points.level, draws, seed)
    return Curve(points, axis, grid, critical, float(1 - 2 * t_tail(critical, df)))


def critical_value(
    correlation: np.ndarray, df: int, level: float, draws: int = DRAWS, seed: int = SEED
) -> float:
    """Quantile of the largest of correlated absolute t statistics, by simulation.

    Examples
    --------
    One point has the t quantile, and independent points that of Sidak, but for the error of the
    simulation:

    >>> [round(critical_value(np.eye(points), 60, 0.95), 1) for points in (1, 10)]
    [2.0, 2.9]
    """
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    random = np.random.default_rng(seed)
    draw = np.einsum("dk,jk->dj", random.standard_normal((draws, len(root))), root)
    largest = np.abs(draw).max(axis=1) / np.sqrt(random.chisquare(df, draws) / df)
    return float(np.quantile(largest, level))
