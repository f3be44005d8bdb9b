"""What the layers below the report say in English is Indonesian in an Indonesian release."""

import argparse
import ast
import contextlib
import json
import re
from dataclasses import replace
from functools import cache
from itertools import product

import pandas as pd
import pytest

from bpsstats import errors
from bpsstats.cli import USAGE, _parser, main, texts_of, translated_help
from bpsstats.disclosure.gate import Cell, gate
from bpsstats.errors import ParameterError
from bpsstats.files import read_yaml
from bpsstats.microdata.findings import CheckReport, Finding
from bpsstats.microdata.folder import NO_ROSTER, NO_SPENDING
from bpsstats.models.logit.gate import TEXTS
from bpsstats.paths import project_root
from bpsstats.published.ledger import NOT_RECOMPUTED
from bpsstats.reporting.display import Table
from bpsstats.reporting.formats.fields import handed_out
from bpsstats.reporting.notebook import check_notebook
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.language import SENTENCE, _said, language
from in_ci import every
from shipped import results

ENGLISH = re.compile(r"\b(the|than|which|fewer|without|because|cannot|households|equal|is|are)\b")
INDONESIAN = language("id")
SAID_IN_HELP = read_yaml(project_root() / "src" / "bpsstats" / "cli" / "help.id.yaml")
SOURCE = project_root() / "src" / "bpsstats"
# What only a caller in Python meets, whose language is not known, or what is written into files
# that are in English; and the rooms that have their words in the catalogues of both languages.
OF_LIBRARY = (
    "arguments.py", "reprs.py", "synthetic", "microdata/concepts/dictionary.py",
    "microdata/dictionary.py", "microdata/files/scan.py",
    "microdata/provenance.py", "disclosure/gate.py", "models/decomposition.py", "models/formula.py",
    "models/logit/averages.py", "models/logit/effects.py", "models/logit/result.py",
    "models/logit/survey_logit.py", "models/logit/term_tests.py", "models/regression",
    "models/settings.py", "poverty/basic_needs/purchases.py", "poverty/changes", "poverty/factor",
    "poverty/indices", "poverty/inequality", "poverty/lines/threshold.py",
    "poverty/profile/curves.py", "poverty/profile/deprivations.py", "published/compare.py",
    "published/comparison.py", "published/record", "reporting/display.py", "reporting/explorer",
    "reporting/figures",
    "reporting/formats", "reporting/profile", "reporting/report/page.py",
    "reporting/report/readme.py", "reporting/tables", "reporting/words", "survey/crosstab.py",
    "survey/design/calibration.py", "survey/design/columns.py", "survey/design/levels.py",
    "survey/design/masks.py", "survey/estimate.py", "survey/parts.py", "survey/replicates",
    "survey/results", "survey/statistics", "survey/variance",
)  # fmt: skip
# Sentences of counted things, whose forms for one and for several stand in the catalogue each.
COUNTED = (
    "7, 7.", "7: 7.", "7, 7: 7.", "7 deleted row of 7 7 left out.",
    "7 deleted rows of 7 7 left out.", "7 above the column names of 7 7 left out.",
    "7 a missing or infinite value for 7 (rows 7).", "7 no value in the design column 7 (rows 7).",
    "The column 7.", "7 ...",
)  # fmt: skip
HELP = ("help", "description")  # keywords of the parser of the command line


def test_a_translation_is_of_one_sentence_and_has_the_fields_of_the_english_text():
    for pattern, said in _said("id"):
        assert len(SENTENCE.split(pattern.pattern.replace("\\", ""))) == 1, said
        assert set(re.findall(r"\{(\w+)\}", said)) <= set(pattern.groupindex), said


def test_every_cause_in_the_comparison_with_print_is_in_indonesian():
    rows = results(2022).comparisons.rows
    causes = {row.cause for row in rows} | set(NOT_RECOMPUTED.values())
    far = 1e12
    limits = [{"conf_low": -far, "conf_high": far}, {"conf_low": far, "conf_high": 2 * far}]
    limits += [dict.fromkeys(("conf_low", "conf_high"), float("nan")), {}]
    for row in rows:
        for told in ("held_out", "given", "calibrated", "none"):
            marks = {name: name == told for name in ("held_out", "given", "calibrated")}
            for interval in limits:
                value = row.value if not interval else far
                causes.add(replace(row, value=value, **marks, **interval).cause)
    assert len(causes) > 10
    said = handed_out(pd.DataFrame({"cause": sorted(causes)}), {}, "id")["cause"]
    assert [text for text in said if ENGLISH.search(text)] == []


def test_every_rule_of_disclosure_control_is_in_indonesian():
    far, near = {"p": (60, 25)}, {"p": (62, 27)}
    cells = [
        Cell("domain", 3, 5, 20.0), Cell("with", 3, 60, 20.0),
        Cell("others", 55, 60, 20.0, others=5), Cell("no error", 30, 60, float("nan")),
        Cell("exact", 30, 60, 0.0), Cell("large error", 30, 60, 90.0),
        Cell("model", 30, 60, None, df=1), Cell("moved", 30, 60, 20.0),
        Cell("elsewhere", 30, 60, 20.0), Cell("wide", 25, 60, 20.0, group="g", by_psu=far),
        Cell("narrow", 27, 62, 20.0, group="g", by_psu=near), Cell("part", 30, 60, 20.0),
        Cell("total", 32, 60, 20.0), Cell("effect", 30, 60, None, rests_on=("with",)),
    ]  # fmt: skip
    decided = gate(
        cells, "survey microdata", totals={"total": ["part", "with"]},
        earlier={"moved": frozenset({(28, 60)})}, withheld=["elsewhere"],
    )  # fmt: skip
    rules = sorted(set(decided.withheld.values()))
    assert len(rules) >= 11
    said = handed_out(pd.DataFrame({"rule": rules}), {}, "id")["rule"]
    assert [text for text in said if ENGLISH.search(text)] == []
    assert handed_out(pd.DataFrame({"rule": rules}), {}, "en")["rule"].tolist() == rules


@pytest.mark.parametrize("text", [NO_ROSTER, NO_SPENDING, "Expenditure is block 43's; its items"
    " are not there to check it.", "a.sav has 1 byte behind its end, which was left out.",
    "The files of March 2021 lack column R1817 (toilet)."])  # fmt: skip
def test_notes_on_the_files_and_reasons_are_in_indonesian(text):
    assert not ENGLISH.search(INDONESIAN.translated(text))
    assert language("en").translated(text) == text


def test_every_kind_of_file_that_is_no_table_is_named_in_indonesian():
    found = re.findall(r'"(an? [^"]+)"', (SOURCE / "microdata/formats/kinds.py").read_text("utf8"))
    assert len(found) > 10
    assert [name for name in found if INDONESIAN.translated(name) == name] == []


def test_the_findings_of_a_check_are_a_table_in_the_language():
    lacking = Finding("warning", "", "", "The file blok42 is not in the folder.", "", 0, ())
    codes = Finding(
        "error", "a.csv", "R614", "Codes of sex are unknown: 1,204.", "Restore them.", 1204, (3, 4)
    )
    heading = "Kota Balikpapan · March 2022 · survey microdata · 608 households checked"
    both = table(CheckReport(heading, (codes, lacking), 17), "id")
    assert both.caption.endswith("Maret 2022 · data mikro survei · 608 rumah tangga diperiksa")
    assert both.frame["Temuan"].tolist() == [
        "Kode sex tidak dikenal: 1.204.", "Berkas blok42 tidak ada dalam map.",
    ]  # fmt: skip
    assert both.frame["Tingkat"].tolist() == ["galat", "peringatan"]
    assert both.notes == ("1 galat, 1 peringatan.",)
    none = table(CheckReport(heading, (), 17), "en")
    assert str(none).splitlines() == [heading, "Nothing wrong was found in 17 checks."]


def test_a_table_that_cannot_be_made_shows_its_title_and_why():
    shown = Table("Water", pd.DataFrame(), ("This table cannot be made: <x>.",))._repr_html_()
    assert shown == '<p>Water</p><p class="note">This table cannot be made: &lt;x&gt;.</p>'


def test_the_reasons_of_a_model_are_in_indonesian():
    values = {"events": 3, "parameters": 4, "least": 10.0, "limit": 15.0, "term": "x", "terms": "x"}
    reasons = [text.format(**values) for text in TEXTS.values()]
    said = handed_out(pd.DataFrame({"reason": reasons}), {}, "id")["reason"]
    assert [text for text in said if ENGLISH.search(text)] == []


# Every sentence by which an error, a finding or a note tells a user of the command line what is
# wrong; it is looked for where it is written, in the source.


def written(node):
    """Texts that a literal makes, each field a number; of a choice between literals, both."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else ["7"]
    if isinstance(node, ast.JoinedStr):
        return ["".join(made) for made in product(*map(written, node.values))]
    if isinstance(node, ast.FormattedValue):
        return written(node.value)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "count_of":
        forms = [each.value for each in node.args[1:] if isinstance(each, ast.Constant)]
        return [f"7 {form}" for form in (forms if len(forms) != 1 else [*forms, f"{forms[0]}s"])]
    if isinstance(node, ast.IfExp):
        return [*written(node.body), *written(node.orelse)]
    return ["7"]


def named(target):
    """Name of a variable or an attribute that is given a value."""
    return getattr(target, "attr", getattr(target, "id", ""))


def sentences():
    """Sentences that the source writes, with the module; docstrings and the help are none."""
    for path in sorted(SOURCE.rglob("*.py")):
        module = path.relative_to(SOURCE).as_posix()
        if module.startswith(OF_LIBRARY):
            continue
        tree = ast.parse(path.read_text("utf8"))
        passed = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(tree):
            helps = isinstance(node, ast.keyword) and node.arg in HELP
            helps |= isinstance(node, ast.Assign) and named(node.targets[0]) == "epilog"
            inside = [node.value] if helps else []
            inside += node.values if isinstance(node, ast.JoinedStr) else []
            passed |= {id(each) for one in inside for each in ast.walk(one)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in passed:
                for text in written(node):
                    # A field between sentences, or before the first, is another sentence.
                    apart = re.sub(r"(?<=\.)[7 ]+(?=[A-Z])|^[7 ]+(?=[A-Z][a-z])", " ", text)
                    for part in SENTENCE.split(apart.strip()):
                        if re.fullmatch(r"([A-Z\d]|--)[^\n]* [^\n]*[.?]", part):
                            yield module, part


@cache
def found():
    """The sentences that are to be translated, with the module, in their order."""
    return sorted(each for each in set(sentences()) if each[1] not in COUNTED)


def test_the_search_finds_the_sentences_of_all_rooms():
    rooms = {module.split("/")[0] for module, _ in found()}
    assert rooms >= {"areas", "cli", "microdata", "models", "poverty", "published", "survey"}
    assert len(found()) > 350


def test_every_sentence_that_a_user_of_the_command_line_may_read_is_in_indonesian():
    said = {text: INDONESIAN.translated(text) for _, text in found()}
    assert [
        (m, text) for m, text in found() if said[text] == text or ENGLISH.search(said[text])
    ] == []


def test_every_kind_of_error_begins_in_indonesian():
    kinds = {each for each in vars(errors).values() if getattr(each, "headline", None)}
    assert len(kinds) > 15
    for kind in kinds - {errors.BpsStatsError}:
        assert not ENGLISH.search(INDONESIAN.translated(kind.headline())), kind


@pytest.mark.parametrize(
    "options",
    every(3, [
        ["estimate", "--area", "9999"], ["estimate", "--area", "64.71"], ["report", "--year", "99"],
        ["estimate", "--yaer", "2022"], ["bogus"], ["profile", "--line", "abc"],
        ["report", "--years", "2022-2018"], ["estimate", "--factor", "5"],
        ["check", "--raw", "nowhere"], ["report", "--conf-level", "95"],
        ["report", "--date", "12-01-2023"],
    ]),
    ids=" ".join,
)  # fmt: skip
def test_an_indonesian_run_says_in_indonesian_what_is_wrong(options, capsys):
    told = []
    for asked in ([*options, "--lang", "id"], options):
        with contextlib.suppress(SystemExit):  # of the parser
            assert main(asked) == 2
        told.append(capsys.readouterr().err.rpartition("bpsstats")[2])
    assert len(told[0]) > 20
    assert told[0] != told[1]
    assert not ENGLISH.search(told[0])


def test_a_notebook_in_indonesian_says_its_errors_so():
    with pytest.raises(ParameterError) as refused:
        check_notebook({"lang": "id", "conf_level": 0.95, "year": "2022"})
    try:
        (said,) = refused.value._render_traceback_()
        assert said.startswith("ParameterError: Suatu parameter")
        assert "Tahun diisi '2022'" in said
    finally:
        errors.say_errors_by(str)


def test_the_findings_of_a_check_are_in_the_language_in_json_too(folder, capsys):
    folder.change("kor_household", lambda t: t.assign(R105="3"))
    assert main(["check", "--raw", str(folder.path), "--lang", "id", "--format", "json"]) == 1
    (finding, *_) = json.loads(capsys.readouterr().out)
    assert finding["what"].startswith("Baris bukan perkotaan (1) maupun perdesaan (2)")
    assert finding["remedy"] == "Kembalikan kodenya."


def parsers(parser):
    """A parser and those of its commands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from parsers(command)


def test_every_text_of_the_help_is_in_indonesian():
    texts = {text for parser in parsers(_parser()) for _, _, text in texts_of(parser)}
    lacking = {
        text for text in texts if text not in SAID_IN_HELP and translated_help(text, "id") == text
    }
    assert len(texts) > 90
    assert lacking == set()
    # A field that is filled in stands in both.
    for english, said in SAID_IN_HELP.items():
        assert english.count("%(default)s") == said.count("%(default)s"), english
        assert all(ord(sign) < 128 for sign in said), said


def test_no_translation_of_the_help_is_of_a_text_that_is_gone():
    texts = {text for parser in parsers(_parser()) for _, _, text in texts_of(parser)}
    in_list = {text[0].lower() + text[1:].removesuffix(".") for text in texts}
    assert set(SAID_IN_HELP) - {USAGE} - texts - in_list == set()


@pytest.mark.parametrize("words", [["--help", "--lang", "id"], ["--lang=id", "--help"]])
def test_the_help_of_a_command_is_in_the_language_asked_for(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["report", *words])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert shown.startswith("pemakaian: bpsstats report")
    assert "Tulis laporan tahunan" in shown
    assert not re.search(r"\b(the|usage|options|default|such as)\b", shown)
    with pytest.raises(SystemExit):
        main(["report", "--help"])
    assert "usage: bpsstats report" in (english := capsys.readouterr().out)
    assert "Write the annual report" in english
