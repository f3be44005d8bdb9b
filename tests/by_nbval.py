"""What nbval says of notebooks, which compares every output with a fresh run; all of them in one
process of its own, as in the CI of a user.
"""

import os
import re
import subprocess
import sys

from bpsstats.paths import project_root
from bpsstats.reporting.report.notebooks.refresh import kernel_environment

ROOT = project_root()
SETTINGS = [
    "--nbval", "--nbval-cell-timeout=300", "-p", "no:cacheprovider", "-v", "-o", "addopts=", "-o",
    "filterwarnings=", "--nbval-sanitize-with", str(ROOT / "tests/notebooks/sanitize.cfg"),
]  # fmt: skip


def tried(request, paths):
    """The notebooks of a module whose outputs are compared in this run."""
    asked = {item.callspec.params["path"] for item in request.session.items if is_compared(item)}
    return [path for path in paths if path in asked]


def is_compared(item):
    """Whether a test compares what is stored in a notebook with a fresh run."""
    return "fresh_run" in getattr(item, "fixturenames", ())


def said_by_nbval(paths):
    """Everything that it prints."""
    with kernel_environment():
        outer = ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS")  # settings of the tests around it
        run = subprocess.run(
            [sys.executable, "-m", "pytest", *SETTINGS, *map(str, paths)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name not in outer},
            check=False,
        )
    return run.stdout


def assert_passed(path, cells, said):
    """Every code cell of a notebook gives again what is stored."""
    # A notebook outside the project has no name there.
    found = re.findall(rf"^(?:.*\b{path.stem}::ipynb)?::Cell \d+ (\w+)", said, re.MULTILINE)
    assert found == ["PASSED"] * len(cells), said[-3000:]
