"""Delimited text, read where it lies: heading, separator, encoding and the way of its numbers are
told from the file.
"""

import csv
import io
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

from bpsstats.errors import InputError
from bpsstats.microdata.formats import unpack
from bpsstats.microdata.formats.child import UNPACK, ask
from bpsstats.microdata.formats.numbers import with_dialect
from bpsstats.microdata.formats.source import ANEW, ROW, Source, official_names, rows_of

LONGEST_LINE = 1 << 16  # the widest file of a round has 300 columns of a few bytes each
SEPARATORS = ";,\t"
SEPARATOR_LINE = re.compile(
    r'"?sep=(.)"?[;,\t]*', re.IGNORECASE
)  # which Excel writes and takes away
FEWEST_KNOWN = 2  # names of official columns that make a line the heading


def open_delimited(
    path: Path,
    at: Path,
    wanted: Collection[str],
    aliases: Mapping[str, str],
    folder: Path,
    most: int,
) -> Source:
    """Delimited text as a relation; parameters as in `open_source`.

    Parameters
    ----------
    at : Path
        Where its bytes lie.
    folder : Path
        An empty folder, for a copy of text that is not read as it is.

    Raises
    ------
    InputError
        If it is no table, or its numbers cannot be told.
    """
    seen = _look(path, at, most, folder / "copy.csv")
    if not any(line.strip() for line in seen["lines"]):
        raise InputError("The file is empty or is no table.", ANEW, file=path.name)
    separator, columns, above = _heading(seen["lines"], {*wanted, *aliases}, path)
    names = official_names(columns, aliases, path)
    if len(columns) < 2:
        raise InputError(
            "The file is no table with a heading.", f"Is it of another kind? {ANEW}", file=path.name
        )
    notes = []
    if seen["encoding"]:
        notes.append(f"{path.name} is coded in {seen['encoding']}.")
    if above:
        lines = "One line" if above == 1 else f"{above} lines"
        verb = "was" if above == 1 else "were"
        notes.append(f"{lines} above the column names of {path.name} {verb} left out.")
        seen |= {"copied": _look(path, at, most, folder / "copy.csv", above)["copied"]}
    if seen["copied"]:
        at = folder / "copy.csv"
    quoted = {name: f"c{i}" for i, name in enumerate(names)}
    if not seen["utf8"]:
        notes.append(f"{path.name} is not UTF-8; it was read as Latin-1.")
    encoding = "utf-8" if seen["utf8"] else "latin-1"
    relation = _read_csv(at, len(columns), separator, encoding)
    source = Source(path, relation, quoted, frozenset(), tuple(notes))
    try:
        return _checked(source, wanted, separator, seen["quotes"])
    except duckdb.Error as error:
        raise source.refuse(error) from error


def _look(path: Path, at: Path, most: int, copy: Path, above: int = 0) -> dict[str, Any]:
    """What the text looks like, copied where it is not read as it is; a compressed file is left to
    a child process.

    Raises
    ------
    InputError
        If it is damaged, or larger than it may be.
    """
    if at.suffix.lower() == ".gz":
        return ask(UNPACK, ["look", str(at), str(most), str(copy), str(above)], path, at)
    try:
        return unpack.look(at, max(most, at.stat().st_size), copy, above)
    except unpack.UnpackError as error:
        raise InputError(error.what, error.remedy, file=path.name) from error


def _heading(lines: list[str], known: Collection[str], path: Path) -> tuple[str, list[str], int]:
    """Separator, column names, and the number of lines above them: the first line that names
    official columns, or else the first line.

    Raises
    ------
    InputError
        If the first line is no list of names.
    """
    named = SEPARATOR_LINE.fullmatch(lines[0].strip())
    first = 0 if named is None else 1
    read: list[tuple[str, list[str], int]] = []
    for above, line in enumerate(lines[first:], first):
        separator = named.group(1) if named else max(SEPARATORS, key=line.count)
        try:
            cells = next(csv.reader(io.StringIO(line), delimiter=separator), [])
        except csv.Error:
            continue
        if sum(cell.strip().upper() in known for cell in cells) >= FEWEST_KNOWN:
            return separator, cells, above
        read.append((separator, cells, above))
    if not read or read[0][2] != first:
        raise InputError("The first line is no list of column names.", ANEW, file=path.name)
    return read[0]


def _checked(source: Source, wanted: Collection[str], separator: str, has_quotes: bool) -> Source:
    """The source with the way of its numbers, if no cell runs over the end of a line.

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
    return with_dialect(source, wanted, semicolons=separator == ";")


def _read_csv(at: Path, n_columns: int, separator: str, encoding: str) -> str:
    """Relation of a delimited file, strict: a row that does not fit is an error, never skipped or
    filled.
    """
    quoted, mark = str(at).replace("'", "''"), separator.replace("'", "''")
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(n_columns))
    packed = "gzip" if at.suffix.lower() == ".gz" else "none"
    return (
        f"(SELECT row_number() OVER () AS {ROW}, * FROM read_csv('{quoted}', delim='{mark}',"
        f" header=true, compression='{packed}',"
        f" auto_detect=false, columns={{{columns}}}, encoding='{encoding}',"
        """ quote='"', escape='"', """
        f"strict_mode=true, null_padding=false, ignore_errors=false, max_line_size={LONGEST_LINE}))"
    )
