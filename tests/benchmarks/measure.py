"""Time and memory of what users wait for, and of the estimator beside svy on the same data in the same run.

Run it with ``make benchmarks``; it prints a Markdown table. Each job runs in a process of its own, so that its peak memory is
its own. Machines differ and are shared: only the ratios of one run mean something.
"""

import argparse
import subprocess
import sys
import tempfile
import time

import psutil

PROJECT = {
    "import bpsstats": "import bpsstats",
    "read a round": "import bpsstats as b; b.read_round('6471', 2022)",
    "the ledger of a year": "from bpsstats.published import ledger; ledger('6471', 2022)",
    "the whole report": (
        "import tempfile; from bpsstats.reporting.run import make_report; "
        "make_report('6471', 2022, out=tempfile.mkdtemp(), progress=False)"
    ),
}
# A nation: 1.25 million persons in 34,500 PSUs and 514 areas, written once and read by every job.
MAKE = """
import numpy as np, pandas as pd
random = np.random.default_rng(1)
psu = np.repeat(np.arange(34_500), 36)[:1_242_000]
area = psu * 514 // 34_500
level = random.normal(0, 0.3, 34_500)[psu]
frame = pd.DataFrame({"psu": psu, "area": area, "stratum": area * 2 + (psu % 2), "weight": random.uniform(80, 400, len(psu)),
    "expenditure_person_month": np.exp(14 + level + random.normal(0, 0.5, len(psu)))})
z = 700_000.0
frame["poor"] = (frame.expenditure_person_month < z) * 1.0
frame["gap"] = frame.poor * (z - frame.expenditure_person_month) / z
frame["gap2"] = frame.gap ** 2
frame.to_parquet(PATH)
"""
OURS = """
import pandas as pd, time; from bpsstats.survey import SurveyDesign, estimate
from bpsstats.poverty import headcount, poverty_gap, severity
frame = pd.read_parquet(PATH); start = time.perf_counter()
design = SurveyDesign(frame, weight="weight"); MEASURED
print(time.perf_counter() - start)
"""
SVY = """
import polars, svy, time
frame = polars.read_parquet(PATH); start = time.perf_counter()
sample = svy.Sample(frame, svy.Design(stratum="stratum", psu="psu", wgt="weight")).estimation; MEASURED
print(time.perf_counter() - start)
"""
NATIONAL = {
    "P0, P1, P2 of 1.24 million persons": (
        "estimate(design, [headcount(7e5), poverty_gap(7e5), severity(7e5)])",
        "[sample.mean(y) for y in ('poor', 'gap', 'gap2')]",
    ),
    "P0, P1, P2 by 514 areas": (
        "estimate(design, [headcount(7e5), poverty_gap(7e5), severity(7e5)], by='area')",
        "[sample.mean(y, by='area') for y in ('poor', 'gap', 'gap2')]",
    ),
}


def run(code: str) -> tuple[float, float, str]:
    """Seconds, peak memory in GB (children included) and printed text of a piece of Python."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            family = [watched, *watched.children(recursive=True)]
            peak = max(peak, sum(member.memory_info().rss for member in family))
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(f"a job failed with code {process.returncode}:\n{code}")
    return time.perf_counter() - start, peak / 1e9, process.stdout.read()


def measure(quick: bool) -> list[str]:
    """Rows of the table."""
    lines = [
        "| job | seconds | peak GB | svy, seconds | svy, peak GB | svy / bpsstats |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, code in PROJECT.items():
        if quick and name == "the whole report":
            continue
        seconds, peak, _ = run(code)
        lines.append(f"| {name} | {seconds:.2f} | {peak:.2f} | | | |")
    with tempfile.TemporaryDirectory() as folder:
        path = f"PATH = {f'{folder}/nation.parquet'!r}\n"
        run(path + MAKE)
        for name, (ours, theirs) in NATIONAL.items():
            _, peak, said = run(path + OURS.replace("MEASURED", ours))
            _, svy_peak, svy_said = run(path + SVY.replace("MEASURED", theirs))
            seconds, svy_seconds = float(said), float(svy_said)
            lines.append(
                f"| {name} | {seconds:.2f} | {peak:.2f} | {svy_seconds:.2f} | {svy_peak:.2f} | {svy_seconds / seconds:.1f} |"
            )
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the whole report")
    print("\n".join(measure(parser.parse_args().quick)))
