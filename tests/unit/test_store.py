"""The store of processed rounds: the same to the last bit, never stale, private, and no more than a
store.
"""

import json
import logging
import os
import shutil
import stat
import subprocess
import sys

import pandas as pd
import pytest

from bpsstats.cli import main
from bpsstats.files import MARK, scratch_folder
from bpsstats.microdata import check_round, read_items, read_round
from bpsstats.microdata.store import key
from bpsstats.microdata.store.entry import WRITING
from bpsstats.paths import STORE_VARIABLE, store_dir
from in_ci import every

AREA = "6471"


def entry(folder, table="round"):
    return folder.path / "processed" / f"{AREA}-{folder.year}-{table}"


def read(folder, caplog, **options):
    """A round, and what was said of the store."""
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="bpsstats"):
        round_ = read_round(AREA, folder.year, folder.path, **options)
    return round_, caplog.text


@pytest.fixture
def stored(folder, caplog):
    """A round that was read once."""
    round_, said = read(folder, caplog)
    assert "processed and stored" in said
    return round_


def assert_same(one, other):
    for name in ("households", "persons"):
        first, second = getattr(one, name), getattr(other, name)
        pd.testing.assert_frame_equal(first, second, check_exact=True)
        assert first.attrs == second.attrs
    assert one.provenance == other.provenance
    assert one.checks == other.checks
    assert repr(one) == repr(other)


def test_a_processed_round_is_the_derived_one_to_the_last_bit(folder, stored, caplog, monkeypatch):
    again, said = read(folder, caplog)
    assert "read as processed before" in said
    assert_same(again, stored)
    monkeypatch.setenv(STORE_VARIABLE, "off")
    anew, said = read(folder, caplog)
    assert not said
    assert_same(anew, stored)


def test_processed_items_are_the_items(folder, monkeypatch):
    first = read_items(AREA, 2022, folder.path)
    assert entry(folder, "items").is_dir()
    pd.testing.assert_frame_equal(read_items(AREA, 2022, folder.path), first, check_exact=True)
    monkeypatch.setenv(STORE_VARIABLE, "off")
    pd.testing.assert_frame_equal(read_items(AREA, 2022, folder.path), first, check_exact=True)


def test_a_changed_byte_in_a_raw_file_is_seen_whatever_its_time(folder, stored, caplog):
    path = folder.file("blok43")
    times = path.stat()
    content = path.read_bytes()
    place = content.index(b"\n") + content[content.index(b"\n") :].index(b".") + 3  # a decimal
    digit = b"1" if content[place : place + 1] != b"1" else b"2"
    path.write_bytes(content[:place] + digit + content[place + 1 :])
    assert path.stat().st_size == times.st_size
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    _, said = read(folder, caplog)
    assert "have changed" in said
    path.write_bytes(content)
    again, said = read(folder, caplog)
    assert "have changed" in said
    assert_same(again, stored)


@pytest.mark.parametrize("name", ["kor22ind_9_copy.csv", "source.yaml"])
@pytest.mark.external
def test_another_file_in_the_folder_is_seen(name, folder, stored, caplog):
    (folder.path / name).write_text("{}")
    _, said = read(folder, caplog)
    assert "have changed" in said


@pytest.mark.external
def test_another_version_of_the_code_is_seen(folder, stored, caplog, monkeypatch):
    monkeypatch.setattr(key, "_digest_of_code", lambda: "another")
    _, said = read(folder, caplog)
    assert "have changed" in said
    monkeypatch.setattr(key, "version", lambda _: "0")
    _, said = read(folder, caplog)
    assert "have changed" in said


@pytest.mark.parametrize(
    ("file", "damage"),
    every(
        5,
        [
            ("about.json", "a byte"),
            ("about.json", "half"),
            ("households.parquet", "a byte"),
            ("persons.parquet", "nothing left"),
            ("persons.parquet", "gone"),
        ],
    ),
)
def test_a_damaged_entry_is_made_again(file, damage, folder, stored, caplog):
    path = entry(folder) / file
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"a byte": flipped, "half": content[:middle]}.get(damage, b""))
    again, said = read(folder, caplog)
    assert "damaged" in said or "not processed yet" in said
    assert "processed and stored" in said
    assert_same(again, stored)


@pytest.mark.external
def test_other_options_have_an_entry_of_their_own(folder, stored, caplog):
    n = stored.persons["weight_person"].sum()
    _, said = read(folder, caplog, population=float(n))
    assert "not processed yet" in said
    _, said = read(folder, caplog)
    assert "read as processed before" in said


def test_what_the_check_found_is_shown_as_before(folder):
    folder.file("blok41").unlink()
    before = check_round(AREA, 2022, folder.path)
    assert before.warnings
    read_round(AREA, 2022, folder.path)
    assert entry(folder).is_dir()
    assert check_round(AREA, 2022, folder.path) == before


def test_a_processed_round_is_private_and_lies_beside_the_raw_files(folder, stored):
    assert store_dir(folder.path) == folder.path / "processed"
    paths = [folder.path / "processed", *(folder.path / "processed").rglob("*")]
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_round_that_is_refused_is_not_stored(folder, capsys):
    folder.change("kor_household", lambda table: table.assign(FWT="-1"))
    assert main(["build", "--raw", str(folder.path)]) == 2
    capsys.readouterr()
    assert not (folder.path / "processed").exists()


def test_cleaning_removes_what_the_store_wrote_and_nothing_else(folder, stored, capsys):
    mine = entry(folder) / "my notes.txt"
    mine.write_text("kept")
    other = folder.path / "processed" / "a-study"
    other.mkdir()
    (other / "about.json").write_text(json.dumps({"format": "mine", "tables": {"x": {}}}))
    (other / "x.parquet").write_text("kept")
    assert main(["clean", "--raw", str(folder.path)]) == 0
    assert mine.read_text() == "kept"
    assert (other / "x.parquet").read_text() == "kept"
    assert [path.name for path in entry(folder).iterdir()] == [mine.name]
    assert main(["clean", "--raw", str(folder.path)]) == 0
    assert "The store is empty" in capsys.readouterr().out


@pytest.mark.external
def test_what_a_killed_process_left_is_removed_by_the_next(folder, stored, caplog):
    store = folder.path / "processed"
    left = store / f"{WRITING}left"
    left.mkdir()
    (left / MARK).touch()
    (left / "persons.parquet").write_text("records")
    shutil.rmtree(entry(folder))
    with scratch_folder(WRITING, store) as in_use:
        read(folder, caplog)
        assert not left.exists()
        assert in_use.exists()


@pytest.mark.external
def test_processes_that_store_one_round_at_once_do_no_harm(folder):
    program = (
        "import sys; from bpsstats.microdata import read_round; "
        "print(read_round('6471', 2022, sys.argv[1]).households.to_json())"
    )
    command = [sys.executable, "-c", program, str(folder.path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1] != ""
    assert [path.name for path in (folder.path / "processed").iterdir()] == [entry(folder).name]


@pytest.mark.external
def test_commands_can_do_without_the_store_and_say_why_they_read_anew(folder, capfd):
    assert main(["estimate", "--raw", str(folder.path), "--no-store"]) == 0
    assert not (folder.path / "processed").exists()
    assert main(["estimate", "--raw", str(folder.path), "--verbose"]) == 0
    assert "not processed yet" in capfd.readouterr().err
