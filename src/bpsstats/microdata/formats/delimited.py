"""Delimited text, read where it lies: separator, encoding and decimal mark are told from the
file.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from bpsstats.errors import InputError
from bpsstats.microdata.formats.source import (
    ANEW,
    ROW,
    WITH_COMMA,
    WITH_THOUSANDS,
    Source,
    official_names,
    rows_of,
)

LONGEST_HEADING = 1 << 20  # bytes
PIECE = 1 << 22  # bytes
LONGEST_LINE = 1 << 16  # the widest file of a round has 300 columns of a few bytes each
ROWS_LOOKED_AT = 100_000  # to tell the decimal mark


def open_delimited(path: Path, aliases: Mapping[str, str]) -> Source:
    """Delimited text as a relation; parameters as in `open_source`.

    Raises
    ------
    InputError
        If it is no table, or its numbers cannot be told.
    """
    heading, has_quotes = _heading(path)
    separator = max(";,\t", key=heading.count)
    try:
        columns = next(csv.reader(io.StringIO(heading), delimiter=separator))
    except csv.Error as error:
        raise InputError(
            "The first line is no list of column names.", ANEW, file=path.name
        ) from error
    names = official_names(columns, aliases, path)
    if len(columns) < 2:
        raise InputError(
            "The file is no table with a heading.", f"Is it of another kind? {ANEW}", file=path.name
        )
    quoted = {name: f"c{i}" for i, name in enumerate(names)}
    source = Source(
        path, _read_csv(path, len(columns), separator, "utf-8"), quoted, frozenset(), ".", ()
    )
    try:
        return _checked(source, separator, has_quotes)
    except duckdb.Error as error:
        if "unicode" not in str(error).lower():
            raise source.refuse(error) from error
    note = f"{path.name} is not UTF-8; it was read as Latin-1."
    source = Source(
        path, _read_csv(path, len(columns), separator, "latin-1"), quoted, frozenset(), ".", (note,)
    )
    try:
        return _checked(source, separator, has_quotes)
    except duckdb.Error as error:
        raise source.refuse(error) from error


def _heading(path: Path) -> tuple[str, bool]:
    """First line of a delimited file, and whether a quotation mark stands anywhere; a compressed
    file is read to its end.

    Raises
    ------
    InputError
        If there is no first line, or a compressed file is damaged or cut.
    """
    try:
        with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as handle:
            line = handle.readline(LONGEST_HEADING)
            has_quotes = b'"' in line
            # The check sum of a compressed file stands at its end, and DuckDB does not look at it.
            while piece := handle.read(PIECE):
                has_quotes = has_quotes or b'"' in piece
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            "The compressed file is no table: it is damaged or was cut.", ANEW, file=path.name
        ) from error
    if not line.strip():
        raise InputError("The file is empty or is no table.", ANEW, file=path.name)
    return line.removeprefix(b"\xef\xbb\xbf").decode("latin-1").rstrip("\r\n"), has_quotes


def _checked(source: Source, separator: str, has_quotes: bool) -> Source:
    """The source with its decimal mark, if no cell runs over the end of a line.

    Raises
    ------
    InputError
        If one does: no cell of a round does, but two stray quotation marks make one row of two that
        way.
    """
    if has_quotes:
        cells = f"concat({', '.join(source.columns.values())})"
        over = rows_of(
            f"SELECT {ROW} FROM {source.relation} WHERE regexp_matches({cells}, '[\\r\\n]') LIMIT 6"
        )
        if over:
            raise InputError(
                "A cell between quotation marks runs over the end of a line, so that rows may have"
                " been joined.",
                f"Is a quotation mark too many in the file? {ANEW}",
                file=source.path.name,
                rows=sorted(row[0] for row in over),
            )
    return _with_decimal_mark(source, separator)


def _read_csv(path: Path, n_columns: int, separator: str, encoding: str) -> str:
    """Relation of a delimited file, strict: a row that does not fit is an error, never skipped or
    filled.
    """
    quoted = str(path).replace("'", "''")
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(n_columns))
    return (
        f"(SELECT row_number() OVER () AS {ROW}, * FROM read_csv('{quoted}', delim='{separator}',"
        f" header=true, auto_detect=false, columns={{{columns}}}, encoding='{encoding}',"
        """ quote='"', escape='"', """
        f"strict_mode=true, null_padding=false, ignore_errors=false, max_line_size={LONGEST_LINE}))"
    )


def _with_decimal_mark(source: Source, separator: str) -> Source:
    """The source with its decimal mark, told from its first rows.

    Raises
    ------
    InputError
        If every number with a point could be either thousands or a fraction.
    """
    cells = (
        f"SELECT UNNEST([{', '.join(source.columns.values())}]) AS cell FROM {source.relation}"
        f" LIMIT {ROWS_LOOKED_AT}"
    )
    [(commas, thousands, points)] = rows_of(
        f"""SELECT COUNT(*) FILTER (WHERE regexp_full_match(TRIM(cell), '{WITH_COMMA}')),
                   COUNT(*) FILTER (WHERE regexp_full_match(TRIM(cell), '{WITH_THOUSANDS}')),
                   COUNT(*) FILTER (WHERE regexp_full_match(TRIM(cell), '[+-]?\\d*\\.\\d+'))
            FROM ({cells})"""
    )
    decimal = "," if commas else "."
    if not commas and separator == ";" and thousands and points == thousands:
        raise InputError(
            "Every number with a point has three digits behind it, so that thousands cannot be told"
            " from fractions.",
            "Export the file anew with a decimal mark in its weights.",
            file=source.path.name,
        )
    notes = (f"{source.path.name} marks decimals by a comma.",) if commas else ()
    return replace(source, decimal=decimal, notes=source.notes + notes)
