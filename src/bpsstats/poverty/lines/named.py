"""Lines that serve every area: the national one, and those in dollars of purchasing power."""

from pathlib import Path
from typing import Any

from bpsstats.errors import ParameterError, UnknownYearError
from bpsstats.microdata.lists.facts import LINES, NAMED, lines_on_file, named_lines_on_file

NATIONAL, NATION = "national", "0000"


def named_line(name: str, year: int, raw: str | Path | None = None) -> dict[str, Any]:
    """Value and source of a line that serves every area.

    Parameters
    ----------
    name : str
        "national", or a name of ``named_lines.yaml``.
    year : int
        Year of the March round.
    raw : path, optional
        Raw folder, whose own files come before those of the project.

    Raises
    ------
    ParameterError
        If there is no such name.
    UnknownYearError
        If that line is not on file for the year.

    Examples
    --------
    >>> named_line("national", 2022)["value"]
    505469.0
    """
    lines = {NATIONAL: lines_on_file(raw).get(NATION, {}), **named_lines_on_file(raw)}
    if name not in lines:
        raise ParameterError(f"There is no line named {name!r}. There are: {', '.join(lines)}.")
    if year not in lines[name]:
        years = ", ".join(map(str, sorted(lines[name])))
        raise UnknownYearError(
            f"There is no {name} line of {year} on file. There are lines for {years}. Write it with"
            f" its source in a file {LINES if name == NATIONAL else NAMED} beside the data."
        )
    entry = lines[name][year]
    return {"value": entry["value"], "source": f"{name} line; {entry['source']}"}
