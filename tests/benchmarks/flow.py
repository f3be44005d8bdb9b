"""What the flow from raw files to the report costs, beside another checkout in the same run:
``python tests/benchmarks/flow.py BEFORE [--write]``.

Each job runs in a process of its own, in turn in both checkouts, each with its own ``.venv``; the
first run of each, which fills the store of processed rounds, is not counted. Seconds are those of
the processors, all processes together, which other work on the machine disturbs least, and in
brackets those of the clock. ``--write`` puts the table between the markers of
``docs/performance.md``.
"""

import os
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from page import show

HERE = Path(__file__).resolve().parents[2]
RUNS = 3
CLOCKS = "(time.process_time(), time.perf_counter())"
JOBS = {
    "read a round": "read_round",
    "the ledger of a year": "ledger",
    "the annual release, its last round read": "annual_release",
}
REPORT = "the report, from the command to the files"


def seconds(checkout, job):
    """Processor and clock seconds of a job in a checkout, without the start of Python but for the
    whole report.
    """
    python = str(checkout / ".venv" / "bin" / "python")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BPSSTATS_")}
    if job == REPORT:
        with tempfile.TemporaryDirectory() as folder:
            command = [python, "-m", "bpsstats", "report", "--quiet", "--out", folder]
            start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, check=True, env=environment, capture_output=True)
            now = resource.getrusage(resource.RUSAGE_CHILDREN)
            processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
            return processor, time.perf_counter() - start
    code = (
        f"import time, bpsstats as b; job = b.{JOBS[job]}; before = {CLOCKS}; job('6471', 2022);"
        f" now = {CLOCKS}; print(now[0] - before[0], now[1] - before[1])"
    )
    done = subprocess.run(
        [python, "-c", code], check=True, env=environment, capture_output=True, text=True
    )
    return tuple(map(float, done.stdout.split()[-2:]))


def table(before):
    """Markdown: the median of each job before and now, and their ratio."""
    rows = ["| job | before | now | before / now |", "|---|---:|---:|---:|"]
    for job in (*JOBS, REPORT):
        for checkout in (before, HERE):
            seconds(checkout, job)
        pairs = [(seconds(before, job), seconds(HERE, job)) for _ in range(RUNS)]
        then, now = (_median([pair[i] for pair in pairs]) for i in (0, 1))
        ratio = statistics.median(one[0] / other[0] for one, other in pairs)
        rows.append(f"| {job} | {then} | {now} | {ratio:.1f} |")
    return "\n".join(rows) + "\n"


def _median(runs):
    """Processor seconds, and in brackets those of the clock."""
    processor, clock = (statistics.median(run[i] for run in runs) for i in (0, 1))
    return f"{processor:.2f} s ({clock:.2f})"


if __name__ == "__main__":
    show("flow", lambda before: table(before.resolve()), "before")
