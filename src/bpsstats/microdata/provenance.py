"""Where a round came from: kind of data, files, and what was assumed on reading them.

What is not proved synthetic is real: files count as synthetic only where ``source.yaml`` says so
and holds their SHA-256.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bpsstats.microdata.described import (
    AREA,
    NUMBER,
    POSITIVE,
    TEXT,
    WHOLE,
    YEAR,
    Either,
    Entries,
    Shape,
    Value,
    one_of,
    read_described,
)
from bpsstats.microdata.findings import Finding
from bpsstats.paths import ACCEPTED

SIDECAR = "source.yaml"
SYNTHETIC, SURVEY = "synthetic", "survey"
# Words that every result repeats.
SOURCES = {SYNTHETIC: "synthetic microdata", SURVEY: "survey microdata"}


def _sha256(value: Any) -> str:
    """A SHA-256 in hexadecimal."""
    if not (isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value)):
        raise ValueError
    return value


def _sentences(value: Any) -> list[str]:
    """A list of texts."""
    if not (isinstance(value, list) and all(isinstance(text, str) for text in value)):
        raise ValueError
    return value


POPULATION = Value('a number of persons, or one for each area: {"6471": 700000}', POSITIVE.read)
SENTENCES = Value("a list of sentences", _sentences)
# What source.yaml may hold. Where it names several `areas`, `targets` and `assumed` are by area;
# `scale` and `rows` stand in that of a synthetic nation.
SHAPE: Shape = {
    "kind": one_of(SYNTHETIC, SURVEY),
    "note": TEXT,
    "area": AREA,
    "year": YEAR,
    "seed": WHOLE,
    "generator_version": WHOLE,
    "targets": Entries(TEXT, Either(Entries(TEXT, NUMBER), NUMBER)),
    "assumed": Either(Entries(AREA, SENTENCES), SENTENCES),
    "sha256": Entries(TEXT, Value("a SHA-256 of 64 hexadecimal digits", _sha256)),
    "population": Either(Entries(AREA, POSITIVE), POPULATION),
    "design_fallback": one_of(ACCEPTED),
    "levels": one_of(ACCEPTED),
    "scale": one_of("national"),
    "areas": Entries(AREA, TEXT),
    "rows": Entries(TEXT, WHOLE),
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read."""

    role: str
    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Kind of data ("synthetic" or "survey"), the files, notes, and the
    figures synthetic data were fitted to.

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
        return SOURCES[self.kind]


def kind_of(sidecar: Mapping[str, Any], hashes: Mapping[str, str]) -> str:
    """Kind of data of the files that were read, by name and SHA-256.

    Examples
    --------
    >>> kind_of({"kind": "synthetic", "sha256": {"a.csv": "1f"}}, {"a.csv": "1f"})
    'synthetic'
    >>> kind_of({"kind": "synthetic", "sha256": {"a.csv": "1f"}}, {"a.csv": "2e"})
    'survey'
    """
    return SYNTHETIC if claims(sidecar) and not _strange(sidecar, hashes) else SURVEY


def claims(sidecar: Mapping[str, Any]) -> bool:
    """Whether ``source.yaml`` says that the files are synthetic."""
    return sidecar.get("kind") == SYNTHETIC


def told_of(sidecar: Mapping[str, Any], key: str, area_code: str) -> Any:
    """What ``source.yaml`` says of an area under a key that it may hold for each of several.

    Examples
    --------
    >>> told_of({"targets": {"headcount": 2.45}}, "targets", "6471")
    {'headcount': 2.45}
    >>> both = {"6471": {"headcount": 2.45}, "6472": {"headcount": 4.85}}
    >>> told_of({"targets": both}, "targets", "6472")
    {'headcount': 4.85}
    """
    told = sidecar.get(key) or {}
    of_each = isinstance(told, Mapping) and not any(
        isinstance(value, int | float) for value in told.values()
    )
    return (told.get(area_code) or {}) if of_each else told


def false_claims(sidecar: Mapping[str, Any], hashes: Mapping[str, str]) -> Iterator[Finding]:
    """The finding of files that ``source.yaml`` calls synthetic and does not know."""
    strange = _strange(sidecar, hashes) if claims(sidecar) else []
    if strange:
        what = (
            f"{SIDECAR} calls the files synthetic and does not hold the SHA-256 of"
            f" {', '.join(strange[:5])}, so that all count as survey microdata."
        )
        remedy = f"Take the files that came with {SIDECAR}, or remove it from beside real ones."
        yield Finding("warning", SIDECAR, "sha256", what, remedy, len(strange), ())


def _strange(sidecar: Mapping[str, Any], hashes: Mapping[str, str]) -> list[str]:
    """Files whose SHA-256 the description does not hold; all of them where it holds none."""
    known: Mapping[str, str] = sidecar.get("sha256") or {}
    return [name for name, digest in hashes.items() if known.get(name) != digest]


def read_sidecar(folder: Path) -> dict[str, Any]:
    """The ``source.yaml`` beside the files of a round; empty where there is none, as with files
    bought from BPS.

    Raises
    ------
    InputError
        If a key or value in it is unknown; file and line are named.
    """
    path = folder / SIDECAR
    document: dict[str, Any] = read_described(path, SHAPE) if path.is_file() else {}
    return document


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
