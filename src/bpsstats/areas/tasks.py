"""Independent tasks one after the other, on all processors of this machine, or on many machines:
Dask distributed does it.

Dask starts workers, hands out tasks, and gives the tasks of a worker that died to another. Results
are returned in the order of the tasks, so that what is made of them does not depend on who did
which.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from bpsstats.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]

IN_PROCESS = "in-process"
# A task that a worker failed to bring back is tried so often in all.
ATTEMPTS = 4
SECONDS_TO_CONNECT = 20


def run_tasks(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Results of a function over tasks that do not depend on one another.

    Parameters
    ----------
    function : callable
        Known to the workers by its module; it takes a task and returns what can be pickled.
    tasks : sequence
    scheduler : str, optional
        Address of a running Dask scheduler, such as ``tcp://10.0.0.5:8786``; ``"in-process"`` for
        no workers at all. By default a cluster of this machine, which ends with the call.
    workers : int, optional
        Processes of the local cluster; default one per processor, and no more than tasks.
    progress : callable, optional
        Told of the tasks done and of all tasks after each.

    Returns
    -------
    list
        In the order of the tasks.

    Raises
    ------
    ClusterError
        If Dask is not installed, no scheduler answers at the address, or a task was lost with its
        worker time and again.
    """
    done, results = 0, {}
    if scheduler == IN_PROCESS:
        for place, task in enumerate(tasks):
            results[place] = function(task)
            _tell(progress, place + 1, len(tasks))
        return [results[place] for place in range(len(tasks))]
    try:
        from distributed import KilledWorker, as_completed
    except ModuleNotFoundError as error:
        raise ClusterError(
            "Dask, which shares the tasks among processes and machines, is not installed. In the"
            ' folder of the project, run: pip install ".[cluster]". Or run one task after the'
            f' other, with scheduler="{IN_PROCESS}" or --in-process.'
        ) from error

    with _client(scheduler, workers or min(os.cpu_count() or 1, len(tasks))) as client:
        futures = client.map(function, tasks, pure=False)
        places = {future.key: place for place, future in enumerate(futures)}
        try:
            for future in as_completed(futures, loop=client.loop):
                # A result that was lost with its worker before it got here is made again while this
                # waits.
                results[places[future.key]] = future.result()
                future.release()
                done += 1
                _tell(progress, done, len(tasks))
        except KilledWorker as error:
            raise ClusterError(
                f"A task was lost {ATTEMPTS} times, because the worker that ran it died. Give the"
                " workers more memory, or start fewer of them (--workers)."
            ) from error
    return [results[place] for place in range(len(tasks))]


def _tell(progress: Progress | None, done: int, total: int) -> None:
    """Report progress where somebody listens."""
    if progress is not None:
        progress(done, total)


@contextlib.contextmanager
def _client(scheduler: str | None, workers: int) -> "Iterator[Client]":
    """A connection to a running scheduler, or to a cluster of this machine that ends with it."""
    import dask
    from distributed import Client, LocalCluster

    settings = {
        "distributed.scheduler.allowed-failures": ATTEMPTS - 1,
        "distributed.comm.timeouts.connect": SECONDS_TO_CONNECT,
    }
    with dask.config.set(settings):
        if scheduler is not None:
            try:
                client = Client(scheduler, timeout=SECONDS_TO_CONNECT, set_as_default=False)
            except (OSError, ValueError) as error:
                raise ClusterError(
                    f"No Dask scheduler answers at {scheduler}. Start one (dask scheduler, then"
                    " dask worker on each machine) and name its address, or leave out --scheduler"
                    " to use this machine."
                ) from error
            with client:
                yield client
            return
        # Workers on the loopback device only: nobody else can hand them tasks.
        with (
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
                silence_logs="CRITICAL",
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client
