"""Which areas the files of a round hold."""

from pathlib import Path

import duckdb

from bpsstats.errors import InputError, UnknownYearError
from bpsstats.files import scratch_folder
from bpsstats.microdata.files.inventory import find_files
from bpsstats.microdata.formats import open_source
from bpsstats.microdata.layouts import load_layout
from bpsstats.paths import round_dir


def areas_in_round(year: int, raw: str | Path | None = None) -> list[str]:
    """BPS codes of the areas that have a person in the roster of a round, in their order.

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
        If there is no roster, or it cannot be read.

    Examples
    --------
    >>> areas_in_round(2022)
    ['6471']
    """
    layout, folder = load_layout(year), round_dir(year, raw)
    if not folder.is_dir():
        raise UnknownYearError(
            f"There are no files of March {year}: folder {folder.name} does not exist."
        )
    rosters = find_files(layout, folder).paths["kor_individual"]
    if not rosters:
        name = layout.files["kor_individual"].name
        raise InputError(
            f"The file {name} is not in the folder.", "Without the roster nothing can be estimated."
        )
    province, regency = layout.region["province"], layout.region["regency"]
    aliases = layout.files["kor_individual"].aliases
    codes: set[int] = set()
    with (
        scratch_folder() as workspace,
        duckdb.connect() as connection,
    ):
        for roster in rosters:
            source = open_source(roster, frozenset({province, regency}), aliases, workspace)
            code = f"{source.number(province)} * 100 + {source.number(regency)}"
            try:
                rows = connection.execute(
                    f"SELECT DISTINCT CAST({code} AS INTEGER) FROM {source.relation}"
                ).fetchall()
            except duckdb.Error as error:
                raise source.refuse(error) from error
            codes |= {row[0] for row in rows if row[0] is not None}
    return [f"{code:04d}" for code in sorted(codes)]
