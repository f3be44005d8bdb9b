"""The tables of the profile for people to read, and that of its differences."""

import math

import pandas as pd

from bpsstats.disclosure.policy import current_policy
from bpsstats.poverty.profile.cells import Entry
from bpsstats.poverty.profile.differences import Difference
from bpsstats.poverty.profile.tables import Profile, ProfileTable
from bpsstats.reporting.display import Table
from bpsstats.reporting.gated import gated
from bpsstats.reporting.profile.shown import (
    column_name,
    difference_name,
    part_name,
    place,
    row_name,
    withheld,
    words,
)
from bpsstats.reporting.words.language import DASH, Language, language
from bpsstats.survey import Estimate


@gated
def profile_table(profile: Profile, name: str, lang: str = "en") -> Table:
    """A table of the profile: for each column percent with interval, number, and the households of
    the sample behind it.

    Parameters
    ----------
    profile : Profile
    name : str
        As in ``tables.yaml``.
    lang : {"en", "id"}

    Returns
    -------
    Table

    Examples
    --------
    >>> from bpsstats.microdata import read_round
    >>> from bpsstats.poverty import poverty_line, poverty_profile
    >>> profile = poverty_profile(read_round("6471", 2022), poverty_line("6471", 2022))
    >>> profile_table(profile, "tenure").frame["Class"].tolist()
    ['Own', 'Rented', 'Rent-free', 'Official', 'Other', 'Total']
    """
    return released_table(profile.table(name), lang)


def released_table(table: ProfileTable, lang: str) -> Table:
    """`profile_table` of a table of a released view."""
    said, spoken = words(lang), language(lang)
    title = table.declared.titles[lang]
    if not table.entries:
        return Table(
            title, pd.DataFrame(), (said["absent"].format(reason=spoken.translated(table.reason)),)
        )
    hidden = withheld(table)
    cells = {place(entry): entry for entry in table.entries}
    rows = list(dict.fromkeys(place(entry)[:4] for entry in table.entries))
    columns = list(dict.fromkeys(entry.column for entry in table.entries))
    first = [cells[*row, columns[0]] for row in rows]
    parts = [part_name(table.declared, *row[:3], lang) for row in rows]
    data = {said["which"]: [part or said["all"] for part in parts]} if len(set(parts)) > 1 else {}
    data[said["row"]] = [row_name(entry, lang) for entry in first]
    for column in columns:
        entries = [cells[*row, column] for row in rows]
        shown = [None if place(entry) in hidden else entry for entry in entries]
        of = column_name(table, column, lang)
        has = {
            of_what: any(getattr(e, of_what) for e in entries) for of_what in ("value", "number")
        }
        if has["value"]:
            data[f"{of}, {said['value']}"] = [_percent(entry, spoken) for entry in shown]
        if has["number"]:
            data[f"{of}, {said['number']}"] = [_number(entry, spoken) for entry in shown]
        data[f"{of}, {said['households']}"] = [_households(entry, spoken) for entry in shown]
    return Table(title, pd.DataFrame(data))


@gated
def differences_table(
    profile: Profile, found: tuple[Difference, ...], lang: str = "en", *, most: int = 12
) -> Table:
    """The largest differences of the poor and the others.

    Parameters
    ----------
    profile : Profile
    found : sequence of Difference
        As `differences` sorts them, without those that are withheld.
    lang : {"en", "id"}
    most : int
        How many.
    """
    said, spoken = words(lang), language(lang)
    rows = [one for one in found if math.isfinite(one.std_error)][:most]
    level = f"{spoken.number(100 * profile.level)}%"
    data = {
        said["class"]: [difference_name(profile, one, lang) for one in rows],
        said["gap"]: [spoken.number(one.difference, 1, signed=True) for one in rows],
        said["std_error"]: [spoken.number(one.std_error, 1) for one in rows],
        level: [
            f"{spoken.number(one.conf_low, 1)} {DASH} {spoken.number(one.conf_high, 1)}"
            for one in rows
        ],
        said["f"]: [spoken.number(one.test.statistic, 2) for one in rows],
        said["p_value"]: [spoken.p_value(one.test.p_value) for one in rows],
        said["p_holm"]: [spoken.p_value(one.p_holm) for one in rows],
    }
    return Table(said["picture_gaps"], pd.DataFrame(data), (said["said"][-1],))


def _percent(entry: Entry | None, spoken: Language) -> str:
    """A percent with its mark and interval."""
    if entry is None:
        return current_policy().withheld
    one = entry.value
    if one is None:
        return ""
    digits = 2 if one.kind == "index" else 1  # a tenth of a percent is more than most of P1 and P2
    ends = [spoken.number(end, digits) for end in one.interval()]
    return f"{spoken.number(one.estimate, 2)}{one.mark} ({ends[0]} {DASH} {ends[1]})"


def _number(entry: Entry | None, spoken: Language) -> str:
    """A number, with its mark."""
    if entry is None:
        return current_policy().withheld
    one = entry.number
    if one is None:
        return ""
    # A mean of persons has decimals, a number of them has none.
    return spoken.number(one.estimate, 2 if one.estimate < 100 and one.kind == "mean" else 0) + (
        one.mark
    )


def _households(entry: Entry | None, spoken: Language) -> str:
    """Households of the sample behind a cell."""
    if entry is None:
        return current_policy().withheld
    main: Estimate | None = entry.number or entry.value
    return spoken.number(main.households or 0) if main is not None else ""
