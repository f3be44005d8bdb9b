"""The log of what disclosure control decided on each cell of a release, for the office alone.

It counts households, and so lies beside the releases, never in one, in a folder and a file that
nobody but their owner may read. The next release of the same area, year and language reads it, so
that nothing can be had from the difference between the two.
"""

import csv
import os
from pathlib import Path

from bpsstats.disclosure.gate import GateResult
from bpsstats.errors import InputError

FOLDER, NAME = ".disclosure", "decisions.csv"
COLUMNS = ("cell", "decision", "rule", "numerator", "denominator")
OWNER_ALONE, OWNER_ALONE_FOLDER = 0o600, 0o700


def decision_log(base: Path, folder: Path) -> Path:
    """Where the log of the release of a folder is, among the reports in `base`."""
    return base / FOLDER / f"{'-'.join(folder.relative_to(base).parts)}.csv"


def last_shown(log: Path) -> dict[str, tuple[int, int]]:
    """Cells that the last release has shown, with the households behind them.

    Raises
    ------
    InputError
        If the file is no such log.
    """
    if not log.is_file():
        return {}
    try:
        with log.open(encoding="utf8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        return {
            row["cell"]: (int(row["numerator"]), int(row["denominator"]))
            for row in rows
            if row["decision"] != "withhold"
        }
    except (KeyError, ValueError, OSError) as error:
        raise InputError(
            f"{log.name} in folder {FOLDER} is not the log of a release, so that this one cannot be"
            f" held against the last. It has the columns {', '.join(COLUMNS)}. Put back the log"
            " that the last release wrote, or move the file away, if there was none."
        ) from error


def write_log(result: GateResult, beside: Path) -> None:
    """Write the log of a release of survey data into a folder of this process."""
    if not result.synthetic:
        _write_alone(beside / NAME, result.to_frame()[list(COLUMNS)].to_csv(index=False))


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
