"""Whether an effect of education is of the size that others found: an alarm, dated and sourced."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import scipy

from bpsstats.files import read_yaml

Verdict = Literal["plausible", "unusual", "implausible"]


@dataclass(frozen=True, slots=True)
class Band:
    """Effects of less than senior secondary, percentage points, that other findings would lead one
    to expect.

    `odds_ratios` are the limits of the band on the scale of the sources.
    """

    low: float
    high: float
    odds_ratios: tuple[float, float]

    def judge(self, effect: float, conf_low: float, conf_high: float) -> Verdict:
        """Inside the band; outside it, but not the whole interval; or the whole interval outside.

        Examples
        --------
        >>> Band(1.0, 4.0, (1.5, 6.0)).judge(5.0, 3.5, 6.5)
        'unusual'
        >>> Band(1.0, 4.0, (1.5, 6.0)).judge(-2.0, -3.0, -1.0)
        'implausible'
        """
        if self.low <= effect <= self.high:
            return "plausible"
        return "implausible" if conf_low > self.high or conf_high < self.low else "unusual"


def plausible_band(rate: float, share: float) -> Band:
    """Band for a population by its poverty rate and its share with less than senior secondary.

    Parameters
    ----------
    rate : float
        Poverty rate, 0 to 1.
    share : float
        Share with less than senior secondary, 0 to 1.
    """
    low, high = _odds_ratios()
    return Band(implied_effect(low, rate, share), implied_effect(high, rate, share), (low, high))


def implied_effect(odds_ratio: float, rate: float, share: float) -> float:
    """Difference of two groups' rates, percentage points, that has an odds ratio and averages to a
    rate.

    Notes
    -----
    Solves ``share p_1 + (1 - share) p_0 = rate`` with ``p_1 / (1 - p_1) = OR p_0 / (1 - p_0)``.

    Examples
    --------
    >>> implied_effect(1.0, 0.1, 0.5)
    0.0
    >>> round(implied_effect(6.0, 0.25, 0.5), 6)  # rates of 0.4 and 0.1
    30.0
    """

    def of(p0: float) -> float:
        return odds_ratio * p0 / (1 - p0 + odds_ratio * p0)

    p0 = float(
        scipy.optimize.brentq(
            lambda p: share * of(p) + (1 - share) * p - rate, 0.0, 1.0, xtol=1e-14
        )
    )
    return 100 * (of(p0) - p0)


@cache
def sources() -> dict[str, Any]:
    """The findings of others, as on file."""
    document: dict[str, Any] = read_yaml(Path(__file__).with_name("plausible.yaml"))
    return document


def _odds_ratios() -> tuple[float, float]:
    """Smallest and largest odds ratio of the band."""
    found = []
    for source in sources()["sources"]:
        poor, others = source["shares"]["poor"] / 100, source["shares"]["others"] / 100
        found.append(poor / (1 - poor) * (1 - others) / others)
    return min(found) / sources()["widened_by"], max(found) * sources()["widened_by"]
