"""How poverty moves with the line, and how the food share moves with spending."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.poverty.indices.fgt import gaps, headcount, is_poor
from bpsstats.poverty.inequality.shares import lorenz
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.poverty.lines.threshold import Line, threshold
from bpsstats.poverty.profile.groups import share_of_food
from bpsstats.survey import (
    Curve,
    DistributionStatistic,
    Estimates,
    Linearised,
    Ratio,
    Sample,
    SurveyDesign,
    curve,
    estimate,
    mean,
)
from bpsstats.survey.design.masks import Domain
from bpsstats.survey.estimate import with_notes
from bpsstats.survey.statistics.distribution import ROUNDING, position
from bpsstats.survey.statistics.ratios import ones

MULTIPLES = (0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
TENTHS = 10
TWENTIETHS = tuple(i / 20 for i in range(1, 20))
# Where a curve of gaps bends: nearly all of it lies below the headcount ratio.
POOREST = (0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2)


@checked
def headcount_by_line(
    design: SurveyDesign,
    line: Line,
    *,
    multiples: Sequence[float] = MULTIPLES,
    level: float = 0.95,
) -> Estimates:
    """P0 were the line a multiple of what it is.

    Parameters
    ----------
    design : SurveyDesign
    line : PovertyLine or float
        Rp per person per month.
    multiples : sequence of float
    level : float
        Confidence level.

    Returns
    -------
    Estimates
        Statistic ``headcount`` in the domains ``line=0.80`` and so on; everybody is in each of
        them.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> rows = bps.headcount_by_line(households, line, multiples=[1.0, 1.2])
    >>> [(row.domain, round(row.estimate, 2)) for row in rows]
    [('line=1.00', 2.45), ('line=1.20', 6.76)]
    """
    known = threshold(line)
    rows = [
        replace(
            next(iter(estimate(design, headcount(known.times(multiple)), level=level))),
            domain=f"line={multiple:.2f}",
        )
        for multiple in multiples
    ]
    return with_notes(Estimates(tuple(rows), design.heading, level), [headcount(known)])


@checked
def just_above(line: Line, *, up_to: float = 1.2, welfare: str = WELFARE) -> Ratio:
    """Percentage of persons who are not poor, but would be if the line were `up_to` times as high.

    Parameters
    ----------
    line : PovertyLine or float
        Rp per person per month.
    up_to : float
        Multiple of the line, above 1.
    welfare : str
        Column of expenditure per person, Rp per month.

    Raises
    ------
    ParameterError
        If the multiple is not above 1.

    Examples
    --------
    >>> frame = pd.DataFrame({"expenditure_person_month": [90.0, 100, 110, 150], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> just_above(100).linearise(design, np.ones(4, dtype=bool)).value
    50.0
    """
    if not up_to > 1:
        raise ParameterError(
            f"The share above the line reaches up to {up_to} times the line; give a multiple"
            " above 1."
        )
    known = threshold(line)

    def is_near(design: SurveyDesign) -> np.ndarray:
        expenditure = known.measured(design, welfare)
        z = known.against(expenditure, welfare)
        near = (is_poor(expenditure, up_to * z) & ~is_poor(expenditure, z)).astype(np.float64)
        # A missing expenditure must not pass for "far above".
        return np.where(np.isnan(expenditure), np.nan, near)

    return Ratio(
        f"just_above:{up_to:g}", "percent", "proportion", is_near, ones, 100.0, note=known.note
    )


@checked
def engel_curve(design: SurveyDesign, *, level: float = 0.95) -> Estimates:
    """Food share and spending by tenths of persons, from the poorest to the richest.

    Parameters
    ----------
    design : SurveyDesign
        Design with person weights over household records.
    level : float
        Confidence level.

    Returns
    -------
    Estimates
        Statistics ``food_share`` (percent) and ``mean:expenditure_person_month`` (Rp) in the
        domains ``tenth=1`` to ``tenth=10``. The bounds of the tenths are taken as given.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> tenths = bps.engel_curve(households).select("food_share")
    >>> tenths[0].estimate > tenths[-1].estimate
    True
    """
    expenditure = design.column(WELFARE)
    # Households that spend the same are in the same tenth, wherever they stand in the file.
    _, run = np.unique(expenditure, return_inverse=True)
    persons = np.bincount(run, weights=design.weights)
    middle = (np.cumsum(persons) - persons / 2) / persons.sum()
    tenth = np.minimum((TENTHS * (middle + ROUNDING)).astype(np.int64), TENTHS - 1)[run] + 1
    frame = design.frame.assign(tenth=pd.Categorical(tenth, categories=range(1, TENTHS + 1)))
    frame.attrs = dict(design.frame.attrs)
    by_tenth = replace(design, frame=frame)
    return estimate(by_tenth, [share_of_food(), mean(WELFARE, "Rp")], by="tenth", level=level)


@checked
def headcount_curve(
    design: SurveyDesign,
    line: Line,
    *,
    multiples: Sequence[float] = MULTIPLES,
    domain: Domain = None,
    level: float = 0.95,
) -> Curve:
    """P0 as a function of the line, with a pointwise and a uniform band.

    Parameters
    ----------
    design : SurveyDesign
    line : PovertyLine or float
        Rp per person per month.
    multiples : sequence of float
        The grid, in multiples of the line.
    domain : optional
        As in `estimate`.
    level : float
        Confidence level.

    Returns
    -------
    Curve
        Along ``line``, Rp per person per month, or in multiples of the lines where each record has
        its own. Where it lies below another curve as a whole, there
        is less poverty at any of these lines and by any index of the family of Foster, Greer and
        Thorbecke (first-order dominance).

    References
    ----------
    Atkinson, A. B. (1987). On the measurement of poverty. Econometrica 55(4), 749-764.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> curve = bps.headcount_curve(households, line, multiples=[1.0, 1.5])
    >>> [round(row.estimate, 2) for row in curve.points]
    [2.45, 18.04]
    """
    known, by = threshold(line), [float(multiple) for multiple in multiples]
    points = estimate(
        design, [headcount(known.times(each)) for each in by], domain=domain, level=level
    )
    return curve(points, "line", known.given * np.asarray(by))


@checked
def tip_curve(
    design: SurveyDesign,
    line: Line,
    *,
    shares: Sequence[float] = POOREST,
    domain: Domain = None,
    level: float = 0.95,
) -> Curve:
    """Three I's of poverty: gaps of the poorest added up, from the poorest on; a pointwise and a
    uniform band.

    Parameters
    ----------
    design : SurveyDesign
    line : PovertyLine or float
        Rp per person per month.
    shares : sequence of float
        The grid: shares of persons, counted from the poorest.
    domain : optional
        As in `estimate`.
    level : float
        Confidence level.

    Returns
    -------
    Curve
        Along ``share_of_persons``, in percent of the line per person of all: incidence is where it
        turns flat, intensity its height there, ``P1``, and inequality its bend.

    References
    ----------
    Jenkins, S. P. and Lambert, P. J. (1997). Three 'I's of poverty curves, with an analysis of UK
    poverty trends. Oxford Economic Papers 49(3), 317-327.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> curve = bps.tip_curve(households, line, shares=[0.01, 0.1])
    >>> [round(row.estimate, 2) for row in curve.points]
    [0.13, 0.17]
    """
    points = estimate(design, [tip(share, line) for share in shares], domain=domain, level=level)
    return curve(points, "share_of_persons", np.asarray(shares, dtype=np.float64))


@checked
def lorenz_curve(
    design: SurveyDesign,
    *,
    shares: Sequence[float] = TWENTIETHS,
    welfare: str = WELFARE,
    domain: Domain = None,
    level: float = 0.95,
) -> Curve:
    """Lorenz curve with a pointwise and a uniform band, along ``share_of_persons``; see
    `lorenz`.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> curve = bps.lorenz_curve(households, shares=[0.4, 0.8])
    >>> [round(row.estimate, 1) for row in curve.points]
    [20.5, 59.8]
    """
    points = estimate(
        design, [lorenz(share, welfare=welfare) for share in shares], domain=domain, level=level
    )
    return curve(points, "share_of_persons", np.asarray(shares, dtype=np.float64))


@checked
def tip(share: float, line: Line, *, welfare: str = WELFARE) -> DistributionStatistic:
    """Ordinate of the TIP curve: gaps of the poorest `share` of persons, in percent of the line,
    per person of all.

    Parameters
    ----------
    share : float
        Share of persons, counted from the poorest, above 0 and up to 1.
    line : PovertyLine or float, or ndarray or Series of float, shape (n,)
        Rp per person per month; see `fgt`.
    welfare : str
        Column of expenditure per person, Rp per month.

    Returns
    -------
    DistributionStatistic
        ``100 sum_i min(max(p N - W_{i-1}, 0), w_i) g_i / N`` with the gaps ``g = max(z - y, 0)/z``
        from the largest on. Influence ``((g - k) 1(g > k) + p k - T) / N`` with ``k`` the gap at
        the border.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> round(bps.estimate(design, bps.tip(0.25, 100))[0].estimate, 2)
    12.5
    """
    if not 0 < share <= 1:
        raise ParameterError(
            f"A share of persons is {share}; it lies above 0 and up to 1, such as 0.1."
        )
    known = threshold(line)

    def kernel(sample: Sample) -> Linearised:
        z = known.against(sample.values, welfare)
        gap = gaps(sample.values, z, 1)
        w, population = sample.weights, sample.population
        reached = np.cumsum(w)
        k = position(reached, share)
        part = share * reached[-1] - reached[k] + w[k]
        value = float((w[:k] * gap[:k]).sum() + part * gap[k]) / population
        return Linearised(
            value, (np.maximum(gap - gap[k], 0.0) + share * gap[k] - value) / population
        )

    return DistributionStatistic(
        f"tip:{share:g}",
        "percent",
        "index",
        lambda design: known.measured(design, welfare),
        kernel,
        100.0,
        note=known.note,
        part=share,
    )
