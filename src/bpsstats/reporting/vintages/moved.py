"""Vintages of a release: what moved from one to the next, cell by cell, and the earlier ones kept.

A release is never overwritten in silence. One that is the same is left as it is; another one needs
a reason, which it carries from then on together with what moved.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from bpsstats.errors import ParameterError, RevisionError
from bpsstats.reporting.formats.fields import key_of
from bpsstats.reporting.formats.tables import OutTable
from bpsstats.reporting.formats.writers import csv_text
from bpsstats.reprs import count_of

RELEASE, PROFILE = "release.json", "profile.json"  # what programs are told of either
TABLE = "revisions"  # name of the table that tells of revisions
EARLIER = "earlier"  # folder of the vintages before, beside the release
MOVED = "moved-{lang}.csv"  # beside the release
BY_MAKE = ' or make report REVISION="reason"'  # how a report is told why
LONGEST_REASON, MOST_NAMED = 300, 4
ABSENT = "–"  # of a cell that is empty, or in one vintage only


@dataclass(frozen=True, slots=True)
class Move:
    """A cell that moved: where it stands, and what stood there before and after."""

    table: str
    row: str
    column: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.table}, {self.row}, {self.column}: {self.before} to {self.after}"


@dataclass(frozen=True, slots=True)
class Revision:
    """A vintage after the first: its number, why it was made, and what moved."""

    vintage: int
    reason: str
    moved: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Revisions:
    """The revisions of a release, the first before the last."""

    revisions: tuple[Revision, ...] = ()

    def __len__(self) -> int:
        return len(self.revisions)

    @property
    def vintage(self) -> int:
        """Number of the vintage; the first release is 1."""
        return 1 + len(self.revisions)

    def with_reason(self, reason: str, moved: Iterable[Move]) -> "Revisions":
        """With one more."""
        return Revisions((*self.revisions, Revision(self.vintage + 1, reason, tuple(moved))))

    def to_frame(self) -> pd.DataFrame:
        """A row for each cell that moved; one for a revision in which none did."""
        rows = [
            {"revision": r.vintage, "why": r.reason, **asdict(move)}
            for r in self.revisions
            for move in (r.moved or (Move("", "", "", "", ""),))
        ]
        names = {"table": "file", "row": "row_moved", "column": "column_moved"}
        ends = {"before": "value_before", "after": "value_after"}
        return pd.DataFrame(rows).rename(columns={**names, **ends})

    def records(self) -> list[dict[str, object]]:
        """As they stand in ``release.json``."""
        return [
            {"vintage": r.vintage, "reason": r.reason, "moved": [asdict(m) for m in r.moved]}
            for r in self.revisions
        ]


def revisions_of(release: Path | None) -> Revisions:
    """The revisions that a release in place tells of; none where it is of before they were kept."""
    records = [] if release is None else [release / name for name in (RELEASE, PROFILE)]
    told: list[dict[str, Any]] = next(
        (json.loads(p.read_text("utf8")).get("revisions", []) for p in records if p.is_file()), []
    )
    return Revisions(
        tuple(
            Revision(r["vintage"], r["reason"], tuple(Move(**move) for move in r["moved"]))
            for r in told
        )
    )


def check_reason(reason: str | None) -> str | None:
    """The reason of a revision, or None where there is none.

    Raises
    ------
    ParameterError
        If it says nothing, is no single line, or is longer than a line or two.
    """
    if reason is None:
        return None
    said = reason.strip()
    if not said or not said.isprintable() or len(said) > LONGEST_REASON:
        raise ParameterError(
            "The reason of a revision is one line of text of at most"
            f' {LONGEST_REASON} characters, such as --revision "weights of PSU 12 corrected".'
        )
    return said


def moves(before: Path | None, tables: Sequence[OutTable]) -> list[Move]:
    """What moved since a release in place, cell by cell.

    Parameters
    ----------
    before : path, optional
        Folder of the release in place.
    tables : sequence of OutTable
        Those of the new one.
    """
    if before is None:
        return []
    new = {table.name: table for table in tables if table.name != TABLE}
    old = {path.stem: path for path in (before / "tables").glob("*.csv") if path.stem != TABLE}
    found: list[Move] = []
    for name in sorted(old.keys() | new.keys()):
        key = key_of(new[name].frame, new[name].lang) if name in new else []
        was = old[name].read_text("utf8") if name in old else ""
        found += moved_cells(name, was, new[name].csv() if name in new else "", key)
    return found


def moved_cells(table: str, before: str, after: str, key: Sequence[str]) -> list[Move]:
    """What moved in a table between two CSV files, whose rows are told apart by their key."""
    if before == after:
        return []
    was, now = _cells(before, key), _cells(after, key)
    changed = [p for p in dict.fromkeys((*was, *now)) if was.get(p) != now.get(p)]
    return [Move(table, *p, was.get(p) or ABSENT, now.get(p) or ABSENT) for p in changed]


def refuse(
    moved: Sequence[Move], last: str, files: Sequence[str] = (), *, or_make: str = ""
) -> NoReturn:
    """Refuse to overwrite a release in place; the whole list of cells is left in a file beside it.

    Parameters
    ----------
    moved : sequence of Move
    last : str
        Folder of the release in place.
    files : sequence of str
        Files that differ where no figure moved.
    or_make : str
        How `make` is told the reason, where it makes such releases.

    Raises
    ------
    RevisionError
        Always.
    """
    release = Path(last)
    place = "/".join(release.parts[-3:])
    named = [str(move) for move in moved] or list(files)
    more = f"; and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    what, where = f"no figure moved, but these files differ: {', '.join(named[:MOST_NAMED])}", ""
    if moved:
        what = f"{count_of(len(moved), 'cell')} moved: {'; '.join(named[:MOST_NAMED])}"
        log = release.with_name(MOVED.format(lang=release.name))
        frame = pd.DataFrame([asdict(move) for move in moved])
        log.write_text(csv_text(frame), encoding="utf8")
        where = f" The whole list is in {log.name} beside it."
    raise RevisionError(
        f"The release {place} was kept, and nothing of it was overwritten. What was computed now is"
        f" not the same; {what}{more}.{where} If it is to be revised, say why, with --revision"
        f' "reason"{or_make}: the release in place is then kept under'
        f" {EARLIER}/ and the new one tells what moved. If this was a trial, write it to another"
        " folder with --out; if the one in place was a trial, remove its folder."
    )


def _cells(text: str, key: Sequence[str]) -> Mapping[tuple[str, str], str]:
    """Cells of a CSV by row and column; rows are told apart by their key, or by their number."""
    cells: dict[tuple[str, str], str] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=1):
        has_key = bool(key) and all(name in row for name in key)
        place = ", ".join(row[name] for name in key if row[name]) if has_key else f"row {number}"
        cells.update({(place, name): value for name, value in row.items() if name not in key})
    return cells
