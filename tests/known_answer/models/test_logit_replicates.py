"""The logit under replicate weights against R's survey package."""

import numpy as np
import pytest

from bpsstats.errors import NotEstimableError, ParameterError
from bpsstats.models import average_marginal_effects, predicted_by, survey_logit
from bpsstats.reporting import table
from bpsstats.survey import SurveyDesign, jackknife
from known_answer.models.test_logit import HERE, PLAIN, design, frame
from known_answer.oracle import answers, assert_r_still_gives_the_committed_answers

REPLICATES = HERE / "replicates.R"
# R stops where the deviance moves by less than 1e-14 of itself
COEFFICIENTS, ERRORS = 1e-9, 1e-7
TERMS = {"(Intercept)": "(intercept)", "educationbelow_sd": "education: below_sd"}
TERMS |= {"educationsd_smp": "education: sd_smp"}


def fit(*, mse):
    return survey_logit(PLAIN, design(), replicates=jackknife(design(), mse=mse))


@pytest.mark.parametrize("mse", [False, True])
def test_coefficients_and_their_errors_are_those_of_r(mse):
    expected = answers(REPLICATES, ["model", "case"]).loc[f"coefficients:{str(mse).upper()}"]
    result = fit(mse=mse)
    rows = {row.domain: row for row in result.estimates()}
    assert len(expected) == len(rows)
    for name, answer in expected.iterrows():
        row, k = rows[TERMS.get(name, name)], result.terms.index(TERMS.get(name, name))
        assert row.estimate == pytest.approx(answer["estimate"], rel=COEFFICIENTS)
        assert row.std_error == pytest.approx(answer["std_error"], rel=ERRORS)
        assert result.std_errors[k] == pytest.approx(answer["std_error"], rel=ERRORS)
        assert row.df == result.df == answer["df"]


@pytest.mark.parametrize("mse", [False, True])
def test_predictions_are_made_anew_under_each_replicate(mse):
    expected = answers(REPLICATES, ["model", "case"]).loc[f"predicted:{str(mse).upper()}"]
    made = predicted_by(fit(mse=mse), "education")
    for level, answer in expected.iterrows():
        row = made.row(domain=f"education={level}")
        assert row.estimate == pytest.approx(100 * answer["estimate"], rel=COEFFICIENTS)
        assert row.std_error == pytest.approx(100 * answer["std_error"], rel=ERRORS)


def test_the_result_and_its_tables_say_where_the_errors_come_from():
    result = fit(mse=False)
    assert "errors by jackknife, 34 replicates" in repr(result)
    assert "errors by jackknife, 34 replicates" in average_marginal_effects(result, ["age"]).heading
    assert "34" in table(result, "id").caption


def test_a_replicate_that_separates_is_named_and_not_averaged_in():
    one = frame()[["stratum", "psu", "weight"]].copy()
    rare = one["psu"].eq(one["psu"].iloc[0])
    one["y"] = np.where(rare, np.arange(len(one)) % 2, np.arange(len(one)) % 3 == 0).astype(float)
    one["x"] = rare.astype(float)
    lone = SurveyDesign(one, weight="weight", strata="stratum", psu="psu")
    with pytest.raises(NotEstimableError, match="Replicate 1 of 34"):
        survey_logit("y ~ x", lone, replicates=jackknife(lone))


def test_firth_and_replicates_exclude_each_other():
    with pytest.raises(ParameterError, match="linearised errors only"):
        survey_logit(PLAIN, design(), below_gate="firth", replicates=jackknife(design()))


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(REPLICATES)
