"""A raw file as a relation that DuckDB reads: its columns by official name, its numbers whatever their dialect."""

import csv
import gzip
import io
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bpsstats.errors import InputError

DELIMITED = (".csv", ".csv.gz")
BINARY = (".dbf", ".dta", ".sav", ".zsav")
ENDINGS = (*DELIMITED, *BINARY)
LONGEST_HEADING = 1 << 20  # bytes
LONGEST_LINE = 1 << 20
ROWS_LOOKED_AT = 100_000  # to tell the decimal mark
SECONDS, SECONDS_PER_MEGABYTE = 120, 2
EXACT = "DECIMAL(18, 6)"
ROW = "row_in_file"  # added column: number of the row in the file, the first data row being 1
MISSING = "('', 'NA', '.')"  # how programs write that there is nothing
# A comma is a decimal mark wherever it stands in a number; points between groups of three may be thousands.
WITH_COMMA = r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d*"
WITH_THOUSANDS = r"[+-]?\d{1,3}(\.\d{3})+"
ANEW = "Get it anew from its source."


@dataclass(frozen=True, slots=True)
class Source:
    """One raw file.

    Parameters
    ----------
    path : Path
        The file as delivered; messages name it.
    relation : str
        What stands after FROM to read it; it has a column `ROW`.
    columns : mapping of str to str
        Official name, in upper case, to the quoted column of the relation.
    numeric : frozenset of str
        Official names of the columns that hold numbers; the others hold text.
    decimal : {".", ","}
        Decimal mark of numbers that are written as text.
    notes : tuple of str
        What was assumed or left out on reading.
    """

    path: Path
    relation: str
    columns: Mapping[str, str]
    numeric: frozenset[str]
    decimal: str
    notes: tuple[str, ...]

    def text(self, column: str) -> str:
        """SQL of a column as text without surrounding blanks."""
        quoted = self.columns[column]
        if column in self.numeric:
            # An id that was stored as a number has no decimals.
            return f"COALESCE(printf('%.0f', {quoted}), '')"
        return f"COALESCE(TRIM({quoted}), '')"

    def number(self, column: str, kind: str = "DOUBLE") -> str:
        """SQL of a column as a number; NULL where there is none or it cannot be read."""
        if column in self.numeric:
            return f"TRY_CAST({self.columns[column]} AS {kind})"
        text = self.text(column)
        if self.decimal == ",":
            plain = f"REPLACE(REPLACE({text}, '.', ''), ',', '.')"
            whole = f"regexp_full_match({text}, '{WITH_COMMA}|{WITH_THOUSANDS}|[+-]?\\d+')"
            return f"CASE WHEN {whole} THEN TRY_CAST({plain} AS {kind}) END"
        return f"TRY_CAST({text} AS {kind})"

    def has(self, column: str) -> str:
        """SQL of whether something stands in a column."""
        if column in self.numeric:
            return f"({self.columns[column]} IS NOT NULL)"
        return f"({self.text(column)} NOT IN {MISSING})"

    def refuse(self, error: duckdb.Error) -> InputError:
        """What DuckDB stumbled over, without a word of the file's content."""
        line = re.search(r"Line: (\d+)", str(error))
        rows = [int(line.group(1)) - 1] if line and int(line.group(1)) > 1 else []
        return InputError(
            "The file is no table of the columns that its heading names: a row has too many or too few cells, a quotation "
            "mark is left open, or a line has no end.",
            f"It is damaged or was cut. {ANEW}",
            file=self.path.name,
            rows=rows,
        )


def rows_of(query: str) -> list[tuple[Any, ...]]:
    """Rows of a query, in a connection of its own, because files are opened on several threads."""
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def open_source(path: Path, wanted: frozenset[str], aliases: Mapping[str, str], workspace: Path) -> Source:
    """A raw file as a relation.

    Parameters
    ----------
    path : Path
    wanted : frozenset of str
        Official columns that will be asked for, in upper case.
    aliases : mapping of str to str
        Other spelling to official name.
    workspace : Path
        Folder for what is rewritten; it must stay for as long as the source is read.

    Raises
    ------
    InputError
        If the file is empty, damaged, of another kind, or has a column twice.
    """
    if not path.stat().st_size:
        raise InputError("The file is empty or is no table.", ANEW, file=path.name)
    if path.name.lower().endswith(BINARY):
        folder = workspace / path.name
        folder.mkdir()
        return _converted(path, wanted, aliases, folder)
    return _delimited(path, aliases)


def _official(columns: list[str], aliases: Mapping[str, str], path: Path) -> list[str]:
    """Official names of a file's columns, in their order.

    Raises
    ------
    InputError
        If two columns have one name.
    """
    names = [column.strip().upper() for column in columns]
    # Another spelling counts only where the official name is not there as well.
    names = [aliases.get(name, name) if aliases.get(name) not in names else name for name in names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InputError("A column stands twice.", "Keep one of them.", file=path.name, column=", ".join(twice[:5]))
    return names


def _delimited(path: Path, aliases: Mapping[str, str]) -> Source:
    """Delimited text: separator, encoding and decimal mark are told from the file."""
    heading = _heading(path)
    separator = max(";,\t", key=heading.count)
    columns = next(csv.reader(io.StringIO(heading), delimiter=separator))
    names = _official(columns, aliases, path)
    if len(columns) < 2:
        raise InputError("The file is no table with a heading.", f"Is it of another kind? {ANEW}", file=path.name)
    quoted = {name: f"c{i}" for i, name in enumerate(names)}
    source = Source(path, _read_csv(path, len(columns), separator, "utf-8"), quoted, frozenset(), ".", ())
    try:
        return _with_decimal_mark(source, separator)
    except duckdb.Error as error:
        if "unicode" not in str(error).lower():
            raise source.refuse(error) from error
    note = f"{path.name} is not UTF-8; it was read as Latin-1."
    source = Source(path, _read_csv(path, len(columns), separator, "latin-1"), quoted, frozenset(), ".", (note,))
    try:
        return _with_decimal_mark(source, separator)
    except duckdb.Error as error:
        raise source.refuse(error) from error


def _heading(path: Path) -> str:
    """First line of a delimited file."""
    try:
        with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as handle:
            line = handle.readline(LONGEST_HEADING)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        line = b""
    if not line.strip():
        raise InputError("The file is empty or is no table.", ANEW, file=path.name)
    return line.removeprefix(b"\xef\xbb\xbf").decode("latin-1").rstrip("\r\n")


def _read_csv(path: Path, n_columns: int, separator: str, encoding: str) -> str:
    """Relation of a delimited file, strict: a row that does not fit is an error, never skipped or filled."""
    quoted = str(path).replace("'", "''")
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(n_columns))
    return (
        f"(SELECT row_number() OVER () AS {ROW}, * FROM read_csv('{quoted}', delim='{separator}', header=true, "
        f"""auto_detect=false, columns={{{columns}}}, quote='"', escape='"', encoding='{encoding}', """
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
        f"SELECT UNNEST([{', '.join(source.columns.values())}]) AS cell FROM {source.relation} LIMIT {ROWS_LOOKED_AT}"
    )
    [(commas, thousands, points)] = rows_of(
        f"""SELECT COUNT(*) FILTER (WHERE regexp_full_match(TRIM(cell), '{WITH_COMMA}')),
                   COUNT(*) FILTER (WHERE regexp_full_match(TRIM(cell), '{WITH_THOUSANDS}')),
                   COUNT(*) FILTER (WHERE regexp_full_match(TRIM(cell), '[+-]?\\d*\\.\\d+')) FROM ({cells})"""
    )
    decimal = "," if commas else "."
    if not commas and separator == ";" and thousands and points == thousands:
        raise InputError(
            "Every number with a point has three digits behind it, so that thousands cannot be told from fractions.",
            "Export the file anew with a decimal mark in its weights.",
            file=source.path.name,
        )
    notes = (f"{source.path.name} marks decimals by a comma.",) if commas else ()
    return Source(source.path, source.relation, source.columns, source.numeric, decimal, source.notes + notes)


def _converted(path: Path, wanted: frozenset[str], aliases: Mapping[str, str], folder: Path) -> Source:
    """A binary table, rewritten as Parquet by a child process with limits of time and memory."""
    asked = sorted(wanted | {alias for alias, name in aliases.items() if name in wanted})
    seconds = SECONDS + SECONDS_PER_MEGABYTE * path.stat().st_size / 1e6
    command = [sys.executable, "-m", "bpsstats.microdata.formats.convert", str(path), str(folder), *asked]
    try:
        child = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"Reading the file did not end in {seconds:,.0f} seconds.", f"It is damaged. {ANEW}", file=path.name
        ) from error
    try:
        answer = json.loads(child.stdout.splitlines()[-1])
    except (json.JSONDecodeError, IndexError):
        raise InputError(
            "The program that reads the file broke down over it.", f"It is damaged. {ANEW}", file=path.name
        ) from None
    if "what" in answer:
        raise InputError(answer["what"], answer["remedy"], file=path.name, column=answer["column"], rows=answer["rows"])
    names = _official(answer["columns"], aliases, path)
    notes = list(answer["notes"])
    if answer["deleted"]:
        notes.append(f"{answer['deleted']:,} deleted rows of {path.name} were left out.")
    parts = str(folder / "part-*.parquet").replace("'", "''")
    relation = f"read_parquet('{parts}')"
    described = rows_of(f"DESCRIBE SELECT * FROM {relation}") if answer["rows"] else []
    types = {str(row[0]): str(row[1]) for row in described}
    spelled = dict(zip(answer["columns"], names, strict=True))
    columns = {spelled[column]: '"' + column.replace('"', '""') + '"' for column in types if column in spelled}
    if not answer["rows"]:
        raise InputError("The table has no rows.", ANEW, file=path.name)
    numeric = frozenset(spelled[column] for column, kind in types.items() if column in spelled and kind != "VARCHAR")
    return Source(path, relation, columns, numeric, ".", tuple(notes))
