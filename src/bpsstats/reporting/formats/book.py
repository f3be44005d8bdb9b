"""What a workbook holds, whichever program writes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from bpsstats.reprs import SizesOnly


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sheet(SizesOnly):
    """One table of a workbook.

    Parameters
    ----------
    title : str
    about : sequence of str
        Lines between title and table: area, period, source.
    frame : DataFrame
        Values; the columns are the headings. Without rows the sheet says why in `about`.
    formats : DataFrame of str, optional
        Number format of each cell of `frame`, empty for none.
    marks : DataFrame of str, optional
        What is written in place of a number that is not there; default `NO_NUMBER`.
    covers : str
        A word on the sheet for the contents.
    parts : sequence of int
        Columns where a part of a table begins that is too wide for a sheet of paper. Each part is
        printed beside the columns before the first.
    """

    title: str
    about: Sequence[str]
    frame: pd.DataFrame
    formats: pd.DataFrame | None = None
    marks: pd.DataFrame | None = None
    covers: str = ""
    parts: Sequence[int] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """A workbook: what it is, the lines of its cover, its notes, its tables."""

    title: str
    author: str
    lang: str
    cover: Sequence[str]
    notes: Sequence[str]
    sheets: Sequence[Sheet]
