"""The three drawings of an answer, written as SVG in a few milliseconds: a figure of matplotlib
takes half a second, as long as matplotlib takes to load, and the line of the explorer moves with
the hand.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpsstats.reporting.explorer.answers import BANDS, GRID, Answer
from bpsstats.reporting.explorer.question import Question
from bpsstats.reporting.figures.looks import (
    BLUE,
    DARK,
    DARK_ORANGE,
    GREY,
    MILLION,
    ORANGE,
    tick_texts,
)
from bpsstats.reporting.tables.table import digits_of
from bpsstats.reporting.words.language import DASH, Language
from bpsstats.survey import Estimate

MOST_STEPS, STEPS = 6, (1, 2, 2.5, 5, 10)  # from tick to tick
WIDTH, HEIGHT = 480, 270
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 40, 40
ROW = 30  # height of a row of the profile
NAMES, VALUES = 178, 134  # room for the names of its rows, and for their values


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to points of a drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The point of a value."""
        part = (value - self.low) / (self.high - self.low or 1.0)
        return round(self.start + part * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """Round values inside."""
        least = (self.high - self.low or 1.0) / MOST_STEPS
        power = 10.0 ** math.floor(math.log10(least))
        step = next(power * size for size in STEPS if power * size >= least)
        first, last = math.ceil(self.low / step), math.floor(self.high / step * (1 + 1e-9))
        return [step * k for k in range(first, last + 1)]


def spending_drawing(question: Question, answer: Answer, words: Language) -> str:
    """Persons of the domain by spending, those below the line apart."""
    shares = np.array([row.estimate for row in answer.spending])
    shares = 100 * shares / np.nansum(shares)
    unit = answer.line.threshold / MILLION
    width = BANDS[1] - BANDS[0]
    x = Scale(0.0, (BANDS[-1] + width) * unit, LEFT, WIDTH - RIGHT)
    y = Scale(0.0, _top(shares), HEIGHT - BOTTOM, TOP)
    at, bars = answer.z / MILLION, []
    for low, share in zip(BANDS * unit, shares, strict=True):
        high = low + width * unit
        # Below the line, above it, or both: the band that it cuts has both colours.
        for start, end, colour in ((low, min(high, at), ORANGE), (max(low, at), high, BLUE)):
            if start < end and np.isfinite(share):
                bars.append(
                    f'<rect x="{x(start)}" y="{y(share)}" width="{x(end) - x(start):.1f}"'
                    f' height="{y(0) - y(share):.1f}" fill="{colour}"/>'
                )
    body = [*bars, *_axes(x, y, words), _upright(x(at), _line_name(question, answer, words))]
    return _drawing(
        body,
        words.say("spending", "explore"),
        words.say("spending_x", "explore", most=words.number(BANDS[-1] * unit, 1)),
    )


def curve_drawing(question: Question, answer: Answer, words: Language) -> str:
    """The index along lines with its intervals, and where the line stands."""
    here = answer.table.row(question.statistic)
    rows = sorted(
        [*zip(GRID, answer.curve, strict=True), (question.multiple, here)], key=lambda pair: pair[0]
    )
    found = [(at, row.estimate, *row.interval()) for at, row in rows]
    x = Scale(GRID[0], GRID[-1], LEFT, WIDTH - RIGHT)
    y = Scale(0.0, _top(np.array(found)[:, 3]), HEIGHT - BOTTOM, TOP)
    kept = [point for point in found if np.isfinite(point).all()]
    band = [(at, low) for at, _, low, _ in kept] + [(at, high) for at, _, _, high in kept[::-1]]
    body = [
        f'<polygon points="{_points(band, x, y)}" fill="{BLUE}" fill-opacity=".18"/>',
        f'<polyline points="{_points([point[:2] for point in kept], x, y)}" fill="none"'
        f' stroke="{BLUE}" stroke-width="2"/>',
        *_axes(x, y, words),
        _upright(x(question.multiple), _line_name(question, answer, words)),
    ]
    low, high = here.interval()
    if np.isfinite([here.estimate, low, high]).all():
        at = x(question.multiple)
        body.append(
            f'<path d="M{at} {y(low)}V{y(high)}" stroke="{ORANGE}" stroke-width="2"/>'
            f'<circle cx="{at}" cy="{y(here.estimate)}" r="5" fill="{ORANGE}"/>'
        )
    title = words.say("curve", "explore", index=_index(question, words), unit=_unit(here, words))
    return _drawing(body, title, words.say("curve_x", "explore"))


def profile_drawing(question: Question, answer: Answer, words: Language) -> str:
    """The index by a characteristic, with intervals; the domain as a whole as an upright line."""
    rows, whole = list(answer.profile), answer.table.row(question.statistic)
    limits = np.array([row.interval() for row in rows]).reshape(-1, 2)
    height = TOP + ROW * len(rows) + BOTTOM
    x = Scale(0.0, _top(np.append(limits[:, 1], whole.estimate)), NAMES, WIDTH - VALUES)
    body = []
    for i, (row, (low, high)) in enumerate(zip(rows, limits, strict=True)):
        at = TOP + ROW * (i + 0.5)
        name = words.label(row.domain.partition("=")[2])
        body.append(_text(NAMES - 10, at + 4, name, anchor="end"))
        if np.isfinite([row.estimate, low, high]).all():
            body.append(
                f'<path d="M{x(low)} {at}H{x(high)}" stroke="{BLUE}" stroke-width="2"/>'
                f'<circle cx="{x(row.estimate)}" cy="{at}" r="5" fill="{BLUE}"/>'
            )
        digits = digits_of(row)
        value, *ends = (words.number(each, digits) for each in (row.estimate, low, high))
        said = f"{value} ({f' {DASH} '.join(ends)})"
        body.append(_text(WIDTH - RIGHT, at + 4, said, anchor="end"))
    bottom = height - BOTTOM
    body += [_text(x(tick), bottom + 16, label) for tick, label in _labels(x, words)]
    body.append(f'<path d="M{NAMES} {bottom}H{WIDTH - VALUES}" stroke="{GREY}"/>')
    if np.isfinite(whole.estimate):
        body.append(_upright(x(whole.estimate), "", bottom))
    values = {"index": _index(question, words), "by": words.label(question.by)}
    unit = words.say("profile_x", "explore", unit=_unit(whole, words))
    return _drawing(body, words.say("profile", "explore", **values), unit, height)


def _drawing(body: Sequence[str], title: str, below: str, height: float = HEIGHT) -> str:
    """A drawing with its title, which is its name for readers of screens too."""
    label = html.escape(f"{title}; {below}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img"'
        f' aria-label="{label}" width="{WIDTH}" font-family="Segoe UI, Helvetica, Arial,'
        f' sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f"{_text(8, 18, title, anchor='start', weight=600)}{''.join(body)}"
        f"{_text(WIDTH - RIGHT, height - 6, below, anchor='end', colour=GREY)}</svg>"
    )


def _axes(x: Scale, y: Scale, words: Language) -> list[str]:
    """Both axes, with ticks and a grid across."""
    across = [
        f'<path d="M{x.start} {y(tick)}H{x.end}" stroke="{GREY}" stroke-opacity=".25"/>'
        + _text(x.start - 6, y(tick) + 4, label, anchor="end")
        for tick, label in _labels(y, words)
    ]
    along = [_text(x(tick), y.start + 16, label) for tick, label in _labels(x, words)]
    return [*across, *along, f'<path d="M{x.start} {y.start}H{x.end}" stroke="{GREY}"/>']


def _labels(scale: Scale, words: Language) -> list[tuple[float, str]]:
    ticks = scale.ticks()
    return list(zip(ticks, tick_texts(ticks, words), strict=True))


def _upright(x: float, name: str, bottom: float = HEIGHT - BOTTOM) -> str:
    """An upright line with its name, on the side that has room for it."""
    left = x > WIDTH / 2
    beside = _text(
        x - 6 if left else x + 6,
        TOP - 4,
        name,
        anchor="end" if left else "start",
        colour=DARK_ORANGE,
    )
    dashed = f'stroke="{ORANGE}" stroke-width="1.5" stroke-dasharray="5 4"'
    return f'<path class="line" d="M{x} {TOP - 14}V{bottom}" {dashed}/>{beside if name else ""}'


def _text(
    x: float, y: float, said: str, *, anchor: str = "middle", colour: str = DARK, weight: int = 400
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}"'
        f' font-weight="{weight}">{html.escape(said)}</text>'
    )


def _points(pairs: Sequence[tuple[float, float]], x: Scale, y: Scale) -> str:
    return " ".join(f"{x(a)},{y(b)}" for a, b in pairs)


def _top(values: np.ndarray) -> float:
    """Upper end of an axis that begins at 0."""
    finite = values[np.isfinite(values)]
    return 1.05 * float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def _line_name(question: Question, answer: Answer, words: Language) -> str:
    z = words.number(answer.z)
    return words.say("line_at", "explore", z=z, multiple=words.number(question.multiple, 2))


def _index(question: Question, words: Language) -> str:
    return words.short(question.statistic)


def _unit(row: Estimate, words: Language) -> str:
    return words.word("unit", row.unit)
