"""The key of a processed round: a digest of all that it was made from."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from bpsstats.microdata.provenance import sha256_of

# Whose version may move a number on the way from a raw file to a processed round.
LIBRARIES = ("duckdb", "numpy", "pandas", "pyreadstat")
CODE = (".py", ".yaml", ".csv")
NOT_CODE = ("dictionary.py",)  # describes the columns, makes none


def key_of(folder: Path, facts: Sequence[Path], options: Mapping[str, object]) -> str:
    """Digest of a round's raw files, the dated facts, the options and the code that reads them.

    Parameters
    ----------
    folder : Path
        Folder of the round. Each of its files counts, whether it is read or not, because one file
        more may be a second edition. Names and bytes count; times of change do not.
    facts : sequence of Path
        Files of dated facts that checks rest on: lines, projections of the population, areas.
    options : mapping of str to object
        Whatever else the result depends on: area, year, switches.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    parts = {
        "options": {name: repr(value) for name, value in sorted(options.items())},
        "files": {str(path.relative_to(folder)): sha256_of(path) for path in _files_below(folder)},
        "facts": [sha256_of(path) for path in facts],
        "code": _digest_of_code(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _files_below(folder: Path) -> Iterator[Path]:
    """All files of a folder and of the folders in it, but those that are processed rounds."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "processed" not in path.relative_to(folder).parts:
            yield path


@cache
def _digest_of_code() -> str:
    """Digest of the sources of this package and its data, so that no number has to be kept in step
    with them by hand.
    """
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    sources = [
        *(p for p in sorted(root.rglob("*")) if p.suffix in CODE and p.name not in NOT_CODE),
        *(root.parent / name for name in ("errors.py", "paths.py")),
    ]
    for path in sources:
        digest.update(path.relative_to(root.parent).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
