"""The shipped rounds in every dress: the frames and the estimates are the same to the last bit."""

from functools import cache
from itertools import product
from pathlib import Path

import dbfread
import pandas as pd
import pyreadstat
import pytest

import bpsstats as bps
from bpsstats.microdata import load_layout, read_round
from bpsstats.microdata.layouts import ROLES
from bpsstats.paths import project_root
from in_ci import here
from table_files import typed, write

SHIPPED = project_root() / "data" / "raw" / "susenas"
AREA = "6471"
YEARS = range(2018, 2023)
DRESSES = ("dialect", "dbf", "sav", "dta-118")
# The round without PSU and stratum in one dress, and the last in a dress of each kind of reader.
KEPT = [(2022, "dialect")]
# Rounds before 2020 were released without PSU and stratum.
REBUILT = {2018, 2019}


def tables(year):
    """The files of a round as text, by role."""
    layout = load_layout(year)
    return {
        layout.files[role].name: pd.read_csv(
            SHIPPED / f"{year}-03" / f"{layout.files[role].name}.csv.gz",
            dtype=str,
            keep_default_na=False,
        )
        for role in ROLES
    }


@cache
def shipped(year):
    """A round as it is shipped, and its estimates."""
    round_ = read(year)
    return round_, estimates(round_, bps.poverty_line(AREA, year))


def read(year, raw=None):
    return read_round(AREA, year, raw, design_fallback=year in REBUILT)


def estimates(round_, line):
    """Every estimate with its error, at full precision."""
    statistics = [
        bps.poor_count(line),
        bps.headcount(line),
        bps.poverty_gap(line),
        bps.severity(line),
    ]
    return bps.estimate(bps.SurveyDesign(round_.households), statistics).to_frame()


@pytest.mark.parametrize(("year", "dress"), here(KEPT, product(YEARS, DRESSES)))
def test_a_round_in_another_dress_gives_the_same_bits(year, dress, tmp_path):
    folder = tmp_path / f"{year}-03"
    folder.mkdir()
    for name, table in tables(year).items():
        write(table, dress, folder / name)
    (expected, figures), found = shipped(year), read(year, folder)
    pd.testing.assert_frame_equal(found.households, expected.households, check_exact=True)
    pd.testing.assert_frame_equal(found.persons, expected.persons, check_exact=True)
    again = estimates(found, bps.poverty_line(AREA, year))
    pd.testing.assert_frame_equal(again, figures, check_exact=True)


@pytest.mark.parametrize("year", [2018, 2022])
def test_what_the_tests_write_is_what_other_readers_read(year, tmp_path):
    """Else a mistake of the writer and of the reader could make up for each other."""
    for name, table in tables(year).items():
        n = min(len(table), 500)
        part = table.head(n)
        as_numbers = typed(part)
        rows = list(dbfread.DBF(write(part, "dbf", tmp_path / name), encoding="latin-1"))
        assert [list(row) for row in rows] == [list(part.columns)] * n
        by_dbfread = pd.DataFrame(rows)
        by_pandas = pd.read_stata(write(part, "dta-118", tmp_path / name))
        by_pyreadstat, _ = pyreadstat.read_sav(str(write(part, "sav", tmp_path / name)))
        for other in (by_dbfread, by_pandas, by_pyreadstat):
            for column in part:
                if as_numbers[column].dtype == float:
                    assert (other[column].astype(float) == as_numbers[column]).all()
                else:
                    assert (other[column].fillna("").str.strip() == part[column].str.strip()).all()


def test_the_folder_of_the_second_reader_is_no_part_of_the_package():
    """dbfread returns a part of a damaged file without a word; it may check the tests, and nothing
    else.
    """
    package = Path(bps.__file__).parent
    assert not [
        path.name for path in package.rglob("*.py") if "import dbfread" in path.read_text("utf8")
    ]
