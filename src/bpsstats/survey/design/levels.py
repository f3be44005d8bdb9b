"""Levels of categorical columns, which keep the type they have in the frame: 1 is not "1", nor
True.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

from bpsstats.arguments import shown
from bpsstats.errors import ParameterError

Level = Any  # text, a number, or true and false
# A longer list is no list of codes, and may be of what respondents said.
MOST_NAMED = 30


def written(level: object) -> str:
    """A level as the name of a domain shows it.

    Examples
    --------
    >>> written("low"), written(2.0), written(True)
    ('low', '2', 'True')
    """
    return f"{level:.15g}" if isinstance(level, float) else str(level)


def named(levels: Iterable[Level]) -> str:
    """Levels as a message shows them, text in quotes.

    Examples
    --------
    >>> named(["low", "high"]), named([1, 2.0, True])
    ("'low', 'high'", '1, 2, True')
    """
    return ", ".join(repr(each) if isinstance(each, str) else written(each) for each in levels)


def all_named(levels: Collection[Level]) -> str:
    """What a message says of the levels that there are: their names where they are codes."""
    if len(levels) > MOST_NAMED:
        return f"{len(levels):,} different values"
    return named(levels) or "no value"


def is_same(one: Level, other: Level) -> bool:
    """Whether two levels are one: equal, and not a number beside true or false.

    Examples
    --------
    >>> is_same(1, 1.0), is_same(1, True), is_same(1, "1")
    (True, False, False)
    """
    truths = [isinstance(level, bool | np.bool_) for level in (one, other)]
    if truths[0] != truths[1] or not (np.isscalar(one) and np.isscalar(other)):
        return False
    return bool(one == other)


def position_of(levels: Sequence[Level], value: object, column: str) -> int:
    """Position of the level that a value is.

    Raises
    ------
    ParameterError
        If it is none; the message names those that there are.

    Examples
    --------
    >>> position_of(["low", "high"], "high", "education")
    1
    """
    for k, level in enumerate(levels):
        if is_same(level, value):
            return k
    alike = any(str(level) == str(value) for level in levels) if np.isscalar(value) else False
    raise ParameterError(
        f"Column {column} has no category {shown(value)}. It has {all_named(levels)}"
        f"{'; a number is not its text' if alike else ''}."
    )
