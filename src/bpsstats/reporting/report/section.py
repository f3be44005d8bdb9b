"""A section of the report: its sentences, table, figure and files, and what it needs for them."""

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import pandas as pd

from bpsstats.published.ledger import Recomputed, facts_of
from bpsstats.reporting.display import Drawing, Prose, Table
from bpsstats.reporting.report.results import Results
from bpsstats.reporting.words.language import Language, language

NOTHING = Prose("")


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

    def __init__(self, results: Results, lang: str) -> None:
        self.results, self.lang = results, lang

    @property
    def words(self) -> Language:
        """The language."""
        return language(self.lang)

    @property
    def title(self) -> str:
        """Heading of the section."""
        return self.words.word("section", self.name)

    @property
    def text(self) -> Prose:
        """What is said, or why nothing is."""
        reason = self.lacks()
        return Prose(reason) if reason else self.say()

    @property
    def table(self) -> Table | Prose:
        """The table, or nothing."""
        return NOTHING if self.lacks() else self.tabulate()

    @property
    def figure(self) -> Drawing | Prose:
        """The figure, or nothing."""
        return NOTHING if self.lacks() else self.draw()

    def files(self) -> dict[str, pd.DataFrame]:
        """Its tables at full precision, by file name, each with its kind of data; none where it is
        left out.
        """
        if self.lacks():
            return {}
        return {
            name: result.to_frame().assign(**self.facts()) for name, result in self.frames().items()
        }

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

    def draw(self) -> Drawing | Prose:
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

    def __repr__(self) -> str:
        return f"Section {self.name} ({', '.join(self.shows)}): {self.title}"
