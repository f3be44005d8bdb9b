"""The survey logit, its effects and tests against R's survey package, and Firth's logit against R
by hand.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import polars
import pytest
import svy
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from bpsstats.errors import SeparationError
from bpsstats.models import (
    average_marginal_effects,
    contrast,
    firth_logit,
    frequency_glm,
    likelihood_ratio_test,
    predict_rows,
    predicted_by,
    survey_logit,
    wald_test,
)
from bpsstats.models.logit.penalised_likelihood import fit_firth, influence_of_records, penalised
from bpsstats.survey import SurveyDesign, covariance, estimate, share
from known_answer.oracle import answers, assert_r_still_gives_the_committed_answers

HERE = Path(__file__).parent
LOGIT, FIRTH, CODES = (HERE / f"{name}.R" for name in ("logit", "firth", "codes"))
COEFFICIENTS, ERRORS = 1e-10, 1e-10
SVYGLM_ERRORS = 1e-8  # svyglm's bread has the weights of the last but one iteration
# R takes the design effects from svyglm's covariance, and the deviance from sums of another order
TESTS = 1e-7
FIRTH_COEFFICIENTS = (
    1e-9  # R stops where glm's fit does not move by 1e-13, on a path that converges linearly
)
FIRTH_ERRORS = 1e-5  # R differentiates in steps of a thousandth of a weight
PLAIN = "poor ~ C(education, Treatment('sma_plus')) + size + age + female"
MODELS = {
    "whole": PLAIN,
    "domain": PLAIN,
    "few": PLAIN,
    "interaction": "poor ~ C(education, Treatment('sma_plus')) * size + age + female",
}


@cache
def frame():
    frame = pd.read_csv(HERE / "sample.csv")
    return frame.assign(
        education=pd.Categorical(frame["education"], ["below_sd", "sd_smp", "sma_plus"])
    )


@cache
def design():
    return SurveyDesign(frame(), weight="weight")


@cache
def domain(model):
    if model == "domain":
        return (frame()["urban"] == 1).to_numpy()
    if model == "few":
        return (
            frame()["stratum"].isin(["a", "c"]) | frame()["psu"].isin(["b00", "b01"])
        ).to_numpy()
    return np.ones(len(frame()), dtype=bool)


@cache
def fitted(model):
    return survey_logit(MODELS[model], design(), domain(model), events_per_parameter=5)


def known(model, script=LOGIT):
    return answers(script, ["model", "case"]).loc[model]


def r_term(term):
    """R's name of a coefficient."""
    named = term.replace("education: ", "education").replace(" x ", ":")
    return "(Intercept)" if named == "(intercept)" else named


each_model = pytest.mark.parametrize("model", MODELS)


@each_model
def test_coefficients_and_errors_are_those_of_r(model):
    r = known(model)
    table = fitted(model).to_frame()
    for term, coefficient, error in zip(
        table["term"], table["estimate"], table["std_error"], strict=True
    ):
        sandwich, svyglm = r.loc[f"sandwich:{r_term(term)}"], r.loc[f"svyglm:{r_term(term)}"]
        assert coefficient == pytest.approx(sandwich["estimate"], rel=COEFFICIENTS)
        assert error == pytest.approx(sandwich["std_error"], rel=ERRORS)
        assert error == pytest.approx(svyglm["std_error"], rel=SVYGLM_ERRORS)
        assert fitted(model).df == sandwich["df1"]
    assert len(table) == r.index.str.startswith("svyglm").sum()


@each_model
@pytest.mark.parametrize("covariates", ["random", "fixed"])
def test_average_effects_and_predictions_are_those_of_r(model, covariates):
    r, result = known(model), fitted(model)
    effects = average_marginal_effects(
        result, ["education", "female", "size"], covariates=covariates
    )
    predicted = predicted_by(result, "education", at={"size": 5}, covariates=covariates)
    ours = dict(
        zip(
            ["ame:education:below_sd", "ame:education:sd_smp", "ame:female", "ame:size"],
            effects,
            strict=True,
        )
    )
    ours |= {
        f"predicted:{row.domain.split(',')[0].removeprefix('education=')}:size=5": row
        for row in predicted
    }
    assert len(ours) == 7
    for case, row in ours.items():
        answer = r.loc[f"{case}:{covariates}"]
        assert row.estimate / 100 == pytest.approx(answer["estimate"], rel=COEFFICIENTS)
        assert row.std_error / 100 == pytest.approx(answer["std_error"], rel=ERRORS)


@each_model
def test_predictions_of_rows_are_those_of_r(model):
    asked = frame()[domain(model)].head(3)
    for i, row in enumerate(predict_rows(fitted(model), asked)):
        answer = known(model).loc[f"row:{i + 1}"]
        assert row.estimate / 100 == pytest.approx(answer["estimate"], rel=COEFFICIENTS)
        assert row.std_error / 100 == pytest.approx(answer["std_error"], rel=ERRORS)


@pytest.mark.parametrize("model", ["whole", "domain"])
@pytest.mark.parametrize(("name", "test"), [("wald", wald_test), ("lrt", likelihood_ratio_test)])
def test_tests_of_a_factor_are_those_of_r(model, name, test):
    found, answer = test(fitted(model), "education"), known(model).loc[name]
    assert found.statistic == pytest.approx(answer["estimate"], rel=TESTS)
    assert found.numerator_df == pytest.approx(answer["df1"], rel=TESTS)
    assert found.df == answer["df2"]
    assert found.p_value == pytest.approx(answer["p_value"], rel=TESTS)


@cache
def coded():
    """The sample with its education as whole numbers."""
    codes = frame()["education"].astype(str).map({"below_sd": 1, "sd_smp": 2, "sma_plus": 4})
    return SurveyDesign(frame().assign(code=codes.astype(int)), weight="weight")


def assert_r_says_the_same(rows, answers):
    for case, row in rows.items():
        estimate, error = answers.loc[case, ["estimate", "std_error"]]
        assert row.estimate == pytest.approx(estimate, rel=COEFFICIENTS)
        assert row.std_error == pytest.approx(error, rel=ERRORS)


def test_a_factor_of_whole_numbers_has_the_predictions_and_effects_of_r():
    result = survey_logit("poor ~ C(code, Treatment(4)) + size", coded())
    r = known("codes", CODES)
    r[["estimate", "std_error"]] *= 100
    predicted = {f"predicted:{code}": f"code={code}" for code in (1, 2, 4)}
    by_level = predicted_by(result, "code")
    assert_r_says_the_same({case: by_level.row("predicted", d) for case, d in predicted.items()}, r)
    effects = average_marginal_effects(result, ["code"])
    assert_r_says_the_same(
        {f"effect:{row.domain[0]}": row for row in effects}
        | {"effect:1": contrast(result, {"code": 1}, {"code": 4}).rows[0]},
        r,
    )


def test_the_share_of_a_whole_number_is_that_of_r():
    sizes = (1, 2, 8)
    table = estimate(coded(), [share("size", size) for size in sizes])
    rows = {str(size): row for size, row in zip(sizes, table, strict=True)}
    assert_r_says_the_same(rows, known("share", CODES))


@pytest.mark.parametrize("model", ["whole", "domain", "few"])
def test_svy_asked_anew_says_the_same(model):
    """svy takes covariates as given, and a 0/1 column as any number, so that its effect is left
    out.
    """
    sample = svy.Sample(
        polars.from_pandas(
            frame().assign(inside=domain(model), education=frame()["education"].astype(str))
        ),
        svy.Design(stratum="stratum", psu="psu", wgt="weight"),
    )
    covariates = [svy.Cat("education", ref="sma_plus"), "size", "age", "female"]
    fit = sample.glm.fit(
        "poor", x=covariates, family="binomial", tol=1e-13, where=svy.col("inside")
    )
    table = fit.to_polars()
    ours = fitted(model).to_frame()
    np.testing.assert_allclose(ours["estimate"], table["estimate"], rtol=COEFFICIENTS)
    np.testing.assert_allclose(ours["std_error"], table["std_err"], rtol=SVYGLM_ERRORS)
    if model != "few":  # svy counts the degrees of freedom of the whole design
        assert (ours["df"] == table["df"].to_numpy()).all()
    margins = fit.margins(variables=["education", "size"])
    effects = average_marginal_effects(fitted(model), ["education", "size"], covariates="fixed")
    theirs = [(m, se) for margin in margins for m, se in zip(margin.margin, margin.se, strict=True)]
    for row, (value, error) in zip(effects, theirs, strict=True):
        assert row.estimate / 100 == pytest.approx(value, rel=COEFFICIENTS)
        assert row.std_error / 100 == pytest.approx(error, rel=SVYGLM_ERRORS)


def test_the_coefficients_are_those_of_statsmodels():
    y, x = fitted("whole").columns.y, fitted("whole").columns.x
    weights = (frame()["weight"] / frame()["weight"].mean()).to_numpy()
    fit = GLM(y, x, family=Binomial(), freq_weights=weights).fit(
        tol=1e-13, tol_criterion="params", maxiter=100
    )
    np.testing.assert_allclose(fitted("whole").coefficients, fit.params, rtol=COEFFICIENTS)
    np.testing.assert_allclose(fitted("whole").naive, fit.cov_params(), rtol=COEFFICIENTS)


def test_weights_taken_as_frequencies_give_the_same_coefficients_and_errors_far_too_small():
    check = frequency_glm(fitted("whole"))
    ours = fitted("whole")
    np.testing.assert_allclose(check.coefficients, ours.coefficients, rtol=COEFFICIENTS)
    np.testing.assert_allclose(check.ours.std_errors, ours.std_errors, rtol=COEFFICIENTS)
    naive = np.sqrt(np.diag(ours.naive) / frame()["weight"].mean())
    np.testing.assert_allclose(check.std_errors, naive, rtol=COEFFICIENTS)
    assert (check.too_small > 3).all()
    assert check.to_frame()["times_too_small"].tolist() == check.too_small.tolist()


def test_a_model_without_a_maximum_has_no_glm_beside_it():
    design = SurveyDesign(sample_of("separated"), weight="weight")
    result = firth_logit("poor ~ C(education, Treatment('sma_plus')) + size + age", design)
    with pytest.raises(SeparationError):
        frequency_glm(result)


def sample_of(model):
    if model == "few":
        return frame().iloc[::3]
    return (
        frame()
        if model == "whole"
        else frame().assign(poor=frame()["poor"].where(frame()["education"] != "below_sd", 0))
    )


@pytest.mark.parametrize("model", ["whole", "few", "separated"])
def test_firth_is_the_maximum_that_r_finds_and_owes_to_each_record_what_r_differentiates(model):
    sample, r = sample_of(model), known(model, FIRTH)
    design = SurveyDesign(sample, weight="weight")
    result = firth_logit("poor ~ C(education, Treatment('sma_plus')) + size + age", design)
    weights = sample["weight"].to_numpy() / sample["weight"].mean()
    y, x = result.columns.y, result.columns.x
    fit = fit_firth(y, x, weights)
    assert fit.value == pytest.approx(r.loc["value", "estimate"], rel=1e-12)
    influence = (
        influence_of_records(penalised(y, x, weights, fit.coefficients)) / sample["weight"].mean()
    )
    errors = np.sqrt(np.diag(covariance(design, influence)))
    for k, term in enumerate(result.terms):
        answer = r.loc[f"firth:{r_term(term)}"]
        assert fit.coefficients[k] == pytest.approx(answer["estimate"], rel=FIRTH_COEFFICIENTS)
        assert errors[k] == pytest.approx(answer["std_error"], rel=FIRTH_ERRORS)
        if term != "(intercept)":
            assert result.coefficients[k] == fit.coefficients[k]
    for move in (-1, 1):
        start = fit.coefficients.copy()
        start[1] += move
        profile = fit_firth(y, x, weights, start=start, held=[1])
        assert profile.value == pytest.approx(
            r.loc[f"profile:educationbelow_sd:{move}", "estimate"], rel=1e-10
        )


@pytest.mark.external
@pytest.mark.parametrize("script", [LOGIT, FIRTH, CODES], ids=["logit", "firth", "codes"])
def test_r_still_gives_the_committed_answers(script):
    assert_r_still_gives_the_committed_answers(script)
