"""Tables as text that fits in the width of a terminal."""

import shutil
import sys
from collections.abc import Sequence
from textwrap import wrap

from bpsstats.reporting.display import Table

WIDTH = 80  # where the terminal is not wider, or there is none
GAP = "  "
CALM = 14  # letters that a column of words gets before the table is broken into several
KEYS = 2  # columns that name the rows where none tell them apart
MOST_KEYS = 3  # columns that name the rows


def width_of_output() -> int:
    """Letters of a line: those of the terminal, but at least 80."""
    return max(WIDTH, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH


def as_text(table: Table, width: int) -> str:
    """A table of at most so many letters a line: words are wrapped, numbers and intervals are not;
    columns for which there is no room follow below, beside the names of the rows.

    Parameters
    ----------
    table : Table
    width : int

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"Figure": ["Number of poor"], "Estimate": ["12,340"]})
    >>> print(as_text(Table("Balikpapan", frame, ("Synthetic.",)), 20))
    Balikpapan
    <BLANKLINE>
    Figure      Estimate
    ----------  --------
    Number of     12,340
      poor
    <BLANKLINE>
    Synthetic.
    """
    frame = table.frame.astype(str)
    names = [str(name) for name in frame]
    columns = [
        _Column(name, frame.iloc[:, i].tolist(), number)
        for i, (name, number) in enumerate(zip(names, table.numbers(), strict=True))
    ]
    blocks = ["\n".join(wrap(table.caption, width))] if table.caption else []
    if len(frame):
        n_keys = next((k for k in range(1, MOST_KEYS + 1) if _tells(columns[:k])), KEYS)
        while n_keys > 1 and not _fit(columns[:n_keys], columns[n_keys:], width):
            n_keys -= 1
        panels = _panels(columns[:n_keys], columns[n_keys:], width)
        if n_keys > 1:
            columns[0].once()
        blocks += [_panel(panel, width, headed=bool(table.caption)) for panel in panels]
    blocks += ["\n".join(line for note in table.notes for line in wrap(note, width))]
    return "\n\n".join(filter(None, blocks))


class _Column:
    """Heading and cells, and how wide they may be."""

    def __init__(self, name: str, cells: list[str], number: bool) -> None:
        self.name, self.cells, self.number = name, cells, number
        self.longest = max(map(len, [*cells, *name.split()]))
        words = [word for text in (cells if not number else ()) for word in text.split()]
        kept = cells if number else [GAP + word for word in words]
        self.least = min(self.longest, max(map(len, [*kept, *name.split()])))
        self.calm = max(self.least, min(self.longest, CALM))

    def once(self) -> None:
        """Let a name that several rows share stand beside the first of them alone."""
        pairs = zip(self.cells, ["", *self.cells], strict=False)
        self.cells = ["" if name == before else name for name, before in pairs]

    def lines(self, text: str, width: int, inside: str) -> list[str]:
        """A text on lines of a width, the lines after the first set in."""
        found = wrap(text, width, subsequent_indent=inside) or [""]
        return [line.rjust(width) if self.number else line.ljust(width) for line in found]


def _tells(columns: Sequence[_Column]) -> bool:
    """Whether these columns tell all rows apart."""
    rows = list(zip(*(column.cells for column in columns), strict=True))
    return len(set(rows)) == len(rows)


def _fit(keys: Sequence[_Column], others: Sequence[_Column], width: int) -> bool:
    """Whether any other column has room beside those that name the rows."""
    widest = max((column.least for column in others), default=0)
    return len(GAP) * len(keys) + sum(column.least for column in keys) + widest <= width


def _panels(keys: list[_Column], others: list[_Column], width: int) -> list[list[_Column]]:
    """Columns that stand beside one another, each time after those that name the rows."""
    panels = [list(keys)]
    for column in others:
        line = len(GAP) * len(panels[-1]) + sum(one.calm for one in [*panels[-1], column])
        if len(panels[-1]) > len(keys) and line > width:
            panels.append(list(keys))
        panels[-1].append(column)
    return panels


def _panel(columns: Sequence[_Column], width: int, *, headed: bool) -> str:
    """Columns side by side; what is left of the line goes to the longest texts."""
    fit = [column.longest for column in columns]
    room = width - len(GAP) * (len(columns) - 1)
    while sum(fit) > room:
        wide = [i for i, column in enumerate(columns) if fit[i] > column.least]
        if not wide:  # a word as long as the line is cut
            wide = list(range(len(fit)))
        fit[max(wide, key=fit.__getitem__)] -= 1
    rows = zip(*(column.cells for column in columns), strict=True)
    lines = [line for row in rows for line in _row(columns, row, fit)]
    if headed:
        head = _row(columns, [column.name for column in columns], fit, inside="")
        lines = [*head, GAP.join("-" * w for w in fit), *lines]
    return "\n".join(lines)


def _row(
    columns: Sequence[_Column], texts: Sequence[str], fit: Sequence[int], inside: str = GAP
) -> list[str]:
    """A row on as many lines as its longest text takes."""
    cells = [
        column.lines(text, width, "" if column.number else inside)
        for column, text, width in zip(columns, texts, fit, strict=True)
    ]
    most = max(map(len, cells))
    filled = [
        cell + [" " * width] * (most - len(cell)) for cell, width in zip(cells, fit, strict=True)
    ]
    return [GAP.join(line).rstrip() for line in zip(*filled, strict=True)]
