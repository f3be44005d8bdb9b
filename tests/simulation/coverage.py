"""How often intervals hold the truth, how honest standard errors are, and what a change must be to
be found.

Every estimate, error and interval below is the package's own, from a design made of one sample;
only the truth and the counting are done here.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from bpsstats.errors import SeparationError
from bpsstats.models import survey_logit
from bpsstats.poverty import (
    change,
    education_of_the_poor,
    gini,
    headcount,
    poor_count,
    poverty_gap,
    severity,
)
from bpsstats.survey import Estimate, Estimates, SurveyDesign, estimate
from bpsstats.survey.results.one_estimate import DEFAULT_METHOD
from simulation.sampling import City, everybody, households, persons, samples

LEVEL = 0.95
METHODS = ("korn-graubard", "gamma", "logit", "wald")
DOMAIN = "head_below_smp"
ROUNDS = 5
EDUCATION_TERM = "head_education: below_sd"
FORMULA = "poor ~ C(head_education, Treatment('sma_plus')) + log_size"


def measures(of: City, frame: pd.DataFrame, line: float) -> Estimates:
    """What is simulated of one frame of households: measures of all, of a domain, and the education
    of the poor.
    """
    design = SurveyDesign(frame)
    fgt = [headcount(line), poverty_gap(line), severity(line)]
    table = estimate(design, [*fgt, poor_count(line), gini()])
    table += estimate(design, fgt, domain=DOMAIN)
    return table + education_of_the_poor(SurveyDesign(persons(of, frame)), line)


def intervals(of: City, line: float, n: int, seed: int) -> pd.DataFrame:
    """Estimate, error and limits of each statistic by each method in each of `n` samples, beside
    the truth.
    """
    truth = measures(of, households(of, everybody(of)), line)
    tables = (measures(of, households(of, sample), line) for sample in samples(of, n, seed))
    return pd.DataFrame(record for table in tables for record in _records(table, truth))


def odds_ratios(of: City, line: float, n: int, seed: int) -> pd.DataFrame:
    """The same of the log odds ratio of being poor, head without a diploma, in `n` pools of five
    rounds.
    """
    everyone = survey_logit(
        FORMULA, SurveyDesign(_with_poor(households(of, everybody(of)), line))
    ).estimates()
    truth = everyone.row("coefficient", EDUCATION_TERM).estimate
    drawn = samples(of, n * ROUNDS, seed)
    records = []
    for _ in range(n):
        frames = [_with_poor(households(of, next(drawn)), line, round_) for round_ in range(ROUNDS)]
        try:
            result = survey_logit(FORMULA, SurveyDesign(pd.concat(frames, ignore_index=True)))
        except SeparationError:
            records.append(
                {"statistic": "log odds ratio", "domain": "all", "method": "wald", "default": True}
            )
            continue
        row = result.estimates().row("coefficient", EDUCATION_TERM)
        records.append(
            _record(row, truth, "wald") | {"statistic": "log odds ratio", "domain": "all"}
        )
    return pd.DataFrame(records)


def changes(of: City, before: float, falls: list[float], n: int, seed: int) -> pd.DataFrame:
    """Changes between two independent samples, for each true fall in the number of poor.

    Parameters
    ----------
    of : City
    before : float
        P0 before, a proportion.
    falls : list of float
        Poor persons less; below zero, more.
    n, seed : int
    """
    city_persons = of.population.n_persons
    first_line = [of.line_for(before)]
    old = _counts(of, first_line)
    lines = [of.line_for(before - fall / city_persons) for fall in falls]
    new = _counts(of, lines)
    records = []
    drawn = samples(of, 2 * n, seed)
    for _ in range(n):
        (first,) = _rounds(of, next(drawn), first_line)
        for fall, true, second in zip(falls, new, _rounds(of, next(drawn), lines), strict=True):
            (row,) = change(first, second)
            low, high = row.interval()
            # Where nothing changed, any finding is a false alarm; elsewhere it must go the right
            # way.
            found = row.is_distinguishable and (
                fall == 0 or np.sign(row.change) == np.sign(true - old[0])
            )
            records.append(
                {
                    "fall": fall, "truth": true - old[0], "estimate": row.change,
                    "std_error": row.std_error,
                    "low": low, "high": high, "found": found, "detectable": row.detectable,
                }
            )  # fmt: skip
    return pd.DataFrame(records)


def summary(records: pd.DataFrame) -> pd.DataFrame:
    """One row per statistic, domain and method: coverage with its Monte-Carlo error, misses, SE/sd,
    relative width.
    """
    rows = []
    for (statistic, domain, method), group in records.groupby(
        ["statistic", "domain", "method"], sort=False
    ):
        known = group.dropna(subset=["low", "high"])
        below, above = (
            (known["truth"] < known["low"]).mean(),
            (known["truth"] > known["high"]).mean(),
        )
        coverage = 1 - below - above
        truth = known["truth"].iloc[0]
        rows.append(
            {
                "statistic": statistic,
                "domain": domain,
                "method": method,
                "default": bool(known["default"].iloc[0]),
                "truth": truth,
                "samples": len(group),
                "not_estimable": len(group) - len(known),
                "coverage": coverage,
                "mc_error": np.sqrt(coverage * (1 - coverage) / len(known)),
                "truth_below": below,
                "truth_above": above,
                "se_over_sd": known["std_error"].mean() / known["estimate"].std(),
                "width": (known["high"] - known["low"]).mean() / abs(truth),
            }
        )
    return pd.DataFrame(rows)


def power(records: pd.DataFrame) -> pd.DataFrame:
    """One row per true fall: how often it is found, the interval's coverage, and what the formula
    calls detectable.
    """
    rows = []
    for fall, group in records.groupby("fall"):
        known = group.dropna(subset=["low", "high"])
        held = ((known["low"] <= known["truth"]) & (known["truth"] <= known["high"])).mean()
        rows.append(
            {
                "fall": fall,
                "samples": len(group),
                "not_estimable": len(group) - len(known),
                "found": group["found"].mean(),
                "coverage": held,
                "se_over_sd": group["std_error"].mean() / group["estimate"].std(),
                "detectable": group["detectable"].mean(),
            }
        )
    return pd.DataFrame(rows)


def found_eight_in_ten(table: pd.DataFrame, sign: int) -> float:
    """The smallest fall (sign 1) or rise (sign -1) found in eight samples of ten, between the
    simulated ones.
    """
    side = (
        table[sign * table["fall"] > 0].assign(size=lambda t: sign * t["fall"]).sort_values("size")
    )
    for (_, a), (_, b) in pairwise(side.iterrows()):
        if a["found"] < 0.8 <= b["found"]:
            return float(
                a["size"] + (0.8 - a["found"]) / (b["found"] - a["found"]) * (b["size"] - a["size"])
            )
    return float("nan")


def _records(table: Estimates, truth: Estimates) -> Iterator[dict[str, object]]:
    """Each row by each method that serves its kind."""
    for row, true in zip(table, truth, strict=True):
        for method in METHODS:
            if method == "wald" or row.kind in ("proportion", "index"):
                yield _record(row, true.estimate, method)


def _record(row: Estimate, truth: float, method: str) -> dict[str, object]:
    """One interval beside the truth. A count has the interval of its rate, not one of the methods',
    by default.
    """
    default = "gamma" if row.one_more is not None else DEFAULT_METHOD[row.kind]
    name = method
    if row.rate is not None and row.kind == "count":
        default, name = method, "of the rate"
    low, high = row.interval(LEVEL, None if name == "of the rate" else method)
    return {
        "statistic": row.statistic, "domain": row.domain, "method": name,
        "default": method == default, "truth": truth,
        "estimate": row.estimate, "std_error": row.std_error, "low": low, "high": high,
    }  # fmt: skip


def _with_poor(frame: pd.DataFrame, line: float, round_: int = 0) -> pd.DataFrame:
    """Households with the columns of the model; strata and PSUs of a round are its own."""
    return frame.assign(
        poor=(frame["expenditure_person_month"] < line).astype(float),
        log_size=np.log(frame["size"]),
        stratum=frame["stratum"] + 10 * round_,
        psu=frame["psu"] + 1_000_000 * round_,
    )


def _rounds(of: City, sample, lines: list[float]) -> list[Estimates]:
    """The number of poor of one sample under each line."""
    design = SurveyDesign(households(of, sample))
    return [estimate(design, poor_count(line)) for line in lines]


def _counts(of: City, lines: list[float]) -> list[float]:
    """The true number of poor under each line."""
    return [float(of.size[of.expenditure < line].sum()) for line in lines]
