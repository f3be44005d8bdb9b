"""The count of the poor on another population base."""

import pytest

import bpsstats as bps
from bpsstats.errors import ConvergenceError, InputError, ParameterError, UnknownYearError
from bpsstats.poverty import population_base, rebased_design

AREA, YEAR = "6471", 2022
BASIS = "sp2020_projection"
ROUNDING = 1e-9  # of a margin, met by Newton's method to its last places


@pytest.fixture(scope="module")
def round_():
    return bps.read_round(AREA, YEAR)


@pytest.fixture(scope="module")
def line():
    return bps.poverty_line(AREA, YEAR)


def test_a_base_that_gives_the_total_only_moves_the_count_and_leaves_the_rate(round_, line):
    table = bps.rebase(round_, line, BASIS)
    known = population_base(AREA, YEAR, BASIS).margins["population"]
    old, new = "base=released", f"base={BASIS}"
    factor = known / table.row("population", old).estimate
    assert table.row("population", new).estimate == pytest.approx(known, rel=ROUNDING)
    assert table.row("poor_count", new).estimate == pytest.approx(
        factor * table.row("poor_count", old).estimate, rel=ROUNDING
    )
    for rate in ("headcount", "poverty_gap", "severity"):
        assert table.row(rate, new).estimate == pytest.approx(
            table.row(rate, old).estimate, rel=ROUNDING
        )
        assert table.row(rate, new).std_error == pytest.approx(
            table.row(rate, old).std_error, rel=ROUNDING
        )


def test_the_known_population_has_no_error_and_the_count_follows_its_rate(round_, line):
    table = bps.rebase(round_, line, BASIS)
    count, rate = (table.row(name, f"base={BASIS}") for name in ("poor_count", "headcount"))
    total = table.row("population", f"base={BASIS}")
    assert total.std_error < ROUNDING * total.estimate
    assert count.rse == pytest.approx(rate.rse, rel=1e-6)
    assert count.interval() == pytest.approx(
        [total.estimate / 100 * limit for limit in rate.interval()], rel=ROUNDING
    )


def test_margins_of_persons_are_met_by_the_persons_of_the_households(round_):
    margins = {
        "sex": {"male": 360_000.0, "female": 342_600.0},
        "adult": {True: 545_000.0, False: 157_600.0},
    }
    design = rebased_design(round_, margins)
    weight = dict(
        zip(design.frame["household"], design.weights / design.frame["size"], strict=True)
    )
    persons = round_.persons.assign(w=round_.persons["household"].map(weight))
    for column, known in margins.items():
        for category, total in known.items():
            assert persons.loc[persons[column] == category, "w"].sum() == pytest.approx(
                total, rel=ROUNDING
            )


def test_margins_beside_the_total_move_the_rate_and_leave_the_round_as_it_was(round_, line):
    margins = {
        "sex": {"male": 360_000.0, "female": 342_600.0},
        "adult": {True: 545_000.0, False: 157_600.0},
    }
    table = bps.rebase(round_, line, margins)
    assert table.row("headcount", "base=given").estimate != pytest.approx(
        table.row("headcount", "base=released").estimate, rel=1e-3
    )
    assert "sex=male" not in round_.households.columns


def test_margins_that_contradict_one_another_are_refused(round_, line):
    with pytest.raises(ParameterError, match="contradict one another: population sums to 702,600"):
        bps.rebase(
            round_, line, {"population": 702_600, "sex": {"male": 300_000.0, "female": 342_600.0}}
        )


def test_a_category_without_a_total_is_refused(round_, line):
    with pytest.raises(ParameterError, match="in no category of the margin sex"):
        bps.rebase(round_, line, {"sex": {"male": 360_000.0}})


def test_a_basis_that_is_not_in_the_file_is_refused_with_those_that_are():
    with pytest.raises(UnknownYearError, match="It has: sp2020_projection"):
        population_base(AREA, YEAR, "dukcapil")
    with pytest.raises(UnknownYearError, match="none for this area and year"):
        population_base(AREA, 2019, BASIS)


def test_a_missing_file_of_populations_is_named(tmp_path):
    with pytest.raises(InputError, match=r"file nowhere\.yaml"):
        population_base(AREA, YEAR, BASIS, file=tmp_path / "nowhere.yaml")


def test_a_base_says_where_it_comes_from():
    assert "Indikator Kesejahteraan Rakyat" in repr(population_base(AREA, YEAR, BASIS))


def test_a_base_holds_what_its_file_says(tmp_path):
    file = tmp_path / "populations.yaml"
    text = (
        "populations:\n  '6471':\n    2022:\n      one: {margins: {population: 5}, source: a book,"
        " note: a note}\n"
    )
    file.write_text(
        text + "      two: {margins: {population: 6}, source: a book}\n", encoding="utf8"
    )
    base = population_base(AREA, YEAR, "one", file=file)
    assert (base.area_code, base.area, base.year, base.basis) == (
        "6471",
        "Kota Balikpapan",
        2022,
        "one",
    )
    assert (base.margins, base.source, base.note) == ({"population": 5}, "a book", "a note")
    assert population_base(AREA, YEAR, "two", file=file).note == ""
    with pytest.raises(UnknownYearError, match="It has: one, two"):
        population_base(AREA, YEAR, "three", file=file)
    with pytest.raises(UnknownYearError, match="It has none for this area and year"):
        population_base("6472", YEAR, "one", file=file)


def test_the_distance_and_its_bounds_reach_the_calibration(round_, line):
    """Within such bounds no weights meet the margins; without them they do, and the linear distance
    gives others than raking.
    """
    margins = {"sex": {"male": 380_000.0, "female": 322_600.0}}
    with pytest.raises(ConvergenceError):
        rebased_design(round_, margins, method="logit", bounds=(0.999, 1.001))
    with pytest.raises(ConvergenceError):
        bps.rebase(round_, line, margins, method="logit", bounds=(0.999, 1.001))
    raked, linear = (
        rebased_design(round_, margins, method=method).weights for method in ("raking", "linear")
    )
    assert abs(raked / linear - 1).max() > 1e-6
    rates = [
        bps.rebase(round_, line, margins, method=method).row("headcount", "base=given")
        for method in ("raking", "linear")
    ]
    assert rates[0].estimate != rates[1].estimate


def test_the_level_of_a_rebased_table_is_that_of_every_row(round_, line):
    assert {row.level for row in bps.rebase(round_, line, BASIS, level=0.9)} == {0.9}
