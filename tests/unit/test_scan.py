"""What looks like microdata or shows records is not committed; what this repository holds
passes.
"""

import gzip
import json
import subprocess
import sys

import pandas as pd
import pytest
import yaml

import bpsstats as bps
from bpsstats.microdata.files import scan as scanner
from bpsstats.microdata.files.scan import files_of_git, main, scan
from bpsstats.paths import project_root
from table_files import write

HEADING, ROW = "URUT,PSU,FWT,R301", "88987,647101649,144.2,3"


def refused(tmp_path, name, content):
    """Why one file is refused; None if it passes."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = scan([path.relative_to(tmp_path)], tmp_path)
    return found[0].why if found else None


def notebook(*outputs, **cell):
    """A notebook of one cell."""
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": "", "outputs": list(outputs), **cell}]}
    )


def shown(**data):
    return {
        "output_type": "execute_result",
        "data": {key.replace("_", "/"): value for key, value in data.items()},
    }


@pytest.fixture(scope="module")
def households():
    return bps.read_round("6471", 2022).households


def test_everything_that_git_keeps_passes():
    paths = files_of_git(project_root())
    assert len(paths) > 100
    assert scan(paths, project_root()) == []
    assert main([]) == 0


@pytest.mark.parametrize(
    "ending",
    [
        "dbf",
        "DBF",
        "sav",
        "zsav",
        "dta",
        "rds",
        "RData",
        "parquet",
        "feather",
        "pkl",
        "xlsx",
        "sqlite",
    ],
)
def test_kinds_that_hold_records_are_refused_whatever_they_hold(ending, tmp_path):
    assert "holds records" in refused(tmp_path, f"kor22rt.{ending}", b"x")


@pytest.mark.parametrize(
    "name", ["susenas.zip", "susenas.rar", "susenas.7z", "susenas.tar.gz", "kor22rt.csv.xz"]
)
def test_archives_are_refused(name, tmp_path):
    assert "archive" in refused(tmp_path, name, b"x")


@pytest.mark.parametrize("kind", ["dbf", "sav", "zsav", "dta-114", "dta-118"])
def test_a_table_under_another_name_is_refused(kind, tmp_path):
    table = pd.DataFrame({"R301": ["3", "4"], "FWT": ["1.5", "2.5"]})
    content = write(table, kind, tmp_path / "kor22rt").read_bytes()
    for name in ("notes.md", "kor22rt.csv", "kor22rt"):
        assert "whatever its name says" in refused(tmp_path, name, content)


@pytest.mark.parametrize(
    "heading",
    [
        HEADING,
        HEADING.lower(),
        HEADING.replace(",", ";"),
        "household,weight_hh,expenditure_person_month,x",
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "deep/er/A.CSV", "a.csv.gz"])
def test_delimited_text_with_the_columns_of_records_is_refused(heading, name, tmp_path):
    content = f"\ufeff{heading}\n{ROW}\n".encode()
    assert "single households" in refused(
        tmp_path, name, gzip.compress(content) if name.endswith("gz") else content
    )


def test_a_list_of_columns_and_a_table_of_estimates_pass(tmp_path):
    assert refused(tmp_path, "columns.csv", f"{HEADING}\n") is None
    assert (
        refused(tmp_path, "estimates.csv", "statistic,estimate,n,n_psu\nheadcount,2.45,616,64\n")
        is None
    )


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    assert "cannot be read" in refused(tmp_path, "a.csv.gz", b"not compressed")
    assert "cannot be read" in refused(tmp_path, "a.ipynb", "{")
    assert "cannot be read" in refused(tmp_path, "a.ipynb", "[]")


def test_a_notebook_that_shows_records_is_refused_however_it_shows_them(tmp_path, households):
    head = households.head(4)
    as_page = "It shows a table of records."
    assert refused(tmp_path, "a.ipynb", notebook(shown(text_html=head.to_html()))) == as_page
    assert (
        refused(
            tmp_path, "a.ipynb", notebook(shown(text_html=head.to_html().splitlines(keepends=True)))
        )
        == as_page
    )
    assert refused(tmp_path, "report.html", f"<p>x</p>{head.to_html()}") == as_page
    for text in (
        head.to_string(),
        head[["household", "psu", "weight_hh"]].to_string(),
        head.to_csv(),
    ):
        assert "listing" in refused(tmp_path, "a.ipynb", notebook(shown(text_plain=text)))
        assert "listing" in refused(
            tmp_path, "a.ipynb", notebook({"output_type": "stream", "text": text})
        )
    column = repr(head["expenditure_person_month"])
    assert "column" in refused(tmp_path, "a.ipynb", notebook(shown(text_plain=column)))


def test_a_notebook_with_a_traceback_or_an_attachment_is_refused(tmp_path):
    assert "traceback" in refused(
        tmp_path, "a.ipynb", notebook({"output_type": "error", "traceback": ["x"]})
    )
    assert "attachment" in refused(tmp_path, "a.ipynb", notebook(attachments={"a.png": {}}))


def test_a_notebook_that_shows_estimates_or_names_columns_passes(tmp_path, households):
    design = bps.SurveyDesign(households)
    table = bps.estimate(design, bps.headcount(bps.poverty_line("6471", 2022)))
    outputs = [
        shown(text_html=table._repr_html_(), text_plain=repr(table)),
        shown(text_plain="psu, fwt and weind\nare columns"),
    ]
    assert refused(tmp_path, "a.ipynb", notebook(*outputs)) is None


@pytest.mark.parametrize(
    ("kind", "digest"), [("real", "right"), ("synthetic", "wrong"), ("synthetic", "absent")]
)
def test_only_a_round_that_says_it_is_synthetic_and_is_unchanged_may_hold_records(
    kind, digest, tmp_path
):
    folder, content = (
        tmp_path / "data" / "raw" / "susenas" / "2022-03",
        f"{HEADING}\n{ROW}\n".encode(),
    )
    folder.mkdir(parents=True)
    right = scanner.hashlib.sha256(content).hexdigest()

    def say(kind, digests):
        (folder / "source.yaml").write_text(yaml.safe_dump({"kind": kind, "sha256": digests}))
        return refused(tmp_path, "data/raw/susenas/2022-03/a.csv", content)

    assert say("synthetic", {"a.csv": right}) is None
    assert say(
        kind, {"right": {"a.csv": right}, "wrong": {"a.csv": "0" * 64}, "absent": {}}[digest]
    )
    (folder / "source.yaml").unlink()
    assert scan([folder.relative_to(tmp_path) / "a.csv"], tmp_path)


def test_a_synthetic_round_elsewhere_is_refused(tmp_path):
    content = f"{HEADING}\n{ROW}\n".encode()
    digest = scanner.hashlib.sha256(content).hexdigest()
    (tmp_path / "source.yaml").write_text(
        yaml.safe_dump({"kind": "synthetic", "sha256": {"a.csv": digest}})
    )
    assert refused(tmp_path, "a.csv", content)


def test_the_command_names_the_file_and_no_value_and_ends_with_1(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADING}\n{ROW}\n")
    command = [sys.executable, "-m", "bpsstats.microdata.files.scan", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "a.csv: It is a table" in done.stderr
    assert "88987" not in done.stderr
    assert "data-access.md" in done.stderr


def test_the_hook_runs_the_scan_on_every_kind_of_file():
    [hook] = yaml.safe_load((project_root() / ".pre-commit-config.yaml").read_text("utf8"))[
        "repos"
    ][0]["hooks"]
    assert hook["entry"].endswith("-m bpsstats.microdata.files.scan")
    assert not {"types", "files", "exclude", "types_or"} & set(hook)
    assert "make scan" in (project_root() / ".ci" / "run").read_text("utf8")
