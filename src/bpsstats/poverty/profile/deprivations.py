"""Poverty in several dimensions: of how much a household is deprived at once (Alkire and Foster),
over the concepts of the profile.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import AbsentError, ParameterError
from bpsstats.files import read_yaml
from bpsstats.microdata.concepts import concepts
from bpsstats.microdata.read import Round
from bpsstats.poverty.profile.classes import classes_of, why_not_told
from bpsstats.poverty.profile.declared import UNKNOWN
from bpsstats.survey import Estimates, Ratio, SurveyDesign, estimate
from bpsstats.survey.statistics.ratios import ones

CUTOFF = 1 / 3
ROUNDING = 1e-12
ANSWERED = "answered"


@cache
def indicators() -> dict[str, dict[str, Any]]:
    """Of what a household can be deprived, as ``deprivations.yaml`` declares it, by name.

    Examples
    --------
    >>> indicators()["floor"]["dimension"]
    'dwelling'
    """
    declared: dict[str, dict[str, Any]] = read_yaml(Path(__file__).with_suffix(".yaml"))
    return declared


def nested_weights() -> dict[str, float]:
    """Weights that give each dimension the same, and each indicator of it the same; they sum to
    one.
    """
    dimension = {name: spec["dimension"] for name, spec in indicators().items()}
    of = Counter(dimension.values())
    return {name: 1 / (len(of) * of[dimension[name]]) for name in dimension}


def not_told(round_: Round) -> dict[str, str]:
    """Why a round cannot tell an indicator, by indicator; empty where it tells all."""
    reasons = {
        name: why_not_told(getattr(round_, concepts()[spec["concept"]].frame), spec["concept"])
        for name, spec in indicators().items()
    }
    return {name: reason for name, reason in reasons.items() if reason}


@checked
def deprivation_counts(
    round_: Round,
    *,
    cutoff: float = CUTOFF,
    weights: Mapping[str, float] | None = None,
    by: str | Sequence[str] | None = None,
    level: float = 0.95,
) -> Estimates:
    """Headcount, intensity and adjusted headcount of those who are deprived in several ways at
    once, and what each indicator adds.

    Parameters
    ----------
    round_ : Round
    cutoff : float
        Share of the weights, over 0 and up to 1, from which on a household is poor.
    weights : mapping of str to float, optional
        Indicator, a name of ``deprivations.yaml``, to its weight; they are divided by their sum.
        Default all indicators, equal weights of dimensions and within each.
    by : str or sequence of str, optional
        Columns of households to break down by.
    level : float
        Confidence level.

    Returns
    -------
    Estimates
        Percent of persons, all members of a household counting alike, with ``c`` the weighted
        number of deprivations and ``k`` the cutoff: ``H`` (``c >= k``), ``A`` (mean ``c`` of
        those), ``M0 = H A``, and for each indicator ``deprived:<name>``, ``censored:<name>``
        (deprived and ``c >= k``) and ``contribution:<name>`` (its part of M0, percent; these sum
        to 100). A household that left an indicator open is in no figure.

    Raises
    ------
    ParameterError
        If the cutoff or a weight is none, or an indicator is unknown.
    AbsentError
        If the round cannot tell an indicator.

    References
    ----------
    Alkire, S. and Foster, J. (2011). Counting and multidimensional poverty measurement. Journal of
    Public Economics 95, 476-487.

    Examples
    --------
    >>> from bpsstats.microdata import read_round
    >>> found = deprivation_counts(read_round("6471", 2022))
    >>> h, a, m0 = (found.row(name).estimate for name in ("H", "A", "M0"))
    >>> abs(h * a / 100 - m0) < 1e-12
    True
    """
    given = nested_weights() if weights is None else {k: float(v) for k, v in weights.items()}
    unknown = ", ".join(name for name in given if name not in indicators())
    if unknown or not given or min(given.values()) <= 0 or not 0 < cutoff <= 1:
        raise ParameterError(
            f"The cutoff is {cutoff:g} and the weights are of {', '.join(given) or 'nothing'}. Give"
            " a cutoff over 0 and up to 1, and positive weights of some of:"
            f" {', '.join(indicators())}."
        )
    for name, reason in not_told(round_).items():
        if name in given:
            raise AbsentError(
                f"The round cannot tell whether a household is deprived of {name}. {reason}"
            )
    of = {name: weight / sum(given.values()) for name, weight in given.items()}
    frame = round_.households.copy()
    deprived = pd.DataFrame({name: _deprived(round_, name) for name in of})
    frame[list(map(_column, of))] = deprived.to_numpy()
    frame[ANSWERED] = deprived.notna().all(axis=1).to_numpy()
    frame.attrs = dict(round_.households.attrs)
    design, statistics = SurveyDesign(frame), _statistics(of, cutoff)
    return estimate(design, statistics, by=by, domain=ANSWERED, domain_name="all", level=level)


def _column(name: str) -> str:
    """Column of an indicator."""
    return f"deprived_{name}"


def _deprived(round_: Round, name: str) -> np.ndarray:
    """Whether each household is deprived, 1 or 0, NaN where it is not told."""
    spec = indicators()[name]
    concept = concepts()[spec["concept"]]
    frame = getattr(round_, concept.frame)
    classes = classes_of(frame, concept.name)
    is_told = classes.notna() & (classes != UNKNOWN)
    is_so = classes.isin(spec["deprived"]).astype(np.float64).where(is_told)
    if concept.frame == "households":
        return is_so.to_numpy()
    counted = frame["age"].between(*spec["age"])
    of_household = is_so[counted].groupby(frame["household"][counted])
    # One member settles it, whatever the others left open.
    told = of_household.max() if spec["members"] == "any" else of_household.min()
    settles = 1.0 if spec["members"] == "any" else 0.0
    is_open = is_so[counted].isna().groupby(frame["household"][counted]).any()
    told = told.where((told == settles) | ~is_open)
    # Without a member who is counted a household is not deprived.
    key = round_.households["household"]
    return np.where(key.isin(is_open.index), key.map(told), 0.0).astype(np.float64)


def _statistics(weights: Mapping[str, float], cutoff: float) -> list[Ratio]:
    """H, A, M0, and three figures of each indicator."""

    def is_deprived(name: str, design: SurveyDesign) -> np.ndarray:
        return design.column(_column(name))

    def count(design: SurveyDesign) -> np.ndarray:
        parts = [weight * is_deprived(name, design) for name, weight in weights.items()]
        return np.asarray(np.sum(parts, axis=0))

    def poor(design: SurveyDesign) -> np.ndarray:
        c = count(design)
        return np.asarray(np.where(np.isnan(c), np.nan, c + ROUNDING >= cutoff))

    def censored(design: SurveyDesign) -> np.ndarray:
        return np.asarray(count(design) * poor(design))

    def censored_one(name: str, times: float, design: SurveyDesign) -> np.ndarray:
        return np.asarray(times * is_deprived(name, design) * poor(design))

    headcount = Ratio("H", "percent", "proportion", poor, ones, 100.0)
    made = [
        headcount,
        Ratio("A", "percent", "mean", censored, poor, 100.0),
        Ratio("M0", "percent", "index", censored, ones, 100.0, headcount),
    ]
    for name, weight in weights.items():
        one, both = partial(is_deprived, name), partial(censored_one, name, 1.0)
        made += [
            Ratio(f"deprived:{name}", "percent", "proportion", one, ones, 100.0),
            Ratio(f"censored:{name}", "percent", "proportion", both, ones, 100.0),
            Ratio(f"contribution:{name}", "percent", "ratio", partial(censored_one, name, weight),
                  censored, 100.0),
        ]  # fmt: skip
    return made
