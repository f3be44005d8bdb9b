"""What the layers below the report say in English is Indonesian in an Indonesian release."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from bpsstats.disclosure.gate import Cell, gate
from bpsstats.microdata.findings import CheckReport, Finding
from bpsstats.microdata.folder import NO_ROSTER, NO_SPENDING
from bpsstats.models.logit.gate import TEXTS
from bpsstats.published.ledger import NOT_RECOMPUTED
from bpsstats.reporting.display import Table
from bpsstats.reporting.formats.fields import handed_out
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.language import _said, language
from shipped import results

ENGLISH = re.compile(r"\b(the|than|which|fewer|without|because|cannot|households|equal|is|are)\b")
INDONESIAN = language("id")


def test_a_translation_has_the_fields_of_the_english_text():
    for pattern, said in _said("id"):
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
        last={"moved": (28, 60)}, withheld=["elsewhere"],
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


def test_the_findings_of_a_check_are_a_table_that_says_which_of_them_stay_in_english():
    known = Finding("warning", "", "", "The file blok42 is not in the folder.", "", 0, ())
    strange = replace(known, gravity="error", file="a.csv", what="Something new.", rows=(3, 4))
    heading = "Kota Balikpapan · March 2022 · survey microdata · 608 households checked"
    both = table(CheckReport(heading, (strange, known), 17), "id")
    assert both.caption.endswith("Maret 2022 · data mikro survei · 608 rumah tangga diperiksa")
    assert both.frame["Temuan"].tolist() == [
        "Something new.", "Berkas blok42 tidak ada dalam map.",
    ]  # fmt: skip
    assert both.frame["Tingkat"].tolist() == ["galat", "peringatan"]
    assert both.notes == (
        "1 galat, 1 peringatan.",
        "Temuan yang belum diterjemahkan ditulis dalam bahasa Inggris.",
    )  # fmt: skip
    assert len(table(CheckReport(heading, (known,), 17), "id").notes) == 1
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
