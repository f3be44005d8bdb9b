"""Zip archives as folders: a member has a path below that of its archive."""

from pathlib import Path, PurePosixPath

from bpsstats.microdata.formats.child import UNPACK, ask

ARCHIVE = ".zip"


def archive_of(path: Path) -> Path | None:
    """The archive that a path leads into, or None for a file on its own.

    Examples
    --------
    >>> archive_of(Path("2022-03/kor22rt.csv")) is None
    True
    """
    above = next((parent for parent in path.parents if parent.exists()), None)
    return above if above is not None and above.is_file() else None


def members_of(archive: Path) -> list[Path]:
    """Paths of the files in an archive.

    Raises
    ------
    InputError
        If it is damaged, or made to reach outside the folder that it is unpacked to.
    """
    names = ask(UNPACK, ["members", str(archive)], archive, archive)["members"]
    return [archive / PurePosixPath(name) for name in names]


def taken_out(path: Path, most: int, folder: Path) -> Path:
    """A member as a file of its own in a folder.

    Raises
    ------
    InputError
        If it is damaged, protected, packed in a way that is not read, or unpacks to more than
        `most` bytes.
    """
    archive = archive_of(path)
    assert archive is not None  # else there is nothing to take out
    member, copy = path.relative_to(archive).as_posix(), folder / path.name
    ask(UNPACK, ["take-out", str(archive), member, str(most), str(copy)], path, archive)
    return copy
