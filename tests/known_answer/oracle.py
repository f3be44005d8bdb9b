"""Answers of R that lie beside the scripts that made them, and the check that R still gives
them.
"""

import subprocess
from pathlib import Path

import pandas as pd

# R and this package add the same numbers in another order.
AGREEMENT = 1e-12


def answers(script: Path, keys: list[str]) -> pd.DataFrame:
    """Committed answers of a script, by its key columns."""
    return pd.read_csv(committed(script), dtype=dict.fromkeys(keys, str)).set_index(keys)


def committed(script: Path) -> Path:
    return script.with_suffix(".expected.csv")


def assert_r_still_gives_the_committed_answers(script: Path) -> None:
    fresh = subprocess.run(
        ["Rscript", str(script)], capture_output=True, text=True, check=True
    ).stdout
    assert fresh == committed(script).read_text("utf8")
