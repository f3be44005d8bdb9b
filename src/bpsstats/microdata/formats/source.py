"""A raw file as a relation that DuckDB reads: its columns by official name, its numbers whatever
their dialect.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bpsstats.errors import InputError

EXACT = "DECIMAL(18, 6)"
ROW = "row_in_file"  # added column: number of the row in the file, the first data row being 1
# How programs write that there is nothing.
MISSING = "('', 'NA', '.', 'NaN', 'nan', 'NULL', 'null', '#NULL!', '#N/A')"
# A comma is a decimal mark wherever it stands in a number; points between groups of three may be
# thousands.
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
    blurred : frozenset of str
        Official names of columns of single precision whose numbers are too large for it.
    """

    path: Path
    relation: str
    columns: Mapping[str, str]
    numeric: frozenset[str]
    decimal: str
    notes: tuple[str, ...]
    blurred: frozenset[str] = frozenset()

    def text(self, column: str) -> str:
        """SQL of a column as text without surrounding blanks; empty where programs write that there
        is nothing.
        """
        quoted = self.columns[column]
        if column in self.numeric:
            # An id that was stored as a number has no decimals.
            return f"COALESCE(CAST(TRY_CAST({quoted} AS HUGEINT) AS VARCHAR), '')"
        return (
            f"CASE WHEN TRIM({quoted}) IN {MISSING} THEN '' ELSE COALESCE(TRIM({quoted}), '') END"
        )

    def identifier(self, column: str) -> str:
        """SQL of an id as text, the same whether it was stored as text, padded, or as a number with
        decimals.
        """
        text = self.text(column)
        if self.decimal == ",":
            text = f"REPLACE({text}, '.', '')"
        return f"regexp_replace(regexp_replace({text}, '[.,]0*$', ''), '^0+([0-9])', '\\1')"

    def number(self, column: str, kind: str = "DOUBLE") -> str:
        """SQL of a column as a number; NULL where there is none or it cannot be read."""
        if column in self.numeric:
            return f"TRY_CAST({self.columns[column]} AS {kind})"
        text = self.text(column)
        if self.decimal == ",":
            plain = f"REPLACE(REPLACE({text}, '.', ''), ',', '.')"
            whole = f"regexp_full_match({text}, '{WITH_COMMA}|{WITH_THOUSANDS}|[+-]?\\d+')"
            return f"CASE WHEN {whole} THEN TRY_CAST({plain} AS {kind}) END"
        # DuckDB reads 1_000 as a number, and no program writes it.
        return f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS {kind}) END"

    def has(self, column: str) -> str:
        """SQL of whether something stands in a column."""
        if column in self.numeric:
            return f"({self.columns[column]} IS NOT NULL)"
        return f"({self.text(column)} <> '')"

    def refuse(self, error: duckdb.Error) -> InputError:
        """What DuckDB stumbled over, without a word of the file's content."""
        line = re.search(r"Line: (\d+)", str(error))
        rows = [int(line.group(1)) - 1] if line and int(line.group(1)) > 1 else []
        return InputError(
            "The file is no table of the columns that its heading names: a row has too many or too"
            " few cells, a quotation mark is left open, or a line has no end.",
            f"It is damaged or was cut. {ANEW}",
            file=self.path.name,
            rows=rows,
        )


def official_names(columns: list[str], aliases: Mapping[str, str], path: Path) -> list[str]:
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
        raise InputError(
            "A column stands twice.",
            "Keep one of them.",
            file=path.name,
            column=", ".join(twice[:5]),
        )
    return names


def rows_of(query: str) -> list[tuple[Any, ...]]:
    """Rows of a query, in a connection of its own, because files are opened on several threads."""
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()
