"""Calibrated weights against R's survey package: post-stratification, raking and regression estimators."""

from pathlib import Path

import pytest

from known_answer.oracle import assert_r_still_gives_the_committed_answers

SCRIPT = Path(__file__).with_name("calibration.R")


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
