"""Everything that a report is made from, computed once, when it is first asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from bpsstats.disclosure import is_of_respondents
from bpsstats.disclosure.gate import Sizes
from bpsstats.disclosure.released import Disclosure, disclosure, put_in_force
from bpsstats.errors import UnknownYearError
from bpsstats.microdata import read_items
from bpsstats.microdata.lists.facts import inflation_on_file
from bpsstats.poverty import (
    Profile,
    bottom_40,
    education_of_the_poor,
    engel_curve,
    estimate_poverty_line,
    gini,
    headcount_by_line,
    just_above,
    middle_40,
    poor_mask,
    poverty_profile,
    top_20,
    work_of_the_poor,
)
from bpsstats.poverty.basic_needs.result import RebuiltLine
from bpsstats.poverty.profile.deprivations import deprivation_counts, not_told
from bpsstats.poverty.profile.differences import Difference, differences
from bpsstats.published import Comparisons, compare_recomputed, published
from bpsstats.published.indicators import find_indicator
from bpsstats.published.record import PrintedRecord, Ranks, printed_record, steadiness
from bpsstats.published.record.cells import printed_cells
from bpsstats.published.targets import POSITIVE, Target
from bpsstats.reporting.report.results.together import all_but
from bpsstats.reporting.report.results.years import YearsCompared
from bpsstats.reporting.vintages.moved import Revisions
from bpsstats.reporting.words.change import PrintFacts
from bpsstats.survey import Estimates, SurveyDesign, estimate, mean

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
# Two thousand cells, whose sums take long to look through where nothing is withheld in the end.
LARGE = ("profile", "profile_differences")


class Results(YearsCompared):
    """Results of an area and year: what is not on file is None, and the section that needs it says
    so. Parameters and errors as of `Rounds`.
    """

    # Of the release in place and of this one, in a process that makes a report.
    revisions: ClassVar[Revisions] = Revisions()
    _disclosure: Disclosure | None = None

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
        tables = [self.now, *all_but(self, *left_out)]
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

    # The year itself.

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
