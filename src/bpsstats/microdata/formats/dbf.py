"""dBASE tables, read strictly: a file whose parts contradict one another is refused, never read in
part.

The format is a heading of fixed-width field descriptors and rows of fixed width, so that the size
of an undamaged file follows from its heading. Readers that trust the heading's count of rows return
a part of a damaged file without a word.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bpsstats.errors import InputError
from bpsstats.reprs import count_of

VERSIONS = frozenset({0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0xF5})
VISUAL_FOXPRO = frozenset({0x30, 0x31, 0x32})  # these keep 263 more bytes in the heading
BACKLINK = 263
HEADING, DESCRIPTOR = 32, 32
END_OF_FIELDS, END_OF_FILE = 0x0D, b"\x1a"
FILLING = b"\x1a\0 \r\n"  # what writers put behind the end
MOST_FILLING = 1 << 16  # bytes
KEPT, DELETED = b" ", b"*"
TEXT_TYPES, OTHER_TYPES = frozenset("CNFDL"), frozenset("IBYTMG@O+")
ROWS_AT_A_TIME = 200_000
REMEDY = "The file is damaged or was cut. Copy it anew from its source."


@dataclass(frozen=True, slots=True)
class Field:
    """A column: name, type letter, position and width in a row, and digits behind the mark."""

    name: str
    kind: str
    start: int
    width: int
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """What the heading says, checked against the file's size."""

    path: Path
    rows: int
    size: int
    row_size: int
    fields: tuple[Field, ...]
    behind: int  # bytes behind the end mark

    def field(self, name: str) -> Field:
        """The field of a name."""
        return next(field for field in self.fields if field.name == name)


def read_heading(path: Path) -> Heading:
    """Heading of a dBASE table.

    Raises
    ------
    InputError
        If the heading contradicts itself or the size of the file.
    """
    size_of_file = path.stat().st_size
    with path.open("rb") as handle:
        start = handle.read(HEADING)
        if len(start) < HEADING or start[0] not in VERSIONS:
            raise InputError("The file is no dBASE table.", REMEDY, file=path.name)
        rows, size, row_size = struct.unpack("<IHH", start[4:12])
        descriptors = handle.read(max(0, size - HEADING))
    if len(descriptors) < size - HEADING:
        raise InputError("The heading of the table is cut.", REMEDY, file=path.name)
    fields = tuple(_fields(descriptors))
    expected = (
        HEADING + DESCRIPTOR * len(fields) + 1 + (BACKLINK if start[0] in VISUAL_FOXPRO else 0)
    )
    # Some writers put one more zero byte after the fields.
    if (
        not fields
        or size not in (expected, expected + 1)
        or row_size != 1 + sum(field.width for field in fields)
    ):
        raise InputError("The heading of the table contradicts itself.", REMEDY, file=path.name)
    behind = size_of_file - size - rows * row_size
    if behind < 0:
        raise InputError(
            f"The heading promises {count_of(rows, 'row')}, and the file ends after"
            f" {max(0, size_of_file - size) // row_size:,} of them.",
            REMEDY,
            file=path.name,
        )
    if not _ends_there(path, behind, row_size):
        raise InputError(
            f"The heading promises {count_of(rows, 'row')}, and"
            f" {count_of(behind, 'byte follows', 'bytes follow')} the last of them.",
            "Rows that the heading does not count may be among them: open the table in the program"
            " that wrote it, and export it anew.",
            file=path.name,
        )
    return Heading(path, rows, size, row_size, fields, max(0, behind - 1))


def _ends_there(path: Path, behind: int, row_size: int) -> bool:
    """Whether the bytes behind the last row are no rows: an end mark and what is no row, or
    filling.
    """
    if behind <= 1:
        return True
    with path.open("rb") as handle:
        handle.seek(-behind, os.SEEK_END)
        tail = handle.read(MOST_FILLING + 1)
    if len(tail) > MOST_FILLING:
        return False
    if tail.startswith(END_OF_FILE):
        return len(tail) <= row_size or not tail.strip(FILLING)
    return not tail.strip(b"\0") or (len(tail) < row_size and not tail.strip(FILLING))


def _fields(descriptors: bytes) -> Iterator[Field]:
    """Field descriptors up to the mark of their end."""
    start = 1
    for at in range(0, len(descriptors), DESCRIPTOR):
        part = descriptors[at : at + DESCRIPTOR]
        if len(part) < DESCRIPTOR or part[0] == END_OF_FIELDS:
            return
        name = part[:11].split(b"\0")[0].decode("ascii", "replace").strip()
        kind, width = chr(part[11]), part[16]
        decimals = part[17]
        if kind == "C":  # long text keeps the high byte where numbers keep their decimals
            width += decimals << 8
        yield Field(name, kind, start, width, decimals if kind in "NF" else 0)
        start += width


def read_rows(heading: Heading, names: list[str]) -> Iterator[tuple[pd.DataFrame, int]]:
    """Rows in pieces, as text.

    Yields
    ------
    tuple of DataFrame and int
        Columns as text, with surrounding blanks removed, and the number of deleted rows left out of
        this piece. The index numbers the rows of the file, the first being 1.

    Raises
    ------
    InputError
        If a row is neither kept nor deleted, or a column is of a type that holds no text.
    """
    fields = [heading.field(name) for name in names]
    for field in fields:
        if field.kind not in TEXT_TYPES:
            known = (
                "is of a type that is not read here"
                if field.kind in OTHER_TYPES
                else "has an unknown type"
            )
            raise InputError(
                f"The column {known}.",
                "Export the table anew with numbers and text only.",
                file=heading.path.name,
                column=field.name,
            )
    layout = np.dtype(
        {
            "names": ["mark", *names],
            "formats": ["S1", *(f"S{field.width}" for field in fields)],
            "offsets": [0, *(field.start for field in fields)],
            "itemsize": heading.row_size,
        }
    )
    with heading.path.open("rb") as handle:
        handle.seek(heading.size)
        for first in range(0, heading.rows, ROWS_AT_A_TIME):
            n = min(ROWS_AT_A_TIME, heading.rows - first)
            data = handle.read(n * heading.row_size)
            rows = np.frombuffer(data, dtype=layout)
            # NumPy drops trailing NUL bytes, so that an unwritten mark is empty.
            marks = rows["mark"]
            bad = np.flatnonzero((marks != KEPT) & (marks != DELETED))
            if bad.size:
                raise InputError(
                    f"{count_of(bad.size, 'row begins', 'rows begin')} with neither the"
                    " mark of a kept row nor that of a deleted one.",
                    REMEDY,
                    file=heading.path.name,
                    rows=[first + int(i) + 1 for i in bad[:5]],
                )
            kept = np.flatnonzero(marks == KEPT)
            frame = pd.DataFrame(index=kept + first + 1)
            for field in fields:
                frame[field.name] = _text(rows[field.name][kept], data, heading, field, kept)
            yield frame, n - len(kept)


def _text(
    values: np.ndarray, data: bytes, heading: Heading, field: Field, kept: np.ndarray
) -> np.ndarray:
    """Cells as text; a number that ends in NUL bytes and has no digit is marked as unreadable,
    because it was never written.
    """
    text = np.char.strip(np.char.decode(values, "latin-1"))
    if field.kind in "NF":
        end = field.start + field.width - 1 + kept * heading.row_size
        last = np.frombuffer(data, dtype=np.uint8)[end]
        text = np.where((text == "") & (last == 0), "\\0", text)
    return text.astype(object)
