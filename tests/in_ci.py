"""Cases that the CI tries and `make test` leaves out: they take long, and others of the same test
are tried everywhere.
"""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def here(kept: Collection[object], cases: Iterable[Any]) -> list[Any]:
    """Cases of a parametrised test, of which only `kept` are tried outside the CI."""
    return [case if case in kept else in_ci(case) for case in cases]


def every(nth: int, cases: Iterable[Any]) -> list[Any]:
    """Cases of a parametrised test, of which only each `nth`, from the first, is tried outside the
    CI.
    """
    return [in_ci(case) if number % nth else case for number, case in enumerate(cases)]


def in_ci(case: Any) -> Any:
    """A case that only the CI tries."""
    if hasattr(case, "marks"):  # of pytest.param
        return pytest.param(*case.values, id=case.id, marks=[*case.marks, pytest.mark.external])
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.external)
