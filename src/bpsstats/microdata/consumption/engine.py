"""DuckDB for files larger than memory, with a bar that says how far a pass over them is."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from tqdm import tqdm

SECONDS_BETWEEN_LOOKS = 0.2
MEMORY = "2GB"  # what does not fit is kept on disk


@contextmanager
def out_of_core(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that keeps in a folder what does not fit into memory."""
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET temp_directory = '{str(folder).replace(chr(39), chr(39) * 2)}'")
        yield connection


@contextmanager
def progress_bar(connection: duckdb.DuckDBPyConnection, label: str) -> Iterator[None]:
    """On a terminal, show how far a query is until it is done."""
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(connection, done, label), daemon=True)
    if sys.stderr.isatty():
        watch.start()
    try:
        yield
    finally:
        done.set()
        if watch.is_alive():
            watch.join()


def _watch(connection: duckdb.DuckDBPyConnection, done: threading.Event, label: str) -> None:
    """Move a bar; DuckDB says -1 before it knows."""
    with tqdm(total=100, desc=label, unit="%", leave=False, delay=1) as bar:
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            bar.update(max(0, int(connection.query_progress()) - bar.n))
