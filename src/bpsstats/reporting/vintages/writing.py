"""A release on its way into its place: compared with the one that is there while it is made, and
put there whole or not at all.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bpsstats.disclosure.log import decision_log, keep_log
from bpsstats.files import held, recover, scratch_folder
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

WRITING = ".writing-"


def write_release(
    tell: Callable[[Mapping[str, object]], None],
    answers: Iterator[Mapping[str, Any]],
    parameters: Mapping[str, object],
    base: Path,
    revision: str | None,
    progress: bool,
    *,
    insist: bool,
) -> Path | None:
    """Have a worker that knows the parameters make the parts, and put them in place; it is told by
    `tell`, and answers.

    Returns
    -------
    Path or None
        The finished folder; None where a revision is asked for and no cell moved, but files differ,
        which is known when all is made without it. The second attempt then insists.

    Raises
    ------
    ParameterError, UnknownAreaError, UnknownYearError, InputError
        Before a folder is made.
    RevisionError
        If another release is in place and no reason for a revision is given.
    """
    reason = check_reason(revision)
    # Everything that can be wrong with files and parameters is found before a folder is made.
    code = str(next(answers)["area"])
    lang = str(parameters["lang"])
    folder = base / code / str(parameters["year"]) / lang
    folder.parent.mkdir(parents=True, exist_ok=True)

    waits = f"Another run writes the report of area {code}; this one waits for it."
    with held(folder.parent, partial(say, waits, lang)):
        recover(folder)
        with scratch_folder(WRITING, folder.parent) as beside:
            new, last = beside / "report", folder if folder.exists() else None
            log = decision_log(base, folder)
            job = {"folder": str(new), "log": str(log), "last": str(last) if last else ""}
            tell({**job, "revision": reason, "insist": insist})
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
                    say("The release in place is the same; nothing was written.", lang)
            else:
                if last and differ:
                    keep(last)
                replace_release(new, folder)
                keep_log(beside, log)
        write_log(folder)
    return folder


def say(text: str, lang: str) -> None:
    """A sentence on standard error, in the language of the report."""
    print(language(lang).translated(text), file=sys.stderr, flush=True)


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
