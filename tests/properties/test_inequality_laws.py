"""The theory of inequality: transfers, replication, decomposition, and the shape of the Lorenz
curve.
"""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given

import bpsstats as bps
from bpsstats.survey import SurveyDesign, estimate
from properties.enrolled import ROUNDING, samples, values, with_derived

# All but the plug-in form of the Gini coefficient, whose last term depends on how weights are split
# over records.
INDICES = [
    bps.gini(form="trapezoid"), bps.theil(), bps.mean_log_deviation(), bps.generalised_entropy(2),
    bps.generalised_entropy(-1),
    bps.atkinson(0.5), bps.atkinson(1), bps.atkinson(2),
]  # fmt: skip
SHARES = np.linspace(0.2, 0.8, 4)


@given(samples(), st.floats(0.01, 100))
def test_inequality_does_not_heed_the_size_of_the_rupiah(frame, factor):
    rich = with_derived(
        frame.assign(expenditure_person_month=frame["expenditure_person_month"] * factor)
    )
    every = [*INDICES, bps.gini(), bps.quintile_ratio(), bps.bottom_40()]
    np.testing.assert_allclose(
        values(rich, every), values(frame, every), rtol=ROUNDING, atol=ROUNDING
    )


@given(samples(), st.data())
def test_a_transfer_from_rich_to_poor_lessens_inequality(frame, data):
    y, w = (frame[column].to_numpy() for column in ("expenditure_person_month", "weight_person"))
    order = np.argsort(y, kind="stable")
    low = data.draw(st.integers(0, len(y) - 2))
    taker, giver = order[low], order[data.draw(st.integers(low + 1, len(y) - 1))]
    assume(y[giver] - y[taker] > 1e-3)
    # Rupiah of all whom the household stands for; the giver stays the richer of the two.
    amount = (
        data.draw(st.floats(0.05, 0.95)) * (y[giver] - y[taker]) / (1 / w[giver] + 1 / w[taker])
    )
    moved = y.copy()
    moved[giver] -= amount / w[giver]
    moved[taker] += amount / w[taker]
    even = with_derived(frame.assign(expenditure_person_month=moved))
    assert (values(even, INDICES) <= values(frame, INDICES) + ROUNDING).all()
    shares = [bps.lorenz(share) for share in SHARES]
    assert (values(even, shares) >= values(frame, shares) - 100 * ROUNDING).all()


@given(samples(), st.integers(2, 4))
def test_a_population_that_is_copied_is_as_unequal(frame, copies):
    copied = pd.concat([frame] * copies, ignore_index=True)
    every = [*INDICES, bps.bottom_40(), bps.quintile_ratio()]
    np.testing.assert_allclose(
        values(copied, every), values(frame, every), rtol=ROUNDING, atol=ROUNDING
    )


@given(samples(), st.integers(2, 4))
def test_both_forms_of_the_gini_coefficient_are_one_where_each_record_is_one_person(frame, copies):
    persons = pd.concat([frame.assign(weight_person=1.0)] * copies, ignore_index=True)
    plug_in, trapezoid = values(persons, [bps.gini(), bps.gini(form="trapezoid")])
    assert plug_in == pytest.approx(trapezoid, rel=ROUNDING, abs=ROUNDING)


@given(samples(), st.sampled_from([0, 1, 2, 0.5]))
def test_inequality_between_and_within_groups_adds_up_to_the_whole(frame, alpha):
    total, between, within = (
        row.estimate
        for row in bps.decompose_inequality(SurveyDesign(frame), "education", alpha=alpha).rows[:3]
    )
    assert total == pytest.approx(between + within, rel=1e-12, abs=1e-15)
    assert between >= -ROUNDING
    assert within >= -ROUNDING
    of_group = estimate(SurveyDesign(frame), bps.generalised_entropy(alpha), by="education")
    persons = frame.groupby("education", observed=False)["weight_person"].sum()
    rupiah = (
        (frame["weight_person"] * frame["expenditure_person_month"])
        .groupby(frame["education"], observed=False)
        .sum()
    )
    persons, rupiah = persons / persons.sum(), rupiah / rupiah.sum()
    weighted = sum(
        row.estimate * persons[group] ** (1 - alpha) * rupiah[group] ** alpha
        for row in of_group
        for group in [row.domain.removeprefix("education=")]
        if row.n
    )
    assert within == pytest.approx(weighted, rel=ROUNDING, abs=ROUNDING)


@given(samples())
def test_the_lorenz_curve_is_convex_and_below_the_diagonal(frame):
    heights = np.concatenate(
        ([0.0], values(frame, [bps.lorenz(share) for share in SHARES]), [100.0])
    )
    assert (heights[1:-1] <= 100 * SHARES + 100 * ROUNDING).all()
    assert (np.diff(heights, 2) >= -100 * ROUNDING).all()
    fifths = values(frame, [bps.quintile_share(fifth) for fifth in range(1, 6)])
    np.testing.assert_allclose(fifths, np.diff(heights), rtol=0, atol=100 * ROUNDING)
    thirds = values(frame, [bps.bottom_40(), bps.middle_40(), bps.top_20()])
    assert thirds.sum() == pytest.approx(100, rel=ROUNDING)


@given(samples())
def test_the_generalised_lorenz_curve_is_the_lorenz_curve_times_the_mean(frame):
    ordinates = [(bps.generalised_lorenz(share), bps.lorenz(share)) for share in SHARES[:2]]
    mean = values(frame, [bps.mean("expenditure_person_month")])[0]
    for general, plain in ordinates:
        height, share = values(frame, [general, plain])
        assert height == pytest.approx(mean * share / 100, rel=ROUNDING)


@given(samples())
def test_indices_that_say_the_same_agree(frame):
    deviation, atkinson, half_variation = values(
        frame, [bps.mean_log_deviation(), bps.atkinson(1), bps.generalised_entropy(2)]
    )
    assert atkinson == pytest.approx(1 - np.exp(-deviation), rel=ROUNDING, abs=ROUNDING)
    y, w = frame["expenditure_person_month"], frame["weight_person"]
    mean = (w * y).sum() / w.sum()
    assert half_variation == pytest.approx(
        (w * (y / mean - 1) ** 2).sum() / w.sum() / 2, rel=ROUNDING, abs=ROUNDING
    )


@given(samples())
def test_where_all_spend_the_same_there_is_no_inequality(frame):
    even = with_derived(frame.assign(expenditure_person_month=250.0))
    assert np.abs(values(even, INDICES)).max() <= ROUNDING
    np.testing.assert_allclose(
        values(even, [bps.lorenz(share) for share in SHARES]), 100 * SHARES, rtol=ROUNDING
    )


@given(samples(), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_quantiles_rise_with_the_probability_and_invert_the_distribution(frame, one, other):
    low, high = sorted((one, other))
    lower, upper = values(frame, [bps.quantile(low), bps.quantile(high)])
    assert lower <= upper
    y, w = (frame[column].to_numpy() for column in ("expenditure_person_month", "weight_person"))
    assert w[y <= lower].sum() / w.sum() >= low - ROUNDING
    assert w[y < lower].sum() / w.sum() < low + ROUNDING
