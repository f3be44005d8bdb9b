"""Rounds stored as Parquet by province: households, persons and items of many areas, read a
province at a time.

`bpsstats synthesize --scale national` writes such a folder. Amounts are stored as whole numbers and
decimals, so that the sums of 40 million items need no conversion and come out the same whatever the
threads and the order of the files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from bpsstats.errors import InputError, ParameterError
from bpsstats.microdata.consumption.amounts import is_item
from bpsstats.microdata.consumption.sums import DAYS_PER_WEEK
from bpsstats.microdata.layouts import Layout, load_layout
from bpsstats.microdata.lists.classifications import DIPLOMAS, EDUCATION, SECTOR, SEX, WORK
from bpsstats.microdata.lists.facts import read_lines
from bpsstats.microdata.provenance import SOURCES, kind_of, read_sidecar, sha256_of
from bpsstats.reprs import count_of

TABLES = ("households", "persons", "items41", "items42")
AMOUNTS = ("value", "calories", "month", "year")  # names in the recall of a layout
RUPIAH = 1.0  # a household's spending and the sum of its items differ by less
CATEGORIES = {
    "sex": SEX, "diploma": DIPLOMAS, "education": EDUCATION, "work": WORK, "sector": SECTOR,
    "head_sex": SEX, "head_diploma": DIPLOMAS, "head_education": EDUCATION, "head_work": WORK,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredRound:
    """A round in a folder of Parquet files, a part for each province.

    Parameters
    ----------
    folder : Path
    year : int
    kind : str
        "synthetic" or "survey".
    areas : mapping of str to str
        Code and name of the areas in it.
    lines : mapping of str to float
        Poverty line of each, Rp per person and month.
    """

    folder: Path
    year: int
    kind: str
    areas: Mapping[str, str]
    lines: Mapping[str, float]

    @property
    def provinces(self) -> list[str]:
        """Codes of the provinces, two digits."""
        return sorted({code[:2] for code in self.areas})

    @property
    def source(self) -> str:
        """Words that every result repeats."""
        return SOURCES[self.kind]

    def relation(self, table: str, province: str | None = None) -> str:
        """SQL of a table, of one province or of all."""
        pattern = str(self.folder / table / f"province={province or '*'}" / "*.parquet").replace(
            "'", "''"
        )
        return f"read_parquet('{pattern}')"


def is_stored(folder: Path) -> bool:
    """Whether a folder holds a round stored as Parquet by province."""
    return all((folder / table).is_dir() for table in TABLES)


def open_stored(folder: Path) -> StoredRound:
    """Open a folder of Parquet files.

    Raises
    ------
    InputError
        If a table, the sidecar or the lines are missing.
    """
    sidecar, lines = read_sidecar(folder), folder / "poverty_lines.yaml"
    if not is_stored(folder) or "areas" not in sidecar or not lines.is_file():
        raise InputError(
            f"The folder {folder.name} is no round stored by province: it needs the tables"
            f" {', '.join(TABLES)}, source.yaml and poverty_lines.yaml.",
            "Write it again with bpsstats synthesize --scale national, or name another folder with"
            " --raw.",
        )
    year = int(sidecar["year"])
    of_area = read_lines(lines.absolute())
    return StoredRound(
        folder,
        year,
        kind_of(sidecar, sha256_of_parts(folder)),
        dict(sorted(sidecar["areas"].items())),
        {code: float(by_year[year]["value"]) for code, by_year in of_area.items()},
    )


def sha256_of_parts(folder: Path) -> dict[str, str]:
    """SHA-256 of each Parquet file by its place in the folder."""
    paths = sorted(path for table in TABLES for path in (folder / table).rglob("*.parquet"))
    return {
        path.relative_to(folder).as_posix(): _sha256(path, path.stat().st_mtime_ns)
        for path in paths
    }


@cache
def _sha256(path: Path, _changed: int) -> str:
    """SHA-256 of a file, computed once in a process as long as the file is the same."""
    return sha256_of(path)


def stored_frame(
    stored: StoredRound,
    table: str,
    columns: Sequence[str],
    province: str | None = None,
    *,
    threads: int | None = None,
) -> pd.DataFrame:
    """Columns of a table in the order of the files, classes as categories.

    Parameters
    ----------
    stored : StoredRound
    table : {"households", "persons"}
    columns : sequence of str
    province : str, optional
        Two-digit code; default all.
    threads : int, optional
        Threads of the reader.

    Raises
    ------
    ParameterError
        If the table has no such column.
    """
    relation = stored.relation(table, province)
    with _connection(threads) as connection:
        present = [
            row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        ]
        unknown = [column for column in columns if column not in present]
        if unknown:
            raise ParameterError(
                f"The table of {table} has no column {', '.join(unknown)}. It has:"
                f" {', '.join(sorted(present))}."
            )
        chosen = ", ".join(
            f"CAST({c} AS ENUM {CATEGORIES[c]}) AS {c}" if c in CATEGORIES else f'"{c}"'
            for c in columns
        )
        frame: pd.DataFrame = connection.execute(
            f"SELECT {chosen} FROM {relation} ORDER BY household"
        ).df()
    return frame


def stored_consumption(
    stored: StoredRound, province: str | None = None, *, threads: int | None = None
) -> pd.DataFrame:
    """Food and other spending by household, summed exactly from the items.

    Parameters
    ----------
    stored : StoredRound
    province : str, optional
        Two-digit code; default all.
    threads : int, optional

    Returns
    -------
    DataFrame
        Index household key (int64), ascending; columns food_month, nonfood_month (Rp), calories_day
        (kcal).

    Raises
    ------
    InputError
        If a household has items in one block only.
    """
    layout = load_layout(stored.year)
    with _connection(threads) as connection:
        food, nonfood = (
            {
                name: np.asarray(column)
                for name, column in (
                    connection.execute(items_query(layout, role, stored.relation(table, province)))
                    .fetchnumpy()
                    .items()
                )
            }
            for role, table in (("blok41", "items41"), ("blok42", "items42"))
        )
    if not np.array_equal(food["household"], nonfood["household"]):
        raise InputError(
            "The households of the two blocks of items are not the same.",
            "Write the round again.",
            file=f"{stored.folder.name}/items41, items42",
            column=layout.household_key,
        )
    weeks, per = layout.food.month_in_weeks
    return pd.DataFrame(
        {
            "food_month": food["value"] * weeks / per,
            "nonfood_month": nonfood["month"] + nonfood["year"] / layout.nonfood.year_in_months,
            "calories_day": food["calories"] / DAYS_PER_WEEK,
        },
        index=pd.Index(food["household"], name="household"),
    )


def items_query(layout: Layout, role: str, relation: str) -> str:
    """SQL of the sums of block 41 or 42 by household, exact; rows with KLP 0 and codes that hold no
    spending are left out.

    Examples
    --------
    >>> print(items_query(load_layout(2022), "blok41", "items").partition(" FROM ")[0])
    SELECT URUT AS household, CAST(SUM(B41K10) AS BIGINT) AS value, CAST(SUM(KALORI) AS DOUBLE) AS
    calories
    """
    items = layout.items(role)
    sums = [
        # Calories have two decimals; their decimal sum is exact, and so is its nearest
        # floating-point number.
        f"CAST(SUM({column}) AS {'DOUBLE' if name == 'calories' else 'BIGINT'}) AS {name}"
        for name, column in items.recall.items()
        if name in AMOUNTS
    ]
    return (
        f"SELECT {layout.household_key} AS household, {', '.join(sums)} FROM {relation} "
        f"WHERE KLP <> 0 AND {is_item(layout, role)} GROUP BY household ORDER BY household"
    )


def checked_households(
    stored: StoredRound,
    columns: Sequence[str],
    province: str | None = None,
    *,
    threads: int | None = None,
) -> pd.DataFrame:
    """Households whose spending agrees with the sums of their items; arguments as of
    `stored_frame`.

    Raises
    ------
    InputError
        If it does not, or a household has no items.
    """
    needed = ["household", "food_month", "nonfood_month"]
    frame = stored_frame(
        stored, "households", list(dict.fromkeys([*needed, *columns])), province, threads=threads
    )
    sums = stored_consumption(stored, province, threads=threads)
    if not np.array_equal(frame["household"], sums.index):
        raise InputError(
            "The households and those of the items are not the same.",
            "Write the round again.",
            file=f"{stored.folder.name}/households",
            column="household",
        )
    for column in needed[1:]:
        off = np.flatnonzero(np.abs(frame[column].to_numpy() - sums[column].to_numpy()) >= RUPIAH)
        if off.size:
            raise InputError(
                f"{count_of(off.size, 'household has', 'households have')} another"
                " spending than the sum of the items.",
                "Write the round again.",
                file=f"{stored.folder.name}/households",
                column=column,
                rows=(off + 1).tolist(),
            )
    return frame


def _connection(threads: int | None) -> duckdb.DuckDBPyConnection:
    """A database of its own for each query."""
    connection = duckdb.connect()
    if threads is not None:
        connection.execute(f"SET threads = {threads}")
    return connection
