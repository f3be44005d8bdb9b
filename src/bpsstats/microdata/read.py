"""Read a March round: files to checked households and persons, with their provenance."""

from collections.abc import Hashable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from bpsstats.arguments import checked
from bpsstats.microdata.concepts.columns import absent_concepts
from bpsstats.microdata.derive import households_frame, persons_frame
from bpsstats.microdata.findings import CheckReport
from bpsstats.microdata.folder import NO_ROSTER, NO_SPENDING, open_round
from bpsstats.microdata.lists.areas import Area, find_regency
from bpsstats.microdata.lists.commodities import GROUPS
from bpsstats.microdata.provenance import Provenance
from bpsstats.microdata.store import Entry, Processed, entry_of
from bpsstats.microdata.tables import OfficialTables
from bpsstats.paths import accepts_rebuilt_design
from bpsstats.reprs import count_of, html_facts

SPENDING = (
    "food_month", "nonfood_month", "expenditure_month", "expenditure_person_month", "food_share",
    "calories_person_day",
)  # fmt: skip
# Columns of households and persons that are made of the roster.
OF_ROSTER = (
    "head_sex", "head_age", "head_diploma", "head_education", "head_work", "adults",
    "best_education", "dependency",
    "member", "relation", "sex", "age", "adult", "attendance", "diploma", "education", "working",
    "work", "sector",
    "literate",
    "years_schooling",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """Households and persons of an area in one March round, checked.

    `households` and `persons` are frames in the project's concepts (data/README.md); their
    ``attrs`` carry area, period and source of the data, which every result repeats. `checks` is
    what was looked at.
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
        weights = households if persons.empty else persons
        facts = [
            ("households", f"{len(households):,}"),
            ("persons", f"{len(persons):,}"),
            ("PSUs (census blocks)", f"{households['psu'].nunique():,}"),
            ("strata", f"{households['stratum'].nunique():,}"),
            ("population (sum of weights)", f"{weights['weight_person'].sum():,.0f}"),
        ]
        facts += [
            (file.role, f"{file.name}, {count_of(file.rows, 'row')}")
            for file in self.provenance.files
        ]
        return facts + [("note", note) for note in self.provenance.notes]

    def _heading(self) -> str:
        return f"{self.area.name} · {self.period} · {self.provenance.source}"

    def __repr__(self) -> str:
        return "\n".join(
            [self._heading(), *(f"{name + ':':<30}{value}" for name, value in self._facts())]
        )

    def _repr_html_(self) -> str:
        return html_facts(self._heading(), self._facts())


@checked
def read_round(
    area: str | int,
    year: int,
    raw: str | Path | None = None,
    *,
    design_fallback: bool = False,
    population: float | None = None,
    lone_psu: str = "error",
) -> Round:
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
        Whether to rebuild PSU and stratum from region and serials where the round does not release
        them (2018, 2019, and the stratum of 2023). The provenance says so. The variable
        BPSSTATS_DESIGN_FALLBACK=accepted, or the line ``design_fallback: accepted`` in the folder's
        source.yaml, says the same.
    population : float, optional
        Persons that the weights should sum to, within two percent; default what source.yaml
        declares, if it does.
    lone_psu : {"error", "centre", "merge", "certainty", "average"}
        What designs over the round do with a stratum with a single PSU, unless they say otherwise.
        The provenance says so.

    Raises
    ------
    UnknownAreaError, UnknownYearError
        If there is no such area or round.
    InputError
        If no file says where households lie, or one is unreadable or inconsistent; the message
        names file, column and rows.

    Notes
    -----
    A round that was read before is taken from the store of processed rounds (`store_dir`) while it
    is still true: the same bytes in the raw files, the same options, the same code. Otherwise it is
    read, checked and derived again. The variable BPSSTATS_STORE=off does without the store.

    With the roster alone there are persons and households without spending. Without the roster
    there are households and no persons (`persons` is empty): block 43 alone suffices for poverty,
    and education and work are left out. Expenditure is that of
    block 43, or the sum of the items where block 43 is missing or empty; `provenance` says which.

    Examples
    --------
    >>> round_ = read_round("6471", 2022)
    >>> round_.area.name, round_.period, round_.provenance.kind
    ('Kota Balikpapan', 'March 2022', 'synthetic')
    """
    known = find_regency(area, raw=raw)
    entry = _entry(known, year, raw, design_fallback, population)
    kept = None if entry is None else entry.recall()
    if kept is not None:
        return _round(known, year, kept, lone_psu)
    opened = open_round(known, year, raw, design_fallback=design_fallback, population=population)
    opened.report.refuse_errors()
    tables, provenance = opened.tables, opened.provenance
    persons = persons_frame(tables)
    about = {
        "provenance": asdict(provenance),
        "checks": asdict(opened.report),
        "absent": _absent(tables),
    }
    made = Processed({"households": households_frame(tables, persons), "persons": persons}, about)
    if entry is not None:
        entry.keep(made)
    return _round(known, year, made, lone_psu)


def _absent(tables: OfficialTables) -> dict[str, str]:
    """Why columns are not there."""
    absent = absent_concepts(tables)
    absent |= {} if tables.has_spending else dict.fromkeys(SPENDING, NO_SPENDING)
    for sums, module in ((tables.food, "blok41"), (tables.nonfood, "blok42")):
        if sums is None:
            reason = f"The folder holds no items of block {module[-2:]}."
        elif not tables.layout.groups(module):
            reason = f"The groups of block {module[-2:]} are not known for this round."
        else:
            continue
        absent |= {f"{group}_month": reason for group in GROUPS[module]}
    return absent if tables.has_roster else absent | dict.fromkeys(OF_ROSTER, NO_ROSTER)


@checked
def is_processed(area: str | int, year: int, raw: str | Path | None = None) -> bool:
    """Whether the store holds a round of an area as it is today."""
    entry = _entry(find_regency(area, raw=raw), year, raw, design_fallback=False, population=None)
    return entry is not None and entry.recall() is not None


def _round(area: Area, year: int, processed: Processed, lone_psu: str) -> Round:
    """A processed round, with what every result repeats of it."""
    provenance = Provenance.from_record(processed.about["provenance"])
    if lone_psu != "error":
        note = f"A stratum with a single PSU is treated by lone_psu={lone_psu!r}."
        provenance = replace(provenance, notes=(*provenance.notes, note))
    about: dict[Hashable | None, Any] = {
        "area": area.name,
        "area_code": area.code,
        "period": f"March {year}",
        "year": year,
        "source": provenance.source,
        "calibrated": True,  # BPS calibrates the weights to its projection of the population
        "lone_psu": lone_psu,
        "absent": processed.about["absent"],
    }
    frames = {name: processed.tables[name] for name in ("households", "persons")}
    for name, frame in frames.items():
        frame.attrs = about | {"observed": name}
    frames["persons"].attrs["empty"] = NO_ROSTER
    report = CheckReport.from_record(processed.about["checks"])
    return Round(area, year, frames["households"], frames["persons"], provenance, report)


def _entry(
    area: Area,
    year: int,
    raw: str | Path | None,
    design_fallback: bool,
    population: float | None,
) -> Entry | None:
    """The place of a processed round."""
    options = {
        "design_fallback": design_fallback or accepts_rebuilt_design(),
        "population": population,
    }
    return entry_of("round", area.code, year, raw, options)


@checked
def check_round(
    area: str | int,
    year: int,
    raw: str | Path | None = None,
    *,
    design_fallback: bool = False,
    population: float | None = None,
) -> CheckReport:
    """Everything that is wrong with the files of a round, without refusing them.

    Only a folder that is not there, or holds no file of the round, is an error.

    Parameters
    ----------
    area, year, raw, design_fallback, population : as of `read_round`

    Examples
    --------
    >>> check_round("6471", 2022).errors
    ()
    """
    known = find_regency(area, raw=raw)
    entry = _entry(known, year, raw, design_fallback, population)
    kept = None if entry is None else entry.recall()
    if kept is not None:  # only what holds no error is stored
        return CheckReport.from_record(kept.about["checks"])
    return open_round(
        known, year, raw, design_fallback=design_fallback, population=population
    ).report
