"""Run one job with one program, in this process and nothing else: ``job.py PROGRAM JOB FOLDER``.

Prints the least seconds of a few runs, by the clock and of the processors, and the numbers found.
"""

import importlib
import json
import sys
import time

LONG, RUNS = 3.0, 5


def main(program, job, folder):
    module = importlib.import_module(f"with_{program}")
    if job not in module.JOBS:
        print(json.dumps(None))
        return
    data = module.load(job, folder)
    seconds, processor = [], []
    while len(seconds) < RUNS and (not seconds or seconds[0] < LONG):
        start, used = time.perf_counter(), time.process_time()
        numbers = module.JOBS[job](data)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    print(
        json.dumps(
            {
                "seconds": min(seconds),
                "processor": min(processor),
                "numbers": [float(x) for x in numbers],
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
