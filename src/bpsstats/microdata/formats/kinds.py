"""What a file is by its first bytes, so that a wrong ending is named instead of being read as what
it is not.
"""

from pathlib import Path

from bpsstats.errors import InputError
from bpsstats.microdata.formats.dbf import VERSIONS

SPSS, STATA, DBASE, GZIP, TEXT = (
    "an SPSS table",
    "a Stata table",
    "a dBASE table",
    "compressed by gzip",
    "delimited text",
)
PICKLE = "a pickle, which can run programs"
# First bytes that no table of another kind has.
SIGNATURES = (
    (b"$FL2", SPSS),
    (b"$FL3", SPSS),
    (b"<stata_dta>", STATA),
    (b"\x1f\x8b", GZIP),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"Rar!", "a rar archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"BZh", "compressed by bzip2"),
    (b"\xfd7zXZ", "compressed by xz"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"PAR1", "a Parquet table"),
    (b"ARROW1", "an Arrow table"),
    (b"%PDF", "a PDF document"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)
PICKLE_PROTOCOLS = frozenset({2, 3, 4, 5})
OLD_STATA_RELEASES, BYTE_ORDERS = range(102, 116), frozenset({1, 2})
KIND_OF_ENDING = {
    ".sav": SPSS,
    ".zsav": SPSS,
    ".dta": STATA,
    ".dbf": DBASE,
    ".gz": GZIP,
    ".csv": TEXT,
}
LONGEST = 32


def kind_of(path: Path) -> str:
    """What a file is, told from its first bytes; "delimited text" where nothing else fits.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "kor22rt.csv"
    ...     _ = path.write_bytes(b"$FL2@(#) SPSS DATA FILE")
    ...     kind_of(path)
    'an SPSS table'
    """
    with path.open("rb") as handle:
        start = handle.read(LONGEST)
    for signature, kind in SIGNATURES:
        if start.startswith(signature):
            return kind
    if len(start) < 4:
        return TEXT
    if start[0] == 0x80 and start[1] in PICKLE_PROTOCOLS:
        return PICKLE
    if start[0] in OLD_STATA_RELEASES and start[1] in BYTE_ORDERS and start[2] == 1:
        return STATA
    # The heading of a dBASE table goes on with the date of its last change.
    if start[0] in VERSIONS and 0 <= start[2] <= 12 and 0 <= start[3] <= 31 and b"\0" in start:
        return DBASE
    return TEXT


def refuse_disguise(path: Path) -> None:
    """Refuse a file that is of another kind than its ending says.

    Raises
    ------
    InputError
        If it is; a damaged file whose first bytes say nothing is left to its reader.
    """
    said, found = KIND_OF_ENDING[path.suffix.lower()], kind_of(path)
    if found not in (said, TEXT) or (said == GZIP and found != GZIP):
        raise InputError(
            f"The file is {found}, although its name ends in {path.suffix}.",
            "Give it the ending of its kind, or export the table as CSV.",
            file=path.name,
        )
