"""Where a round came from: kind of data, files, and what was assumed on reading them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bpsstats.errors import InputError

SIDECAR = "source.yaml"
SYNTHETIC = "synthetic"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read."""

    role: str
    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Kind of data ("synthetic" or "survey"), the files, notes, and the figures synthetic data were
    fitted to.

    `targets` maps statistic names to the values the generator was given; empty for survey data.
    """

    kind: str
    files: tuple[SourceFile, ...]
    notes: tuple[str, ...]
    targets: tuple[tuple[str, float], ...] = ()

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Provenance":
        """The same after a way through JSON, which knows no tuples."""
        files = tuple(SourceFile(**file) for file in record["files"])
        targets = tuple((name, value) for name, value in record["targets"])
        return cls(
            **{**record, "files": files, "notes": tuple(record["notes"]), "targets": targets}
        )

    @property
    def source(self) -> str:
        """Words that every result repeats."""
        return "synthetic microdata" if self.kind == SYNTHETIC else "survey microdata"


def read_sidecar(folder: Path) -> dict[str, Any]:
    """The ``source.yaml`` beside the files of a round; empty where there is none, as with files
    bought from BPS.

    Raises
    ------
    InputError
        If it is there but is no mapping.
    """
    path = folder / SIDECAR
    if not path.is_file():
        return {}
    try:
        document = yaml.safe_load(path.read_text("utf8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        document = None
    if not isinstance(document, dict):
        raise InputError(
            "The description of the data cannot be read.",
            "Restore or remove the file.",
            file=SIDECAR,
        )
    return document


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
