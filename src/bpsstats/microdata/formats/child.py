"""Child processes that read what may be damaged or made to do harm, with limits of time and
memory.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bpsstats.errors import InputError
from bpsstats.microdata.formats import unpack
from bpsstats.microdata.formats.source import ANEW, Source, official_names, rows_of
from bpsstats.reprs import count_of

SECONDS, SECONDS_PER_MEGABYTE = 120, 2
CONVERT = ("-m", "bpsstats.microdata.formats.convert")
# Alone, without the project and what it imports, it starts in a few hundredths of a second.
UNPACK = ("-I", "-S", unpack.__file__)


def open_binary(
    path: Path, at: Path, wanted: frozenset[str], aliases: Mapping[str, str], folder: Path
) -> Source:
    """A binary table as a relation over the Parquet files that a child process wrote to a folder.

    Parameters as in `open_source`; `at` is where the bytes of the file lie.

    Raises
    ------
    InputError
        If the child process says what is wrong, breaks down, or does not end in time.
    """
    asked = sorted(wanted | {alias for alias, name in aliases.items() if name in wanted})
    answer = ask(CONVERT, [str(at), str(folder), *asked], path, at)
    if not answer["rows"]:
        raise InputError("The table has no rows.", ANEW, file=path.name)
    names = official_names(answer["columns"], aliases, path)
    spelled = dict(zip(answer["columns"], names, strict=True))
    notes = [f"{path.name} {note}" for note in answer["notes"]]
    if answer["deleted"]:
        verb = "was" if answer["deleted"] == 1 else "were"
        notes.append(
            f"{count_of(answer['deleted'], 'deleted row')} of {path.name} {verb} left out."
        )
    parts = str(folder / "part-*.parquet").replace("'", "''")
    relation = f"read_parquet('{parts}')"
    types = {str(row[0]): str(row[1]) for row in rows_of(f"DESCRIBE SELECT * FROM {relation}")}
    known = [column for column in types if column in spelled]
    return Source(
        path,
        relation,
        {spelled[column]: '"' + column.replace('"', '""') + '"' for column in known},
        frozenset(spelled[column] for column in known if types[column] != "VARCHAR"),
        tuple(notes),
        blurred=frozenset(spelled[column] for column in answer["blurred"]),
        labels={
            spelled[column]: dict(labels)
            for column, labels in answer["labels"].items()
            if column in spelled
        },
    )


def ask(program: Sequence[str], arguments: Sequence[str], path: Path, at: Path) -> dict[str, Any]:
    """What a child process answers about a file.

    Parameters
    ----------
    program : sequence of str
        `CONVERT` or `UNPACK`.
    arguments : sequence of str
    path : Path
        The file as messages name it.
    at : Path
        Where its bytes lie; the time that is given goes by their number.

    Raises
    ------
    InputError
        If it says what is wrong with the file, breaks down, or does not end in time.
    """
    seconds = SECONDS + SECONDS_PER_MEGABYTE * at.stat().st_size / 1e6
    try:
        answer = json.loads(_run([sys.executable, *program, *arguments], seconds).splitlines()[-1])
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"Reading the file did not end in {seconds:,.0f} seconds.",
            f"It is damaged. {ANEW}",
            file=path.name,
        ) from error
    except (json.JSONDecodeError, IndexError):
        raise InputError(
            "The program that reads the file broke down over it.",
            f"It is damaged. {ANEW}",
            file=path.name,
        ) from None
    if "what" in answer:
        raise InputError(
            answer["what"],
            answer["remedy"],
            file=path.name,
            column=answer.get("column"),
            rows=answer.get("rows", ()),
        )
    return dict(answer)


def _run(command: Sequence[str], seconds: float) -> str:
    """What the child process printed; on time-out, error or interrupt nothing of it lives on."""
    # The child ends when this pipe does, even where this process is killed.
    end, alive = os.pipe()
    try:
        # A session of its own, so that whatever the child starts dies with it.
        child = subprocess.Popen(
            command,
            stdin=end,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=os.name == "posix",
        )
        try:
            return child.communicate(timeout=seconds)[0]
        finally:
            if child.poll() is None:
                _kill(child)
    finally:
        os.close(end)
        os.close(alive)


def _kill(child: "subprocess.Popen[str]") -> None:
    """End the child and what it started."""
    if os.name == "posix":
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.communicate()
