"""A line given to any function, in any form, goes through the checks of a line from the file."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import LineError, ParameterError
from bpsstats.models import pool_rounds
from bpsstats.poverty import (
    PovertyLine,
    decompose_by_group,
    decompose_change,
    education_of_the_poor,
    fgt,
    food_share,
    headcount,
    headcount_by_line,
    headcount_curve,
    just_above,
    poor_count,
    poor_mask,
    poverty_gap,
    poverty_line,
    sen,
    sen_shorrocks_thon,
    severity,
    tip_curve,
    watts,
)
from bpsstats.poverty.lines.threshold import common_threshold
from bpsstats.survey import SurveyDesign, estimate

LINE = 680_499


@pytest.fixture(scope="module")
def design():
    rng = np.random.default_rng(4)
    spent = rng.lognormal(13.6, 0.5, 120)
    frame = pd.DataFrame(
        {
            "weight_person": 10.0,
            "stratum": np.repeat([1, 2, 3], 40),
            "psu": np.repeat(range(12), 10),
            "expenditure_person_month": spent,
            "expenditure_month": 4 * spent,
            "food_month": 2 * spent,
            "size": 4,
            "adult": True,
            "education": np.tile(["below_sd", "sd_smp", "sma_plus"], 40),
        }
    )
    return SurveyDesign(frame)


STATISTICS = (headcount, poor_count, poverty_gap, severity, watts, sen, sen_shorrocks_thon)
USES = {statistic.__name__: statistic for statistic in (*STATISTICS, just_above)}
WAYS = {
    **{
        name: (lambda design, line, make=make: estimate(design, make(line)))
        for name, make in USES.items()
    },
    "fgt of another order": lambda design, line: estimate(design, fgt(line, 1.5)),
    "mask": poor_mask,
    "education": education_of_the_poor,
    "food": food_share,
    "by line": headcount_by_line,
    "curve": headcount_curve,
    "tip": tip_curve,
    "change": lambda design, line: decompose_change(design, design, line, line, replicates=5),
    "classes": lambda design, line: decompose_by_group(
        design, design, line, line, "education", replicates=5
    ),
    "made by hand": lambda design, line: estimate(
        design, headcount(PovertyLine(line, "6471", "Kota Balikpapan", 2022, "test"))
    ),
}
WRONG = {
    "a point read as a decimal mark": 680.499,
    "the same as text": "680.499",
    "a comma": "680,499",
    "words": "garis",
    "nothing": None,
    "a truth": True,
    "a list": [LINE],
    "a column": pd.Series([LINE]),
    "not a number": float("nan"),
    "infinite": float("inf"),
    "negative": -LINE,
    "zero": 0,
    "times a hundred": 100 * LINE,
    "of a household": 5 * LINE,
}


@pytest.mark.parametrize("way", WAYS)
def test_what_can_be_no_monthly_line_of_a_person_is_refused(design, way):
    for wrong in WRONG.values():
        with pytest.raises((LineError, ParameterError)) as error:
            WAYS[way](design, wrong)
        if isinstance(wrong, float | int | str) and wrong is not True:
            assert isinstance(error.value, LineError) or wrong != wrong


@pytest.mark.parametrize("way", WAYS)
def test_a_line_is_taken_as_number_and_as_text_of_digits(design, way):
    for right in (LINE, float(LINE), str(LINE), np.float64(LINE), Decimal(LINE)):
        WAYS[way](design, right)


def test_a_column_given_as_a_line_shows_none_of_its_values():
    with pytest.raises(LineError) as error:
        common_threshold(pd.Series([123_456_789.0]))
    assert "a Series" in str(error.value)
    assert "123" not in str(error.value)


def test_a_pool_asks_for_lines_that_know_their_area_and_year(round_2022):
    for wrong in (LINE, str(LINE), None):
        with pytest.raises((LineError, ParameterError), match=r"area and year|PovertyLine"):
            pool_rounds([round_2022], [wrong])
    assert pool_rounds([round_2022], [poverty_line("6471", 2022)]).n == len(round_2022.households)


def test_other_units_are_served_where_line_and_expenditure_have_the_same():
    frame = pd.DataFrame({"expenditure_person_month": [8.0, 12, 15, 30], "w": 1.0})
    design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    assert estimate(design, headcount(10)).rows[0].estimate == 25
    with pytest.raises(LineError, match="in the same unit"):
        estimate(design, headcount(50_000))
    million = SurveyDesign(
        frame.assign(income=frame["expenditure_person_month"] * 1e6),
        weight="w", strata=None, psu=None,
    )  # fmt: skip
    assert estimate(million, headcount(10e6, welfare="income")).rows[0].estimate == 25


def test_multiples_of_a_line_reach_beyond_what_a_line_can_be(design):
    table = headcount_by_line(design, 2_000_000, multiples=(0.01, 1, 2))
    assert [row.estimate for row in table] == pytest.approx(
        [100 * (design.column("expenditure_person_month") < z).mean() for z in (2e4, 2e6, 4e6)]
    )


@pytest.mark.parametrize("text", ["680.499", "680,499", "680 499", "1.680.499,5"])
def test_text_with_a_mark_is_told_from_text_that_is_no_number(text):
    with pytest.raises(LineError, match="whether its mark stands between thousands"):
        common_threshold(text)
