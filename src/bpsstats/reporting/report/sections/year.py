"""How many are poor, what changed, and how much depends on the line."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from bpsstats.published.ledger import Recomputed, facts_of
from bpsstats.reporting.display import Drawing, Prose, Table
from bpsstats.reporting.figures.poverty import sensitivity_figure, trend_figure
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.change import say_change, say_rounds
from bpsstats.reporting.words.poverty import say_poverty


class Poverty(Section):
    """Number of poor, P0, P1, P2."""

    name = "poverty"
    shows = ("text", "table")

    def say(self) -> Prose:
        """How many are poor, and how sure that is."""
        now = self.results.now
        return say_poverty(now.poverty, now.line, self.results.n_poor, self.lang)

    def tabulate(self) -> Table:
        """The four measures."""
        return table(self.results.now.poverty, self.lang, self.caption())

    def frames(self) -> dict[str, Tabular]:
        """The four measures."""
        return {"poverty": self.results.now.poverty}


class Change(Section):
    """Change compared with the year before."""

    name = "change"
    shows = ("text", "table")

    def lacks(self) -> str:
        """Without a round of the year before there is no change."""
        return "" if self.results.changes else self.words.say("change_none")

    def say(self) -> Prose:
        """Direction, significance, minimum detectable change, and what print adds."""
        return say_change(self.results.changes, self.results.steadiness, self.lang)

    def tabulate(self) -> Table:
        """Each measure before and after."""
        assert self.results.changes is not None
        years = {"before": str(self.results.year - 1), "after": str(self.results.year)}
        caption = self.words.say("change", "caption", **years)
        return table(self.results.changes, self.lang, caption)

    def frames(self) -> dict[str, Tabular]:
        """Each measure before and after."""
        assert self.results.changes is not None
        return {"change": self.results.changes}

    @property
    def made_from(self) -> Sequence[Recomputed]:
        """Both years."""
        return self.results.both_years


class Series(Section):
    """The rounds so far."""

    name = "series"
    file = "poverty-by-round"
    shows = ("text", "figure")

    def say(self) -> Prose:
        """Each index of the year against the earlier rounds."""
        left_out = {
            "without_line": self.results.without_line,
            "without_area": self.results.without_area,
        }
        return say_rounds(self.results.series, left_out, self.lang)

    def tabulate(self) -> Table:
        """The four measures of each round."""
        return table(self.results.series, self.lang, self.caption())

    def draw(self) -> Drawing:
        """P0 by round, with the printed values."""
        return trend_figure(self.results.headcounts, self.results.printed_rates, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """The four measures of each round."""
        return {"poverty-by-round": self.results.series}

    def facts(self) -> dict[str, Any]:
        """Of each round."""
        by_period = {one.round.period: facts_of(one) for one in self.results.rounds}
        by_row = pd.DataFrame([by_period[row.period] for row in self.results.series])
        return {str(name): by_row[name] for name in by_row}


class Sensitivity(Section):
    """P0 were the line another."""

    name = "sensitivity"
    shows = ("figure", "table")

    def tabulate(self) -> Table:
        """P0 by multiples of the line."""
        return table(self.results.by_line, self.lang, self.caption())

    def draw(self) -> Drawing:
        """P0 by multiples of the line."""
        return sensitivity_figure(self.results.by_line, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """P0 by multiples of the line."""
        return {"poverty-by-line": self.results.by_line}
