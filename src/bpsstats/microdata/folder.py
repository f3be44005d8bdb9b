"""Open the folder of a round: its files as tables of one area, all that is wrong with them, and
where they came from.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from tqdm import tqdm

from bpsstats.errors import InputError
from bpsstats.microdata.checks import check_tables
from bpsstats.microdata.checks.known import Known
from bpsstats.microdata.checks.labels import labels_fit
from bpsstats.microdata.consumption.engine import out_of_core
from bpsstats.microdata.consumption.sums import food_of_households, nonfood_of_households
from bpsstats.microdata.files.inventory import MOST_BYTES, SECOND, STRATA, Inventory, find_files
from bpsstats.microdata.files.raw import read_role
from bpsstats.microdata.files.strata import complete_design
from bpsstats.microdata.files.waves import codes_used
from bpsstats.microdata.findings import CheckReport, Finding
from bpsstats.microdata.formats import Source, archive_of, open_source, workspace
from bpsstats.microdata.layouts import ROLES, Layout, load_layout
from bpsstats.microdata.lists.areas import Area
from bpsstats.microdata.lists.facts import line_on_file, projected_populations
from bpsstats.microdata.provenance import (
    SYNTHETIC,
    Provenance,
    SourceFile,
    false_claims,
    kind_of,
    read_sidecar,
    sha256_of,
    told_of,
)
from bpsstats.microdata.tables import OfficialTables
from bpsstats.paths import ACCEPTED, accepts_rebuilt_design, existing_round_dir
from bpsstats.reprs import SizesOnly, count_of

FALLBACK, LEVELS = "design_fallback", "levels"
AT_A_TIME = 2  # files that child processes read
LABELLED = ("kor_individual", SECOND, "kor_household")  # files whose codes are read by lists
NO_ROSTER = "The folder holds no roster of persons, so that education and work are left out."
NO_SPENDING = "The folder holds no expenditure: it needs block 43, or blocks 41 and 42 together."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Opened(SizesOnly):
    """What opening a folder came to; tables of a report with errors may lack anything."""

    tables: OfficialTables
    report: CheckReport
    provenance: Provenance


def open_round(
    area: Area,
    year: int,
    raw: str | Path | None,
    *,
    design_fallback: bool = False,
    population: float | None = None,
) -> Opened:
    """Files of a round as tables, what is wrong with them, and where they came from; parameters as
    in `read_round`.

    Raises
    ------
    UnknownYearError
        If there is no layout or no folder.
    InputError
        If the folder holds no file of the round, or its description cannot be read.
    """
    layout = load_layout(year, raw)
    folder = existing_round_dir(year, raw)
    sidecar = read_sidecar(folder)
    accepted = design_fallback or sidecar.get(FALLBACK) == ACCEPTED or accepts_rebuilt_design()
    inventory = find_files(layout, folder)
    findings = list(inventory.findings)
    with workspace() as temporary, out_of_core(temporary) as connection:
        sources = _open_sources(layout, inventory, temporary, findings)
        tables, rows, notes = _read_tables(connection, layout, area, sources, accepted, findings)
    notes = [*notes, *([] if tables.has_roster else [NO_ROSTER]), *_notes_on_spending(tables)]
    notes += [
        f"Inferred for March {year}, where no source quotes it: {what}, from {basis}."
        for what, basis in layout.inferred.items()
    ]
    notes += [note for opened in sources.values() for source in opened for note in source.notes]
    # A member of an archive is proved by its archive.
    whole = {path: archive_of(path) or path for role in inventory.paths.values() for path in role}
    hashes = {path: sha256_of(file) for path, file in whole.items()}
    by_name = {file.name: hashes[path] for path, file in whole.items()}
    findings += false_claims(sidecar, by_name)
    kind = kind_of(sidecar, by_name)
    notes += told_of(sidecar, "assumed", area.code) if kind == SYNTHETIC else ()
    provenance = Provenance(
        kind=kind,
        files=tuple(
            SourceFile(
                role,
                path.relative_to(folder).as_posix(),
                hashes[path],
                rows.get(role, 0),
            )
            for role, paths in inventory.paths.items()
            for path in paths
        ),
        notes=tuple(dict.fromkeys(notes)),
        # Figures that other files were fitted to are none of these.
        targets=(
            tuple(sorted(told_of(sidecar, "targets", area.code).items()))
            if kind == SYNTHETIC
            else ()
        ),
    )
    names = {
        role: [source.path.name for source in sources.get(role, [])] for role in inventory.paths
    }
    size = len(tables.core) if tables.core_role in tables.frames else 0
    heading = (
        f"{area.name} · March {year} · {provenance.source} · {count_of(size, 'household')} checked"
    )
    known = Known(
        population if population is not None else _declared_population(sidecar, area),
        projected_populations(area, year, raw),
        line_on_file(area, year, raw),
        sidecar.get(LEVELS) == ACCEPTED,
    )
    return Opened(tables, check_tables(tables, names, heading, findings, known), provenance)


def _declared_population(sidecar: Mapping[str, Any], area: Area) -> float | None:
    """Persons of an area by the folder's description: ``population: {"6471": 700000}``."""
    declared: float | Mapping[str, float] = sidecar.get("population", {})
    return declared.get(area.code) if isinstance(declared, Mapping) else declared


def _open_sources(
    layout: Layout, inventory: Inventory, temporary: Path, findings: list[Finding]
) -> dict[str, list[Source]]:
    """Every file opened, two at a time; what cannot be opened becomes a finding."""
    jobs = [(role, path) for role, paths in inventory.paths.items() for path in paths]

    def opened(job: tuple[str, Path]) -> Source | InputError:
        role, path = job
        role = role if role in ROLES else "kor_individual"
        wanted = frozenset({*layout.columns_read(role), *layout.design.elsewhere.values()})
        try:
            aliases = layout.files[role].aliases
            return open_source(path, wanted, aliases, temporary, MOST_BYTES[role])
        except InputError as error:
            return error

    sources: dict[str, list[Source]] = {}
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        # On a terminal a bar shows that large binary files are being rewritten.
        results = tqdm(
            pool.map(opened, jobs),
            total=len(jobs),
            desc="files",
            disable=None,
            leave=False,
            delay=2,
        )
        for (role, _), result in zip(jobs, results, strict=True):
            if isinstance(result, InputError):
                findings.append(Finding.of(result))
            else:
                sources.setdefault(role, []).append(result)
    return sources


def _read_tables(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    area: Area,
    sources: Mapping[str, Sequence[Source]],
    accepted: bool,
    findings: list[Finding],
) -> tuple[OfficialTables, dict[str, int], list[str]]:
    """Rows of the area and sums of its items, rows by role, and notes; what cannot be read becomes
    a finding.
    """
    frames: dict[str, pd.DataFrame] = {}
    for role in ("kor_individual", "kor_household", "blok43"):
        if sources.get(role):
            seconds = sources.get(SECOND, ()) if role == "kor_individual" else ()
            read = read_role(layout, role, sources[role], area, seconds)
            findings += read.findings
            if read.frame is not None:
                frames[role] = read.frame
    sums: dict[str, pd.DataFrame] = {}
    prices: pd.DataFrame | None = None
    notes: list[str] = []
    summary = frames.get("blok43", pd.DataFrame())
    proved = "EXPEND" in summary and bool(summary["EXPEND"].notna().any())
    for role, add_up in (("blok41", food_of_households), ("blok42", nonfood_of_households)):
        if sources.get(role):
            added = add_up(connection, layout, sources[role], area, proved=proved)
            findings += added.findings
            notes += added.notes
            if added.frame is not None:
                sums[role] = added.frame
                prices = prices if added.prices is None else added.prices
    frames, design, found, design_notes = complete_design(
        layout, frames, sources.get(STRATA, ()), accepted
    )
    codes, more, code_notes = codes_used(layout, frames.get("kor_individual"), _name(sources))
    findings += [*found, *more]
    labelled = [source for role in LABELLED for source in sources.get(role, ())]
    findings += labels_fit(layout, codes, labelled)
    rows = {role: len(frame) for role, frame in frames.items()}
    rows |= {role: int(frame["items"].sum()) for role, frame in sums.items()}
    return (
        OfficialTables(layout, frames, sums, design, codes, prices),
        rows,
        [*design_notes, *code_notes, *notes],
    )


def _name(sources: Mapping[str, Sequence[Source]]) -> str:
    """Name of the roster."""
    return ", ".join(source.path.name for source in sources.get("kor_individual", ()))


def _notes_on_spending(tables: OfficialTables) -> list[str]:
    """How expenditure came about, where it is not block 43's beside its items."""
    if not tables.has_spending:
        return [NO_SPENDING]
    if not tables.has_summary:
        return [
            "Expenditure is summed from the items of blocks 41 and 42, as block 43 does not"
            " hold it."
        ]
    if tables.food is None or tables.nonfood is None:
        return ["Expenditure is block 43's; its items are not there to check it."]
    return []
