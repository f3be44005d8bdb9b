"""The annual release of an area and year: a list of sections, and all of them as files."""

from collections.abc import Iterator, Mapping

import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.microdata import find_area
from bpsstats.poverty import PovertyLine
from bpsstats.reporting.display import Cards, Drawing, Prose, Table
from bpsstats.reporting.report.results import Results, line_of, shown
from bpsstats.reporting.report.section import Section
from bpsstats.reporting.report.sections import PAGE, SECTIONS
from bpsstats.reporting.tables.table import lines_table
from bpsstats.reporting.words.language import language
from bpsstats.reporting.words.release import headline, say_source

LINES_SHOWN = 8  # years
# Results that a process was told to keep, by what they were asked for with.
_KEPT: dict[tuple[object, ...], Results] = {}


class Release:
    """What is shown of an area and year in one language; ``release["poverty"].table`` and the like.

    `results` are those that may be shown, `computed` as they were computed.

    Parameters
    ----------
    results : Results
    lang : {"en", "id"}
    """

    def __init__(self, results: Results, lang: str) -> None:
        language(lang)
        self.computed, self.results, self.lang = results, shown(results), lang
        self._sections = {section.name: section(self.results, lang) for section in SECTIONS}

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
        return iter([self._sections[section.name] for section in PAGE])

    @property
    def title(self) -> Prose:
        """Title of the report."""
        return Prose(f"# {self['poverty'].caption()}")

    @property
    def banner(self) -> Prose:
        """Kind of data."""
        source = self.results.now.round.provenance.source
        return say_source(source, self.lang, self.results.years_by_kind)

    @property
    def headline(self) -> Cards:
        """The three figures that the release is read for."""
        return headline(self.results.now.poverty, self.results.changes, self.lang)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Tables at full precision, by file name."""
        return {
            name: frame
            for section in self._sections.values()
            for name, frame in section.files().items()
        }

    def drawings(self) -> dict[str, Drawing]:
        """Figures by file name."""
        drawn = {
            section.file: section.figure for section in self._sections.values() if section.file
        }
        return {name: figure for name, figure in drawn.items() if isinstance(figure, Drawing)}

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

    Raises
    ------
    UnknownAreaError, UnknownYearError
        If there is no such area, round or line.
    ParameterError
        If the level or the language is none.
    InputError
        If a file is missing or inconsistent.

    Examples
    --------
    >>> release = annual_release("6471", 2022)
    >>> [section.name for section in release][:3]
    ['poverty', 'change', 'series']
    """
    language(lang)
    asked = (find_area(area).code, year, conf_level, lone_psu, accept_line)
    kept = _KEPT.get(asked) if factor is None else None
    results = kept or Results(area, year, conf_level, lone_psu, accept_line, factor)
    return Release(results, lang)


def remember(results: Results) -> None:
    """Keep results in this process, for whoever asks for the same with the factor on file.

    For a process that reads no file twice, such as the one that makes a report; elsewhere a
    release is computed from the files as they are.
    """
    asked = (results.area.code, results.year, results.level)
    _KEPT[*asked, results.lone_psu, results.accept_line] = results


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
    >>> bps.printed_lines("6471", 2022).frame.iloc[-1, :2].tolist()
    ['2022', '680,499']
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
