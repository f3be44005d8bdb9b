"""Plots of curves with bands: Lorenz, TIP, the headcount over lines, growth incidence, of one
design or of several together.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from bpsstats.disclosure import released
from bpsstats.poverty import (
    growth_incidence_curve,
    headcount,
    headcount_curve,
    lorenz,
    lorenz_curve,
    poverty_gap,
    tip_curve,
)
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.poverty.lines.threshold import threshold
from bpsstats.poverty.profile.curves import POOREST, TWENTIETHS
from bpsstats.reporting.figures.canvas import styled, upright
from bpsstats.reporting.figures.drawing import Plot
from bpsstats.reporting.figures.looks import GREY, HUNDRED, MILLION
from bpsstats.reporting.figures.together import (
    Designs,
    Lines,
    joint,
    line_of,
    named,
    of_domain,
    together,
)
from bpsstats.reporting.gated import estimate, gated
from bpsstats.reporting.words.language import Language, language
from bpsstats.survey import Curve, SurveyDesign
from bpsstats.survey.design.masks import Domain

FINE = tuple(np.geomspace(0.6, 2.0, 25).round(3).tolist())


@gated
@styled
def plot_lorenz(
    designs: Designs,
    *,
    shares: Sequence[float] = TWENTIETHS,
    welfare: str = WELFARE,
    domain: Domain = None,
    level: float = 0.95,
    lang: str = "en",
) -> Plot:
    """Lorenz curves with bands, and the line of equal spending.

    Parameters
    ----------
    designs : SurveyDesign, or mapping of name to SurveyDesign
        One curve for each, five at the most.
    shares : sequence of float
        The grid: shares of persons, between 0 and 1.
    welfare : str
        Column of expenditure.
    domain : str, or ndarray or Series of bool, shape (n,), optional
        Records to include; all stay in the design.
    level : float
        Confidence level of the bands, which hold a curve as a whole.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        The data are those of `lorenz_curve`, percent of spending by ``share_of_persons``.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": np.arange(1.0, 41), "w": 1.0})
    >>> plot = plot_lorenz(bps.SurveyDesign(frame, weight="w", strata=None, psu=None))
    >>> plot.figure.alt.partition(";")[0]
    'The poorest 40 percent account for 16.6 percent of spending'
    """
    words, found = language(lang), named(designs)
    curves = released(
        {
            name: lorenz_curve(design, shares=shares, welfare=welfare, domain=domain, level=level)
            for name, design in found.items()
        }
    )
    first = next(iter(found.values()))
    poorest = estimate(first, lorenz(0.4, welfare=welfare), domain=domain)[0].estimate
    title = words.say("lorenz", "plot", share=words.number(poorest, 1))
    plot = _drawn(curves, title, "lorenz", words.say("lorenz_y", "plot"), words, HUNDRED, domain)
    axes = plot.figure.axes[0]
    axes.plot([0, 100], [0, 100], color=GREY, linewidth=1.2, zorder=1)
    axes.annotate(words.say("equality", "plot"), (52, 62), ha="right", color=GREY)
    axes.set(xlim=(0, 100), ylim=(0, 100), xlabel=words.say("persons_x", "plot"))
    return plot


@gated
@styled
def plot_tip(
    designs: Designs,
    line: Lines,
    *,
    shares: Sequence[float] = POOREST,
    domain: Domain = None,
    level: float = 0.95,
    lang: str = "en",
) -> Plot:
    """TIP curves (three I's of poverty) with bands: how many are poor, how deep, how unequally.

    Parameters
    ----------
    designs : SurveyDesign, or mapping of name to SurveyDesign
        One curve for each, five at the most.
    line : PovertyLine or float, or mapping of name to them
        Rp per person per month; one for all designs, or for each by its name.
    shares : sequence of float
        The grid: shares of persons, counted from the poorest.
    domain : str, or ndarray or Series of bool, shape (n,), optional
        Records to include; all stay in the design.
    level : float
        Confidence level of the bands, which hold a curve as a whole.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        The data are those of `tip_curve`, percent of the line by ``share_of_persons``.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> bps.plot_tip(households, line, shares=[0.01, 0.1]).data["estimate"].round(2).tolist()
    [0.13, 0.17]
    """
    words, found = language(lang), named(designs)
    curves = released(
        {
            name: tip_curve(design, line_of(line, name), shares=shares, domain=domain, level=level)
            for name, design in found.items()
        }
    )
    name, first = next(iter(found.items()))
    known = line_of(line, name)
    rate, gap = estimate(first, [headcount(known), poverty_gap(known)], domain=domain)
    title = words.say(
        "tip", "plot", rate=words.number(rate.estimate, 1), gap=words.number(gap.estimate, 2)
    )
    plot = _drawn(curves, title, "tip", words.say("tip_y", "plot"), words, HUNDRED, domain)
    plot.figure.axes[0].set_xlabel(words.say("persons_x", "plot"))
    plot.figure.axes[0].set_xlim(left=0)
    return plot


@gated
@styled
def plot_headcount_curve(
    designs: Designs,
    line: Lines,
    *,
    multiples: Sequence[float] = FINE,
    domain: Domain = None,
    level: float = 0.95,
    lang: str = "en",
) -> Plot:
    """P0 as the line moves, with bands; a curve that lies below another as a whole has less
    poverty at any of these lines.

    Parameters
    ----------
    designs : SurveyDesign, or mapping of name to SurveyDesign
        One curve for each, five at the most.
    line : PovertyLine or float, or mapping of name to them
        Rp per person per month; one for all designs, or for each by its name.
    multiples : sequence of float
        The grid, in multiples of the line.
    domain : str, or ndarray or Series of bool, shape (n,), optional
        Records to include; all stay in the design.
    level : float
        Confidence level of the bands, which hold a curve as a whole.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        The data are those of `headcount_curve`, percent of persons by ``line``.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> data = bps.plot_headcount_curve(households, line, multiples=[0.8, 1.0, 1.2]).data
    >>> (data["line"] / line.threshold).round(3).tolist()
    [0.8, 1.0, 1.2]
    """
    words, found = language(lang), named(designs)
    curves = released(
        {
            name: headcount_curve(
                design, line_of(line, name), multiples=multiples, domain=domain, level=level
            )
            for name, design in found.items()
        }
    )
    name, first = next(iter(curves.items()))
    known = threshold(line_of(line, name))
    in_rupiah = known.each is None
    low, high = (
        words.say("rupiah" if in_rupiah else "of_line", "plot", value=words.number(value, digits))
        for value, digits in ((first.grid[k], 0 if in_rupiah else 1) for k in (0, -1))
    )
    rates = {
        key: words.number(first.points[k].estimate, 1) for key, k in (("low", 0), ("high", -1))
    }
    title = words.say("headcount", "plot", low_line=low, high_line=high, **rates)
    scale = 1 / MILLION if in_rupiah else 1.0
    plot = _drawn(curves, title, "headcount", words.say("y_rate", "figure"), words, scale, domain)
    axes = plot.figure.axes[0]
    axes.set_xlabel(words.say("lines_x" if in_rupiah else "multiples_x", "plot"))
    axes.set_ylim(bottom=0)
    upright(axes, known.given * scale, words.say("line_label", "figure"))
    return plot


@gated
@styled
def plot_growth_incidence(
    before: SurveyDesign,
    after: SurveyDesign,
    *,
    shares: Sequence[float] = TWENTIETHS,
    prices: float = 1.0,
    welfare: str = WELFARE,
    level: float = 0.95,
    lang: str = "en",
) -> Plot:
    """Growth of spending at each quantile between two rounds, with a band.

    Parameters
    ----------
    before, after : SurveyDesign
        Designs with person weights over independent samples of one area.
    shares : sequence of float
        The grid: shares of persons, counted from the poorest, between 0 and 1.
    prices : float
        Prices of the later round over those of the earlier one; 1 leaves growth in rupiah of each
        round.
    welfare : str
        Column of expenditure per person.
    level : float
        Confidence level of the band, which holds the curve as a whole.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        The data are those of `growth_incidence_curve`, percent by ``share_of_persons``.

    Examples
    --------
    >>> import bpsstats as bps
    >>> rounds = (bps.read_round("6471", year) for year in (2021, 2022))
    >>> before, after = (bps.SurveyDesign(each.households) for each in rounds)
    >>> lines = [bps.poverty_line("6471", year) for year in (2021, 2022)]
    >>> plot = bps.plot_growth_incidence(before, after, prices=lines[1].value / lines[0].value)
    >>> plot.data["share_of_persons"].tolist()[:3]
    [0.05, 0.1, 0.15]
    """
    words = language(lang)
    curve = growth_incidence_curve(
        before, after, shares=shares, prices=prices, welfare=welfare, level=level
    )
    curve = released(curve)
    frame = curve.to_frame()
    sure = int(((frame["band_low"] > 0) | (frame["band_high"] < 0)).sum())
    counts = {"sure": words.number(sure), "all": words.number(len(frame))}
    title = words.say("incidence_up" if sure == len(frame) else "incidence_some", "plot", **counts)
    unit = words.say("incidence_y", "plot")
    plot = _drawn({"": curve}, title, "incidence", unit, words, HUNDRED)
    axes = plot.figure.axes[0]
    axes.axhline(0, color=GREY, linewidth=1.2)
    axes.set(xlim=(0, 100), xlabel=words.say("persons_x", "plot"))
    return plot


def _drawn(
    curves: Mapping[str, Curve],
    title: str,
    what: str,
    unit: str,
    words: Language,
    scale: float,
    domain: Domain = None,
) -> Plot:
    """Curves with the bands that hold each as a whole; the grid is multiplied by `scale`."""
    level = words.number(HUNDRED * next(iter(curves.values())).points.level, 0)
    return together(
        {name: curve.to_frame() for name, curve in curves.items()},
        lambda frame: (frame.iloc[:, 0] * scale, frame[["estimate", "band_low", "band_high"]]),
        title,
        words.say("subtitle_band", "plot", unit=unit, level=level) + of_domain(domain, words),
        (what, unit, joint([curve.points.heading for curve in curves.values()])),
        words,
    )
