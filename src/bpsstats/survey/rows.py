"""From sums by PSU x domain cell to rows of a table: value, standard error, counts, one row for each domain."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpsstats.survey.cells import Cells
from bpsstats.survey.clusters import Clusters
from bpsstats.survey.estimates import Estimate, Strand
from bpsstats.survey.statistic import Ratio, Statistic
from bpsstats.survey.variance import variance_of_cells


@dataclass(frozen=True, slots=True, eq=False)
class Breakdown:
    """What all rows of a table share.

    Parameters
    ----------
    clusters : Clusters
    cells : Cells
    counts : ndarray of int, shape (cells,)
        Records of each cell.
    labels : sequence of str
        Names of the domains.
    period, source : str
    level : float
        Confidence level.
    """

    clusters: Clusters
    cells: Cells
    counts: np.ndarray
    labels: Sequence[str]
    period: str
    source: str
    level: float


def ratio_rows(
    breakdown: Breakdown,
    statistic: Ratio,
    a: np.ndarray,
    b: np.ndarray | None,
    rates: Sequence[Estimate | None] | None = None,
) -> list[Estimate]:
    """Rows of a ratio of totals, or of a total, from its weighted sums by cell.

    Parameters
    ----------
    breakdown : Breakdown
    statistic : Ratio
    a, b : ndarray, shape (cells,)
        Sums of numerator and denominator; no denominator for a total.
    rates : sequence of Estimate, optional
        Rates that a count follows from, one for each domain.

    Notes
    -----
    The influence of a cell is ``t_id = scale (A_id - R_d B_id) / B_d``.
    """
    cells = breakdown.cells
    a_domain = cells.by_domain(a)
    if b is None:
        return rows_of(breakdown, statistic, statistic.scale * a_domain, statistic.scale * a, rates=rates)
    b_domain = cells.by_domain(b)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(b_domain != 0, a_domain / b_domain, np.nan)
        totals = statistic.scale * (a - ratio[cells.domain] * b) / b_domain[cells.domain]
    return rows_of(breakdown, statistic, statistic.scale * ratio, np.nan_to_num(totals), bases=b_domain, rates=rates)


def rows_of(
    breakdown: Breakdown,
    statistic: Statistic,
    values: np.ndarray,
    totals: np.ndarray,
    *,
    bases: np.ndarray | None = None,
    rates: Sequence[Estimate | None] | None = None,
    limits: Sequence[tuple[float, float] | None] | None = None,
) -> list[Estimate]:
    """Rows of any statistic from its values by domain and the totals of its weighted influence by cell.

    Where there are any, `bases` are denominators, `rates` the rows that a count or index follows from, and `limits` intervals of the
    statistic's own, each one for each domain.
    """
    cells = breakdown.cells
    std_errors = np.sqrt(variance_of_cells(breakdown.clusters, cells, totals))
    n_psu = cells.active_psus
    df = n_psu - cells.active_strata
    records = np.bincount(cells.domain, weights=breakdown.counts, minlength=cells.n_domains).astype(np.int64)
    std_errors[(df < 1) | _degenerate(statistic, values, std_errors)] = np.nan
    nothing = [None] * cells.n_domains
    columns = zip(
        breakdown.labels,
        values.tolist(),
        std_errors.tolist(),
        df.tolist(),
        records.tolist(),
        n_psu.tolist(),
        _strands(breakdown, totals),
        np.full(cells.n_domains, np.nan).tolist() if bases is None else bases.tolist(),
        rates or nothing,
        limits or nothing,
        strict=True,
    )
    return [
        Estimate(
            statistic=statistic.name,
            domain=label,
            period=breakdown.period,
            estimate=value,
            std_error=std_error,
            df=free,
            n=n,
            n_psu=psus,
            unit=statistic.unit,
            source=breakdown.source,
            kind=statistic.kind,
            scale=statistic.scale,
            level=breakdown.level,
            strands=(strand,),
            base=base,
            rate=rate,
            limits=own,
            one_more=_one_more(statistic, value, rate),
        )
        for label, value, std_error, free, n, psus, strand, base, rate, own in columns
    ]


def _strands(breakdown: Breakdown, totals: np.ndarray) -> list[Strand]:
    """What the sample contributes to each domain."""
    cells = breakdown.cells
    if cells.n_domains == 1:
        return [Strand(breakdown.clusters, cells.psu, totals)]
    order = np.argsort(cells.domain, kind="stable")
    bounds = np.cumsum(cells.active_psus)[:-1]
    psus, parts = np.split(cells.psu[order], bounds), np.split(totals[order], bounds)
    return [Strand(breakdown.clusters, psu, part) for psu, part in zip(psus, parts, strict=True)]


def _one_more(statistic: Statistic, value: float, rate: Estimate | None) -> float | None:
    """What one more case would add to an index, where the statistic says so and its rate is estimable."""
    adds = statistic.one_more if isinstance(statistic, Ratio) else None
    if adds is None or rate is None or not (value > 0 and rate.std_error > 0):
        return None
    return adds(value / statistic.scale, rate.estimate / rate.scale, rate.std_error / rate.scale)


def _degenerate(statistic: Statistic, values: np.ndarray, std_errors: np.ndarray) -> np.ndarray:
    """Whether the sample shows no variation at all, so that a zero error would mislead, shape (n_domains,)."""
    without = ~np.isfinite(values) | ~np.isfinite(std_errors)
    if statistic.kind in ("proportion", "index", "count"):
        without |= values <= 0
    if statistic.kind in ("proportion", "index"):
        without |= values >= statistic.scale
    if statistic.kind == "ratio":
        without |= values == 0
    return np.asarray(without)
