"""What is withheld in one place is not told in another: in a table of other names, by what a figure
follows from, in an error, a reason, an interval or a band.
"""

import argparse
import json
import stat
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bpsstats as bps
from bpsstats.cli import model as model_command
from bpsstats.cli.shared import show
from bpsstats.disclosure import is_withheld, released
from bpsstats.disclosure.log import decision_log, keep_log, shown_earlier, write_log
from bpsstats.disclosure.released import disclosure, put_in_force
from bpsstats.models import education_model, education_specifications
from bpsstats.models.education.specifications import CHOICES
from bpsstats.models.education.welfare import predicted_poverty
from bpsstats.models.thin import TOO_THIN
from bpsstats.paths import AUDIENCE_VARIABLE
from bpsstats.poverty import (
    decompose_by_group,
    decompose_change,
    implied_factor,
    poverty_profile,
)
from bpsstats.published import published
from bpsstats.published.targets import POSITIVE
from bpsstats.reporting.figures.models import effects_figure
from bpsstats.reporting.profile.files import write_profile
from bpsstats.reporting.report.section import Section
from bpsstats.reporting.tables.models import glm_table
from bpsstats.reporting.words.language import language
from bpsstats.reporting.words.model import say_model_check
from bpsstats.survey import bootstrap

AREA, YEARS = "6471", (2021, 2022)


@pytest.fixture(autouse=True)
def external(monkeypatch):
    monkeypatch.setenv(AUDIENCE_VARIABLE, "external")


@pytest.fixture(scope="module")
def rounds():
    """Two rounds as if their records were of respondents."""
    read = [bps.read_round(AREA, year) for year in YEARS]
    made = [replace(r, provenance=replace(r.provenance, kind="survey")) for r in read]
    for each in made:
        for frame in (each.households, each.persons):
            frame.attrs |= {"source": "survey microdata"}
    return made


@pytest.fixture(scope="module")
def lines():
    return [bps.poverty_line(AREA, year) for year in YEARS]


@pytest.fixture(scope="module")
def designs(rounds):
    return [bps.SurveyDesign(each.households) for each in rounds]


def numbers(table):
    """Estimates that may be shown."""
    return [row.estimate for row in released(table) if not row.is_withheld]


def poorest(design, n):
    """The n poorest households, shape (n,)."""
    spent = design.column("expenditure_person_month")
    return spent <= np.sort(spent)[n - 1]


# A release decides for all tables of its notebooks.


def test_a_figure_that_a_release_withholds_is_withheld_under_any_name(designs):
    of_all = bps.estimate(designs[1], bps.share("head_sex", "female"))
    (cell,) = disclosure(of_all).result.cells
    last = {cell.label: {(cell.numerator - 1, cell.denominator - 1)}}
    decided = disclosure(of_all, earlier=last)
    assert list(decided.result.withheld) == ["share:female / all / March 2022"]
    everybody = {"domain": np.ones(designs[1].n, bool), "domain_name": "everybody"}
    again = bps.estimate(designs[1], bps.share("head_sex", "female"), **everybody)
    assert numbers(again)
    put_in_force(decided)
    assert not numbers(again)


def test_no_table_shows_what_differs_by_few_households_from_what_the_release_shows(designs):
    size = bps.mean("size", "persons")
    put_in_force(disclosure(bps.estimate(designs[1], size)))
    apart = {n: ~poorest(designs[1], n) for n in (3, 300)}
    shown = {
        n: numbers(bps.estimate(designs[1], size, domain=of, domain_name=f"but {n}"))
        for n, of in apart.items()
    }
    assert not shown[3]
    assert shown[300]
    # Nor do two tables of a notebook show what differs by few households.
    nearly = {"domain": ~poorest(designs[1], 303), "domain_name": "but 303"}
    assert not numbers(bps.estimate(designs[1], size, **nearly))
    again = {"domain": apart[300], "domain_name": "but 300"}
    assert numbers(bps.estimate(designs[1], size, **again)) == shown[300]


# What follows from figures that are withheld.


def test_a_part_of_a_change_by_class_is_not_told_where_the_rate_of_a_class_is_not(designs, lines):
    parts = decompose_by_group(*designs, *lines, "head_education", replicates=20)
    rates = bps.estimate(designs[1], bps.headcount(lines[1]), by="head_education")
    assert len(numbers(rates)) < len(rates)
    assert not numbers(parts.parts)
    assert ".." in repr(parts)


def test_a_change_is_not_told_where_the_rate_of_a_round_is_not(designs):
    """Few are poor below the line of the second round: the first rate and the change tell how
    many.
    """
    spent = np.sort(designs[1].column("expenditure_person_month"))
    found = decompose_change(*designs, 900_000.0, float(spent[7]), replicates=20)
    assert numbers(bps.estimate(designs[0], bps.headcount(900_000.0)))
    assert not numbers(found.total)
    assert not numbers(found.parts)


def test_what_a_line_contributes_is_not_told_where_few_households_lie_between_lines(designs):
    spent = np.sort(designs[1].column("expenditure_person_month"))
    near, far = (
        decompose_change(designs[0], designs[1], float(spent[200]), float(spent[k]), replicates=20)
        for k in (201, 300)
    )
    assert "line" in [row.statistic for row in near.parts]
    assert [row.is_withheld for row in released(near).parts if row.statistic == "line"] == [True]
    assert len(numbers(far.parts)) == 3
    # The parts add up to a change that is shown, so that one alone protects nothing.
    assert sum(row.is_withheld for row in released(near).parts) >= 2


def test_a_gap_to_a_group_of_few_households_is_not_told(designs):
    few = poorest(designs[1], 6).astype(float)
    frame = designs[1].frame.assign(few=few, half=(np.arange(designs[1].n) % 2).astype(float))
    design = bps.SurveyDesign(frame)
    assert not numbers(bps.oaxaca_blinder("size ~ dependency", design, "few").parts)
    assert numbers(bps.oaxaca_blinder("size ~ dependency", design, "half").parts)
    level = bps.SurveyDesign(frame.assign(level=np.where(few == 1, "few", "many")))
    by_level = bps.oaxaca_blinder("dependency ~ size + C(level)", level, "half")
    assert not numbers(by_level.by_term)


def test_the_quantile_of_a_class_is_not_told_by_a_regression(designs):
    """Of a class of five the coefficient is the spending of one of them less a constant."""
    few = poorest(designs[1], 5)
    frame = designs[1].frame.assign(
        few=np.where(few, "few", "many"), half=np.where(np.arange(len(few)) % 2, "odd", "even")
    )
    design, drawn = bps.SurveyDesign(frame), {}
    drawn["replicates"] = bootstrap(design, 30, seed=1)
    outcome = "expenditure_person_month"
    thin = bps.quantile_regression(f"{outcome} ~ C(few)", design, 0.5, **drawn)
    spent = designs[1].column(outcome)[few]
    assert np.abs(spent - thin.coefficients[0]).min() < 1  # the reference is the class itself
    assert not numbers(thin.estimates())
    assert set(thin.shown()["estimate"]) == {".."}
    full = bps.quantile_regression(f"{outcome} ~ C(half)", design, 0.5, **drawn)
    assert len(numbers(full.estimates())) == 2
    assert not numbers(
        bps.quantile_regression(f"{outcome} ~ C(half)", design, 0.01, **drawn).estimates()
    )


def test_a_prediction_is_not_told_of_a_regression_that_is_not(designs, lines):
    frame = designs[1].frame.assign(
        ratio=np.log(designs[1].column("expenditure_person_month") / float(lines[1])),
        few=np.where(poorest(designs[1], 5), "few", "many"),
        half=np.where(np.arange(designs[1].n) % 2, "odd", "even"),
    )
    design = bps.SurveyDesign(frame)
    for column, shown in (("few", False), ("half", True)):
        fit = bps.survey_regression(f"ratio ~ C({column})", design)
        made = predicted_poverty(fit, column, replicates=bootstrap(design, 30, seed=1))
        assert bool(numbers(made)) == shown, column


def test_a_test_of_a_table_does_not_tell_its_thin_cell(designs):
    """Of margins that are known, Cramér's V of a table of two by two follows from one cell."""
    few = poorest(designs[1], 60) & (np.arange(designs[1].n) % 9 == 0)
    many = np.arange(designs[1].n) % 2
    frame = designs[1].frame.assign(
        a=np.where(few, "few", "rest"), b=np.where(few & (many == 1), "x", "y"), c=many.astype(str)
    )
    design = bps.SurveyDesign(frame)
    thin, full = bps.crosstab(design, "a", "b"), bps.crosstab(design, "head_sex", "c")
    assert any(row.is_withheld for row in released(thin).shares)
    assert is_withheld(released(thin).test.cramers_v)
    assert "Cramér's V = .." in repr(thin)
    assert f"{thin.test.statistic:.3f}" not in repr(thin) + thin._repr_html_()
    assert released(full).test == full.test


# Limits, bands and errors.


def test_no_limit_of_a_quantile_is_the_value_of_one_of_a_few(designs):
    spent = np.sort(designs[1].column("expenditure_person_month"))
    shares = np.linspace(0.005, 0.995, 199)
    table = bps.estimate(designs[1], [bps.quantile(p) for p in shares])
    for row, raw in zip(released(table), table, strict=True):
        low, high = raw.interval()
        beyond = min((spent <= low).sum(), (spent >= high).sum())
        assert row.is_withheld or beyond >= 10, row.statistic
    assert numbers(table)


def test_a_factor_tells_neither_of_the_poor_nor_of_the_household_at_its_jump(
    rounds, designs, lines
):
    found = implied_factor(
        designs[1], lines[1], "2.3100", persons=bps.SurveyDesign(rounds[1].persons)
    )
    assert found.jump[1] > found.jump[2]
    view = released(found)
    assert all(map(is_withheld, view.jump[1:]))
    told = view.to_frame().set_index("of").drop(columns="figure")
    of_all = told.loc["all"].to_numpy(dtype=float)
    of_all = of_all[np.isfinite(of_all)]
    assert told.drop(index="all").isna().all(axis=None)
    assert len(of_all) > 10
    assert (of_all == of_all.round(2)).all()
    assert f"{found.jump[1]:.3f}" not in repr(found)


@pytest.fixture(scope="module")
def one_round(rounds, lines):
    """A model of 14 poor households, of which some classes have few."""
    return education_model(rounds[1:], lines[1:])


def test_a_model_that_is_withheld_tells_of_no_rate_no_class_and_no_count(one_round, capsys):
    assert one_round.result is not None
    assert released(one_round).result.is_withheld
    observed = 100 * np.average(one_round.result.columns.y, weights=one_round.design.weights)
    for lang in ("en", "id"):
        check = say_model_check(one_round, lang).text
        assert f"{observed:.2f}" not in check.replace(",", ".")
        assert "head_education" not in glm_table(one_round, lang).text
    assert glm_table(one_round).text == TOO_THIN
    assert str(one_round.result.events) in str(one_round.result.reason)
    options = argparse.Namespace(format="json", lang="en")
    show(one_round, options, {}, frame=model_command._effects)
    assert {row["reason"] for row in json.loads(capsys.readouterr().out)} == {""}


def test_a_figure_of_which_everything_is_withheld_is_left_out_with_a_sentence(one_round):
    class OfModel(Section):
        def draw(self):
            return effects_figure(one_round, self.lang)

    class Alone(OfModel):
        shows = ("figure",)

    assert effects_figure(one_round).is_empty
    assert not bps.plot_density(one_round.design).figure.is_empty
    for lang in ("en", "id"):
        assert Alone(None, lang).figure.text == language(lang).say("withheld")
        assert list(OfModel(None, lang).parts()) == []


def test_a_refusal_does_not_count_the_poor(rounds, lines):
    nobody = [replace(lines[1], value=100_000.0)]
    refused = education_model(rounds[1:], nobody)
    assert refused.result is None
    assert str(rounds[1].households.shape[0]) in refused.refused
    assert released(refused).refused == TOO_THIN
    assert TOO_THIN in repr(refused)
    rows = released(education_specifications(rounds[1:], nobody)).rows
    assert {row.refused for row in rows if row.result is None} == {TOO_THIN}


def test_the_band_of_other_findings_does_not_tell_the_rate_it_follows_from(rounds, lines):
    raw = education_specifications(rounds, lines)
    view = released(raw)
    assert len(view.rows) == len(CHOICES)
    assert view.band.low == round(raw.band.low, 2) != raw.band.low
    assert view.band.high == round(raw.band.high, 2) != raw.band.high
    hidden = [row for row in view.rows if row.result is not None and row.result.is_withheld]
    assert all(is_withheld(row.events) for row in hidden)


# Beside print.


def test_a_printed_direction_gives_no_number_away(designs, lines):
    """That the poor spend more on food is printed, and how much is withheld."""
    food = bps.food_share(designs[1], lines[1])
    more = food.row("mean_food_share", "poor") - food.row("mean_food_share", "non-poor")
    row = replace(more, statistic="difference:food_share", domain="poor less non-poor")
    raw = bps.compare(replace(food, rows=(row,)), published(AREA, 2022))
    assert [each.target.printed for each in raw] == [POSITIVE]
    (told,) = released(raw)
    assert told.verdict == raw.rows[0].verdict == "reproduced"
    assert all(map(is_withheld, (told.value, told.std_error, told.conf_low, told.conf_high)))
    assert f"{more.estimate:.1f}" not in repr(raw)


def test_what_is_recomputed_is_told_as_printed_or_rounded_as_anywhere(designs, lines):
    table = bps.estimate(designs[1], [bps.headcount(lines[1]), bps.gini(form="trapezoid")])
    targets = published(AREA, 2022)
    raw, view = bps.compare(table, targets), released(bps.compare(table, targets))
    for before, after in zip(raw, view, strict=True):
        assert after.verdict == before.verdict
        told = (after.value, after.std_error, after.conf_low, after.conf_high)
        full = (before.value, before.std_error, before.conf_low, before.conf_high)
        assert all(one != other for one, other in zip(told, full, strict=True))
        if after.verdict == "reproduced":
            assert after.value == after.target.value
    assert repr(released(view)) == repr(view)


# Earlier releases.


def cells_of(table, **options):
    return disclosure(table, **options).result


def test_a_release_is_held_against_all_that_the_area_has_released(designs, tmp_path):
    """In another language, of another year, and one before the last that withheld the figure."""
    size = bps.mean("size", "persons")
    first = bps.estimate(designs[1], size)
    (without, further) = (
        bps.estimate(designs[1], size, domain=~poorest(designs[1], n), domain_name="all")
        for n in (1, 40)
    )
    logs = {lang: decision_log(tmp_path, tmp_path / AREA / "2022" / lang) for lang in ("en", "id")}

    def release(table, log):
        """Whether a release shows the figure."""
        decided = cells_of(table, earlier=shown_earlier(tmp_path, AREA))
        write_log(decided, tmp_path, log)
        keep_log(tmp_path, log)
        return not decided.withheld

    assert release(first, logs["en"])
    assert not release(without, logs["id"])  # the other language
    assert not release(without, logs["en"])  # a revision
    assert not release(without, logs["en"])  # whose log shows the figure no more
    assert release(further, logs["en"])
    assert shown_earlier(tmp_path, "6401") == {}
    shown = shown_earlier(tmp_path, AREA)["mean:size / all / March 2022"]
    assert {base for _, base in shown} == {designs[1].n, designs[1].n - 40}


@pytest.mark.external
def test_a_profile_is_held_against_the_last_one(rounds, lines, tmp_path):
    """A household that was added between the two is not told of."""
    profile = poverty_profile(rounds[1], lines[1])
    few = replace(profile, tables=profile.tables[:4])
    folder = tmp_path / f"{AREA}-2022-profile-en"
    written = write_profile(few, lines[1], "en", folder)
    log = decision_log(tmp_path, folder)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert not list(folder.rglob("decisions.csv"))
    first = pd.read_csv(written.workbook.with_name("profile.csv"))["estimate"]
    assert first.notna().sum() > 5
    # As if the last one had counted one household more in each cell that it has shown.
    rows = pd.read_csv(log)
    rows["denominator"] += 1
    rows.to_csv(log, index=False)
    again = write_profile(few, lines[1], "en", folder, revision="a household was added")
    assert not again.is_same
    told = pd.read_csv(again.workbook.with_name("profile.csv"))["estimate"]
    assert told[first.notna()].isna().all()
