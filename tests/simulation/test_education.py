"""Coverage of the effect of education: the committed full run keeps its promise, and a short run
agrees with it.
"""

import numpy as np
import pandas as pd
import pytest

from simulation import education
from simulation.sampling import city

PROMISED = (0.93, 0.97)
POOLS = 30
# A short run of n pools lies this many of its own Monte-Carlo errors from the full one at the most.
FAR = 4.5


@pytest.fixture(scope="module")
def full():
    return pd.read_csv(education.KEPT).set_index("statistic")


def test_the_intervals_cover_as_promised(full):
    assert set(full.index) == set(education.NAMES)
    assert (full["samples"] >= education.POOLS).all()
    assert full["coverage"].between(*PROMISED).all()


@pytest.mark.external
def test_a_short_run_agrees_with_the_full_one(full):
    short = education.summary(education.simulate(city(), POOLS, education.SEED + 1)).set_index(
        "statistic"
    )
    error = np.sqrt(full["coverage"] * (1 - full["coverage"]) / POOLS) + 0.5 / POOLS
    assert (np.abs(short["coverage"] - full["coverage"]) <= FAR * error).all()
    np.testing.assert_allclose(short["truth"], full["truth"], rtol=1e-5)


def test_the_document_shows_the_full_run(full):
    shown = education.block(full.reset_index())
    assert shown in (education.DOCS / "method.md").read_text("utf8")
