"""Milliseconds that one change of the explorer takes in the kernel, by control, of a city:
``python tests/benchmarks/explore.py [--write]``.

Those of the processor, and in brackets those of the clock, which count only where nothing else
runs; the median of new values, none of which was computed before.
"""

import statistics
import time

from page import show

import bpsstats as bps

NEW = {
    "line": ("multiple", (0.65, 0.8, 1.1, 1.35, 1.7)),
    "factor": ("factor", (0.97, 0.95, 0.93, 0.91, 0.89)),
    "domain": ("domain", ("head_sex=female", "sex=female", "urban=True", "work=formal")),
    "index": ("statistic", ("poverty_gap", "severity", "poor_count")),
    "profile": ("by", ("education", "sex", "urban", "work")),
    "round": ("year", (2021, 2020, 2019, 2018)),
}


def table():
    """Markdown: one row for each control."""
    explorer = bps.explore("6471", 2022)
    explorer.widget()
    controls = explorer._controls
    controls.others.join()
    rows = ["| change | one change |", "|---|---:|"]
    for name, (control, values) in NEW.items():
        clock, processor = [], []
        for value in values:
            began = time.perf_counter(), time.process_time()
            getattr(controls, control).value = value
            clock.append(time.perf_counter() - began[0])
            processor.append(time.process_time() - began[1])
        used, passed = (f"{1000 * statistics.median(each):.0f}" for each in (processor, clock))
        rows.append(f"| {name} | {used} ms ({passed}) |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    show("explorer", table)
