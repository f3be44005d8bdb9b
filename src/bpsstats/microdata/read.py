"""Read a March round: files to checked households and persons, with their provenance."""

import tempfile
from collections.abc import Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from bpsstats.errors import InputError, UnknownYearError
from bpsstats.microdata.areas import Area, find_area
from bpsstats.microdata.checks import CheckReport, Finding, check_tables
from bpsstats.microdata.consumption import food_of_households, nonfood_of_households
from bpsstats.microdata.derive import OfficialTables, households_frame, persons_frame
from bpsstats.microdata.formats import ENDINGS, Source, open_source
from bpsstats.microdata.layouts import ROLES, Layout, load_layout
from bpsstats.microdata.provenance import Provenance, SourceFile, read_sidecar, sha256_of
from bpsstats.microdata.raw import Inventory, Table, find_files, read_table
from bpsstats.paths import round_dir

FALLBACK = "design_fallback"
SECOND = "second part of the roster"
AT_A_TIME = 2  # files that child processes read
SPENDING = (
    "food_month", "nonfood_month", "expenditure_month", "expenditure_person_month", "food_share", "calories_person_day",
)  # fmt: skip
NO_SPENDING = "The folder holds no expenditure: it needs block 43, or blocks 41 and 42 together."
WITHOUT = {
    "kor_individual": "Without the roster nothing can be estimated.",
    "kor_household": "Without it region, design and weights are taken from the roster.",
    "blok41": "Without it food is not summed from the items.",
    "blok42": "Without it other spending is not summed from the items.",
    "blok43": "Without it expenditure is summed from the items of blocks 41 and 42.",
}


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
        If the roster is missing, or a file is unreadable or inconsistent; the message names file, column and rows.

    Notes
    -----
    With the roster alone there are persons and households without spending. Expenditure is that of block 43, or the sum of
    the items where block 43 is missing or empty; `provenance` says which.

    Examples
    --------
    >>> round_ = read_round("6471", 2022)
    >>> round_.area.name, round_.period, round_.provenance.kind
    ('Kota Balikpapan', 'March 2022', 'synthetic')
    """
    known = find_area(area)
    opened = _open(known, year, raw, design_fallback)
    opened.report.refuse_errors()
    tables, provenance = opened.tables, opened.provenance
    assert tables is not None  # a roster that is not there is an error
    persons = persons_frame(tables)
    households = households_frame(tables, persons)
    about: dict[Hashable | None, Any] = {
        "area": known.name,
        "area_code": known.code,
        "period": f"March {year}",
        "year": year,
        "source": provenance.source,
        "calibrated": True,  # BPS calibrates the weights to its projection of the population
        "absent": {} if tables.has_spending else dict.fromkeys(SPENDING, NO_SPENDING),
    }
    households.attrs = about | {"observed": "households"}
    persons.attrs = about | {"observed": "persons"}
    return Round(known, year, households, persons, provenance, opened.report)


def check_round(area: str | int, year: int, raw: str | Path | None = None) -> CheckReport:
    """Everything that is wrong with the files of a round, without refusing them.

    Parameters as in `read_round`. Only a folder that is not there, or holds no file of the round, is an error.
    """
    return _open(find_area(area), year, raw, design_fallback=True).report


def _open(area: Area, year: int, raw: str | Path | None, design_fallback: bool) -> "_Opened":
    """Files of a round as tables, what is wrong with them, and where they came from."""
    layout = load_layout(year)
    folder = round_dir(year, raw)
    if not folder.is_dir():
        raise UnknownYearError(
            f"There are no files of March {year}: folder {folder.name} does not exist. Put the official files of the round "
            "there, or name their folder with --raw or the variable BPSSTATS_DATA."
        )
    sidecar = read_sidecar(folder)
    accepted = design_fallback or sidecar.get(FALLBACK) == "accepted"
    notes = list(_design_notes(layout.design.is_complete, accepted, year))
    inventory = find_files(layout, folder)
    findings = [Finding.of(problem) for problem in inventory.problems]
    findings += list(_missing_files(layout, inventory))
    with tempfile.TemporaryDirectory(prefix="bpsstats-") as workspace:
        sources = _open_sources(layout, inventory, Path(workspace), findings)
        tables, rows = _read_tables(layout, area, sources, findings)
    if tables is not None:
        notes += _notes_on_spending(tables)
    notes += [note for opened in sources.values() for source in opened for note in source.notes]
    names = {role: ", ".join(path.name for path in paths) for role, paths in inventory.paths.items()}
    provenance = Provenance(
        kind=str(sidecar.get("kind", "survey")),
        files=tuple(
            SourceFile(role, path.name, sha256_of(path), rows.get(role, 0))
            for role, paths in inventory.paths.items()
            for path in paths
        ),
        notes=tuple(dict.fromkeys(notes)),
        targets=tuple(sorted((str(k), float(v)) for k, v in (sidecar.get("targets") or {}).items())),
    )
    checked = "nothing" if tables is None else f"{len(tables.core):,} households"
    heading = f"{area.name} · March {year} · {provenance.source} · {checked} checked"
    return _Opened(tables, check_tables(tables, names, heading, findings), provenance)


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """What opening a folder came to; without a roster there are no tables."""

    tables: OfficialTables | None
    report: CheckReport
    provenance: Provenance


def _missing_files(layout: Layout, inventory: Inventory) -> Iterator[Finding]:
    """Files that are not there, and what cannot be done without them."""
    missing = [role for role in ROLES if not inventory.paths[role]]
    for role in missing:
        file = layout.files[role]
        what = f"The file {file.name} is not in the folder."
        remedy = f"{WITHOUT[role]} Put it there under its official name (ending {', '.join(ENDINGS)})."
        yield Finding("error" if role == "kor_individual" else "warning", "", "", what, remedy, 0, ())


def _open_sources(
    layout: Layout, inventory: Inventory, workspace: Path, findings: list[Finding]
) -> dict[str, list[Source]]:
    """Every file opened, two at a time; what cannot be opened becomes a finding."""
    wanted = {role: frozenset(layout.columns_read(role)) for role in ROLES}
    jobs = [(role, path) for role, paths in inventory.paths.items() for path in paths]
    if inventory.second is not None:
        jobs.append((SECOND, inventory.second))
    wanted[SECOND] = wanted["kor_individual"]

    def opened(job: tuple[str, Path]) -> Source | InputError:
        try:
            return open_source(job[1], wanted[job[0]], layout.aliases, workspace)
        except InputError as error:
            return error

    sources: dict[str, list[Source]] = {}
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        for (role, _), result in zip(jobs, pool.map(opened, jobs), strict=True):
            if isinstance(result, InputError):
                findings.append(Finding.of(result))
            else:
                sources.setdefault(role, []).append(result)
    return sources


def _read_tables(
    layout: Layout, area: Area, sources: dict[str, list[Source]], findings: list[Finding]
) -> tuple[OfficialTables | None, dict[str, int]]:
    """Rows of the area and sums of its items, with the number of rows by role; what cannot be read becomes a finding."""
    second = sources.get(SECOND, [None])[0]
    frames: dict[str, pd.DataFrame] = {}
    for role in ("kor_individual", "kor_household", "blok43"):
        for source in sources.get(role, [])[:1]:
            try:
                table = read_table(layout, role, source, area, second if role == "kor_individual" else None)
                _refuse_absent_area(table, area, layout.year)
                frames[role] = table.frame
            except InputError as error:
                findings.append(Finding.of(error))
    sums: dict[str, pd.DataFrame] = {}
    for role, add_up in (("blok41", food_of_households), ("blok42", nonfood_of_households)):
        if sources.get(role):
            try:
                sums[role] = add_up(layout, sources[role], area)
            except InputError as error:
                findings.append(Finding.of(error))
    rows = {role: len(frame) for role, frame in frames.items()}
    rows |= {role: int(frame["items"].sum()) for role, frame in sums.items()}
    if "kor_individual" not in frames:
        return None, rows
    tables = OfficialTables(
        layout,
        frames["kor_individual"],
        frames.get("kor_household"),
        frames.get("blok43"),
        sums.get("blok41"),
        sums.get("blok42"),
    )
    return tables, rows


def _notes_on_spending(tables: OfficialTables) -> list[str]:
    """How expenditure came about, where it is not block 43's beside its items."""
    if not tables.has_spending:
        return [NO_SPENDING]
    if not tables.has_summary:
        return ["Expenditure is summed from the items of blocks 41 and 42, as block 43 does not hold it."]
    if tables.food is None or tables.nonfood is None:
        return ["Expenditure is block 43's; its items are not there to check it."]
    return []


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
        others = f"The file has {table.rows_in_file:,} rows of {table.areas_in_file:,} other areas."
        raise InputError(
            f"No household of {area.name} (R101 {area.province}, R102 {area.regency}) is in the files of March {year}. {others}",
            "Check the area and the code: BPS codes differ from those of Kemendagri. Or put the file of its province into "
            "the folder.",
            file=table.path.name,
        )
