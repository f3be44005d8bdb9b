"""Calibrated weights: what they meet, what is left of the errors, and which margins are refused."""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import ConvergenceError, DesignError, LonePsuError, ParameterError
from bpsstats.survey import SurveyDesign, calibrate, estimate, mean, population, share, total
from bpsstats.survey.design.calibration import CALIBRATED, UNBOUNDED, _distance, recalibrate

ROUNDING = 1e-9  # of a margin, met by Newton's method to its last places
SEX = {"f": 260.0, "m": 240.0}
AGE = {"young": 200.0, "old": 300.0}


def frame_of(n=40):
    random = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "h": np.repeat([1, 2], n // 2),
            "c": np.arange(n) // 4,
            "w": random.uniform(8, 16, n),
            "sex": np.where(np.arange(n) % 2 == 0, "f", "m"),
            "age": np.where(np.arange(n) % 3 == 0, "young", "old"),
            "y": random.normal(50, 5, n),
        }
    )
    frame.attrs = {"area": "somewhere"}
    return frame


def design(frame=None, **how):
    return SurveyDesign(
        frame_of() if frame is None else frame, weight="w", strata="h", psu="c", **how
    )


@pytest.mark.parametrize(
    ("method", "bounds"),
    [("raking", None), ("linear", None), ("linear", (0.5, 1.9)), ("logit", (0.5, 1.9))],
)
def test_every_method_meets_the_margins_within_its_bounds(method, bounds):
    known = calibrate(design(), {"sex": SEX, "age": AGE}, method=method, bounds=bounds)
    for column, margin in (("sex", SEX), ("age", AGE)):
        for category, total_ in margin.items():
            assert known.weights[known.frame[column] == category].sum() == pytest.approx(
                total_, rel=ROUNDING
            )
    low, high = bounds or (0, np.inf)
    ratio = known.weights / known.calibration.base
    assert low - ROUNDING <= ratio.min()
    assert ratio.max() <= high + ROUNDING


def test_bounds_bind_where_they_are_narrow():
    margins = {"sex": SEX, "age": AGE}
    free = calibrate(design(), margins, method="linear")
    most = float((free.weights / free.calibration.base).max())
    bound = calibrate(design(), margins, method="linear", bounds=(0.1, most - 0.005))
    assert (bound.weights / bound.calibration.base).max() == pytest.approx(
        most - 0.005, rel=ROUNDING
    )


def test_post_stratification_weights_each_class_by_one_factor():
    known = calibrate(
        design(), {"sex*age": {"f*young": 100.0, "f*old": 160.0, "m*young": 100.0, "m*old": 140.0}}
    )
    ratio = pd.Series(known.weights / known.calibration.base)
    cell = known.frame["sex"] + known.frame["age"]
    assert (ratio.groupby(cell.to_numpy()).std() < ROUNDING).all()


def test_margins_that_the_weights_meet_already_change_nothing():
    sample = design()
    own = sample.frame.groupby("sex")["w"].sum().to_dict()
    np.testing.assert_allclose(calibrate(sample, {"sex": own}).weights, sample.weights, rtol=1e-12)


def test_a_margin_has_no_error_and_what_follows_it_has_less():
    sample = design(frame_of().assign(y=lambda f: f["y"] + 40 * (f["sex"] == "f")))
    known = calibrate(sample, {"sex": SEX})
    assert estimate(known, population()).rows[0].std_error < ROUNDING * 500
    assert (
        estimate(known, total("y")).rows[0].std_error
        < 0.3 * estimate(sample, total("y")).rows[0].std_error
    )


def test_the_error_of_a_share_that_is_a_margin_is_gone_though_the_weights_still_vary():
    known = calibrate(design(), {"sex": SEX})
    row = estimate(known, share("sex", "f")).rows[0]
    assert row.estimate == pytest.approx(52.0, rel=ROUNDING)
    assert row.std_error < ROUNDING * 52


def test_domains_keep_their_counts_and_degrees_of_freedom():
    known, sample = calibrate(design(), {"sex": SEX}), design()
    for a, b in zip(
        estimate(known, mean("y"), by="age"), estimate(sample, mean("y"), by="age"), strict=True
    ):
        assert (a.n, a.n_psu, a.df) == (b.n, b.n_psu, b.df)


def test_a_difference_of_domains_knows_what_the_margins_share():
    table = estimate(calibrate(design(), {"sex": SEX}), population(), by="sex")
    assert (table.rows[0] - table.rows[1]).std_error < ROUNDING * 500


def test_residuals_are_taken_before_lone_psus_are_treated():
    frame = frame_of()
    frame.loc[frame["h"] == 2, "c"] = 99
    with pytest.raises(LonePsuError):
        design(frame)
    known = calibrate(design(frame, lone_psu="centre"), {"sex": SEX})
    assert estimate(known, population()).rows[0].std_error < ROUNDING * 500
    assert estimate(known, mean("y")).rows[0].std_error > 0


def test_a_numeric_margin_is_the_total_of_the_column():
    known = calibrate(design(), {"population": 500.0, "y": 25_500.0}, method="linear")
    assert (known.weights * known.frame["y"]).sum() == pytest.approx(25_500, rel=ROUNDING)


def test_the_weights_are_a_new_column_and_the_population_is_known_to_be_fixed():
    known = calibrate(design(), {"sex": SEX})
    assert known.weight == CALIBRATED
    assert known.calibrated
    assert known.area == "somewhere"
    assert not calibrate(design(), {"y": 25_500.0}, method="linear").calibrated
    assert CALIBRATED not in frame_of().columns


def test_row_order_does_not_change_a_bit():
    frame = frame_of()
    order = np.random.default_rng(3).permutation(len(frame))
    tables = []
    for records in (frame, frame.iloc[order].reset_index(drop=True)):
        known = calibrate(design(records), {"sex": SEX, "age": AGE})
        tables.append(estimate(known, [mean("y"), total("y")], by="sex").to_frame())
    pd.testing.assert_frame_equal(tables[0], tables[1], check_exact=True)


@pytest.mark.parametrize(
    ("margins", "kind", "words"),
    [
        ({}, ParameterError, "no margins"),
        (
            {"sex": SEX, "age": {"young": 200.0, "old": 310.0}},
            ParameterError,
            "contradict one another: age sums to 510",
        ),
        (
            {"sex": SEX, "population": 400.0},
            ParameterError,
            "contradict one another: sex sums to 500",
        ),
        (
            {"sex": {"f": 260.0, "m": 230.0, "x": 10.0}},
            ParameterError,
            "No record of the sample is in the category x",
        ),
        (
            {"sex": {"f": 260.0}},
            ParameterError,
            "20 records are in no category of the margin sex .rows 2, 4, 6, 8, 10",
        ),
        (
            {"sex": {"f": 260.0, "m": 0.0}},
            ParameterError,
            "total of the category m .* not a positive number",
        ),
        ({"religion": {"a": 1.0}}, ParameterError, "no column religion"),
        ({"population": np.nan}, ParameterError, "population is not a finite number"),
        ({"sex": SEX, "y": 1.0}, ConvergenceError, "missed by"),
    ],
)
def test_margins_that_cannot_be_met_are_refused_in_words(margins, kind, words):
    with pytest.raises(kind, match=words):
        calibrate(design(), margins)


def test_a_missing_category_or_value_is_named_by_its_row():
    frame = frame_of()
    frame.loc[2, "sex"] = None
    frame.loc[3, "y"] = np.nan
    with pytest.raises(
        ParameterError, match=r"1 record is in no category of the margin sex \(rows 3"
    ):
        calibrate(design(frame), {"sex": SEX})
    with pytest.raises(DesignError, match=r"no value in column y \(rows 4"):
        calibrate(design(frame), {"y": 10.0})


def test_a_margin_that_is_zero_on_every_record_is_refused():
    with pytest.raises(ParameterError, match="nobody is zero on every record"):
        calibrate(design(frame_of().assign(nobody=0.0)), {"population": 500.0, "nobody": 5.0})


def test_negative_weights_of_the_regression_estimator_are_refused():
    frame = frame_of().assign(y=np.r_[np.full(39, 1.0), 60.0])
    with pytest.raises(DesignError, match="would be zero or less"):
        calibrate(design(frame), {"population": 500.0, "y": 300.0}, method="linear")


def test_bounds_that_leave_no_solution_are_refused():
    with pytest.raises(ConvergenceError, match="Widen the bounds"):
        calibrate(design(), {"sex": SEX}, method="logit", bounds=(0.99, 1.01))


@pytest.mark.parametrize(
    ("method", "bounds", "words"),
    [
        ("raking", (0.5, 2), "is none of"),
        ("logit", None, "is none of"),
        ("logit", (-0.1, 2), "is none of"),
        ("logit", (0.5, np.inf), "is none of"),
        ("entropy", None, "method as 'linear', 'raking' or 'logit', not 'entropy'"),
        ("linear", (1.1, 2), "must lie below 1"),
        ("linear", (0.5, 1), "must lie below 1"),
    ],
)
def test_methods_and_bounds_that_do_not_belong_together_are_refused(method, bounds, words):
    with pytest.raises(ParameterError, match=words):
        calibrate(design(), {"sex": SEX}, method=method, bounds=bounds)


def test_weights_are_calibrated_once():
    with pytest.raises(ParameterError, match="calibrated already"):
        calibrate(calibrate(design(), {"sex": SEX}), {"age": AGE})


@pytest.mark.parametrize(
    ("method", "bounds"),
    [
        ("raking", None),
        ("linear", None),
        ("linear", (0.5, 1.9)),
        ("logit", (0.5, 1.9)),
        ("logit", (0.0, 3.0)),
    ],
)
def test_a_distance_is_one_with_slope_one_at_zero_and_its_slope_is_its_derivative(method, bounds):
    distance = _distance(method, bounds)
    assert distance.bounds == (bounds or UNBOUNDED)
    assert (distance.ratio(np.zeros(1))[0], distance.slope(np.zeros(1))[0]) == pytest.approx((1, 1))
    u, step = np.array([-0.9, -0.6, -0.3, 0.2, 0.7, 0.95, 1.4]), 1e-6
    derivative = (distance.ratio(u + step) - distance.ratio(u - step)) / (2 * step)
    np.testing.assert_allclose(distance.slope(u), derivative, rtol=1e-6, atol=1e-8)
    if bounds:
        far = distance.ratio(np.array([-50.0, 50.0]))
        np.testing.assert_allclose(far, bounds, rtol=1e-9, atol=1e-9)


def test_ratios_that_are_absurd_are_cut_off_on_both_sides():
    far = _distance("raking", None).ratio(np.array([-1e6, 1e6]))
    assert far[0] > 0
    assert np.isfinite(far[1])


@pytest.mark.parametrize("bounds", [(1.0, 2.0), (0.5, 1.0)])
def test_bounds_that_do_not_let_a_weight_stay_are_refused(bounds):
    with pytest.raises(ParameterError, match="below 1"):
        calibrate(design(), {"sex": SEX}, method="logit", bounds=bounds)


@pytest.mark.parametrize(
    ("method", "bounds"), [("linear", (0.9, 1.2)), ("logit", (0.8, 1.3)), ("raking", None)]
)
def test_weights_calibrated_anew_from_the_same_base_are_the_same_within_the_same_bounds(
    method, bounds
):
    first = design()
    margins = {
        "y": 1.013 * float(first.weights @ first.column("y")),
        "population": 1.01 * float(first.weights.sum()),
    }
    known = calibrate(first, margins, method=method, bounds=bounds)
    assert known.calibration.bounds == (bounds or UNBOUNDED)
    assert known.calibration.names == ("y", "population")
    np.testing.assert_allclose(
        recalibrate(known.calibration, first.weights), known.weights, rtol=1e-9
    )


def test_a_margin_that_no_replicate_can_meet_is_named():
    first = design()
    known = calibrate(first, {"sex": SEX}, method="logit", bounds=(0.5, 2))
    base = np.where(first.frame["sex"] == "f", first.weights / 50, first.weights)
    with pytest.raises(ConvergenceError, match="sex=f"):
        recalibrate(known.calibration, base)


def test_margins_of_one_population_may_differ_by_rounding_and_no_more():
    calibrate(design(), {"sex": SEX, "age": {"young": 200.0, "old": 300.0 * (1 + 1e-12)}})
    with pytest.raises(ParameterError, match="contradict"):
        calibrate(design(), {"sex": SEX, "age": {"young": 200.0, "old": 301.0}})
