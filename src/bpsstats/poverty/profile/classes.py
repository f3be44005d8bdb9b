"""The classes of a concept in a frame of a round, and why a round cannot tell it."""

import pandas as pd

from bpsstats.microdata.concepts import concepts
from bpsstats.poverty.profile.declared import UNKNOWN


def classes_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """The classes of a concept that is cut from a column or is one, shape (n,)."""
    concept = concepts()[name]
    if concept.cut:
        return concept.classify(frame)
    given = frame[concept.of or name]
    joined = {part: of for of, spec in concept.classes.items() for part in spec.get("holds", ())}
    if joined:
        given = given.astype(object).replace(joined).astype("category")
    known = [*concept.classes, *([UNKNOWN] if UNKNOWN in given.cat.categories else [])]
    return given.cat.set_categories(known, ordered=True)


def why_not_told(frame: pd.DataFrame, name: str) -> str:
    """Why a frame cannot tell a concept or an amount; nothing where it can."""
    concept = concepts().get(name)
    column = (concept.cut or concept.of or name) if concept is not None else name
    if column in frame:
        return ""
    return str(frame.attrs.get("absent", {}).get(column, f"The round has no column {column}."))
