"""One processed round on the disk: Parquet files and a description that says what they are true of.

An entry is a folder that holds ``about.json`` and a Parquet file for each table. It is written
beside its place and put there by renaming, so that a reader finds a whole entry or none, and two
writers at once do no harm: what both write is the same.
"""

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from bpsstats.files import put_in_place, scratch_folder
from bpsstats.microdata.provenance import sha256_of
from bpsstats.reprs import SizesOnly

ABOUT, FORMAT = "about.json", "bpsstats processed round 1"
WRITING = ".writing-"
log = logging.getLogger("bpsstats.store")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Processed(SizesOnly):
    """Tables of a round, and what is said of them, ready for JSON."""

    tables: Mapping[str, pd.DataFrame]
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """The place of a processed round, and the key that it must have to be true."""

    folder: Path
    key: str

    def recall(self) -> Processed | None:
        """What is kept here, or None where nothing is, or where it is no longer true or whole."""
        about_file = self.folder / ABOUT
        if not about_file.is_file():
            log.info("%s: not processed yet", self.folder.name)
            return None
        try:
            kept = json.loads(about_file.read_text("utf8"))
            if kept["format"] != FORMAT or kept["digest"] != _digest(kept):
                raise ValueError("not as it was written")
            if kept["key"] != self.key:
                log.info(
                    "%s: raw files, facts, options or code have changed; it is made again",
                    self.folder.name,
                )
                return None
            with duckdb.cursor() as connection:  # opening a database anew costs most of it
                tables = {
                    name: _read(connection, self.folder / f"{name}.parquet", said)
                    for name, said in kept["tables"].items()
                }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, duckdb.Error):
            log.info("%s: damaged; it is made again", self.folder.name)
            return None
        log.info("%s: read as processed before", self.folder.name)
        return Processed(tables, kept["about"])

    def keep(self, processed: Processed) -> None:
        """Put a round here. Where that cannot be (a full disk, a folder that may not be written),
        the round is used all the same and nothing is left behind.
        """
        try:
            self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with scratch_folder(WRITING, self.folder.parent) as beside:
                new = beside / self.folder.name
                new.mkdir(mode=0o700)
                said = {
                    name: _write(frame, new / f"{name}.parquet")
                    for name, frame in processed.tables.items()
                }
                kept = {
                    "format": FORMAT, "key": self.key, "tables": said, "about": processed.about
                }  # fmt: skip
                _write_private(new / ABOUT, json.dumps(kept | {"digest": _digest(kept)}, indent=1))
                put_in_place(new, self.folder)
            log.info("%s: processed and stored", self.folder.name)
        except (OSError, duckdb.Error) as error:
            log.info("%s: could not be stored (%s)", self.folder.name, type(error).__name__)


def _write(frame: pd.DataFrame, path: Path) -> dict[str, Any]:
    """Write a table; return what Parquet does not say of it: types, classes, and its digest."""
    plain = frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))
    plain.attrs = {}
    _write_private(path, "")
    if not plain.columns.empty:  # persons of a round without a roster are a table without columns
        with duckdb.cursor() as connection:
            connection.register("plain", plain)
            target = str(path).replace("'", "''")
            connection.execute(f"COPY (SELECT * FROM plain) TO '{target}' (FORMAT parquet)")
    path.chmod(0o600)
    types = {
        str(name): {"categories": list(column.cat.categories), "ordered": bool(column.cat.ordered)}
        if isinstance(column.dtype, pd.CategoricalDtype)
        else str(column.dtype)
        for name, column in frame.items()
    }
    return {"sha256": sha256_of(path), "types": types}


def _read(
    connection: duckdb.DuckDBPyConnection, path: Path, said: Mapping[str, Any]
) -> pd.DataFrame:
    """A table as it was written."""
    if sha256_of(path) != said["sha256"]:
        raise ValueError("not as it was written")
    if not said["types"]:
        return pd.DataFrame()
    frame: pd.DataFrame = connection.read_parquet(str(path)).df()
    types = {
        name: pd.CategoricalDtype(how["categories"], ordered=how["ordered"])
        if isinstance(how, dict)
        else how
        for name, how in said["types"].items()
    }
    return frame.astype(types)


def _digest(kept: Mapping[str, Any]) -> str:
    """Digest of a description without the digest in it."""
    text = json.dumps({k: v for k, v in kept.items() if k != "digest"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _write_private(path: Path, text: str) -> None:
    """A file that nobody but its owner can read, at any moment."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
