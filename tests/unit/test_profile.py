"""Education and work of the poor and the food share, on tables readable by eye."""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError
from bpsstats.poverty import (
    education_of_the_poor,
    engel_curve,
    food_share,
    headcount_by_line,
    sector_of_the_poor,
    work_of_the_poor,
)  # fmt: skip
from bpsstats.survey import SurveyDesign

EXACT = 1e-13
LINE = 100.0
# (psu, age 15+, education, work, sector, expenditure per person, weight)
PERSONS = pd.DataFrame(
    [
        ("1", True, "below_sd", "not_working", "not_working", 60.0, 1.0),
        ("1", True, "sd_smp", "informal", "agriculture", 60.0, 2.0),
        ("2", True, "sma_plus", "formal", "non_agriculture", 90.0, 5.0),
        ("2", False, "below_sd", None, None, 90.0, 40.0),
        ("3", True, "sma_plus", "formal", "non_agriculture", 300.0, 9.0),
        ("3", True, "sd_smp", "informal", "non_agriculture", 100.0, 7.0),
    ],
    columns=[
        "psu",
        "adult",
        "education",
        "work",
        "sector",
        "expenditure_person_month",
        "weight_person",
    ],
)


def test_education_is_shared_out_among_the_poor_of_15_and_over_only():
    shares = (
        education_of_the_poor(SurveyDesign(PERSONS, strata=None), LINE)
        .to_frame()
        .set_index("statistic")["estimate"]
    )
    assert shares.to_dict() == pytest.approx(
        {"share:below_sd": 100 / 8, "share:sd_smp": 200 / 8, "share:sma_plus": 500 / 8}, rel=EXACT
    )


def test_the_domain_says_whose_shares_they_are():
    assert (
        education_of_the_poor(SurveyDesign(PERSONS, strata=None), LINE).rows[0].domain == "poor 15+"
    )


def test_the_others_can_be_asked_for():
    table = education_of_the_poor(SurveyDesign(PERSONS, strata=None), LINE, group="non-poor")
    assert table.row("share:sma_plus").estimate == pytest.approx(900 / 16, rel=EXACT)


def test_work_and_sector_count_those_who_do_not_work_in_the_base():
    design = SurveyDesign(PERSONS, strata=None)
    assert work_of_the_poor(design, LINE).row("share:formal").estimate == pytest.approx(
        500 / 8, rel=EXACT
    )
    assert sector_of_the_poor(design, LINE).row("share:agriculture").estimate == pytest.approx(
        200 / 8, rel=EXACT
    )


def test_household_records_cannot_show_the_education_of_persons():
    with pytest.raises(DesignError, match="person records"):
        education_of_the_poor(SurveyDesign(PERSONS.drop(columns="adult"), strata=None), LINE)


def test_the_food_share_is_a_ratio_of_sums_not_a_mean_of_ratios():
    frame = pd.DataFrame(
        {
            "expenditure_person_month": [50.0, 90, 400, 200],
            "expenditure_month": [100.0, 270, 400, 400],
            "size": [2, 3, 1, 2],
            "food_month": [80.0, 135, 100, 200],
            "weight_person": [20.0, 30, 10, 20],
            "psu": ["1", "2", "3", "4"],
        }
    )
    table = food_share(SurveyDesign(frame, strata=None), LINE)
    # Households weigh 10 each, so that the poor buy food for 215 of 370, the others for 300 of 800.
    assert table.row("food_share", "poor").estimate == pytest.approx(100 * 215 / 370, rel=EXACT)
    assert table.row("food_share", "non-poor").estimate == pytest.approx(100 * 300 / 800, rel=EXACT)
    assert table.row("food_share", "all").estimate == pytest.approx(100 * 515 / 1170, rel=EXACT)


def twenty_households(weights=None):
    """Spending 10, 20, ... 200; food is half of it for the ten poorest and a quarter for the
    others.
    """
    spending = np.arange(10.0, 201, 10)
    frame = pd.DataFrame(
        {
            "psu": np.arange(20),
            "weight_person": np.ones(20) if weights is None else weights,
            "size": 1.0,
            "expenditure_person_month": spending,
            "expenditure_month": spending,
            "food_month": spending * np.where(spending <= 100, 0.5, 0.25),
        }
    )
    return SurveyDesign(frame, strata=None)


def test_tenths_of_persons_from_the_poorest_to_the_richest():
    table = engel_curve(twenty_households(), level=0.9)
    assert [row.domain for row in table][::2] == [f"tenth={k}" for k in range(1, 11)]
    means = [table.row("mean:expenditure_person_month", f"tenth={k}") for k in range(1, 11)]
    assert [row.estimate for row in means] == [20.0 * k - 5 for k in range(1, 11)]
    assert {(row.n, row.unit, row.level) for row in means} == {(2, "Rp", 0.9)}
    shares = [table.row("food_share", f"tenth={k}").estimate for k in range(1, 11)]
    assert shares == pytest.approx([50.0] * 5 + [25.0] * 5)


def test_tenths_count_persons_and_keep_equal_spending_together():
    """The poorest household stands for eleven of thirty persons: its middle, 5.5 of 30, lies in the
    second tenth.
    """
    weights = np.ones(20)
    weights[0] = 11
    table = engel_curve(twenty_households(weights))
    assert {row.level for row in table} == {0.95}
    counts = {k: table.row("food_share", f"tenth={k}").n for k in range(1, 11)}
    middles = np.concatenate([[5.5], 11.5 + np.arange(19)]) / 30
    assert counts == {
        k: int(((middles >= (k - 1) / 10) & (middles < k / 10)).sum()) for k in range(1, 11)
    }
    frame = twenty_households().frame
    same = SurveyDesign(frame.assign(expenditure_person_month=7.0), strata=None)
    assert [row.n for row in engel_curve(same)][::2] == [0, 0, 0, 0, 0, 20, 0, 0, 0, 0]


def test_the_headcount_at_multiples_of_the_line():
    design = twenty_households()
    table = headcount_by_line(design, 100, multiples=(0.5, 1, 1.2), level=0.9)
    assert [row.domain for row in table] == ["line=0.50", "line=1.00", "line=1.20"]
    assert [row.estimate for row in table] == pytest.approx([20, 45, 55], rel=EXACT)
    assert (table.heading, table.level) == (design.heading, 0.9)
    assert {row.level for row in table} == {0.9}


def test_the_food_share_says_what_it_is():
    table = food_share(twenty_households(), 100, level=0.9)
    assert {(row.unit, row.kind, row.level) for row in table if row.statistic == "food_share"} == {
        ("percent", "ratio", 0.9)
    }
