"""Messes of real files that are no errors: each is read to the same households and persons, and
said where it matters.
"""

import pandas as pd
import pytest

from bpsstats.microdata import check_round, read_round
from bpsstats.microdata.layouts import ROLES
from raw_folder import RawFolder

AREA = "6471"
PARTS = ("kor_individual", "kor_household", "blok43", "blok41", "blok42")


def floats(columns):
    return lambda t: t.assign(**{c: t[c] + ".0" for c in columns})


def padded(widths):
    return lambda t: t.assign(**{c: t[c].str.zfill(w) for c, w in widths.items()})


def everywhere(change):
    return lambda f: [f.change(role, change) for role in PARTS]


def names(**new):
    return lambda f: [f.rename(role, name) for role, name in new.items()]


def split(role, first, second, by="URUT"):
    def run(f):
        table = f.read(role)
        seam = table[by].iloc[len(table) // 2]
        early = table[by].astype(int) < int(seam)
        table[early].to_csv(f.path / first, index=False)
        table[~early].to_csv(f.path / second, index=False)
        f.file(role).unlink()

    return run


def two_parts(first, keys):
    """The roster in two files, to be matched by some columns."""

    def run(f):
        table = f.read("kor_individual")
        later = [c for c in table if c.startswith("R70")]
        rest = table[[*keys, *later]].sample(frac=1, random_state=1)
        rest.to_csv(f.path / "bv2_20260101_KOR22IND_2.csv", index=False)
        table.drop(columns=later).to_csv(f.path / first, index=False)
        f.file("kor_individual").unlink()

    return run


def with_others(f):
    """A file of the nation given for one city: the same keys elsewhere would be another's."""
    for role in PARTS:
        f.change(
            role,
            lambda t: pd.concat(
                [
                    t.assign(
                        R101="35", R102="78", URUT=(t["URUT"].astype(int) + 600_000).astype(str)
                    ),
                    t,
                ]
            ),
        )


MESSES = {
    "names in capitals with a download stamp": names(
        kor_individual="BV2_20260301_KOR22IND_1.CSV", kor_household="b_34976_20260301_kor22rt.csv",
        blok43="64_kp22blok43.csv",
    ),
    "names that users give": names(
        kor_individual="kor22ind.csv", kor_household="KOR22_RT.csv",
        blok43="2022 Maret KALTIM - SUSENAS KP BP 4.3.csv",
        blok41="BLOK41_GAB_6471.csv", blok42="susenas22mar_42.csv",
    ),
    "a revised edition": names(kor_household="kor22rt_revisi1_diseminasi.csv"),
    "columns in lower case with blanks": everywhere(
        lambda t: t.rename(columns=lambda c: f" {c.lower()} ")),
    "ids stored as floats": everywhere(
        lambda t: floats([c for c in ("URUT", "R101", "R102", "PSU", "SSU", "KODE") if c in t])(t)),
    "codes as padded text": everywhere(
        lambda t: padded({c: w for c, w in {"R101": 3, "R102": 3, "R105": 2, "KODE": 3, "URUT": 15,
            "R401": 2} .items() if c in t})(t)
    ),
    "codes with blanks": everywhere(
        lambda t: t.assign(**{c: t[c] + "  " for c in ("KODE", "R101", "R102") if c in t})),
    "letters with blanks behind": lambda f: f.change("kor_individual",
        lambda t: t.assign(**{c: t[c].str.ljust(2) for c in t if "_" in c})),
    "letters that are NA": lambda f: f.change("kor_individual",
        lambda t: t.assign(**{c: t[c].replace("", "NA") for c in t if "_" in c})),
    "the key under its name of other years": everywhere(
        lambda t: t.rename(columns={"URUT": "RENUM"})),
    "both names of the key": everywhere(lambda t: t.assign(RENUM="7")),
    "the regency as KABU": everywhere(lambda t: t.rename(columns={"R102": "KABU"})),
    "older names of block 43": lambda f: f.change("blok43",
        lambda t: t.rename(columns={"NONFOOD": "NFOOD", "KALORI_KAP": "KALORI"})),
    "KAPITA empty": lambda f: f.change("blok43", lambda t: t.assign(KAPITA="")),
    "KAPITA left out": lambda f: f.change("blok43", lambda t: t.drop(columns="KAPITA")),
    "the weight of households under its name of block 43": lambda f: f.change("kor_household",
        lambda t: t.rename(columns={"FWT": "WERT"})),
    "KLP 0 throughout": lambda f: f.change("blok41", lambda t: t.assign(KLP="0")),
    "KLP as the code of the group on its header as well": lambda f: f.change("blok41",
        lambda t: t.assign(KLP=t["KLP"].where(t["KLP"] != "0", t["KODE"]))),
    "KLP left out": lambda f: f.change("blok42", lambda t: t.drop(columns="KLP")),
    "the monthly average for month and year": lambda f: f.change("blok42",
        lambda t: t.drop(columns=["B42K4", "B42K5"])),
    "blocks in parts by province": lambda f: [
        split("blok41", "blok41_11_36.csv", "blok41_51_94.csv")(f),
        split("blok42", "blok42_gab_prop11-33.csv", "blok42_gab_prop34-94.csv")(f),
    ],
    "core files in parts": lambda f: [split("kor_household", "32_kor22rt.csv", "64_kor22rt.csv")(f),
        split("blok43", "kp22blok43_a.csv", "kp22blok43_b.csv")(f)],
    "a roster in two parts, by key and member": two_parts("kor22ind_1.csv",
        ["R101", "R102", "R105", "R401", "URUT"]),
    "a second part without region": two_parts("kor22ind_1.csv", ["R401", "URUT"]),
    "a roster in two parts, by design columns": two_parts("kor22ind_1.csv",
        ["R101", "R102", "R105", "R401", "PSU", "SSU", "STRATA"]),
    "a roster merged from two parts": names(kor_individual="kor22ind_diseminasi_merge.csv"),
    "a file of the nation for one city": with_others,
    "malformed cells elsewhere in the nation": lambda f: [with_others(f),
        f.change("blok43", lambda t: t.assign(FOOD=["banyak", *t["FOOD"][1:]]))],
    "malformed cells in a column that is not read": lambda f: f.change("kor_household",
        lambda t: t.assign(R1806B="**")),
}  # fmt: skip


@pytest.fixture(scope="module")
def clean(pristine):
    return read_round(AREA, 2022, pristine)


@pytest.mark.parametrize("mess", MESSES)
def test_a_mess_is_read_to_the_same_households_and_persons(mess, folder, clean):
    MESSES[mess](folder)
    round_ = read_round(AREA, 2022, folder.path)
    exact = mess != "the monthly average for month and year"  # which is rounded to rupiah
    pd.testing.assert_frame_equal(round_.households, clean.households, check_exact=exact)
    pd.testing.assert_frame_equal(round_.persons, clean.persons, check_exact=exact)


def test_a_revised_edition_and_an_average_are_said(folder):
    names(kor_household="kor22rt_revisi1_diseminasi.csv")(folder)
    folder.change("blok42", lambda t: t.drop(columns=["B42K4", "B42K5"]))
    round_ = read_round(AREA, 2022, folder.path)
    assert [f.what for f in round_.checks.warnings] == ["The file is a revised edition."]
    assert any("SEBULAN" in note for note in round_.provenance.notes)


@pytest.mark.parametrize("damage", ["without block 43", "with an empty block 43"])
def test_expenditure_is_summed_from_the_items_where_block_43_has_none(damage, folder, clean):
    if damage == "without block 43":
        folder.file("blok43").unlink()
    else:
        folder.change(
            "blok43", lambda t: t.assign(FOOD="", NONFOOD="", EXPEND="", KAPITA="", KALORI_KAP="")
        )
    round_ = read_round(AREA, 2022, folder.path)
    for column in ("food_month", "nonfood_month", "expenditure_person_month", "weight_person"):
        assert round_.households[column].to_numpy() == pytest.approx(
            clean.households[column].to_numpy(), rel=1e-6
        )
    assert any("summed from the items" in note for note in round_.provenance.notes)


@pytest.mark.parametrize("by", ["URUT", "PSU"])
def test_strata_of_2023_come_from_their_own_file(by, tmp_path):
    """The files of 2022 in the layout of 2023: work one number on, no STRATA in the core files."""
    folder = RawFolder(tmp_path / "2022-03", 2022)
    target = tmp_path / "2023-03"
    target.mkdir()
    moved = {
        f"R{n}{rest}": f"R{n + 1}{rest}"
        for n in range(702, 708)
        for rest in ("", "_A", "_B", "_C", "_D", "_X")
    }
    new = {
        "kor_individual": "kor23_ind_1",
        "kor_household": "kor23rt",
        "blok41": "blok41_gab",
        "blok42": "blok42",
        "blok43": "2023 Maret KALTIM - SUSENAS KP BP 4.3",
    }
    for role in ROLES:
        table = folder.read(role).rename(columns=moved if role == "kor_individual" else {})
        table.drop(columns="STRATA").to_csv(target / f"{new[role]}.csv", index=False)
    assert any("--design-fallback" in f.remedy for f in check_round(AREA, 2023, target).errors)
    rebuilt = read_round(AREA, 2023, target, design_fallback=True)
    assert any("stratum rebuilt" in note for note in rebuilt.provenance.notes)
    folder.read("kor_household")[[by, "STRATA"]].drop_duplicates().to_csv(
        target / "kor_strata.csv", index=False
    )
    round_ = read_round(AREA, 2023, target)
    pd.testing.assert_series_equal(round_.households["stratum"], rebuilt.households["stratum"])
    assert "STRATA is taken from kor_strata.csv." in round_.provenance.notes


@pytest.mark.parametrize(
    ("last", "expected"), [(None, "diploma_22_none_first"), (22, "diploma_22"), (21, "diploma_21")]
)
def test_whether_none_is_the_first_or_the_last_diploma_of_2018_is_told_from_the_children(
    last, expected, tmp_path
):
    folder = RawFolder(tmp_path / "2018-03", 2018)
    before = read_round(AREA, 2018, folder.path, design_fallback=True)
    if (
        last is not None
    ):  # the other order: no diploma last, without the professional degree where there are 21

        def recode(code):
            number = int(code)
            degree = number - 1 - (last == 21 and number > 20)
            return str({0: 0, 1: last}.get(number, degree))

        folder.change("kor_individual", lambda t: t.assign(R615=t["R615"].map(recode)))
        folder.path.joinpath("source.yaml").unlink(missing_ok=True)
    after = read_round(AREA, 2018, folder.path, design_fallback=True)
    assert any(expected in note for note in after.provenance.notes)
    pd.testing.assert_series_equal(after.persons["diploma"], before.persons["diploma"])


def test_a_roster_that_fits_no_list_is_an_error_that_names_them(tmp_path):
    folder = RawFolder(tmp_path / "2018-03", 2018)
    folder.change("kor_individual", lambda t: t.assign(R615=t["R615"].replace("1", "9")))
    finding = next(f for f in folder.findings(design_fallback=True) if f.gravity == "error")
    assert finding.column == "R615"
    assert all(
        name in finding.what for name in ("diploma_22_none_first", "diploma_22", "diploma_21")
    )
