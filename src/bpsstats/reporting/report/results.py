"""Everything that a report is made from: read and computed once, when it is first asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, ClassVar, cast

from bpsstats.disclosure import WITHHELD, is_of_respondents, released
from bpsstats.disclosure.gate import Sizes
from bpsstats.disclosure.released import Disclosure, disclosure, put_in_force
from bpsstats.errors import AbsentError, ParameterError, UnknownYearError
from bpsstats.microdata import Round, find_area, known_years, read_items, read_round
from bpsstats.microdata.files.region import areas_in_round
from bpsstats.microdata.lists.facts import inflation_on_file
from bpsstats.models import (
    EducationModel,
    Specifications,
    education_model,
    education_specifications,
)
from bpsstats.paths import has_round
from bpsstats.poverty import (
    Changes,
    Decomposition,
    PovertyLine,
    Profile,
    bottom_40,
    change,
    decompose_by_group,
    decompose_change,
    education_of_the_poor,
    engel_curve,
    estimate_poverty_line,
    gini,
    growth_incidence_curve,
    headcount_by_line,
    just_above,
    middle_40,
    poor_mask,
    poverty_line,
    poverty_profile,
    top_20,
    work_of_the_poor,
)
from bpsstats.poverty.basic_needs.result import RebuiltLine
from bpsstats.poverty.lines.official import line_if_any
from bpsstats.poverty.profile.deprivations import deprivation_counts, not_told
from bpsstats.poverty.profile.differences import Difference, differences
from bpsstats.processes import CAN_COPY, beside, in_processes
from bpsstats.published import Comparisons, compare_recomputed, published, recompute
from bpsstats.published.indicators import find_indicator
from bpsstats.published.ledger import Recomputed
from bpsstats.published.record import PrintedRecord, Ranks, printed_record, steadiness
from bpsstats.published.record.cells import printed_cells
from bpsstats.published.targets import POSITIVE, Target
from bpsstats.reporting.vintages.moved import Revisions
from bpsstats.reporting.words.change import PrintFacts
from bpsstats.reprs import count_of
from bpsstats.survey import Curve, Estimates, SurveyDesign, estimate, joint_source, mean
from bpsstats.survey.variance.intervals import check_level

ROUNDS_POOLED = 5
CLASSES = "head_education"
# What a release tells of the profile: table, group, concept and class.
WHO = {
    "head_female": ("head_sex", "", "sex", "female"),
    "head_65": ("head_age", "", "age_head", "a65"),
    "size_7": ("size", "", "household_size", "s7"),
    "children": ("age", "", "age_broad", "a0"),
    "school_7": ("participation", "a7", "schooling", "attending"),
    "school_13": ("participation", "a13", "schooling", "attending"),
    "school_16": ("participation", "a16", "schooling", "attending"),
    "agriculture": ("sector", "", "sector", "agriculture"),
    "other_sectors": ("sector", "", "sector", "non_agriculture"),
    "water": ("water_sanitation", "", "improved_water", "improved"),
    "sanitation": ("water_sanitation", "", "improved_sanitation", "improved"),
    "own": ("tenure", "", "tenure", "own"),
    "small": ("floor_area", "", "floor_per_head", "small"),
    "insured": ("insurance", "", "insurance", "insured"),
    "pkh": ("pkh", "", "pkh", "yes"),
    "food_assistance": ("food_assistance", "", "food_assistance", "yes"),
}
NEAR, FAR = (1.2, 1.6), "line=0.80"  # multiples of the line that shares around it reach up to
# Large fits whose figures add up with no others; each is decided on when it is shown.
ALONE = ("model", "specifications", "_rebuilt", "steadiness")
# What takes long, in groups that share their numbers.
OF_THE_YEAR = (("profile", "profile_differences", "deprivations"), ("_rebuilt",), ("record",))
OF_ALL_ROUNDS = (("specifications",), ("model",), ("change_behind", "change_incidence"))
# Two thousand cells, whose sums take long to look through where nothing is withheld in the end.
LARGE = ("profile", "profile_differences")


class Results:
    """Results of an area and year.

    What the whole needs, the files of the year and its line, is read at once; everything else when
    it is asked for. What is not on file is None, and the section that needs it says so.

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

    # Of the release in place and of this one, in a process that makes a report.
    revisions: ClassVar[Revisions] = Revisions()

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
        self._disclosure: Disclosure | None = None
        self.factors: Mapping[int, float | None] = (
            factor if isinstance(factor, Mapping) else {year: factor}
        )
        line = poverty_line(self.area.code, year, accept=accept_line, factor=self.factors.get(year))
        self.now: Recomputed = recompute(self._round(year), line, level=self.level)

    def prepare(self, meanwhile: Callable[[], object] = object) -> None:
        """Compute everything, what is long at the same time, so that copies of this process have
        it; `meanwhile` is what this process itself has to do.
        """
        if CAN_COPY:
            earlier = [year for year, line in self._earlier.items() if line is not None]
            pieces = {str(year): partial(self._recomputed, year) for year in earlier}
            with beside(pieces | self._groups(OF_THE_YEAR)) as made:
                meanwhile()
                read = self._kept(made(), OF_THE_YEAR)
            vars(self)["rounds"] = (*(read[str(year)] for year in earlier), self.now)
            self._kept(dict(in_processes(self._groups(OF_ALL_ROUNDS))), OF_ALL_ROUNDS)
        self._all_but()

    def _groups(self, groups: Sequence[Sequence[str]]) -> dict[str, Callable[[], Any]]:
        """How groups of results are computed, each by the first of its names."""
        return {group[0]: partial(self._group, group) for group in groups}

    def _kept(self, made: dict[str, Any], groups: Sequence[Sequence[str]]) -> dict[str, Any]:
        """Keep groups of results that were computed elsewhere."""
        for group in groups:
            found = zip(group, made[group[0]], strict=True)
            # What is not on file is soon found to be so again.
            vars(self).update({name: value for name, value in found if value is not None})
        return made

    def _group(self, names: Sequence[str]) -> list[object]:
        """Results that are computed together, and share their numbers."""
        return [self._if_there(name) for name in names]

    def _if_there(self, name: str) -> Any:
        """A result, or None where what it needs is not on file."""
        try:
            return getattr(self, name)
        except AbsentError:
            return None

    def _all_but(self, *left_out: str) -> list[object]:
        """Everything that is computed."""
        kept = [
            name for name, held in vars(type(self)).items() if isinstance(held, cached_property)
        ]
        return [self._if_there(name) for name in kept if name not in left_out]

    # What may be shown.

    @property
    def disclosure(self) -> Disclosure:
        """What may be shown of all tables together, decided once."""
        if self._disclosure is None:
            self.decide({})
        assert self._disclosure is not None
        return self._disclosure

    def decide(self, earlier: Mapping[str, Sizes]) -> None:
        """Decide what may be shown, beside what earlier releases have shown; from here on no table
        in this process shows more.
        """
        left_out = ALONE if is_of_respondents(self.now) else (*ALONE, *LARGE)
        tables = [self.now, *self._all_but(*left_out)]
        years = [one.round.year for one in self.rounds]
        cells = [cell for year in years for cell in self._printed(year)]
        printed = {
            (cell.indicator, cell.domain, f"March {cell.year}")
            for cell in cells
            if cell.printed != POSITIVE  # a direction, which gives no figure away
        }
        self._disclosure = disclosure(tables, printed=printed, earlier=earlier)
        put_in_force(self._disclosure)

    def _printed(self, year: int) -> Iterable[Target]:
        """Cells of a year that BPS has printed."""
        try:
            return published(self.area.code, year)
        except UnknownYearError:
            return ()

    # Rounds and lines.

    @cached_property
    def rounds(self) -> tuple[Recomputed, ...]:
        """Rounds up to and including the year, at most five, the year's own last."""
        earlier = [year for year, line in self._earlier.items() if line is not None]
        return (*map(self._recomputed, earlier), self.now)

    def _recomputed(self, year: int) -> Recomputed:
        """The figures of an earlier round."""
        line = self._earlier[year]
        assert line is not None
        return recompute(self._round(year), line, level=self.level)

    @cached_property
    def without_line(self) -> tuple[int, ...]:
        """Earlier rounds that are there but are left out, because no line of theirs is on file."""
        return tuple(year for year, line in self._earlier.items() if line is None)

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
    def _earlier(self) -> dict[int, PovertyLine | None]:
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
    def changes(self) -> Changes | None:
        """Change compared with the year before."""
        return None if self.before is None else change(self.before.poverty, self.now.poverty)

    @cached_property
    def change_behind(self) -> Decomposition | None:
        """Parts of the change of P0: growth of the mean, redistribution and the line."""
        two = self._two_rounds
        return None if two is None else decompose_change(*two, level=self.level)

    @cached_property
    def change_classes(self) -> Decomposition | None:
        """Parts by the head's education; None where only one of the rounds holds a class."""
        two = self._two_rounds
        if two is None or len({frozenset(of.values_of(CLASSES).dropna()) for of in two[:2]}) > 1:
            return None
        return decompose_by_group(*two, CLASSES, level=self.level)

    @cached_property
    def change_incidence(self) -> Curve | None:
        """Growth of spending along the distribution, in prices of the line."""
        if self.before is None or self._two_rounds is None:
            return None
        prices = float(self.now.line) / float(self.before.line)
        return growth_incidence_curve(*self._two_rounds[:2], prices=prices, level=self.level)

    @property
    def _two_rounds(self) -> tuple[SurveyDesign, SurveyDesign, float, float] | None:
        """Designs and lines of the year before and of the year."""
        if self.before is None:
            return None
        before = SurveyDesign(self.before.round.households)
        return before, self.households, self.before.line.threshold, self.now.line.threshold

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
    def headcounts(self) -> Estimates:
        """P0 of all rounds."""
        rows = tuple(row for row in self.series if row.statistic == "headcount")
        return Estimates(rows, self.series.heading, self.level)

    # The year itself.

    @cached_property
    def households(self) -> SurveyDesign:
        """Design over the households of the year."""
        return SurveyDesign(self.now.round.households)

    @cached_property
    def persons(self) -> SurveyDesign:
        """Design over the persons of the year."""
        return SurveyDesign(self.now.round.persons)

    @cached_property
    def n_poor(self) -> int:
        """Poor households in the sample."""
        return int(poor_mask(self.households, self.now.line).sum())

    @cached_property
    def education(self) -> Estimates:
        """Education of the poor."""
        return education_of_the_poor(self.persons, self.now.line, level=self.level)

    @cached_property
    def education_of_others(self) -> Estimates:
        """Education of those who are not poor."""
        return education_of_the_poor(
            self.persons, self.now.line, group="non-poor", level=self.level
        )

    @cached_property
    def work_of_others(self) -> Estimates:
        """Work of those who are not poor."""
        return work_of_the_poor(self.persons, self.now.line, group="non-poor", level=self.level)

    @cached_property
    def profile(self) -> Profile:
        """All tables of the yearly profile."""
        return poverty_profile(self.now.round, self.now.line, level=self.level)

    @cached_property
    def deprivations(self) -> Estimates | None:
        """Deprivations counted together; None where the round lacks one."""
        if not_told(self.now.round):
            return None
        return deprivation_counts(self.now.round, level=self.level)

    @cached_property
    def profile_differences(self) -> tuple[Difference, ...]:
        """Where the poor differ from the others."""
        return differences(self.profile)

    @cached_property
    def engel(self) -> Estimates:
        """Food share by tenths of persons."""
        return engel_curve(self.households, level=self.level)

    @cached_property
    def by_line(self) -> Estimates:
        """Headcount ratio by multiples of the line."""
        return headcount_by_line(self.households, self.now.line, level=self.level)

    @cached_property
    def inequality(self) -> Estimates:
        """Gini ratio and shares of the poorest 40, the middle 40 and the richest 20 percent."""
        measures = [gini(form="trapezoid"), bottom_40(), middle_40(), top_20()]
        return estimate(self.households, measures, level=self.level)

    @cached_property
    def around_the_line(self) -> Estimates:
        """Shares of persons far below the line, up to 1.2 times and up to 1.6 times the line."""
        line = self.now.line
        above = estimate(
            self.households, [just_above(line, up_to=most) for most in NEAR], level=self.level
        )
        far = self.by_line.row("headcount", FAR)
        return Estimates((far, *above), self.by_line.heading, self.level)

    @cached_property
    def size_of_the_poor(self) -> Estimates:
        """Mean size of poor households."""
        design = SurveyDesign(self.now.round.households, weight="weight_hh")
        poor = poor_mask(design, self.now.line)
        return estimate(design, [mean("size")], domain=poor, domain_name="poor", level=self.level)

    @cached_property
    def who(self) -> Estimates:
        """Shares of the profile that a release tells, of the poor and of the others."""
        named = {
            (table.declared.name, entry.within, entry.concept, entry.row, entry.column): entry.value
            for table in self.profile.tables
            for entry in table.entries
            if entry.sex == "both"
        }
        rows = [
            replace(share, statistic=f"who:{name}", domain=domain)
            for name, place in WHO.items()
            for column, domain in (("poor", "poor"), ("non_poor", "non-poor"))
            if (share := named.get((*place, column))) is not None
        ]
        return Estimates(tuple(rows), self.now.poverty.heading, self.level)

    # The line rebuilt from what people buy.

    @property
    def rebuilt(self) -> RebuiltLine | None:
        """The rebuilt line, where nothing of `rebuilt_lacks` is lacking."""
        return self._rebuilt[0]

    @cached_property
    def rebuilt_rates(self) -> Estimates | None:
        """P0 by the rebuilt line, which lies near the printed one: decided on beside P0 by that."""
        return None if self.rebuilt is None else self.rebuilt.headcount()

    @property
    def rebuilt_lacks(self) -> str:
        """What the rebuilt line needs and does not find: "line_before", "inflation" or "items"."""
        return self._rebuilt[1]

    @cached_property
    def _rebuilt(self) -> tuple[RebuiltLine | None, str]:
        before = self.line_before
        if before is None:
            return None, "line_before"
        if self.year not in inflation_on_file(self.area.code):
            return None, "inflation"
        try:
            items = read_items(self.area.code, self.year)
        except UnknownYearError:
            return None, "items"
        line = estimate_poverty_line(
            self.households,
            items,
            before,
            factor=self.now.line.factor,
            accept=self.accept_line,
            level=self.level,
        )
        return line, ""

    # The models of all rounds.

    @cached_property
    def model(self) -> EducationModel:
        """Poverty by the education of the household head."""
        return education_model(*self._rounds_and_lines, level=self.level)

    @cached_property
    def specifications(self) -> Specifications:
        """The same under several models."""
        return education_specifications(*self._rounds_and_lines, level=self.level)

    @property
    def _rounds_and_lines(self) -> tuple[list[Round], list[PovertyLine]]:
        return [r.round for r in self.rounds], [r.line for r in self.rounds]

    # Print.

    @cached_property
    def comparisons(self) -> Comparisons | None:
        """Printed and recomputed, None where nothing of the year is on file as printed."""
        try:
            return compare_recomputed(self.now, self.before)
        except UnknownYearError:
            return None

    @cached_property
    def record(self) -> PrintedRecord:
        """All that is printed of the area and its province."""
        return printed_record(self.area.code)

    @cached_property
    def ranks(self) -> Ranks:
        """Ranks of the areas of the province by printed P0."""
        return self.record.ranks(self.year, self.level)

    @property
    def breaks(self) -> tuple[int, ...]:
        """Years from which printed numbers of poor rest on another population base."""
        return find_indicator("poor_count").breaks

    @cached_property
    def printed_rates(self) -> Mapping[int, float]:
        """Printed P0 by year up to this one, percent; doubtful cells left out."""
        series = printed_cells().series(self.area.code, "headcount")
        return {
            year: printed.cells[0].value
            for year, printed in series.items()
            if year <= self.year and not printed.cells[0].doubtful
        }

    @cached_property
    def steadiness(self) -> PrintFacts:
        """How the printed rates move beside simple random samples of as many households."""
        n, years = len(self.now.round.households), sorted(self.printed_rates) or [self.year]
        p_value = float("nan")
        if any(year + 1 in self.printed_rates for year in years):
            rates = {self.area.code: dict(self.printed_rates)}
            tests = steadiness(rates, households=n, design_effects=(1.0,))
            p_value = tests.row(self.area.code, 1.0).p_value
        return PrintFacts(years[0], years[-1], n, p_value, self.level)

    def _line(self, year: int) -> PovertyLine | None:
        """A line with its factor, or None where it is not on file."""
        factor = self.factors.get(year)
        return line_if_any(self.area.code, year, accept=self.accept_line, factor=factor)

    def _round(self, year: int) -> Round:
        return read_round(self.area.code, year, lone_psu=self.lone_psu)


class ShownResults:
    """Results behind the gate: each attribute is the released view of that of `Results`.

    Parameters
    ----------
    results : Results
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._views: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in self._views:
            value = getattr(self._results, name)
            if is_of_respondents(value):
                alone = name in ALONE or name == "rebuilt"
                value = released(value) if alone else self._results.disclosure.show(value)
            self._views[name] = value
        return self._views[name]

    @property
    def disclosure(self) -> Disclosure:
        """What was decided on all figures."""
        return self._results.disclosure

    @property
    def n_poor(self) -> float:
        """Poor households in the sample, withheld where they are few."""
        results = self._results
        few = results.n_poor < results.disclosure.result.policy.least_numerator
        return WITHHELD if few and is_of_respondents(results.now.poverty) else results.n_poor


def shown(results: Results) -> Results:
    """Results behind the gate, of the type that sections take."""
    return cast("Results", ShownResults(results))


def source_of(*rounds: Recomputed) -> str:
    """Kind of data of several rounds."""
    return joint_source(*(recomputed.round.provenance.source for recomputed in rounds))
