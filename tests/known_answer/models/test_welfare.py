"""Regression, quantile regression and Oaxaca-Blinder against R's survey and quantreg."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bpsstats.models import oaxaca_blinder, survey_regression
from bpsstats.models.formula import model_columns
from bpsstats.models.regression.quantile import weighted_quantile_fit
from bpsstats.survey import SurveyDesign
from known_answer.oracle import answers, assert_r_still_gives_the_committed_answers

SCRIPT = Path(__file__).with_name("welfare.R")
AGREEMENT = 1e-10
FORMULA = "welfare ~ C(education, Treatment('sma_plus')) + size + age + female"


@cache
def design():
    frame = pd.read_csv(Path(__file__).with_name("sample.csv"))
    frame["education"] = pd.Categorical(frame["education"], ["below_sd", "sd_smp", "sma_plus"])
    return SurveyDesign(frame.assign(welfare=np.log(frame["welfare_ratio"])), weight="weight")


def known(model):
    return answers(SCRIPT, ["model", "case"]).loc[model]


@pytest.mark.parametrize("model", ["whole", "domain"])
def test_the_regression_equals_svyglm(model):
    domain = None if model == "whole" else (design().column("urban") == 1)
    result, answer = survey_regression(FORMULA, design(), domain), known(model)
    np.testing.assert_allclose(result.coefficients, answer["estimate"], rtol=AGREEMENT)
    np.testing.assert_allclose(result.std_errors, answer["std_error"], rtol=AGREEMENT)


@pytest.mark.parametrize("tau", [0.1, 0.5])
def test_the_quantile_regression_equals_quantreg(tau):
    columns = model_columns(FORMULA, design(), np.ones(design().n, dtype=bool))
    fit = weighted_quantile_fit(columns.x, columns.y, design().weights, tau)
    np.testing.assert_allclose(
        fit, known(f"quantile:{tau}")["estimate"], rtol=1e-8
    )  # quantreg's own tolerance


def test_the_decomposition_of_a_gap_equals_r_written_out():
    parts = oaxaca_blinder("welfare ~ size + age + urban", design(), "female").parts
    for case, answer in known("oaxaca").iterrows():
        row = parts.row(case)
        assert row.estimate == pytest.approx(answer["estimate"], rel=AGREEMENT), case
        assert row.std_error == pytest.approx(answer["std_error"], rel=AGREEMENT), case


@pytest.mark.external
def test_r_still_gives_these_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
