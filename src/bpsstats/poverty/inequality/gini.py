"""The Gini coefficient, in the two definitions that are in use for weighted data. The others are in
`entropy`.

With ``y`` the expenditure per person in ascending order, ``w`` the weights, ``N = sum w``, ``Y =
sum w y`` and ``r`` the running sum of the weights.
"""

from typing import Literal

import numpy as np

from bpsstats.arguments import checked
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.survey import DistributionStatistic, Linearised
from bpsstats.survey.statistics.ratios import Column

GiniForm = Literal["plug-in", "trapezoid"]


@checked
def gini(*, welfare: str = WELFARE, form: GiniForm = "plug-in") -> DistributionStatistic:
    """Gini coefficient, between 0 and 1.

    Parameters
    ----------
    welfare : str
        Column of expenditure per person, Rp per month.
    form : {"plug-in", "trapezoid"}
        Which of the two definitions that are in use for weighted data. The plug-in form, of R's
        convey and vardpoor, puts the weighted distribution function into the covariance formula.
        The trapezoid form, of R's laeken, is twice the area between the diagonal and the Lorenz
        curve with straight lines between its points; it alone is the same on a file of persons and
        on a file of households weighted by persons. They differ by about 1/n.

    Returns
    -------
    DistributionStatistic
        Plug-in ``(2 sum r w y - Y) / (N Y) - 1``; trapezoid ``(2 sum r w y - sum w^2 y) / (N Y) -
        1``.

    Raises
    ------
    ParameterError
        If there is no such form.

    References
    ----------
    Osier, G. (2009). Variance estimation for complex indicators of poverty and inequality using
    linearization techniques. Survey Research Methods 3(3), 167-195.

    Examples
    --------
    >>> import pandas as pd
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"expenditure_person_month": [1.0, 3.0], "w": 1.0})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> gini().linearise(design, np.ones(2, dtype=bool)).value
    0.25
    """
    name = "gini" if form == "plug-in" else f"gini:{form}"
    return DistributionStatistic(
        name,
        "ratio",
        "index",
        Column(welfare),
        lambda sample: gini_of(sample.values, sample.weights, form),
    )


def gini_of(values: np.ndarray, weights: np.ndarray, form: GiniForm = "plug-in") -> Linearised:
    """Gini coefficient of values in ascending order, shape (m,), with its influence in that order.
    See `gini`.

    Examples
    --------
    >>> gini_of(np.array([1.0, 3.0]), np.array([1.0, 1.0])).influence
    array([0.1875, 0.3125])
    """
    weighted = weights * values
    reached, running = np.cumsum(weights), np.cumsum(weighted)
    population, total = float(reached[-1]), float(running[-1])
    if not total > 0:
        return Linearised(float("nan"), np.zeros(len(values)))
    twice = 2 * reached - (1.0 if form == "plug-in" else weights)
    ratio = float((twice * weighted).sum()) / (population * total)
    slope = 2 * (total - running + reached * values)
    if form == "plug-in":
        slope += 2 * weighted - values
    return Linearised(ratio - 1, (slope / total - ratio) / population - ratio * values / total)
