"""Laws that hold for any sample: invariances of estimates and errors, and the theory of poverty measures."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
from hypothesis import given

from bpsstats.poverty import fgt, headcount, poor_count, poverty_gap, severity
from bpsstats.survey import SurveyDesign, estimate, ratio

LINE = 100.0
# Sums in another order, and weights scaled by a factor: rounding only.
ROUNDING = 1e-9


@st.composite
def samples(draw):
    """A frame of 2 to 4 strata of 2 to 4 PSUs of 1 to 5 households."""
    rows = [
        (
            str(stratum),
            f"{stratum}-{psu}",
            draw(st.floats(1, 1000)),
            draw(st.floats(1, 400)),
            draw(st.sampled_from(["a", "b", "c"])),
        )
        for stratum in range(draw(st.integers(2, 4)))
        for psu in range(draw(st.integers(2, 4)))
        for _ in range(draw(st.integers(1, 5)))
    ]
    return pd.DataFrame(rows, columns=["stratum", "psu", "weight_person", "expenditure_person_month", "group"]).assign(
        food=lambda f: f["expenditure_person_month"] ** 0.8
    )


STATISTICS = [
    poor_count(LINE),
    headcount(LINE),
    poverty_gap(LINE),
    severity(LINE),
    ratio("food", "expenditure_person_month"),
]


def table(frame, statistics=None, line=None, **options):
    statistics = statistics or STATISTICS
    return estimate(SurveyDesign(frame), statistics, **options).to_frame()


def same(left, right, columns=("estimate", "std_error")):
    """Equal up to rounding of the size of the estimates: an error of zero is a sum of rounded zeros."""
    scale = max(1e-12, float(np.nanmax(np.abs(left[["estimate", "std_error"]].to_numpy())))) if len(left) else 1.0
    for column in columns:
        np.testing.assert_allclose(left[column] / scale, right[column] / scale, rtol=0, atol=ROUNDING)


@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(frame, random):
    order = list(range(len(frame)))
    random.shuffle(order)
    same(table(frame, by="group"), table(frame.iloc[order].reset_index(drop=True), by="group"))


@given(samples())
def test_the_names_of_psus_and_strata_do_not_matter(frame):
    renamed = frame.assign(psu="P" + frame["psu"].str[::-1], stratum=frame["stratum"].map(lambda s: f"S{9 - int(s)}"))
    same(table(frame), table(renamed))


@given(samples(), st.floats(0.01, 1000))
def test_weights_times_a_constant_scale_counts_and_leave_rates(frame, factor):
    scaled = table(frame.assign(weight_person=frame["weight_person"] * factor))
    plain = table(frame)
    counts = plain["statistic"] == "poor_count"
    plain.loc[counts, ["estimate", "std_error"]] *= factor
    same(plain[counts], scaled[counts])
    same(plain[~counts], scaled[~counts])


@given(samples(), st.sampled_from([0.5, 2.0, 1024.0]))
def test_rupiah_of_another_size_change_nothing(frame, factor):
    scaled = frame.assign(expenditure_person_month=frame["expenditure_person_month"] * factor)
    measures = [f(LINE * factor) for f in (poor_count, headcount, poverty_gap, severity)]
    same(table(frame, STATISTICS[:4]), table(scaled, measures))


@given(samples())
def test_copies_in_the_same_psu_with_half_the_weight_change_nothing(frame):
    halves = frame.assign(weight_person=frame["weight_person"] / 2)
    same(table(frame), table(pd.concat([halves, halves], ignore_index=True)))


@given(samples())
def test_a_stratum_outside_the_domain_changes_nothing(frame):
    extra = pd.DataFrame(
        {
            "stratum": "z",
            "psu": ["z1", "z2"],
            "weight_person": 5.0,
            "expenditure_person_month": 1.0,
            "group": "d",
            "food": 1.0,
        }
    )
    wider = pd.concat([frame, extra], ignore_index=True)
    inside = (wider["group"] != "d").to_numpy()
    same(table(frame), table(wider, domain=inside))


@given(samples())
def test_poverty_falls_from_headcount_to_gap_to_severity(frame):
    p0, p1, p2 = (row.estimate / 100 for row in estimate(SurveyDesign(frame), STATISTICS[1:4]))
    assert p0 >= p1 - ROUNDING
    assert p1 >= p2 - ROUNDING
    assert p1**2 <= p0 * p2 + ROUNDING


@given(samples(), st.sampled_from([0.0, 1.0, 2.0, 3.0]))
def test_the_index_is_the_population_weighted_sum_of_its_subgroups(frame, alpha):
    statistic = fgt(LINE, alpha)
    parts = estimate(SurveyDesign(frame), statistic, by="group")
    weights = frame.groupby("group")["weight_person"].sum()
    summed = sum(row.estimate * weights[row.domain.removeprefix("group=")] for row in parts) / weights.sum()
    whole = next(iter(estimate(SurveyDesign(frame), statistic))).estimate
    assert abs(summed - whole) <= 1e-12 * 100


@given(samples(), st.floats(1.01, 10))
def test_income_above_the_line_does_not_matter(frame, factor):
    rich = frame["expenditure_person_month"] >= LINE
    richer = frame.assign(expenditure_person_month=frame["expenditure_person_month"].where(~rich, lambda y: y * factor))
    same(table(frame, STATISTICS[:4]), table(richer, STATISTICS[:4]))


@given(samples(), st.floats(0.1, 0.99))
def test_a_loss_of_the_poor_deepens_poverty_and_leaves_its_extent(frame, factor):
    poor = frame["expenditure_person_month"] < LINE
    poorer = frame.assign(expenditure_person_month=frame["expenditure_person_month"].where(~poor, lambda y: y * factor))
    before, after = (table(f, STATISTICS[1:4]).set_index("statistic")["estimate"] for f in (frame, poorer))
    assert after["headcount"] == before["headcount"]
    if poor.any():
        assert after["poverty_gap"] > before["poverty_gap"]
        assert after["severity"] > before["severity"]


@given(samples())
def test_single_precision_expenditure_gives_the_same_within_its_precision(frame):
    # Keep clear of the line itself, which single precision may move a household across.
    away = (frame["expenditure_person_month"] - LINE).abs() > 1e-3
    kept = frame.assign(expenditure_person_month=frame["expenditure_person_month"].where(away, 2 * LINE))
    single = kept.assign(expenditure_person_month=kept["expenditure_person_month"].astype("float32"))
    left, right = table(kept, STATISTICS[:4]), table(single, STATISTICS[:4])
    np.testing.assert_allclose(left["estimate"], right["estimate"], rtol=1e-5, atol=1e-6)
