"""The ``bpsstats`` command. Exit codes: 0 done; 1 a figure differs or a check failed; 2 unusable
input or parameters.
"""

import argparse
import contextlib
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from bpsstats import __version__
from bpsstats.cli import (
    bounds,
    build,
    check,
    completion,
    estimate,
    estimate_areas,
    factor,
    line,
    model,
    notebook,
    profile,
    record,
    report,
    reproduce,
    synthesize,
)
from bpsstats.cli.facts import facts_of
from bpsstats.cli.shared import ENGLISH, LANGUAGES, UNUSABLE, environment_of, translate
from bpsstats.errors import BpsStatsError, ProgramError, say_errors_by
from bpsstats.files import read_yaml

STOPPED = 128  # and the number of the signal, as shells have it
USAGE = "usage: "  # how argparse begins a help
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
BROKEN_PIPE = 13  # number of the signal, which Windows does not name
# One module per command, in the order of the help; each adds its options and names the function
# that runs it.
COMMANDS = (
    report, profile, reproduce, record, bounds, estimate, factor, line, model, estimate_areas,
    notebook, build, check, synthesize, completion,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.
    """
    lang = language_asked_for(sys.argv[1:] if arguments is None else arguments)
    options = _parser(lang).parse_args(arguments)
    own = getattr(options, "lang", lang)  # of the command, where none is named
    lang = own if own in LANGUAGES else lang
    say_errors_by(partial(translate, lang=lang))
    run: Callable[[argparse.Namespace], int] = options.run
    if isinstance(sys.stdout, io.TextIOWrapper):  # a sign that it lacks is shown by its number
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with stopped_by_signals(), environment_of(options), facts_of(options):
            code = run(options)
            sys.stdout.flush()
            return code
    except BrokenPipeError:  # whoever read what is printed, such as head, has enough
        # It stays open as long as the process, whose end would write to the broken pipe again.
        sys.stdout = open(os.devnull, "w", encoding="utf8")  # noqa: PTH123, SIM115 - to the end
        return STOPPED + BROKEN_PIPE
    except Stopped as stopped:
        _complain(translate("stopped. The last report is as it was.", lang))
        return STOPPED + stopped.number
    except Exception as error:  # whatever it is, the user reads one paragraph
        if options.debug:
            raise
        if isinstance(error, OSError):
            named = f" ({Path(str(error.filename)).name})" if error.filename else ""
            said = error.strerror or "A file could not be read or written"
            _complain(translate(f"{said}{named}. Nothing was replaced.", lang))
            return UNUSABLE
        known = error if isinstance(error, BpsStatsError) else ProgramError.of(error)
        _complain(known.paragraph)
        return known.exit_code


class Stopped(BaseException):
    """A signal asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let what is under way clean up where a signal asks the process to end; one that the caller
    has told to be ignored, as `nohup` does, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _frame: object) -> None:
        for other in before:
            signal.signal(other, signal.SIG_IGN)
        raise Stopped(number)

    named = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in named}
    before = {number: held for number, held in before.items() if held is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, held in before.items():
            signal.signal(number, held)


def _complain(text: str) -> None:
    """A paragraph on standard error, if there is still somebody to read it."""
    with contextlib.suppress(OSError):
        print(f"bpsstats: {text}", file=sys.stderr)


def language_asked_for(words: Sequence[str]) -> str:
    """The first language that a command line names; English if none.

    Examples
    --------
    >>> language_asked_for(["report", "--lang", "id,en"]), language_asked_for(["--lang=xx"])
    ('id', 'en')
    """
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, _, value = word.partition("=")
        if name == "--lang":
            first = (value or following).partition(",")[0].strip()
            return first if first in LANGUAGES else ENGLISH
    return ENGLISH


def texts_of(parser: argparse.ArgumentParser) -> list[tuple[object, str, str]]:
    """What the help of a parser says in words: where each text is held, under what name, and it."""
    actions = list(parser._actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            actions += action._choices_actions
    held: list[tuple[object, str]] = [(parser, "description"), (parser, "epilog")]
    held += [(group, name) for group in parser._action_groups for name in ("title", "description")]
    held += [(action, "help") for action in actions]
    # Of a command in the list of commands it is its name.
    held += [(action, "metavar") for action in parser._actions]
    texts = [(of, name, getattr(of, name)) for of, name in held]
    return [each for each in texts if isinstance(each[2], str) and each[2] != argparse.SUPPRESS]


def translated_help(text: str, lang: str) -> str:
    """A text of the help in a language; a sentence that a command begins with is that of the list
    of commands.

    Examples
    --------
    >>> translated_help("Write the annual report: HTML, notebooks, tables, figures.", "id")
    'Tulis laporan tahunan: HTML, notebook, tabel, gambar.'
    """
    said: dict[str, str] = read_yaml(Path(__file__).with_name(f"help.{lang}.yaml"))
    in_list = said.get(text[:1].lower() + text[1:].removesuffix("."), text)
    whole = in_list[:1].upper() + in_list[1:].removesuffix(".") + "."
    return said.get(text, text if in_list == text else whole)


def _parser(lang: str = ENGLISH) -> argparse.ArgumentParser:
    """All commands and their options; their help, and what is wrong with them, is said in a
    language.
    """

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            super().error(translate(message, lang))

        def format_help(self) -> str:
            if lang != ENGLISH:
                for of, name, text in texts_of(self):
                    setattr(of, name, translated_help(text, lang))
            return _headed(super().format_help())

        def format_usage(self) -> str:
            return _headed(super().format_usage())

    def _headed(text: str) -> str:
        return text if lang == ENGLISH else text.replace(USAGE, translated_help(USAGE, lang), 1)

    parser = Parser(
        prog="bpsstats",
        description=(
            "City poverty statistics from Susenas-style microdata, with their sampling errors."
        ),
    )
    parser.add_argument("--version", action="version", version=f"bpsstats {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(required=True, metavar="command")
    parser.set_defaults(parser=parser)
    for command in COMMANDS:
        command.add_to(commands)
    return parser
