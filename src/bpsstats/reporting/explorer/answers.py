"""The numbers of a question: made by the same functions as everywhere, and kept while they hold."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from bpsstats.disclosure import released
from bpsstats.errors import BpsStatsError, NotEstimableError, ParameterError
from bpsstats.microdata import Round, find_area, known_years, read_round
from bpsstats.microdata.files.region import areas_in_round
from bpsstats.microdata.lists.areas import Area
from bpsstats.microdata.read import is_processed
from bpsstats.paths import has_round
from bpsstats.poverty import (
    PovertyLine,
    headcount,
    poor_count,
    poverty_gap,
    poverty_line,
    severity,
)
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.reporting.explorer.question import (
    CHARACTERISTICS,
    EVERYBODY,
    HIGHEST,
    INDICES,
    LOWEST,
    Question,
    records_of,
)
from bpsstats.survey import Estimates, Ratio, SurveyDesign, estimate, population
from bpsstats.survey.estimate import categories_of

GRID = np.linspace(LOWEST, HIGHEST, 11)  # multiples of the line along the curve
BANDS = np.arange(0.0, 5.01, 0.2)  # of spending, in multiples of the line; the last is open
MAKE = dict(zip(INDICES, (poor_count, headcount, poverty_gap, severity), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What is drawn of a question.

    Parameters
    ----------
    line : PovertyLine
        With the factor of the question, not moved.
    z : float
        What spending is held against: the multiple of the line over its factor, Rp per month.
    table : Estimates
        Number of poor, P0, P1, P2.
    profile : Estimates
        The index by a characteristic.
    curve : Estimates
        The index at the lines of `GRID`, in their order.
    spending : Estimates
        Persons by band of spending, in the order of `BANDS`.
    """

    line: PovertyLine
    z: float
    table: Estimates
    profile: Estimates
    curve: Estimates
    spending: Estimates


class OneRound:
    """A round of an area, and what was computed of it."""

    def __init__(self, area: str, year: int, level: float) -> None:
        self.round: Round = read_round(area, year)
        self.level = level
        self._kept: dict[tuple[object, ...], Estimates] = {}
        self._with_bands: dict[tuple[str, PovertyLine], SurveyDesign] = {}

    @cached_property
    def designs(self) -> dict[str, SurveyDesign]:
        """Designs over households and, where there is a roster, persons, who know the
        characteristics of their household.
        """
        households, persons = self.round.households, self.round.persons
        designs = {"households": SurveyDesign(households)}
        if len(persons):
            known = households.set_index("household")
            names = [n for n in CHARACTERISTICS["households"] if n not in persons.columns]
            kept = {n: persons["household"].map(known[n]) for n in names if n in known.columns}
            designs["persons"] = SurveyDesign(_with(persons, kept))
        return designs

    @cached_property
    def characteristics(self) -> list[str]:
        """Characteristics that the records of this round have."""
        return [
            name
            for records, names in CHARACTERISTICS.items()
            for name in names
            if records in self.designs and name in self.designs[records].frame.columns
        ]

    @cached_property
    def domains(self) -> list[str]:
        """Everybody, and each category of each characteristic."""
        named = [
            categories_of(self.designs[records_of(name)].frame, name)[1]
            for name in self.characteristics
        ]
        return [EVERYBODY, *(label for labels in named for label in labels)]

    def refuse(self, question: Question) -> None:
        """Refuse a question that this round cannot answer.

        Raises
        ------
        ParameterError
            If the multiple, the domain or the characteristic is none that can be chosen.
        """
        if not LOWEST <= question.multiple <= HIGHEST:
            raise ParameterError(
                f"The line times {question.multiple:g} is beyond the slider; give a multiple from"
                f" {LOWEST:g} to {HIGHEST:g}."
            )
        for name, value, known in (
            ("domain", question.domain, self.domains),
            ("characteristic", question.by, self.characteristics),
        ):
            if value not in known:
                raise ParameterError(
                    f"There is no {name} {value!r} in this round. Take one of: {', '.join(known)}."
                )

    def mask(self, domain: str, records: str) -> np.ndarray | None:
        """Records of a domain, None for everybody."""
        if domain == EVERYBODY:
            return None
        column, _, category = domain.partition("=")
        return np.asarray(self.designs[records].frame[column].astype(str) == category)

    def index(self, question: Question, z: float) -> Estimates:
        """All indices of the domain."""
        measures = [make(z) for make in MAKE.values()]
        return self._estimate(question.records, measures, question.domain)

    def profile(self, question: Question, z: float) -> Estimates:
        """The index by the characteristic of the question."""
        measures = [MAKE[question.statistic](z)]
        return self._estimate(
            question.records_of_profile, measures, question.domain, by=question.by
        )

    def curve(self, question: Question, line: PovertyLine) -> Estimates:
        """The index along lines; it does not change with the line of the question."""
        key = ("curve", question.statistic, question.domain, line)
        if key not in self._kept:
            make, base = MAKE[question.statistic], line.threshold
            measures = [make(float(multiple) * base) for multiple in GRID]
            self._kept[key] = self._estimate(question.records, measures, question.domain)
        return self._kept[key]

    def spending(self, question: Question, line: PovertyLine) -> Estimates:
        """Persons of the domain by band of spending."""
        key = ("spending", question.domain, line)
        if key not in self._kept:
            banded = self._banded(question.records, line)
            self._kept[key] = self._estimate(
                question.records, [population()], question.domain, by="band", design=banded
            )
        return self._kept[key]

    def _banded(self, records: str, line: PovertyLine) -> SurveyDesign:
        """A design whose records know their band of spending."""
        if (records, line) not in self._with_bands:
            design = self.designs[records]
            spent = design.column(WELFARE) / line.threshold
            band = np.searchsorted(BANDS, spent, side="right") - 1
            cut = pd.Categorical(band, categories=range(len(BANDS)))
            frame = _with(design.frame, {"band": pd.Series(cut, index=design.frame.index)})
            self._with_bands[records, line] = SurveyDesign(frame)
        return self._with_bands[records, line]

    def _estimate(
        self,
        records: str,
        measures: Sequence[Ratio],
        domain: str,
        *,
        by: str | None = None,
        design: SurveyDesign | None = None,
    ) -> Estimates:
        mask = self.mask(domain, records)
        if mask is not None and not mask.any():
            raise NotEstimableError(
                f"No record of {self.round.area.name} in {self.round.period} is in the domain"
                f" {domain}. Choose another domain or round."
            )
        return estimate(
            design or self.designs[records],
            measures,
            by=by,
            domain=mask,
            domain_name=domain,
            level=self.level,
        )


class Answers:
    """Answers of a session, each round read once.

    Parameters
    ----------
    level : float
        Confidence level.
    """

    def __init__(self, level: float = 0.95) -> None:
        self.level = level
        self._rounds: dict[tuple[str, int], OneRound] = {}
        self._areas: dict[int, list[Area]] = {}

    def areas(self, year: int) -> list[Area]:
        """Areas that the files of a round have a household of."""
        if year not in self._areas:
            self._areas[year] = [find_area(code) for code in areas_in_round(year)]
        return self._areas[year]

    def of_round(self, area: str, year: int) -> OneRound:
        """A round, read when it is first asked for."""
        if (area, year) not in self._rounds:
            self._rounds[area, year] = OneRound(area, year, self.level)
        return self._rounds[area, year]

    def open_others(self, area: str) -> None:
        """Open the rounds of an area that are processed; what is wrong with one is said when it is
        chosen.
        """
        for year in years_there():
            with contextlib.suppress(BpsStatsError):
                self.areas(year)
                if is_processed(area, year):
                    _ = self.of_round(area, year).domains

    def answer(self, question: Question) -> Answer:
        """The numbers of a question, as they may be shown.

        Raises
        ------
        BpsStatsError
            As `read_round`, `poverty_line` and `estimate` raise.
        """
        found = self.of_round(question.area, question.year)
        line = poverty_line(question.area, question.year, factor=question.factor)
        z = question.multiple * line.threshold
        tables = (
            found.index(question, z),
            found.profile(question, z),
            found.curve(question, line),
            found.spending(question, line),
        )
        # The domain stands above the table; disclosure control knows each row by its name.
        shown = [_without(question.domain, table) for table in released(tables)]
        return Answer(line, z, *shown)


def _without(domain: str, table: Estimates) -> Estimates:
    """A table of a domain whose rows are named as those of everybody."""
    within = f"{domain}, "
    names = [EVERYBODY if r.domain == domain else r.domain.removeprefix(within) for r in table]
    rows = zip(table, names, strict=True)
    return replace(table, rows=tuple(replace(row, domain=name) for row, name in rows))


def years_there() -> list[int]:
    """Years whose files are there."""
    return [year for year in known_years() if has_round(year)]


def _with(frame: pd.DataFrame, columns: dict[str, pd.Series]) -> pd.DataFrame:
    """A frame with some columns more, which says of itself what it said before."""
    wider = frame.assign(**columns)
    wider.attrs = dict(frame.attrs)
    return wider
