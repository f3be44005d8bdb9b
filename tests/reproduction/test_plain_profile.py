"""The profile of a round beside one computed in plain pandas from the definitions of an office:
every percent the same, and its standard error that of R.
"""

import csv
import math
from unittest import mock

import pytest

from bpsstats.cli import main
from bpsstats.microdata import read_round
from bpsstats.paths import published_file, raw_dir
from bpsstats.poverty import PovertyLine, poverty_line
from bpsstats.poverty.profile.declared import declared_tables
from bpsstats.poverty.profile.tables import poverty_profile
from bpsstats.synthetic.parameters import parameters
from known_answer.oracle import AGREEMENT
from reproduction.plain_profile import BY_DECILE, PlainProfile

AREA, REGENCY = "6471", "6401"  # a city, and a regency half of whose blocks are rural
# Tables that an office does not print, or that another table here holds.
NOT_OF_AN_OFFICE = {
    "insurance_kind", "toilet", "food_share_of_sums", "near_line", "household_line", "mean_size",
    "water_by_group",
}  # fmt: skip
FACTOR = 0.93
CANDIDATES = 12  # samples drawn, in place of hundreds


def percents(profile):
    """All percents of a profile that rest on records, by what they are of."""
    return {
        (t.declared.name, e.sex, e.within, e.concept, e.row, e.column): e.value
        for t in profile.tables
        for e in t.entries
        if e.value is not None and e.value.n > 0
    }


def compared(profile, plain):
    """Percents that differ, and the tables that were compared."""
    ours = {key: value.estimate for key, value in percents(profile).items()}
    different = {
        key: (ours.get(key), value)
        for key, value in plain.cells.items()
        if key not in ours or abs(ours[key] - value) > 1e-9
    }
    # What plain pandas does not find has no record behind it.
    of_plain = {key[0] for key in plain.cells}
    more = {
        k: v for k, v in ours.items() if k[0] in of_plain and k not in plain.cells and abs(v) > 1e-9
    }
    more = {k: v for k, v in more.items() if k[4] != "nonfood"}
    return different | more, of_plain


def errors_that_differ(profile, plain, folder):
    """Percents or standard errors that are not those of R, and the tables that were compared."""
    ours, of_r = percents(profile), plain.errors(folder)
    # Of deciles R has its answers in tests/known_answer/profile.
    wanted = {key: of_r[key] for key in plain.cells if key[0] != BY_DECILE}
    different = {}
    for key, (percent, error) in wanted.items():
        value = ours[key]
        is_same = value.estimate == pytest.approx(percent, rel=AGREEMENT, abs=1e-12)
        if math.isfinite(value.std_error):
            is_same &= value.std_error == pytest.approx(error, rel=AGREEMENT, abs=1e-12)
        else:  # one PSU, nobody or everybody: R has an error of nothing
            is_same &= value.n_psu < 2 or error == pytest.approx(0, abs=1e-9)
        if not is_same:
            different[key] = (value.estimate, value.std_error, percent, error)
    return different, {key[0] for key in wanted}


def of_an_office(year):
    """Names of the tables; of 2025 the groups of block 42 are not known, and it says so."""
    unknown = {"nonfood_groups"} if year == 2025 else set()
    return {table.name for table in declared_tables()} - NOT_OF_AN_OFFICE - unknown


@pytest.mark.parametrize("factor", [1.0, FACTOR])
def test_the_shipped_round_gives_the_tables_of_an_office(factor):
    line, folder = poverty_line(AREA, 2022, factor=factor), raw_dir() / "susenas" / "2022-03"
    plain = PlainProfile(folder, 2022, line.value, line.factor)
    different, tables = compared(poverty_profile(read_round(AREA, 2022, folder), line), plain)
    assert different == {}
    assert tables == of_an_office(2022)


@pytest.fixture(scope="module", params=[AREA, REGENCY])
def later(request, tmp_path_factory):
    """An area's rounds in the layouts of 2024 and 2025, both fitted to the printed figures of
    2024.
    """
    area, folder = request.param, tmp_path_factory.mktemp("later")
    with published_file().open(encoding="utf8", newline="") as file:
        header, *rows = csv.reader(file)
    year = header.index("year")
    again = [[*row[:year], "2025", *row[year + 1 :]] for row in rows if row[:2] == [area, "2024"]]
    with (folder / "targets.csv").open("w", encoding="utf8", newline="") as file:
        csv.writer(file).writerows([header, *rows, *again])
    command = ["synthesize", "--area", area, "--years", "2024-2025", "--out", str(folder)]
    with mock.patch.dict(parameters()["sample"], candidates=CANDIDATES):
        assert main([*command, "--targets", str(folder / "targets.csv")]) == 0
    return area, folder


@pytest.mark.external
@pytest.mark.parametrize("year", [2024, 2025])
def test_rounds_in_the_layouts_of_2024_and_2025_give_the_tables_of_an_office(later, year, tmp_path):
    area, folder = later
    known = poverty_line(area, 2024)
    line = PovertyLine(known.value, area, known.area, year, "as of 2024", factor=FACTOR)
    round_ = read_round(area, year, folder / f"{year}-03")
    is_rural = round_.households.drop_duplicates("psu")["urban"].mean() < 0.7
    assert is_rural == (area == REGENCY)
    profile = poverty_profile(round_, line)
    plain = PlainProfile(folder / f"{year}-03", year, line.value, line.factor)
    different, tables = compared(profile, plain)
    assert different == {}
    assert tables == of_an_office(year)
    different, tables = errors_that_differ(profile, plain, tmp_path)
    assert different == {}
    assert tables == of_an_office(year) - {BY_DECILE}
