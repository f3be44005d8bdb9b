"""A map of areas, each a tile of one size, so that a small city is seen as well as a wide
regency.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.colors import Normalize, to_rgb
from matplotlib.patches import Rectangle

from bpsstats.errors import ParameterError
from bpsstats.files import read_yaml
from bpsstats.microdata import find_area
from bpsstats.reporting.figures.canvas import ROOM, canvas, finish, styled, wrapped
from bpsstats.reporting.figures.drawing import Plot
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import DASH, language
from bpsstats.survey import Estimates

SHADES = "cividis_r"  # even in lightness, for all kinds of colour vision and for print
BRIGHT = 0.179  # luminance at which black and white text have the same contrast
SIDE = 1.5  # inches of a tile
CODE = re.compile(r"(?:^|, )area=(\d{4})\b")
HATCHED = "//"


@gated
@styled
def plot_map(
    table: Estimates,
    positions: Mapping[str, tuple[int, int]] | None = None,
    *,
    lang: str = "en",
) -> Plot:
    """A tile map of one statistic by area, each tile with its estimate and interval.

    Parameters
    ----------
    table : Estimates
        One statistic, one row for each area: by the column ``area`` of BPS codes, or from
        `estimate_areas`. Rows of other domains, such as the province, are left out.
    positions : mapping of code or domain to (row, column), optional
        Where the tiles stand, from the north-west; default those of Kalimantan Timur. Any domains
        can have a place: ``{"zone=north": (0, 0)}``.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        The data are the rows drawn, with their place. Hatched tiles have a relative standard error
        above 25 percent.

    Raises
    ------
    ParameterError
        If no area of the table has a place, an area has several rows, or an area has no place.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> frame["zone"] = list("nnss")
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> table = bps.estimate(design, bps.mean("expenditure_person_month"), by="zone")
    >>> plot = bps.plot_map(table, {"zone=n": (0, 0), "zone=s": (1, 0)})
    >>> plot.data[["area", "row", "column"]].to_numpy().tolist()
    [['zone=n', 0, 0], ['zone=s', 1, 0]]
    """
    words = language(lang)
    places = dict(positions) if positions is not None else _known()
    found = {}
    for row in table:
        code = CODE.search(row.domain)
        name = row.domain if row.domain in places else code[1] if code else ""
        if not name:
            continue
        if name in found or name not in places:
            what = "several rows" if name in found else "no place on the map"
            raise ParameterError(
                f"{name} has {what}. Choose one statistic, period and domain, as by"
                ' select("headcount"), and give positions= for areas outside Kalimantan Timur.'
            )
        found[name] = row
    if not found:
        raise ParameterError(
            "No row of the table is of an area with a place on the map. Break down by area, or give"
            " positions= with the domains of the table."
        )
    rows = list(found.values())
    names = [_name(name) for name in found]
    values, statistic = np.array([row.estimate for row in rows]), words.statistic(rows[0].statistic)
    known = values[np.isfinite(values)]
    least, most = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    digits = 0 if abs(most) >= 1000 else 1
    title = statistic if not len(known) else words.say(
        "range", "plot", statistic=statistic,
        low=words.number(least, digits), low_name=names[list(values).index(least)],
        high=words.number(most, digits), high_name=names[list(values).index(most)],
    )  # fmt: skip
    unit = words.word("unit", rows[0].unit)
    tiles = words.say("tiles", "plot", level=words.number(100 * table.level, 0))
    drawing, axes = canvas(title, f"{unit}; {tiles}" if unit else tiles, ROOM)
    shade, scale = matplotlib.colormaps[SHADES], Normalize(least, most)
    at = np.array([places[name] for name in found])
    for (down, right), row, name in zip(at, rows, names, strict=True):
        is_known = np.isfinite(row.estimate)
        face = to_rgb(shade(scale(row.estimate))) if is_known else (1.0, 1.0, 1.0)
        hatch = None if row.reliability == "reliable" else HATCHED
        ink = "black" if _luminance(face) > BRIGHT else "white"
        axes.add_patch(Rectangle((right, -down), 0.94, 0.94, facecolor=face, edgecolor="#555555"))
        if hatch:  # a strip below the text, so that nothing lies over it
            strip = Rectangle(
                (right, -down), 0.94, 0.1, facecolor="white", edgecolor="#555555", hatch=hatch
            )
            axes.add_patch(strip)
        limits = f" {DASH} ".join(words.number(limit, digits) for limit in row.interval())
        for y, text, size in (
            (0.7, wrapped(name, 15), 9), (0.43, words.number(row.estimate, digits), 15),
            (0.2, limits, 9),
        ):  # fmt: skip
            axes.text(right + 0.47, y - down, text, ha="center", va="center", fontsize=size,
                      color=ink)  # fmt: skip
    axes.set(xlim=(at[:, 1].min(), at[:, 1].max() + 1), ylim=(-at[:, 0].max(), 1 - at[:, 0].min()))
    axes.set_aspect("equal")
    axes.axis("off")
    spans = np.ptp(at, axis=0) + 1
    drawing.set_size_inches(max(8.0, SIDE * spans[1] + 1), SIDE * spans[0] + 1.6)
    data = Estimates(tuple(rows), table.heading, table.level).to_frame()
    data = data.assign(area=list(found), row=at[:, 0], column=at[:, 1])
    return Plot(finish(drawing, table.heading, words, "caption"), data)


@cache
def _known() -> dict[str, tuple[int, int]]:
    """Places of the areas that are on file."""
    places = read_yaml(Path(__file__).with_name("tiles.yaml"))
    return {code: tuple(place) for code, place in places.items()}


def _name(name: str) -> str:
    """Name of an area, or of any other domain."""
    return find_area(name).name if name.isdigit() and len(name) == 4 else name.split("=")[-1]


def _luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance after the Web Content Accessibility Guidelines."""
    rgb = np.asarray(colour)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
