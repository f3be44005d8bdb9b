"""Value labels inside .sav and .dta are held against the lists that the codes are read by."""

from itertools import product

import pandas as pd
import pyreadstat
import pytest

from bpsstats.microdata import check_round, read_round
from bpsstats.microdata.checks.labels import URBAN, class_of_label
from bpsstats.microdata.lists.classifications import code_list
from in_ci import every, here
from table_files import typed

INDUSTRIES = (
    "padi/palawija;hortikultura;perkebunan;perikanan;peternakan;"
    "kehutanan & pertanian lain;pertambangan;"
    "industri pengolahan;listrik/gas;air/limbah;konstruksi;perdagangan;"
    "transportasi;akomodasi/makan minum;"
    "informasi/komunikasi;keuangan;real estate;jasa profesional;penyewaan;"
    "pemerintahan;pendidikan;kesehatan;"
    "kesenian;jasa lainnya;RT pemberi kerja;badan internasional"
)
# The labels of each list as the agency's files have them, from code 1 on.
LABELS = {
    "sex": ("sex", "Laki-laki;Perempuan"),
    "attendance": ("attendance", "Tidak/belum pernah sekolah;Masih sekolah;Tidak bersekolah lagi"),
    "diploma_22_none_first": (
        "diploma",
        "tidak punya;Paket A;SDLB;SD;MI;Paket B;SMPLB;SMP;MTs;Paket C;SMLB;SMA;"
        "MA;SMK;MAK;D1/D2;D3;D4;S1;"
        "Profesi;S2;S3",
    ),
    "diploma_22": (
        "diploma",
        "Paket A;SDLB;SD;MI;Paket B;SMPLB;SMP;MTs;Paket C;SMLB;SMA;MA;SMK;MAK;"
        "D1/D2;D3;D4;S1;Profesi;S2;S3;"
        "tidak punya ijazah SD",
    ),
    "diploma_25": (
        "diploma",
        "Paket A;SDLB;SD;MI;SPM/PDF Ula;Paket B;SMPLB;SMP;MTs;SPM/PDF Wustha;"
        "Paket C;SMLB;SMA;MA;SMK;MAK;"
        "SPM/PDF Ulya;D1/D2;D3;D4;S1;Profesi;S2;S3;tidak punya ijazah SD",
    ),
    "status": (
        "status",
        "Berusaha sendiri;Berusaha dibantu buruh tidak tetap/tidak dibayar;"
        "Berusaha dibantu buruh tetap/dibayar;"
        "Buruh/karyawan/pegawai;Pekerja bebas;Pekerja keluarga/tidak dibayar",
    ),
    "industry_26": ("industry", INDUSTRIES),
}
RELATIONS = (
    "Kepala rumah tangga (KRT);Istri/suami;Anak kandung/tiri;Anak angkat;Menantu;Cucu;"
    "Orang tua/mertua"
)


def labelled(text):
    return dict(enumerate(text.split(";"), 1))


@pytest.mark.parametrize("name", LABELS)
def test_labels_of_the_agency_name_the_class_that_the_list_gives_their_code(name):
    concept, text = LABELS[name]
    told = {code: class_of_label(concept, label) for code, label in labelled(text).items()}
    # Two industries have labels that say too little.
    unsaid = {25, 26} if name == "industry_26" else set()
    classes = code_list(name)
    assert {c: t for c, t in told.items() if c not in unsaid} == {
        c: classes[c] for c in told if c not in unsaid
    }
    assert {told[code] for code in unsaid} <= {None, "non_agriculture"}


def test_labels_of_regions_and_heads_are_known():
    assert [class_of_label("urban", label) for label in ("Perkotaan", "Perdesaan")] == list(
        URBAN.values()
    )
    told = [class_of_label("relation", label) for label in RELATIONS.split(";")]
    assert told == ["head", *["other"] * (len(told) - 1)]


def with_labels(folder, kind, labels, edit=lambda t: t):
    """The roster as a labelled table of another program."""
    table = typed(edit(folder.read("kor_individual")))
    path = folder.path / f"kor22ind_1_diseminasi.{kind}"
    write = pyreadstat.write_sav if kind == "sav" else pyreadstat.write_dta
    write(table, str(path), variable_value_labels=labels)
    folder.file("kor_individual").unlink()


@pytest.mark.parametrize("kind", here(["sav"], ["sav", "dta"]))
def test_a_file_whose_labels_fit_is_read_as_one_without_labels(kind, folder):
    before = read_round("6471", 2022, folder.path).persons
    labels = {
        "R405": labelled("Laki-laki;Perempuan"),
        "R614": labelled(LABELS["diploma_25"][1]) | {98: "tidak tahu"},
        "R705": labelled(INDUSTRIES) | {0: "tidak berlaku"},
        "R706": labelled(LABELS["status"][1]),
        # The list of another round, whose head is the same.
        "R403": labelled(RELATIONS),
        "R105": {1: "Perkotaan", 2: "Perdesaan"},
        "R704": {1: "Ya", 5: "Tidak"},
    }
    with_labels(folder, kind, labels)
    pd.testing.assert_frame_equal(read_round("6471", 2022, folder.path).persons, before)


CONTRADICTIONS = {
    "sexes that changed places": (
        "R405",
        "Perempuan;Laki-laki",
        "1 (female by its label, male by the list)",
    ),
    "industries moved by ten": (
        "R705",
        ";".join(INDUSTRIES.split(";")[10:] + INDUSTRIES.split(";")[:10]),
        "agriculture",
    ),
    "diplomas of 2021": ("R614", LABELS["diploma_22"][1], "5 (smp by its label, sd by the list)"),
    "status": (
        "R706",
        "Buruh/karyawan/pegawai;Pekerja bebas",
        "1 (formal by its label, informal by the list)",
    ),
    "regions": ("R105", "Perdesaan;Perkotaan", "1 (rural by its label, urban by the list)"),
    "another head": (
        "R403",
        "Istri/suami;Kepala rumah tangga",
        "2 (head by its label, other by the list)",
    ),
}


@pytest.mark.parametrize(("case", "kind"), every(12, product(CONTRADICTIONS, ["sav", "dta"])))
def test_codes_that_the_files_own_labels_contradict_are_an_error(case, kind, folder):
    column, text, words = CONTRADICTIONS[case]
    with_labels(folder, kind, {column: labelled(text)})
    [finding] = [f for f in check_round("6471", 2022, folder.path).errors if "labels" in f.what]
    assert (finding.file, finding.column) == (f"kor22ind_1_diseminasi.{kind}", column)
    assert words in finding.what
    assert "Recode" in finding.remedy


def test_labels_in_the_place_of_codes_are_called_labels(folder):
    names = {"1": "Laki-laki", "2": "Perempuan"}
    folder.change("kor_individual", lambda t: t.assign(R405=t["R405"].map(names)))
    [finding] = [f for f in folder.findings() if f.column == "R405"]
    assert "labels or other words where codes" in finding.what
    assert "Export the codes" in finding.remedy
