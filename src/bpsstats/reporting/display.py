"""What a notebook cell shows: tables, prose and drawings, each able to show itself as text and as
HTML.
"""

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from bpsstats.reporting.paper import latex, word
from bpsstats.reprs import NOT_A_NUMBER, cell_style, count_of

POINTS = 72.0  # of an inch
MARGIN = 1.0  # points around what a page shows of a drawing; subtitle and caption are next to it


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table of text, with caption and notes.

    Parameters
    ----------
    caption : str
        Without one, it is a list of names and what is said of each, and has no head.
    frame : DataFrame of str
        Cells as they are read; the first column names the rows.
    notes : tuple of str
    file : str
        Name of the file that holds it for programs; empty where there is none.
    """

    caption: str
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    file: str = ""

    def __post_init__(self) -> None:
        # What stands above a table need not be said below it.
        said = tuple(note for note in dict.fromkeys(self.notes) if note != self.caption)
        object.__setattr__(self, "notes", said)

    def numbers(self) -> list[bool]:
        """Whether each column holds numbers or intervals, which stand to the right."""
        return [_of_numbers(self.frame[column]) for column in self.frame]

    def latex(self, label: str = "") -> str:
        r"""The table for a paper in LaTeX, made by the Styler of pandas: a floating table of the
        package booktabs, with the notes below it.

        Parameters
        ----------
        label : str, optional
            Label to refer to it by.

        Examples
        --------
        >>> made = Table("P0, percent", pd.DataFrame({"of": ["a & b"], "P0": ["2.4"]})).latex("p0")
        >>> print("\n".join(made.splitlines()[6:8]))
        of & P0 \\
        \midrule
        """
        return latex(self, label)

    def word(self, path: str | Path) -> Path:
        """Write the table as a document of Word (.docx); see `latex`.

        Raises
        ------
        ParameterError
            If python-docx is not installed.
        OutputError
            If the file cannot be written.
        """
        return word(self, path)

    def __repr__(self) -> str:
        body = [] if self.frame.empty else [self.frame.to_string(index=False)]
        return "\n".join([self.caption, *body, *self.notes])

    def _repr_html_(self) -> str:
        notes = "".join(f'<p class="note">{html.escape(note)}</p>' for note in self.notes)
        if self.frame.columns.empty:  # a table that cannot be made, which says why
            return f"<p>{html.escape(self.caption)}</p>{notes}"
        names, *others = self.frame
        first = cell_style(str(names), number=False)
        numbers = self.numbers()[1:]
        head = f'<th scope="col"{first}>{html.escape(str(names))}</th>' + "".join(
            f'<th scope="col"{_stands(column, number=number)}>{html.escape(str(column))}</th>'
            for column, number in zip(others, numbers, strict=True)
        )
        above = f"<caption>{html.escape(self.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        above = above if self.caption else ""
        body = f"<tbody>\n{self._body()}</tbody>"
        return f'<table class="bps">{above}{body}</table>{notes}'

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, object]]:
        """The file of the table, as metadata of the notebook's output."""
        return {}, {"text/html": {"file": self.file}} if self.file else {}

    def _body(self) -> str:
        """Rows; a name that several rows share stands once beside them."""
        names = self.frame.iloc[:, 0].astype(str).tolist()
        numbers, body = self.numbers()[1:], ""
        for i, row in enumerate(self.frame.itertuples(index=False)):
            body += "<tr>"
            if i == 0 or names[i] != names[i - 1]:
                run = (
                    next((j for j in range(i, len(names)) if names[j] != names[i]), len(names)) - i
                )
                span = f'scope="rowgroup" rowspan="{run}"' if run > 1 else 'scope="row"'
                span += cell_style(names[i], number=False)
                body += f"<th {span}>{html.escape(names[i])}</th>"
            cells = "".join(
                f"<td{_stands(cell, number=number)}>{html.escape(str(cell))}</td>"
                for cell, number in zip(row[1:], numbers, strict=True)
            )
            body += f"{cells}</tr>\n"
        return body


def _of_numbers(column: pd.Series) -> bool:
    """Whether a column holds nothing but numbers, intervals and marks."""
    return not any(NOT_A_NUMBER.search(str(each)) for each in column)


def _stands(cell: object, *, number: bool) -> str:
    """Attributes of a cell: a column of numbers or intervals stands to the right."""
    return (' class="number"' if number else "") + cell_style(str(cell), number=number)


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences made from numbers; shows itself as Markdown."""

    text: str

    def __repr__(self) -> str:
        return self.text.replace("**", "")

    def _repr_markdown_(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Cards:
    """A row of headline figures: value, what it is, and how sure."""

    cards: tuple[tuple[str, str, str], ...]

    def __repr__(self) -> str:
        return "\n".join(f"{value}  {label} ({detail})" for value, label, detail in self.cards)

    def _repr_html_(self) -> str:
        parts = "".join(
            f'<div class="card"><p class="value">{html.escape(value)}</p><p'
            f' class="label">{html.escape(label)}</p><p'
            f' class="detail">{html.escape(detail)}</p></div>'
            for value, label, detail in self.cards
        )
        return f'<div class="cards">{parts}</div>'


class Drawing(Figure):
    """A figure that shows itself as SVG, the same bytes each time.

    Its title says the finding, its subtitle what is measured, its caption whose data they are; the
    alternative text `alt` has the values as well. A page that writes these beside the figure shows
    the part of it inside `box`.
    """

    title = subtitle = caption = alt = file = ""

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
