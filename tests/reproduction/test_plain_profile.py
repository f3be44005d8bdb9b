"""The profile of a round beside one computed in plain pandas from the definitions of an office:
every percent the same.
"""

import csv

import pytest

from bpsstats.cli import main
from bpsstats.microdata import read_round
from bpsstats.paths import published_file, raw_dir
from bpsstats.poverty import PovertyLine, poverty_line
from bpsstats.poverty.profile.declared import declared_tables
from bpsstats.poverty.profile.tables import poverty_profile
from reproduction.plain_profile import PlainProfile

AREA = "6471"
# Tables that an office does not print, or that another table here holds.
NOT_OF_AN_OFFICE = {
    "insurance_kind", "toilet", "food_share_of_sums", "nonfood_groups", "near_line",
    "household_line", "mean_size", "water_by_decile", "water_by_group",
}  # fmt: skip
FACTOR = 0.93


def compared(folder, year, line):
    """Percents that differ, and the tables that were compared."""
    profile = poverty_profile(read_round(AREA, year, folder), line)
    plain = PlainProfile(folder, year, line.value, line.factor).cells
    ours = {
        (t.declared.name, e.sex, e.within, e.concept, e.row, e.column): e.value.estimate
        for t in profile.tables
        for e in t.entries
        if e.value is not None and e.value.n > 0
    }
    different = {
        key: (ours.get(key), value)
        for key, value in plain.items()
        if key not in ours or abs(ours[key] - value) > 1e-9
    }
    # What plain pandas does not find has no record behind it.
    of_plain = {key[0] for key in plain}
    more = {k: v for k, v in ours.items() if k[0] in of_plain and k not in plain and abs(v) > 1e-9}
    more = {k: v for k, v in more.items() if k[4] != "nonfood"}
    return different | more, of_plain


def of_an_office():
    return {table.name for table in declared_tables()} - NOT_OF_AN_OFFICE


@pytest.mark.parametrize("factor", [1.0, FACTOR])
def test_the_shipped_round_gives_the_tables_of_an_office(factor):
    line = poverty_line(AREA, 2022, factor=factor)
    different, tables = compared(raw_dir() / "susenas" / "2022-03", 2022, line)
    assert different == {}
    assert tables == of_an_office()


@pytest.fixture(scope="module")
def later(tmp_path_factory):
    """Rounds in the layouts of 2024 and 2025, both fitted to the printed figures of 2024."""
    folder = tmp_path_factory.mktemp("later")
    with published_file().open(encoding="utf8", newline="") as file:
        header, *rows = csv.reader(file)
    year = header.index("year")
    again = [[*row[:year], "2025", *row[year + 1 :]] for row in rows if row[:2] == [AREA, "2024"]]
    with (folder / "targets.csv").open("w", encoding="utf8", newline="") as file:
        csv.writer(file).writerows([header, *rows, *again])
    command = ["synthesize", "--area", AREA, "--years", "2024-2025", "--out", str(folder)]
    assert main([*command, "--targets", str(folder / "targets.csv")]) == 0
    return folder


@pytest.mark.external
@pytest.mark.parametrize("year", [2024, 2025])
def test_rounds_in_the_layouts_of_2024_and_2025_give_the_tables_of_an_office(later, year):
    known = poverty_line(AREA, 2024)
    line = PovertyLine(known.value, AREA, known.area, year, "as of 2024", factor=FACTOR)
    different, tables = compared(later / f"{year}-03", year, line)
    assert different == {}
    assert tables == of_an_office()
