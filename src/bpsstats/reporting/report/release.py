"""The annual release of an area and year: a list of sections, and all of them as files."""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from bpsstats import __version__
from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.microdata import find_area
from bpsstats.reporting.display import Cards, Prose, Table
from bpsstats.reporting.formats.package import PROGRAM
from bpsstats.reporting.formats.tables import OutTable
from bpsstats.reporting.report.results import Results, shown
from bpsstats.reporting.report.section import MASTHEAD, Office, Section
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import language
from bpsstats.reporting.words.poverty import PovertyFacts
from bpsstats.reporting.words.release import headline, say_source
from bpsstats.reporting.words.summary import finding

if TYPE_CHECKING:  # each section draws, which takes long to load
    from bpsstats.reporting.figures.drawing import Drawing

# Results that a process was told to keep, by what they were asked for with.
_KEPT: dict[tuple[object, ...], Results] = {}


class Release:
    """What is shown of an area and year in one language; ``release["poverty"].table`` and the like.

    `results` are those that may be shown, `computed` as they were computed.

    Parameters
    ----------
    results : Results
    lang : {"en", "id"}
    office : Office
        What the office writes over its release.
    """

    def __init__(
        self,
        results: Results,
        lang: str,
        office: Office = Office(),  # noqa: B008 - frozen
    ) -> None:
        language(lang)
        self.computed, self.results = results, shown(results)
        self.lang, self.office = lang, office

    @cached_property
    def _sections(self) -> dict[str, Section]:
        """All sections by name."""
        # Loaded here: they draw, and what they draw with takes longer to load than the title waits.
        from bpsstats.reporting.report.sections import SECTIONS

        return {s.name: s(self.results, self.lang, self.office) for s in SECTIONS}

    def __getitem__(self, name: str) -> Section:
        """A section.

        Raises
        ------
        ParameterError
            If there is none of that name.
        """
        if name not in self._sections:
            raise ParameterError(
                f"The report has no section {name!r}. Its sections are:"
                f" {', '.join(self._sections)}."
            )
        return self._sections[name]

    def __iter__(self) -> Iterator[Section]:
        """The sections of the page, in their order."""
        from bpsstats.reporting.report.sections import PAGE

        return iter([self._sections[section.name] for section in PAGE])

    @property
    def title(self) -> Prose:
        """Title of the report."""
        return Prose(f"# {Section(self.results, self.lang).caption('poverty')}")

    @property
    def finding(self) -> Prose:
        """The headline: how many are poor, and whether that has changed."""
        now, words = self.results.now, language(self.lang)
        facts = PovertyFacts.of(now.poverty, now.line, self.results.n_poor)
        return Prose(f"**{finding(facts, self.results.changes, words)}**")

    @property
    def masthead(self) -> Table:
        """Number, date, period, data, contact, licence and next release: those that are stated."""
        words, now = language(self.lang), self.results.now.round
        said = {name: self.office.said(name, words) for name in MASTHEAD}
        said |= {
            "period": words.translate_period(now.period),
            "data": translate_heading(now.provenance.source, words),
        }
        rows = {words.word("masthead", name): said[name] for name in words.words["masthead"]}
        rows = {name: text for name, text in rows.items() if text}
        return Table("", pd.DataFrame({"": list(rows), " ": list(rows.values())}))

    @property
    def banner(self) -> Prose:
        """Kind of data, and what was assumed of the files of the year and the year before."""
        source = self.results.now.round.provenance.source
        said = [say_source(source, self.lang, self.results.years_by_kind).text]
        for made_from in self.results.both_years:
            if notes := made_from.round.provenance.notes:
                words, year = language(self.lang), made_from.round.year
                all_notes = " ".join(map(words.translated, notes))
                said.append(f"> {words.say('banner_notes', year=year, notes=all_notes)}")
        return Prose("\n>\n".join(said))

    @property
    def headline(self) -> Cards:
        """The three figures that the release is read for."""
        return headline(self.results.now.poverty, self.results.changes, self.lang)

    def tables(self) -> list[OutTable]:
        """Tables at full precision, as they are handed out."""
        area = self.results.area
        about = {"area_code": area.code, "area": area.name}
        return [
            OutTable(name, frame, about, self.lang)
            for section in self._sections.values()
            for name, frame in section.files().items()
        ]

    @property
    def name(self) -> str:
        """Title of the report as plain text."""
        return self.title.text.lstrip("# ")

    @property
    def author(self) -> str:
        """Who hands it out, as far as the office says."""
        return self.office.contact or PROGRAM

    def cover(self) -> list[str]:
        """Lines of the cover of its workbook."""
        facts = self.masthead.frame.itertuples(index=False)
        banner = repr(self.banner).replace("> ", "")
        return [repr(self.finding), banner, *(f"{row[0]}: {row[1]}" for row in facts)]

    def notes(self) -> list[str]:
        """Notes of its workbook."""
        words = language(self.lang)
        level = words.number(100 * self.results.level, 0)
        notes = [words.say("level", "workbook", level=level)]
        return [*notes, words.say("made_with", "workbook", version=__version__)]

    def about_paper(self) -> dict[str, Any]:
        """What its PDF says of itself."""
        words, now = language(self.lang), self.results.now.round
        imprint = [f"{PROGRAM} {__version__}", self.office.number]
        return {
            "title": self.name,
            "lang": self.lang,
            "author": self.author,
            "description": repr(self.finding),
            "keywords": [now.area.name, words.translate_period(now.period), "Susenas"],
            "kind": translate_heading(now.provenance.source, words),
            "imprint": " · ".join(filter(None, imprint)),
            "words": {**words.words["paper"], **words.words["page"]},
        }

    def drawings(self) -> "dict[str, Drawing]":
        """Figures by file name."""
        drawn = {
            section.file: section.figure for section in self._sections.values() if section.file
        }
        return {name: figure for name, figure in drawn.items() if not isinstance(figure, Prose)}

    def __repr__(self) -> str:
        return f"Release of {self.results.now.poverty.heading}"


@checked
def annual_release(
    area: str | int,
    year: int,
    conf_level: float = 0.95,
    lang: str = "en",
    lone_psu: str = "error",
    accept_line: bool = False,
    factor: float | Mapping[int, float] | None = None,
    masthead: Mapping[str, str] | None = None,
) -> Release:
    """The release of an area and year.

    What the whole needs is read at once; a section is computed when it is first looked at.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int
        Year of the March round.
    conf_level : float
        Confidence level of all intervals.
    lang : {"en", "id"}
        Language of what is shown.
    lone_psu : {"error", "centre", "merge", "certainty", "average"}
        What to do with a stratum with a single PSU.
    accept_line : bool
        Whether to take a line that moved by more than a line does from one year to the next.
    factor : float or mapping of int to float, optional
        Correction factor of the year, or of each year; default those on file, which are 1 for
        nearly all. See `poverty_line`.
    masthead : mapping of str to str, optional
        What the office writes over it: `number`, `date`, `contact`, `licence`, `next_release`.

    Raises
    ------
    UnknownAreaError, UnknownYearError
        If there is no such area, round or line.
    ParameterError
        If the level, the language, a day or a name of the masthead is none.
    InputError
        If a file is missing or inconsistent.

    Examples
    --------
    >>> release = annual_release("6471", 2022)
    >>> [section.name for section in release][:3]
    ['summary', 'poverty', 'change']
    """
    language(lang)
    unknown = set(masthead or ()) - set(MASTHEAD)
    if unknown:
        raise ParameterError(
            f"The masthead has no {', '.join(sorted(unknown))}. It has: {', '.join(MASTHEAD)}."
        )
    asked = (find_area(area).code, year, conf_level, lone_psu, accept_line)
    office = Office(**(masthead or {}))
    kept = _KEPT.get(asked) if factor is None else None
    if kept is not None:
        return _of_kept(kept, lang, office)
    return Release(Results(area, year, conf_level, lone_psu, accept_line, factor), lang, office)


# One release of what is kept, so that each of its figures is drawn once.
_of_kept = cache(Release)


def remember(results: Results) -> None:
    """Keep results in this process, for whoever asks for the same with the factor on file.

    For a process that reads no file twice, such as the one that makes a report; elsewhere a
    release is computed from the files as they are.
    """
    asked = (results.area.code, results.year, results.level)
    _KEPT[*asked, results.lone_psu, results.accept_line] = results
