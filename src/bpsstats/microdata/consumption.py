"""Household consumption from the items of blocks 41 and 42, summed exactly in DuckDB straight from the files."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from bpsstats.errors import InputError
from bpsstats.microdata.areas import Area
from bpsstats.microdata.layouts import Layout
from bpsstats.microdata.raw import require_columns, separator_of

WEEKS_PER_MONTH = (30, 7)
MONTHS_PER_YEAR = 12
# Rupiah and calories are summed as decimals, so that neither threads nor file order can move a digit.
EXACT = "DECIMAL(18, 4)"


def food_of_households(layout: Layout, paths: Sequence[Path], area: Area) -> pd.DataFrame:
    """Food per household and month from block 41.

    Parameters
    ----------
    layout : Layout
    paths : sequence of path
        Files of block 41; several parts are read as one.
    area : Area

    Returns
    -------
    DataFrame
        Index household key (int64); columns food_month (Rp), calories_day (kcal), items, repeated (items that stand
        twice), size (R301).

    Notes
    -----
    ``food = 30/7 sum B41K10`` over items; header codes and rows with KLP 0 are subtotals and left out.
    """
    headers = ", ".join(str(code) for code in sorted(layout.food.headers))
    where = f"KLP <> 0 AND KODE NOT IN ({headers}) AND KODE BETWEEN {layout.food.first} AND {layout.food.last}"
    sums = _sums(layout, "blok41", paths, area, where, {"value": "B41K10", "calories": "KALORI"})
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


def nonfood_of_households(layout: Layout, paths: Sequence[Path], area: Area) -> pd.DataFrame:
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
    sums = _sums(layout, "blok42", paths, area, where, {"month": "B42K4", "year": "B42K5"})
    return pd.DataFrame(
        {
            "nonfood_month": sums["month"] + sums["year"] / MONTHS_PER_YEAR,
            "items": sums["items"],
            "repeated": sums["items"] - sums["codes"],
            "size": sums["size"],
        }
    )


def _sums(
    layout: Layout, role: str, paths: Sequence[Path], area: Area, where: str, columns: dict[str, str]
) -> pd.DataFrame:
    """Exact sums of columns by household over the rows of an area."""
    key = layout.household_key
    numbers = [*columns.values(), "R301", "KODE", "KLP", "R101", "R102", key]
    connection = duckdb.connect()
    parts = []
    for path in paths:
        separator = separator_of(path)
        quoted = str(path).replace("'", "''")
        source = f"read_csv('{quoted}', delim='{separator}', header=true, all_varchar=true)"
        present = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        names = {column.strip().upper(): f'"{column}"' for column in present}
        require_columns(list(names), layout.files[role], path)
        text = "TRIM({0})" if separator == "," else "REPLACE(REPLACE(TRIM({0}), '.', ''), ',', '.')"
        chosen = ", ".join(
            f"TRY_CAST({text.format(names[n])} AS {EXACT}) AS {n}, COALESCE(TRIM({names[n]}), '') <> '' AS has_{n}"
            for n in numbers
        )
        parts.append(f"SELECT {chosen} FROM {source}")
    union = " UNION ALL ".join(parts)
    bad = " + ".join(f"COUNT(*) FILTER (WHERE has_{n} AND {n} IS NULL)" for n in numbers)
    unreadable = connection.execute(f"SELECT {bad} FROM ({union})").fetchone()
    if unreadable and unreadable[0]:
        raise InputError(
            f"{unreadable[0]} cells hold text where numbers belong.",
            "Correct them at the source; decimals are marked by a point, or by a comma where columns are separated by ;.",
            file=", ".join(path.name for path in paths),
            column=", ".join(columns.values()),
        )
    totals = ", ".join(f"SUM(COALESCE({column}, 0)) AS {name}" for name, column in columns.items())
    query = f"""
        SELECT CAST({key} AS BIGINT) AS household, {totals}, COUNT(*) AS items, COUNT(DISTINCT KODE) AS codes,
               MAX(R301) AS size
        FROM ({union})
        WHERE R101 = {area.province} AND R102 = {area.regency} AND {where}
        GROUP BY household ORDER BY household
    """
    frame: pd.DataFrame = connection.execute(query).df().set_index("household")
    connection.close()
    return frame.astype(dict.fromkeys([*columns, "size"], "float64"))
