"""Poverty indices that depend on how spending is spread among the poor: Watts, Sen,
Sen-Shorrocks-Thon.
"""

import numpy as np

from bpsstats.arguments import checked
from bpsstats.poverty.indices.fgt import gaps, is_poor
from bpsstats.poverty.inequality.gini import gini_of
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.poverty.lines.threshold import Line, threshold
from bpsstats.survey import DistributionStatistic, Linearised, Sample


@checked
def watts(line: Line, *, welfare: str = WELFARE) -> DistributionStatistic:
    """Watts index: mean logarithmic shortfall of the poor, the others counting zero, times 100.

    Parameters
    ----------
    line : PovertyLine or float
        Poverty line, Rp per person per month.
    welfare : str
        Column of expenditure per person, Rp per month. Not estimable where somebody spends nothing,
        which has no logarithm.

    Returns
    -------
    DistributionStatistic
        ``100 sum_{y<z} w ln(z/y) / N``.

    References
    ----------
    Watts, H. W. (1968). An economic definition of poverty. In D. P. Moynihan (ed.), On
    Understanding Poverty, 316-329.

    Examples
    --------
    >>> import pandas as pd
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"expenditure_person_month": [np.exp(-1), 1.0, 2.0, 3.0], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> watts(1).linearise(design, np.ones(4, dtype=bool)).value
    25.0
    """
    known = threshold(line)

    def kernel(sample: Sample) -> Linearised:
        z = known.against(sample.values, welfare)
        return _mean(sample, np.where(sample.values < z, np.log(z / sample.values), 0.0))

    return DistributionStatistic(
        "watts",
        "percent",
        "ratio",
        lambda design: known.measured(design, welfare),
        kernel,
        100.0,
        positive=True,
        note=known.note,
    )


@checked
def sen(line: Line, *, welfare: str = WELFARE) -> DistributionStatistic:
    """Sen's index of 1976: the headcount and the gap, weighed by the inequality among the poor,
    times 100.

    Parameters
    ----------
    line : PovertyLine or float
        Poverty line, Rp per person per month.
    welfare : str
        Column of expenditure per person, Rp per month.

    Returns
    -------
    DistributionStatistic
        ``100 (P0 G + P1 (1 - G))`` with ``P0`` and ``P1`` the headcount ratio and the gap index as
        fractions and ``G`` the Gini coefficient (plug-in) of expenditure among the poor, as in R's
        convey.

    References
    ----------
    Sen, A. (1976). Poverty: an ordinal approach to measurement. Econometrica 44(2), 219-231.

    Examples
    --------
    >>> import pandas as pd
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"expenditure_person_month": [1.0, 3.0, 4.0, 5.0], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> sen(4).linearise(design, np.ones(4, dtype=bool)).value
    31.25
    """
    known = threshold(line)

    def kernel(sample: Sample) -> Linearised:
        z = known.against(sample.values, welfare)
        p0, p1 = (_poverty(sample, z, alpha) for alpha in (0, 1))
        poor = is_poor(sample.values, z)
        inequality = _gini_within(poor, sample.values, sample.weights)
        g = inequality.value
        value = p0.value * g + p1.value * (1 - g)
        slope = p0.value - p1.value
        return Linearised(
            value, g * p0.influence + (1 - g) * p1.influence + slope * inequality.influence
        )

    return DistributionStatistic(
        "sen",
        "percent",
        "index",
        lambda design: known.measured(design, welfare),
        kernel,
        100.0,
        note=known.note,
    )


@checked
def sen_shorrocks_thon(line: Line, *, welfare: str = WELFARE) -> DistributionStatistic:
    """Sen-Shorrocks-Thon index: the gap index, raised by the inequality of the gaps, times 100.

    Parameters
    ----------
    line : PovertyLine or float
        Poverty line, Rp per person per month.
    welfare : str
        Column of expenditure per person, Rp per month.

    Returns
    -------
    DistributionStatistic
        ``100 P1 (1 + G)`` with ``P1`` the gap index as a fraction and ``G`` the Gini coefficient
        (plug-in) of the gaps of all persons, zeros among them, as in R's convey.

    References
    ----------
    Shorrocks, A. F. (1995). Revisiting the Sen poverty index. Econometrica 63(5), 1225-1230.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.sen_shorrocks_thon(100))[0].estimate, 2)
    28.12
    """
    known = threshold(line)

    def kernel(sample: Sample) -> Linearised:
        z = known.against(sample.values, welfare)
        p1 = _poverty(sample, z, 1)
        # Gaps ascend where expenditures descend.
        gap = gaps(sample.values, z, 1)
        inequality = gini_of(gap[::-1], sample.weights[::-1])
        if not gap[0] > 0:
            return p1
        return Linearised(
            p1.value * (1 + inequality.value),
            p1.influence * (1 + inequality.value) + p1.value * inequality.influence[::-1],
        )

    return DistributionStatistic(
        "sen_shorrocks_thon",
        "percent",
        "index",
        lambda design: known.measured(design, welfare),
        kernel,
        100.0,
        note=known.note,
    )


def _poverty(sample: Sample, line: float, alpha: float) -> Linearised:
    """An index of Foster, Greer and Thorbecke as a fraction."""
    return _mean(sample, gaps(sample.values, line, alpha))


def _mean(sample: Sample, terms: np.ndarray) -> Linearised:
    """Weighted mean over the persons of a sample."""
    value = float((sample.weights * terms).sum()) / sample.population
    return Linearised(value, (terms - value) / sample.population)


def _gini_within(inside: np.ndarray, values: np.ndarray, weights: np.ndarray) -> Linearised:
    """Gini coefficient of the records inside, no influence for the others; zero where there are
    none.
    """
    influence = np.zeros(len(values))
    if not inside.any():
        return Linearised(0.0, influence)
    result = gini_of(values[inside], weights[inside])
    influence[inside] = result.influence
    return Linearised(result.value, influence)
