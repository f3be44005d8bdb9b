"""Any regency: the 514 on file, others by a name of the user's, and lines that are asked for."""

import pytest

from bpsstats.cli import main
from bpsstats.errors import (
    AbsentError,
    LineError,
    ParameterError,
    UnknownAreaError,
    UnknownYearError,
)
from bpsstats.microdata import check_round, read_round
from bpsstats.microdata.files.region import areas_in_round
from bpsstats.microdata.lists.areas import find_area, find_regency, known_areas
from bpsstats.paths import FACTS_VARIABLE
from bpsstats.poverty import headcount, poverty_line
from bpsstats.published import published
from bpsstats.published.ledger import recompute
from bpsstats.survey import SurveyDesign, estimate
from raw_folder import RawFolder

NEW, NAME = "9604", "Contoh Baru"


@pytest.fixture
def elsewhere(folder: RawFolder):
    """The files of an area that is not on file."""
    for role in ("kor_individual", "kor_household", "blok41", "blok42", "blok43"):
        folder.change(role, lambda t: t.assign(R101=NEW[:2], R102=str(int(NEW[2:]))))
    return folder


def own(folder, **files):
    for name, text in files.items():
        (folder.path / f"{name}.yaml").write_text(text, "utf8")


def test_all_regencies_and_cities_of_2020_are_on_file_with_both_codes():
    areas = [area for area in known_areas() if area.regency]
    assert len({area.code for area in areas}) == len({area.kemendagri for area in areas}) == 514
    assert len({area.code[:2] for area in areas}) == 34
    assert all(find_area(area.code) == area for area in areas)
    assert all(find_area(area.kemendagri, "kemendagri") == area for area in areas)


def test_a_name_of_a_regency_and_a_city_is_refused_with_both():
    with pytest.raises(UnknownAreaError, match="3204 Kabupaten Bandung, 3273 Kota Bandung"):
        find_area("Bandung")
    assert find_area("Kota Bandung").code == "3273"
    assert find_area("kab. bandung").code == "3204"


@pytest.mark.parametrize("code", ["6400", "3500", "0000"])
def test_a_province_or_the_nation_is_not_estimated_from_the_lines_of_regencies(code):
    with pytest.raises(ParameterError, match="lines for urban and rural"):
        read_round(code, 2022)
    with pytest.raises(ParameterError, match="regency or city"):
        find_regency(code)


def test_a_code_that_is_not_on_file_is_taken_with_a_name_beside_the_data(elsewhere):
    with pytest.raises(UnknownAreaError, match="--area-name"):
        read_round(NEW, 2022, elsewhere.path)
    own(elsewhere, areas=f"{NEW}: {{name: {NAME}}}\n")
    assert check_round(NEW, 2022, elsewhere.path).errors == ()
    assert read_round(NEW, 2022, elsewhere.path).area.name == NAME
    assert find_area(NAME, raw=elsewhere.path).code == NEW
    assert areas_in_round(2022, elsewhere.path) == [NEW]


def test_a_line_of_the_users_own_comes_before_the_projects_and_keeps_its_source(tmp_path):
    text = (
        'lines: {"3578": {2022: {value: 601000, source: a book}},'
        " 6471: {2022: {value: 681000, source: mine}}}"
    )
    (tmp_path / "poverty_lines.yaml").write_text(text, "utf8")
    line = poverty_line("3578", 2022, raw=tmp_path)
    assert (float(line), line.source, line.area) == (601_000.0, "a book", "Kota Surabaya")
    assert float(poverty_line("6471", 2022, raw=tmp_path)) == 681_000.0
    assert float(poverty_line("6471", 2021, raw=tmp_path)) == float(poverty_line("6471", 2021))


def test_a_line_that_is_nowhere_is_asked_for():
    with pytest.raises(UnknownYearError, match=r"--line 500000 --line-source.*poverty_lines.yaml"):
        poverty_line("3578", 2022)


BROKEN = {
    'lines: {"6471": {2022: 680499}}': "line 1",
    'lines: {"6471": {2022: {value: 680499}}}': "no source",
    'lines: {"6471": {2022: {value: 680499, sourc: x}}}': "Did you mean source?",
    'lines: {"6471": {"2022": {value: 680499, source: x}}}': "year of four digits",
    'line: {"6471": {2022: {value: 680499, source: x}}}': "Did you mean lines?",
    'lines: {"6471": {2022: {value: .nan, source: x}}}': "positive number",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_file_of_lines_that_is_not_as_it_should_be_is_refused(text, tmp_path):
    path = tmp_path / "lines.yaml"
    path.write_text(text, "utf8")
    with pytest.raises(LineError) as error:
        poverty_line("6471", 2022, file=path)
    assert BROKEN[text] in error.value.message


def test_the_options_name_an_area_and_give_its_line(elsewhere, capsys, monkeypatch):
    monkeypatch.delenv(FACTS_VARIABLE, raising=False)
    asked = ["estimate", "--area", NEW, "--raw", str(elsewhere.path)]
    assert main(asked) == 2
    assert "--area-name" in capsys.readouterr().err
    asked += ["--area-name", NAME]
    assert main(asked) == 2
    assert "--line 500000" in capsys.readouterr().err
    assert main([*asked, "--line", "680499"]) == 2
    assert "--line-source" in capsys.readouterr().err
    assert main([*asked, "--line", "680499", "--line-source", "a book"]) == 0
    assert NAME in capsys.readouterr().out
    with pytest.raises(UnknownAreaError):  # the options are of one command
        find_area(NEW)


def test_block_43_alone_gives_the_same_poverty_and_no_persons(folder):
    line = poverty_line("6471", 2022)
    whole = read_round("6471", 2022, folder.path)
    for role in ("kor_individual", "kor_household", "blok41", "blok42"):
        folder.file(role).unlink()
    alone = read_round("6471", 2022, folder.path)
    assert alone.checks.errors == ()
    tables = [
        estimate(SurveyDesign(r.households), [headcount(line)]).to_frame() for r in (whole, alone)
    ]
    for column in ("estimate", "std_error", "df", "n", "n_psu"):
        assert tables[0][column].tolist() == tables[1][column].tolist()
    assert alone.persons.empty
    with pytest.raises(AbsentError, match="no roster of persons"):
        SurveyDesign(alone.persons)
    recomputed = recompute(alone, line)
    assert recomputed.poverty.row("headcount").estimate == tables[0]["estimate"].iloc[0]
    assert len(recomputed.education) == len(recomputed.work) == 0
    assert any("no roster" in note for note in alone.provenance.notes)
    assert areas_in_round(2022, folder.path) == ["6471"]
    assert "population" in repr(alone)


def test_block_43_alone_without_its_design_says_which_columns_it_lacks(folder):
    for role in ("kor_individual", "kor_household", "blok41", "blok42"):
        folder.file(role).unlink()
    folder.change("blok43", lambda t: t.drop(columns=["STRATA", "R105"]))
    (error, *_) = check_round("6471", 2022, folder.path).errors
    assert "R105" in error.what
    assert "STRATA" in error.what


@pytest.mark.external
def test_the_household_file_and_the_items_suffice_as_well(folder):
    line = poverty_line("6471", 2022)
    whole = estimate(
        SurveyDesign(read_round("6471", 2022, folder.path).households), [headcount(line)]
    )
    folder.file("kor_individual").unlink()
    folder.file("blok43").unlink()
    table = estimate(
        SurveyDesign(read_round("6471", 2022, folder.path).households), [headcount(line)]
    )
    assert table.row("headcount").estimate == pytest.approx(
        whole.row("headcount").estimate, rel=1e-9
    )


def test_printed_figures_of_the_users_own_come_before_the_projects(tmp_path, monkeypatch):
    shipped = published("6471", 2022)
    own = shipped.to_frame().astype(str).replace({"True": "yes", "False": "no"})
    own = own[(own["indicator"] == "headcount") & (own["domain"] == "all")].assign(printed="2.46")
    own.to_csv(tmp_path / "published.csv", index=False)
    monkeypatch.setenv("BPSSTATS_DATA", str(tmp_path))
    cells = [c for c in published("6471", 2022) if (c.indicator, c.domain) == ("headcount", "all")]
    assert {cell.printed for cell in cells} == {"2.46"}
    others = {c.indicator for c in shipped}
    assert {c.indicator for c in published("6471", 2022)} == others
