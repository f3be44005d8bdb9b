"""What the report says in words of a change, by what the sample can tell."""

import dataclasses

import pandas as pd
import pytest

from bpsstats.poverty import change, poor_count
from bpsstats.reporting.words.sentences import say_change
from bpsstats.survey import SurveyDesign, estimate


def changes(std_error):
    """A fall from 3 to 2 poor, with an error of one's own."""

    def count(poor):
        spending = [50.0] * poor + [200.0] * (8 - poor)
        frame = pd.DataFrame(
            {"expenditure_person_month": spending, "weight_person": 1.0, "psu": range(8)}
        )
        frame.attrs = {"period": "March 2021"}
        return estimate(SurveyDesign(frame, strata=None), poor_count(100))

    made = change(count(3), count(2))
    return dataclasses.replace(
        made, rows=tuple(dataclasses.replace(row, std_error=std_error) for row in made.rows)
    )


@pytest.mark.parametrize(
    ("std_error", "english", "indonesian"),
    [
        (0.1, "larger than chance", "lebih besar daripada yang dapat dijelaskan"),
        (
            0.6,
            "only a change of 2 or more would be found in eight samples of ten",
            "hanya perubahan sebesar 2 atau lebih",
        ),
        (
            2.0,
            "no fall, not even to nobody, would be found in eight samples of ten",
            "penurunan sebesar apa pun",
        ),
    ],
)
def test_a_change_is_told_by_what_the_sample_could_find(std_error, english, indonesian):
    assert english in str(say_change(changes(std_error)))
    assert indonesian in str(say_change(changes(std_error), "id"))


def test_without_a_round_before_nothing_is_said_of_a_change():
    assert "not" in str(say_change(None))
