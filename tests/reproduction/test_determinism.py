"""The same inputs give the same numbers: files in another row order, two runs, one thread or
two.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import bpsstats as bps
from bpsstats.microdata.provenance import SIDECAR, sha256_of
from bpsstats.paths import project_root

AREA, YEAR = "6471", 2022
FOLDER = project_root() / "data" / "raw" / "susenas" / f"{YEAR}-03"

NUMBERS = """
import sys, bpsstats as bps
from bpsstats.poverty import gini
rounds = [bps.read_round("6471", year) for year in (2021, 2022)]
lines = [bps.poverty_line("6471", year) for year in (2021, 2022)]
tables = []
for round_, line in zip(rounds, lines):
    households, persons = bps.SurveyDesign(round_.households), bps.SurveyDesign(round_.persons)
    measures = [bps.poor_count(line), bps.headcount(line), bps.poverty_gap(line),
    bps.severity(line), gini()]
    tables += [bps.estimate(households, measures),
               bps.estimate(households, measures, by="head_education"),
               bps.education_of_the_poor(persons, line), bps.food_share(households, line)]
tables.append(bps.change(tables[0], tables[4]))
tables.append(bps.rebase(rounds[1], lines[1], "sp2020_projection"))
model = bps.survey_logit("poor ~ log_size + dependency + C(year)", bps.pool_rounds(rounds, lines),
below_gate="firth")
tables += [model.estimates(), bps.average_marginal_effects(model, ["log_size"])]
for table in tables:
    sys.stdout.write(table.to_frame().to_csv(float_format="%.17g"))
"""


@pytest.fixture(scope="module")
def shuffled(tmp_path_factory):
    """The shipped round with the rows of every file in another order."""
    raw = tmp_path_factory.mktemp("raw")
    folder = raw / FOLDER.name
    folder.mkdir()
    sidecar = yaml.safe_load((FOLDER / SIDECAR).read_text("utf8"))
    random = np.random.default_rng(11)
    for path in sorted(FOLDER.glob("*.csv.gz")):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        order = random.permutation(len(table))
        assert not np.array_equal(order, np.arange(len(table)))
        table.iloc[order].to_csv(
            folder / path.name, index=False, compression={"method": "gzip", "mtime": 0}
        )
        sidecar["sha256"][path.name] = sha256_of(folder / path.name)
    (folder / SIDECAR).write_text(yaml.safe_dump(sidecar, allow_unicode=True), encoding="utf8")
    return bps.read_round(AREA, YEAR, raw=raw)


@pytest.mark.external
def test_files_in_another_row_order_are_the_same_round(shuffled):
    shipped = bps.read_round(AREA, YEAR)
    pd.testing.assert_frame_equal(shuffled.households, shipped.households, check_exact=True)
    pd.testing.assert_frame_equal(shuffled.persons, shipped.persons, check_exact=True)


def numbers(threads: int) -> str:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {
        **os.environ,
        **dict.fromkeys(names, str(threads)),
        "PYTHONHASHSEED": str(threads),
    }
    done = subprocess.run(
        [sys.executable, "-c", NUMBERS],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=Path.cwd(),
    )
    return done.stdout


@pytest.mark.external
def test_two_runs_give_the_same_digits_with_one_thread_or_two():
    first, second = numbers(1), numbers(2)
    assert len(first) > 5_000
    assert first == second
