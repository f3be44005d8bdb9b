"""Damaged files of every kind end in a typed error or in a table of as many rows, never in a crash,
a hang or a short table.
"""

import os

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from bpsstats.errors import InputError
from bpsstats.microdata.formats import open_source
from bpsstats.microdata.formats.dta import check_size
from fuzz.damage import DIED, REFUSED, Worker, cases, outcome
from table_files import STATA_RELEASES, write

N_ROWS = 60
KINDS = ("csv", "dialect", "csv.gz", "dbf", "sav", "sav-packed", "zsav", *STATA_RELEASES)
# The CI tries 2,640 files; a twentieth of them while working.
CASES = 240 if os.environ.get("BPSSTATS_EXTERNAL") else 12
CHILDREN = 4 if CASES > 100 else 1


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(20221)
    return pd.DataFrame(
        {
            "URUT": [str(88987 + i) for i in range(N_ROWS)],
            "R102": "71",
            "R301": random.integers(1, 9, N_ROWS).astype(str),
            "SSU": [f"647101649{i:06d}" for i in range(N_ROWS)],
            "NAMA": random.choice(["Caf\u00e9", "Toko", ""], N_ROWS),
            "FWT": [f"{weight:.6f}" for weight in random.uniform(20, 900, N_ROWS)],
        }
    )


@pytest.fixture(scope="module")
def worker():
    worker = Worker()
    yield worker
    worker.close()


def damaged(table, kind, folder, n):
    """Damaged copies in files of their own, by name of the damage."""
    whole = write(table, kind, folder / "whole")
    ending = whole.name.partition(".")[2]
    for name, content in cases(whole.read_bytes(), kind, n):
        path = folder / f"{name.replace(' ', '-')}.{ending}"
        path.write_bytes(content)
        yield path


def is_whole_lines(path, table, kind, rows):
    """Whether text was cut or damaged so that other whole rows remain, which no reader of this one
    file can know.
    """
    if kind not in ("csv", "dialect"):
        return False
    lines = [line for line in path.read_bytes().decode("latin-1").split("\n") if line]
    separator = ";" if kind == "dialect" else ","
    return len(lines) - 1 == rows and all(
        line.count(separator) == len(table.columns) - 1 for line in lines
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_undamaged_file_is_read_whole(kind, table, worker, tmp_path):
    """Else everything below could be refused for another reason."""
    [(rows, columns, _)] = worker.outcomes(
        frozenset(table), [write(table, kind, tmp_path / "whole")]
    )
    assert (rows, columns) == table.shape


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused_or_read_in_all_its_rows(kind, table, worker, tmp_path):
    paths = list(damaged(table, kind, tmp_path, CASES))
    found = dict(zip(paths, worker.outcomes(frozenset(table), paths), strict=True))
    assert len(found) > 0.9 * CASES
    for path in [path for path, result in found.items() if result == DIED]:
        # What kills the process here kills the child in earnest, and its parent must live to tell.
        found[path] = outcome(path, frozenset(table))
    wrong = {
        path.name: result
        for path, result in found.items()
        if result != REFUSED
        and not (isinstance(result, tuple) and _is_honest(result, path, table, kind))
    }
    assert not wrong
    assert REFUSED in found.values()


def _is_honest(result, path, table, kind):
    rows, _, notes = result
    deleted = sum(int(note.split()[0].replace(",", "")) for note in notes if "deleted row" in note)
    return rows + deleted == N_ROWS or is_whole_lines(path, table, kind, rows)


def test_stray_quotation_marks_that_join_two_rows_are_refused_with_the_row(table, tmp_path):
    path = write(table, "csv", tmp_path / "whole")
    lines = path.read_text("utf8").split("\n")
    lines[5], lines[6] = lines[5].replace(",71,", ',"71,'), lines[6].replace(",71,", ',71",')
    path.write_text("\n".join(lines), "utf8")
    with pytest.raises(InputError, match=r"runs over the end of a line.*row 5\b"):
        open_source(path, frozenset(table), {}, tmp_path)


@pytest.mark.parametrize("kind", ["dta-113", "dta-114"])
def test_an_old_stata_table_with_value_labels_and_notes_is_read_and_its_count_is_held_to_its_size(
    kind, tmp_path
):
    frame = pd.DataFrame({"R105": [1.0, 2.0, 1.0], "FWT": [1.5, 2.5, 3.5]})
    path = tmp_path / "kor22rt.dta"
    pyreadstat.write_dta(
        frame,
        str(path),
        version=STATA_RELEASES[kind],
        variable_value_labels={"R105": {1: "kota", 2: "desa"}},
    )
    check_size(path)
    whole = path.read_bytes()
    assert b"desa" in whole
    for count in (2, 4):
        path.write_bytes(whole[:6] + count.to_bytes(4, "little") + whole[10:])
        with pytest.raises(InputError, match="contradicts the size"):
            check_size(path)


def test_an_old_stata_table_written_by_another_program_fills_its_file(tmp_path):
    path = tmp_path / "kor22rt.dta"
    pd.DataFrame({"R105": [1, 2], "NAMA": ["a", "bcd"]}).to_stata(
        path, version=114, write_index=False
    )
    check_size(path)


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if not kind.startswith(("csv", "dialect"))]
)
@pytest.mark.external
def test_the_child_process_answers_for_damaged_files_as_the_same_code_does_here(
    kind, table, worker, tmp_path
):
    paths = list(damaged(table, kind, tmp_path, CHILDREN))
    assert [outcome(path, frozenset(table)) for path in paths] == [
        REFUSED if result == DIED else result for result in worker.outcomes(frozenset(table), paths)
    ]
