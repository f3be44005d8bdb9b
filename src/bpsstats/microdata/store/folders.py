"""Where processed rounds lie, and how they are removed."""

import json
from collections.abc import Mapping
from pathlib import Path

from bpsstats.files import tidy_up
from bpsstats.microdata.layouts import layout_file
from bpsstats.microdata.lists.areas import OWN
from bpsstats.microdata.lists.facts import LINES, PROJECTIONS
from bpsstats.microdata.store.entry import ABOUT, FORMAT, WRITING, Entry
from bpsstats.microdata.store.key import key_of
from bpsstats.paths import facts_files, round_dir, store_dir, uses_store

FACTS = (OWN, LINES, PROJECTIONS)


def entry_of(
    table: str, area: str, year: int, raw: str | Path | None, options: Mapping[str, object]
) -> Entry | None:
    """The entry of a round, or None where nothing is to be stored or the round's folder is not
    there.

    Parameters
    ----------
    table : str
        What is stored: "round" or "items".
    area : str
        BPS code.
    year : int
    raw : path, optional
        Raw folder, as in `read_round`.
    options : mapping of str to object
        Whatever else the result depends on. What departs from the defaults (None, False) has an
        entry of its own, so that two ways of reading a round do not drive each other out.
    """
    folder = round_dir(year, raw)
    if not uses_store() or not folder.is_dir():
        return None
    named = [f"{name}-{value}" for name, value in sorted(options.items()) if value]
    name = "-".join([area, str(year), table, *named])
    asked = {"area": area, "year": year, "table": table, **options}
    own = layout_file(year, raw)
    facts = [path for file in FACTS for path in facts_files(file, raw)]
    facts += [own] if own.is_file() else []
    return Entry(store_dir(raw) / name, key_of(folder, facts, asked))


def clean_store(raw: str | Path | None = None) -> list[str]:
    """Remove the processed rounds of a raw folder, and what an interrupted run left half written.

    Only what the store wrote is removed: files that an entry's own description names.

    Returns
    -------
    list of str
        Names of the entries removed.
    """
    folder = store_dir(raw)
    tidy_up(WRITING, folder)
    return [path.name for path in sorted(folder.glob("*/")) if _remove(path)]


def _remove(entry: Path) -> bool:
    """Remove an entry if it is one."""
    try:
        about = json.loads((entry / ABOUT).read_text("utf8"))
        names = [f"{name}.parquet" for name in about["tables"]] if about["format"] == FORMAT else []
    except (OSError, ValueError, KeyError, TypeError):
        return False
    for name in [*names, ABOUT]:
        (entry / name).unlink(missing_ok=True)
    if not any(entry.iterdir()):
        entry.rmdir()
    return bool(names)
