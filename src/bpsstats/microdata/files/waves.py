"""Which code list a round follows, told from its data where the sources dispute it."""

from collections.abc import Mapping

import pandas as pd

from bpsstats.errors import InputError
from bpsstats.microdata.findings import Finding
from bpsstats.microdata.layouts import Layout
from bpsstats.microdata.lists.classifications import UNKNOWN_CODES, code_list

PUPIL_AGES = (5, 9)  # who goes to school and cannot have finished primary school
FEWEST_PUPILS = 5
MOST_EXCEPTIONS = 0.05  # a few are mistyped


def codes_used(
    layout: Layout, roster: pd.DataFrame | None, file: str
) -> tuple[dict[str, str], list[Finding], list[str]]:
    """Code list of each concept: the layout's, or the one of its alternatives that fits the data.

    Returns
    -------
    tuple
        Concept to list; findings; notes for the provenance.
    """
    codes = dict(layout.codes)
    column, age = layout.individual["diploma"], layout.individual["age"]
    others = layout.alternatives.get("diploma", ())
    if not others or roster is None or not {column, age} <= set(roster.columns):
        return codes, [], []
    candidates = [codes["diploma"], *others]
    fitting = [
        name for name in candidates if diplomas_fit(roster[age], roster[column], code_list(name))
    ]
    if len(fitting) == 1:
        codes["diploma"] = fitting[0]
        return (
            codes,
            [],
            [
                f"{column} is read by the list {fitting[0]}, the only one of {len(candidates)} that"
                " fits the data."
            ],
        )
    error = InputError(
        f"{'No' if not fitting else 'More than one'} code list of diplomas fits the data:"
        f" {', '.join(fitting or candidates)}.",
        "Check that the column is that of this round and that the roster has its children; see"
        " data/README.md.",
        file=file,
        column=column,
    )
    return codes, [Finding.of(error)], []


def diplomas_fit(age: pd.Series, diploma: pd.Series, codes: Mapping[int, str]) -> bool:
    """Whether a list is that of the data: children at primary school hold the code of no diploma,
    and no code is foreign to it.

    Examples
    --------
    >>> age, diploma = pd.Series([6, 7, 7, 8, 9, 40]), pd.Series([1, 1, 1, 1, 1, 12])
    >>> lists = [code_list(name) for name in ("diploma_22_none_first", "diploma_22")]
    >>> [diplomas_fit(age, diploma, codes) for codes in lists]
    [True, False]
    """
    given = diploma[diploma.notna() & (diploma != 0) & ~diploma.isin(UNKNOWN_CODES)]
    pupils = given[age.reindex(given.index).between(*PUPIL_AGES)]
    none = [code for code, name in codes.items() if name == "none"]
    foreign = 1 - given.isin(list(codes)).mean() if len(given) else 0.0
    if len(pupils) < FEWEST_PUPILS or foreign > MOST_EXCEPTIONS:
        return False
    return bool(pupils.isin(none).mean() >= 1 - MOST_EXCEPTIONS)
