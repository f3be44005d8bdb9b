"""One printed figure held against what the others leave open for it, with a verdict in words."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, inf, log10
from typing import Literal, TypeVar

import pandas as pd

from bpsstats.arguments import shown
from bpsstats.errors import ParameterError
from bpsstats.published.record.cells import Printed
from bpsstats.published.record.interval import Interval
from bpsstats.reprs import count_of, html_table

Row = TypeVar("Row")
Verdict = Literal["holds", "points", "percent", "break", "doubtful", "contradicts"]
# What a verdict says; the word before the colon counts them.
VERDICTS: dict[Verdict, str] = {
    "holds": "holds within rounding",
    "points": "points: percentage points, as percent it would be another change",
    "percent": "percent: as percentage points it contradicts the levels",
    "break": "break: another base, not another state",
    "doubtful": "doubtful: by its marks, or beside its neighbours",
    "contradicts": "contradicts: no unrounded figures give both",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A check of printed cells against one another.

    Parameters
    ----------
    check : str
        Name of the check.
    area_code, year : str, int
    cells : tuple of Printed
        The figures that take part, the one that is held against the others first.
    said, left_open : Interval
        What the print of that figure says, and what the others leave open for it.
    unit : str
    verdict : {"holds", "points", "percent", "break", "doubtful", "contradicts"}
        *contradicts* is said of unmarked cells alone: where a cell that takes part is derived,
        inferred or doubtful, what does not hold is *doubtful*.
    """

    check: str
    area_code: str
    year: int
    cells: tuple[Printed, ...]
    said: Interval
    left_open: Interval
    unit: str
    verdict: Verdict

    @property
    def words(self) -> str:
        """The verdict in words."""
        return VERDICTS[self.verdict]

    @property
    def marks(self) -> str:
        """The marked cells that take part."""
        marked = {cell.key.indicator: cell.marks for cell in self.cells if cell.marks}
        return "; ".join(f"{name} {marks}" for name, marks in marked.items())

    @property
    def names(self) -> list[str]:
        """The cells by name, as printed."""
        return [
            f"{cell.key.indicator}"
            + (f" ({cell.key.domain})" if cell.key.domain != "all" else "")
            + (f" {cell.key.area_code}" if cell.key.area_code != self.area_code else "")
            + (f" {cell.key.year}" if cell.key.year != self.year else "")
            + f" {'/'.join(dict.fromkeys(each.printed for each in cell.cells))}"
            for cell in self.cells
        ]


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings of one or more checks."""

    heading: str
    rows: tuple[Finding, ...]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, *verdicts: Verdict) -> "Findings":
        """The findings of these verdicts."""
        rows = tuple(row for row in self.rows if row.verdict in verdicts)
        return Findings(f"{self.heading} · {' or '.join(verdicts)}", rows)

    def about(self, area_code: str) -> "Findings":
        """The findings of one area."""
        return Findings(self.heading, tuple(r for r in self.rows if r.area_code == area_code))

    @property
    def all_hold(self) -> bool:
        """Whether no cell contradicts another."""
        return all(row.verdict != "contradicts" for row in self.rows)

    def counts(self) -> pd.DataFrame:
        """Findings by check and verdict."""
        found = Counter((row.check, row.verdict) for row in self.rows)
        checks = dict.fromkeys(row.check for row in self.rows)
        return pd.DataFrame(
            [
                {"check": check} | {verdict: found[check, verdict] for verdict in VERDICTS}
                for check in checks
            ],
            columns=["check", *VERDICTS],
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per finding, at full precision."""
        return pd.DataFrame(
            [
                {
                    "check": row.check,
                    "area_code": row.area_code,
                    "year": row.year,
                    "cells": "; ".join(row.names),
                    "said_low": row.said.low,
                    "said_high": row.said.high,
                    "left_open_low": row.left_open.low,
                    "left_open_high": row.left_open.high,
                    "unit": row.unit,
                    "verdict": row.verdict,
                    "words": row.words,
                    "marks": row.marks,
                    "publication": "; ".join(
                        dict.fromkeys(c.publication for cell in row.cells for c in cell.cells)
                    ),
                }
                for row in self.rows
            ]
        )

    @property
    def summary(self) -> str:
        """How many findings of each verdict."""
        counts = Counter(row.verdict for row in self.rows)
        said = ", ".join(f"{counts[v]} {VERDICTS[v].split(':')[0]}" for v in VERDICTS if counts[v])
        return f"{count_of(len(self), 'check')}: {said}" if self.rows else "no checks"

    def __repr__(self) -> str:
        if not self.rows:
            return f"{self.heading} · none"
        return f"{self.heading}\n{_shown(self.rows).to_string(index=False)}\n{self.summary}"

    def _repr_html_(self) -> str:
        body = html_table(_shown(self.rows))
        return f"<p>{self.heading}</p>{body}<p>{self.summary}</p>"


def digits(interval: Interval) -> int:
    """Decimals that show an interval: one digit more than its width needs."""
    width = interval.high - interval.low
    scale = width / 10 if 0 < width < inf else abs(interval.low) / 100
    # Two digits of the lower end, and one more than the width needs.
    least = abs(interval.low) / 10 if 0 < abs(interval.low) < 1 else scale
    scale = min(scale, least)
    return min(max(0, -floor(log10(scale))), 6) if 0 < scale < inf else 0


def between(interval: Interval) -> str:
    """An interval as text; a dash where nothing is known."""
    if interval.low == -inf and interval.high == inf:
        return "–"
    places = digits(interval)
    return f"{interval.low:,.{places}f} to {interval.high:,.{places}f}"


def shortened(names: Sequence[str], most: int = 4) -> str:
    """The first names of many."""
    more = f" and {len(names) - most + 1} more" if len(names) > most else ""
    return "; ".join(names[: most - 1] if more else names) + more


def _shown(rows: Sequence[Finding]) -> pd.DataFrame:
    """The table as read by people."""
    return pd.DataFrame(
        [
            {
                "check": row.check,
                "area": row.area_code,
                "year": row.year,
                "cells as printed": shortened(row.names),
                "print says": between(row.said),
                "others leave": between(row.left_open),
                "verdict": row.words + (f" ({row.marks})" if row.marks else ""),
            }
            for row in rows
        ],
        columns=[
            "check",
            "area",
            "year",
            "cells as printed",
            "print says",
            "others leave",
            "verdict",
        ],
    )


def row_named(rows: Mapping[str, Row], name: str, what: str) -> Row:
    """The row of a name.

    Raises
    ------
    ParameterError
        If there is none; the message names those that there are.

    Examples
    --------
    >>> row_named({"6471": 3, "6472": 1}, "6471", "rank of the area")
    3
    """
    if name in rows:
        return rows[name]
    known = f"There are: {', '.join(rows)}." if rows else "The printed figures on file give none."
    raise ParameterError(f"There is no {what} {shown(name)}. {known}")
