"""The amount of each item, settled row by row: which of its columns tells what was spent, and what
is wrong where they disagree or none does.

Nothing blank counts as zero: a row without an amount is one that was lost, unless the file lists
every item for every household, bought or not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from bpsstats.microdata.findings import Gravity
from bpsstats.microdata.layouts import Layout

# Rupiah: each of three amounts may have been rounded; relative: single precision keeps seven
# digits.
ROUNDED, RELATIVE = 2.0, 1e-6
# Of the items that are listed, the share that may have cost nothing, such as a free service.
MOST_FREE = 0.01


@dataclass(frozen=True, slots=True)
class Problem:
    """What may be wrong with rows of items: SQL of the rows, column, words, remedy."""

    where: str
    column: str
    what: str
    remedy: str
    gravity: Gravity = "error"


def is_item(layout: Layout, role: str) -> str:
    """SQL of whether a row is an item that was spent on."""
    items = layout.items(role)
    left_out = {"kode": items.left_out, "klp": items.subtotals}
    return " AND ".join(
        f"{column} NOT IN ({', '.join(map(str, sorted(codes)))})"
        for column, codes in left_out.items()
        if codes
    )


def amounts_disagree(
    connection: duckdb.DuckDBPyConnection, layout: Layout, role: str
) -> Iterator[Problem]:
    """Rows of the table ``items`` whose columns contradict one another, or that have no amount.

    Block 41: the value is what was bought and what was own or given. Block 42: the monthly average
    is the month and a twelfth of the year.
    """
    column = layout.items(role).amounts
    item, told, other = is_item(layout, role), _told(layout, role), _other(role)
    both = f"{told} > 0 AND {other} > 0"
    off = f"abs({told} - {other}) > {ROUNDED} + {RELATIVE} * {other}"
    if role == "blok41":
        # Where only one of the parts is there, the value may be more than it.
        one = f"(bought IS NULL OR own IS NULL) AND {told} >= {other}"
        off, name = f"{off} AND NOT ({one})", column["value"]
        parts = " + ".join(layout.food.parts)
        what = f"Amounts differ from {parts}, what was bought and what was own or given."
        remedy = f"Both are Rp a week; check which of the columns was changed, {name} or {parts}."
    else:
        name = column["average"]
        twelfth = f"{column['year']} / {layout.nonfood.year_in_months}"
        what = f"Amounts differ from {column['month']} + {twelfth}."
        remedy = (
            "The average of a month is in the same unit as the month's amount; check which of the"
            " columns was changed."
        )
    yield Problem(f"{item} AND {both} AND {off}", name, what, remedy)
    yield from _lost(connection, layout, role)


def _lost(connection: duckdb.DuckDBPyConnection, layout: Layout, role: str) -> Iterator[Problem]:
    """Rows of items without an amount."""
    column, item = layout.items(role).amounts, is_item(layout, role)
    amount = f"COALESCE(NULLIF({_told(layout, role)}, 0), {_other(role)}, 0)"
    name = column["value" if role == "blok41" else "month"]
    remedy = (
        "Restore the amounts; a blank is not zero spending. Or put block 43 beside the items, which"
        " says what each household spent."
    )
    if role == "blok41":
        eaten = "(COALESCE(calories, 0) > 0 OR COALESCE(quantity, 0) > 0)"
        what = "Rows have an amount of nothing and yet calories or a quantity."
        yield Problem(f"{item} AND {amount} = 0 AND {eaten}", name, what, remedy)
        item = f"{item} AND NOT {eaten}"
    [(rows, households, codes, free)] = connection.execute(
        f"SELECT COUNT(*), COUNT(DISTINCT household), COUNT(DISTINCT kode), COALESCE(SUM(CASE WHEN"
        f" {amount} = 0 THEN 1 ELSE 0 END), 0) FROM items WHERE {is_item(layout, role)}"
    ).fetchall()
    if codes > 1 and rows == households * codes:
        return  # every item of every household is listed, bought or not
    blank = f"{_told(layout, role)} IS NULL AND {_other(role)} IS NULL"
    # A month that is blank beside a year of zero was lost as well.
    if role == "blok42":
        blank = f"({blank} OR month IS NULL OR year IS NULL)"
    yield Problem(f"{item} AND {amount} = 0 AND {blank}", name, "Rows have no amount.", remedy)
    gravity: Gravity = "error" if free > MOST_FREE * rows else "warning"
    what = "Rows of items that were bought have an amount of zero."
    yield Problem(f"{item} AND {amount} = 0 AND NOT ({blank})", name, what, remedy, gravity)


def settle(connection: duckdb.DuckDBPyConnection, layout: Layout, role: str) -> None:
    """Leave one amount in each row of the table ``items``: the first of its columns that tells."""
    told, other = _told(layout, role), _other(role)
    if role == "blok41":
        connection.execute(f"UPDATE items SET value = {other} WHERE {told} IS NULL")
    else:
        connection.execute(f"UPDATE items SET average = NULL WHERE {told} > 0")


def _told(layout: Layout, role: str) -> str:
    """SQL of the amount in the columns that count first; NULL where they are blank."""
    if role == "blok41":
        return "value"
    year = f"COALESCE(year, 0) / {layout.nonfood.year_in_months}"
    return f"(CASE WHEN month IS NOT NULL OR year IS NOT NULL THEN COALESCE(month, 0) + {year} END)"


def _other(role: str) -> str:
    """SQL of the amount in the columns that tell it once more; NULL where they are blank."""
    if role == "blok42":
        return "average"
    parts = "COALESCE(bought, 0) + COALESCE(own, 0)"
    return f"(CASE WHEN bought IS NOT NULL OR own IS NOT NULL THEN {parts} END)"
