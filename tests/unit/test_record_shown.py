"""The printed record as people see it: commands, tables and sentences in both languages."""

import json

import numpy as np
import pandas as pd
import pytest

from bpsstats.cli import main
from bpsstats.paths import published_file
from bpsstats.published.indicators import indicators
from bpsstats.published.record import printed_record
from bpsstats.published.record.bounds import QUANTITIES
from bpsstats.published.record.finding import VERDICTS
from bpsstats.published.record.identities import relations
from bpsstats.reporting import (
    coherence_table,
    depth_figure,
    levels_table,
    record_figure,
    say_record,
    steadiness_figure,
    table,
)
from bpsstats.reporting.words.language import language

LANGUAGES = ("en", "id")
CITY = "6471"


@pytest.fixture(scope="module")
def record():
    return printed_record(CITY)


def rewritten(tmp_path, change):
    """A file of printed figures after a change of its frame."""
    frame = pd.read_csv(published_file(), dtype=str, keep_default_na=False)
    change(frame).to_csv(tmp_path / "published.csv", index=False)
    return tmp_path / "published.csv"


def false_severity(frame):
    at = frame[["area_code", "year", "indicator"]].eq([CITY, "2022", "severity"]).all(axis=1)
    return frame.assign(printed=frame["printed"].mask(at, "0.20"))


def as_direct_estimates(frame):
    """Rates of all areas as samples of 308 households would print them."""
    random = np.random.default_rng(3)
    at = frame["indicator"].eq("headcount") & frame["area_code"].str[2:].ne("00")
    drawn = 100 * random.binomial(308, frame.loc[at, "printed"].astype(float) / 100) / 308
    frame.loc[at, "printed"] = [f"{rate:.2f}" for rate in drawn]
    return frame


def test_the_record_is_printed_and_a_contradiction_ends_with_one(capsys, tmp_path):
    assert main(["record", "--area", "6404"]) == 0
    assert "How steady the printed rates are, 2015 to 2024" in capsys.readouterr().out
    file = rewritten(tmp_path, false_severity)
    assert main(["record", "--area", CITY, "--printed", str(file), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    named = [
        r for r in found if r["verdict"] == "contradicts" and r["check"] == "severity_below_gap"
    ]
    assert [(r["year"], r["cells"]) for r in named] == [(2022, "severity 0.20; poverty_gap 0.17")]


def test_bounds_are_printed_and_figures_that_cannot_hold_end_with_one(capsys, tmp_path):
    assert main(["bounds", "--area", "kota samarinda", "--year", "2023"]) == 0
    assert "what follows from the printed figures" in capsys.readouterr().out
    file = rewritten(tmp_path, false_severity)
    assert main(["bounds", "--year", "2022", "--printed", str(file)]) == 1
    assert "cannot hold" in capsys.readouterr().out
    assert main(["bounds", "--year", "2031"]) == 2
    assert "2015 to 2024" in capsys.readouterr().err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_a_record_can_name_has_a_word(lang):
    words = language(lang).words
    assert set(indicators()) - {"difference:food_share"} <= set(words["indicator"])
    assert set(relations()) <= set(words["record_check"])
    assert set(VERDICTS) == set(words["record_verdict"])
    assert {name for name, *_ in QUANTITIES} == set(words["bound"])
    units = {unit for _, _, unit, *_ in QUANTITIES}
    assert units <= {*words["bound_unit"], *words["unit"]}


def test_both_catalogues_say_the_same_of_a_record():
    english, indonesian = (language(lang).words for lang in LANGUAGES)
    for section in ("indicator", "record_check", "record", "bound"):
        assert set(english[section]) == set(indonesian[section])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_check_of_the_areas_is_named_in_words(record, lang):
    shown = coherence_table(record, lang).frame.iloc[:, 0]
    raw = set(record.coherence.counts()["check"])
    assert not raw & set(shown) - set(language(lang).words["record_check"].values())
    assert "_" not in "".join(shown)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_show_what_is_printed_in_the_marks_of_the_language(record, lang):
    levels = levels_table(record, lang).frame
    mark = language(lang).decimal
    assert levels.iloc[7, 1] == f"2{mark}45"
    for result in (record.to_be_named, record.steadiness, record.depth, record.additivity,
                   record.ranks(2022), record.bounds(2022)):  # fmt: skip
        assert len(table(result, lang).frame) == len(result.rows)
    assert len(table(record.ranks(2040), lang).frame) == 0


def test_the_sentences_say_both_things_of_a_change(record):
    text = say_record(record).text
    assert "few changes are statistically significant" in text
    assert "steadier than such samples" in text
    assert "not a direct estimate" in text


@pytest.mark.external
def test_rates_that_move_as_samples_do_are_not_called_steady(tmp_path):
    noisy = printed_record(CITY, file=rewritten(tmp_path, as_direct_estimates))
    assert not noisy.steadiness.row("all").too_steady
    text = say_record(noisy).text
    assert "speaks against direct estimates" in text
    assert "not a direct estimate" not in text
    assert "moves as samples" in record_figure(noisy).alt
    assert "of 10,000" in steadiness_figure(noisy).alt


@pytest.mark.external
def test_figures_are_there_for_every_language_and_for_a_record_without_rates(record, tmp_path):
    empty = rewritten(tmp_path, lambda frame: frame[frame["area_code"].eq("0000")])
    for one in (record, printed_record(CITY, file=empty)):
        for figure in (record_figure, depth_figure, steadiness_figure):
            assert {figure(one, lang).svg()[:4] for lang in LANGUAGES} == {"<svg"}
    assert say_record(printed_record(CITY, file=empty)).text.startswith("No rates")
