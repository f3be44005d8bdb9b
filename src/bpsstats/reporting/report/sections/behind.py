"""What lies behind the change of a year: growth, redistribution and the line; classes and their
rates; growth along the distribution.
"""

from collections.abc import Sequence

from bpsstats.poverty import Decomposition
from bpsstats.published.ledger import Recomputed
from bpsstats.reporting.display import Table
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.table import table
from bpsstats.survey import Curve


class Behind(Section):
    """Growth of the mean, redistribution and the line."""

    name = "behind"
    shows = ("table",)

    def lacks(self) -> str:
        """Without a round of the year before there is no change."""
        return "" if self.results.before else self.words.say("change_none")

    def tabulate(self) -> Table:
        """The parts and what they add up to."""
        return table(self.found(), self.lang)

    def frames(self) -> dict[str, Tabular]:
        """The same."""
        return {f"change-{self.name}": self.found()}

    @property
    def made_from(self) -> Sequence[Recomputed]:
        """Both years."""
        return self.results.both_years

    def found(self) -> Decomposition | Curve:
        """The parts of the change of P0."""
        assert self.results.change_behind is not None
        return self.results.change_behind


class Classes(Behind):
    """Composition by the head's education, and the rates of the classes."""

    name = "classes"

    def lacks(self) -> str:
        """A class that only one of the rounds holds has no change."""
        if reason := super().lacks():
            return reason
        return "" if self.results.change_classes else self.words.say("classes_differ")

    def found(self) -> Decomposition | Curve:
        """The parts of each class."""
        assert self.results.change_classes is not None
        return self.results.change_classes


class Incidence(Behind):
    """Growth of spending at each twentieth of persons, in prices of the poverty line."""

    name = "incidence"

    def found(self) -> Decomposition | Curve:
        """Growth of each quantile."""
        assert self.results.change_incidence is not None
        return self.results.change_incidence
