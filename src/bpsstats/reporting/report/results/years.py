"""The figures of several rounds together."""

from functools import cached_property

from bpsstats.models import (
    EducationModel,
    Specifications,
    education_model,
    education_specifications,
)
from bpsstats.poverty import (
    Changes,
    Decomposition,
    change,
    decompose_by_group,
    decompose_change,
    growth_incidence_curve,
)
from bpsstats.published.ledger import Recomputed
from bpsstats.reporting.report.results.rounds import Rounds
from bpsstats.reprs import count_of
from bpsstats.survey import Curve, Estimates, joint_source

CLASSES = "head_education"


class YearsCompared(Rounds):
    """Change, series and models. Parameters and errors as of `Rounds`."""

    @cached_property
    def changes(self) -> Changes | None:
        """Change compared with the year before."""
        return None if self.before is None else change(self.before.poverty, self.now.poverty)

    @cached_property
    def change_behind(self) -> Decomposition | None:
        """Parts of the change of P0: growth of the mean, redistribution and the line."""
        two = self.two_rounds
        return None if two is None else decompose_change(*two, level=self.level)

    @cached_property
    def change_classes(self) -> Decomposition | None:
        """Parts by the head's education; None where only one of the rounds holds a class."""
        two = self.two_rounds
        if two is None or len({frozenset(of.values_of(CLASSES).dropna()) for of in two[:2]}) > 1:
            return None
        return decompose_by_group(*two, CLASSES, level=self.level)

    @cached_property
    def change_incidence(self) -> Curve | None:
        """Growth of spending along the distribution, in prices of the line."""
        if self.before is None or self.two_rounds is None:
            return None
        prices = float(self.now.line) / float(self.before.line)
        return growth_incidence_curve(*self.two_rounds[:2], prices=prices, level=self.level)

    @cached_property
    def series(self) -> Estimates:
        """Poverty of all rounds."""
        rows = tuple(row for recomputed in self.rounds for row in recomputed.poverty)
        first, last = self.rounds[0].round, self.now.round
        several = f"March {first.year} to {last.year}"
        period = several if len(self.rounds) > 1 else last.period
        source, n = source_of(*self.rounds), len(self.rounds)
        heading = f"{last.area.name} · {period} · {source} · {count_of(n, 'round')}"
        return Estimates(rows, heading, self.level)

    @property
    def headcounts(self) -> Estimates:
        """P0 of all rounds."""
        rows = tuple(row for row in self.series if row.statistic == "headcount")
        return Estimates(rows, self.series.heading, self.level)

    @cached_property
    def model(self) -> EducationModel:
        """Poverty by the education of the household head."""
        return education_model(*self.rounds_and_lines, level=self.level)

    @cached_property
    def specifications(self) -> Specifications:
        """The same under several models."""
        return education_specifications(*self.rounds_and_lines, level=self.level)


def source_of(*rounds: Recomputed) -> str:
    """Kind of data of several rounds."""
    return joint_source(*(recomputed.round.provenance.source for recomputed in rounds))
