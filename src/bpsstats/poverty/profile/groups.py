"""Who the poor are and how they spend: education, work, and the share of food."""

from dataclasses import replace
from typing import Literal

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import DesignError
from bpsstats.microdata.lists.classifications import EDUCATION, SECTOR, WORK
from bpsstats.poverty.indices.fgt import RaisedGaps, is_poor
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.poverty.lines.threshold import Line, OneLine, common_threshold, threshold
from bpsstats.survey import Estimates, Ratio, SurveyDesign, estimate
from bpsstats.survey.statistics.ratios import Terms, ones

Group = Literal["poor", "non-poor", "all"]


@checked
def poor_mask(design: SurveyDesign, line: Line) -> np.ndarray:
    """Records of the poor, a boolean array of shape (n,)."""
    known = threshold(line)
    expenditure = known.measured(design)
    return is_poor(expenditure, known.against(expenditure))


@checked
def education_of_the_poor(
    persons: SurveyDesign, line: Line, *, group: Group = "poor", level: float = 0.95
) -> Estimates:
    """Persons of 15 and over by highest diploma, percent: below primary, primary or junior
    secondary, senior and above.

    The three classes exclude one another, as in the BPS table "Education of the poor"; holders of
    no diploma and those who never went to school are in the first.

    Parameters
    ----------
    persons : SurveyDesign
        Design over person records, with columns ``adult``, ``education`` and
        ``expenditure_person_month``.
    line : PovertyLine or float
        Poverty line, Rp per person per month.
    group : {"poor", "non-poor", "all"}
        Whose education.
    level : float
        Confidence level.

    Returns
    -------
    Estimates
        Statistics ``share:below_sd``, ``share:sd_smp``, ``share:sma_plus``; they sum to 100.

    Examples
    --------
    >>> import bpsstats as bps
    >>> persons = bps.SurveyDesign(bps.read_round("6471", 2022).persons)
    >>> line = bps.poverty_line("6471", 2022)
    >>> [round(row.estimate, 1) for row in bps.education_of_the_poor(persons, line)]
    [10.9, 27.1, 62.0]
    """
    return _shares_of_adults(persons, line, "education", EDUCATION, group, level)


@checked
def work_of_the_poor(
    persons: SurveyDesign, line: Line, *, group: Group = "poor", level: float = 0.95
) -> Estimates:
    """Persons of 15 and over by work, percent: not working, informal, formal. See
    `education_of_the_poor`.

    Examples
    --------
    >>> import bpsstats as bps
    >>> persons = bps.SurveyDesign(bps.read_round("6471", 2022).persons)
    >>> line = bps.poverty_line("6471", 2022)
    >>> [round(row.estimate, 1) for row in bps.work_of_the_poor(persons, line)]
    [47.7, 28.2, 24.1]
    """
    return _shares_of_adults(persons, line, "work", WORK, group, level)


@checked
def sector_of_the_poor(
    persons: SurveyDesign, line: Line, *, group: Group = "poor", level: float = 0.95
) -> Estimates:
    """Persons of 15 and over by sector, percent: not working, agriculture, other. See
    `education_of_the_poor`.
    """
    return _shares_of_adults(persons, line, "sector", SECTOR, group, level)


def _shares_of_adults(
    persons: SurveyDesign,
    line: Line,
    column: str,
    categories: tuple[str, ...],
    group: Group,
    level: float,
) -> Estimates:
    """Shares of the categories of a column among the adults of a group."""
    for needed in ("adult", column):
        if needed not in persons.frame.columns:
            raise DesignError(
                f"The frame has no column {needed}; this table needs person records, such as"
                " round.persons."
            )
    adult = persons.frame["adult"].to_numpy(dtype=bool)
    mask = adult & _group_mask(persons, line, group)
    return estimate(
        persons,
        [replace(_of_class(column, one), note=threshold(line).note) for one in categories],
        domain=mask,
        domain_name=f"{group} 15+",
        level=level,
    )


def _of_class(column: str, name: str) -> Ratio:
    """Share of a published class, which is 0 where nobody of the sample is in it."""

    def is_in(design: SurveyDesign) -> np.ndarray:
        return np.asarray(design.values_of(column) == name, dtype=np.float64)

    return Ratio(f"share:{name}", "percent", "proportion", is_in, ones, 100.0)


@checked
def household_line(line: OneLine) -> Ratio:
    """The line of a poor household, Rp per household and month: the line times the mean size of
    poor households, as BPS prints it.

    Parameters
    ----------
    line : PovertyLine or float
        Poverty line, Rp per person per month; who is poor follows from the line over its
        correction factor.

    Returns
    -------
    Ratio
        ``z sum_poor w / sum_poor (w / size)`` with the weights of persons: its error is that of the
        mean size, as the line itself is taken as given.

    Examples
    --------
    Of two poor households one has two members and one four:

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 400], "size": [2, 4, 3]})
    >>> design = SurveyDesign(frame.assign(w=frame["size"]), weight="w", strata=None, psu=None)
    >>> household_line(100).linearise(design, np.ones(3, dtype=bool)).value
    300.0
    """
    known = common_threshold(line)
    poor = RaisedGaps(known, 0, WELFARE)

    def households(design: SurveyDesign) -> np.ndarray:
        return np.asarray(poor(design) / design.column("size"))

    unit = "Rp per household per month"
    return Ratio("household_line", unit, "mean", poor, households, known.given, note=known.note)


@checked
def food_share(households: SurveyDesign, line: Line, *, level: float = 0.95) -> Estimates:
    """Share of food in spending, percent: of the poor, of the others, of all; as a ratio of sums,
    and as offices of BPS compute it.

    The ratio of weighted sums ``100 sum(w food) / sum(w total)``, spending per person weighted by
    persons, is the share of the group's rupiah. The mean ``100 sum(w food/total) / sum(w)`` is the
    share of a person's household, averaged over persons; the public working files of one office
    compute the table by poverty status in this way.

    Parameters
    ----------
    households : SurveyDesign
        Design with person weights over household records: ``food_month``, ``expenditure_month``,
        ``size``.
    line : PovertyLine or float
        Poverty line, Rp per person per month.
    level : float
        Confidence level.

    Returns
    -------
    Estimates
        Statistics ``food_share`` and ``mean_food_share`` in the domains ``poor``, ``non-poor`` and
        ``all``.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> food = bps.food_share(households, line)
    >>> round(food.row("food_share", "poor").estimate, 1)
    60.4
    """
    note = threshold(line).note
    statistics = [replace(each, note=note) for each in (share_of_food(), mean_share_of_food())]
    tables = [
        estimate(
            households,
            statistics,
            domain=_group_mask(households, line, group),
            domain_name=group,
            level=level,
        )
        for group in ("poor", "non-poor", "all")
    ]
    return tables[0] + tables[1] + tables[2]


def share_of_food() -> Ratio:
    """Food in percent of spending, both per person: the one definition that tables and curves
    share.
    """
    return Ratio(
        "food_share",
        "percent",
        "ratio",
        _per_person("food_month"),
        _per_person("expenditure_month"),
        100.0,
    )


def mean_share_of_food() -> Ratio:
    """Food in percent of a household's spending, averaged over persons, as offices of BPS compute
    it.
    """

    def of_household(design: SurveyDesign) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(design.column("food_month") / design.column("expenditure_month"))

    return Ratio("mean_food_share", "percent", "mean", of_household, ones, 100.0)


def _per_person(column: str) -> Terms:
    """A household's monthly amount per member."""
    return lambda design: design.column(column) / design.column("size")


def _group_mask(design: SurveyDesign, line: Line, group: str) -> np.ndarray:
    """Records of the poor, of the others, or of all."""
    if group == "all":
        return np.ones(design.n, dtype=bool)
    poor = poor_mask(design, line)
    return poor if group == "poor" else ~poor
