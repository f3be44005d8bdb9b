"""Tables as CSV, workbook and JSON that any program reads as what they are.

A spreadsheet takes text that begins like a formula for one, so that such text gets an apostrophe
before it. A number is no formula and stays a number, whether it is held as one or as printed text.
"""

import json
import math
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?(\d[\d.,]*|\.\d+)([eE][+-]?\d+)?\s?%?")
CLOCK = re.compile(rb">\d{4}-\d\d-\d\dT[\d:]+Z<")


def json_text(records: object) -> str:
    """Records as JSON by RFC 8259: what is no number, or not finite, is null.

    Examples
    --------
    >>> print(json_text([{"conf_high": float("inf"), "n": 3}]))
    [
     {
      "conf_high": null,
      "n": 3
     }
    ]
    """
    return json.dumps(_plain(records), indent=1, ensure_ascii=False, allow_nan=False)


def csv_text(frame: pd.DataFrame) -> str:
    """A frame as CSV: comma, point, Unix line ends, full precision.

    Examples
    --------
    >>> print(csv_text(pd.DataFrame({"printed": ["-1.5", "=1+1"]})), end="")
    printed
    -1.5
    '=1+1
    """
    return str(guarded(frame).to_csv(index=False, lineterminator="\n"))


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose text, in cells and column names, no spreadsheet takes for a formula."""
    return frame.map(guard).rename(columns=guard)


def guard(value: object) -> object:
    """Text that begins like a formula with an apostrophe before it; anything else as it is.

    Examples
    --------
    >>> [guard(value) for value in ("=1+1", "-1.5", "-cmd", -1.5)]
    ["'=1+1", '-1.5', "'-cmd", -1.5]
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def stop_the_clock(workbook: Path) -> None:
    """Take the time of writing out of a workbook, so that the same tables are the same bytes."""
    with zipfile.ZipFile(workbook) as archive:
        parts = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(workbook, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = CLOCK.sub(b">1980-01-01T00:00:00Z<", content)
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, pd.DataFrame):
        return _plain(value.to_dict("records"))
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, bool | int | str) else None if pd.isna(value) else str(value)
