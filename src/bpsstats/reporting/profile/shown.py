"""What a profile shows: which of its cells are withheld, and names in a language."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bpsstats.poverty.profile.cells import ALL as IN_ALL
from bpsstats.poverty.profile.cells import TOTAL, Entry
from bpsstats.poverty.profile.declared import ALL, POVERTY, SEXES, Labels, labels_of
from bpsstats.poverty.profile.tables import ProfileTable

Place = tuple[str, str, str, str, str]


@cache
def words(lang: str) -> dict[str, Any]:
    """Words of the workbook."""
    document = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf8"))
    made: dict[str, Any] = document[lang]
    return made


def place(entry: Entry) -> Place:
    """Where a cell stands in its table."""
    return entry.sex, entry.within, entry.concept, entry.row, entry.column


def withheld(table: ProfileTable) -> set[Place]:
    """Cells of the released view of a table that are withheld."""
    return {
        place(entry)
        for entry in table.entries
        if any(one is not None and one.is_withheld for one in (entry.number, entry.value))
    }


def named(labels: dict[str, Labels], name: str, lang: str) -> str:
    """Name of a class in a language."""
    return str(labels[name][lang])


def row_name(entry: Entry, lang: str) -> str:
    """Name of the row of a cell."""
    if entry.row == TOTAL:
        return str(words(lang)["total"])
    labels = POVERTY if entry.concept == "poverty" else labels_of(entry.concept)
    return named(dict(labels), entry.row, lang)


def column_name(table: ProfileTable, column: str, lang: str) -> str:
    """Name of a column."""
    return ALL[lang] if column == IN_ALL else named(labels_of(table.declared.columns), column, lang)


def sex_name(sex: str, lang: str) -> str:
    """Name of the sex that a part of a table is of; nothing for both."""
    return str(SEXES[sex][lang])
