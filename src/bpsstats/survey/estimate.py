"""Estimate any statistics over any domains of a design, with their standard errors."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bpsstats.errors import DesignError, ParameterError
from bpsstats.survey.design.grouping import coded
from bpsstats.survey.design.sums import sum_by, sum_of
from bpsstats.survey.design.survey_design import SurveyDesign
from bpsstats.survey.replicates.replication import heading_with, replicated_rows
from bpsstats.survey.replicates.weights import Replicates
from bpsstats.survey.results.breakdown import Breakdown, ratio_sums, ratio_tables, rows_of
from bpsstats.survey.results.tables import Estimate, Estimates, Strand
from bpsstats.survey.statistics.distribution import Functional, samples
from bpsstats.survey.statistics.linearised import Linearised
from bpsstats.survey.statistics.ratios import Kind, Ratio, Statistic
from bpsstats.survey.variance.cells import Records
from bpsstats.survey.variance.engine import covariance_of_totals, psu_totals
from bpsstats.survey.variance.intervals import check_level

ALL = "all"


def estimate(
    design: SurveyDesign,
    statistics: Statistic | Sequence[Statistic],
    by: str | Sequence[str] | None = None,
    domain: str | np.ndarray | pd.Series | None = None,
    *,
    domain_name: str | None = None,
    level: float = 0.95,
    replicates: Replicates | None = None,
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
        Records to speak of: a mask, or the name of a boolean column. All records stay in the
        design.
    domain_name : str, optional
        Name of the domain in the table; default the column's name, or "domain".
    level : float
        Confidence level of the intervals shown.
    replicates : Replicates, optional
        Replicate weights to take the errors from (`survey.replicate`); default: linearised errors.

    Returns
    -------
    Estimates
        One row per domain and statistic.

    Notes
    -----
    A `Ratio` is computed on PSU x domain cells: ``t_id = scale (A_id - R_d B_id) / B_d``, so that
    cost and memory grow with the cells that exist, never with records times domains.

    Examples
    --------
    >>> from bpsstats.survey.statistics.ratios import mean
    >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "h": [1, 1, 2, 2], "c": [1, 2, 3, 4], "g": list("aabb")})
    >>> design = SurveyDesign(frame, weight="w", strata="h", psu="c")
    >>> estimate(design, mean("y")).row("mean:y").estimate
    4.5
    >>> estimate(design, mean("y"), by="g").to_frame()[["domain", "estimate", "std_error"]]
      domain  estimate  std_error
    0    g=a       2.0        1.0
    1    g=b       7.0        2.0
    """
    level = check_level(level)
    wanted: Sequence[Statistic] = statistics if isinstance(statistics, Sequence) else [statistics]
    mask, name = (
        (None, domain_name or ALL) if domain is None else domain_mask(design, domain, domain_name)
    )
    codes, labels = _domains(design, by, mask, name)
    records = Records.make(design, codes, len(labels))
    breakdown = Breakdown(
        design.clusters, records.cells, records.counts, labels, design.period, design.source, level
    )
    if replicates is not None:
        return _replicated(design, wanted, codes, records, breakdown, replicates)
    if design.calibration is None:
        ratios = [statistic for statistic in wanted if isinstance(statistic, Ratio)]
        of_ratio = ratio_tables(
            breakdown, ratios, ratio_sums(records, ratios), calibrated=design.calibrated
        )
        tables = [
            (
                of_ratio[statistic]
                if isinstance(statistic, Ratio)
                else _other_rows(breakdown, records, statistic, codes)
            )
            for statistic in wanted
        ]
    else:
        tables = [_calibrated_rows(breakdown, design, statistic, codes) for statistic in wanted]
    rows = tuple(table[d] for d in range(len(labels)) for table in tables)
    return Estimates(rows, design.heading, level)


def _replicated(
    design: SurveyDesign,
    statistics: Sequence[Statistic],
    codes: np.ndarray | None,
    records: Records,
    breakdown: Breakdown,
    replicates: Replicates,
) -> Estimates:
    """The table with errors from replicates; ratios need their sums by cell only, where factors are
    of PSUs.
    """
    by_cell = replicates.by_psu and design.calibration is None
    ratios = [statistic for statistic in statistics if by_cell and isinstance(statistic, Ratio)]
    sums = ratio_sums(records, ratios)
    tables = [
        replicated_rows(breakdown, records, statistic, sums, codes, replicates)
        for statistic in statistics
    ]
    rows = tuple(table[d] for d in range(len(breakdown.labels)) for table in tables)
    return Estimates(rows, heading_with(design, replicates), breakdown.level)


def domain_mask(
    design: SurveyDesign, domain: str | np.ndarray | pd.Series | None, name: str | None = None
) -> tuple[np.ndarray, str]:
    """Boolean mask of the domain, shape (n,), and its name.

    Raises
    ------
    DesignError
        If there is no such column, or the mask is not boolean with one value for each record.
    """
    if domain is None:
        return np.ones(design.n, dtype=bool), name or ALL
    values = (
        design.frame[domain]
        if isinstance(domain, str) and domain in design.frame.columns
        else domain
    )
    if isinstance(values, str):
        raise DesignError(
            f"The frame has no column {values} to take the domain from. Give a boolean column or a"
            " mask."
        )
    mask = np.asarray(values)
    if mask.shape != (design.n,) or mask.dtype != np.bool_:
        raise DesignError(
            f"The domain is an array of {mask.dtype} of shape {mask.shape}; it must be boolean with"
            f" one value for each of the {design.n} records. A domain is a mask over the whole"
            " design, not a smaller frame."
        )
    return mask, name or (domain if isinstance(domain, str) else "domain")


def _domains(
    design: SurveyDesign, by: str | Sequence[str] | None, mask: np.ndarray | None, name: str
) -> tuple[np.ndarray | None, list[str]]:
    """Domain code of each record, -1 for none, or None where all are in the one there is; and the
    domains' names.
    """
    if by is None:
        return None if mask is None else np.where(mask, 0, -1), [name]
    columns = [by] if isinstance(by, str) else list(by)
    unknown = [column for column in columns if column not in design.frame.columns]
    if unknown:
        raise ParameterError(
            f"The frame has no column {', '.join(unknown)} to break down by. "
            f"It has: {', '.join(map(str, design.frame))}."
        )
    codes, labels = categories_of(design.frame, columns[0])
    for column in columns[1:]:
        code, levels = categories_of(design.frame, column)
        codes = np.where((codes < 0) | (code < 0), -1, codes * len(levels) + code)
        labels = [f"{outer}, {inner}" for outer in labels for inner in levels]
    if name != ALL:
        labels = [f"{name}, {label}" for label in labels]
    return codes if mask is None else np.where(mask, codes, -1), labels


def categories_of(frame: pd.DataFrame, column: str) -> tuple[np.ndarray, list[str]]:
    """Category of each record, shape (n,), -1 for none, and their names; those of a categorical
    column all count.
    """
    values = frame[column]
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, categories = (
            values.cat.codes.to_numpy(dtype=np.int64),
            np.asarray(values.cat.categories),
        )
    else:
        codes, categories = coded(values)
    return codes, [f"{column}={category}" for category in categories.tolist()]


def _other_rows(
    breakdown: Breakdown, records: Records, statistic: Statistic, codes: np.ndarray | None
) -> list[Estimate]:
    """Rows of a statistic that is no ratio of totals."""
    if codes is None:
        codes = np.zeros(records.design.n, dtype=np.int64)
    if isinstance(statistic, Functional):
        return _functional(breakdown, records, statistic, codes)
    return _linearised(breakdown, records.design, statistic, codes)


def _functional(
    breakdown: Breakdown, records: Records, statistic: Functional, codes: np.ndarray
) -> list[Estimate]:
    """Rows of a statistic of the distribution, with its own intervals where it has them."""
    n_domains = breakdown.cells.n_domains
    values = np.full(n_domains, np.nan)
    limits: list[tuple[float, float] | None] = [None] * n_domains
    cells, weighted = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    cell_of_record = records.cell_of_record
    for d, of_domain, sample in samples(statistic, records.design, codes, n_domains):
        linearised = statistic.kernel(sample)
        values[d] = statistic.scale * linearised.value
        cells.append(cell_of_record[of_domain])
        weighted.append(statistic.scale * sample.weights * linearised.influence)
        if statistic.limits is not None:
            limits[d] = statistic.limits(sample, breakdown.level)
    totals = sum_by(np.concatenate(cells), np.concatenate(weighted), len(records.counts))
    return rows_of(breakdown, statistic, values, totals, limits=limits)


def _calibrated_rows(
    breakdown: Breakdown, design: SurveyDesign, statistic: Statistic, codes: np.ndarray | None
) -> list[Estimate]:
    """Rows of any statistic under calibrated weights, where every PSU has a part in the error of
    every domain.

    A quantile's own interval does not know of the margins, and gives way to that of its standard
    error.
    """
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
            rates = _calibrated_rows(breakdown, design, statistic.rate, codes)
    return rows_of(breakdown, statistic, values, totals, bases=bases, rates=rates)


def _linearised(
    breakdown: Breakdown, design: SurveyDesign, statistic: Statistic, codes: np.ndarray
) -> list[Estimate]:
    """Rows of any other linearised statistic."""
    cells = breakdown.cells
    values, totals = np.full(cells.n_domains, np.nan), np.zeros(len(cells.domain))
    for d in range(cells.n_domains):
        linearised = statistic.linearise(design, codes == d)
        values[d] = linearised.value
        of_domain = cells.domain == d
        totals[of_domain] = psu_totals(design, linearised.influence)[cells.psu[of_domain], 0]
    return rows_of(breakdown, statistic, values, totals)


def estimate_linearised(
    design: SurveyDesign,
    statistics: Sequence[tuple[str, str, Linearised]],
    *,
    unit: str,
    kind: Kind,
    mask: np.ndarray | None = None,
    level: float = 0.95,
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
        Records they speak of, for the counts and degrees of freedom.
    level : float
        Confidence level.
    """
    inside = np.ones(design.n, dtype=bool) if mask is None else mask
    psu = design.active_psus(inside)
    df = len(psu) - len(np.unique(design.clusters.stratum[psu]))
    rows = []
    for name, domain, linearised in statistics:
        totals = psu_totals(design, linearised.influence)
        rows.append(
            Estimate(
                statistic=name,
                domain=domain,
                period=design.period,
                estimate=linearised.value,
                std_error=float(np.sqrt(covariance_of_totals(design.clusters, totals)[0, 0])),
                df=df,
                n=int(inside.sum()),
                n_psu=len(psu),
                unit=unit,
                source=design.source,
                kind=kind,
                scale=1.0,
                level=check_level(level),
                strands=(Strand(design.clusters, np.arange(design.n_psu), totals[:, 0]),),
            )
        )
    return Estimates(tuple(rows), design.heading, level)
