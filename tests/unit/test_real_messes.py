"""Messes of real files that are no errors: each is read to the same households and persons, and
said where it matters.
"""

import gzip
import zipfile
from itertools import product

import pandas as pd
import pytest

from bpsstats.microdata import check_round, read_round
from bpsstats.microdata.layouts import ROLES
from in_ci import every
from raw_folder import RawFolder
from table_files import dbase, write

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


def below(**folders):
    """Files moved to folders below that of the round."""

    def run(f):
        for role, name in folders.items():
            (f.path / name).mkdir(parents=True, exist_ok=True)
            f.file(role).rename(f.path / name / f.file(role).name)

    return run


def zipped(change=lambda _, path: (path.name, path.read_bytes()), **archives):
    """Files packed into archives of any name."""

    def run(f):
        for role, name in archives.items():
            with zipfile.ZipFile(f.path / name, "a", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr(*change(role, f.file(role)))
            f.file(role).unlink()

    return run


def text(role, edit):
    """A file edited as bytes."""
    return lambda f: f.file(role).write_bytes(edit(f.file(role).read_bytes()))


def kind(role, kind, edit=lambda t: t, change=bytes):
    """A file of another kind."""

    def run(f):
        path = write(edit(f.read(role)), kind, f.path / f.file(role).stem)
        path.write_bytes(change(path.read_bytes()))
        if path != f.file(role):
            f.file(role).unlink()

    return run


def commas(table):
    """Decimal commas throughout."""
    return table.map(lambda cell: cell.replace(".", ","))


def with_comma(data):
    """A dBASE table whose numbers have a comma in the place of the point."""
    start = int.from_bytes(data[8:10], "little")
    return data[:start] + data[start:].replace(b".", b",")


def labelled(style, **names):
    """Codes with their labels behind them."""
    return everywhere(
        lambda t: t.assign(
            **{c: t[c].map(lambda v, n=n: style.format(v, n)) for c, n in names.items() if c in t}
        )
    )


MESSES = {
    "folders KOR and KP": below(
        kor_individual="KOR", kor_household="KOR", blok41="KP", blok42="KP", blok43="KP"
    ),
    "folders in folders for some": below(
        blok41="Data 2022/KP/dbf", blok42="Data 2022/KP/dbf", blok43="Data 2022"
    ),
    "archives of any name": zipped(
        kor_individual="unduhan.zip", kor_household="unduhan.zip", blok43="KP (1).ZIP"
    ),
    "an archive of folders": zipped(
        lambda role, path: (
            f"SUSENAS/{'KP' if role[0] == 'b' else 'KOR'}/{path.name}",
            path.read_bytes(),
        ),
        **dict.fromkeys(PARTS, "a.zip"),
    ),
    "an archive in a folder, of compressed and dBASE tables": lambda f: [
        (f.path / "KP").mkdir(),
        zipped(
            lambda _, path: (f"{path.name}.gz", gzip.compress(path.read_bytes())), blok42="KP/x.zip"
        )(f),
        zipped(
            lambda role, path: (path.with_suffix(".DBF").name, dbase(f.read(role))),
            kor_household="KP/x.zip",
        )(f),
    ],
    "a first line that names the separator": lambda f: [
        f.change("blok43", commas),
        f.file("blok43").write_bytes(
            b"sep=;\r\n" + f.read("blok43").to_csv(None, index=False, sep=";").encode()
        ),
    ],
    "title lines above the names": text(
        "kor_household", lambda d: b"KOR RUMAH TANGGA, Maret 2022,,,\n\n" + d
    ),
    "a title line without an end of its quotation": text(
        "blok41", lambda d: b'Blok 4.1 "makanan\r\n' + d.replace(b"\n", b"\r\n")
    ),
    "UTF-16 with tabs": lambda f: f.file("kor_household").write_bytes(
        f.read("kor_household").to_csv(None, index=False, sep="\t").encode("utf-16")
    ),
    "UTF-16 without a mark": text("blok43", lambda d: d.decode().encode("utf-16-be")),
    "UTF-16 that is compressed": lambda f: [
        (f.path / "blok42.csv.gz").write_bytes(
            gzip.compress(f.file("blok42").read_bytes().decode().encode("utf-16"))
        ),
        f.file("blok42").unlink(),
    ],
    "an end mark of DOS": text("kor_individual", lambda d: d + b"\x1a"),
    "an end mark right behind the last cell": text(
        "blok42", lambda d: d.rstrip(b"\n") + b"\x1a\0\0"
    ),
    "dBASE with two end marks": kind("kor_household", "dbf", change=lambda d: d + b"\x1a"),
    "dBASE filled up with zero bytes": kind("blok43", "dbf", change=lambda d: d[:-1] + bytes(512)),
    "dBASE with less than a row behind its end": kind(
        "blok43", "dbf", change=lambda d: d + b"x" * 20
    ),
    "dBASE with decimal commas": kind("kor_household", "dbf", change=with_comma),
    "dBASE with decimal commas as text": kind("kor_household", "dbf", commas),
    "SPSS with decimal commas as text": kind("kor_household", "sav", commas),
    "Stata with decimal commas as text": kind("blok43", "dta-118", commas),
    "decimal commas in one column alone": lambda f: f.change(
        "kor_household", lambda t: t.assign(FWT=t["FWT"].str.replace(".", ","))
    ),
    "a region with its names": labelled("{}. {}", R101="KALIMANTAN TIMUR", R102="BALIKPAPAN"),
    "codes with labels as R writes them": labelled("[{}] {}", R105="Perkotaan", R405="x", R403="y"),
    "codes with labels in SPSS": kind(
        "kor_individual", "sav", lambda t: t.assign(R405=t["R405"] + " = Laki-laki")
    ),
    "KAPITA empty for some": lambda f: f.change(
        "blok43", lambda t: t.assign(KAPITA=t["KAPITA"].where(t.index % 10 > 0, ""))
    ),
    "names in capitals with a download stamp": names(
        kor_individual="BV2_20260301_KOR22IND_1.CSV",
        kor_household="b_34976_20260301_kor22rt.csv",
        blok43="64_kp22blok43.csv",
    ),
    "names that users give": names(
        kor_individual="kor22ind.csv",
        kor_household="KOR22_RT.csv",
        blok43="2022 Maret KALTIM - SUSENAS KP BP 4.3.csv",
        blok41="BLOK41_GAB_6471.csv",
        blok42="susenas22mar_42.csv",
    ),
    "a revised edition": names(kor_household="kor22rt_revisi1_diseminasi.csv"),
    "columns in lower case with blanks": everywhere(
        lambda t: t.rename(columns=lambda c: f" {c.lower()} ")
    ),
    "ids stored as floats": everywhere(
        lambda t: floats([c for c in ("URUT", "R101", "R102", "PSU", "SSU", "KODE") if c in t])(t)
    ),
    "codes as padded text": everywhere(
        lambda t: padded(
            {
                c: w
                for c, w in {
                    "R101": 3,
                    "R102": 3,
                    "R105": 2,
                    "KODE": 3,
                    "URUT": 15,
                    "R401": 2,
                }.items()
                if c in t
            }
        )(t)
    ),
    "codes with blanks": everywhere(
        lambda t: t.assign(**{c: t[c] + "  " for c in ("KODE", "R101", "R102") if c in t})
    ),
    "letters with blanks behind": lambda f: f.change(
        "kor_individual", lambda t: t.assign(**{c: t[c].str.ljust(2) for c in t if "_" in c})
    ),
    "letters that are NA": lambda f: f.change(
        "kor_individual", lambda t: t.assign(**{c: t[c].replace("", "NA") for c in t if "_" in c})
    ),
    "the key under its name of other years": everywhere(
        lambda t: t.rename(columns={"URUT": "RENUM"})
    ),
    "both names of the key": everywhere(lambda t: t.assign(RENUM="7")),
    "the regency as KABU": everywhere(lambda t: t.rename(columns={"R102": "KABU"})),
    "older names of block 43": lambda f: f.change(
        "blok43", lambda t: t.rename(columns={"NONFOOD": "NFOOD", "KALORI_KAP": "KALORI"})
    ),
    "KAPITA empty": lambda f: f.change("blok43", lambda t: t.assign(KAPITA="")),
    "KAPITA left out": lambda f: f.change("blok43", lambda t: t.drop(columns="KAPITA")),
    "the weight of households under its name of block 43": lambda f: f.change(
        "kor_household", lambda t: t.rename(columns={"FWT": "WERT"})
    ),
    "KLP 0 throughout": lambda f: f.change("blok41", lambda t: t.assign(KLP="0")),
    "KLP as the code of the group on its header as well": lambda f: f.change(
        "blok41", lambda t: t.assign(KLP=t["KLP"].where(t["KLP"] != "0", t["KODE"]))
    ),
    "KLP left out": lambda f: f.change("blok42", lambda t: t.drop(columns="KLP")),
    "the monthly average for month and year": lambda f: f.change(
        "blok42", lambda t: t.drop(columns=["B42K4", "B42K5"])
    ),
    "blocks in parts by province": lambda f: [
        split("blok41", "blok41_11_36.csv", "blok41_51_94.csv")(f),
        split("blok42", "blok42_gab_prop11-33.csv", "blok42_gab_prop34-94.csv")(f),
    ],
    "core files in parts": lambda f: [
        split("kor_household", "32_kor22rt.csv", "64_kor22rt.csv")(f),
        split("blok43", "kp22blok43_a.csv", "kp22blok43_b.csv")(f),
    ],
    "a roster in two parts, by key and member": two_parts(
        "kor22ind_1.csv", ["R101", "R102", "R105", "R401", "URUT"]
    ),
    "a second part without region": two_parts("kor22ind_1.csv", ["R401", "URUT"]),
    "a roster in two parts, by design columns": two_parts(
        "kor22ind_1.csv", ["R101", "R102", "R105", "R401", "PSU", "SSU", "STRATA"]
    ),
    "a roster merged from two parts": names(kor_individual="kor22ind_diseminasi_merge.csv"),
    "a file of the nation for one city": with_others,
    "malformed cells elsewhere in the nation": lambda f: [
        with_others(f),
        f.change("blok43", lambda t: t.assign(FOOD=["banyak", *t["FOOD"][1:]])),
    ],
    "malformed cells in a column that is not read": lambda f: f.change(
        "kor_household", lambda t: t.assign(R1806B="**")
    ),
}


@pytest.fixture(scope="module")
def clean(pristine):
    return read_round(AREA, 2022, pristine)


@pytest.mark.parametrize("mess", every(8, MESSES))
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
@pytest.mark.external
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
    ("last", "expected"),
    every(3, [(None, "diploma_22_none_first"), (22, "diploma_22"), (21, "diploma_21")]),
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


@pytest.mark.parametrize(
    ("decimals", "where"), every(3, product([0, 1, 2, 3], ["core files", "block 43"]))
)
def test_weights_that_were_rounded_are_used_and_said_to_be_rounded(decimals, where, folder, clean):
    def rounded(*columns):
        return lambda t: t.assign(
            **{c: t[c].astype(float).map(f"{{:.{decimals}f}}".format) for c in columns}
        )

    if where == "core files":
        folder.change("kor_individual", rounded("FWT"))
        folder.change("kor_household", rounded("FWT"))
    else:
        folder.change("blok43", rounded("WERT", "WEIND"))
    round_ = read_round(AREA, 2022, folder.path)
    assert round_.checks.warnings
    assert {"for rounding" in finding.what for finding in round_.checks.warnings} == {True}
    off = (round_.households["weight_hh"] - clean.households["weight_hh"]).abs().max()
    assert off <= 0.5 / 10**decimals + 1e-9


def test_weights_that_differ_by_more_than_their_rounding_are_of_another_edition(folder):
    folder.change("kor_household", lambda t: t.assign(FWT=(t["FWT"].astype(float) + 0.02).round(2)))
    [finding] = [f for f in check_round(AREA, 2022, folder.path).errors if f.column == "FWT"]
    assert "same edition" in finding.remedy


def test_a_key_written_as_a_power_of_ten_is_the_whole_number_that_it_stands_for(folder, clean):
    last = folder.read("kor_household")["URUT"].iloc[-1]
    for role in PARTS:
        new = "100000" if role == "blok43" else "1e+05"
        folder.change(role, lambda t, new=new: t.assign(URUT=t["URUT"].replace(last, new)))
    households = read_round(AREA, 2022, folder.path).households
    assert "100000" in set(households["household"].astype(str))
    assert households["expenditure_month"].sum() == clean.households["expenditure_month"].sum()


def test_a_key_that_a_spreadsheet_cut_to_a_power_of_ten_is_refused(folder):
    folder.change("blok43", lambda t: t.assign(URUT="6.47101E+14"))
    assert any(f.column == "URUT" and f.file == "kp22blok43.csv" for f in folder.findings())


def test_a_file_that_lies_twice_is_read_where_it_lies_nearest_and_the_other_is_named(folder, clean):
    (folder.path / "KP").mkdir()
    (folder.path / "KP" / "kp22blok43.csv").write_text("another edition")
    with zipfile.ZipFile(folder.path / "kor.zip", "w") as packed:
        packed.writestr("kor22rt.csv", "another edition")
    round_ = read_round(AREA, 2022, folder.path)
    pd.testing.assert_frame_equal(round_.households, clean.households)
    assert {f.file for f in round_.checks.warnings} == {"KP/kp22blok43.csv", "kor.zip/kor22rt.csv"}


def test_what_was_read_from_an_archive_is_named_with_it(folder):
    zipped(blok43="KP.zip")(folder)
    files = {file.role: file for file in read_round(AREA, 2022, folder.path).provenance.files}
    assert files["blok43"].name == "KP.zip/kp22blok43.csv"


THOUSANDS = {"comma": "1,234", "point": "1.234"}


@pytest.mark.parametrize("mark", THOUSANDS)
def test_marks_that_may_be_thousands_or_fractions_are_refused(mark, folder):
    columns = ["FOOD", "NONFOOD", "EXPEND", "KAPITA", "KALORI_KAP", "WERT", "WEIND"]
    table = folder.read("blok43").assign(**dict.fromkeys(columns, THOUSANDS[mark]))
    table = table[[c for c in table if c in {*columns, "URUT", "R101", "R102", "R301"}]]
    table.to_csv(folder.file("blok43"), index=False, sep=";" if mark == "point" else ",")
    [finding] = [f for f in folder.findings() if f.file == "kp22blok43.csv"]
    assert "thousands cannot be told from fractions" in finding.what
