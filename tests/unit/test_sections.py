"""The report as a list of sections: one place to add one, and each leaves itself out in words."""

import dataclasses
import shutil

import nbformat
import pytest

from bpsstats.errors import ParameterError, UnknownYearError
from bpsstats.paths import raw_dir
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.formats import fields
from bpsstats.reporting.formats.tables import _titles
from bpsstats.reporting.report import sections
from bpsstats.reporting.report.notebooks import cells
from bpsstats.reporting.report.notebooks.written import PAGE as PAGE_NOTEBOOK
from bpsstats.reporting.report.notebooks.written import SECTION_CELL, notebook_path, written_cells
from bpsstats.reporting.report.release import Release, annual_release
from bpsstats.reporting.report.results import Results, compute_all, computed, rounds
from bpsstats.reporting.report.section import Section
from bpsstats.reporting.report.sections import PAGE, SECTIONS
from bpsstats.reporting.words.language import LANGUAGES, language
from in_ci import here

each_language = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.fixture(scope="module")
def core_only(tmp_path_factory):
    """One round alone, without the files of the items."""
    folder = tmp_path_factory.mktemp("core") / "2022-03"
    shutil.copytree(raw_dir() / "susenas" / "2022-03", folder)
    for path in folder.glob("blok4[12]*"):
        path.unlink()
    return folder.parent


@pytest.fixture(scope="module")
def alone(core_only):
    """Results of the round alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BPSSTATS_DATA", str(core_only))
        made = Results("6471", 2022)
        compute_all(made)
    return made


@pytest.fixture(scope="module")
def whole():
    return Results("6471", 2022)


def test_names_of_sections_are_different_and_have_a_title_in_every_language():
    names = [section.name for section in SECTIONS]
    assert len(set(names)) == len(names)
    for lang in LANGUAGES:
        assert set(language(lang).words["section"]) == set(names)


def test_the_cells_of_the_annual_report_are_made_from_the_sections():
    notebook = nbformat.read(notebook_path(PAGE_NOTEBOOK), as_version=4)
    stored = [(cell.cell_type, cell.id, cell.source) for cell in notebook.cells]
    made = cells.with_sections(nbformat.read(notebook_path(PAGE_NOTEBOOK), as_version=4))
    assert [(cell.cell_type, cell.id, cell.source) for cell in made.cells] == stored


@each_language
def test_the_headings_of_the_report_are_in_its_language(lang):
    cells = written_cells(notebook_path(PAGE_NOTEBOOK), lang)
    headings = [cell.source for cell in cells if cell.id.startswith(SECTION_CELL)]
    assert headings == [f"## {language(lang).word('section', s.name)}" for s in PAGE]


def test_a_section_that_is_added_to_the_list_is_in_files_figures_and_cells(whole, monkeypatch):
    class Extra(Section):
        name, file, shows = "extra", "extra-figure", ("text", "figure")

        def say(self):
            return Prose("More.")

        def draw(self):
            drawn = Drawing()
            drawn.add_subplot().plot([1], [1])
            return drawn

        def frames(self):
            return {"extra-table": self.results.now.poverty}

    monkeypatch.setattr(sections, "SECTIONS", (Extra,))
    monkeypatch.setattr(sections, "PAGE", (Extra,))
    monkeypatch.setattr(cells, "PAGE", (Extra,))
    made = Release(whole, "en")
    assert [section.text.text for section in made] == ["More."]
    assert [made_table.name for made_table in made.tables()] == ["extra-table"]
    assert list(made.drawings()) == ["extra-figure"]
    sources = [cell.source for cell in cells.section_cells()]
    assert sources == ["## extra", 'release["extra"]']


def test_an_unknown_section_is_refused_with_those_that_there_are(whole):
    with pytest.raises(ParameterError, match=r"no section 'povrety'\. Its sections are: summary"):
        Release(whole, "en")["povrety"]


@pytest.mark.parametrize("lang", here(["id"], LANGUAGES))
@pytest.mark.parametrize("name", ["change", "line", "basket"])
def test_what_a_lone_round_lacks_leaves_a_section_out_with_a_sentence(alone, name, lang):
    section = Release(alone, lang)[name]
    assert section.text.text
    assert not isinstance(section.table, Table)
    assert section.files() == {}


def test_items_that_are_not_there_are_named(alone):
    assert alone.rebuilt_lacks == "items"
    assert "blocks 41 and 42 of 2022" in Release(alone, "en")["line"].text.text


@each_language
def test_a_lone_round_without_items_still_has_its_other_sections(alone, lang):
    made = Release(alone, lang)
    shown = {section.name: section for section in made}
    for name in ("poverty", "series", "education", "work", "food", "ledger"):
        assert isinstance(shown[name].table, Table), name
        assert shown[name].files()
    assert isinstance(shown["series"].figure, Drawing)
    assert "change" not in [made_table.name for made_table in made.tables()]


def test_without_inflation_the_line_is_not_rebuilt_and_says_so(whole, monkeypatch):
    monkeypatch.setattr(computed, "inflation_on_file", lambda *_: {2021: 2.0})
    again = Results("6471", 2022)
    assert again.rebuilt_lacks == "inflation"
    text = Release(again, "en")["line"].text.text
    assert text == language("en").say(
        "no_inflation", area="Kota Balikpapan", before=2021, year=2022
    )


def test_without_a_line_of_the_year_before_the_line_is_not_rebuilt(monkeypatch):
    again = Results("6471", 2022)
    monkeypatch.setattr(rounds, "line_if_any", lambda *_, **__: None)
    assert again.rebuilt_lacks == "line_before"
    assert [r.round.year for r in again.rounds] == [2022]
    assert again.without_line == (2018, 2019, 2020, 2021)
    assert "the rounds of 2018, 2019, 2020, 2021" in Release(again, "en")["series"].text.text


@each_language
def test_a_round_without_an_indicator_counts_no_deprivations_and_says_which_column(lang):
    again = Results("6471", 2022)
    del again.now.round.households["floor"]
    section = Release(again, lang)["deprivations"]
    assert again.deprivations is None
    assert section.files() == {}
    assert section.table.text == ""
    assert "floor" in section.text.text
    assert language(lang).say("deprivations_none", reasons="") in section.text.text


def test_without_printed_figures_nothing_is_compared(monkeypatch):
    def nothing(*_):
        raise UnknownYearError("none")

    again = Results("6471", 2022)
    monkeypatch.setattr(computed, "compare_recomputed", nothing)
    ledger = Release(again, "en")["ledger"]
    assert ledger.text.text == language("en").say("ledger_none")
    assert isinstance(ledger.holds, Prose)


def test_what_the_whole_needs_is_missed_before_anything_runs():
    with pytest.raises(UnknownYearError):
        annual_release("6471", 2030)
    with pytest.raises(UnknownYearError):
        annual_release("6471", 2017)


@pytest.mark.parametrize("name", ["model", "differences", "by_size", "odds", "predicted"])
@pytest.mark.external
def test_a_refused_model_leaves_its_sections_out_with_the_reason(whole, name, monkeypatch):
    refused = dataclasses.replace(
        whole.model, result=None, effects=None, predicted=None, by_size=None, refused="few poor."
    )
    again = Results("6471", 2022)
    again.__dict__["model"] = refused
    section = Release(again, "en")[name]
    assert section.text.text == "No model is shown: few poor."
    assert section.files() == {}
    assert not isinstance(section.figure, Drawing)


@pytest.mark.external
def test_every_table_that_is_handed_out_has_a_title_and_each_column_a_meaning(whole):
    made = Release(whole, "id").tables()
    assert {table.name for table in made} - _titles().keys() == set()
    columns = {str(name) for table in made for name in table.frame}
    assert columns - {*fields._catalogue()} == set()
    assert len(columns) > 60
    (basket,) = (table.frame for table in made if table.name == "basket")
    assert "Beras" in set(basket["commodity"])
    assert set(basket["part"]) == {"makanan", "bukan makanan"}
