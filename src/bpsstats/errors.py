"""Every error the package raises on purpose: what is wrong, where, and what to do about it.

The first line of a message is the first paragraph of the class's docstring, one sentence for users;
the particulars follow below it.
"""

import html
import traceback
from collections.abc import Callable, Sequence

MAX_ROWS_NAMED = 5
# How this process says a message: in English, until it knows in which language it is asked.
_SAID_BY: list[Callable[[str], str]] = [str]


def say_errors_by(translate: Callable[[str], str]) -> None:
    """Let the errors of this process be said in the language of a run, by what translates them."""
    _SAID_BY[:] = [translate]


class BpsStatsError(Exception):
    """Something is wrong that the user can put right.

    Parameters
    ----------
    message : str
        One paragraph of particulars: what is wrong, where, and what to do. It names files, columns
        and row numbers, never a respondent's values, because messages end up in logs and mails.

    Examples
    --------
    >>> print(UnknownAreaError("There is no area 6472x. Take a code from the list of areas."))
    The area is not one this project knows.
    There is no area 6472x. Take a code from the list of areas.
    """

    exit_code = 2
    is_folded = False  # whether the way to it has been shown in a notebook, or is not to be

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @classmethod
    def headline(cls) -> str:
        """The first paragraph of the class's docstring, empty where Python was told to drop
        docstrings.
        """
        return " ".join((cls.__doc__ or "").strip().partition("\n\n")[0].split())

    @property
    def paragraph(self) -> str:
        """The whole message on one line, in the language of the run, as the command line prints
        it.
        """
        return _SAID_BY[0](" ".join(str(self).split()))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it: the paragraph. In a notebook the way to it is folded above."""
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is not None and hasattr(shell, "kernel") and not self.is_folded:
            self.is_folded = True  # IPython asks more than once
            frames = traceback.extract_tb(self.__traceback__)
            cell = next((i for i, f in enumerate(frames) if "IPython" not in f.filename), 0)
            way = html.escape("".join(traceback.format_list(frames[cell:])))
            folded = f"<details><summary>Traceback</summary><pre>{way}</pre></details>"
            shell.display_pub.publish({"text/html": folded})
        return [f"{type(self).__name__}: {self.paragraph}"]

    def __str__(self) -> str:
        return f"{self.headline()}\n{self.message}".strip()


class InputError(BpsStatsError):
    """A file of microdata or parameters cannot be used as it is.

    Parameters
    ----------
    what : str
        What is wrong, as a full sentence.
    remedy : str
        What to do, as a full sentence.
    file, column : str, optional
        Where it is.
    rows : sequence of int, optional
        Row numbers, the first data row being 1; at most five are named.

    Examples
    --------
    >>> where = {"file": "kor22rt.csv", "column": "URUT", "rows": [3, 9]}
    >>> print(InputError("Two households have one key.", "Keep one.", **where))
    A file of microdata or parameters cannot be used as it is.
    Two households have one key. Where: file kor22rt.csv, column URUT, rows 3, 9. Keep one.
    """

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        file: str | None = None,
        column: str | None = None,
        rows: Sequence[int] = (),
    ) -> None:
        self.what, self.remedy = what, remedy
        self.file, self.column, self.rows = file, column, tuple(int(row) for row in rows)
        super().__init__(
            " ".join(part for part in (what, locate(file, column, self.rows), remedy) if part)
        )


class UnknownAreaError(BpsStatsError):
    """The area is not one this project knows."""


class UnknownYearError(BpsStatsError):
    """No survey round, layout, poverty line or printed figure is on file for this year."""


class ParameterError(BpsStatsError):
    """A parameter is unknown, misspelt, of the wrong type or out of range."""


class AbsentError(BpsStatsError):
    """What is asked for needs data that are not on file.

    A section of the report, or a cell of a notebook, that meets it is left out with a sentence.

    Parameters
    ----------
    reason : str
        What is not there.
    """

    REMEDY = "Put what is missing beside the other files, where it can be had."

    def __init__(self, reason: str) -> None:
        # An error that comes from another process is made anew of its whole message.
        self.reason = reason.removesuffix(self.REMEDY).rstrip()
        super().__init__(f"{self.reason} {self.REMEDY}")

    @property
    def sentence(self) -> str:
        """What stands in the place of what is left out, in the language of the run."""
        return _SAID_BY[0](f"{self.headline()} {self.reason}")


class WithheldError(AbsentError):
    """All that is asked for is withheld by disclosure control."""

    REMEDY = "Ask for classes of more households."


class DesignError(BpsStatsError):
    """The sampling design cannot carry a variance as it is described."""


class LonePsuError(DesignError):
    """A stratum has one PSU only, so its variance cannot be estimated."""


class LineError(BpsStatsError):
    """A poverty line is missing or cannot be a monthly line per person in rupiah."""


class PublishedError(BpsStatsError):
    """The file of printed figures cannot be used as it is."""


class NotebookError(BpsStatsError):
    """A notebook stopped before its end."""


class OutputError(BpsStatsError):
    """A result could not be written or put in its place."""


class RevisionError(OutputError):
    """The release in place is another one, and a release is never overwritten in silence."""

    exit_code = 1


class ProgramError(BpsStatsError):
    """The program met a fault of its own."""

    @classmethod
    def of(cls, error: BaseException) -> "ProgramError":
        """What is said of an error that was not foreseen: its kind and place, never its words,
        which may quote a record.

        Examples
        --------
        >>> ProgramError.of(ValueError("1234567890123456")).message.partition(".")[0]
        'ValueError'
        """
        trace, place = error.__traceback__, ""
        while trace is not None:
            module = str(trace.tb_frame.f_globals.get("__name__", ""))
            if module.startswith("bpsstats"):
                place = f" at {module}, line {trace.tb_lineno}"
            trace = trace.tb_next
        return cls(
            f"{type(error).__name__}{place}. Nothing was replaced. Run the command again as"
            " `bpsstats --debug ...` and report what it shows, without data of respondents."
        )


class NotEstimableError(BpsStatsError):
    """The sample holds no information on this quantity."""


class ClusterError(BpsStatsError):
    """The machines that were to share the work could not be reached, or gave up."""


class LibraryError(BpsStatsError):
    """A library that this needs is not installed."""


class ConvergenceError(BpsStatsError):
    """An iterative fit did not reach its tolerance."""


class SeparationError(BpsStatsError):
    """A model's covariates separate the poor from the others; odds ratios have no finite value."""


def locate(file: str | None = None, column: str | None = None, rows: Sequence[int] = ()) -> str:
    """Say where, in the one form that all messages share.

    Examples
    --------
    >>> locate("kor22rt.csv", rows=range(1, 9))
    'Where: file kor22rt.csv, rows 1, 2, 3, 4, 5 and 3 more.'
    >>> locate()
    ''
    """
    named = ", ".join(str(row) for row in rows[:MAX_ROWS_NAMED])
    if len(rows) > MAX_ROWS_NAMED:
        named += f" and {len(rows) - MAX_ROWS_NAMED} more"
    parts = []
    if file:
        parts.append(f"file {file}")
    if column:
        parts.append(f"column {column}")
    if rows:
        parts.append(f"row{'s' if len(rows) > 1 else ''} {named}")
    return f"Where: {', '.join(parts)}." if parts else ""
