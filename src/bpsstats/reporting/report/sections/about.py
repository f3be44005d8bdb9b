"""What stands behind the figures: method, limits, terms, revisions, and how to cite them."""

from dataclasses import asdict

import pandas as pd

from bpsstats import __version__
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.words.summary import CITATION, CitationFacts

MOVED_SHOWN = 25  # cells


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


class Revisions(Section):
    """What has changed since the first release, cell by cell."""

    name = "revisions"
    shows = ("text",)

    def say(self) -> Prose:
        """The rule, and each revision with its reason and the cells that moved; of many the first,
        the others are in the file.
        """
        words, told = self.words, self.results.revisions.revisions
        parts = [words.say(self.name) + ("" if told else f" {words.say('first_vintage')}")]
        for revision in told:
            count = words.number(len(revision.moved))
            why = words.say("revised", n=revision.vintage, reason=revision.reason, cells=count)
            lines = [words.say("moved", **asdict(move)) for move in revision.moved[:MOVED_SHOWN]]
            if len(revision.moved) > MOVED_SHOWN:
                left = words.number(len(revision.moved) - MOVED_SHOWN)
                lines.append(words.say("moved_more", n=left))
            parts += [why, "\n".join(f"- {line}" for line in lines)]
        return Prose("\n\n".join(part for part in parts if part))

    def frames(self) -> dict[str, Tabular]:
        """All cells that moved."""
        revisions = self.results.revisions
        return {self.name: revisions} if len(revisions) else {}


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
