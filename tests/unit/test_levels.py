"""Levels: units that are mixed up are refused, and honest rounds of any area and year pass."""

import numpy as np
import pandas as pd
import pytest
import yaml

from bpsstats.microdata import check_round, read_round
from bpsstats.microdata.checks.levels import ranges, spending_levels
from bpsstats.microdata.lists.facts import line_on_file
from bpsstats.microdata.parquet_rounds import open_stored, stored_consumption, stored_frame
from bpsstats.paths import project_root
from bpsstats.synthetic import synthesize_nation
from in_ci import every
from raw_folder import each, times

AREA, YEAR = "6471", 2022
SUMMARY = ("FOOD", "NONFOOD", "EXPEND", "KAPITA")
FACTORS = {
    "thousands": 1e-3, "a year for a month": 12.0, "a year's week": 52.0, "a twelfth": 1 / 12,
    "a week for a month": 7 / 30, "30/7 once more": 30 / 7,
}  # fmt: skip
NATION, AREAS = 2022, 12


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    """Households of some areas of the synthetic nation by code, with their lines."""
    stored = open_stored(synthesize_nation(NATION, 7, tmp_path_factory.mktemp("nation"), AREAS))
    columns = ["household", "size", "food_month", "nonfood_month"]
    frame = stored_frame(stored, "households", columns)
    calories = stored_consumption(stored)["calories_day"].to_numpy()
    frame["calories_person_day"] = calories / frame["size"]
    frame["expenditure_month"] = frame["food_month"] + frame["nonfood_month"]
    codes = frame["household"].astype(str).str[:4]
    return {code: (part, stored.lines[code]) for code, part in frame.groupby(codes)}


def outside(frame, year, line):
    """Names of the levels that are outside their range."""
    limits = ranges()
    return [
        level.name
        for level in spending_levels(frame, year, line)
        if not limits[level.name][0] <= level.value <= limits[level.name][1]
    ]


def rescaled(frame, factor, *, calories):
    """All amounts times a factor."""
    money = ["food_month", "nonfood_month", "expenditure_month"]
    known = frame["calories_person_day"] if calories else np.nan
    return frame.assign(**{name: frame[name] * factor for name in money}, calories_person_day=known)


def test_rounds_of_a_dozen_areas_of_the_nation_have_levels_that_can_be(nation):
    for code, (frame, line) in nation.items():
        assert outside(frame, NATION, line) == [], code
        assert outside(frame.sample(60, random_state=1), NATION, line) == [], code


@pytest.mark.parametrize("year", range(2018, 2023))
def test_every_shipped_round_has_levels_that_can_be(year):
    round_ = read_round(AREA, year)
    assert outside(round_.households, year, line_on_file(round_.area, year)) == []
    assert round_.checks.findings == ()


@pytest.mark.parametrize("name", FACTORS)
@pytest.mark.parametrize("calories", [True, False], ids=["calories", "no calories"])
def test_a_factor_on_all_amounts_is_caught_in_every_area(name, calories, nation):
    for code, (frame, line) in nation.items():
        changed = rescaled(frame, FACTORS[name], calories=calories)
        assert outside(changed, NATION, line), code
        if calories:
            assert outside(changed, NATION, None), code


@pytest.mark.parametrize("name", FACTORS)
@pytest.mark.parametrize("year", every(4, range(2018, 2023)))
@pytest.mark.parametrize("parts", [("food",), ("nonfood",), ("food", "nonfood")], ids="+".join)
def test_a_factor_on_one_block_or_both_is_caught_without_calories_and_line(name, year, parts):
    frame = read_round(AREA, year).households.assign(calories_person_day=np.nan)
    changed = frame.assign(**{f"{p}_month": frame[f"{p}_month"] * FACTORS[name] for p in parts})
    changed["expenditure_month"] = changed["food_month"] + changed["nonfood_month"]
    assert outside(changed, year, None)


@pytest.mark.parametrize("power", [-1, 1])
def test_amounts_of_a_person_or_multiplied_by_the_size_are_caught(power, nation):
    for code, (frame, _) in nation.items():
        changed = rescaled(frame, frame["size"].astype(float) ** power, calories=False)
        assert "size_elasticity" in outside(changed, NATION, None), code


@pytest.mark.parametrize("name", FACTORS)
def test_block_43_without_items_and_calories_in_another_unit_is_refused(name, folder):
    for role in ("blok41", "blok42"):
        folder.file(role).unlink()
    each(
        lambda f: f.change("blok43", times(FACTORS[name], *SUMMARY)),
        lambda f: f.change("blok43", lambda t: t.assign(KALORI_KAP="")),
    )(folder)
    errors = check_round(AREA, YEAR, folder.path).errors
    assert errors
    assert "levels: accepted" in errors[0].remedy


@pytest.mark.parametrize(
    ("role", "columns", "factor"),
    every(
        2,
        [
            ("blok41", ("B41K10", "B41K6", "B41K8"), 30 / 7),
            ("blok41", ("B41K10", "B41K6", "B41K8", "KALORI", "B41K9"), 30 / 7),
            ("blok41", ("B41K10", "B41K6", "B41K8", "KALORI"), 1e-3),
            ("blok42", ("B42K4", "B42K5", "SEBULAN"), 1e-3),
            ("blok42", ("B42K4", "B42K5", "SEBULAN"), 12.0),
            ("blok41", ("KALORI",), 30 / 7),
        ],
    ),
)
def test_items_in_another_unit_are_refused_without_block_43(role, columns, factor, folder):
    folder.file("blok43").unlink()
    folder.change(role, times(factor, *columns))
    assert check_round(AREA, YEAR, folder.path).errors


def test_levels_that_the_user_has_looked_at_are_accepted_with_a_warning(folder):
    for role in ("blok41", "blok42"):
        folder.file(role).unlink()
    folder.change("blok43", times(7 / 30, *SUMMARY))
    assert check_round(AREA, YEAR, folder.path).errors
    (folder.path / "source.yaml").write_text("levels: accepted\n", "utf8")
    report = check_round(AREA, YEAR, folder.path)
    assert report.errors == ()
    assert any("kilocalorie" in f.what for f in report.warnings)


@pytest.mark.parametrize("power", [1, -1])
def test_the_weight_multiplied_or_divided_by_the_size_in_both_core_files_is_refused(power, folder):
    folder.file("blok43").unlink()
    sizes = folder.read("kor_household").set_index("URUT")["R301"].astype(float)

    def by_size(table):
        factor = table["URUT"].map(sizes) ** power
        return table.assign(FWT=(table["FWT"].astype(float) * factor).map("{:.6f}".format))

    for role in ("kor_individual", "kor_household"):
        folder.change(role, by_size)
    found = [f for f in check_round(AREA, YEAR, folder.path).errors if "by R301" in f.what]
    assert [f.column for f in found] == ["FWT"]


@pytest.mark.parametrize(
    ("factor", "gravity"), every(3, [(1.5, "error"), (0.5, "warning"), (1.02, None)])
)
def test_weights_are_held_against_projections_where_no_population_is_declared(
    factor, gravity, folder
):
    for role, columns in (("kor_individual", ("FWT",)), ("kor_household", ("FWT",)),
        ("blok43", ("WERT", "WEIND"))):  # fmt: skip
        folder.change(role, times(factor, *columns))
    found = [f for f in check_round(AREA, YEAR, folder.path).findings if "projection" in f.what]
    assert [f.gravity for f in found] == ([] if gravity is None else [gravity])
    population = folder.read("kor_individual")["FWT"].astype(float).sum()
    sidecar = {"population": {AREA: float(population)}}
    (folder.path / "source.yaml").write_text(yaml.safe_dump(sidecar), "utf8")
    assert not any("projection" in f.what for f in check_round(AREA, YEAR, folder.path).findings)


def test_projections_on_file_are_those_that_were_printed():
    root = project_root()
    ours = pd.read_csv(root / "data" / "raw" / "population_projections.csv", dtype=str)
    cells = pd.read_csv(root / "data" / "raw" / "published.csv", dtype=str)
    cells = cells[cells["indicator"] == "population_projection"]
    printed = {(c.area_code, c.year): float(c.printed) for c in cells.itertuples()}
    shipped = {(p.area_code, p.year): float(p.population) for p in ours.itertuples()}
    assert shipped.items() <= printed.items()
