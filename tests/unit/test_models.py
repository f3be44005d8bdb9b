"""The logit refuses what the data cannot bear, and its effects are what their definition says."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError, NotEstimableError, ParameterError, SeparationError
from bpsstats.microdata import read_round
from bpsstats.models import (
    average_marginal_effects,
    contrast,
    education_model,
    firth_logit,
    likelihood_ratio_test,
    pool_rounds,
    predict_rows,
    predicted_by,
    survey_logit,
    wald_test,
)
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
    made = pd.DataFrame(
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
    made.attrs["source"] = "synthetic microdata"
    return made


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
    score = fit.columns.matrix(frame).T @ (
        inside * frame["weight"] * (frame["poor"] - fit.predict(frame))
    )
    np.testing.assert_allclose(score, 0, atol=1e-6)


def test_multiplying_all_weights_changes_nothing(frame, result):
    again = survey_logit(
        FORMULA, SurveyDesign(frame.assign(weight=frame["weight"] * 1000), weight="weight")
    )
    np.testing.assert_allclose(again.coefficients, result.coefficients, rtol=1e-9)
    np.testing.assert_allclose(again.std_errors, result.std_errors, rtol=1e-9)


def test_an_average_effect_is_the_average_of_the_differences(frame, result):
    effect = next(
        iter(average_marginal_effects(result, ["education"], reference={"education": "high"}))
    )
    low, high = (
        result.predict(
            frame.assign(education=pd.Categorical([e] * len(frame), ["low", "middle", "high"]))
        )
        for e in ("low", "high")
    )
    assert effect.domain == "low against high"
    assert effect.estimate == pytest.approx(
        100 * np.average(low - high, weights=frame["weight"]), rel=1e-12
    )


def test_the_effects_of_levels_are_differences_of_the_predictions(result):
    predicted = {row.domain: row.estimate for row in predicted_by(result, "education")}
    for row in average_marginal_effects(result, ["education"], reference={"education": "high"}):
        level = row.domain.split(" ")[0]
        assert row.estimate == pytest.approx(
            predicted[f"education={level}"] - predicted["education=high"], rel=1e-9
        )


def test_the_interval_of_an_effect_is_recovered_from_those_of_the_predictions(result):
    """Lopsided towards the side on which the predictions are, and Wald's where asked for."""
    low = next(
        iter(average_marginal_effects(result, ["education"], reference={"education": "high"}))
    )
    one, other = (
        predicted_by(result, "education").row("predicted", f"education={e}")
        for e in ("low", "high")
    )
    covariance = (one.std_error**2 + other.std_error**2 - low.std_error**2) / 2
    r = covariance / one.std_error / other.std_error
    a, b = one.interval()[1] - one.estimate, other.estimate - other.interval()[0]
    assert low.interval()[1] == pytest.approx(
        low.estimate + np.sqrt(a**2 + b**2 - 2 * r * a * b), rel=1e-9
    )
    assert low.interval(method="wald")[1] == pytest.approx(
        low.estimate + 1.9806 * low.std_error, rel=1e-4
    )
    assert low.interval()[1] - low.estimate > low.estimate - low.interval()[0]


def test_fixed_covariates_leave_their_sampling_out(result):
    random = average_marginal_effects(result, ["size"]).rows[0]
    fixed = average_marginal_effects(result, ["size"], covariates="fixed").rows[0]
    assert random.estimate == fixed.estimate
    assert random.std_error != fixed.std_error


def test_a_term_is_tested_as_a_whole_by_its_plain_name_or_that_of_the_formula(result):
    for test in (wald_test, likelihood_ratio_test):
        found = test(result, "education")
        assert found == test(result, "C(education, Treatment('high'))")
        assert found.df == 120 - 2 - 3
        assert found.statistic > 10
        assert found.p_value < 1e-4
        with pytest.raises(ParameterError, match="no term 'age'"):
            test(result, "age")
    assert wald_test(result, "education").numerator_df == 2


def test_coefficients_are_estimates_whose_difference_carries_their_covariance(result):
    table = result.estimates()
    low, middle = (table.row("coefficient", f"education: {level}") for level in ("low", "middle"))
    difference = low - middle
    i, j = result.terms.index("education: low"), result.terms.index("education: middle")
    expected = result.cov[i, i] + result.cov[j, j] - 2 * result.cov[i, j]
    assert difference.estimate == pytest.approx(
        result.coefficients[i] - result.coefficients[j], rel=1e-12
    )
    assert difference.std_error**2 == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(table.covariance(), result.cov, rtol=1e-9)


def test_a_contrast_is_the_difference_of_two_predictions(result):
    found = contrast(
        result, {"education": "low", "size": 5.0}, {"education": "high", "size": 2.0}
    ).rows[0]
    predicted = [predicted_by(result, "education", at={"size": size}) for size in (5.0, 2.0)]
    ends = predicted[0].row("predicted", "education=low, size=5") - predicted[1].row(
        "predicted", "education=high, size=2"
    )
    assert found.estimate == pytest.approx(ends.estimate, rel=1e-12)
    assert found.std_error == pytest.approx(ends.std_error, rel=1e-9)


def test_the_prediction_of_a_row_has_the_error_of_the_delta_method(frame, result):
    asked = frame.iloc[[3, 77]]
    x = result.columns.matrix(asked)
    for row, p, case in zip(predict_rows(result, asked), result.predict(asked), x, strict=True):
        assert row.estimate == pytest.approx(100 * p, rel=1e-12)
        assert row.std_error == pytest.approx(
            100 * p * (1 - p) * np.sqrt(case @ result.cov @ case), rel=1e-9
        )
        assert 0 < row.interval()[0] < row.estimate < row.interval()[1] < 100


def test_columns_exchanged_term_by_term_are_those_made_anew(frame, design):
    fit = survey_logit(
        "poor ~ C(education, Treatment('high')) * size + np.log(size) + alone", design
    )
    values = {"size": 3.0, "education": "low"}
    changed = frame.assign(
        size=3.0, education=pd.Categorical(["low"] * len(frame), ["low", "middle", "high"])
    )
    np.testing.assert_array_equal(
        fit.columns.with_values(frame, values), fit.columns.matrix(changed)
    )


REFUSED = {
    "a level without the poor": (lambda f: f.assign(poor=f["poor"] * (f["education"] != "high")),
        "no events"),
    "a level of only the poor": (lambda f: f.assign(poor=np.where(f["education"] == "low", 1.0,
        f["poor"])), "only events"),
    "too few poor": (lambda f: f.assign(poor=(np.arange(len(f)) % 100 == 0).astype(float)),
        "events, 12, is less than 10 per parameter"),
    "complete separation": (lambda f: f.assign(poor=(f["size"] > 5).astype(float), education=EVEN),
        "all cases apart"),
    "quasi-separation": (lambda f: f.assign(poor=(f["size"] == 7) & (f.index % 2 == 0),
        education=EVEN), "part of the cases apart"),
}  # fmt: skip
EVEN = pd.Categorical(["low", "middle", "high"] * 400, ["low", "middle", "high"])
UNUSABLE = {
    "nobody poor": (lambda f: f.assign(poor=0.0), NotEstimableError,
        "no event for all 1200 records"),
    "everybody poor": (lambda f: f.assign(poor=1.0), NotEstimableError,
        "an event for all 1200 records"),
    "an outcome of amounts": (lambda f: f.assign(poor=f["size"]), ParameterError, "of 0 and 1"),
    "collinear columns": (lambda f: f.assign(size=(f["education"] == "low") * 2.0), ParameterError,
        "education: low, size are collinear"),
    "a level without a record": (
        lambda f: f.assign(education=f["education"].cat.rename_categories({"low": "few"})
                           .cat.add_categories("none")),
        NotEstimableError, "No record of the domain has education: none",
    ),
    "an absent reference level": (
        lambda f: f.assign(education=f["education"].cat.rename_categories({"high": "top"})),
        ParameterError, "'high'",
    ),
    "a missing covariate": (lambda f: f.assign(size=f["size"].where(f.index != 4)), DesignError,
        r"missing or infinite value in size \(rows 5\)"),
    "an unknown column": (lambda f: f.drop(columns="size"), ParameterError, "size"),
    "two PSUs": (lambda f: f.assign(psu=f["stratum"] + (f.index % 2).astype(str)),
        NotEstimableError, "2 degrees of freedom"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_data_cannot_bear_is_refused(frame, name):
    edit, words = REFUSED[name]
    with pytest.raises(SeparationError, match=words):
        survey_logit(FORMULA, SurveyDesign(edit(frame), weight="weight"))


@pytest.mark.parametrize("name", [name for name in REFUSED if "separation" not in name])
def test_firth_takes_what_the_gate_refuses_and_says_why(frame, name):
    edit, words = REFUSED[name]
    fit = survey_logit(FORMULA, SurveyDesign(edit(frame), weight="weight"), below_gate="firth")
    assert fit.method == "Firth"
    assert words in str(fit.reason)
    assert words in repr(fit)
    assert words in fit._repr_html_()
    assert (fit.to_frame()["reason"].str.contains(words)).all()
    low, high = fit.intervals().T
    assert np.isfinite(fit.coefficients).all()
    assert ((low < fit.coefficients) & (fit.coefficients < high)).all()


@pytest.mark.parametrize("name", UNUSABLE)
@pytest.mark.parametrize("fit", [survey_logit, firth_logit])
def test_what_no_method_can_estimate_is_an_error_that_names_it(frame, name, fit):
    edit, kind, words = UNUSABLE[name]
    with pytest.raises(kind, match=words):
        fit(FORMULA, SurveyDesign(edit(frame), weight="weight"))


@pytest.mark.parametrize(
    "formula", ["poor", "poor ~ (size", "education ~ size", "poor ~ __import__('os')"]
)
def test_a_formula_that_is_none_is_refused(design, formula):
    with pytest.raises(ParameterError, match=r"formula|outcome"):
        survey_logit(formula, design)


def test_firth_is_not_fitted_to_a_handful_of_events(frame):
    few = frame.assign(poor=(np.arange(len(frame)) % 200 == 0).astype(float))
    with pytest.raises(SeparationError, match="too few for Firth"):
        survey_logit(FORMULA, SurveyDesign(few, weight="weight"), below_gate="firth")


def test_the_average_prediction_of_firth_is_the_observed_rate(frame, design):
    fit = firth_logit(FORMULA, design)
    observed = np.average(frame["poor"], weights=frame["weight"])
    assert np.average(fit.predict(frame), weights=frame["weight"]) == pytest.approx(
        observed, rel=1e-12
    )


def test_no_generalised_design_effect_of_firth_is_below_one(frame):
    alone = frame.assign(poor=frame["poor"] * (frame["education"] != "low"))
    fit = firth_logit(FORMULA, SurveyDesign(alone, weight="weight"))
    slopes = slice(1, None)
    effects = np.linalg.eigvals(
        np.linalg.solve(fit.naive[slopes, slopes], fit.cov[slopes, slopes])
    ).real
    assert effects.min() > 1 - 1e-9
    np.testing.assert_allclose(fit.estimates().covariance(), fit.cov, rtol=1e-8)


def test_one_round_of_a_city_is_fitted_by_firth_with_the_reason_in_the_result():
    model = education_model([read_round("6471", 2022)], [poverty_line("6471", 2022)])
    assert model.result.method == "Firth"
    assert "less than 10 per parameter" in repr(model)


def test_a_round_with_next_to_nobody_poor_has_no_model_and_says_why():
    line = dataclasses.replace(poverty_line("6471", 2022), value=420_000)
    model = education_model([read_round("6471", 2022)], [line])
    assert model.result is None
    assert model.effects is None
    assert "No model" in repr(model)
    assert model.refused


def test_equal_rounds_count_the_same_and_the_total_stays():
    rounds, lines = zip(
        *[(read_round("6471", y), poverty_line("6471", y)) for y in (2021, 2022)], strict=True
    )
    released, equal = (
        pool_rounds(rounds, lines, weights=weights).frame for weights in ("released", "equal")
    )
    by_round = equal.groupby("year")["weight_person"].sum()
    assert by_round.iloc[0] == pytest.approx(by_round.iloc[1], rel=1e-12)
    assert by_round.sum() == pytest.approx(released["weight_person"].sum(), rel=1e-12)


def test_persons_are_pooled_within_the_blocks_of_their_households():
    round_, line = read_round("6471", 2022), poverty_line("6471", 2022)
    households, persons = (
        pool_rounds([round_], [line], unit=unit) for unit in ("households", "persons")
    )
    assert persons.n == len(round_.persons)
    assert (persons.n_psu, persons.n_strata) == (households.n_psu, households.n_strata)
    of_persons = persons.frame.groupby("household")[
        ["poor", "adults_below_sma", "head_below_sma"]
    ].first()
    of_households = households.frame.set_index("household")[
        ["poor", "adults_below_sma", "head_below_sma"]
    ]
    pd.testing.assert_frame_equal(of_persons, of_households.sort_index())


def test_pooled_rounds_keep_their_own_strata():
    design = pool_rounds(
        [read_round("6471", y) for y in (2021, 2022)],
        [poverty_line("6471", y) for y in (2021, 2022)],
    )
    assert set(design.frame["stratum"]) == {f"{y}-6471{u}" for y in (2021, 2022) for u in (1, 2)}
    assert design.n_psu == 128


def test_sizes_stored_in_one_byte_have_the_logarithm_of_the_same_digits():
    round_, line = read_round("6471", 2022), poverty_line("6471", 2022)
    small = dataclasses.replace(
        round_, households=round_.households.assign(size=round_.households["size"].astype("int8"))
    )
    expected = pool_rounds([round_], [line]).frame["log_size"]
    pd.testing.assert_series_equal(pool_rounds([small], [line]).frame["log_size"], expected)


def test_a_line_of_another_round_is_refused():
    with pytest.raises(ParameterError, match="does not belong"):
        pool_rounds([read_round("6471", 2022)], [poverty_line("6471", 2021)])
    with pytest.raises(ParameterError, match="rounds as a list of Round"):
        pool_rounds([], [])
    with pytest.raises(ParameterError, match="'families'"):
        pool_rounds([read_round("6471", 2022)], [poverty_line("6471", 2022)], unit="families")
