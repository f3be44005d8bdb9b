"""The figure of many areas: points with intervals, sorted, one panel for each year."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from bpsstats.reporting.figures.canvas import number_axis, styled, wrapped
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.figures.looks import BLUE
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import DASH, language

WIDTH, HEAD, ROW = 3.2, 1.4, 0.3  # inches: of a panel, of titles and axis, of a row


@runtime_checkable
class Rate(Protocol):
    """P0 of an area and year with its interval, percent."""

    @property
    def name(self) -> str:
        """Name of the area."""

    @property
    def year(self) -> int:
        """Year of the round."""

    @property
    def estimate(self) -> float:
        """Percent of persons."""

    @property
    def low(self) -> float:
        """Lower limit."""

    @property
    def high(self) -> float:
        """Upper limit."""


@gated
@styled
def areas_figure(rates: Sequence[Rate], lang: str = "en") -> Drawing:
    """P0 of all areas, a panel for each year, in the order in which they are given.

    Parameters
    ----------
    rates : sequence of Rate
    lang : {"en", "id"}
    """
    words = language(lang)
    names = list(dict.fromkeys(rate.name for rate in rates))
    years = sorted({rate.year for rate in rates})
    size = (2.0 + WIDTH * len(years), HEAD + ROW * len(names))
    drawing = Drawing(figsize=size, layout="constrained")
    drawing.title = words.say("title", "index")
    said = [
        f"{rate.name} {words.period(rate.year)} {words.number(rate.estimate, 2)}"
        f" ({words.number(rate.low, 2)}{DASH}{words.number(rate.high, 2)})"
        for rate in rates
    ]
    drawing.alt = f"{drawing.title}; {', '.join(said)}"
    panels = drawing.subplots(1, len(years), sharey=True, sharex=True, squeeze=False)[0]
    for axes, year in zip(panels, years, strict=True):
        shown = [rate for rate in rates if rate.year == year]
        at = [names.index(rate.name) for rate in shown]
        values = np.array([rate.estimate for rate in shown])
        limits = np.array([(rate.low, rate.high) for rate in shown])
        reach = np.nan_to_num(np.abs(limits.T - values))
        axes.errorbar(values, at, xerr=reach, fmt="o", color=BLUE, capsize=3, linewidth=1.6)
        axes.set_title(words.period(year))
        axes.set_xlabel(words.say("y_rate", "figure"))
        axes.set_xlim(left=0)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        number_axis(axes.xaxis, words)
    panels[0].set_yticks(range(len(names)), [wrapped(name, 24) for name in names])
    panels[0].set_ylim(-0.6, len(names) - 0.4)
    return drawing
