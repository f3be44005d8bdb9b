"""The shipped rounds: made again byte for byte, honest about what they are, and sound in every
household.
"""

import gzip
import hashlib

import numpy as np
import pandas as pd
import pytest
import yaml

from bpsstats.microdata import load_layout, read_round
from bpsstats.paths import project_root
from bpsstats.published import published
from bpsstats.synthetic import Targets, make_round
from bpsstats.synthetic.write import csv_bytes
from in_ci import here

YEARS = range(2018, 2023)
SUSENAS = project_root() / "data" / "raw" / "susenas"
CENT = 0.01  # rupiah: files carry six decimals
MOST_BYTES = 12_000_000


def sidecar(year):
    return yaml.safe_load((SUSENAS / f"{year}-03" / "source.yaml").read_text("utf8"))


def official(year, role):
    return pd.read_csv(
        SUSENAS / f"{year}-03" / f"{load_layout(year).files[role].name}.csv.gz", dtype={"SSU": str}
    )


@pytest.mark.parametrize("year", here([2022], YEARS))
def test_the_generator_makes_the_shipped_files_again(year):
    about = sidecar(year)
    targets = Targets.from_figures(about["targets"])
    tables = make_round("6471", year, targets, about["seed"])
    for role, table in tables.items():
        shipped = SUSENAS / f"{year}-03" / f"{load_layout(year).files[role].name}.csv.gz"
        assert gzip.decompress(shipped.read_bytes()) == csv_bytes(table), role


@pytest.mark.parametrize("year", YEARS)
def test_the_sidecar_says_what_the_files_are(year):
    about = sidecar(year)
    assert about["kind"] == "synthetic"
    assert about["targets"]["poor_count"] == published("6471", year).figures()["poor_count"]
    files = {path.name for path in (SUSENAS / f"{year}-03").glob("*.csv.gz")}
    assert files == set(about["sha256"])
    for name, digest in about["sha256"].items():
        assert hashlib.sha256((SUSENAS / f"{year}-03" / name).read_bytes()).hexdigest() == digest


def test_the_rounds_are_small_enough_to_ship():
    assert sum(path.stat().st_size for path in SUSENAS.rglob("*") if path.is_file()) < MOST_BYTES


@pytest.mark.parametrize("year", YEARS)
def test_every_household_adds_up(year):
    """From the official columns, not through the reader."""
    layout = load_layout(year)
    key = layout.household_key
    block43 = official(year, "blok43").set_index(key)
    food, other = official(year, "blok41"), official(year, "blok42")
    food = food[(food["KLP"] != 0) & ~food["KODE"].isin(layout.food.headers)]
    left_out = [*layout.nonfood.headers, *layout.nonfood.quantities, layout.nonfood.tenure]
    other = other[(other["KLP"] != 0) & ~other["KODE"].isin(left_out)]
    week = food.groupby(key)["B41K10"].sum()
    month = other.groupby(key)[["B42K4", "B42K5"]].sum()
    assert ((week * 30 / 7 - block43["FOOD"]).abs() < CENT).all()
    assert ((month["B42K4"] + month["B42K5"] / 12 - block43["NONFOOD"]).abs() < CENT).all()
    assert ((block43["FOOD"] + block43["NONFOOD"] - block43["EXPEND"]).abs() < CENT).all()
    assert ((block43["EXPEND"] / block43["R301"] - block43["KAPITA"]).abs() < CENT).all()
    np.testing.assert_allclose(block43["WEIND"], block43["R301"] * block43["WERT"], rtol=1e-12)
    roster = official(year, "kor_individual").groupby(key).size()
    pd.testing.assert_series_equal(roster, block43["R301"].loc[roster.index], check_names=False)
    assert not food.duplicated([key, "KODE"]).any()


@pytest.mark.parametrize("year", YEARS)
def test_the_files_have_the_official_columns_and_subtotals(year):
    layout = load_layout(year)
    for role, file in layout.files.items():
        columns = list(official(year, role).columns)
        # Beside the columns of the layout stand those of questions on living conditions.
        assert [column for column in columns if column in file.columns] == list(file.columns)
        assert all(column.startswith("R") for column in set(columns) - set(file.columns))
    assert set(official(year, "blok41").query("KLP == 0")["KODE"]) <= set(layout.food.headers)
    assert (official(year, "blok41")["KLP"] == 0).mean() > 0.15


@pytest.mark.parametrize("year", YEARS)
def test_the_sample_has_the_shape_of_a_city_round(year):
    households = read_round("6471", year).households
    blocks = households.groupby("psu").size()
    assert len(blocks) == 64
    assert blocks.max() == 10
    assert 5 <= blocks.min() < 10
    assert households["psu"].str.len().eq(9).all()
    assert households["ssu"].str.len().eq(15).all()
    assert set(households["stratum"]) == {"64711", "64712"}
    weights = households["weight_hh"]
    assert 0.38 < weights.std() / weights.mean() < 0.50
    within = weights.groupby(households["psu"]).agg(lambda w: w.std() / w.mean())
    assert 0.2 < within.median() < 0.33


@pytest.mark.parametrize("year", YEARS)
def test_the_population_total_is_exact(year):
    weights = official(year, "kor_individual")["FWT"]
    micro = (weights * 1e6).round().astype("int64").sum()
    assert micro == round(sidecar(year)["targets"]["population"]) * 1_000_000


@pytest.mark.parametrize("year", YEARS)
def test_no_change_to_a_weight_made_a_poor_household_absurd(year):
    households = read_round("6471", year).households
    line = sidecar(year)["targets"]["poverty_line"]
    poor = households["expenditure_person_month"] < line
    assert 10 <= poor.sum() <= 20
    assert households.loc[poor, "weight_hh"].max() < 8 * households["weight_hh"].median()
