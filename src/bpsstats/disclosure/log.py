"""The log of what disclosure control decided on each cell of a release, for the office alone.

It counts households, and so lies beside the releases, never in one, in a folder and a file that
nobody but their owner may read. The next release of the area, of whatever year, language and kind,
reads the logs of all, so that nothing can be had from the difference between it and one of them.
"""

import csv
import os
from pathlib import Path

import pandas as pd

from bpsstats.disclosure.gate import GateResult, Sizes
from bpsstats.errors import InputError

FOLDER, NAME = ".disclosure", "decisions.csv"
COLUMNS = ("cell", "decision", "rule", "numerator", "denominator")
EARLIER = "shown earlier"  # a decision: who has the earlier release still knows the figure
OWNER_ALONE, OWNER_ALONE_FOLDER = 0o600, 0o700


def decision_log(base: Path, folder: Path) -> Path:
    """Where the log of the release of a folder is, among the reports in `base`."""
    return base / FOLDER / f"{'-'.join(folder.relative_to(base).parts)}.csv"


def shown_earlier(base: Path, area: str) -> dict[str, Sizes]:
    """Cells that the releases of an area among the reports in `base` have shown, with the
    households behind them in each.

    Raises
    ------
    InputError
        If a file is no such log.
    """
    found: dict[str, Sizes] = {}
    for log in sorted((base / FOLDER).glob(f"{area}-*.csv")):
        for cell, sizes in _shown_in(log).items():
            found[cell] = found.get(cell, frozenset()) | sizes
    return found


def _shown_in(log: Path) -> dict[str, Sizes]:
    """The same of one log; nothing where there is none."""
    if not log.is_file():
        return {}
    try:
        with log.open(encoding="utf8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        found: dict[str, Sizes] = {}
        for row in rows:
            if row["decision"] != "withhold":
                size = (int(row["numerator"]), int(row["denominator"]))
                found[row["cell"]] = found.get(row["cell"], frozenset()) | {size}
        return found
    except (KeyError, ValueError, OSError) as error:
        raise InputError(
            f"{log.name} in folder {FOLDER} is not the log of a release, so that this one cannot be"
            f" held against it. It has the columns {', '.join(COLUMNS)}. Put back the log"
            " that the release wrote, or move the file away, if there was none."
        ) from error


def write_log(result: GateResult, beside: Path, log: Path) -> None:
    """Write the log of a release of survey data into a folder of this process, with what the one
    that it takes the place of has shown.
    """
    if result.synthetic:
        return
    now = result.to_frame()[list(COLUMNS)]
    known = {(cell.label, cell.numerator, cell.denominator) for cell in result.shown}
    earlier = [
        (cell, EARLIER, "", *size)
        for cell, sizes in _shown_in(log).items()
        for size in sorted(sizes)
        if (cell, *size) not in known
    ]
    frame = pd.concat([now, pd.DataFrame(earlier, columns=COLUMNS)]) if earlier else now
    _write_alone(beside / NAME, frame.to_csv(index=False))


def keep_log(beside: Path, log: Path) -> None:
    """Put the log of a finished release in its place; a release of synthetic data has none."""
    if (beside / NAME).is_file():
        log.parent.mkdir(mode=OWNER_ALONE_FOLDER, parents=True, exist_ok=True)
        (beside / NAME).replace(log)


def _write_alone(path: Path, text: str) -> None:
    """Write a file that nobody but its owner may ever read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
    with os.fdopen(descriptor, "w", encoding="utf8", newline="") as handle:
        handle.write(text)
