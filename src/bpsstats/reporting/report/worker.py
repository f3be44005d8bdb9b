"""The process that makes a report: it computes once what the parts of a report share, the long
results at the same time in copies of itself, then makes the parts, each in a process of its own.

``python -m bpsstats.reporting.report.worker`` is started by `run`, which it speaks to in lines of
JSON: parameters and the folder to write to come in; the area, each part that is done, and an error
go out. Where the system can copy a process (Linux), each part starts as a copy of this one, with
everything imported and computed; elsewhere it imports and computes for itself.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TextIO

# seaborn loads controls for half a second, which nobody uses here.
sys.modules.setdefault("ipywidgets", None)  # type: ignore[arg-type]  # as Python marks it

from bpsstats.microdata import find_area  # noqa: E402 - after the line above
from bpsstats.processes import end_with_parent, sendable  # noqa: E402 - after the line above
from bpsstats.reporting.report.results import (  # noqa: E402 - after the line above
    Results,
    compute_all,
)

# What most parts need, loaded once: before the process is copied, not in each copy.
OF_PARTS = (
    "bpsstats.reporting.report.parts",
    "bpsstats.reporting.notebook",
    "bpsstats.reporting.prose",
    "ipykernel.debugger",
    "ipykernel.inprocess.ipkernel",
    "IPython.core.application",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas.io.formats.string",
    "PIL.Image",
    "seaborn",
)
OF_RESULTS = ("area", "year", "conf_level", "lone_psu", "accept_line")


def main() -> None:
    """Do what the parent asks for, and tell it how it went."""
    end_with_parent()
    # What is printed by others must not mix with what the parent reads.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        parameters = json.loads(sys.stdin.readline())
        parameters["area"] = find_area(parameters["area"]).code
        # What is wrong with files or parameters is found here, before anything is written.
        results = Results(*(parameters[name] for name in OF_RESULTS))
        # What shows them is loaded while they are computed.
        compute_all(results, lambda: [import_module(name) for name in OF_PARTS])
        from bpsstats.reporting.report.parts import begun, decided, make

        release = begun(parameters, results)
        _answer(answers, area=parameters["area"])
        job = json.loads(sys.stdin.readline())
        _answer(answers, revised=decided(release, job))
        folder = Path(job["folder"])
        make(parameters, folder, lambda i, n, name: _answer(answers, step=i, of=n, name=name))
    except Exception as error:
        sent = sendable(error)
        if isinstance(sent, OSError):
            _answer(answers, error=["OSError", [sent.errno, sent.strerror, sent.filename]])
        else:
            _answer(answers, error=[type(sent).__name__, [sent.message]])
        return
    _answer(answers, done=True)


def _answer(answers: TextIO, **message: object) -> None:
    """A line to the parent."""
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
