"""Declarations of the tables of the profile: who is counted, by what (``tables.yaml``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bpsstats.files import read_yaml
from bpsstats.microdata.concepts import concepts
from bpsstats.microdata.lists.commodities import GROUPS, commodities

LANGUAGES = ("id", "en")
UNKNOWN = "unknown"
Labels = Mapping[str, str]
# What the columns of a table are: classes and their names.
COLUMNS: dict[str, dict[str, Labels]] = {
    "status": {"poor": {"id": "Miskin", "en": "Poor"},
               "non_poor": {"id": "Tidak miskin", "en": "Not poor"}},
    "decile": {f"d{i}": {"id": f"Desil {i}", "en": f"Decile {i}"} for i in range(1, 11)},
    "group_40_40_20": {"low_40": {"id": "40% terbawah", "en": "Lowest 40%"},
                       "middle_40": {"id": "40% menengah", "en": "Middle 40%"},
                       "top_20": {"id": "20% teratas", "en": "Top 20%"}},
}  # fmt: skip
GROUPS_OF_TABLES: dict[str, Labels] = {
    "poverty": {"id": "Kemiskinan", "en": "Poverty"},
    "people": {"id": "Penduduk dan rumah tangga", "en": "People and households"},
    "education": {"id": "Pendidikan", "en": "Education"},
    "work": {"id": "Pekerjaan", "en": "Work"},
    "health": {"id": "Kesehatan", "en": "Health"},
    "dwelling": {"id": "Tempat tinggal", "en": "Dwelling"},
    "spending": {"id": "Pengeluaran", "en": "Spending"},
    "assistance": {"id": "Bantuan sosial", "en": "Social assistance"},
    "by_spending": {"id": "Menurut desil pengeluaran", "en": "By decile of spending"},
}
# Tables of the yearbook "Data dan Informasi Kemiskinan Kabupaten/Kota", and of whom each is.
YEARBOOK: dict[str, Labels] = {
    "education": {"id": "Pendidikan yang ditamatkan, 15+", "en": "Education completed, 15+"},
    "participation": {"id": "Partisipasi sekolah, 7-12 dan 13-15", "en": "School participation"},
    "literacy": {"id": "Angka melek huruf, 15-44", "en": "Literacy, 15-44"},
    "work": {"id": "Status bekerja, 15+", "en": "Employment status, 15+"},
    "sector": {"id": "Sektor bekerja, 15+", "en": "Sector of work, 15+"},
    "food_share": {"id": "Pengeluaran untuk makanan", "en": "Share of food in spending"},
    "floor_area": {"id": "Luas lantai per kapita", "en": "Floor area per head"},
    "water": {"id": "Air layak", "en": "Decent water"},
    "toilet": {"id": "Jamban sendiri atau bersama", "en": "Own or shared toilet"},
    "food_assistance": {"id": "Penerima BPNT/Program Sembako", "en": "Food assistance"},
}
ALL: Labels = {"id": "Semua", "en": "All"}
SEXES: dict[str, Labels] = {
    "both": {"id": "", "en": ""},
    "male": {"id": "laki-laki", "en": "men"},
    "female": {"id": "perempuan", "en": "women"},
}
SUMMARY: dict[str, Labels] = {
    "food": {"id": "Makanan", "en": "Food"},
    "nonfood": {"id": "Bukan makanan", "en": "Other than food"},
}
POVERTY: dict[str, Labels] = {
    "poor_count": {"id": "Jumlah penduduk miskin", "en": "Number of poor persons"},
    "headcount": {"id": "P0 (persen)", "en": "P0 (percent)"},
    "poverty_gap": {"id": "P1 (persen)", "en": "P1 (percent)"},
    "severity": {"id": "P2 (persen)", "en": "P2 (percent)"},
    "just_above:1.2": {
        "id": "Di atas garis sampai 1,2 kali garis (persen)",
        "en": "Above the line, up to 1.2 lines (percent)",
    },
    "just_above:1.5": {
        "id": "Rentan: di atas garis sampai 1,5 kali garis (persen)",
        "en": "Vulnerable: above the line, up to 1.5 lines (percent)",
    },
    "household_line": {
        "id": "Garis kemiskinan rumah tangga (Rp/rumah tangga/bulan)",
        "en": "Line of a poor household (Rp per household and month)",
    },
    "mean:size": {"id": "Rata-rata anggota rumah tangga", "en": "Mean members of a household"},
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One table as it is declared; see ``tables.yaml``."""

    name: str
    group: str
    of: str
    titles: Labels
    covers: str = ""
    yearbook: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    within: str = ""
    where: tuple[tuple[str, Any], ...] = ()
    columns: str = "status"
    by_sex: bool = False
    measures: str = ""
    amounts: str = ""


@cache
def declared_tables() -> tuple[Declared, ...]:
    """All tables, in the order in which they are printed.

    Examples
    --------
    >>> declared_tables()[1].titles["en"]
    'Population by sex'
    """
    document = read_yaml(Path(__file__).with_name("tables.yaml"))
    return tuple(
        Declared(
            spec.pop("name"), spec.pop("group"), spec.pop("of"),
            {lang: spec.pop(lang) for lang in LANGUAGES}, rows=tuple(spec.pop("rows", ())),
            yearbook=tuple(spec.pop("yearbook", ())),
            where=tuple(spec.pop("where", {}).items()), **spec,
        )
        for spec in document
    )  # fmt: skip


def office_numbers(declared: Declared) -> set[int]:
    """Numbers of a table among the 69 of the working files of an office.

    Examples
    --------
    >>> age = next(each for each in declared_tables() if each.name == "age")
    >>> office_numbers(age)
    {3, 4, 5}
    """
    ends = [part.partition("-") for part in declared.covers.replace(",", " ").split()]
    whole = [(int(low), int(high or low)) for low, _, high in ends if low.isdigit()]
    return {number for low, high in whole for number in range(low, high + 1)}


def labels_of(concept: str) -> dict[str, Labels]:
    """Class to its names, of a concept, of the columns of a table, or of a group of amounts.

    Examples
    --------
    >>> labels_of("blok41")["tubers"]["en"]
    'Tubers'
    """
    if concept in COLUMNS:
        return COLUMNS[concept]
    if concept == "summary":
        return SUMMARY
    if concept in GROUPS:
        return _labels_of_groups(concept)
    unknown = {UNKNOWN: {"id": "Tidak diketahui", "en": "Unknown"}}
    return dict(concepts()[concept].classes) | unknown


@cache
def _labels_of_groups(module: str) -> dict[str, Labels]:
    """Names of the groups of a block, from the headers of the list of commodities."""
    table = commodities("list_197")
    headers = table[(table["module"] == module) & (table["level"] == "header")].sort_values("code")
    return {
        group: {lang: _plain(header[f"name_{lang}"]) for lang in LANGUAGES}
        for group, (_, header) in zip(GROUPS[module], headers.iterrows(), strict=True)
    }


def _plain(header: str) -> str:
    """A header without its letter and its range of rows."""
    name = header.split(" [")[0].split(" (header")[0]
    return (name[3:] if name[1:3] == ". " else name).capitalize()
