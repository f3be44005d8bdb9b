"""The recomputed figures beside the printed ones."""

from collections.abc import Sequence
from typing import Any

from bpsstats.published.ledger import Recomputed
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.disclosure import Withheld
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.areas import BESIDE, RANK, BesideFacts, RankFacts
from bpsstats.reporting.words.change import PRINT
from bpsstats.reporting.words.poverty import PRESENTATION, RELIABILITY, PovertyFacts
from bpsstats.reporting.words.release import say_ledger
from bpsstats.reporting.words.rule import joined
from bpsstats.reporting.words.summary import SAMPLE, SampleFacts

PRINT_ALONE = "printed figures of BPS"


class Areas(Section):
    """The area beside the others of its province, the province and the nation."""

    name = "areas"
    shows = ("text", "table")

    def lacks(self) -> str:
        """Where no rate of the area is printed, there is no rank."""
        ranked = {row.area_code for row in self.results.ranks}
        return "" if self.results.area.code in ranked else self.words.say("ledger_none")

    def say(self) -> Prose:
        """Rank, and the rates of province and nation."""
        results, words = self.results, self.words
        rank = RANK.say(RankFacts.of(results.record, results.ranks), words)
        beside = BESIDE.say(BesideFacts.of(results.record, results.year), words)
        return Prose(joined(rank, beside))

    def tabulate(self) -> Table:
        """The areas by their printed rate."""
        return table(self.results.ranks, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """The areas by their printed rate."""
        return {"ranks": self.results.ranks}

    def facts(self) -> dict[str, Any]:
        """Print alone."""
        return {"source": PRINT_ALONE}


class Quality(Section):
    """How sure the figures are."""

    name = "quality"
    shows = ("text",)

    def say(self) -> Prose:
        """What the rate rests on, its classes, and what print adds."""
        results, words = self.results, self.words
        now = results.now
        facts = PovertyFacts.of(now.poverty, now.line, results.n_poor)
        sample = SampleFacts.of(now.poverty.row("headcount"), results.n_poor)
        sure = (one.say(facts, words) for one in (RELIABILITY, PRESENTATION))
        steady = "" if results.changes else PRINT.say(results.steadiness, words)
        return Prose(joined(SAMPLE.say(sample, words), *sure, steady))


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
