"""The table of specifications: one effect under several models, judged by what others found."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from bpsstats.microdata import read_round
from bpsstats.models import (
    contrast,
    education_specifications,
    pool_rounds,
    predicted_poverty,
    survey_logit,
    survey_regression,
)
from bpsstats.models.education.plausible import Band, implied_effect, plausible_band, sources
from bpsstats.models.education.specifications import CHOICES
from bpsstats.poverty import poverty_line
from bpsstats.survey import SurveyDesign

YEARS = (2020, 2021, 2022)


@pytest.fixture(scope="module")
def rounds():
    return [read_round("6471", year) for year in YEARS], [
        poverty_line("6471", year) for year in YEARS
    ]


@pytest.fixture(scope="module")
def table(rounds):
    return education_specifications(*rounds)


def test_every_choice_has_a_row_with_an_interval_or_a_reason(table):
    frame = table.to_frame().set_index("specification")
    assert list(frame.index) == [choice.key for choice in CHOICES]
    assert len(frame) >= 6
    shown = frame[frame["method"] != "refused"]
    assert (
        (shown["conf_low"] < shown["estimate"]) & (shown["estimate"] < shown["conf_high"])
    ).all()
    assert (frame.loc[frame["method"].isin(["Firth", "refused"]), "reason"] != "").all()
    assert len(table.estimates()) == len(shown)


def test_the_main_row_is_the_average_difference_of_the_main_model(table, rounds):
    formula = "poor ~ head_below_sma + log_size + dependency + C(year)"
    result = survey_logit(formula, pool_rounds(*rounds), below_gate="firth")
    (expected,) = contrast(result, {"head_below_sma": 1.0}, {"head_below_sma": 0.0})
    main = table.rows[0].effect
    assert (main.estimate, main.std_error) == (expected.estimate, expected.std_error)


def test_the_main_model_holds_no_mediator_equal_and_another_shows_what_that_would_change(table):
    frame = table.to_frame().set_index("specification")
    assert "work" not in frame.loc["main", "formula"]
    assert "C(head_work)" in frame.loc["mediators", "formula"]


def test_the_welfare_row_is_the_difference_of_the_predictions_of_a_regression_on_all_households(
    table, rounds
):
    frame = pool_rounds(*rounds).frame
    school = pd.Categorical(np.where(frame["head_below_sma"] == 1, "low", "high"), ["high", "low"])
    result = survey_regression(
        "log_welfare_ratio ~ C(school) + log_size + dependency + C(year)",
        SurveyDesign(frame.assign(school=school)),
    )
    high, low = predicted_poverty(result, "school")
    row = table.rows[-1]
    assert (row.choice.key, row.method, row.events) == ("welfare", "welfare regression", len(frame))
    assert row.effect.estimate == pytest.approx(low.estimate - high.estimate, rel=1e-9)
    assert row.effect.std_error == pytest.approx((low - high).std_error, rel=1e-9)


def test_members_of_a_household_count_as_one_event(rounds):
    design = pool_rounds(*rounds, unit="persons")
    poor = design.frame[design.frame["poor"]]
    assert len(poor) > 100 > poor["household"].nunique()
    options = {"below_gate": "firth", "profile": False, "events_per_parameter": len(poor) / 4}
    assert survey_logit("poor ~ own_below_sma + log_size", design, **options).reason is None
    assert (
        survey_logit(
            "poor ~ own_below_sma + log_size", design, group="household", **options
        ).reason.code
        == "few_events"
    )


def test_a_choice_that_the_data_cannot_bear_says_why_and_keeps_its_row(rounds):
    lines = [*rounds[1][:-1], dataclasses.replace(rounds[1][-1], value=430_000)]
    frame = education_specifications(rounds[0], lines).to_frame().set_index("specification")
    assert frame.loc["one_round", "method"] == "refused"
    assert frame.loc["one_round", "reason"]
    assert np.isnan(frame.loc["one_round", "estimate"])


@pytest.mark.parametrize(
    ("effect", "low", "high", "verdict"),
    [
        (2, 1, 3, "plausible"),
        (6, 3, 9, "unusual"),
        (9, 7, 11, "implausible"),
        (-1, -2, 0.5, "implausible"),
    ],
)
def test_an_effect_is_implausible_when_its_whole_interval_lies_outside_the_band(
    effect, low, high, verdict
):
    assert Band(1.0, 5.0, (1.5, 8.0)).judge(effect, low, high) == verdict


@pytest.mark.parametrize("odds_ratio", [1.5, 3.0, 8.0])
def test_an_implied_effect_has_the_odds_ratio_and_the_rate_it_was_made_from(odds_ratio):
    rate, share = 0.025, 0.4
    effect = implied_effect(odds_ratio, rate, share) / 100
    p0 = rate - share * effect
    p1 = p0 + effect
    assert p1 / (1 - p1) / (p0 / (1 - p0)) == pytest.approx(odds_ratio, rel=1e-9)


def test_the_band_holds_every_source_and_each_source_is_dated_and_adds_up():
    band = plausible_band(0.025, 0.4)
    for source in sources()["sources"]:
        poor, others = (source["shares"][group] / 100 for group in ("poor", "others"))
        ratio = poor / (1 - poor) / (others / (1 - others))
        assert band.odds_ratios[0] < ratio < band.odds_ratios[1]
        assert source["printed_in"]
        assert source["read"].year >= 2026
    assert 0 < band.low < band.high
