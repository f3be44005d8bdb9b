"""Sums of parts of a sample, joined, are what the whole sample gives: two areas of four PSUs."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError, LonePsuError
from bpsstats.poverty import headcount, poor_count, poverty_gap
from bpsstats.survey import SurveyDesign, estimate
from bpsstats.survey.parts import estimates_of, joined, partial_sums

STATISTICS = [poor_count(100), headcount(100), poverty_gap(100)]


def frame(calibrated=True):
    result = pd.DataFrame(
        {
            "area": np.repeat([1, 2], 8),
            "stratum": np.repeat([1, 2, 3, 4], 4),
            "psu": np.repeat(np.arange(8), 2),
            "weight_person": np.arange(1.0, 17),
            "expenditure_person_month": [
                80.0,
                120,
                90,
                150,
                70,
                200,
                110,
                60,
                130,
                95,
                99,
                101,
                50,
                300,
                85,
                140,
            ],
            "sex": pd.Categorical(list("fmfmmffmfmmmmmfm"), categories=["f", "m"]),
        }
    )
    result.attrs = {"period": "March 2022", "source": "made up", "calibrated": calibrated}
    return result


def part_of(area, by=None, calibrated=True):
    whole = frame(calibrated)
    part = whole[whole["area"] == area].reset_index(drop=True)
    part.attrs = whole.attrs
    return partial_sums(SurveyDesign(part), STATISTICS, by)


def same(rows, expected):
    assert len(rows) == len(expected)
    for row, other in zip(rows, expected, strict=True):
        for field in (
            "statistic",
            "period",
            "estimate",
            "std_error",
            "df",
            "n",
            "n_psu",
            "unit",
            "source",
            "kind",
            "scale",
            "level",
        ):
            assert getattr(row, field) == getattr(other, field), field
        assert row.interval() == other.interval()


@pytest.mark.parametrize("calibrated", [True, False])
@pytest.mark.parametrize("by", [None, "sex"])
def test_joined_parts_give_what_the_whole_gives(by, calibrated):
    parts = joined([part_of(area, by, calibrated) for area in (1, 2)])
    whole = estimate(SurveyDesign(frame(calibrated)), STATISTICS, by=by, level=0.9)
    rows = estimates_of(parts, STATISTICS, "together", level=0.9)
    same(rows, whole.rows)
    expected = ["together"] * 3 if by is None else ["together, sex=f"] * 3 + ["together, sex=m"] * 3
    assert [row.domain for row in rows] == expected


def test_one_part_gives_what_its_own_sample_gives_at_the_usual_level():
    whole = frame()
    second = whole[whole["area"] == 2].reset_index(drop=True)
    second.attrs = whole.attrs
    same(
        estimates_of(part_of(2), STATISTICS, "area=2"),
        estimate(SurveyDesign(second), STATISTICS).rows,
    )


def test_the_numbers_of_cells_are_those_of_the_records():
    parts = joined([part_of(area, "sex") for area in (1, 2)])
    assert parts.counts.sum() == 16
    assert parts.labels == ("sex=f", "sex=m")
    assert part_of(1).labels == ("",)
    np.testing.assert_array_equal(np.unique(parts.psu), np.arange(8))
    np.testing.assert_array_equal(parts.stratum_labels, np.repeat([1, 2, 3, 4], 2))
    assert (parts.period, parts.source, parts.calibrated) == ("March 2022", "made up", True)


def test_parts_that_do_not_fit_are_refused_in_words():
    with pytest.raises(DesignError) as caught:
        joined([part_of(1), part_of(1)])
    assert (
        caught.value.message
        == "A PSU stands in two parts of the sample, so that neither holds all its records. Divide"
        " the sample between PSUs, as by area."
    )
    with pytest.raises(DesignError) as caught:
        joined([part_of(1), part_of(2, "sex")])
    assert (
        caught.value.message
        == "The parts of the sample have different domains. Break them down by the same categories."
    )


def test_a_lone_psu_is_an_error_unless_asked_for():
    part = part_of(1)
    alone = dataclasses.replace(part, stratum_labels=np.array([1, 1, 1, 2]))
    with pytest.raises(LonePsuError):
        estimates_of(alone, STATISTICS, "area=1")
    assert estimates_of(alone, STATISTICS, "area=1", lone_psu="merge")[0].df == 3
