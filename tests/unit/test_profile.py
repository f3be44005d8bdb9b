"""Education and work of the poor and the food share, on tables readable by eye."""

import pandas as pd
import pytest

from bpsstats.errors import DesignError
from bpsstats.poverty import education_of_the_poor, food_share, sector_of_the_poor, work_of_the_poor
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
    columns=["psu", "adult", "education", "work", "sector", "expenditure_person_month", "weight_person"],
)


def test_education_is_shared_out_among_the_poor_of_15_and_over_only():
    shares = (
        education_of_the_poor(SurveyDesign(PERSONS, strata=None), LINE).to_frame().set_index("statistic")["estimate"]
    )
    assert shares.to_dict() == pytest.approx(
        {"share:below_sd": 100 / 8, "share:sd_smp": 200 / 8, "share:sma_plus": 500 / 8}, rel=EXACT
    )


def test_the_domain_says_whose_shares_they_are():
    assert education_of_the_poor(SurveyDesign(PERSONS, strata=None), LINE).rows[0].domain == "poor 15+"


def test_the_others_can_be_asked_for():
    table = education_of_the_poor(SurveyDesign(PERSONS, strata=None), LINE, group="non-poor")
    assert table.row("share:sma_plus").estimate == pytest.approx(900 / 16, rel=EXACT)


def test_work_and_sector_count_those_who_do_not_work_in_the_base():
    design = SurveyDesign(PERSONS, strata=None)
    assert work_of_the_poor(design, LINE).row("share:formal").estimate == pytest.approx(500 / 8, rel=EXACT)
    assert sector_of_the_poor(design, LINE).row("share:agriculture").estimate == pytest.approx(200 / 8, rel=EXACT)


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
