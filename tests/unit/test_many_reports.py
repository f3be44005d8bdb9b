"""Reports of many areas: which are meant, what comes of one that fails, and the index."""

import json
import re
import shutil

import pytest
from distributed import LocalCluster

from bpsstats.errors import ParameterError, UnknownAreaError, UnknownYearError
from bpsstats.microdata import find_area
from bpsstats.reporting.figures.areas import areas_figure
from bpsstats.reporting.report import many
from bpsstats.reporting.report.index import entries_of, write_index
from bpsstats.reporting.report.many import Made, Task, areas_asked_for, folder_of, make_reports
from bpsstats.reporting.words.language import LANGUAGES, language

RATES = {"6471": {2021: 2.89, 2022: 2.45}, "6472": {2021: 4.99, 2022: 4.85}, "6402": {2022: 10.24}}


@pytest.fixture
def in_files(monkeypatch):
    """Rounds of 2021 and 2022 that hold areas of two provinces."""

    def held(year):
        if year not in (2021, 2022):
            raise UnknownYearError(f"There are no files of March {year}.")
        return ["6401", "6472", "7371"] if year == 2022 else ["6401", "6471"]

    monkeypatch.setattr(many, "areas_in_round", held)


@pytest.mark.parametrize(
    ("asked", "years", "codes"),
    [
        ("all", [2021, 2022], ["6401", "6471", "6472", "7371"]),
        ("all", [2021], ["6401", "6471"]),
        ("64", [2022], ["6401", "6472"]),
        ("6400", [2021, 2022], ["6401", "6471", "6472"]),
        ("64,7371", [2022], ["6401", "6472", "7371"]),
        ("6471,6402,6471", [2022], ["6471", "6402"]),
        ("Kota Balikpapan, 6472", [2022], ["6471", "6472"]),
        ("all", [2021, 2019], ["6401", "6471"]),
    ],
)
def test_areas_are_all_of_the_files_of_a_province_or_of_a_list(in_files, asked, years, codes):
    assert areas_asked_for(asked, years) == codes


def test_what_names_no_area_is_an_error(in_files):
    with pytest.raises(ParameterError, match="They hold: 6401, 6471"):
        areas_asked_for("12", [2021])
    with pytest.raises(UnknownYearError):
        areas_asked_for("all", [2019])
    for nowhere in ("6471,atlantis", ",", ""):
        with pytest.raises(UnknownAreaError):
            areas_asked_for(nowhere, [2022])


def test_one_that_fails_does_not_stop_the_others_and_keeps_its_place(monkeypatch, tmp_path):
    tasks = [Task(area, 2022, "en", str(tmp_path)) for area in ("6401", "6402", "6403")]
    monkeypatch.setattr(many, "make_one", lambda t: Made(t, "broken" if t.area == "6402" else ""))
    told = []
    made = make_reports(tasks, progress=lambda done, total: told.append((done, total)))
    assert [report.task for report in made] == tasks
    assert [report.error for report in made] == ["", "broken", ""]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_report_that_cannot_be_made_comes_back_as_its_paragraph(tmp_path):
    made = many.make_one(Task("6471", 2017, "en", str(tmp_path)))
    assert "2017" in made.error
    assert "Traceback" not in made.error
    assert "\n" not in made.error
    assert not any(tmp_path.rglob("report.html"))


@pytest.mark.external
def test_a_scheduler_has_reports_made_and_those_that_cannot_be_come_back_in_order(tmp_path):
    out = tmp_path / "reports"
    tasks = [Task("6471", year, "en", str(out)) for year in (2017, 2022)]
    told = []
    with LocalCluster(
        n_workers=1, threads_per_worker=2, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        made = make_reports(
            tasks,
            scheduler=cluster.scheduler_address,
            progress=lambda done, total: told.append((done, total)),
        )
    assert [report.task for report in made] == tasks
    assert "2017" in made[0].error
    assert made[1].error == ""
    assert (folder_of(tasks[1]) / "report.html").is_file()
    assert told == [(1, 2), (2, 2)]


def test_an_unknown_language_is_refused_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(many, "make_one", lambda _: pytest.fail("it ran"))
    with pytest.raises(ParameterError, match="language"):
        make_reports([Task("6471", 2022, "jv", str(tmp_path))])


@pytest.fixture
def reports(tmp_path):
    """What the index reads of reports, in both languages."""
    for area, years in RATES.items():
        for year, rate in years.items():
            for lang in LANGUAGES:
                folder = folder_of(Task(area, year, lang, str(tmp_path)))
                folder.mkdir(parents=True)
                (folder / "report.html").write_text("<p>report</p>", "utf8")
                row = {"statistic": "headcount", "estimate": rate, "conf_low": rate / 2}
                told = {
                    "area": {"code": area, "name": find_area(area).name},
                    "year": year,
                    "data": {"kind": "survey", "source": "survey microdata"},
                    "figures": [row | {"conf_high": 2 * rate}],
                }
                (folder / "release.json").write_text(json.dumps(told), "utf8")
    return tmp_path


def test_the_index_sorts_areas_by_the_rate_of_their_last_year(reports):
    entries = entries_of(reports, "en")
    assert list(dict.fromkeys(entry.area for entry in entries)) == ["6471", "6472", "6402"]
    assert [(e.year, e.estimate) for e in entries if e.area == "6471"] == [
        (2021, 2.89),
        (2022, 2.45),
    ]


def test_areas_whose_rate_is_withheld_stand_last_and_the_others_in_their_order(reports):
    for year in RATES["6472"]:
        about = folder_of(Task("6472", year, "en", str(reports))) / "release.json"
        told = json.loads(about.read_text("utf8"))
        told["figures"][0] |= dict.fromkeys(("estimate", "conf_low", "conf_high"))
        about.write_text(json.dumps(told), "utf8")
    shutil.move(reports / "6402", reports / "6499")  # read after the one that is withheld
    entries = entries_of(reports, "en")
    assert list(dict.fromkeys(entry.area for entry in entries)) == ["6471", "6402", "6472"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_report_is_linked_from_the_index_by_its_rate(reports, lang):
    text = write_index(reports, lang).read_text("utf8")
    links = dict(re.findall(r'<a href="([^"]+)">([^<]+)</a>', text))
    words = language(lang)
    for area, years in RATES.items():
        for year, rate in years.items():
            low, high = words.number(rate / 2, 2), words.number(2 * rate, 2)
            wanted = f"{words.number(rate, 2)} ({low} – {high})"
            assert links.pop(f"{area}/{year}/{lang}/report.html") == wanted
            assert (reports / area / str(year) / lang / "report.html").is_file()
    assert links == {}
    assert f'<p class="note">{words.words["source"]["survey microdata"]}</p>' in text
    assert f'<html lang="{lang}">' in text
    assert [path.name for path in reports.glob(".*")] == []


def test_the_figure_has_a_panel_for_each_year_and_a_point_for_each_report(reports):
    entries = entries_of(reports, "en")
    panels = areas_figure(entries).axes
    assert [axes.get_title(loc="left") for axes in panels] == ["March 2021", "March 2022"]
    drawn = [sorted(axes.containers[0].lines[0].get_xdata().tolist()) for axes in panels]
    assert drawn == [[2.89, 4.99], [2.45, 4.85, 10.24]]


def test_a_folder_without_reports_has_no_index(tmp_path):
    assert write_index(tmp_path, "en") is None
