"""What the yearly profiles of all areas of a nation cost: ``python tests/benchmarks/profiles.py
[--areas 514] [--write]``.

Each area is a round of the size of the shipped one, its spending moved by a factor of its own, and
goes through `poverty_profile` and `differences`: all tables as data, with errors, tests and
Holm's correction. The areas are shared among processes. Beside it one city from the command to its
files. Seconds are those of the processors, all processes together, and in brackets those of the
clock. ``--write`` puts the table between its markers in ``docs/performance.md``.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- profiles: begin -->\n", "<!-- profiles: end -->"
AREA, YEAR, NATION = "6471", 2022, 514
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@cache
def shipped():
    """The round that all areas are made of, and its line."""
    from bpsstats.microdata import read_round
    from bpsstats.poverty import poverty_line

    return read_round(AREA, YEAR), poverty_line(AREA, YEAR)


def profile_of(seed):
    """Cells, comparisons, and the rate of one area."""
    from bpsstats.poverty import poverty_profile
    from bpsstats.poverty.profile.differences import differences

    round_, line = shipped()
    factor = np.random.default_rng(seed).uniform(0.8, 1.1)
    moved = {
        name: frame.assign(expenditure_person_month=frame["expenditure_person_month"] * factor)
        for name, frame in (("households", round_.households), ("persons", round_.persons))
    }
    for name, frame in moved.items():
        frame.attrs = getattr(round_, name).attrs
    made = poverty_profile(replace(round_, **moved), line)
    cells = sum(len(table.entries) for table in made.tables)
    rate = made.table("poverty").entries[1].value.estimate
    return cells, len(differences(made)), rate


def used():
    """Seconds of the processors of this process and of those that it has ended."""
    own, others = (
        resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def timed(job):
    """Processor and clock seconds of a job, and what it gives."""
    clock, processor = time.perf_counter(), used()
    given = job()
    return used() - processor, time.perf_counter() - clock, given


def nation(areas):
    """The profiles of all areas."""
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        return list(workers.map(profile_of, range(areas), chunksize=8))


def city():
    """One profile, from the command to its files, the round being in the store."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bpsstats", "profile", "--out", folder]
        subprocess.run([*command, "--area", AREA, "--year", str(YEAR)], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip


def table(areas):
    """The table in Markdown."""
    city()  # fills the store
    rows = [("the profile of a city: workbook, page, CSV", *timed(city)[:2])]
    profile_of(0)
    rows.append(("its tables and tests as data", *timed(lambda: profile_of(1))[:2]))
    *cost, found = timed(lambda: nation(areas))
    cells, tests = (sum(one[k] for one in found) for k in (0, 1))
    what = f"those of {areas} areas: {cells:,} cells and {tests:,} tests"
    rows.append((what, *cost))
    each = cost[0] / areas
    return (
        "| job | seconds |\n|---|---:|\n"
        + "".join(f"| {what} | {of:.1f} s ({clock:.1f}) |\n" for what, of, clock in rows)
        + f"\n{each:.2f} s of a processor for each area, shared among {os.cpu_count()} of them.\n"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--areas", type=int, default=NATION)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    os.environ.update(ONE_THREAD)
    text = table(options.areas)
    print(text, end="")
    if options.write:
        page = PAGE.read_text("utf8")
        head, rest = page.split(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}{text}{END}{rest.split(END)[1]}", encoding="utf8")


if __name__ == "__main__":
    main()
