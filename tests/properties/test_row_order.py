"""The order of the records: the same inputs, shuffled, give the same tables to the last bit."""

import math

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from bpsstats.poverty import headcount, poor_count, poverty_gap, severity
from bpsstats.survey import SurveyDesign, estimate, mean, ratio, share, total
from bpsstats.survey.design.sums import sum_by, sum_of

# Two correctly rounded sums of the parts may leave the result one place off the correctly rounded
# whole.
LAST_PLACES = 4 * 2.0**-52
numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


@given(st.lists(numbers, min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_a_sum_has_no_order(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert sum_of(np.array(values)) == sum_of(np.array(shuffled))


@given(st.lists(st.floats(0, 1e300), min_size=1, max_size=60))
def test_a_sum_is_exact_to_the_last_places(values):
    assert math.isclose(sum_of(np.array(values)), math.fsum(values), rel_tol=LAST_PLACES, abs_tol=0)


@given(st.lists(numbers, min_size=1, max_size=60), st.integers(0, 2**32 - 1))
def test_groups_are_summed_apart(values, seed):
    values = np.array(values)
    group = np.random.default_rng(seed).integers(0, 5, len(values))
    together = sum_by(group, values, 5)
    # Cut at other places, a part may round otherwise; the scale of the error is that of the terms.
    apart = np.array([math.fsum(values[group == g]) for g in range(5)])
    scale = np.array([np.abs(values[group == g]).max(initial=0.0) for g in range(5)])
    assert (np.abs(together - apart) <= 60 * LAST_PLACES * scale).all()


def test_a_missing_value_is_not_summed_away():
    assert np.isnan(sum_of(np.array([1.0, np.nan])))
    assert sum_of(np.array([1.0, np.inf])) == np.inf
    assert sum_of(np.array([])) == 0


@st.composite
def samples(draw):
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(20, 120))
    stratum = random.integers(0, 3, n)
    psu = 10 * stratum + random.integers(0, 4, n)
    frame = pd.DataFrame(
        {
            "stratum": np.concatenate([np.repeat(np.arange(3), 2), stratum]),
            "psu": np.concatenate([[0, 1, 10, 11, 20, 21], psu]),
        }
    )
    n = len(frame)
    frame["weight_person"] = random.uniform(1, 900, n)
    frame["expenditure_person_month"] = np.exp(random.normal(13.5, 0.6, n))
    frame["food"] = frame["expenditure_person_month"] * random.uniform(0.2, 0.9, n)
    frame["education"] = random.choice(["low", "middle", "high"], n)
    return frame, random.permutation(n)


@given(samples(), st.booleans())
def test_shuffled_records_give_the_same_table_to_the_last_bit(sample, by_education):
    frame, order = sample
    line = float(frame["expenditure_person_month"].quantile(0.3))
    statistics = [
        headcount(line), poverty_gap(line), severity(line), poor_count(line),
        mean("food"), total("food"), ratio("food", "expenditure_person_month"),
        share("education", "low"),
    ]  # fmt: skip
    tables = [
        estimate(SurveyDesign(records), statistics, by="education" if by_education else None)
        for records in (frame, frame.iloc[order].reset_index(drop=True))
    ]
    pd.testing.assert_frame_equal(tables[0].to_frame(), tables[1].to_frame(), check_exact=True)
    assert tables[0].covariance().tobytes() == tables[1].covariance().tobytes()
