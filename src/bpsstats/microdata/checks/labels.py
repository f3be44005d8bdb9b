"""Value labels that a .sav or .dta gives to its codes, held against the lists that the codes are
read by: where the two contradict each other, one of them is of another round.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bpsstats.files import read_yaml
from bpsstats.microdata.findings import Finding
from bpsstats.microdata.formats import Source
from bpsstats.microdata.layouts import Layout
from bpsstats.microdata.lists.classifications import NO, YES, code_list

URBAN = {1: "urban", 2: "rural"}
YES_NO = {YES: "yes", NO: "no"}
NOT_APPLICABLE = 0
OTHER = "other"
MOST_NAMED = 5


def labels_fit(
    layout: Layout, codes: Mapping[str, str], sources: Sequence[Source]
) -> Iterator[Finding]:
    """The labels of a file name the classes that its codes are read as.

    Parameters
    ----------
    layout : Layout
    codes : mapping of str to str
        Concept to the code list that is used.
    sources : sequence of Source
        Files of the roster and of households.

    Yields
    ------
    Finding
        For each column whose labels contradict its list; codes and classes are named, which are
        those of the file's dictionary, never of respondents.
    """
    lists = {
        layout.individual[concept]: (concept, code_list(name))
        for concept, name in codes.items()
        if concept in layout.individual
    }
    lists[layout.region["urban"]] = ("urban", URBAN)
    if "absent" in layout.individual:
        lists[layout.individual["absent"]] = ("yes_no", YES_NO)
    for source in sources:
        for column, (concept, classes) in lists.items():
            off = _contradictions(concept, classes, source.labels.get(column, {}))
            if off:
                named = ", ".join(
                    f"{code} ({told} by its label, {read} by the list)"
                    for code, told, read in off[:MOST_NAMED]
                )
                more = f" and {len(off) - MOST_NAMED} more" if len(off) > MOST_NAMED else ""
                what = (
                    f"The value labels of the file contradict the list of March {layout.year} for"
                    f" codes {named}{more}."
                )
                remedy = (
                    "Recode the column to the list of this round (data/README.md), or correct the"
                    " labels if it is they that are wrong."
                )
                yield Finding("error", source.path.name, column, what, remedy, 0, ())


def _contradictions(
    concept: str, classes: Mapping[int, str], labels: Mapping[float, str]
) -> list[tuple[int, str, str]]:
    """Codes whose label names another class than the list does: code, class by label, by list."""
    patterns = _patterns()[concept]
    off = []
    for code, label in sorted(labels.items()):
        read = classes.get(int(code))
        if read is None or code == NOT_APPLICABLE:
            continue  # a code that is not in the list is refused wherever it stands
        told = class_of_label(concept, label)
        read = read if read in patterns or OTHER not in patterns else OTHER
        if told is not None and told != read:
            off.append((int(code), told, read))
    return off


def class_of_label(concept: str, label: str) -> str | None:
    """The class that a value label names, None where its words are not known.

    Examples
    --------
    >>> [class_of_label("diploma", label) for label in ("SMK", "Tidak punya ijazah SD", "98")]
    ['sma', 'none', None]
    """
    words = label.casefold()
    found = (name for name, pattern in _patterns()[concept].items() if pattern.search(words))
    return next(found, None)


@cache
def _patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    """Words by concept and class."""
    document = read_yaml(Path(__file__).with_suffix(".yaml"))
    return {
        concept: {
            name: re.compile(words if isinstance(words, str) else "|".join(words))
            for name, words in classes.items()
        }
        for concept, classes in document.items()
    }
