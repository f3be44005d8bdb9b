"""Figures of the printed record: small multiples of rate and depth, and the steadiness test."""

from collections.abc import Callable
from math import ceil, sqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bpsstats.microdata.lists.areas import Area
from bpsstats.published.record import PrintedRecord
from bpsstats.published.record.bounds import mean_gap
from bpsstats.published.record.steadiness import HOUSEHOLDS, variance
from bpsstats.reporting.figures.canvas import canvas, styled, wrapped
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.figures.looks import BLUE, GREY, ORANGE
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import Language, language
from bpsstats.survey.variance.reference import normal_quantile

COLUMNS, EFFECT, LEVEL = 5, 2.0, 0.95
WIDTH, ROW = 11.0, 2.3  # inches: of the drawing, and of a row of small multiples


@gated
@styled
def record_figure(record: PrintedRecord, lang: str = "en") -> Drawing:
    """Printed P0 of all areas by year, over the band that direct estimates would fall in.

    Parameters
    ----------
    record : PrintedRecord
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> record = bps.printed_record("6471")
    >>> bps.record_figure(record)
    Figure: Printed P0 moves less than samples of the design would; ...
    """
    words = language(lang)
    reach = normal_quantile((1 + LEVEL) / 2)

    def draw(axes: Axes, area: Area, color: str) -> None:
        series = record.cells.series(area.code, "headcount")
        values = {year: printed.value for year, printed in series.items()}
        mean = float(np.mean(list(values.values())))
        half = 100 * reach * sqrt(variance(mean / 100, HOUSEHOLDS / EFFECT))
        axes.axhspan(max(mean - half, 0), mean + half, color=BLUE, alpha=0.14, linewidth=0)
        axes.plot(list(values), list(values.values()), "o-", color=color, markersize=4)
        axes.set_ylim(0, 1.1 * (mean + half))

    tests = [row for row in record.steadiness if row.design_effect == EFFECT]
    steady = bool(tests) and tests[-1].too_steady
    subtitle = words.say("rates_subtitle", "record", level=words.number(100 * LEVEL))
    return _multiples(record, words, "rates" if steady else "rates_not", subtitle, draw)


@gated
@styled
def depth_figure(record: PrintedRecord, lang: str = "en") -> Drawing:
    """Mean gap of the poor of all areas by year, with what rounding leaves open.

    Parameters
    ----------
    record : PrintedRecord
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> record = bps.printed_record("6471")
    >>> bps.depth_figure(record)
    Figure: The mean gap of the poor swings from year to year; P1/P0, ...
    """
    words = language(lang)
    top = float(np.nanmax(record.gaps().to_numpy(), initial=0))

    def draw(axes: Axes, area: Area, color: str) -> None:
        rates = record.cells.series(area.code, "headcount")
        gaps = record.cells.series(area.code, "poverty_gap")
        years = [year for year in rates if year in gaps]
        spans = [mean_gap(rates[year].interval, gaps[year].interval) for year in years]
        middle = np.array([span.middle for span in spans])
        half = np.array([(span.high - span.low) / 2 for span in spans])
        axes.errorbar(years, middle, yerr=half, fmt="o-", color=color, markersize=4, capsize=2)
        axes.set_ylim(0, 1.15 * top)

    subtitle = words.word("record", "gaps_subtitle")
    return _multiples(record, words, "gaps", subtitle, draw)


@gated
@styled
def steadiness_figure(record: PrintedRecord, lang: str = "en") -> Drawing:
    """The simulated joint statistic, and the printed rates beside it.

    Parameters
    ----------
    record : PrintedRecord
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> record = bps.printed_record("6471")
    >>> bps.steadiness_figure(record)
    Figure: No simulated set of samples is as steady as the printed ...
    """
    words = language(lang)
    if not record.steadiness.rows:
        return _nothing(words)
    test = [row for row in record.steadiness if row.design_effect == EFFECT][-1]
    simulated = record.steadiness.simulated[EFFECT]
    as_steady = int((simulated <= test.statistic).sum())
    title = words.say(
        "sets_some" if as_steady else "sets", "record",
        n=words.number(as_steady), all=words.number(len(simulated)),
    )  # fmt: skip
    subtitle = words.say(
        "sets_subtitle", "record", replicates=words.number(len(simulated)), changes=test.changes,
        effect=words.number(EFFECT),
    )  # fmt: skip
    drawing, axes = canvas(title, subtitle)
    axes.hist(simulated, bins=40, color=BLUE, edgecolor="white", linewidth=0.5)
    axes.axvline(test.statistic, color=ORANGE, linewidth=2.5)
    axes.annotate(
        f"{words.word('record', 'observed')}: {words.number(test.statistic, 2)}",
        (test.statistic, axes.get_ylim()[1]), color=ORANGE, xytext=(6, -14),
        textcoords="offset points",
    )  # fmt: skip
    axes.set_xlim(left=0)
    axes.set_xlabel(words.word("record", "sets_x"))
    axes.set_ylabel(words.word("record", "sets_y"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
    _source(drawing, record, words)
    return drawing


def _multiples(
    record: PrintedRecord,
    words: Language,
    title: str,
    subtitle: str,
    draw: Callable[[Axes, Area, str], None],
) -> Drawing:
    """One small drawing for each area, the record's own in another colour."""
    if not record.years:
        return _nothing(words)
    n_rows = ceil(len(record.areas) / COLUMNS)
    drawing = Drawing(figsize=(WIDTH, 1.1 + ROW * n_rows), layout="constrained")
    head = words.word("record", title)
    drawing.title, drawing.subtitle, drawing.alt = head, subtitle, f"{head}; {subtitle}"
    drawing.suptitle(f"{head}\n\n", x=0.01, ha="left", fontweight="bold", fontsize=14)
    drawing.text(0.01, 1 - 0.42 / drawing.get_figheight(), subtitle, color=GREY, va="top")
    every = drawing.subplots(n_rows, COLUMNS, squeeze=False, sharex=True)
    for axes in every.flat[len(record.areas) :]:
        axes.set_visible(False)
    for axes, area in zip(every.flat, record.areas, strict=False):
        own = area.code == record.area.code
        draw(axes, area, ORANGE if own else BLUE)
        axes.set_title(wrapped(area.name, 22), fontsize=11, fontweight="bold" if own else "normal")
        axes.tick_params(labelsize=9)
        axes.set_xticks([record.years[0], record.years[-1]])
        axes.set_xlim(record.years[0] - 0.6, record.years[-1] + 0.6)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
    _source(drawing, record, words)
    return drawing


def _source(drawing: Drawing, record: PrintedRecord, words: Language) -> None:
    """Where the figures come from."""
    area = record.additivity.area
    text = drawing.caption = words.say("caption", "record", area=area)
    drawing.supxlabel(text, x=0.01, ha="left", fontsize=9, color=GREY)


def _nothing(words: Language) -> Drawing:
    """A drawing that says that nothing is printed."""
    drawing, axes = canvas(words.word("record", "none"), "")
    axes.set_axis_off()
    return drawing
