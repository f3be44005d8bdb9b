"""Two verdicts: BPS's by relative standard error, and one that heeds sample size and interval."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bpsstats.poverty import education_of_the_poor, headcount, poor_count, poverty_line
from bpsstats.reporting.tables.table import table
from bpsstats.survey import SurveyDesign, estimate, mean, population, share
from bpsstats.survey.results.one_estimate import Estimate
from bpsstats.survey.variance.intervals import korn_graubard


def row(p=50.0, std_error=2.0, n=600, df=60, households=600, deff=1.0, kind="proportion"):
    return Estimate(
        "share:x", "all", "", p, std_error, df, n, households, 64, "percent", "", kind, 100.0, 0.95,
        (), deff=deff,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "verdict"),
    [
        (row(), "reliable"),
        (row(n=29, deff=0.5), "not reliable"),
        (row(n=600, deff=21), "not reliable"),
        (row(households=29), "not reliable"),
        (row(p=50, std_error=6.8), "reliable"),
        (row(p=50, std_error=7.9), "not reliable"),
        (row(p=2, std_error=0.9), "reliable"),
        (row(p=4, std_error=1.6), "not reliable"),
        (row(df=7), "review"),
        (row(std_error=float("nan")), "not estimable"),
        (row(kind="difference"), "not rated"),
    ],
)
def test_the_verdict_follows_size_width_and_degrees_of_freedom(shown, verdict):
    assert shown.presentation == verdict


def test_a_share_of_a_dozen_households_is_never_reliable(round_2022):
    persons = SurveyDesign(round_2022.persons)
    poor = education_of_the_poor(persons, poverty_line("6471", 2022))
    sma = poor.row("share:sma_plus")
    assert sma.reliability == "reliable"  # by BPS's class, with an interval of 63 points
    assert sma.households < 30 <= sma.n
    assert {one.presentation for one in poor} == {"not reliable"}
    # Households decide even where the interval does not.
    assert replace(sma, std_error=0.5, deff=1.0, df=60, n=4000).presentation == "not reliable"


def test_households_are_counted_once_in_each_domain(round_2022):
    persons, households = round_2022.persons, round_2022.households
    everybody = estimate(SurveyDesign(persons), population()).rows[0]
    assert everybody.households == len(households) == persons["household"].nunique()
    women = estimate(SurveyDesign(persons), population(), by="sex")
    for one in women:
        of_sex = persons[persons["sex"] == one.domain.removeprefix("sex=")]
        assert one.households == of_sex["household"].nunique()
    shuffled = persons.sample(frac=1, random_state=1)
    shuffled.attrs = persons.attrs
    assert estimate(SurveyDesign(shuffled), population()).rows[0].households == len(households)


def test_a_count_has_the_verdict_of_its_rate(round_2022):
    line = poverty_line("6471", 2022)
    poverty = estimate(SurveyDesign(round_2022.households), [poor_count(line), headcount(line)])
    count, rate = poverty
    assert count.presentation == rate.presentation


def test_no_proportion_has_a_narrower_interval_than_a_simple_random_sample():
    low, high = korn_graubard(0.3, 0.041, 44, 8, 0.95)  # a simple random sample has 0.069
    simple = korn_graubard(0.3, np.sqrt(0.3 * 0.7 / 44), 44, 43, 0.95)
    assert (low, high) == pytest.approx(simple)
    loose = korn_graubard(0.3, 0.041, 44, 8, 0.95, truncate=False)
    assert low < loose[0] < loose[1] < high


def test_the_effective_sample_size_is_never_above_the_actual_one():
    assert row(deff=0.25).n_eff == 600
    assert row(deff=2).n_eff == 300
    assert np.isnan(row(deff=float("nan")).n_eff)


def test_tables_show_both_verdicts_and_say_whose_they_are():
    frame = pd.DataFrame({"c": ["a", "b"] * 40, "y": range(80), "w": 1.0})
    design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    shown = estimate(design, [share("c", "a"), mean("y")])
    for lang, columns in (
        ("en", ["BPS class by RSE", "Verdict"]),
        ("id", ["Kelas BPS menurut RSE", "Penilaian"]),
    ):
        made = table(shown, lang)
        assert list(made.frame.columns)[-2:] == columns
        assert any("NCHS 2017" in note for note in made.notes)
    assert {"deff", "n_eff", "households", "reliability", "presentation"} <= set(shown.to_frame())


def test_every_estimate_of_a_sample_has_a_design_effect(round_2022):
    persons = SurveyDesign(round_2022.persons)
    frame = estimate(persons, [share("sex", "female"), mean("age")], by="urban").to_frame()
    assert np.isfinite(frame["deff"]).all()
    assert (frame["n_eff"] <= frame["n"]).all()
