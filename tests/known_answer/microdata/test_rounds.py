"""The whole chain, from official files to effects of the model, against R and against svy, on the
shipped rounds.
"""

from functools import cache
from pathlib import Path

import numpy as np
import polars
import pytest
import svy

import bpsstats as bps
from bpsstats.microdata.lists.classifications import EDUCATION, WORK
from bpsstats.models import average_marginal_effects, pool_rounds, survey_logit
from bpsstats.survey import population
from known_answer.oracle import AGREEMENT, answers, assert_r_still_gives_the_committed_answers

SCRIPT = Path(__file__).with_name("rounds.R")
YEARS = range(2018, 2023)
# The fit ends where its score is zero to rounding; R's and ours end at different last digits.
COEFFICIENTS, GLM_ERRORS, SVYGLM_ERRORS = 1e-10, 1e-10, 1e-8
FORMULA = (
    "poor ~ C(head_education, Treatment('sma_plus')) + log_size + dependency + head_not_working +"
    " C(year)"
)
R_TERMS = {
    "(intercept)": "(Intercept)",
    "head_education: below_sd": "educationbelow_sd",
    "head_education: sd_smp": "educationsd_smp",
    "log_size": "log_size",
    "dependency": "dependency",
    "head_not_working": "idle",
} | {f"year: {year}": f"factor(year){year}" for year in YEARS[1:]}


@cache
def known():
    return answers(SCRIPT, ["year", "case"])


@cache
def round_of(year):
    return bps.read_round("6471", year)


@cache
def line_of(year):
    return bps.poverty_line("6471", year)


@cache
def poverty_of(year):
    line = line_of(year)
    statistics = [
        bps.poor_count(line),
        bps.headcount(line),
        bps.poverty_gap(line),
        bps.severity(line),
        population(),
    ]
    return bps.estimate(bps.SurveyDesign(round_of(year).persons), statistics)


@cache
def model():
    design = pool_rounds([round_of(year) for year in YEARS], [line_of(year) for year in YEARS])
    return survey_logit(
        FORMULA, design, events_per_parameter=5
    )  # the agreement is asked of, not the gate


def agree(row, year, case, scale=100.0):
    answer = known().loc[(str(year), case)]
    assert row.estimate / scale == pytest.approx(answer["estimate"], rel=AGREEMENT)
    if answer["std_error"] > 0:
        assert row.std_error / scale == pytest.approx(answer["std_error"], rel=AGREEMENT)
    else:  # nobody in the class, or everybody: R says zero, here the sample says nothing
        assert row.reliability == "not estimable"


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(
    "statistic", ["population", "poor_count", "headcount", "poverty_gap", "severity"]
)
def test_poverty(year, statistic):
    counted = statistic in ("population", "poor_count")
    agree(poverty_of(year).row(statistic), year, statistic, 1 if counted else 100)


@pytest.mark.parametrize("year", YEARS)
def test_households_with_person_weights_say_the_same_as_persons(year):
    line = line_of(year)
    households = bps.SurveyDesign(round_of(year).households, weight="weight_person")
    for statistic in (bps.headcount(line), bps.poverty_gap(line), bps.severity(line)):
        agree(bps.estimate(households, statistic).rows[0], year, statistic.name)


@pytest.mark.parametrize("year", YEARS)
def test_the_interval_of_the_headcount_ratio(year):
    answer = known().loc[(str(year), "headcount_interval")]
    interval = np.array(poverty_of(year).row("headcount").interval()) / 100
    np.testing.assert_allclose(interval, answer[["low", "high"]].to_numpy(), rtol=AGREEMENT)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("group", ["poor", "non-poor", "all"])
def test_food_education_and_work(year, group):
    households = bps.SurveyDesign(round_of(year).households, weight="weight_person")
    persons = bps.SurveyDesign(round_of(year).persons)
    agree(
        bps.food_share(households, line_of(year)).row("food_share", group),
        year,
        f"food_share:{group}",
    )
    education = bps.education_of_the_poor(persons, line_of(year), group=group)
    work = bps.work_of_the_poor(persons, line_of(year), group=group)
    for level in EDUCATION:
        agree(education.row(f"share:{level}"), year, f"education:{group}:{level}")
    for kind in WORK:
        agree(work.row(f"share:{kind}"), year, f"work:{group}:{kind}")


@pytest.mark.parametrize("year", YEARS)
def test_domains(year):
    table = bps.estimate(
        bps.SurveyDesign(round_of(year).persons), bps.headcount(line_of(year)), by="size"
    )
    for size in range(2, 7):
        agree(table.row("headcount", f"size={size}"), year, f"headcount:size={size}")


def test_the_change_between_rounds():
    for row in bps.change(poverty_of(2021), poverty_of(2022)):
        if row.after.statistic != "population":
            scale = 1 if row.after.statistic == "poor_count" else 100
            answer = known().loc[("2022", f"change:{row.after.statistic}")]
            assert row.change / scale == pytest.approx(answer["estimate"], rel=AGREEMENT)
            assert row.std_error / scale == pytest.approx(answer["std_error"], rel=AGREEMENT)


def test_coefficients_of_the_pooled_logit_and_their_errors():
    fitted = model().to_frame().set_index("term")
    assert set(fitted.index) == set(R_TERMS)
    for term, name in R_TERMS.items():
        ours = fitted.loc[term]
        r, svyglm = (known().loc[("pooled", f"{kind}:{name}")] for kind in ("logit", "svyglm"))
        assert ours["estimate"] == pytest.approx(r["estimate"], rel=COEFFICIENTS)
        assert ours["std_error"] == pytest.approx(r["std_error"], rel=GLM_ERRORS)
        assert ours["std_error"] == pytest.approx(svyglm["std_error"], rel=SVYGLM_ERRORS)


@pytest.mark.parametrize("covariates", ["random", "fixed"])
def test_average_marginal_effects(covariates):
    effects = average_marginal_effects(
        model(),
        ["head_education", "head_not_working"],
        reference={"head_education": "sma_plus"},
        covariates=covariates,
    )
    for domain, case in {
        "below_sd against sma_plus": "below_sd",
        "sd_smp against sma_plus": "sd_smp",
        "yes against no": "idle",
    }.items():
        row = next(row for row in effects if row.domain == domain)
        answer = known().loc[("pooled", f"ame:{case}:{covariates}")]
        assert row.estimate / 100 == pytest.approx(answer["estimate"], rel=COEFFICIENTS)
        assert row.std_error / 100 == pytest.approx(answer["std_error"], rel=GLM_ERRORS)


# the second opinion, asked anew each time


@cache
def svy_sample(year):
    persons, z = round_of(year).persons, float(line_of(year))
    welfare = persons["expenditure_person_month"]
    frame = persons[["psu", "stratum", "weight_person"]].assign(
        welfare=welfare,
        food=persons["food_month"] / persons["size"],
        poor=(welfare < z).astype(float),
        gap=np.where(welfare < z, (z - welfare) / z, 0),
        education=persons["education"].astype(str),
    )
    design = svy.Design(stratum="stratum", psu="psu", wgt="weight_person")
    return svy.Sample(polars.from_pandas(frame), design)


def agree_with_svy(row, opinion, scale=100.0):
    assert row.estimate / scale == pytest.approx(opinion.est, rel=AGREEMENT)
    assert row.std_error / scale == pytest.approx(opinion.se, rel=AGREEMENT)


@pytest.mark.parametrize("year", YEARS)
def test_svy_says_the_same(year):
    sample, poverty, line = svy_sample(year).estimation, poverty_of(year), line_of(year)
    persons = bps.SurveyDesign(round_of(year).persons)
    agree_with_svy(poverty.row("headcount"), sample.mean("poor").estimates[0])
    agree_with_svy(poverty.row("poverty_gap"), sample.mean("gap").estimates[0])
    agree_with_svy(poverty.row("poor_count"), sample.total("poor").estimates[0], 1)
    by_education = bps.estimate(persons, bps.headcount(line), by="education")
    for opinion in sample.mean("poor", by="education").estimates:
        agree_with_svy(by_education.row("headcount", f"education={opinion.by_level[0]}"), opinion)


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
