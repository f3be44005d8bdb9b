"""Records that were rewritten while files were read do not outlive the reader, whatever ends it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bpsstats.errors import InputError
from bpsstats.files import MARK, PREFIX
from bpsstats.microdata.formats import workspace

READER = """
import sys, time
from bpsstats.microdata.formats import workspace
with workspace() as folder:
    (folder / "inner").mkdir()
    (folder / "inner" / "part.parquet").write_bytes(b"records")
    print(folder, flush=True)
    time.sleep(600)
"""
PATIENCE = 60  # seconds


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder for temporary files of the test's own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def reader(root):
    """A process in the middle of reading, and its folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(root)},
    )
    return process, Path(process.stdout.readline().strip())


@pytest.mark.skipif(os.name != "posix", reason="Signals are those of POSIX.")
@pytest.mark.parametrize("ending", ["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"])
def test_a_reader_that_is_ended_leaves_nothing(ending, root):
    process, folder = reader(root)
    assert (folder / "inner" / "part.parquet").exists()
    process.send_signal(getattr(signal, ending))
    process.communicate()
    until = time.monotonic() + PATIENCE
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists()


def test_what_a_dead_reader_left_is_removed_by_the_next_and_nothing_else(root):
    process, alive = reader(root)
    dead, foreign = root / f"{PREFIX}dead", root / f"{PREFIX}of-somebody"
    for folder in (dead, foreign):
        folder.mkdir()
        (folder / "part.parquet").write_bytes(b"records")
    (dead / MARK).touch()
    (root / f"{PREFIX}link").symlink_to(foreign, target_is_directory=True)
    with workspace() as here:
        assert here.parent == root
        assert not dead.exists()
        assert (foreign / "part.parquet").exists()
        assert (alive / "inner" / "part.parquet").exists()
        assert here.stat().st_mode & 0o077 == 0
    process.kill()
    process.communicate()


def test_no_room_for_temporary_files_is_an_error_in_words(root, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(InputError, match=r"No space left on device.*TMPDIR"), workspace():
        pass
