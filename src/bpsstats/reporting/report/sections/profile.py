"""Where the poor differ from the others, over all tables of the profile."""

import math

from bpsstats.poverty.profile.deprivations import not_told
from bpsstats.poverty.profile.differences import Difference
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.profile.pictures import differences_figure
from bpsstats.reporting.profile.shown import ShownDifferences, difference_name, shown_differences
from bpsstats.reporting.profile.tables import differences_table
from bpsstats.reporting.report.section import NOTHING, Section, Tabular
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.profile import PROFILE, ProfileFacts
from bpsstats.survey import Estimates


class Deprivations(Section):
    """Of how many things at once households are deprived."""

    name = "deprivations"
    shows = ("text", "table")

    def lacks(self) -> str:
        """Without all indicators there is no count."""
        reasons = dict.fromkeys(not_told(self.results.now.round).values())
        said = " ".join(self.words.translated(reason) for reason in reasons)
        return self.words.say("deprivations_none", reasons=said) if said else ""

    def tabulate(self) -> Table:
        """The counts."""
        return table(self._found(), self.lang)

    def frames(self) -> dict[str, Tabular]:
        """The same."""
        return {self.name: self._found()}

    def _found(self) -> Estimates:
        """The counts of the year."""
        assert self.results.deprivations is not None
        return self.results.deprivations


class Profile(Section):
    """The largest differences; all tables are in the files."""

    name = "profile"
    file = "profile-differences"

    def say(self) -> Prose:
        """How many comparisons hold, and the largest of them."""
        shown = self._shown()
        tested = [one for one in shown if math.isfinite(one.p_holm)]
        sure = [one for one in tested if one.is_significant]
        name, gap = "", (math.nan,) * 3
        for first in [one for one in sure if one.conf_low > 0 or one.conf_high < 0][:1]:
            name = difference_name(self.results.profile, first, self.lang)
            gap = (first.difference, first.conf_low, first.conf_high)
        facts = ProfileFacts(
            self.results.now.round.period, len(tested), len(sure), self.results.n_poor, name,
            *gap, self.results.level,
        )  # fmt: skip
        return Prose(PROFILE.say(facts, self.words))

    def tabulate(self) -> Table | Prose:
        """The largest differences; nothing where all are withheld."""
        shown = self._shown()
        return differences_table(self.results.profile, shown, self.lang) if shown else NOTHING

    def draw(self) -> Drawing | Prose:
        """The largest differences with their intervals; nothing where all are withheld."""
        shown = self._shown()
        return differences_figure(self.results.profile, shown, self.lang) if shown else NOTHING

    def frames(self) -> dict[str, Tabular]:
        """All cells of all tables that may be shown, and all differences."""
        shown = self._shown()
        tested: dict[str, Tabular] = {self.file: ShownDifferences(shown)} if shown else {}
        return {"profile": self.results.profile, **tested}

    def _shown(self) -> tuple[Difference, ...]:
        """The comparisons of which nothing is withheld."""
        return shown_differences(self.results.profile, self.results.profile_differences)
