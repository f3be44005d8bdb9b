"""Figures of the models: effects, predictions over household size, and the specification curve."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from bpsstats.models import EducationModel, Specifications
from bpsstats.reporting.figures.canvas import (
    ROOM,
    across,
    canvas,
    finish,
    level_of,
    name_rows,
    number_axis,
    points,
    styled,
    wrapped,
)
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.figures.looks import BLUE, GREEN, GREY, ORANGE
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import Language, language
from bpsstats.reporting.words.model import SPECIFICATIONS_TITLE, SpecificationFacts
from bpsstats.survey import Estimate

COLOURS = (ORANGE, BLUE, GREEN)


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
    return finish(drawing, model.predicted.heading, words, "caption", ("", rows))


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
        colour = ORANGE if row in sure else GREY
        across(axes, y, row.estimate, row.interval(), colour, filled=True)
    names = [f"{words.statistic(row.statistic)}: {words.label(row.domain)}" for row in rows]
    return _rows(
        drawing, axes, at, dict(zip(names, rows, strict=True)), words, model.effects.heading
    )


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
    series = [
        (words.label(education), [row for _, row in rows]) for education, rows in groups.items()
    ]
    return finish(drawing, model.by_size.heading, words, "caption", *series)


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
            effect, filled = row.effect, row.method != "Firth"
            across(axes, y, effect.estimate, effect.interval(), colour, filled=filled)
    names = [words.word("specification", row.choice.key) for row in shown]
    effects = [row.effect for row in shown if row.effect is not None]
    named = dict(zip(names, effects, strict=True))
    return _rows(drawing, axes, at, named, words, specifications.heading)


def _rows(
    drawing: Drawing,
    axes: Axes,
    at: np.ndarray,
    names: Mapping[str, Estimate],
    words: Language,
    heading: str,
) -> Drawing:
    """Names beside the lines, and the axis of percentage points with its zero."""
    axes.axvline(0, color=GREY, linewidth=1.2)
    name_rows(drawing, axes, at, list(names))
    axes.set_xlabel(words.word("unit", "percentage points"))
    number_axis(axes.xaxis, words)
    series = [(name, [row]) for name, row in names.items()]
    return finish(drawing, heading, words, "caption", *series)


def _refused(model: EducationModel, title: str, words: Language) -> Drawing:
    """The reason in place of a figure."""
    drawing, axes = canvas(title, "")
    axes.axis("off")
    axes.text(
        0,
        0.5,
        wrapped(words.say("model_refused", reason=words.translated(model.refused)), 80),
        transform=axes.transAxes,
    )
    return finish(drawing, model.design.heading, words, "caption")
