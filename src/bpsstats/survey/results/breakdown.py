"""From sums by PSU x domain cell to rows of a table: value, standard error, counts, one row for
each domain.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bpsstats.reprs import SizesOnly
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.design.sums import sum_of
from bpsstats.survey.design.survey_design import SurveyDesign
from bpsstats.survey.results.counts import CellCounts, Counts
from bpsstats.survey.results.one_estimate import Estimate
from bpsstats.survey.results.strands import Strand
from bpsstats.survey.statistics.linearised import Linearised
from bpsstats.survey.statistics.ratios import Ratio, Statistic, Terms, ones
from bpsstats.survey.variance.cells import Cells, Records
from bpsstats.survey.variance.engine import (
    covariance_of_totals,
    simple_random_variance,
    variance_of_cells,
)

# A share that differs from nothing or all by less is a sum of rounded zeros.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CellSums(SizesOnly):
    """Weighted sums by cell of the terms of a ratio, each of shape (cells,).

    Parameters
    ----------
    a, b : ndarray
        ``sum(w a)`` and ``sum(w b)``; no `b` for a total.
    aa, ab, bb : ndarray
        ``sum(w a^2)``, ``sum(w a b)`` and ``sum(w b^2)``, of which the variance of a simple random
        sample is made.
    counts : CellCounts
        Households behind them.
    """

    a: np.ndarray
    b: np.ndarray | None
    aa: np.ndarray
    ab: np.ndarray | None = None
    bb: np.ndarray | None = None
    counts: CellCounts | None = None

    @classmethod
    def below_each_other(cls, parts: "Sequence[CellSums]") -> "CellSums":
        """The sums of several parts of a sample; a denominator is there in all of them or none."""

        def joined(name: str) -> np.ndarray | None:
            columns = [getattr(part, name) for part in parts]
            return None if columns[0] is None else np.concatenate(columns)

        a, aa = (np.concatenate([getattr(part, name) for part in parts]) for name in ("a", "aa"))
        counts = [part.counts for part in parts if part.counts is not None]
        behind = CellCounts.below_each_other(counts) if counts else None
        return cls(a, joined("b"), aa, joined("ab"), joined("bb"), behind)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Breakdown(SizesOnly):
    """What all rows of a table share.

    Parameters
    ----------
    first_stage : FirstStage
    cells : Cells
    counts, households : ndarray of int, shape (cells,)
        Records of each cell, and households with a member among them.
    population : ndarray, shape (cells,)
        Sum of the weights of each cell.
    labels : sequence of str
        Names of the domains.
    period, source : str
    level : float
        Confidence level.
    """

    first_stage: FirstStage
    cells: Cells
    counts: np.ndarray
    households: np.ndarray
    population: np.ndarray
    labels: Sequence[str]
    period: str
    source: str
    level: float

    @classmethod
    def of(cls, records: Records, labels: Sequence[str], level: float) -> "Breakdown":
        """The records of a design in their cells, with the names of the domains."""
        design, population = records.design, records.sums(None, "the weights")
        return cls(
            design.first_stage,
            records.cells,
            records.counts,
            records.households,
            population,
            labels,
            design.period,
            design.source,
            level,
        )

    @property
    def n(self) -> np.ndarray:
        """Records of each domain, shape (n_domains,)."""
        return self.cells.by_domain(self.counts).astype(np.int64)

    def simple_random(self, squares: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """Variance by domain had the records been a simple random sample, from ``sum(w u^2)`` and
        ``sum(w u)``, all of shape (n_domains,).
        """
        population = self.cells.by_domain(self.population)
        return simple_random_variance(self.n, population, squares, sums)


def ratio_sums(records: Records, statistics: Sequence[Ratio]) -> dict[Ratio, CellSums]:
    """Weighted sums by cell of ratios and of the rates they follow from; terms that they share are
    summed once.
    """
    values: dict[Terms, np.ndarray] = {}
    made: dict[frozenset[tuple[Terms, int]], np.ndarray] = {}

    def summed(name: str, *terms: Terms) -> np.ndarray:
        """Weighted sums by cell of the product of terms, in which ones do not count."""
        factors = Counter(term for term in terms if term is not ones)
        key = frozenset(factors.items())
        if key not in made:
            for term in factors.keys() - values.keys():
                values[term] = term(records.design)
            product = [values[term] ** power for term, power in factors.items()]
            made[key] = records.sums(np.prod(product, axis=0) if product else None, name)
        return made[key]

    def of(ratio: Ratio) -> CellSums:
        name, a, b = ratio.name, ratio.numerator, ratio.denominator
        if b is None:
            return CellSums(
                summed(name, a),
                None,
                summed(name, a, a),
                counts=counts_behind(records, ratio, values),
            )
        of_a, of_b, aa, ab, bb = (
            summed(name, *terms) for terms in ((a,), (b,), (a, a), (a, b), (b, b))
        )
        return CellSums(of_a, of_b, aa, ab, bb, counts=counts_behind(records, ratio, values))

    rates = [statistic.rate for statistic in statistics if statistic.rate is not None]
    return {ratio: of(ratio) for ratio in (*statistics, *rates)}


def counts_behind(
    records: Records, statistic: Statistic, values: Mapping[Terms, np.ndarray] | None = None
) -> CellCounts:
    """Households behind a statistic; the values of its terms may be known already.

    Of a statistic that is read off from a part of the distribution, such as a quantile, the cases
    are that part of the households, as many as the sample has in it on average.
    """
    households = records.households
    part = getattr(statistic, "part", None)
    if part is not None:
        family = statistic.name.partition(":")[0]
        return CellCounts(households, part * households, (1 - part) * households, family)
    if not isinstance(statistic, Ratio):
        return CellCounts(households, households)

    def term(of: Terms | None) -> np.ndarray | None:
        if of is None or of is ones:
            return None
        return values[of] if values is not None else of(records.design)

    def with_some(amounts: np.ndarray | None) -> np.ndarray:
        return households if amounts is None else records.households_with(amounts != 0)

    a, b = term(statistic.numerator), term(statistic.denominator)
    others = None
    if statistic.kind in ("proportion", "count") and a is not None:
        others = records.households_with(a != (1.0 if b is None else b))
    return CellCounts(with_some(b), with_some(a), others)


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
    sums : mapping of Ratio to CellSums
        Of each ratio and each rate.
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
    cells, a, b = breakdown.cells, sums.a, sums.b
    a_domain, scale = cells.by_domain(a), statistic.scale
    simple_random = ratio_simple_random(breakdown, statistic, sums)
    if b is None:
        return domain_rows(
            breakdown,
            statistic,
            scale * a_domain,
            scale * a,
            rates=rates,
            simple=simple_random,
            counts=sums.counts,
        )
    b_domain = cells.by_domain(b)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(b_domain != 0, a_domain / b_domain, np.nan)
        totals = scale * (a - ratio[cells.domain] * b) / b_domain[cells.domain]
    return domain_rows(
        breakdown,
        statistic,
        scale * ratio,
        np.nan_to_num(totals),
        bases=b_domain,
        rates=rates,
        simple=simple_random,
        counts=sums.counts,
    )


def ratio_simple_random(breakdown: Breakdown, statistic: Ratio, sums: CellSums) -> np.ndarray:
    """Variance of a ratio by domain under simple random sampling, shape (n_domains,); ``sum(w u^2)
    = scale^2 (AA - 2 R AB + R^2 BB) / B^2``.
    """
    by_domain, scale = breakdown.cells.by_domain, statistic.scale
    if sums.b is None or sums.ab is None or sums.bb is None:
        return breakdown.simple_random(scale**2 * by_domain(sums.aa), scale * by_domain(sums.a))
    a, b = by_domain(sums.a), by_domain(sums.b)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = a / b
        squares = (
            by_domain(sums.aa) - 2 * ratio * by_domain(sums.ab) + ratio**2 * by_domain(sums.bb)
        )
        return breakdown.simple_random(scale**2 * squares / b**2, np.zeros(len(b)))


def linearised_simple_random(
    breakdown: Breakdown, design: SurveyDesign, codes: np.ndarray, by_domain: Sequence[Linearised]
) -> np.ndarray:
    """Variance under simple random sampling of a statistic that is linearised in each domain."""
    squares, sums = np.zeros(len(by_domain)), np.zeros(len(by_domain))
    for d, linearised in enumerate(by_domain):
        influence = np.where(codes == d, linearised.influence, 0.0)
        squares[d] = sum_of(design.weights * influence**2)
        sums[d] = sum_of(design.weights * influence)
    return breakdown.simple_random(squares, sums)


def domain_rows(
    breakdown: Breakdown,
    statistic: Statistic,
    values: np.ndarray,
    totals: np.ndarray,
    *,
    bases: np.ndarray | None = None,
    rates: Sequence[Estimate | None] | None = None,
    limits: Sequence[tuple[float, float] | None] | None = None,
    simple: np.ndarray | None = None,
    counts: CellCounts | None = None,
) -> list[Estimate]:
    """Rows of any statistic from its values by domain and the totals of its weighted influence, by
    cell or by PSU and domain.

    Where there are any, `bases` are denominators, `rates` the rows that a count or index follows
    from, `limits` intervals of the statistic's own, and `simple` variances of a simple random
    sample, each one for each domain; `counts` are the households behind them by cell, by default
    all of the cell.
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
    std_errors[(df < 1) | _degenerate(statistic, values, std_errors)] = np.nan
    nothing = [None] * cells.n_domains
    households = cells.by_domain(breakdown.households).astype(np.int64)
    columns = zip(
        breakdown.labels,
        values.tolist(),
        std_errors.tolist(),
        df.tolist(),
        breakdown.n.tolist(),
        households.tolist(),
        n_psu.tolist(),
        strands,
        np.full(cells.n_domains, np.nan).tolist() if bases is None else bases.tolist(),
        rates or nothing,
        limits or nothing,
        _deff(std_errors, simple).tolist(),
        _counts_of_domains(breakdown, counts or CellCounts(*(breakdown.households,) * 2)),
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
            households=of_households,
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
            deff=deff,
            counts=behind,
        )
        for (
            label,
            value,
            std_error,
            free,
            n,
            of_households,
            psus,
            strand,
            base,
            rate,
            own,
            deff,
            behind,
        ) in columns
    ]


def _deff(std_errors: np.ndarray, simple: np.ndarray | None) -> np.ndarray:
    """Design effects; NaN where a simple random sample would have no variance, or none is known."""
    if simple is None:
        return np.full(len(std_errors), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(simple > 0, std_errors**2 / simple, np.nan))


def _strands(breakdown: Breakdown, totals: np.ndarray) -> list[Strand]:
    """What the sample contributes to each domain."""
    psu = breakdown.cells.psu
    places = _places(breakdown.cells)
    return [Strand(breakdown.first_stage, psu[of], totals[of]) for of in places]


def _counts_of_domains(breakdown: Breakdown, counts: CellCounts) -> list[Counts]:
    """Households behind each domain."""
    return [counts.of(breakdown.cells.psu, of) for of in _places(breakdown.cells)]


def _places(cells: Cells) -> list[np.ndarray | slice]:
    """Where the cells of each domain are."""
    if cells.n_domains == 1:
        return [slice(None)]
    order = np.argsort(cells.domain, kind="stable")
    ends = np.cumsum(cells.active_psus).tolist()
    return [order[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


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
