"""The main job: have the report of an area and year made beside the last one, and put it in its
place whole or not at all.

The work is done by a process of its own (`worker`), which loads and computes once what all
notebooks share and is ended with all that it started, however this one ends.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bpsstats import errors
from bpsstats.disclosure.log import decision_log, keep_log
from bpsstats.disclosure.policy import Audience
from bpsstats.errors import BpsStatsError, NotebookError, ProgramError
from bpsstats.files import held, recover, scratch_folder
from bpsstats.microdata import find_area
from bpsstats.microdata.lists.facts import facts_first
from bpsstats.paths import AUDIENCE_VARIABLE, absolute, reports_dir
from bpsstats.poverty.lines.factors import FACTORS, GIVEN, factors_document
from bpsstats.reporting.vintages.moved import BY_MAKE, check_reason, refuse
from bpsstats.reporting.vintages.place import (
    differences,
    is_complete,
    keep,
    replace_release,
    write_list,
    write_log,
)
from bpsstats.reporting.words.language import language

WORKER = ("-m", "bpsstats.reporting.report.worker")
ATTEMPTS = 2  # a process that was killed is started again once
WRITING = ".writing-"
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
    audience: Audience = "external",
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
    reason = check_reason(revision)
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
                made = _made(parameters, base, reason, audience, progress, insist=insist)
                if made is not None:
                    return made
        if progress:
            _say(f"The worker was ended from outside; attempt {attempt + 2}.", lang)
    raise NotebookError(
        "The process that makes the report was ended from outside twice, as happens where memory"
        " runs out. Nothing was written; the last report is as it was. Close other programs, then"
        " run the command again."
    )


def _say(text: str, lang: str) -> None:
    """A sentence on standard error, in the language of the report."""
    print(language(lang).translated(text), file=sys.stderr, flush=True)


@contextlib.contextmanager
def _with_factors(
    area: str, year: int, factor: float | Mapping[int, float] | None
) -> Iterator[None]:
    """Let the worker and its notebooks find the factors that were given."""
    if factor is None:
        yield
        return
    factors = factor if isinstance(factor, Mapping) else {year: factor}
    with facts_first({FACTORS: factors_document(find_area(area).code, factors, GIVEN)}):
        yield


def _made(
    parameters: Mapping[str, object],
    base: Path,
    reason: str | None,
    audience: Audience,
    progress: bool,
    *,
    insist: bool,
) -> Path | None:
    """The finished folder; None where a revision is asked for and no cell moved, but files differ,
    which is known when all is made without it. The second attempt then insists.
    """
    with scratch_folder() as temporary, _worker(temporary, audience) as worker:
        _tell(worker, parameters)
        # Everything that can be wrong with files and parameters is found before a folder is made.
        answers = _answers(worker)
        code = next(answers)["area"]
        lang = str(parameters["lang"])
        folder = base / code / str(parameters["year"]) / lang
        folder.parent.mkdir(parents=True, exist_ok=True)

        waits = f"Another run writes the report of area {code}; this one waits for it."
        with held(folder.parent, partial(_say, waits, lang)):
            recover(folder)
            with scratch_folder(WRITING, folder.parent) as beside:
                new, last = beside / "report", folder if folder.exists() else None
                log = decision_log(base, folder)
                job = {"folder": str(new), "log": str(log), "last": str(last) if last else ""}
                _tell(worker, {**job, "revision": reason, "insist": insist})
                is_revision = next(answers)["revised"]
                _show(answers, progress)
                write_list(new)
                differ = differences(last, new)
                if last and differ and not is_revision:
                    if reason is None:
                        refuse([], str(folder), differ, or_make=BY_MAKE)
                    return None
                if last and not differ and is_complete(last, new):
                    if progress:
                        _say("The release in place is the same; nothing was written.", lang)
                else:
                    if last and differ:
                        keep(last)
                    replace_release(new, folder)
                    keep_log(beside, log)
            write_log(folder)
    return folder


@contextlib.contextmanager
def _worker(temporary: Path, audience: Audience) -> Iterator["subprocess.Popen[str]"]:
    """The worker; all that it started ends with it, and its temporary files lie in a folder of this
    process.
    """
    package = Path(errors.__file__).parents[1]
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    environment = (
        kept
        | ONE_THREAD
        | QUIET
        | {
            "TMPDIR": str(temporary),
            AUDIENCE_VARIABLE: audience,
            "PYTHONPATH": str(package),
        }
    )
    worker = subprocess.Popen(
        [sys.executable, *WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf8",
        env=environment,
        start_new_session=True,
    )
    try:
        yield worker
    finally:
        _end(worker)


def _end(worker: "subprocess.Popen[str]") -> None:
    """End the worker and its notebooks, whatever they do."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.pid, signal.SIGKILL)
    worker.kill()
    worker.wait()
    for stream in (worker.stdin, worker.stdout):
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()


def _tell(worker: "subprocess.Popen[str]", message: Mapping[str, object]) -> None:
    """A line to the worker."""
    assert worker.stdin is not None
    try:
        worker.stdin.write(json.dumps(message) + "\n")
        worker.stdin.flush()
    except BrokenPipeError as error:
        raise _LostError from error


def _answers(worker: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    """What the worker says, up to its last word; an error there is an error here."""
    assert worker.stdout is not None
    for line in worker.stdout:
        answer = json.loads(line)
        if "error" in answer:
            raise _error(*answer["error"])
        if "done" in answer:
            return
        yield answer
    raise _LostError


def _error(kind: str, arguments: list[Any]) -> Exception:
    """An error of the worker as one of this process."""
    if kind == "OSError":
        return OSError(*arguments)
    found = getattr(errors, kind, ProgramError)
    error: BpsStatsError = found(*arguments)
    return error


def _show(steps: Iterator[Mapping[str, Any]], progress: bool) -> None:
    """How far it is: a bar on a terminal, plain lines elsewhere, or silence."""
    bar = None
    for step in steps:
        if not progress:
            continue
        if sys.stderr.isatty():
            bar = bar or tqdm(total=step["of"], desc="report", unit="part")
            bar.update()
        else:
            print(f"[{step['step']}/{step['of']}] {step['name']}", file=sys.stderr, flush=True)
    if bar is not None:
        bar.close()
