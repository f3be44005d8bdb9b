"""The round of a year and those before it, with their lines and their figures, read when they are
first asked for.
"""

from collections.abc import Mapping
from functools import cached_property

from bpsstats.errors import ParameterError
from bpsstats.microdata import Round, find_area, known_years, read_round
from bpsstats.microdata.files.region import areas_in_round
from bpsstats.paths import has_round
from bpsstats.poverty import PovertyLine, poverty_line
from bpsstats.poverty.lines.official import line_if_any
from bpsstats.published import recompute
from bpsstats.published.ledger import Recomputed
from bpsstats.survey import SurveyDesign
from bpsstats.survey.variance.intervals import check_level

ROUNDS_POOLED = 5


class Rounds:
    """The rounds of an area up to a year.

    What the whole needs, the files of the year and its line, is read at once; earlier rounds when
    they are asked for.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int
        Year of the March round.
    level : float
        Confidence level of all intervals.
    lone_psu : {"error", "centre", "merge", "certainty", "average"}
        What to do with a stratum with a single PSU.
    accept_line : bool
        Whether to take a line that moved by more than a line does from one year to the next.
    factor : float or mapping of int to float, optional
        Correction factor of the year, or of each year; default those on file.

    Raises
    ------
    UnknownAreaError, UnknownYearError
        If there is no such area, round or line.
    ParameterError
        If the level is none, or the year no whole number.
    InputError
        If a file is missing or inconsistent.
    """

    def __init__(
        self,
        area: str | int,
        year: int,
        level: float = 0.95,
        lone_psu: str = "error",
        accept_line: bool = False,
        factor: float | Mapping[int, float] | None = None,
    ) -> None:
        if not isinstance(year, int) or isinstance(year, bool):
            raise ParameterError(f"The year is {year!r}; it is a whole number such as 2022.")
        self.area, self.year, self.level = find_area(area), year, check_level(level)
        self.lone_psu, self.accept_line = lone_psu, accept_line
        self.factors: Mapping[int, float | None] = (
            factor if isinstance(factor, Mapping) else {year: factor}
        )
        line = poverty_line(self.area.code, year, accept=accept_line, factor=self.factors.get(year))
        self.now = recompute(self._round(year), line, level=self.level)

    @cached_property
    def rounds(self) -> tuple[Recomputed, ...]:
        """Rounds up to and including the year, at most five, the year's own last."""
        earlier = [year for year, line in self.earlier.items() if line is not None]
        return (*map(self.recomputed, earlier), self.now)

    def recomputed(self, year: int) -> Recomputed:
        """The figures of an earlier round."""
        line = self.earlier[year]
        assert line is not None
        return recompute(self._round(year), line, level=self.level)

    @cached_property
    def without_line(self) -> tuple[int, ...]:
        """Earlier rounds that are there but are left out, because no line of theirs is on file."""
        return tuple(year for year, line in self.earlier.items() if line is None)

    @cached_property
    def without_area(self) -> tuple[int, ...]:
        """Earlier rounds that are there without the area."""
        years = self._files_before
        return tuple(year for year in years if self.area.code not in areas_in_round(year))

    @cached_property
    def _files_before(self) -> tuple[int, ...]:
        """Years before whose files are there."""
        first = self.year - ROUNDS_POOLED + 1
        years = (year for year in known_years() if first <= year < self.year)
        return tuple(year for year in years if has_round(year))

    @cached_property
    def earlier(self) -> dict[int, PovertyLine | None]:
        """Years before whose files hold the area, with their lines."""
        years = [year for year in self._files_before if year not in self.without_area]
        return {year: self._line(year) for year in years}

    @property
    def before(self) -> Recomputed | None:
        """The round of the year before, if there is one."""
        earlier = [r for r in self.rounds if r.round.year == self.year - 1]
        return earlier[0] if earlier else None

    @cached_property
    def line_before(self) -> PovertyLine | None:
        """The line of the year before, if it is on file."""
        return self._line(self.year - 1)

    @cached_property
    def households(self) -> SurveyDesign:
        """Design over the households of the year."""
        return SurveyDesign(self.now.round.households)

    @cached_property
    def persons(self) -> SurveyDesign:
        """Design over the persons of the year."""
        return SurveyDesign(self.now.round.persons)

    @property
    def two_rounds(self) -> tuple[SurveyDesign, SurveyDesign, float, float] | None:
        """Designs and lines of the year before and of the year."""
        if self.before is None:
            return None
        before = SurveyDesign(self.before.round.households)
        return before, self.households, self.before.line.threshold, self.now.line.threshold

    @property
    def years_by_kind(self) -> dict[str, str]:
        """Years of the rounds of each kind of data, in words."""
        kinds: dict[str, list[str]] = {}
        for recomputed in self.rounds:
            kind = recomputed.round.provenance.kind
            kinds.setdefault(kind, []).append(str(recomputed.round.year))
        return {kind: ", ".join(years) for kind, years in kinds.items()}

    @property
    def both_years(self) -> tuple[Recomputed, ...]:
        """The round of the year before, where there is one, and that of the year."""
        return (*([self.before] if self.before else []), self.now)

    @property
    def rounds_and_lines(self) -> tuple[list[Round], list[PovertyLine]]:
        """All rounds, and the line of each."""
        return [r.round for r in self.rounds], [r.line for r in self.rounds]

    def _line(self, year: int) -> PovertyLine | None:
        """A line with its factor, or None where it is not on file."""
        factor = self.factors.get(year)
        return line_if_any(self.area.code, year, accept=self.accept_line, factor=factor)

    def _round(self, year: int) -> Round:
        return read_round(self.area.code, year, lone_psu=self.lone_psu)
