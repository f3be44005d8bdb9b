"""The main job: have the report of an area and year made beside the last one, and put it in its
place whole or not at all.

The work is done by a process of its own (`worker`), which loads and computes once what all
notebooks share and is ended with all that it started, however this one ends. That process is
started before this one loads what it needs itself, which takes two seconds.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpsstats import errors
from bpsstats.errors import BpsStatsError, NotebookError, ProgramError
from bpsstats.files import scratch_folder
from bpsstats.paths import AUDIENCE_VARIABLE, absolute, reports_dir

if TYPE_CHECKING:
    from bpsstats.disclosure.policy import Audience

WORKER = ("-m", "bpsstats.reporting.report.worker")
ATTEMPTS = 2  # a process that was killed is started again once
# Settings of a user that change what Python imports or how a drawing is made.
DROPPED = ("MPLBACKEND", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE")
# Each notebook has a processor to itself; more threads would only take turns.
QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # the debugger of IPython, which nobody uses here
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


class _LostError(Exception):
    """The worker ended without a word."""


def make_report(
    area: str,
    year: int,
    lang: str = "en",
    out: str | Path | None = None,
    *,
    conf_level: float = 0.95,
    lone_psu: str = "error",
    accept_line: bool = False,
    masthead: Mapping[str, str] | None = None,
    audience: "Audience" = "external",
    factor: float | Mapping[int, float] | None = None,
    revision: str | None = None,
    progress: bool = True,
) -> Path:
    """Run the notebooks and write the report of an area and year.

    Parameters
    ----------
    area : str
        BPS code or name.
    year : int
        Year of the March round.
    lang : {"en", "id"}
    out : path, optional
        Folder of reports; default ``reports/``.
    conf_level : float
        Confidence level of all intervals.
    lone_psu : {"error", "centre", "merge", "certainty", "average"}
        What to do with a stratum with a single PSU.
    accept_line : bool
        Whether to take a line that moved by more than a line does from one year to the next.
    masthead : mapping of str to str, optional
        What the office writes over it: `number`, `date`, `contact`, `licence`, `next_release`.
    audience : {"external", "internal"}
        Who will see the report, by which figures of survey data are withheld.
    factor : float or mapping of int to float, optional
        Correction factor of the year, or of each year; default those on file.
    revision : str, optional
        Why a release that is in place is replaced by another one. The one in place is then kept
        under ``earlier/``, and what moved is told in the new one and in ``revisions-<lang>.csv``.
    progress : bool
        Whether to say how far it is.

    Returns
    -------
    Path
        The folder ``<out>/<area>/<year>/<lang>/``: ``report.html``, ``report.pdf``, ``notebooks/``,
        ``tables/`` and ``tables.xlsx``, ``figures/``, what programs are told in ``release.json``
        and ``datapackage.json``, ``citation.bib``, and the list of all in ``contents.sha256``. If
        anything fails, a release in place stays as it was, and one that is the same stays in any
        case. Files that are not on its list stay.

    Raises
    ------
    ParameterError, UnknownAreaError, UnknownYearError, InputError
        Before any notebook runs.
    RevisionError
        If another release is in place and no reason for a revision is given.
    NotebookError
        If a notebook stops; the message names notebook and cell.
    """
    base = absolute(out) if out is not None else reports_dir()
    parameters = {
        "area": area,
        "year": year,
        "conf_level": conf_level,
        "lang": lang,
        "lone_psu": lone_psu,
        "accept_line": accept_line,
        **(masthead or {}),
    }
    for attempt in range(ATTEMPTS):
        with contextlib.suppress(_LostError), _with_factors(area, year, factor):
            for insist in (False, True):
                made = _made(parameters, base, revision, audience, progress, insist=insist)
                if made is not None:
                    return made
        if progress:
            from bpsstats.reporting.vintages.writing import say

            say(f"The worker was ended from outside; attempt {attempt + 2}.", lang)
    raise NotebookError(
        "The process that makes the report was ended from outside twice, as happens where memory"
        " runs out. Nothing was written; the last report is as it was. Close other programs, then"
        " run the command again."
    )


@contextlib.contextmanager
def _with_factors(
    area: str, year: int, factor: float | Mapping[int, float] | None
) -> Iterator[None]:
    """Let the worker and its notebooks find the factors that were given."""
    if factor is None:
        yield
        return
    from bpsstats.microdata import find_area
    from bpsstats.microdata.lists.facts import facts_first
    from bpsstats.poverty.lines.factors import FACTORS, GIVEN, factors_document

    factors = factor if isinstance(factor, Mapping) else {year: factor}
    with facts_first({FACTORS: factors_document(find_area(area).code, factors, GIVEN)}):
        yield


def _made(
    parameters: Mapping[str, object],
    base: Path,
    revision: str | None,
    audience: "Audience",
    progress: bool,
    *,
    insist: bool,
) -> Path | None:
    """The finished folder, or None (see `write_release`)."""
    with scratch_folder() as temporary, contextlib.closing(Worker(temporary, audience)) as worker:
        worker.tell(parameters)
        from bpsstats.reporting.vintages.writing import write_release

        said = worker.answers()
        return write_release(worker.tell, said, parameters, base, revision, progress, insist=insist)


class Worker:
    """The process that computes and makes the parts, in a folder of temporary files of this one.

    Parameters
    ----------
    temporary : Path
        Its folder.
    audience : {"external", "internal"}
        Who will see the report.
    """

    def __init__(self, temporary: Path, audience: "Audience") -> None:
        kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
        own = {
            "TMPDIR": str(temporary),
            AUDIENCE_VARIABLE: audience,
            "PYTHONPATH": str(Path(errors.__file__).parents[1]),
        }
        self._process = subprocess.Popen(
            [sys.executable, *WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf8",
            env=kept | ONE_THREAD | QUIET | own,
            start_new_session=True,
        )

    def tell(self, message: Mapping[str, object]) -> None:
        """Send a line."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise _LostError from error

    def answers(self) -> Iterator[dict[str, Any]]:
        """What it says, up to its last word; an error there is an error here."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = json.loads(line)
            if "error" in answer:
                raise _error(*answer["error"])
            if "done" in answer:
                return
            yield answer
        raise _LostError

    def close(self) -> None:
        """End it and all that it started, whatever they do."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()


def _error(kind: str, arguments: list[Any]) -> Exception:
    """An error of the worker as one of this process."""
    if kind == "OSError":
        return OSError(*arguments)
    found = getattr(errors, kind, ProgramError)
    error: BpsStatsError = found(*arguments)
    return error
