"""Which rows of a table are meant: by position, by label, or by keys."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from bpsstats.errors import ParameterError
from bpsstats.reprs import count_of
from bpsstats.survey.design.levels import MOST_NAMED, written

# A row in a contrast: its position, its domain or statistic, or both.
RowName = int | str | tuple[str, str]


@runtime_checkable
class Labelled(Protocol):
    """What rows are told apart by."""

    @property
    def statistic(self) -> str:
        """Name of the statistic."""

    @property
    def domain(self) -> str:
        """Label of the domain, such as ``sex=female, urban=1``."""

    @property
    def period(self) -> str:
        """Period of the survey."""


def places_of_rows(
    rows: Sequence[Labelled],
    statistic: str | None = None,
    domain: str | None = None,
    period: str | None = None,
    keys: Mapping[str, object] | None = None,
) -> list[int]:
    """Positions of the rows of a statistic, domain or period, and of the domains with these keys;
    what is None does not count.
    """
    parts = [f", {key}={written(value)}, " for key, value in (keys or {}).items()]
    return [
        k
        for k, row in enumerate(rows)
        if statistic in (None, row.statistic)
        and domain in (None, row.domain)
        and period in (None, row.period)
        and all(part in f", {row.domain}, " for part in parts)
    ]


def place_of_row(
    rows: Sequence[Labelled],
    statistic: str | None,
    domain: str | None,
    period: str | None = None,
    keys: Mapping[str, object] | None = None,
) -> int:
    """Position of the one row that is meant.

    Raises
    ------
    ParameterError
        If no row, or more than one, answers.
    """
    found = places_of_rows(rows, statistic, domain, period, keys)
    if len(found) == 1:
        return found[0]
    asked = [f"{key}={written(value)}" for key, value in (keys or {}).items()]
    where = "".join(f" in the domain {each}" for each in (domain, ", ".join(asked)) if each)
    when = f" of {period}" if period else ""
    # Rows of one name and domain, as of two masks without names, are told apart by nothing else.
    alike = {(rows[i].statistic, rows[i].domain, rows[i].period) for i in found}
    by_position = " Take one by its position, table[0], or name domains by domain_name=."
    several = by_position if len(alike) < len(found) else ""
    raise ParameterError(
        f"{count_of(len(found), 'row answers', 'rows answer')} to"
        f" {statistic or 'what was asked'}{where}{when}. The table holds: {held(rows)}.{several}"
    )


def held(rows: Sequence[Labelled]) -> str:
    """What a message says of the rows that there are."""
    names = list(dict.fromkeys(f"{row.statistic} ({row.domain})" for row in rows))
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def weights_of_rows(
    rows: Sequence[Labelled], weights: Sequence[float] | Mapping[RowName, float]
) -> list[float]:
    """One weight for each row, zeros where a mapping does not name it.

    Raises
    ------
    ParameterError
        If there is not one weight for each row, all are 0, or a name is of no row or of several.
    """
    if isinstance(weights, Mapping):
        each = [0.0] * len(rows)
        for name, weight in weights.items():
            each[_place(rows, name)] += float(weight)
    else:
        each = [float(weight) for weight in weights]
    if len(each) != len(rows) or not any(each):
        raise ParameterError(
            f"{count_of(len(each), 'weight is', 'weights are')} given for"
            f" {count_of(len(rows), 'row')}. Give one for each, in their order, and not all of"
            " them 0."
        )
    return each


def _place(rows: Sequence[Labelled], name: RowName) -> int:
    """Position of the row that a contrast names."""
    if isinstance(name, tuple):
        return place_of_row(rows, *name)
    if isinstance(name, str):
        found = [k for k, row in enumerate(rows) if name in (row.domain, row.statistic)]
    else:
        found = list(range(len(rows))[name : name + 1 or None])
    if len(found) == 1:
        return found[0]
    raise ParameterError(
        f"{count_of(len(found), 'row is', 'rows are')} called {name}. Name a row by its"
        f" domain or statistic where that is its alone, by (statistic, domain), or by its"
        f" position from 0. The table holds: {held(rows)}."
    )
