"""Reading a round: layouts, areas, classes, and every inconsistency that must be found."""

import shutil

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import InputError, ParameterError, UnknownAreaError, UnknownYearError
from bpsstats.microdata import check_round, find_area, known_years, load_layout, read_round
from bpsstats.microdata.classifications import BAND_OF_DIPLOMA, DIPLOMAS, EDUCATION, code_list
from bpsstats.microdata.commodities import commodities
from bpsstats.microdata.layouts import ROLES
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


def at(row, column, value):
    def edit(table):
        table.loc[row, column] = value

    return edit


# areas, layouts, lists


@pytest.mark.parametrize("text", ["6471", 6471, "Kota Balikpapan", "balikpapan", " KOTA  BALIKPAPAN "])
def test_an_area_is_found_by_code_or_name(text):
    assert find_area(text).name == "Kota Balikpapan"


@pytest.mark.parametrize(("text", "nearest"), [("6473", "6472"), ("Balikpapn", "Kota Balikpapan"), ("64.71", "6471")])
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
    assert code_list("diploma_22")[22] == code_list("diploma_25")[25] == code_list("diploma_22_none_first")[1] == "none"


@pytest.mark.parametrize("name", ["BV2_20260301_KOR22IND_1.csv", "kor22ind.csv.gz", "64_kor22ind_1_diseminasi.CSV"])
def test_a_copy_is_known_by_its_name_in_any_dress(name):
    assert load_layout(2022).files["kor_individual"].matches(name)


@pytest.mark.parametrize(
    "name", ["kor21ind_1.csv", "kor22ind_2_diseminasi.csv", "kor22ind.xlsx", "my kor22ind notes.csv"]
)
def test_another_file_is_not_taken_for_it(name):
    assert not load_layout(2022).files["kor_individual"].matches(name)


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
    assert households["weight_person"].sum() == pytest.approx(persons["weight_person"].sum(), rel=1e-12)
    assert not households.isna().any().any() or set(households.columns[households.isna().any()]) <= {"head_work"}
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


def test_a_rebuilt_design_is_used_only_when_asked_for(tmp_path):
    Folder(tmp_path / "2018-03", 2018)
    (tmp_path / "2018-03" / "source.yaml").unlink()
    with pytest.raises(InputError, match="design_fallback=True"):
        read_round("6471", 2018, tmp_path)
    round_ = read_round("6471", 2018, tmp_path, design_fallback=True)
    assert round_.households["psu"].nunique() == 64
    assert round_.provenance.source == "survey microdata"


def test_the_order_of_rows_does_not_matter(folder):
    for role in ROLES:
        folder.change(role, lambda t: t.sample(frac=1, random_state=3))
    shuffled, plain = read_round("6471", 2022, folder.path), read_round("6471", 2022)
    pd.testing.assert_frame_equal(shuffled.households, plain.households)
    pd.testing.assert_frame_equal(shuffled.persons, plain.persons)


def test_the_dialect_of_the_agency_is_read_as_well(folder):
    """Semicolons, decimal commas, points between thousands, lower case, a byte order mark."""
    for role in ROLES:
        table = pd.read_csv(folder.file(role), dtype=str, keep_default_na=False)
        numbers = table.map(lambda text: text.replace(".", ",") if text.replace(".", "", 1).isdigit() else text)
        folder.file(role).unlink()
        numbers.columns = numbers.columns.str.lower()
        path = folder.path / f"bv2_20260301_{folder.layout.files[role].name}.csv"
        numbers.to_csv(path, index=False, sep=";", encoding="utf-8-sig", lineterminator="\r\n")
    dialect, plain = read_round("6471", 2022, folder.path), read_round("6471", 2022)
    pd.testing.assert_frame_equal(dialect.households, plain.households)
    pd.testing.assert_frame_equal(dialect.persons, plain.persons)


def test_parts_of_a_split_block_are_read_as_one(folder):
    whole = pd.read_csv(folder.file("blok41"), dtype=str, keep_default_na=False)
    folder.file("blok41").unlink()
    whole.iloc[:9000].to_csv(folder.path / "blok41_11_31.csv", index=False)
    whole.iloc[9000:].to_csv(folder.path / "blok41_32_94.csv", index=False)
    pd.testing.assert_frame_equal(read_round("6471", 2022, folder.path).households, read_round("6471", 2022).households)


def test_rows_of_other_areas_are_left_out(folder):
    def with_samarinda(table):
        other = table.assign(R102="72")
        other[folder.layout.household_key] = (other[folder.layout.household_key].astype(int) + 500_000).astype(str)
        return pd.concat([other, table])

    for role in ROLES:
        folder.change(role, with_samarinda)
    pd.testing.assert_frame_equal(read_round("6471", 2022, folder.path).households, read_round("6471", 2022).households)
    assert read_round("6472", 2022, folder.path).area.name == "Kota Samarinda"


def test_the_reader_shows_counts_and_never_a_record():
    shown = repr(read_round("6471", 2022)) + read_round("6471", 2022)._repr_html_()
    for household in read_round("6471", 2022).households["household"]:
        assert household not in shown


# what is refused

CASES = {
    "a household twice": ("blok43", lambda t: pd.concat([t, t.iloc[[5]]]), "URUT", "repeat a household key"),
    "a person twice": ("kor_individual", lambda t: pd.concat([t, t.iloc[[7]]]), "URUT + R401", "repeat a household member"),
    "a household without persons": ("kor_individual", lambda t: t[t["URUT"] != t["URUT"].iloc[0]], "URUT", "lacks"),
    "persons without a household": ("kor_household", lambda t: t.iloc[1:], "URUT", "lacks"),
    "another size": ("kor_household", at(2, "R301", "19"), "R301", "size"),
    "weights of the wrong kind": ("blok43", lambda t: t.assign(WEIND=t["WERT"]), "WEIND", "R301 x WERT"),
    "a negative weight": ("blok43", at(4, "WERT", "-3"), "WERT", "no positive finite"),
    "a missing weight": ("kor_individual", at(4, "FWT", ""), "FWT", "no positive finite"),
    "another weight on persons": ("kor_individual", at(4, "FWT", "7.5"), "FWT", "other than WERT"),
    "missing spending": ("blok43", at(6, "EXPEND", ""), "EXPEND", "missing"),
    "negative spending": ("blok43", at(6, "FOOD", "-100"), "FOOD", "negative"),
    "parts that do not add up": ("blok43", at(6, "NONFOOD", "1"), "EXPEND", "FOOD"),
    "household for person": ("blok43", lambda t: t.assign(KAPITA=t["EXPEND"]), "KAPITA", "EXPEND / R301"),
    "subtotals taken for items": ("blok41", lambda t: t[t["KODE"] != "2"], "FOOD", "sum of their items"),
    "an item twice": ("blok41", lambda t: pd.concat([t, t[t["KODE"] == "66"].iloc[[0]]]), "KODE", "repeat an item"),
    "a diploma of no list": ("kor_individual", at(9, "R614", "77"), "R614", "unknown"),
    "a diploma in the cradle": (
        "kor_individual", lambda t: t.assign(R614=np.where(t["R407"].astype(float) < 5, "13", t["R614"])), "R614", "under five",
    ),
    "an unknown status": ("kor_individual", lambda t: t.assign(R706=t["R706"].replace("4", "9")), "R706", "status"),
    "a missing PSU": ("kor_household", at(3, "PSU", ""), "psu", "no psu"),
    "a PSU in two strata": ("kor_household", at(3, "STRATA", "64719"), "psu", "two strata"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_inconsistency_is_found_named_and_refused(folder, name):
    role, edit, column, words = CASES[name]
    folder.change(role, edit)
    findings = check_round("6471", 2022, folder.path).errors
    assert any(f.column == column and words in f.what for f in findings), [str(f) for f in findings]
    assert all(f.remedy for f in findings)
    with pytest.raises(InputError, match="Where: file"):
        read_round("6471", 2022, folder.path)


def test_all_that_is_wrong_is_said_in_one_go_with_the_gravest_first(folder):
    folder.change("blok43", at(6, "EXPEND", ""))
    folder.change("kor_individual", at(9, "R614", "77"))
    report = check_round("6471", 2022, folder.path)
    assert {"EXPEND", "R614"} <= {f.column for f in report.errors}
    assert [f.gravity for f in report.findings] == sorted(
        (f.gravity for f in report.findings), key=lambda g: g != "error"
    )
    with pytest.raises(InputError, match=r"more errors?: bpsstats check lists all"):
        read_round("6471", 2022, folder.path)


def test_at_most_five_rows_are_named_and_no_value(folder):
    folder.change("blok43", lambda t: t.assign(KAPITA=np.where(t.index < 9, "123456789", t["KAPITA"])))
    with pytest.raises(InputError, match=r"rows 1, 2, 3, 4, 5 and 4 more") as refused:
        read_round("6471", 2022, folder.path)
    assert "123456789" not in str(refused.value)


FILES = {
    "a missing roster": (lambda f: f.file("kor_individual").unlink(), "kor22ind_1_diseminasi is not in the folder"),
    "an empty file": (lambda f: f.file("blok43").write_bytes(b""), "empty|no table"),
    "two editions": (lambda f: shutil.copy(f.file("kor_household"), f.path / "kor22rt.csv.gz"), "Several files"),
    "a missing column": (lambda f: f.change("blok43", lambda t: t.drop(columns="EXPEND")), "lacks an official column: EXPEND"),
    "a missing column of items": (lambda f: f.change("blok41", lambda t: t.drop(columns="B41K10")), "B41K10"),
    "text for numbers": (lambda f: f.change("blok43", at(3, "FOOD", "banyak")), "text where numbers belong.*FOOD.*row 4"),
    "text for numbers in items": (lambda f: f.change("blok42", at(3, "B42K4", "banyak")), "text where numbers belong"),
    "another city": (lambda f: [f.change(r, lambda t: t.assign(R102="72")) for r in ROLES], "No household of Kota Balikpapan"),
    "a broken description": (lambda f: (f.path / "source.yaml").write_text("a: [", "utf8"), "description of the data"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_used_is_refused_with_its_name(folder, name):
    damage, words = FILES[name]
    damage(folder)
    with pytest.raises(InputError, match=words):
        read_round("6471", 2022, folder.path)


def test_a_round_that_is_not_there_says_where_to_put_it(tmp_path):
    with pytest.raises(UnknownYearError, match="BPSSTATS_DATA"):
        read_round("6471", 2022, tmp_path / "nothing")
