"""Bad inputs, second part: columns, keys, editions, parts, and rows that are no items."""

import shutil

import numpy as np
import pandas as pd
import pytest

from bpsstats.cli import main
from bpsstats.errors import InputError
from bpsstats.microdata import read_round
from bpsstats.microdata.files import raw
from bpsstats.microdata.layouts import ROLES
from raw_folder import Bad, assert_nothing_written, assert_refused, at, some

IND, RT, B41, B42, B43 = (
    "kor22ind_1_diseminasi.csv",
    "kor22rt_diseminasi.csv",
    "blok41_gab.csv",
    "blok42.csv",
    "kp22blok43.csv",
)


def drop(role, *columns):
    return lambda f: f.change(role, lambda t: t.drop(columns=list(columns)))


def rename(role, old, new):
    return lambda f: f.change(role, lambda t: t.rename(columns={old: new}))


def edit(role, change):
    return lambda f: f.change(role, change)


def copy(role, name, change=lambda table: table):
    return lambda f: change(f.read(role)).to_csv(f.path / name, index=False)


def first_household(table):
    return table["URUT"] == table["URUT"].iloc[0]


REFUSED = [
    Bad("a missing column", drop("blok43", "EXPEND"), B43, "EXPEND", "lacks an official column"),
    Bad("several missing columns", drop("kor_individual", "R614", "R706"), IND, "R614, R706",
        "lacks 2 official columns"),
    Bad("a missing key", drop("kor_household", "URUT"), RT, "URUT", "lacks"),
    Bad("a missing region", drop("blok41", "R102"), B41, "R102", "lacks"),
    Bad("a spelling of no layout", rename("kor_individual", "R614", "IJAZAH"), IND, "R614",
        "lacks"),
    Bad("a column twice", edit("blok43", lambda t: t.assign(food=t["FOOD"])), B43, "FOOD", "twice"),
    Bad("a household twice", edit("blok43", lambda t: pd.concat([t, t.iloc[[5]]])), B43, "URUT",
        "repeat a household key"),
    Bad("a household without key", edit("kor_household", at(2, "URUT", "")), RT, "URUT",
        "no household key", (3,)),
    Bad("a key that is no number", edit("kor_household", at(2, "URUT", "8A")), RT, "URUT", "text",
        (3,)),
    Bad("a person twice", edit("kor_individual", lambda t: pd.concat([t, t.iloc[[7]]])), IND,
        "URUT + R401", "repeat a household member"),
    Bad("a person without number", edit("kor_individual", at(3, "R401", "")), IND, "R401",
        "no number", (4,)),
    Bad("persons without a household", edit("kor_household", lambda t: t.iloc[1:]), IND, "URUT",
        "lacks", (1,)),
    Bad("a household without persons", edit("kor_individual", lambda t: t[~first_household(t)]), RT,
        "URUT", "lacks", (1,)),
    Bad("a household without block 43", edit("blok43", lambda t: t.iloc[1:]), RT, "URUT", "lacks",
        (1,)),
    Bad("a household without items", edit("blok41", lambda t: t[~first_household(t)]), RT, "URUT",
        "no item", (1,)),
    Bad("R301 other than the roster", edit("kor_household", at(2, "R301", "19")), RT, "R301",
        "differ in size from their roster", (3,)),
    Bad("R301 of items other than the household's", edit("blok41", lambda t: t.assign(R301="19")),
        RT, "R301", "differ in size from file"),
    Bad("a household without head", edit("kor_individual", at(0, "R403", "3")), IND, "R403",
        "no head or several", (1,)),
    Bad("WEIND other than R301 x WERT", edit("blok43", at(1, "WEIND", "77")), B43, "WEIND",
        "other than R301 x WERT", (2,)),
    Bad("a file of another city", edit("blok43", lambda t: t.assign(R102="72")), B43, "R101 + R102",
        "No household of Kota Balikpapan"),
    Bad("items of another city", edit("blok42", lambda t: t.assign(R102="72")), B42, "R101 + R102",
        "No item of Kota Balikpapan"),
    Bad("a file of another year beside", copy("kor_household", "kor21rt.csv"), "kor21rt.csv", "",
        "of March 2021"),
    Bad(
        "a roster of 2021 under the name of 2022",
        edit("kor_individual", lambda t: t.assign(
            R614=np.where(t["R407"].astype(int).between(5, 12), "3", "8"))),
        IND, "R614", "hold a diploma",
    ),
    Bad("items of 2021 under the name of 2022",
        edit("blok41", lambda t: t.assign(KODE=t["KODE"].replace("16", "15"))), B41, "KODE",
        "subtotals by KLP and items by code"),
    Bad("codes beyond the list", edit("blok41", at(1, "KODE", "198")), B41, "KODE",
        "not of this block", (2,)),
    Bad("food among other spending", edit("blok42", at(1, "KODE", "2")), B42, "KODE",
        "not of this block", (2,)),
    Bad("two editions of a file", copy("kor_household", "kor22rt_revisi1_diseminasi.csv"),
        "kor22rt", "", "Several files hold the same households"),
    Bad("a download twice", copy("blok43", "kp22blok43 (1).csv"), "kp22blok43", "",
        "Several files hold the same households"),
    Bad("a part of items given twice", copy("blok41", "blok41_51_94.csv"), "blok41", "",
        "Several files hold the same households"),
    Bad("an item twice", edit("blok41", lambda t: pd.concat([t, t.iloc[[1]]])), B41, "KODE",
        "repeat an item"),
    Bad(
        "a province part missing",
        lambda f: [copy("blok41", "blok41_11_31.csv", lambda t: t.assign(R101="31"))(f),
            f.file("blok41").unlink()],
        "blok41_11_31.csv", "R101 + R102", "No item",
    ),
    Bad("subtotals under an item's code", edit("blok41", at(0, "KODE", "3")), B41, "KODE",
        "subtotals by KLP", (1,)),
    Bad("an item's rows lost", edit("blok41", lambda t: t[t["KODE"] != "2"]), B43, "FOOD",
        "sum of their items"),
    Bad("quantities for values", edit("blok42",
        lambda t: t.assign(KODE=t["KODE"].replace({"206": "205", "205": "206"}))), B43, "NONFOOD",
        "sum of their items"),
    Bad("text for a number", edit("blok43", at(3, "FOOD", "banyak")), B43, "FOOD",
        "text where numbers belong", (4,)),
    Bad("text for an amount of items", edit("blok42", at(3, "B42K4", "banyak")), B42, "B42K4",
        "text where numbers belong", (4,)),
    Bad("text for a region", edit("kor_household", at(3, "R102", "Balikpapan")), RT, "R102",
        "text where numbers belong", (4,)),
]  # fmt: skip


HERE = {
    "several missing columns",
    "a household twice",
    "R301 other than the roster",
    "a file of another year beside",
    "a roster of 2021 under the name of 2022",
    "an item's rows lost",
    "text for a number",
}


@pytest.mark.parametrize("bad", some(HERE, REFUSED), ids=str)
def test_a_schema_that_contradicts_itself_is_refused(bad, folder, processed, capsys):
    assert_refused(bad, folder, processed, capsys)


@pytest.mark.external
def test_ids_that_lost_digits_in_single_precision_are_refused(folder, processed, capsys):
    table = (
        folder.read("kor_household").drop(columns="SSU").astype(float).astype({"PSU": "float32"})
    )
    table.to_stata(folder.path / "kor22rt.dta", write_index=False)
    folder.file("kor_household").unlink()
    found = [f for f in folder.findings() if (f.file, f.column) == ("kor22rt.dta", "PSU")]
    assert "single precision" in found[0].what
    assert "kor22rt.dta" in assert_nothing_written(folder, processed, capsys)


def test_everything_that_is_wrong_is_said_at_once(folder):
    drop("blok43", "KALORI_KAP", "EXPEND")(folder)
    folder.change("blok43", at(3, "WERT", "-1"))
    folder.change("blok43", at(4, "FOOD", "banyak"))
    folder.change("blok43", at(5, "NONFOOD", "-5"))
    folder.change("kor_household", at(2, "R301", "19"))
    folder.change("blok42", at(3, "B42K4", "banyak"))
    folder.change("blok42", at(4, "B42K5", "banyak"))
    columns = {(f.file, f.column) for f in folder.findings() if f.gravity == "error"}
    assert {
        (B43, "EXPEND"),
        (B43, "WERT"),
        (B43, "FOOD"),
        (RT, "R301"),
        (B42, "B42K4"),
        (B42, "B42K5"),
    } <= columns


def test_gravest_first_and_never_more_than_five_rows_nor_a_value(folder, capsys):
    folder.change(
        "blok43", lambda t: t.assign(KAPITA=np.where(t.index < 9, "123456789", t["KAPITA"]))
    )
    folder.file("blok42").unlink()
    assert main(["check", "--raw", str(folder.path)]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "1, 2, 3, 4, 5 " in out
    assert "123456789" not in out
    assert out.index(" error ") < out.index(" warning ")


@pytest.mark.parametrize("area", ["6472", "6409"])
def test_another_city_of_the_same_province_is_no_estimate_of_zero(area, folder, capsys):
    with pytest.raises(InputError, match="No household"):
        read_round(area, 2022, folder.path)
    assert main(["estimate", "--area", area, "--raw", str(folder.path)]) == 2
    assert "BPS codes differ from those of Kemendagri" in capsys.readouterr().err


@pytest.mark.external
def test_two_rounds_in_one_folder_are_refused(folder, processed, capsys):
    for path in (folder.path.parent / "other").glob("*"):
        shutil.copy(path, folder.path)
    for role in ROLES:
        copy(role, folder.layout.files[role].name.replace("22", "21") + ".csv")(folder)
    assert "of March 2021" in assert_nothing_written(folder, processed, capsys)


def test_more_rows_than_an_area_can_have_are_refused_before_they_fill_the_memory(
    folder, monkeypatch
):
    monkeypatch.setattr(raw, "MOST_ROWS", 300)
    named = {f.file for f in folder.findings() if "more than 300 rows of the area" in f.what}
    assert named == {"kor22ind_1_diseminasi.csv"}
