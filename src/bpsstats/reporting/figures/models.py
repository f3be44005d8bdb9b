"""Figures of the models: effects, predictions over household size, and the specification curve."""

import numpy as np
from matplotlib.axes import Axes

from bpsstats.models import EducationModel, Specifications
from bpsstats.reporting.display import Drawing
from bpsstats.reporting.figures.canvas import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    canvas,
    finish,
    level_of,
    number_axis,
    points,
    styled,
    wrapped,
)
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import Language, language
from bpsstats.reporting.words.model import SPECIFICATIONS_TITLE, SpecificationFacts
from bpsstats.survey import Estimate

COLOURS = (ORANGE, BLUE, GREEN)
ROOM = 0.66  # of the width, beside the names of rows
WIDTH, TITLES, LINE = 8.0, 2.2, 0.17  # inches: of a drawing, of its titles, of a line of names


@gated
@styled
def education_model_figure(model: EducationModel, lang: str = "en") -> Drawing:
    """Predicted poverty were all heads of one education.

    Parameters
    ----------
    model : EducationModel
    lang : {"en", "id"}
    """
    words = language(lang)
    title = words.say("effects", "figure")
    if model.predicted is None:
        return _refused(model, title, words)
    rows = list(model.predicted)
    drawing, axes = canvas(
        title, words.say("effects_subtitle", "figure", level=level_of(model.predicted, words))
    )
    at = np.arange(len(rows))
    points(axes, at, rows, BLUE, "")
    for x, row in zip(at, rows, strict=True):
        axes.annotate(
            words.number(row.estimate, 1),
            (x, row.estimate),
            xytext=(9, -4),
            textcoords="offset points",
        )
    axes.set_xticks(at, [wrapped(words.label(row.domain.split("=")[1])) for row in rows])
    axes.set_xlim(-0.5, len(rows) - 0.5)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(wrapped(words.say("effects_x", "figure"), 28))
    number_axis(axes.yaxis, words)
    return finish(drawing, model.predicted.heading, words, "caption")


@gated
@styled
def effects_figure(model: EducationModel, lang: str = "en") -> Drawing:
    """Average marginal effects of the model with their intervals.

    Parameters
    ----------
    model : EducationModel
    lang : {"en", "id"}
    """
    words = language(lang)
    if model.effects is None:
        return _refused(model, words.say("effects", "figure"), words)
    rows = list(model.effects)
    sure = [row for row in rows if row.interval()[0] > 0 or row.interval()[1] < 0]
    title = words.say(
        "marginal", "figure", sure=words.number(len(sure)), all=words.number(len(rows))
    )
    drawing, axes = canvas(
        title, words.say("marginal_subtitle", "figure", level=level_of(model.effects, words)), ROOM
    )
    at = np.arange(len(rows))[::-1]
    for y, row in zip(at, rows, strict=True):
        _across(axes, y, row, ORANGE if row in sure else GREY, filled=True)
    names = [f"{words.statistic(row.statistic)}: {words.label(row.domain)}" for row in rows]
    return _rows(drawing, axes, at, names, words, model.effects.heading)


@gated
@styled
def size_figure(model: EducationModel, lang: str = "en") -> Drawing:
    """Predicted poverty by the head's education over household size.

    Parameters
    ----------
    model : EducationModel
    lang : {"en", "id"}
    """
    words = language(lang)
    title = words.say("by_size", "figure")
    if model.by_size is None:
        return _refused(model, title, words)
    drawing, axes = canvas(
        title, words.say("by_size_subtitle", "figure", level=level_of(model.by_size, words))
    )
    groups: dict[str, list[tuple[float, Estimate]]] = {}
    for row in model.by_size:
        education, size = (part.split("=")[1] for part in row.domain.split(", "))
        groups.setdefault(education, []).append((float(size), row))
    for k, (education, rows) in enumerate(groups.items()):
        at = np.array([size for size, _ in rows]) + 0.12 * (k - 1)
        axes.plot(at, [row.estimate for _, row in rows], color=COLOURS[k], linewidth=1.2)
        points(axes, at, [row for _, row in rows], COLOURS[k], words.label(education))
    axes.set_xticks([size for size, _ in next(iter(groups.values()))])
    axes.set_ylim(bottom=0)
    axes.set_xlabel(words.say("by_size_x", "figure"))
    axes.set_ylabel(wrapped(words.say("effects_x", "figure"), 28))
    axes.legend(loc="upper left")
    number_axis(axes.yaxis, words)
    return finish(drawing, model.by_size.heading, words, "caption")


@gated
@styled
def specification_figure(specifications: Specifications, lang: str = "en") -> Drawing:
    """The specification curve: the effect of education under each choice, and the band of what
    others found.

    Parameters
    ----------
    specifications : Specifications
    lang : {"en", "id"}
    """
    words = language(lang)
    shown = [row for row in specifications.rows if row.effect is not None]
    title = SPECIFICATIONS_TITLE.say(SpecificationFacts.of(specifications, words), words)
    subtitle = words.say(
        "specifications_subtitle", "figure", level=words.number(100 * specifications.level)
    )
    drawing, axes = canvas(title, subtitle, ROOM)
    at = np.arange(len(shown))[::-1]
    axes.axvspan(
        specifications.band.low, specifications.band.high, color=GREEN, alpha=0.12, linewidth=0
    )
    for y, row in zip(at, shown, strict=True):
        if row.effect is not None:
            colour = ORANGE if row.choice.key == "main" else BLUE
            _across(axes, y, row.effect, colour, filled=row.method != "Firth")
    names = [words.word("specification", row.choice.key) for row in shown]
    return _rows(drawing, axes, at, names, words, specifications.heading)


def _across(axes: Axes, y: float, row: Estimate, colour: str, *, filled: bool) -> None:
    """One estimate on a line of its own, with its interval."""
    low, high = row.interval()
    axes.plot([low, high], [y, y], color=colour, linewidth=1.8)
    face = colour if filled else "white"
    axes.plot(
        row.estimate, y, "o", color=colour, markerfacecolor=face, markeredgewidth=1.8, markersize=8
    )


def _rows(
    drawing: Drawing, axes: Axes, at: np.ndarray, names: list[str], words: Language, heading: str
) -> Drawing:
    """Names beside the lines, and the axis of percentage points with its zero."""
    axes.axvline(0, color=GREY, linewidth=1.2)
    wrapped_names = [wrapped(name, 34) for name in names]
    lines = sum(name.count("\n") + 1 for name in wrapped_names)
    drawing.set_size_inches(WIDTH, TITLES + LINE * (lines + len(names)))
    axes.set_yticks(at, wrapped_names, fontsize=10)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_xlabel(words.word("unit", "percentage points"))
    number_axis(axes.xaxis, words)
    return finish(drawing, heading, words, "caption")


def _refused(model: EducationModel, title: str, words: Language) -> Drawing:
    """The reason in place of a figure."""
    drawing, axes = canvas(title, "")
    axes.axis("off")
    axes.text(
        0,
        0.5,
        wrapped(words.say("model_refused", reason=model.refused), 80),
        transform=axes.transAxes,
    )
    return finish(drawing, model.design.heading, words, "caption")
