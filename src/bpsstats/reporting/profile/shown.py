"""What may be shown of a profile: the disclosure gate over its cells, marks, and names in a
language.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from bpsstats.disclosure.gate import Cell, gate
from bpsstats.microdata.concepts import concepts
from bpsstats.poverty.profile.cells import ALL as IN_ALL
from bpsstats.poverty.profile.cells import TOTAL, Entry
from bpsstats.poverty.profile.declared import ALL, POVERTY, SEXES, Labels, labels_of
from bpsstats.poverty.profile.differences import Difference
from bpsstats.poverty.profile.tables import Profile, ProfileTable
from bpsstats.survey.results.reliability import RSE_CAUTION, RSE_RELIABLE

Place = tuple[str, str, str, str, str]
# Of a cell that is withheld nothing is told that its value could be had from.
HIDDEN = (
    "estimate", "std_error", "rse", "conf_low", "conf_high", "n", "households", "n_psu", "df",
    "deff", "n_eff",
)  # fmt: skip


@cache
def words(lang: str) -> dict[str, Any]:
    """Words of the workbook."""
    document = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf8"))
    made: dict[str, Any] = document[lang]
    return made


def place(entry: Entry) -> Place:
    """Where a cell stands in its table."""
    return entry.sex, entry.within, entry.concept, entry.row, entry.column


def withheld(table: ProfileTable, source: str) -> set[Place]:
    """Cells of a table that may not be shown; none of synthetic data."""
    cells: list[Cell] = []
    sums: dict[str, list[str]] = {}
    for entry in table.entries:
        of = entry.value or entry.number
        if of is None:
            continue
        is_class = entry.number is not None and entry.number.unit != "Rp"
        behind = (entry.number if is_class and entry.number is not None else of).households or 0
        label = "/".join(place(entry))
        cells.append(Cell(label, behind, of.households or 0, of.rse))
        # A column is the sum of its classes, and all the sum of the columns.
        for at in (3, 4):
            if entry.row != TOTAL and not (at == 4 and entry.column == IN_ALL):
                key = "/".join(part for i, part in enumerate(place(entry)) if i != at)
                sums.setdefault(f"{at}:{key}", []).append(label)
    result = gate(cells, source, totals=sums)
    if result.synthetic:
        return set()
    hidden = {
        cell.label
        for cell, decision in zip(result.cells, result.decisions, strict=True)
        if decision == "withhold"
    }
    return {place(entry) for entry in table.entries if "/".join(place(entry)) in hidden}


def shown_frame(profile: Profile) -> pd.DataFrame:
    """All cells of a profile, with what is withheld taken out and said."""
    frames = []
    for table in profile.tables:
        if not table.entries:
            continue
        frame, hidden = table.to_frame(), withheld(table, profile.source)
        keys = zip(*(frame[c] for c in ("sex", "within", "concept", "row", "column")), strict=True)
        frame["withheld"] = [key in hidden for key in keys]
        frame.loc[frame["withheld"], [c for c in HIDDEN if c in frame]] = np.nan
        frame["mark"] = [mark(rse) for rse in frame["rse"]]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def mark(rse: float) -> str:
    """BPS's mark of a relative standard error, percent.

    Examples
    --------
    >>> [mark(rse) for rse in (25.0, 30.0, 50.1, float("nan"))]
    ['', '*', '**', '']
    """
    if not rse > RSE_RELIABLE:
        return ""
    return "*" if rse <= RSE_CAUTION else "**"


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


def difference_name(profile: Profile, one: Difference, lang: str) -> str:
    """What a comparison is of: table, part of it, and the class that differs most."""
    declared = profile.table(one.table).declared
    parts = [sex_name(one.sex, lang)]
    if one.within:
        parts.append(named(labels_of(declared.within), one.within, lang))
    if len(declared.rows) > 1:
        parts.append(concepts()[one.concept].labels[lang])
    which = ", ".join(part for part in parts if part)
    title = declared.titles[lang] + (f" ({which})" if which else "")
    return f"{title}: {named(labels_of(one.concept), one.row, lang)}"


def shown_differences(profile: Profile, found: Sequence[Difference]) -> tuple[Difference, ...]:
    """The comparisons of which no cell is withheld."""
    hidden = {
        (table.declared.name, *key[:3])
        for table in profile.tables
        for key in withheld(table, profile.source)
    }
    return tuple(d for d in found if (d.table, d.sex, d.within, d.concept) not in hidden)


def sex_name(sex: str, lang: str) -> str:
    """Name of the sex that a part of a table is of; nothing for both."""
    return str(SEXES[sex][lang])
