"""What all figures share: the house style, the canvas with its title, points with intervals, the
caption.
"""

import textwrap
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FixedLocator, Formatter, FuncFormatter

from bpsstats.reporting.figures.drawing import Drawing, Plot
from bpsstats.reporting.figures.looks import DARK_ORANGE, GREY, ORANGE, tick_texts
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import DASH, Language
from bpsstats.survey import Estimate, Estimates

STYLE = Path(__file__).with_name("bps.mplstyle")
WIDTH, TITLES, LINE = 8.0, 2.2, 0.17  # inches: of a drawing, of its titles, of a line of names
OVER = 2.0  # pixels by which a number may reach out of the axes
ROOM = 0.66  # of the width, beside the names of rows
P = ParamSpec("P")
Drawn = TypeVar("Drawn", Drawing, Plot)


def styled(draw: Callable[P, Drawn]) -> Callable[P, Drawn]:
    """Draw in the house style without touching the caller's settings."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Drawn:
        with matplotlib.style.context(str(STYLE)):
            made = draw(*args, **kwargs)
            # Ticks and text are made in the style that is in force now
            drawing = made.figure if isinstance(made, Plot) else made
            _settle_ticks(drawing)
            drawing.lay_out()
            if len(drawing.axes) == 1 and _lowered(drawing, drawing.axes[0]):
                drawing.lay_out()
            return made

    return drawn


def _settle_ticks(drawing: Drawing) -> None:
    """Fix the size of the numbers of axes: from it follows how many ticks fit, also when the
    drawing is saved in another style.
    """
    for axes in drawing.axes:
        for axis, size in (
            (axes.xaxis, matplotlib.rcParams["xtick.labelsize"]),
            (axes.yaxis, matplotlib.rcParams["ytick.labelsize"]),
        ):
            named = isinstance(axis.get_major_locator(), FixedLocator)
            if not named and "labelsize" not in axis.get_tick_params():
                axis.set_tick_params(labelsize=FontProperties(size=size).get_size_in_points())


def _lowered(drawing: Drawing, axes: Axes) -> bool:
    """Make room above an uppermost number that reaches out of the axes, where the subtitle is;
    whether one does.
    """
    numbers = axes.yaxis.get_tightbbox()
    drawing.stale = False  # to measure is not to change
    over = numbers.y1 - axes.bbox.y1 if numbers is not None else 0.0
    if over <= OVER or not axes.axison or axes.get_yscale() != "linear":
        return False
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + over / axes.bbox.height * (high - low))
    return True


def canvas(title: str, subtitle: str, room: float = 1.0) -> tuple[Drawing, Axes]:
    """An empty drawing with title and subtitle; `room` is the part of the width that the names of
    the rows leave.
    """
    drawing = Drawing(layout="constrained")
    drawing.title, drawing.subtitle = title, subtitle
    drawing.alt = "; ".join(filter(None, (title, subtitle)))
    axes = drawing.add_subplot()
    below = wrapped(subtitle, int(80 * room))
    heading = wrapped(title, int(54 * room)) + "\n" * (1 + below.count("\n"))
    axes.set_title(heading, pad=10)
    # The title has left the room; text that took part in the layout would narrow the axes.
    said = axes.text(0, 1.025, below, transform=axes.transAxes, color=GREY)
    said.set_in_layout(False)
    return drawing, axes


def points(axes: Axes, at: np.ndarray, rows: Sequence[Estimate], color: str, label: str) -> None:
    """Estimates as points with their intervals; an interval that cannot be had is not drawn."""
    values = np.array([row.estimate for row in rows])
    limits = np.array([row.interval() for row in rows])
    reach = np.nan_to_num(np.abs(limits.T - values))
    axes.errorbar(
        at,
        values,
        yerr=reach,
        fmt="o",
        color=color,
        capsize=4,
        markersize=8,
        linewidth=1.8,
        label=label or None,
    )


def finish(
    drawing: Drawing,
    heading: str,
    words: Language,
    caption: str,
    *series: tuple[str, Sequence[Estimate]],
) -> Drawing:
    """Caption with area and kind of data, and the values of each series as alternative text."""
    parts = translate_heading(heading, words).split(" · ")
    if len(parts) > 2 and parts[2] in words.words["source"].values():
        text = words.say(caption, "figure", area=f"{parts[0]}, {parts[1]}", source=parts[2])
    else:  # a design that does not say its area, period and source
        text = words.say("caption_any", "figure", source=", ".join(parts))
    drawing.supxlabel(wrapped(text, 110), x=0.01, ha="left", fontsize=9, color=GREY)
    drawing.caption = text
    values = [_in_words(name, rows, words) for name, rows in series]
    drawing.alt = "; ".join([drawing.alt, *values])
    return drawing


def _in_words(name: str, rows: Sequence[Estimate], words: Language) -> str:
    """The values of a series with their intervals, each by what it differs in."""

    def of(row: Estimate) -> str:
        if len({row.period for row in rows}) > 1:
            return words.translate_period(row.period)
        several = len({row.domain for row in rows}) > 1
        return words.label(row.domain) if several else words.statistic(row.statistic)

    values = []
    for row in rows:
        low, high = row.interval()
        between = f"{words.number(low, 2)}{DASH}{words.number(high, 2)}"
        named = f"{of(row)} " if len(rows) > 1 else ""
        values.append(f"{named}{words.number(row.estimate, 2)} ({between})")
    return f"{name}: {', '.join(values)}" if name else ", ".join(values)


def band(axes: Axes, at: np.ndarray, limits: np.ndarray, color: str) -> None:
    """Limits of a curve as a shade, shape (k, 2)."""
    axes.fill_between(at, limits[:, 0], limits[:, 1], color=color, alpha=0.18, linewidth=0)


def upright(axes: Axes, x: float, name: str) -> None:
    """An upright line with its name at the top, in a strip that is kept free for it."""
    axes.axvline(x, color=ORANGE, linestyle="--", linewidth=1.5)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.09 * (high - low))
    axes.annotate(
        name,
        (x, axes.get_ylim()[1]),
        color=DARK_ORANGE,
        xytext=(5, -11),
        textcoords="offset points",
        va="center",
    )


def across(
    axes: Axes, y: float, middle: float, limits: Sequence[float], colour: str, *, filled: bool
) -> None:
    """One estimate on a line of its own, with its interval."""
    axes.plot(limits, [y, y], color=colour, linewidth=1.8)
    face = colour if filled else "white"
    axes.plot(middle, y, "o", color=colour, markerfacecolor=face, markeredgewidth=1.8, markersize=8)


def name_rows(drawing: Drawing, axes: Axes, at: np.ndarray, names: Sequence[str]) -> None:
    """Names beside the lines of estimates, and room for them."""
    names = [wrapped(name, 34) for name in names]
    lines = sum(name.count("\n") + 1 for name in names)
    drawing.set_size_inches(WIDTH, TITLES + LINE * (lines + len(names)))
    axes.set_yticks(at, names, fontsize=10)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


class Numbers(Formatter):
    """Numbers of an axis in a language, with the decimals that its ticks have and no fewer."""

    def __init__(self, words: Language) -> None:
        self._words = words

    def __call__(self, value: float, pos: int | None = None) -> str:  # noqa: ARG002 - matplotlib's
        """One number by itself."""
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The numbers of all ticks."""
        return tick_texts(values, self._words)


def number_axis(axis: Axis, words: Language) -> None:
    """Write the numbers of an axis as the language does."""
    axis.set_major_formatter(Numbers(words))


def number_each(axis: Axis, words: Language) -> None:
    """Write each number of an axis with its own decimals, as on a log scale."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: Numbers(words)(value)))


def level_of(table: Estimates, words: Language) -> str:
    """Confidence level in percent."""
    return words.number(100 * table.level, 0)


def wrapped(text: str, width: int = 22) -> str:
    """Text over several lines."""
    return "\n".join(textwrap.wrap(text, width))
