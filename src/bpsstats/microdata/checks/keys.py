"""Keys: one row per household and member, the same households in every file, the sizes that the
files say.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bpsstats.microdata.findings import Finding, Names, found
from bpsstats.microdata.tables import OfficialTables
from bpsstats.reprs import count_of

HEAD = 1
BY_HOUSEHOLD = ("kor_household", "blok43")


def keys_are_unique(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """One row per household and per member."""
    key, member = tables.layout.household_key, tables.layout.individual["member"]
    remedy = "Keep one row for each; a file joined twice is the usual cause."
    for role, frame in tables.frames.items():
        yield from found(
            frame[key].isna(), names[role], key, "Rows have no household key.", "Restore the key."
        )
    for role in BY_HOUSEHOLD:
        household = tables.get(role)
        if household is not None:
            repeated = household[key].duplicated() & household[key].notna()
            yield from found(repeated, names[role], key, "Rows repeat a household key.", remedy)
    roster = tables.get("kor_individual", member)
    if roster is not None:
        bad = ~(roster[member] % 1 == 0)
        yield from found(
            bad,
            names["kor_individual"],
            member,
            "Members have no number.",
            "Restore their numbers.",
        )
        repeated = roster.duplicated([key, member]) & roster[key].notna() & roster[member].notna()
        what = "Rows repeat a household member."
        yield from found(repeated, names["kor_individual"], f"{key} + {member}", what, remedy)


def files_hold_the_same_households(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """Every household stands in every file."""
    key = tables.layout.household_key
    remedy = "Take all files from the same round and edition."
    households = {role: set(frame[key].dropna()) for role, frame in tables.frames.items()}
    for role, frame in tables.frames.items():
        for other, reference in tables.frames.items():
            if not households[role] <= households[other]:
                lost = ~frame[key].isin(reference[key]) & frame[key].notna()
                what = f"Rows have a household that file {', '.join(names[other])} lacks."
                yield from found(lost, names[role], key, what, remedy)
    if not tables.frames:
        return
    core_role = "kor_household" if "kor_household" in tables.frames else next(iter(tables.frames))
    core = tables.frames[core_role]
    for role, items in tables.sums.items():
        if set(items.index) == households[core_role]:
            continue
        lost = ~core[key].isin(items.index) & core[key].notna() & ~core[key].duplicated()
        what = f"Households have no item in file {', '.join(names[role])}."
        remedy = "Add the missing part of the file, or the file of this province."
        yield from found(lost, names[core_role], key, what, remedy)
        strange = int((~items.index.isin(core[key])).sum())
        if strange:
            told = count_of(strange, "household has items and is", "households have items and are")
            what = f"{told} not in file {', '.join(names[core_role])}."
            remedy = (
                "Take all files from the same round; a part of another round lies in the folder."
            )
            yield Finding("error", ", ".join(names[role]), key, what, remedy, strange, ())


def sizes_agree(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """R301 is the number of roster rows, in every file, and one member is the head."""
    layout, key = tables.layout, tables.layout.household_key
    size, relation = layout.household["size"], layout.individual["relation"]
    roster = tables.get("kor_individual")
    remedy = "Check that no part of the roster is missing."
    counts = None if roster is None else roster.groupby(key).size()
    for role in BY_HOUSEHOLD:
        frame = tables.get(role, size)
        if frame is None:
            continue
        whole = (
            frame[size].notna()
            & np.isfinite(frame[size])
            & (frame[size] % 1 == 0)
            & (frame[size] > 0)
        )
        yield from found(~whole, names[role], size, "Households have no size.", "Restore it.")
        if counts is not None:
            expected = frame[key].map(counts)
            bad = (frame[size] != expected) & expected.notna() & whole
            yield from found(
                bad, names[role], size, "Households differ in size from their roster.", remedy
            )
        for block, items in tables.sums.items():
            expected = frame[key].map(items["size"])
            bad = (frame[size] != expected) & expected.notna() & whole
            what = f"Households differ in size from file {', '.join(names[block])}."
            yield from found(bad, names[role], size, what, "Take all files from the same edition.")
    heads = tables.get("kor_individual", relation)
    if heads is not None:
        number: pd.Series = (heads[relation] == HEAD).groupby(heads[key]).sum()
        bad = heads[key].map(number).ne(1) & ~heads[key].duplicated() & heads[key].notna()
        remedy = (
            "Restore the relation to the head; a code list of another round is a possible cause."
        )
        yield from found(
            bad, names["kor_individual"], relation, "Households have no head or several.", remedy
        )
