"""The ledger: every printed cell of an area and year, recomputed."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bpsstats.arguments import checked
from bpsstats.microdata import Round, read_round
from bpsstats.microdata.lists.classifications import EDUCATION
from bpsstats.paths import has_round
from bpsstats.poverty import (
    PovertyLine,
    change,
    education_of_the_poor,
    food_share,
    headcount,
    poor_count,
    poor_mask,
    poverty_gap,
    poverty_line,
    sector_of_the_poor,
    severity,
    work_of_the_poor,
)
from bpsstats.poverty.lines.threshold import factor_facts
from bpsstats.poverty.profile.spending import schooling_of_residents, spending_of_residents
from bpsstats.published.compare import Comparisons, Known, Result, compare
from bpsstats.published.targets import published
from bpsstats.survey import Estimates, SurveyDesign, estimate, joint_source, share

NOT_RECOMPUTED = {
    "share:literate": "the age range of the printed figure is not stated",
    "change:poor_count": "the round of the year before is not there",
    "change:headcount": "the round of the year before is not there",
}


@dataclass(frozen=True, slots=True, eq=False)
class Recomputed:
    """Everything of a round that is printed somewhere."""

    round: Round
    line: PovertyLine
    poverty: Estimates
    education: Estimates
    work: Estimates
    sector: Estimates
    food: Estimates
    spending: Estimates
    schooling: Estimates


@checked
def recompute(round_: Round, line: PovertyLine, *, level: float = 0.95) -> Recomputed:
    """All printed statistics of a round.

    Parameters
    ----------
    round_ : Round
    line : PovertyLine
    level : float
        Confidence level.
    """
    households = SurveyDesign(round_.households)
    measures = [poor_count(line), headcount(line), poverty_gap(line), severity(line)]
    poverty = estimate(households, measures, level=level)
    food = food_share(households, line, level=level)
    spending = spending_of_residents(households, level=level)
    if round_.persons.empty:  # block 43 alone: education and work are left out
        none = Estimates((), poverty.heading, level)
        return Recomputed(round_, line, poverty, none, none, none, food, spending, none)
    persons = SurveyDesign(round_.persons)
    up_to_smp = estimate(
        persons,
        share("education", *EDUCATION[:2]),
        domain=poor_mask(persons, line) & persons.frame["adult"].to_numpy(dtype=bool),
        domain_name="poor 15+",
        level=level,
    )
    sector = sector_of_the_poor(persons, line, level=level)
    return Recomputed(
        round_,
        line,
        poverty,
        education_of_the_poor(persons, line, level=level) + up_to_smp,
        work_of_the_poor(persons, line, level=level),
        replace(sector, rows=sector.rows[1:]),  # not working is in the table of work
        food,
        spending,
        schooling_of_residents(persons, level=level),
    )


@checked
def ledger(
    area: str | int,
    year: int,
    raw: str | Path | None = None,
    *,
    level: float = 0.95,
    lone_psu: str = "error",
    accept_line: bool = False,
    factor: float | None = None,
) -> Comparisons:
    """Recompute every printed cell of an area and year and compare.

    Parameters
    ----------
    area : str or int
    year : int
    raw : path, optional
        Folder of raw files.
    level : float
        Confidence level.
    lone_psu : {"error", "centre", "merge", "certainty", "average"}
        What to do with a stratum with a single PSU.
    accept_line : bool
        Whether to take a line that moved by more than a line does from one year to the next.
    factor : float, optional
        Correction factor of the year; default that on file. Where there is one it was chosen to
        meet the printed rate, so that P0 and the number of poor are given where they agree.

    Returns
    -------
    Comparisons
        Cells that nothing recomputes are in it with the reason.

    Examples
    --------
    >>> ledger("6471", 2022).all_hold
    True
    """
    targets = published(area, year)

    def recomputed(of: int, factor: float | None = None) -> Recomputed:
        line = poverty_line(area, of, raw=raw, accept=accept_line, factor=factor)
        return recompute(read_round(area, of, raw, lone_psu=lone_psu), line, level=level)

    now, before = recomputed(year, factor), None
    if any(cell.indicator.startswith("change:") for cell in targets) and has_round(year - 1, raw):
        before = recomputed(year - 1)
    return compare_recomputed(now, before)


def facts_of(*rounds: Recomputed) -> dict[str, Any]:
    """What a file says of the rounds that its numbers are from: the kind of data, and their
    correction factors where there are any.
    """
    source = joint_source(*(one.round.provenance.source for one in rounds))
    return {"source": source, **factor_facts(*(one.line for one in rounds))}


@checked
def compare_recomputed(now: Recomputed, before: Recomputed | None) -> Comparisons:
    """Compare a recomputed round, and its change on the round before, with what was printed."""
    # As offices of BPS compute the table by poverty status.
    poor, others = (now.food.row("mean_food_share", group) for group in ("poor", "non-poor"))
    difference = poor - others
    named = replace(difference, statistic="difference:food_share", domain="poor less non-poor")
    results: list[Result] = [
        now.line,
        Known("population", float(now.round.households["weight_person"].sum())),
        now.poverty,
        now.education,
        now.work,
        now.sector,
        Estimates((named, now.food.row("food_share", "all")), now.food.heading, now.food.level),
        now.spending,
        now.schooling,
    ]
    if before is not None:
        results.append(change(before.poverty, now.poverty))
    fitted_to = {
        (statistic, recomputed.round.year): value
        for recomputed in (now, before)
        if recomputed is not None
        for statistic, value in recomputed.round.provenance.targets
    }
    table = compare(
        results,
        published(now.round.area.code, now.round.year),
        fitted_to=fitted_to,
        not_recomputed=NOT_RECOMPUTED,
        given=_given(now, before) or None,
    )
    both = (now,) if before is None else (before, now)
    heading = f"{now.poverty.heading} · printed and recomputed"
    return replace(table, heading=heading, facts=facts_of(*both))


def _given(now: Recomputed, before: Recomputed | None) -> list[str]:
    """Indicators that a correction factor was chosen to meet."""
    rates = ("headcount", "poor_count")
    has_factor = [one.line.factor != 1 for one in (now, before) if one is not None]
    given = [*rates] if has_factor[0] else []
    if any(has_factor):
        given += [f"change:{rate}" for rate in rates]
    return given
