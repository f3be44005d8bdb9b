"""A survey that is none of poverty: two stages, villages drawn by size, children in them."""

import numpy as np
import pandas as pd
import pytest

import bpsstats as bps
from bpsstats.reprs import count_of

VILLAGES, CHILDREN = 24, 15


@pytest.fixture(scope="module")
def children():
    random = np.random.default_rng(3)
    village = np.repeat(np.arange(VILLAGES), CHILDREN)
    shift = random.normal(0, 0.4, VILLAGES)[village]
    frame = pd.DataFrame(
        {
            "village": village,
            "province": np.where(village < VILLAGES // 2, "north", "south"),
            "villages": np.where(village < VILLAGES // 2, 40, 90),
            "w": random.uniform(20, 60, village.size),
            "height_for_age": random.normal(-1, 1.2, village.size) + shift,
            "haemoglobin": random.normal(11.3, 1.2, village.size) + shift,
        }
    )
    return frame.assign(stunted=frame["height_for_age"] < -2, anaemic=frame["haemoglobin"] < 11.0)


@pytest.fixture(scope="module")
def design(children):
    return bps.SurveyDesign(children, weight="w", strata="province", psu="village", fpc="villages")


def test_shares_of_two_true_false_columns_are_told_apart(design):
    both = bps.estimate(design, [bps.share("stunted", True), bps.share("anaemic", True)])
    assert [row.statistic for row in both] == ["share:stunted=True", "share:anaemic=True"]
    names = bps.table(both, "id").frame.iloc[:, 0].tolist()
    assert names == ["Stunted: ya", "Anaemic: ya"]


def test_a_quantile_of_another_column_is_in_its_unit_and_named_by_it(design, children):
    row = bps.estimate(design, bps.quantile(0.5, welfare="height_for_age"))[0]
    assert (row.statistic, row.unit) == ("quantile:0.5:height_for_age", "")
    order = children.sort_values("height_for_age")
    middle = (order["w"].cumsum() >= order["w"].sum() / 2).to_numpy().argmax()
    assert row.estimate == order["height_for_age"].iloc[middle] != 0
    given = bps.quantile(0.5, welfare="height_for_age", unit="SD")
    assert bps.estimate(design, given)[0].unit == "SD"
    assert bps.quantile(0.5).unit == "Rp per person per month"


@pytest.mark.parametrize(
    ("statistic", "english", "indonesian"),
    [
        (bps.mean("haemoglobin"), "Mean of haemoglobin", "Rata-rata haemoglobin"),
        (bps.total("villages"), "Total of villages", "Jumlah villages"),
        (bps.ratio("haemoglobin", "villages"), "Ratio haemoglobin/villages",
         "Rasio haemoglobin/villages"),
        (bps.quantile(0.9, welfare="haemoglobin"), "Quantile 0.9: haemoglobin",
         "Kuantil 0,9: haemoglobin"),
    ],
)  # fmt: skip
def test_a_table_names_a_statistic_of_an_own_column_in_words(
    design, statistic, english, indonesian
):
    result = bps.estimate(design, statistic)
    assert [bps.table(result, lang).frame.iloc[0, 0] for lang in ("en", "id")] == [
        english,
        indonesian,
    ]


def test_a_statistic_and_replicates_say_in_one_line_what_they_are(design):
    assert repr(bps.mean("haemoglobin", "g/dl")) == "Statistic mean:haemoglobin (mean, g/dl)"
    assert repr(bps.gini()) == "Statistic gini (index, ratio)"
    assert repr(bps.jackknife(design)) == "Replicate weights by jackknife: 24 replicates"


def test_a_p_value_is_never_written_as_zero(design):
    fit = bps.survey_regression("haemoglobin ~ height_for_age + stunted", design)
    far = bps.survey_regression("haemoglobin ~ anaemic", design)
    assert "<0.001" in repr(far)
    for shown in (repr(fit), repr(far), far._repr_html_()):
        assert " 0.000\n" not in f"{shown}\n"


def test_a_design_shows_its_sizes_as_a_table(design):
    html = design._repr_html_()
    for name, value in (("records", "360"), ("PSUs", "24"), ("strata", "2")):
        assert f">{name}</th>" in html
        assert f">{value}</td>" in html


@pytest.mark.parametrize("lang", ["en", "id"])
def test_a_heading_counts_one_of_a_thing_as_one(lang):
    frame = pd.DataFrame({"y": [1.0], "w": [2.0]})
    alone = bps.SurveyDesign(frame, weight="w", strata=None, psu=None, lone_psu="centre")
    assert alone.heading == "1 record in 1 PSU, 1 stratum"
    assert repr(alone).startswith("Survey design: 1 record, 1 PSU, 1 stratum, 0 degrees of freedom")
    caption = bps.table(bps.estimate(alone, bps.mean("y")), lang).caption
    assert (
        caption
        == {
            "en": "1 record in 1 PSU, 1 stratum",
            "id": "1 pengamatan dalam 1 blok sensus, 1 strata",
        }[lang]
    )
    assert count_of(1, "stratum", "strata") == "1 stratum"


def test_a_column_of_p_values_stands_to_the_right_and_is_safe_in_latex(design):
    fit = bps.survey_regression("haemoglobin ~ anaemic", design)
    made = bps.table(fit)
    assert made.numbers()[list(made.frame.columns).index("p")]
    assert r"$<$0.001 \\" in made.latex()
    assert '<td style="text-align:right;white-space:nowrap">&lt;0.001</td>' in fit._repr_html_()
