"""Which areas the files of a round hold."""

from pathlib import Path

import duckdb

from bpsstats.errors import InputError
from bpsstats.microdata.files.inventory import MOST_BYTES, find_files
from bpsstats.microdata.formats import open_source, workspace
from bpsstats.microdata.layouts import load_layout
from bpsstats.microdata.tables import CORE_ROLES
from bpsstats.paths import existing_round_dir


def areas_in_round(year: int, raw: str | Path | None = None) -> list[str]:
    """BPS codes of the areas that have a household in the files of a round, in their order.

    Parameters
    ----------
    year : int
    raw : path, optional
        Folder of raw files, as of `read_round`.

    Raises
    ------
    UnknownYearError
        If there are no files of that round.
    InputError
        If there is no file of households or persons, or it cannot be read.

    Examples
    --------
    >>> areas_in_round(2022)
    ['6471']
    """
    layout, folder = load_layout(year, raw), existing_round_dir(year, raw)
    paths = find_files(layout, folder).paths
    role = next((role for role in CORE_ROLES[::-1] if paths[role]), None)
    if role is None:
        name = layout.files["kor_individual"].name
        raise InputError(
            f"The file {name} is not in the folder.", "Without it no area can be told."
        )
    province, regency = layout.region["province"], layout.region["regency"]
    aliases = layout.files[role].aliases
    wanted, most = frozenset({province, regency}), MOST_BYTES[role]
    codes: set[int] = set()
    with workspace() as temporary, duckdb.cursor() as connection:
        for path in paths[role]:
            source = open_source(path, wanted, aliases, temporary, most)
            code = f"{source.number(province)} * 100 + {source.number(regency)}"
            try:
                rows = connection.execute(
                    f"SELECT DISTINCT CAST({code} AS INTEGER) FROM {source.relation}"
                ).fetchall()
            except duckdb.Error as error:
                raise source.refuse(error) from error
            codes |= {row[0] for row in rows if row[0] is not None}
    return [f"{code:04d}" for code in sorted(codes)]
