"""Figures: each takes results and returns a drawing. The title says the finding, the subtitle what
is measured.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from bpsstats.disclosure import released
from bpsstats.poverty import PovertyLine, headcount
from bpsstats.poverty.profile.curves import just_above
from bpsstats.poverty.profile.spending import spending_bands
from bpsstats.reporting.figures.canvas import (
    band,
    canvas,
    finish,
    level_of,
    number_axis,
    number_each,
    points,
    styled,
    upright,
    wrapped,
)
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.figures.looks import BLUE, DARK, MILLION, ORANGE
from bpsstats.reporting.gated import estimate, gated
from bpsstats.reporting.words.change import say_series
from bpsstats.reporting.words.language import language
from bpsstats.survey import Estimate, Estimates, SurveyDesign

NEAR = 1.2  # "less than a fifth above the line"
LOG_TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)  # million Rp
EDGE = 1e-9  # bands meet at the line to rounding


@gated
@styled
def trend_figure(
    series: Estimates,
    printed: Mapping[int, float],
    lang: str = "en",
    breaks: Sequence[int] = (),
) -> Drawing:
    """P0 by round with intervals, and the printed values as hollow markers.

    Parameters
    ----------
    series : Estimates
        Headcount ratio, one row per round.
    printed : mapping of int to float
        Year to printed P0, percent.
    lang : {"en", "id"}
    breaks : sequence of int
        Years from which the printed figures rest on another population base.
    """
    words = language(lang)
    rows = list(series)
    years = [int(row.period.split()[-1]) for row in rows]
    level = level_of(series, words)
    subtitle = "subtitle_persons" if len(rows) == 1 else "subtitle_series"
    alpha = words.number(100 * (1 - series.level))
    drawing, axes = canvas(
        say_series(rows, lang), words.say(subtitle, "figure", level=level, alpha=alpha)
    )
    points(axes, np.array(years) - 0.06, rows, BLUE, words.say("legend_recomputed", "figure"))
    shown = {year: rate for year, rate in printed.items() if year <= years[-1]}
    first, last = min([*shown, years[0]]), years[-1]
    cut = [year for year in breaks if first < year <= last][:1]
    # A line joins only what rests on one base.
    for part in np.split(np.array(sorted(shown)), [sum(year < at for year in shown) for at in cut]):
        axes.plot(
            part + 0.06,
            [shown[int(year)] for year in part],
            "o-",
            color=ORANGE,
            linewidth=1.2,
            markerfacecolor="white",
            markeredgewidth=2,
            markersize=8,
            label=None
            if part.size and cut and part[0] >= cut[0]
            else words.say("legend_printed", "figure"),
        )
    every = list(range(first, last + 1))
    axes.set_xticks(every, [str(year) for year in every])
    axes.set_xlim(first - 0.5, last + 0.5)
    # All may be withheld, and nothing printed.
    highest = np.fmax.reduce([0.0, *shown.values(), *(row.interval()[1] for row in rows)])
    axes.set_ylim(0, 1.25 * highest or None)
    for at in cut:
        upright(axes, at - 0.5, words.word("trend", "break_line"))
    axes.set_ylabel(words.say("y_rate", "figure"))
    axes.legend(loc="upper left", ncols=2)
    number_axis(axes.yaxis, words)
    drawing = finish(drawing, series.heading, words, "caption_published", ("", rows))
    values = ", ".join(f"{year} {words.number(rate, 2)}" for year, rate in shown.items())
    drawing.alt += f"; {words.say('legend_printed', 'figure')}: {values}"
    return drawing


@gated
@styled
def shares_figure(poor: Estimates, others: Estimates, name: str, lang: str = "en") -> Drawing:
    """Shares of classes among the poor beside the others, with intervals.

    Parameters
    ----------
    poor, others : Estimates
        The same shares in both groups.
    name : {"education", "work"}
    lang : {"en", "id"}
    """
    words = language(lang)
    names = [row.statistic for row in poor]
    period = words.translate_period(poor.rows[0].period)
    title = words.say(name, "figure", period=period)
    level = level_of(poor, words)
    drawing, axes = canvas(title, words.say(f"{name}_subtitle", "figure", level=level))
    at = np.arange(len(names))
    points(axes, at - 0.1, list(poor), ORANGE, words.say("legend_poor", "figure"))
    points(
        axes,
        at + 0.1,
        [others.row(name) for name in names],
        BLUE,
        words.say("legend_others", "figure"),
    )
    axes.set_xticks(at, [wrapped(words.statistic(name)) for name in names])
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(0, 112)
    axes.set_yticks(range(0, 101, 20))
    axes.legend(loc="upper left", ncols=2)
    number_axis(axes.yaxis, words)
    named = (words.say(f"legend_{group}", "figure") for group in ("poor", "others"))
    series = zip(named, (list(poor), [others.row(name) for name in names]), strict=True)
    return finish(drawing, poor.heading, words, "caption", *series)


@gated
@styled
def engel_figure(curve: Estimates, line: PovertyLine, lang: str = "en") -> Drawing:
    """Engel's law: the share of food by tenths of persons over their spending.

    Parameters
    ----------
    curve : Estimates
        Result of `bpsstats.poverty.engel_curve`.
    line : PovertyLine
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> bps.engel_figure(bps.engel_curve(households), line)
    Figure: The poorest tenth spend a larger share on food than the ...
    """
    words = language(lang)
    shares = [row for row in curve if row.statistic == "food_share"]
    spending = np.array([row.estimate for row in curve if row.statistic != "food_share"]) / MILLION
    falls = shares[0].interval()[0] > shares[-1].interval()[1]
    drawing, axes = canvas(
        words.say("engel" if falls else "engel_not", "figure"),
        words.say("engel_subtitle", "figure", level=level_of(curve, words)),
    )
    _curve(axes, spending, shares)
    points(axes, spending, shares, BLUE, "")
    upright(axes, line.threshold / MILLION, words.say("line_label", "figure"))
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(FixedLocator([t for t in LOG_TICKS if low <= t <= high]))
    axes.xaxis.set_minor_locator(NullLocator())
    number_each(axes.xaxis, words)
    axes.set_xlabel(words.say("engel_x", "figure"))
    axes.set_ylabel(words.say("engel_y", "figure"))
    number_axis(axes.yaxis, words)
    return finish(drawing, curve.heading, words, "caption", ("", shares))


@gated
@styled
def welfare_figure(households: SurveyDesign, line: PovertyLine, lang: str = "en") -> Drawing:
    """Persons by spending, the poor apart.

    Parameters
    ----------
    households : SurveyDesign
        Design with person weights over household records.
    line : PovertyLine
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> bps.welfare_figure(households, line)
    Figure: 2.5 percent live below the line; 4.3 percent less than a ...
    """
    words = language(lang)
    z = line.threshold
    measured = estimate(households, [headcount(line), just_above(line, up_to=NEAR)])
    rate, near = (words.number(row.estimate, 1) for row in measured)
    title = words.say("welfare", "figure", rate=rate, near=near)
    # Bands of a fifth of the line. The ends hold all that lies beyond them, so that no bar stands
    # for a few households only, and say so.
    bands = np.arange(0.6, 6.01, 0.2) * z / MILLION
    ends = {"first": words.number(bands[1], 2), "last": words.number(bands[-2], 2)}
    drawing, axes = canvas(title, words.say("welfare_subtitle", "figure", **ends))
    shares = released(spending_bands(households, (bands * MILLION).tolist()))
    heights = np.array([row.estimate for row in shares])
    colours = np.where(bands[1:] <= (1 + EDGE) * z / MILLION, ORANGE, BLUE)
    width = bands[1] - bands[0]
    axes.bar(bands[:-1], heights, width, align="edge", color=colours, edgecolor="white")
    upright(axes, z / MILLION, words.say("line_label", "figure"))
    axes.annotate(
        words.say("or_more", "figure", value=words.number(bands[-2], 2)),
        (bands[-1], np.nan_to_num(heights[-1])),
        xytext=(0, 4),
        textcoords="offset points",
        ha="right",
        fontsize=10,
        color=DARK,
    )
    axes.set_xlabel(words.say("welfare_x", "figure"))
    axes.set_ylabel(words.say("welfare_y", "figure"))
    number_axis(axes.xaxis, words)
    number_axis(axes.yaxis, words)
    return finish(drawing, households.heading, words, "caption")


@gated
@styled
def sensitivity_figure(curve: Estimates, lang: str = "en") -> Drawing:
    """P0 over multiples of the line, with a band.

    Parameters
    ----------
    curve : Estimates
        Result of `bpsstats.poverty.headcount_by_line`.
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> figure = bps.sensitivity_figure(bps.headcount_by_line(households, line))
    >>> figure.alt.partition(";")[0]
    'What P0 would be if the line were another'
    """
    words = language(lang)
    rows = list(curve)
    at = np.array([float(row.domain.split("=")[1]) for row in rows])
    limits = np.array([row.interval() for row in rows])
    drawing, axes = canvas(
        words.say("sensitivity", "figure"),
        words.say("subtitle_persons", "figure", level=level_of(curve, words)),
    )
    band(axes, at, limits, BLUE)
    _curve(axes, at, rows)
    axes.set_xticks(at, [words.number(value, 1) for value in at])
    axes.set_ylim(bottom=0)
    upright(axes, 1.0, words.say("line_printed", "figure"))
    axes.set_xlabel(words.say("sensitivity_x", "figure"))
    axes.set_ylabel(words.say("y_rate", "figure"))
    number_axis(axes.yaxis, words)
    return finish(drawing, curve.heading, words, "caption", ("", rows))


def _curve(axes: Axes, at: np.ndarray, rows: Sequence[Estimate]) -> None:
    """A line through estimates."""
    # Loaded here: it takes longer than all else of this package.
    import seaborn as sns

    sns.lineplot(x=at, y=[row.estimate for row in rows], color=BLUE, ax=axes)
