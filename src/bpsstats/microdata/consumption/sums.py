"""Food and other spending summed from the items of blocks 41 and 42, exactly, in DuckDB straight
from the files.

Rupiah and quantities are summed as decimals: sums of floats on several threads differ from run to
run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from bpsstats.microdata.consumption.amounts import is_item
from bpsstats.microdata.consumption.load import items_of
from bpsstats.microdata.findings import Finding
from bpsstats.microdata.formats import Source
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
