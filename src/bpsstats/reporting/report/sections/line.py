"""The poverty line rebuilt from what people buy."""

from typing import ClassVar

from bpsstats.poverty.basic_needs.result import RebuiltLine
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.report.section import Section
from bpsstats.reporting.tables.lines import basket_table
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.line import say_rebuilt_line


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


class Basket(Line):
    """What weighs most in the rebuilt line."""

    name = "basket"
    shows = ("table",)

    def say(self) -> Prose:
        """Nothing: the table speaks."""
        return Prose("")

    def tabulate(self) -> Table:
        """The commodities that weigh most."""
        return basket_table(self.rebuilt, self.lang)
