"""What must hold in a set of files before any number is made of it. Each check says what, where and what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from bpsstats.errors import InputError, locate
from bpsstats.microdata.classifications import code_list
from bpsstats.microdata.derive import OfficialTables, design_columns

Gravity = Literal["error", "warning"]
# Rupiah: files carry two decimals or more, so that an honest sum is off by less than this.
RUPIAH = 1.0
# Relative: weights are printed with about six digits after the point.
RELATIVE = 1e-6


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

    def __str__(self) -> str:
        return f"{self.what} {locate(self.file, self.column or None, self.rows)} {self.remedy}"


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
        rest = f" {more} more errors: bpsstats check lists all." if more else ""
        raise InputError(first.what, first.remedy + rest, file=first.file, column=first.column or None, rows=first.rows)

    def __repr__(self) -> str:
        if not self.findings:
            return f"{self.heading}\nNothing wrong was found in {len(CHECKS)} checks."
        return "\n".join([self.heading, *(f"{f.gravity}: {f}" for f in self.findings)])

    def _repr_html_(self) -> str:
        if not self.findings:
            return f"<p>{self.heading}</p><p>Nothing wrong was found in {len(CHECKS)} checks.</p>"
        return f"<p>{self.heading}</p>{self.to_frame().to_html(index=False, border=0)}"


def check_tables(tables: OfficialTables, names: dict[str, str], heading: str) -> CheckReport:
    """Run every check on the tables of a round.

    Parameters
    ----------
    tables : OfficialTables
    names : dict
        Role to file name, for the messages.
    heading : str
        First line of the report.
    """
    findings = [finding for check in CHECKS for finding in check(tables, names)]
    return CheckReport(heading, tuple(sorted(findings, key=lambda f: (f.gravity != "error", -f.count))))


Check = Callable[[OfficialTables, dict[str, str]], Iterator[Finding]]


def _found(
    bad: pd.Series, file: str, column: str, what: str, remedy: str, gravity: Gravity = "error"
) -> Iterator[Finding]:
    """A finding for the rows where `bad` holds, if any."""
    rows = tuple(int(row) for row in bad.index[bad.to_numpy(dtype=bool)])
    if rows:
        yield Finding(gravity, file, column, f"{len(rows)} {what}", remedy, len(rows), rows)


def keys_are_unique(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """One row per household and per member."""
    key = tables.layout.household_key
    remedy = "Keep one row for each; a file joined twice is the usual cause."
    for role, frame in (("kor_household", tables.household), ("blok43", tables.block43)):
        yield from _found(frame[key].isna(), names[role], key, "rows have no household key.", "Restore the key.")
        repeated = frame[key].duplicated() & frame[key].notna()
        yield from _found(repeated, names[role], key, "rows repeat a household key.", remedy)
    member = str(tables.layout.individual["member"])
    repeated = tables.individual.duplicated([key, member])
    yield from _found(repeated, names["kor_individual"], f"{key} + {member}", "rows repeat a household member.", remedy)


def files_hold_the_same_households(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Every household stands in every file."""
    key = tables.layout.household_key
    frames = {"kor_household": tables.household, "kor_individual": tables.individual, "blok43": tables.block43}
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
    block43 = tables.block43
    for role, items in (("blok41", tables.food), ("blok42", tables.nonfood)):
        yield from _found(
            ~block43[key].isin(items.index),
            names["blok43"],
            key,
            f"households have no item in file {names[role]}.",
            "Add the missing part of the file, or the file of this province.",
        )


def sizes_agree(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """R301 is the number of roster rows, in every file."""
    key = tables.layout.household_key
    roster = tables.individual.groupby(key).size()
    for role, frame in (("kor_household", tables.household), ("blok43", tables.block43)):
        expected = frame[key].map(roster)
        bad = (frame["R301"] != expected) & expected.notna()
        remedy = "Check that no part of the roster is missing."
        yield from _found(bad, names[role], "R301", "households differ in size from their roster.", remedy)


def weights_are_sound(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Weights are positive, the same in all files, and WEIND is R301 x WERT."""
    layout, block43 = tables.layout, tables.block43
    key, weight = layout.household_key, layout.design.weight
    weighted = (
        ("kor_household", tables.household, weight),
        ("kor_individual", tables.individual, weight),
        ("blok43", block43, "WERT"),
        ("blok43", block43, "WEIND"),
    )
    for role, frame, column in weighted:
        bad = ~(np.isfinite(frame[column]) & (frame[column] > 0))
        remedy = "Take the weights of the released file; do not fill them in."
        yield from _found(bad, names[role], column, "weights are no positive finite numbers.", remedy)
    off = ~np.isclose(block43["WEIND"], block43["R301"] * block43["WERT"], rtol=RELATIVE, atol=0, equal_nan=True)
    yield from _found(
        pd.Series(off, index=block43.index),
        names["blok43"],
        "WEIND",
        "households have WEIND other than R301 x WERT.",
        "A common cause is that the two weights were renamed or multiplied twice.",
    )
    released = block43.drop_duplicates(key).set_index(key)["WERT"]
    for role, frame in (("kor_household", tables.household), ("kor_individual", tables.individual)):
        expected = frame[key].map(released)
        off = (
            ~np.isclose(frame[weight], expected, rtol=RELATIVE, atol=0) & expected.notna() & np.isfinite(frame[weight])
        )
        remedy = "Both are the household's weight; take both files from the same edition."
        yield from _found(off, names[role], weight, f"rows have {weight} other than WERT.", remedy)


def spending_adds_up(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Block 43 is consistent with itself and with the items."""
    frame, file, key = tables.block43, names["blok43"], tables.layout.household_key
    for column in ("FOOD", "NONFOOD", "EXPEND"):
        bad = ~(np.isfinite(frame[column]) & (frame[column] >= 0))
        remedy = "Missing spending is not zero spending; take the household's items or leave the household to BPS."
        yield from _found(bad, file, column, "amounts are missing, infinite or negative.", remedy)
    nothing = frame["EXPEND"] == 0
    yield from _found(nothing, file, "EXPEND", "households spend nothing at all.", "Check how the file was converted.")
    off = (frame["FOOD"] + frame["NONFOOD"] - frame["EXPEND"]).abs() > RUPIAH
    yield from _found(
        off, file, "EXPEND", "households have EXPEND other than FOOD + NONFOOD.", "Check the columns' units."
    )
    off = (frame["EXPEND"] / frame["R301"] - frame["KAPITA"]).abs() > RUPIAH
    remedy = "KAPITA is monthly and per person; check whether a household or weekly amount stands there."
    yield from _found(
        off | frame["KAPITA"].isna(), file, "KAPITA", "households have KAPITA other than EXPEND / R301.", remedy
    )
    for role, column, items in (
        ("blok41", "FOOD", tables.food["food_month"]),
        ("blok42", "NONFOOD", tables.nonfood["nonfood_month"]),
    ):
        summed = frame[key].map(items)
        off = ((frame[column] - summed).abs() > RUPIAH) & summed.notna()
        what = f"households have {column} other than the sum of their items in {names[role]}."
        remedy = "Subtotal rows taken for items, or a missing part of the file, are the usual causes."
        yield from _found(off, file, column, what, remedy)
    for role, repeated in (("blok41", tables.food["repeated"]), ("blok42", tables.nonfood["repeated"])):
        count = int((repeated > 0).sum())
        if count:
            what = f"{count} households have an item twice."
            yield Finding("error", names[role], "KODE", what, "Remove the part that was given twice.", count, ())


def codes_are_known(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Codes stand in the round's lists; small children hold no diploma."""
    layout, frame, file = tables.layout, tables.individual, names["kor_individual"]
    remedy = "A list of another round is the usual cause: the codes of diplomas and work move between years."
    for concept in ("sex", "relation", "attendance", "diploma"):
        column, known = layout.individual[concept], {0, *code_list(layout.codes[concept])}
        yield from _found(
            ~frame[column].fillna(0).isin(known), file, column, f"codes of {concept} are unknown.", remedy
        )
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
    diploma = frame[layout.individual["diploma"]].fillna(0).map(code_list(layout.codes["diploma"]))
    bad = (age < 5) & (diploma != "none") & diploma.notna()
    yield from _found(bad, file, layout.individual["diploma"], "children under five hold a diploma.", remedy)


def design_is_whole(tables: OfficialTables, names: dict[str, str]) -> Iterator[Finding]:
    """Every household has a PSU and a stratum, and a PSU lies in one stratum."""
    columns = design_columns(tables.household, tables.layout)
    frame = pd.DataFrame(columns)
    file = names["kor_household"]
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


CHECKS: tuple[Check, ...] = (
    keys_are_unique,
    files_hold_the_same_households,
    sizes_agree,
    weights_are_sound,
    spending_adds_up,
    codes_are_known,
    design_is_whole,
)
