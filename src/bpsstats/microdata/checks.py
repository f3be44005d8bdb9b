"""What must hold in a set of files before any number is made of it. Each check says what, where and what to do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from bpsstats.errors import InputError, locate
from bpsstats.microdata.classifications import UNKNOWN_CODES, code_list
from bpsstats.microdata.derive import OfficialTables, design_columns

Gravity = Literal["error", "warning"]
# Rupiah: files carry two decimals or more, so that an honest sum is off by less than this.
RUPIAH = 1.0
# Relative: weights are printed with about six digits after the point, and single precision keeps seven digits.
RELATIVE = 1e-6
# No regency or city of Indonesia has fewer or more people.
SMALLEST_POPULATION, LARGEST_POPULATION = 5e3, 1e7
# Median Rp per kilocalorie of a regency, 2018 to 2023, with room on both sides: about 8 to 25.
CHEAPEST_CALORIE, DEAREST_CALORIE = 4.0, 80.0
DAYS = 30
HEAD = 1
# Who is asked, who can have finished primary school, whose school days are long past.
YOUNGEST_ASKED, YOUNGEST_GRADUATE, OLD = 5, 10, 60
AGES_OF_PRIMARY, FEWEST_PUPILS = (8, 11), 0.7
ENOUGH = 30  # persons on whom a share says something


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: gravity, where, how often, and the remedy. Never a value."""

    gravity: Gravity
    file: str
    column: str
    what: str
    remedy: str
    count: int
    rows: tuple[int, ...]

    @classmethod
    def of(cls, error: InputError) -> "Finding":
        """What keeps a file from being read, as a finding."""
        return cls("error", error.file or "", error.column or "", error.what, error.remedy, len(error.rows), error.rows)

    def __str__(self) -> str:
        return " ".join(
            part for part in (self.what, locate(self.file, self.column or None, self.rows), self.remedy) if part
        )


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings on the files of a round, gravest first."""

    heading: str
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that forbid estimates."""
        return tuple(finding for finding in self.findings if finding.gravity == "error")

    def to_frame(self) -> pd.DataFrame:
        """One row per finding."""
        columns = ["gravity", "file", "column", "count", "rows", "what", "remedy"]
        rows = [
            (f.gravity, f.file, f.column, f.count, ", ".join(map(str, f.rows[:5])), f.what, f.remedy)
            for f in self.findings
        ]
        return pd.DataFrame(rows, columns=columns)

    def refuse_errors(self) -> None:
        """Raise the errors as one.

        Raises
        ------
        InputError
            If there is an error; the message is the first, and says how many more there are.
        """
        if not self.errors:
            return
        first, more = self.errors[0], len(self.errors) - 1
        rest = (
            f" There {'is one more error' if more == 1 else f'are {more} more errors'}: bpsstats check lists all."
            if more
            else ""
        )
        raise InputError(
            first.what, first.remedy + rest, file=first.file or None, column=first.column or None, rows=first.rows
        )

    def __repr__(self) -> str:
        if not self.findings:
            return f"{self.heading}\nNothing wrong was found in {len(CHECKS)} checks."
        return "\n".join([self.heading, *(f"{f.gravity}: {f}" for f in self.findings)])

    def _repr_html_(self) -> str:
        if not self.findings:
            return f"<p>{self.heading}</p><p>Nothing wrong was found in {len(CHECKS)} checks.</p>"
        return f"<p>{self.heading}</p>{self.to_frame().to_html(index=False, border=0)}"


def check_tables(
    tables: OfficialTables | None, names: dict[str, str], heading: str, before: Sequence[Finding] = ()
) -> CheckReport:
    """Run every check on the tables of a round.

    Parameters
    ----------
    tables : OfficialTables, optional
        None where the roster could not be read, so that nothing can be checked.
    names : dict
        Role to file name, for the messages.
    heading : str
        First line of the report.
    before : sequence of Finding
        What was found on opening the files.
    """
    findings = [*before]
    if tables is not None:
        findings += [finding for check in CHECKS for finding in check(tables, names)]
    return CheckReport(heading, tuple(sorted(findings, key=lambda f: (f.gravity != "error", -f.count))))


Check = Callable[[OfficialTables, dict[str, str]], Iterator[Finding]]


def _found(
    bad: pd.Series, file: str, column: str, what: str, remedy: str, gravity: Gravity = "error"
) -> Iterator[Finding]:
    """A finding for the rows where `bad` holds, if any."""
    rows = tuple(int(row) for row in bad.index[bad.to_numpy(dtype=bool)])
    if rows:
        yield Finding(gravity, file, column, f"{len(rows)} {what}", remedy, len(rows), rows)


def _by_household(tables: OfficialTables) -> list[tuple[str, pd.DataFrame]]:
    """The files with one row per household that are there."""
    frames = (("kor_household", tables.household), ("blok43", tables.block43))
    return [(role, frame) for role, frame in frames if frame is not None]


def keys_are_unique(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """One row per household and per member."""
    key = tables.layout.household_key
    remedy = "Keep one row for each; a file joined twice is the usual cause."
    for role, frame in [*_by_household(tables), ("kor_individual", tables.individual)]:
        yield from _found(frame[key].isna(), names[role], key, "rows have no household key.", "Restore the key.")
    for role, frame in _by_household(tables):
        repeated = frame[key].duplicated() & frame[key].notna()
        yield from _found(repeated, names[role], key, "rows repeat a household key.", remedy)
    member = str(tables.layout.individual["member"])
    repeated = tables.individual.duplicated([key, member])
    yield from _found(repeated, names["kor_individual"], f"{key} + {member}", "rows repeat a household member.", remedy)


def files_hold_the_same_households(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Every household stands in every file."""
    key = tables.layout.household_key
    frames = dict([*_by_household(tables), ("kor_individual", tables.individual)])
    for role, frame in frames.items():
        for other, reference in frames.items():
            if other != role:
                yield from _found(
                    ~frame[key].isin(reference[key]),
                    names[role],
                    key,
                    f"rows have a household that file {names[other]} lacks.",
                    "Take all files from the same round and edition.",
                )
    core_role, core = ("kor_household", tables.household)
    if core is None:
        core_role, core = "kor_individual", tables.core
    for role, items in (("blok41", tables.food), ("blok42", tables.nonfood)):
        if items is None:
            continue
        yield from _found(
            ~core[key].isin(items.index),
            names[core_role],
            key,
            f"households have no item in file {names[role]}.",
            "Add the missing part of the file, or the file of this province.",
        )
        strange = int((~items.index.isin(core[key])).sum())
        if strange:
            what = f"{strange} households have items and are not in file {names[core_role]}."
            remedy = "Take all files from the same round; a part of another round lies in the folder."
            yield Finding("error", names[role], key, what, remedy, strange, ())


def sizes_agree(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """R301 is the number of roster rows, in every file, and one member is the head."""
    key = tables.layout.household_key
    roster = tables.individual.groupby(key).size()
    for role, frame in _by_household(tables):
        expected = frame[key].map(roster)
        bad = (frame["R301"] != expected) & expected.notna()
        remedy = "Check that no part of the roster is missing."
        yield from _found(bad, names[role], "R301", "households differ in size from their roster.", remedy)
    relation = tables.layout.individual["relation"]
    heads = (tables.individual[relation] == HEAD).groupby(tables.individual[key]).sum()
    bad = tables.individual[key].map(heads).ne(1) & ~tables.individual[key].duplicated()
    remedy = "Restore the relation to the head; a code list of another round is a possible cause."
    yield from _found(bad, names["kor_individual"], relation, "households have no head or several.", remedy)


def weights_are_sound(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Weights are positive, the same in all files, sum to a population, and WEIND is R301 x WERT."""
    layout, block43 = tables.layout, tables.block43
    key, weight = layout.household_key, layout.design.weight
    core = [("kor_individual", tables.individual)]
    if tables.household is not None:
        core.append(("kor_household", tables.household))
    weighted = [(role, frame, weight) for role, frame in core]
    if block43 is not None:
        weighted += [("blok43", block43, "WERT"), ("blok43", block43, "WEIND")]
    for role, frame, column in weighted:
        bad = ~(np.isfinite(frame[column]) & (frame[column] > 0))
        remedy = "Take the weights of the released file; do not fill them in."
        yield from _found(bad, names[role], column, "weights are no positive finite numbers.", remedy)
    population = tables.individual[weight].sum()
    if np.isfinite(population) and not SMALLEST_POPULATION <= population <= LARGEST_POPULATION:
        what = "The weights of all persons sum to a population that no regency or city has."
        remedy = "Check their unit: a person's FWT is the number of persons that the record stands for."
        yield Finding("error", names["kor_individual"], weight, what, remedy, len(tables.individual), ())
    if block43 is None:
        return
    off = ~np.isclose(block43["WEIND"], block43["R301"] * block43["WERT"], rtol=RELATIVE, atol=0, equal_nan=True)
    yield from _found(
        pd.Series(off, index=block43.index),
        names["blok43"],
        "WEIND",
        "households have WEIND other than R301 x WERT.",
        "A common cause is that the two weights were renamed or multiplied twice.",
    )
    released = block43.drop_duplicates(key).set_index(key)["WERT"]
    for role, frame in core:
        expected = frame[key].map(released)
        off = (
            ~np.isclose(frame[weight], expected, rtol=RELATIVE, atol=0) & expected.notna() & np.isfinite(frame[weight])
        )
        remedy = "Both are the household's weight; take both files from the same edition."
        yield from _found(off, names[role], weight, f"rows have {weight} other than WERT.", remedy)


def _differ(left: pd.Series, right: pd.Series) -> pd.Series:
    """Whether amounts differ by more than rounding; files of single precision round in the seventh digit."""
    return (left - right).abs() > RUPIAH + RELATIVE * right.abs()


def spending_adds_up(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Block 43 is consistent with itself and with the items, and food costs what food costs."""
    for role, items in (("blok41", tables.food), ("blok42", tables.nonfood)):
        count = 0 if items is None else int((items["repeated"] > 0).sum())
        if count:
            what = f"{count} households have an item twice."
            yield Finding("error", names[role], "KODE", what, "Remove the part that was given twice.", count, ())
    if tables.block43 is not None and tables.has_summary:
        yield from _summary_adds_up(tables, names)
    elif tables.has_spending:
        spent = tables.food["food_month"] + tables.nonfood["nonfood_month"]  # type: ignore[index]  # has_spending says so
        if (spent <= 0).any():
            what = f"{int((spent <= 0).sum())} households spend nothing at all."
            yield Finding("error", names["blok41"], "B41K10", what, "Check how the file was converted.", 1, ())
    yield from _calories_cost_what_they_cost(tables, names)


def _summary_adds_up(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Block 43 beside itself and the items."""
    frame, file, key = tables.block43, names["blok43"], tables.layout.household_key
    assert frame is not None
    for column in ("FOOD", "NONFOOD", "EXPEND"):
        bad = ~(np.isfinite(frame[column]) & (frame[column] >= 0))
        remedy = "Missing spending is not zero spending; take the household's items or leave the household to BPS."
        yield from _found(bad, file, column, "amounts are missing, infinite or negative.", remedy)
    nothing = frame["EXPEND"] == 0
    yield from _found(nothing, file, "EXPEND", "households spend nothing at all.", "Check how the file was converted.")
    off = _differ(frame["FOOD"] + frame["NONFOOD"], frame["EXPEND"])
    yield from _found(
        off, file, "EXPEND", "households have EXPEND other than FOOD + NONFOOD.", "Check the columns' units."
    )
    if frame["KAPITA"].notna().any():  # some programs drop the column; it is not read
        off = _differ(frame["EXPEND"] / frame["R301"], frame["KAPITA"]) | frame["KAPITA"].isna()
        remedy = "KAPITA is monthly and per person; check whether a household or weekly amount stands there."
        yield from _found(off, file, "KAPITA", "households have KAPITA other than EXPEND / R301.", remedy)
    for role, column, items in (
        ("blok41", "FOOD", None if tables.food is None else tables.food["food_month"]),
        ("blok42", "NONFOOD", None if tables.nonfood is None else tables.nonfood["nonfood_month"]),
    ):
        if items is None:
            continue
        summed = frame[key].map(items)
        off = _differ(frame[column], summed) & summed.notna()
        what = f"households have {column} other than the sum of their items in {names[role]}."
        remedy = "Subtotal rows taken for items, or a missing part of the file, are the usual causes."
        yield from _found(off, file, column, what, remedy)


def _calories_cost_what_they_cost(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Rupiah per kilocalorie tell a weekly or yearly amount from a monthly one, and rupiah from thousands."""
    frame = tables.block43
    if frame is None or not tables.has_summary or not frame["KALORI_KAP"].notna().any():
        return
    per_day = frame["FOOD"] / frame["R301"] / DAYS
    price = float((per_day / frame["KALORI_KAP"]).median())
    if np.isfinite(price) and not CHEAPEST_CALORIE <= price <= DEAREST_CALORIE:
        what = "A kilocalorie costs more or less than food does in any regency."
        remedy = "FOOD is Rp per household and month, KALORI_KAP kcal per person and day; check for weekly or yearly amounts."
        yield Finding("error", names["blok43"], "FOOD", what, remedy, len(frame), ())


def codes_are_known(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Codes stand in the round's lists."""
    layout, frame, file = tables.layout, tables.individual, names["kor_individual"]
    remedy = "A list of another round is the usual cause: the codes of diplomas and work move between years."
    diploma = layout.individual["diploma"]
    unknown = frame[diploma].isin(UNKNOWN_CODES)
    what, kept = "persons have an unknown diploma (98, 99).", "They are kept as a class of their own and counted."
    yield from _found(unknown, file, diploma, what, kept, "warning")
    for concept in ("sex", "relation", "attendance", "diploma"):
        column, known = layout.individual[concept], {0, *code_list(layout.codes[concept])}
        bad = ~frame[column].fillna(0).isin(known) & ~(unknown if concept == "diploma" else False)
        yield from _found(bad, file, column, f"codes of {concept} are unknown.", remedy)
    working = (frame[layout.individual["worked"]] == "A") | (frame[layout.individual["absent"]] == 1)
    for concept in ("status", "industry"):
        column = layout.individual[concept]
        bad = working & ~frame[column].isin(list(code_list(layout.codes[concept])))
        yield from _found(bad, file, column, f"working persons have an unknown code of {concept}.", remedy)
    age = frame[layout.individual["age"]]
    yield from _found(
        ~(age.between(0, 120) & (age % 1 == 0)),
        file,
        layout.individual["age"],
        "ages are no whole years.",
        "Restore them.",
    )


def code_lists_fit_the_data(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """A list of another round, or a column that moved, shows in who has which class."""
    layout, frame, file = tables.layout, tables.individual, names["kor_individual"]
    remedy = "The column or its list moved between rounds; see the columns of each round in data/README.md."
    age, column = frame[layout.individual["age"]], layout.individual["diploma"]
    diploma = frame[column].fillna(0).map(code_list(layout.codes["diploma"]))
    for limit, whom in ((YOUNGEST_ASKED, "children under five"), (YOUNGEST_GRADUATE, "children under ten")):
        bad = (age < limit) & (age >= (0 if limit == YOUNGEST_ASKED else YOUNGEST_ASKED))
        bad &= (diploma != "none") & diploma.notna()
        yield from _found(bad, file, column, f"{whom} hold a diploma.", remedy)
    old = diploma[(age >= OLD) & diploma.notna()]
    if len(old) >= ENOUGH and old.isin(["none", "sd"]).mean() < old.isin(["diploma", "university"]).mean():
        what = "Of the old more have a degree than primary school or nothing."
        yield Finding("error", file, column, what, remedy, len(old), ())
    column = layout.individual["attendance"]
    attends = frame[column].map(code_list(layout.codes["attendance"])) == "attending"
    pupils = attends[age.between(*AGES_OF_PRIMARY)]
    if len(pupils) >= ENOUGH and pupils.mean() < FEWEST_PUPILS:
        what = f"Of the children of {AGES_OF_PRIMARY[0]} to {AGES_OF_PRIMARY[1]} too few attend school."
        yield Finding("error", file, column, what, remedy, len(pupils), ())


def design_is_whole(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Every household has a PSU and a stratum, and a PSU lies in one stratum."""
    columns = design_columns(tables.core, tables.layout)
    frame = pd.DataFrame(columns)
    file = names["kor_household" if tables.household is not None else "kor_individual"]
    for column in ("psu", "stratum"):
        yield from _found(
            frame[column].isna(), file, column, f"households have no {column}.", "Restore the design columns."
        )
    strata = frame.groupby("psu")["stratum"].nunique()
    split = frame["psu"].isin(strata.index[strata > 1])
    yield from _found(split, file, "psu", "households lie in a PSU that stands in two strata.", "Check PSU and R105.")
    psus = frame.groupby("stratum")["psu"].nunique()
    lone = frame["stratum"].isin(psus.index[psus == 1])
    yield from _found(
        lone,
        file,
        "stratum",
        "households lie in a stratum of a single PSU.",
        'Estimates need SurveyDesign(..., lone_psu="merge") or "centre".',
        "warning",
    )
    if tables.household is not None:
        yield from _persons_share_the_design(tables, names)


def _persons_share_the_design(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """A person lies in the PSU and stratum of the household."""
    assert tables.household is not None
    key = tables.layout.household_key
    of_household = pd.DataFrame(design_columns(tables.household, tables.layout))
    of_household = of_household.set_index(tables.household[key].to_numpy())
    of_household = of_household[~of_household.index.duplicated()]
    of_person = design_columns(tables.individual, tables.layout)
    for column in ("psu", "stratum"):
        expected = tables.individual[key].map(of_household[column])
        bad = (of_person[column] != expected) & expected.notna()
        yield from _found(
            bad,
            names["kor_individual"],
            column,
            f"persons have another {column} than their household.",
            "Take both files from the same edition.",
        )


CHECKS: tuple[Check, ...] = (
    keys_are_unique,
    files_hold_the_same_households,
    sizes_agree,
    weights_are_sound,
    spending_adds_up,
    codes_are_known,
    code_lists_fit_the_data,
    design_is_whole,
)
