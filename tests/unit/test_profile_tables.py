"""The tables of the profile: counted by hand, adding up, withheld where few are behind them."""

import json
import multiprocessing
from collections import defaultdict
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from bpsstats.disclosure import policy_for, released
from bpsstats.disclosure.views import rebuilt
from bpsstats.errors import ParameterError, RevisionError, WithheldError
from bpsstats.microdata.concepts import concepts, questions
from bpsstats.microdata.layouts import load_layout
from bpsstats.poverty import poverty_line
from bpsstats.poverty.profile.cells import TOTAL
from bpsstats.poverty.profile.declared import YEARBOOK, declared_tables, office_numbers
from bpsstats.poverty.profile.differences import differences, holm
from bpsstats.poverty.profile.tables import poverty_profile
from bpsstats.processes import beside
from bpsstats.reporting.profile.files import MEANING, _tables, write_profile
from bpsstats.reporting.profile.page import profile_page, sections
from bpsstats.reporting.profile.pictures import drawn_tables, profile_figure, shown_percents
from bpsstats.reporting.profile.shown import status, withheld, words
from bpsstats.reporting.profile.tables import profile_table
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.language import LANGUAGES, language

LINE = 500_000.0
PLACE = ["table", "sex", "within", "concept", "row"]


@pytest.fixture(scope="module")
def profile(round_2022):
    return poverty_profile(round_2022, poverty_line("6471", 2022))


@pytest.fixture(scope="module")
def written(profile, tmp_path_factory):
    """The workbook of the profile in each language, its other files beside it."""
    folder = tmp_path_factory.mktemp("profile")
    return {
        lang: write_profile(profile, 680_499, lang, folder / lang).workbook for lang in LANGUAGES
    }


@pytest.fixture(scope="module")
def cells(profile):
    return profile.to_frame()


@pytest.fixture(scope="module")
def eight(round_2022):
    """Eight households in four blocks of two strata; h1, h2 and h5 are poor."""
    households = pd.DataFrame(
        {
            "household": [f"h{i}" for i in range(1, 9)],
            "psu": list("11223344"),
            "stratum": list("aaaabbbb"),
            "weight_hh": [10.0, 20, 30, 40, 10, 20, 30, 40],
            "size": [4, 1, 2, 7, 5, 3, 1, 2],
            "expenditure_person_month": [3e5, 4e5, 6e5, 7e5, 4.5e5, 5e5, 9e5, 8e5],
            "floor_area": [28.0, 8, 36, 50, 40, 21.6, 36, 36],
        }
    )
    households["weight_person"] = households["weight_hh"] * households["size"]
    persons = households.loc[
        households.index.repeat(households["size"]),
        ["household", "psu", "stratum", "size", "expenditure_person_month"],
    ]
    persons["weight_person"] = households["weight_hh"].repeat(households["size"])
    member = persons.groupby("household").cumcount()
    persons["relation"] = np.where(member == 0, "head", "child")
    persons["age"] = np.where(member == 0, 40, 10)
    sex = np.where(member % 2 == 0, "male", "female")
    persons["sex"] = pd.Categorical(sex, ["male", "female"], ordered=True)
    for frame in (households, persons):
        frame.attrs = {"period": "March 2022", "source": "survey microdata", "absent": {}}
    persons = persons.reset_index(drop=True)
    return poverty_profile(replace(round_2022, households=households, persons=persons), LINE)


def cell(profile, table, row, column):
    return next(
        e for e in profile.table(table).entries if (e.row, e.column, e.sex) == (row, column, "both")
    )


@pytest.mark.parametrize(
    ("table", "row", "column", "number", "percent", "households"),
    [
        # Households: poor 10 + 20 + 10 = 40, others 30 + 40 + 20 + 30 + 40 = 160.
        ("size", "s1", "poor", 20, 50, 1),
        ("size", "s4", "poor", 20, 50, 2),
        ("size", "s1", "non_poor", 120, 75, 4),
        ("size", "s7", "all", 40, 20, 1),
        # 28/4 = 7 is small, 50/7 = 7.14 too, 21.6/3 = 7.2 too; 8, 36, 8, ... are large.
        ("floor_area", "small", "poor", 10, 25, 1),
        ("floor_area", "small", "non_poor", 60, 37.5, 2),
        # Persons of h1: 2 men, 2 women of weight 10; h2: 1 man of 20; h5: 3 men, 2 women of 10.
        ("sex", "male", "poor", 20 + 20 + 30, 100 * 70 / 110, 3),
        ("sex", "female", "poor", 20 + 20, 100 * 40 / 110, 2),
        # Heads are 40, everybody else 10.
        ("age", "a15", "poor", 40, 100 * 40 / 110, 3),
        ("head_age", "a25", "poor", 40, 100, 3),
    ],
)
def test_eight_households_counted_by_hand(eight, table, row, column, number, percent, households):
    found = cell(eight, table, row, column)
    assert found.number.estimate == pytest.approx(number)
    assert found.value.estimate == pytest.approx(percent)
    assert found.number.households == households


def test_whoever_spends_the_line_is_not_poor(eight):
    assert cell(eight, "size", TOTAL, "poor").number.estimate == 40


def test_deciles_follow_expenditure_and_hold_whole_households(eight):
    # Of 620 persons 230 spend up to 600,000 (h3) and 510 up to 700,000 (h4): the quantiles of 40
    # and 80 percent, 248 and 496 persons, are both h4's.
    group = eight.designs["households"].frame["group_40_40_20"].tolist()
    assert group == ["low_40"] * 6 + ["top_20"] * 2


def test_a_table_whose_column_is_not_there_says_so_in_words(eight):
    table = eight.table("roof")
    assert table.entries == ()
    assert table.reason == "The round has no column roof."


def test_a_round_without_a_concept_gives_its_reason():
    from bpsstats.microdata import read_round

    old = poverty_profile(read_round("6471", 2018), poverty_line("6471", 2018))
    assert old.table("roof").reason == "The layout of March 2018 has no column for roof."
    assert old.table("age").entries
    assert "without" in repr(old)


def test_classes_add_up_to_their_total(cells):
    numbers = cells[(cells["measure"] == "number") & (cells["concept"] != "poverty")]
    keys = [name for name in PLACE if name != "row"] + ["column"]
    classes = numbers[numbers["row"] != TOTAL].groupby(keys)["estimate"].sum()
    totals = numbers[numbers["row"] == TOTAL].set_index(keys)["estimate"]
    assert len(totals) > 200
    np.testing.assert_allclose(classes.sort_index(), totals.sort_index(), rtol=1e-12)


def test_percents_of_a_column_add_up_to_100(cells):
    percents = cells[(cells["measure"] == "value") & (cells["concept"] != "poverty")]
    sums = percents.groupby(["table", "sex", "within", "concept", "column"])["estimate"].sum(
        min_count=1
    )
    np.testing.assert_allclose(sums.dropna(), 100, rtol=1e-12)


def test_poor_and_others_add_up_to_all(cells):
    numbers = cells[(cells["measure"] == "number") & (cells["unit"] != "Rp")]
    wide = numbers[numbers["concept"] != "poverty"].pivot_table(
        index=PLACE, columns="column", values="estimate"
    )
    wide = wide.dropna(subset=["poor", "non_poor"])
    np.testing.assert_allclose(wide["poor"] + wide["non_poor"], wide["all"], rtol=1e-12)


def test_men_and_women_add_up_to_both(cells):
    numbers = cells[(cells["measure"] == "number") & (cells["unit"] != "Rp")]
    wide = numbers.pivot_table(
        index=["table", "within", "concept", "row", "column"], columns="sex", values="estimate"
    ).dropna()
    assert len(wide) > 100
    np.testing.assert_allclose(wide["male"] + wide["female"], wide["both"], rtol=1e-12)


def test_the_order_of_rows_moves_no_cell(round_2022, cells):
    turned = {
        name: getattr(round_2022, name).sample(frac=1, random_state=7).reset_index(drop=True)
        for name in ("households", "persons")
    }
    for name, frame in turned.items():
        frame.attrs = getattr(round_2022, name).attrs
    again = poverty_profile(replace(round_2022, **turned), poverty_line("6471", 2022)).to_frame()
    np.testing.assert_allclose(again["estimate"], cells["estimate"], rtol=1e-13, atol=1e-12)
    np.testing.assert_allclose(again["std_error"], cells["std_error"], rtol=1e-9, atol=1e-12)


def test_status_follows_the_corrected_line_and_deciles_do_not(round_2022, profile):
    plain = poverty_line("6471", 2022)
    corrected = poverty_profile(round_2022, replace(plain, factor=0.87))
    raised = poverty_profile(round_2022, plain.value / 0.87)
    assert cell(corrected, "size", TOTAL, "poor").number.estimate == pytest.approx(
        cell(raised, "size", TOTAL, "poor").number.estimate
    )
    by_decile = [
        [e.number.estimate for e in p.table("water_by_decile").entries]
        for p in (corrected, profile)
    ]
    assert by_decile[0] == by_decile[1]


def test_every_table_of_the_office_and_every_graph_is_covered():
    numbers = [office_numbers(declared) for declared in declared_tables()]
    assert set().union(*numbers) == set(range(1, 70))
    assert [t.name for t in declared_tables() if "G1-G3" in t.covers] == ["water_by_decile"]


@pytest.mark.parametrize(
    ("declared", "numbers"),
    [(t, sorted(office_numbers(t))) for t in declared_tables() if t.by_sex],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_table_of_men_women_and_both_is_three_of_the_office(declared, numbers):
    assert numbers[:3] == list(range(numbers[0], numbers[0] + 3))


def test_every_table_of_the_yearbook_is_covered_by_poverty_status():
    of = {name: t for t in declared_tables() for name in t.yearbook}
    assert of.keys() == YEARBOOK.keys()
    assert {t.columns for t in of.values()} == {"status"}


def why_lacking(declared, year):
    """Why a round of a year cannot have a table, by its layout alone; nothing where it can."""
    layout = load_layout(year)
    asked = [concepts()[name] for name in (*declared.rows, *filter(None, [declared.within]))]
    lacking = [q for c in asked for q in c.questions if year not in questions()[q].columns]
    if declared.amounts.startswith("blok") and not layout.groups(declared.amounts):
        lacking.append(declared.amounts)
    return lacking


@pytest.mark.parametrize("year", range(2021, 2026))
def test_every_table_can_be_made_of_each_round_from_2021_to_2025_but_one(year):
    lacking = {t.name: why_lacking(t, year) for t in declared_tables() if why_lacking(t, year)}
    # No source tells the headers of block 42 in 2025. Spending on other than food of the poor and
    # of the others is then in the table of sums, which has the same number.
    assert lacking == ({"nonfood_groups": ["blok42"]} if year == 2025 else {})
    told = [office_numbers(t) for t in declared_tables() if t.name not in lacking]
    assert set().union(*told) == set(range(1, 70))


def test_holm_counts_every_comparison(profile):
    found = differences(profile)
    p = np.array([one.test.p_value for one in found])
    np.testing.assert_array_equal(holm(p), [one.p_holm for one in found])
    known = p[np.isfinite(p)]
    assert min(one.p_holm for one in found if np.isfinite(one.p_holm)) == pytest.approx(
        len(known) * known.min()
    )


def test_differences_that_can_be_told_come_first_and_the_largest_before_the_smaller(profile):
    found = differences(profile)
    significant = [one.is_significant for one in found]
    assert significant == sorted(significant, reverse=True)
    assert any(significant)
    for part in (True, False):
        sizes = [abs(o.difference) for o in found if o.is_significant is part]
        sizes = [size for size in sizes if np.isfinite(size)]
        assert sizes == sorted(sizes, reverse=True)


def of_survey(result):
    """A result as if its data were not synthetic."""
    kind = {"source": "survey microdata"}
    policy = policy_for("external")
    return rebuilt(result, lambda leaf: replace(leaf, **kind), policy)


def assert_withheld_stand_last(tests, told):
    """Of comparisons that are withheld nothing is told but their names, in order and after all."""
    names = ["table", "sex", "within", "concept"]
    is_told = tests["method"].notna()  # of one that cannot be estimated too
    assert is_told.any() == told
    assert not is_told.all()
    assert is_told.is_monotonic_decreasing
    hidden = tests[~is_told].fillna({"within": ""})
    assert hidden.drop(columns=names).isna().all(axis=None)
    assert hidden[names].apply(tuple, axis=1).is_monotonic_increasing


@pytest.mark.external
def test_the_place_of_a_difference_that_is_withheld_does_not_bound_it(profile):
    hidden = {name: released(of_survey(profile)).table(name) for name in ("size", "tenure")}
    tables = tuple(hidden.get(table.declared.name, table) for table in profile.tables)
    partly = replace(profile, tables=tables)
    tests = _tables(partly, differences(profile))["differences"]
    assert_withheld_stand_last(tests, told=True)
    assert {"size", "tenure"} == set(tests.loc[tests["method"].isna(), "table"])


@pytest.mark.external
def test_real_data_pass_the_gate_and_nothing_is_told_of_what_it_withholds(profile, tmp_path):
    real = of_survey(profile)
    assert not withheld(profile.table("size"))
    assert withheld(released(real).table("size"))
    shown = released(real).to_frame()
    hidden = shown[shown["withheld"]]
    poor = hidden[(hidden["table"] == "size") & (hidden["column"] == "poor")]
    assert {"s1", "s7"} <= set(poor["row"])  # three households and one
    assert (
        hidden[["estimate", "std_error", "conf_low", "households", "n_psu"]].isna().all(axis=None)
    )
    assert shown.loc[~shown["withheld"], "estimate"].notna().mean() > 0.9
    # Fourteen poor households: hardly a figure of them or of the others, and of all none that is a
    # few households from that of another table, as literacy by three ages.
    of_all = shown[(shown["column"] == "all") & (profile.to_frame()["households"] >= 10)]
    assert (~of_all["withheld"]).mean() > 1 / 3
    written = write_profile(real, 680_499, "id", tmp_path / "p").workbook
    book = openpyxl.load_workbook(written)
    assert_withheld_stand_last(pd.read_csv(written.parent / "differences.csv"), told=False)
    values = [value for row in book["Tabel 8"].iter_rows(values_only=True) for value in row]
    assert ".." in values


@pytest.mark.external
def test_a_picture_of_survey_data_draws_all_where_the_columns_are_withheld_and_no_empty_table(
    profile,
):
    real = released(of_survey(profile))
    by_column = {entry.column for entry in shown_percents(real.table("size"))}
    assert by_column == {"all"}
    assert {e.column for e in shown_percents(profile.table("size"))} == {"poor", "non_poor"}
    assert 0 < len(drawn_tables(real, "people")) < len(drawn_tables(profile, "people"))
    assert sections(real, "en")["people"]()[0].startswith("<figure>")
    nothing = replace(real, tables=tuple(t for t in real.tables if not shown_percents(t)))
    assert not drawn_tables(nothing, "people")
    assert not any("<figure>" in part for part in sections(nothing, "en")["people"]())
    with pytest.raises(WithheldError, match="Too few households"):
        profile_figure(nothing, "people")
    assert words("en")["all_withheld"] in profile_page(real, (), (), "en", defaultdict(list))


@pytest.mark.external
def test_a_mean_of_persons_is_rounded_as_no_number_of_persons(profile):
    shown = {
        (entry.row, entry.column): entry.number.estimate
        for table in released(of_survey(profile)).tables
        for entry in table.entries
        if table.declared.name in ("mean_size", "size") and entry.number is not None
    }
    exact = cell(profile, "mean_size", "mean:size", "all").number.estimate
    assert shown["mean:size", "all"] == pytest.approx(exact, abs=5e-4)
    assert shown["total", "all"] % 10 == 0
    # Nor is a difference of means, while one of numbers is rounded as they are.
    mean, number = (
        of_survey(cell(profile, name, row, "all").number)
        for name, row in (("mean_size", "mean:size"), ("size", "total"))
    )
    gap = released(mean - replace(mean, estimate=mean.estimate - 0.25))
    assert gap.estimate == pytest.approx(0.25, abs=5e-5)
    few = number - replace(number, estimate=number.estimate - 7)
    assert few.base_of_rounding(policy_for("external")) == 10


@pytest.mark.parametrize(
    ("lang", "first", "column", "percent_of"),
    [("id", "Sampul", "Miskin", "Persen"), ("en", "Cover", "Poor", "Percent")],
)
def test_the_workbook_has_a_sheet_a_table_with_numbers_as_numbers(
    profile, written, lang, first, column, percent_of
):
    book = openpyxl.load_workbook(written[lang])
    assert book.sheetnames[0] == first
    assert len(book.sheetnames) == 4 + len(profile.tables)
    sheet = book[book.sheetnames[4]]
    assert sheet["A1"].value == profile.table("sex").declared.titles[lang]
    heads = {cell.value: cell for cell in sheet[3]}
    percent = cell(profile, "sex", "male", "poor").value.estimate
    shown = sheet.cell(4, heads[f"{column}: {percent_of}"].column)
    assert shown.value == pytest.approx(percent, rel=1e-15)
    assert shown.number_format == "#,##0.00"
    assert sheet.cell(4, shown.column - 1).number_format == "#,##0"
    link = book.worksheets[1]["A4"].hyperlink
    assert link.location == f"'{book.sheetnames[3]}'!A1"


@pytest.mark.external
def test_the_same_profile_gives_the_same_bytes(profile, written, tmp_path):
    again = write_profile(profile, 680_499, "id", tmp_path / "again")
    assert again.workbook.read_bytes() == written["id"].read_bytes()


@pytest.fixture
def short(profile):
    """A profile of two tables, which is quick to write."""
    return replace(profile, tables=(profile.table("sex"), profile.table("tenure")))


def files_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def raised(profile):
    """The profile with one number raised by a person."""
    table = profile.table("sex")
    first, *rest = table.entries
    number = replace(first.number, estimate=first.number.estimate + 1)
    moved = replace(table, entries=(replace(first, number=number), *rest))
    return replace(profile, tables=(moved, profile.table("tenure")))


@pytest.mark.external
def test_a_profile_that_is_the_same_is_left_as_it_is_with_or_without_a_reason(short, tmp_path):
    folder = tmp_path / "p"
    assert not write_profile(short, 680_499, "en", folder).is_same
    before, inode = files_in(folder), folder.stat().st_ino
    for reason in (None, "nothing to revise"):
        assert write_profile(short, 680_499, "en", folder, revision=reason).is_same
        assert files_in(folder) == before
        assert folder.stat().st_ino == inode


def test_another_profile_is_refused_with_what_moved_and_nothing_is_overwritten(short, tmp_path):
    folder = tmp_path / "p"
    write_profile(short, 680_499, "en", folder)
    before = files_in(folder)
    with pytest.raises(RevisionError) as refused:
        write_profile(raised(short), 680_499, "en", folder)
    said = refused.value.paragraph
    assert "profile, sex, both, sex, male, poor, number, estimate: " in said
    assert "--revision" in said
    assert "make report" not in said
    assert files_in(folder) == before
    listed = pd.read_csv(tmp_path / "moved-p.csv")
    assert (listed["after"] - listed["before"]).max() == pytest.approx(1)


def test_a_revised_profile_keeps_the_earlier_one_and_tells_what_moved(short, tmp_path):
    folder = tmp_path / "p"
    write_profile(short, 680_499, "id", folder)
    before = files_in(folder)
    (folder / "catatan.txt").write_text("milik pengguna")
    for _ in range(2):  # the second time it is the same
        write_profile(raised(short), 680_499, "id", folder, revision="bobot diperbaiki")
    assert files_in(tmp_path / "earlier" / "p-1") == before
    told = json.loads((folder / "profile.json").read_text("utf8"))["revisions"]
    assert [(r["vintage"], r["reason"]) for r in told] == [(2, "bobot diperbaiki")]
    moved = pd.read_csv(folder / "revisions.csv")
    assert "estimate" in set(moved["column_moved"])
    book = openpyxl.load_workbook(folder / "profil-kemiskinan-6471-2022.xlsx")
    notes = [cell.value for cell in book["Catatan"]["B"]]
    assert notes[-1].startswith("Revisi 2: bobot diperbaiki.")
    assert "Revisi 2: bobot" in (folder / "profil-kemiskinan-6471-2022.html").read_text("utf8")
    assert (folder / "catatan.txt").read_text() == "milik pengguna"
    assert not (tmp_path / "moved-p.csv").exists()


@pytest.mark.external
def test_words_that_changed_without_a_figure_need_a_reason_too(short, tmp_path):
    folder = tmp_path / "p"
    write_profile(short, 680_499, "en", folder)
    with pytest.raises(RevisionError, match="no figure moved, but these files differ"):
        write_profile(short, 680_500, "en", folder)
    write_profile(short, 680_500, "en", folder, revision="line as printed")
    told = json.loads((folder / "profile.json").read_text("utf8"))["revisions"]
    assert told == [{"vintage": 2, "reason": "line as printed", "moved": []}]


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "id",
            ("Profil kemiskinan Kota Balikpapan · Maret 2022 · data mikro sintetis", "2 tabel."),
        ),
        (
            "en",
            ("Poverty profile of Kota Balikpapan · March 2022 · synthetic microdata", "2 tables."),
        ),
    ],
)
def test_what_the_command_says_is_in_the_language_of_the_workbook(short, lang, lines):
    assert status(short, lang).splitlines() == list(lines)


def test_the_description_names_every_column_and_table(written):
    folder = written["id"].parent
    about = json.loads((folder / "profile.json").read_text("utf8"))
    table = pd.read_csv(folder / "profile.csv", keep_default_na=False)
    assert [column["name"] for column in about["files"]["profile.csv"]] == list(table)
    assert set(table) == set(MEANING)
    assert {t["name"] for t in about["tables"]} == {t.name for t in declared_tables()}
    assert set(table["table"]) <= {t["name"] for t in about["tables"]}


def test_an_unknown_language_is_refused(profile, tmp_path):
    with pytest.raises(ParameterError, match="There is no language 'nl'"):
        write_profile(profile, 680_499, "nl", tmp_path / "p")


@pytest.mark.parametrize("lang", ["en", "id"])
def test_a_profile_is_shown_by_its_tables_in_the_language(profile, lang):
    shown = table(profile, lang)
    titles = [each.declared.titles[lang] for each in profile.tables]
    assert shown.frame.iloc[:, 1].tolist() == titles
    assert shown.frame.iloc[:, 0].tolist() == [each.declared.name for each in profile.tables]
    assert language(lang).period(2022) in shown.caption


def test_the_interval_of_an_index_has_the_decimals_of_the_index(profile):
    spoken = language("id")
    entries = profile.table("poverty").entries
    gap = next(e.value for e in entries if e.value is not None and e.value.kind == "index")
    low, high = (spoken.number(end, 2) for end in gap.interval())
    text = " ".join(profile_table(profile, "poverty", "id").frame.astype(str).to_numpy().ravel())
    assert f"{spoken.number(gap.estimate, 2)}{gap.mark} ({low} – {high})" in text


def test_a_profile_that_is_refused_leaves_no_process_that_waits_to_hand_over_its_pictures(
    short, tmp_path
):
    write_profile(short, 680_499, "en", tmp_path / "p")
    with pytest.raises(RevisionError):
        write_profile(raised(short), 680_499, "en", tmp_path / "p")
    assert not multiprocessing.active_children()
    with pytest.raises(ParameterError), beside({"large": lambda: bytes(10_000_000)}):
        raise ParameterError("Something else went wrong meanwhile.")
    assert not multiprocessing.active_children()
