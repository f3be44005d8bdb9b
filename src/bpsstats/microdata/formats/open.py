"""Open a raw file of any kind as a relation."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from bpsstats.errors import InputError
from bpsstats.microdata.formats.archive import archive_of, taken_out
from bpsstats.microdata.formats.child import open_binary
from bpsstats.microdata.formats.delimited import open_delimited
from bpsstats.microdata.formats.kinds import refuse_disguise
from bpsstats.microdata.formats.numbers import with_dialect
from bpsstats.microdata.formats.source import ANEW, Source

DELIMITED = (".csv", ".csv.gz")
BINARY = (".dbf", ".dta", ".sav", ".zsav")
ENDINGS = (*DELIMITED, *BINARY)
GIB = 1 << 30


def open_source(
    path: Path,
    wanted: frozenset[str],
    aliases: Mapping[str, str],
    workspace: Path,
    most: int = GIB,
) -> Source:
    """A raw file as a relation.

    Parameters
    ----------
    path : Path
        A file, or a member of a zip archive as if the archive were a folder.
    wanted : frozenset of str
        Official columns that will be asked for, in upper case.
    aliases : mapping of str to str
        Other spelling to official name.
    workspace : Path
        Folder for what is rewritten; it must stay for as long as the source is read.
    most : int
        Bytes that a compressed file may unpack to.

    Raises
    ------
    InputError
        If the file is empty, damaged, of another kind, may not be read, unpacks to too much, or has
        a column twice.
    """
    try:
        folder = Path(tempfile.mkdtemp(dir=workspace))
        at = path if archive_of(path) is None else taken_out(path, most, folder)
        if not at.stat().st_size:
            raise InputError("The file is empty or is no table.", ANEW, file=path.name)
        refuse_disguise(at)
        if not path.name.lower().endswith(BINARY):
            return open_delimited(path, at, wanted, aliases, folder, most)
        return with_dialect(open_binary(path, at, wanted, aliases, folder), wanted)
    except OSError as error:
        remedy = "Check that you may read it and that the disk for temporary files has room."
        raise InputError(
            f"The file cannot be read: {error.strerror}.", remedy, file=path.name
        ) from error
