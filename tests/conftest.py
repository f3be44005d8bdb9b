"""What all tests share: which of them run, and how hypothesis searches."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

from bpsstats.disclosure.released import put_in_force
from bpsstats.errors import say_errors_by

# The same search on every run and machine; 500 cases each in the CI, fewer while working.
# How long a case takes is no matter of right or wrong: other work on the machine slows it.
UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", max_examples=500, derandomize=True, **UNTIMED)
settings.register_profile("work", max_examples=10, derandomize=True, **UNTIMED)
# A broken copy of the code either fails within a few cases or is not told from the right one by
# more of them.
settings.register_profile("mutation", max_examples=8, derandomize=True, database=None, **UNTIMED)
# Programs that are run by themselves, each job in a process of its own.
collect_ignore = ["benchmarks"]
EXTERNAL = bool(os.environ.get("BPSSTATS_EXTERNAL"))
MUTATION = "MUTANT_UNDER_TEST" in os.environ
settings.load_profile("mutation" if MUTATION else "ci" if EXTERNAL else "work")


@pytest.fixture(scope="session", autouse=True)
def _children_hear_a_hangup() -> None:
    """Under ``nohup`` the hangup is ignored, by all children too; a handler is not handed down."""
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is signal.SIG_IGN:
        signal.signal(hangup, lambda *_: None)


def pytest_runtest_teardown() -> None:
    """Let no command of a test leave its language, or what its release withholds, to the next."""
    say_errors_by(str)
    put_in_force(None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that need R or Chromium, or take long, unless BPSSTATS_EXTERNAL is set;
    then they fail without them.
    """
    if EXTERNAL:
        return
    external = [item for item in items if item.get_closest_marker("external")]
    if external:
        config.hook.pytest_deselected(items=external)
        items[:] = [item for item in items if item not in external]
