"""The command line: exit codes, one paragraph for an error, full precision in files, nothing
written on failure.
"""

import dataclasses
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import bpsstats
from bpsstats.cli import main
from bpsstats.microdata import read_round
from bpsstats.models import education_model
from bpsstats.paths import project_root, raw_dir
from bpsstats.poverty import poverty_line
from in_ci import in_ci

SHIPPED = project_root() / "data" / "raw"


@pytest.fixture
def raw(tmp_path):
    """A copy of the rounds of 2021 and 2022 to break."""
    for year in (2021, 2022):
        shutil.copytree(SHIPPED / "susenas" / f"{year}-03", tmp_path / "susenas" / f"{year}-03")
    return tmp_path


def run(capsys, *arguments):
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_reproduce_ends_well_on_the_shipped_data(capsys):
    code, out, err = run(capsys, "reproduce", "--year", "2022")
    assert code == 0
    assert err == ""
    assert re.search(r"\d+ cells: 1 reproduced, \d+ calibrated, 1 given", out)


def test_json_and_csv_carry_full_precision_and_agree(capsys):
    records = json.loads(run(capsys, "reproduce", "--format", "json")[1])
    table = pd.read_csv(io.StringIO(run(capsys, "reproduce", "--format", "csv")[1]))
    by_name = {(r["indicator"], r["domain"], r["publication"]): r for r in records}
    for _, row in table.iterrows():
        record = by_name[row["indicator"], row["domain"], row["publication"]]
        assert record["recomputed"] == row["recomputed"]
        assert record["std_error"] == row["std_error"] or (
            record["std_error"] is None and pd.isna(row["std_error"])
        )


@pytest.mark.external
def test_a_figure_that_differs_gives_exit_code_one(capsys, raw):
    # Other files than their description says are survey microdata, of which no cell was held out.
    scale_weights(raw / "susenas" / "2022-03", 1.01)
    code, out, _ = run(capsys, "reproduce", "--raw", str(raw))
    assert code == 1
    assert "differs" in out


def scale_weights(folder: Path, factor: float) -> None:
    """Multiply every weight of a round."""
    for path in folder.glob("*.csv.gz"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column in ("FWT", "WERT", "WEIND"):
            if column in table:
                table[column] = (pd.to_numeric(table[column]) * factor).map(repr)
        table.to_csv(path, index=False)


def test_estimate_breaks_down_by_a_characteristic(capsys):
    table = pd.read_csv(io.StringIO(run(capsys, "estimate", "--by", "sex", "--format", "csv")[1]))
    counts = table[table["statistic"] == "poor_count"].set_index("domain")["estimate"]
    whole = pd.read_csv(io.StringIO(run(capsys, "estimate", "--format", "csv")[1])).set_index(
        "statistic"
    )["estimate"]
    assert set(counts.index) == {"sex=male", "sex=female"}
    assert counts.sum() == pytest.approx(whole["poor_count"], rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("estimate", "--area", "6472x"), ("6472x", "6472 Kota Samarinda")),
        (("estimate", "--year", "2016"), ("2016", "2018, 2019")),
        (("estimate", "--year", "2099"), ("2099", "layout")),
        (("reproduce", "--raw", "nowhere"), ("nowhere",)),
        (("synthesize", "--years", "2022-2018", "--out", "x"), ("years", "2018-2022")),
        (("synthesize", "--years", "../../etc", "--out", "x"), ("years",)),
        in_ci((("report", "--conf-level", "95"), ("confidence level", "0.95"))),
        (("report", "--year", "2017"), ("2017",)),
        in_ci((("report", "--lang", "fr"), ("'fr'", "en or id"))),
    ],
)
def test_what_is_wrong_is_one_paragraph_with_exit_code_two_and_nothing_is_written(
    capsys, tmp_path, monkeypatch, arguments, words
):
    monkeypatch.chdir(tmp_path)
    if arguments[0] == "report":
        arguments = (*arguments, "--out", str(tmp_path / "reports"))
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("bpsstats: ")
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err
    for word in words:
        assert word in err
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("asked", [(), ("--lang", "en")])
def test_an_error_is_said_in_the_language_of_the_command_where_none_is_named(asked, capsys):
    """The profile of an office is in Indonesian unless English is asked for."""
    assert main(["profile", "--year", "2031", *asked]) == 2
    assert ("tidak" in capsys.readouterr().err) == (not asked)


@pytest.mark.parametrize(
    "arguments",
    [
        ("estimate", "--year", "22"),
        ("estimate", "--format", "xml"),
        ("nonsense",),
    ],
)
def test_options_that_cannot_be_read_give_exit_code_two(capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_debug_shows_where_an_error_came_from():
    with pytest.raises(Exception, match="nowhere"):
        main(["--debug", "estimate", "--area", "nowhere"])


def test_check_lists_what_is_wrong_and_gives_exit_code_one(capsys, raw):
    path = raw / "susenas" / "2022-03" / "kp22blok43.csv.gz"
    table = pd.read_csv(path)
    table.loc[[3, 4], "EXPEND"] += 5000
    table.to_csv(path, index=False)
    code, out, _ = run(capsys, "check", "--raw", str(raw), "--format", "json")
    findings = json.loads(out)
    assert code == 1
    assert {"EXPEND", "KAPITA"} <= {f["column"] for f in findings}
    assert all(f["rows"] == [4, 5] for f in findings if f["gravity"] == "error")


def test_check_finds_nothing_in_the_shipped_data(capsys):
    code, out, _ = run(capsys, "check", "--year", "2019")
    assert code == 0
    assert "Nothing wrong" in out


def test_build_stores_households_persons_and_items(capsys, monkeypatch, tmp_path):
    import duckdb

    monkeypatch.setattr("bpsstats.paths.processed_dir", lambda: tmp_path)
    code, out, _ = run(capsys, "build")
    assert code == 0
    assert "households, persons, items" in out
    query = f"SELECT count(*), sum(weight_person) FROM '{tmp_path}/6471-2022-round/persons.parquet'"
    (rows,) = duckdb.connect().execute(query).fetchall()
    assert rows[0] > 2000
    assert rows[1] == pytest.approx(646_122, abs=1e-3)
    code, out, _ = run(capsys, "clean")
    assert code == 0
    assert "6471-2022-round" in out
    assert not list(tmp_path.iterdir())


@pytest.mark.external
def test_synthesize_writes_what_was_shipped(capsys, tmp_path):
    assert main(["synthesize", "--years", "2021", "--out", str(tmp_path)]) == 0
    for path in (SHIPPED / "susenas" / "2021-03").iterdir():
        if path.name == "source.yaml":
            assert (tmp_path / "2021-03" / path.name).read_text("utf8") == path.read_text("utf8")


def test_model_prints_effects_with_the_reason_for_its_method(capsys):
    code, out, err = run(capsys, "model", "--years", "2021-2022")
    assert (code, err) == (0, "")
    said = " ".join(out.split())
    assert "Head's education no primary diploma" in said
    assert "Firth's penalised likelihood, because: The number of" in said


@pytest.mark.external
def test_model_in_json_and_csv_is_the_model_of_the_library(capsys):
    years = (2021, 2022)
    model = education_model(
        [read_round("6471", y) for y in years], [poverty_line("6471", y) for y in years]
    )
    records = json.loads(run(capsys, "model", "--years", "2021,2022", "--format", "json")[1])
    table = pd.read_csv(
        io.StringIO(
            run(capsys, "model", "--years", "2021,2022", "--show", "odds", "--format", "csv")[1]
        )
    )
    assert [record["estimate"] for record in records] == [row.estimate for row in model.effects]
    assert {record["method"] for record in records} == {"Firth"}
    assert list(table["estimate"]) == pytest.approx(list(model.result.coefficients), rel=1e-15)


def test_model_shows_the_effect_under_several_specifications(capsys):
    table = pd.read_csv(
        io.StringIO(
            run(
                capsys,
                "model",
                "--years",
                "2021-2022",
                "--show",
                "specifications",
                "--format",
                "csv",
            )[1]
        )
    )
    assert {"main", "mediators", "persons", "one_round"} <= set(table["specification"])


def test_a_model_that_the_data_cannot_bear_is_one_paragraph_with_exit_code_two(capsys, monkeypatch):
    low = dataclasses.replace(poverty_line("6471", 2022), value=420_000)
    monkeypatch.setattr("bpsstats.poverty.poverty_line", lambda *_, **_more: low)
    code, out, err = run(capsys, "model", "--years", "2022")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "(5 parameters)" in err or "0 events" in err


def test_a_report_reads_the_folder_of_raw_files_that_it_is_given(capsys, monkeypatch, tmp_path):
    seen = []

    def make(*_, **_more):
        seen.append(raw_dir())
        return tmp_path

    monkeypatch.setattr("bpsstats.reporting.report.run.make_report", make)
    before = raw_dir()
    assert run(capsys, "report", "--raw", str(tmp_path / "secure"))[0] == 0
    assert run(capsys, "report")[0] == 0
    assert seen == [tmp_path / "secure", before]
    assert raw_dir() == before


def test_a_sign_that_the_output_lacks_is_shown_by_its_number():
    printed = subprocess.run(
        [sys.executable, "-m", "bpsstats", "bounds", "--lang", "id"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True, check=True,
    )  # fmt: skip
    assert b"\\u2013" in printed.stdout


def test_a_reader_that_has_enough_ends_the_command_without_a_word():
    with subprocess.Popen(
        [sys.executable, "-m", "bpsstats", "record", "--format", "csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        command.stdout.close()
        said = command.stderr.read()
    assert said == b""
    assert command.returncode == 128 + 13


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as done:
        main(["--version"])
    assert done.value.code == 0
    assert capsys.readouterr().out == f"bpsstats {bpsstats.__version__}\n"
