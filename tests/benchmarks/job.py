"""Run one job with one program, in this process and nothing else: ``job.py PROGRAM JOB FOLDER``.

Prints the least seconds of a few runs, the peak memory of the process in MB with the data loaded, and the numbers found.
"""

import importlib
import json
import resource
import sys
import time

LONG, RUNS = 3.0, 5


def main(program, job, folder):
    module = importlib.import_module(f"with_{program}")
    if job not in module.JOBS:
        print(json.dumps(None))
        return
    data = module.load(job, folder)
    seconds = []
    while len(seconds) < RUNS and (not seconds or seconds[0] < LONG):
        start = time.perf_counter()
        numbers = module.JOBS[job](data)
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"seconds": min(seconds), "peak_mb": peak, "numbers": [float(x) for x in numbers]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
