"""Columns of labels that hold 7 and "7": an error in words, never two groups in silence."""

import numpy as np
import pandas as pd
import pytest

import bpsstats as bps
from bpsstats.errors import DesignError
from bpsstats.survey.parts import joined, partial_sums


def frame(**columns):
    made = pd.DataFrame({"w": 1.0, "y": [1.0, 2, 3, 4, 5, 6, 7, 8]})
    made["psu"], made["stratum"] = [1, 1, 2, 2, 3, 3, 4, 4], [1, 1, 1, 1, 2, 2, 2, 2]
    made["poor"], made["household"] = [0, 1, 0, 1, 1, 0, 1, 0], range(8)
    return made.assign(**columns)


MIXED = {
    "whole numbers and text": [1, 1, 2, "2", 1, 1, 2, 2],
    "numbers with a point and text": [1.0, 1.0, 2.0, "2", 1.0, 1.0, 2.0, 2.0],
    "text beside a number and a missing value": ["1", "1", "2", 2, "1", "1", None, "2"],
    "true beside 1": [1, 1, 0, True, 1, 1, 0, 0],
    "categories of two kinds": pd.Categorical([1, 1, 2, "2", 1, 1, 2, 2], categories=[1, 2, "2"]),
}


@pytest.mark.parametrize("labels", MIXED.values(), ids=MIXED.keys())
@pytest.mark.parametrize("role", ["psu", "strata"])
def test_a_design_refuses_labels_of_two_kinds_and_names_the_row(labels, role):
    with pytest.raises(DesignError, match=r"Column mixed holds .* beside .* \(rows 4\)"):
        bps.SurveyDesign(frame(mixed=labels), weight="w", **{"psu": None, role: "mixed"})


@pytest.mark.parametrize("labels", MIXED.values(), ids=MIXED.keys())
def test_domains_shares_groups_and_factors_refuse_labels_of_two_kinds(labels):
    design = bps.SurveyDesign(frame(mixed=labels), weight="w")
    calls = [
        lambda: bps.estimate(design, bps.mean("y"), by="mixed"),
        lambda: bps.estimate(design, bps.share("mixed", 2)),
        lambda: bps.decompose_inequality(design, "mixed", welfare="y"),
        lambda: bps.firth_logit("poor ~ C(mixed)", design),
    ]
    for call in calls:
        with pytest.raises(DesignError, match=r"Column mixed holds .* is not its text"):
            call()


def test_households_of_two_kinds_are_refused_where_they_are_counted():
    design = bps.SurveyDesign(frame(household=[1, 2, 3, 4, 5, 6, 7, "7"]), weight="w")
    with pytest.raises(DesignError, match=r"Column household holds numbers beside text \(rows 8\)"):
        bps.estimate(design, bps.mean("y"))


def test_whole_numbers_beside_numbers_with_a_point_are_of_one_kind():
    mixed = pd.Series([1, 1.0, 2, 2.0, 3, 3.0, 4, 4], dtype=object)
    assert bps.SurveyDesign(frame(psu=mixed), weight="w").n_psu == 4


def test_parts_whose_labels_are_numbers_and_text_are_not_joined():
    statistics = [bps.mean("y")]
    text = frame().assign(psu=np.array(list("55667788"), dtype=object))
    parts = [
        partial_sums(bps.SurveyDesign(part, weight="w"), statistics) for part in (frame(), text)
    ]
    with pytest.raises(DesignError, match="Column psu holds"):
        joined(parts)


def test_psus_that_two_rounds_share_are_known_by_what_is_written():
    before = bps.SurveyDesign(frame(psu=frame()["psu"].astype(float)), weight="w")
    after = bps.SurveyDesign(frame(psu=frame()["psu"].astype(str)), weight="w")
    here, there = before.first_stage.shared_with(after.first_stage)
    assert here.tolist() == there.tolist() == [0, 1, 2, 3]
