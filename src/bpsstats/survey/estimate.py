"""Estimate any statistics over any domains of a design, with their standard errors."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bpsstats.errors import DesignError, ParameterError
from bpsstats.survey.design import SurveyDesign
from bpsstats.survey.estimates import Estimate, Estimates, Strand
from bpsstats.survey.functional import Functional, samples
from bpsstats.survey.intervals import check_level
from bpsstats.survey.linearised import Linearised
from bpsstats.survey.statistic import Kind, Ratio, Statistic
from bpsstats.survey.sums import sum_by
from bpsstats.survey.variance import active_counts, covariance_of_totals, psu_totals, variance_of_cells

ALL = "all"


def estimate(
    design: SurveyDesign,
    statistics: Statistic | Sequence[Statistic],
    by: str | Sequence[str] | None = None,
    domain: str | np.ndarray | pd.Series | None = None,
    *,
    domain_name: str | None = None,
    level: float = 0.95,
) -> Estimates:
    """Estimate statistics with design-based standard errors, in one domain or in all domains of a breakdown.

    Parameters
    ----------
    design : SurveyDesign
    statistics : Statistic or sequence of Statistic
    by : str or sequence of str, optional
        Columns whose categories are the domains. A record with a missing category is in none of them.
    domain : str, or ndarray or Series of bool, shape (n,), optional
        Records to speak of: a mask, or the name of a boolean column. All records stay in the design.
    domain_name : str, optional
        Name of the domain in the table; default the column's name, or "domain".
    level : float
        Confidence level of the intervals shown.

    Returns
    -------
    Estimates
        One row per domain and statistic.

    Notes
    -----
    A `Ratio` is computed on PSU x domain cells: ``t_id = scale (A_id - R_d B_id) / B_d``, so that cost and memory
    grow with the cells that exist, never with records times domains.

    Examples
    --------
    >>> from bpsstats.survey.statistic import mean
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
    mask, name = domain_mask(design, domain, domain_name)
    codes, labels = _domains(design, by, mask, name)
    tables = [_estimate_one(design, statistic, codes, labels, level) for statistic in wanted]
    rows = tuple(table[d] for d in range(len(labels)) for table in tables)
    return Estimates(rows, design.heading, level)


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
    values = design.frame[domain] if isinstance(domain, str) and domain in design.frame.columns else domain
    if isinstance(values, str):
        raise DesignError(f"The frame has no column {values} to take the domain from. Give a boolean column or a mask.")
    mask = np.asarray(values)
    if mask.shape != (design.n,) or mask.dtype != np.bool_:
        raise DesignError(
            f"The domain is an array of {mask.dtype} of shape {mask.shape}; it must be boolean with one value "
            f"for each of the {design.n} records. A domain is a mask over the whole design, not a smaller frame."
        )
    return mask, name or (domain if isinstance(domain, str) else "domain")


def _domains(
    design: SurveyDesign, by: str | Sequence[str] | None, mask: np.ndarray, name: str
) -> tuple[np.ndarray, list[str]]:
    """Domain code of each record (-1 for none) and the domains' names."""
    if by is None:
        return np.where(mask, 0, -1), [name]
    columns = [by] if isinstance(by, str) else list(by)
    unknown = [column for column in columns if column not in design.frame.columns]
    if unknown:
        raise ParameterError(
            f"The frame has no column {', '.join(unknown)} to break down by. "
            f"It has: {', '.join(map(str, design.frame))}."
        )
    codes, labels = np.zeros(design.n, dtype=np.int64), [""]
    for column in columns:
        values = design.frame[column].astype("category")
        code = values.cat.codes.to_numpy(dtype=np.int64)
        levels = [f"{column}={level}" for level in values.cat.categories]
        codes = np.where((codes < 0) | (code < 0), -1, codes * len(levels) + code)
        labels = [f"{outer}, {inner}" if outer else inner for outer in labels for inner in levels]
    if name != ALL:
        labels = [f"{name}, {label}" for label in labels]
    return np.where(mask, codes, -1), labels


def _estimate_one(
    design: SurveyDesign, statistic: Statistic, codes: np.ndarray, labels: list[str], level: float
) -> list[Estimate]:
    """One statistic in every domain."""
    n_domains = len(labels)
    inside = np.flatnonzero(codes >= 0)
    key = design.psu_index[inside] * n_domains + codes[inside]
    # Cells in the order of their labels, not of the records, so that sums over them have one order.
    cell, cells = pd.factorize(key, sort=True)
    psu, domain = np.asarray(cells) // n_domains, np.asarray(cells) % n_domains
    limits: list[tuple[float, float] | None] = [None] * n_domains
    if isinstance(statistic, Ratio):
        values, totals, bases = _ratio_cells(design, statistic, codes, inside, cell, domain, n_domains)
    elif isinstance(statistic, Functional):
        cell_of_record = np.zeros(design.n, dtype=np.int64)
        cell_of_record[inside] = cell
        values, totals, limits = _functional_cells(
            design, statistic, codes, cell_of_record, len(domain), n_domains, level
        )
        bases = np.full(n_domains, np.nan)
    else:
        values, totals, bases = _linearised_cells(design, statistic, codes, psu, domain, n_domains)
    std_errors = np.sqrt(variance_of_cells(design.clusters, psu, domain, totals, n_domains))
    n_psu, n_strata = active_counts(design.clusters, psu, domain, n_domains)
    n = np.bincount(codes[inside], minlength=n_domains)
    rates = _rates(design, statistic, codes, labels, level)
    order = np.argsort(domain, kind="stable")
    bounds = np.searchsorted(domain[order], np.arange(n_domains + 1))
    rows = []
    for d, label in enumerate(labels):
        of_domain = order[bounds[d] : bounds[d + 1]]
        estimable = n_psu[d] - n_strata[d] >= 1 and not _is_degenerate(statistic, values[d], std_errors[d])
        rows.append(
            Estimate(
                statistic=statistic.name,
                domain=label,
                period=design.period,
                estimate=float(values[d]),
                std_error=float(std_errors[d]) if estimable else float("nan"),
                df=int(n_psu[d] - n_strata[d]),
                n=int(n[d]),
                n_psu=int(n_psu[d]),
                unit=statistic.unit,
                source=design.source,
                kind=statistic.kind,
                scale=statistic.scale,
                level=level,
                strands=(Strand(design.clusters, psu[of_domain], totals[of_domain]),),
                base=float(bases[d]),
                rate=rates[d],
                limits=limits[d],
            )
        )
    return rows


def _ratio_cells(
    design: SurveyDesign,
    statistic: Ratio,
    codes: np.ndarray,
    inside: np.ndarray,
    cell: np.ndarray,
    domain: np.ndarray,
    n_domains: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values by domain, influence totals by cell and denominators by domain of a ratio of totals."""
    wa, wb = statistic.terms(design, codes >= 0)
    a = sum_by(cell, wa[inside], len(domain))
    a_domain = np.bincount(domain, weights=a, minlength=n_domains)
    if wb is None:
        return statistic.scale * a_domain, statistic.scale * a, np.full(n_domains, np.nan)
    b = sum_by(cell, wb[inside], len(domain))
    b_domain = np.bincount(domain, weights=b, minlength=n_domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(b_domain != 0, a_domain / b_domain, np.nan)
        totals = statistic.scale * (a - ratio[domain] * b) / b_domain[domain]
    return statistic.scale * ratio, np.nan_to_num(totals), b_domain


def _functional_cells(
    design: SurveyDesign,
    statistic: Functional,
    codes: np.ndarray,
    cell_of_record: np.ndarray,
    n_cells: int,
    n_domains: int,
    level: float,
) -> tuple[np.ndarray, np.ndarray, list[tuple[float, float] | None]]:
    """Values by domain, influence totals by cell and own intervals by domain of a statistic of the distribution."""
    values = np.full(n_domains, np.nan)
    limits: list[tuple[float, float] | None] = [None] * n_domains
    cells, weighted = [], []
    for d, records, sample in samples(statistic, design, codes, n_domains):
        linearised = statistic.kernel(sample)
        values[d] = statistic.scale * linearised.value
        cells.append(cell_of_record[records])
        weighted.append(statistic.scale * sample.weights * linearised.influence)
        if statistic.limits is not None:
            limits[d] = statistic.limits(sample, level)
    if not cells:
        return values, np.zeros(n_cells), limits
    totals = np.bincount(np.concatenate(cells), weights=np.concatenate(weighted), minlength=n_cells)
    return values, totals.astype(np.float64), limits


def _linearised_cells(
    design: SurveyDesign,
    statistic: Statistic,
    codes: np.ndarray,
    psu: np.ndarray,
    domain: np.ndarray,
    n_domains: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values by domain, influence totals by cell and no denominators of any linearised statistic."""
    values, totals = np.full(n_domains, np.nan), np.zeros(len(domain))
    for d in range(n_domains):
        linearised = statistic.linearise(design, codes == d)
        values[d] = linearised.value
        of_domain = domain == d
        totals[of_domain] = psu_totals(design, linearised.influence)[psu[of_domain], 0]
    return values, totals, np.full(n_domains, np.nan)


def _rates(
    design: SurveyDesign, statistic: Statistic, codes: np.ndarray, labels: list[str], level: float
) -> Sequence[Estimate | None]:
    """Rates that counts follow from, where the weights are calibrated to the population."""
    rate = getattr(statistic, "rate", None)
    if rate is None or not design.calibrated:
        return [None] * len(labels)
    return _estimate_one(design, rate, codes, labels, level)


def _is_degenerate(statistic: Statistic, value: float, std_error: float) -> bool:
    """Whether the sample shows no variation at all, so that a zero error would mislead."""
    if not np.isfinite(value) or not np.isfinite(std_error):
        return True
    if statistic.kind in ("proportion", "index"):
        return value <= 0 or value >= statistic.scale
    if statistic.kind == "ratio":
        return value == 0
    return statistic.kind == "count" and value <= 0


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
    psu = np.unique(design.psu_index[inside])
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
