"""Estimates of statistics over domains: values, errors, and what cannot be estimated."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError, ParameterError
from bpsstats.models import survey_regression
from bpsstats.poverty import gini, headcount
from bpsstats.reporting.words.language import language
from bpsstats.survey import (
    Linearised,
    SurveyDesign,
    estimate,
    mean,
    population,
    ratio,
    share,
    total,
)
from bpsstats.survey.results.strands import strand_covariance

EXACT = 1e-13


@pytest.fixture(scope="module")
def design():
    random = np.random.default_rng(11)
    n = 300
    frame = pd.DataFrame(
        {
            "stratum": random.integers(0, 3, n).astype(str),
            "weight_person": random.uniform(50, 400, n),
            "y": random.gamma(2, 5, n),
            "x": random.gamma(3, 2, n),
            "class": random.choice(["a", "b", "c"], n, p=[0.7, 0.25, 0.05]),
            "zone": pd.Categorical(random.choice(["n", "s"], n), categories=["n", "s", "w"]),
        }
    )
    frame["psu"] = frame["stratum"] + "-" + pd.Series(random.integers(0, 10, n)).astype(str)
    frame.attrs = {
        "area": "Kota Contoh",
        "period": "March 2022",
        "source": "synthetic microdata",
        "observed": "households",
    }
    return SurveyDesign(frame)


def test_a_domain_is_a_mask_so_its_variance_keeps_the_empty_psus(design):
    mask = (design.frame["class"] == "c").to_numpy()
    in_domain = estimate(design, total("y"), domain=mask).row("total:y")
    zeroed = design.frame.assign(y=np.where(mask, design.frame["y"], 0.0))
    whole = estimate(SurveyDesign(zeroed), total("y")).row("total:y")
    assert in_domain.estimate == pytest.approx(whole.estimate, rel=EXACT)
    assert in_domain.std_error == pytest.approx(whole.std_error, rel=EXACT)


@pytest.mark.parametrize(
    "statistic", [mean("y"), total("y"), ratio("y", "x"), share("class", "b"), population()]
)
def test_a_breakdown_gives_what_each_domain_gives_alone(design, statistic):
    table = estimate(design, statistic, by="class")
    for label in ("a", "b", "c"):
        mask = (design.frame["class"] == label).to_numpy()
        alone = estimate(design, statistic, domain=mask).row(statistic.name)
        row = table.row(statistic.name, f"class={label}")
        assert row.estimate == pytest.approx(alone.estimate, rel=EXACT)
        assert (row.n, row.n_psu, row.df) == (alone.n, alone.n_psu, alone.df)
        np.testing.assert_allclose(row.std_error, alone.std_error, rtol=EXACT)


def test_the_cells_and_the_influence_function_agree(design):
    """A ratio takes the fast way; the same statistic without its terms takes the general one."""
    fast = mean("y")

    class General:
        name, unit, kind, scale = "mean:y", "", "mean", 1.0

        def linearise(self, sample: SurveyDesign, mask: np.ndarray) -> Linearised:
            return fast.linearise(sample, mask)

    general = estimate(design, General(), by="class").to_frame()
    pd.testing.assert_frame_equal(
        estimate(design, fast, by="class").to_frame(), general, rtol=EXACT
    )


def test_shares_of_all_classes_sum_to_a_hundred_and_so_do_their_errors_to_zero(design):
    table = estimate(design, [share("class", c) for c in "abc"])
    assert sum(row.estimate for row in table) == pytest.approx(100, rel=EXACT)
    assert np.abs(table.covariance().sum(axis=0)).max() < 1e-10


def test_the_square_roots_of_the_covariance_diagonal_are_the_standard_errors(design):
    table = estimate(design, [mean("y"), total("x"), share("class", "a")])
    np.testing.assert_allclose(
        np.sqrt(np.diag(table.covariance())), table.to_frame()["std_error"], rtol=1e-12
    )


def test_a_difference_of_two_statistics_carries_their_covariance(design):
    table = estimate(design, [mean("y"), mean("x")])
    covariance = table.covariance()
    difference = table.row("mean:y") - table.row("mean:x")
    assert difference.std_error**2 == pytest.approx(
        covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1], rel=1e-12
    )


def test_a_quotient_of_two_totals_is_the_ratio(design):
    table = estimate(design, [total("y"), total("x")])
    quotient = table.row("total:y") / table.row("total:x")
    direct = estimate(design, ratio("y", "x")).row("ratio:y/x")
    assert quotient.estimate == pytest.approx(direct.estimate, rel=EXACT)
    assert quotient.std_error == pytest.approx(direct.std_error, rel=1e-12)


def test_a_class_without_members_is_not_estimable_but_has_an_upper_limit(design):
    classes = pd.Categorical(design.frame["class"], [*design.frame["class"].unique(), "z"])
    sample = replace(design, frame=design.frame.assign(**{"class": classes}))
    row = estimate(sample, share("class", "z")).row("share:z")
    assert row.estimate == 0
    assert np.isnan(row.std_error)
    assert row.reliability == "not estimable"
    low, high = row.interval()
    assert low == 0
    assert 0 < high < 5


def test_a_category_without_records_stays_in_the_table_as_not_estimable(design):
    row = estimate(design, mean("y"), by="zone").row("mean:y", "zone=w")
    assert (row.n, row.n_psu) == (0, 0)
    assert np.isnan(row.estimate)
    assert row.reliability == "not estimable"


def test_a_domain_of_one_psu_is_not_estimable_rather_than_without_error(design):
    mask = (design.frame["psu"] == design.frame["psu"].iloc[0]).to_numpy()
    row = estimate(design, mean("y"), domain=mask).row("mean:y")
    assert np.isnan(row.std_error)
    assert row.reliability == "not estimable"
    assert all(np.isnan(limit) for limit in row.interval())


def test_a_missing_value_inside_the_domain_is_refused_and_outside_is_not(design):
    frame = design.frame.copy()
    frame.loc[4, "y"] = np.nan
    broken = SurveyDesign(frame)
    with pytest.raises(DesignError, match=r"mean:y \(rows 5\)"):
        estimate(broken, mean("y"))
    mask = np.arange(len(frame)) != 4
    assert np.isfinite(estimate(broken, mean("y"), domain=mask).row("mean:y").estimate)


def test_a_smaller_frame_is_no_domain(design):
    with pytest.raises(DesignError, match="mask over the whole design"):
        estimate(design, mean("y"), domain=np.ones(10, dtype=bool))


def test_an_unknown_breakdown_is_refused_with_the_columns_there_are(design):
    with pytest.raises(ParameterError, match=r"no column region.*class"):
        estimate(design, mean("y"), by="region")


@pytest.mark.parametrize(
    ("relative", "expected"),
    [(10, "reliable"), (25, "reliable"), (25.1, "caution"), (51, "unreliable")],
)
def test_reliability_follows_the_relative_standard_error(design, relative, expected):
    from dataclasses import replace

    row = replace(
        estimate(design, mean("y")).row("mean:y"), estimate=100.0, std_error=float(relative)
    )
    assert row.reliability == expected


def test_the_interval_of_a_count_follows_from_its_rate_where_the_population_is_known(design):
    from bpsstats.poverty import headcount, poor_count

    frame = design.frame.assign(expenditure_person_month=design.frame["y"])
    frame.attrs = {"calibrated": True}
    calibrated = SurveyDesign(frame)
    table = estimate(calibrated, [poor_count(3.0), headcount(3.0)])
    count, rate = table.row("poor_count"), table.row("headcount")
    persons = calibrated.weights.sum()
    assert count.interval() == pytest.approx(
        tuple(limit / 100 * persons for limit in rate.interval()), rel=1e-12
    )
    frame.attrs = {}
    assert estimate(SurveyDesign(frame), poor_count(3.0)).row(
        "poor_count"
    ).interval() == pytest.approx(count.interval(method="wald"), rel=1e-12)


def test_a_proportion_interval_of_a_mean_is_refused(design):
    with pytest.raises(ParameterError, match="for proportions"):
        estimate(design, mean("y")).row("mean:y").interval(method="logit")


def test_the_table_shows_itself_without_clock_or_address(design):
    table = estimate(design, [mean("y"), share("class", "a")], by="class")
    assert repr(table) == repr(estimate(design, [mean("y"), share("class", "a")], by="class"))
    assert repr(table).startswith(
        "Kota Contoh · March 2022 · synthetic microdata · 300 households in 30 PSUs, 3 strata\n"
    )
    assert "0x" not in table._repr_html_()


def test_a_ratio_to_an_estimate_of_nothing_is_not_estimable(design):
    nothing = SurveyDesign(design.frame.assign(x=0.0))
    table = estimate(nothing, [total("y"), total("x")])
    row = table.row("total:y") / table.row("total:x")
    assert np.isnan(row.estimate)
    assert row.reliability == "not estimable"


@pytest.mark.parametrize("lone_psu", ["centre", "merge", "certainty", "average"])
def test_covariances_of_all_rows_are_those_of_each_pair(design, lone_psu):
    lone = design.frame.assign(
        stratum=design.frame["stratum"].where(design.frame["psu"] != "2-1", "lone")
    )
    table = estimate(
        SurveyDesign(lone, lone_psu=lone_psu),
        [mean("y"), total("x"), share("class", "a")],
        by="zone",
    )
    # Of another sample, and of both.
    other = estimate(SurveyDesign(design.frame), mean("y"))
    rows = (*table.rows, *other.rows, table.row("mean:y", "zone=n") - other.row("mean:y"))
    stacked = type(table)(tuple(row for row in rows if np.isfinite(row.std_error)), "", 0.95)
    pairs = np.array([[strand_covariance(a.strands, b.strands) for b in stacked] for a in stacked])
    np.testing.assert_allclose(stacked.covariance(), pairs, rtol=1e-12, atol=1e-12 * pairs.max())
    errors = [row.std_error for row in stacked]
    np.testing.assert_allclose(np.sqrt(np.diag(stacked.covariance())), errors, rtol=1e-10)


def test_covariances_of_514_areas_take_well_under_a_second():
    random = np.random.default_rng(5)
    psu = np.repeat(np.arange(514 * 12), 4)
    frame = pd.DataFrame(
        {"area": psu // 12, "stratum": psu // 6, "psu": psu, "weight_person": 1.0}
    ).assign(y=random.gamma(2, 5, len(psu)), x=random.gamma(2, 5, len(psu)))
    table = estimate(SurveyDesign(frame), [mean("y"), ratio("y", "x")], by="area")
    start = time.process_time()
    covariance = table.covariance()
    assert time.process_time() - start < 1
    assert covariance.shape == (1028, 1028)
    assert np.count_nonzero(covariance) <= 4 * 514


@pytest.mark.parametrize("labels", [list("zyxwvutsrqpo"), list(range(100, 112))])
def test_a_mask_with_an_index_speaks_of_the_records_that_its_index_names(labels):
    frame = pd.DataFrame({"y": np.arange(12.0), "w": 1.0, "c": range(12)}, index=labels)
    sample = SurveyDesign(frame, weight="w", strata=None, psu="c")
    large = frame["y"] > 5
    right = estimate(sample, mean("y"), domain=large.to_numpy()).rows[0]
    assert right.estimate == 8.5
    for mask in (
        frame.sort_values("y", ascending=False)["y"] > 5,
        large.sample(frac=1, random_state=1),
        large.astype("boolean"),
        large.astype(object),
        large.tolist(),
    ):
        assert estimate(sample, mean("y"), domain=mask).rows[0].estimate == 8.5
        assert survey_regression("y ~ 1", sample, mask).coefficients == pytest.approx([8.5])


def test_a_mask_that_does_not_say_which_records_it_means_is_refused():
    frame = pd.DataFrame({"y": np.arange(12.0), "w": 1.0, "c": range(12)}, index=[0, 1] * 6)
    sample, large = SurveyDesign(frame, weight="w", strata=None, psu="c"), frame["y"] > 5
    assert estimate(sample, mean("y"), domain=large).rows[0].estimate == 8.5
    unnamed = large.reset_index(drop=True)
    for mask in (large.iloc[::-1], unnamed, large.iloc[:6], unnamed.iloc[3:9]):
        with pytest.raises(DesignError, match="index is not that of the frame"):
            estimate(sample, mean("y"), domain=mask)
    gap = large.astype("boolean")
    gap.iloc[2] = pd.NA
    with pytest.raises(DesignError, match=r"missing for 1 record \(rows 3\)"):
        estimate(sample, mean("y"), domain=gap)


def test_a_breakdown_by_amounts_would_list_the_values_of_respondents(design):
    sample = replace(design, frame=design.frame.assign(spent=np.arange(design.n) + 0.25))
    with pytest.raises(ParameterError, match="Column spent holds amounts"):
        estimate(sample, mean("y"), by="spent")


def test_a_contrast_of_rows_is_that_of_their_differences_and_knows_their_covariance(design):
    table = estimate(design, [mean("y"), total("y")])
    one, other = table.rows
    assert table.contrast([1, -1]).estimate == one.estimate - other.estimate
    assert table.contrast([1, -1]).std_error == pytest.approx((one - other).std_error, rel=EXACT)
    c = np.array([2.0, 0.5])
    assert table.contrast(c).std_error == pytest.approx(
        np.sqrt(c @ table.covariance() @ c), rel=EXACT
    )
    assert table.contrast([0, 3]).std_error == pytest.approx(3 * other.std_error, rel=EXACT)
    for weights in ([1.0], [1.0, 2.0, 3.0], [0, 0]):
        with pytest.raises(ParameterError, match="for 2 rows"):
            table.contrast(weights)


def test_an_estimate_shows_itself_in_one_line_without_labels_or_totals(design):
    for row in (*estimate(design, mean("y"), by="zone"), estimate(design, total("y")).rows[0]):
        assert "\n" not in repr(row)
        assert "Strand" not in repr(row)
        assert f"{row.statistic} ({row.domain}" in repr(row)
        assert "array" not in repr(row.strands)[: repr(row.strands).index("array of")]


def test_statistics_of_one_name_in_a_table_are_told_apart_by_what_they_are_of(design):
    frame = design.frame.assign(wall=design.frame["class"], z=design.frame["y"] * 2)
    both = SurveyDesign(frame)
    one, other = share("class", "a"), share("wall", "a", "b")
    table = estimate(both, [one, share("wall", "a")])
    assert [row.statistic for row in table] == ["share:class=a", "share:wall=a"]
    assert table.row("share:wall=a").estimate == estimate(both, share("wall", "a"))[0].estimate
    # Where their names differ already, they keep them.
    assert [row.statistic for row in estimate(both, [one, other])] == ["share:a", "share:a+b"]
    lines = estimate(both, [headcount(5, welfare="y"), headcount(9.5, welfare="y")])
    assert [row.statistic for row in lines] == ["headcount:line=5, y", "headcount:line=9.5, y"]
    assert lines.row("headcount:line=5, y") != lines.row("headcount:line=9.5, y")
    ginis = estimate(both, [gini(welfare="y"), gini(welfare="x")])
    assert [row.statistic for row in ginis] == ["gini:y", "gini:x"]
    same = estimate(both, [mean("y"), mean("y")])
    with pytest.raises(ParameterError, match=r"2 rows answer to mean:y.*by its position"):
        same.row("mean:y")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "Headcount ratio (P0), line: 700,000"), ("id", "garis: 700.000")],
)
def test_an_index_that_is_told_apart_by_its_line_is_named_in_words(lang, said):
    assert said in language(lang).statistic("headcount:line=700,000")
