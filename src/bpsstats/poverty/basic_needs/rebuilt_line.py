"""The poverty line rebuilt from what people buy, by BPS's basic-needs method, with its sampling
error.

1. Temporary line: the line of the year before at today's prices, ``GKS = GK' (1 + inflation)``.
2. Reference population: the 20 percent of persons just above it.
3. Food line: 2,100 kilocalories a day at the price that the reference population pays for a
   kilocalorie of 52 foods, ``GKM = 2100 x 30 x sum V_k / sum K_k``. The same as its
   spending on them times 2,100 over its kilocalories from them.
4. Non-food line: the minimum of each other commodity, ``GKNM = sum r_k V_k``, per person of the
   reference population.
5. Line: ``GK = GKM + GKNM``.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import ConvergenceError, LineError
from bpsstats.microdata.lists.basket import Basket, standard_basket
from bpsstats.microdata.lists.facts import temporary_line as temporary_at
from bpsstats.poverty.basic_needs.purchases import Purchases, purchases_of
from bpsstats.poverty.basic_needs.reference_population import Reference
from bpsstats.poverty.basic_needs.result import CommodityCost, RebuiltLine
from bpsstats.poverty.lines.factors import check_factor
from bpsstats.poverty.lines.official import UNIT, WELFARE, PovertyLine, dated_line
from bpsstats.poverty.lines.plausible import check_line
from bpsstats.poverty.lines.threshold import common_threshold, factor_note
from bpsstats.survey import Estimate, Linearised, SurveyDesign
from bpsstats.survey.estimate import estimate_linearised
from bpsstats.survey.variance.intervals import check_level

MOST_ROUNDS = 50


@checked
def estimate_poverty_line(
    design: SurveyDesign,
    items: pd.DataFrame,
    before: PovertyLine | None = None,
    *,
    temporary_line: float | None = None,
    basket: Basket | None = None,
    iterate: bool = False,
    factor: float = 1.0,
    accept: bool = False,
    level: float = 0.95,
) -> RebuiltLine:
    """Poverty line of a round from its own consumption items.

    Parameters
    ----------
    design : SurveyDesign
        Households with person weights: columns household, size, urban, expenditure_person_month.
    items : DataFrame
        What each household buys, from `read_items`.
    before : PovertyLine, optional
        Line of the year before; with the general inflation of ``inflation.yaml`` it gives the
        temporary line.
    temporary_line : float, optional
        The temporary line itself, Rp per person per month, instead of the one made from `before`.
    basket : Basket, optional
        Default `standard_basket`.
    iterate : bool
        Whether the line takes the place of the temporary line until the reference population
        settles.
    factor : float
        Correction factor of the round: the reference population is that of spending multiplied by
        it. Prices and purchases are taken as they were reported.
    accept : bool
        Whether to take a line that differs from the one of the year before by more than the largest
        change, or lies below its food part.
    level : float
        Confidence level.

    Returns
    -------
    RebuiltLine
        GKM, GKNM and GK with their errors, and the basket. The errors take in that the upper bound
        of the reference population is estimated; the temporary line is taken as given.

    Raises
    ------
    LineError
        If neither line is given, the factor can be none, the inflation is unknown, there is no
        reference population, its foods have no calories, or the result is not plausible and
        `accept` is False.
    ConvergenceError
        If iterating does not settle.

    References
    ----------
    BPS, the method paragraph of its poverty releases; Priebe, J. (2014). Official poverty
    measurement in Indonesia since
    1984. Bulletin of Indonesian Economic Studies 50(2), 185-205.

    Examples
    --------
    >>> import bpsstats as bps
    >>> design = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> items, before = bps.read_items("6471", 2022), bps.poverty_line("6471", 2021)
    >>> line = bps.estimate_poverty_line(design, items, before)
    >>> bool(np.isclose(line.food.estimate + line.nonfood.estimate, line.total.estimate))
    True
    """
    level = check_level(level)
    basket = standard_basket() if basket is None else basket
    temporary = _temporary(design, before, temporary_line)
    remedy = (
        "Look at the line of the year before, prices and the basket, or say accept=True to take it"
        " all the same."
    )
    if not accept and before is not None:
        check_line(temporary, before=before.value, remedy=remedy)
    bought, factor = purchases_of(design, items, basket), check_factor(factor)

    def lines_above(line: float) -> tuple[Reference, Linearised, Linearised]:
        reference = Reference.above(line / factor, design, basket.reference_share)
        return reference, *lines_of(reference, bought, basket)

    (reference, food, nonfood), rounds = (
        _settle(lines_above, temporary) if iterate else (lines_above(temporary), 1)
    )
    total = food + nonfood
    if not accept:
        check_line(
            total.value,
            before=None if before is None else before.value,
            food=food.value,
            remedy=remedy,
        )
    statistics = [
        ("line", "all", total),
        ("line:food", "all", food),
        ("line:nonfood", "all", nonfood),
    ]
    lines = estimate_linearised(
        design, statistics, unit=UNIT, kind="mean", mask=reference.part > 0, level=level
    )
    heading = " · ".join(filter(None, [lines.heading, factor_note(factor)]))
    return RebuiltLine(
        lines=replace(lines, heading=heading),
        linearised=total,
        design=design,
        temporary=temporary,
        rounds=rounds,
        before=before,
        factor=factor,
        costs=tuple(
            sorted(
                _costs(reference, bought, basket, (food, nonfood), level),
                key=lambda cost: -cost.cost.estimate,
            )
        ),
    )


def _temporary(
    design: SurveyDesign, before: PovertyLine | None, temporary_line: float | None
) -> float:
    """The temporary line, given or made from the line of the year before."""
    about = design.frame.attrs
    before = before if before is None else dated_line(before)
    if before is not None and "area_code" in about:
        wanted = (about["area_code"], about["year"])
        if (before.area_code, before.year + 1) != wanted:
            raise LineError(
                f"The line of {before.area} {before.year} is not the line before {about['area']}"
                f" {about['year']}. Give the line of the same area and the year before, or"
                " temporary_line= alone."
            )
    if temporary_line is not None:
        return common_threshold(temporary_line).against(design.column(WELFARE))
    if before is None:
        raise LineError(
            "A line is rebuilt from the purchases of people just above a temporary line. Give the"
            " line of the year before, or temporary_line= in rupiah per person and month."
        )
    return temporary_at(before.value, before.area_code, before.year + 1)


def _settle(
    lines_above: Callable[[float], tuple[Reference, Linearised, Linearised]], line: float
) -> tuple[tuple[Reference, Linearised, Linearised], int]:
    """Reference population that its own line leaves as it is, and the rounds until then."""
    found = lines_above(line)
    for rounds in range(1, MOST_ROUNDS + 1):
        following = lines_above(found[1].value + found[2].value)
        if np.array_equal(following[0].part, found[0].part):
            return found, rounds
        found = following
    raise ConvergenceError(
        f"The line and its reference population did not settle in {MOST_ROUNDS} rounds: they go in"
        " a circle. Use the line of the first round (iterate=False)."
    )


def lines_of(
    reference: Reference, bought: Purchases, basket: Basket
) -> tuple[Linearised, Linearised]:
    """Food and non-food line, Rp per person per month."""
    food = np.array([commodity.part == "food" for commodity in basket.commodities])
    spent = reference.total(bought.value[:, food].sum(axis=1))
    calories = reference.total(bought.calories[:, food].sum(axis=1))
    if calories.value <= 0:
        raise LineError(
            "The foods of the reference population have no calories, so that a calorie has no"
            " price. Take the column of calories of block 41 (KALORI) as BPS delivers it."
        )
    minimum = reference.total((bought.ratio * bought.value)[:, ~food].sum(axis=1))
    # Spending is per month and calories per day: the days of the month cancel.
    return basket.kilocalories_per_day * (spent / calories), minimum / reference.persons


def _costs(
    reference: Reference,
    bought: Purchases,
    basket: Basket,
    lines: tuple[Linearised, Linearised],
    level: float,
) -> Iterator[CommodityCost]:
    """What each commodity that is bought adds to the line, and its prices."""
    persons = reference.persons
    foods = np.array([commodity.part == "food" for commodity in basket.commodities])
    all_food = reference.total(bought.value[:, foods].sum(axis=1))

    def estimated(name: str, linearised: Linearised, unit: str) -> Estimate:
        rows = estimate_linearised(
            reference.design,
            [(name, commodity.name_en, linearised)],
            unit=unit,
            kind="mean",
            mask=reference.part > 0,
            level=level,
            cases=bought.value[:, k] > 0,
        )
        return next(iter(rows))

    for k, commodity in enumerate(basket.commodities):
        spent = reference.total(bought.value[:, k])
        if spent.value == 0:
            continue
        calories = reference.total(bought.calories[:, k])
        quantity = reference.total(bought.quantity[:, k])
        if commodity.part == "food":
            share = spent / all_food
            # A product of two estimates, by its slopes.
            influence = lines[0].value * share.influence + share.value * lines[0].influence
            cost = Linearised(lines[0].value * share.value, influence)
        else:
            cost = reference.total(bought.ratio[:, k] * bought.value[:, k]) / persons
            share = cost / lines[1]
        per_calorie = (
            (1 / basket.days_per_month) * (spent / calories) if calories.value > 0 else None
        )
        # Joined codes are counted in different units.
        per_unit = spent / quantity if quantity.value > 0 and len(commodity.codes) == 1 else None
        yield CommodityCost(
            commodity,
            cost=estimated("cost", cost, UNIT),
            share=estimated("share", 100 * share, "percent"),
            calories=estimated("calories", calories / persons, "kcal per person and day"),
            price_per_kilocalorie=(
                None
                if per_calorie is None
                else estimated("price_per_kilocalorie", per_calorie, "Rp per kcal")
            ),
            price_per_unit=None
            if per_unit is None
            else estimated("price_per_unit", per_unit, "Rp per unit"),
        )
