"""Read a March round: files to checked households and persons, with their provenance."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from bpsstats.errors import InputError, UnknownYearError
from bpsstats.microdata.areas import Area, find_area
from bpsstats.microdata.checks import CheckReport, check_tables
from bpsstats.microdata.consumption import food_of_households, nonfood_of_households
from bpsstats.microdata.derive import OfficialTables, households_frame, persons_frame
from bpsstats.microdata.layouts import load_layout
from bpsstats.microdata.provenance import Provenance, SourceFile, read_sidecar, sha256_of
from bpsstats.microdata.raw import Table, find_files, read_table
from bpsstats.paths import round_dir

FALLBACK = "design_fallback"


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """Households and persons of an area in one March round, checked.

    `households` and `persons` are frames in the project's concepts (data/README.md); their ``attrs`` carry area,
    period and source of the data, which every result repeats. `checks` is what was looked at.
    """

    area: Area
    year: int
    households: pd.DataFrame
    persons: pd.DataFrame
    provenance: Provenance
    checks: CheckReport

    @property
    def period(self) -> str:
        """Month and year of the survey."""
        return f"March {self.year}"

    def _facts(self) -> list[tuple[str, str]]:
        """What is shown of a round: counts, never records."""
        households, persons = self.households, self.persons
        facts = [
            ("households", f"{len(households):,}"),
            ("persons", f"{len(persons):,}"),
            ("PSUs (census blocks)", f"{households['psu'].nunique():,}"),
            ("strata", f"{households['stratum'].nunique():,}"),
            ("population (sum of weights)", f"{persons['weight_person'].sum():,.0f}"),
        ]
        facts += [(file.role, f"{file.name}, {file.rows:,} rows") for file in self.provenance.files]
        return facts + [("note", note) for note in self.provenance.notes]

    def _heading(self) -> str:
        return f"{self.area.name} · {self.period} · {self.provenance.source}"

    def __repr__(self) -> str:
        return "\n".join([self._heading(), *(f"{name + ':':<30}{value}" for name, value in self._facts())])

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in self._facts())
        return f"<p>{self._heading()}</p><table>{rows}</table>"


def read_round(area: str | int, year: int, raw: str | Path | None = None, *, design_fallback: bool = False) -> Round:
    """Read the files of a March round, check them, and derive households and persons of an area.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int
        Year of the March round.
    raw : path, optional
        Folder of raw files; default data/raw, or the variable BPSSTATS_DATA.
    design_fallback : bool
        Whether to rebuild PSU and stratum from region and serials where the round does not release them
        (2018, 2019, and the stratum of 2023). The provenance says so.

    Raises
    ------
    UnknownAreaError, UnknownYearError
        If there is no such area or round.
    InputError
        If a file is missing, unreadable or inconsistent; the message names file, column and rows.

    Examples
    --------
    >>> round_ = read_round("6471", 2022)
    >>> round_.area.name, round_.period, round_.provenance.kind
    ('Kota Balikpapan', 'March 2022', 'synthetic')
    """
    known = find_area(area)
    tables, report, provenance = _open(known, year, raw, design_fallback)
    report.refuse_errors()
    persons = persons_frame(tables)
    households = households_frame(tables, persons)
    about: dict[Hashable | None, Any] = {
        "area": known.name,
        "area_code": known.code,
        "period": f"March {year}",
        "year": year,
        "source": provenance.source,
        "calibrated": True,  # BPS calibrates the weights to its projection of the population
    }
    households.attrs = about | {"observed": "households"}
    persons.attrs = about | {"observed": "persons"}
    return Round(known, year, households, persons, provenance, report)


def check_round(area: str | int, year: int, raw: str | Path | None = None) -> CheckReport:
    """Everything that is wrong with the files of a round, without refusing them.

    Parameters and errors as in `read_round`; a file that cannot be read at all is still an error.
    """
    return _open(find_area(area), year, raw, design_fallback=True)[1]


def _open(
    area: Area, year: int, raw: str | Path | None, design_fallback: bool
) -> tuple[OfficialTables, CheckReport, Provenance]:
    """Files of a round as tables, what is wrong with them, and where they came from."""
    layout = load_layout(year)
    folder = round_dir(year, raw)
    if not folder.is_dir():
        raise UnknownYearError(
            f"There are no files of March {year}: folder {folder.name} does not exist. Put the official files of the round "
            "there, or name their folder with --raw or the variable BPSSTATS_DATA."
        )
    sidecar = read_sidecar(folder)
    notes = _design_notes(layout.design.is_complete, design_fallback or sidecar.get(FALLBACK) == "accepted", year)
    paths = find_files(layout, folder)
    single: dict[str, Table] = {
        role: read_table(layout.files[role], paths[role][0], area)
        for role in ("kor_individual", "kor_household", "blok43")
    }
    _refuse_absent_area(single["blok43"], area, year)
    tables = OfficialTables(
        layout,
        single["kor_individual"].frame,
        single["kor_household"].frame,
        single["blok43"].frame,
        food_of_households(layout, paths["blok41"], area),
        nonfood_of_households(layout, paths["blok42"], area),
    )
    names = {role: ", ".join(path.name for path in parts) for role, parts in paths.items()}
    rows = {role: len(table.frame) for role, table in single.items()}
    rows |= {"blok41": int(tables.food["items"].sum()), "blok42": int(tables.nonfood["items"].sum())}
    files = tuple(
        SourceFile(role, path.name, sha256_of(path), rows[role]) for role, parts in paths.items() for path in parts
    )
    provenance = Provenance(
        kind=str(sidecar.get("kind", "survey")),
        files=files,
        notes=notes,
        targets=tuple(sorted((str(k), float(v)) for k, v in (sidecar.get("targets") or {}).items())),
    )
    heading = f"{area.name} · March {year} · {provenance.source} · {len(tables.household):,} households checked"
    return tables, check_tables(tables, names, heading), provenance


def _design_notes(complete: bool, accepted: bool, year: int) -> tuple[str, ...]:
    """What was assumed of the design, or an error where nothing may be assumed."""
    if complete:
        return ()
    if not accepted:
        raise InputError(
            f"The March {year} round does not release PSU and stratum together.",
            "Say design_fallback=True (or write design_fallback: accepted in source.yaml) to rebuild them from region, "
            "urban/rural and the block's serial.",
        )
    return ("PSU and stratum are rebuilt from region, urban/rural and the block's serial.",)


def _refuse_absent_area(table: Table, area: Area, year: int) -> None:
    """An area without rows is an error, never an estimate of zero."""
    if table.frame.empty:
        raise InputError(
            f"No household of {area.name} (R101 {area.province}, R102 {area.regency}) is in the files of March {year}.",
            "Check the area, or put the file of its province into the folder.",
            file=table.name,
        )
