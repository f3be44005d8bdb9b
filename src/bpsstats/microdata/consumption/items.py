"""What each household of an area buys, item by item, for whatever needs more than the sums."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import UnknownYearError
from bpsstats.microdata.consumption.amounts import is_item
from bpsstats.microdata.consumption.engine import out_of_core
from bpsstats.microdata.consumption.load import items_of
from bpsstats.microdata.consumption.sums import DAYS_PER_WEEK
from bpsstats.microdata.files.inventory import MOST_BYTES, find_files
from bpsstats.microdata.findings import CheckReport
from bpsstats.microdata.formats import Source, open_source, workspace
from bpsstats.microdata.layouts import Layout, load_layout
from bpsstats.microdata.lists.areas import Area, find_regency
from bpsstats.microdata.lists.commodities import commodities
from bpsstats.microdata.store import Processed, entry_of
from bpsstats.paths import existing_round_dir

COLUMNS = ("household", "code", "value_month", "calories_day", "quantity_month")


@checked
def read_items(area: str | int, year: int, raw: str | Path | None = None) -> pd.DataFrame:
    """Items of blocks 41 and 42 of the households of an area.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int
        Year of the March round.
    raw : path, optional
        Folder of raw files; default data/raw, or the variable BPSSTATS_DATA.

    Returns
    -------
    DataFrame
        One row per household and item that it bought, in that order: household (key, text), code
        (of the list of 197 foods, whatever the round's own list), value_month (Rp per household and
        month), calories_day (kcal per household and day), quantity_month (units of the commodity
        per household and month, foods only). Subtotals, quantity rows and the tenure row are left
        out.

    Raises
    ------
    UnknownYearError
        If there is no layout or no folder of the round, or it lacks the files of the items, or
        their codes are not known.
    InputError
        If a file is damaged, or its items are not what they should be.

    Examples
    --------
    >>> items = read_items("6471", 2022)
    >>> bool((items["value_month"] > 0).all())
    True
    """
    known = find_regency(area, raw=raw)
    entry = entry_of("items", known.code, year, raw, {})
    kept = None if entry is None else entry.recall()
    if kept is not None:
        return kept.tables["items"]
    items = _read(known, year, raw)
    if entry is not None:
        entry.keep(Processed({"items": items}, {}))
    return items


def _read(area: Area, year: int, raw: str | Path | None) -> pd.DataFrame:
    """The items as the raw files hold them."""
    layout, folder = load_layout(year, raw), existing_round_dir(year, raw)
    if lists := {layout.food.commodity_list, layout.nonfood.commodity_list} & {*layout.inferred}:
        raise UnknownYearError(
            f"The codes of single goods are not known for March {year} ({', '.join(lists)} is"
            " inferred), so that what a household buys is told by group of food only. Describe"
            f" the list in a layouts/{year}.yaml of your own, or choose another year."
        )
    paths = find_files(layout, folder).paths
    tables = []
    with workspace() as temporary, out_of_core(temporary) as connection:
        for role in ("blok41", "blok42"):
            if not paths[role]:
                raise UnknownYearError(
                    f"There are no items of March {year} in folder {folder.name}: put the file"
                    f" {layout.files[role].name} there."
                )
            wanted = frozenset(layout.columns_read(role))
            aliases = layout.files[role].aliases
            sources = [
                open_source(path, wanted, aliases, temporary, MOST_BYTES[role])
                for path in paths[role]
            ]
            proved = bool(paths["blok43"])
            tables.append(_items(connection, layout, role, sources, area, proved))
    return pd.concat(tables, ignore_index=True).sort_values(
        ["household", "code"], ignore_index=True
    )


def _items(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    role: str,
    sources: Sequence[Source],
    area: Area,
    proved: bool,
) -> pd.DataFrame:
    """Items of one block in the project's concepts."""
    items = layout.items(role)
    amounts = list(items.amounts)
    with items_of(connection, layout, role, sources, area, proved=proved) as (_, findings):
        CheckReport(area.name, tuple(findings), 0).refuse_errors()
        chosen = ", ".join(f"CAST(COALESCE({name}, 0) AS DOUBLE) AS {name}" for name in amounts)
        frame = connection.execute(
            f"SELECT household, CAST(kode AS INTEGER) AS code, {chosen} FROM items WHERE"
            f" {is_item(layout, role)}"
        ).df()
    weeks, per = items.month_in_weeks
    if role == "blok41":
        frame["value_month"] = frame["value"] * weeks / per
        frame["calories_day"] = frame["calories"] / DAYS_PER_WEEK
        eaten = frame.get("quantity", 0.0)
        frame["quantity_month"] = eaten * weeks / per
    else:
        direct = frame["month"] + frame["year"] / items.year_in_months
        frame["value_month"] = direct + frame["average"]
        frame[["calories_day", "quantity_month"]] = 0.0
    codes = commodities(items.commodity_list).set_index("code")["code_197"]
    # A code that the list of commodities does not know keeps its place outside every basket.
    frame["code"] = frame["code"].map(codes).fillna(0).astype("int64")
    return frame.loc[frame["value_month"] > 0, list(COLUMNS)]
