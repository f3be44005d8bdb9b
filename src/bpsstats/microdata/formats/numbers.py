"""How the numbers of a file are written, told from its cells: decimal marks, thousands, and codes
that stand with or behind their labels.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from bpsstats.errors import InputError
from bpsstats.microdata.formats.source import (
    CODE_AND_LABEL,
    MISSING,
    WITH_COMMA,
    WITH_THOUSANDS,
    Source,
    rows_of,
)

ROWS_LOOKED_AT = 100_000
WITH_POINT = r"[+-]?\d*\.\d+"
THREE_AND_THREE = r"[+-]?[1-9]\d{0,2},\d{3}"  # a fraction of three digits, or English thousands
PLAIN = r"[+-]?\d+"
WORDS = r"[A-Za-z]{2}.*"


@dataclass(frozen=True, slots=True)
class Cells:
    """How many cells of a column are written in which way; those with thousands count among those
    with a point.
    """

    filled: int
    commas: int
    three_and_three: int
    points: int
    thousands: int
    plain: int
    coded: int
    words: int

    @property
    def marks(self) -> str:
        """Decimal mark that the cells show beyond doubt, or nothing."""
        if not self.commas and self.points == self.thousands:
            return ""
        return "," if self.commas > self.points - self.thousands else "."


def with_dialect(source: Source, wanted: Collection[str], semicolons: bool = False) -> Source:
    """The source with the way its numbers are written, told from its first rows.

    Parameters
    ----------
    source : Source
    wanted : collection of str
        Official columns that will be asked for.
    semicolons : bool
        Whether semicolons stand between the cells, as programs write where the decimal mark is a
        comma.

    Raises
    ------
    InputError
        If every number with a mark could be either thousands or a fraction.
    """
    columns = [c for c in source.columns if c in wanted and c not in source.numeric]
    if not columns:
        return source
    cells = dict(zip(columns, _count(source, columns), strict=True))
    marks = {column: count.marks for column, count in cells.items()}
    _refuse_doubt(source, cells, semicolons)
    # Columns that show nothing themselves follow the others, if these agree.
    usual = "," if "," in marks.values() and "." not in marks.values() else "."
    commas = frozenset(column for column, mark in marks.items() if (mark or usual) == ",")
    coded = frozenset(
        column
        for column, count in cells.items()
        if count.coded and count.coded + count.plain == count.filled
    )
    notes = []
    if "," in marks.values():
        notes.append(f"{source.path.name} marks decimals by a comma.")
    if coded:
        named = ", ".join(sorted(coded))
        notes.append(f"{source.path.name} holds codes with their labels in {named}.")
    return replace(
        source.trimmed(columns),
        commas=commas,
        coded=coded,
        worded=frozenset(c for c, count in cells.items() if 2 * count.words > count.filled),
        notes=(*source.notes, *notes),
    )


def _count(source: Source, columns: list[str]) -> list[Cells]:
    """Counts of each column."""
    listed = ", ".join(source.columns[column] for column in columns)
    one_cell = f"SELECT UNNEST([{listed}]) AS cell, UNNEST(range({len(columns)})) AS number"
    first = f"{one_cell} FROM (SELECT * FROM {source.relation} LIMIT {ROWS_LOOKED_AT})"
    patterns = (
        WITH_COMMA, THREE_AND_THREE, WITH_POINT, WITH_THOUSANDS, PLAIN, CODE_AND_LABEL, WORDS,
    )  # fmt: skip
    counts = ", ".join(
        f"CAST(COALESCE(SUM(n) FILTER (WHERE regexp_full_match(cell, '{pattern}')), 0) AS BIGINT)"
        for pattern in patterns
    )
    # Most cells are codes, of which there are few.
    distinct = f"SELECT number, TRIM(cell) AS cell, COUNT(*) AS n FROM ({first}) GROUP BY ALL"
    rows = rows_of(
        f"SELECT number, CAST(SUM(n) AS BIGINT), {counts} FROM ({distinct})"
        f" WHERE NOT regexp_full_match(cell, '{MISSING}') GROUP BY number"
    )
    found = {row[0]: Cells(*row[1:]) for row in rows}
    return [found.get(i, Cells(0, 0, 0, 0, 0, 0, 0, 0)) for i in range(len(columns))]


def _refuse_doubt(source: Source, cells: dict[str, Cells], semicolons: bool) -> None:
    """Refuse a file whose marks could be those of thousands as well as those of fractions.

    Raises
    ------
    InputError
        If they could.
    """
    counts = list(cells.values())
    commas, points = (sum(getattr(c, name) for c in counts) for name in ("commas", "points"))
    if semicolons:
        doubtful = [c for c in cells if cells[c].points] if not commas else []
        if sum(c.thousands for c in counts) != points:
            doubtful = []
    else:
        doubtful = [c for c in cells if cells[c].commas]
        if sum(c.three_and_three for c in counts) != commas:
            doubtful = []
    if doubtful:
        mark = "point" if semicolons else "comma"
        raise InputError(
            f"Every number with a {mark} has three digits behind it, so that thousands cannot be"
            " told from fractions.",
            "Export the file anew with a decimal mark in its weights.",
            file=source.path.name,
            column=", ".join(doubtful[:5]),
        )
