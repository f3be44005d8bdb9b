"""Binary tables, rewritten as Parquet by a child process with limits of time and memory."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bpsstats.errors import InputError
from bpsstats.microdata.formats.source import ANEW, Source, official_names, rows_of

SECONDS, SECONDS_PER_MEGABYTE = 120, 2


def open_binary(
    path: Path, wanted: frozenset[str], aliases: Mapping[str, str], folder: Path
) -> Source:
    """A binary table as a relation over the Parquet files that the child process wrote to a folder.

    Parameters as in `open_source`.

    Raises
    ------
    InputError
        If the child process says what is wrong, breaks down, or does not end in time.
    """
    asked = sorted(wanted | {alias for alias, name in aliases.items() if name in wanted})
    command = [
        sys.executable,
        "-m",
        "bpsstats.microdata.formats.convert",
        str(path),
        str(folder),
        *asked,
    ]
    try:
        answer = json.loads(_run(command, path).splitlines()[-1])
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
            column=answer["column"],
            rows=answer["rows"],
        )
    if not answer["rows"]:
        raise InputError("The table has no rows.", ANEW, file=path.name)
    spelled = dict(
        zip(answer["columns"], official_names(answer["columns"], aliases, path), strict=True)
    )
    notes = list(answer["notes"])
    if answer["deleted"]:
        notes.append(f"{answer['deleted']:,} deleted rows of {path.name} were left out.")
    parts = str(folder / "part-*.parquet").replace("'", "''")
    relation = f"read_parquet('{parts}')"
    types = {str(row[0]): str(row[1]) for row in rows_of(f"DESCRIBE SELECT * FROM {relation}")}
    known = [column for column in types if column in spelled]
    return Source(
        path,
        relation,
        {spelled[column]: '"' + column.replace('"', '""') + '"' for column in known},
        frozenset(spelled[column] for column in known if types[column] != "VARCHAR"),
        ".",
        tuple(notes),
        frozenset(spelled[column] for column in answer["blurred"]),
    )


def _run(command: Sequence[str], path: Path) -> str:
    """What the child process printed; on time-out, error or interrupt nothing of it lives on.

    Raises
    ------
    InputError
        If it does not end in time.
    """
    seconds = SECONDS + SECONDS_PER_MEGABYTE * path.stat().st_size / 1e6
    # A session of its own, so that whatever the child starts dies with it.
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=os.name == "posix",
    )
    try:
        return child.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"Reading the file did not end in {seconds:,.0f} seconds.",
            f"It is damaged. {ANEW}",
            file=path.name,
        ) from error
    finally:
        if child.poll() is None:
            _kill(child)


def _kill(child: "subprocess.Popen[str]") -> None:
    """End the child and what it started."""
    if os.name == "posix":
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.communicate()
