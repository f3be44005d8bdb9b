"""Commodities of blocks 41 and 42: codes by list, names, units, calories, prices."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd

# Groups of spending by block, in the order of the official list: A, B, C, ...
GROUPS = {
    "blok41": (
        "cereals", "tubers", "fish", "meat", "eggs_milk", "vegetables", "legumes", "fruit",
        "oil_coconut", "beverage_materials", "spices", "other_food", "prepared_food", "tobacco",
    ),
    "blok42": (
        "housing", "goods_services", "clothing", "durables", "taxes_insurance", "ceremonies",
    ),
}  # fmt: skip


def commodities(commodity_list: str) -> pd.DataFrame:
    """Commodities of a list, in the order of their codes.

    Parameters
    ----------
    commodity_list : {"list_188", "list_197", "list_225"}
        Named after their number of food codes: 188 in the rounds of 2018 to 2021, 197 from 2022,
        225 in 2025.

    Returns
    -------
    DataFrame
        Columns code, code_197 (code in the longest list), module ("blok41", "blok42"), level
        ("item", "header", "qty", "value", "tenure"), group (letter), name_id, name_en, unit,
        kcal_per_unit, price_2022, price_2024_low, price_2024_high (Rp per unit).

    Notes
    -----
    Groups that gained items in 2022 have an inferred order before: the least common items are left
    out. Of the list of 225 only the headers of food are known; its items stand in the order of the
    list of 197 behind their header, and other spending follows where food ends, both inferred.

    Examples
    --------
    >>> rice = commodities("list_197").query("code == 2").iloc[0]
    >>> rice["unit"], float(rice["kcal_per_unit"])
    ('Kg', 3622.0)
    """
    return _commodities(commodity_list).copy()


@cache
def _commodities(commodity_list: str) -> pd.DataFrame:
    """A list as it is in the file."""
    table = pd.read_csv(Path(__file__).with_name("commodities.csv"))
    table = table.assign(code=table[commodity_list], code_197=table["list_197"])
    table = table[table["code"].notna()].astype({"code": "int64"})
    return table.drop(columns=["list_188", "list_197", "list_225"]).reset_index(drop=True)


@cache
def group_headers(commodity_list: str, module: str) -> Mapping[str, int]:
    """Header code of each group of a block; rows of that code, and the KLP of the group's items,
    carry it.

    Examples
    --------
    >>> group_headers("list_197", "blok41")["B"]
    8
    """
    table = commodities(commodity_list)
    headers = table[(table["module"] == module) & (table["level"] == "header")]
    return dict(zip(headers["group"], headers["code"], strict=True))


@cache
def codes_of_groups(commodity_list: str, module: str) -> Mapping[str, Sequence[int]]:
    """Codes of each group of a block: those behind its header, whether the list names them or not.

    Examples
    --------
    >>> codes_of_groups("list_197", "blok41")["tobacco"]
    [193, 194, 195, 196, 197]
    """
    table = commodities(commodity_list)
    headers = group_headers(commodity_list, module).values()
    bounds = [*headers, int(table.loc[table["module"] == module, "code"].max()) + 1]
    return {
        name: list(range(header + 1, after))
        for name, (header, after) in zip(GROUPS[module], pairwise(bounds), strict=True)
    }
