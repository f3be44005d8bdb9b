"""What lies behind the change of a year: growth, redistribution and the line; classes and their
rates; growth along the distribution.
"""

from collections.abc import Sequence

from bpsstats.poverty import (
    Decomposition,
    decompose_by_group,
    decompose_change,
    growth_incidence_curve,
)
from bpsstats.published.ledger import Recomputed
from bpsstats.reporting.display import Table
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.table import table
from bpsstats.survey import Curve, SurveyDesign

CLASSES = "head_education"


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
        return decompose_change(*self._designs(), *self._lines(), level=self.results.level)

    def _before(self) -> Recomputed:
        assert self.results.before is not None
        return self.results.before

    def _designs(self) -> tuple[SurveyDesign, SurveyDesign]:
        return SurveyDesign(self._before().round.households), self.results.households

    def _lines(self) -> tuple[float, float]:
        return self._before().line.threshold, self.results.now.line.threshold


class Classes(Behind):
    """Composition by the head's education, and the rates of the classes."""

    name = "classes"

    def lacks(self) -> str:
        """A class that only one of the rounds holds has no change."""
        if reason := super().lacks():
            return reason
        held = [set(design.frame[CLASSES].dropna()) for design in self._designs()]
        return "" if held[0] == held[1] else self.words.say("classes_differ")

    def found(self) -> Decomposition | Curve:
        """The parts of each class."""
        two = (*self._designs(), *self._lines())
        return decompose_by_group(*two, CLASSES, level=self.results.level)


class Incidence(Behind):
    """Growth of spending at each twentieth of persons, in prices of the poverty line."""

    name = "incidence"

    def found(self) -> Decomposition | Curve:
        """Growth of each quantile."""
        before, after = (float(of.line) for of in (self._before(), self.results.now))
        level = self.results.level
        return growth_incidence_curve(*self._designs(), prices=after / before, level=level)
