"""Work that is done at the same time, each piece in a process of its own: a copy of this one, with
everything imported and computed, where the system can copy a process (Linux).
"""

import ctypes
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import duckdb

from bpsstats.errors import BpsStatsError, NotebookError, ProgramError

CAN_COPY = sys.platform == "linux"
ATTEMPTS = 2  # a piece whose process is killed is started again once
SECONDS = 1800  # a piece that hangs would otherwise hang for ever
PARENT_DEATH_SIGNAL = 1  # of prctl(2)
LOOK_AGAIN = 0.5  # seconds between two looks at whether the parent is there
T = TypeVar("T")

# The database of the process that was copied: its threads were not, and to close it here would wait
# for them for ever.
_HELD: list[duckdb.DuckDBPyConnection] = []


@dataclass(slots=True)
class _Running(Generic[T]):
    """A piece on its way."""

    name: str
    piece: Callable[[], T] = field(repr=False)
    attempt: int = 1
    started: float = field(default_factory=time.monotonic)


def in_processes(pieces: Mapping[str, Callable[[], T]]) -> Iterator[tuple[str, T]]:
    """Do all pieces, begun at once and in their order, as many at a time as there are processors.

    Parameters
    ----------
    pieces : mapping of name to callable
        What they return comes back as a copy.

    Returns
    -------
    iterator of (name, result)
        As they come to their end. The first that fails ends the rest.

    Raises
    ------
    NotebookError
        If a piece hangs, or its process was ended from outside twice.
    BpsStatsError, OSError
        As the piece that failed.

    Examples
    --------
    >>> sorted(in_processes({"two": lambda: 2, "one": lambda: 1}))
    [('one', 1), ('two', 2)]
    """
    return _begun(pieces).results()


@contextmanager
def beside(pieces: Mapping[str, Callable[[], T]]) -> Iterator[Callable[[], dict[str, T]]]:
    """Do pieces while this process does other work, on the processors that it leaves free; who
    leaves before their end ends them.

    Parameters
    ----------
    pieces : mapping of name to callable
        They are shared out at once, so that none waits until this process has time to hear of the
        one before.

    Yields
    ------
    callable
        Waits for all, and returns their results by name, whenever it is asked.

    Raises
    ------
    BpsStatsError, OSError
        As `in_processes`, when the results are asked for.

    Examples
    --------
    >>> with beside({"two": lambda: 2, "one": lambda: 1}) as results:
    ...     sorted(results().items()), results() == results()
    ([('one', 1), ('two', 2)], True)
    """
    names, free = list(pieces), max(processors() - 1, 1)
    shares = [{name: pieces[name] for name in names[first::free]} for first in range(free)]
    work = _begun({str(i): partial(_all, share) for i, share in enumerate(shares) if share})
    try:
        yield cache(lambda: dict(ChainMap(*(results for _, results in work.results()))))
    finally:
        work.end()


def _all(pieces: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """The results of pieces, one after another."""
    return {name: piece() for name, piece in pieces.items()}


def _begun(pieces: Mapping[str, Callable[[], T]]) -> "_Work[T]":
    """Pieces of which as many as there is room for are on their way."""
    work = _Work([_Running(name, piece) for name, piece in pieces.items()])
    work.begin()
    return work


class _Work(Generic[T]):
    """Pieces that wait, and those on their way with the ends of their pipes."""

    def __init__(self, waiting: list[_Running[T]]) -> None:
        self._waiting = waiting
        self._running: dict[multiprocessing.connection.Connection, tuple[_Running[T], Any]] = {}
        self._context: Any = multiprocessing.get_context("fork" if CAN_COPY else "spawn")
        self._parent = os.getppid()

    def begin(self) -> None:
        """Begin as many as there is room for."""
        while self._waiting and len(self._running) < processors():
            job = self._waiting.pop(0)
            job.started = time.monotonic()
            here, there = self._context.Pipe(duplex=False)
            process = self._context.Process(target=_do, args=(job.piece, there))
            process.start()
            there.close()
            self._running[here] = (job, process)

    def results(self) -> Iterator[tuple[str, T]]:
        """Names and results as they come; whoever asks for no more ends the rest."""
        try:
            while self._running:
                for end in self._ready():
                    job, process = self._running[end]
                    answer = _answer(end, job)
                    del self._running[end]
                    process.join()
                    if answer is None:
                        again = _Running(job.name, job.piece, job.attempt + 1)
                        self._waiting.insert(0, again)
                    self.begin()
                    if answer is not None:
                        yield job.name, answer[0]
        finally:
            self.end()

    def end(self) -> None:
        """End what runs still: a piece that waits to hand over its result would wait for ever."""
        for _, process in self._running.values():
            process.kill()
            process.join()

    def _ready(self) -> list[multiprocessing.connection.Connection]:
        """Ends of pipes on which something has come, after a while perhaps none."""
        ready = multiprocessing.connection.wait(list(self._running), LOOK_AGAIN)
        if os.getppid() != self._parent:
            os._exit(1)
        for job, _ in self._running.values():
            if time.monotonic() - job.started > SECONDS:
                raise NotebookError(
                    f"A part of the work took more than {SECONDS} seconds. Nothing was written; the"
                    " last report is as it was. Run the command again when the machine has less to"
                    " do."
                )
        return [end for end in ready if isinstance(end, multiprocessing.connection.Connection)]


def end_with_parent() -> None:
    """Let the system end this process when the one that started it is gone, where it can."""
    if CAN_COPY:
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)


def sendable(error: Exception) -> BpsStatsError | OSError:
    """An error that another process can raise; of a fault of ours only kind and place, because its
    words may quote a record.
    """
    if isinstance(error, BpsStatsError):
        return type(error)(str(error.message))
    if isinstance(error, OSError):
        return OSError(error.errno, error.strerror, Path(str(error.filename or "")).name or None)
    return ProgramError.of(error)


def processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _answer(end: multiprocessing.connection.Connection, job: _Running[T]) -> tuple[T] | None:
    """What a piece returned; of one that was ended from outside nothing, so that it is started
    again, once.
    """
    try:
        result, error = end.recv()
    except EOFError:
        if job.attempt < ATTEMPTS:
            return None
        raise NotebookError(
            f"A part of the work was ended from outside {ATTEMPTS} times, as happens where"
            " memory runs out. Nothing was written; the last report is as it was. Close other"
            " programs, then run the command again."
        ) from None
    if error is not None:
        raise error
    return (result,)


def _do(piece: Callable[[], object], end: multiprocessing.connection.Connection) -> None:
    """A piece in its own process."""
    end_with_parent()
    _HELD.append(duckdb.default_connection())
    duckdb.set_default_connection(duckdb.connect())
    try:
        result = piece()
    except Exception as error:
        end.send((None, sendable(error)))
    else:
        end.send((result, None))
