"""A private folder for what is rewritten while files are read. Records must not outlive the reading
of them, whatever ends it.

Three things see to that: the reader removes the folder when it is done; a guard removes it when the
reader was killed; and the next reader removes what lies there without an owner, as after a power
cut.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO

from bpsstats.errors import InputError

PREFIX = "bpsstats-"
MARK = ".in-use"  # locked for as long as the owner lives
# The end of its input tells the guard that the owner is no more; a child of the owner may write a
# moment longer.
GUARD = (
    'trap "" HUP INT TERM; read -r _; for i in 1 2 3 4 5; do rm -rf -- "$1" && exit; sleep 1; done'
)


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder that nobody else can read and that is gone afterwards.

    Raises
    ------
    InputError
        If there is no room for one.

    Examples
    --------
    >>> with workspace() as folder:
    ...     _ = (folder / "part.parquet").write_bytes(b"records")
    >>> folder.exists()
    False
    """
    try:
        _tidy(Path(tempfile.gettempdir()))
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        mark = _marked(folder)
    except OSError as error:
        raise InputError(
            f"A folder for temporary files cannot be made: {error.strerror}.",
            "Name one with room in the variable TMPDIR.",
        ) from error
    guard = _guard(folder)
    try:
        yield folder
    finally:
        mark.close()
        shutil.rmtree(folder, ignore_errors=True)
        if guard is not None:
            guard.communicate()


def _marked(folder: Path) -> BinaryIO:
    """The open mark of a folder; it comes into its place when it is locked."""
    new = folder / f"{MARK}-new"
    mark = new.open("wb")
    if os.name == "posix":
        _is_free(mark)
        new.rename(folder / MARK)
        return mark
    mark.close()
    return (folder / MARK).open("wb")


def _is_free(mark: BinaryIO) -> bool:
    """Lock a mark, or say that its owner lives."""
    import fcntl  # Windows has no such module

    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _guard(folder: Path) -> "subprocess.Popen[bytes] | None":
    """A process that waits for the end of this one, and then removes the folder."""
    if os.name != "posix":
        return None
    try:
        # A session of its own: what ends this process must not end its guard.
        return subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        return None


@cache
def _tidy(parent: Path) -> None:
    """Remove the folders of readers that are no more; once in a process."""
    for mark in parent.glob(f"{PREFIX}*/{MARK}"):
        if not _is_owned(mark.parent):
            continue
        try:
            if os.name == "posix":
                with mark.open("rb") as handle:
                    ended = _is_free(handle)
            else:
                mark.unlink()  # which Windows refuses while its owner has it open
                ended = True
        except OSError:
            continue
        if ended:
            shutil.rmtree(mark.parent, ignore_errors=True)


def _is_owned(folder: Path) -> bool:
    """Whether a folder, not a link to one, is this user's."""
    return not folder.is_symlink() and (os.name != "posix" or folder.lstat().st_uid == os.getuid())
