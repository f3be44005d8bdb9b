"""Damage to files, and what became of each damaged file, found out in a process that may die over
it.
"""

import contextlib
import io
import multiprocessing
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb

from bpsstats.errors import InputError
from bpsstats.microdata.formats import child, convert, open_source, unpack

REFUSED, DIED = "refused", "died"
SECONDS, MEMORY = 30, 3 << 30
NO_ALIASES: dict[str, str] = {}


def truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def cut_at_the_end(data: bytes, chance: random.Random) -> bytes:
    return data[: -chance.randint(1, min(600, len(data) - 1))]


def one_bit(data: bytes, chance: random.Random) -> bytes:
    return _flip(data, [chance.randrange(len(data))], chance)


def bits_of_the_heading(data: bytes, chance: random.Random) -> bytes:
    return _flip(
        data, [chance.randrange(min(len(data), 400)) for _ in range(chance.randint(1, 3))], chance
    )


def many_bits(data: bytes, chance: random.Random) -> bytes:
    return _flip(data, [chance.randrange(len(data)) for _ in range(chance.randint(2, 200))], chance)


def block_swapped(data: bytes, chance: random.Random) -> bytes:
    size = chance.randint(1, max(1, len(data) // 8))
    one, other = sorted(chance.randrange(0, len(data) - size + 1) for _ in range(2))
    if other < one + size:
        return data[other:] + data[:other]
    return (
        data[:one]
        + data[other : other + size]
        + data[one + size : other]
        + data[one : one + size]
        + data[other + size :]
    )


def block_lost(data: bytes, chance: random.Random) -> bytes:
    start, size = chance.randrange(len(data)), chance.randint(1, max(1, len(data) // 4))
    return data[:start] + data[start + size :]


def block_twice(data: bytes, chance: random.Random) -> bytes:
    start, size = chance.randrange(len(data)), chance.randint(1, max(1, len(data) // 4))
    return data[: start + size] + data[start:]


def block_blank(data: bytes, chance: random.Random) -> bytes:
    start, size = chance.randrange(len(data)), chance.randint(1, max(1, len(data) // 8))
    filler = chance.choice([b"\0", b"\xff", b" "])
    return data[:start] + filler * len(data[start : start + size]) + data[start + size :]


def more_behind(data: bytes, chance: random.Random) -> bytes:
    return data + chance.randbytes(chance.randint(2, 500))


def another_count(data: bytes, chance: random.Random) -> bytes:
    """Another count of rows where the heading has one; in text, two stray quotation marks, which
    join rows.
    """
    near = chance.choice([-1, -2, -30, 1, 2, 1000])
    if data.startswith(b"<stata_dta>"):
        at, end = data.index(b"<N>") + 3, data.index(b"</N>")
    elif data[:1] in (b"q", b"r"):
        at, end = 6, 10
    elif data.startswith(b"$FL"):
        at, end = 80, 84
    elif data[:1] == b"\x03":
        at, end = 4, 8
    else:
        places = sorted(chance.sample(range(len(data)), 2))
        return data[: places[0]] + b'"' + data[places[0] : places[1]] + b'"' + data[places[1] :]
    count = int.from_bytes(data[at:end], "little") + near
    return data[:at] + count.to_bytes(end - at, "little") + data[end:]


def _flip(data: bytes, places: list[int], chance: random.Random) -> bytes:
    flipped = bytearray(data)
    for place in places:
        flipped[place] ^= 1 << chance.randrange(8)
    return bytes(flipped)


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    truncated, cut_at_the_end, one_bit, one_bit, bits_of_the_heading, many_bits, block_swapped,
    block_lost, block_twice,
    block_blank, more_behind, another_count,
)  # fmt: skip


def cases(data: bytes, kind: str, n: int) -> Iterator[tuple[str, bytes]]:
    """Damaged copies of a file with what they are called; the same on every run."""
    for i in range(n):
        damage = DAMAGES[i % len(DAMAGES)]
        damaged = damage(data, random.Random(f"{kind} {i}"))
        if damaged != data:
            yield f"{damage.__name__} {i}", damaged


def outcome(path: Path, wanted: frozenset[str]) -> str | tuple[int, int, tuple[str, ...]]:
    """`REFUSED`, or the rows and columns of the table, and what was said of it."""
    with tempfile.TemporaryDirectory() as workspace:
        try:
            source = open_source(path, wanted, NO_ALIASES, Path(workspace))
            columns = [quoted for name, quoted in source.columns.items() if name in wanted]
            # Every cell is looked at, as the readers do.
            seen = ", ".join(f"COUNT({column})" for column in columns)
            try:
                [row] = duckdb.sql(
                    f"SELECT COUNT(*){', ' if seen else ''}{seen} FROM {source.relation}"
                ).fetchall()
            except duckdb.Error as error:
                raise source.refuse(error) from error
        except InputError as error:
            return (
                REFUSED
                if error.what and error.file == path.name
                else f"an error without a place: {error}"
            )
    return row[0], len(columns), source.notes


class Worker:
    """A process that opens damaged files one after another, and is replaced when it dies or does
    not answer.
    """

    def __init__(self) -> None:
        self._start()

    def outcomes(self, wanted: frozenset[str], paths: Iterable[Path]) -> list[object]:
        """What became of each file."""
        return [self._one(path, wanted) for path in paths]

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other,), daemon=True)
        self.process.start()
        other.close()

    def _one(self, path: Path, wanted: frozenset[str]) -> object:
        try:
            self.pipe.send((path, wanted))
            if self.pipe.poll(SECONDS):
                return self.pipe.recv()
        except (EOFError, OSError):
            pass
        self.close()
        self._start()
        return DIED

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(pipe: Connection) -> None:
    """Answer until the other end closes; binary tables are converted here, by what the child
    process runs.
    """
    convert.MEMORY = unpack.MEMORY = MEMORY
    child._run = _converted_here
    while True:
        try:
            path, wanted = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(outcome(path, wanted))
        except Exception as error:  # whatever it is: the other process tells the test of it
            pipe.send(f"{type(error).__name__}: {error}")


def _converted_here(command: list[str], seconds: float) -> str:
    """What the child process would have printed."""
    program, first = (unpack, 4) if unpack.__file__ in command else (convert, 3)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        program.main(command[first:])
    return out.getvalue()
