"""Food and other spending summed from the items of blocks 41 and 42, exactly, in DuckDB straight
from the files.

Rupiah and quantities are summed as decimals: sums of floats on several threads differ from run to
run.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

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
from bpsstats.reprs import SizesOnly

DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sums(SizesOnly):
    """Sums of items by household key, None where they cannot be made; what is wrong with the items;
    notes; what a unit of each food costs.
    """

    frame: pd.DataFrame | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    prices: pd.DataFrame | None = None


def food_of_households(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    sources: Sequence[Source],
    area: Area,
    *,
    proved: bool = False,
) -> Sums:
    """Food spending per household and month from block 41.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the items are summed (`engine.out_of_core`).
    layout : Layout
    sources : sequence of Source
        Parts of the block.
    area : Area
    proved : bool
        Whether block 43 says what each household spent, so that its sums prove the items.

    Returns
    -------
    Sums
        Index household key (text); columns food_month (Rp), calories_day (kcal of the household),
        items, size (R301), and <group>_month (Rp) for each group of food.

    Notes
    -----
    ``food = 30/7 sum B41K10`` over items, of B41K6 + B41K8 where B41K10 is blank; rows of header
    codes are subtotals and left out.
    """
    sums = _sums(connection, layout, "blok41", sources, area, ("value", "calories"), proved)
    if sums.frame is None:
        return sums
    weeks, per = layout.food.month_in_weeks
    food = sums.frame["value"] * weeks / per
    frame = sums.frame[["items", "size"]].assign(
        food_month=food, calories_day=sums.frame["calories"] / DAYS_PER_WEEK
    )
    for group in layout.groups("blok41"):
        frame[f"{group}_month"] = sums.frame[f"value {group}"] * weeks / per
    return Sums(frame, sums.findings, sums.notes, sums.prices)


def nonfood_of_households(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    sources: Sequence[Source],
    area: Area,
    *,
    proved: bool = False,
) -> Sums:
    """Other spending per household and month from block 42; parameters as of `food_of_households`.

    Returns
    -------
    Sums
        Index household key (text); columns nonfood_month (Rp), items, size, and <group>_month
        (Rp) for each group.

    Notes
    -----
    ``nonfood = sum (B42K4 + B42K5 / 12)`` over items, past month and past year, or the monthly
    average SEBULAN where a row has neither, and said. Subtotals, quantity rows and the tenure row
    are left out.
    """
    added = ("month", "year", "average")
    sums = _sums(connection, layout, "blok42", sources, area, added, proved)
    if sums.frame is None:
        return sums
    frame = sums.frame
    direct = frame["month"] + frame["year"] / layout.nonfood.year_in_months
    notes: tuple[str, ...] = ()
    if (frame["average"] > 0).any():
        average, whole = layout.nonfood.recall["average"], not (direct > 0).any()
        notes = (
            f"Other spending is the monthly average {average}{'' if whole else ' of some items'},"
            " as"
            f" {'the copy has' if whole else 'these have'} no amounts of month and year.",
        )
    sums_of = frame[["items", "size"]].assign(nonfood_month=direct + frame["average"])
    for group in layout.groups("blok42"):
        spent = frame[f"month {group}"] + frame[f"year {group}"] / layout.nonfood.year_in_months
        sums_of[f"{group}_month"] = spent + frame[f"average {group}"]
    return Sums(sums_of, sums.findings, notes)


def _sums(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    role: str,
    sources: Sequence[Source],
    area: Area,
    added: Sequence[str],
    proved: bool,
) -> Sums:
    """Exact sums of amounts by household over the items of an area."""
    with items_of(connection, layout, role, sources, area, proved=proved) as (there, findings):
        if not there:
            return Sums(None, tuple(findings))
        frame = connection.execute(_query(layout, role, added)).df().set_index("household")
        prices = _prices(connection, layout, role)
    if frame.empty:
        what = f"No item of {area.name} (R101 {area.province}, R102 {area.regency}) is in the file."
        remedy = "Add the part that holds its province, or take the file away."
        names = ", ".join(source.path.name for source in sources)
        return Sums(None, (*findings, Finding("error", names, "R101 + R102", what, remedy, 0, ())))
    frame = frame.astype({name: "float64" for name in frame.columns if name != "items"})
    return Sums(frame, tuple(findings), prices=prices)


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


def _prices(
    connection: duckdb.DuckDBPyConnection, layout: Layout, role: str
) -> pd.DataFrame | None:
    """Median Rp per unit and number of buyers by code of a food that is told in quantities."""
    if role != "blok41":
        return None
    return connection.execute(
        "SELECT CAST(kode AS INTEGER) AS code, MEDIAN(value / quantity) AS price, COUNT(*) AS n"
        f" FROM items WHERE {is_item(layout, role)} AND value > 0 AND quantity > 0"
        " GROUP BY code ORDER BY code"
    ).df()


def _query(layout: Layout, role: str, added: Sequence[str]) -> str:
    """SQL of sums by household."""
    # Nothing spent is zero; no calories are not.
    totals = ", ".join(
        f"{f'SUM({name})' if name == 'calories' else f'COALESCE(SUM({name}), 0)'} AS {name}"
        for name in added
    )
    codes = layout.groups(role)
    groups = "".join(
        f", COALESCE(SUM({name}) FILTER (kode IN ({', '.join(map(str, codes[group]))})), 0)"
        f' AS "{name} {group}"'
        for name in added
        if name != "calories"
        for group in codes
    )
    where = f"household <> '' AND {is_item(layout, role)}"
    return (
        f"SELECT household, {totals}{groups}, COUNT(*) AS items, MAX(size) AS size FROM items"
        f" WHERE {where}"
        " GROUP BY household ORDER BY household"
    )
