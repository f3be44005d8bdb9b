"""Weights: positive, the same in all files, WEIND is R301 x WERT, and their sum is the
population.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bpsstats.microdata.checks.known import Known
from bpsstats.microdata.findings import Finding, Gravity, Names, found
from bpsstats.microdata.tables import OfficialTables

# Relative: weights are printed with about six digits after the point, and single precision keeps
# seven digits.
RELATIVE = 1e-6
# No regency or city of Indonesia has fewer or more people.
SMALLEST_POPULATION, LARGEST_POPULATION = 5e3, 1e7
MOST_ROUNDED = 3  # decimals of weights that some programs cut the released six to
OFF_THE_POPULATION = 0.02  # a projection is revised by less between two editions
# Bases differ: the projections of three years to either side span most of it.
OFF_PROJECTIONS = 0.05
SINGLE = 1e-7  # relative error of single precision
ROUNDED = (
    "Take the file with all decimals if there is one; estimates move by less than the rounding."
)
CORE = ("kor_individual", "kor_household")


def weights_are_positive(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """Every record stands for somebody."""
    columns = [(role, tables.layout.design.weight) for role in CORE] + [
        ("blok43", "WERT"),
        ("blok43", "WEIND"),
    ]
    for role, column in columns:
        frame = tables.get(role, column)
        if frame is not None:
            bad = ~(np.isfinite(frame[column]) & (frame[column] > 0))
            remedy = "Take the weights of the released file; do not fill them in."
            yield from found(
                bad, names[role], column, "Weights are no positive finite numbers.", remedy
            )


def weights_sum_to_a_population(
    tables: OfficialTables, names: Names, known: Known
) -> Iterator[Finding]:
    """The weights of all persons sum to the declared population; or else near its projections, if
    any are on file, and in any case to one that a regency can have.
    """
    role = "kor_individual" if "kor_individual" in tables.frames else tables.core_role
    weight = "WEIND" if role == "blok43" else tables.layout.design.weight
    frame, declared, projected = tables.get(role, weight), known.population, known.projections
    if frame is None or role == "kor_household":
        return
    population = float(frame[weight].sum())
    if not np.isfinite(population):
        return
    what, remedy = "", ""
    gravity: Gravity = "error"
    if not SMALLEST_POPULATION <= population <= LARGEST_POPULATION:
        what = "The weights of all persons sum to a population that no regency or city has."
        remedy = (
            f"Check their unit: a person's {weight} is the number of persons that the record stands"
            " for."
        )
    elif declared is not None:
        if abs(population - declared) > OFF_THE_POPULATION * declared:
            what = (
                "The weights of all persons sum to another population than the declared one, by"
                " more than two percent."
            )
            remedy = (
                "Check that the roster is whole, that it is of this round, and that the declared"
                " population is the round's."
            )
    elif projected and population > max(projected) * (1 + OFF_PROJECTIONS):
        what = "The weights of all persons sum to more than any projection of the population."
        remedy = (
            "Take the weights as released; where they are right, declare the population of the"
            " round"
            " with --population or in source.yaml."
        )
    elif projected and population < min(projected) * (1 - OFF_PROJECTIONS):
        what = "The weights of all persons sum to less than any projection of the population."
        gravity = "warning"
        remedy = (
            "A missing part of the roster is a usual cause. Where the file is whole, declare the"
            " population of the round with --population or in source.yaml."
        )
    if what:
        yield Finding(gravity, ", ".join(names[role]), weight, what, remedy, len(frame), ())


def weights_agree(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """The core files carry the household's weight, and WEIND is R301 x WERT."""
    key, weight = tables.layout.household_key, tables.layout.design.weight
    block43 = tables.get("blok43", "WERT", "WEIND", "R301")
    if block43 is not None:
        yield from _person_weight(block43, names)
    reference = block43 if block43 is not None else tables.get("kor_household", weight)
    if reference is None:
        return
    column = "WERT" if block43 is not None else weight
    by_household = reference.drop_duplicates(key).set_index(key)
    sizes = by_household.get(tables.layout.household["size"])
    for role in CORE:
        frame = tables.get(role, weight)
        if frame is None or frame is reference:
            continue
        expected = frame[key].map(by_household[column])
        rounding = _half_unit(frame[weight]) + _half_unit(by_household[column])
        off = _differ(frame[weight], expected, rounding)
        as_persons = (
            sizes is not None
            and off.any()
            and not _differ(frame[weight], expected * frame[key].map(sizes), rounding)[off].any()
        )
        what = (
            f"Rows have the person weight, R301 x {column}, as {weight}."
            if as_persons
            else f"Rows have {weight} other than {column}."
        )
        remedy = (
            "FWT is the household's weight on every record; a weight multiplied by the size counts"
            " persons twice."
            if as_persons
            else "Both are the household's weight; take both files from the same edition."
        )
        yield from found(off, names[role], weight, what, remedy)
        rounded = _differ(frame[weight], expected) & ~off
        what = f"Rows have {weight} and {column} that agree but for rounding."
        yield from found(rounded, names[role], weight, what, ROUNDED, "warning")


def _person_weight(block43: pd.DataFrame, names: Names) -> Iterator[Finding]:
    """WEIND is R301 x WERT; the usual mix-ups are named."""
    expected = block43["R301"] * block43["WERT"]
    rounding = _half_unit(block43["WEIND"]) + block43["R301"] * _half_unit(block43["WERT"])
    off = _differ(block43["WEIND"], expected, rounding)
    rounded = _differ(block43["WEIND"], expected) & ~off
    what = "Households have WEIND that is R301 x WERT but for rounding."
    yield from found(rounded, names["blok43"], "WEIND", what, ROUNDED, "warning")
    if not off.any():
        return
    swapped = not _differ(block43["WERT"], block43["R301"] * block43["WEIND"])[off].any()
    same = not _differ(block43["WEIND"], block43["WERT"])[off].any()
    twice = not _differ(block43["WEIND"], block43["R301"] ** 2 * block43["WERT"])[off].any()
    cause = (
        "WERT and WEIND stand in one another's place."
        if swapped
        else (
            "WEIND holds the household weight, WERT."
            if same
            else (
                "WEIND was multiplied by the size twice."
                if twice
                else "A common cause is that the two weights were renamed or multiplied twice."
            )
        )
    )
    yield from found(
        off, names["blok43"], "WEIND", "Households have WEIND other than R301 x WERT.", cause
    )


def _differ(weight: pd.Series, expected: pd.Series, rounding: float | pd.Series = 0.0) -> pd.Series:
    """Whether two weights differ by more than rounding where both are there."""
    off = (weight - expected).abs() > RELATIVE * expected.abs() + rounding
    return pd.Series(off & np.isfinite(weight) & np.isfinite(expected), index=weight.index)


def _half_unit(weight: pd.Series) -> float:
    """Most that weights were moved by when they were cut to a few decimals; zero where they were
    not.

    Examples
    --------
    >>> _half_unit(pd.Series([271.8, 3.14])), _half_unit(pd.Series([271.828183, 3.0]))
    (0.005, 0.0)
    """
    finite = weight[np.isfinite(weight)]
    for decimals in range(MOST_ROUNDED + 1):
        if np.isclose(finite, finite.round(decimals), rtol=SINGLE, atol=0).all():
            return float(0.5 / 10**decimals)
    return 0.0
