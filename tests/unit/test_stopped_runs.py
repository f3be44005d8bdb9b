"""Runs that fail or are ended: the last report stays, nothing is left over, and there is a report
in place at any moment.

The worker is a small program that speaks like the real one, so that what is around it can be ended
at each of its steps.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bpsstats import files
from bpsstats.errors import NotebookError, OutputError, UnknownYearError
from bpsstats.files import held, put_in_place, recover, scratch_folder, tidy_up
from bpsstats.reporting.report import run
from bpsstats.reporting.report.run import make_report
from bpsstats.reporting.vintages import place
from in_ci import here

# {step} is where the worker stops to be ended, or what it does there.
WORKER = """
import json, os, sys, time
from pathlib import Path
step = sys.argv[1]
def say(**message): print(json.dumps(message), flush=True)
json.loads(sys.stdin.readline())
Path(os.environ["TMPDIR"], "records.parquet").write_text("records")
if step == "early": say(error=["UnknownYearError", ["There is no such year."]]); sys.exit()
say(area="6471")
job = json.loads(sys.stdin.readline())
new = Path(job["folder"])
say(revised=job["insist"])
(new / "tables").mkdir(parents=True)
(new / "report.html").write_text("new")
if step == "late": say(error=["OSError", [28, "No space left on device", "a.csv"]]); sys.exit()
if step == "dies": os.abort()
if step == "dies once":
    mark = new.parents[2] / "died"
    if not mark.exists(): mark.touch(); os.abort()
if step == "hangs":
    parent = os.getppid()
    say(step=1, of=2, name="a")
    while os.getppid() == parent: time.sleep(0.05)
    sys.exit()
(new / "tables" / "poverty.csv").write_text("new")
say(step=1, of=1, name="a")
say(done=True)
"""
COMMAND = """
import sys
from bpsstats.reporting.report import run
from bpsstats.reporting.vintages import place
from bpsstats.cli import main
run.WORKER = ("-c", sys.argv[1], sys.argv[2])
sys.exit(main(["report", "--out", sys.argv[3], "--revision", "a test"]))
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The folder of temporary files of a run."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


@pytest.fixture
def last(tmp_path):
    """The last good report."""
    folder = tmp_path / "reports" / "6471" / "2022" / "en"
    (folder / "tables").mkdir(parents=True)
    (folder / "report.html").write_text("last", "utf8")
    (folder / "tables" / "change.csv").write_text("last", "utf8")
    return folder


def report_by(monkeypatch, tmp_path, step, revision="a test"):
    monkeypatch.setattr(run, "WORKER", ("-c", WORKER, step))
    out = tmp_path / "reports"
    return make_report("6471", 2022, out=out, revision=revision, progress=False)


def assert_as_it_was(last, temporary):
    assert (last / "report.html").read_text("utf8") == "last"
    assert [path.name for path in last.parent.iterdir()] == ["en"]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("step", "error"),
    [("early", UnknownYearError), ("late", OSError), ("dies", NotebookError)],
)
def test_a_run_that_fails_leaves_the_last_report_and_nothing_else(
    monkeypatch, tmp_path, temporary, last, step, error
):
    with pytest.raises(error):
        report_by(monkeypatch, tmp_path, step)
    assert_as_it_was(last, temporary)


def test_a_worker_that_was_ended_once_is_started_again(monkeypatch, tmp_path, temporary, last):
    assert report_by(monkeypatch, tmp_path, "dies once") == last
    assert (last / "report.html").read_text("utf8") == "new"


def test_files_that_no_run_wrote_stay_and_old_tables_go(monkeypatch, tmp_path, temporary, last):
    (last / "notes.docx").write_text("mine", "utf8")
    report_by(monkeypatch, tmp_path, "")
    (last / "tables" / "mine.csv").write_text("mine", "utf8")
    report_by(monkeypatch, tmp_path, "")
    assert sorted(p.relative_to(last).as_posix() for p in last.rglob("*") if p.is_file()) == [
        "contents.sha256", "notes.docx", "report.html", "tables/mine.csv", "tables/poverty.csv",
    ]  # fmt: skip
    assert sorted(path.name for path in last.parent.iterdir()) == ["earlier", "en"]


def started(step, tmp_path):
    """The command in a process of its own, when its worker hangs."""
    command = subprocess.Popen(
        [sys.executable, "-c", COMMAND, WORKER, step, str(tmp_path / "reports")],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert "[1/2] a" in command.stderr.readline()
    return command


@pytest.mark.parametrize("name", here(["SIGTERM"], ["SIGTERM", "SIGHUP", "SIGINT"]))
def test_a_signal_ends_a_run_with_all_that_it_started(tmp_path, temporary, last, name):
    command = started("hangs", tmp_path)
    command.send_signal(getattr(signal, name))
    said = command.communicate(timeout=60)[1]
    assert command.returncode == 128 + getattr(signal, name)
    assert said == "bpsstats: stopped. The last report is as it was.\n"
    assert_as_it_was(last, temporary)


def test_what_a_killed_run_left_goes_with_the_next(monkeypatch, tmp_path, temporary, last):
    command = started("hangs", tmp_path)
    command.kill()
    command.communicate()
    assert (last / "report.html").read_text("utf8") == "last"
    assert len(list(last.parent.glob(".writing-*"))) == 1
    assert len(list(temporary.rglob("records.parquet"))) == 1
    with pytest.raises(UnknownYearError):
        report_by(monkeypatch, tmp_path, "early")
    report_by(monkeypatch, tmp_path, "")
    assert (last / "report.html").read_text("utf8") == "new"
    assert sorted(path.name for path in last.parent.iterdir()) == ["earlier", "en"]
    assert list(temporary.iterdir()) == []


@pytest.mark.external
def test_a_second_run_on_an_area_says_that_it_waits(tmp_path, temporary, last):
    first = started("hangs", tmp_path)
    second = subprocess.Popen(
        [sys.executable, "-c", COMMAND, WORKER, "", str(tmp_path / "reports")],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "Another run writes the report of area 6471" in second.stderr.readline()
    assert (last / "report.html").read_text("utf8") == "last"
    first.terminate()
    first.communicate()
    second.communicate(timeout=60)
    assert second.returncode == 0
    assert (last / "report.html").read_text("utf8") == "new"


def folders(tmp_path):
    new, place = tmp_path / "new", tmp_path / "place"
    for folder in (new, place):
        folder.mkdir()
        (folder / "which").write_text(folder.name, "utf8")
    return new, place


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_takes_the_place_of_another_and_the_other_its_own(
    monkeypatch, tmp_path, can_exchange
):
    new, place = folders(tmp_path)
    if not can_exchange:
        monkeypatch.setattr(files, "_exchanged", lambda *_: False)
    assert put_in_place(new, place) == new
    assert (place / "which").read_text("utf8") == "new"
    assert (new / "which").read_text("utf8") == "place"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "place"]


def test_two_folders_are_exchanged_in_one_step_where_the_system_can(tmp_path):
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux exchanges two names")
    new, place = folders(tmp_path)
    assert files._exchanged(new, place)


def test_a_folder_that_cannot_be_put_in_place_leaves_the_last(monkeypatch, tmp_path, last):
    monkeypatch.setattr(place, "put_in_place", refuse)
    with pytest.raises(OutputError, match="could not be put in place in folder en"):
        report_by(monkeypatch, tmp_path, "")
    assert (last / "report.html").read_text("utf8") == "last"


def refuse(*_):
    raise PermissionError(13, "Permission denied")


def test_a_kill_between_two_renames_is_mended_by_the_next_run(tmp_path):
    _, place = folders(tmp_path)
    place.replace(tmp_path / ".last-place")
    recover(place)
    assert (place / "which").read_text("utf8") == "place"
    recover(place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "place"]


def test_tidying_up_leaves_what_is_in_use_and_what_is_not_ours(tmp_path):
    theirs = tmp_path / ".writing-theirs"
    theirs.mkdir()
    (theirs / "thesis.docx").touch()
    with scratch_folder(".writing-", tmp_path) as used:
        tidy_up(".writing-", tmp_path)
        assert sorted(tmp_path.iterdir()) == sorted([theirs, used])
    assert [path.name for path in theirs.iterdir()] == ["thesis.docx"]


def test_a_folder_is_held_by_one_at_a_time(tmp_path):
    waited = []
    code = (
        "import sys, time; from pathlib import Path; from bpsstats.files import held\n"
        "with held(Path(sys.argv[1])): print('held', flush=True); time.sleep(1)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "held\n"
    with held(tmp_path, lambda: waited.append(time.monotonic())):
        other.communicate()
    assert other.returncode == 0
    assert len(waited) == 1


@pytest.mark.external
def test_what_another_closed_is_no_traceback():
    done = subprocess.run(
        f'"{sys.executable}" -m bpsstats reproduce --format json | head -n 1',
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[\n"
    assert done.stderr == ""


def test_an_error_that_was_not_foreseen_says_where_and_quotes_nothing(monkeypatch, capsys):
    from bpsstats.cli import main

    def broken(*_args, **_more):
        raise ValueError("1234567890123456")

    monkeypatch.setattr("bpsstats.microdata.check_round", broken)
    assert main(["check"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("bpsstats: The program met a fault of its own. ValueError at bpsstats.")
    assert said.count("\n") == 1
    assert "123456" not in said
    with pytest.raises(ValueError, match="1234"):
        main(["--debug", "check"])


def test_the_environment_of_the_worker_has_one_thread_and_no_setting_of_the_user(
    monkeypatch, tmp_path, last
):
    code = (
        "import json, os, sys; sys.stdin.readline();"
        "kept = {k: v for k, v in os.environ.items() if k in"
        " ('MPLBACKEND', 'PYTHONSTARTUP', 'OPENBLAS_NUM_THREADS')};"
        "print(json.dumps({'error': ['ParameterError', [json.dumps(kept)]]}))"
    )
    monkeypatch.setenv("MPLBACKEND", "tkagg")
    monkeypatch.setenv("PYTHONSTARTUP", "mine.py")
    monkeypatch.setattr(run, "WORKER", ("-c", code))
    with pytest.raises(Exception, match="OPENBLAS") as said:
        make_report("6471", 2022, out=tmp_path, progress=False)
    assert json.loads(said.value.message) == {"OPENBLAS_NUM_THREADS": "1"}
    assert os.environ["MPLBACKEND"] == "tkagg"
    assert Path(tmp_path / "reports").is_dir()
