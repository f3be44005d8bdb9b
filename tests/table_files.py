"""Tables written in every kind of file that is read, with a dBASE writer of the tests' own."""

import gzip
import struct
from pathlib import Path

import pandas as pd
import pyreadstat

# Ids of 15 digits do not fit the floats of Stata and SPSS, so that their writers keep them as text.
TEXT_COLUMNS = ("SSU",)
STATA_RELEASES = {"dta-113": 8, "dta-114": 10, "dta-117": 13, "dta-118": 14}


def dbase(table: pd.DataFrame, deleted: tuple[int, ...] = ()) -> bytes:
    """A dBASE III table of text and numbers; cells are text, and missing ones blank."""
    widths = {c: max(1, int(table[c].str.len().max())) for c in table}
    letters = {
        c: b"N" if pd.to_numeric(table[c], errors="coerce").notna().all() else b"C" for c in table
    }
    letters |= dict.fromkeys(letters.keys() & set(TEXT_COLUMNS), b"C")
    decimals = {
        c: int(table[c].str.partition(".")[2].str.len().max()) if letters[c] == b"N" else 0
        for c in table
    }
    fields = b"".join(
        struct.pack("<11sc4xBB14x", c.encode(), letters[c], widths[c], decimals[c]) for c in table
    )
    rows = b"".join(
        (b"*" if i in deleted else b" ")
        + "".join(
            v.ljust(widths[c]) if letters[c] == b"C" else v.rjust(widths[c])
            for c, v in zip(table, row, strict=True)
        ).encode("latin-1")
        for i, row in enumerate(table.itertuples(index=False))
    )
    size = 32 + len(fields) + 1
    heading = struct.pack("<BBBBIHH20x", 3, 122, 3, 1, len(table), size, 1 + sum(widths.values()))
    return heading + fields + b"\r" + rows + b"\x1a"


def typed(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers where a column holds numbers only, else text."""
    numbers = table.apply(pd.to_numeric, errors="coerce")
    return table.assign(
        **{
            c: numbers[c].astype(float)
            for c in table
            if c not in TEXT_COLUMNS and numbers[c].notna().all()
        }
    )


def dialect(table: pd.DataFrame) -> bytes:
    """Delimited text as Indonesian programs write it: semicolons, decimal commas, Latin-1."""
    comma = table.map(lambda cell: cell.replace(".", ","))
    return comma.to_csv(None, index=False, sep=";").encode("latin-1")


def write(table: pd.DataFrame, kind: str, stem: Path) -> Path:
    """A table of text cells as a file of some kind: csv, dialect, csv.gz, dbf, sav, sav-packed,
    zsav, or dta of a release.
    """
    ending = {"dialect": "csv", "sav-packed": "sav"}.get(kind, kind.partition("-")[0])
    path = stem.with_name(f"{stem.name}.{ending}")
    if kind == "csv":
        path.write_bytes(table.to_csv(None, index=False).encode())
    elif kind == "dialect":
        path.write_bytes(dialect(table))
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress(table.to_csv(None, index=False).encode(), mtime=0))
    elif kind == "dbf":
        path.write_bytes(dbase(table))
    elif kind in ("sav", "sav-packed", "zsav"):
        pyreadstat.write_sav(
            typed(table), str(path), row_compress=kind == "sav-packed", compress=kind == "zsav"
        )
    else:
        pyreadstat.write_dta(typed(table), str(path), version=STATA_RELEASES[kind])
    return path
