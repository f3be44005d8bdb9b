"""Two verdicts on an estimate: BPS's class by relative standard error, and one after the US
standard for proportions, which depends on sample size and interval.
"""

from typing import TYPE_CHECKING, Literal

import numpy as np

from bpsstats.disclosure.withheld import is_withheld

if TYPE_CHECKING:
    from bpsstats.survey.results.one_estimate import Estimate

Reliability = Literal["reliable", "caution", "unreliable", "not estimable", "withheld"]
Presentation = Literal[
    "reliable", "review", "not reliable", "not estimable", "not rated", "withheld"
]

# Limits of the relative standard error, percent, as the staff of BPS publish them.
RSE_RELIABLE = 25.0
RSE_CAUTION = 50.0

# The presentation standard of the NCHS: sizes, degrees of freedom, and widths of the 95 percent
# interval, as shares of the range and of the estimate.
LEAST_SIZE, LEAST_DF = 30, 8
LEVEL_OF_STANDARD, WIDEST, NARROW, WIDEST_RELATIVE = 0.95, 0.30, 0.05, 1.30


def reliability(rse: float) -> Reliability:
    """BPS's class by relative standard error, percent: up to 25 reliable, up to 50 caution, above
    unreliable.

    Examples
    --------
    >>> reliability(30.6)
    'caution'
    """
    if not np.isfinite(rse):
        return "withheld" if is_withheld(rse) else "not estimable"
    if rse <= RSE_RELIABLE:
        return "reliable"
    return "caution" if rse <= RSE_CAUTION else "unreliable"


def presentation(estimate: "Estimate") -> Presentation:
    """Whether an estimate may be shown as it is, after the presentation standard for proportions of
    the National Center for Health Statistics; it judges the sample size and the interval, where the
    relative standard error alone calls shares of a dozen households reliable.

    Parameters
    ----------
    estimate : Estimate

    Returns
    -------
    {"reliable", "review", "not reliable", "not estimable", "not rated"}
        Not reliable: fewer than 30 records, effective records or households; or, of a proportion,
        a 95 percent interval of 30 points or more, or of more than 5 points and more than 130
        percent of the proportion. Review: fewer than 8 degrees of freedom. Not rated: differences.

    Notes
    -----
    The standard is for proportions. For other statistics only the last rule on the interval is
    kept, without its exemption of narrow intervals, and that on sizes; households are our addition,
    as members of a household share much of what is counted.

    References
    ----------
    Parker, J. D. et al. (2017). National Center for Health Statistics data presentation standards
    for proportions. Vital and Health Statistics 2(175).
    """
    if estimate.kind == "difference":
        return "not rated"
    if not np.isfinite(estimate.rse):
        return "not estimable"
    sizes: list[float] = [
        estimate.n,
        *([] if estimate.households is None else [estimate.households]),
    ]
    sizes += [estimate.n_eff] if np.isfinite(estimate.n_eff) else []
    if min(sizes) < LEAST_SIZE or not _is_narrow(estimate):
        return "not reliable"
    return "review" if estimate.df < LEAST_DF else "reliable"


def _is_narrow(estimate: "Estimate") -> bool:
    """Whether the 95 percent interval is narrow enough to be presented."""
    low, high = (
        estimate.limits if estimate.limits is not None else estimate.interval(LEVEL_OF_STANDARD)
    )
    width = high - low
    if estimate.kind == "proportion":
        if width >= WIDEST * estimate.scale:
            return False
        if width <= NARROW * estimate.scale:
            return True
    return bool(width <= WIDEST_RELATIVE * abs(estimate.estimate))
