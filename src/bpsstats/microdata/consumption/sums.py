"""Food and other spending summed from the items of blocks 41 and 42, exactly, in DuckDB straight
from the files.

Rupiah and quantities are summed as decimals: sums of floats on several threads differ from run to
run.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pandas as pd

from bpsstats.microdata.consumption.engine import out_of_core, progress_bar
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

DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums of items by household key, None where they cannot be made; what is wrong with the items;
    notes.
    """

    frame: pd.DataFrame | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


def food_of_households(layout: Layout, sources: Sequence[Source], area: Area) -> Sums:
    """Food spending per household and month from block 41.

    Parameters
    ----------
    layout : Layout
    sources : sequence of Source
        Parts of the block.
    area : Area

    Returns
    -------
    Sums
        Index household key (text); columns food_month (Rp), calories_day (kcal of the household),
        items, size (R301).

    Notes
    -----
    ``food = 30/7 sum B41K10`` over items; rows of header codes are subtotals and left out.
    """
    sums = _sums(layout, "blok41", sources, area, layout.food.recall)
    if sums.frame is None:
        return sums
    weeks, per = layout.food.month_in_weeks
    food = sums.frame["value"] * weeks / per
    frame = sums.frame[["items", "size"]].assign(
        food_month=food, calories_day=sums.frame["calories"] / DAYS_PER_WEEK
    )
    return Sums(frame, sums.findings)


def nonfood_of_households(layout: Layout, sources: Sequence[Source], area: Area) -> Sums:
    """Other spending per household and month from block 42.

    Returns
    -------
    Sums
        Index household key (text); columns nonfood_month (Rp), items, size.

    Notes
    -----
    ``nonfood = sum (B42K4 + B42K5 / 12)`` over items: past month and past year exclude one another.
    Subtotals, quantity rows and the tenure row are left out. Of a copy with neither column the
    monthly average is used, and said.
    """
    recall = dict(layout.nonfood.recall)
    average = recall.pop("average")
    notes: tuple[str, ...] = ()
    if not any(column in source.columns for source in sources for column in recall.values()):
        sums = _sums(layout, "blok42", sources, area, {"average": average})
        notes = (
            (
                f"Other spending is the monthly average {average}, as the copy has no amounts of"
                " month and year."
            ),
        )
        spent = None if sums.frame is None else sums.frame["average"]
    else:
        sums = _sums(layout, "blok42", sources, area, recall)
        spent = (
            None
            if sums.frame is None
            else sums.frame["month"] + sums.frame["year"] / layout.nonfood.year_in_months
        )
    if sums.frame is None:
        return sums
    return Sums(sums.frame[["items", "size"]].assign(nonfood_month=spent), sums.findings, notes)


def _sums(
    layout: Layout, role: str, sources: Sequence[Source], area: Area, columns: Mapping[str, str]
) -> Sums:
    """Exact sums of columns by household over the items of an area."""
    with items_of(layout, role, sources, area, columns) as (connection, findings):
        if connection is None:
            return Sums(None, tuple(findings))
        frame = connection.execute(_query(layout, role, columns)).df().set_index("household")
    if frame.empty:
        what = f"No item of {area.name} (R101 {area.province}, R102 {area.regency}) is in the file."
        remedy = "Add the part that holds its province, or take the file away."
        names = ", ".join(source.path.name for source in sources)
        return Sums(None, (*findings, Finding("error", names, "R101 + R102", what, remedy, 0, ())))
    return Sums(frame.astype(dict.fromkeys([*columns, "size"], "float64")), tuple(findings))


@contextmanager
def items_of(
    layout: Layout, role: str, sources: Sequence[Source], area: Area, columns: Mapping[str, str]
) -> Iterator[tuple[duckdb.DuckDBPyConnection | None, list[Finding]]]:
    """The items of an area as table ``items`` of a connection, and what is wrong with them.

    The table has columns part, row, household, kode, klp, size and those of `columns`, exact
    decimals; no connection where it cannot be made. Rows that `is_item` leaves out are in it.
    """
    key, region = layout.household_key, layout.region
    may_lack = {layout.food.recall["calories"], layout.food.quantity}
    needed = {key, region["province"], region["regency"], "KODE", *columns.values()} - may_lack
    findings = [
        f for s in sources for f in lacks([c for c in sorted(needed) if c not in s.columns], s.path)
    ]
    names = [source.path.name for source in sources]
    with out_of_core() as connection:
        if not findings:
            try:
                _load(connection, layout, role, sources, area, columns)
            except duckdb.Error as error:
                culprit = next(
                    (source for source in sources if source.path.name in str(error)), sources[0]
                )
                findings.append(Finding.of(culprit.refuse(error)))
        if findings:
            yield None, findings
            return
        findings += _editions(connection, sources)
        for where, column, what, remedy in _problems(connection, layout, role, columns):
            rows = connection.execute(
                f"SELECT part * {STRIDE} + row FROM items WHERE {where} ORDER BY 1"
            ).fetchall()
            findings += found(
                pd.Series(data=True, index=[row[0] for row in rows]), names, column, what, remedy
            )
        yield connection, findings


def _load(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    role: str,
    sources: Sequence[Source],
    area: Area,
    columns: Mapping[str, str],
) -> None:
    """The items of an area as a table: one pass over the files."""
    numbers = {"kode": "KODE", "klp": layout.group, "size": "R301", **columns}
    region = [layout.region["province"], layout.region["regency"]]
    parts = []
    for part, source in enumerate(sources):
        there = {name: column for name, column in numbers.items() if column in source.columns}
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
    connection: duckdb.DuckDBPyConnection, layout: Layout, role: str, columns: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    """What may be wrong with rows of items: condition, column, words, remedy."""
    items, moved = (
        layout.items(role),
        "The list of items of another round is the usual cause: codes move between years.",
    )
    cells = {
        "household": layout.household_key,
        "province": "R101",
        "regency": "R102",
        "kode": "KODE",
    }
    for name, column in {**cells, "klp": layout.group, "size": "R301", **columns}.items():
        yield f"bad_{name}", column, *NO_NUMBERS
    yield (
        "household = '' AND NOT bad_household",
        layout.household_key,
        "Rows have no household key.",
        "Restore the key.",
    )
    known = f"kode >= {items.first}" + ("" if items.last is None else f" AND kode <= {items.last}")
    yield (
        f"NOT bad_kode AND NOT COALESCE({known}, FALSE)",
        "KODE",
        "Codes are not of this block in this round.",
        moved,
    )
    spending = [name for name in columns if name not in ("calories", "quantity")]
    for name in spending:
        yield (
            f"{name} < 0",
            columns[name],
            "Amounts are negative.",
            "Check how the file was converted.",
        )
    yield (
        (
            f"{is_item(layout, role)} AND (part, row) NOT IN (SELECT (FIRST(part ORDER BY part,"
            " row), FIRST(row ORDER BY part, row)) FROM items GROUP BY household, kode)"
        ),
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
        yield marked, "KODE", f"Rows are subtotals by {layout.group} and items by code.", moved


def is_item(layout: Layout, role: str) -> str:
    """SQL of whether a row is an item that was spent on."""
    return f"kode NOT IN ({', '.join(map(str, sorted(layout.items(role).left_out)))})"


def _query(layout: Layout, role: str, columns: Mapping[str, str]) -> str:
    """SQL of sums by household."""
    # Nothing spent is zero; no calories are not.
    totals = ", ".join(
        f"{f'SUM({name})' if name == 'calories' else f'COALESCE(SUM({name}), 0)'} AS {name}"
        for name in columns
    )
    where = f"household <> '' AND {is_item(layout, role)}"
    return (
        f"SELECT household, {totals}, COUNT(*) AS items, MAX(size) AS size FROM items WHERE {where}"
        " GROUP BY household ORDER BY household"
    )
