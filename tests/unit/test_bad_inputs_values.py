"""Bad inputs, third part: weights, amounts, lines and codes that cannot be."""

import numpy as np
import pandas as pd
import pytest
import yaml

from bpsstats.cli import main
from bpsstats.errors import LineError
from bpsstats.microdata import read_round
from bpsstats.poverty import headcount, poor_count, poverty_line
from bpsstats.survey import SurveyDesign, estimate
from in_ci import here
from raw_folder import Bad, assert_nothing_written, assert_refused, at, each, some, times

IND, RT, B41, B42, B43 = (
    "kor22ind_1_diseminasi.csv",
    "kor22rt_diseminasi.csv",
    "blok41_gab.csv",
    "blok42.csv",
    "kp22blok43.csv",
)
SUMMARY = ("FOOD", "NONFOOD", "EXPEND", "KAPITA")
WEEK, YEAR = 7 / 30, 12.0


def edit(role, change):
    return lambda f: f.change(role, change)


def weights(factor):
    return each(
        edit("kor_individual", times(factor, "FWT")), edit("kor_household", times(factor, "FWT")),
        edit("blok43", times(factor, "WERT", "WEIND")),
    )  # fmt: skip


def alone(damage):
    """Without items, which would show it at once."""
    return each(lambda f: f.file("blok41").unlink(), lambda f: f.file("blok42").unlink(), damage)


def declared(number):
    def write(folder):
        (folder.path / "source.yaml").write_text(
            yaml.safe_dump({"population": {"6471": number}}), "utf8"
        )

    return write


def population(folder):
    return float(folder.read("kor_individual")["FWT"].astype(float).sum())


def per_person(table):
    return table.assign(
        **{
            c: (table[c].astype(float) / table["R301"].astype(float)).map("{:.6f}".format)
            for c in SUMMARY[:3]
        }
    )


REFUSED = [
    Bad("a weight missing", edit("kor_individual", at(4, "FWT", "")), IND, "FWT",
        "no positive finite", (5,)),
    Bad("a weight NaN", edit("kor_individual", at(4, "FWT", "NaN")), IND, "FWT",
        "no positive finite", (5,)),
    Bad("a weight infinite", edit("kor_individual", at(4, "FWT", "inf")), IND, "FWT",
        "no positive finite", (5,)),
    Bad("a weight negative", edit("blok43", at(4, "WERT", "-3")), B43, "WERT", "no positive finite",
        (5,)),
    Bad("a weight zero", edit("kor_household", at(4, "FWT", "0")), RT, "FWT", "no positive finite",
        (5,)),
    Bad("weights x 1,000", weights(1000), IND, "FWT", "a population that no regency or city has"),
    Bad("weights / 1,000", weights(0.001), IND, "FWT", "a population that no regency or city has"),
    Bad("a sum off the declared population", lambda f: declared(population(f) * 1.03)(f), IND,
        "FWT", "declared"),
    Bad("the household weight for the person's",
        edit("blok43", lambda t: t.assign(WEIND=t["WERT"])), B43, "WEIND",
        "other than R301 x WERT"),
    Bad("the person weight as FWT", edit("kor_household",
        lambda t: t.assign(
            FWT=(t["FWT"].astype(float) * t["R301"].astype(float)).map("{:.6f}".format))),
        RT, "FWT", "person weight"),
    Bad("another weight on a person", edit("kor_individual", at(4, "FWT", "7.5")), IND, "FWT",
        "other than WERT", (5,)),
    Bad("spending missing", edit("blok43", at(6, "EXPEND", "")), B43, "EXPEND",
        "missing, infinite or negative", (7,)),
    Bad("spending NaN", edit("blok43", at(6, "EXPEND", "NaN")), B43, "EXPEND",
        "missing, infinite or negative", (7,)),
    Bad("spending negative", edit("blok43", at(6, "FOOD", "-100")), B43, "FOOD",
        "missing, infinite or negative", (7,)),
    Bad("spending zero", edit("blok43", at(6, "EXPEND", "0")), B43, "EXPEND", "spend nothing",
        (7,)),
    Bad("spending empty throughout", alone(edit("blok43",
        lambda t: t.assign(EXPEND="", KAPITA=""))), B43, "EXPEND", "no expenditure at all"),
    Bad("a code that a spreadsheet made a day", edit("kor_individual", at(4, "R405", "4-Mar")), IND,
        "R405", "text where numbers belong", (5,)),
    Bad("a class that a spreadsheet made a day of a year",
        edit("kor_household", at(4, "R1802", "1-Mei-22")), RT, "R1802", "text where numbers belong",
        (5,)),
    Bad("an item's amount infinite", edit("blok41", at(1, "B41K10", "1e400")), B41, "B41K10",
        "text where numbers belong", (2,)),
    Bad("an item's amount negative", edit("blok41", at(1, "B41K10", "-5")), B41, "B41K10",
        "negative", (2,)),
    Bad("food above the total", edit("blok43", at(6, "EXPEND", "1000")), B43, "FOOD",
        "more on food than in all", (7,)),
    Bad("parts that do not add up", edit("blok43", at(6, "NONFOOD", "1")), B43, "EXPEND",
        "other than FOOD + NONFOOD", (7,)),
    Bad("household for per-person expenditure",
        edit("blok43", lambda t: t.assign(KAPITA=t["EXPEND"])), B43, "KAPITA",
        "other than EXPEND / R301"),
    Bad("per-person for household expenditure", edit("blok43", per_person), B43, "FOOD",
        "sum of their items"),
    Bad("weekly for monthly", edit("blok43", times(WEEK, *SUMMARY)), B43, "FOOD",
        "sum of their items"),
    Bad("weekly for monthly, without items", alone(edit("blok43", times(WEEK, *SUMMARY))), B43,
        "FOOD", "A kilocalorie costs"),
    Bad("annual for monthly", edit("blok43", times(YEAR, *SUMMARY)), B43, "FOOD",
        "sum of their items"),
    Bad("annual for monthly, without items", alone(edit("blok43", times(YEAR, *SUMMARY))), B43,
        "FOOD", "A kilocalorie costs"),
    Bad("thousands of rupiah, without items", alone(edit("blok43", times(1e-3, *SUMMARY))), B43,
        "FOOD", "A kilocalorie costs"),
    Bad("a year's items as a week's", each(lambda f: f.file("blok43").unlink(),
        edit("blok41", times(52, "B41K10"))), B41, "B41K10", "A kilocalorie costs"),
    Bad("a diploma of no list", edit("kor_individual", at(9, "R614", "77")), IND, "R614",
        "codes of diploma are unknown".capitalize(), (10,)),
    Bad("the column of the internet quota for the diploma",
        edit("kor_individual", lambda t: t.assign(R614=np.where(t["R407"].astype(int) >= 15, "5",
        "0"))), IND, "R614", "No adult"),
    Bad("the list of 2020 for that of 2022",
        edit("kor_individual", lambda t: t.assign(R614=np.where(t["R614"] == "25", "22",
        t["R614"]))), IND, "R614", "under ten hold a diploma"),
    Bad("the level for the attendance", edit("kor_individual",
        lambda t: t.assign(R610=np.where(t["R610"] == "2", "3", t["R610"]))), IND, "R610",
        "too few attend school"),
    Bad("a diploma in the cradle", edit("kor_individual",
        lambda t: t.assign(R614=np.where(t["R407"].astype(int) < 5, "13", t["R614"]))), IND, "R614",
        "Children under five"),
    Bad("diplomas of those who never went to school",
        edit("kor_individual", lambda t: t.assign(R610="1")), IND, "R610 + R614",
        "never went to school"),
    Bad("the industry for the status", edit("kor_individual", lambda t: t.assign(R706=t["R705"])),
        IND, "R706", "unknown code of status"),
    Bad("the status for the industry", edit("kor_individual", lambda t: t.assign(R705=t["R706"])),
        IND, "R705", "is a farmer"),
    Bad("yes and no for the letters of work",
        edit("kor_individual", lambda t: t.assign(R702_A=np.where(t["R702_A"] == "A", "1", "5"))),
        IND, "R702_A", "another letter"),
    Bad("an age that is none", edit("kor_individual", at(3, "R407", "12.5")), IND, "R407",
        "no whole years", (4,)),
    Bad("a sex that is none", edit("kor_individual", at(3, "R405", "0")), IND, "R405",
        "sex are unknown", (4,)),
]  # fmt: skip


HERE = {
    "a weight negative",
    "a sum off the declared population",
    "another weight on a person",
    "food above the total",
    "weekly for monthly, without items",
    "a diploma of no list",
    "an age that is none",
}


@pytest.mark.parametrize("bad", some(HERE, REFUSED), ids=str)
def test_a_value_that_cannot_be_is_refused(bad, folder, processed, capsys):
    assert_refused(bad, folder, processed, capsys)


@pytest.mark.parametrize("off", here([1.015], [0.985, 1.0, 1.015]))
def test_weights_may_be_off_the_declared_population_by_two_percent(off, folder):
    declared(population(folder) * off)(folder)
    assert folder.findings() == ()
    assert folder.findings(population=population(folder) * 1.05)[0].column == "FWT"


def test_a_declared_population_that_is_no_number_is_refused(folder, processed, capsys):
    declared("banyak")(folder)
    said = assert_nothing_written(folder, processed, capsys)
    assert "The value of 6471 is not a positive number. Where: file source.yaml, line 2." in said


def test_an_unknown_diploma_is_kept_as_a_class_and_counted(folder):
    adults = folder.read("kor_individual")["R407"].astype(int) > 20
    rows = adults[adults].index[:3]
    for row, code in zip(rows, ("98", "99", ""), strict=True):
        folder.change("kor_individual", at(row, "R614", code))
    (warning,) = folder.findings()
    assert (warning.gravity, warning.column, warning.count) == ("warning", "R614", 3)
    persons = read_round("6471", 2022, folder.path).persons
    assert (persons["diploma"] == "unknown").sum() == (persons["education"] == "unknown").sum() == 3
    assert persons["education"].notna().all()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (782.248, "no monthly line of one person"),
        (4053654, "no monthly line"),
        (-5, "positive"),
        ("x", "positive"),
    ],
)
def test_a_poverty_line_of_another_unit_is_refused(value, why, tmp_path):
    path = tmp_path / "lines.yaml"
    path.write_text(
        yaml.safe_dump({"lines": {"6471": {2022: {"value": value, "source": "BPS"}}}}), "utf8"
    )
    with pytest.raises(LineError, match=why):
        poverty_line("6471", 2022, file=path)


def test_spending_exactly_the_line_is_not_poor_to_the_last_bit(folder):
    households = read_round("6471", 2022, folder.path).households
    line = float(households["expenditure_person_month"].iloc[7])
    for z, expected in ((line, False), (np.nextafter(line, np.inf), True)):
        poor = households.assign(group=np.where(households.index == 7, "it", "others"))
        poor.attrs = households.attrs
        table = estimate(SurveyDesign(poor), [headcount(float(z))], by="group").to_frame()
        it = table[table["domain"].str.contains("it")].iloc[0]
        assert it["estimate"] == (100 if expected else 0)


@pytest.mark.parametrize(("line", "share"), [(100_000, 0.0), (2_500_000, 100.0)])
def test_nobody_poor_and_everybody_poor_are_said_without_a_false_error_of_zero(line, share, folder):
    households = read_round("6471", 2022, folder.path).households
    spent = households["expenditure_person_month"].clip(150_000, 2_400_000)
    households["expenditure_person_month"] = spent
    households.attrs["source"] = "synthetic microdata"  # of survey data nothing would be shown
    table = estimate(SurveyDesign(households), [headcount(line), poor_count(line)])
    assert table.to_frame()["estimate"].iloc[0] == share
    assert "not estimable" in repr(table)


def test_a_broken_description_of_the_data_is_refused(folder, processed, capsys):
    (folder.path / "source.yaml").write_text("a: [", "utf8")
    assert "file source.yaml, line 1" in assert_nothing_written(folder, processed, capsys)


def test_expenditure_of_block_43_that_differs_by_rounding_only_is_accepted(folder):
    folder.change(
        "blok43",
        lambda t: t.assign(
            **{c: pd.to_numeric(t[c]).round(0).map("{:.0f}".format) for c in SUMMARY}
        ),
    )
    assert folder.findings() == ()
    assert main(["estimate", "--raw", str(folder.path)]) == 0
