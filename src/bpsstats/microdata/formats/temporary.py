"""A private folder for what is rewritten while files are read. Records must not outlive the reading
of them, whatever ends it.

Three things see to that: the reader removes the folder when it is done; a guard removes it when the
reader was killed; and the next run removes what lies there without an owner, as after a power cut.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bpsstats.errors import InputError
from bpsstats.files import scratch_folder

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
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(scratch_folder())
        except OSError as error:
            raise InputError(
                f"A folder for temporary files cannot be made: {error.strerror}.",
                "Name one with room in the variable TMPDIR.",
            ) from error
        guard = _guard(folder)
        if guard is not None:
            stack.callback(guard.communicate)
        yield folder


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
