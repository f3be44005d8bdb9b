"""Laws of every estimator: what must not change an estimate or its error, and what must change them
in proportion.
"""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from bpsstats.errors import NotEstimableError
from bpsstats.survey import SurveyDesign
from properties.enrolled import (
    EVERY,
    NO_ESTIMATORS,
    STATISTICS,
    TABLES,
    public_estimators,
    results,
    same,
    samples,
    with_derived,
)

PLAIN = [enrolled.make(1.0) for enrolled in EVERY]
SCALES = np.array([statistic.scale for statistic in PLAIN])
# An expenditure in single precision has seven digits.
SINGLE = 1e-4


def without(law):
    """Masks over values and errors: those that are not exempt from a law, shape (statistics, 2)."""
    reach = [enrolled.exempt.get(law) for enrolled in EVERY]
    return np.array([(exempt != "value", exempt is None) for exempt in reach])


def only(values, kept):
    return np.where(kept, values, 0.0)


def test_every_public_estimator_is_enrolled():
    assert public_estimators() - set(NO_ESTIMATORS) == set(STATISTICS) | set(TABLES)


def test_no_law_is_waived_for_more_than_it_must():
    """An exemption that is not needed hides a law that holds."""
    random = np.random.default_rng(7)
    moved = {law: np.zeros((len(EVERY), 2)) for law in ("weights", "copies")}
    for _ in range(12):
        frame = with_derived(
            pd.DataFrame(
                {
                    "stratum": np.repeat(["a", "b"], 20),
                    "psu": np.repeat([f"p{i}" for i in range(8)], 5),
                    "weight_person": random.uniform(1, 5, 40),
                    "expenditure_person_month": random.uniform(20, 400, 40),
                    "education": random.choice(["below_sd", "sd_smp"], 40),
                    "size": random.integers(1, 6, 40).astype(float),
                }
            )
        )
        plain = results(frame, PLAIN)
        changed = {
            "weights": (
                results(frame.assign(weight_person=frame["weight_person"] * 7), PLAIN)
                / 7.0 ** np.array([[e.weight] for e in EVERY])
            ),
            "copies": results(
                pd.concat(
                    [frame.assign(weight_person=frame["weight_person"] / 2)] * 2, ignore_index=True
                ),
                PLAIN,
            ),
        }
        for law, after in changed.items():
            moved[law] = np.fmax(moved[law], np.abs(after / plain - 1))
    for law, largest in moved.items():
        for enrolled, change in zip(EVERY, largest, strict=True):
            if law in enrolled.exempt:
                assert change[int(enrolled.exempt[law] == "error")] > 1e-9, (
                    enrolled.make(1.0).name,
                    law,
                )


@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(frame, random):
    order = list(range(len(frame)))
    random.shuffle(order)
    same(results(frame, PLAIN), results(frame.iloc[order].reset_index(drop=True), PLAIN), SCALES)


@given(samples())
def test_the_names_of_psus_and_strata_do_not_matter(frame):
    renamed = frame.assign(
        psu="P" + frame["psu"].str[::-1], stratum=frame["stratum"].map(lambda s: f"S{9 - int(s)}")
    )
    same(results(frame, PLAIN), results(renamed, PLAIN), SCALES)


@given(samples(), st.floats(0.01, 1000))
def test_weights_times_a_constant_scale_counts_and_leave_rates(frame, factor):
    kept = without("weights")
    powers = factor ** np.array([[enrolled.weight] for enrolled in EVERY])
    scaled = results(frame.assign(weight_person=frame["weight_person"] * factor), PLAIN) / powers
    same(only(results(frame, PLAIN), kept), only(scaled, kept), SCALES)


@given(samples(), st.sampled_from([0.5, 2.0, 1024.0]))
def test_rupiah_of_another_size_scale_amounts_and_leave_rates(frame, factor):
    rich = frame.assign(expenditure_person_month=frame["expenditure_person_month"] * factor)
    # Food in proportion too, not as the power that it was drawn from.
    rich = rich.assign(
        expenditure_month=frame["expenditure_month"] * factor,
        food_month=frame["food_month"] * factor,
    )
    powers = factor ** np.array([[enrolled.money] for enrolled in EVERY])
    scaled = results(rich, [enrolled.make(factor) for enrolled in EVERY]) / powers
    same(results(frame, PLAIN), scaled, SCALES)


@given(samples())
def test_copies_in_the_same_psu_with_half_the_weight_change_nothing(frame):
    kept = without("copies")
    halves = frame.assign(weight_person=frame["weight_person"] / 2)
    copied = results(pd.concat([halves, halves], ignore_index=True), PLAIN)
    same(only(results(frame, PLAIN), kept), only(copied, kept), SCALES)


@given(samples(), st.floats(1, 1000))
def test_a_stratum_outside_the_domain_changes_nothing(frame, weight):
    extra = frame.iloc[:2].assign(
        stratum="z", psu=["z1", "z2"], weight_person=weight, expenditure_person_month=1.0
    )
    wider = pd.concat([frame, with_derived(extra)], ignore_index=True)
    inside = (wider["stratum"] != "z").to_numpy()
    same(results(frame, PLAIN), results(wider, PLAIN, domain=inside), SCALES)


@given(samples())
def test_single_precision_expenditure_gives_the_same_within_its_precision(frame):
    # Amounts that single precision tells apart, from one another and from the line.
    kept = with_derived(
        frame.assign(expenditure_person_month=frame["expenditure_person_month"].round(2))
    )
    single = kept.assign(
        expenditure_person_month=kept["expenditure_person_month"].astype("float32")
    )
    values = [results(f, PLAIN)[:, :1] for f in (kept, single)]
    same(*values, scales=SCALES, tolerance=SINGLE)


def rows_of(frame, make):
    try:
        return np.array([(row.estimate, row.std_error) for row in make(SurveyDesign(frame))])
    except NotEstimableError:
        return np.full((1, 2), np.nan)


@pytest.mark.parametrize("name", TABLES)
@given(
    frame=samples(), random=st.randoms(use_true_random=False), factor=st.sampled_from([0.25, 3.0])
)
def test_tables_do_not_heed_the_order_of_rows_the_names_of_psus_or_the_size_of_weights(
    name, frame, random, factor
):
    order = list(range(len(frame)))
    random.shuffle(order)
    other = frame.iloc[order].reset_index(drop=True)
    other = other.assign(
        psu="P" + other["psu"].str[::-1], weight_person=other["weight_person"] * factor
    )
    plain, changed = (rows_of(f, TABLES[name]) for f in (frame, other))
    same(plain, changed, 100.0)
