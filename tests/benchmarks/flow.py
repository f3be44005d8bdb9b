"""What the flow from raw files to the report costs, beside another checkout in the same run:
``python tests/benchmarks/flow.py BEFORE [--write]``.

Each job runs in a process of its own, in turn in both checkouts, each with its own ``.venv``; the
first run of each, which fills the store of processed rounds, is not counted. ``--write`` puts the
table between the markers of ``docs/performance.md``.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
PAGE = HERE / "docs" / "performance.md"
BEGIN, END = "<!-- flow: begin -->\n", "<!-- flow: end -->"
RUNS = 3
JOBS = {
    "read a round": "import time, bpsstats as b; b.read_round; t = time.perf_counter();"
    " b.read_round('6471', 2022); print(time.perf_counter() - t)",
    "the ledger of a year": "import time, bpsstats as b; b.ledger; t = time.perf_counter();"
    " b.ledger('6471', 2022); print(time.perf_counter() - t)",
    "the annual release of five rounds": "import time, bpsstats as b; b.annual_release;"
    " t = time.perf_counter(); b.annual_release('6471', 2022); print(time.perf_counter() - t)",
}
REPORT = "the report, from the command to the files"


def seconds(checkout, job):
    """Seconds of a job in a checkout, without the start of Python but for the whole report."""
    python = str(checkout / ".venv" / "bin" / "python")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BPSSTATS_")}
    if job == REPORT:
        with tempfile.TemporaryDirectory() as folder:
            command = [python, "-m", "bpsstats", "report", "--quiet", "--out", folder]
            start = time.perf_counter()
            subprocess.run(command, check=True, env=environment, capture_output=True)
            return time.perf_counter() - start
    command = [python, "-c", JOBS[job]]
    done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def table(before):
    """Markdown: the median of each job before and now, and their ratio."""
    rows = ["| job | before | now | before / now |", "|---|---:|---:|---:|"]
    for job in (*JOBS, REPORT):
        for checkout in (before, HERE):
            seconds(checkout, job)
        pairs = [(seconds(before, job), seconds(HERE, job)) for _ in range(RUNS)]
        then, now = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
        ratio = statistics.median(one / other for one, other in pairs)
        rows.append(f"| {job} | {then:.2f} s | {now:.2f} s | {ratio:.1f} |")
    return "\n".join(rows) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("before", type=Path, help="another checkout, set up")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = table(options.before.resolve())
    print(text, end="")
    if options.write:
        page = PAGE.read_text("utf8")
        head, rest = page.split(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}{text}{END}{rest.split(END)[1]}", encoding="utf8")


if __name__ == "__main__":
    main()
