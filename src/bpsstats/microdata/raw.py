"""Find the files of a round and read them as they are: official columns, text made numbers, one area."""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bpsstats.errors import InputError
from bpsstats.microdata.areas import Area
from bpsstats.microdata.layouts import ENDINGS, ROLES, FileLayout, Layout

# Codes and ids that stay text, because a float would lose their digits.
TEXT = ("SSU", "COICOP")
SEVERAL_PARTS = ("blok41", "blok42")
LONGEST_HEADING = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of one area in one file; the index holds row numbers of the file, the first data row being 1."""

    layout: FileLayout
    path: Path
    frame: pd.DataFrame
    rows_in_file: int

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


def find_files(layout: Layout, folder: Path) -> dict[str, list[Path]]:
    """Files of each role in a folder.

    Raises
    ------
    InputError
        If the folder or a role is missing, or a role that comes in one file has several.
    """
    if not folder.is_dir():
        raise InputError(
            f"There is no folder {folder.name} with the files of March {layout.year}.",
            "Put the official files there, or name their folder with --raw or the variable BPSSTATS_DATA.",
        )
    present = sorted(path for path in folder.iterdir() if path.is_file() and path.name.lower().endswith(ENDINGS))
    found = {role: [path for path in present if layout.files[role].matches(path.name)] for role in ROLES}
    missing = [layout.files[role].name for role in ROLES if not found[role]]
    if missing:
        raise InputError(
            f"{len(missing)} of {len(ROLES)} files of March {layout.year} are missing from folder {folder.name}: "
            f"{', '.join(missing)} (ending {' or '.join(ENDINGS)}).",
            "Put them there under their official names.",
        )
    for role, paths in found.items():
        if role not in SEVERAL_PARTS and len(paths) > 1:
            raise InputError(
                f"Several files answer to {layout.files[role].name}: {', '.join(path.name for path in paths)}.",
                "Keep one edition in the folder.",
            )
    return found


def separator_of(path: Path) -> str:
    """Column separator of a delimited file: semicolon if the heading has more of them than commas.

    Raises
    ------
    InputError
        If the file is empty or its compression is broken.
    """
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rb") as handle:
            heading = handle.readline(LONGEST_HEADING)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        heading = b""
    if not heading.strip():
        raise InputError("The file is empty or is no table.", "Get it anew from its source.", file=path.name)
    return ";" if heading.count(b";") > heading.count(b",") else ","


def read_table(layout: FileLayout, path: Path, area: Area) -> Table:
    """One file: rows of the area, official columns as numbers, those of `TEXT` as text.

    Raises
    ------
    InputError
        If the file is empty, lacks a column, or holds something other than numbers where they belong.
    """
    separator = separator_of(path)
    decimal = "," if separator == ";" else "."
    try:
        frame = pd.read_csv(path, sep=separator, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except UnicodeDecodeError:
        frame = pd.read_csv(path, sep=separator, dtype=str, encoding="latin-1", keep_default_na=False)
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise InputError("The file is empty or is no table.", "Get it anew from its source.", file=path.name) from error
    frame.columns = frame.columns.str.strip().str.upper()
    require_columns(frame.columns, layout, path)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    rows_in_file = len(frame)
    region = {column: to_number(frame[column], column, path, decimal) for column in ("R101", "R102")}
    frame = frame[(region["R101"] == area.province) & (region["R102"] == area.regency)]
    columns = {}
    for column in layout.columns:
        is_text = column in TEXT or (column[0] == "R" and "_" in column)
        columns[column] = frame[column].str.strip() if is_text else to_number(frame[column], column, path, decimal)
    return Table(layout, path, pd.DataFrame(columns, index=frame.index), rows_in_file)


def require_columns(present: Sequence[str] | pd.Index, layout: FileLayout, path: Path) -> None:
    """Refuse a file that lacks an official column."""
    missing = [column for column in layout.columns if column not in set(present)]
    if missing:
        raise InputError(
            f"The file lacks {len(missing)} official columns: {', '.join(missing[:8])}{' ...' if len(missing) > 8 else ''}.",
            "Use the file as BPS delivers it; the columns of each round are listed in data/README.md.",
            file=path.name,
        )


def to_number(values: pd.Series, column: str, path: Path, decimal: str) -> pd.Series:
    """Text as float64; blank is NaN.

    Raises
    ------
    InputError
        If something else than a number stands there.
    """
    text = values.str.strip()
    if decimal == ",":
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    number = pd.to_numeric(text.mask(text == ""), errors="coerce").astype("float64")
    bad = number.isna() & (text != "")
    if bad.any():
        raise InputError(
            f"{int(bad.sum())} cells hold text where numbers belong.",
            "Correct them at the source; decimals are marked by a point, or by a comma where columns are separated by ;.",
            file=path.name,
            column=column,
            rows=[int(row) for row in values.index[np.asarray(bad)]],
        )
    return number
