"""The process that makes a report: it loads and computes once what the notebooks share, then runs
each notebook, the tables and the figures in a process of its own.

``python -m bpsstats.reporting.report.worker`` is started by `run`, which it speaks to in lines of
JSON: parameters and the folder to write to come in; the area, each part that is done, and an error
go out. Where the system can copy a process (Linux), each part starts as a copy of this one, with
everything imported and computed; elsewhere it imports and computes for itself.
"""

import ctypes
import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

# The checks of notebooks know a grammar of international addresses, which no notebook has and which
# takes two seconds to build.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import duckdb  # noqa: E402

from bpsstats.disclosure.log import last_shown, write_log  # noqa: E402
from bpsstats.errors import BpsStatsError, NotebookError, ProgramError  # noqa: E402
from bpsstats.microdata import find_area  # noqa: E402
from bpsstats.reporting.report.notebooks import check_parameters, notebook_paths  # noqa: E402
from bpsstats.reporting.report.parts import (  # noqa: E402
    Parameters,
    Part,
    all_parts,
    finish,
    of_notebook,
    release_of,
)
from bpsstats.reporting.report.release import Release, remember  # noqa: E402
from bpsstats.reporting.report.results import Results  # noqa: E402
from bpsstats.reporting.vintages.moved import (  # noqa: E402
    BY_MAKE,
    Revisions,
    moves,
    refuse,
    revisions_of,
)

ATTEMPTS = 2  # a part whose process is killed is started again once
PART_SECONDS = 1800  # a part that hangs would otherwise hang for ever
PARENT_DEATH_SIGNAL = 1  # of prctl(2)
LOOK_AGAIN = 0.5  # seconds between two looks at whether the parent is there

# The database of the process that was copied: its threads were not, and to close it here would wait
# for them for ever.
_HELD: list[duckdb.DuckDBPyConnection] = []


@dataclass(slots=True)
class _Running:
    """A part on its way."""

    name: str
    part: Part = field(repr=False)
    attempt: int = 1
    started: float = field(default_factory=time.monotonic)


def make(parameters: Parameters, folder: Path, say: Callable[[int, int, str], None]) -> None:
    """All parts, as many at a time as there are processors; the first that fails ends the rest.

    Raises
    ------
    BpsStatsError, OSError
        As the part that failed.
    """
    (folder / "notebooks").mkdir(parents=True)
    parts = all_parts()
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    waiting = [_Running(name, part) for name, part in parts.items()]
    running: dict[multiprocessing.connection.Connection, tuple[_Running, Any]] = {}
    at_a_time, done, parent = _processors(), 0, os.getppid()
    while waiting or running:
        while waiting and len(running) < at_a_time:
            job = waiting.pop(0)
            job.started = time.monotonic()
            here, there = context.Pipe(duplex=False)
            given = (job.part, parameters, folder, Results.revisions, there)
            process = context.Process(target=_do, args=given)
            process.start()
            there.close()
            running[here] = (job, process)
        ready = multiprocessing.connection.wait(list(running), LOOK_AGAIN)
        if os.getppid() != parent:
            os._exit(1)
        for late in [end for end, (job, _) in running.items() if _is_late(job)]:
            raise NotebookError(f"{running[late][0].name} took more than {PART_SECONDS} seconds.")
        for end in ready:
            assert isinstance(end, multiprocessing.connection.Connection)
            job, process = running.pop(end)
            process.join()
            if _came_to_its_end(end, job):
                done += 1
                say(done, len(parts), job.name)
            else:
                waiting.insert(0, _Running(job.name, job.part, job.attempt + 1))
    finish(parameters, folder)


def _end_with_parent() -> None:
    """Let the system end this process when the one that started it is gone, where it can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _is_late(job: _Running) -> bool:
    """Whether a part hangs."""
    return time.monotonic() - job.started > PART_SECONDS


def _came_to_its_end(end: multiprocessing.connection.Connection, job: _Running) -> bool:
    """Whether a part is done; one that was ended from outside is to be started again, once."""
    try:
        error = end.recv()
    except EOFError:
        if job.attempt < ATTEMPTS:
            return False
        raise NotebookError(
            f"The process of {job.name} was ended from outside {ATTEMPTS} times, as happens where"
            " memory runs out. Nothing was written; the last report is as it was. Close other"
            " programs, then run the command again."
        ) from None
    if error is not None:
        raise error
    return True


def _do(
    part: Part,
    parameters: Parameters,
    folder: Path,
    revisions: Revisions,
    end: multiprocessing.connection.Connection,
) -> None:
    """A part in its own process; how it went is all that comes back."""
    _end_with_parent()
    Results.revisions = revisions
    _HELD.append(duckdb.default_connection())
    duckdb.set_default_connection(duckdb.connect())
    try:
        part(parameters, folder)
    except Exception as error:
        end.send(_sendable(error))
    else:
        end.send(None)


def _sendable(error: Exception) -> BpsStatsError | OSError:
    """An error that another process can raise; of a fault of ours only kind and place, because its
    words may quote a record.
    """
    if isinstance(error, BpsStatsError):
        return type(error)(str(error.message))
    if isinstance(error, OSError):
        return OSError(error.errno, error.strerror, Path(str(error.filename or "")).name or None)
    return ProgramError.of(error)


def _revise(release: Release, job: Mapping[str, Any]) -> bool:
    """Compare the release with the one in place, before anything is made of it; whether this is a
    revision.

    Raises
    ------
    RevisionError
        If cells moved and no reason is given.
    """
    last, reason = Path(job["last"]) if job["last"] else None, job["revision"]
    revisions = revisions_of(last)
    moved = moves(last, release.tables())
    if moved and reason is None:
        refuse(moved, job["last"], or_make=BY_MAKE)
    is_revision = bool(moved) or bool(job["insist"])
    if is_revision and reason is not None:
        revisions = revisions.with_reason(reason, moved)
    Results.revisions = revisions
    return is_revision


def _processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def main() -> None:
    """Do what the parent asks for, and tell it how it went."""
    _end_with_parent()
    # What is printed by others must not mix with what the parent reads.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        parameters = json.loads(sys.stdin.readline())
        parameters["area"] = find_area(parameters["area"]).code
        for path in notebook_paths():
            check_parameters(path, of_notebook(path, parameters))
        # What is wrong with files or parameters is found here, before anything is written.
        release = release_of(parameters)
        release.computed.prepare()
        remember(release.computed)
        _answer(answers, area=parameters["area"])
        job = json.loads(sys.stdin.readline())
        folder = Path(job["folder"])
        release.computed.decide(last_shown(Path(job["log"])))
        write_log(release.computed.disclosure.result, folder.parent)
        _answer(answers, revised=_revise(release, job))
        make(parameters, folder, lambda i, n, name: _answer(answers, step=i, of=n, name=name))
    except Exception as error:
        sent = _sendable(error)
        if isinstance(sent, OSError):
            _answer(answers, error=["OSError", [sent.errno, sent.strerror, sent.filename]])
        else:
            _answer(answers, error=[type(sent).__name__, [sent.message]])
        return
    _answer(answers, done=True)


def _answer(answers: TextIO, **message: object) -> None:
    """A line to the parent."""
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
