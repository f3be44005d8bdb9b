"""Plots of results that exist: coefficients, domains below each other, small multiples by area."""

import re
from collections.abc import Sequence
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from bpsstats.errors import ParameterError, UnknownAreaError
from bpsstats.microdata import find_area
from bpsstats.models import LogitResult, RegressionResult
from bpsstats.reporting.figures.canvas import (
    ROOM,
    across,
    canvas,
    finish,
    name_rows,
    number_axis,
    number_each,
    points,
    styled,
    wrapped,
)
from bpsstats.reporting.figures.drawing import Drawing, Plot
from bpsstats.reporting.figures.looks import BLUE, GREY, ORANGE
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import Language, language
from bpsstats.reprs import count_of
from bpsstats.survey import Estimate, Estimates

COLUMNS, PANEL, HEAD = 4, 2.5, 1.5  # panels in a row; inches: of a panel, of titles and caption
FEW_ODDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
MANY_ODDS = (0.6, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.4, 1.6)
INTERCEPT = "(intercept)"
AREA = re.compile(r"area=(\d{4})(?: (.+))?")  # with or without its name


@gated
@styled
def plot_coefficients(
    result: LogitResult | RegressionResult, *, odds: bool = False, lang: str = "en"
) -> Plot:
    """Coefficients of a model with their intervals, the constant left out.

    Parameters
    ----------
    result : LogitResult or RegressionResult
    odds : bool
        Odds ratios of a logit on a log scale.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        The data are the rows of the result's ``to_frame()``; those whose interval excludes zero,
        or an odds ratio of one, are in another colour.

    Raises
    ------
    ParameterError
        If odds ratios are asked for of a regression.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [0, 1, 1, 0, 1] * 24, "g": list("aabb") * 30, "weight": 1.0})
    >>> design = bps.SurveyDesign(frame, weight="weight", strata=None, psu=None)
    >>> fit = bps.survey_logit("y ~ C(g)", design)
    >>> bps.plot_coefficients(fit, odds=True).data["term"].tolist()
    ['g: b']
    """
    words, logit = language(lang), isinstance(result, LogitResult)
    if odds and not logit:
        raise ParameterError("A linear regression has no odds ratios. Leave out odds=.")
    frame = result.to_frame().query("term != @INTERCEPT").reset_index(drop=True)
    names = ["estimate", "conf_low", "conf_high"]
    if odds:
        names = ["odds_ratio", "odds_ratio_low", "odds_ratio_high"]
    none = 1.0 if odds else 0.0
    values = frame[names].to_numpy()
    sure = (values[:, 1] > none) | (values[:, 2] < none)
    counts = {"sure": words.number(sure.sum()), "all": words.number(len(sure))}
    title = words.say("coefficients", "plot", none=words.number(none), **counts)
    unit = words.say("odds", "plot") if odds else words.word("unit", "logits" if logit else "")
    drawing, axes = canvas(title, _subtitle(unit, result.level, words), ROOM)
    at = np.arange(len(frame))[::-1]
    for y, row, is_sure in zip(at, values, sure, strict=True):
        across(axes, y, row[0], row[1:].tolist(), ORANGE if is_sure else GREY, filled=True)
    name_rows(drawing, axes, at, [words.label(term) for term in frame["term"]])
    axes.axvline(none, color=GREY, linewidth=1.2)
    _write_axis(axes, words, log=odds)
    return Plot(finish(drawing, result.design.heading, words, "caption"), frame)


@gated
@styled
def plot_forest(
    table: Estimates,
    *,
    reference: Estimate | float | None = None,
    sort: bool = False,
    lang: str = "en",
) -> Plot:
    """Estimates of several domains below each other, with their intervals.

    Parameters
    ----------
    table : Estimates
        Rows of one statistic, or of one unit.
    reference : Estimate or float, optional
        What to draw an upright line at, such as the estimate of all together.
    sort : bool
        Whether the largest stands at the top; default the order of the table.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        The data are the table's ``to_frame()``, in the order drawn. Hollow markers are estimates
        with a relative standard error above 25 percent.

    Raises
    ------
    ParameterError
        If the rows have different units, or no row can be drawn.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> rates = bps.estimate(households, bps.headcount(2 * line.value), by="head_education")
    >>> len(bps.plot_forest(rates, sort=True).data)
    3
    """
    words = language(lang)
    rows = _of_one_unit(table)
    if sort:
        rows = sorted(rows, key=lambda row: -np.nan_to_num(row.estimate, nan=-np.inf))
    title, names = _range(rows, words)
    subtitle = _subtitle(_unit(rows, words), table.level, words, rows)
    if isinstance(reference, Estimate):
        subtitle += words.say("dashed", "plot", name=_called(reference.domain, words))
    drawing, axes = canvas(title, subtitle, ROOM)
    at = np.arange(len(rows))[::-1]
    for y, row in zip(at, rows, strict=True):
        across(axes, y, row.estimate, row.interval(), BLUE, filled=row.reliability == "reliable")
    name_rows(drawing, axes, at, names)
    if reference is not None:
        value = reference.estimate if isinstance(reference, Estimate) else reference
        axes.axvline(value, color=ORANGE, linestyle="--", linewidth=1.5)
    _write_axis(axes, words)
    data = Estimates(tuple(rows), table.heading, table.level).to_frame()
    return Plot(finish(drawing, table.heading, words, "caption"), data)


@gated
@styled
def plot_panels(table: Estimates, *, lang: str = "en") -> Plot:
    """Small multiples: a panel for each area or other first category, all on one scale.

    Parameters
    ----------
    table : Estimates
        Rows of one statistic, broken down by one or two columns, of one or several periods: the
        first category names the panel; the second, or else the period, goes along it.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        The data are the table's ``to_frame()`` with the columns ``panel`` and ``along``.

    Raises
    ------
    ParameterError
        If the rows have different units, or no row can be drawn.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> rates = bps.estimate(households, bps.mean("size"), by=["head_education", "head_sex"])
    >>> bps.plot_panels(rates).data["along"].unique().tolist()
    ['head_sex=male', 'head_sex=female']
    """
    words, rows = language(lang), _of_one_unit(table)
    cut = [row.domain.split(", ", 1) for row in rows]
    within = [parts[1] if len(parts) > 1 else "" for parts in cut]
    if not any(within):
        within = [row.period for row in rows]
    panels, along = list(dict.fromkeys(parts[0] for parts in cut)), list(dict.fromkeys(within))
    n_rows = ceil(len(panels) / COLUMNS)
    n_columns = min(len(panels), COLUMNS)
    drawing = Drawing(figsize=(11.0, HEAD + PANEL * n_rows), layout="constrained")
    title, _ = _range(rows, words)
    subtitle = _subtitle(_unit(rows, words), table.level, words)
    drawing.alt = f"{title}; {subtitle}"
    drawing.suptitle(f"{wrapped(title, 80)}\n\n", x=0.01, ha="left", fontweight="bold", fontsize=14)
    below = 1 - (0.45 + 0.25 * wrapped(title, 80).count("\n")) / drawing.get_figheight()
    drawing.text(0.01, below, subtitle, color=GREY, va="top")
    every = drawing.subplots(n_rows, n_columns, squeeze=False, sharex=True, sharey=True)
    for axes in every.flat[len(panels) :]:
        axes.set_visible(False)
    for axes, panel in zip(every.flat, panels, strict=False):
        inside = [k for k in range(len(rows)) if cut[k][0] == panel]
        at = np.array([along.index(within[k]) for k in inside], dtype=float)
        points(axes, at, [rows[k] for k in inside], BLUE, "")
        axes.set_title(wrapped(_called(panel, words), 24), fontsize=11)
        axes.set_xticks(range(len(along)), [wrapped(_short(each, words), 11) for each in along])
        axes.set_xlim(-0.5, len(along) - 0.5)
        axes.tick_params(labelsize=9, labelbottom=True)
        number_axis(axes.yaxis, words)
    lowest = min(0.0, *(axes.get_ylim()[0] for axes in every.flat if axes.get_visible()))
    every.flat[0].set_ylim(bottom=0.0 if _all_positive(rows) else lowest)
    data = table.to_frame().assign(panel=[parts[0] for parts in cut], along=within)
    return Plot(finish(drawing, table.heading, words, "caption"), data)


def _of_one_unit(table: Estimates) -> list[Estimate]:
    """Rows that can be drawn on one axis."""
    units = list(dict.fromkeys(row.unit for row in table))
    if len(units) > 1 or not any(np.isfinite(row.estimate) for row in table):
        raise ParameterError(
            f"The table has {count_of(len(table), 'row')} with the units"
            f" {', '.join(units) or 'of none'}; one"
            ' axis takes rows of one unit. Choose them, as by select("headcount").'
        )
    return list(table)


def _range(rows: Sequence[Estimate], words: Language) -> tuple[str, list[str]]:
    """The lowest and the highest estimate as a title, and the names of all rows."""
    statistics = list(dict.fromkeys(row.statistic for row in rows))
    periods = {row.period for row in rows}
    names = []
    for row in rows:
        parts = [words.statistic(row.statistic)] if len(statistics) > 1 else []
        parts += [_called(row.domain, words)] if len(statistics) == 1 or row.domain != "all" else []
        parts += [_called(row.period, words)] if len(periods) > 1 else []
        names.append(", ".join(parts))
    shorter = [", ".join(part.split(": ", 1)[-1] for part in name.split(", ")) for name in names]
    known = [k for k, row in enumerate(rows) if np.isfinite(row.estimate)]
    low, high = (choose(known, key=lambda k: rows[k].estimate) for choose in (min, max))
    digits = 0 if abs(rows[high].estimate) >= 1000 else 1
    said = {
        "low": words.number(rows[low].estimate, digits), "low_name": shorter[low],
        "high": words.number(rows[high].estimate, digits), "high_name": shorter[high],
    }  # fmt: skip
    what = words.statistic(statistics[0]) if len(statistics) == 1 else _unit(rows, words)
    return words.say("range", "plot", statistic=what, **said), names


def _called(domain: str, words: Language) -> str:
    """A domain or period in words, an area by its name alone."""
    if domain == "all":
        return words.say("whole", "plot")
    return ", ".join(_part(part, words) for part in domain.split(", "))


def _part(part: str, words: Language) -> str:
    """One category of a domain, or a period."""
    area = AREA.fullmatch(part)
    if area is None:
        return words.translate_period(words.label(part))
    try:
        return area[2] or find_area(area[1]).name
    except UnknownAreaError:
        return area[1]


def _short(domain: str, words: Language) -> str:
    """A domain without the names of its columns."""
    return ", ".join(part.split(": ", 1)[-1] for part in _called(domain, words).split(", "))


def _all_positive(rows: Sequence[Estimate]) -> bool:
    """Whether no interval reaches below zero."""
    return not any(row.interval()[0] < 0 or row.estimate < 0 for row in rows)


def _unit(rows: Sequence[Estimate], words: Language) -> str:
    """The unit of the rows, as a subtitle begins."""
    return words.word("unit", rows[0].unit) or words.statistic(rows[0].statistic)


def _subtitle(unit: str, level: float, words: Language, rows: Sequence[Estimate] = ()) -> str:
    """Unit and level; what hollow markers mean where there are any."""
    text = words.say("subtitle", "plot", unit=unit, level=words.number(100 * level, 0))
    hollow = any(row.reliability != "reliable" for row in rows)
    return (text + (words.say("hollow", "plot") if hollow else "")).lstrip(", ")


def _write_axis(axes: Axes, words: Language, *, log: bool = False) -> None:
    """The numbers below the rows."""
    if log:
        axes.set_xscale("log")
        low, high = axes.get_xlim()
        ticks = [[t for t in each if low <= t <= high] for each in (FEW_ODDS, MANY_ODDS)]
        axes.set_xticks(ticks[0] if len(ticks[0]) > 2 else ticks[1])
        axes.xaxis.set_minor_locator(NullLocator())
        number_each(axes.xaxis, words)
    else:
        number_axis(axes.xaxis, words)
