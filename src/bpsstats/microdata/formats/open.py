"""Open a raw file of any kind as a relation."""

from collections.abc import Mapping
from pathlib import Path

from bpsstats.errors import InputError
from bpsstats.microdata.formats.child import open_binary
from bpsstats.microdata.formats.delimited import open_delimited
from bpsstats.microdata.formats.kinds import refuse_disguise
from bpsstats.microdata.formats.source import ANEW, Source

DELIMITED = (".csv", ".csv.gz")
BINARY = (".dbf", ".dta", ".sav", ".zsav")
ENDINGS = (*DELIMITED, *BINARY)


def open_source(
    path: Path, wanted: frozenset[str], aliases: Mapping[str, str], workspace: Path
) -> Source:
    """A raw file as a relation.

    Parameters
    ----------
    path : Path
    wanted : frozenset of str
        Official columns that will be asked for, in upper case.
    aliases : mapping of str to str
        Other spelling to official name.
    workspace : Path
        Folder for what is rewritten; it must stay for as long as the source is read.

    Raises
    ------
    InputError
        If the file is empty, damaged, of another kind, may not be read, or has a column twice.
    """
    try:
        if not path.stat().st_size:
            raise InputError("The file is empty or is no table.", ANEW, file=path.name)
        refuse_disguise(path)
        if not path.name.lower().endswith(BINARY):
            return open_delimited(path, aliases)
        folder = workspace / path.name
        folder.mkdir()
        return open_binary(path, wanted, aliases, folder)
    except OSError as error:
        remedy = "Check that you may read it and that the disk for temporary files has room."
        raise InputError(
            f"The file cannot be read: {error.strerror}.", remedy, file=path.name
        ) from error
