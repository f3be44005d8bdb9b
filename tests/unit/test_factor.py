"""The correction factor: one place, all the way round, and which factors a printed rate implies."""

import io
import json
from argparse import Namespace

import numpy as np
import pandas as pd
import pytest

from bpsstats.cli import main
from bpsstats.cli.facts import facts_of
from bpsstats.errors import LineError, NotEstimableError, ParameterError
from bpsstats.microdata import read_items
from bpsstats.models import pool_rounds
from bpsstats.paths import DATA_VARIABLE
from bpsstats.poverty import (
    PovertyLine,
    decompose_change,
    education_of_the_poor,
    estimate_poverty_line,
    food_share,
    headcount,
    headcount_curve,
    implied_factor,
    just_above,
    poor_count,
    poor_mask,
    poverty_gap,
    poverty_line,
    sen,
    sen_shorrocks_thon,
    severity,
    tip_curve,
    watts,
)
from bpsstats.poverty.lines.factors import correction_factor
from bpsstats.published import ledger
from bpsstats.reporting.report.release import annual_release
from bpsstats.reporting.report.run import make_report
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.line import say_line
from bpsstats.survey import SurveyDesign, estimate
from in_ci import every

FACTORS = [0.81, 0.87, 1.0, 1.1]
AMOUNTS = ["food_month", "nonfood_month", "expenditure_month", "expenditure_person_month"]
ROUNDING = 1e-9


def scaled(frame, factor):
    """Records whose spending has to be multiplied by the factor."""
    changed = frame.assign(**{column: frame[column] / factor for column in AMOUNTS})
    changed.attrs = frame.attrs
    return SurveyDesign(changed)


def corrected(factor):
    return poverty_line("6471", 2022, factor=factor)


def values(result):
    return [(row.statistic, row.domain, row.estimate, row.std_error) for row in result]


def named(rows):
    """Statistic and domain of each row; the statistics of a curve name their lines, which move."""
    return [(name.partition(":line=")[0], domain) for name, domain, *_ in values(rows)]


def same(left, right):
    assert named(left) == named(right)
    for a, b in zip(values(left), values(right), strict=True):
        assert a[2:] == pytest.approx(b[2:], rel=ROUNDING, nan_ok=True)


@pytest.mark.parametrize("factor", FACTORS)
def test_everything_that_hangs_on_the_line_is_as_without_a_factor(round_2022, factor):
    plain, line = SurveyDesign(round_2022.households), corrected(1)
    moved, other = scaled(round_2022.households, factor), corrected(factor)
    for make in (headcount, poor_count, poverty_gap, severity, watts, sen, sen_shorrocks_thon,
                 just_above):  # fmt: skip
        same(estimate(moved, make(other)), estimate(plain, make(line)))
    np.testing.assert_array_equal(poor_mask(moved, other), poor_mask(plain, line))
    same(food_share(moved, other), food_share(plain, line))
    persons = SurveyDesign(round_2022.persons)
    same(
        education_of_the_poor(scaled(round_2022.persons, factor), other),
        education_of_the_poor(persons, line),
    )
    for curve in (headcount_curve, tip_curve):
        same(curve(moved, other).points, curve(plain, line).points)
    parts = decompose_change(moved, plain, other, line, replicates=5)
    assert parts.total.rows[0].estimate == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("factor", FACTORS)
def test_the_factor_that_a_round_needs_is_found_and_with_it_the_profile(round_2022, factor):
    households = scaled(round_2022.households, factor)
    persons = scaled(round_2022.persons, factor)
    found = implied_factor(households, poverty_line("6471", 2022), "2.45", persons=persons)
    assert found.low <= factor < found.high
    assert found.is_possible
    assert found.needs_none == (factor == 1)
    assert found.conf_low < factor < found.conf_high
    assert found.holds_one == (found.conf_low <= 1 <= found.conf_high)
    line = corrected(1)
    right = {
        (row.statistic, row.domain): row.estimate
        for result in (
            estimate(SurveyDesign(round_2022.households), [poverty_gap(line), severity(line)]),
            food_share(SurveyDesign(round_2022.households), line),
            education_of_the_poor(SurveyDesign(round_2022.persons), line),
        )
        for row in result
    }
    shown = found.profile.set_index(["figure", "of"])
    for key, value in right.items():
        assert shown.loc[key, "low"] - 1e-9 <= value <= shown.loc[key, "high"] + 1e-9


def test_all_factors_that_print_the_rate_do_and_their_neighbours_do_not(round_2022):
    households = scaled(round_2022.households, 0.87)
    found = implied_factor(households, poverty_line("6471", 2022), 2.45)

    def prints(factor):
        rate = estimate(households, headcount(corrected(factor))).rows[0].estimate
        return 2.445 <= rate < 2.455

    inside = np.linspace(found.low * (1 + 1e-9), found.high * (1 - 1e-9), 9)
    assert all(prints(factor) for factor in inside)
    assert not prints(found.low * (1 - 1e-9))
    assert not prints(found.high * (1 + 1e-9))


def test_the_rounding_of_the_print_widens_the_interval(round_2022):
    households, line = SurveyDesign(round_2022.households), poverty_line("6471", 2022)
    wide = implied_factor(households, line, "2")
    narrow = implied_factor(households, line, "2.45")
    assert wide.low <= narrow.low < narrow.high <= wide.high
    assert wide.high - wide.low > narrow.high - narrow.low


def test_a_rate_between_two_households_is_printed_by_no_factor(round_2022):
    households, line = SurveyDesign(round_2022.households), poverty_line("6471", 2022)
    found = implied_factor(households, line, "2.3100")
    assert not found.is_possible
    factor, higher, lower = found.jump
    assert lower < 2.31 < higher
    for moved, rate in ((factor * (1 - 1e-9), higher), (factor * (1 + 1e-9), lower)):
        shown = estimate(households, headcount(corrected(moved))).rows[0].estimate
        assert shown == pytest.approx(rate)
    assert "No factor prints 2.3100 percent" in repr(found)
    assert found.profile["low"].notna().all()


def test_the_error_of_the_factor_is_that_of_the_quantile(round_2022):
    households, line = SurveyDesign(round_2022.households), poverty_line("6471", 2022)
    random = np.random.default_rng(6)
    found = implied_factor(households, line, "10")
    draws = []
    frame = households.frame.sort_values("expenditure_person_month")
    spent, weights = frame["expenditure_person_month"].to_numpy(), frame["weight_person"].to_numpy()
    psu = frame["psu"].factorize()[0]
    for _ in range(200):
        n_psus = psu.max() + 1
        drawn = np.bincount(random.integers(n_psus, size=n_psus), minlength=n_psus)
        reached = np.cumsum(weights * drawn[psu])
        draws.append(line.value / spent[np.searchsorted(reached, 0.1 * reached[-1])])
    assert found.std_error == pytest.approx(np.std(draws), rel=0.35)


@pytest.mark.parametrize("wrong", ["x", 0, 100, -2, "nan", True, None])
def test_a_rate_that_is_none_is_refused(round_2022, wrong):
    with pytest.raises(ParameterError, match=r"printed.rate"):
        implied_factor(
            SurveyDesign(round_2022.households), poverty_line("6471", 2022), wrong
        )  # fmt: skip


def test_a_rate_of_another_world_says_so(round_2022):
    with pytest.raises(NotEstimableError, match="same area and year"):
        implied_factor(SurveyDesign(round_2022.households), poverty_line("6471", 2022), "97")


@pytest.mark.parametrize("wrong", [0, -1, 87, "0.87", float("nan"), None, True])
def test_what_can_be_no_factor_is_refused(wrong):
    with pytest.raises(LineError, match="correction factor"):
        PovertyLine(680_499, "6471", "x", 2022, "test", factor=wrong)


def test_headings_notes_sentences_and_pools_show_the_factor(round_2022):
    line = corrected(0.87)
    households = SurveyDesign(round_2022.households)
    persons = SurveyDesign(round_2022.persons)
    shown = estimate(households, [headcount(line), poverty_gap(line)])
    pool = pool_rounds([round_2022], [line])
    for result in (
        shown, food_share(households, line), education_of_the_poor(persons, line),
        headcount_curve(households, line).points,
    ):  # fmt: skip
        assert result.heading.count("correction factor 0.87") == 1
    assert "correction factor 0.87 in 2022" in pool.heading
    assert "correction factor 0.87 (given)" in repr(line)
    for lang, words in (("en", "correction factor 0.87"), ("id", "faktor koreksi 0,87")):
        made = table(shown, lang)
        assert any(words in said for said in (made.caption, *made.notes))
    assert "0,8700" in say_line(line, None, "id").text
    assert "782,183" in say_line(line, None, "en").text
    assert "factor" not in estimate(households, headcount(corrected(1))).heading


def test_with_a_factor_that_meets_the_rate_the_ledger_calls_it_given():
    plain, given = ledger("6471", 2022), ledger("6471", 2022, factor=0.9999)
    verdict = {(row.target.indicator, row.target.domain): row.shown_verdict for row in given}
    assert verdict["headcount", "all"] == verdict["poor_count", "all"] == "given"
    assert verdict["poverty_gap", "all"] != "given"
    assert {row.shown_verdict for row in plain if row.target.indicator == "headcount"} == {
        "calibrated"
    }
    (cell,) = [row for row in given if row.target.indicator == "headcount"]
    assert cell.cause == "the correction factor was chosen to meet this cell"
    # One that does not meet it is not given.
    missed = {row.target.indicator: row.shown_verdict for row in ledger("6471", 2022, factor=0.8)}
    assert missed["headcount"] != "given"


def test_the_project_knows_what_one_office_published_and_nothing_of_balikpapan():
    assert correction_factor("1707", 2024).value == 0.86987940631734
    assert correction_factor("1707", 2025).value == 0.8135755811606
    assert correction_factor("1707", 2024).source
    assert {correction_factor("6471", year).value for year in range(2010, 2030)} == {1.0}


def own_file(folder, monkeypatch, text):
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    (folder / "correction_factors.yaml").write_text(text, encoding="utf8")


def test_a_file_beside_the_data_takes_precedence_and_the_option_before_it(tmp_path, monkeypatch):
    own = 'factors: {"6471": {2022: {value: 0.9, source: "letter of 2 May"}}}'
    own_file(tmp_path, monkeypatch, own)
    line = poverty_line("6471", 2022)
    assert (line.factor, line.factor_source) == (0.9, "letter of 2 May")
    assert poverty_line("6471", 2021).factor == 1
    assert correction_factor("1707", 2024).value == 0.86987940631734
    assert poverty_line("6471", 2022, factor=0.85).factor == 0.85
    own_file(tmp_path, monkeypatch, own.replace("0.9", "0.91"))
    assert poverty_line("6471", 2022).factor == 0.91
    monkeypatch.delenv(DATA_VARIABLE)
    assert poverty_line("6471", 2022, raw=tmp_path).factor == 0.91
    assert poverty_line("6471", 2022).factor == 1
    with facts_of(Namespace(area="6471", year=2022, factor={None: 0.8}, raw=tmp_path)):
        assert poverty_line("6471", 2022).factor == 0.8
        assert poverty_line("6472", 2022).factor == 1
        assert poverty_line("6471", 2022).factor_source == "option --factor"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('factors: {"06471": {2022: {value: 0.9, source: x}}}', "BPS code of four digits"),
        ('factors: {"6471": {"x": {value: 0.9, source: x}}}', "a year of four digits"),
        ('factors: {"6471": {2022: 0.9}}', "list of entries"),
        ('factors: {"6471": {2022: {value: 0.9}}}', "no source"),
        ('factors: {"6471": {2022: {value: 0.9, sourse: y}}}', "Did you mean source"),
        ('factors: {"6471": {2022: {value: 90, source: x}}}', "between 0.3 and 3"),
        ('factors: {"6471": {2022: {value: "0,9", source: x}}}', "between 0.3 and 3"),
        ('faktor: {"6471": {2022: {value: 0.9, source: x}}}', "Did you mean factors"),
        ('factors: {"6471": {2022: {value: 0.9, source: x}\n', "from this line on"),
        ("factors: [1]", "list of entries"),
    ],
)
def test_a_file_of_factors_that_cannot_be_used_is_named(tmp_path, monkeypatch, text, words):
    own_file(tmp_path, monkeypatch, text)
    with pytest.raises(LineError, match=words) as error:
        poverty_line("6471", 2022)
    assert "correction_factors.yaml" in str(error.value)


def in_one_line(text):
    """A text as it was before its lines were broken."""
    return " ".join(text.split())


def shown_by(capsys, *arguments):
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_the_option_reaches_the_estimates_and_leaves_no_trace(capsys, round_2022):
    code, out, _ = shown_by(capsys, "estimate", "--factor", "0.87", "--format", "json")
    rates = {row["statistic"]: row["estimate"] for row in json.loads(out)}
    design = SurveyDesign(round_2022.households)
    assert code == 0
    assert rates["headcount"] == estimate(design, headcount(corrected(0.87))).rows[0].estimate
    out = in_one_line(shown_by(capsys, "estimate", "--factor", "0.87")[1])
    assert "correction factor 0.87" in out
    assert poverty_line("6471", 2022).factor == 1
    out = in_one_line(shown_by(capsys, "reproduce", "--factor", "0.8")[1])
    assert "correction factor 0.8" in out


@pytest.mark.external
def test_a_factor_for_several_years_says_which(capsys):
    asked = ("model", "--years", "2021,2022", "--factor")
    out = in_one_line(shown_by(capsys, *asked, "2021=0.95,2022=0.9")[1])
    assert "correction factor 0.95 in 2021, correction factor 0.9 in 2022" in out
    out = in_one_line(shown_by(capsys, *asked, "0.95")[1])
    assert "correction factor 0.95 in 2021, correction factor 0.95 in 2022" in out
    code, _, err = shown_by(capsys, "estimate", "--factor", "87")
    assert code == 2
    assert "no percentage" in err.replace("\n", " ")


def test_the_command_says_what_the_printed_rate_takes_for_granted(capsys):
    code, out, _ = shown_by(capsys, "factor")
    assert code == 0
    assert "follows from these data without a factor" in in_one_line(out)
    code, out, _ = shown_by(capsys, "factor", "--rate", "1.5", "--format", "csv")
    columns = "figure,of,without,low,high,std_error,conf_low,conf_high"
    assert out.splitlines()[0] == f"area_code,area,period,{columns},source"
    code, _, err = shown_by(capsys, "factor", "--rate", "x")
    assert code == 2
    assert "as it was printed" in err


def test_files_say_the_kind_of_data_and_the_factor_of_each_row(capsys):
    def columns(*arguments):
        table = pd.read_csv(io.StringIO(shown_by(capsys, *arguments, "--format", "csv")[1]))
        return {c: list(table[c].unique()) for c in ("source", "correction_factor") if c in table}

    kind = {"source": ["synthetic microdata"]}
    assert columns("estimate") == kind
    assert columns("estimate", "--factor", "0.87") == kind | {"correction_factor": [0.87]}
    assert columns("line", "--factor", "0.9") == kind | {"correction_factor": [0.9]}
    several = columns("reproduce", "--factor", "2021=0.9,2022=0.87")
    assert several == kind | {"correction_factor": ["0.9 in 2021, 0.87 in 2022"]}


def test_many_areas_say_which_has_which_factor(tmp_path, monkeypatch, capsys):
    text = 'factors: {"6471": {2022: {value: 0.87, source: letter}}}'
    (tmp_path / "correction_factors.yaml").write_text(text, encoding="utf8")
    monkeypatch.setenv("BPSSTATS_FACTS", str(tmp_path))
    asked = ("estimate-areas", "--years", "2021,2022", "--in-process", "--quiet")
    heading = in_one_line(shown_by(capsys, *asked)[1].partition("\n\n")[0])
    assert heading.endswith("correction factor 0.87 of 6471 in 2022")
    table = pd.read_csv(io.StringIO(shown_by(capsys, *asked, "--format", "csv")[1]))
    by_period = table.groupby("period")["correction_factor"].unique()
    assert np.isnan(by_period["March 2021"]).all()
    assert list(by_period["March 2022"]) == [0.87]


@pytest.mark.parametrize("factor", every(3, FACTORS))
def test_the_reference_population_of_a_rebuilt_line_is_that_of_corrected_spending(
    round_2022, factor
):
    items, before = read_items("6471", 2022), poverty_line("6471", 2021)
    plain = estimate_poverty_line(SurveyDesign(round_2022.households), items, before)
    needs = scaled(round_2022.households, factor)
    line = estimate_poverty_line(needs, items, before, factor=factor)
    assert line.total.estimate == pytest.approx(plain.total.estimate, rel=1e-12)
    assert line.total.std_error == pytest.approx(plain.total.std_error, rel=1e-9)
    rate, of_plain = line.headcount(), plain.headcount()
    for known, other in zip(rate, of_plain, strict=True):
        assert known.estimate == pytest.approx(other.estimate, rel=1e-12)
        assert known.std_error == pytest.approx(other.std_error, rel=1e-6)
    assert ("correction factor" in repr(line)) == (factor != 1)
    with pytest.raises(LineError, match="correction factor"):
        estimate_poverty_line(needs, items, before, factor=87)


def test_a_report_takes_a_factor_of_the_year_or_of_each(monkeypatch, tmp_path):
    seen = []

    def made(*_, **__):
        seen.append([poverty_line("6471", year).factor for year in (2021, 2022)])
        return tmp_path

    monkeypatch.setattr("bpsstats.reporting.report.run._made", made)
    for factor in (None, 0.87, {2021: 0.9, 2022: 0.87}):
        make_report("6471", 2022, factor=factor, progress=False)
    assert seen == [[1, 1], [1, 0.87], [0.9, 0.87]]
    with pytest.raises(LineError, match="no percentage"):
        make_report("6471", 2022, factor=87, progress=False)
    [series] = [s for s in annual_release("6471", 2019, factor={2018: 0.9}) if s.name == "series"]
    files = series.files()["poverty-by-round"].set_index("period")["correction_factor"]
    assert set(files["March 2018"]) == {0.9}
    assert files["March 2019"].isna().all()


def test_reports_made_elsewhere_are_given_the_same_facts(monkeypatch, tmp_path):
    asked = ("report", "--years", "2021,2022", "--factor", "2021=0.9,2022=0.87")
    seen = []

    def made(tasks, **_):
        seen.extend(tasks)
        return []

    monkeypatch.setattr("bpsstats.reporting.report.many.make_reports", made)
    main([*asked, "--scheduler", "tcp://127.0.0.1:1", "--out", str(tmp_path)])
    assert [task.options[:2] for task in seen] == [("--factor", "2021=0.9,2022=0.87")] * 2
    assert "BPSSTATS_FACTS" in seen[0].settings


def test_facts_of_one_area_and_year_are_refused_for_several(capsys):
    for asked, words in (
        (("--area", "6471,6472", "--factor", "0.9"), "of one area"),
        (("--area", "all", "--line", "700000", "--line-source", "x"), "of one area"),
        (("--years", "2021,2022", "--line", "700000", "--line-source", "x"), "of one year"),
    ):
        code, _, err = shown_by(capsys, "report", *asked)
        assert code == 2
        assert words in err.replace("\n", " ")
    for command in ("factor", "record", "bounds", "check", "build"):
        with pytest.raises(SystemExit):
            main([command, "--factor", "0.9"])


def test_the_food_share_is_shown_both_ways_and_named(round_2022):
    households = SurveyDesign(round_2022.households)
    found = food_share(households, poverty_line("6471", 2022))
    frame = round_2022.households
    poor = (frame["expenditure_person_month"] < 680_499).to_numpy()
    weights = frame["weight_person"].to_numpy()
    share = 100 * (frame["food_month"] / frame["expenditure_month"]).to_numpy()
    per_person = [
        (frame[c] / frame["size"]).to_numpy() for c in ("food_month", "expenditure_month")
    ]
    for group, mask in (("poor", poor), ("non-poor", ~poor), ("all", poor | True)):
        w = weights * mask
        sums = 100 * (w @ per_person[0]) / (w @ per_person[1])
        assert found.row("food_share", group).estimate == pytest.approx(sums)
        assert found.row("mean_food_share", group).estimate == pytest.approx(w @ share / w.sum())
    labels = " ".join(table(found, "en").frame.iloc[:, 0]) + " ".join(
        table(found, "en").frame.iloc[:, 1]
    )
    assert "ratio of sums" in labels
    assert "as BPS offices compute it" in labels
