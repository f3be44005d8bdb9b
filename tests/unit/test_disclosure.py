"""The disclosure gate: thresholds, secondary suppression, and what synthetic data change."""

import pytest

from bpsstats.disclosure import Cell, gate
from bpsstats.errors import ParameterError

REAL = "survey microdata"


@pytest.mark.parametrize(
    ("cell", "decision"),
    [
        (Cell("x", 10, 30, 25.0), "publish"),
        (Cell("x", 9, 30, 25.0), "withhold"),
        (Cell("x", 10, 29, 25.0), "withhold"),
        (Cell("x", 10, 30, 25.1), "caution"),
        (Cell("x", 10, 30, 50.1), "withhold"),
        (Cell("x", 10, 30, float("nan")), "withhold"),
        (Cell("x", 2, 9, 80.0, published_before=True), "publish"),
    ],
)
def test_thresholds_are_where_the_policy_says(cell, decision):
    assert gate([cell], REAL).decisions == (decision,)


def test_inside_the_office_smaller_numbers_may_be_seen():
    assert gate([Cell("x", 6, 60, 20.0)], REAL, audience="internal").decisions == ("publish",)
    assert gate([Cell("x", 4, 60, 20.0)], REAL, audience="internal").decisions == ("withhold",)


def test_a_single_withheld_part_takes_the_smallest_other_part_with_it():
    cells = [Cell("a", 3, 60, 20.0), Cell("b", 40, 60, 9.0), Cell("c", 17, 60, 12.0)]
    result = gate(cells, REAL, totals={"all": ["a", "b", "c"]})
    assert result.decisions == ("withhold", "publish", "withhold")
    assert result.reasons[2] == "else a could be had from the sums"


def test_two_withheld_parts_protect_each_other():
    cells = [Cell("a", 3, 60, 20.0), Cell("b", 4, 60, 9.0), Cell("c", 53, 60, 12.0)]
    assert gate(cells, REAL, totals={"all": ["a", "b", "c"]}).decisions == (
        "withhold",
        "withhold",
        "publish",
    )


def test_synthetic_data_are_shown_and_the_gate_still_says_what_it_would_have_done():
    result = gate([Cell("a", 3, 60, 20.0)], "synthetic microdata")
    assert result.may_show("a")
    assert result.decisions == ("withhold",)
    assert not gate([Cell("a", 3, 60, 20.0)], REAL).may_show("a")


def test_a_total_of_unknown_parts_is_refused():
    with pytest.raises(ParameterError, match="no cells of the table: z"):
        gate([Cell("a", 30, 60, 20.0)], REAL, totals={"all": ["a", "z"]})
