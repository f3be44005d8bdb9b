"""Every estimator of the package, with what its laws are: how it scales, and which law it is exempt
from and why.
"""

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Literal

import hypothesis.strategies as st
import numpy as np
import pandas as pd
from hypothesis.extra.numpy import arrays

import bpsstats as bps
from bpsstats.survey import DistributionStatistic, Ratio, Statistic, SurveyDesign, estimate

LINE = 100.0
SCHOOLS = ("below_sd", "sd_smp", "sma_plus")
# Sums in another order, and weights scaled by a factor: rounding only.
ROUNDING = 1e-9

Law = Literal["weights", "copies"]
Reach = Literal["value", "error"]


@dataclass(frozen=True)
class Enrolled:
    """An estimator as the laws see it.

    `make` takes the size of the rupiah and returns the statistic, so that lines grow with
    expenditures. `money` and `weight` are the powers with which the value grows when rupiah or
    weights are multiplied. `exempt` names laws that do not hold: for the value (and so for the
    error), or for the error only.
    """

    make: Callable[[float], Statistic]
    money: int = 0
    weight: int = 0
    exempt: dict[Law, Reach] = field(default_factory=dict)


# The plug-in Gini coefficient subtracts 1/N, which knows how weights are scaled and how they are
# split over records.
PLUG_IN: dict[Law, Reach] = {"weights": "value", "copies": "value"}
# The quantile in the error of a Lorenz ordinate is interpolated between records, as convey does.
BETWEEN_RECORDS: dict[Law, Reach] = {"copies": "error"}
# The interval of Korn and Graubard counts records.
COUNTS_RECORDS: dict[Law, Reach] = {"copies": "error"}
# The bandwidth of the kernel shrinks with the population that the weights stand for.
BANDWIDTH: dict[Law, Reach] = {"weights": "error"}


def of(make: Callable[[], Statistic], **laws: object) -> Enrolled:
    """An estimator that knows no line. It is made when it is asked for, so that a mutation test
    reaches it.
    """
    return Enrolled(lambda _: make(), **laws)


STATISTICS: dict[str, list[Enrolled]] = {
    "total": [of(lambda: bps.total("expenditure_person_month"), money=1, weight=1)],
    "mean": [of(lambda: bps.mean("expenditure_person_month"), money=1)],
    "ratio": [of(lambda: bps.ratio("food_month", "expenditure_month"))],
    "share": [of(lambda: bps.share("education", "sd_smp"))],
    "population": [of(lambda: import_module("bpsstats.survey").population(), weight=1)],
    "fgt": [Enrolled(lambda c: import_module("bpsstats.poverty").fgt(LINE * c, 3))],
    "poor_count": [Enrolled(lambda c: bps.poor_count(LINE * c), weight=1)],
    "headcount": [Enrolled(lambda c: bps.headcount(LINE * c))],
    "poverty_gap": [Enrolled(lambda c: bps.poverty_gap(LINE * c))],
    "severity": [Enrolled(lambda c: bps.severity(LINE * c))],
    "just_above": [Enrolled(lambda c: bps.just_above(LINE * c, up_to=2.5))],
    "household_line": [Enrolled(lambda c: bps.household_line(LINE * c), money=1)],
    "watts": [Enrolled(lambda c: bps.watts(LINE * c))],
    "sen": [Enrolled(lambda c: bps.sen(LINE * c), exempt=PLUG_IN)],
    "sen_shorrocks_thon": [Enrolled(lambda c: bps.sen_shorrocks_thon(LINE * c), exempt=PLUG_IN)],
    "tip": [Enrolled(lambda c: bps.tip(0.3, LINE * c))],
    "gini": [of(lambda: bps.gini(), exempt=PLUG_IN), of(lambda: bps.gini(form="trapezoid"))],
    "theil": [of(lambda: bps.theil())],
    "mean_log_deviation": [of(lambda: bps.mean_log_deviation())],
    "generalised_entropy": [
        of(lambda: bps.generalised_entropy(2)),
        of(lambda: bps.generalised_entropy(-0.5)),
    ],
    "atkinson": [of(lambda: bps.atkinson(0.5)), of(lambda: bps.atkinson(1))],
    "quantile": [
        of(lambda: bps.quantile(0.4), money=1, exempt=COUNTS_RECORDS),
        of(lambda: bps.quantile(0.5, interval="wald"), money=1),
        of(lambda: bps.quantile(0.5, error="density"), money=1, exempt=BANDWIDTH),
    ],
    "lorenz": [of(lambda: bps.lorenz(0.3), exempt=BETWEEN_RECORDS)],
    "generalised_lorenz": [
        of(lambda: bps.generalised_lorenz(0.3), money=1, exempt=BETWEEN_RECORDS)
    ],
    "expenditure_share": [of(lambda: bps.expenditure_share(0.1, 0.7), exempt=BETWEEN_RECORDS)],
    "bottom_40": [of(lambda: bps.bottom_40(), exempt=BETWEEN_RECORDS)],
    "middle_40": [of(lambda: bps.middle_40(), exempt=BETWEEN_RECORDS)],
    "top_20": [of(lambda: bps.top_20(), exempt=BETWEEN_RECORDS)],
    "quintile_share": [of(lambda: bps.quintile_share(2), exempt=BETWEEN_RECORDS)],
    "quintile_ratio": [of(lambda: bps.quintile_ratio(), exempt=BANDWIDTH)],
}
EVERY = [enrolled for examples in STATISTICS.values() for enrolled in examples]

# Tables made of statistics, which take a design; their rows obey the laws of the statistics in
# them.
TABLES: dict[str, Callable[[SurveyDesign], object]] = {
    "decompose_inequality": lambda design: bps.decompose_inequality(design, "education"),
    "education_of_the_poor": lambda design: bps.education_of_the_poor(design, LINE),
    "work_of_the_poor": lambda design: bps.work_of_the_poor(design, LINE),
    "sector_of_the_poor": (
        lambda design: import_module("bpsstats.poverty").sector_of_the_poor(design, LINE)
    ),
    "food_share": lambda design: bps.food_share(design, LINE),
    "engel_curve": bps.engel_curve,
    "headcount_by_line": lambda design: bps.headcount_by_line(design, LINE),
    "headcount_curve": lambda design: (
        bps.headcount_curve(design, LINE, multiples=(0.5, 1, 2)).points
    ),
    "tip_curve": lambda design: bps.tip_curve(design, LINE, shares=(0.1, 0.3, 1)).points,
    "lorenz_curve": lambda design: bps.lorenz_curve(design, shares=(0.2, 0.5, 0.8)).points,
}

# Public callables that take a design and estimate nothing themselves, each with its reason.
NO_ESTIMATORS = {
    "implied_factor": "gives an interval of factors; tests/reproduction/test_factor_round_trip.py",
    "crosstab": "held to R svychisq; tests/known_answer/profile",
    "estimate": "the engine that the laws are put to",
    "covariance": "a step of the engine",
    "variance": "a step of the engine",
    "poor_mask": "a mask of records",
    "calibrate": "makes weights",
    "rebased_design": "makes weights",
    "jackknife": "makes replicate weights",
    "balanced": "makes replicate weights",
    "bootstrap": "makes replicate weights",
    "given_weights": "takes replicate weights from the file",
    "replicate": "puts any function to replicate weights",
    "decompose_change": "takes two rounds; its laws are in test_decompositions",
    "decompose_by_group": "takes two rounds; its laws are in test_decompositions",
    "growth_incidence_curve": "takes two rounds; held to R in tests/known_answer/distribution",
    "estimate_poverty_line": (
        "takes the items of a round beside the design; its laws are in test_line_laws"
    ),
}


def public_estimators() -> set[str]:
    """Public functions of the numeric packages that return a statistic or take a design."""
    found = set()
    for package in (bps, *(import_module(f"bpsstats.{name}") for name in ("survey", "poverty"))):
        for name in package.__all__:
            thing = getattr(package, name)
            if inspect.isfunction(thing) and thing.__module__.split(".")[1] in (
                "survey",
                "poverty",
            ):
                hints = typing.get_type_hints(thing)
                makes_statistic = hints.get("return") in (Ratio, DistributionStatistic, Statistic)
                if makes_statistic or SurveyDesign in hints.values():
                    found.add(name)
    return found


@st.composite
def samples(draw, least: float = 1.0):
    """A frame of 2 to 4 strata of 2 to 4 PSUs of 1 to 4 households, many of them alike."""
    psus = draw(st.lists(st.integers(2, 4), min_size=2, max_size=4))
    sizes = draw(st.lists(st.integers(1, 4), min_size=sum(psus), max_size=sum(psus)))
    n = sum(sizes)
    stratum = np.repeat(np.repeat(np.arange(len(psus)), psus), sizes).astype(str)
    psu = np.repeat([f"{h}-{i}" for h, count in enumerate(psus) for i in range(count)], sizes)
    expenditure = draw(arrays(np.float64, n, elements=st.floats(least, 400)))
    return pd.DataFrame(
        {
            "stratum": stratum,
            "psu": psu,
            "weight_person": draw(arrays(np.float64, n, elements=st.floats(1, 1000))),
            "expenditure_person_month": expenditure,
            "education": pd.Categorical.from_codes(
                draw(arrays(np.int8, n, elements=st.integers(0, 2))), SCHOOLS
            ),
            "size": draw(arrays(np.int8, n, elements=st.integers(1, 6))).astype(float),
        }
    ).pipe(with_derived)


def with_derived(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that follow from the others."""
    total = frame["expenditure_person_month"] * frame["size"]
    work = np.where(frame["size"] > 3, "informal", "formal")
    return frame.assign(
        expenditure_month=total, food_month=total**0.8, adult=True, work=work,
        sector=np.where(work == "formal", "agriculture", "other")
    )  # fmt: skip


def results(
    frame: pd.DataFrame, statistics: list[Statistic], domain: np.ndarray | None = None
) -> np.ndarray:
    """Estimates and standard errors, shape (statistics, 2)."""
    table = estimate(SurveyDesign(frame), statistics, domain=domain)
    return np.array([(row.estimate, row.std_error) for row in table])


def values(
    frame: pd.DataFrame, statistics: list[Statistic], domain: np.ndarray | None = None
) -> np.ndarray:
    """Estimates, shape (statistics,)."""
    return results(frame, statistics, domain)[:, 0]


def same(
    left: np.ndarray,
    right: np.ndarray,
    scales: np.ndarray | float = 1.0,
    tolerance: float = ROUNDING,
) -> None:
    """Equal up to rounding of the size of the estimates: an error of zero is a sum of rounded
    zeros.
    """
    size = np.fmax(np.nan_to_num(np.fmax(np.abs(left), np.abs(right)).max(axis=1)), scales)[:, None]
    equal = np.isclose(left / size, right / size, rtol=0, atol=tolerance, equal_nan=True).all(
        axis=1
    )
    assert equal.all(), {i: (left[i], right[i]) for i in np.flatnonzero(~equal)}
