"""Figures: each takes results and returns a drawing. The title says the finding, the subtitle what
is measured.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import seaborn as sns
from matplotlib.ticker import FuncFormatter

from bpsstats.poverty import PovertyLine, change
from bpsstats.reporting.display import Drawing
from bpsstats.reporting.figures.canvas import (
    BLUE,
    ORANGE,
    canvas,
    finish,
    level_of,
    points,
    styled,
    wrapped,
)
from bpsstats.reporting.words.language import Language, language
from bpsstats.survey import Estimate, Estimates, SurveyDesign

MILLION = 1e6
NEAR = 1.2  # "less than a fifth above the line"


@styled
def trend_figure(series: Estimates, printed: Mapping[int, float], lang: str = "en") -> Drawing:
    """P0 by round with intervals, and the printed values as hollow markers.

    Parameters
    ----------
    series : Estimates
        Headcount ratio, one row per round.
    printed : mapping of int to float
        Year to printed P0, percent.
    lang : {"en", "id"}
    """
    words = language(lang)
    rows = list(series)
    years = [int(row.period.split()[-1]) for row in rows]
    drawing, axes = canvas(
        _trend_title(rows, words),
        words.say("subtitle_persons", "figure", level=level_of(series, words)),
    )
    points(axes, np.array(years) - 0.06, rows, BLUE, words.say("legend_recomputed", "figure"))
    shown = [year for year in years if year in printed]
    axes.plot(
        np.array(shown) + 0.06,
        [printed[year] for year in shown],
        "o",
        markerfacecolor="white",
        markeredgecolor=ORANGE,
        markeredgewidth=2,
        markersize=8,
        label=words.say("legend_printed", "figure"),
    )
    axes.set_xticks(years, [words.period(year) for year in years])
    axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    axes.set_ylim(0, 1.18 * max(row.interval()[1] for row in rows))
    axes.set_ylabel(words.say("y_rate", "figure"))
    axes.legend(loc="upper left", ncols=2)
    return finish(drawing, axes, series.heading, words, "caption_published", y_digits=0)


@styled
def shares_figure(poor: Estimates, others: Estimates, subtitle: str, lang: str = "en") -> Drawing:
    """Shares of classes among the poor beside the others, with intervals.

    Parameters
    ----------
    poor, others : Estimates
        The same shares in both groups.
    subtitle : {"education_subtitle", "work_subtitle"}
    lang : {"en", "id"}
    """
    words = language(lang)
    names = [row.statistic for row in poor]
    last = names[-1]
    title = words.say(
        "education",
        "figure",
        label=words.statistic(last),
        poor=words.number(poor.row(last).estimate, 0),
        others=words.number(others.row(last).estimate, 0),
    )
    drawing, axes = canvas(title, words.say(subtitle, "figure", level=level_of(poor, words)))
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
    return finish(drawing, axes, poor.heading, words, "caption", y_digits=0)


@styled
def engel_figure(curve: Estimates, line: PovertyLine, lang: str = "en") -> Drawing:
    """Engel's law: the share of food by tenths of persons over their spending.

    Parameters
    ----------
    curve : Estimates
        Result of `bpsstats.poverty.engel_curve`.
    line : PovertyLine
    lang : {"en", "id"}
    """
    words = language(lang)
    shares = [row for row in curve if row.statistic == "food_share"]
    spending = np.array([row.estimate for row in curve if row.statistic != "food_share"]) / MILLION
    falls = shares[0].interval()[0] > shares[-1].interval()[1]
    drawing, axes = canvas(
        words.say("engel" if falls else "engel_not", "figure"),
        words.say("engel_subtitle", "figure"),
    )
    sns.lineplot(x=spending, y=[row.estimate for row in shares], color=BLUE, ax=axes)
    points(axes, spending, shares, BLUE, "")
    axes.axvline(line.threshold / MILLION, color=ORANGE, linestyle="--", linewidth=1.5)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.06 * (high - low))
    axes.annotate(
        words.say("line_label", "figure"),
        (line.threshold / MILLION, high),
        color=ORANGE,
        xytext=(5, 0),
        textcoords="offset points",
    )
    axes.set_xscale("log")
    ticks = [0.5, 1, 2, 5]
    axes.set_xticks(ticks, [words.number(tick, 1 if tick < 1 else 0) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel(words.say("engel_x", "figure"))
    axes.set_ylabel(words.say("engel_y", "figure"))
    return finish(drawing, axes, curve.heading, words, "caption", y_digits=0)


@styled
def welfare_figure(households: SurveyDesign, line: PovertyLine, lang: str = "en") -> Drawing:
    """Persons by spending, the poor apart.

    Parameters
    ----------
    households : SurveyDesign
        Design with person weights over household records.
    line : PovertyLine
    lang : {"en", "id"}
    """
    words = language(lang)
    z = line.threshold
    spending = households.column("expenditure_person_month")
    share = 100 * households.weights / households.weights.sum()
    rate, near = share[spending < z].sum(), share[(spending >= z) & (spending < NEAR * z)].sum()
    title = words.say("welfare", "figure", rate=words.number(rate, 1), near=words.number(near, 1))
    drawing, axes = canvas(title, words.say("welfare_subtitle", "figure"))
    # Bands of a fifth of the line; the richest are put in the last, so that no band holds a few
    # households only.
    bands = np.arange(0.6, 6.01, 0.2) * z / MILLION
    sns.histplot(
        x=np.clip(spending / MILLION, bands[0], bands[-1] - 1e-9),
        weights=share,
        bins=list(bands),
        color=BLUE,
        ax=axes,
        edgecolor="white",
    )
    for patch in axes.patches:
        if patch.get_x() + patch.get_width() / 2 < z / MILLION:  # type: ignore[attr-defined]  # of a histogram, all are rectangles
            patch.set_facecolor(ORANGE)
    axes.axvline(z / MILLION, color=ORANGE, linestyle="--", linewidth=1.5)
    axes.annotate(
        words.say("line_label", "figure"),
        (z / MILLION, axes.get_ylim()[1]),
        color=ORANGE,
        xytext=(5, -12),
        textcoords="offset points",
    )
    axes.set_xlabel(words.say("welfare_x", "figure"))
    axes.set_ylabel(words.say("welfare_y", "figure"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, 1)))
    return finish(drawing, axes, households.heading, words, "caption", y_digits=0)


@styled
def sensitivity_figure(curve: Estimates, lang: str = "en") -> Drawing:
    """P0 over multiples of the line, with a band.

    Parameters
    ----------
    curve : Estimates
        Result of `bpsstats.poverty.headcount_by_line`.
    lang : {"en", "id"}
    """
    words = language(lang)
    rows = list(curve)
    at = np.array([float(row.domain.split("=")[1]) for row in rows])
    limits = np.array([row.interval() for row in rows])
    drawing, axes = canvas(
        words.say("sensitivity", "figure"),
        words.say("subtitle_persons", "figure", level=level_of(curve, words)),
    )
    axes.fill_between(at, limits[:, 0], limits[:, 1], color=BLUE, alpha=0.18, linewidth=0)
    sns.lineplot(x=at, y=[row.estimate for row in rows], color=BLUE, ax=axes)
    axes.axvline(1.0, color=ORANGE, linestyle="--", linewidth=1.5)
    axes.set_xticks(at, [words.number(value, 1) for value in at])
    axes.set_ylim(bottom=0)
    axes.set_xlabel(words.say("sensitivity_x", "figure"))
    axes.set_ylabel(words.say("y_rate", "figure"))
    return finish(drawing, axes, curve.heading, words, "caption", y_digits=0)


def _trend_title(rows: Sequence[Estimate], words: Language) -> str:
    """What the first and last round say of each other."""
    first, last = rows[0], rows[-1]
    if len(rows) == 1:
        return words.say("trend_one", "figure", first=words.translate_period(last.period))
    tables = [Estimates((row,), "", row.level) for row in (first, last)]
    difference = next(iter(change(*tables)))
    key = "trend_flat"
    if difference.is_distinguishable:
        key = "trend_down" if difference.change < 0 else "trend_up"
    years = (first.period.split()[-1], last.period.split()[-1])
    return words.say(key, "figure", first=years[0], last=years[1])
