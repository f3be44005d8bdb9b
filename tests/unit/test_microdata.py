"""Reading a round: layouts, areas, classes, and every inconsistency that must be found."""

import shutil

import pandas as pd
import pytest

from bpsstats.errors import InputError, ParameterError, UnknownAreaError, UnknownYearError
from bpsstats.microdata import find_area, known_years, load_layout, read_round
from bpsstats.microdata.files.inventory import SECOND, STRATA, role_of
from bpsstats.microdata.layouts import ROLES
from bpsstats.microdata.lists.classifications import BAND_OF_DIPLOMA, DIPLOMAS, EDUCATION, code_list
from bpsstats.microdata.lists.commodities import commodities
from bpsstats.paths import project_root

SHIPPED = project_root() / "data" / "raw" / "susenas"
YEARS = range(2018, 2023)


class Folder:
    """A copy of a shipped round that a test breaks in one place."""

    def __init__(self, path, year):
        self.path, self.layout = path, load_layout(year)
        shutil.copytree(SHIPPED / f"{year}-03", path)

    def file(self, role):
        return self.path / f"{self.layout.files[role].name}.csv.gz"

    def change(self, role, edit):
        table = pd.read_csv(self.file(role), dtype=str, keep_default_na=False)
        edited = edit(table)
        (table if edited is None else edited).to_csv(self.file(role), index=False)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "2022-03", 2022)


# areas, layouts, lists


@pytest.mark.parametrize(
    "text", ["6471", 6471, "Kota Balikpapan", "balikpapan", " KOTA  BALIKPAPAN "]
)
def test_an_area_is_found_by_code_or_name(text):
    assert find_area(text).name == "Kota Balikpapan"


@pytest.mark.parametrize(
    ("text", "nearest"), [("6473", "6472"), ("Balikpapn", "Kota Balikpapan"), ("64.71", "6471")]
)
def test_an_unknown_area_is_refused_with_the_nearest(text, nearest):
    with pytest.raises(UnknownAreaError, match=nearest):
        find_area(text)


def test_an_unknown_year_is_refused_with_the_years_there_are():
    with pytest.raises(UnknownYearError, match="2018, 2019, 2020, 2021, 2022"):
        load_layout(2014)


@pytest.mark.parametrize("year", known_years())
def test_every_concept_of_a_layout_is_a_column_of_its_file(year):
    layout = load_layout(year)
    assert set(layout.files) == set(ROLES)
    assert set(layout.individual.values()) <= set(layout.files["kor_individual"].columns)
    assert set(layout.household.values()) <= set(layout.files["kor_household"].columns)
    assert all(layout.household_key in file.columns for file in layout.files.values())
    for name in layout.codes.values():
        assert code_list(name)


def test_the_columns_that_move_between_rounds_have_moved():
    assert [load_layout(y).household_key for y in (2021, 2022)] == ["RENUM", "URUT"]
    assert [load_layout(y).individual["diploma"] for y in (2021, 2022)] == ["R615", "R614"]
    assert [load_layout(y).individual["main_activity"] for y in (2018, 2019, 2020, 2023)] == [
        "R802",
        "R702",
        "R703",
        "R704",
    ]
    assert (
        code_list("diploma_22")[22]
        == code_list("diploma_25")[25]
        == code_list("diploma_22_none_first")[1]
        == "none"
    )


NAMES = [  # as seen in public code that reads real files
    (2018, "kor18ind_revisi_diseminasi.dbf", "kor_individual"),
    (2018, "kor18rt_diseminasi.dbf", "kor_household"),
    (2018, "blok41_gab_prop11-33_diseminasi.dbf", "blok41"),
    (2018, "blok42.dbf", "blok42"),
    (2018, "BLOK41_GAB_1302.sav", "blok41"),
    (2018, "BLOK42_1302.sav", "blok42"),
    (2019, "kor19ind_diseminasi_merge.dta", "kor_individual"),
    (2019, "kor19ind_2_diseminasi.csv", SECOND),
    (2019, "kor19rt_revisi1_diseminasi.dta", "kor_household"),
    (2020, "bv2_20260105_kor20ind_1.dbf", "kor_individual"),
    (2020, "bv2_2026-01-05_KOR20IND_2.DBF", SECOND),
    (2020, "blok41_51_94.dbf", "blok41"),
    (2020, "kp20blok43.dbf", "blok43"),
    (2021, "kor21ind.dta", "kor_individual"),
    (2021, "kor21rt_diseminasi.csv", "kor_household"),
    (2021, "Blok41_gab_11_31.csv", "blok41"),
    (2021, "susenas21march_42.dta", "blok42"),
    (2021, "kp21blok43.csv.gz", "blok43"),
    (2022, "BV2_20260301_KOR22IND_1.csv", "kor_individual"),
    (2022, "64_kor22ind_1_diseminasi.CSV", "kor_individual"),
    (2022, "b_34976_20260101_kor22rt (1).sav", "kor_household"),
    (2022, "64_kp22blok43.dbf", "blok43"),
    (2022, "kor21ind_1.csv", None),
    (2022, "kp21blok43.csv", None),
    (2022, "kor22ind.xlsx", None),
    (2022, "my kor22ind notes.csv", None),
    (2023, "kor23_ind_1.dta", "kor_individual"),
    (2023, "2023 Maret JABAR - SUSENAS KP BP 4.3.csv", "blok43"),
    (2023, "32_blok42_32_36.dbf", "blok42"),
    (2023, "kor_strata.sav", STRATA),
]


@pytest.mark.parametrize(("year", "name", "role"), NAMES)
def test_a_copy_is_known_by_its_name_in_any_dress(year, name, role):
    assert role_of(load_layout(year), name) == role


def test_every_diploma_has_one_band():
    assert set(BAND_OF_DIPLOMA) == set(DIPLOMAS)
    assert set(BAND_OF_DIPLOMA.values()) == set(EDUCATION)


def test_an_unknown_code_list_is_refused():
    with pytest.raises(ParameterError, match="diploma_25"):
        code_list("diploma_99")


def test_the_lists_of_commodities_have_their_numbers_of_foods():
    for name, foods in (("list_188", 188), ("list_197", 197)):
        table = commodities(name)
        food = table[table["module"] == "blok41"]
        assert food["code"].tolist() == list(range(1, foods + 1))
        layout = load_layout(2021 if foods == 188 else 2022)
        assert set(food.loc[food["level"] == "header", "code"]) == layout.food.headers


# what a round becomes


@pytest.mark.parametrize("year", YEARS)
def test_a_round_becomes_households_and_persons(year):
    round_ = read_round("6471", year)
    households, persons = round_.households, round_.persons
    assert persons.groupby("household").size().equals(households.set_index("household")["size"])
    assert households["weight_person"].sum() == pytest.approx(
        persons["weight_person"].sum(), rel=1e-12
    )
    assert not households.isna().any().any() or set(
        households.columns[households.isna().any()]
    ) <= {"head_work"}
    assert persons["education"].notna().all()
    assert persons.loc[persons["adult"], "work"].notna().all()
    assert persons.loc[~persons["adult"], "work"].isna().all()
    assert (persons.loc[persons["age"] < 5, "diploma"] == "none").all()
    assert ((persons["work"] == "not_working") == (persons["sector"] == "not_working")).all()
    assert households.attrs["observed"] == "households"
    assert households.attrs["source"] == "synthetic microdata"


def test_rounds_without_psu_say_that_it_was_rebuilt():
    assert "rebuilt" in read_round("6471", 2018).provenance.notes[0]
    assert read_round("6471", 2022).provenance.notes == ()


@pytest.mark.external
def test_a_rebuilt_design_is_used_only_when_asked_for(tmp_path):
    Folder(tmp_path / "2018-03", 2018)
    (tmp_path / "2018-03" / "source.yaml").unlink()
    with pytest.raises(InputError, match="design_fallback=True"):
        read_round("6471", 2018, tmp_path)
    round_ = read_round("6471", 2018, tmp_path, design_fallback=True)
    assert round_.households["psu"].nunique() == 64
    assert round_.provenance.source == "survey microdata"


@pytest.mark.external
def test_the_order_of_rows_does_not_matter(folder):
    for role in ROLES:
        folder.change(role, lambda t: t.sample(frac=1, random_state=3))
    shuffled, plain = read_round("6471", 2022, folder.path), read_round("6471", 2022)
    pd.testing.assert_frame_equal(shuffled.households, plain.households)
    pd.testing.assert_frame_equal(shuffled.persons, plain.persons)


@pytest.mark.external
def test_the_dialect_of_the_agency_is_read_as_well(folder):
    """Semicolons, decimal commas, points between thousands, lower case, a byte order mark."""
    for role in ROLES:
        table = pd.read_csv(folder.file(role), dtype=str, keep_default_na=False)
        numbers = table.map(
            lambda text: text.replace(".", ",") if text.replace(".", "", 1).isdigit() else text
        )
        folder.file(role).unlink()
        numbers.columns = numbers.columns.str.lower()
        path = folder.path / f"bv2_20260301_{folder.layout.files[role].name}.csv"
        numbers.to_csv(path, index=False, sep=";", encoding="utf-8-sig", lineterminator="\r\n")
    dialect, plain = read_round("6471", 2022, folder.path), read_round("6471", 2022)
    pd.testing.assert_frame_equal(dialect.households, plain.households)
    pd.testing.assert_frame_equal(dialect.persons, plain.persons)


@pytest.mark.external
def test_parts_of_a_split_block_are_read_as_one(folder):
    whole = pd.read_csv(folder.file("blok41"), dtype=str, keep_default_na=False)
    folder.file("blok41").unlink()
    whole.iloc[:9000].to_csv(folder.path / "blok41_11_31.csv", index=False)
    whole.iloc[9000:].to_csv(folder.path / "blok41_32_94.csv", index=False)
    pd.testing.assert_frame_equal(
        read_round("6471", 2022, folder.path).households, read_round("6471", 2022).households
    )


@pytest.mark.external
def test_rows_of_other_areas_are_left_out(folder):
    def with_samarinda(table):
        other = table.assign(R102="72")
        other[folder.layout.household_key] = (
            other[folder.layout.household_key].astype(int) + 500_000
        ).astype(str)
        return pd.concat([other, table])

    for role in ROLES:
        folder.change(role, with_samarinda)
    pd.testing.assert_frame_equal(
        read_round("6471", 2022, folder.path).households, read_round("6471", 2022).households
    )
    assert read_round("6472", 2022, folder.path).area.name == "Kota Samarinda"


def test_the_reader_shows_counts_and_never_a_record():
    shown = repr(read_round("6471", 2022)) + read_round("6471", 2022)._repr_html_()
    for household in read_round("6471", 2022).households["household"]:
        assert household not in shown


# what is refused: test_bad_inputs_*.py


def test_a_round_that_is_not_there_says_where_to_put_it(tmp_path):
    with pytest.raises(UnknownYearError, match="BPSSTATS_DATA"):
        read_round("6471", 2022, tmp_path / "nothing")
