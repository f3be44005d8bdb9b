"""Change between two rounds: its error, its test, and what it says."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bpsstats.errors import ParameterError
from bpsstats.poverty import change, headcount, poor_count
from bpsstats.survey import SurveyDesign, estimate, mean

EXACT = 1e-12


def round_(seed, period, rate, psu_prefix=""):
    random = np.random.default_rng(seed)
    n = 400
    poor = random.random(n) < rate
    frame = pd.DataFrame(
        {
            "expenditure_person_month": np.where(poor, 50.0, 200.0),
            "weight_person": random.uniform(500, 1500, n),
            "psu": [f"{psu_prefix}{i // 10:03d}" for i in range(n)],
            "stratum": ["s1" if i < 200 else "s2" for i in range(n)],
        }
    )
    frame.attrs = {
        "area": "Kota Contoh",
        "period": period,
        "source": "synthetic microdata",
        "observed": "households",
    }
    return estimate(SurveyDesign(frame), [poor_count(100), headcount(100)])


@pytest.fixture(scope="module")
def rounds():
    return round_(1, "March 2021", 0.06, "x"), round_(2, "March 2022", 0.04, "y")


def test_the_change_is_after_less_before(rounds):
    before, after = rounds
    row = change(before, after).row("headcount")
    assert row.change == after.row("headcount").estimate - before.row("headcount").estimate


def test_variances_of_independent_rounds_add_up(rounds):
    before, after = rounds
    expected = np.hypot(before.row("headcount").std_error, after.row("headcount").std_error)
    assert change(before, after).row("headcount").std_error == pytest.approx(expected, rel=EXACT)


def test_a_round_against_itself_with_shared_psus_has_no_error(rounds):
    before, _ = rounds
    copy = round_(1, "March 2021", 0.06, "x")
    row = change(before, copy, shared_psus=True).row("headcount")
    assert row.change == 0
    # The variances cancel to the rounding of their sum, so the root is near, not at, zero.
    assert row.std_error == pytest.approx(0, abs=1e-6 * before.row("headcount").std_error)


def test_shared_psus_taken_as_independent_are_named_in_the_note():
    before, after = round_(1, "March 2021", 0.06), round_(2, "March 2022", 0.04)
    assert change(before, after).note.startswith("40 PSU labels stand in both rounds")
    assert change(before, after, shared_psus=True).note.startswith("The rounds share 40 PSUs")


def test_the_detectable_change_is_found_eight_times_in_ten(rounds):
    row = change(*rounds).row("headcount")
    critical = stats.t.ppf(0.975, row.df)
    power = stats.t.sf(critical - row.detectable / row.std_error, row.df)
    assert power == pytest.approx(0.8, abs=1e-9)


def test_a_change_within_its_interval_of_zero_cannot_be_told_from_chance(rounds):
    row = change(*rounds).row("headcount")
    low, high = row.interval()
    assert row.is_distinguishable == (low > 0 or high < 0)
    assert (row.p_value < 0.05) == row.is_distinguishable


def test_a_change_of_percentages_is_in_percentage_points(rounds):
    assert change(*rounds).to_frame().set_index("statistic")["unit"].to_dict() == {
        "poor_count": "persons",
        "headcount": "percentage points",
    }


def test_the_first_line_names_both_rounds(rounds):
    first = repr(change(*rounds)).splitlines()[0]
    assert "March 2022" in first
    assert "against" in first
    assert "March 2021" in first


def test_a_row_of_changes_is_found_by_its_names_or_refused_with_those_that_there_are():
    before, after = (
        estimate(SurveyDesign(frame), mean("y"), by="g")
        for frame in (two_groups(1.0), two_groups(2.0))
    )
    changes = change(before, after)
    assert changes.row("mean:y", "g=b").after.domain == "g=b"
    assert len(changes) == 2
    for asked in (("mean:y",), ("mean:x",), ("mean:y", "g=c"), ("headcount", "all")):
        with pytest.raises(ParameterError, match=r"holds: mean:y \(g=a\), mean:y \(g=b\)"):
            changes.row(*asked)
    with pytest.raises(ParameterError, match="statistic as text, not 3"):
        changes.row(3)


def two_groups(step):
    return pd.DataFrame(
        {
            "y": np.arange(8.0) * step,
            "g": list("abababab"),
            "weight_person": 1.0,
            "stratum": 1,
            "psu": np.repeat(range(4), 2),
        }
    )
