"""Stata tables of releases 113 to 115, measured before they are read.

In these the parts follow one another without marks, so that a damaged count of rows shifts the end
of the data: the reader returns fewer rows without a word, and takes those left over for value
labels. Here the parts are measured from the heading, and value labels must end where the file does.
Later releases mark their parts, and the reader sees that.
"""

import mmap
import struct
from pathlib import Path

from bpsstats.errors import InputError

RELEASES = frozenset({113, 114, 115})  # Stata 8 to 12
BIG_ENDIAN = 1
HEADING, NAME, LABEL = 109, 33, 81  # bytes
FORMAT = {113: 12, 114: 49, 115: 49}
WIDTHS = {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}  # of numbers; text has its own width as its type
LABEL_NAME = NAME + 3  # a name and padding
REMEDY = "The file is damaged or was cut. Copy it anew from its source."


def check_size(path: Path) -> None:
    """Hold the count of rows of an old Stata table to the size of its file; other releases are left
    to their reader.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        If the parts of the table do not fill the file.
    """
    if not _is_old(path):
        return
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if not _fills(data):
            raise InputError(
                "The heading of the table contradicts the size of the file.", REMEDY, file=path.name
            )


def _is_old(path: Path) -> bool:
    """Whether the first byte is that of a release without marks."""
    with path.open("rb") as handle:
        return handle.read(1) in [bytes([release]) for release in RELEASES]


def _fills(data: mmap.mmap) -> bool:
    """Whether heading, descriptors, extensions, rows and value labels end where the data do."""
    if len(data) < HEADING:
        return False
    order = ">" if data[1] == BIG_ENDIAN else "<"
    columns, rows = struct.unpack(f"{order}hi", data[4:10])
    if columns < 1 or rows < 0:
        return False
    width = sum(WIDTHS.get(kind, kind) for kind in data[HEADING : HEADING + columns])
    at: int = HEADING + columns * (1 + 2 * NAME + FORMAT[data[0]] + LABEL) + 2 * (columns + 1)
    # Extensions: a type and a length each; both are zero at their end.
    while True:
        if at + 5 > len(data):
            return False
        kind, length = struct.unpack(f"{order}Bi", data[at : at + 5])
        at += 5
        if (kind, length) == (0, 0):
            break
        if length < 0:
            return False
        at += length
    at += rows * width
    while at < len(data):
        length = struct.unpack(f"{order}i", data[at : at + 4].ljust(4, b"\0"))[0]
        if length <= 0:
            return False
        at += 4 + LABEL_NAME + length
    return at == len(data)
