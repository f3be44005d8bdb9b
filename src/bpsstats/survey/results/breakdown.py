"""From sums by PSU x domain cell to rows of a table: value, standard error, counts, one row for
each domain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.results.tables import Estimate, Strand
from bpsstats.survey.statistics.ratios import Ratio, Statistic, Terms, ones
from bpsstats.survey.variance.cells import Cells, Records
from bpsstats.survey.variance.engine import covariance_of_totals, variance_of_cells

# Weighted sums by cell of the numerator and, where there is one, of the denominator.
CellSums = tuple[np.ndarray, np.ndarray | None]

# A share that differs from nothing or all by less is a sum of rounded zeros.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Breakdown:
    """What all rows of a table share.

    Parameters
    ----------
    first_stage : FirstStage
    cells : Cells
    counts : ndarray of int, shape (cells,)
        Records of each cell.
    labels : sequence of str
        Names of the domains.
    period, source : str
    level : float
        Confidence level.
    """

    first_stage: FirstStage
    cells: Cells
    counts: np.ndarray
    labels: Sequence[str]
    period: str
    source: str
    level: float


def ratio_sums(records: Records, statistics: Sequence[Ratio]) -> dict[Ratio, CellSums]:
    """Weighted sums by cell of ratios and of the rates they follow from; terms that they share are
    summed once.
    """
    made: dict[Terms, np.ndarray] = {}

    def summed(terms: Terms, name: str) -> np.ndarray:
        if terms not in made:
            made[terms] = records.sums(None if terms is ones else terms(records.design), name)
        return made[terms]

    rates = [statistic.rate for statistic in statistics if statistic.rate is not None]
    return {
        ratio: (
            summed(ratio.numerator, ratio.name),
            ratio.denominator and summed(ratio.denominator, ratio.name),
        )
        for ratio in (*statistics, *rates)
    }


def ratio_tables(
    breakdown: Breakdown,
    statistics: Sequence[Ratio],
    sums: Mapping[Ratio, CellSums],
    *,
    calibrated: bool,
) -> dict[Ratio, list[Estimate]]:
    """Rows of ratios of totals, and of the rates that they follow from, from weighted sums by cell.

    Parameters
    ----------
    breakdown : Breakdown
    statistics : sequence of Ratio
    sums : mapping of Ratio to (ndarray, ndarray or None)
        Of each ratio and each rate the sums of numerator and denominator, shape (cells,); no
        denominator for a total.
    calibrated : bool
        Whether the weights are calibrated to the population, so that a count follows from its rate.
    """
    tables: dict[Ratio, list[Estimate]] = {}

    def rows(ratio: Ratio) -> list[Estimate]:
        if ratio not in tables:
            # An index follows from its rate, and so does a count where the weights are calibrated
            # to the population.
            follows = calibrated or ratio.kind != "count"
            rates = rows(ratio.rate) if ratio.rate is not None and follows else None
            tables[ratio] = _ratio_rows(breakdown, ratio, sums[ratio], rates)
        return tables[ratio]

    for statistic in statistics:
        rows(statistic)
    return tables


def _ratio_rows(
    breakdown: Breakdown, statistic: Ratio, sums: CellSums, rates: Sequence[Estimate] | None
) -> list[Estimate]:
    """Rows of one ratio; the influence of a cell is ``t_id = scale (A_id - R_d B_id) / B_d``."""
    cells, (a, b) = breakdown.cells, sums
    a_domain = cells.by_domain(a)
    if b is None:
        return domain_rows(
            breakdown, statistic, statistic.scale * a_domain, statistic.scale * a, rates=rates
        )
    b_domain = cells.by_domain(b)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(b_domain != 0, a_domain / b_domain, np.nan)
        totals = statistic.scale * (a - ratio[cells.domain] * b) / b_domain[cells.domain]
    return domain_rows(
        breakdown,
        statistic,
        statistic.scale * ratio,
        np.nan_to_num(totals),
        bases=b_domain,
        rates=rates,
    )


def domain_rows(
    breakdown: Breakdown,
    statistic: Statistic,
    values: np.ndarray,
    totals: np.ndarray,
    *,
    bases: np.ndarray | None = None,
    rates: Sequence[Estimate | None] | None = None,
    limits: Sequence[tuple[float, float] | None] | None = None,
) -> list[Estimate]:
    """Rows of any statistic from its values by domain and the totals of its weighted influence, by
    cell or by PSU and domain.

    Where there are any, `bases` are denominators, `rates` the rows that a count or index follows
    from, and `limits` intervals of the statistic's own, each one for each domain.
    """
    cells = breakdown.cells
    if totals.ndim == 1:
        variances, strands = (
            variance_of_cells(breakdown.first_stage, cells, totals),
            _strands(breakdown, totals),
        )
    else:
        variances = np.diag(covariance_of_totals(breakdown.first_stage, totals))
        strands = [
            Strand(breakdown.first_stage, np.arange(breakdown.first_stage.n_psu), of_domain)
            for of_domain in totals.T
        ]
    std_errors = np.sqrt(variances)
    n_psu = cells.active_psus
    df = n_psu - cells.active_strata
    records = np.bincount(cells.domain, weights=breakdown.counts, minlength=cells.n_domains).astype(
        np.int64
    )
    std_errors[(df < 1) | _degenerate(statistic, values, std_errors)] = np.nan
    nothing = [None] * cells.n_domains
    columns = zip(
        breakdown.labels,
        values.tolist(),
        std_errors.tolist(),
        df.tolist(),
        records.tolist(),
        n_psu.tolist(),
        strands,
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
        return [Strand(breakdown.first_stage, cells.psu, totals)]
    order = np.argsort(cells.domain, kind="stable")
    psus, parts, ends = cells.psu[order], totals[order], np.cumsum(cells.active_psus).tolist()
    slices = [slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    return [Strand(breakdown.first_stage, psus[of], parts[of]) for of in slices]


def _one_more(statistic: Statistic, value: float, rate: Estimate | None) -> float | None:
    """What one more case would add to an index, where the statistic says so and its rate is
    estimable.
    """
    adds = statistic.one_more if isinstance(statistic, Ratio) else None
    if adds is None or rate is None or not (value > 0 and rate.std_error > 0):
        return None
    return adds(value / statistic.scale, rate.estimate / rate.scale, rate.std_error / rate.scale)


def _degenerate(statistic: Statistic, values: np.ndarray, std_errors: np.ndarray) -> np.ndarray:
    """Whether the sample shows no variation at all, so that a zero error would mislead, shape
    (n_domains,).
    """
    without = ~np.isfinite(values) | ~np.isfinite(std_errors)
    nothing, everything = ROUNDING * statistic.scale, (1 - ROUNDING) * statistic.scale
    if statistic.kind in ("proportion", "index", "count"):
        without |= values <= nothing
    if statistic.kind in ("proportion", "index"):
        without |= values >= everything
    if statistic.kind == "ratio":
        without |= np.abs(values) <= nothing
    return np.asarray(without)
