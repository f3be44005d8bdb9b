"""Parts add up to the whole, whatever the data."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given

from bpsstats.errors import ParameterError
from bpsstats.models import oaxaca_blinder
from bpsstats.poverty import decompose_by_group, decompose_change
from bpsstats.poverty.changes.growth_redistribution import shapley
from bpsstats.survey import SurveyDesign

ADDS_UP = 1e-10  # percentage points, of indices up to 100: 1e-12 of the scale
FEW = 4  # replicates: the errors are not looked at here


@st.composite
def rounds(draw):
    """A round of 3 PSUs of 4 households, the first of each of one class."""
    rows = [
        (
            psu,
            draw(st.floats(1, 1000)),
            draw(st.floats(1, 400)),
            "ab"[household] if household < 2 else draw(st.sampled_from("ab")),
        )
        for psu in range(3)
        for household in range(4)
    ]
    return pd.DataFrame(rows, columns=["psu", "weight_person", "expenditure_person_month", "group"])


def design(frame):
    return SurveyDesign(frame, strata=None)


@given(rounds(), rounds(), st.floats(50, 300), st.floats(50, 300), st.sampled_from([0, 1, 2]))
def test_growth_redistribution_and_line_add_up_to_the_change(before, after, first, second, alpha):
    parts = decompose_change(
        design(before), design(after), first, second, alpha=alpha, replicates=FEW
    )
    total = parts.total.rows[0].estimate
    assert sum(row.estimate for row in parts.parts) == pytest.approx(total, abs=ADDS_UP)


@given(rounds(), rounds(), st.floats(50, 300), st.floats(50, 300), st.sampled_from([0, 1, 2]))
def test_composition_and_rates_add_up_to_the_change(before, after, first, second, alpha):
    parts = decompose_by_group(
        design(before), design(after), first, second, "group", alpha=alpha, replicates=FEW
    )
    total = parts.total.rows[0].estimate
    assert sum(row.estimate for row in parts.parts) == pytest.approx(total, abs=ADDS_UP)


@given(rounds(), st.floats(0.2, 5))
def test_a_round_in_which_everything_grew_alike_shows_growth_alone(before, factor):
    after = before.assign(expenditure_person_month=before["expenditure_person_month"] * factor)
    parts = decompose_change(
        design(before), design(after), 120.0, 120.0, alpha=1, replicates=FEW
    ).parts
    assert parts.row("redistribution").estimate == pytest.approx(0, abs=ADDS_UP)
    assert parts.row("line").estimate == pytest.approx(0, abs=ADDS_UP)


@given(st.lists(st.floats(-100, 100), min_size=8, max_size=8))
def test_shapleys_parts_add_up_whatever_the_values(values):
    parts = shapley(lambda state: values[state[0] + 2 * state[1] + 4 * state[2]], 3)
    assert parts.sum() == pytest.approx(values[7] - values[0], abs=ADDS_UP)


@given(st.integers(0, 2**32 - 1))
def test_the_parts_of_a_gap_add_up_to_it(seed):
    random = np.random.default_rng(seed)
    n = 60
    frame = pd.DataFrame(
        {"x": random.normal(size=n), "y": random.normal(size=n), "low": np.arange(n) % 2.0}
    )
    frame = frame.assign(psu=np.arange(n) // 4, weight_person=random.uniform(1, 9, n))
    result = oaxaca_blinder("y ~ x", design(frame), "low")
    at = {row.statistic: row.estimate for row in result.parts}
    gap = at["gap"]
    assert at["endowments"] + at["coefficients"] + at["interaction"] == pytest.approx(
        gap, abs=1e-12
    )
    assert at["explained"] + at["unexplained"] == pytest.approx(gap, abs=1e-12)
    assert sum(row.estimate for row in result.by_term) == pytest.approx(at["explained"], abs=1e-12)
    whole = (
        result.parts.row("endowments").strands[0].totals
        + result.parts.row("coefficients").strands[0].totals
    )
    assume(np.isfinite(whole).all())
    left = whole + result.parts.row("interaction").strands[0].totals
    np.testing.assert_allclose(left, result.parts.row("gap").strands[0].totals, atol=1e-10)


def test_a_class_that_a_round_lacks_is_refused():
    frame = pd.DataFrame(
        {
            "psu": [1, 2],
            "weight_person": 1.0,
            "expenditure_person_month": [50.0, 200.0],
            "group": ["a", "a"],
        }
    )
    both = frame.assign(group=["a", "b"])
    with pytest.raises(ParameterError, match="no record in one of the rounds"):
        decompose_by_group(design(frame), design(both), 100, 100, "group", replicates=FEW)
