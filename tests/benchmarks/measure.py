"""Time and memory of the estimators beside svy, R and hand-written NumPy, on the same data in the
same run.

Run it with ``make benchmarks``; it prints Markdown and puts it between the markers of
``docs/performance.md``. Each job runs in a process of its own, so that its peak memory, data
included, is its own. Machines differ and are shared: only the ratios of one run mean something.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import psutil
from data import write_tables
from page import into_page

HERE = Path(__file__).parent
SEED = 20230112
NATION, CITY = 514, 1
SIZES = (1, 8, 64, 514)
JOBS = {
    "consumption": (
        "consumption of the nation's households from its items (kernel: the bare DuckDB query)"
    ),
    "fgt": "P0, P1, P2 with SE (persons)",
    "areas": "P0 by area with SE (persons)",
    "education": "education of the poor (persons)",
    "gini": "Gini with SE (persons)",
    "logit": "logit, 8 covariates (households)",
    "effects": "its average marginal effects (households)",
    "change": "change of P0 between two rounds (households)",
    "replicates": "500 bootstrap replicates of P0 (persons)",
}
DRAWN_AT_RANDOM = ("replicates",)
NATIONAL_ONLY = ("consumption",)
# Threads of BLAS that wait for one another on a shared machine measure the others; DuckDB, polars
# and svy keep theirs.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PROGRAMS = ("bpsstats", "kernel", "svy", "survey")
USERS = {
    "import bpsstats": "import bpsstats",
    "read a round of a city": "import bpsstats as b; b.read_round('6471', 2022)",
    "the ledger of a year": "from bpsstats.published import ledger; ledger('6471', 2022)",
    "the whole report": (
        "import tempfile; from bpsstats.reporting.report.run import make_report; "
        "make_report('6471', 2022, out=tempfile.mkdtemp(), progress=False)"
    ),
}


def run(command):
    """Seconds, peak memory in MB (children included) and the last line printed by a command."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=HERE, env=os.environ | ONE_THREAD
    )
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            family = [watched, *watched.children(recursive=True)]
            peak = max(peak, sum(member.memory_info().rss for member in family))
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(
            f"a job failed with code {process.returncode}: {' '.join(map(str, command))}"
        )
    said = process.stdout.read().strip().splitlines()
    return time.perf_counter() - start, peak / 1e6, said[-1] if said else ""


def answer_of(program, job, folder):
    """What a program says to a job, with the peak memory of its process; None where it has no such
    thing.
    """
    if program == "survey":
        if shutil.which("Rscript") is None:
            return None
        _, peak, said = run(["Rscript", "with_survey.R", job, folder])
    else:
        _, peak, said = run([sys.executable, "job.py", program, job, folder])
    answer = json.loads(said)
    return answer and answer | {"peak_mb": peak}


def nation_of(folder, areas):
    """A synthetic nation, the seconds it took and the memory."""
    code = (
        "from pathlib import Path; from bpsstats.synthetic.nation.write import"
        f" synthesize_nation; synthesize_nation(2022, {SEED}, Path({str(folder)!r}), {areas})"
    )
    seconds, peak, _ = run([sys.executable, "-c", code])
    return folder / "2022-03-national", seconds, peak


def beside_others(folder, jobs, programs):
    """Rows of one size: seconds and memory of each program, ratios, and how far the numbers lie
    apart.
    """
    for job in jobs:
        found = {program: answer_of(program, job, folder) for program in programs}
        cells = [JOBS[job]]
        cells += [_cost(found.get(program)) for program in PROGRAMS]
        ours = found.get("bpsstats")
        cells += [_ratio(found.get(program), ours) for program in ("kernel", "svy", "survey")]
        count = 1 if job in DRAWN_AT_RANDOM else None
        cells.append(_distance(ours, found.get("kernel"), count))
        yield "| " + " | ".join(cells) + " |"


def _cost(answer):
    return (
        f"{answer['processor']:.3g} s ({answer['seconds']:.3g}), {answer['peak_mb']:.0f} MB"
        if answer
        else "–"
    )


def _ratio(answer, ours):
    return f"{answer['processor'] / ours['processor']:.2f}" if answer and ours else "–"


def _distance(ours, theirs, count):
    """Largest relative difference of the numbers found; an area without poor has an error of zero
    in one, none in the other.
    """
    if not (ours and theirs):
        return "–"
    pairs = list(zip(ours["numbers"], theirs["numbers"], strict=True))[:count]
    return f"{max(abs(a - b) / abs(b) for a, b in pairs if a == a and b):.0e}"


def side_by_side(title, folder, areas, jobs, programs):
    """A table of one size."""
    persons, households = (
        duckdb.sql(f"SELECT COUNT(*) FROM '{folder}/{table}.parquet'").fetchall()[0][0]
        for table in ("persons", "households")
    )
    yield (
        f"### {title}: {areas} area{'s' if areas > 1 else ''}, {households:,} households,"
        f" {persons:,} persons"
    )
    yield ""
    yield (
        "| job | bpsstats | NumPy by hand | svy | R survey | NumPy / ours | svy / ours | R / ours |"
        " ours and NumPy differ by |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    yield from beside_others(folder, jobs, programs)
    yield ""


def measure(options):
    """All tables, line by line."""
    with tempfile.TemporaryDirectory(prefix="bpsstats-benchmarks-") as name:
        scratch = Path(name)
        nation, cost = options.nation, None
        if nation is None:
            nation, *cost = nation_of(scratch, options.areas)
        folders = {}
        for size in sorted({CITY, options.areas, *(s for s in SIZES if s < options.areas)}):
            folders[size] = scratch / f"areas-{size}"
            write_tables(nation, folders[size], size)
            if "survey" in options.programs and size in (CITY, options.areas):
                for table in ("persons", "households", "before"):
                    duckdb.execute(
                        f"COPY (FROM '{folders[size]}/{table}.parquet') TO"
                        f" '{folders[size]}/{table}.csv' (HEADER)"
                    )
        yield (
            f"Python {platform.python_version()}, {os.cpu_count()} processors"
            f" ({platform.machine()}), {platform.system()}."
        )
        yield ""
        yield from side_by_side(
            "A nation", folders[options.areas], options.areas, options.jobs, options.programs
        )
        of_city = [job for job in options.jobs if job not in NATIONAL_ONLY]
        yield from side_by_side("A city", folders[CITY], CITY, of_city, options.programs)
        yield "### How the cost grows"
        yield ""
        yield "| areas | persons | P0, P1, P2 with SE | P0 by area with SE |"
        yield "|---:|---:|---:|---:|"
        for size, folder in folders.items():
            persons = duckdb.sql(f"SELECT COUNT(*) FROM '{folder}/persons.parquet'").fetchall()[0][
                0
            ]
            costs = [_cost(answer_of("bpsstats", job, folder)) for job in ("fgt", "areas")]
            yield f"| {size} | {persons:,} | {costs[0]} | {costs[1]} |"
        yield ""
        yield "### What users wait for"
        yield ""
        yield "| job | seconds | peak MB |"
        yield "|---|---:|---:|"
        if cost:
            yield f"| synthesize a round of {options.areas} areas | {cost[0]:.1f} | {cost[1]:.0f} |"
        for job, code in USERS.items():
            seconds, peak, _ = run([sys.executable, "-c", code])
            yield f"| {job} | {seconds:.2f} | {peak:.0f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--areas", type=int, default=NATION, help="areas of the nation (default: %(default)s)"
    )
    parser.add_argument(
        "--nation", type=Path, help="a folder that bpsstats synthesize --scale national has written"
    )
    parser.add_argument("--jobs", nargs="+", choices=JOBS, default=list(JOBS), help="only these")
    parser.add_argument(
        "--programs", nargs="+", choices=PROGRAMS, default=list(PROGRAMS), help="only these"
    )
    parser.add_argument(
        "--write", action="store_true", help="put the tables into docs/performance.md"
    )
    options = parser.parse_args()
    lines = []
    for line in measure(options):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        into_page("measured", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
