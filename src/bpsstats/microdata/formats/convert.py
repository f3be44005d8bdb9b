"""The child process: rewrite a binary table as Parquet, or say in JSON why not.

It runs apart from the caller because parsers of damaged binary files may crash, hang or ask for all
memory: the parent limits its time, and it limits its own memory before it opens the file.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyreadstat

from bpsstats.errors import InputError
from bpsstats.microdata.formats import dbf, dta
from bpsstats.microdata.formats.source import ROW
from bpsstats.microdata.formats.unpack import end_with_the_parent, limit_memory
from bpsstats.reprs import count_of

MEMORY = 6 << 30  # bytes of address space
ROWS_AT_A_TIME = 200_000
COMMAS = "marks decimals by a comma."
SAV_ROWS = 80  # offset of the count of rows in an SPSS file, four bytes; all ones stand for unknown
EXACT_SINGLE = 2**24  # above it numbers of single precision skip whole ones
UNKNOWN = b"\xff\xff\xff\xff"
REMEDY = (
    "The file is damaged, was cut, or is of another kind than its ending says. Copy it anew from"
    " its source."
)


@dataclass(slots=True)
class Converted:
    """What was written: columns as the file spells them, rows, deleted rows left out, notes for the
    provenance.

    `blurred` are columns of single precision with numbers too large for it: ids there have lost
    digits. `labels` are the labels that the file gives to the codes of its columns.
    """

    columns: list[str]
    rows: int = 0
    deleted: int = 0
    notes: tuple[str, ...] = ()
    blurred: list[str] = field(default_factory=list)
    labels: dict[str, list[tuple[float, str]]] = field(default_factory=dict)


def convert(path: Path, out: Path, wanted: frozenset[str]) -> Converted:
    """Rewrite the wanted columns of a table as Parquet files ``part-*.parquet`` in a folder.

    Parameters
    ----------
    path : Path
        File ending in .dbf, .dta, .sav or .zsav.
    out : Path
        An empty folder.
    wanted : frozenset of str
        Columns in upper case; those that the file lacks are left to the caller to miss.

    Raises
    ------
    InputError
        If the file is damaged in a way that shows.
    """
    kind = path.suffix.lower()
    if kind == ".dbf":
        return _convert_dbf(path, out, wanted)
    if kind in (".sav", ".zsav"):
        return _convert_sav(path, out, wanted)
    dta.check_size(path)
    return _convert_statistical(pyreadstat.read_dta, path, out, wanted)


def _convert_dbf(path: Path, out: Path, wanted: frozenset[str]) -> Converted:
    heading = dbf.read_heading(path)
    names = [field.name for field in heading.fields if field.name.upper() in wanted]
    done = Converted([field.name for field in heading.fields], heading.rows)
    if heading.behind:
        left = ("byte behind its end, which was left", "bytes behind its end, which were left")
        bytes_behind = count_of(heading.behind, *left)
        done.notes += (f"has {bytes_behind} out.",)
    # Where the heading gives a number digits behind its mark, a comma is that mark.
    marked = {field.name for field in heading.fields if field.decimals}
    for i, (frame, deleted) in enumerate(dbf.read_rows(heading, list(dict.fromkeys(names)))):
        for column in marked.intersection(frame):
            if (
                frame[column].str.contains(",").any()
                and not frame[column].str.contains("[.]").any()
            ):
                frame[column] = frame[column].str.replace(",", ".")
                done.notes += () if COMMAS in done.notes else (COMMAS,)
        _write(frame, frame.index.to_series(), out, i)
        done.deleted += deleted
    return done


def _convert_sav(path: Path, out: Path, wanted: frozenset[str]) -> Converted:
    """SPSS: the reader stops in silence where a damaged count of rows tells it to, so it reads a
    copy without one.
    """
    with path.open("rb") as handle:
        heading = handle.read(SAV_ROWS + 4)
    if len(heading) < SAV_ROWS + 4:
        raise InputError("The file is empty or cut.", REMEDY, file=path.name)
    copy = out / f"copy{path.suffix.lower()}"
    shutil.copyfile(path, copy)
    with copy.open("r+b") as handle:
        handle.seek(SAV_ROWS)
        handle.write(UNKNOWN)
    # Codes that SPSS was told to leave out, such as 98, are codes all the same.
    read = partial(pyreadstat.read_sav, user_missing=True)
    done = _convert_statistical(read, copy, out, wanted)
    copy.unlink()
    promised = heading[SAV_ROWS:]
    if promised == UNKNOWN:
        done.notes += ("does not say how many rows it has; all that were there were read.",)
    elif done.rows not in (int.from_bytes(promised, "little"), int.from_bytes(promised, "big")):
        raise InputError(
            f"The file promises another number of rows than the {done.rows:,} it holds.",
            REMEDY,
            file=path.name,
        )
    return done


def _convert_statistical(
    read: Callable[..., Any], path: Path, out: Path, wanted: frozenset[str]
) -> Converted:
    """Stata and SPSS, in pieces; text that is not UTF-8 is read as Latin-1."""
    options: dict[str, object] = {"disable_datetime_conversion": True}
    try:
        done, single, frames = _pieces(read, path, wanted, options)
        first = next(frames)
    except (UnicodeDecodeError, pyreadstat.PyreadstatError, pyreadstat.ReadstatError) as error:
        if not isinstance(error, UnicodeDecodeError) and "convert string" not in str(error):
            raise
        options["encoding"] = "LATIN1"
        done, single, frames = _pieces(read, path, wanted, options)
        first = next(frames)
        done.notes = ("is not UTF-8 throughout; its text was read as Latin-1.",)
    for i, frame in enumerate(_chain(first, frames)):
        numbers = pd.Series(range(done.rows + 1, done.rows + len(frame) + 1))
        _write(frame, numbers, out, i)
        done.rows += len(frame)
        done.blurred += [
            c
            for c in single
            if c in frame and c not in done.blurred and frame[c].abs().max() >= EXACT_SINGLE
        ]
    return done


def _pieces(
    read: Callable[..., Any], path: Path, wanted: frozenset[str], options: dict[str, object]
) -> tuple[Converted, list[str], Iterator[pd.DataFrame]]:
    """All column names with their labels, those of single precision, and the wanted columns in
    pieces; there is always one piece.
    """
    about = read(str(path), metadataonly=True, **options)[1]
    columns = [str(column) for column in about.column_names]
    single = [column for column in columns if about.readstat_variable_types.get(column) == "float"]
    used = [column for column in columns if column.upper() in wanted]

    def frames() -> Iterator[pd.DataFrame]:
        start = 0
        while True:
            chosen = {"usecols": used} if used else {}
            frame, _ = read(
                str(path), row_offset=start, row_limit=ROWS_AT_A_TIME, **chosen, **options
            )
            yield frame
            if len(frame) < ROWS_AT_A_TIME:
                return
            start += len(frame)

    labels = {
        column: [
            (float(code), str(label))
            for code, label in about.variable_value_labels[column].items()
            if isinstance(code, int | float)
        ]
        for column in used
        if column in about.variable_value_labels
    }
    return Converted(columns, labels=labels), single, frames()


def _chain(first: pd.DataFrame, rest: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The piece that was read for a try, and the others."""
    yield first
    yield from rest


def _write(frame: pd.DataFrame, numbers: pd.Series, out: Path, part: int) -> None:
    """One piece as Parquet with the numbers of its rows."""
    frame = frame.reset_index(drop=True).assign(**{ROW: numbers.to_numpy()})
    target = str(out / f"part-{part:05d}.parquet").replace("'", "''")
    connection = duckdb.connect(config={"threads": 1})
    connection.register("frame", frame)
    connection.execute(f"COPY (SELECT * FROM frame) TO '{target}' (FORMAT parquet)")
    connection.close()


def main(arguments: list[str]) -> int:
    """``convert PATH OUT COLUMN...``; prints a JSON object, either `Converted` or what is wrong."""
    path, out = Path(arguments[0]), Path(arguments[1])
    limited = limit_memory(MEMORY)
    try:
        done = convert(path, out, frozenset(arguments[2:]))
        if not limited:
            done.notes += ("was read without a limit of memory, which this system does not set.",)
        answer: dict[str, object] = asdict(done)
    except InputError as error:
        answer = {
            "what": error.what,
            "remedy": error.remedy,
            "column": error.column,
            "rows": error.rows,
        }
    except (Exception, MemoryError):
        answer = {"what": "The file cannot be read.", "remedy": REMEDY, "column": None, "rows": ()}
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    end_with_the_parent()
    sys.exit(main(sys.argv[1:]))
