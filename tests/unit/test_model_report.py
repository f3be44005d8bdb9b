"""What people see of the models: the reason for a method in both languages, the specification
table, curve and sentences.
"""

import dataclasses

import numpy as np
import pytest

from bpsstats.microdata import read_round
from bpsstats.models import education_model, education_specifications
from bpsstats.models.education.specifications import CHOICES
from bpsstats.models.logit.gate import TEXTS, Reason
from bpsstats.poverty import poverty_line
from bpsstats.reporting.display import Prose
from bpsstats.reporting.figures.models import effects_figure, size_figure, specification_figure
from bpsstats.reporting.tables.models import firth_note
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.language import LANGUAGES, language
from bpsstats.reporting.words.model import say_model, say_model_check, say_specifications

YEARS = (2021, 2022)
VALUES = {
    "events": 7,
    "parameters": 3,
    "least": 10.0,
    "term": "head_education",
    "terms": "head_education: below_sd",
    "limit": 15.0,
}
each_language = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.fixture(scope="module")
def rounds():
    return [read_round("6471", year) for year in YEARS], [
        poverty_line("6471", year) for year in YEARS
    ]


@pytest.fixture(scope="module")
def model(rounds):
    return education_model(*rounds)


@pytest.fixture(scope="module")
def specifications(rounds):
    return education_specifications(*rounds)


@pytest.fixture(scope="module")
def refused():
    line = dataclasses.replace(poverty_line("6471", 2022), value=420_000)
    return education_model([read_round("6471", 2022)], [line])


@each_language
@pytest.mark.parametrize("code", TEXTS)
def test_every_reason_of_the_gate_can_be_told_in_every_language(code, lang):
    heading = "Kota Contoh · March 2022 · synthetic microdata · 24 households in 8 PSUs, 2 strata"
    note = firth_note(Reason(code, VALUES), language(lang), heading)
    assert "Firth" in note
    assert "{" not in note
    assert "head_education" not in note


@each_language
def test_the_reason_for_firth_stands_below_the_table_of_odds_ratios(model, lang):
    shown = table(model.result, lang)
    assert any("Firth" in note and str(model.result.events) in note for note in shown.notes)
    assert len(shown.frame) == len(model.result.terms)


@each_language
def test_the_specification_table_has_a_named_row_for_every_choice(specifications, lang):
    shown = table(specifications, lang).frame
    assert len(shown) == len(CHOICES)
    assert not set(shown.iloc[:, 0]) & {choice.key for choice in CHOICES}
    numbers = [row.effect.estimate for row in specifications.rows]
    marks = language(lang)
    assert list(shown.iloc[:, 1]) == [marks.number(number, 2) for number in numbers]


@each_language
def test_the_curve_draws_each_effect_where_it_is_and_shades_the_band(specifications, lang):
    axes = specification_figure(specifications, lang).axes[0]
    drawn = sorted(float(line.get_xdata()[0]) for line in axes.lines if len(line.get_xdata()) == 1)
    assert drawn == pytest.approx(sorted(row.effect.estimate for row in specifications.rows))
    (band,) = axes.patches
    assert band.get_extents().width > 0
    assert band.get_x() == pytest.approx(specifications.band.low)


def test_the_sentence_counts_the_models_whose_interval_lies_above_zero(specifications):
    text = say_specifications(specifications).text
    above = sum(row.effect.interval()[0] > 0 for row in specifications.rows)
    assert f"Under {len(CHOICES)} models" in text
    assert f"above zero in {above} of them" in text


def test_the_sentence_names_what_others_would_not_lead_one_to_expect(specifications):
    far = dataclasses.replace(specifications.rows[0], verdict="implausible")
    rest = [dataclasses.replace(row, verdict="plausible") for row in specifications.rows[1:]]
    alarmed = dataclasses.replace(specifications, rows=(far, *rest))
    assert "outside that range lies: “main" in say_specifications(alarmed).text
    calm = dataclasses.replace(specifications, rows=tuple(rest))
    assert "outside that range" not in say_specifications(calm).text


@each_language
def test_the_check_shows_one_number_twice(model, lang):
    observed = 100 * np.average(model.result.columns.y, weights=model.design.weights)
    assert say_model_check(model, lang).text.count(language(lang).number(observed, 6)) == 2


@each_language
@pytest.mark.parametrize("show", [say_model, say_model_check, effects_figure, size_figure])
def test_a_refused_model_is_shown_as_its_reason(refused, show, lang):
    shown = show(refused, lang)
    text = (
        shown.text
        if isinstance(shown, Prose)
        else " ".join(t.get_text() for t in shown.axes[0].texts)
    )
    assert {"en": "events", "id": "Tidak satu pun dari 608 pengamatan miskin"}[lang] in text


@each_language
def test_lines_over_household_size_have_a_point_for_every_class_and_size(model, lang):
    axes = size_figure(model, lang).axes[0]
    points = [
        tuple(line.get_ydata())
        for line in axes.lines
        if len(line.get_xdata()) == len(axes.get_xticks())
    ]
    assert len({value for values in points for value in values}) >= len(model.by_size.rows)
