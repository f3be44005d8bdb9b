"""How many are poor, what changed, and how much depends on the line."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from bpsstats.published.ledger import Recomputed, facts_of
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.figures.poverty import sensitivity_figure, trend_figure
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.record import trend_table
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.areas import (
    BESIDE,
    BREAK,
    RANK,
    BesideFacts,
    BreakFacts,
    RankFacts,
)
from bpsstats.reporting.words.change import (
    DIRECTION,
    SIGNIFICANCE,
    ChangeFacts,
    say_change,
    say_rounds,
)
from bpsstats.reporting.words.line import (
    LINE,
    LINE_CHANGE,
    LINE_FACTOR,
    LINE_PARTS,
    FactorFacts,
    LineFacts,
    RebuiltFacts,
)
from bpsstats.reporting.words.poverty import DEPTH, POVERTY, PovertyFacts
from bpsstats.reporting.words.rule import joined
from bpsstats.reporting.words.summary import (
    INEQUALITY,
    MEAN_GAP,
    NEAR,
    RATE_INTERVAL,
    GapFacts,
    InequalityFacts,
    NearFacts,
    finding,
    rate_facts,
)


class Summary(Section):
    """The year in a list of sentences."""

    name = "summary"
    shows = ("text",)

    def say(self) -> Prose:
        """Rate and number with their changes, depth, line, rank, province and nation."""
        results, words = self.results, self.words
        now, changes = results.now, results.changes
        facts = PovertyFacts.of(now.poverty, now.line, results.n_poor)
        moved = [] if changes is None else [RATE_INTERVAL.say(rate_facts(changes), words)]
        counted = [] if changes is None else [
            DIRECTION.say(ChangeFacts.of(changes.row("poor_count"), 0), words),
            SIGNIFICANCE.say(ChangeFacts.of(changes.row("poor_count"), 0), words),
        ]  # fmt: skip
        line = LineFacts.of(now.line, results.line_before)
        rebuilt, rates = results.rebuilt, results.rebuilt_rates
        parts = [] if rebuilt is None or rates is None else [
            LINE_PARTS.say(RebuiltFacts.of(rebuilt, rates, now.line), words)
        ]  # fmt: skip
        points = (
            [finding(facts, changes, words), *moved],
            counted,
            [DEPTH.say(facts, words), MEAN_GAP.say(GapFacts.of(now.poverty, now.line), words)],
            [LINE.say(line, words), LINE_CHANGE.say(line, words), *parts],
            [RANK.say(RankFacts.of(results.record, results.ranks), words)],
            [BESIDE.say(BesideFacts.of(results.record, results.year), words)],
        )
        return Prose("\n".join(f"- {said}" for point in points if (said := joined(*point))))


class Poverty(Section):
    """Number of poor, P0, P1, P2."""

    name = "poverty"
    shows = ("text", "table")

    def say(self) -> Prose:
        """How many are poor, and how sure that is."""
        now, words = self.results.now, self.words
        facts = PovertyFacts.of(now.poverty, now.line, self.results.n_poor)
        factor = LINE_FACTOR.say(FactorFacts.of(now.line), words)
        return Prose(joined(POVERTY.say(facts, words), factor))

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
    shows = ("text", "figure", "table")

    def say(self) -> Prose:
        """The index of the year against the earlier rounds, and where the printed series breaks."""
        left_out = {
            "without_line": self.results.without_line,
            "without_area": self.results.without_area,
        }
        left_out = {reason: years for reason, years in left_out.items() if years}
        said = say_rounds(self.results.series, left_out, self.lang).text
        years = BreakFacts.of(sorted(self.results.printed_rates), self.results.breaks)
        return Prose(joined(said, BREAK.say(years, self.words)))

    def tabulate(self) -> Table:
        """Printed and recomputed figures by year."""
        results = self.results
        first = min([*results.printed_rates, results.rounds[0].round.year])
        period = f"{first}–{results.year}"
        return trend_table(
            results.record,
            results.headcounts,
            results.breaks,
            self.caption("trend", period),
            self.lang,
        )

    def draw(self) -> Drawing:
        """P0 by round, with the printed values."""
        return trend_figure(
            self.results.headcounts, self.results.printed_rates, self.lang, self.results.breaks
        )

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


class Depth(Section):
    """How far the poor are below the line."""

    name = "depth"
    shows = ("text",)

    def say(self) -> Prose:
        """P1 and P2, what they mean, and the gap in rupiah."""
        now, words = self.results.now, self.words
        facts = PovertyFacts.of(now.poverty, now.line, self.results.n_poor)
        gaps = MEAN_GAP.say(GapFacts.of(now.poverty, now.line), words)
        return Prose(joined(DEPTH.say(facts, words), words.say("gap_explained"), gaps))


class Inequality(Section):
    """How unequal spending is."""

    name = "inequality"
    shows = ("text", "table")

    def say(self) -> Prose:
        """Gini ratio and the share of the poorest 40 percent."""
        return Prose(INEQUALITY.say(InequalityFacts.of(self.results.inequality), self.words))

    def tabulate(self) -> Table:
        """Gini ratio and shares."""
        return table(self.results.inequality, self.lang, self.caption())

    def frames(self) -> dict[str, Tabular]:
        """Gini ratio and shares."""
        return {"inequality": self.results.inequality}


class Near(Section):
    """Far below the line, and little above it."""

    name = "near"
    shows = ("text", "table")

    def say(self) -> Prose:
        """Both shares with their intervals."""
        return Prose(NEAR.say(NearFacts.of(self.results.around_the_line), self.words))

    def tabulate(self) -> Table:
        """Shares around the line."""
        return table(self.results.around_the_line, self.lang, self.caption())

    def frames(self) -> dict[str, Tabular]:
        """Shares around the line."""
        return {"around-the-line": self.results.around_the_line}
