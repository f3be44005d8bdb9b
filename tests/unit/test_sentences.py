"""The rules of the sentences: cases that part all facts, a text for each in each language."""

import dataclasses
import math
import re
import string

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bpsstats.reporting.report.sections  # noqa: F401 - whose words enter their rules
from bpsstats.poverty import change, headcount, poor_count, poverty_gap, severity
from bpsstats.poverty.profile.differences import holm
from bpsstats.reporting.words.change import (
    DETECTABLE,
    DIRECTION,
    PRINT,
    SIGNIFICANCE,
    ChangeFacts,
    PrintFacts,
    SeriesFacts,
    say_change,
)
from bpsstats.reporting.words.language import LANGUAGES, language
from bpsstats.reporting.words.line import LINE_CHANGE, LineFacts
from bpsstats.reporting.words.profile import BRIDGE, FOOD, BridgeFacts, FoodFacts
from bpsstats.reporting.words.rule import RULES, Value
from bpsstats.survey import SurveyDesign, estimate

each_rule = pytest.mark.parametrize("name", sorted(RULES))
# Any number that an estimate may be: missing, none at all, of either sign.
numbers = st.one_of(
    st.just(math.nan), st.just(0.0), st.floats(-1e7, 1e7), st.floats(-1, 1), st.floats(0, 0.1)
)
KINDS = {
    float: numbers,
    int: st.integers(0, 10**6),
    str: st.sampled_from(
        [
            "reliable",
            "caution",
            "unreliable",
            "not estimable",
            "review",
            "not reliable",
            "March 2021",
        ]
    ),
    tuple[str, ...]: st.lists(st.sampled_from(["2018", "2019"]), max_size=2).map(tuple),
}


def facts_of(kind):
    """Facts of a kind, anything that its fields may be; levels are levels."""
    fields = {
        field.name: st.floats(0.5, 0.999) if field.name == "level" else KINDS[field.type]
        for field in dataclasses.fields(kind)
        if field.name not in ("digits", "power")
    }
    if kind is ChangeFacts:
        fields["digits"] = st.sampled_from([0, 2])
    return st.builds(kind, **fields)


def fields_of(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@each_rule
@settings(max_examples=40)
@given(st.data())
def test_exactly_one_case_of_a_rule_is_true_of_any_facts(name, data):
    rule = RULES[name]
    facts = data.draw(facts_of(rule.facts))
    assert sum(bool(holds(facts)) for holds in rule.cases.values()) == 1


@each_rule
def test_every_case_has_a_text_in_every_language_with_the_same_numbers(name):
    rule = RULES[name]
    texts = [language(lang).words["rule"][name] for lang in LANGUAGES]
    for words in texts:
        assert list(words) == list(rule.cases)
    for case in rule.cases:
        found = [fields_of(words[case]) for words in texts]
        assert found[0] == found[1]
        known = {field.name for field in dataclasses.fields(rule.facts)} | set(dir(rule.facts))
        assert found[0] <= known


def test_no_text_stands_in_a_catalogue_without_a_rule():
    for lang in LANGUAGES:
        assert set(language(lang).words["rule"]) == set(RULES)


@each_rule
@settings(max_examples=20)
@given(st.data())
def test_every_text_can_be_filled(name, data):
    facts = data.draw(facts_of(RULES[name].facts))
    said = " ".join(RULES[name].say(facts, language(lang)) for lang in LANGUAGES)
    assert not re.search(r"[{}]|\bnan\b", said)


def facts_of_change(**values):
    about = {
        "statistic": "poor_count", "before": "March 2021", "start": 3000.0, "end": 2000.0,
        "low": -3000.0, "high": 1000.0, "p": 0.4, "detectable": 2500.0, "level": 0.95, "digits": 0,
    }  # fmt: skip
    return ChangeFacts(**(about | values))


@pytest.mark.parametrize(
    ("values", "direction", "significance", "detectable"),
    [
        ({}, "lower", "not_significant", "some_fall"),
        ({"end": 5000.0}, "higher", "not_significant", "some_fall"),
        ({"end": 3000.0}, "same", "not_significant", "some_fall"),
        ({"end": 3000.3}, "same", "not_significant", "some_fall"),
        ({"detectable": 4000.0}, "lower", "not_significant", "no_fall"),
        ({"p": 0.049}, "lower", "significant", "unsaid"),
        ({"p": 0.049, "level": 0.99}, "lower", "not_significant", "some_fall"),
        ({"end": 0.0, "p": math.nan}, "lower", "untestable", "unsaid"),
        ({"end": math.nan, "p": math.nan}, "unknown", "untestable", "unsaid"),
    ],
)
def test_a_change_is_said_by_its_direction_and_by_what_can_be_tested(
    values, direction, significance, detectable
):
    facts = facts_of_change(**values)
    assert DIRECTION.case(facts) == direction
    assert SIGNIFICANCE.case(facts) == significance
    assert DETECTABLE.case(facts) == detectable


def test_a_fall_reads_as_a_fall_and_in_the_words_of_the_field():
    english, indonesian = (DIRECTION.say(facts_of_change(), language(lang)) for lang in LANGUAGES)
    assert english == (
        "Compared with March 2021, the estimated number of poor is lower by 1,000: 2,000 against"
        " 3,000."
    )
    assert indonesian == (
        "Dibandingkan dengan Maret 2021, estimasi jumlah penduduk miskin lebih rendah 1.000 orang:"
        " 2.000 berbanding 3.000."
    )
    assert "not statistically significant at the 5 percent level" in SIGNIFICANCE.say(
        facts_of_change(), language("en")
    )
    assert "tidak signifikan secara statistik pada taraf 5 persen" in SIGNIFICANCE.say(
        facts_of_change(), language("id")
    )


@pytest.mark.parametrize(
    ("p", "case"), [(0.0015, "steadier"), (0.2, "not_steadier"), (math.nan, "unknown")]
)
def test_what_print_adds_follows_from_how_steady_it_is(p, case):
    assert PRINT.case(PrintFacts(2015, 2022, 616, p, 0.95)) == case


@pytest.mark.parametrize(
    ("poor", "others", "low", "high", "case"),
    [
        (60.0, 48.0, 9.0, 15.0, "more"),
        (40.0, 48.0, -15.0, -9.0, "less"),
        (49.0, 48.0, -1.0, 3.0, "same"),
        (60.0, 48.0, math.nan, math.nan, "untestable"),
        (math.nan, 48.0, math.nan, math.nan, "one_group"),
    ],
)
def test_engels_law_is_said_to_hold_only_where_the_interval_says_so(poor, others, low, high, case):
    assert FOOD.case(FoodFacts(poor, others, poor - others, low, high, 0.95)) == case


@pytest.mark.parametrize(
    ("limits", "p", "rounds", "case"),
    [
        ((-30.0, 30.0), 0.003, 5, "rounds_only"),
        ((-60.0, -30.0), 0.003, 5, "both"),
        ((-60.0, -30.0), 0.3, 2, "year_only"),
        ((-30.0, 30.0), 0.3, 2, "neither"),
        ((-30.0, 30.0), 0.003, 1, "unsaid"),
        ((-30.0, 30.0), math.nan, 5, "unsaid"),
    ],
)
def test_one_round_and_several_are_bridged_by_what_each_shows(limits, p, rounds, case):
    facts = BridgeFacts("March 2022", "2018–2022", rounds, 1.0, *limits, p, 13, 72, 0.95)
    assert BRIDGE.case(facts) == case


@pytest.mark.parametrize(
    ("growth", "case"),
    [(3.5, "higher"), (-3.5, "lower"), (0.04, "same"), (math.nan, "first")],
)
def test_a_line_is_said_to_rise_only_where_it_did(growth, case):
    assert LINE_CHANGE.case(LineFacts("X", "March 2022", 1.0, "BPS", growth)) == case


def poverty(poor, households=8):
    """Four measures of households of which some are poor."""
    spending = [50.0] * poor + [200.0] * (households - poor)
    frame = pd.DataFrame(
        {"expenditure_person_month": spending, "weight_person": 1.0, "psu": range(households)}
    )
    frame.attrs = {"period": "March 2021", "source": "synthetic microdata"}
    measures = [poor_count(100), headcount(100), poverty_gap(100), severity(100)]
    return estimate(SurveyDesign(frame, strata=None), measures)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("before", "after"), [(3, 0), (0, 3), (0, 0), (2, 2), (3, 2)])
def test_a_year_with_nobody_poor_has_its_sentences(before, after, lang):
    said = say_change(change(poverty(before), poverty(after)), None, lang).text
    assert " nan" not in said
    if not before or not after:
        assert language(lang).words["rule"]["significance"]["untestable"] in said


def test_without_a_round_before_nothing_is_said_of_a_change():
    for lang in LANGUAGES:
        assert say_change(None, None, lang).text == language(lang).say("change_none")


def test_holm_is_the_method_of_statsmodels():
    from statsmodels.stats.multitest import multipletests

    for p in ([0.01, 0.04, 0.03, 0.2], [0.5], [0.02, 0.02, 0.9], [0.3, 0.4]):
        assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


def test_a_missing_p_value_stays_missing_and_does_not_count():
    adjusted = holm([math.nan, 0.02, 0.04])
    assert math.isnan(adjusted[0])
    assert adjusted[1:] == pytest.approx([0.04, 0.04])


def test_the_title_of_a_series_claims_what_was_tested_with_the_correction():
    """Two of four rounds differ by themselves, one after the correction."""
    rates = [poverty(k, 200).row("headcount") for k in (8, 14, 30, 8)]
    facts = SeriesFacts.of(rates)
    assert (facts.earlier, facts.tested) == (3, 3)
    assert facts.lower == ("2021",)
    assert facts.higher == ()


@pytest.mark.parametrize(
    ("value", "mark", "english", "indonesian"),
    [
        (1234.5, "0", "1,234", "1.234"),
        (-1.25, "+1", "−1.2", "−1,2"),
        (0.95, "percent", "95", "95"),
        (0.95, "alpha", "5", "5"),
        (0.975, "alpha", "2.5", "2,5"),
        (0.0004, "p", "p < 0.001", "p < 0,001"),
        (0.0351, "p", "p = 0.035", "p = 0,035"),
        (2022, "", "2022", "2022"),
        (("a", "b", "c"), "", "a, b and c", "a, b dan c"),
        ("March 2021", "period", "March 2021", "Maret 2021"),
    ],
)
def test_values_are_written_by_their_marks(value, mark, english, indonesian):
    assert [format(Value(value, language(lang)), mark) for lang in LANGUAGES] == [
        english,
        indonesian,
    ]
