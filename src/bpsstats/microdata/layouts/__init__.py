"""Layouts of the March rounds: one declarative file per round. A new round is a new file here, and no code."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bpsstats.errors import UnknownYearError
from bpsstats.microdata.formats import ENDINGS

HERE = Path(__file__).parent
ROLES = ("kor_individual", "kor_household", "blok41", "blok42", "blok43")
# Concepts of persons that frames are made of; a layout may describe more.
PERSON_CONCEPTS = (
    "member", "relation", "sex", "age", "literate", "attendance", "diploma", "worked", "absent", "industry", "status",
)  # fmt: skip
BLOCK_43 = ("R301", "FOOD", "NONFOOD", "EXPEND", "KAPITA", "KALORI_KAP", "WERT", "WEIND")
ITEM_COLUMNS = {"blok41": ("B41K10", "KALORI"), "blok42": ("B42K4", "B42K5")}
# Columns that can be rebuilt from others and that some programs drop or leave empty.
REBUILT = ("KAPITA", "KALORI_KAP")
# What distributors put in front of a name: a download stamp, a province code.
PREFIX = r"(bv?\d*_\d+_|b_\d+_\d+_|\d{2}_)*"


@dataclass(frozen=True, slots=True)
class FileLayout:
    """One file of a round: official name, what a copy and a second part may be called, official columns in order."""

    role: str
    name: str
    pattern: str
    second: str | None
    columns: tuple[str, ...]

    def matches(self, filename: str, endings: Sequence[str] = ENDINGS) -> bool:
        """Whether a file's name, in any case and with a distributor's prefix, is this file's.

        Examples
        --------
        >>> load_layout(2020).files["kor_individual"].matches("bv2_20260101_KOR20IND_1.csv")
        True
        """
        return _is_called(filename, self.pattern, endings)

    def matches_second(self, filename: str) -> bool:
        """Whether a file is the second part, with the questions that the first has no room for.

        Examples
        --------
        >>> load_layout(2021).files["kor_individual"].matches_second("kor21ind_2_diseminasi.dbf")
        True
        """
        return self.second is not None and _is_called(filename, self.second, ENDINGS)


def _is_called(filename: str, pattern: str, endings: Sequence[str]) -> bool:
    """Whether a name is a pattern between a distributor's prefix and a known ending."""
    name = filename.lower()
    return any(
        name.endswith(ending) and re.fullmatch(PREFIX + pattern, name.removesuffix(ending), re.IGNORECASE)
        for ending in endings
    )


@dataclass(frozen=True, slots=True)
class DesignColumns:
    """Design columns of the core files; None where the round does not release them."""

    psu: str | None
    ssu: str | None
    stratum: str | None
    weight: str
    psu_serial: str
    household_serial: str

    @property
    def is_complete(self) -> bool:
        """Whether PSU and stratum are released."""
        return self.psu is not None and self.stratum is not None


@dataclass(frozen=True, slots=True)
class FoodItems:
    """Codes of block 41."""

    commodity_list: str
    first: int
    last: int
    headers: frozenset[int]


@dataclass(frozen=True, slots=True)
class NonfoodItems:
    """Codes of block 42; `quantities` and `tenure` are rows that hold no spending."""

    commodity_list: str
    first: int
    headers: frozenset[int]
    tenure: int
    quantities: frozenset[int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that differs between rounds: files, keys, columns of concepts, code lists, item codes."""

    year: int
    household_key: str
    aliases: Mapping[str, str]
    region: Mapping[str, str]
    design: DesignColumns
    files: Mapping[str, FileLayout]
    individual: Mapping[str, str]
    household: Mapping[str, str]
    codes: Mapping[str, str]
    food: FoodItems
    nonfood: NonfoodItems

    def columns_read(self, role: str) -> tuple[str, ...]:
        """Official columns of a file that are read; of the others a copy may be short.

        Examples
        --------
        >>> load_layout(2022).columns_read("blok42")
        ('URUT', 'R101', 'R102', 'R301', 'KLP', 'KODE', 'B42K4', 'B42K5')
        """
        key, region, design = self.household_key, self.region, self.design
        if role in ITEM_COLUMNS:
            return (key, region["province"], region["regency"], "R301", "KLP", "KODE", *ITEM_COLUMNS[role])
        if role == "blok43":
            return (key, region["province"], region["regency"], *BLOCK_43)
        designed = (design.psu, design.ssu, design.stratum)
        serials = () if design.is_complete else (design.psu_serial, design.household_serial)
        concepts = (self.household["size"],) if role == "kor_household" else self._concepts()
        columns = (key, *region.values(), *concepts, *designed, *serials, design.weight)
        return tuple(dict.fromkeys(column for column in columns if column is not None))

    def _concepts(self) -> tuple[str, ...]:
        """Columns of the concepts that are read of persons."""
        return tuple(self.individual[concept] for concept in PERSON_CONCEPTS if concept in self.individual)


def known_years() -> list[int]:
    """Years with a layout."""
    return sorted(int(path.stem) for path in HERE.glob("[0-9]*.yaml"))


@cache
def load_layout(year: int) -> Layout:
    """Layout of a March round.

    Raises
    ------
    UnknownYearError
        If there is no layout for the year.

    Examples
    --------
    >>> load_layout(2022).individual["diploma"], load_layout(2021).individual["diploma"]
    ('R614', 'R615')
    """
    path = HERE / f"{year}.yaml"
    if not path.is_file():
        years = ", ".join(str(known) for known in known_years())
        raise UnknownYearError(
            f"There is no layout for the March {year} round; there are layouts for {years}. Choose one of these years, or "
            f"describe the round in a new file {year}.yaml beside the others."
        )
    document: dict[str, Any] = yaml.safe_load(path.read_text("utf8"))
    food, nonfood = document["food"], document["nonfood"]
    return Layout(
        year=document["year"],
        household_key=document["household_key"],
        aliases=document.get("aliases", {}),
        region=document["region"],
        design=DesignColumns(**document["design"]),
        files={
            role: FileLayout(role, spec["name"], spec["pattern"], spec.get("second"), tuple(spec["columns"]))
            for role, spec in document["files"].items()
        },
        # A concept that the round does not have stays out.
        individual={concept: column for concept, column in document["individual"].items() if column is not None},
        household=document["household"],
        codes=document["codes"],
        food=FoodItems(food["list"], food["first"], food["last"], frozenset(food["headers"])),
        nonfood=NonfoodItems(
            nonfood["list"],
            nonfood["first"],
            frozenset(nonfood["headers"]),
            nonfood["tenure"],
            frozenset(nonfood["quantities"]),
        ),
    )
