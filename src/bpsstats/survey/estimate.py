"""Estimate any statistics over any domains of a design, with their standard errors."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import DesignError, ParameterError
from bpsstats.survey.design.columns import columns_of, refuse_absent
from bpsstats.survey.design.grouping import categories
from bpsstats.survey.design.levels import written
from bpsstats.survey.design.masks import Domain, mask_of
from bpsstats.survey.design.sums import sum_by, sum_of
from bpsstats.survey.design.survey_design import SurveyDesign
from bpsstats.survey.replicates.replication import heading_with, replication_rows
from bpsstats.survey.replicates.weights import ReplicateWeights
from bpsstats.survey.results.breakdown import (
    Breakdown,
    counts_behind,
    domain_rows,
    linearised_simple_random,
    ratio_sums,
    ratio_tables,
)
from bpsstats.survey.results.counts import CellCounts, Counts
from bpsstats.survey.results.one_estimate import Estimate
from bpsstats.survey.results.strands import Strand
from bpsstats.survey.results.tables import Estimates
from bpsstats.survey.statistics.distribution import DistributionStatistic, samples
from bpsstats.survey.statistics.linearised import Linearised
from bpsstats.survey.statistics.ratios import Kind, Ratio, Statistic, told_apart
from bpsstats.survey.variance.cells import Records
from bpsstats.survey.variance.engine import covariance_of_totals, psu_totals
from bpsstats.survey.variance.intervals import check_level

ALL = "all"


@checked
def estimate(
    design: SurveyDesign,
    statistics: Statistic | Sequence[Statistic],
    by: str | Sequence[str] | None = None,
    domain: Domain = None,
    *,
    domain_name: str | None = None,
    level: float = 0.95,
    replicates: ReplicateWeights | None = None,
) -> Estimates:
    """Estimate statistics with design-based standard errors, in one domain or in all domains of a
    breakdown.

    Parameters
    ----------
    design : SurveyDesign
    statistics : Statistic or sequence of Statistic
    by : str or sequence of str, optional
        Columns whose categories are the domains. A record with a missing category is in none of
        them.
    domain : str, or ndarray or Series of bool, shape (n,), optional
        Records to include: a mask, or the name of a boolean column. A Series is aligned with the
        frame by its index. All records stay in the design.
    domain_name : str, optional
        Name of the domain in the table; default the column's name, or "domain".
    level : float
        Confidence level of the intervals shown.
    replicates : ReplicateWeights, optional
        Replicate weights to take the errors from (`survey.replicate`); default: linearised errors.

    Returns
    -------
    Estimates
        One row per domain and statistic.

    Notes
    -----
    Statistics of one name are told apart by what they are of, as ``share:wall=none`` beside
    ``share:roof=none``.

    A `Ratio` is computed on PSU x domain cells: ``t_id = scale (A_id - R_d B_id) / B_d``, so that
    cost and memory grow with the cells that exist, never with records times domains.

    Examples
    --------
    >>> from bpsstats.survey.statistics.ratios import mean
    >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "h": [1, 1, 2, 2], "c": [1, 2, 3, 4]})
    >>> frame["g"] = list("aabb")
    >>> design = SurveyDesign(frame, weight="w", strata="h", psu="c")
    >>> estimate(design, mean("y")).row("mean:y").estimate
    4.5
    >>> estimate(design, mean("y"), by="g").to_frame()[["domain", "estimate", "std_error"]]
      domain  estimate  std_error
    0    g=a       2.0        1.0
    1    g=b       7.0        2.0
    """
    level = check_level(level)
    wanted = told_apart(statistics if isinstance(statistics, Sequence) else [statistics])
    mask, name = (
        (None, domain_name or ALL) if domain is None else domain_mask(design, domain, domain_name)
    )
    codes, labels = _domains(design, by, mask, name)
    records = Records.make(design, codes, len(labels))
    breakdown = Breakdown.of(records, labels, level)
    if replicates is not None:
        return _replication_table(design, wanted, codes, records, breakdown, replicates)
    if design.calibration is None:
        ratios = [statistic for statistic in wanted if isinstance(statistic, Ratio)]
        of_ratio = ratio_tables(
            breakdown, ratios, ratio_sums(records, ratios), calibrated=design.calibrated
        )
        tables = [
            (
                of_ratio[statistic]
                if isinstance(statistic, Ratio)
                else _influence_rows(breakdown, records, statistic, codes)
            )
            for statistic in wanted
        ]
    else:
        tables = [_calibrated_rows(breakdown, records, statistic, codes) for statistic in wanted]
    rows = tuple(table[d] for d in range(len(labels)) for table in tables)
    return with_notes(Estimates(rows, design.heading, level), wanted)


def with_notes(table: Estimates, statistics: Sequence[Statistic]) -> Estimates:
    """A table whose heading says what its statistics say of themselves."""
    notes = dict.fromkeys(getattr(statistic, "note", "") for statistic in statistics)
    return replace(table, heading=" · ".join(filter(None, [table.heading, *notes])))


def _replication_table(
    design: SurveyDesign,
    statistics: Sequence[Statistic],
    codes: np.ndarray | None,
    records: Records,
    breakdown: Breakdown,
    replicates: ReplicateWeights,
) -> Estimates:
    """The table with errors from replicates; ratios need their sums by cell only, where factors are
    of PSUs.
    """
    by_cell = replicates.by_psu and design.calibration is None
    ratios = [statistic for statistic in statistics if by_cell and isinstance(statistic, Ratio)]
    sums = ratio_sums(records, ratios)
    tables = [
        replication_rows(breakdown, records, statistic, sums, codes, replicates)
        for statistic in statistics
    ]
    rows = tuple(table[d] for d in range(len(breakdown.labels)) for table in tables)
    return with_notes(
        Estimates(rows, heading_with(design, replicates), breakdown.level), statistics
    )


def domain_mask(
    design: SurveyDesign, domain: Domain, name: str | None = None
) -> tuple[np.ndarray, str]:
    """Boolean mask of the domain, shape (n,), and its name.

    Raises
    ------
    DesignError
        If there is no such column, or the mask is not boolean with one value for each record, or
        is a Series whose index is not that of the frame.
    """
    if domain is None:
        return np.ones(design.n, dtype=bool), name or ALL
    if isinstance(domain, str):
        refuse_absent(design.frame, domain)
        if domain not in design.frame.columns:
            raise DesignError(
                f"The frame has no column {domain} to take the domain from. Give a boolean column"
                " or a mask."
            )
        return mask_of(design, design.frame[domain], f"The column {domain}"), name or domain
    return mask_of(design, domain, "The domain"), name or "domain"


def _domains(
    design: SurveyDesign, by: str | Sequence[str] | None, mask: np.ndarray | None, name: str
) -> tuple[np.ndarray | None, list[str]]:
    """Domain code of each record, -1 for none, or None where all are in the one there is; and the
    domains' names.
    """
    if by is None:
        return None if mask is None else np.where(mask, 0, -1), [name]
    columns = [by] if isinstance(by, str) else list(by)
    refuse_absent(design.frame, *columns)
    unknown = [column for column in columns if column not in design.frame.columns]
    if unknown:
        raise ParameterError(
            f"The frame has no column {', '.join(unknown)} to break down by."
            f" {columns_of(design.frame)}"
        )
    for column in columns:
        _refuse_amounts(design.frame, column)
    codes, labels = categories_of(design.frame, columns[0])
    for column in columns[1:]:
        code, levels = categories_of(design.frame, column)
        codes = np.where((codes < 0) | (code < 0), -1, codes * len(levels) + code)
        labels = [f"{outer}, {inner}" for outer in labels for inner in levels]
    if name != ALL:
        labels = [f"{name}, {label}" for label in labels]
    return codes if mask is None else np.where(mask, codes, -1), labels


def _refuse_amounts(frame: pd.DataFrame, column: str) -> None:
    """A breakdown by an amount would be a list of the records' values."""
    if frame[column].dtype.kind == "f" and (frame[column].dropna() % 1 != 0).any():
        raise ParameterError(
            f"Column {column} holds amounts, not categories to break down by. Cut it into classes,"
            " as with pandas.cut."
        )


def categories_of(frame: pd.DataFrame, column: str) -> tuple[np.ndarray, list[str]]:
    """Category of each record, shape (n,), -1 for none, and their names; those of a categorical
    column all count.
    """
    codes, labels = categories(frame[column])
    return codes, [f"{column}={written(label)}" for label in labels.tolist()]


def _influence_rows(
    breakdown: Breakdown, records: Records, statistic: Statistic, codes: np.ndarray | None
) -> list[Estimate]:
    """Rows of a statistic that is no ratio of totals."""
    if codes is None:
        codes = np.zeros(records.design.n, dtype=np.int64)
    if isinstance(statistic, DistributionStatistic):
        return _distribution_rows(breakdown, records, statistic, codes)
    return _linearised_rows(breakdown, records.design, statistic, codes)


def _distribution_rows(
    breakdown: Breakdown, records: Records, statistic: DistributionStatistic, codes: np.ndarray
) -> list[Estimate]:
    """Rows of a statistic of the distribution, with its own intervals where it has them."""
    n_domains = breakdown.cells.n_domains
    values, squares, sums = np.full(n_domains, np.nan), np.zeros(n_domains), np.zeros(n_domains)
    limits: list[tuple[float, float] | None] = [None] * n_domains
    cells, weighted = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    cell_of_record, beyond = records.cell_of_record, np.zeros(records.design.n, dtype=bool)
    for d, of_domain, sample in samples(statistic, records.design, codes, n_domains):
        linearised = statistic.kernel(sample)
        values[d] = statistic.scale * linearised.value
        influence = statistic.scale * linearised.influence
        cells.append(cell_of_record[of_domain])
        weighted.append(sample.weights * influence)
        squares[d] = sum_of(sample.weights * influence**2)
        sums[d] = sum_of(sample.weights * influence)
        if statistic.limits is not None:
            low, high = limits[d] = statistic.limits(sample, breakdown.level)
            tails = of_domain[sample.values <= low], of_domain[sample.values >= high]
            beyond[min(tails, key=len)] = True
    totals = sum_by(np.concatenate(cells), np.concatenate(weighted), len(records.counts))
    simple = breakdown.simple_random(squares, sums)
    counts = counts_behind(records, statistic)
    if statistic.limits is not None:  # a limit is somebody's value, as the quantile itself is
        counts = replace(counts, others=records.households_with(beyond))
    return domain_rows(
        breakdown, statistic, values, totals, limits=limits, simple=simple, counts=counts
    )


def _calibrated_rows(
    breakdown: Breakdown, records: Records, statistic: Statistic, codes: np.ndarray | None
) -> list[Estimate]:
    """Rows of any statistic under calibrated weights, where every PSU has a part in the error of
    every domain.

    A quantile's own interval does not know of the margins, and gives way to that of its standard
    error.
    """
    design = records.design
    codes = np.zeros(design.n, dtype=np.int64) if codes is None else codes
    n_domains = breakdown.cells.n_domains
    linearised = [statistic.linearise(design, codes == d) for d in range(n_domains)]
    values = np.array([one.value for one in linearised])
    totals = psu_totals(design, np.column_stack([one.influence for one in linearised]))
    bases, rates = None, None
    if isinstance(statistic, Ratio):
        if statistic.denominator is not None:
            base = statistic.denominator(design)
            bases = np.array(
                [sum_of(np.where(codes == d, design.weights * base, 0.0)) for d in range(n_domains)]
            )
        if statistic.rate is not None and (design.calibrated or statistic.kind != "count"):
            rates = _calibrated_rows(breakdown, records, statistic.rate, codes)
    simple = linearised_simple_random(breakdown, design, codes, linearised)
    return domain_rows(
        breakdown, statistic, values, totals, bases=bases, rates=rates, simple=simple,
        counts=counts_behind(records, statistic),
    )  # fmt: skip


def _linearised_rows(
    breakdown: Breakdown, design: SurveyDesign, statistic: Statistic, codes: np.ndarray
) -> list[Estimate]:
    """Rows of any other linearised statistic."""
    cells = breakdown.cells
    totals = np.zeros(len(cells.domain))
    linearised = [statistic.linearise(design, codes == d) for d in range(cells.n_domains)]
    for d, one in enumerate(linearised):
        of_domain = cells.domain == d
        totals[of_domain] = psu_totals(design, one.influence)[cells.psu[of_domain], 0]
    values = np.array([one.value for one in linearised])
    simple = linearised_simple_random(breakdown, design, codes, linearised)
    return domain_rows(breakdown, statistic, values, totals, simple=simple)


def households_behind(design: SurveyDesign, cases: np.ndarray) -> Counts:
    """The households of a design, and those of them with one of the `cases`, a mask of shape (n,):
    what disclosure control asks of a result that no estimator has counted.
    """
    records = Records.make(design, np.zeros(design.n, dtype=np.int64), 1)
    counts = CellCounts(records.households, records.households_with(cases))
    return counts.of(records.cells.psu, slice(None))


def estimate_linearised(
    design: SurveyDesign,
    statistics: Sequence[tuple[str, str, Linearised]],
    *,
    unit: str,
    kind: Kind,
    mask: np.ndarray | None = None,
    level: float = 0.95,
    cases: np.ndarray | None = None,
) -> Estimates:
    """Estimates of statistics that are linearised already, such as effects of a model.

    Parameters
    ----------
    design : SurveyDesign
    statistics : sequence of (name, domain, Linearised)
    unit : str
    kind : Kind
        Kind of all of them.
    mask : ndarray of bool, shape (n,), optional
        Records they describe, for the counts and degrees of freedom.
    level : float
        Confidence level.
    cases : ndarray of bool, shape (n,), optional
        Records that add to what is estimated; disclosure control counts their households.
    """
    codes = np.zeros(design.n, dtype=np.int64) if mask is None else np.where(mask, 0, -1)
    records = Records.make(design, codes, 1)
    breakdown = Breakdown.of(records, [ALL], check_level(level))
    counts = CellCounts(breakdown.households, records.households_with(cases))
    n_psu = int(breakdown.cells.active_psus[0])
    rows = []
    for name, domain, linearised in statistics:
        totals = psu_totals(design, linearised.influence)
        variance = float(covariance_of_totals(design.first_stage, totals)[0, 0])
        simple = float(linearised_simple_random(breakdown, design, codes, [linearised])[0])
        rows.append(
            Estimate(
                statistic=name,
                domain=domain,
                period=design.period,
                estimate=linearised.value,
                std_error=float(np.sqrt(variance)),
                df=n_psu - int(breakdown.cells.active_strata[0]),
                n=int(breakdown.n[0]),
                households=int(breakdown.households.sum()),
                n_psu=n_psu,
                unit=unit,
                source=design.source,
                kind=kind,
                scale=1.0,
                level=breakdown.level,
                strands=(Strand(design.first_stage, np.arange(design.n_psu), totals[:, 0]),),
                deff=variance / simple if simple > 0 else float("nan"),
                counts=counts.of(breakdown.cells.psu, slice(None)),
            )
        )
    return Estimates(tuple(rows), design.heading, level)
