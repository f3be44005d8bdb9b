"""The items of blocks 41 and 42 of an area as a table in DuckDB, straight from the files, and what
is wrong with them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
import pandas as pd

from bpsstats.microdata.consumption.amounts import Problem, amounts_disagree, is_item, settle
from bpsstats.microdata.consumption.engine import progress_bar
from bpsstats.microdata.files.raw import (
    NO_NUMBERS,
    in_area,
    lacks,
    same_households,
    two_editions,
    unreadable,
)
from bpsstats.microdata.findings import STRIDE, Finding, found
from bpsstats.microdata.formats import Source
from bpsstats.microdata.formats.source import EXACT, ROW
from bpsstats.microdata.layouts import Layout
from bpsstats.microdata.lists.areas import Area


@contextmanager
def items_of(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    role: str,
    sources: Sequence[Source],
    area: Area,
    *,
    proved: bool = False,
) -> Iterator[tuple[bool, list[Finding]]]:
    """Whether the items of an area are now the table ``items`` of a connection, and what is wrong
    with them.

    The table has columns part, row, household, kode, klp, size and the names of `Items.amounts`,
    exact decimals, one amount to a row (`amounts.settle`). Rows that `is_item` leaves out are in
    it. It is gone afterwards.
    """
    findings = [f for s in sources for f in lacks(_lacking(layout, role, s), s.path)]
    if not findings:
        try:
            _load(connection, layout, role, sources, area)
        except duckdb.Error as error:
            culprit = next(
                (source for source in sources if source.path.name in str(error)), sources[0]
            )
            findings.append(Finding.of(culprit.refuse(error)))
    if findings:
        yield False, findings
        return
    if len(sources) > 1:
        findings += _editions(connection, sources)
    problems = [*_problems(connection, layout, role)]
    if not proved:
        problems += amounts_disagree(connection, layout, role)
    findings += _found(connection, problems, [source.path.name for source in sources])
    settle(connection, layout, role)
    try:
        yield True, findings
    finally:
        connection.execute("DROP TABLE items")


def _lacking(layout: Layout, role: str, source: Source) -> list[str]:
    """Columns without which a file of items cannot be summed."""
    columns, there = layout.items(role).amounts, source.columns
    needed = {layout.household_key, *layout.area_columns, "KODE"}
    needed |= {layout.group} if layout.items(role).subtotals else set()
    if role == "blok41":
        parts = layout.food.parts
        told = bool(parts) and all(column in there for column in parts)
        needed |= set() if told else {columns["value"]}
    elif columns["average"] not in there:
        needed |= {columns["month"], columns["year"]}
    return sorted(column for column in needed if column not in there)


def _load(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    role: str,
    sources: Sequence[Source],
    area: Area,
) -> None:
    """The items of an area as a table: one pass over the files."""
    numbers = {"kode": "KODE", "klp": layout.group, "size": "R301", **layout.items(role).amounts}
    region = list(layout.area_columns)
    parts = []
    for part, source in enumerate(sources):
        there = {name: column for name, column in numbers.items() if column in source.columns}
        if role == "blok42" and not {"month", "year"} <= there.keys():
            # One of the two alone is not what was spent; the average is.
            there = {name: c for name, c in there.items() if name not in ("month", "year")}
        chosen = [
            f"{source.number(column, EXACT) if name in there else f'CAST(NULL AS {EXACT})'} AS"
            f" {name}"
            for name, column in numbers.items()
        ]
        cells = {
            **there,
            "household": layout.household_key,
            "province": region[0],
            "regency": region[1],
        }
        chosen += [
            f"{unreadable(source, column, layout, EXACT)} AS bad_{name}"
            for name, column in cells.items()
        ]
        chosen += [f"FALSE AS bad_{name}" for name in numbers if name not in there]
        lost = " OR ".join(unreadable(source, column, layout) for column in region)
        parts.append(
            f"SELECT {part} AS part, {ROW} AS row, {source.identifier(layout.household_key)} AS"
            f" household, {', '.join(chosen)} FROM {source.relation} WHERE"
            f" {in_area(layout, source, area)} OR {lost}"
        )
    with progress_bar(connection, layout.files[role].name):
        connection.execute(f"CREATE TABLE items AS {' UNION ALL BY NAME '.join(parts)}")


def _editions(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]
) -> Iterator[Finding]:
    """Parts that hold the households of an earlier part once more; their rows are dropped."""
    rows = connection.execute("SELECT DISTINCT part, household FROM items").df()
    kept: list[tuple[int, pd.Series]] = []
    for part, keys in rows.groupby("part")["household"]:
        twin = same_households(keys, kept)
        if twin is None:
            kept.append((int(str(part)), keys))
        else:
            yield two_editions(sources[twin].path, sources[int(str(part))].path)
            connection.execute(f"DELETE FROM items WHERE part = {part}")


def _problems(
    connection: duckdb.DuckDBPyConnection, layout: Layout, role: str
) -> Iterator[Problem]:
    """What may be wrong with rows of items, whatever they cost."""
    items = layout.items(role)
    moved = "The list of items of another round is the usual cause: codes move between years."
    cells = {
        "household": layout.household_key,
        "province": "R101",
        "regency": "R102",
        "kode": "KODE",
    }
    for name, column in {**cells, "klp": layout.group, "size": "R301", **items.amounts}.items():
        yield Problem(f"bad_{name}", column, *NO_NUMBERS)
    yield Problem(
        "household = '' AND NOT bad_household",
        layout.household_key,
        "Rows have no household key.",
        "Restore the key.",
    )
    known = f"kode >= {items.first}" + ("" if items.last is None else f" AND kode <= {items.last}")
    unknown = f"NOT bad_kode AND NOT COALESCE({known}, FALSE)"
    yield Problem(unknown, "KODE", "Codes are not of this block in this round.", moved)
    spending = [name for name in items.amounts if name not in ("calories", "quantity")]
    for name in spending:
        remedy = "Check how the file was converted."
        yield Problem(f"{name} < 0", items.amounts[name], "Amounts are negative.", remedy)
    by_item = "FROM items GROUP BY household, kode"
    # Which rows repeat an item is looked for only where any does: it takes longer than to count.
    if connection.execute(f"SELECT 1 {by_item} HAVING COUNT(*) > 1 LIMIT 1").fetchall():
        first = "(FIRST(part ORDER BY part, row), FIRST(row ORDER BY part, row))"
        yield Problem(
            f"{is_item(layout, role)} AND (part, row) NOT IN (SELECT {first} {by_item})",
            "KODE",
            "Rows repeat an item of a household.",
            "Remove the part that was given twice.",
        )
    # Where groups are told apart at all, a subtotal's mark on an item's code means that one of the
    # two lists moved.
    [(grouped,)] = connection.execute(
        f"SELECT COUNT(*) FROM items WHERE klp <> {layout.subtotal}"
    ).fetchall()
    if grouped:
        spent = " + ".join(f"COALESCE({name}, 0)" for name in spending)
        marked = f"{is_item(layout, role)} AND klp = {layout.subtotal} AND {spent} > 0"
        yield Problem(
            marked, "KODE", f"Rows are subtotals by {layout.group} and items by code.", moved
        )


def _found(
    connection: duckdb.DuckDBPyConnection, problems: Sequence[Problem], names: Sequence[str]
) -> Iterator[Finding]:
    """The problems that rows of items have, told in one pass over them."""
    flags = ", ".join(
        f"COALESCE({problem.where}, FALSE) AS p{i}" for i, problem in enumerate(problems)
    )
    is_bad = " OR ".join(f"p{i}" for i in range(len(problems)))
    rows = (
        connection.execute(
            f"SELECT * FROM (SELECT part * {STRIDE} + row AS number, {flags} FROM items)"
            f" WHERE {is_bad} ORDER BY number"
        )
        .df()
        .set_index("number")
    )
    for i, problem in enumerate(problems):
        yield from found(
            rows[f"p{i}"], names, problem.column, problem.what, problem.remedy, problem.gravity
        )
