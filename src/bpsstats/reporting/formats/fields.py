"""The columns of the tables that are handed out: headings and cells in words of a language, and
what each column means.

Results name their columns and classes by short names that are the same in every language. A table
that leaves the program says them in words; the names of statistics and groups stay beside the
words, for programs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from bpsstats.files import read_yaml
from bpsstats.microdata.lists.basket import standard_basket
from bpsstats.reporting.words.language import Language, language

FIRST = ("area_code", "area", "period", "year", "figure", "group")
# Words that are made of the names of statistics and groups.
SAID = {"statistic": "figure", "indicator": "figure", "domain": "group"}
# What a model calls the estimate over its error, where elsewhere stands what is measured.
TEST = "test_statistic"
# Sections of the catalogue that hold the words of a column's values.
VALUES = {
    "unit": "unit", "printed_unit": "unit", "reliability": "reliability", "verdict": "verdict",
    "presentation": "presentation", "source": "source", "specification": "specification",
    "method": "method", "part": "part",
}  # fmt: skip
LABELS = ("term", "education")
SENTENCES = ("cause", "rule", "reason", "what", "remedy")


@dataclass(frozen=True, slots=True)
class Field:
    """A column in a language: its name in results, its heading, what it means, its unit (empty,
    "row" where the row says it, or a word), and how it is written: "", "unit", "any", "year" or a
    number of decimals.
    """

    name: str
    heading: str
    meaning: str
    unit: str = ""
    digits: str = ""
    is_key: bool = False


@cache
def field_of(name: str, lang: str) -> Field:
    """A column.

    Examples
    --------
    >>> field_of("std_error", "id").heading
    'galat baku'
    """
    known = _catalogue()
    if name not in known:  # a new column, until it is described, is called as results call it
        said = name.replace("_", " ")
        return Field(name, said, said, digits="any")
    of = known[name]
    heading, meaning = of[lang]
    digits = str(of.get("digits", ""))
    return Field(name, heading, meaning, of.get("of", ""), digits, of.get("key", False))


def handed_out(frame: pd.DataFrame, about: Mapping[str, str], lang: str) -> pd.DataFrame:
    """A table of results with area, period and source on each row, and its classes in words.

    Parameters
    ----------
    frame : DataFrame
    about : mapping
        `area_code`, `area`, `period` and `source`, where the rows do not say them.
    lang : {"en", "id"}

    Returns
    -------
    DataFrame
        Columns by their names in results; `figure` and `group` are words.
    """
    words = language(lang)
    if "statistic" in frame and is_numeric_dtype(frame["statistic"]):
        frame = frame.rename(columns={"statistic": TEST})
    made = frame.assign(**{name: text for name, text in about.items() if name not in frame})
    for name, said in SAID.items():
        if name in made:
            of = words.statistic if said == "figure" else words.label
            made[said] = [of(str(text)) for text in made[name]]
    for name, section in VALUES.items():
        if name in made:
            made[name] = [_word(words, section, text) for text in made[name]]
    for name in LABELS:
        if name in made:
            made[name] = [words.label(str(text)) for text in made[name]]
    if "commodity" in made:
        names = {each.name_en: each.name_id for each in standard_basket().commodities}
        told = made["commodity"].map(lambda name: names.get(name, name))
        made["commodity"] = told if lang == "id" else made["commodity"]
    for name in SENTENCES:
        if name in made:
            made[name] = [words.translated("" if pd.isna(one) else str(one)) for one in made[name]]
    if "period" in made:
        made["period"] = [words.translate_period(str(text)) for text in made["period"]]
    first = [name for name in FIRST if name in made]
    last = [name for name in ("source",) if name in made]
    others = [str(name) for name in made if name not in (*first, *last)]
    return made[[*first, *others, *last]]


def in_words(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """A table that is handed out under the headings of a language."""
    return frame.rename(columns={name: field_of(str(name), lang).heading for name in frame})


def key_of(frame: pd.DataFrame, lang: str) -> list[str]:
    """Headings of the columns that tell the rows of a table apart; none where they do not."""
    keys = [field for field in (field_of(str(name), lang) for name in frame) if field.is_key]
    if frame.duplicated([field.name for field in keys] or None).any():
        return []
    return [field.heading for field in keys]


def schema_of(frame: pd.DataFrame, lang: str) -> dict[str, Any]:
    """Table Schema (Frictionless) of a table that is handed out."""
    fields = []
    for name in frame:
        field = field_of(str(name), lang)
        described = {
            "name": field.heading, "type": _type(frame[name]), "description": field.meaning,
            "bpsstats:name": field.name,
        }  # fmt: skip
        if field.unit:
            described["unit"] = (
                field_of("unit", lang).heading
                if field.unit == "row"
                else (language(lang).word("unit", field.unit))
            )
        fields.append(described)
    key = key_of(frame, lang)
    told = {"primaryKey": key} if key else {}
    return {"fields": fields, "missingValues": ["", ".."], **told}


def _word(words: Language, section: str, text: Any) -> str:
    """A value in words; what the catalogue does not know stays."""
    return "" if pd.isna(text) else words.word(section, str(text))


def _type(column: pd.Series) -> str:
    """Type of a column in a Table Schema."""
    if is_bool_dtype(column):
        return "boolean"
    if is_integer_dtype(column):
        return "integer"
    return "number" if is_numeric_dtype(column) else "string"


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    """What is known of the columns."""
    known: dict[str, dict[str, Any]] = read_yaml(Path(__file__).with_name("fields.yaml"))
    return known
