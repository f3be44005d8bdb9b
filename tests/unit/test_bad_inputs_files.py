"""Bad inputs, first part: files that are damaged, disguised, of another kind, or cannot be
written.
"""

import errno
import gzip
import json
import pickle
import struct
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from bpsstats.cli import main
from bpsstats.errors import InputError
from bpsstats.microdata import check_round, read_round
from bpsstats.microdata.files import inventory
from bpsstats.microdata.formats import child, convert
from raw_folder import LAST_GOOD, Bad, assert_nothing_written, assert_refused, at, some

ROLE = "blok43"
NAME = "kp22blok43"


def dbase(table, deleted=()):
    """A dBASE table of text and numbers."""
    widths = {c: max(1, int(table[c].str.len().max())) for c in table}
    fields = b"".join(
        struct.pack("<11sc4xBB14x", c.encode(), b"C" if c == "SSU" else b"N", widths[c], 0)
        for c in table
    )
    rows = b"".join(
        (b"*" if i in deleted else b" ")
        + "".join(v.rjust(widths[c]) for c, v in zip(table, row, strict=True)).encode()
        for i, row in enumerate(table.itertuples(index=False))
    )
    size = 32 + len(fields) + 1
    heading = struct.pack("<BBBBIHH20x", 3, 122, 3, 1, len(table), size, 1 + sum(widths.values()))
    return heading + fields + b"\r" + rows + b"\x1a"


def as_dbase(f, change=bytes, deleted=()):
    (f.path / f"{NAME}.dbf").write_bytes(change(dbase(f.read(ROLE), deleted)))
    f.file(ROLE).unlink()


def cut(data, rows, more=0):
    """A dBASE table that ends after some rows and a part of the next."""
    size, width = struct.unpack("<HH", data[8:12])
    return data[: size + rows * width + more]


def without_first_food(data, value):
    """A dBASE table whose first FOOD was never written."""
    return data.replace(value.encode(), b"\0" * len(value), 1)


def as_statistical(f, ending, change=bytes):
    table = f.read(ROLE).drop(columns="SSU").astype(float)
    path = f.path / f"{NAME}.{ending}"
    (pyreadstat.write_sav if ending == "sav" else pyreadstat.write_dta)(table, str(path))
    path.write_bytes(change(path.read_bytes()))
    f.file(ROLE).unlink()


def flipped(data, at=0.01):
    """A table with a thirtieth of its bytes flipped from a place on."""
    start = int(len(data) * at)
    return (
        data[:start]
        + bytes(255 - byte for byte in data[start : start + len(data) // 30])
        + data[start + len(data) // 30 :]
    )


def put(f, name, content):
    f.file(ROLE).unlink()
    (f.path / name).write_bytes(content)


def archive(f, member, name=f"{NAME}.zip", change=bytes, **more):
    """Block 43 in a zip archive, beside other members."""
    with zipfile.ZipFile(f.path / name, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(member, f.file(ROLE).read_bytes())
        for other, content in more.get("others", {}).items():
            packed.writestr(other, content)
    (f.path / name).write_bytes(change((f.path / name).read_bytes()))
    f.file(ROLE).unlink()


def linked():
    """A member of an archive that is a link."""
    entry = zipfile.ZipInfo("kor22rt.csv")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry


def with_flag(data, flag, method=None):
    """An archive whose only member says that it is protected, or packed in another way."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.index(mark) + offset
        changed[start : start + 2] = struct.pack("<H", flag)
        if method is not None:
            changed[start + 2 : start + 4] = struct.pack("<H", method)
    return bytes(changed)


def lying(data):
    """An archive whose last member says that it is small."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.rindex(mark) + offset
        changed[start : start + 4] = struct.pack("<I", 1000)
    return bytes(changed)


def text_of(f, edit):
    f.file(ROLE).write_bytes(edit(f.file(ROLE).read_bytes()))


def second_line(data, old, new):
    lines = data.split(b"\n")
    lines[1] = lines[1].replace(old, new, 1) if old else new
    return b"\n".join(lines)


REFUSED = [
    Bad("an empty file", lambda f: put(f, f"{NAME}.csv", b""), NAME, "", "empty"),
    Bad(
        "a heading of 20 bytes",
        lambda f: put(f, f"{NAME}.dbf", b"\x03" * 20),
        NAME,
        "",
        "no dBASE table",
    ),
    Bad(
        "a heading without rows",
        lambda f: f.change(ROLE, lambda t: t.iloc[:0]),
        NAME,
        "",
        "no rows",
    ),
    Bad(
        "dBASE: more rows promised than there",
        lambda f: as_dbase(f, lambda d: cut(d, 5)),
        NAME,
        "",
        "ends after 5 of them",
    ),
    Bad(
        "dBASE: rows behind the end mark",
        lambda f: as_dbase(f, lambda d: d + d[-500:]),
        NAME,
        "",
        "501 bytes follow the last",
    ),
    Bad(
        "dBASE: fewer rows promised than there",
        lambda f: as_dbase(f, lambda d: d[:4] + struct.pack("<I", 2) + d[8:]),
        NAME,
        "",
        "promises",
    ),
    Bad("dBASE: a record cut", lambda f: as_dbase(f, lambda d: cut(d, 5, 3)), NAME, "", "promises"),
    Bad(
        "dBASE: a heading of another size",
        lambda f: as_dbase(f, lambda d: d[:8] + struct.pack("<H", 64) + d[10:]),
        NAME,
        "",
        "contradicts",
    ),
    Bad(
        "dBASE: stars for a number",
        lambda f: [
            f.change(ROLE, lambda t: t.assign(FOOD=["*" * len(t["FOOD"][0]), *t["FOOD"][1:]])),
            as_dbase(f),
        ],
        NAME,
        "FOOD",
        "text where numbers belong",
        (1,),
    ),
    Bad(
        "dBASE: NUL for a number",
        lambda f: as_dbase(f, lambda d: without_first_food(d, f.read(ROLE)["FOOD"][0])),
        NAME,
        "FOOD",
        "text where numbers belong",
        (1,),
    ),
    Bad(
        "SPSS: cut",
        lambda f: as_statistical(f, "sav", lambda d: d[: len(d) * 2 // 3]),
        NAME,
        "",
        "",
    ),
    Bad(
        "Stata: cut",
        lambda f: as_statistical(f, "dta", lambda d: d[: len(d) * 2 // 3]),
        NAME,
        "",
        "",
    ),
    Bad("SPSS: bits flipped", lambda f: as_statistical(f, "sav", flipped), NAME, "", ""),
    Bad("Stata: bits flipped", lambda f: as_statistical(f, "dta", flipped), NAME, "", ""),
    Bad(
        "SPSS under .csv",
        lambda f: [as_statistical(f, "sav"), (f.path / f"{NAME}.sav").rename(f.file(ROLE))],
        NAME,
        "",
        "SPSS",
    ),
    Bad("text under .dta", lambda f: f.rename(ROLE, f"{NAME}.dta"), NAME, "", "cannot be read"),
    Bad("text under .dbf", lambda f: f.rename(ROLE, f"{NAME}.dbf"), NAME, "", "no dBASE table"),
    Bad("text under .csv.gz", lambda f: f.rename(ROLE, f"{NAME}.csv.gz"), NAME, "", "ends in .gz"),
    Bad(
        "a zip under .sav",
        lambda f: put(f, f"{NAME}.sav", b"PK\x03\x04" + b"\0" * 64),
        NAME,
        "",
        "zip archive",
    ),
    Bad(
        "a web page under .csv",
        lambda f: put(f, f"{NAME}.csv", b"<html><body>Sign in</body></html>"),
        NAME,
        "",
        "web page",
    ),
    Bad(
        "text in UTF-16, cut",
        lambda f: text_of(f, lambda d: d.decode().encode("utf-16")[:-1]),
        NAME,
        "",
        "UTF-16",
    ),
    Bad(
        "a zip archive with ../",
        lambda f: archive(f, f"../../{NAME}.csv"),
        f"{NAME}.zip",
        "",
        "outside the folder",
    ),
    Bad(
        "a zip archive with ..\\",
        lambda f: archive(f, f"KP\\..\\..\\{NAME}.csv"),
        f"{NAME}.zip",
        "",
        "outside the folder",
    ),
    Bad(
        "a zip archive with an absolute path",
        lambda f: archive(f, f"/etc/{NAME}.csv"),
        f"{NAME}.zip",
        "",
        "outside the folder",
    ),
    Bad(
        "a zip archive with a drive",
        lambda f: archive(f, f"C:/{NAME}.csv", "data.zip"),
        "data.zip",
        "",
        "outside the folder",
    ),
    Bad(
        "a zip archive with a link",
        lambda f: archive(f, f"{NAME}.csv", "data.zip", others={linked(): "/etc"}),
        "data.zip",
        "",
        "holds a link",
    ),
    Bad(
        "a zip archive with a password",
        lambda f: archive(f, f"{NAME}.csv", "data.zip", lambda d: with_flag(d, 1)),
        NAME,
        "",
        "password",
    ),
    Bad(
        "a zip archive packed in a way not read",
        lambda f: archive(f, f"{NAME}.csv", "data.zip", lambda d: with_flag(d, 0, 9)),
        NAME,
        "",
        "not read",
    ),
    Bad(
        "a cut zip archive",
        lambda f: archive(f, f"{NAME}.csv", "data.zip", lambda d: d[:-30]),
        "data.zip",
        "",
        "cut",
    ),
    Bad(
        "a zip archive with a byte flipped",
        lambda f: archive(f, f"{NAME}.csv", "data.zip", lambda d: flipped(d, 0.5)),
        "",
        "",
        "damaged",
    ),
    Bad(
        "an archive in an archive",
        lambda f: archive(f, "x.csv", "data.zip", others={f"{NAME}.rar": b"Rar!"}),
        NAME,
        "",
        "not opened",
    ),
    Bad(
        "a link to nowhere",
        lambda f: [f.file(ROLE).unlink(), f.file(ROLE).symlink_to("nowhere.csv")],
        NAME,
        "",
        "link",
    ),
    Bad("a pickle", lambda f: put(f, f"{NAME}.pkl", pickle.dumps({})), NAME, "", "never opened"),
    Bad("a joblib file", lambda f: put(f, f"{NAME}.joblib", b"x"), NAME, "", "never opened"),
    Bad(
        "a pickle under .csv",
        lambda f: put(f, f"{NAME}.csv", pickle.dumps({"a": 1})),
        NAME,
        "",
        "pickle",
    ),
    Bad("a workbook", lambda f: put(f, f"{NAME}.xlsx", b"PK"), NAME, "", "not read"),
    Bad(
        "a cut gzip",
        lambda f: put(f, f"{NAME}.csv.gz", gzip.compress(f.file(ROLE).read_bytes())[:-2000]),
        NAME,
        "",
        "no table",
    ),
    Bad(
        "an embedded NUL",
        lambda f: text_of(f, lambda d: second_line(d, b"64,71", b"64,7\x001")),
        NAME,
        "R102",
        "text",
    ),
    Bad(
        "a field of a million characters",
        lambda f: text_of(f, lambda d: second_line(d, b"64,71", b"64,71" + b"9" * 1_000_000)),
        NAME,
        "",
        "no table",
    ),
    Bad(
        "a row with a cell too many",
        lambda f: text_of(f, lambda d: second_line(d, b"64,", b"64,64,")),
        NAME,
        "",
        "no table",
        (1,),
    ),
    Bad(
        "a quotation mark left open",
        lambda f: text_of(f, lambda d: second_line(d, b"64,", b'"64,')),
        NAME,
        "",
        "no table",
    ),
    Bad("a file cut in mid-line", lambda f: text_of(f, lambda d: d[:-40]), NAME, "", "no table"),
]


HERE = {
    "an empty file",
    "SPSS: cut",
    "a web page under .csv",
    "a zip archive with ../",
    "a cut gzip",
    "an embedded NUL",
}


@pytest.mark.parametrize("bad", some(HERE, REFUSED), ids=str)
def test_a_file_that_cannot_be_trusted_is_refused(bad, folder, processed, capsys):
    assert_refused(bad, folder, processed, capsys)


BOMB = bytes(1 << 22)
BOMBS = {
    "gzip": lambda f: put(f, f"{NAME}.csv.gz", gzip.compress(BOMB)),
    "zip": lambda f: archive(f, "x.csv", "data.zip", others={f"{NAME}.csv": BOMB}),
    "zip that lies about its size": lambda f: archive(
        f, "x.csv", "data.zip", lying, others={f"{NAME}.csv": BOMB}
    ),
    "gzip in a zip": lambda f: archive(
        f, "x.csv", "data.zip", others={f"{NAME}.csv.gz": gzip.compress(BOMB)}
    ),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_what_unpacks_to_more_than_a_file_of_its_role_has_is_refused(kind, folder, monkeypatch):
    monkeypatch.setitem(inventory.MOST_BYTES, ROLE, len(BOMB) - 1)
    BOMBS[kind](folder)
    [finding] = [f for f in folder.findings() if f.gravity == "error"]
    assert finding.file.startswith(NAME)
    # An archive that lies is cut off where it says that it ends.
    assert ("damaged" if "lies" in kind else "unpacks to more than") in finding.what


def test_one_file_that_cannot_be_opened_does_not_hide_what_is_wrong_with_the_others(folder):
    put(folder, f"{NAME}.csv", b"")
    folder.file("kor_individual").write_bytes(b"$FL2")
    folder.change("kor_household", at(2, "FWT", "-1"))
    folder.change("blok41", at(5, "KODE", "banyak"))
    found = {(f.file, f.column) for f in folder.findings() if f.gravity == "error"}
    assert {
        ("kp22blok43.csv", ""),
        ("kor22ind_1_diseminasi.csv", ""),
        ("kor22rt_diseminasi.csv", "FWT"),
        ("blok41_gab.csv", "KODE"),
    } <= found


def plain(folder):
    return read_round("6471", 2022, folder.path).households


def same(folder, before):
    round_ = read_round("6471", 2022, folder.path)
    pd.testing.assert_frame_equal(round_.households, before)
    return " ".join(round_.provenance.notes)


@pytest.mark.external
def test_deleted_rows_of_a_dbase_table_are_left_out_and_counted(folder):
    before = plain(folder)
    folder.change(ROLE, lambda t: pd.concat([t, t.iloc[:3]], ignore_index=True))
    n = len(folder.read(ROLE))
    as_dbase(folder, deleted=range(n - 3, n))
    assert "3 deleted rows" in same(folder, before)


@pytest.mark.external
def test_stray_bytes_are_read_as_latin_1_and_said(folder):
    before = plain(folder)
    folder.change(ROLE, lambda t: t.assign(NAMA="Caf\u00e9"))
    folder.file(ROLE).write_bytes(folder.file(ROLE).read_text("utf8").encode("latin-1"))
    assert "Latin-1" in same(folder, before)


def test_a_byte_order_mark_semicolons_crlf_and_decimal_commas_are_read_and_said(folder):
    before = plain(folder)
    table = folder.read(ROLE).map(lambda v: v.replace(".", ","))
    table["EXPEND"] = [
        f"{int(whole):,}".replace(",", ".") + "," + rest
        for whole, rest in table["EXPEND"].str.split(",")
    ]
    table.to_csv(
        folder.file(ROLE), index=False, sep=";", encoding="utf-8-sig", lineterminator="\r\n"
    )
    assert "decimals by a comma" in same(folder, before)


@pytest.mark.external
def test_a_reader_that_does_not_end_is_ended_with_all_it_started(
    folder, monkeypatch, capsys, processed
):
    as_statistical(folder, "sav")
    sleeper = [
        sys.executable,
        "-c",
        "import subprocess, time; subprocess.Popen(['sleep', '300']); time.sleep(300)",
    ]
    started = []
    popen = subprocess.Popen

    def slow(command, **options):
        if command[0] != sys.executable:  # the guard of the folder, no reader
            return popen(command, **options)
        started.append(popen(sleeper, **options))
        return started[-1]

    monkeypatch.setattr(child.subprocess, "Popen", slow)
    monkeypatch.setattr(child, "SECONDS", 2)
    finding = next(f for f in folder.findings() if f.file == f"{NAME}.sav")
    assert "did not end" in finding.what
    assert started[0].poll() is not None
    monkeypatch.setattr(child, "SECONDS", 0.5)
    assert_nothing_written(folder, processed, capsys)


def test_a_reader_that_crashes_is_an_error_that_names_the_file(folder, monkeypatch):
    as_statistical(folder, "dta")
    popen = subprocess.Popen
    crash = [sys.executable, "-c", "import os; os.abort()"]

    def crashing(command, **options):
        assert command != crash
        return popen(crash, **options)

    monkeypatch.setattr(child.subprocess, "Popen", crashing)
    finding = next(f for f in folder.findings() if f.file == f"{NAME}.dta")
    assert "broke down" in finding.what


def test_a_system_that_sets_no_limit_of_memory_says_so(folder, monkeypatch, tmp_path, capsys):
    as_statistical(folder, "dta")
    monkeypatch.setitem(sys.modules, "resource", None)
    assert convert.main([str(folder.path / f"{NAME}.dta"), str(tmp_path), "FOOD"]) == 0
    (note,) = json.loads(capsys.readouterr().out)["notes"]
    assert "without a limit of memory" in note


def test_a_reader_that_asks_for_more_than_its_memory_is_refused(folder):
    """The limit is set to what the reader has already, so that the next request fails."""
    as_statistical(folder, "dta")
    program = (
        "import sys; from bpsstats.microdata.formats import convert; convert.MEMORY = 1 << 28; "
        "sys.exit(convert.main(sys.argv[1:]))"
    )
    command = [
        sys.executable,
        "-c",
        program,
        str(folder.path / f"{NAME}.dta"),
        str(folder.path),
        "FOOD",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    answer = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {"what": "crashed"}
    assert "what" in answer


@pytest.mark.external
def test_a_store_that_cannot_be_written_is_told_and_leaves_the_last_output(
    folder, processed, monkeypatch, capsys
):
    def refuse(_, place):
        raise OSError(errno.EROFS, "Read-only file system", str(place))

    monkeypatch.setattr("bpsstats.microdata.store.entry.put_in_place", refuse)
    assert main(["build", "--raw", str(folder.path)]) == 2
    err = capsys.readouterr().err
    assert "may not be written to" in err
    assert "Nothing was replaced" in err
    assert {path.name: path.read_bytes() for path in processed.iterdir()} == LAST_GOOD
    # What only uses the round does not need the store.
    assert main(["estimate", "--raw", str(folder.path)]) == 0


def test_a_disk_that_fills_up_in_mid_write_leaves_the_last_output(folder, processed):
    """The system itself refuses files beyond a size, as a full disk does, in a process of its
    own.
    """
    program = (
        "import resource, sys; from bpsstats.cli import main; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); "
        "sys.exit(main(['build', '--raw', sys.argv[1]]))"
    )
    command = [sys.executable, "-c", program, str(folder.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in processed.iterdir()} == LAST_GOOD
    assert [path.name for path in processed.parent.iterdir()] == [processed.name]


def test_an_empty_folder_is_an_error_that_lists_the_files(folder, processed, capsys):
    for path in folder.path.glob("*.csv"):
        path.unlink()
    said = assert_nothing_written(folder, processed, capsys)
    assert "It is empty." in said
    assert "kor22ind_1_diseminasi" in said


def test_a_folder_without_a_file_of_the_round_is_an_error_that_says_what_it_holds(folder):
    for path in folder.path.glob("*.csv"):
        path.unlink()
    (folder.path / "KOR").mkdir()
    with pytest.raises(InputError, match="holds no file, but folders: KOR"):
        check_round("6471", 2022, folder.path)
    (folder.path / "KOR" / "Podes.sav").write_bytes(b"$FL2")
    with zipfile.ZipFile(folder.path / "kiriman.zip", "w") as packed:
        packed.writestr("surat/pengantar.docx", b"PK")
    with pytest.raises(InputError, match=r"KOR/Podes\.sav, kiriman\.zip, kiriman\.zip/surat"):
        check_round("6471", 2022, folder.path)


def test_an_archive_that_cannot_be_read_beside_a_whole_round_is_a_warning(folder):
    (folder.path / "foto.zip").write_bytes(b"PK\x03\x04")
    [finding] = folder.findings()
    assert (finding.gravity, finding.file) == ("warning", "foto.zip")


def test_the_small_round_itself_is_sound(folder, processed, capsys):
    """Else the tests above would prove nothing."""
    assert check_round("6471", 2022, folder.path).findings == ()
    assert main(["build", "--raw", str(folder.path)]) == 0
    assert (processed / "persons.parquet").read_bytes() != LAST_GOOD["persons.parquet"]
    assert np.isfinite(plain(folder)["expenditure_person_month"]).all()
