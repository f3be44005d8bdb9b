"""The logit refuses what the data cannot bear, and its effects are what their definition says."""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import ParameterError, SeparationError
from bpsstats.microdata import read_round
from bpsstats.models import average_marginal_effects, education_model, pool_rounds, predicted_by, survey_logit
from bpsstats.poverty import poverty_line
from bpsstats.survey import SurveyDesign

FORMULA = "poor ~ C(education, Treatment('high')) + size"


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(5)
    n = 1200
    education = random.choice(["low", "middle", "high"], n, p=[0.2, 0.3, 0.5])
    size = random.integers(1, 8, n).astype(float)
    linear = -3 + 1.5 * (education == "low") + 0.7 * (education == "middle") + 0.2 * size
    return pd.DataFrame(
        {
            "poor": (random.uniform(size=n) < 1 / (1 + np.exp(-linear))).astype(float),
            "education": pd.Categorical(education, ["low", "middle", "high"]),
            "size": size,
            "alone": (size == 1).astype(float),
            "weight": random.uniform(50, 300, n),
            "stratum": np.repeat(["a", "b"], n // 2),
            "psu": np.repeat(np.arange(n // 10), 10),
        }
    )


@pytest.fixture(scope="module")
def design(frame):
    return SurveyDesign(frame, weight="weight")


@pytest.fixture(scope="module")
def result(design):
    return survey_logit(FORMULA, design)


def test_a_domain_keeps_the_design_and_equals_a_fit_with_no_weight_elsewhere(frame, design):
    inside = (frame["size"] > 2).to_numpy()
    fit = survey_logit(FORMULA, design, inside)
    assert fit.design.n_psu == 120
    assert not fit.influence[~inside].any()
    score = fit.matrix(frame).T @ (inside * frame["weight"] * (frame["poor"] - fit.predict(frame)))
    np.testing.assert_allclose(score, 0, atol=1e-6)


def test_multiplying_all_weights_changes_nothing(frame, result):
    again = survey_logit(FORMULA, SurveyDesign(frame.assign(weight=frame["weight"] * 1000), weight="weight"))
    np.testing.assert_allclose(again.coefficients, result.coefficients, rtol=1e-9)
    np.testing.assert_allclose(again.std_errors, result.std_errors, rtol=1e-9)


def test_an_average_effect_is_the_average_of_the_differences(frame, result):
    effect = next(iter(average_marginal_effects(result, ["education"], reference={"education": "high"})))
    low, high = (
        result.predict(frame.assign(education=pd.Categorical([e] * len(frame), ["low", "middle", "high"])))
        for e in ("low", "high")
    )
    assert effect.domain == "low against high"
    assert effect.estimate == pytest.approx(100 * np.average(low - high, weights=frame["weight"]), rel=1e-12)


def test_the_effects_of_levels_are_differences_of_the_predictions(result):
    predicted = {row.domain: row.estimate for row in predicted_by(result, "education")}
    for row in average_marginal_effects(result, ["education"], reference={"education": "high"}):
        level = row.domain.split(" ")[0]
        assert row.estimate == pytest.approx(predicted[f"education={level}"] - predicted["education=high"], rel=1e-9)


def test_fixed_covariates_leave_their_sampling_out(result):
    random = average_marginal_effects(result, ["size"]).rows[0]
    fixed = average_marginal_effects(result, ["size"], covariates="fixed").rows[0]
    assert random.estimate == fixed.estimate
    assert random.std_error != fixed.std_error


def test_a_term_is_tested_as_a_whole(result):
    f, df1, df2, p = result.wald_test("C(education, Treatment('high'))")
    assert (df1, df2) == (2, 120 - 2 - 3)
    assert f > 10
    assert p < 1e-4
    with pytest.raises(ParameterError, match="no term 'age'"):
        result.wald_test("age")


REFUSED = {
    "a level without the poor": (lambda f: f.assign(poor=f["poor"] * (f["education"] != "high")), "no events"),
    "a level of only the poor": (lambda f: f.assign(poor=np.where(f["education"] == "low", 1.0, f["poor"])), "only events"),
    "too few poor": (lambda f: f.assign(poor=(np.arange(len(f)) % 100 == 0).astype(float)), "fewer than 5 for each"),
    "perfect separation": (lambda f: f.assign(poor=(f["size"] > 5).astype(float)), "runs off|perfectly"),
    "nobody poor": (lambda f: f.assign(poor=0.0), "0 events"),
    "everybody poor": (lambda f: f.assign(poor=1.0), "0 events|events"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_data_cannot_bear_is_refused(frame, name):
    edit, words = REFUSED[name]
    with pytest.raises(SeparationError, match=words):
        survey_logit(FORMULA, SurveyDesign(edit(frame), weight="weight"))


def test_one_round_of_a_city_is_refused_with_the_reason_in_the_result():
    model = education_model([read_round("6471", 2022)], [poverty_line("6471", 2022)])
    assert model.result is None
    assert model.effects is None
    assert "events" in model.refused
    assert "No model" in repr(model)


def test_pooled_rounds_keep_their_own_strata():
    design = pool_rounds([read_round("6471", y) for y in (2021, 2022)], [poverty_line("6471", y) for y in (2021, 2022)])
    assert set(design.frame["stratum"]) == {f"{y}-6471{u}" for y in (2021, 2022) for u in (1, 2)}
    assert design.n_psu == 128


def test_a_line_of_another_round_is_refused():
    with pytest.raises(ParameterError, match="does not belong"):
        pool_rounds([read_round("6471", 2022)], [poverty_line("6471", 2021)])
    with pytest.raises(ParameterError, match="one poverty line"):
        pool_rounds([], [])
