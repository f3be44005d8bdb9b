"""Inequality, quantiles, curves: counted by hand on a few households."""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError, ParameterError
from bpsstats.poverty import (
    atkinson,
    bottom_40,
    decompose_inequality,
    expenditure_share,
    generalised_entropy,
    generalised_lorenz,
    gini,
    headcount,
    headcount_curve,
    just_above,
    lorenz,
    lorenz_curve,
    mean_log_deviation,
    middle_40,
    poverty_gap,
    quantile,
    quintile_ratio,
    quintile_share,
    sen,
    sen_shorrocks_thon,
    theil,
    tip,
    tip_curve,
    top_20,
    watts,
)  # fmt: skip
from bpsstats.poverty.inequality.quantiles import density_at
from bpsstats.survey import DistributionStatistic, SurveyDesign, estimate
from bpsstats.survey.results.curves import critical_value
from bpsstats.survey.statistics.distribution import samples

# Sums in another order.
ROUNDING = 1e-12
# The critical value of a band is simulated.
SIMULATED = 0.02


def design_of(expenditure, weight=1.0, **columns):
    frame = pd.DataFrame(
        {"expenditure_person_month": expenditure, "weight_person": weight, **columns}
    )
    return SurveyDesign(frame, strata=None, psu="psu" if "psu" in columns else None)


def value(statistic, design):
    return estimate(design, statistic).row(statistic.name).estimate


@pytest.fixture(scope="module")
def sample():
    """Three strata of six PSUs of five households of one to six persons; one record per household,
    and per person.
    """
    random = np.random.default_rng(20211201)
    n = 90
    households = pd.DataFrame(
        {
            "expenditure_person_month": np.round(np.exp(random.normal(13.6, 0.6, n))),
            "stratum": np.repeat(["a", "b", "c"], 30),
            "psu": np.repeat([f"p{i:02d}" for i in range(18)], 5),
            "size": random.integers(1, 7, n),
            "weight_hh": random.uniform(50, 150, n),
            "school": random.choice(["none", "primary", "senior"], n),
        }
    )
    households["weight_person"] = households["weight_hh"] * households["size"]
    persons = households.loc[households.index.repeat(households["size"])].assign(
        weight_person=lambda f: f["weight_hh"]
    )
    return SurveyDesign(households), SurveyDesign(persons.reset_index(drop=True))


LINE = 600_000
EVERYTHING = [
    gini(), gini(form="trapezoid"), theil(), mean_log_deviation(), generalised_entropy(2),
    atkinson(0.5), atkinson(1), lorenz(0.3),
    generalised_lorenz(0.3), bottom_40(), middle_40(), top_20(), quintile_share(2),
    quintile_ratio(), quantile(0.5),
    quantile(0.5, error="density"), sen(LINE), sen_shorrocks_thon(LINE), watts(LINE),
    tip(0.1, LINE),
]  # fmt: skip


def test_the_two_definitions_of_the_gini_coefficient_on_three_households():
    # Weights 1, 1, 2; spending 1, 2, 4; N = 4, Y = 11, r = 1, 2, 4: sum r w y = 1 + 4 + 32 = 37,
    # sum w^2 y = 1 + 2 + 16.
    design = design_of([1.0, 2.0, 4.0], [1.0, 1.0, 2.0])
    assert value(gini(), design) == pytest.approx((2 * 37 - 11) / 44 - 1, rel=ROUNDING)
    assert value(gini(form="trapezoid"), design) == pytest.approx(
        (2 * 37 - 19) / 44 - 1, rel=ROUNDING
    )


def test_lorenz_ordinates_count_the_household_at_the_border_in_part():
    design = design_of([1.0, 2.0, 4.0], [1.0, 1.0, 2.0])
    # Of four persons the poorest 2.5 spend 1 + 2 + 0.5 x 4 of 11.
    assert value(lorenz(0.625), design) == pytest.approx(100 * 5 / 11, rel=ROUNDING)
    assert value(generalised_lorenz(0.625), design) == pytest.approx(5 / 4, rel=ROUNDING)
    assert value(expenditure_share(0.25, 1), design) == pytest.approx(100 * 10 / 11, rel=ROUNDING)


def test_shares_of_ten_persons():
    design = design_of(np.arange(1.0, 11.0))
    assert value(bottom_40(), design) == pytest.approx(100 * 10 / 55, rel=ROUNDING)
    assert value(middle_40(), design) == pytest.approx(100 * 26 / 55, rel=ROUNDING)
    assert value(top_20(), design) == pytest.approx(100 * 19 / 55, rel=ROUNDING)
    assert value(quintile_share(3), design) == pytest.approx(100 * 11 / 55, rel=ROUNDING)
    assert value(quintile_ratio(), design) == pytest.approx(19 / 3, rel=ROUNDING)


@pytest.mark.parametrize(
    ("probability", "expected"), [(0.1, 1), (0.25, 1), (0.26, 2), (0.5, 2), (0.51, 4), (0.99, 4)]
)
def test_a_quantile_is_the_smallest_value_that_reaches_the_probability(probability, expected):
    assert value(quantile(probability), design_of([4.0, 1.0, 2.0], [2.0, 1.0, 1.0])) == expected


def test_entropy_and_atkinson_of_two_persons():
    design = design_of([1.0, 3.0])
    low, high = 0.5, 1.5
    assert value(theil(), design) == pytest.approx(
        (low * np.log(low) + high * np.log(high)) / 2, rel=ROUNDING
    )
    assert value(mean_log_deviation(), design) == pytest.approx(
        -(np.log(low) + np.log(high)) / 2, rel=ROUNDING
    )
    assert value(generalised_entropy(2), design) == pytest.approx(0.125, rel=ROUNDING)
    assert value(atkinson(1), design) == pytest.approx(1 - np.sqrt(3) / 2, rel=ROUNDING)
    assert value(atkinson(2), design) == pytest.approx(1 - 0.75, rel=ROUNDING)


def test_poverty_indices_of_four_persons():
    # The poor spend 1 and 3 of a line of 4: gaps 3/4 and 1/4; P0 = 1/2, P1 = 1/4; plug-in Gini of
    # (1, 3) is 1/4.
    design = design_of([1.0, 3.0, 4.0, 9.0])
    assert value(sen(4), design) == pytest.approx(100 * (0.5 / 4 + 0.25 * 3 / 4), rel=ROUNDING)
    # Gini of the gaps 0, 0, 1/4, 3/4: (2 (3/4 + 3) - 1) / 4 - 1 = 5/8.
    assert value(sen_shorrocks_thon(4), design) == pytest.approx(
        100 * 0.25 * (1 + 5 / 8), rel=ROUNDING
    )
    assert value(watts(4), design) == pytest.approx(
        100 * (np.log(4) + np.log(4 / 3)) / 4, rel=ROUNDING
    )
    assert value(tip(0.375, 4), design) == pytest.approx(100 * (3 / 4 + 0.5 / 4) / 4, rel=ROUNDING)


def test_spending_the_line_is_not_poor_in_any_index():
    design = design_of([4.0, 4.0, 9.0])
    for statistic in (watts(4), sen(4), sen_shorrocks_thon(4)):
        row = estimate(design, statistic).row(statistic.name)
        assert row.estimate == 0
        assert row.reliability == "not estimable"


def test_woodruffs_interval_is_read_off_at_the_limits_of_the_share_below():
    # Of 16 PSUs of one person half spend up to 8: share 1/2, variance 16/15 x 16 x (1/2/16)^2 =
    # 1/60, t_15 = 2.1314.
    design = design_of(np.arange(1.0, 17.0), psu=range(16))
    row = estimate(design, quantile(0.5, interval="wald")).row("quantile:0.5")
    reach = 2.131449545559323 / np.sqrt(60)
    expected = tuple(float(np.ceil(16 * p)) for p in (0.5 - reach, 0.5 + reach))
    assert row.interval() == expected == (4.0, 13.0)
    assert row.std_error == pytest.approx((13 - 4) / (2 * 2.131449545559323), rel=1e-9)
    with pytest.raises(ParameterError, match=r"level 0.95, not 0.9.*level=0.9"):
        row.interval(0.9)
    assert row.interval(method="wald")[0] == pytest.approx(8 - 4.5, rel=1e-9)


def test_the_density_of_a_quantiles_error_is_a_gaussian_kernel():
    y = np.array([1.0, 2.0, 4.0, 7.0])
    design = design_of(y, psu=range(4))
    bandwidth = y.std() * 4**-0.2
    density = np.exp(-(((2 - y) / bandwidth) ** 2) / 2).sum() / (4 * bandwidth * np.sqrt(2 * np.pi))
    error = np.sqrt(4 / 3 * 4 * (0.5 / 4) ** 2) / density
    assert estimate(design, quantile(0.5, error="density")).row(
        "quantile:0.5"
    ).std_error == pytest.approx(error)


@pytest.mark.parametrize("statistic", EVERYTHING, ids=lambda s: s.name)
def test_a_slice_by_domain_equals_the_mask_of_the_domain(sample, statistic):
    households, _ = sample
    table = estimate(households, statistic, by="school")
    for row in table:
        mask = (households.frame["school"] == row.domain.removeprefix("school=")).to_numpy()
        alone = estimate(households, statistic, domain=mask).row(statistic.name)
        assert row.estimate == pytest.approx(alone.estimate, rel=ROUNDING)
        assert row.std_error == pytest.approx(alone.std_error, rel=1e-9)
        assert row.interval() == pytest.approx(alone.interval(), rel=1e-9)


# The plug-in form of the Gini coefficient depends on how weights are split over records, and so do
# what is made of it; the standard errors of quantiles by Korn and Graubard count records.
SAME_ON_BOTH_FILES = [
    gini(form="trapezoid"), theil(), mean_log_deviation(), generalised_entropy(2), atkinson(0.5),
    quintile_ratio(),
    quantile(0.5, error="density"), quantile(0.5, interval="wald"), watts(LINE), tip(0.1, LINE),
]  # fmt: skip
SAME_VALUE_ON_BOTH_FILES = [
    lorenz(0.3),
    bottom_40(),
    middle_40(),
    top_20(),
    quintile_share(2),
    quantile(0.5),
]


@pytest.mark.parametrize(
    "statistic", SAME_ON_BOTH_FILES + SAME_VALUE_ON_BOTH_FILES, ids=lambda s: s.name
)
def test_households_weighted_by_persons_and_persons_give_the_same(sample, statistic):
    of_households, of_persons = (
        estimate(design, statistic).row(statistic.name) for design in sample
    )
    assert of_households.estimate == pytest.approx(of_persons.estimate, rel=1e-10)
    if statistic in SAME_ON_BOTH_FILES:
        assert of_households.std_error == pytest.approx(of_persons.std_error, rel=1e-9)


@pytest.mark.parametrize("alpha", [0, 0.5, 1, 2])
def test_inequality_within_groups_is_the_weighted_mean_of_theirs(sample, alpha):
    households, _ = sample
    total, between, within, share = decompose_inequality(households, "school", alpha=alpha)
    frame = households.frame
    of_group = estimate(households, generalised_entropy(alpha), by="school")
    persons = frame.groupby("school")["weight_person"].sum()
    spending = (
        (frame["weight_person"] * frame["expenditure_person_month"]).groupby(frame["school"]).sum()
    )
    persons, spending = persons / persons.sum(), spending / spending.sum()
    weighted = [
        row.estimate * persons[group] ** (1 - alpha) * spending[group] ** alpha
        for row in of_group
        for group in [row.domain.removeprefix("school=")]
    ]
    assert within.estimate == pytest.approx(sum(weighted), rel=1e-10)
    assert between.estimate + within.estimate == pytest.approx(total.estimate, rel=ROUNDING)
    assert share.estimate == pytest.approx(100 * between.estimate / total.estimate, rel=ROUNDING)


def test_a_group_that_is_missing_is_refused(sample):
    frame = sample[0].frame.assign(school=lambda f: f["school"].where(f.index != 4))
    with pytest.raises(DesignError, match=r"groups of theil \(rows 5\)"):
        decompose_inequality(SurveyDesign(frame), "school")
    with pytest.raises(DesignError, match="no column schooling"):
        decompose_inequality(sample[0], "schooling")


@pytest.mark.parametrize(
    "statistic", [theil(), mean_log_deviation(), atkinson(2), watts(3)], ids=lambda s: s.name
)
def test_where_somebody_spends_nothing_what_takes_logarithms_is_not_estimable(statistic):
    whole = design_of([0.0, 1.0, 2.0, 4.0], side=["poor", "poor", "rich", "rich"])
    [everybody] = estimate(whole, statistic).rows
    assert np.isnan(everybody.estimate)
    assert everybody.reliability == "not estimable"
    poor, rich = estimate(whole, statistic, by="side").rows
    assert np.isnan(poor.estimate)
    assert rich.estimate > 0
    with pytest.raises(DesignError, match=rf"{statistic.name} \(rows 1\).*no logarithm"):
        estimate(design_of([-1.0, 1.0, 2.0]), statistic)
    design = design_of([0.0, 1.0, 2.0])
    assert estimate(design, statistic, domain=np.array([False, True, True])).rows[0].estimate > 0


def test_a_missing_expenditure_is_refused():
    with pytest.raises(DesignError, match=r"gini \(rows 2\)"):
        estimate(design_of([1.0, np.nan, 2.0]), gini())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: gini(form="jackknife"), "form as 'plug-in' or 'trapezoid', not 'jackknife'"),
        (lambda: atkinson(0), "positive number"),
        (lambda: quantile(1), "between 0 and 1"),
        (
            lambda: quantile(0.5, error="bootstrap"),
            "error as 'woodruff' or 'density', not 'bootstrap'",
        ),
        (lambda: lorenz(40), "between 0 and 1"),
        (lambda: expenditure_share(0.4, 0.4), "0 <= low < high <= 1"),
        (lambda: quantile(0), "between 0 and 1"),
        (lambda: expenditure_share(0.4, 1.5), "0 <= low < high <= 1"),
        (lambda: quintile_share(0), "numbered 1"),
        (lambda: quintile_share(6), "numbered 1"),
        (lambda: quintile_ratio(tail=0), "up to 0.5"),
        (lambda: tip(0, 4), "above 0 and up to 1"),
        (lambda: just_above(100, up_to=1), "multiple above 1"),
        (lambda: quintile_ratio(tail=0.6), "up to 0.5"),
        (lambda: tip(1.5, 4), "above 0 and up to 1"),
    ],
)
def test_parameters_out_of_range_are_refused(wrong, words):
    with pytest.raises(ParameterError, match=words):
        wrong()


def test_an_empty_domain_is_not_estimable(sample):
    nobody = np.zeros(sample[0].n, dtype=bool)
    for statistic in EVERYTHING:
        row = estimate(sample[0], statistic, domain=nobody).rows[0]
        assert np.isnan(row.estimate)
        assert row.reliability == "not estimable"


def test_the_curve_of_headcounts_passes_through_the_headcounts(sample):
    curve = headcount_curve(sample[0], LINE, multiples=(0.8, 1.0, 1.5))
    frame = curve.to_frame()
    assert frame["line"].tolist() == [480_000, 600_000, 900_000]
    assert frame["estimate"].tolist() == [value(headcount(z), sample[0]) for z in frame["line"]]
    assert (frame["band_low"] < frame["conf_low"]).all()
    assert (frame["band_high"] > frame["conf_high"]).all()
    assert f"{curve.critical:.2f} standard errors" in repr(curve)
    assert "band low" in curve._repr_html_()


def test_the_curve_of_gaps_ends_at_the_gap_index(sample):
    ends = tip_curve(sample[0], LINE, shares=(0.05, 1.0)).to_frame()
    assert ends["estimate"].iloc[-1] == pytest.approx(
        value(poverty_gap(LINE), sample[0]), rel=ROUNDING
    )
    row = estimate(sample[0], poverty_gap(LINE)).row("poverty_gap")
    assert ends["std_error"].iloc[-1] == pytest.approx(row.std_error, rel=1e-9)


def test_a_curve_of_one_point_has_the_interval_of_that_point(sample):
    curve = lorenz_curve(sample[0], shares=(0.4,))
    assert curve.critical == pytest.approx(2.1314, abs=3 * SIMULATED)
    assert curve.critical == critical_value(np.eye(1), 15, 0.95)


@pytest.mark.parametrize(
    ("make", "axis", "grid"),
    [
        (
            lambda design, **asked: headcount_curve(design, LINE, multiples=(1, 2), **asked),
            "line",
            [LINE, 2 * LINE],
        ),
        (
            lambda design, **asked: tip_curve(design, LINE, shares=(0.1, 1), **asked),
            "share_of_persons",
            [0.1, 1.0],
        ),
        (
            lambda design, **asked: lorenz_curve(design, shares=(0.2, 0.5), **asked),
            "share_of_persons",
            [0.2, 0.5],
        ),
    ],
)
def test_a_curve_of_a_domain_at_a_level_is_made_of_the_estimates_there(sample, make, axis, grid):
    design = sample[0]
    domain = np.arange(design.n) % 3 != 0
    curve = make(design, domain=domain, level=0.9)
    assert curve.axis == axis
    assert curve.grid.dtype == np.float64
    np.testing.assert_array_equal(curve.grid, grid)
    assert {row.level for row in curve.points} == {curve.points.level} == {0.9}
    assert {row.n for row in curve.points} == {domain.sum()}


def test_a_lorenz_curve_can_be_drawn_of_another_column(sample):
    frame = sample[0].frame.rename(columns={"expenditure_person_month": "income"})
    other = lorenz_curve(SurveyDesign(frame), shares=(0.3,), welfare="income")
    assert (
        other.to_frame()["estimate"].tolist()
        == lorenz_curve(sample[0], shares=(0.3,)).to_frame()["estimate"].tolist()
    )


def test_those_just_above_the_line_spend_it_or_up_to_a_fifth_more():
    design = design_of([99.0, 100, 119, 120, 150])
    assert value(just_above(100), design) == pytest.approx(40)
    assert value(just_above(100, up_to=1.5), design) == pytest.approx(60)
    with pytest.raises(DesignError, match="missing"):
        estimate(design_of([99.0, np.nan]), just_above(100))


def test_the_decomposition_of_a_domain_at_a_level_says_so(sample):
    design = sample[0]
    domain = np.arange(design.n) % 3 != 0
    table = decompose_inequality(
        design, "school", domain=domain, domain_name="two thirds", level=0.9
    )
    assert {(row.domain, row.level, row.n) for row in table} == {("two thirds", 0.9, domain.sum())}
    whole = decompose_inequality(design, "school")
    assert {(row.domain, row.level, row.n) for row in whole} == {("all", 0.95, design.n)}


def test_where_all_spend_the_same_there_is_no_inequality_and_no_share_of_it_between_groups():
    design = design_of([7.0, 7, 7, 7], group=list("aabb"))
    for statistic in (
        theil(),
        mean_log_deviation(),
        generalised_entropy(2),
        atkinson(0.5),
        atkinson(1),
        atkinson(2),
    ):
        made = statistic.linearise(design, np.ones(4, dtype=bool))
        assert made.value == pytest.approx(0, abs=1e-12)
        np.testing.assert_allclose(made.influence, np.zeros(4), atol=1e-12)
    shares = [row for row in decompose_inequality(design, "group") if row.kind == "index"]
    assert shares
    assert all(np.isnan(row.estimate) for row in shares)


def test_where_nobody_spends_anything_there_is_no_gini_coefficient():
    made = gini().linearise(design_of([0.0, 0, 0]), np.ones(3, dtype=bool))
    assert np.isnan(made.value)
    np.testing.assert_array_equal(made.influence, np.zeros(3))


def test_a_density_needs_two_values_and_takes_those_that_differ_only_at_an_end():
    of_same, low, high = (samples_of(values) for values in ([5.0, 5, 5], [1.0, 5, 5], [5.0, 5, 9]))
    assert np.isnan(density_at(of_same, 5.0))
    assert density_at(low, 5.0) > 0
    assert density_at(high, 5.0) > 0


def samples_of(values):
    statistic = DistributionStatistic(
        "it",
        "",
        "mean",
        lambda design: design.column("expenditure_person_month"),
        lambda sample: sample,
    )
    [(_, _, sample)] = samples(
        statistic, design_of(values), np.zeros(len(values), dtype=np.int64), 1
    )
    return sample


def test_an_aversion_of_one_is_the_default_of_atkinson():
    assert atkinson().name == "atkinson:1"


def test_the_smallest_and_the_largest_value_end_every_tail():
    design = design_of([10.0, 20, 40, 80])
    assert value(quintile_ratio(tail=0.5), design) == pytest.approx(120 / 30)
    assert value(quintile_share(5), design_of(np.arange(1.0, 11))) == pytest.approx(100 * 19 / 55)
    assert value(expenditure_share(0, 1), design) == pytest.approx(100)


def test_points_that_move_together_need_no_wider_band_and_independent_points_do():
    alone = critical_value(np.eye(1), 1000, 0.95)
    assert critical_value(np.ones((5, 5)), 1000, 0.95) == pytest.approx(alone, abs=SIMULATED * 2)
    sidak = 2.5688
    assert critical_value(np.eye(5), 10_000, 0.95) == pytest.approx(sidak, abs=SIMULATED * 2)


NOTHING_SPENT = {
    "lorenz": (lorenz(0.2), 0.0),
    "expenditure_share": (expenditure_share(0.1, 0.2), 0.0),
    "bottom_40": (bottom_40(), 0.0),
    "quintile_share": (quintile_share(1), 0.0),
    "quintile_ratio": (quintile_ratio(), np.nan),
}
BY_GROUP = {"psu": np.repeat(range(24), 10), "part": np.tile(["a", "b"], 120)}


def where_the_poorest_spend_nothing(share):
    spent = np.random.default_rng(3).lognormal(13, 0.5, 240)
    return design_of(np.where(spent < np.quantile(spent, share), 0.0, spent), **BY_GROUP)


@pytest.mark.parametrize("name", NOTHING_SPENT)
@pytest.mark.parametrize("by", [None, "part"])
def test_what_the_poorest_who_spend_nothing_have_is_not_estimable(name, by):
    statistic, expected = NOTHING_SPENT[name]
    for row in estimate(where_the_poorest_spend_nothing(0.5), statistic, by=by):
        assert row.estimate == pytest.approx(expected, nan_ok=True)
        assert (row.reliability, row.presentation) == ("not estimable", "not estimable")


@pytest.mark.parametrize(
    "statistic",
    [lorenz(0.2), bottom_40(), middle_40(), top_20(), quintile_share(5), quintile_ratio(), gini()],
    ids=lambda statistic: statistic.name,
)
def test_how_nothing_is_shared_is_not_estimable(statistic):
    row = estimate(design_of(np.zeros(240), **BY_GROUP), statistic).rows[0]
    assert np.isnan(row.estimate)
    assert (row.reliability, row.presentation) == ("not estimable", "not estimable")


@pytest.mark.parametrize(
    "statistic", [theil(), mean_log_deviation(), generalised_entropy(2), atkinson(0.5), watts(4e5)]
)
def test_indices_that_need_what_is_positive_say_so_where_the_poorest_spend_nothing(statistic):
    [row] = estimate(where_the_poorest_spend_nothing(0.5), statistic).rows
    assert (row.reliability, row.presentation) == ("not estimable", "not estimable")


def test_a_curve_over_those_who_spend_nothing_shows_the_points_it_can():
    curve = lorenz_curve(where_the_poorest_spend_nothing(0.5)).to_frame()
    assert curve["estimate"].iloc[0] == 0
    assert np.isfinite(curve["conf_low"].iloc[-1])
