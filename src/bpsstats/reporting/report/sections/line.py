"""The poverty line rebuilt from what people buy."""

from typing import ClassVar

from bpsstats.arguments import checked
from bpsstats.microdata import find_area
from bpsstats.poverty import PovertyLine
from bpsstats.poverty.basic_needs.result import RebuiltLine
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.report.results import line_of
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.lines import basket_table, lines_table
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

LINES_SHOWN = 8  # years


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
        return say_rebuilt_line(self.rebuilt, self.results.now.line, self.lang)

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
        facts = RebuiltFacts.of(self.rebuilt, self.results.now.line)
        heaviest = BASKET.say(BasketFacts.of(self.rebuilt, self.words), self.words)
        beside = say_rebuilt_line(self.rebuilt, self.results.now.line, self.lang).text
        return Prose(joined(LINE_PARTS.say(facts, self.words), heaviest, beside))

    def tabulate(self) -> Table:
        """The commodities that weigh most."""
        return basket_table(self.rebuilt, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """The basket."""
        return {"basket": self.rebuilt}


@checked
def printed_lines(area: str | int, year: int, lang: str = "en") -> Table:
    """Printed lines of an area up to a year, as a table.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int
        Last year.
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> bps.printed_lines("6471", 2022).frame.iloc[:, 0].tolist()[-2:]
    ['2021', '2022']
    """
    known = find_area(area)
    years = range(year - LINES_SHOWN + 1, year + 1)
    lines = [line for line in (line_of(known.code, y, accept=True) for y in years) if line]
    return lines_table([(line.year, float(line), line.source) for line in lines], known.name, lang)


@checked
def line_before(area: str | int, year: int) -> PovertyLine | None:
    """The line of the year before, if it is on file.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int

    Examples
    --------
    >>> import bpsstats as bps
    >>> bps.line_before("6471", 2022).year
    2021
    """
    return line_of(find_area(area).code, year - 1, accept=True)
