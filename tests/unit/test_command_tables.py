"""What the commands print: tables in words that fit in eighty columns, and rows that say of which
area, period and source they are. A new command with tables takes part by its option --format.
"""

import argparse
import contextlib
import io
import json
import re
from functools import cache

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bpsstats.cli as cli
from bpsstats.cli import main, shared
from bpsstats.microdata import read_round
from bpsstats.poverty import implied_factor, poverty_line
from bpsstats.reporting.display import Table
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.text import WIDTH, as_text
from bpsstats.reporting.words.language import LANGUAGES
from bpsstats.survey import SurveyDesign

PARSER = cli._parser()
COMMANDS = next(a for a in PARSER._actions if isinstance(a, argparse._SubParsersAction)).choices
PRINTING = [name for name, each in COMMANDS.items() if "--format" in each._option_string_actions]
WITHOUT_TABLES = {"report", "profile", "notebook", "build", "clean", "synthesize", "completion"}
# What a command is asked for, where its defaults take long or show less than it can.
ASKED = {
    "estimate": ["--by", "education"],
    "estimate-areas": ["--years", "2021,2022", "--in-process", "--quiet"],
    "model": ["--years", "2021-2022"],
}
MORE = [
    ("estimate",),
    ("model", "--years", "2021-2022", "--show", "odds"),
    ("model", "--years", "2021-2022", "--show", "specifications"),
    ("factor", "--rate", "1.5"),
]
CASES = [(name, *ASKED.get(name, ())) for name in PRINTING] + MORE
each_case = pytest.mark.parametrize("arguments", CASES, ids=" ".join)
each_language = pytest.mark.parametrize("lang", LANGUAGES)
# Names of statistics, domains and columns as programs know them.
MACHINE_NAME = re.compile(r"[a-z]+_[a-z_]+|\w+:\w+|(?<![<>])=\w|\bstd\. error\b.*\bdeff\b")


@cache
def printed(arguments):
    """What a command prints in every form and language; it computes once."""
    texts, show = {}, shared.show

    def in_all_forms(result, options, *facts, **how):
        for form, lang in [("table", lang) for lang in LANGUAGES] + [("json", "en"), ("csv", "en")]:
            asked = argparse.Namespace(**{**vars(options), "format": form, "lang": lang})
            with contextlib.redirect_stdout(io.StringIO()) as out:
                show(result, asked, *facts, **how)
            texts[form, lang] = out.getvalue()

    with pytest.MonkeyPatch.context() as patch:
        for command in cli.COMMANDS:
            if hasattr(command, "show"):
                patch.setattr(command, "show", in_all_forms)
        assert main(arguments) in (0, 1)
    return texts


def test_each_command_prints_tables_or_is_known_to_print_none():
    assert set(COMMANDS) - set(PRINTING) == WITHOUT_TABLES
    assert len(PRINTING) > 5


@each_language
@each_case
def test_a_table_fits_in_eighty_columns(arguments, lang):
    lines = printed(arguments)["table", lang].splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= WIDTH


@each_language
@each_case
def test_a_table_names_things_in_words(arguments, lang):
    text = printed(arguments)["table", lang]
    # A publication is quoted as it is called.
    found = set(MACHINE_NAME.findall(text)) - {"dataset.csv"}
    assert not found


@each_case
def test_a_table_is_in_the_language_that_is_asked_for(arguments):
    texts = printed(arguments)
    english = {"and", "with", "of the", "standard error", "microdata", "March", "households in"}
    said = re.sub(r"\s+", " ", texts["table", "id"])
    assert texts["table", "en"] != texts["table", "id"]
    assert not [word for word in english if re.search(rf"\b{word}\b", said)]


@each_case
def test_each_row_of_json_and_csv_says_area_period_and_source(arguments):
    records = json.loads(printed(arguments)["json", "en"])
    frame = pd.read_csv(io.StringIO(printed(arguments)["csv", "en"]), dtype=str)
    rows = frame.to_dict("records")
    assert len(rows) == len(records)
    for row in [*records, *rows]:
        assert row["area"]
        assert re.fullmatch(r"\d{4}", row["area_code"])
        assert re.search(r"\d{4}", str(row.get("period", row.get("year"))))
        assert row["source"] in ("synthetic microdata", "printed figures of BPS")
    assert list(frame)[:2] == ["area_code", "area"]


def test_every_command_with_tables_takes_the_same_options_of_form_and_language():
    for name in PRINTING:
        options = COMMANDS[name]._option_string_actions
        assert tuple(options["--lang"].choices) == LANGUAGES
        assert tuple(options["--format"].choices) == shared.FORMATS


@each_language
@pytest.mark.external
def test_findings_of_the_check_fit_and_are_told_in_full(lang, tmp_path, capsys):
    assert main(["check", "--population", "1", "--lang", lang]) == 1
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= WIDTH
    assert {"en": "error", "id": "galat"}[lang] in out
    assert main(["check", "--population", "1", "--format", "json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)
    if lang == "en":
        assert set(finding["what"].split()) <= set(out.split())
    assert (finding["area"], finding["period"]) == ("Kota Balikpapan", "March 2022")


@pytest.mark.parametrize("rate", ["2.45", "1.50", "9.00", "2.40"])
def test_the_factor_is_told_as_the_result_tells_it(rate):
    design = SurveyDesign(read_round("6471", 2022).households)
    found = implied_factor(design, poverty_line("6471", 2022), rate)
    assert table(found, "en").notes == (found.sentence,)


def test_a_long_word_is_not_cut_where_the_names_of_rows_are_wide():
    cells = {
        "0" * 17: ["0.00", "0.00", "0.00"],
        "0" * 21: ["a", "a", "a b"],
        "0": ["0.00", "-100,000,000.00", "0.00"],
        "1": ["a", "a", "b" * 22],
    }
    lines = as_text(Table("a caption", pd.DataFrame(cells)), WIDTH).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert "b" * 22 in " ".join(lines).split()


words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=24)
texts = st.lists(words, min_size=1, max_size=6).map(" ".join)
numbers = st.floats(-1e9, 1e9).map("{:,.2f}".format)


@given(st.data(), st.integers(1, 12), st.integers(1, 4), st.sampled_from([WIDTH, 132]))
def test_any_table_fits_and_loses_no_word(data, n_columns, n_rows, width):
    names = data.draw(st.lists(texts, min_size=n_columns, max_size=n_columns, unique=True))
    kinds = [data.draw(st.sampled_from([texts, numbers])) for _ in names]
    cells = {
        name: data.draw(st.lists(kind, min_size=n_rows, max_size=n_rows))
        for name, kind in zip(names, kinds, strict=True)
    }
    made = Table("a caption", pd.DataFrame(cells), ("a note",))
    lines = as_text(made, width).splitlines()
    assert max(map(len, lines)) <= width
    said = " ".join(lines).split()
    for text in [*names, *(cell for column in cells.values() for cell in column)]:
        assert set(text.split()) <= set(said)
