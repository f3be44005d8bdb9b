"""Layouts of the March rounds: one declarative file per round. A new round is a new file, here or
beside the data, and no code.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from bpsstats.errors import InputError, UnknownYearError
from bpsstats.microdata.concepts import columns_of
from bpsstats.microdata.described import ANYTHING, read_described
from bpsstats.microdata.formats import ENDINGS
from bpsstats.microdata.layouts.names import is_called
from bpsstats.microdata.lists.commodities import codes_of_groups
from bpsstats.paths import facts_files, facts_folders, state_of

HERE = Path(__file__).parent
OWN = "layouts"  # folder of a user's own beside the data
ROLES = ("kor_individual", "kor_household", "blok41", "blok42", "blok43")
# Concepts of persons that frames are made of; a layout may describe more.
PERSON_CONCEPTS = (
    "member", "relation", "sex", "age", "literate", "attendance", "diploma", "worked", "absent",
    "industry", "status",
)  # fmt: skip
BLOCK_43 = ("R301", "FOOD", "NONFOOD", "EXPEND", "KAPITA", "KALORI_KAP", "WERT", "WEIND")
WEEKS_PER_MONTH = (30, 7)  # BPS: a month of food is 30/7 weeks
MONTHS_PER_YEAR = 12
# Columns that can be rebuilt from others and that some programs drop or leave empty.
REBUILT = ("KAPITA", "KALORI_KAP")


@dataclass(frozen=True, slots=True)
class FileLayout:
    """One file of a round: official name, what a copy and a second part may be called, official
    columns in order.
    """

    role: str
    name: str
    pattern: str
    second: str | None
    columns: tuple[str, ...]
    aliases: Mapping[str, str]

    def matches(self, filename: str, endings: Sequence[str] = ENDINGS) -> bool:
        """Whether a file's name, in any case and with a distributor's prefix, is this file's.

        Examples
        --------
        >>> load_layout(2020).files["kor_individual"].matches("bv2_20260101_KOR20IND_1.csv")
        True
        >>> load_layout(2023).files["blok43"].matches("2023 Maret JABAR - SUSENAS KP BP 4.3.csv")
        True
        """
        return is_called(filename, self.pattern, endings)

    def matches_second(self, filename: str) -> bool:
        """Whether a file is the second part, with the questions that the first has no room for.

        Examples
        --------
        >>> load_layout(2021).files["kor_individual"].matches_second("kor21ind_2_diseminasi.dbf")
        True
        """
        return self.second is not None and is_called(filename, self.second, ENDINGS)


@dataclass(frozen=True, slots=True)
class DesignColumns:
    """Design columns of the core files; None where the round does not release them.

    `elsewhere` names the columns that a copy may hold all the same, and `strata_file` what a file
    of strata is called.
    """

    psu: str | None
    ssu: str | None
    stratum: str | None
    weight: str
    psu_serial: str
    household_serial: str
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    strata_file: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether PSU and stratum are there."""
        return self.psu is not None and self.stratum is not None

    def is_strata_file(self, filename: str) -> bool:
        """Whether a file holds the strata that the core files lack."""
        return self.strata_file is not None and is_called(filename, self.strata_file, ENDINGS)

    def found_in(self, columns: Collection[str]) -> "DesignColumns":
        """The columns that a copy holds, where the round does not release them."""
        found = {kind: name for kind, name in self.elsewhere.items() if name in columns}
        psu, ssu, stratum = (
            found.get(kind, getattr(self, kind)) for kind in ("psu", "ssu", "stratum")
        )
        return replace(self, psu=psu, ssu=ssu, stratum=stratum)


@dataclass(frozen=True, slots=True)
class Items:
    """Codes and recall of block 41 or 42; `left_out` are the rows that hold no spending of their
    own.

    `recall` names the columns: value and calories of a week; or month, year, and the average that
    stands for both. `quantity` is the column of what was eaten in a week, in the commodity's unit,
    and `parts` are the columns whose sum is the value. `subtotals` are the marks of the group's
    column on rows that are left out, where the codes of headers are not known.
    """

    commodity_list: str
    first: int
    last: int | None
    headers: frozenset[int]
    tenure: int | None
    quantities: frozenset[int]
    recall: Mapping[str, str]
    month_in_weeks: tuple[int, int]
    year_in_months: int
    quantity: str | None
    parts: tuple[str, ...]
    subtotals: tuple[int, ...]

    @property
    def amounts(self) -> dict[str, str]:
        """Name to column of all that tells what an item cost: recall, quantity, parts.

        Examples
        --------
        >>> list(load_layout(2022).food.amounts)
        ['value', 'calories', 'quantity', 'bought', 'own']
        """
        quantity = {} if self.quantity is None else {"quantity": self.quantity}
        return {**self.recall, **quantity, **dict(zip(("bought", "own"), self.parts, strict=False))}

    @property
    def left_out(self) -> frozenset[int]:
        """Codes of subtotals, quantities and the tenure."""
        return (
            self.headers | self.quantities | (frozenset() if self.tenure is None else {self.tenure})
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that differs between rounds: files, keys, columns of concepts, code lists, item
    codes, recall.

    `inferred` says of what no source quotes for the round what it is taken from.
    """

    year: int
    household_key: str
    region: Mapping[str, str]
    design: DesignColumns
    files: Mapping[str, FileLayout]
    individual: Mapping[str, str]
    household: Mapping[str, str]
    codes: Mapping[str, str]
    alternatives: Mapping[str, Sequence[str]]
    group: str
    subtotal: int
    food: Items
    nonfood: Items
    inferred: Mapping[str, str]

    def items(self, role: str) -> Items:
        """Codes of block 41 or 42."""
        return self.food if role == "blok41" else self.nonfood

    def groups(self, role: str) -> Mapping[str, Sequence[int]]:
        """Codes of each group of block 41 or 42; empty where the round's headers are not known."""
        items = self.items(role)
        return codes_of_groups(items.commodity_list, role) if items.headers else {}

    def columns_read(self, role: str) -> tuple[str, ...]:
        """Official columns of a file that are read; of the others a copy may be short.

        Examples
        --------
        >>> load_layout(2022).columns_read("blok42")
        ('URUT', 'R101', 'R102', 'R301', 'KLP', 'KODE', 'B42K4', 'B42K5', 'SEBULAN')
        """
        key, region, design = self.household_key, self.region, self.design
        if role in ("blok41", "blok42"):
            return (
                key,
                *self.area_columns,
                "R301",
                self.group,
                "KODE",
                *self.items(role).amounts.values(),
            )
        designed = (design.psu, design.ssu, design.stratum, *design.elsewhere.values())
        serials = () if design.is_complete else (design.psu_serial, design.household_serial)
        if role == "blok43":
            of_core = [column for column in (*designed, *serials) if column is not None]
            return tuple(dict.fromkeys([key, *region.values(), *BLOCK_43, *of_core]))
        concepts = (self.household["size"],) if role == "kor_household" else self._concepts()
        asked = columns_of(role, self.year).values()
        columns = (key, *region.values(), *concepts, *asked, *designed, *serials, design.weight)
        return tuple(dict.fromkeys(column for column in columns if column is not None))

    def optional(self, role: str) -> frozenset[str]:
        """Columns among those read that a copy may lack."""
        recall = self.items(role).recall
        if role == "blok41":
            told = self.food.amounts.values()
            return frozenset({self.group, "R301", *told} - {recall["value"]})
        if role == "blok42":
            return frozenset({self.group, "R301", *recall.values()})
        if role == "blok43":  # the core files have region and design, and alone it needs its own
            own = {self.household_key, *self.area_columns, *BLOCK_43} - set(REBUILT)
            return frozenset({*REBUILT, *self.columns_read(role)} - own)
        # The serial names a household in its block, and only SSU is made of it.
        asked = set(columns_of(role, self.year).values()) - set(self._concepts())
        return frozenset(
            {*REBUILT, *asked, *self.design.elsewhere.values(), self.design.household_serial}
        )

    @property
    def area_columns(self) -> tuple[str, str]:
        """Columns of province and regency."""
        return self.region["province"], self.region["regency"]

    def _concepts(self) -> tuple[str, ...]:
        """Columns of the concepts that are read of persons."""
        return tuple(
            self.individual[concept] for concept in PERSON_CONCEPTS if concept in self.individual
        )


def known_years(raw: str | Path | None = None) -> list[int]:
    """Years with a layout, the user's own among them."""
    own = [path for folder in facts_folders(raw) for path in folder.glob(f"{OWN}/[0-9]*.yaml")]
    return sorted({int(path.stem) for path in (*HERE.glob("[0-9]*.yaml"), *own)})


def layout_file(year: int, raw: str | Path | None = None) -> Path:
    """The file that describes a round: the user's ``layouts/<year>.yaml`` beside the data, or else
    the project's, which need not be there.
    """
    return next(iter(facts_files(f"{OWN}/{year}.yaml", raw)), HERE / f"{year}.yaml")


def load_layout(year: int, raw: str | Path | None = None) -> Layout:
    """Layout of a March round, the user's own before the project's.

    Parameters
    ----------
    year : int
    raw : path, optional
        Folder of raw files, as of `read_round`; its ``layouts/<year>.yaml`` comes first.

    Raises
    ------
    UnknownYearError
        If there is no layout for the year.
    InputError
        If the user's own is no layout; the file is named.

    Examples
    --------
    >>> load_layout(2022).individual["diploma"], load_layout(2021).individual["diploma"]
    ('R614', 'R615')
    """
    path = layout_file(year, raw)
    if not path.is_file():
        years = ", ".join(str(known) for known in known_years(raw))
        raise UnknownYearError(
            f"There is no layout for the March {year} round; there are layouts for {years}. Choose"
            f" one of these years, or describe the round in a file {OWN}/{year}.yaml beside your"
            " data, in the form of the others."
        )
    layout = _read_layout(path, state_of(path))
    if layout.year != year:
        what = f"The layout is of March {layout.year} by its own words."
        raise InputError(what, "Name the file for the year that it describes.", file=path.name)
    return layout


@cache
def _read_layout(path: Path, _state: tuple[int, int]) -> Layout:
    """A file as a layout, read once for each state of it."""
    document = read_described(path, ANYTHING)
    try:
        return _layout(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        lacks = isinstance(error, KeyError)
        what = f"The layout lacks {error}." if lacks else "The file is not in the form of a layout."
        remedy = "Start from a copy of the layout of a neighbouring year."
        raise InputError(what, remedy, file=path.name) from error


def _layout(document: dict[str, Any]) -> Layout:
    """A layout as its file declares it."""
    everywhere = document.get("aliases", {})
    return Layout(
        year=document["year"],
        household_key=document["household_key"],
        region=document["region"],
        design=DesignColumns(**document["design"]),
        files={
            role: FileLayout(
                role,
                spec["name"],
                spec["pattern"],
                spec.get("second"),
                tuple(spec["columns"]),
                everywhere | spec.get("aliases", {}),
            )
            for role, spec in ((role, document["files"][role]) for role in ROLES)
        },
        # A concept that the round does not have stays out.
        individual={
            concept: column
            for concept, column in document["individual"].items()
            if column is not None
        },
        household=document["household"],
        codes=document["codes"],
        alternatives=document.get("alternatives", {}),
        group=document["subtotals"]["column"],
        subtotal=document["subtotals"]["value"],
        food=_items(document["food"]),
        nonfood=_items(document["nonfood"]),
        inferred=document.get("inferred", {}),
    )


def _items(spec: dict[str, Any]) -> Items:
    """Codes and recall of a block of items."""
    recall = dict(spec["recall"])
    weeks, months = (
        recall.pop("month_in_weeks", WEEKS_PER_MONTH),
        recall.pop("year_in_months", MONTHS_PER_YEAR),
    )
    return Items(
        spec["list"],
        spec["first"],
        spec.get("last"),
        frozenset(spec.get("headers", ())),
        spec.get("tenure"),
        frozenset(spec.get("quantities", ())),
        recall,
        (weeks[0], weeks[1]),
        months,
        spec.get("quantity"),
        tuple(spec.get("parts", ())),
        tuple(spec.get("subtotals", ())),
    )
