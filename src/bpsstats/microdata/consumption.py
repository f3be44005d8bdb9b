"""Food and other spending summed from the items of blocks 41 and 42, exactly, in DuckDB straight from the files.

Rupiah and quantities are summed as decimals: sums of floats on several threads differ from run to run.
"""

import sys
import tempfile
import threading
from collections.abc import Sequence

import duckdb
import pandas as pd
from tqdm import tqdm

from bpsstats.microdata.areas import Area
from bpsstats.microdata.formats import Source
from bpsstats.microdata.formats.source import EXACT, ROW, rows_of
from bpsstats.microdata.layouts import Layout
from bpsstats.microdata.raw import not_a_number, require_columns, unreadable

WEEKS_PER_MONTH = (30, 7)  # BPS: a month of food is 30/7 weeks
MONTHS_PER_YEAR = 12
SECONDS_BETWEEN_LOOKS = 0.2
MEMORY = "2GB"  # what does not fit is kept on disk


def food_of_households(layout: Layout, sources: Sequence[Source], area: Area) -> pd.DataFrame:
    """Food spending per household and month from block 41.

    Parameters
    ----------
    layout : Layout
    sources : sequence of Source
        Parts of the block.
    area : Area

    Returns
    -------
    DataFrame
        Index household key (int64); columns food_month (Rp), calories_day (kcal of the household), items, repeated (items
        that stand twice), size (R301).

    Notes
    -----
    ``food = 30/7 sum B41K10`` over items; header codes and rows with KLP 0 are subtotals and left out.
    """
    headers = ", ".join(str(code) for code in sorted(layout.food.headers))
    where = f"KLP <> 0 AND KODE NOT IN ({headers}) AND KODE BETWEEN {layout.food.first} AND {layout.food.last}"
    sums = _sums(layout, "blok41", sources, area, where, {"value": "B41K10", "calories": "KALORI"})
    weeks, per = WEEKS_PER_MONTH
    return pd.DataFrame(
        {
            "food_month": sums["value"] * weeks / per,
            "calories_day": sums["calories"] / 7,
            "items": sums["items"],
            "repeated": sums["items"] - sums["codes"],
            "size": sums["size"],
        }
    )


def nonfood_of_households(layout: Layout, sources: Sequence[Source], area: Area) -> pd.DataFrame:
    """Other spending per household and month from block 42.

    Returns
    -------
    DataFrame
        Index household key (int64); columns nonfood_month (Rp), items, repeated, size.

    Notes
    -----
    ``nonfood = sum (B42K4 + B42K5 / 12)`` over items: past month and past year exclude one another. Subtotals, quantity
    rows and the tenure row are left out.
    """
    left_out = sorted(layout.nonfood.headers | layout.nonfood.quantities | {layout.nonfood.tenure})
    where = f"KLP <> 0 AND KODE >= {layout.nonfood.first} AND KODE NOT IN ({', '.join(map(str, left_out))})"
    sums = _sums(layout, "blok42", sources, area, where, {"month": "B42K4", "year": "B42K5"})
    return pd.DataFrame(
        {
            "nonfood_month": sums["month"] + sums["year"] / MONTHS_PER_YEAR,
            "items": sums["items"],
            "repeated": sums["items"] - sums["codes"],
            "size": sums["size"],
        }
    )


def _sums(
    layout: Layout, role: str, sources: Sequence[Source], area: Area, where: str, columns: dict[str, str]
) -> pd.DataFrame:
    """Exact sums of columns by household over the rows of an area."""
    key = layout.household_key
    numbers = [*columns.values(), "R301", "KODE", "KLP", "R101", "R102", key]
    parts = []
    for source in sources:
        require_columns([c for c in layout.columns_read(role) if c not in source.columns], source.path)
        chosen = ", ".join(f"{source.number(n, EXACT)} AS {n}" for n in numbers)
        any_bad = " OR ".join(unreadable(source, n) for n in numbers)
        parts.append(f"SELECT {chosen}, {any_bad} AS bad FROM {source.relation}")
    union = " UNION ALL ".join(parts)
    totals = ", ".join(f"SUM(COALESCE({column}, 0)) AS {name}" for name, column in columns.items())
    query = f"""
        SELECT CAST({key} AS BIGINT) AS household, {totals}, COUNT(*) AS items, COUNT(DISTINCT KODE) AS codes,
               MAX(R301) AS size, BOOL_OR(bad) AS bad
        FROM ({union})
        WHERE bad OR (R101 = {area.province} AND R102 = {area.regency} AND {where})
        GROUP BY household ORDER BY household
    """
    frame = _run(query, sources, layout.files[role].name)
    if frame["bad"].any():
        _refuse_text(sources, numbers)
    frame = frame.drop(columns="bad").set_index("household")
    return frame.astype(dict.fromkeys([*columns, "size"], "float64"))


def _run(query: str, sources: Sequence[Source], label: str) -> pd.DataFrame:
    """Result of a query, out of core, with a bar on a terminal."""
    with tempfile.TemporaryDirectory(prefix="bpsstats-") as folder, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET temp_directory = '{folder.replace(chr(39), chr(39) * 2)}'")
        done = threading.Event()
        watch = threading.Thread(target=_watch, args=(connection, done, label), daemon=True)
        if sys.stderr.isatty():
            watch.start()
        try:
            return connection.execute(query).df()
        except duckdb.Error as error:
            raise sources[0].refuse(error) from error
        finally:
            done.set()
            if watch.is_alive():
                watch.join()


def _watch(connection: duckdb.DuckDBPyConnection, done: threading.Event, label: str) -> None:
    """Show how far a query is until it is done; DuckDB says -1 before it knows."""
    with tqdm(total=100, desc=label, unit="%", leave=False, delay=1) as bar:
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            bar.update(max(0, int(connection.query_progress()) - bar.n))


def _refuse_text(sources: Sequence[Source], columns: Sequence[str]) -> None:
    """Name the file, column and rows of the first cells that hold text where numbers belong.

    Raises
    ------
    InputError
        Always, as there is such a cell.
    """
    for source in sources:
        for column in columns:
            found = rows_of(f"SELECT {ROW} FROM {source.relation} WHERE {unreadable(source, column)} ORDER BY {ROW}")
            if found:
                raise not_a_number(len(found), source.path, column, [int(row[0]) for row in found])
