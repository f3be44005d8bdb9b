"""Milliseconds that one change of the explorer takes in the kernel, by control, of a city.

Run it with ``python tests/benchmarks/explore.py`` where nothing else runs; it prints Markdown. Each
time is the median of new values, none of which was computed before.
"""

import statistics
import time

import bpsstats as bps

NEW = {
    "line": ("multiple", (0.65, 0.8, 1.1, 1.35, 1.7)),
    "factor": ("factor", (0.97, 0.95, 0.93, 0.91, 0.89)),
    "domain": ("domain", ("head_sex=female", "sex=female", "urban=True", "work=formal")),
    "index": ("statistic", ("poverty_gap", "severity", "poor_count")),
    "profile": ("by", ("education", "sex", "urban", "work")),
    "round": ("year", (2021, 2020, 2019, 2018)),
}

if __name__ == "__main__":
    explorer = bps.explore("6471", 2022)
    explorer.widget()
    controls = explorer._controls
    controls.others.join()
    print("| change | wall, ms | processor, ms |\n|---|---|---|")
    for name, (control, values) in NEW.items():
        wall, processor = [], []
        for value in values:
            began = time.perf_counter(), time.process_time()
            getattr(controls, control).value = value
            wall.append(time.perf_counter() - began[0])
            processor.append(time.process_time() - began[1])
        both = [f"{1000 * statistics.median(each):.0f}" for each in (wall, processor)]
        print(f"| {name} | {' | '.join(both)} |")
