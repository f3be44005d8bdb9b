"""What stands behind the figures: method, limits, terms, revisions, and how to cite them."""

import pandas as pd

from bpsstats import __version__
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.report.section import Section
from bpsstats.reporting.words.summary import CITATION, CitationFacts


class _OfCatalogue(Section):
    """A text that stands in the catalogue."""

    shows = ("text",)

    def say(self) -> Prose:
        """The text."""
        return Prose(self.words.say(self.name))


class Method(_OfCatalogue):
    """How the figures are computed."""

    name = "method"


class Limits(_OfCatalogue):
    """What the figures do not say."""

    name = "limits"


class Revisions(_OfCatalogue):
    """What has changed since the last release."""

    name = "revisions"


class Glossary(Section):
    """The terms of the release."""

    name = "glossary"
    shows = ("table",)

    def tabulate(self) -> Table:
        """Terms and their meaning."""
        terms = self.words.words["glossary"]
        column = self.words.words["column"]
        frame = pd.DataFrame({column["word"]: list(terms), column["meaning"]: list(terms.values())})
        return Table(self.caption(), frame)


class Citation(Section):
    """How to cite the release."""

    name = "citation"
    shows = ("text",)

    def say(self) -> Prose:
        """Title, number, date and program."""
        now, office = self.results.now, self.office
        about = (office.number, office.said("date", self.words), __version__)
        facts = CitationFacts(now.line.area, now.round.period, *about)
        return Prose(CITATION.say(facts, self.words))
