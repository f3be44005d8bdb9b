"""What survey data show: attacks on the gate, each of which must get nothing; and that nothing goes
round it.
"""

import argparse
import ast
import importlib
import inspect
import pkgutil
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bpsstats as bps
from bpsstats import reporting
from bpsstats.cli.shared import show
from bpsstats.disclosure import WITHHELD, Cell, current_policy, gate, is_withheld, released
from bpsstats.disclosure.released import disclosure
from bpsstats.errors import ParameterError
from bpsstats.models import survey_logit
from bpsstats.paths import AUDIENCE_VARIABLE, project_root
from bpsstats.poverty.profile.curves import headcount_by_line
from bpsstats.poverty.profile.tables import poverty_profile
from bpsstats.reporting.words.language import LANGUAGES, language
from bpsstats.reporting.words.line import BASKET, BasketFacts
from bpsstats.survey.statistics.distribution import DistributionStatistic
from bpsstats.survey.statistics.linearised import Linearised

AREA, YEAR = "6471", 2022
SOURCE = project_root() / "src" / "bpsstats"


@pytest.fixture(autouse=True)
def external(monkeypatch):
    monkeypatch.setenv(AUDIENCE_VARIABLE, "external")


@pytest.fixture(scope="module")
def line():
    return bps.poverty_line(AREA, YEAR)


def as_survey(frame):
    """A frame as if its records were of respondents."""
    frame = frame.copy()
    frame.attrs |= {"source": "survey microdata"}
    return bps.SurveyDesign(frame)


@pytest.fixture(scope="module")
def households():
    return as_survey(bps.read_round(AREA, YEAR).households)


def shown(table):
    """Estimates that are shown, by statistic and domain."""
    return {(r.statistic, r.domain): r.estimate for r in released(table) if not r.is_withheld}


def test_who_sees_it_decides_how_few_households_may_be_behind_a_cell(households, line, monkeypatch):
    spending = np.sort(households.column("expenditure_person_month"))
    table = bps.estimate(households, bps.headcount(float(spending[7])))  # seven households below
    assert int(table.rows[0].counts.cases.sum()) == 7
    assert not shown(table)
    monkeypatch.setenv(AUDIENCE_VARIABLE, "internal")
    assert bool(shown(table)) == (table.rows[0].rse <= 50)
    assert gate([Cell("x", 7, 60, 20.0)], "survey", audience="internal").decisions == ("publish",)
    monkeypatch.setenv(AUDIENCE_VARIABLE, "nobody")
    with pytest.raises(ParameterError, match="BPSSTATS_AUDIENCE is 'nobody'; it is external or"):
        current_policy()


def test_the_households_behind_a_cell_are_counted_one_by_one(households, line):
    frame = households.frame
    table = bps.estimate(households, bps.headcount(line), by="head_education")
    poor = frame["expenditure_person_month"] < float(line)
    for row in table:
        of = frame["head_education"] == row.domain.split("=")[1]
        counts = [row.counts.base.sum(), row.counts.cases.sum(), row.counts.others.sum()]
        assert counts == [of.sum(), (of & poor).sum(), (of & ~poor).sum()]


def test_members_of_a_household_count_as_one(line):
    persons = as_survey(bps.read_round(AREA, YEAR).persons)
    frame = persons.frame
    (row,) = bps.estimate(persons, bps.share("sex", "female"), domain="adult")
    adults = frame[frame["adult"]]
    women = adults.loc[adults["sex"] == "female", "household"].nunique()
    men = adults.loc[adults["sex"] == "male", "household"].nunique()
    counts = [row.counts.base.sum(), row.counts.cases.sum(), row.counts.others.sum()]
    assert counts == [adults["household"].nunique(), women, men]
    assert women < (adults["sex"] == "female").sum()


def test_the_weight_of_the_household_below_a_lower_line_cannot_be_had(households, line):
    """Its weight is the number of poor at that line, or its rate times the population."""
    spending = np.sort(households.column("expenditure_person_month"))
    multiple = float(spending[:2].mean()) / float(line)  # one household below
    table = headcount_by_line(households, line, multiples=[multiple, 1.0])
    count = bps.estimate(households, bps.poor_count(float(spending[:2].mean())))
    weight = households.weights[np.argmin(households.column("expenditure_person_month"))]
    assert count.rows[0].estimate == pytest.approx(weight)
    assert not shown(count)
    assert len(shown(table)) == 1
    text = repr(table) + repr(count) + count._repr_html_()
    assert f"{weight:,.0f}" not in text


def test_totals_and_rates_are_rounded_so_that_no_weight_is_left_in_their_last_digits(
    households, line
):
    table = bps.estimate(households, [bps.poor_count(line), bps.headcount(line)])
    count, rate = released(table)
    assert count.estimate % 10 == 0
    assert rate.estimate == round(rate.estimate, 2)
    for row, raw in zip((count, rate), table, strict=True):
        assert row.estimate != raw.estimate
        assert all(limit == round(limit, 2) for limit in (*row.interval(), row.std_error))


def test_the_error_cannot_be_had_to_more_digits_from_the_design_effect(households, line):
    table = bps.estimate(households, bps.headcount(line))
    frame = released(table).to_frame()
    assert frame["deff"].iloc[0] == float(f"{table.rows[0].deff:.4g}")
    assert frame["n_eff"].iloc[0] == frame["n"].iloc[0] / frame["deff"].iloc[0]


def test_two_releases_that_differ_by_one_household_do_not_both_show_it(households, line):
    """The second release is the first without its poorest household."""
    first = bps.estimate(households, [bps.poor_count(line), bps.headcount(line)])
    spending = households.column("expenditure_person_month")
    without = spending > spending.min()
    second = bps.estimate(
        households, [bps.poor_count(line), bps.headcount(line)], domain=without, domain_name="all"
    )
    decided = disclosure(first)
    assert not decided.result.withheld
    cells = {c.label: {(c.numerator, c.denominator)} for c in decided.result.cells}
    again = disclosure(second, earlier=cells)
    assert set(again.result.withheld.values()) == {
        "fewer than 10 households from an earlier release"
    }
    assert not disclosure(first, earlier=cells).result.withheld
    assert not shown_by(again, second)


def shown_by(decided, table):
    return [row for row in decided.show(table) if not row.is_withheld]


def test_two_domains_that_differ_by_few_households_are_not_both_shown(households, line):
    spending = households.column("expenditure_person_month")
    nearly = spending > np.sort(spending)[2]  # all but three
    everybody = bps.estimate(households, bps.mean("size", "persons"))
    most = bps.estimate(
        households, bps.mean("size", "persons"), domain=nearly, domain_name="all but three"
    )
    assert shown(everybody)
    assert shown(most)  # alone
    decided = disclosure(everybody, most)
    assert list(decided.result.withheld.values()) == [
        "fewer than 10 households from mean:size / all / March 2022"
    ]


@pytest.fixture(scope="module")
def rebuilt(households):
    return bps.estimate_poverty_line(
        households, bps.read_items(AREA, YEAR), bps.line_before(AREA, YEAR)
    )


def test_a_rate_by_another_line_is_not_shown_where_few_households_lie_between(
    households, line, rebuilt
):
    spending = np.sort(households.column("expenditure_person_month"))
    third = spending[spending >= line.threshold][2]
    near = replace(rebuilt, linearised=replace(rebuilt.linearised, value=np.nextafter(third, 1e9)))
    rates = near.headcount()
    printed = bps.estimate(households, bps.headcount(line))
    decided = disclosure(printed, rates, printed={("headcount", "all", f"March {YEAR}")})
    assert shown_by(decided, printed)
    assert not shown_by(decided, rates)
    assert {reason.partition(" from ")[0] for reason in decided.result.withheld.values()} == {
        "fewer than 10 households"
    }


def test_the_place_of_a_commodity_in_the_basket_bounds_no_cost_that_is_withheld(rebuilt):
    first, *others = rebuilt.costs
    hidden = replace(first, cost=replace(first.cost, estimate=WITHHELD))
    partly = replace(rebuilt, costs=(hidden, *others))
    assert partly.shown == (*others, hidden)
    assert partly.to_frame()["commodity"].iloc[-1] == first.commodity.name_en
    for lang in LANGUAGES:
        words = language(lang)
        facts = BasketFacts.of(partly, words)
        assert not any(words.number(WITHHELD, 1) in name for name in (*facts.food, *facts.nonfood))
        assert BASKET.case(facts) == "of_some"
        assert BASKET.case(BasketFacts.of(rebuilt, words)) == "both"


def test_neither_a_minimum_nor_a_maximum_is_shown(households):
    def end(at):
        def kernel(sample):
            return Linearised(float(sample.values[at]), np.zeros(len(sample.values)))

        return DistributionStatistic(
            f"end:{at}", "Rp", "mean", lambda d: d.column("expenditure_person_month"), kernel
        )

    assert not shown(bps.estimate(households, [end(0), end(-1)]))
    assert not shown(bps.estimate(households, [bps.quantile(0.001), bps.quantile(0.999)]))
    assert shown(bps.estimate(households, bps.quantile(0.5)))


def test_a_curve_with_a_point_for_each_household_shows_few_of_them(households, line):
    grid = np.sort(households.column("expenditure_person_month"))[20:120] + 1
    multiples = (grid / float(line)).tolist()
    points = shown(headcount_by_line(households, line, multiples=multiples))
    assert len(points) <= len(grid) / 10
    quantiles = [bps.quantile(p) for p in np.linspace(0.2, 0.4, 100)]
    assert len(shown(bps.estimate(households, quantiles))) <= 1 + 0.2 * households.n / 10


def test_a_group_of_the_poor_cannot_be_had_from_the_others_and_all(households, line):
    table = bps.food_share(households, line)
    assert {domain for _, domain in shown(table)} <= {"all"}
    apart = [replace(table, rows=(row,)) for row in table]
    decided = disclosure(*apart)
    assert {row.domain for one in apart for row in shown_by(decided, one)} <= {"all"}


def test_a_figure_that_bps_has_printed_is_shown_and_never_withheld_for_another():
    cells = [
        Cell("a", 3, 60, 20.0),
        Cell("b", 11, 60, 9.0, published_before=True),
        Cell("c", 46, 60, 5.0),
    ]
    decided = gate(cells, "survey microdata", totals={"all": ["a", "b", "c"]})
    assert decided.decisions == ("withhold", "publish", "withhold")
    poorer = [replace(cell, published_before=cell.label != "a") for cell in cells]
    assert gate(poorer, "survey", totals={"all": ["a", "b", "c"]}).decisions == (
        "withhold", "publish", "publish",
    )  # fmt: skip


def test_a_cell_is_protected_through_any_chain_of_sums():
    """In each row and column two cells are withheld, and yet the equations fix none only where
    they run in a circle: a 3 x 3 table with a cell withheld in each of two corners.
    """
    names = [f"{r}{c}" for r in range(3) for c in range(3)]
    small = {"00": 3, "11": 4}
    cells = [Cell(name, small.get(name, 20 + i), 60, 10.0) for i, name in enumerate(names)]
    sums = [(f"row {r}", [f"{r}{c}" for c in range(3)]) for r in range(3)]
    sums += [(f"column {c}", [f"{r}{c}" for r in range(3)]) for c in range(3)]
    hidden = list(gate(cells, "survey", totals=sums).withheld)
    matrix = np.array([[float(name in parts) for name in hidden] for _, parts in sums])
    _, s, v = np.linalg.svd(matrix)
    free = v[int((s > 1e-9).sum()) :]
    assert (np.abs(free).max(axis=0) > 1e-9).all()
    assert {"00", "11"} <= set(hidden)


def test_where_the_poor_are_few_the_others_go_with_them_and_the_column_of_all_stays():
    """Three classes by status: number and share of each, and their totals."""
    cells, sums = [], []
    for column, size in (("poor", 14), ("others", 550), ("all", 564)):
        for row, part in (("a", 0.5), ("b", 0.3), ("c", 0.2)):
            households = round(size * part)
            cells += [Cell(f"{column} {row} {kind}", households, size, 10.0) for kind in "ns"]
            pair = [f"{column} {row} s", f"{column} n"]
            sums.append((f"{column} {row} n", pair, [1.0, part]))
        cells.append(Cell(f"{column} n", size, size, 10.0))
        sums.append((f"{column} n", [f"{column} {row} n" for row in "abc"]))
        sums.append(("", [f"{column} {row} s" for row in "abc"]))
    rows = ("a ", "b ", "c ", "")
    sums += [(f"all {row}n", [f"poor {row}n", f"others {row}n"]) for row in rows]
    hidden = set(gate(cells, "survey", totals=sums).withheld)
    assert {cell.label.split()[0] for cell in cells if cell.label in hidden} == {"poor", "others"}
    assert {cell.label for cell in cells if cell.label.startswith("poor")} <= hidden


def test_a_difference_of_a_withheld_estimate_is_withheld_whatever_it_is_written_in(
    households, line
):
    table = bps.food_share(households, line)
    view = released(table)
    difference = view.row("food_share", "poor") - view.row("food_share", "all")
    assert is_withheld(difference.estimate)
    assert is_withheld(difference.std_error)
    raw = table.row("food_share", "poor") - table.row("food_share", "all")
    assert ".." in repr(raw)
    assert f"{raw.estimate:.2f}" not in repr(raw)


def test_a_model_with_few_households_in_a_level_shows_no_coefficient(households, line):
    poor = (households.column("expenditure_person_month") < float(line)).astype(float)
    few = (np.arange(households.n) % 20 == 0).astype(float)
    frame = households.frame.assign(poor=poor, few=few)
    model = survey_logit("poor ~ few", as_survey(frame), below_gate="firth")
    assert "events" not in repr(model).splitlines()[0]
    assert set(model._shown()["odds ratio"]) == {".."}
    assert set(released(model.estimates()).to_frame()["mark"]) == {".."}


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_the_command_line_prints_released_views_in_every_form(households, line, form, capsys):
    table = bps.estimate(households, bps.headcount(line), by="head_education")
    show(table, argparse.Namespace(format=form, lang="en"), {})
    text = capsys.readouterr().out
    secret = released(table)
    hidden = [raw for raw, row in zip(table, secret, strict=True) if row.is_withheld]
    assert hidden
    assert ".." in text
    for row in hidden:
        assert f"{row.estimate:.2f}" not in text
    if form != "table":
        assert not re.search(r"\d\.\d{6,}", text.replace("deff", "")[: text.find("n_eff")])


def test_synthetic_data_are_shown_in_full_and_what_would_be_withheld_is_listed(line):
    design = bps.SurveyDesign(bps.read_round(AREA, YEAR).households)
    table = bps.estimate(design, bps.headcount(line), by="head_education")
    assert released(table) is table
    decided = disclosure(table).result
    assert decided.synthetic
    assert decided.withheld


def test_views_of_views_are_the_same(households, line):
    table = released(bps.estimate(households, bps.headcount(line), by="head_education"))
    assert repr(released(table)) == repr(table)
    assert all(again is row for again, row in zip(released(table), table, strict=True))


def test_what_is_withheld_knows_itself_in_arrays_and_frames():
    column = pd.concat([pd.Series([1.0, WITHHELD]), pd.Series([float("nan")])])
    assert [is_withheld(value) for value in column] == [False, True, False]
    assert is_withheld(float(np.sqrt(np.array([WITHHELD]))[0]))


# Nothing goes round the gate.


def functions(package):
    """Public functions of a package of the reports."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield module, name, function


@pytest.mark.parametrize("room", ["words", "tables", "figures"])
def test_what_words_tables_and_figures_take_of_results_passes_the_gate(room):
    """Every public function that is named in the package is gated; others serve those."""
    package = importlib.import_module(f"{reporting.__name__}.{room}")
    public = {name for name, home in reporting._HOMES.items() if home.startswith(f"{room}.")}
    found = {name: function for _, name, function in functions(package) if name in public}
    assert found.keys() == public
    assert [name for name, function in found.items() if not hasattr(function, "__gated__")] == []
    said = {n: f for _, n, f in functions(package) if n.startswith("say_") or n.endswith("_figure")}
    assert [name for name, function in said.items() if not hasattr(function, "__gated__")] == []


def calls(path):
    """Names that a module calls, and those that it imports."""
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Call):
            called = node.func
            yield called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def test_a_section_makes_no_number_of_its_own_and_hands_out_results():
    forbidden = {"estimate", "SurveyDesign", "read_round", "to_frame"}
    for path in (SOURCE / "reporting" / "report" / "sections").glob("*.py"):
        assert not forbidden.intersection(calls(path)), path.name


def test_files_and_screens_are_written_where_released_views_are():
    """Modules that write a table, and nobody else."""
    writers = {"csv_text", "json_text", "write_workbook"}
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if writers.intersection(calls(path)) and path.name != "writers.py"
    }
    assert found <= WRITERS, found - WRITERS


WRITERS = {
    "cli/shared.py",  # of the released view
    "cli/check.py",  # findings, which hold no value
    "reporting/profile/files.py",  # of the released view
    "reporting/formats/tables.py",  # of the files of sections
    "reporting/report/parts.py",  # of the files of sections
    "reporting/vintages/moved.py",  # of what was released
}


@pytest.fixture(scope="module")
def profile_of_survey(line):
    """Three tables of the profile as if of respondents, with what `bpsstats profile` decides."""
    round_ = bps.read_round(AREA, YEAR)
    for frame in (round_.households, round_.persons):
        frame.attrs |= {"source": "survey microdata"}
    made = poverty_profile(round_, line)
    chosen = [t for t in made.tables if t.declared.name in ("head_sex", "size", "lighting")]
    return chosen, disclosure(*chosen)


def test_no_planted_cell_can_be_had_from_the_tables_of_a_profile_together(profile_of_survey):
    """Households by the sex of their heads sum to those that are not poor, and these less a class
    of another table are the few of the other classes. Whoever tries all sums and differences of two
    figures that are shown finds no class of fewer than ten households.
    """
    tables, decided = profile_of_survey
    cells = [one for t in tables for e in t.entries for one in (e.number, e.value) if one]
    hidden = decided.result.withheld
    few = [one for one in cells if one.unit != "percent" and 0 < one.households < 10]
    assert {one.households for one in few} >= {1, 3}
    # A share is worth its part of the total to whoever knows the total.
    amounts = [one.counted().amount for one in cells if decided.labels[id(one)] not in hidden]
    assert len(amounts) > 5
    shown = np.unique(amounts)
    sums = [shown, np.subtract.outer(shown, shown).ravel(), np.add.outer(shown, shown).ravel()]
    had = {*np.round(np.concatenate(sums), 6)}
    assert [one.domain for one in few if round(one.estimate, 6) in had] == []


def test_a_figure_is_withheld_in_all_tables_that_it_stands_in(profile_of_survey):
    tables, decided = profile_of_survey
    totals = [
        e.number for t in tables for e in t.entries if (e.row, e.column) == ("total", "non_poor")
    ]
    assert len({n.estimate for n in totals}) == 1
    assert len(totals) == 3
    assert {decided.labels[id(n)] in decided.result.withheld for n in totals} == {True}


def test_those_who_are_not_poor_are_told_of_no_more_than_the_poor_where_these_are_few(households):
    """They differ from all by 14 households, which is fewer than a domain needs."""
    poor = households.column("expenditure_person_month") < np.sort(
        households.column("expenditure_person_month")
    )[14]  # fmt: skip
    women = bps.share("head_sex", "female")
    everybody = bps.estimate(households, women)
    others = bps.estimate(households, women, domain=~poor, domain_name="non-poor")
    decided = disclosure(others, everybody).result
    assert list(decided.withheld.values()) == [
        "fewer than 30 households from share:female / all / March 2022"
    ]


def test_no_decimal_is_told_that_was_rounded_away_and_a_mean_of_persons_has_its_own(households):
    lines = bps.estimate(households, [bps.poverty_gap(2e6), bps.mean("size", "persons")])
    gap, size = (row.estimate for row in lines)
    told = reporting.table(lines).frame.iloc[:, 1]
    assert [*told] == [f"{gap:.2f}", f"{size:.2f}"]
    assert f"  {gap:.2f} " in repr(lines)
    exact = replace(lines, rows=tuple(replace(row, source="synthetic microdata") for row in lines))
    assert [*reporting.table(exact).frame.iloc[:, 1]] == [f"{gap:.3f}", f"{size:.2f}"]
