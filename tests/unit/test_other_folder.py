"""Every verb of the command line from another folder with relative paths, and from a package that
lies away from its project.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

import bpsstats
from bpsstats.cli import COMMANDS, main
from bpsstats.paths import (
    DATA_VARIABLE,
    FACTS_VARIABLE,
    STORE_VARIABLE,
    facts_files,
    published_file,
    raw_dir,
)
from bpsstats.poverty.lines.factors import FACTORS
from bpsstats.reporting.report import run
from in_ci import every
from raw_folder import WorkerHere

ROUND = ("--raw",)  # what is given as a relative path
VERBS = {
    "check": ("check", *ROUND),
    "build": ("build", *ROUND),
    "estimate": ("estimate", *ROUND, "--by", "sex"),
    "reproduce": ("reproduce", *ROUND, "--format", "json"),
    "factor": ("factor", *ROUND),
    "line": ("line", *ROUND),
    "model": ("model", *ROUND, "--years", "2022"),
    "estimate_areas": (
        "estimate-areas", *ROUND, "--in-process", "--areas", "6471", "--years", "2022", "--quiet"),
    "record": ("record", "--printed"),
    "bounds": ("bounds", "--printed"),
}  # fmt: skip
# Those that take minutes are asked what they were given, not to do it.
LONG = {"report", "synthesize", "profile", "notebook"}
WITHOUT_PATH = {"completion"}


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Another folder to work in, beside the small round and a copy of the printed figures."""
    shutil.copy(published_file(), tmp_path / "figures.csv")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv(STORE_VARIABLE, "off")
    return tmp_path


def said(capsys, arguments):
    """Exit code and all that a command says."""
    code = main(arguments)
    told = capsys.readouterr()
    return code, told.out, told.err


def with_path(arguments, path):
    """The arguments with a path behind the option that takes it."""
    at = 1 + next(k for k, each in enumerate(arguments) if each in ("--raw", "--printed"))
    return [*arguments[:at], str(path), *arguments[at:]]


def test_no_verb_is_left_out():
    assert set(VERBS) | LONG | WITHOUT_PATH == {
        command.__name__.rpartition(".")[2] for command in COMMANDS
    }


@pytest.mark.parametrize("verb", every(12, VERBS))
def test_a_relative_path_is_meant_from_where_the_command_is_given(
    verb, pristine, elsewhere, monkeypatch, capsys
):
    arguments = VERBS[verb]
    place = pristine if "--raw" in arguments else elsewhere / "figures.csv"
    relative = Path(os.path.relpath(place))
    assert not relative.is_absolute()
    code, out, error = said(capsys, with_path(arguments, place))
    assert said(capsys, with_path(arguments, relative)) == (code, out, error)
    if "--raw" in arguments:
        monkeypatch.setenv(DATA_VARIABLE, str(relative.parent))
        bare = [each for each in arguments if each != "--raw"]
        assert said(capsys, bare) == (code, out, error)
    nowhere = elsewhere / "nowhere"
    assert said(capsys, with_path(arguments, os.path.relpath(nowhere)))[0] == 2


def test_a_report_is_written_and_its_data_are_read_where_the_command_is_given(
    pristine, elsewhere, monkeypatch, capsys
):
    given = {}

    def make_report(area, year, lang, out, **options):
        os.chdir(elsewhere)  # as a worker may
        given.update(out=out, raw=raw_dir(), factors=facts_files(FACTORS))
        return out / area / str(year) / lang

    monkeypatch.setattr("bpsstats.reporting.report.run.make_report", make_report)
    monkeypatch.setenv(DATA_VARIABLE, os.path.relpath(pristine.parent))
    monkeypatch.setenv(FACTS_VARIABLE, "facts")
    Path("facts").mkdir()
    (elsewhere / "work" / "facts" / FACTORS).write_text("factors: {}", encoding="utf8")
    assert main(["report", "--out", "laporan"]) == 0
    assert "report.html" in capsys.readouterr().out
    assert given["out"] == elsewhere / "work" / "laporan"
    assert given["raw"].is_absolute()
    assert given["raw"].resolve() == pristine.parent
    assert given["factors"][0] == elsewhere / "work" / "facts" / FACTORS


@pytest.mark.external
def test_a_report_counts_with_the_factor_of_the_option(monkeypatch, capsys):
    lines = []

    def make_report(area, year, lang, out, **options):
        code = "import bpsstats as bps; print(bps.poverty_line('6471', 2022).factor)"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        lines.append(float(done.stdout))
        return Path("reports")

    monkeypatch.setattr("bpsstats.reporting.report.run.make_report", make_report)
    assert main(["report", "--factor", "0.87"]) == main(["report"]) == 0
    assert lines == [0.87, 1.0]


def test_rounds_are_drawn_to_where_the_command_is_given(elsewhere, monkeypatch):
    given = []
    monkeypatch.setattr(
        "bpsstats.synthetic.synthesize", lambda *arguments, **_: given.append(arguments[2])
    )
    arguments = ["synthesize", "--years", "2022", "--seed", "1", "--out", "drawn"]
    assert main([*arguments, "--targets", os.path.relpath(elsewhere / "figures.csv")]) == 0
    assert given == [elsewhere / "work" / "drawn"]


def test_a_package_away_from_its_project_says_how_to_install_it(tmp_path):
    shutil.copytree(
        Path(bpsstats.__file__).parent,
        tmp_path / "bpsstats",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    done = subprocess.run(
        [sys.executable, "-m", "bpsstats", "bounds"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "pip install -e ." in done.stderr
    assert done.stderr.count("\n") == 1


def files_of(folder, *roles):
    """Remove all files of the small round but these."""
    for role in folder.layout.files:
        if role not in roles:
            folder.file(role).unlink(missing_ok=True)


@pytest.mark.parametrize("show", ["effects", "odds", "specifications"])
@pytest.mark.parametrize(
    ("roles", "reason"),
    [
        (("kor_individual", "kor_household"), "holds no expenditure"),
        (("blok43",), "holds no roster"),
    ],
)
def test_a_model_of_files_without_spending_or_roster_ends_in_one_paragraph(
    roles, reason, show, folder, capsys
):
    files_of(folder, *roles)
    arguments = ["model", "--years", "2022", "--show", show, "--raw", str(folder.path)]
    code, out, error = said(capsys, arguments)
    assert (code, out) == (2, "")
    assert "March 2022 lacks" in error
    assert reason in error
    assert error.count("\n") == 1


def test_a_factor_is_found_from_block_43_alone(folder, capsys):
    files_of(folder, "blok43")
    code, out, error = said(capsys, ["factor", "--raw", str(folder.path), "--rate", "2.45"])
    assert (code, error) == (0, "")
    assert "factor" in out


def test_a_breakdown_by_what_a_round_lacks_says_why_it_lacks_it(folder, capsys):
    files_of(folder, "blok43")
    code, _, error = said(capsys, ["estimate", "--by", "head_sex", "--raw", str(folder.path)])
    assert code == 2
    assert "The folder holds no roster" in error


@pytest.mark.parametrize("folder", ["data/susenas/2022-03", "data/2022-03"])
@pytest.mark.parametrize("verb", ["check", "build", "estimate", "reproduce", "factor", "record"])
def test_a_variable_that_names_the_folder_of_one_round_is_told_the_right_one(
    verb, folder, tmp_path, monkeypatch, capsys
):
    (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setenv("BPSSTATS_DATA", str(tmp_path / folder))
    assert main([verb, "--area", "6471", *([] if verb == "record" else ["--year", "2022"])]) == 2
    error = capsys.readouterr().err.strip()
    assert "\n" not in error
    assert f"the folder of all rounds, data, which holds {folder.removeprefix('data/')};" in error


@pytest.mark.parametrize(
    ("given", "said_of_it"),
    [
        ("", "folder data holds no folder 2022-03."),
        ("susenas/2022-03", "the folder of all rounds, data, which holds susenas/2022-03;"),
        ("nowhere", "folder nowhere does not exist."),
    ],
)
def test_a_report_of_a_folder_that_holds_the_files_themselves_is_told_the_right_one(
    given, said_of_it, tmp_path, capsys
):
    """It reads several rounds; the folder was named, and is not to be named again."""
    (tmp_path / "data" / "susenas" / "2022-03").mkdir(parents=True)
    (tmp_path / "data" / "kor22rt.csv").touch()
    if not given:
        (tmp_path / "data" / "susenas" / "2022-03").rmdir()
    with mock.patch.object(run, "Worker", WorkerHere):
        assert main(["report", "--raw", str(tmp_path / "data" / given)]) == 2
    error = capsys.readouterr().err.strip()
    assert "\n" not in error
    assert said_of_it in error
