"""Whose spending grew: growth of every quantile between two rounds."""

from collections.abc import Sequence

import numpy as np

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.poverty.changes.stacked_rounds import AFTER, ROUND, stack_rounds
from bpsstats.poverty.inequality.quantiles import QuantileError, quantile
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.survey import Curve, Linearised, SurveyDesign, curve
from bpsstats.survey.estimate import estimate_linearised

PERCENTILES = tuple(i / 20 for i in range(1, 20))


@checked
def growth_incidence_curve(
    before: SurveyDesign,
    after: SurveyDesign,
    *,
    shares: Sequence[float] = PERCENTILES,
    prices: float = 1.0,
    welfare: str = WELFARE,
    error: QuantileError = "woodruff",
    level: float = 0.95,
) -> Curve:
    """Growth of spending at each quantile from one round to the next, with a pointwise and a
    uniform band.

    Parameters
    ----------
    before, after : SurveyDesign
        Designs with person weights over independent samples of one area.
    shares : sequence of float
        The grid: shares of persons, counted from the poorest, between 0 and 1.
    prices : float
        Prices of the later round over those of the earlier one, such as the poverty line over the
        line before; 1 leaves growth in rupiah of each round.
    welfare : str
        Column of expenditure per person, Rp per month.
    error : {"woodruff", "density"}
        Where the error of a quantile comes from; see `quantile`.
    level : float
        Confidence level.

    Returns
    -------
    Curve
        Along ``share_of_persons``, ``g(p) = 100 (q_after(p) / (prices q_before(p)) - 1)``, percent
        between the rounds. Its influence is that of a ratio of quantiles, each round's own.

    Raises
    ------
    ParameterError
        If prices are not positive, or a share does not lie between 0 and 1.

    References
    ----------
    Ravallion, M. and Chen, S. (2003). Measuring pro-poor growth. Economics Letters 78(1), 93-99.

    Examples
    --------
    Spending of everybody doubled while prices rose by a quarter:

    >>> import pandas as pd
    >>> spent = pd.Series([1.0, 2, 3, 4, 5, 6, 7, 8])
    >>> rounds = [
    ...     SurveyDesign(
    ...         pd.DataFrame({"expenditure_person_month": spent * times, "w": 1.0}),
    ...         weight="w", strata=None, psu=None,
    ...     )
    ...     for times in (1, 2)
    ... ]
    >>> curve = growth_incidence_curve(*rounds, shares=(0.25, 0.5, 0.75), prices=1.25)
    >>> [round(row.estimate, 9) for row in curve.points]
    [60.0, 60.0, 60.0]
    """
    if not prices > 0:
        raise ParameterError(
            f"Prices are {prices} of those before; give a positive number, such as 1.03."
        )
    stacked = stack_rounds(before, after, [welfare])
    late = (stacked.frame[ROUND] == AFTER).to_numpy()

    def growth(share: float) -> Linearised:
        q = quantile(share, welfare=welfare, error=error)
        ratio = q.linearise(stacked, late) / q.linearise(stacked, ~late)
        return 100.0 * Linearised(ratio.value / prices - 1, ratio.influence / prices)

    rows = [(f"growth:{share:g}", "all", growth(share)) for share in shares]
    points = estimate_linearised(stacked, rows, unit="percent", kind="mean", level=level)
    return curve(points, "share_of_persons", np.asarray(shares, dtype=np.float64))
