"""Tables as people read them, to the letter: 24 households of made-up spending in two rounds."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bpsstats.errors import NotEstimableError, ParameterError
from bpsstats.poverty import change, headcount, headcount_curve, poor_count, poverty_gap
from bpsstats.survey import Estimates, SurveyDesign, estimate, mean, population, ratio, total
from bpsstats.survey.results.curves import curve
from bpsstats.survey.results.labels import usual_digits

LINE = 100
SPENDING = [
    50,
    60,
    120,
    80,
    150,
    300,
    90,
    110,
    95,
    105,
    400,
    130,
    70,
    85,
    500,
    140,
    260,
    115,
    98,
    99,
    101,
    220,
    330,
    75,
]


def design(shift=0.0, year=2021):
    frame = pd.DataFrame(
        {
            "psu": np.repeat(np.arange(8), 3),
            "stratum": np.repeat(["a", "b"], 12),
            "weight_person": np.tile([200.0, 250, 300, 350], 6),
            "expenditure_person_month": np.array(SPENDING, dtype=float) + shift,
            "area": np.tile(["town", "town", "village"], 8),
        }
    )
    frame.attrs = {
        "area": "Kota Contoh",
        "period": f"March {year}",
        "source": "synthetic microdata",
        "observed": "households",
    }
    return SurveyDesign(frame)


def statistics():
    return [
        poor_count(LINE),
        headcount(LINE),
        poverty_gap(LINE),
        mean("expenditure_person_month", "Rp"),
        population(),
        ratio("weight_person", "expenditure_person_month"),
    ]


def lines(text):
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def test_a_design():
    assert (
        repr(design())
        == "Survey design: Kota Contoh · March 2021 · synthetic microdata: 24 households, 8 PSUs, 2 strata, 6"
        " degrees of freedom, weights sum to 6,600"
    )


def test_a_table_of_one_domain():
    assert lines(repr(estimate(design(), statistics()))) == lines("""
Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata
                                   statistic estimate std. error 95% low 95% high RSE %  n  PSUs deff    unit reliability presentation
                                  poor_count    2,750        707   1,021    4,479  25.7 24     8 1.08 persons     caution not reliable
                                   headcount    41.67      11.02   17.05    69.81  26.4 24     8 1.15 percent     caution not reliable
                                 poverty_gap    7.644      3.174   1.954   18.217  41.5 24     8 1.33 percent     caution not reliable
               mean:expenditure_person_month   159.05      21.57  106.27   211.83  13.6 24     8 0.79      Rp    reliable not reliable
                                  population    6,600        183   6,153    7,047   2.8 24     8    – persons    reliable not reliable
ratio:weight_person/expenditure_person_month     1.80       0.25    1.20     2.40  13.6 24     8 0.74            reliable not reliable
""")


def test_a_table_of_several_domains_at_another_level():
    assert lines(repr(estimate(design(), statistics()[:2], by="area", level=0.9))) == lines("""
Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata
 statistic       domain estimate std. error 90% low 90% high RSE %  n  PSUs deff    unit reliability presentation
poor_count    area=town    2,200        762     720    3,680  34.6 16     8 1.80 persons     caution not reliable
 headcount    area=town    50.00      17.41   16.88    83.12  34.8 16     8 1.82 percent     caution not reliable
poor_count area=village      550        403    -233    1,333  73.3  8     8 1.25 persons  unreliable not reliable
 headcount area=village    25.00      18.02    2.57    67.87  72.1  8     8 1.21 percent  unreliable not reliable
""")


def test_a_domain_of_one_psu_has_dashes():
    sample = design()
    table = estimate(
        sample, headcount(LINE), domain=(sample.frame["psu"] < 1).to_numpy(), domain_name="one"
    )
    assert lines(repr(table)) == lines("""
Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata
statistic domain estimate std. error 95% low 95% high RSE %  n  PSUs deff    unit   reliability  presentation
headcount    one    60.00          –       –        –     –  3     1    – percent not estimable not estimable
""")


def test_two_rounds_below_one_another_show_their_periods():
    both = estimate(design(), headcount(LINE)) + estimate(
        design(11.5, 2022), headcount(LINE), level=0.9
    )
    assert lines(repr(both)) == lines("""
Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata
statistic     period estimate std. error 95% low 95% high RSE %  n  PSUs deff    unit reliability presentation
headcount March 2021    41.67      11.02   17.05    69.81  26.4 24     8 1.15 percent     caution not reliable
headcount March 2022    24.24      10.43    7.32    50.54  43.0 24     8 1.36 percent     caution not reliable
""")


def test_a_difference_of_tables():
    difference = estimate(design(11.5, 2022), statistics()[:3]) - estimate(
        design(), statistics()[:3]
    )
    assert lines(repr(difference)) == lines("""
Kota Contoh · March 2022 · synthetic microdata · 24 households in 8 PSUs, 2 strata, minus Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata
  statistic estimate std. error 95% low 95% high RSE %  n  PSUs deff    unit reliability presentation
 poor_count   -1,150        969  -3,262      962  84.3 48    16    – persons  unreliable    not rated
  headcount   -17.42      15.17  -50.48    15.64  87.1 48    16    – percent  unreliable    not rated
poverty_gap    -3.54       3.95  -12.15     5.07 111.7 48    16    – percent  unreliable    not rated
""")


def test_a_change():
    changes = change(estimate(design(), statistics()), estimate(design(11.5, 2022), statistics()))
    assert lines(repr(changes)) == lines("""
Kota Contoh · March 2022 · synthetic microdata · 24 households in 8 PSUs, 2 strata, against Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata
                                   statistic before  after change std. error 95% low 95% high detectable    p              unit significant
                                  poor_count  2,750  1,600 -1,150        969  -3,262     +962      2,957 0.26           persons          no
                                   headcount  41.67  24.24 -17.42      15.17  -50.48   +15.64      46.30 0.27 percentage points          no
                                 poverty_gap   7.64   4.11  -3.54       3.95  -12.15    +5.07      12.06 0.39 percentage points          no
               mean:expenditure_person_month 159.05 170.55 +11.50      30.50  -54.96   +77.96      93.08 0.71                Rp          no
                                  population  6,600  6,600     +0        258    -563     +563        788 1.00           persons          no
ratio:weight_person/expenditure_person_month   1.80   1.68  -0.12       0.33   -0.83    +0.59       0.99 0.72                            no
8 PSU labels stand in both rounds; the rounds are taken as independent samples all the same.
""")


def test_a_significant_change_in_the_same_blocks():
    both = [mean("expenditure_person_month", "Rp"), headcount(LINE), population()]
    changes = change(estimate(design(), both), estimate(design(60.0, 2022), both), shared_psus=True)
    shown = lines(repr(changes))
    assert shown[1].split()[-3:] == ["p", "unit", "significant"]
    # Everybody's spending rose by the same 60, of which the sample of the same blocks is nearly
    # sure.
    assert shown[2].split()[:4] == ["mean:expenditure_person_month", "159.05", "219.05", "+60.00"]
    assert shown[2].endswith("yes")
    # Nobody is poor after it, so that the sample says nothing about the error of the change.
    assert shown[3].split()[:8] == ["headcount", "41.67", "0.00", "-41.67", "–", "–", "–", "–"]
    # Equal weights in both rounds: the population did not change, and there is no error to test
    # that by.
    assert shown[4].split() == [
        "population",
        "6,600",
        "6,600",
        "+0",
        "0",
        "+0",
        "+0",
        "0",
        "–",
        "persons",
        "no",
    ]
    assert shown[5] == "The rounds share 8 PSUs; their covariance is in the standard errors."


def test_html_has_the_heading_the_table_and_the_note():
    table = estimate(design(), headcount(LINE))
    html = table._repr_html_()
    assert html.startswith(
        "<p>Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata</p><table class="
    )
    assert '<td style="text-align:right;white-space:nowrap">41.67</td>' in html
    assert '<td style="text-align:left;white-space:nowrap">headcount</td>' in html
    assert "<th></th>" not in html
    html = change(table, estimate(design(11.5, 2022), headcount(LINE)))._repr_html_()
    assert html.startswith("<p>Kota Contoh · March 2022")
    assert html.endswith(
        "</table><p>8 PSU labels stand in both rounds; the rounds are taken as independent samples"
        " all the same.</p>"
    )
    assert "<th></th>" not in html


def test_a_ratio_of_rounds_says_what_it_was_made_of():
    table = estimate(design(11.5, 2022), statistics()[:1]) / estimate(design(), statistics()[:1])
    row = table.rows[0]
    assert (row.statistic, row.domain, row.period, row.source) == (
        "poor_count", "all", "March 2022 / March 2021", "synthetic microdata"
    )  # fmt: skip
    assert (row.unit, row.kind, row.scale, row.level) == ("", "ratio", 1.0, 0.95)
    assert (row.df, row.n, row.n_psu) == (12, 48, 16)
    assert table.heading.count(", over ") == 1
    spending = total("expenditure_person_month", "Rp")
    per_person = estimate(design(), spending).rows[0] / estimate(design(), population()).rows[0]
    assert per_person.unit == "Rp/persons"
    assert per_person.estimate == pytest.approx(159.05, abs=0.005)


def test_a_difference_within_one_sample_counts_its_records_once():
    sample = design()
    whole = estimate(sample, statistics()[1:3])
    difference = whole.rows[0] - whole.rows[1]
    assert (difference.statistic, difference.domain, difference.period) == (
        "headcount - poverty_gap",
        "all",
        "March 2021",
    )
    assert (difference.df, difference.n, difference.n_psu, difference.kind) == (
        6,
        24,
        8,
        "difference",
    )
    by_area = estimate(sample, headcount(LINE), by="area")
    apart = by_area.rows[0] - by_area.rows[1]
    assert (apart.domain, apart.n, apart.n_psu, apart.df) == ("area=town - area=village", 24, 8, 6)


def test_rows_below_one_another_keep_the_heading_and_level_of_the_first():
    both = estimate(design(), headcount(LINE), level=0.9) + estimate(
        design(11.5, 2022), headcount(LINE)
    )
    assert isinstance(both, Estimates)
    assert (both.level, both.heading) == (0.9, design().heading)
    assert len(both) == 2


def test_a_change_at_another_level_and_in_the_same_blocks_by_hand():
    before, after = (estimate(design(*of), statistics()[:3]) for of in ((), (11.5, 2022)))
    narrow = change(before, after, level=0.8)
    assert {row.level for row in narrow} == {0.8}
    for row in change(before, after, shared_psus=True):
        old, new = row.before.strands[0], row.after.strands[0]
        deviations = [
            part.dense() - part.dense().reshape(2, 4).mean(axis=1).repeat(4) for part in (old, new)
        ]
        # Two strata of four PSUs each: factor 4/3.
        assert row.std_error**2 == pytest.approx(
            4 / 3 * np.sum((deviations[1] - deviations[0]) ** 2), rel=1e-12
        )


def test_rounds_without_a_common_block_say_so_and_a_change_has_its_columns():
    other = design(11.5, 2022)
    renamed = other.frame.assign(psu=other.frame["psu"] + 100)
    renamed.attrs = other.frame.attrs
    changes = change(
        estimate(design(), headcount(LINE)), estimate(SurveyDesign(renamed), headcount(LINE))
    )
    assert changes.note == "The rounds share no PSU and are independent samples."
    assert list(changes.to_frame()) == [
        "statistic", "domain", "before", "after", "change", "std_error", "conf_low", "conf_high",
        "df", "p_value",
        "detectable", "distinguishable", "unit", "mark",
    ]  # fmt: skip


def test_a_curve():
    made = headcount_curve(design(), LINE, multiples=(0.9, 1, 2), level=0.9)
    assert lines(repr(made)) == lines("""
Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata · the 90% band is 2.57 standard errors wide on either side
line estimate std. error 90% low 90% high band low band high    unit
  90    24.24      10.43    7.32    50.54     4.72     57.68 percent
 100    41.67      11.02   20.75    65.10    16.24     70.88 percent
 200    75.76       8.22   55.92    89.78    50.22     92.45 percent
""")
    assert made._repr_html_().startswith(
        "<p>Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata · the 90% band"
    )
    assert "border=" not in made._repr_html_()
    assert "<th>0</th>" not in made._repr_html_()


def test_a_curve_of_large_numbers_has_no_decimals_and_points_without_error_have_a_dash():
    points = estimate(design(), [poor_count(z) for z in (10, 100, 1000)])
    assert lines(repr(curve(points, "line", np.array([10.0, 999.0, 1000.0])))) == lines("""
Kota Contoh · March 2021 · synthetic microdata · 24 households in 8 PSUs, 2 strata · the 95% band is 2.91 standard errors wide on either side
 line estimate std. error 95% low 95% high band low band high    unit
   10        0          –       –        –        –         – persons
  999    2,750        707   1,021    4,479      694     4,806 persons
1,000    6,600        183   6,153    7,047    6,069     7,131 persons
""")


def test_a_curve_without_any_error_is_refused():
    points = estimate(design(), [poor_count(z) for z in (1, 2)])
    with pytest.raises(NotEstimableError) as caught:
        curve(points, "line", np.array([1.0, 2.0]))
    assert (
        caught.value.message
        == "None of the 2 points of the curve along line has a sampling error. Take a grid that"
        " lies within the observed values, or a domain with more PSUs."
    )


def test_a_curve_as_a_frame_holds_the_estimates_and_both_bands():
    made = headcount_curve(design(), LINE, multiples=(0.9, 1))
    frame = made.to_frame()
    assert list(frame) == [
        "line",
        "statistic",
        "estimate",
        "std_error",
        "conf_low",
        "conf_high",
        "band_low",
        "band_high",
        "df",
        "n",
        "n_psu",
        "unit",
        "mark",
    ]
    assert frame[["df", "n", "n_psu"]].to_numpy().tolist() == [[6, 24, 8], [6, 24, 8]]
    assert set(frame["unit"]) == {"percent"}
    # Its band is the points' own interval at the level of the critical value.
    level = 1 - 2 * stats.t.sf(made.critical, 6)
    assert frame["band_low"].iloc[0] == pytest.approx(made.points.rows[0].interval(level)[0])


def test_a_design_of_one_stratum_and_one_degree_of_freedom():
    frame = pd.DataFrame({"w": [1.0, 2], "c": [1, 2]})
    assert (
        repr(SurveyDesign(frame, weight="w", strata=None, psu="c"))
        == "Survey design: 2 records, 2 PSUs, 1 stratum, 1 degree of freedom, weights sum to 3"
    )


@pytest.mark.parametrize(
    ("kind", "value", "digits"),
    [
        ("total", 5, 0), ("count", 5, 0), ("mean", 999.9, 2), ("mean", 1000, 0), ("mean", -1000, 0),
        ("mean", 0.5, 2), ("index", 12, 3),
        ("index", 1000, 0), ("ratio", 0.5, 3), ("ratio", -0.5, 3), ("ratio", 1, 2),
        ("proportion", 0.5, 2),
    ],
)  # fmt: skip
def test_decimals_follow_kind_and_size(kind, value, digits):
    assert usual_digits(kind, value) == digits


def test_an_unknown_row_is_answered_with_those_that_there_are():
    with pytest.raises(ParameterError) as caught:
        estimate(design(), [headcount(LINE), poverty_gap(LINE)]).row("watts", "town")
    assert (
        caught.value.message
        == "0 rows answer to watts in the domain town. The table holds: headcount (all),"
        " poverty_gap (all)."
    )


def test_tables_of_two_rounds_are_subtracted_domain_by_domain():
    before, after = (estimate(design(shift), headcount(LINE), by="area") for shift in (0.0, 20.0))
    difference = after - before
    assert [row.domain for row in difference] == ["area=town", "area=village"]
    for old, new, row in zip(before, after, difference, strict=True):
        assert row.estimate == new.estimate - old.estimate
        assert row.source == "synthetic microdata"
