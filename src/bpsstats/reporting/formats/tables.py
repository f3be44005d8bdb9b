"""A table that is handed out, in all its forms: CSV, sheet of a workbook, resource of a package."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from bpsstats.files import read_yaml
from bpsstats.reporting.formats.book import Book, Sheet
from bpsstats.reporting.formats.fields import field_of, handed_out, in_words, schema_of
from bpsstats.reporting.formats.writers import csv_text
from bpsstats.reporting.words.language import language
from bpsstats.reprs import SizesOnly

# People read the words; these are for programs.
FOR_PROGRAMS = ("area_code", "statistic", "indicator", "domain")
NOT_SAID = (*FOR_PROGRAMS, "year")
# The profile has a workbook of its own, which says its classes in words.
ELSEWHERE = ("profile", "profile-differences")
INDICES = ("poverty_gap", "severity")
WHOLE = ("persons", "households", "Rp", "kcal")
MOST_DIGITS = 3


@dataclass(frozen=True, eq=False, repr=False)
class OutTable(SizesOnly):
    """A table of a release in a language.

    Parameters
    ----------
    name : str
        Name of its file.
    raw : DataFrame
        As the result gives it.
    about : mapping
        `area_code`, `area`, `period` and `source`, where the rows do not say them.
    lang : {"en", "id"}
    """

    name: str
    raw: pd.DataFrame
    about: Mapping[str, str]
    lang: str

    @cached_property
    def frame(self) -> pd.DataFrame:
        """With area, period and source, and in words."""
        return handed_out(self.raw, self.about, self.lang)

    @property
    def title(self) -> str:
        """What it is, and of which area and period."""
        frame = self.frame
        period = " – ".join(dict.fromkeys((frame["period"].iloc[0], frame["period"].iloc[-1])))
        return f"{title_of(self.name, self.lang)}, {self.about['area']}, {period}"

    def csv(self) -> str:
        """As CSV, at full precision, with headings in words."""
        return csv_text(in_words(self.frame, self.lang))

    def schema(self) -> dict[str, Any]:
        """As a Table Schema of Frictionless."""
        return schema_of(self.frame, self.lang)

    def sheet(self, number: int) -> Sheet:
        """As a sheet of a workbook, rounded for the eye."""
        words, frame = language(self.lang), self.frame
        said = {True: words.words["yes"], False: words.words["no"]}
        flags = [str(name) for name in frame if is_bool_dtype(frame[name])]
        frame = frame.assign(**{name: frame[name].map(said) for name in flags})
        # What is the same in all rows stands once, above them.
        same = [name for name in frame if _is_same(frame[name])]
        shown = [str(name) for name in frame if name not in (*FOR_PROGRAMS, *same)]
        formats = pd.DataFrame({name: _formats(name, frame, self.raw, self.lang) for name in shown})
        headings = {name: _capital(field_of(str(name), self.lang).heading) for name in frame}
        above = [
            f"{headings[name]}: {frame[name].iloc[0]}" for name in same if name not in NOT_SAID
        ]
        title = f"{words.words['workbook']['table'].format(n=number)}. {self.title}"
        return Sheet(
            title, above, frame[shown].rename(columns=headings), formats, _marks(frame, shown)
        )


def book_of(
    tables: Sequence[OutTable], title: str, author: str, cover: Sequence[str], notes: Sequence[str]
) -> Book:
    """The workbook of a release; its notes end with what the columns mean."""
    lang = tables[0].lang
    tables = [table for table in tables if table.name not in ELSEWHERE]
    words = language(lang).words["workbook"]
    names = dict.fromkeys(n for table in tables for n in table.frame if n not in FOR_PROGRAMS)
    meant = [
        words["column"].format(heading=_capital(field.heading), meaning=field.meaning)
        for field in (field_of(str(name), lang) for name in names)
    ]
    sheets = [table.sheet(i) for i, table in enumerate(tables, start=1)]
    lines = [*cover, words["one_table"]]
    return Book(title, author, lang, lines, [words["symbols"], *notes, *meant], sheets)


def title_of(name: str, lang: str) -> str:
    """Title of a table by the name of its file; of a new one, until it has a title, the name."""
    return _titles().get(name, {}).get(lang, _capital(name.replace("-", " ")))


@cache
def _titles() -> dict[str, dict[str, str]]:
    """Titles by file name and language."""
    known: dict[str, dict[str, str]] = read_yaml(Path(__file__).with_name("tables.yaml"))
    return known


def _capital(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]


def _formats(name: str, frame: pd.DataFrame, raw: pd.DataFrame, lang: str) -> list[str]:
    """Number format of each cell of a column, empty where it holds no numbers."""
    digits = field_of(name, lang).digits
    if not digits or not is_numeric_dtype(frame[name]):
        return [""] * len(frame)
    if digits == "year":
        return ["0"] * len(frame)
    if digits == "any":
        return [_format(_needed(value)) for value in frame[name]]
    if digits == "unit":
        blank = pd.Series("", raw.index)
        rows = zip(raw.get("unit", blank), raw.get("statistic", blank), strict=True)
        return [_format(_of_unit(unit, statistic)) for unit, statistic in rows]
    return [_format(int(digits))] * len(frame)


def _of_unit(unit: str, statistic: str) -> int:
    """Decimals of a figure: those that BPS prints, and one more for the indices."""
    if statistic in INDICES:
        return MOST_DIGITS
    return 0 if unit in WHOLE else 2


def _needed(value: float) -> int:
    """Decimals that a number has, at most `MOST_DIGITS`."""
    places = range(MOST_DIGITS + 1)
    return next((d for d in places if round(value, d) == round(value, MOST_DIGITS)), MOST_DIGITS)


def _format(digits: int) -> str:
    """Format of a number with so many decimals.

    Examples
    --------
    >>> _format(0), _format(2)
    ('#,##0', '#,##0.00')
    """
    return "#,##0" + ("." + "0" * digits if digits else "")


def _is_same(column: pd.Series) -> bool:
    """Whether text is the same in all rows of several, or says the area."""
    is_text = not is_numeric_dtype(column)
    return bool(is_text and column.iloc[0] and (column == column.iloc[0]).all())


def _marks(frame: pd.DataFrame, kept: Sequence[object]) -> pd.DataFrame:
    """What stands in place of a number that is withheld."""
    hidden = frame["mark"].eq("..") if "mark" in frame else pd.Series(False, frame.index)
    return pd.DataFrame({name: hidden.map({True: "..", False: ""}) for name in kept})
