"""The annual release: everything of one area and year, computed once and shown in one language.

The report, its tables as files and its figures as files all come from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from bpsstats.errors import ParameterError, UnknownYearError
from bpsstats.microdata import Round, find_area, known_years, read_round
from bpsstats.models import (
    EducationModel,
    Specifications,
    education_model,
    education_specifications,
)
from bpsstats.paths import has_round
from bpsstats.poverty import (
    Changes,
    PovertyLine,
    change,
    education_of_the_poor,
    engel_curve,
    headcount_by_line,
    poor_mask,
    poverty_line,
    work_of_the_poor,
)
from bpsstats.poverty.profile.groups import Group
from bpsstats.published import Comparisons, compare_recomputed, published, recompute
from bpsstats.published.ledger import Recomputed
from bpsstats.reporting.display import Cards, Drawing, Prose, Table
from bpsstats.reporting.figures import models as model_figures
from bpsstats.reporting.figures import poverty as figures
from bpsstats.reporting.tables.models import firth_note
from bpsstats.reporting.tables.table import lines_table, table
from bpsstats.reporting.words.change import say_change
from bpsstats.reporting.words.language import Language, language
from bpsstats.reporting.words.model import say_model, say_model_check, say_specifications
from bpsstats.reporting.words.poverty import say_poverty
from bpsstats.reporting.words.profile import say_bridge, say_education, say_food
from bpsstats.reporting.words.release import headline, say_ledger, say_source
from bpsstats.reporting.words.rule import joined
from bpsstats.survey import Estimate, Estimates, SurveyDesign
from bpsstats.survey.variance.intervals import check_level

ROUNDS_POOLED = 5
# Releases that a process was told to keep, by what they were asked for with.
_KEPT: dict[tuple[object, ...], "Release"] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """All results of an area and year; its properties are what the report shows, in `lang`.

    Parameters
    ----------
    rounds : tuple of Recomputed
        Rounds up to and including the year, at most five, the year's own last.
    model : EducationModel
    comparisons : Comparisons or None
        None where nothing of the year is on file as printed.
    level : float
        Confidence level.
    lang : {"en", "id"}
    """

    rounds: tuple[Recomputed, ...]
    model: EducationModel
    comparisons: Comparisons | None
    level: float
    lang: str
    lone_psu: str = "error"
    accept_line: bool = False

    @property
    def now(self) -> Recomputed:
        """The round of the year."""
        return self.rounds[-1]

    @property
    def before(self) -> Recomputed | None:
        """The round of the year before, if there is one."""
        if len(self.rounds) > 1 and self.rounds[-2].round.year == self.now.round.year - 1:
            return self.rounds[-2]
        return None

    @property
    def changes(self) -> Changes | None:
        """Change on the year before."""
        return None if self.before is None else change(self.before.poverty, self.now.poverty)

    @property
    def households(self) -> SurveyDesign:
        """Design over the households of the year."""
        return SurveyDesign(self.now.round.households)

    @property
    def persons(self) -> SurveyDesign:
        """Design over the persons of the year."""
        return SurveyDesign(self.now.round.persons)

    @property
    def series(self) -> Estimates:
        """Poverty of all rounds."""
        return series_of(self.rounds)

    # What the report shows, in the order of the report.

    @property
    def title(self) -> Prose:
        """Title of the report."""
        return Prose(f"# {self._caption('poverty')}")

    @property
    def banner(self) -> Prose:
        """Kind of data."""
        return say_source(self.now.round.provenance.source, self.lang)

    @property
    def headline(self) -> Cards:
        """The three figures that the release is read for."""
        return headline(self.now.poverty, self.changes, self.lang)

    @property
    def poverty_text(self) -> Prose:
        """How many are poor, and how sure that is."""
        n_poor = int(poor_mask(self.households, self.now.line).sum())
        return say_poverty(self.now.poverty, self.now.line, n_poor, self.lang)

    @property
    def change_text(self) -> Prose:
        """Whether the change can be told from chance."""
        return say_change(self.changes, lang=self.lang)

    @property
    def poverty_table(self) -> Table:
        """Number of poor, P0, P1, P2."""
        return table(self.now.poverty, self.lang, self._caption("poverty"))

    @property
    def change_table(self) -> Table | Prose:
        """Change on the year before."""
        if self.changes is None:
            return self.change_text
        years = {"before": str(self.now.round.year - 1), "after": str(self.now.round.year)}
        return table(self.changes, self.lang, self._words.say("change", "caption", **years))

    @property
    def trend_figure(self) -> Drawing:
        """P0 by round."""
        return figures.trend_figure(
            headcounts(self.series), printed_headcounts(self.now.round.area.code), self.lang
        )

    @property
    def education_text(self) -> Prose:
        """Education and work of the poor in words."""
        return say_education(self.now.education, self.now.work, self.lang)

    @property
    def education_table(self) -> Table:
        """Education of the poor and of the others."""
        return table(
            self._education("poor") + self._education("non-poor"),
            self.lang,
            self._caption("education"),
        )

    @property
    def education_figure(self) -> Drawing:
        """Education of the poor beside the others'."""
        poor, others = self._education("poor"), self._education("non-poor")
        return figures.shares_figure(poor, others, "education", self.lang)

    @property
    def work_table(self) -> Table:
        """Work of the poor and of the others."""
        return table(self.now.work + self._work("non-poor"), self.lang, self._caption("work"))

    @property
    def work_figure(self) -> Drawing:
        """Work of the poor beside the others'."""
        return figures.shares_figure(self.now.work, self._work("non-poor"), "work", self.lang)

    @property
    def food_text(self) -> Prose:
        """Engel's law in words."""
        return say_food(self.now.food, self.lang)

    @property
    def food_table(self) -> Table:
        """Food share of the poor, the others, all."""
        return table(self.now.food, self.lang, self._caption("food"))

    @property
    def food_figure(self) -> Drawing:
        """Engel curve."""
        return figures.engel_figure(
            engel_curve(self.households, level=self.level), self.now.line, self.lang
        )

    @property
    def model_text(self) -> Prose:
        """What the model says of education."""
        if self.model.effects is None:
            return say_model(self.model, self.lang)
        poor, others = self._education("poor"), self._education("non-poor")
        n_poor = int(poor_mask(self.households, self.now.line).sum())
        bridge = say_bridge(poor, others, self.model, n_poor, self.lang)
        return Prose(joined(say_model(self.model, self.lang).text, bridge.text))

    @property
    def model_table(self) -> Table | Prose:
        """Average marginal effects."""
        if self.model.effects is None:
            return self.model_text
        shown = table(
            self.model.effects, self.lang, self._caption("effects", self.model.design.period)
        )
        reason = None if self.model.result is None else self.model.result.reason
        return (
            shown
            if reason is None
            else replace(
                shown,
                notes=(*shown.notes, firth_note(reason, self._words, self.model.design.heading)),
            )
        )

    @property
    def odds_table(self) -> Table | Prose:
        """Odds ratios of the model."""
        if self.model.result is None:
            return self.model_text
        return table(self.model.result, self.lang, self._caption("logit", self.model.design.period))

    @property
    def model_figure(self) -> Drawing:
        """Predicted poverty by education."""
        return model_figures.education_model_figure(self.model, self.lang)

    @property
    def model_check(self) -> Prose:
        """The average prediction beside the observed rate."""
        return say_model_check(self.model, self.lang)

    @property
    def effects_figure(self) -> Drawing:
        """Average marginal effects."""
        return model_figures.effects_figure(self.model, self.lang)

    @property
    def size_figure(self) -> Drawing:
        """Predicted poverty by education over household size."""
        return model_figures.size_figure(self.model, self.lang)

    @property
    def specifications(self) -> Specifications:
        """The effect of education under several sensible models."""
        return _specifications(self)

    @property
    def specification_text(self) -> Prose:
        """How far the answer hangs on the model."""
        return say_specifications(self.specifications, self.lang)

    @property
    def specification_table(self) -> Table:
        """The effect of education under several sensible models, as a table."""
        return table(
            self.specifications,
            self.lang,
            self._caption("specifications", self.model.design.period),
        )

    @property
    def specification_figure(self) -> Drawing:
        """The specification curve."""
        return model_figures.specification_figure(self.specifications, self.lang)

    @property
    def ledger_text(self) -> Prose:
        """How many printed figures are recomputed."""
        return say_ledger(self.comparisons, self.lang)

    @property
    def ledger_table(self) -> Table | Prose:
        """Printed and recomputed, cell by cell."""
        if self.comparisons is None:
            return self.ledger_text
        year = str(self.now.round.year)
        caption = self._words.say("ledger", "caption", area=self.now.round.area.name, year=year)
        return table(self.comparisons, self.lang, caption)

    # The same as files.

    def frames(self) -> dict[str, pd.DataFrame]:
        """Tables at full precision, by file name."""
        tables = {
            "poverty": self.now.poverty.to_frame(),
            "poverty-by-round": self.series.to_frame(),
            "poverty-by-line": (
                headcount_by_line(self.households, self.now.line, level=self.level).to_frame()
            ),
            "education-of-the-poor": (
                (self._education("poor") + self._education("non-poor")).to_frame()
            ),
            "work-of-the-poor": (self.now.work + self._work("non-poor")).to_frame(),
            "sector-of-the-poor": self.now.sector.to_frame(),
            "food-share": self.now.food.to_frame(),
            "engel-curve": engel_curve(self.households, level=self.level).to_frame(),
        }
        if self.changes is not None:
            tables["change"] = self.changes.to_frame()
        if self.model.result is not None and self.model.effects is not None:
            tables["education-model"] = self.model.result.to_frame()
            tables["education-effects"] = self.model.effects.to_frame()
            tables["education-specifications"] = self.specifications.to_frame()
        if self.comparisons is not None:
            tables["printed-and-recomputed"] = self.comparisons.to_frame()
        source = self.now.round.provenance.source
        return {name: frame.assign(source=source) for name, frame in tables.items()}

    def drawings(self) -> dict[str, Drawing]:
        """Figures by file name."""
        return {
            "poverty-by-round": self.trend_figure,
            "education-of-the-poor": self.education_figure,
            "work-of-the-poor": self.work_figure,
            "engel-curve": self.food_figure,
            "education-model": self.model_figure,
            "education-specifications": self.specification_figure,
        }

    def _education(self, group: Group) -> Estimates:
        return education_of_the_poor(self.persons, self.now.line, group=group, level=self.level)

    def _work(self, group: Group) -> Estimates:
        return work_of_the_poor(self.persons, self.now.line, group=group, level=self.level)

    @property
    def _words(self) -> Language:
        return language(self.lang)

    def _caption(self, key: str, period: str | None = None) -> str:
        text = self._words.translate_period(period or self.now.round.period)
        return self._words.say(key, "caption", area=self.now.round.area.name, period=text)

    def __repr__(self) -> str:
        return f"Release of {self.now.poverty.heading}"


def annual_release(
    area: str | int,
    year: int,
    conf_level: float = 0.95,
    lang: str = "en",
    lone_psu: str = "error",
    accept_line: bool = False,
) -> Release:
    """Compute the release of an area and year.

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

    Raises
    ------
    UnknownAreaError, UnknownYearError
        If there is no such area, round or line.
    ParameterError
        If the level or the language is none.
    InputError
        If a file is missing or inconsistent.
    """
    language(lang)
    level = check_level(conf_level)
    kept = _KEPT.get((find_area(area).code, year, level, lone_psu, accept_line))
    if kept is not None:
        return kept if kept.lang == lang else replace(kept, lang=lang)
    rounds = tuple(
        recompute(round_, poverty_line(area, round_.year, accept=accept_line), level=level)
        for round_ in rounds_to(area, year, lone_psu)
    )
    now = rounds[-1]
    before = rounds[-2] if len(rounds) > 1 and rounds[-2].round.year == year - 1 else None
    try:
        comparisons = compare_recomputed(now, before)
    except UnknownYearError:  # a new year is on file before anything of it is printed
        comparisons = None
    model = education_model([r.round for r in rounds], [r.line for r in rounds], level=level)
    return Release(rounds, model, comparisons, level, lang, lone_psu, accept_line)


def remember(release: Release) -> None:
    """Keep a release in this process: who asks for the same is given this one.

    For a process that reads no file twice, such as the one that makes a report; elsewhere a
    release is computed from the files as they are.
    """
    code, year = release.now.round.area.code, release.now.round.year
    key = (code, year, release.level, release.lone_psu, release.accept_line)
    _KEPT[key] = release


def rounds_to(area: str | int, year: int, lone_psu: str = "error") -> list[Round]:
    """Rounds of an area up to a year, at most five; those whose files are not there are left out.

    Raises
    ------
    UnknownYearError
        If the files of the year itself are not there.
    """
    if not isinstance(year, int) or isinstance(year, bool):
        raise ParameterError(f"The year is {year!r}; it is a whole number such as 2022.")
    code = find_area(area).code
    earlier = [y for y in known_years() if year - ROUNDS_POOLED < y < year and has_round(y)]
    return [_round(code, y, lone_psu) for y in [*earlier, year]]


def series_of(rounds: tuple[Recomputed, ...]) -> Estimates:
    """Poverty of several rounds in one table."""
    rows = tuple(row for recomputed in rounds for row in recomputed.poverty)
    last = rounds[-1]
    period = (
        f"March {rounds[0].round.year} to {last.round.year}"
        if len(rounds) > 1
        else last.round.period
    )
    heading = (
        f"{last.round.area.name} · {period} · {last.round.provenance.source} · {len(rounds)} rounds"
    )
    return Estimates(rows, heading, last.poverty.level)


def headcounts(series: Estimates) -> Estimates:
    """The headcount ratios of a series."""
    rows: tuple[Estimate, ...] = tuple(row for row in series if row.statistic == "headcount")
    return Estimates(rows, series.heading, series.level)


def poverty_series(area: str | int, year: int, conf_level: float = 0.95) -> Estimates:
    """Headcount ratio of the rounds up to a year, at most five."""
    rounds = tuple(
        recompute(round_, poverty_line(area, round_.year), level=conf_level)
        for round_ in rounds_to(area, year)
    )
    return headcounts(series_of(rounds))


def printed_headcounts(area: str | int) -> Mapping[int, float]:
    """Printed P0 by year, percent."""
    values: dict[int, float] = {}
    for year in known_years():
        try:
            figures_of_year = published(area, year).figures()
        except UnknownYearError:
            continue
        if "headcount" in figures_of_year:
            values[year] = figures_of_year["headcount"]
    return values


def printed_lines(area: str | int, year: int, lang: str = "en") -> Table:
    """Printed lines of an area up to a year, as a table."""
    known = find_area(area)
    lines = [
        line
        for line in (_line(known.code, y) for y in range(year - 7, year + 1))
        if line is not None
    ]
    return lines_table([(line.year, float(line), line.source) for line in lines], known.name, lang)


def line_before(area: str | int, year: int) -> PovertyLine | None:
    """The line of the year before, if it is on file."""
    return _line(find_area(area).code, year - 1)


def _line(code: str, year: int) -> PovertyLine | None:
    """A line, or None where it is not on file."""
    try:
        return poverty_line(code, year)
    except UnknownYearError:
        return None


@cache
def _specifications(release: Release) -> Specifications:
    """The specifications of a release, fitted once."""
    rounds = [recomputed.round for recomputed in release.rounds]
    lines = [recomputed.line for recomputed in release.rounds]
    return education_specifications(rounds, lines, level=release.level)


@cache
def _round(code: str, year: int, lone_psu: str) -> Round:
    """A round, read once in a process; its frames are never changed."""
    return read_round(code, year, lone_psu=lone_psu)
