"""The profile of the poor as an office prints it each year: every declared table from one engine.

A table is a breakdown of shares over domains (status x sex x group), so that all its errors come
from sums over PSU x domain cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import AbsentError
from bpsstats.microdata.concepts import concepts, ordered
from bpsstats.microdata.read import Round
from bpsstats.poverty.indices.fgt import is_poor
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.poverty.profile.cells import ALL as ALL_COLUMNS
from bpsstats.poverty.profile.cells import BOTH, TOTAL, Entry, cells_of, groups_of, with_totals
from bpsstats.poverty.profile.classes import classes_of, why_not_told
from bpsstats.poverty.profile.declared import COLUMNS, Declared, declared_tables
from bpsstats.reprs import count_of
from bpsstats.survey import Estimate, SurveyDesign
from bpsstats.survey.design.columns import refuse_absent

WEIGHTS = {"persons": "weight_person", "households": "weight_hh", "people": "weight_person"}
ROUNDING = 1e-12
DeclaredSum = (
    tuple[Estimate | None, list[Estimate]] | tuple[Estimate | None, list[Estimate], list[float]]
)
SEX, ROW, COLUMN = 0, 3, 4  # in the place of a cell
ENDS = {"decile": np.arange(0.1, 1.0, 0.1), "group_40_40_20": np.array([0.4, 0.8])}


def _numbers_and_shares(entries: Sequence[Entry], total: Estimate | None) -> Iterator[DeclaredSum]:
    """Each number of persons or households by its share and the total."""
    for entry in entries:
        number, share = entry.number, entry.value
        if number is None or share is None or number.unit == "Rp":
            continue
        if total is None:
            yield number, [share]
        else:
            yield number, [share, total], [1.0, float(np.nan_to_num(share.estimate)) / 100]


@dataclass(frozen=True, slots=True, eq=False)
class ProfileTable:
    """One table of the profile: its declaration, its cells, or why it is not there."""

    declared: Declared
    entries: tuple[Entry, ...]
    reason: str = ""

    def __repr__(self) -> str:
        said = count_of(len(self.entries), "cell") if self.entries else self.reason
        return f"{self.declared.name}: {self.declared.titles['en']} · {said}"

    @property
    def gate_name(self) -> str:
        """What disclosure control calls the table."""
        return self.declared.name

    def gate_sums(self) -> Iterator[DeclaredSum]:
        """Which numbers sum to which, for disclosure control: classes to their total, columns to
        all, both sexes to both.

        A number ``n`` is its share ``s`` of a total ``N``: what is not known of them, in persons,
        obeys ``dn = N ds + s dN``, so that number and share are one figure where the total is
        known.
        """
        classes: dict[tuple[int, tuple[str, ...]], list[Entry]] = {}
        for entry in self.entries:
            place = (entry.sex, entry.within, entry.concept, entry.row, entry.column)
            for at, whole in ((SEX, BOTH), (ROW, TOTAL), (COLUMN, ALL_COLUMNS)):
                of = (*place[:at], whole, *place[at + 1 :])
                classes.setdefault((at, of), []).append(entry)
        for (at, of), entries in classes.items():
            is_whole = [(e.sex, e.within, e.concept, e.row, e.column) == of for e in entries]
            parts = [e for e, whole in zip(entries, is_whole, strict=True) if not whole]
            total = next((e.number for e, w in zip(entries, is_whole, strict=True) if w), None)
            numbers = [e.number for e in parts if e.number is not None]
            if numbers and total is not None:
                yield total, numbers
            shares = [e.value for e in parts if e.value is not None]
            if at == ROW and shares:
                yield None, shares
                yield from _numbers_and_shares(parts, total)

    def to_frame(self) -> pd.DataFrame:
        """One row per cell and measure, at full precision.

        Raises
        ------
        AbsentError
            If the round cannot tell the table.
        """
        if self.reason:
            raise AbsentError(self.reason)
        return pd.DataFrame(
            [
                {
                    "table": self.declared.name, "sex": e.sex, "within": e.within,
                    "concept": e.concept, "row": e.row, "column": e.column, "measure": measure,
                    **_facts(one),
                }
                for e in self.entries
                for measure, one in (("number", e.number), ("value", e.value))
                if one is not None
            ]
        )  # fmt: skip


def _facts(one: Estimate) -> dict[str, object]:
    """What is told of an estimate."""
    low, high = one.interval()
    return {
        "unit": one.unit, "estimate": one.estimate, "std_error": one.std_error, "rse": one.rse,
        "reliability": one.reliability,
        # A number of persons or households is none below zero.
        "conf_low": max(low, 0.0) if one.kind == "total" else low, "conf_high": high, "n": one.n,
        "households": one.households, "n_psu": one.n_psu, "df": one.df, "deff": one.deff,
        "n_eff": one.n_eff, "withheld": one.is_withheld, "mark": one.mark,
    }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """All tables of a round, with the frames that they were counted in."""

    area: str
    area_code: str
    year: int
    source: str
    note: str
    level: float
    tables: tuple[ProfileTable, ...]
    designs: dict[str, SurveyDesign] = field(repr=False)

    def table(self, name: str) -> ProfileTable:
        """A table by its name in ``tables.yaml``."""
        return next(table for table in self.tables if table.declared.name == name)

    def to_frame(self) -> pd.DataFrame:
        """The cells of all tables, one below the other."""
        frames = [table.to_frame() for table in self.tables if table.entries]
        return pd.concat(frames, ignore_index=True)

    def __repr__(self) -> str:
        absent = [t.declared.name for t in self.tables if not t.entries]
        return (
            f"Profile of the poor · {self.area} · March {self.year} · {self.source}\n"
            + count_of(len(self.tables) - len(absent), "table")
            + (f"; without {', '.join(absent)}" if absent else "")
        )


@checked
def poverty_profile(round_: Round, line: OneLine, *, level: float = 0.95) -> Profile:
    """The tables of a yearly poverty profile, by poverty status.

    Parameters
    ----------
    round_ : Round
    line : PovertyLine or float
        Poverty line, Rp per person per month. Status follows from the line over its correction
        factor, deciles from expenditure as it is.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Profile
        Numbers in persons or households, shares in percent of the column, within a group where the
        table has them. A table whose concept the round cannot tell holds the reason instead.

    Raises
    ------
    AbsentError
        If the round holds no spending.

    Examples
    --------
    >>> from bpsstats.microdata import read_round
    >>> from bpsstats.poverty import poverty_line
    >>> profile = poverty_profile(read_round("6471", 2022), poverty_line("6471", 2022))
    >>> cell = next(e for e in profile.table("sex").entries if (e.row, e.column) == ("male", "all"))
    >>> cell.value.households
    608
    """
    designs = _designs(round_, line)
    totals = {
        name: SurveyDesign(with_totals(design.frame), weight=WEIGHTS[name])
        for name, design in designs.items()
    }
    tables = tuple(_table(declared, designs, totals, line, level) for declared in declared_tables())
    source, note = round_.provenance.source, common_threshold(line).note
    area = round_.area
    return Profile(area.name, area.code, round_.year, source, note, level, tables, designs)


def _designs(round_: Round, line: OneLine) -> dict[str, SurveyDesign]:
    """Persons, households, and households weighted by persons, with what tables break down by."""
    refuse_absent(round_.households, WELFARE)
    households = round_.households.copy()
    spent = households[WELFARE].to_numpy()
    poor = is_poor(spent, common_threshold(line).against(spent))
    households["status"] = ordered(np.where(poor, 0, 1), list(COLUMNS["status"]))
    below = _share_below(spent, households["weight_person"].to_numpy())
    for name, ends in ENDS.items():
        # A class ends at its quantile, the smallest amount that its share does not exceed.
        place = np.searchsorted(ends, below + ROUNDING, side="right")
        households[name] = ordered(place, list(COLUMNS[name]))
    frames = {"households": households}
    if not round_.persons.empty:
        of_household = households.set_index("household")[["status", *ENDS]]
        frames["persons"] = round_.persons.join(of_household, on="household")
    for name, frame in frames.items():
        for concept in concepts().values():
            if concept.frame == name and (concept.cut or concept.of) in frame.columns:
                frame[concept.name] = classes_of(frame, concept.name)
        # Households are counted in every cell, and numbers are told apart faster than names.
        frame["household"] = pd.factorize(frame["household"])[0]
        frame.attrs = getattr(round_, name).attrs
    made = {name: SurveyDesign(frame, weight=WEIGHTS[name]) for name, frame in frames.items()}
    return {**made, "people": SurveyDesign(households, weight=WEIGHTS["people"])}


def _share_below(spent: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Share of the population that spends less, 0 to 1."""
    values, at = np.unique(spent, return_inverse=True)
    of_value = np.bincount(at, weights=weight, minlength=len(values))
    reached = np.cumsum(of_value)
    return np.asarray(((reached - of_value) / reached[-1])[at])


def _table(
    declared: Declared,
    designs: dict[str, SurveyDesign],
    totals: dict[str, SurveyDesign],
    line: OneLine,
    level: float,
) -> ProfileTable:
    """One table, or why it is not there."""
    design = designs.get(declared.of)
    if design is None:
        return ProfileTable(declared, (), "The round holds no persons.")
    frame = design.frame
    needed = [*declared.rows, *([declared.within] if declared.within else [])]
    needed += [f"{group}_month" for group in groups_of(declared)]
    for name in needed:
        if name not in frame:
            return ProfileTable(declared, (), why_not_told(frame, name))
    cells = cells_of(design, totals[declared.of], declared, line, level)
    return ProfileTable(declared, tuple(cells))
