"""Seconds from the start of a kernel to the first output of each notebook:
``python tests/benchmarks/first_output.py [--write]``.

Each notebook has a kernel of its own, as in JupyterLab; its cells run in order until one shows
something. Seconds are those of the kernel's processor, which other work on the machine disturbs
least, and in brackets those of the clock; the median of the runs. ``--write`` puts the table
between the markers of ``docs/performance.md``.
"""

import statistics
import time

import nbformat
import psutil
from jupyter_client.manager import KernelManager
from page import show

from bpsstats.paths import notebooks_dir

RUNS = 3
SHOWN = ("execute_result", "display_data")
BARE = "a kernel that shows 1"


def first_output(cells, folder):
    """Processor and clock seconds until the first of the cells shows something."""
    kernel = KernelManager()
    began = time.perf_counter()
    kernel.start_kernel(cwd=str(folder))
    client = kernel.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        for source in cells:
            asked = client.execute(source)
            while (message := client.get_iopub_msg(timeout=120)) and not _idle(message, asked):
                if message["msg_type"] == "error":
                    raise RuntimeError(message["content"]["evalue"])
                if message["msg_type"] in SHOWN:
                    clock = time.perf_counter() - began
                    used = psutil.Process(kernel.provisioner.pid).cpu_times()
                    return used.user + used.system, clock
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    raise RuntimeError("Nothing was shown.")


def _idle(message, asked):
    return (
        message["msg_type"] == "status"
        and message["content"]["execution_state"] == "idle"
        and message["parent_header"].get("msg_id") == asked
    )


def table():
    """Markdown: one row for each notebook, after one of a kernel that does nothing else."""
    rows = ["| notebook | first output |", "|---|---:|"]
    jobs = {BARE: (["1"], notebooks_dir())}
    for path in sorted(notebooks_dir().rglob("[!.]*.ipynb")):
        cells = nbformat.read(path, 4).cells
        jobs[path.stem] = ([cell.source for cell in cells if cell.cell_type == "code"], path.parent)
    for name, job in jobs.items():
        runs = [first_output(*job) for _ in range(RUNS)]
        processor, clock = (statistics.median(run[i] for run in runs) for i in (0, 1))
        rows.append(f"| {name} | {processor:.2f} s ({clock:.2f}) |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    show("first output", table)
