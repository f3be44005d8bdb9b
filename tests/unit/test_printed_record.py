"""The printed record: numbers known by hand, planted false cells, size and power of its tests."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpsstats.errors import ParameterError, UnknownYearError
from bpsstats.paths import published_file
from bpsstats.published.record import Interval, bounds, printed_record, steadiness
from bpsstats.published.record.cells import PrintedCells, printed_cells
from bpsstats.published.record.finding import Findings
from bpsstats.published.record.identities import identities, marked, repeats
from bpsstats.published.record.province import additivity, against_province
from bpsstats.published.record.series import outliers
from bpsstats.published.record.years import changes, lines, populations
from bpsstats.published.targets import all_cells

CITY, OTHER, PROVINCE = "6471", "6472", 64


@pytest.fixture(scope="module")
def record():
    return printed_record(CITY)


def rates(years):
    cells = printed_cells()
    return {
        area: {y: p.value for y, p in cells.series(area, "headcount").items() if y in years}
        for area in cells.areas(PROVINCE)
    }


def all_findings(cells, area):
    codes = cells.areas(PROVINCE)
    own = [
        f
        for check in (identities, repeats, changes, populations, marked)
        for f in check(cells, area)
    ]
    around = [
        *lines(cells, area, codes),
        *against_province(cells, PROVINCE),
        *outliers(cells, codes),
    ]
    return Findings("", (*own, *around))


@cache
def as_printed(area):
    """Findings on the figures as they are printed."""
    return all_findings(printed_cells(), area)


def planted(area, year, indicator, printed, domain="all"):
    """The printed figures with one cell, in all its prints, replaced by a false one."""
    at = (area, year, indicator, domain)
    cells = tuple(
        replace(c, printed=printed) if (c.area_code, c.year, c.indicator, c.domain) == at else c
        for c in all_cells([published_file()])
    )
    assert any((c.area_code, c.year, c.indicator, c.domain) == at for c in cells)
    return PrintedCells(cells)


def named(findings):
    return {(f.check, f.year) for f in findings if f.verdict in ("contradicts", "doubtful")}


def test_the_rates_of_2015_to_2022_are_as_steady_as_was_found_by_hand():
    test = steadiness(rates(range(2015, 2023)), design_effects=(1, 2))
    joint = test.row("all", 2)
    assert (joint.changes, round(joint.statistic, 2)) == (70, 1.58)
    assert test.row("all", 1).statistic == pytest.approx(3.15, abs=0.006)
    assert joint.lowest > 20
    assert joint.equivalent_households == pytest.approx(14_000, rel=0.04)
    city = test.row(CITY, 1)
    assert city.statistic == pytest.approx(0.49, abs=0.005)
    assert city.p_value == pytest.approx(0.0015, abs=5 * city.monte_carlo_error + 2e-4)


def test_the_areas_add_up_to_the_province_within_three_hundredths(record):
    rows = list(record.additivity)
    assert [row.year for row in rows] == list(range(2015, 2025))
    assert max(abs(row.difference) for row in rows) == pytest.approx(0.03)
    assert record.additivity.years_within == len(rows)


def test_the_mean_gap_of_the_city_swings_and_its_rate_does_not(record):
    gaps = record.gaps()[CITY].loc[2015:2022].round().astype(int)
    assert gaps.tolist() == [8, 11, 8, 25, 11, 15, 17, 7]
    assert record.depth.row("all").per_change == pytest.approx(1.1, abs=0.1)
    per_change = record.steadiness.row("all").statistic / record.steadiness.row("all").changes
    assert per_change < record.depth.row("all").per_change / 30


def test_bounds_are_those_worked_out_by_hand():
    found = bounds(CITY, 2022)
    gap = found.row("mean_gap").interval
    assert (gap.low, gap.high) == pytest.approx((100 * 0.165 / 2.455, 100 * 0.175 / 2.445))
    person = found.row("gap_person_month").interval
    assert person.low == pytest.approx(0.165 / 2.455 * 680_498.5)
    year = found.row("gap_area_year").interval
    assert year.high == pytest.approx(12 * 15_835 * 0.175 / 2.445 * 680_499.5)
    severity = found.row("feasible_severity").interval
    assert (severity.low, severity.high) == pytest.approx((0.165**2 / 2.455, 0.175))
    spread = found.row("variation_of_gaps").interval
    assert spread.low == pytest.approx(100 * (0.015 * 2.445 / 0.175**2 - 1) ** 0.5)
    people = found.row("implied_population").interval
    assert (round(people.low), round(people.high)) == (644_603, 647_648)


def test_bounds_say_what_is_not_printed_and_refuse_a_year_without_print():
    found = bounds("6405", 2024)
    assert found.missing == ("poverty_gap", "severity")
    assert [row.name for row in found] == ["implied_population"]
    with pytest.raises(UnknownYearError, match="2031"):
        bounds(CITY, 2031)
    assert bounds("0000", 2022).row("mean_gap")


def test_an_infeasible_p2_is_named_and_the_rest_is_still_said(tmp_path):
    text = published_file().read_text("utf8")
    row = next(r for r in text.splitlines() if r.startswith(f"{CITY},2022,severity,all,0.02,"))
    file = tmp_path / "published.csv"
    file.write_text(text.replace(row, row.replace(",0.02,", ",0.20,")), "utf8")
    found = bounds(CITY, 2022, file=file)
    assert "0.20 percent cannot hold" in found.infeasible
    assert found.infeasible in repr(found)
    assert found.row("mean_gap") == bounds(CITY, 2022).row("mean_gap")
    assert bounds(CITY, 2022).infeasible == ""


@pytest.mark.parametrize(
    ("area", "year", "indicator", "printed", "check"),
    [
        (CITY, 2022, "severity", "0.20", "severity_below_gap"),
        (OTHER, 2019, "severity", "0.01", "severity_above_square"),
        (OTHER, 2019, "poverty_gap", "5.80", "gap_below_rate"),
        (OTHER, 2022, "headcount", "5.85", "series"),
        (OTHER, 2022, "headcount", "5.85", "population_growth"),
        (OTHER, 2022, "poor_count", "42.95", "areas_add_up"),
        ("6400", 2018, "poor_count", "219.90", "areas_add_up"),
        ("6400", 2018, "headcount", "6.30", "populations_add_up"),
        (OTHER, 2018, "poverty_line", "715000", "line_and_other_lines"),
        (CITY, 2022, "poverty_line", "608499", "line_and_inflation"),
        (CITY, 2021, "population", "614817", "population"),
        (CITY, 2021, "labour_force", "302117", "population_15_plus"),
        ("6403", 2020, "mean_years_schooling", "19.20", "series"),
        ("6404", 2021, "hdi", "77.81", "series"),
        ("6409", 2022, "life_expectancy", "84.60", "series"),
    ],
)  # fmt: skip
def test_a_planted_false_cell_is_found(area, year, indicator, printed, check):
    domain = "male" if indicator in ("mean_years_schooling", "life_expectancy") else "all"
    before = as_printed(area)
    after = all_findings(planted(area, year, indicator, printed, domain), area)
    new = {
        (f.check, f.year, f.area_code) for f in after if f.verdict in ("contradicts", "doubtful")
    }
    new -= {(f.check, f.year, f.area_code) for f in before if f.verdict != "holds"}
    place = "6400" if check.endswith("add_up") else area
    assert (check, year, place) in new


def test_shares_that_sum_to_a_hundredth_too_much_hold_and_a_tenth_too_much_does_not():
    fine = [f for f in identities(printed_cells(), CITY) if f.check == "education_of_the_poor"]
    assert {f.verdict for f in fine if f.year == 2022} == {"holds"}
    false = planted(CITY, 2022, "share:sma_plus", "62.09", "poor 15+")
    found = [f for f in identities(false, CITY) if f.check == "education_of_the_poor"]
    assert {f.verdict for f in found if f.year == 2022} == {"contradicts"}


def test_what_does_not_hold_is_only_doubtful_where_a_cell_is_marked():
    # The shares of 2020 are derived, those of 2022 are printed.
    false = planted(CITY, 2020, "share:sma_plus", "35.04", "poor 15+")
    found = [f for f in identities(false, CITY) if f.check == "education_of_the_poor"]
    assert {f.verdict for f in found if f.year == 2020} == {"doubtful"}
    assert all("derived" in f.marks for f in found if f.year == 2020)


def test_percentage_points_are_told_from_percent():
    readings = {f.check: f.verdict for f in changes(printed_cells(), CITY) if f.year == 2022}
    assert readings == {"change": "holds", "change_in_percent": "points"}
    false = planted(CITY, 2022, "change:headcount", "-15.2")
    readings = {
        f.check: f.verdict
        for f in changes(false, CITY)
        if f.year == 2022 and "headcount" in f.cells[0].key.indicator
    }
    assert readings == {"change": "contradicts", "change_in_percent": "percent"}


def test_where_print_contradicts_print_both_are_named(record):
    twice = [f for f in record.coherence.of("contradicts") if f.check == "printed_twice"]
    assert [(f.year, f.cells[0].key.indicator) for f in twice] == [
        (2024, "mean:expenditure_person_month")
    ]
    assert "2460933/2460917" in twice[0].names[0]


def test_a_change_of_base_is_a_break_and_no_fault(record):
    breaks = {(f.check, f.year) for f in record.coherence.of("break")}
    assert ("population_growth", 2021) in breaks
    assert not any(check == "population_growth" and year != 2021 for check, year in breaks)


def test_the_poverty_figures_of_all_areas_hold_together(record):
    poverty = ("gap_below_rate", "severity_below_gap", "severity_above_square", "areas_add_up")
    for area in record.areas:
        found = [f for f in as_printed(area.code) if f.check in poverty]
        assert len(found) >= 30
        assert {f.verdict for f in found} == {"holds"}


def test_another_area_and_the_province_have_a_record_and_the_nation_has_none():
    other = printed_record("Kota Bontang")
    assert other.area.code == "6474"
    assert other.coherence.about("6474").rows
    assert printed_record("6400").coherence.all_hold
    with pytest.raises(ParameterError, match="bounds of the nation"):
        printed_record("0000")


def test_a_year_left_out_takes_its_two_changes_with_it_and_a_new_year_is_rows(tmp_path):
    lines_ = published_file().read_text("utf8").splitlines()
    kept = [row for row in lines_ if ",2019," not in row[:12]]
    new = [row.replace(",2024,", ",2025,", 1) for row in kept if row[4:10] == ",2024,"]
    file = tmp_path / "published.csv"
    file.write_text("\n".join([*kept, *new]) + "\n", "utf8")
    record = printed_record(CITY, file=file)
    assert (record.years[0], record.years[-1]) == (2015, 2025)
    assert 2019 not in record.years
    # Changes of 2019 and 2020 are gone, that of 2025 is new and nil.
    assert record.steadiness.row(CITY).changes == 9 - 2 + 1
    assert record.ranks(2025).row(CITY).rank == 1
    assert record.ranks(2019).rows == ()
    assert record.bounds(2019).rows == ()
    assert len(record.bounds(2019).missing) == 5


def test_ranks_are_told_apart_only_as_far_as_samples_allow(record):
    city = record.ranks(2022).row(CITY)
    assert (city.rank, city.lowest_as_printed, city.highest_as_printed) == (1, 1, 1)
    assert city.lowest == 1 < city.highest
    # By hand: Bontang's 4.54 is less than 1.96 standard errors above the city's 2.45.
    variances = [rate * (100 - rate) / 308 for rate in (2.45, 4.54)]
    assert 1.96 * sum(variances) ** 0.5 > 4.54 - 2.45


def drawn(random, n_areas=10, n_years=10, n_eff=308, trend=0.0):
    """Direct estimates of independent samples around rates that rise by `trend` over all years."""
    true = random.uniform(0.02, 0.12, size=(n_areas, 1)) + np.linspace(0, trend, n_years)
    return 100 * random.binomial(n_eff, true, size=(n_areas, n_years)) / n_eff


def as_rates(table):
    return {str(i): dict(enumerate(map(float, row), 2015)) for i, row in enumerate(table)}


def moving(random):
    """Direct estimates of rates that rise by ten points."""
    return drawn(random, trend=0.1)


def smoothed(random):
    """Direct estimates averaged over three years."""
    direct = drawn(random, n_years=12)
    return (direct[:, :-2] + direct[:, 1:-1] + direct[:, 2:]) / 3


@cache
def caught(make, sets=200):
    """Share of sets that are found too steady: the first area alone, and all jointly."""
    random = np.random.default_rng(1)
    options = {"design_effects": (2,), "replicates": 400}
    tests = [steadiness(as_rates(make(random)), **options) for _ in range(sets)]
    return {area: np.mean([test.row(area).too_steady for test in tests]) for area in ("0", "all")}


def test_direct_estimates_pass_as_unsteady():
    # One in twenty by design; the limit is three Monte-Carlo errors above it.
    assert max(caught(drawn).values()) <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5


@pytest.mark.external
def test_a_true_movement_makes_the_test_more_cautious():
    assert caught(moving)["all"] < caught(drawn)["all"]


@pytest.mark.external
def test_rates_smoothed_over_three_years_are_caught():
    assert caught(smoothed)["0"] >= 0.75
    assert caught(smoothed)["all"] == 1


def with_counts(numbers, province):
    """The printed figures of 2022 with other numbers of poor, thousand."""
    codes = printed_cells().areas(PROVINCE)
    values = dict(zip([*codes, "6400"], [*numbers, province], strict=True))
    return PrintedCells(
        tuple(
            replace(c, printed=f"{values[c.area_code]:.2f}")
            for c in all_cells([published_file()])
            if (c.year, c.indicator) == (2022, "poor_count") and c.area_code in values
        )
        + tuple(
            c for c in all_cells([published_file()]) if (c.year, c.indicator) == (2022, "headcount")
        )
    )  # fmt: skip


def test_direct_estimates_of_areas_and_province_do_not_add_up_and_benchmarked_ones_do():
    """Each area and the province with a line of its own: their numbers differ by some percent."""
    random = np.random.default_rng(2)
    within = {"direct": 0, "benchmarked": 0}
    for _ in range(20):
        numbers = random.uniform(5, 60, 10)
        by_its_own_line = numbers.sum() * random.normal(1, 0.05)
        for kind, province in (("direct", by_its_own_line), ("benchmarked", numbers.sum())):
            within[kind] += additivity(with_counts(numbers, province), PROVINCE).years_within
    assert within["benchmarked"] == 20
    assert within["direct"] <= 2


def test_a_steadiness_test_without_two_consecutive_years_is_refused():
    with pytest.raises(ParameterError, match="two consecutive years"):
        steadiness({"0": {2015: 2.0, 2017: 3.0}})


positive = st.floats(0.01, 1e6)


@given(positive, positive, st.floats(0, 1), st.floats(0, 1))
def test_an_interval_holds_every_result_of_what_it_is_made_of(a, b, s, t):
    one, two = Interval(a, 1.1 * a), Interval(b, 1.3 * b)
    x, y = a * (1 + 0.1 * s), b * (1 + 0.3 * t)
    for made, value in (
        (one + two, x + y),
        (one - two, x - y),
        (one * two, x * y),
        (one / two, x / y),
    ):
        assert made.meets(Interval.of(value))
    assert one.meets(one.within(two))


def test_results_show_themselves_as_text_and_html(record):
    for result in (
        record,
        record.coherence,
        record.steadiness,
        record.additivity,
        record.depth,
        record.ranks(2022),
        bounds(CITY, 2022),
    ):
        assert repr(result)
        assert "<table" in result._repr_html_()
        assert len(result.to_frame())
    assert repr(printed_record("6400").to_be_named).endswith("none")


def test_a_province_without_printed_rates_has_an_empty_record(tmp_path):
    header, *rows = published_file().read_text("utf8").splitlines()
    file = tmp_path / "published.csv"
    file.write_text("\n".join([header, *(r for r in rows if r.startswith("0000"))]) + "\n", "utf8")
    record = printed_record(CITY, file=file)
    assert record.years == ()
    assert record.steadiness.rows == record.additivity.rows == record.coherence.rows == ()
    assert "without rates" in repr(record)
    assert record._repr_html_()
