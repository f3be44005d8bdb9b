"""The theory of poverty measures: focus, monotonicity, transfer, decomposition, and the order of
the indices.
"""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given

import bpsstats as bps
from bpsstats.poverty import fgt
from bpsstats.survey import SurveyDesign, estimate
from properties.enrolled import LINE, ROUNDING, results, same, samples, values, with_derived

FGT = [bps.headcount(LINE), bps.poverty_gap(LINE), bps.severity(LINE)]
INDICES = [
    *FGT,
    bps.watts(LINE),
    bps.sen(LINE),
    bps.sen_shorrocks_thon(LINE),
    bps.tip(0.2, LINE),
    bps.tip(1, LINE),
]
# A sum over groups and a sum over all.
DECOMPOSITION = 1e-12


def spending(frame, amounts):
    return with_derived(frame.assign(expenditure_person_month=amounts))


@given(samples())
def test_poverty_falls_from_headcount_to_gap_to_severity(frame):
    p0, p1, p2 = values(frame, FGT) / 100
    assert p0 >= p1 - ROUNDING
    assert p1 >= p2 - ROUNDING
    assert p1**2 <= p0 * p2 + ROUNDING


@given(samples())
def test_sens_index_lies_between_gap_and_headcount_and_watts_above_the_gap(frame):
    p0, p1, watts, sen, thon = values(frame, [*FGT[:2], *INDICES[3:6]])
    assert p1 - ROUNDING <= sen <= p0 + ROUNDING
    assert p1 - ROUNDING <= thon <= 2 * p1 + ROUNDING
    assert watts >= p1 - ROUNDING


@given(samples(), st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0]))
def test_an_index_is_the_population_weighted_sum_of_its_subgroups(frame, alpha):
    statistics = [fgt(LINE, alpha), bps.watts(LINE)]
    parts = estimate(SurveyDesign(frame), statistics, by="education")
    persons = frame.groupby("education", observed=False)["weight_person"].sum()
    for statistic, whole in zip(statistics, values(frame, statistics), strict=True):
        of_groups = [
            row.estimate * persons[row.domain.removeprefix("education=")]
            for row in parts
            if row.statistic == statistic.name and row.n
        ]
        assert abs(sum(of_groups) / persons.sum() - whole) <= DECOMPOSITION * max(100.0, whole)


@given(samples(), st.floats(1.01, 10))
def test_spending_above_the_line_does_not_matter(frame, factor):
    y = frame["expenditure_person_month"]
    same(
        results(frame, INDICES),
        results(spending(frame, y.where(y < LINE, y * factor)), INDICES),
        100.0,
    )


@given(samples(), st.floats(0.1, 0.99))
def test_a_loss_of_the_poor_deepens_poverty_and_leaves_its_extent(frame, factor):
    y = frame["expenditure_person_month"]
    before = values(frame, INDICES)
    after = values(spending(frame, y.where(y >= LINE, y * factor)), INDICES)
    assert after[0] == before[0]
    if (y < LINE).any():
        deeper = [1, 2, 3, 5, 6, 7]
        assert (after[deeper] > before[deeper]).all()
    # Sen's index heeds ranks: the loss of all in proportion leaves the inequality among the poor.
    assert after[4] >= before[4] - ROUNDING


@given(samples(), st.data())
def test_a_transfer_from_a_poor_person_to_one_less_poor_raises_poverty(frame, data):
    y, w = (frame[column].to_numpy() for column in ("expenditure_person_month", "weight_person"))
    order = np.argsort(y, kind="stable")
    poor = order[y[order] < LINE]
    assume(len(poor) >= 2)
    first = data.draw(st.integers(0, len(poor) - 2))
    giver, taker = poor[first], poor[data.draw(st.integers(first + 1, len(poor) - 1))]
    assume(y[taker] - y[giver] > 1e-3)
    # Rupiah of all whom the household stands for; the giver keeps some, the taker stays poor.
    amount = 0.5 * min(w[giver] * y[giver], w[taker] * (LINE - y[taker]))
    assume(amount > 1e-3 * min(w[giver], w[taker]))
    moved = y.copy()
    moved[giver] -= amount / w[giver]
    moved[taker] += amount / w[taker]
    before, after = (values(f, INDICES[:4]) for f in (frame, spending(frame, moved)))
    assert after[0] == before[0]
    assert after[1] == pytest.approx(before[1], rel=ROUNDING, abs=ROUNDING)
    assert after[2] > before[2] - ROUNDING
    assert after[3] > before[3] - ROUNDING


@given(samples())
def test_spending_exactly_the_line_is_not_poor(frame):
    y = frame["expenditure_person_month"].clip(lower=LINE)
    assert values(spending(frame, y.where(y > 2 * LINE, LINE)), INDICES).tolist() == [0.0] * len(
        INDICES
    )


@given(samples())
def test_with_nobody_poor_every_index_is_zero_and_its_error_is_not_estimable(frame):
    table = results(spending(frame, frame["expenditure_person_month"] + LINE), INDICES)
    assert (table[:, 0] == 0).all()
    assert np.isnan(table[:, 1]).all()


@given(samples())
def test_with_everybody_poor_all_are_counted(frame):
    y = frame["expenditure_person_month"] / 400 * (LINE - 1)
    p0, p1, p2 = values(spending(frame, y), FGT)
    assert p0 == pytest.approx(100, rel=ROUNDING)
    assert 0 < p2 <= p1 + ROUNDING


@given(samples(), st.lists(st.floats(0.1, 4), min_size=2, max_size=3, unique=True))
def test_the_headcount_rises_with_the_line(frame, multiples):
    heads = values(frame, [bps.headcount(LINE * multiple) for multiple in sorted(multiples)])
    assert (np.diff(heads) >= -ROUNDING).all()


@given(samples())
def test_the_curve_of_gaps_rises_ever_more_slowly_to_the_gap_index(frame):
    shares = np.linspace(0.2, 1, 5)
    heights = values(frame, [bps.tip(share, LINE) for share in shares])
    steps = np.diff(np.concatenate(([0.0], heights)))
    assert (steps >= -ROUNDING).all()
    assert (np.diff(steps) <= ROUNDING * 100).all()
    assert heights[-1] == pytest.approx(
        values(frame, [bps.poverty_gap(LINE)])[0], rel=ROUNDING, abs=ROUNDING
    )
