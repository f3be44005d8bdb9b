"""What residents spend, on what, and how long they went to school: the levels that BPS prints
beside poverty.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import DesignError
from bpsstats.microdata.layouts import WEEKS_PER_MONTH
from bpsstats.microdata.lists.commodities import GROUPS
from bpsstats.poverty.inequality.gini import gini
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.survey import Estimates, Ratio, SurveyDesign, estimate
from bpsstats.survey.statistics.ratios import ones

MUCH_FOOD = 0.65  # of spending: BPS counts the households above it
SCHOOLED_AGE = 25  # mean years of schooling are those of residents from this age on


def spending_of_residents(households: SurveyDesign, *, level: float = 0.95) -> Estimates:
    """Mean spending per person, on food, other goods and each group of food; the Gini coefficient;
    households whose food is more than 65 percent of their spending.

    Parameters
    ----------
    households : SurveyDesign
        Design over household records weighted by persons, with ``size``, ``food_month``,
        ``nonfood_month``, ``expenditure_person_month``.
    level : float
        Confidence level.

    Returns
    -------
    Estimates
        ``mean:expenditure_person_month``, ``mean:food_person_month``,
        ``mean:nonfood_person_month`` (Rp), ``gini``, ``share_food_above_65`` (percent of
        households), and ``mean:<group>_person_week`` (Rp) of the groups whose items are there.
    """
    frame = households.frame
    month = {
        "expenditure_person": "expenditure",
        "food_person": "food",
        "nonfood_person": "nonfood",
    }
    statistics = [
        Ratio(f"mean:{name}_month", "Rp", "mean", partial(_per_person, f"{column}_month"), ones)
        for name, column in month.items()
    ]
    statistics.append(
        Ratio("share_food_above_65", "percent", "proportion", _much_food, _per_household, 100.0)
    )
    weeks, per = WEEKS_PER_MONTH
    statistics += [
        Ratio(
            f"mean:{group}_person_week",
            "Rp",
            "mean",
            partial(_per_person, f"{group}_month", times=per / weeks),
            ones,
        )
        for group in GROUPS["blok41"]
        if f"{group}_month" in frame and frame[f"{group}_month"].notna().all()
    ]
    return estimate(households, [*statistics, gini()], level=level)


def schooling_of_residents(persons: SurveyDesign, *, level: float = 0.95) -> Estimates:
    """Mean years of schooling of residents of 25 and over, men, women and both, and the share of
    residents of 15 and over.

    Years are those that the highest diploma takes; those of a school that was left or is still
    attended are not counted, so that the mean is somewhat below the one of the human development
    index.

    Returns
    -------
    Estimates
        ``mean_years_schooling`` (years) in the domains male, female and all, and
        ``population_15_plus_share`` (percent).
    """
    years = Ratio("mean_years_schooling", "years", "mean", _years, ones)
    adults = Ratio("population_15_plus_share", "percent", "proportion", _adult, ones, 100.0)
    schooled = (persons.column("age") >= SCHOOLED_AGE) & np.isfinite(_years(persons))
    sex = persons.frame["sex"].to_numpy()
    both = estimate(persons, years, domain=schooled, domain_name="all", level=level)
    for name in ("male", "female"):
        mask = schooled & (sex == name)
        both += estimate(persons, years, domain=mask, domain_name=name, level=level)
    return both + estimate(persons, adults, level=level)


def _per_person(column: str, design: SurveyDesign, times: float = 1.0) -> np.ndarray:
    """Rp per member of the household."""
    return np.asarray(design.column(column) / design.column("size") * times)


def _per_household(design: SurveyDesign) -> np.ndarray:
    """What makes a household of its members: each counts as its part."""
    size = design.column("size")
    if (size <= 0).any():
        raise DesignError("Sizes of households must be positive.")
    return np.asarray(1.0 / size)


def _much_food(design: SurveyDesign) -> np.ndarray:
    """A household with much food, by its members."""
    share = design.column("food_month") / design.column("expenditure_month")
    return np.where(share > MUCH_FOOD, _per_household(design), 0.0)


def _years(design: SurveyDesign) -> np.ndarray:
    """Years of schooling."""
    return design.column("years_schooling")


def _adult(design: SurveyDesign) -> np.ndarray:
    """One for residents of 15 and over."""
    return design.column("adult")


@checked
def spending_bands(
    design: SurveyDesign, ends: Sequence[float], *, welfare: str = WELFARE, level: float = 0.95
) -> Estimates:
    """Percentage of persons in bands of spending; the first and the last hold all that is beyond.

    Parameters
    ----------
    design : SurveyDesign
        Design with person weights over household records.
    ends : sequence of float
        Ends of the bands, Rp per person and month, ascending.
    welfare : str
        Column of expenditure per person, Rp per month.
    level : float
        Confidence level.
    """
    spending = design.column(welfare)
    band = np.clip(np.searchsorted(ends, spending, side="right") - 1, 0, len(ends) - 2)

    def is_in(k: int, _design: SurveyDesign) -> np.ndarray:
        return np.where(np.isnan(spending), np.nan, (band == k).astype(np.float64))

    bands = [
        Ratio(f"share:band_{k}", "percent", "proportion", partial(is_in, k), ones, 100.0)
        for k in range(len(ends) - 1)
    ]
    return estimate(design, bands, level=level)
