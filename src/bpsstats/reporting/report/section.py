"""A section of the report: its sentences, table, figure and files, and what it needs for them."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

import pandas as pd

from bpsstats.errors import AbsentError, ParameterError
from bpsstats.published.ledger import Recomputed, facts_of
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.report.results import Results
from bpsstats.reporting.words.language import Language, language

if TYPE_CHECKING:  # what is not drawn needs nothing that draws
    from bpsstats.reporting.figures.drawing import Drawing

Shown = TypeVar("Shown")
NOTHING = Prose("")
DATES = ("date", "next_release")


@dataclass(frozen=True, slots=True)
class Office:
    """What an office writes over its release; empty where it says nothing.

    Parameters
    ----------
    number : str
        Number of the release, such as "03/01/6471/Th. XVIII".
    date, next_release : str
        Days of this release and of the next, such as "2023-01-12".
    contact, licence : str

    Raises
    ------
    ParameterError
        If a day is none.
    """

    number: str = ""
    date: str = ""
    contact: str = ""
    licence: str = ""
    next_release: str = ""

    def __post_init__(self) -> None:
        for name in DATES:
            self._day(name)

    def said(self, name: str, words: Language) -> str:
        """One fact in words of a language; empty where nothing is said."""
        day = self._day(name) if name in DATES else None
        return str(getattr(self, name)) if day is None else words.date(day)

    def _day(self, name: str) -> datetime.date | None:
        text = str(getattr(self, name))
        try:
            return datetime.date.fromisoformat(text) if text else None
        except ValueError:
            raise ParameterError(
                f"The {name} of the release is {text!r}; write year, month and day, such as"
                " 2023-01-12."
            ) from None


MASTHEAD = tuple(Office.__dataclass_fields__)


class Tabular(Protocol):
    """A result that has a table for programs."""

    def to_frame(self) -> pd.DataFrame:
        """The table."""


class Section:
    """One section, of the results of an area and year, in one language.

    A section defines what it has of `say`, `tabulate`, `draw` and `frames`, and in `shows` the
    order in which they are read. Where it lacks something it needs, `lacks` gives the sentence
    that stands in its place; its table and figure are then left out.
    """

    name: ClassVar[str]
    shows: ClassVar[tuple[str, ...]] = ("text", "figure", "table")
    file: ClassVar[str] = ""  # name of its figure as a file, where it is one

    def __init__(self, results: Results, lang: str, office: Office = Office()) -> None:
        self.results, self.lang, self.office = results, lang, office

    @property
    def words(self) -> Language:
        """The language."""
        return language(self.lang)

    @property
    def title(self) -> str:
        """Heading of the section."""
        return self.words.word("section", self.name)

    def parts(self) -> "Iterator[Prose | Table | Drawing]":
        """What it shows, in order; what says nothing is left out."""
        shown: list[Prose | Table | Drawing] = [getattr(self, name) for name in self.shows]
        return (part for part in shown if not isinstance(part, Prose) or part.text)

    @property
    def text(self) -> Prose:
        """What is said, or why nothing is."""
        return self._unless_lacking("text", self.say)

    @property
    def table(self) -> Table | Prose:
        """The table, or nothing."""
        shown = self._unless_lacking("table", self.tabulate)
        named = next(iter(self.frames()), "") if isinstance(shown, Table) else ""
        return replace(shown, file=named) if isinstance(shown, Table) and named else shown

    @cached_property
    def figure(self) -> "Drawing | Prose":
        """The figure, drawn once, or nothing."""
        drawn = self._unless_lacking("figure", self.draw)
        if isinstance(drawn, Prose):
            return drawn
        if drawn.is_empty:
            return self._in_place_of("figure", self.words.say("withheld"))
        drawn.file = self.file
        return drawn

    def _unless_lacking(self, part: str, make: Callable[[], Shown]) -> Shown | Prose:
        """A part, or the sentence on what is lacking."""
        try:
            reason = self.lacks()
            if not reason:
                return make()
        except AbsentError as error:
            reason = self.words.translated(error.reason)
        return self._in_place_of(part, reason)

    def _in_place_of(self, part: str, reason: str) -> Prose:
        """The sentence on why a part is not there: in place of the text, and of the first part of
        a section that shows no text.
        """
        says_it = part == "text" or ("text" not in self.shows and part == self.shows[0])
        return Prose(reason) if says_it else NOTHING

    def files(self) -> dict[str, pd.DataFrame]:
        """Its tables at full precision, by file name, each with its kind of data; none where it is
        left out.
        """
        try:
            if self.lacks():
                return {}
            frames = {name: result.to_frame() for name, result in self.frames().items()}
        except AbsentError:
            return {}
        facts, period = self.facts(), {"period": self.period}
        return {
            name: frame.assign(**(facts if "period" in frame else period | facts))
            for name, frame in frames.items()
        }

    @property
    def period(self) -> str:
        """Period of rows that do not say theirs."""
        return self.results.now.round.period

    def facts(self) -> dict[str, Any]:
        """Kind of data, and the correction factor where there is one, of the whole or by row."""
        return facts_of(*self.made_from)

    @property
    def made_from(self) -> Sequence[Recomputed]:
        """Rounds that its numbers are from."""
        return [self.results.now]

    # What a section defines.

    def lacks(self) -> str:
        """The sentence on what is not there; empty where nothing is lacking."""
        return ""

    def say(self) -> Prose:
        """Sentences."""
        return NOTHING

    def tabulate(self) -> Table | Prose:
        """The table for people."""
        return NOTHING

    def draw(self) -> "Drawing | Prose":
        """The figure."""
        return NOTHING

    def frames(self) -> dict[str, Tabular]:
        """The results whose tables are written for programs, by file name."""
        return {}

    def caption(self, key: str = "", period: str = "") -> str:
        """Caption of a table, with area and period."""
        shown = self.words.translate_period(period or self.results.now.round.period)
        return self.words.say(
            key or self.name, "caption", area=self.results.area.name, period=shown
        )

    def _ipython_display_(self) -> None:
        """All parts, one below the other."""
        from IPython.display import display

        display(*self.parts())

    def __repr__(self) -> str:
        return f"Section {self.name} ({', '.join(self.shows)}): {self.title}"
