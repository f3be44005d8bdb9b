"""Tables of what lies behind a change, a gap, and of poverty by two models, in both languages."""

import pytest

from bpsstats.microdata import read_round
from bpsstats.models import oaxaca_blinder, pool_rounds, welfare_model
from bpsstats.poverty import decompose_by_group, decompose_change, poverty_line
from bpsstats.reporting import table
from bpsstats.survey import SurveyDesign

YEARS = (2021, 2022)


@pytest.fixture(scope="module")
def rounds():
    return [read_round("6471", year) for year in YEARS], [
        poverty_line("6471", year) for year in YEARS
    ]


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("growth of mean spending", "errors by rescaled bootstrap, 40 replicates")),
     ("id", ("pertumbuhan rata-rata pengeluaran", "galat dari bootstrap berskala ulang, 40"
                                                  " replikasi"))],
)  # fmt: skip
def test_parts_of_a_change_are_told_in_either_language(rounds, lang, words):
    designs = [SurveyDesign(round_.households) for round_ in rounds[0]]
    shown = table(decompose_change(*designs, *rounds[1], replicates=40), lang)
    assert shown.frame.iloc[0, 0] == words[0]
    assert words[1] in shown.caption
    by_class = table(
        decompose_by_group(*designs, *rounds[1], "head_education", replicates=40), lang
    )
    assert len(by_class.frame) == 2 * 3 + 1
    assert "head_education" not in by_class.frame.to_string()


@pytest.mark.parametrize(
    ("lang", "term"), [("en", "household size (log)"), ("id", "ukuran rumah tangga (log)")]
)
def test_parts_of_a_gap_name_their_covariates(rounds, lang, term):
    design = pool_rounds(*rounds)
    shown = table(
        oaxaca_blinder("log_welfare_ratio ~ log_size + dependency", design, "head_below_sma"), lang
    )
    assert term in shown.frame.to_string()
    assert "of the outcome" not in shown.frame.to_string()


def test_two_models_stand_side_by_side(rounds):
    shown = table(welfare_model(*rounds), "en")
    assert list(shown.frame.columns)[1:] == [
        "welfare regression", "welfare regression, 95% confidence interval",
        "logit", "logit, 95% confidence interval",
    ]  # fmt: skip
    assert len(shown.frame) == 3
