"""Figures that show themselves as SVG, and the data under them."""

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from bpsstats.reprs import count_of

POINTS = 72.0  # of an inch
MARGIN = 1.0  # points around what a page shows of a drawing; subtitle and caption are next to it


class Drawing(Figure):
    """A figure that shows itself as SVG, the same bytes each time.

    Its title says the finding, its subtitle what is measured, its caption whose data they are; the
    alternative text `alt` has the values as well. A page that writes these beside the figure shows
    the part of it inside `box`.
    """

    title = subtitle = caption = alt = file = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it has a place, as where every number is withheld."""
        return not any(np.isfinite(axes.dataLim.extents).all() for axes in self.axes)

    def svg(self, *, letters: bool = False) -> str:
        """The drawing as SVG without a date; with letters as text, which the reader's fonts and
        colours take part in, or as shapes.
        """
        buffer = io.StringIO()
        shape = "none" if letters else "path"
        with matplotlib.rc_context({"svg.fonttype": shape, "svg.hashsalt": "bpsstats"}):
            self._save(buffer, format="svg", metadata={"Date": None, "Creator": None})
        text = buffer.getvalue()
        # The XML heading is for files; inside a page the element stands alone.
        return text[text.index("<svg") :]

    def png(self, dpi: int = 160) -> bytes:
        """The drawing as PNG without a date."""
        buffer = io.BytesIO()
        self._save(buffer, format="png", dpi=dpi, metadata={"Software": None})
        return buffer.getvalue()

    def lay_out(self) -> None:
        """Place all parts and make their ticks, in the style that is in force, drawing nothing."""
        layout = self.get_layout_engine()
        if layout is not None:
            layout.execute(self)
        self.stale = False

    def _save(self, buffer: IO[Any], **options: Any) -> None:
        """Save the drawing as it is laid out; `savefig` would draw it once more for its layout."""
        if self.stale:
            self.lay_out()
        layout = self.get_layout_engine()
        self.set_layout_engine(None)
        self.savefig(buffer, **options)
        self.set_layout_engine(layout)
        # Resolution and background are set for the file and set back: nothing has changed.
        self.stale = False

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The drawing without titles and caption: left, top, width and height, points."""
        width, height = (POINTS * float(inches) for inches in self.get_size_inches())
        if len(self.axes) != 1:
            return 0.0, 0.0, width, height
        axes, is_stale = self.axes[0], self.stale
        beside = [axis.get_tightbbox() for axis in (axes.xaxis, axes.yaxis)]
        self.stale = is_stale  # to measure is not to change
        whole = Bbox.union([axes.bbox, *(box for box in beside if box is not None)])
        top, bottom = (height - POINTS * float(side) / self.dpi for side in (whole.y1, whole.y0))
        top, bottom = max(0.0, top - MARGIN), min(height, bottom + MARGIN)
        return 0.0, round(top, 1), round(width, 1), round(bottom - top, 1)

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    def _repr_svg_(self) -> str:
        label = html.escape(self.alt, quote=True)
        svg = self.svg(letters=True)
        return re.sub(r"<svg ", f'<svg role="img" aria-label="{label}" ', svg, count=1)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, object]]:
        """What a page writes beside the figure, as metadata of the notebook's output."""
        about = {name: getattr(self, name) for name in ("title", "subtitle", "caption", "file")}
        return {}, {"image/svg+xml": about | {"box": list(self.box)}}


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """A figure and the data under it; ``figure, data = plot`` takes them apart.

    Parameters
    ----------
    figure : matplotlib Figure
        To be shown, changed, or saved by its ``savefig``.
    data : DataFrame
        What is drawn, one row for each point, at full precision.
    """

    figure: Drawing
    data: pd.DataFrame

    def __iter__(self) -> Iterator[Drawing | pd.DataFrame]:
        return iter((self.figure, self.data))

    def __repr__(self) -> str:
        return f"Plot of {count_of(len(self.data), 'point')}: {self.figure.alt}"

    def _repr_svg_(self) -> str:
        return self.figure._repr_svg_()
