"""The recomputed figures beside the printed ones."""

from collections.abc import Sequence

import pandas as pd

from bpsstats.published.ledger import Recomputed
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.report.section import Section
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.release import say_ledger


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

    def frames(self) -> dict[str, pd.DataFrame]:
        """Cell by cell."""
        assert self.results.comparisons is not None
        return {"printed-and-recomputed": self.results.comparisons.to_frame()}

    @property
    def holds(self) -> bool | Prose:
        """Whether no cell differs, or why there is none."""
        return self.results.comparisons.all_hold if self.results.comparisons else self.text

    @property
    def made_from(self) -> Sequence[Recomputed]:
        """The year, and the year before for changes."""
        return self.results.both_years
