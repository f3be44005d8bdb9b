"""Refuse files that look like microdata, and notebooks or pages that show records, before they are
committed.

``python -m bpsstats.microdata.files.scan [FILE...]`` looks at the files named, or at all that git
keeps. It is the pre-commit hook and a step of the CI. It knows kinds of files and names of columns;
a picture of records it cannot see.
"""

import csv
import gzip
import hashlib
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bpsstats.microdata.formats.kinds import DBASE, SPSS, STATA, kind_of
from bpsstats.paths import project_root

# Kinds that hold tables of records and nothing else that belongs here, and archives, which hide
# what they hold.
RECORD_ENDINGS = frozenset({
    ".dbf", ".sav", ".zsav", ".por", ".dta", ".rds", ".rda", ".rdata", ".sas7bdat", ".xpt",
    ".parquet", ".feather", ".arrow",
    ".pkl", ".pickle", ".joblib", ".duckdb", ".sqlite", ".db", ".mdb", ".accdb", ".xls", ".xlsx",
    ".xlsb", ".ods", ".fpt",
})  # fmt: skip
ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".tgz", ".bz2", ".xz", ".zst"})
RECORD_KINDS = frozenset({SPSS, STATA, DBASE, "a Parquet table", "an Arrow table"})
DELIMITED, PAGES, NOTEBOOK = (
    frozenset({".csv", ".tsv", ".txt", ".tab", ".dat"}),
    frozenset({".html", ".htm"}),
    ".ipynb",
)
# Keys, design, weights and sums per household, as BPS and as this project name them.
RECORD_NAMES = frozenset({
    "renum", "urut", "psu", "ssu", "strata", "fwt", "wert", "weind", "wi1", "wi2", "wi3", "r101",
    "r102", "r105", "r301", "r401",
    "kapita", "expend", "household", "weight_hh", "weight_person", "expenditure_person_month",
    "expenditure_month",
})  # fmt: skip
NAMES_OF_A_TABLE, NAMES_OF_A_LISTING = 3, 2
SHIPPED = Path("data/raw/susenas")
SERIES = re.compile(r"Name: (\w+), (?:Length|dtype)")
REMEDY = "Keep it outside the repository (docs/data-access.md)."


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that must not be committed: its path and why, as a full sentence, without a word of
    its content.
    """

    path: Path
    why: str

    def __str__(self) -> str:
        return f"{self.path}: {self.why} {REMEDY}"


def scan(paths: Iterable[Path], root: Path) -> list[Refusal]:
    """What must not be committed.

    Parameters
    ----------
    paths : iterable of Path
        Files, relative to `root`.
    root : Path
        Folder of the repository. Below its ``data/raw/susenas`` a file passes if the
        ``source.yaml`` beside it says that the data are synthetic and holds the file's SHA-256.

    Examples
    --------
    >>> shipped = Path("data/raw/susenas/2022-03/kp22blok43.csv.gz")
    >>> scan([Path("README.md"), shipped], project_root())
    []
    """
    refusals = []
    for path in paths:
        if (root / path).is_file():
            why = _why_not(root / path)
            if why and not _is_shipped(path, root):
                refusals.append(Refusal(path, why))
    return refusals


def files_of_git(root: Path) -> list[Path]:
    """Files that git keeps or is about to keep, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=root, capture_output=True, check=True
    ).stdout
    return [Path(name) for name in listed.decode().split("\0") if name]


def _is_shipped(path: Path, root: Path) -> bool:
    """Whether a file is one of the synthetic rounds, unchanged."""
    source = root / path.parent / "source.yaml"
    if SHIPPED not in path.parents or ".." in path.parts or not source.is_file():
        return False
    said = yaml.safe_load(source.read_text("utf8"))
    if (
        not isinstance(said, dict)
        or said.get("kind") != "synthetic"
        or not isinstance(said.get("sha256"), dict)
    ):
        return False
    return bool(
        said["sha256"].get(path.name) == hashlib.sha256((root / path).read_bytes()).hexdigest()
    )


def _why_not(path: Path) -> str:
    """Why a file must not be committed; empty if it may be."""
    endings = [ending.lower() for ending in path.suffixes]
    if RECORD_ENDINGS.intersection(endings):
        return "It is of a kind that holds records."
    if ARCHIVES.intersection(endings):
        return "It is an archive, which hides what it holds."
    if (kind := kind_of(path)) in RECORD_KINDS:
        return f"It is {kind}, whatever its name says."
    try:
        if endings[-1:] == [NOTEBOOK]:
            return _why_not_notebook(json.loads(path.read_text("utf8")))
        if endings[-1:] and endings[-1] in PAGES:
            return _why_not_shown(path.read_text("utf8", "replace"))
        if DELIMITED.intersection(endings) or endings[-1:] == [".gz"]:
            return _why_not_delimited(path)
    except (OSError, EOFError, zlib.error, ValueError, AttributeError, TypeError, csv.Error):
        return "It cannot be read, so that nobody knows what it holds."
    return ""


def _why_not_delimited(path: Path) -> str:
    """Why delimited text must not be committed: a heading with the names of records, and a row
    below it.
    """
    with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as handle:
        heading = handle.readline(1 << 20).decode("latin-1").lstrip("\xef\xbb\xbf")
        has_rows = bool(handle.readline(1 << 20).strip())
    names = [name.strip().strip('"') for name in re.split(r"[,;\t|]", heading)]
    if has_rows and _count(names) >= NAMES_OF_A_TABLE:
        return "It is a table with the columns of single households or persons."
    return ""


def _why_not_notebook(notebook: dict[str, Any]) -> str:
    """Why a notebook must not be committed."""
    for cell in notebook["cells"]:
        if cell.get("attachments"):
            return "A cell holds an attachment, which nobody can check."
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                return "A cell shows a traceback, which may hold values."
            shown = [output.get("text", ""), *output.get("data", {}).values()]
            for content in shown:
                text = "".join(content) if isinstance(content, list) else str(content)
                if why := _why_not_shown(text):
                    return why
    return ""


def _why_not_shown(text: str) -> str:
    """Why something shown must not be committed: a heading of records with rows below, or a column
    of one.
    """
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL | re.IGNORECASE):
        cells = re.findall(r"<th[^>]*>(.*?)</th>", table, re.DOTALL | re.IGNORECASE)
        if (
            "<td" in table.lower()
            and _count(re.sub(r"<[^>]+>", "", cell) for cell in cells) >= NAMES_OF_A_LISTING
        ):
            return "It shows a table of records."
    if any(name.lower() in RECORD_NAMES for name in SERIES.findall(text)):
        return "It shows a column of records."
    lines = text.splitlines()
    for i, line in enumerate(lines[:-1]):
        if (
            "<" not in line
            and _count(re.split(r"[\s,;|]+", line)) >= NAMES_OF_A_LISTING
            and _is_record(lines[i + 1 :])
        ):
            return "It shows a listing of records."
    return ""


def _is_record(lines: Sequence[str]) -> bool:
    """Whether one of the next lines begins with a number and goes on with numbers, as the row of a
    listing does.
    """
    return any(re.match(r"[\s|]*\d+([\s,;|]+[-\d.]+){2,}", line) for line in lines[:3])


def _count(names: Iterable[str]) -> int:
    """How many different names of records there are among names."""
    return len({name.strip().lower() for name in names} & RECORD_NAMES)


def main(arguments: Sequence[str]) -> int:
    """Scan the files named, or all that git keeps; exit code 1 if one must not be committed."""
    root = project_root()
    paths = [_relative(Path(name), root) for name in arguments] or files_of_git(root)
    refusals = scan(paths, root)
    for refusal in refusals:
        print(refusal, file=sys.stderr)
    return 1 if refusals else 0


def _relative(path: Path, root: Path) -> Path:
    """A path as seen from the root; one that lies elsewhere stays as it is."""
    absolute = path.resolve()
    return absolute.relative_to(root) if absolute.is_relative_to(root) else absolute


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
