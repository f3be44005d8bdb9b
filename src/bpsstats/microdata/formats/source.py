"""A raw file as a relation that DuckDB reads: its columns by official name, its numbers whatever
their dialect.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from bpsstats.errors import InputError

EXACT = "DECIMAL(18, 6)"
ROW = "row_in_file"  # added column: number of the row in the file, the first data row being 1
# How programs write that there is nothing.
# A pattern: of a list, DuckDB would make one join for each column.
MISSING = r"|NA|\.|NaN|nan|NULL|null|#NULL!|#N/A"
# A comma is a decimal mark wherever it stands in a number; points between groups of three may be
# thousands.
WITH_COMMA = r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d*"
WITH_THOUSANDS = r"[+-]?\d{1,3}(\.\d{3})+"
# A code with its label behind it: "64. KALIMANTAN TIMUR", "[1] Laki-laki".
CODE_AND_LABEL = r"\[?\d+(\]|\s*[.):=-])\s*[A-Za-z(].*"
# A day that a spreadsheet has made of a range of classes such as 3-4: "4-Mar", "1. Mei 2022".
MONTHS = "Jan|Feb|Mar|Apr|May|Mei|Jun|Jul|Aug|Agu|Ags|Agt|Sep|Oct|Okt|Nov|Dec|Des"
DAY = rf"\d{{1,2}}[-. ]\s*({MONTHS})[.]?([-. ]\s*\d+)?"
# A whole number as some programs write it: R writes 100000 as 1e+05. From twelve digits on
# spreadsheets do so with digits left out.
POWER_OF_TEN = r"\d(\.\d+)?[eE]\+?\d+"
LOST_DIGITS = 10**11
ANEW = "Get it anew from its source."
LABELS = (
    "Cells hold labels or other words where codes or numbers belong.",
    (
        "Export the codes: in SPSS without 'save value labels', in R after haven::zap_labels(), in"
        " pandas with convert_categoricals=False."
    ),
)


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
    notes : tuple of str
        What was assumed or left out on reading.
    commas : frozenset of str
        Official names of the columns of text whose numbers have a decimal comma.
    coded : frozenset of str
        Official names of the columns of text that hold codes with their labels.
    worded : frozenset of str
        Official names of the columns of text that hold words, as where labels stand for codes.
    blurred : frozenset of str
        Official names of columns of single precision whose numbers are too large for it.
    labels : mapping of str to mapping of float to str
        Official names of columns to the value labels that the file itself gives to their codes.
    """

    path: Path
    relation: str
    columns: Mapping[str, str]
    numeric: frozenset[str]
    notes: tuple[str, ...]
    commas: frozenset[str] = frozenset()
    coded: frozenset[str] = frozenset()
    worded: frozenset[str] = frozenset()
    blurred: frozenset[str] = frozenset()
    labels: Mapping[str, Mapping[float, str]] = field(default_factory=dict)

    def trimmed(self, columns: Iterable[str]) -> "Source":
        """The source with columns of text without surrounding blanks, and empty where programs
        write that there is nothing.

        It is done once, below all that is asked of a cell: an expression that names a cell many
        times costs more to plan than a small file to read.
        """
        cells = [self.columns[column] for column in columns]
        if not cells:
            return self
        emptied = ", ".join(
            f"CASE WHEN regexp_full_match(TRIM({cell}), '{MISSING}') THEN ''"
            f" ELSE COALESCE(TRIM({cell}), '') END AS {cell}"
            for cell in cells
        )
        return replace(self, relation=f"(SELECT * REPLACE ({emptied}) FROM {self.relation})")

    def text(self, column: str) -> str:
        """SQL of a column as text; an id that was stored as a number has no decimals."""
        quoted = self.columns[column]
        if column in self.numeric:
            return f"COALESCE(CAST(TRY_CAST({quoted} AS HUGEINT) AS VARCHAR), '')"
        return quoted

    def identifier(self, column: str) -> str:
        """SQL of an id as text, the same whether it was stored as text, padded, or as a number with
        decimals.
        """
        text = self.text(column)
        if column in self.commas:
            text = f"REPLACE({text}, '.', '')"
        plain = f"regexp_replace(regexp_replace({text}, '[.,]0*$', ''), '^0+([0-9])', '\\1')"
        if column in self.numeric:
            return plain
        number = f"TRY_CAST(REPLACE({text}, ',', '.') AS DOUBLE)"
        whole = f"{number} < {LOST_DIGITS} AND {number} = FLOOR({number})"
        is_power = f"regexp_full_match({text}, '{POWER_OF_TEN}') AND {whole}"
        return (
            f"CASE WHEN {is_power} THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) ELSE {plain} END"
        )

    def number(self, column: str, kind: str = "DOUBLE") -> str:
        """SQL of a column as a number; NULL where there is none or it cannot be read."""
        if column in self.numeric:
            return f"TRY_CAST({self.columns[column]} AS {kind})"
        text = self.text(column)
        if column in self.coded:
            text = (
                f"CASE WHEN regexp_full_match({text}, '{CODE_AND_LABEL}')"
                f" AND NOT regexp_full_match({text}, '{DAY}', 'i')"
                f" THEN regexp_extract({text}, '\\d+') ELSE {text} END"
            )
        if column in self.commas:
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
        row = int(line.group(1)) - 1 if line else 0
        return InputError(
            "The file is no table of the columns that its heading names: a row has too many or too"
            " few cells, a quotation mark is left open, or a line has no end.",
            f"It is damaged or was cut. {ANEW}",
            file=self.path.name,
            rows=[row] if row > 0 else [],
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
    """Rows of a query, in a cursor of its own, because files are opened on several threads."""
    with duckdb.cursor() as connection:  # opening a database anew costs more than most queries
        return connection.execute(query).fetchall()
