"""What is said of the kind of data: synthetic only where it is proved, a mix wherever rounds of
both kinds meet, and no unknown word in the description of a folder.
"""

import shutil
from dataclasses import replace

import pytest
import yaml

import bpsstats as bps
from bpsstats.errors import InputError
from bpsstats.microdata import check_round, read_round
from bpsstats.models.education.pooling import pool_rounds
from bpsstats.reporting import say_source
from bpsstats.survey import joint_source
from raw_folder import SHIPPED

AREA = "6471"
MIXED = "mixed: survey microdata and synthetic microdata"


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """March 2021 as if it were real, its files without their description; and March 2022 as
    shipped.
    """
    raw = tmp_path_factory.mktemp("mixed")
    for year in (2021, 2022):
        shutil.copytree(SHIPPED / f"{year}-03", raw / f"{year}-03")
    (raw / "2021-03" / "source.yaml").unlink()
    return [read_round(AREA, year, raw) for year in (2021, 2022)]


def test_other_files_under_a_description_of_synthetic_ones_count_as_real(folder):
    shutil.copy(SHIPPED / "2022-03" / "source.yaml", folder.path)
    report = check_round(AREA, 2022, folder.path)
    assert report.errors == ()
    assert "SHA-256" in report.warnings[0].what
    provenance = read_round(AREA, 2022, folder.path).provenance
    assert (provenance.source, provenance.targets) == ("survey microdata", ())


def test_one_changed_byte_makes_a_synthetic_round_count_as_real(tmp_path):
    shutil.copytree(SHIPPED / "2022-03", tmp_path / "2022-03")
    assert read_round(AREA, 2022, tmp_path).provenance.kind == "synthetic"
    path = tmp_path / "2022-03" / "kor22rt_diseminasi.csv.gz"
    content = bytearray(path.read_bytes())
    content[9] ^= 1  # the operating system in the heading of gzip, which changes no row
    path.write_bytes(content)
    assert read_round(AREA, 2022, tmp_path).provenance.kind == "survey"


@pytest.mark.external
def test_a_pool_a_change_and_a_series_of_both_kinds_say_so(rounds):
    lines = [bps.poverty_line(AREA, round_.year) for round_ in rounds]
    assert pool_rounds(rounds, lines).source == MIXED
    before, after = (
        bps.estimate(bps.SurveyDesign(r.households), [bps.headcount(z)])
        for r, z in zip(rounds, lines, strict=True)
    )
    assert (after - before).rows[0].source == MIXED
    assert MIXED in (before + after).heading
    assert (before + before).heading == before.heading


def test_a_kind_joined_to_a_mix_stays_that_mix():
    assert (
        joint_source(MIXED, "survey microdata") == joint_source("survey microdata", MIXED) == MIXED
    )
    assert joint_source("survey microdata") == "survey microdata"


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_banner_of_a_mix_names_the_years_of_each_kind(lang):
    years = {"survey": "2021", "synthetic": "2022"}
    text = repr(say_source("synthetic microdata", lang, years))
    assert "2021" in text
    assert "2022" in text
    assert text != repr(say_source("synthetic microdata", lang))


WRONG = {
    "population: {6471: 100, 6471: 200}": "line 1",
    "kind: synthetic\npopulaton: 5": "Did you mean population?",
    "targets: [1, 2]": "value of targets",
    "targets: {headcount: many}": "value of headcount",
    "kind: invented": "synthetic or survey",
    "population: -3": "value of population",
    'population: {"64.71": 5}': "key under population",
    "year: 2022.5": "value of year",
    "design_fallback: yes": "value of design_fallback",
    "sha256: {a.csv: 12}": "value of a.csv",
    "- a list": "no list of entries",
    "kind: [": "no YAML",
    "kind: synthetic\nkind: survey": "line 2",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_the_description_may_not_hold_is_refused_with_its_line(text, folder):
    (folder.path / "source.yaml").write_text(text, "utf8")
    with pytest.raises(InputError, match=r"source\.yaml, line") as error:
        check_round(AREA, 2022, folder.path)
    assert WRONG[text] in error.value.message


@pytest.mark.parametrize("code", ["6471", '"6471"'])
def test_a_population_is_held_to_whether_its_code_stands_in_quotation_marks_or_not(code, folder):
    (folder.path / "source.yaml").write_text(f"population: {{{code}: 100}}", "utf8")
    (error,) = check_round(AREA, 2022, folder.path).errors
    assert "declared" in error.what


def test_every_description_that_is_shipped_is_one_that_may_be():
    for path in SHIPPED.glob("*/source.yaml"):
        assert yaml.safe_load(path.read_text("utf8"))["kind"] == "synthetic"
        assert read_round(AREA, int(path.parent.name[:4])).provenance.kind == "synthetic"


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_page_says_what_was_assumed_of_the_files(lang):
    release = bps.annual_release("6471", 2021, lang=lang)
    plain, now = release.banner.text, release.results.now
    assert "\n" not in plain
    told = replace(now.round.provenance, notes=("a.csv is coded in UTF-16.",))
    noted = replace(now, round=replace(now.round, provenance=told))
    release.results._views["both_years"] = (noted,)
    lines = release.banner.text.split("\n>\n")
    assert lines[0] == plain
    assert lines[1].startswith("> ")
    assert "2021" in lines[1]
    said = {"en": "a.csv is coded in UTF-16.", "id": "a.csv memakai pengodean UTF-16."}
    assert lines[1].endswith(said[lang])
