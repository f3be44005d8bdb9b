"""The rebuilt poverty line: counted by hand, its error against the bootstrap, and what it refuses.

``python tests/unit/test_rebuilt_line.py`` writes rebuilt_line.txt again: read the difference before
you commit it.
"""

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from bpsstats.cli import main
from bpsstats.errors import ConvergenceError, LineError, ParameterError, UnknownYearError
from bpsstats.microdata import read_items, read_round
from bpsstats.microdata.lists import basket as basket_module
from bpsstats.microdata.lists import facts
from bpsstats.microdata.lists.basket import Basket, Commodity, standard_basket
from bpsstats.microdata.lists.commodities import commodities
from bpsstats.poverty import PovertyLine, estimate_poverty_line, is_poor, just_above, poverty_line
from bpsstats.poverty.basic_needs.purchases import purchases_of
from bpsstats.poverty.basic_needs.rebuilt_line import lines_of
from bpsstats.poverty.basic_needs.reference_population import Reference
from bpsstats.poverty.lines.plausible import check_line
from bpsstats.published import published
from bpsstats.survey import SurveyDesign, bootstrap, replicate
from in_ci import here

RICE, EGGS, RENT = 2, 66, 202
BASKET = Basket(
    (
        Commodity("food", "rice", "beras", (RICE,)),
        Commodity("food", "eggs", "telur", (EGGS,)),
        Commodity("nonfood", "rent", "sewa", (RENT,), 0.5, 0.4),
    ),
    2100, 30, 0.4, 0.25,
)  # fmt: skip
KEPT = Path(__file__).with_name("rebuilt_line.txt")
HALF_A_PERCENT = 0.005
# 400 replicates tell an error to one part in sqrt(2 x 400), and linearisation leaves terms of the
# order of one over the PSUs. (The jackknife serves no statistic with an estimated bound, which
# moves in steps.)
BOOTSTRAP = 0.18


def city():
    """Ten one-person households, spending 10, 20, ... 100; the reference population above 25 is
    those of 30 to 60.
    """
    spending = np.arange(10.0, 110, 10)
    frame = pd.DataFrame(
        {
            "household": [str(i) for i in range(10)],
            "psu": np.arange(10),
            "weight_person": 1.0,
            "size": 1,
            "urban": [True, False] * 5,
            "expenditure_person_month": spending,
        }
    )
    rows = [(str(i), code, *bought) for i in range(10) for code, *bought in purchases(i)]
    items = pd.DataFrame(
        rows, columns=["household", "code", "value_month", "calories_day", "quantity_month"]
    )
    frame.attrs["source"] = "synthetic microdata"
    return SurveyDesign(frame, strata=None), items


def purchases(i):
    """Rice: 4 Rp a month for 1,000 kcal a day; eggs: i Rp for 200 kcal; rent: 10 Rp."""
    return [(RICE, 4.0, 1000.0, 2.0), (EGGS, float(i), 200.0, 1.0), (RENT, 10.0, 0.0, 0.0)]


def rebuilt(**options):
    design, items = city()
    return estimate_poverty_line(design, items, temporary_line=25.0, basket=BASKET, **options)


def test_the_line_by_hand():
    """Households 2 to 5: food 4 x 4 + (2+3+4+5) = 30 Rp for 4,800 kcal; rent 10, half of it in town
    and 0.4 in the country.
    """
    line = rebuilt(accept=True)
    assert line.food.estimate == pytest.approx(2100 * 30 / 4800)
    assert line.nonfood.estimate == pytest.approx((0.5 * 10 * 2 + 0.4 * 10 * 2) / 4)
    assert line.total.estimate == pytest.approx(line.food.estimate + line.nonfood.estimate)
    assert line.total.n == 4
    costs = line.to_frame().set_index("commodity")
    assert costs.loc["rice", "share"] == pytest.approx(100 * 16 / 30)
    assert costs.loc["rice", "calories"] == pytest.approx(1000)
    assert costs.loc["rice", "price_per_kilocalorie"] == pytest.approx(4 / 1000 / 30)
    assert costs.loc["rice", "price_per_unit"] == pytest.approx(2)
    assert np.isnan(costs.loc["rent", "price_per_kilocalorie"])


def test_the_temporary_line_is_last_years_at_todays_prices():
    design, items = city()
    design.frame.attrs.update(area="Kota Balikpapan", area_code="6471", year=2022)
    grown = 1 + facts.inflation_on_file("6471")[2022] / 100
    before = PovertyLine(25 / grown + 1e-9, "6471", "Kota Balikpapan", 2021, "made up")
    line = estimate_poverty_line(design, items, before, basket=BASKET, accept=True)
    assert line.temporary == pytest.approx(25)
    assert line.food.estimate == pytest.approx(rebuilt(accept=True).food.estimate)
    other = PovertyLine(25.0, "6471", "Kota Balikpapan", 2020, "made up")
    with pytest.raises(LineError, match="not the line before"):
        estimate_poverty_line(design, items, other, basket=BASKET)


def test_iterating_moves_the_reference_population_to_its_own_line():
    """The line of 17.6 has above it the households of 20 to 50, whose own line is 17.2: there it
    settles.
    """
    line = rebuilt(accept=True, iterate=True)
    assert line.rounds > 1
    settled = estimate_poverty_line(
        *city(), temporary_line=line.total.estimate, basket=BASKET, accept=True
    )
    assert settled.total.estimate == line.total.estimate


def test_a_line_that_goes_in_a_circle_with_its_reference_population_is_refused():
    """Rice for 1,000 kcal costs those of 30 to 60 Rp 66.6, so that their line is 35, and those of
    40 to 70 Rp 47.6: a line of 25.
    """
    design, items = city()
    rice = items[items["code"] == RICE].assign(
        value_month=[12, 12, 30, 12.2, 12.2, 12.2, 11, 11, 11, 11]
    )
    lines = [
        estimate_poverty_line(
            design, rice, temporary_line=temporary, basket=BASKET, accept=True
        ).total.estimate
        for temporary in (25.0, 35.0)
    ]
    assert lines == pytest.approx([2.1 * 66.6 / 4, 2.1 * 47.6 / 4])
    with pytest.raises(ConvergenceError, match="go in a circle"):
        estimate_poverty_line(
            design, rice, temporary_line=25.0, basket=BASKET, accept=True, iterate=True
        )


def test_what_cannot_be_a_line_is_refused():
    design, items = city()
    with pytest.raises(LineError, match="Give the line of the year before"):
        estimate_poverty_line(design, items, basket=BASKET)
    with pytest.raises(LineError, match="no reference population"):
        estimate_poverty_line(design, items, temporary_line=75.0, basket=BASKET)
    with pytest.raises(LineError, match="no calories"):
        estimate_poverty_line(
            design, items.assign(calories_day=0.0), temporary_line=25.0, basket=BASKET
        )
    with pytest.raises(LineError, match="1 household has no item of blocks 41"):
        estimate_poverty_line(
            design, items[items["household"] != "3"], temporary_line=25.0, basket=BASKET
        )
    with pytest.raises(LineError, match="inflation of area 6409 in 2022"):
        facts.temporary_line(400_000.0, "6409", 2022)
    food_only = items[items["code"] != RENT]
    with pytest.raises(LineError, match="below its food part"):
        estimate_poverty_line(design, food_only, temporary_line=25.0, basket=BASKET)


def test_a_line_far_from_last_years_is_refused_unless_accepted():
    design, items = city()
    before = PovertyLine(100.0, "6471", "Kota Balikpapan", 2021, "made up")
    options = {"temporary_line": 25.0, "basket": BASKET}
    with pytest.raises(LineError, match="more than 25 percent"):
        estimate_poverty_line(design, items, before, **options)
    assert estimate_poverty_line(design, items, before, accept=True, **options).before is before
    check_line(125.0, before=100.0, remedy="")
    with pytest.raises(LineError, match="point read as a decimal mark"):
        check_line(782.248, before=743_084.0, remedy="Correct it.")


@pytest.mark.parametrize("year", [2021, 2022])
def test_the_shipped_items_give_the_printed_line_back(year):
    """The rounds are priced for it; the estimator does not know."""
    printed = published("6471", year).figures()["poverty_line"]
    assert shipped(year).total.estimate == pytest.approx(printed, rel=HALF_A_PERCENT)


@pytest.mark.parametrize("year", here([2022], [2021, 2022]))
def test_linearised_errors_agree_with_the_bootstrap_of_the_whole_procedure(year):
    line, basket = shipped(year), standard_basket()
    bought = purchases_of(line.design, read_items("6471", year), basket)

    def again(design):
        food, nonfood = lines_of(
            Reference.above(line.temporary, design, basket.reference_share), bought, basket
        )
        total = food.value + nonfood.value
        poor = is_poor(design.column("expenditure_person_month"), total)
        return np.array(
            [total, food.value, nonfood.value, 100 * np.average(poor, weights=design.weights)]
        )

    drawn = replicate(line.design, again, bootstrap(line.design, 400, seed=1))
    rows = [*line.lines, line.headcount().row("headcount", "line as estimated")]
    assert drawn.values == pytest.approx([row.estimate for row in rows])
    np.testing.assert_allclose(
        [row.std_error for row in rows], np.sqrt(np.diag(drawn.cov)), rtol=BOOTSTRAP
    )


def test_the_error_of_the_line_adds_to_that_of_the_headcount():
    known, estimated = shipped(2022).headcount()
    assert known.estimate == estimated.estimate
    assert estimated.std_error > known.std_error


@cache
def shipped(year):
    design = SurveyDesign(read_round("6471", year).households)
    return estimate_poverty_line(design, read_items("6471", year), poverty_line("6471", year - 1))


@pytest.mark.parametrize("year", [2020, 2022])
def test_items_add_up_to_the_spending_of_each_household(year):
    items = read_items("6471", year)
    households = read_round("6471", year).households.set_index("household")
    spent = items.groupby("household")["value_month"].sum()
    np.testing.assert_allclose(spent, households.loc[spent.index, "expenditure_month"], rtol=1e-9)
    assert set(items["code"]) <= set(commodities("list_197")["code"])


def test_items_that_are_not_there_are_asked_for(tmp_path):
    with pytest.raises(UnknownYearError, match="no files of March 2022"):
        read_items("6471", 2022, tmp_path / "nothing")


def test_every_code_of_the_basket_is_a_commodity_and_stands_once():
    basket, known = standard_basket(), commodities("list_197").set_index("code")["module"]
    for commodity in basket.commodities:
        block = "blok41" if commodity.part == "food" else "blok42"
        assert all(known[code] == block for code in commodity.codes)
        assert 0 < commodity.rural <= commodity.urban <= 1
    assert sum(commodity.part == "food" for commodity in basket.commodities) == 52
    twice = Basket((*BASKET.commodities, BASKET.commodities[0]), 2100, 30, 0.2, 0.25)
    with pytest.raises(ParameterError, match="two commodities"):
        twice.position(RICE)


def test_every_parameter_of_the_line_has_a_source_and_says_whether_it_is_inferred():
    document = yaml.safe_load(
        Path(basket_module.__file__).with_name("basket.yaml").read_text("utf8")
    )
    for entry in document.values():
        assert entry["source"]
        assert isinstance(entry["inferred"], bool)


def test_the_share_just_above_the_line_needs_a_multiple_above_one():
    with pytest.raises(ParameterError, match="above 1"):
        just_above(100, up_to=1)


def test_the_command_prints_the_line_and_the_whole_basket(capsys):
    assert main(["line", "--year", "2022", "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("area_code,area,period,commodity,cost,cost_se")
    assert len(lines) > 50
    assert main(["line", "--year", "2022", "--temporary-line", "680.499"]) == 2
    assert "bpsstats:" in capsys.readouterr().err


def test_a_line_of_the_file_says_whose_it_is_and_where_it_is_from(tmp_path):
    file = tmp_path / "lines.yaml"
    file.write_text("lines: {'6471': {2022: {value: 600000, source: a book}}}", encoding="utf8")
    line = poverty_line("Kota Balikpapan", 2022, file=file)
    assert (line.value, line.area_code, line.area, line.year, line.source) == (
        600_000, "6471", "Kota Balikpapan", 2022, "a book",
    )  # fmt: skip


def test_the_result_can_take_the_place_of_a_line():
    design, items = city()
    design.frame.attrs.update(area="Kota Balikpapan", area_code="6471", year=2022)
    line = estimate_poverty_line(design, items, temporary_line=25.0, basket=BASKET, accept=True)
    taken = line.as_line()
    assert float(taken) == line.total.estimate
    assert (taken.area_code, taken.area, taken.year) == ("6471", "Kota Balikpapan", 2022)
    assert taken.source == "rebuilt from the consumption items"
    bare = rebuilt(accept=True).as_line()
    assert (bare.area_code, bare.area, bare.year) == ("", "", 0)


def test_the_result_shows_itself_in_a_notebook():
    line = rebuilt(accept=True)
    html = line._repr_html_()
    assert html.startswith(f"<p>{repr(line).splitlines()[0]}</p><table")
    assert html.count("<table") == 2
    assert "border=" not in html
    assert "<th>0</th>" not in html
    assert rebuilt(accept=True, iterate=True)._heading().endswith("rounds")


def refused(error, *arguments, **options):
    design, items = city()
    with pytest.raises(error) as caught:
        estimate_poverty_line(*(arguments or (design, items)), **{"basket": BASKET, **options})
    return caught.value.message


def test_what_is_refused_is_told_with_its_remedy():
    remedy = (
        "Look at the line of the year before, prices and the basket, or say accept=True to take it"
        " all the same."
    )
    design, items = city()
    design.frame.attrs.update(area="Kota Balikpapan", area_code="6471", year=2022)
    # The rebuilt line of 17.6 is less than three quarters of the one before.
    before = PovertyLine(26 / 1.1, "6471", "Kota Balikpapan", 2021, "made up")
    assert refused(LineError, design, items, before).startswith(
        "A line of Rp 18 differs from the Rp 24"
    )
    assert refused(LineError, design, items, before).endswith(remedy)
    high = dataclasses.replace(before, value=30.0)
    assert refused(LineError, design, items, high, temporary_line=50.0).startswith(
        "A line of Rp 50 differs from the Rp 30"
    )
    assert refused(LineError, design, items, high, temporary_line=50.0).endswith(remedy)
    other = PovertyLine(25.0, "6471", "Kota Balikpapan", 2020, "made up")
    assert refused(LineError, design, items, other).endswith(
        "of the same area and the year before, or temporary_line= alone."
    )
    assert (
        refused(LineError)
        == "A line is rebuilt from the purchases of people just above a temporary line. Give the"
        " line of the year before, or temporary_line= in rupiah per person and month."
    )
    no_calories = items.assign(calories_day=0.0)
    assert (
        refused(LineError, city()[0], no_calories, temporary_line=25.0)
        == "The foods of the reference population have no calories, so that a calorie has no price."
        " Take the column of calories of block 41 (KALORI) as BPS delivers it."
    )
    assert (
        refused(LineError, city()[0], items[items["household"] != "3"], temporary_line=25.0)
        == "1 household has no item of blocks 41 and 42, of 10 in all, so that their purchases"
        " are not known. Take the items from the same round as the households."
    )
    rice = items[items["code"] == RICE].assign(
        value_month=[12, 12, 30, 12.2, 12.2, 12.2, 11, 11, 11, 11]
    )
    assert refused(
        ConvergenceError, city()[0], rice, temporary_line=25.0, accept=True, iterate=True
    ).endswith("of the first round (iterate=False).")


def test_every_part_of_the_result_says_what_it_is():
    line = rebuilt(accept=True, level=0.9)
    assert {(row.kind, row.unit, row.level) for row in line.lines} == {
        ("mean", "Rp per person per month", 0.9)
    }
    units = {
        "cost": "Rp per person per month",
        "share": "percent",
        "calories": "kcal per person and day",
    }
    units |= {"price_per_kilocalorie": "Rp per kcal", "price_per_unit": "Rp per unit"}
    for entry in line.costs:
        for name, unit in units.items():
            value = getattr(entry, name)
            if value is not None:
                assert (
                    value.statistic,
                    value.domain,
                    value.unit,
                    value.kind,
                    value.level,
                    value.n,
                ) == (
                    name,
                    entry.commodity.name_en,
                    unit,
                    "mean",
                    0.9,
                    4,
                )
    assert {row.level for row in line.headcount()} == {0.9}


def test_what_nobody_of_the_reference_population_buys_is_left_out_and_the_rest_stays():
    design, items = city()
    nobody = items[~((items["code"] == RICE) & items["household"].isin(list("2345")))]
    line = estimate_poverty_line(design, nobody, temporary_line=25.0, basket=BASKET, accept=True)
    assert [entry.commodity.name_en for entry in line.costs] == ["eggs", "rent"]


def test_purchases_outside_the_basket_count_for_nothing_and_those_of_larger_households_per_person():
    design, items = city()
    more = pd.concat([items, items[items["code"] == RICE].assign(code=3, value_month=99.0)])
    assert estimate_poverty_line(
        design, more, temporary_line=25.0, basket=BASKET, accept=True
    ).total.estimate == (rebuilt(accept=True).total.estimate)
    double = SurveyDesign(design.frame.assign(size=2), strata=None)
    twice = items.assign(
        value_month=2 * items["value_month"],
        calories_day=2 * items["calories_day"],
        quantity_month=2.0,
    )
    line = estimate_poverty_line(double, twice, temporary_line=25.0, basket=BASKET, accept=True)
    assert line.total.estimate == pytest.approx(rebuilt(accept=True).total.estimate)


def printed() -> str:
    """The line of the small city as people read it, its basket to nine decimals, and the headcount
    at it.
    """
    line = rebuilt(accept=True)
    basket = line.to_frame().round(9).to_csv(index=False, lineterminator="\n")
    return f"{line!r}\n\n{basket}\n{line.headcount()!r}\n"


def test_the_line_and_its_basket_are_printed_as_they_were():
    assert printed() == KEPT.read_text("utf8")


def test_a_line_that_moves_with_the_sample_moves_the_headcount_by_the_density_at_it():
    """The error of the line adds ``100 f(z) u_z``, the same multiple of the line's influence in
    every household.
    """
    line = rebuilt(accept=True)
    known, estimated = line.headcount()
    added = (estimated.strands[0].dense() - known.strands[0].dense()) / line.linearised.influence
    expected = kernel_density(line.design.column("expenditure_person_month"), line.total.estimate)
    np.testing.assert_allclose(added, 100 * expected, rtol=1e-9)
    assert (known.domain, estimated.domain) == ("line as known", "line as estimated")
    assert {row.scale for row in (known, estimated)} == {100.0}


def kernel_density(spending: np.ndarray, at: float) -> float:
    """Gaussian kernel of bandwidth ``sd n^(-1/5)`` over households of weight one."""
    bandwidth = spending.std() * len(spending) ** -0.2
    return float(
        np.exp(-(((at - spending) / bandwidth) ** 2) / 2).mean() / (bandwidth * np.sqrt(2 * np.pi))
    )


if __name__ == "__main__":
    KEPT.write_text(printed(), encoding="utf8")
