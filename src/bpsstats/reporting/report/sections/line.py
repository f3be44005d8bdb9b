"""The poverty line rebuilt from what people buy."""

from typing import ClassVar

from bpsstats.poverty.basic_needs.result import RebuiltLine
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.lines import basket_table, printed_lines
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.line import (
    BASKET,
    HOUSEHOLD_LINE,
    LINE_PARTS,
    BasketFacts,
    HouseholdFacts,
    RebuiltFacts,
    say_line,
    say_rebuilt_line,
)
from bpsstats.reporting.words.rule import joined


class Line(Section):
    """The rebuilt line beside the printed one."""

    name = "line"
    shows: ClassVar[tuple[str, ...]] = ("table", "text")

    def lacks(self) -> str:
        """The line before, the inflation since, or the items."""
        missing, year = self.results.rebuilt_lacks, self.results.year
        if not missing:
            return ""
        area = self.results.area.name
        return self.words.say(f"no_{missing}", area=area, year=year, before=year - 1)

    def say(self) -> Prose:
        """Whether the printed line lies in the interval of the rebuilt one."""
        results = self.results
        return say_rebuilt_line(self.rebuilt, results.now.line, self.lang, results.rebuilt_rates)

    def tabulate(self) -> Table:
        """Food and non-food line and their sum."""
        return table(self.rebuilt, self.lang)

    @property
    def rebuilt(self) -> RebuiltLine:
        """The rebuilt line, where nothing is lacking."""
        assert self.results.rebuilt is not None
        return self.results.rebuilt


class Lines(Section):
    """The printed line, its growth, and the line of a household."""

    name = "lines"
    shows: ClassVar[tuple[str, ...]] = ("text", "table")

    def say(self) -> Prose:
        """The line, its growth, and what it comes to for a household."""
        results = self.results
        household = HouseholdFacts.of(results.size_of_the_poor.row("mean:size"), results.now.line)
        said = say_line(results.now.line, results.line_before, self.lang).text
        return Prose(joined(said, HOUSEHOLD_LINE.say(household, self.words)))

    def tabulate(self) -> Table:
        """Printed lines by year."""
        return printed_lines(self.results.area.code, self.results.year, self.lang)


class Basket(Line):
    """What weighs most in the rebuilt line."""

    name = "basket"
    shows = ("text", "table")

    def say(self) -> Prose:
        """Food and other parts, what weighs most in each, and the rebuilt line beside print."""
        assert self.results.rebuilt_rates is not None
        printed, rates = self.results.now.line, self.results.rebuilt_rates
        facts = RebuiltFacts.of(self.rebuilt, rates, printed)
        heaviest = BASKET.say(BasketFacts.of(self.rebuilt, self.words), self.words)
        beside = say_rebuilt_line(self.rebuilt, printed, self.lang, rates).text
        return Prose(joined(LINE_PARTS.say(facts, self.words), heaviest, beside))

    def tabulate(self) -> Table:
        """The commodities that weigh most."""
        return basket_table(self.rebuilt, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """The basket."""
        return {"basket": self.rebuilt}
