"""What lies behind a change of poverty: parts by hand on two rounds of six households, and the
errors of replicates.
"""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError, ParameterError
from bpsstats.poverty import decompose_by_group, decompose_change
from bpsstats.poverty.changes.stacked_rounds import stack_rounds
from bpsstats.survey import SurveyDesign, bootstrap, calibrate

LINES = (100.0, 110.0)
SPENT = (np.array([80.0, 120, 90, 200, 60, 300]), np.array([100.0, 150, 95, 220, 109, 260]))
WEIGHTS = (np.array([1.0, 2, 3, 4, 2, 1]), np.array([2.0, 2, 3, 3, 1, 2]))
GROUP = (np.array(list("abbaab")), np.array(list("ababba")))


def design(late, **columns):
    frame = pd.DataFrame(
        {
            "expenditure_person_month": SPENT[late],
            "weight_person": WEIGHTS[late],
            "group": GROUP[late],
            "psu": [1, 1, 2, 2, 3, 3],
            "stratum": "h",
            **columns,
        }
    )
    frame.attrs = {
        "area": "Kota Contoh",
        "period": f"March {2021 + late}",
        "source": "synthetic microdata",
        "observed": "households",
    }
    return SurveyDesign(frame)


def rounds():
    return design(0), design(1)


def index(mean, shares, line, alpha, weights=WEIGHTS):
    """P of the spending of one round, scaled to the mean of another, against the line of a
    third.
    """
    of = [np.average(spent, weights=w) for spent, w in zip(SPENT, weights, strict=True)]
    scaled = SPENT[shares] * of[mean] / of[shares]
    gap = np.where(scaled < LINES[line], np.maximum(1 - scaled / LINES[line], 0) ** alpha, 0.0)
    return 100 * np.average(gap, weights=weights[shares])


def by_hand(alpha, weights=WEIGHTS):
    """Growth, redistribution, line, and the whole change: means over the six orders in which they
    can move.
    """
    parts = np.zeros(3)
    for order in permutations(range(3)):
        state = [0, 0, 0]
        for factor in order:
            before = index(*state, alpha, weights)
            state[factor] = 1
            parts[factor] += (index(*state, alpha, weights) - before) / 6
    return np.append(parts, index(1, 1, 1, alpha, weights) - index(0, 0, 0, alpha, weights))


def composition_and_rates(alpha, weights=WEIGHTS):
    """By class: composition, rate, and the whole change."""
    share, rate = np.empty((2, 2)), np.empty((2, 2))
    for late in (0, 1):
        gap = np.where(
            SPENT[late] < LINES[late], np.maximum(1 - SPENT[late] / LINES[late], 0) ** alpha, 0.0
        )
        for k, name in enumerate("ab"):
            inside = GROUP[late] == name
            share[late, k] = weights[late][inside].sum() / weights[late].sum()
            rate[late, k] = 100 * np.average(gap[inside], weights=weights[late][inside])
    composition = (share[1] - share[0]) * (rate[1] + rate[0]) / 2
    fare = (share[1] + share[0]) * (rate[1] - rate[0]) / 2
    return np.concatenate([composition, fare, [composition.sum() + fare.sum()]])


@pytest.mark.parametrize(
    ("alpha", "name"),
    [(0, "headcount"), (1, "poverty_gap"), (2, "severity"), (1.5, "fgt:1.5"), (3, "fgt:3")],
)
def test_growth_redistribution_and_line_by_hand(alpha, name):
    found = decompose_change(*rounds(), *LINES, alpha=alpha, replicates=3)
    assert [*(row.estimate for row in found.parts), found.total.rows[0].estimate] == pytest.approx(
        by_hand(alpha)
    )
    assert [row.statistic for row in found.parts] == ["growth", "redistribution", "line"]
    assert {row.domain for row in found.parts} == {"all"}
    assert (
        found.what
        == f"Change of {name}: what growth of the mean, redistribution and the line contribute"
    )


@pytest.mark.parametrize(
    ("alpha", "name"), [(0, "headcount"), (1, "poverty_gap"), (1.5, "fgt:1.5"), (3, "fgt:3")]
)
def test_composition_and_rates_by_hand(alpha, name):
    found = decompose_by_group(*rounds(), *LINES, "group", alpha=alpha, replicates=3)
    expected = composition_and_rates(alpha)
    assert [*(row.estimate for row in found.parts), found.total.rows[0].estimate] == pytest.approx(
        expected
    )
    labels = [(row.statistic, row.domain) for row in found.parts]
    assert labels == [(part, f"group={k}") for part in ("composition", "rate") for k in "ab"]
    assert (
        found.what
        == f"Change of {name}: what the composition by group and the rates of the classes"
        " contribute"
    )


@pytest.mark.parametrize("alpha", [0, 1])
def test_errors_are_those_of_both_rounds_drawn_again(alpha):
    columns = ["expenditure_person_month", "group"]
    stacked = stack_rounds(*rounds(), columns)
    factors = bootstrap(stacked, 20, seed=5).factors(0, 20)[stacked.psu_index]
    for by, found, exact in (
        (by_hand, decompose_change(*rounds(), *LINES, alpha=alpha, replicates=20, seed=5), 3),
        (
            composition_and_rates,
            decompose_by_group(*rounds(), *LINES, "group", alpha=alpha, replicates=20, seed=5),
            4,
        ),
    ):
        values = np.array([by(alpha, (WEIGHTS[0] * f[:6], WEIGHTS[1] * f[6:])) for f in factors.T])
        expected = np.sqrt(((values - values.mean(axis=0)) ** 2).sum(axis=0) / 19)
        rows = [*found.parts, found.total.rows[0]]
        assert [row.std_error for row in rows] == pytest.approx(expected)
        assert len(found.parts) == exact
        assert {(row.unit, row.kind, row.df) for row in rows} == {
            ("percentage points", "difference", 4)
        }


def test_a_household_on_the_line_is_not_poor_by_a_rounding_of_the_division():
    line = 0.1 + 0.2
    one = design(0, expenditure_person_month=np.array([line, 300, 80, 200, 60, 300]))
    found = decompose_by_group(one, one, line, line, "group", replicates=3)
    assert {row.estimate for row in (*found.parts, *found.total)} == {0.0}


def test_what_cannot_be_decomposed_is_refused():
    with pytest.raises(ParameterError, match=r"order of an FGT index is -1; it is 0 or more\."):
        decompose_change(*rounds(), *LINES, alpha=-1)
    for group in (["a"] * 6, ["a", None, "b", "b", "a", "b"]):
        with pytest.raises(ParameterError) as caught:
            decompose_by_group(design(0), design(1, group=group), *LINES, "group", replicates=3)
        assert (
            caught.value.message
            == "A class of group has no record in one of the rounds, or a record has no class. Join"
            " it to another class."
        )
    calibrated = calibrate(design(1), {"population": 20.0})
    corrected = SurveyDesign(design(0, size=9.0).frame, fpc="size")
    for before, after in ((design(0), calibrated), (corrected, design(1))):
        with pytest.raises(DesignError) as caught:
            decompose_change(before, after, *LINES)
        assert (
            caught.value.message
            == "Rounds whose weights were calibrated here, or that have a finite population"
            " correction, cannot be stacked. Use the released weights."
        )


def test_the_headcount_is_decomposed_by_default_and_the_total_says_whose_it_is():
    for found in (
        decompose_change(*rounds(), *LINES, replicates=3),
        decompose_by_group(*rounds(), *LINES, "group", replicates=3),
    ):
        assert found.what.startswith("Change of headcount")
        assert (found.total.heading, found.total.level) == (found.parts.heading, found.parts.level)
        assert found.to_frame().index.tolist() == list(range(len(found.parts) + 1))


def test_the_table_as_people_read_it():
    found = decompose_change(*rounds(), *LINES, alpha=1, replicates=20, seed=5, level=0.9)
    shown = [line.rstrip() for line in repr(found).splitlines()]
    assert shown == KEPT.strip().splitlines()
    assert list(found.to_frame()) == [
        "part",
        "domain",
        "estimate",
        "std_error",
        "conf_low",
        "conf_high",
        "df",
        "unit",
    ]
    assert found.to_frame()["part"].tolist() == ["growth", "redistribution", "line", "change"]
    html = found._repr_html_()
    assert html.startswith(f"<p>{shown[0]}</p><p>{found.what}</p><table")
    assert "border=" not in html
    assert "<th>0</th>" not in html


KEPT = """
Kota Contoh · March 2021 to March 2022 · synthetic microdata · 12 households in 6 PSUs, 2 strata · errors by rescaled bootstrap, 20 replicates
Change of poverty_gap: what growth of the mean, redistribution and the line contribute
          part domain estimate std. error 90% low 90% high              unit
        growth    all    -4.93       3.95  -13.36    +3.49 percentage points
redistribution    all    -3.81       7.55  -19.91   +12.29 percentage points
          line    all    +3.36       0.67   +1.92    +4.80 percentage points
        change    all    -5.38       7.26  -20.86   +10.09 percentage points
"""


def test_stacked_rounds_keep_their_psus_strata_and_weights_apart():
    stacked = stack_rounds(*rounds(), ["expenditure_person_month"])
    assert stacked.frame["round"].tolist() == ["before"] * 6 + ["after"] * 6
    np.testing.assert_array_equal(stacked.weights, np.concatenate(WEIGHTS))
    assert (stacked.n_psu, stacked.n_strata, stacked.df) == (6, 2, 4)
    assert (stacked.area, stacked.period, stacked.source, stacked.observed) == (
        "Kota Contoh", "March 2021 to March 2022", "synthetic microdata", "households",
    )  # fmt: skip
    with pytest.raises(
        DesignError, match=r"The frame of the round before has no column welfare, income\."
    ):
        stack_rounds(*rounds(), ["welfare", "income"])
    assert stacked.frame.index.tolist() == list(range(12))


def test_stacked_rounds_treat_lone_psus_as_the_later_round_does():
    alone = SurveyDesign(design(1).frame.assign(stratum=list("hhhhgg")), lone_psu="centre")
    stacked = stack_rounds(design(0), alone, ["expenditure_person_month"])
    assert (stacked.lone_psu, stacked.n_strata) == ("centre", 3)
