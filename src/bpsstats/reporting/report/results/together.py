"""Results computed together: the long ones at the same time, in copies of the process."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

from bpsstats.errors import AbsentError
from bpsstats.processes import CAN_COPY, beside, in_processes
from bpsstats.reporting.report.results.rounds import Rounds

# What takes long, in groups that share their numbers.
OF_THE_YEAR = (("profile", "profile_differences", "deprivations"), ("_rebuilt",), ("record",))
OF_ALL_ROUNDS = (("specifications",), ("model",), ("change_behind", "change_incidence"))


def compute_all(results: Rounds, meanwhile: Callable[[], object] = object) -> None:
    """Compute every result, what is long at the same time, so that copies of this process have it;
    `meanwhile` is what this process itself has to do.
    """
    if CAN_COPY:
        earlier = [year for year, line in results.earlier.items() if line is not None]
        pieces = {str(year): partial(results.recomputed, year) for year in earlier}
        with beside(pieces | _groups(results, OF_THE_YEAR)) as made:
            meanwhile()
            read = _kept(results, made(), OF_THE_YEAR)
        vars(results)["rounds"] = (*(read[str(year)] for year in earlier), results.now)
        _kept(results, dict(in_processes(_groups(results, OF_ALL_ROUNDS))), OF_ALL_ROUNDS)
    all_but(results)


def all_but(results: Rounds, *left_out: str) -> list[object]:
    """Every result that is computed, but for some; None for one that needs what is not on file."""
    kinds = reversed(type(results).__mro__)
    kept = [
        name
        for kind in kinds
        for name, held in vars(kind).items()
        if isinstance(held, cached_property)
    ]
    return [_if_there(results, name) for name in kept if name not in left_out]


def _groups(results: Rounds, groups: Sequence[Sequence[str]]) -> dict[str, Callable[[], Any]]:
    """How groups of results are computed, each by the first of its names."""
    return {group[0]: partial(_group, results, group) for group in groups}


def _group(results: Rounds, names: Sequence[str]) -> list[object]:
    """Results that are computed together, and share their numbers."""
    return [_if_there(results, name) for name in names]


def _kept(results: Rounds, made: dict[str, Any], groups: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Keep groups of results that were computed elsewhere."""
    for group in groups:
        found = zip(group, made[group[0]], strict=True)
        # What is not on file is soon found to be so again.
        vars(results).update({name: value for name, value in found if value is not None})
    return made


def _if_there(results: Rounds, name: str) -> Any:
    """A result, or None where what it needs is not on file."""
    try:
        return getattr(results, name)
    except AbsentError:
        return None
