"""How poverty moves with the line, and how the food share moves with spending."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from bpsstats.poverty.fgt import WELFARE, headcount
from bpsstats.poverty.lines import PovertyLine, line_value
from bpsstats.poverty.profile import share_of_food
from bpsstats.survey import Estimates, SurveyDesign, estimate, mean

MULTIPLES = (0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
TENTHS = 10


def headcount_by_line(
    design: SurveyDesign, line: PovertyLine | float, *, multiples: Sequence[float] = MULTIPLES, level: float = 0.95
) -> Estimates:
    """P0 were the line a multiple of what it is.

    Parameters
    ----------
    design : SurveyDesign
    line : PovertyLine or float
        Rp per person per month.
    multiples : sequence of float
    level : float
        Confidence level.

    Returns
    -------
    Estimates
        Statistic ``headcount`` in the domains ``line=0.80`` and so on; everybody is in each of them.
    """
    z = line_value(line)
    rows = [
        replace(next(iter(estimate(design, headcount(z * multiple), level=level))), domain=f"line={multiple:.2f}")
        for multiple in multiples
    ]
    return Estimates(tuple(rows), design.heading, level)


def engel_curve(design: SurveyDesign, *, level: float = 0.95) -> Estimates:
    """Food share and spending by tenths of persons, from the poorest to the richest.

    Parameters
    ----------
    design : SurveyDesign
        Design with person weights over household records.
    level : float
        Confidence level.

    Returns
    -------
    Estimates
        Statistics ``food_share`` (percent) and ``mean:expenditure_person_month`` (Rp) in the domains ``tenth=1`` to ``tenth=10``.
        The bounds of the tenths are taken as given.
    """
    expenditure = design.column(WELFARE)
    order = np.argsort(expenditure, kind="stable")
    reached = np.cumsum(design.weights[order]) - design.weights[order] / 2
    tenth = np.empty(design.n, dtype=np.int64)
    tenth[order] = np.minimum((TENTHS * reached / design.weights.sum()).astype(np.int64), TENTHS - 1) + 1
    frame = design.frame.assign(tenth=pd.Categorical(tenth, categories=range(1, TENTHS + 1)))
    frame.attrs = dict(design.frame.attrs)
    by_tenth = replace(design, frame=frame)
    return estimate(by_tenth, [share_of_food(), mean(WELFARE, "Rp")], by="tenth", level=level)
