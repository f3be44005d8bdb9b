"""Fixtures of the unit tests."""

import pytest

from bpsstats.microdata import read_round
from raw_folder import folder, pristine, processed

__all__ = ["folder", "pristine", "processed"]


@pytest.fixture(scope="session")
def round_2022():
    """The shipped round of the default city."""
    return read_round("6471", 2022)
