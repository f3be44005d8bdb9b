"""How results show themselves: tables, and what holds records by its sizes, never by a value."""

import html
import inspect
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.disclosure.withheld import is_withheld

MOST_SHOWN = 5  # elements of a list
ROW, CELL = re.compile(r"<tr[^>]*>.*?</tr>", re.S), re.compile(r"<(t[hd])>(.*?)</t[hd]>", re.S)
STYLE = re.compile(r' style="[^"]*"')
NOT_A_NUMBER = re.compile(r"[^\d\s.,%<>*+−–/-]")
Parts = Sequence[str | pd.DataFrame]  # lines and tables, one below the other
LONGEST_LINE, LONGEST_HEADING = 60, 16  # letters of a cell and of a heading on one line


class SizesOnly:
    """Base of dataclasses that hold arrays or frames; they say ``repr=False``.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(repr=False)
    ... class Sample(SizesOnly):
    ...     weights: np.ndarray
    ...     period: str
    >>> Sample(np.ones(3), "March 2022")
    Sample(weights=array of 3, period='March 2022')
    """

    __slots__ = ()

    def __repr__(self) -> str:
        held: Any = self
        parts = (f"{f.name}={brief(getattr(self, f.name))}" for f in fields(held) if f.repr)
        return f"{type(self).__name__}({', '.join(parts)})"


class Shown:
    """Base of results that show themselves as lines and tables, the same as text and as HTML.

    They say what in `_parts`; those that are dataclasses say ``repr=False``.

    Examples
    --------
    >>> class Count(Shown):
    ...     def _parts(self):
    ...         return "Households < 10", pd.DataFrame({"n": [3]})
    >>> Count()
    Households < 10
     n
     3
    >>> Count()._repr_html_()[:25]
    '<p>Households &lt; 10</p>'
    """

    __slots__ = ()

    def _parts(self) -> Parts:
        raise NotImplementedError

    def __repr__(self) -> str:
        return "\n".join(
            part if isinstance(part, str) else part.to_string(index=False) for part in self._parts()
        )

    def _repr_html_(self) -> str:
        return "".join(
            f"<p>{html.escape(part, quote=False)}</p>"
            if isinstance(part, str)
            else html_table(part)
            for part in self._parts()
        )


def brief(value: object) -> str:
    """A field without the values of arrays and frames, nor an address in memory.

    Examples
    --------
    >>> brief(np.zeros((3, 2))), brief(pd.DataFrame({"a": [1]})), brief(len), brief((1, "x"))
    ('array of 3 x 2', 'frame of 1 x 1', 'len', "(1, 'x')")
    """
    if isinstance(value, np.ndarray | pd.DataFrame | pd.Series):
        kind = "frame" if isinstance(value, pd.DataFrame) else "array"
        return f"{kind} of {' x '.join(map(str, value.shape))}"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {brief(each)}' for key, each in value.items())}}}"
    if isinstance(value, tuple | list):
        more = f", and {len(value) - MOST_SHOWN} more" if len(value) > MOST_SHOWN else ""
        return f"({', '.join(map(brief, value[:MOST_SHOWN]))}{more})"
    if inspect.isroutine(value):
        return value.__name__
    return repr(value) if " at 0x" not in repr(value) else type(value).__name__


def named(name: str, kind: str, unit: str) -> str:
    """How a statistic names itself: what it is, of which kind, in which unit.

    Examples
    --------
    >>> named("headcount", "proportion", "percent"), named("gini", "index", "")
    ('Statistic headcount (proportion, percent)', 'Statistic gini (index)')
    """
    return f"Statistic {name} ({', '.join(filter(None, (kind, unit)))})"


def count_of(number: int, one: str, many: str = "") -> str:
    """A count with its noun, or with noun and verb; `many` is `one` with an s unless given.

    Examples
    --------
    >>> count_of(1, "record"), count_of(1200, "record"), count_of(2, "stratum", "strata")
    ('1 record', '1,200 records', '2 strata')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def written(value: float, digits: int = 0, *, signed: bool = False) -> str:
    """A rounded number, a dash where there is none, two dots where it is withheld.

    Examples
    --------
    >>> written(12345.6), written(-2.4, 2, signed=True), written(float("nan"))
    ('12,346', '-2.40', '–')
    """
    if is_withheld(value):
        return ".."
    if not np.isfinite(value):
        return "–"
    # A zero has no sign of its own.
    return f"{round(float(value), digits) + 0.0:{'+' if signed else ''},.{digits}f}"


def written_p(value: float, digits: int = 3) -> str:
    """A p-value; one that would be written as zero is said to be below the last decimal.

    Examples
    --------
    >>> written_p(0.0421), written_p(1e-9), written_p(float("nan"))
    ('0.042', '<0.001', '–')
    """
    least = 10.0**-digits
    return f"<{written(least, digits)}" if value < least else written(value, digits)


def said_p(value: float, digits: int = 4) -> str:
    """A p-value within a line of text.

    Examples
    --------
    >>> said_p(0.04211), said_p(1e-9)
    ('p = 0.0421', 'p < 0.0001')
    """
    shown = written_p(value, digits)
    return f"p < {shown[1:]}" if shown.startswith("<") else f"p = {shown}"


def formatted(frame: pd.DataFrame, digits: int, *, signed: bool = False) -> pd.DataFrame:
    """A frame with its fractions as people read them; whole numbers and text as they are.

    Examples
    --------
    >>> formatted(pd.DataFrame({"part": ["x"], "n": [7], "share": [0.25]}), 1)
      part  n share
    0    x  7   0.2
    """
    return frame.map(
        lambda value: written(value, digits, signed=signed) if isinstance(value, float) else value
    )


def cell_style(text: str, *, number: bool, longest: int = LONGEST_LINE) -> str:
    """How a cell stands in a notebook, whose own style puts all to the right and breaks lines."""
    kept = ";white-space:nowrap" if len(text) <= longest else ""
    return f' style="text-align:{"right" if number else "left"}{kept}"'


def html_facts(heading: str, facts: Iterable[tuple[str, str]]) -> str:
    """A heading, and below it a row for each fact: its name, and what it is.

    Examples
    --------
    >>> html_facts("Round", [("PSUs", "64")]).count("<th")
    1
    """
    rows = "".join(
        f'<tr><th scope="row"{cell_style(name, number=False)}>{html.escape(name)}</th>'
        f"<td{cell_style(said, number=not NOT_A_NUMBER.search(said))}>{html.escape(said)}</td></tr>"
        for name, said in facts
    )
    return f"<p>{html.escape(heading)}</p><table>{rows}</table>"


def without_style(page: str) -> str:
    """Tables for a page that has a style of its own."""
    return STYLE.sub("", page)


def html_table(frame: pd.DataFrame, *, index: bool = False, **options: Any) -> str:
    """A frame as HTML: text to the left, numbers to the right, each row on one line.

    Examples
    --------
    >>> shown = html_table(pd.DataFrame({"domain": ["all"], "n": [608]}))
    >>> shown.count("text-align:left"), shown.count("text-align:right")
    (2, 2)
    """
    text = frame.to_html(index=index, border=0, **options)
    body = [CELL.findall(row) for row in ROW.findall(text.partition("<tbody>")[2])]
    width = max((len(row) for row in body), default=0)
    is_text = {
        i
        for row in body
        for i, (_, cell) in enumerate(row)
        if NOT_A_NUMBER.search(html.unescape(cell))
    }

    def styled(row: re.Match[str]) -> str:
        place = itertools.count(width - len(CELL.findall(row[0])))
        return CELL.sub(
            lambda cell: (
                f"<{cell[1]}{cell_style(cell[2], number=next(place) not in is_text)}>"
                f"{cell[2]}</{cell[1]}>"
            ),
            row[0],
        )

    return ROW.sub(styled, text)
