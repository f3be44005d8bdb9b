"""What is wrong with a set of files, as findings: gravity, where, how often, what to do. Never a
value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from bpsstats.errors import MAX_ROWS_NAMED, InputError, locate
from bpsstats.reprs import count_of, html_table

Gravity = Literal["error", "warning"]
Names = Mapping[str, Sequence[str]]  # role to the names of its files
STRIDE = (
    10**10
)  # rows of the second file of a role are numbered from here, of the third from twice this


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: gravity, where, how often, and the remedy. Never a value."""

    gravity: Gravity
    file: str
    column: str
    what: str
    remedy: str
    count: int
    rows: tuple[int, ...]

    @classmethod
    def of(cls, error: InputError, gravity: Gravity = "error") -> "Finding":
        """What keeps a file from being read, as a finding."""
        return cls(
            gravity,
            error.file or "",
            error.column or "",
            error.what,
            error.remedy,
            len(error.rows),
            error.rows,
        )

    def __str__(self) -> str:
        return " ".join(
            part
            for part in (self.what, locate(self.file, self.column or None, self.rows), self.remedy)
            if part
        )


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings on the files of a round, gravest first."""

    heading: str
    findings: tuple[Finding, ...]
    n_checks: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that forbid estimates."""
        return tuple(finding for finding in self.findings if finding.gravity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that a reader of the estimates should know."""
        return tuple(finding for finding in self.findings if finding.gravity == "warning")

    def to_records(self) -> list[dict[str, Any]]:
        """One mapping per finding, for JSON; at most five rows are named."""
        return [
            {
                "gravity": f.gravity,
                "file": f.file,
                "column": f.column,
                "count": f.count,
                "rows": list(f.rows[:MAX_ROWS_NAMED]),
                "what": f.what,
                "remedy": f.remedy,
            }
            for f in self.findings
        ]

    def to_frame(self, *, as_text: bool = True) -> pd.DataFrame:
        """One row per finding; the rows that it names as text, or as lists."""
        columns = ["gravity", "file", "column", "count", "rows", "what", "remedy"]
        frame = pd.DataFrame(self.to_records(), columns=columns)
        if not as_text:
            return frame
        return frame.assign(rows=[", ".join(map(str, rows)) for rows in frame["rows"]])

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "CheckReport":
        """The same after a way through JSON, which knows no tuples."""
        findings = tuple(Finding(**{**f, "rows": tuple(f["rows"])}) for f in record["findings"])
        return cls(**{**record, "findings": findings})

    def refuse_errors(self) -> None:
        """Raise the errors as one.

        Raises
        ------
        InputError
            If there is an error; the message is the first, and says how many more there are.
        """
        if not self.errors:
            return
        first, more = self.errors[0], len(self.errors) - 1
        rest = (
            f" There {'is one more error' if more == 1 else f'are {more} more errors'}: bpsstats"
            " check lists all."
            if more
            else ""
        )
        raise InputError(
            first.what,
            first.remedy + rest,
            file=first.file or None,
            column=first.column or None,
            rows=first.rows,
        )

    @property
    def summary(self) -> str:
        """How much was found, in words."""
        if not self.findings:
            return f"Nothing wrong was found in {self.n_checks} checks."
        errors, warnings = len(self.errors), len(self.warnings)
        return f"{count_of(errors, 'error')}, {count_of(warnings, 'warning')}."

    def __repr__(self) -> str:
        return "\n".join(
            [self.heading, self.summary, *(f"{f.gravity}: {f}" for f in self.findings)]
        )

    def _repr_html_(self) -> str:
        table = html_table(self.to_frame()) if self.findings else ""
        return f"<p>{self.heading}</p><p>{self.summary}</p>{table}"


def found(
    bad: pd.Series,
    files: Sequence[str],
    column: str,
    what: str,
    remedy: str,
    gravity: Gravity = "error",
) -> Iterator[Finding]:
    """A finding for each file of a role with rows where `bad` holds; the index of `bad` numbers
    rows in steps of STRIDE.

    `what` is a sentence; the number of rows is put at its end.
    """
    rows = [int(row) for row in bad.index[bad.to_numpy(dtype=bool)]]
    for part, file in enumerate(files):
        here = tuple(row - part * STRIDE for row in rows if row // STRIDE == part)
        if here:
            yield Finding(
                gravity, file, column, f"{what[:-1]}: {len(here):,}.", remedy, len(here), here
            )


def whole(files: Sequence[str], column: str, what: str, remedy: str, count: int) -> Finding:
    """A finding on a file as a whole, such as an implausible sum."""
    return Finding("error", ", ".join(files), column, what, remedy, count, ())
