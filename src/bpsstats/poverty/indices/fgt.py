"""The Foster-Greer-Thorbecke family: how many are poor, how deep, how severe.

Who is poor is decided here and nowhere else (`is_poor`): expenditure per person strictly below the
line.
"""

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.poverty.lines.threshold import Line, Threshold, threshold
from bpsstats.survey import Ratio, SurveyDesign
from bpsstats.survey.statistics.ratios import ones

# A third of the line is the mean of Beta(1, 2), about twice the mean gap of the poor of a city.
UNSEEN_GAP = 1 / 3
BISECTIONS = 50
NAMES = {0: "headcount", 1: "poverty_gap", 2: "severity"}


@checked
def is_poor(expenditure: np.ndarray, line: float) -> np.ndarray:
    """Whether each record is poor.

    Parameters
    ----------
    expenditure : ndarray, shape (n,)
        Household expenditure per person, Rp per month.
    line : float
        Poverty line, Rp per person per month.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    Spending exactly the line is not poor:

    >>> is_poor(np.array([99.0, 100.0, 101.0]), 100.0)
    array([ True, False, False])
    """
    return np.asarray(expenditure < line)


def gaps(expenditure: np.ndarray, line: float, alpha: float) -> np.ndarray:
    """Relative shortfall of the poor raised to ``alpha``, zero for the others.

    Parameters
    ----------
    expenditure : ndarray, shape (n,)
        Household expenditure per person, Rp per month.
    line : float
        Poverty line, Rp per person per month.
    alpha : float
        Aversion to poverty: 0 counts the poor, 1 their gaps, 2 their squared gaps.

    Returns
    -------
    ndarray, shape (n,)
        ``((z - y) / z)^alpha`` where ``y < z``, else 0.

    Examples
    --------
    >>> gaps(np.array([50.0, 100.0]), 100.0, 2)
    array([0.25, 0.  ])
    """
    is_below = is_poor(expenditure, line)
    if alpha == 0:
        return is_below.astype(np.float64)
    result = np.zeros(len(expenditure))
    poor = np.flatnonzero(is_below)
    result[poor] = ((line - expenditure[poor]) / line) ** alpha
    return result


@dataclass(frozen=True, slots=True)
class RaisedGaps:
    """Terms of an FGT index: gaps of the records of a design. Equal where line, order and column
    are, so that it is summed once.
    """

    line: Threshold
    alpha: float
    welfare: str

    def __call__(self, design: SurveyDesign) -> np.ndarray:
        """Gaps raised to ``alpha``, shape (n,); NaN where expenditure is missing."""
        expenditure = self.line.measured(design, self.welfare)
        result = gaps(expenditure, self.line.against(expenditure, self.welfare), self.alpha)
        # A missing expenditure must not pass for "not poor".
        if np.isnan(expenditure.min(initial=np.inf)):
            result[np.isnan(expenditure)] = np.nan
        return result


@checked
def fgt(line: Line | Threshold, alpha: float, *, welfare: str = WELFARE) -> Ratio:
    """Foster-Greer-Thorbecke index of order ``alpha``, in percent as BPS prints it.

    Parameters
    ----------
    line : PovertyLine or float, or ndarray or Series of float, shape (n,)
        Poverty line, Rp per person per month; an array or a Series, which is aligned by its index,
        holds a line for each record, such as that of its region.
    alpha : float
        0 or more.
    welfare : str
        Column of expenditure per person, Rp per month.

    Returns
    -------
    Ratio
        ``P_alpha = 100 sum_{y_i < z} w_i ((z - y_i) / z)^alpha / sum_i w_i``.

    Raises
    ------
    ParameterError
        If alpha is negative.
    LineError
        If the line is not a positive number.

    References
    ----------
    Foster, J., Greer, J. and Thorbecke, E. (1984). A class of decomposable poverty measures.
    Econometrica 52(3), 761-766.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> fgt(100, 1).linearise(design, np.ones(4, dtype=bool)).value
    17.5
    >>> fgt(np.array([100.0, 80, 200, 200]), 0).linearise(design, np.ones(4, dtype=bool)).value
    50.0
    """
    if not 0 <= alpha < math.inf:
        raise ParameterError(
            f"The order of an FGT index is {alpha}; it is 0 (headcount), 1 (gap), 2 (severity) or"
            " more."
        )
    known = threshold(line)
    raised_gaps = RaisedGaps(known, alpha, welfare)
    name = NAMES.get(int(alpha), f"fgt:{alpha:g}") if alpha == int(alpha) else f"fgt:{alpha:g}"
    made = partial(Ratio, note=known.note, full_name=known.full_name(name, welfare))
    if alpha == 0:
        return made(name, "percent", "proportion", raised_gaps, ones, 100.0)
    rate, adds = fgt(line, 0, welfare=welfare), partial(one_more_poor, alpha)
    return made(name, "percent", "index", raised_gaps, ones, 100.0, rate, adds)


def one_more_poor(alpha: float, index: float, rate: float, rate_error: float) -> float:
    """What one more poor household would add to an FGT index: the unseen part that its upper limit
    allows for.

    A sample of a city holds some fifteen poor households, and the deepest gaps, which make P1 and
    P2, are often in none of them. The estimate and its standard error are then too small together.

    Parameters
    ----------
    alpha : float
        Order of the index.
    index, rate, rate_error : float
        P_alpha, P0 and the standard error of P0, as proportions.

    Returns
    -------
    float
        ``u E[g^(2 alpha)] / E[g^alpha]``: ``u = se^2 / P0`` is what a poor household adds to P0,
        and the ratio is the mean of ``g^alpha`` where gaps count by their size. Gaps are taken to
        be Beta(1, b), which falls off from the line downwards as observed gaps do; b is that of the
        mean gap implied by ``P_alpha / P0``, averaged with one household that lacks `UNSEEN_GAP` of
        the line.

    Notes
    -----
    The coverage that results is simulated in `docs/method.md`.

    Examples
    --------
    For the headcount it is the unit of the Korn-Graubard interval:

    >>> round(one_more_poor(0, 0.025, 0.025, 0.0075), 6)
    0.00225
    >>> round(one_more_poor(1, 0.004, 0.025, 0.0075), 6)
    0.000668
    """
    households = (rate / rate_error) ** 2
    mean_gap = (households * _mean_gap(alpha, min(index / rate, 1.0)) + UNSEEN_GAP) / (
        households + 1
    )
    b = 1 / mean_gap - 1
    return rate_error**2 / rate * _moment(2 * alpha, b) / _moment(alpha, b)


def _moment(r: float, b: float) -> float:
    """``E[g^r]`` of Beta(1, b)."""
    return math.exp(math.lgamma(r + 1) + math.lgamma(b + 1) - math.lgamma(b + r + 1))


def _mean_gap(alpha: float, moment: float) -> float:
    """Mean of the Beta(1, b) whose ``E[g^alpha]`` is `moment`."""
    if alpha == 0 or moment >= 1:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _moment(alpha, 1 / middle - 1) < moment else (low, middle)
    return high


@checked
def headcount(line: Line | Threshold, *, welfare: str = WELFARE) -> Ratio:
    """Headcount ratio P0: percentage of persons below the line. See `fgt`.

    Parameters
    ----------
    line : PovertyLine or float, or ndarray or Series of float, shape (n,)
        Rp per person per month; see `fgt`.
    welfare : str
        Column of expenditure per person, Rp per month.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.headcount(100))[0].estimate, 2)
    50.0
    """
    return fgt(line, 0, welfare=welfare)


@checked
def poverty_gap(line: Line, *, welfare: str = WELFARE) -> Ratio:
    """Poverty gap index P1: mean shortfall in percent of the line, the others counting zero. See
    `fgt`.

    Parameters
    ----------
    line : PovertyLine or float, or ndarray or Series of float, shape (n,)
        Rp per person per month; see `fgt`.
    welfare : str
        Column of expenditure per person, Rp per month.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.poverty_gap(100))[0].estimate, 2)
    17.5
    """
    return fgt(line, 1, welfare=welfare)


@checked
def severity(line: Line, *, welfare: str = WELFARE) -> Ratio:
    """Poverty severity index P2: mean squared shortfall, times 100. See `fgt`.

    Parameters
    ----------
    line : PovertyLine or float, or ndarray or Series of float, shape (n,)
        Rp per person per month; see `fgt`.
    welfare : str
        Column of expenditure per person, Rp per month.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.severity(100))[0].estimate, 2)
    7.25
    """
    return fgt(line, 2, welfare=welfare)


@checked
def poor_count(line: Line, *, welfare: str = WELFARE) -> Ratio:
    """Number of poor persons, ``sum_{y_i < z} w_i``.

    Where the weights are calibrated to the population, its interval is that of the headcount ratio
    times the population.

    Parameters
    ----------
    line : PovertyLine or float, or ndarray or Series of float, shape (n,)
        Rp per person per month; see `fgt`.
    welfare : str
        Column of expenditure per person, Rp per month.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 250.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> poor_count(100).linearise(design, np.ones(4, dtype=bool)).value
    500.0
    """
    rate = headcount(line, welfare=welfare)
    full = threshold(line).full_name("poor_count", welfare)
    persons = Ratio("poor_count", "persons", "count", rate.numerator, rate=rate)
    return replace(persons, note=rate.note, full_name=full)
