"""Rounds of later years: the same households in their columns, codes and files give the same
estimates; a year of one's own is a file beside the data.
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from bpsstats.errors import InputError, UnknownYearError
from bpsstats.microdata import check_round, known_years, load_layout, read_items, read_round
from bpsstats.microdata.files.inventory import SECOND, role_of
from bpsstats.microdata.layouts import HERE, ROLES, Layout
from bpsstats.microdata.lists.classifications import code_list
from bpsstats.microdata.lists.commodities import commodities
from in_ci import in_ci
from raw_folder import RawFolder
from table_files import write

AREA = "6471"
# Who is in the second file of persons of 2025, and what each file is called and ends in.
WORK = ["R705", "R706"]
FILES = {
    2024: ("sav", {
        "kor_individual": "64_ssn_202403_kor_ind", "kor_household": "64_ssn_202403_kor_rt",
        "blok41": "64_ssn_202403_kp41", "blok42": "64_ssn_202403_kp42",
        "blok43": "64_ssn_202403_kp43",
    }),
    2025: ("dbf", {
        "kor_individual": "6471-ssn202503-kor-ind-1", "kor_household": "6471-ssn202503-kor-rt",
        "blok41": "6471-ssn202503-kp-blok41", "blok42": "6471-ssn202503-kp-blok42",
        "blok43": "6471-ssn202503-kp-blok43",
    }),
}  # fmt: skip


def _moved(table: pd.DataFrame, role: str, before: Layout, after: Layout) -> pd.DataFrame:
    """A file of one round in the columns and codes of another."""
    if role.startswith("blok4") and role != "blok43":
        code = commodities(after.items(role).commodity_list).set_index("code_197")["code"]
        for column in ("KODE", "KLP"):  # a group is marked by the code of its header
            new = table[column].astype(int).map(code).fillna(0).astype(int)
            table = table.assign(**{column: new.astype(str)})
    if role == "kor_individual":
        relation = before.individual["relation"]
        codes = {name: code for code, name in code_list(after.codes["relation"]).items()}
        old = table[relation].astype(int).map(code_list(before.codes["relation"]))
        table = table.assign(**{relation: old.replace("other_kin", "other").map(codes).astype(str)})
    concepts = {"kor_individual": "individual", "kor_household": "household"}.get(role)
    names = {} if concepts is None else getattr(before, concepts)
    new_names = {} if concepts is None else getattr(after, concepts)
    told = {names[concept]: column for concept, column in new_names.items()}
    gone = [column for column in names.values() if column not in told]
    # A column of another question may bear the new name; it would stand there twice.
    taken = [c for c in set(told.values()) - set(told) if c in table and c not in gone]
    return table.drop(columns=[*gone, *taken]).rename(columns=told)


@pytest.fixture(scope="module", params=map(in_ci, sorted(FILES)))
def later(request, tmp_path_factory):
    """The year, its folder, and the round of 2022 that the files hold."""
    year = request.param
    small = RawFolder(tmp_path_factory.mktemp("before") / "2022-03")
    kind, names = FILES[year]
    path = tmp_path_factory.mktemp("after") / f"{year}-03"
    path.mkdir()
    for role in ROLES:
        table = _moved(small.read(role), role, small.layout, load_layout(year))
        if year == 2025 and role == "kor_individual":
            second = table[["R101", "R102", "R105", "URUT", "R401", *WORK]]
            # The parts need not stand in the same order.
            write(second.iloc[::-1], kind, path / names[role].replace("-1", "-2"))
            table = table.drop(columns=WORK)
        write(table, kind, path / names[role])
    return year, path, read_round(AREA, 2022, small.path)


def test_households_and_persons_of_2024_and_2025_come_back_as_they_were(later):
    year, path, before = later
    after = read_round(AREA, year, path)
    groups_of_42 = [f"{group}_month" for group in load_layout(2022).groups("blok42")]
    kept = before.households.drop(columns=groups_of_42 if year == 2025 else [])
    # A question that one of the two rounds does not have is a column of the other only.
    both = [column for column in kept if column in after.households]
    assert len(both) > 25
    pd.testing.assert_frame_equal(after.households[both], kept[both], rtol=1e-6, check_flags=False)
    persons, same = after.persons, before.persons
    relation = same["relation"].astype("str").replace("other_kin", "other")
    assert (persons["relation"].astype("str") == relation).all()
    both = [column for column in same if column in persons and column != "relation"]
    assert len(both) > 20
    pd.testing.assert_frame_equal(persons[both], same[both], rtol=1e-6, check_flags=False)


def test_what_is_inferred_is_said_in_the_provenance(later):
    year, path, _ = later
    notes = [n for n in read_round(AREA, year, path).provenance.notes if n.startswith("Inferred")]
    inferred = load_layout(year).inferred
    assert len(notes) == len(inferred)
    assert bool(notes) == (year == 2025)
    assert all(any(what in note for note in notes) for what in inferred)


def test_single_goods_are_refused_where_their_codes_are_not_known(later):
    year, path, _ = later
    if year == 2025:
        with pytest.raises(UnknownYearError, match=r"list_225.*by group of food only"):
            read_items(AREA, year, path)
    else:
        assert (read_items(AREA, year, path)["value_month"] > 0).all()


@pytest.mark.external
def test_a_relation_that_the_inferred_list_does_not_have_is_refused(later, tmp_path):
    year, path, _ = later
    folder = tmp_path / path.name
    shutil.copytree(path, folder, ignore=shutil.ignore_patterns("processed"))
    kind, names = FILES[year]
    first = folder / f"{names['kor_individual']}.{kind}"
    table = pd.DataFrame({"R101": ["64"], "R102": ["71"], "R105": ["1"], "R403": ["10"]})
    layout = load_layout(year)
    for column in layout.files["kor_individual"].columns:
        table[column] = table.get(column, pd.Series(["1"]))
    write(table.drop(columns=WORK, errors="ignore") if year == 2025 else table, kind,
          first.with_suffix(""))  # fmt: skip
    found = check_round(AREA, year, folder).errors
    assert any(f.column == layout.individual["relation"] for f in found)


@pytest.mark.parametrize(
    ("year", "name", "role"),
    [
        (2024, "ssn202403_kor_ind1.dbf", "kor_individual"),
        (2024, "64_ssn_202403_kor_ind1.sav", "kor_individual"),
        (2024, "ssn202403_kor_ind2.dbf", SECOND),
        (2024, "ssn202403_kp_blok41_11_31.dbf", "blok41"),
        (2024, "32_ssn_202403_kp_blok43.dbf", "blok43"),
        (2024, "ssn202403_mig.dbf", None),
        (2024, "6471-ssn202503-kor-rt.dbf", None),
        (2025, "1707-ssn202503-kor-ind-2.dbf", SECOND),
        (2025, "64_ssn202503_kor_rt (1).sav", "kor_household"),
        (2025, "2024_blok42.csv", None),
    ],
)
def test_the_names_of_2024_and_2025_are_known_in_any_dress(year, name, role):
    assert role_of(load_layout(year), name) == role


def test_the_columns_of_2025_are_those_of_the_files_of_an_office():
    layout = load_layout(2025)
    told = {name: layout.individual[name] for name in ("literate", "attendance", "diploma")}
    assert told == {"literate": "R608", "attendance": "R611", "diploma": "R615"}
    assert (layout.individual["industry"], layout.individual["status"]) == ("R705", "R706")
    assert layout.household["tenure"] == "R1602"
    assert code_list(layout.codes["relation"])[4] == "child"


# a year of one's own


def _own(folder: Path, of: int, **changes: object) -> Path:
    """A layout beside the data: that of 2022 under another year."""
    document = yaml.safe_load((HERE / "2022.yaml").read_text("utf8")) | {"year": of} | changes
    path = folder / "layouts" / f"{of}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document), "utf8")
    return path


@pytest.fixture
def own_folder(folder, tmp_path):
    """A raw folder that holds the files of 2022 as those of a year far away."""
    folder.path.rename(tmp_path / "2099-03")
    return tmp_path


def test_a_layout_beside_the_data_is_a_new_year_without_code(own_folder):
    with pytest.raises(UnknownYearError, match=r"layouts/2099\.yaml beside your data"):
        read_round(AREA, 2099, own_folder)
    _own(own_folder, 2099)
    assert 2099 in known_years(own_folder)
    assert 2099 not in known_years()
    assert len(read_round(AREA, 2099, own_folder).households) > 100


def test_a_layout_beside_the_data_comes_first_and_a_change_of_it_is_seen(own_folder):
    _own(own_folder, 2099)
    first = read_round(AREA, 2099, own_folder)
    _own(own_folder, 2099, inferred={"all of it": "March 2022"})
    second = read_round(AREA, 2099, own_folder)
    assert not any("all of it" in note for note in first.provenance.notes)
    assert any("all of it, from March 2022" in note for note in second.provenance.notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("year: 2099", "lacks 'household_key'"),
        ("year: [", "no YAML"),
        ("- a list", "form of a layout"),
        (None, "of March 2098 by its own words"),
    ],
)
def test_a_file_that_is_no_layout_is_named_in_one_paragraph(own_folder, text, words):
    path = _own(own_folder, 2099, year=2098)
    if text is not None:
        path.write_text(text, "utf8")
    with pytest.raises(InputError, match=words) as caught:
        read_round(AREA, 2099, own_folder)
    assert caught.value.file.startswith("2099.yaml")
