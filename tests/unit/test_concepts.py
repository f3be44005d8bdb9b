"""The concepts of the profile: made of their questions, checked, and missed in words."""

import pandas as pd
import pytest

from bpsstats.microdata.concepts import concepts, questions
from bpsstats.microdata.layouts import known_years
from bpsstats.microdata.read import read_round

AREA = "6471"


@pytest.fixture(scope="module")
def last():
    return read_round(AREA, 2022)


def share(frame, concept, name, weight):
    return 100 * frame.loc[frame[concept] == name, weight].sum() / frame[weight].sum()


@pytest.mark.parametrize(
    ("year", "water", "sanitation"), [(2021, 99.72, 93.25), (2022, 97.19, 89.86)]
)
def test_the_shipped_rounds_meet_printed_water_and_sanitation(year, water, sanitation):
    households = read_round(AREA, year).households
    printed = {"improved_water": water, "improved_sanitation": sanitation}
    for concept, value in printed.items():
        assert round(share(households, concept, "improved", "weight_hh"), 2) == value


def test_the_poor_live_in_smaller_and_worse_dwellings(last):
    households = last.households
    low = households["expenditure_person_month"].rank(pct=True) <= 0.2
    assert (households["floor_area"] / households["size"])[low].mean() < (
        households["floor_area"] / households["size"]
    )[~low].mean()
    for concept, name in (("wall", "masonry"), ("improved_sanitation", "improved")):
        of = households[concept] == name
        assert of[low].mean() < of[~low].mean()
    assert (households["pkh"] == "yes")[low].mean() > (households["pkh"] == "yes")[~low].mean()


def test_sanitation_follows_its_three_questions_and_the_kind_of_area():
    answers = pd.DataFrame(
        [
            (1, 1, 1, 1, "improved"),
            (3, 1, 2, 1, "improved"),
            (4, 1, 1, 1, "not_improved"),
            (1, 2, 1, 1, "not_improved"),
            (1, 1, 4, 1, "not_improved"),
            (1, 1, 4, 2, "improved"),
            (6, 0, 0, 1, "not_improved"),
            (None, None, None, 1, None),
        ],
        columns=["toilet", "closet", "disposal", "urban", "class"],
    )
    found = concepts()["improved_sanitation"].classify(answers)
    assert found.astype("object").fillna("").tolist() == answers["class"].fillna("").tolist()


def test_packaged_water_is_improved_where_the_washing_water_is():
    answers = pd.DataFrame({"water": [1, 2, 3, 6, 10], "washing_water": [3, 6, 6, 3, 0]})
    found = concepts()["improved_water"].classify(answers).tolist()
    assert found == ["improved", "not_improved", "improved", "not_improved", "improved"]


def test_small_dwellings_have_up_to_7_2_square_metres_a_head():
    answers = pd.DataFrame({"floor_area": [36.0, 36.1, 7.2], "size": [5, 5, 1]})
    assert concepts()["floor_per_head"].classify(answers).tolist() == ["small", "large", "small"]


def test_the_lists_of_2019_and_2025_are_turned_into_those_between():
    roof = questions()["roof"]
    assert roof.answers(pd.Series([3.0, 4.0]), 2019).tolist() == [4, 3]
    assert roof.answers(pd.Series([4.0, 5.0, 6.0, 7.0]), 2025).tolist() == [6, 4, 5, 8]
    assert questions()["lighting"].answers(pd.Series([5.0]), 2019).tolist() == [4]
    assert questions()["floor"].answers(pd.Series([4.0, 5.0]), 2025).tolist() == [5, 6]


def test_a_round_says_in_words_which_concepts_it_cannot_tell():
    absent = read_round(AREA, 2018).households.attrs["absent"]
    assert absent["roof"] == "The layout of March 2018 has no column for roof."
    assert "marital_status" not in absent


def test_a_copy_without_a_column_lacks_the_concept_and_no_more(folder):
    folder.change("kor_household", lambda table: table.drop(columns="R1816"))
    round_ = read_round(AREA, 2022, folder.path)
    assert "lighting" not in round_.households
    reason = round_.households.attrs["absent"]["lighting"]
    assert reason == "The files of March 2022 lack column R1816 (lighting)."
    assert "roof" in round_.households


def test_a_column_of_another_question_is_found_and_left_out(folder):
    folder.change("kor_household", lambda table: table.assign(R1806=table["R1804"]))
    (finding,) = [found for found in folder.findings() if found.column == "R1806"]
    assert finding.gravity == "warning"
    assert finding.what.startswith("Answers to the question of roof are unknown")
    round_ = read_round(AREA, 2022, folder.path)
    assert "roof" not in round_.households
    assert "does not hold the answers of roof" in round_.households.attrs["absent"]["roof"]


def test_children_who_are_asked_whether_they_smoke_are_found(folder):
    def all_smoke(table):
        return table.assign(R1206="1")

    folder.change("kor_individual", all_smoke)
    (finding,) = [found for found in folder.findings() if found.column == "R1206"]
    people = folder.read("kor_individual")
    assert finding.count == int((people["R407"].astype(int) < 5).sum())


def test_a_question_in_the_second_file_of_the_roster_is_found_there(folder):
    people = folder.read("kor_individual")
    own = ["URUT", "R401", "PSU", "SSU"]
    moved = [column for column in people if column.startswith("R1")][3:]
    people[[*own, *moved]].to_csv(folder.path / "kor22ind_2_diseminasi.csv", index=False)
    folder.change("kor_individual", lambda table: table.drop(columns=moved))
    assert "smoking" in read_round(AREA, 2022, folder.path).persons


@pytest.mark.external
def test_a_roof_under_the_name_that_an_office_has_for_its_column_is_read(folder):
    before = read_round(AREA, 2022, folder.path).households["roof"]
    folder.change("kor_household", lambda table: table.rename(columns={"R1806": "R1806A"}))
    assert read_round(AREA, 2022, folder.path).households["roof"].equals(before)


def test_every_question_names_its_source_and_stands_in_a_round_that_is_known():
    for question in questions().values():
        assert question.source, question.name
        assert set(question.columns) & set(known_years()), question.name
        assert question.codes or question.letter or question.amount, question.name


def test_every_concept_has_a_name_and_classes_in_both_languages():
    for concept in concepts().values():
        assert set(concept.labels) == {"id", "en"}
        for name, spec in concept.classes.items():
            assert isinstance(name, str)
            assert {"id", "en"} <= set(spec), (concept.name, name)
