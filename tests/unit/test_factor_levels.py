"""Levels of a factor keep the type that they have in the frame, and no other is taken for one."""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import BpsStatsError, DesignError, ParameterError
from bpsstats.models import (
    average_marginal_effects,
    contrast,
    predict_rows,
    predicted_by,
    predicted_poverty,
    survey_logit,
    survey_regression,
)
from bpsstats.survey import SurveyDesign, jackknife

CODES = [1, 2, 4]
KINDS = {
    "whole numbers": lambda codes: codes,
    "bytes": lambda codes: codes.astype(np.int8),
    "numbers": lambda codes: codes.astype(float),
    "nullable": lambda codes: pd.array(codes, dtype="Int64"),
    "category": lambda codes: pd.Categorical(codes, CODES),
    "text": lambda codes: pd.array(codes.astype(str), dtype="str"),
    "nullable text": lambda codes: pd.array(codes.astype(str), dtype="string"),
    "category of text": lambda codes: pd.Categorical(codes.astype(str), [str(c) for c in CODES]),
    "objects": lambda codes: codes.astype(object),
}


def frame(kind="whole numbers"):
    random = np.random.default_rng(7)
    n = 900
    educ = random.choice(CODES, n, p=[0.3, 0.3, 0.4])
    linear = -1.5 + 1.2 * (educ == 1) + 0.5 * (educ == 2)
    return pd.DataFrame(
        {
            "poor": random.uniform(size=n) < 1 / (1 + np.exp(-linear)),
            "educ": KINDS[kind](educ),
            "x": random.normal(size=n),
            "flag": random.uniform(size=n) < 0.4,
            "weight": random.uniform(50, 300, n),
            "psu": np.repeat(np.arange(n // 10), 10),
        }
    )


def fitted(kind="whole numbers", formula="poor ~ C(educ) + x + flag"):
    return survey_logit(formula, SurveyDesign(frame(kind), weight="weight", strata=None))


@pytest.fixture(scope="module")
def result():
    return fitted()


@pytest.mark.parametrize("kind", KINDS)
def test_predictions_by_level_are_the_averages_over_a_frame_with_that_level(kind):
    """By hand: the columns of the model are made here, and the coefficients are the model's."""
    fit, data = fitted(kind), frame()
    names = dict(zip(fit.terms, fit.coefficients, strict=True))
    rest = names["(intercept)"] + names["x"] * data["x"] + names["flag"] * data["flag"]
    for code, row in zip(CODES, predicted_by(fit, "educ"), strict=True):
        eta = rest + names.get(f"educ: {code}", names.get(f"educ: {code}.0", 0.0))
        assert row.domain == f"educ={code}"
        assert row.estimate == pytest.approx(
            100 * np.average(1 / (1 + np.exp(-eta)), weights=data["weight"]), rel=1e-12
        )


@pytest.mark.parametrize("kind", KINDS)
def test_the_type_of_the_codes_changes_no_effect(kind, result):
    for ours, right in zip(
        average_marginal_effects(fitted(kind), ["educ", "x", "flag"]),
        average_marginal_effects(result, ["educ", "x", "flag"]),
        strict=True,
    ):
        assert ours.domain == right.domain
        assert ours.estimate == pytest.approx(right.estimate, rel=1e-10)
        assert ours.std_error == pytest.approx(right.std_error, rel=1e-10)
        assert ours.estimate != 0


def test_a_reference_of_its_own_type_turns_the_effect_round(result):
    last = average_marginal_effects(result, ["educ"])
    first = average_marginal_effects(result, ["educ"], reference={"educ": 1})
    assert [row.domain for row in first] == ["2 against 1", "4 against 1"]
    assert first.rows[1].estimate == pytest.approx(-last.rows[0].estimate, rel=1e-12)


STRANGERS = [9, "1", "low", True, 1.5, None, np.nan, pd.NA, [1], pd.Series([1])]


@pytest.mark.parametrize("stranger", STRANGERS, ids=str)
@pytest.mark.parametrize(
    "ask",
    [
        lambda fit, value: contrast(fit, {"educ": value}, {"educ": 1}),
        lambda fit, value: contrast(fit, {"educ": 1}, {"educ": value}),
        lambda fit, value: predicted_by(fit, "flag", at={"educ": value}),
        lambda fit, value: average_marginal_effects(fit, ["educ"], reference={"educ": value}),
        lambda fit, value: predict_rows(fit, cases(value)),
        lambda fit, value: fit.predict(cases(value)),
    ],
    ids=["contrast", "base", "at", "reference", "predict_rows", "predict"],
)
def test_a_level_that_the_model_does_not_know_is_refused_wherever_one_is_named(
    ask, stranger, result
):
    with pytest.raises(BpsStatsError, match=r"educ has no category|educ is missing in rows 2"):
        ask(result, stranger)


def cases(value):
    educ = pd.Series([1, value], dtype=object)
    return pd.DataFrame({"educ": educ, "x": 0.0, "flag": False})


def test_a_level_that_only_other_domains_have_is_unknown(result):
    some = frame()["educ"] != 4
    fit = survey_logit("poor ~ C(educ) + x", result.design, some)
    assert [row.domain for row in predicted_by(fit, "educ")] == ["educ=1", "educ=2"]
    with pytest.raises(ParameterError, match=r"has no category 4. It has 1, 2"):
        contrast(fit, {"educ": 4}, {"educ": 1})


@pytest.mark.parametrize("key", ["size", "weight", "poor", "Educ", "C"])
def test_a_covariate_that_the_model_does_not_have_is_refused_wherever_one_is_named(key, result):
    for ask in (
        lambda: average_marginal_effects(result, [key]),
        lambda: predicted_by(result, key),
        lambda: predicted_by(result, "educ", at={key: 1}),
        lambda: contrast(result, {key: 1}, {key: 0}),
    ):
        with pytest.raises(ParameterError, match=rf"no covariate '{key}'.* made of: educ, flag, x"):
            ask()


def test_a_reference_of_a_column_that_is_not_asked_for_is_refused(result):
    for reference in ({"edu": 1}, {"x": 1.0}, {"flag": True}):
        with pytest.raises(ParameterError, match=r"none of the factors .* asked for: educ"):
            average_marginal_effects(result, ["educ", "x", "flag"], reference=reference)


def test_a_number_in_the_model_has_no_levels_and_takes_no_text(result):
    with pytest.raises(ParameterError, match=r"takes x as a number.*Write C\(x\)"):
        predicted_by(result, "x")
    for value in ("2", None, np.inf, "low"):
        with pytest.raises(ParameterError, match="Column x is numeric in the model"):
            contrast(result, {"x": value}, {"x": 0})
    with pytest.raises(DesignError, match=r"Column x does not hold numbers .*\(rows 1, 2\)"):
        result.predict(cases(1).assign(x=["0.5", "1"]))
    with pytest.raises(ParameterError, match="no column flag, x"):
        result.predict(cases(1)[["educ"]])


def test_yes_and_no_are_told_apart_with_and_without_a_factor(result):
    plain = [row.estimate for row in predicted_by(result, "flag")]
    factor = [
        row.estimate for row in predicted_by(fitted(formula="poor ~ C(educ) + x + C(flag)"), "flag")
    ]
    assert plain == pytest.approx(factor, rel=1e-9)
    assert plain[0] != plain[1]


def test_classes_made_in_a_formula_have_no_derivative():
    fit = fitted(formula="poor ~ C(x > 0)")
    with pytest.raises(ParameterError, match="makes classes of x"):
        average_marginal_effects(fit, ["x"])
    up, down = fit.predict(pd.DataFrame({"x": [1.0, -1.0]}))
    row = contrast(fit, {"x": 1}, {"x": -1}).rows[0]
    assert row.estimate == pytest.approx(100 * (up - down), rel=1e-12)


def test_predicted_poverty_knows_whole_numbers_too():
    data = frame().assign(welfare=lambda f: 0.3 - 0.4 * (f["educ"] == 1) + 0.1 * f["x"])
    design = SurveyDesign(data, weight="weight", strata=None)
    fit = survey_regression("welfare ~ C(educ) + x", design)
    low, _, high = predicted_poverty(fit, "educ", replicates=jackknife(design))
    assert (low.domain, high.domain) == ("educ=1", "educ=4")
    assert low.estimate > high.estimate + 10
    with pytest.raises(ParameterError, match="as a number"):
        predicted_poverty(fit, "x")


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("poor ~ as.factor(educ)", "cannot be read"),
        ("poor ~ x +", "cannot be read"),
        ("poor ~ (x", "cannot be read"),
        ("x + flag", "has no outcome"),
        ("", "has no outcome"),
        ("poor ~ 0", "has no covariate"),
        ("poor | x ~ flag", "has several parts"),
        ("poor ~ wealth", "wealth is neither a column"),
        ("poor ~ laag(x)", "neither a column .* nor a function"),
        ("poor ~ log(x)", "missing for some records"),
        ("poor ~ C(educ, Treatment(9))", "the reference level 9 does not occur"),
        ("poor ~ float(secret)", "cannot be worked out"),
        ("poor ~ {secret.astype(float)}", "cannot be worked out"),
        ("poor ~ when", "."),
        ("poor ~ lists", "."),
        ("poor ~ parts", "no numbers"),
        ("secret ~ x", "makes 2 columns"),
        ("C(educ) ~ x", "makes 3 columns"),
        ("educ ~ x", "0 and 1"),
        ("parts ~ x", "no numbers"),
        ("when ~ x", "."),
    ],
)
def test_a_formula_that_cannot_be_made_is_one_paragraph_without_a_value_of_the_data(formula, said):
    data = frame().assign(
        secret=["387444,80", "3201"] * 450, when=pd.Timestamp("2022-03-01"), parts=1j
    )
    data["lists"] = [[387444]] * 900
    with pytest.raises((ParameterError, DesignError), match=said) as caught:
        survey_logit(formula, SurveyDesign(data, weight="weight", strata=None))
    assert "\n" not in caught.value.message
    assert "\x1b" not in caught.value.message
    for value in ("387444", "3201", "2022"):
        assert value not in caught.value.message
