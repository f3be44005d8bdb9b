"""Areas: two agencies' codes that differ, names as people write them, and refusals that say what
was meant.
"""

import pytest

from bpsstats.cli import main
from bpsstats.errors import ParameterError, UnknownAreaError
from bpsstats.microdata.lists.areas import find_area, known_areas

# BPS, Master File Desa; Kemendagri, Kepmendagri 050-145/2022.
BRIDGE = [
    ("6401", "64.01", "Paser"),
    ("6402", "64.07", "Kutai Barat"),
    ("6403", "64.02", "Kutai Kartanegara"),
    ("6404", "64.08", "Kutai Timur"),
    ("6405", "64.03", "Berau"),
    ("6409", "64.09", "Penajam Paser Utara"),
    ("6411", "64.11", "Mahakam Ulu"),
    ("6471", "64.71", "Kota Balikpapan"),
    ("6472", "64.72", "Kota Samarinda"),
    ("6474", "64.74", "Kota Bontang"),
]


def test_the_areas_of_the_province_the_province_and_the_nation_are_on_file_once():
    codes = [area.code for area in known_areas()]
    of_province = [code for code in codes if code.startswith("64")]
    assert of_province == ["6400", *(bps for bps, _, _ in BRIDGE)]
    assert len(set(codes)) == len({area.kemendagri for area in known_areas()}) == len(codes)


@pytest.mark.parametrize(("bps", "kemendagri", "name"), BRIDGE)
def test_both_codes_and_every_spelling_of_the_name_lead_to_one_area(bps, kemendagri, name):
    area = find_area(bps)
    assert (area.code, area.name, area.kemendagri) == (bps, name, kemendagri)
    bare = name.removeprefix("Kota ")
    words = ["Kota"] if name != bare else ["Kabupaten", "Kab.", "KAB", "kabupaten "]
    spellings = [int(bps), f" {bps} ", bare, bare.upper(), *(f"{word} {bare}" for word in words)]
    assert {find_area(text) for text in spellings} == {area}
    for code in (kemendagri, kemendagri.replace(".", "")):
        assert find_area(code, authority="kemendagri") is area


def test_the_same_four_digits_are_two_areas_and_bare_digits_are_always_of_bps():
    assert find_area("6402").name == "Kutai Barat"
    assert find_area("6402", authority="kemendagri").name == "Kutai Kartanegara"
    assert find_area("6403").name == "Kutai Kartanegara"
    assert find_area("6403", authority="kemendagri").name == "Berau"


@pytest.mark.parametrize(("bps", "kemendagri", "name"), BRIDGE)
def test_a_dotted_code_is_refused_with_the_area_it_means_and_its_bps_code(bps, kemendagri, name):
    with pytest.raises(
        UnknownAreaError, match=rf"Kemendagri's code of {name}, whose BPS code is {bps}\."
    ):
        find_area(kemendagri)


def test_digits_that_only_kemendagri_uses_are_refused_with_the_bps_code():
    with pytest.raises(
        UnknownAreaError,
        match=r"64\.08 is Kemendagri's code of Kutai Timur, whose BPS code is 6404",
    ):
        find_area("6408")


def test_the_province_and_the_nation_are_found_by_name_too():
    assert (
        find_area("Provinsi Kalimantan Timur")
        == find_area("prov. kalimantan timur")
        == find_area("6400")
    )
    assert find_area("64", authority="kemendagri") == find_area("6400")
    assert find_area("indonesia") == find_area("0000")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("647", "6471 Kota Balikpapan"),
        ("6473", "6472 Kota Samarinda"),
        ("6471.0", "6471 Kota Balikpapan"),
        ("06471", "6471 Kota Balikpapan"),
        (" 64 71", "6471 Kota Balikpapan"),
        ("Balikpapn", "6471 Kota Balikpapan"),
        ("kutai", "6402 Kutai Barat"),
        ("Kab. Kutai Kertanegara", "6403 Kutai Kartanegara"),
    ],
)
def test_what_is_nearly_an_area_is_refused_with_the_nearest(text, nearest):
    with pytest.raises(UnknownAreaError, match=nearest):
        find_area(text)


@pytest.mark.parametrize(
    "text",
    ["Kabupaten Balikpapan", "Kota Paser", "Kabupaten Kalimantan Timur", "Provinsi Indonesia"],
)
def test_a_name_of_another_kind_of_area_is_refused(text):
    with pytest.raises(UnknownAreaError):
        find_area(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "kota",
        "None",
        "64",
        "../../etc",
        "6471; DROP TABLE x",
        "{x.__class__}",
        "\uff16\uff14\uff17\uff11",
    ],
)
def test_what_is_no_area_is_refused_in_one_paragraph(text):
    with pytest.raises(UnknownAreaError) as error:
        find_area(text)
    assert "\n" not in error.value.message
    assert "BPS codes have four digits" in error.value.message


def test_a_line_break_or_a_flood_of_text_does_not_reach_the_message():
    for text in ("6471\n6472", "9" * 1_000_000):
        with pytest.raises(UnknownAreaError) as error:
            find_area(text)
        assert "\n" not in error.value.message
        assert len(error.value.message) < 300


def test_an_unknown_authority_is_refused_with_those_there_are():
    with pytest.raises(ParameterError, match="'bps' or 'kemendagri'"):
        find_area("6402", authority="bpjs")


def test_an_unknown_code_of_kemendagri_is_refused_with_the_nearest():
    with pytest.raises(UnknownAreaError, match=r"not known by Kemendagri's code.*Nearest: \d{4} "):
        find_area("64.06", authority="kemendagri")


def test_the_command_line_refuses_a_dotted_code_with_the_bps_code(capsys):
    assert main(["estimate", "--area", "64.71", "--year", "2022"]) == 2
    assert "BPS code is 6471" in capsys.readouterr().err
