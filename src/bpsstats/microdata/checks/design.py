"""Design: every household in a PSU and a stratum, every PSU in one stratum, persons where their
household is.
"""

from collections.abc import Iterator

from bpsstats.microdata.design import designed
from bpsstats.microdata.findings import Finding, Names, found
from bpsstats.microdata.tables import OfficialTables

CORE = ("kor_individual", "kor_household")
FROM = ("blok43", *CORE)


def design_is_whole(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """Every household has a PSU and a stratum, and a PSU lies in one stratum."""
    role = next((role for role in reversed(FROM) if designed(tables, role) is not None), None)
    if role is None:
        return
    frame, files = designed(tables, role), names[role]
    assert frame is not None
    named = _named(tables)
    for column, of in named.items():
        what = f"Rows have no {column}."
        yield from found(frame[column].isna(), files, of, what, "Restore the design columns.")
    urban = tables.layout.region["urban"]
    bad = ~tables.frames[role][urban].isin([1, 2])
    yield from found(
        bad, files, urban, "Rows are neither urban (1) nor rural (2).", "Restore the code."
    )
    strata = frame.groupby("psu")["stratum"].nunique()
    split = frame["psu"].isin(strata.index[strata > 1])
    yield from found(
        split,
        files,
        named["psu"],
        "Rows lie in a PSU that stands in two strata.",
        f"Check PSU and {urban}.",
    )
    if len(frame["psu"].unique()) == 1:
        what = "All rows lie in a single PSU, so that no sampling error can be computed."
        yield Finding(
            "error", ", ".join(files), named["psu"], what, "Take the whole file.", len(frame), ()
        )
        return
    psus = frame.groupby("stratum")["psu"].nunique()
    lone = frame["stratum"].isin(psus.index[psus == 1])
    remedy = (
        'Estimates need lone_psu="merge" or "centre": --lone-psu on the command line, lone_psu of'
        " read_round and of the notebooks."
    )
    yield from found(
        lone, files, named["stratum"], "Rows lie in a stratum of a single PSU.", remedy, "warning"
    )


def persons_share_the_design(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """A person lies in the PSU and stratum of the household."""
    persons, households = (designed(tables, role) for role in CORE)
    if persons is None or households is None:
        return
    key = tables.layout.household_key
    of_household = households.set_index(tables.frames["kor_household"][key].to_numpy())
    of_household = of_household[~of_household.index.duplicated()]
    for column, of in _named(tables).items():
        expected = tables.individual[key].map(of_household[column])
        bad = (persons[column] != expected) & expected.notna() & persons[column].notna()
        what = f"Persons have another {column} than their household."
        yield from found(
            bad, names["kor_individual"], of, what, "Take both files from the same edition."
        )


def _named(tables: OfficialTables) -> dict[str, str]:
    """Columns of the files that PSU and stratum are made of."""
    design, urban = tables.design, tables.layout.region["urban"]
    return {"psu": design.psu or design.psu_serial, "stratum": design.stratum or urban}
