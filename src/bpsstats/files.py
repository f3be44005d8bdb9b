"""Declarations of the package as they are read, and folders that are written beside, put in
their place whole, and tidied up after a run that was killed.

Whatever a run writes before it is done lies in a folder of its own that it holds locked. The lock
goes with the process, however that ends, so that the next run knows what is left over.
"""

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

try:
    import fcntl
except ImportError:  # Windows: nothing is locked, and nothing is tidied up
    fcntl = None  # type: ignore[assignment]  # a module is no None to the type checker

PREFIX = "bpsstats-scratch-"  # among the temporary files of a machine
MARK = ".bpsstats-scratch"  # says that the folder around it is one of these
LAST = ".last-"  # the replaced folder, for the moment between two renames
AT_CWD, EXCHANGE = -100, 2  # of renameat2(2)
NOT_THERE = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM)


def read_yaml(path: Path, *, as_text: bool = False) -> Any:
    """A declaration of this package, read by the library in C where PyYAML was built with it, which
    takes a tenth of the time.

    Parameters
    ----------
    path : path
    as_text : bool
        Take every value as text.
    """
    loader = (
        getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        if as_text
        else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return yaml.load(path.read_text("utf8"), Loader=loader)


@contextmanager
def scratch_folder(prefix: str = PREFIX, parent: Path | None = None) -> Iterator[Path]:
    """A folder of this run only, which goes with it; what killed runs left behind goes first.

    Parameters
    ----------
    prefix : str
        How the names of such folders begin there.
    parent : path, optional
        Where it is made; default the folder of temporary files.

    Examples
    --------
    >>> with scratch_folder() as folder:
    ...     _ = (folder / "part").write_text("x")
    >>> folder.exists()
    False
    """
    where = Path(tempfile.gettempdir()) if parent is None else parent
    tidy_up(prefix, where)
    folder, lock = _locked_folder(prefix, where)
    try:
        (folder / MARK).touch()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _release(lock)


def tidy_up(prefix: str, parent: Path) -> None:
    """Remove the scratch folders of runs that ended before they could; those in use, and folders
    that are not of this package, stay.
    """
    for folder in parent.glob(f"{prefix}*"):
        lock = _lock(folder, wait=False)
        if lock is None:
            continue
        try:
            if (folder / MARK).is_file():
                shutil.rmtree(folder, ignore_errors=True)
            else:
                folder.rmdir()  # killed before it was marked: only an empty one goes
        except OSError:
            pass
        finally:
            _release(lock)


@contextmanager
def held(folder: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """One run at a time in a folder; a second waits for the first.

    Parameters
    ----------
    folder : path
    on_wait : callable, optional
        Called where there is another to wait for.
    """
    lock = _lock(folder, wait=False)
    if lock is None and fcntl is not None:
        on_wait()
        lock = _lock(folder, wait=True)
    try:
        yield
    finally:
        _release(lock)


def put_in_place(new: Path, place: Path) -> Path | None:
    """Give a finished folder its place in one step; what it replaces changes places with it.

    Where the system cannot exchange two folders, the replaced one stands aside for the moment
    between two renames, and `recover` brings it back if the run is killed there.

    Returns
    -------
    path or None
        Where the replaced folder is now.
    """
    if not place.exists():
        new.replace(place)
        return None
    if _exchanged(new, place):
        return new
    aside = place.with_name(f"{LAST}{place.name}")
    place.replace(aside)
    try:
        new.replace(place)
    except OSError:
        aside.replace(place)
        raise
    aside.replace(new)
    return new


def recover(place: Path) -> None:
    """Bring back the folder that stood aside when a run was killed between two renames."""
    aside = place.with_name(f"{LAST}{place.name}")
    if aside.is_dir() and not place.exists():
        aside.replace(place)


def _exchanged(first: Path, second: Path) -> bool:
    """Whether the system could exchange two names in one step."""
    if not sys.platform.startswith("linux"):
        return False
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if exchange is None:
        return False
    names = (AT_CWD, os.fsencode(first), AT_CWD, os.fsencode(second))
    if exchange(*names, EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in NOT_THERE:
        return False
    raise OSError(code, os.strerror(code), second.name)


def _locked_folder(prefix: str, parent: Path) -> tuple[Path, int | None]:
    """A new folder and its lock; one that another run tidied up before it was locked is made
    anew.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        lock = _lock(folder, wait=True)
        if folder.is_dir():
            return folder, lock
        _release(lock)


def _lock(folder: Path, *, wait: bool) -> int | None:
    """The lock of a folder; None where another has it, or where there are no locks."""
    if fcntl is None or folder.is_symlink():
        return None
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(lock)
        return None
    return lock


def _release(lock: int | None) -> None:
    """Give a lock back."""
    if lock is not None:
        os.close(lock)
