"""Curves of one design or of several in one drawing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import pandas as pd

from bpsstats.errors import ParameterError
from bpsstats.poverty.lines.threshold import Line
from bpsstats.reporting.figures.canvas import band, canvas, finish, number_axis, wrapped
from bpsstats.reporting.figures.drawing import Plot
from bpsstats.reporting.figures.looks import SERIES
from bpsstats.reporting.words.language import Language
from bpsstats.survey import SurveyDesign
from bpsstats.survey.design.masks import Domain

Designs = SurveyDesign | Mapping[str, SurveyDesign]
Lines = Line | Mapping[str, Line]


def named(designs: Designs) -> dict[str, SurveyDesign]:
    """Designs by the name of their curve; one alone has none.

    Raises
    ------
    ParameterError
        If there are none, or more than can be told apart.
    """
    found = {"": designs} if isinstance(designs, SurveyDesign) else dict(designs)
    if not 0 < len(found) <= len(SERIES):
        raise ParameterError(
            f"There are {len(found)} designs to draw together; give one to {len(SERIES)}."
        )
    return found


def line_of(lines: Lines, name: str) -> Line:
    """The line of a design.

    Raises
    ------
    ParameterError
        If the lines have names and this is none of them.
    """
    if not isinstance(lines, Mapping):
        return lines
    if name not in lines:
        raise ParameterError(f"There is no line called {name!r}. There are: {', '.join(lines)}.")
    return lines[name]


def joint(headings: Sequence[str]) -> str:
    """First line of several designs together: their areas, periods and kinds of data."""
    parts = [heading.split(" · ")[:3] for heading in headings]
    if len(headings) == 1 or min(map(len, parts)) < 3:
        return headings[0] if len(headings) == 1 else "; ".join(dict.fromkeys(headings))
    return " · ".join(", ".join(dict.fromkeys(each)) for each in zip(*parts, strict=True))


def of_domain(domain: Domain, words: Language) -> str:
    """What a subtitle says of the part of the records that is drawn."""
    if domain is None:
        return ""
    name = words.label(domain) if isinstance(domain, str) else words.say("a_part", "plot")
    return words.say("of_domain", "plot", domain=name)


def together(
    frames: Mapping[str, pd.DataFrame],
    read: Callable[[pd.DataFrame], tuple[pd.Series, pd.DataFrame]],
    title: str,
    subtitle: str,
    said: tuple[str, str, str],
    words: Language,
    legend: Literal["upper left", "upper right"] = "upper left",
) -> Plot:
    """Curves of estimates with their limits in one drawing.

    Parameters
    ----------
    frames : mapping of name to DataFrame
        The data of each curve.
    read : callable
        Takes the data of a curve, returns where its points stand, and their values and limits.
    title, subtitle : str
        The title is of one curve; several are named.
    said : (str, str, str)
        What the curves are, by its key in the words; the unit; their heading.
    words : Language
    legend : {"upper left", "upper right"}
        Where the names of several curves stand.
    """
    what, unit, heading = said
    if len(frames) > 1:
        names = ", ".join(frames)
        title = words.say("several", "plot", what=words.say(f"{what}_what", "plot"), names=names)
    drawing, axes = canvas(title, subtitle)
    for (name, frame), (colour, dashes) in zip(frames.items(), SERIES, strict=False):
        at, values = (each.to_numpy() for each in read(frame))
        band(axes, at, values[:, 1:], colour)
        style = "-" if len(frames) == 1 else dashes
        axes.plot(at, values[:, 0], color=colour, linestyle=style, label=name or None)
    if len(frames) > 1:
        axes.legend(loc=legend)
        data = pd.concat(frames, names=["design", None])
        data = data.reset_index(level=0).reset_index(drop=True)
    else:
        data = next(iter(frames.values()))
    axes.set_ylabel(wrapped(unit, 34))
    number_axis(axes.xaxis, words)
    number_axis(axes.yaxis, words)
    return Plot(finish(drawing, heading, words, "caption"), data)
