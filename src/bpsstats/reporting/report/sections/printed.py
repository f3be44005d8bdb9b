"""The recomputed figures beside the printed ones."""

from collections.abc import Sequence

from bpsstats.published.ledger import Recomputed
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.disclosure import Withheld
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.release import say_ledger


class Withholding(Section):
    """What disclosure control withholds, or would, were the data not synthetic."""

    name = "disclosure"
    shows = ("table",)

    def tabulate(self) -> Table:
        """How many figures each rule withholds."""
        return table(Withheld(self.results.disclosure.result), self.lang)

    def frames(self) -> dict[str, Tabular]:
        """The figures of synthetic data that would be withheld; of survey data, how many."""
        return {self.name: Withheld(self.results.disclosure.result)}


class Ledger(Section):
    """Printed and recomputed, cell by cell."""

    name = "ledger"
    shows = ("text", "table")

    def lacks(self) -> str:
        """Where nothing of the year is on file as printed, there is nothing to compare."""
        return "" if self.results.comparisons else self.words.say("ledger_none")

    def say(self) -> Prose:
        """How many printed figures are recomputed."""
        return say_ledger(self.results.comparisons, self.lang)

    def tabulate(self) -> Table:
        """Cell by cell."""
        assert self.results.comparisons is not None
        about = {"area": self.results.area.name, "year": str(self.results.year)}
        caption = self.words.say("ledger", "caption", **about)
        return table(self.results.comparisons, self.lang, caption)

    def frames(self) -> dict[str, Tabular]:
        """Cell by cell."""
        assert self.results.comparisons is not None
        return {"printed-and-recomputed": self.results.comparisons}

    @property
    def holds(self) -> bool | Prose:
        """Whether no cell differs, or why there is none."""
        return self.results.comparisons.all_hold if self.results.comparisons else self.text

    @property
    def made_from(self) -> Sequence[Recomputed]:
        """The year, and the year before for changes."""
        return self.results.both_years
