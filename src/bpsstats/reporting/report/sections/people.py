"""Who the poor are, and what they spend on food."""

from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.figures.poverty import engel_figure, shares_figure
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.profile import who_table
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.profile import say_education, say_food, say_work
from bpsstats.survey import Estimates


class _OfPersons(Section):
    """What is told of persons is left out where the round has none."""

    def lacks(self) -> str:
        """Without a roster there are no persons."""
        return "" if self.results.now.work.rows else self.words.say("no_persons")


class Education(_OfPersons):
    """Education of the poor and of the others."""

    name = "education"
    file = "education-of-the-poor"

    def say(self) -> Prose:
        """Shares of the poor with their intervals."""
        return say_education(self.results.education, self.lang)

    def tabulate(self) -> Table:
        """Both groups."""
        return table(self._both(), self.lang, self.caption())

    def draw(self) -> Drawing:
        """Both groups side by side."""
        poor, others = self.results.education, self.results.education_of_others
        return shares_figure(poor, others, self.name, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """Both groups."""
        return {self.file: self._both()}

    def _both(self) -> Estimates:
        return self.results.education + self.results.education_of_others


class Work(_OfPersons):
    """Work of the poor and of the others."""

    name = "work"
    file = "work-of-the-poor"
    shows = ("text", "table")

    def say(self) -> Prose:
        """Shares of the poor with their intervals."""
        return say_work(self.results.now.work, self.lang)

    def tabulate(self) -> Table:
        """Both groups."""
        return table(self._both(), self.lang, self.caption())

    def draw(self) -> Drawing:
        """Both groups side by side."""
        poor, others = self.results.now.work, self.results.work_of_others
        return shares_figure(poor, others, self.name, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """Both groups, and the sectors of the poor."""
        sector = self.results.now.sector
        return {self.file: self._both(), "sector-of-the-poor": sector}

    def _both(self) -> Estimates:
        return self.results.now.work + self.results.work_of_others


class Who(Section):
    """The poor and the others by what the profile tells of them."""

    name = "who"
    shows = ("text", "table")  # the text is what is said where there are no persons

    def lacks(self) -> str:
        """Without persons there is no profile of them."""
        return "" if self.results.who.rows else self.words.say("no_persons")

    def tabulate(self) -> Table:
        """Each characteristic of both groups."""
        return who_table(self.results.who, self.lang, self.caption())

    def frames(self) -> dict[str, Tabular]:
        """Each characteristic of both groups."""
        return {"who-the-poor-are": self.results.who}


class Food(Section):
    """Food in the household budget."""

    name = "food"
    file = "engel-curve"

    def say(self) -> Prose:
        """Engel's law in two numbers and their difference."""
        return say_food(self.results.now.food, self.lang)

    def tabulate(self) -> Table:
        """Food share of the poor, the others, all."""
        return table(self.results.now.food, self.lang, self.caption())

    def draw(self) -> Drawing:
        """Engel curve."""
        return engel_figure(self.results.engel, self.results.now.line, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """Food shares, and the Engel curve."""
        food, curve = self.results.now.food, self.results.engel
        return {"food-share": food, "engel-curve": curve}
