"""What lies behind a change of poverty: growth of the mean, redistribution and the line."""

from collections.abc import Callable
from itertools import permutations, product
from math import factorial

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.poverty.changes.decomposition import (
    REPLICATES,
    SEED,
    Decomposition,
    in_both_rounds,
    noted,
    with_errors,
)
from bpsstats.poverty.changes.stacked_rounds import AFTER, ROUND, stack_rounds
from bpsstats.poverty.indices.fgt import NAMES, gaps
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.survey import SurveyDesign
from bpsstats.survey.estimate import households_behind

FACTORS = ("growth", "redistribution", "line")


@checked
def decompose_change(
    before: SurveyDesign,
    after: SurveyDesign,
    line_before: OneLine,
    line_after: OneLine,
    *,
    alpha: float = 0,
    replicates: int = REPLICATES,
    seed: int = SEED,
    level: float = 0.95,
) -> Decomposition:
    """Growth, redistribution and line components of a change of P0, P1 or P2 (Datt and Ravallion,
    Shapley's version).

    Parameters
    ----------
    before, after : SurveyDesign
        Designs with person weights and the column expenditure_person_month, Rp of their own year.
    line_before, line_after : PovertyLine or float
        Rp per person per month, of their own year.
    alpha : float
        Order of the FGT index.
    replicates, seed : int
        Rescaled bootstrap of both rounds.
    level : float
        Confidence level.

    Returns
    -------
    Decomposition
        Parts ``growth`` (the mean moves, relative shares and line stay), ``redistribution``
        (relative shares move) and ``line`` (the nominal line moves), in percentage points; they add
        up to the change exactly.

    Raises
    ------
    ParameterError
        If the order is negative.

    Notes
    -----
    ``P(m, L, z)`` is the index of the spending of round ``L`` scaled to the mean of round ``m``
    against the line of round ``z``. A factor's part is the mean, over the six orders in which three
    factors can move, of what its move changes (Shorrocks 2013, Journal of Economic Inequality 11).
    In current prices, so that growth and line both hold inflation, with opposite signs. Their sum
    is near the growth part of the two-factor split in prices of the line, and not equal to it, as
    three factors are averaged over other orders than two.

    References
    ----------
    Datt, G. and Ravallion, M. (1992). Growth and redistribution components of changes in poverty
    measures. Journal of Development Economics 38(2), 275-295.

    Examples
    --------
    >>> import bpsstats as bps
    >>> rounds = (bps.read_round("6471", year) for year in (2021, 2022))
    >>> before, after = (bps.SurveyDesign(each.households) for each in rounds)
    >>> lines = [bps.poverty_line("6471", year) for year in (2021, 2022)]
    >>> parts = bps.decompose_change(before, after, *lines, replicates=20)
    >>> type(parts).__name__
    'Decomposition'
    """
    if alpha < 0:
        raise ParameterError(f"The order of an FGT index is {alpha}; it is 0 or more.")
    stacked = stack_rounds(before, after, [WELFARE])
    expenditure, late = stacked.column(WELFARE), (stacked.frame[ROUND] == AFTER).to_numpy()
    spent = (expenditure[~late], expenditure[late])
    lines = (
        common_threshold(line_before).against(spent[0]),
        common_threshold(line_after).against(spent[1]),
    )

    def depth(design: SurveyDesign, state: tuple[int, ...]) -> np.ndarray:
        """Gaps of the records of the round whose shares they are."""
        mean, shares, line = state
        scaled = spent[shares]
        if mean != shares:
            means = [
                float(np.average(y, weights=design.weights[of]))
                for y, of in zip(spent, (~late, late), strict=True)
            ]
            scaled = scaled * (means[mean] / means[shares])
        return gaps(scaled, lines[line], alpha)

    def values(design: SurveyDesign) -> np.ndarray:
        weights = (design.weights[~late], design.weights[late])

        def index(state: tuple[int, ...]) -> float:
            return 100 * float(np.average(depth(design, state), weights=weights[state[1]]))

        return np.append(shapley(index, len(FACTORS)), index((1, 1, 1)) - index((0, 0, 0)))

    def moved(factor: int) -> np.ndarray:
        """Records whose gap a factor's move changes, shape (n,); where the shares move, the poor of
        one round come for those of the other.
        """
        found = np.zeros(stacked.n, dtype=bool)
        for others in product((0, 1), repeat=len(FACTORS) - 1):
            first, last = ((*others[:factor], to, *others[factor:]) for to in (0, 1))
            gap, then = depth(stacked, first), depth(stacked, last)
            if first[1] == last[1]:
                found[late == first[1]] |= gap != then
            else:
                found[~late] |= gap > 0
                found[late] |= then > 0
        return found

    name = NAMES.get(int(alpha), f"fgt:{alpha:g}") if alpha == int(alpha) else f"fgt:{alpha:g}"
    what = f"Change of {name}: what growth of the mean, redistribution and the line contribute"
    what += noted(line_before, line_after)
    both = in_both_rounds(before, after, line_before, line_after, alpha)
    parts = [
        (factor, "all", both, households_behind(stacked, moved(k)))
        for k, factor in enumerate(FACTORS)
    ]
    return with_errors(stacked, values, parts, both, what, replicates, seed, level)


def shapley(value: Callable[[tuple[int, ...]], float], n: int) -> np.ndarray:
    """Shapley's parts of ``value(1, ..., 1) - value(0, ..., 0)``, one for each of n factors that
    move from 0 to 1.

    Parameters
    ----------
    value : callable
        Takes the state of each factor, 0 or 1.
    n : int

    Examples
    --------
    >>> shapley(lambda state: float(state[0] * state[1] + 2 * state[0]), 2)
    array([2.5, 0.5])
    """
    known: dict[tuple[int, ...], float] = {}

    def at(state: tuple[int, ...]) -> float:
        if state not in known:
            known[state] = value(state)
        return known[state]

    parts = np.zeros(n)
    for order in permutations(range(n)):
        state = [0] * n
        for factor in order:
            without = at(tuple(state))
            state[factor] = 1
            parts[factor] += at(tuple(state)) - without
    return parts / factorial(n)
