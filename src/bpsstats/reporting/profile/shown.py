"""What a profile shows: which of its cells are withheld, and names in a language."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from bpsstats.disclosure import is_of_respondents
from bpsstats.disclosure.policy import current_policy
from bpsstats.files import read_yaml
from bpsstats.microdata.concepts import concepts
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.poverty.profile.cells import ALL as IN_ALL
from bpsstats.poverty.profile.cells import TOTAL, Entry
from bpsstats.poverty.profile.declared import ALL, POVERTY, SEXES, Declared, Labels, labels_of
from bpsstats.poverty.profile.differences import Difference, differences_frame
from bpsstats.poverty.profile.tables import Profile, ProfileTable
from bpsstats.reporting.vintages.moved import Revisions
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import language

FIRST = Revisions()
GAPS = ("difference", "std_error", "conf_low", "conf_high")
Place = tuple[str, str, str, str, str]


@cache
def words(lang: str) -> dict[str, Any]:
    """Words of the workbook."""
    document = read_yaml(Path(__file__).with_name("words.yaml"))
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


def difference_name(profile: Profile, one: Difference, lang: str) -> str:
    """What a comparison is of: table, part of it, and the class that differs most."""
    declared = profile.table(one.table).declared
    which = part_name(declared, one.sex, one.within, one.concept, lang)
    title = declared.titles[lang] + (f" ({which})" if which else "")
    return f"{title}: {named(labels_of(one.concept), one.row, lang)}"


def shown_differences(profile: Profile, found: Sequence[Difference]) -> tuple[Difference, ...]:
    """The comparisons of which no cell is withheld."""
    hidden = {
        (table.declared.name, *key[:3]) for table in profile.tables for key in withheld(table)
    }
    shown = [d for d in found if (d.table, d.sex, d.within, d.concept) not in hidden]
    if is_of_respondents(profile):
        shown = [replace(d, **{name: round(getattr(d, name), 2) for name in GAPS}) for d in shown]
    return tuple(shown)


@dataclass(frozen=True, slots=True)
class ShownDifferences:
    """Comparisons that may be shown, with their table."""

    rows: tuple[Difference, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row for each."""
        return differences_frame(self.rows)


def notes(profile: Profile, line: OneLine, lang: str, revisions: Revisions = FIRST) -> list[str]:
    """What is said of data, errors and marks, in workbook and page, and of each revision."""
    known, spoken = common_threshold(line), language(lang)
    values = {
        "source": spoken.words["source"].get(profile.source, profile.source),
        "year": profile.year, "line": spoken.number(known.given),
        "factor": f" ({translate_heading(known.note, spoken)})" if known.note else "",
        "level": f"{100 * profile.level:g}", "withheld": current_policy().withheld,
        "policy": current_policy().version,
    }  # fmt: skip
    return [
        *(said.format(**values) for said in words(lang)["said"]),
        *(
            words(lang)["revision"].format(
                vintage=each.vintage, reason=each.reason, moved=spoken.number(len(each.moved))
            )
            for each in revisions.revisions
        ),
    ]


def status(profile: Profile, lang: str) -> str:
    """What a profile is of, how many tables it has, and which it lacks, on two lines."""
    said, spoken = words(lang), language(lang)
    lacking = sum(not table.entries for table in profile.tables)
    source = spoken.words["source"].get(profile.source, profile.source)
    heading = (said["title"].format(area=profile.area), spoken.period(profile.year), source)
    told = said["tables"].format(n=len(profile.tables) - lacking)
    without = said["without"].format(n=lacking) if lacking else ""
    return f"{' · '.join(heading)}\n{told}{without}."


def part_name(declared: Declared, sex: str, within: str, concept: str, lang: str) -> str:
    """Of whom a part of a table is: sex, what it is within, concept; nothing of all."""
    parts = [str(SEXES[sex][lang])]
    if within:
        parts.append(named(labels_of(declared.within), within, lang))
    if len(declared.rows) > 1:
        parts.append(concepts()[concept].labels[lang])
    return ", ".join(part for part in parts if part)
