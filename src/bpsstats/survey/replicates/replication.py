"""Statistics under replicate weights: any statistic of the package, and any function of a
design.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import scipy

from bpsstats.arguments import checked
from bpsstats.errors import BpsStatsError, NotEstimableError, ParameterError
from bpsstats.reprs import SizesOnly, count_of
from bpsstats.survey.design.calibration import recalibrate
from bpsstats.survey.design.sums import sum_by
from bpsstats.survey.design.survey_design import SurveyDesign
from bpsstats.survey.replicates.weights import ReplicateWeights
from bpsstats.survey.results.breakdown import (
    Breakdown,
    CellSums,
    counts_behind,
    domain_rows,
    linearised_simple_random,
    ratio_simple_random,
)
from bpsstats.survey.results.one_estimate import Estimate
from bpsstats.survey.results.strands import Strand
from bpsstats.survey.results.tables import Estimates
from bpsstats.survey.statistics.ratios import Kind, Ratio, Statistic, Terms, refuse_missing
from bpsstats.survey.variance.cells import Records
from bpsstats.survey.variance.engine import covariance_of_totals
from bpsstats.survey.variance.intervals import check_level


def reweighted(design: SurveyDesign, weights: np.ndarray) -> SurveyDesign:
    """The design with other weights, shape (n,), zeros among them; for values only, as its errors
    would not be those of a sample.

    Its ``weights`` are the new ones; the column of the frame is not.
    """
    other = object.__new__(SurveyDesign)
    for each in fields(SurveyDesign):
        object.__setattr__(other, each.name, getattr(design, each.name))
    object.__setattr__(other, "weights", weights)
    object.__setattr__(other, "calibration", None)
    return other


def replicate_designs(design: SurveyDesign, replicates: ReplicateWeights) -> Iterator[SurveyDesign]:
    """The design under each replicate; calibrated weights are calibrated anew."""
    known = design.calibration
    for _, factors in replicates.blocks():
        for column in factors.T:
            of_record = column[design.psu_index] if replicates.by_psu else column
            if known is None:
                yield reweighted(design, design.weights * of_record)
            else:
                yield reweighted(design, recalibrate(known, known.base * of_record))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReplicationResult(SizesOnly):
    """Values of some statistics with their deviations under replicate weights.

    Parameters
    ----------
    values : ndarray, shape (k,)
        Of the full sample.
    replicate_values : ndarray, shape (R, k)
    deviations : ndarray, shape (R, k)
        Their squares sum to the variances.
    replicates : ReplicateWeights
    design : SurveyDesign
    """

    values: np.ndarray
    replicate_values: np.ndarray
    deviations: np.ndarray
    replicates: ReplicateWeights
    design: SurveyDesign

    def __repr__(self) -> str:
        statistics = count_of(len(self.values), "statistic")
        return f"{statistics} under replicates · {heading_with(self.design, self.replicates)}"

    @property
    def cov(self) -> np.ndarray:
        """Covariance matrix, shape (k, k)."""
        return covariance_of_totals(self.replicates.first_stage, self.deviations)

    def to_estimates(
        self,
        names: Sequence[tuple[str, str]],
        *,
        unit: str,
        kind: Kind,
        scale: float = 1.0,
        level: float = 0.95,
    ) -> Estimates:
        """The values as a table.

        Parameters
        ----------
        names : sequence of (statistic, domain)
        unit : str
        kind : Kind
        scale : float
            Upper end of the range of a proportion or index.
        level : float
            Confidence level.
        """
        design, errors = self.design, np.sqrt(np.diag(self.cov))
        df = design.df if self.replicates.df is None else self.replicates.df
        rows = tuple(
            Estimate(
                statistic=name,
                domain=domain,
                period=design.period,
                estimate=float(value),
                std_error=float(error),
                df=df,
                n=design.n,
                households=None,
                n_psu=design.n_psu,
                unit=unit,
                source=design.source,
                kind=kind,
                scale=scale,
                level=check_level(level),
                strands=(
                    Strand(self.replicates.first_stage, np.arange(self.replicates.n), deviations),
                ),
            )
            for (name, domain), value, error, deviations in zip(
                names, self.values, errors, self.deviations.T, strict=True
            )
        )
        return Estimates(rows, heading_with(design, self.replicates), level)


def heading_with(design: SurveyDesign, replicates: ReplicateWeights) -> str:
    """First line of a result whose errors come from replicates."""
    return (
        f"{design.heading} · errors by {replicates.method}, {count_of(replicates.n, 'replicate')}"
    )


@checked
def replicate(
    design: SurveyDesign,
    function: Callable[[SurveyDesign], np.ndarray],
    replicates: ReplicateWeights,
) -> ReplicationResult:
    """Any function of a design, under replicate weights.

    Parameters
    ----------
    design : SurveyDesign
    function : callable
        Takes a design, returns values, shape (k,). It works with ``design.weights``, in which a
        replicate's left-out PSUs have the weight zero.
    replicates : ReplicateWeights

    Raises
    ------
    NotEstimableError
        If the function fails or is not finite under a replicate; the message says which.

    Examples
    --------
    >>> import pandas as pd
    >>> from bpsstats.survey.replicates.weights import jackknife
    >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "h": [1, 1, 2, 2], "c": [1, 2, 3, 4]})
    >>> design = SurveyDesign(frame, weight="w", strata="h", psu="c")
    >>> def of(design):
    ...     return np.array([np.sum(design.weights * design.column("y"))])
    >>> total = replicate(design, of, jackknife(design))
    >>> total.values, total.cov
    (array([18.]), array([[20.]]))
    """
    full = _values_of(function, design)
    values = np.empty((replicates.n, len(full)))
    for r, other in enumerate(replicate_designs(design, replicates)):
        try:
            values[r] = _values_of(function, other)
        except BpsStatsError as error:
            raise _no_value(r, replicates, str(error)) from error
        if not np.isfinite(values[r]).all():
            raise _no_value(r, replicates, "A value is not finite.")
    return ReplicationResult(full, values, replicates.deviations(full, values), replicates, design)


def _values_of(function: Callable[[SurveyDesign], np.ndarray], design: SurveyDesign) -> np.ndarray:
    """What a function gives, shape (k,); its own errors are told by their kind, as their words may
    hold values of the data.
    """
    try:
        values = np.atleast_1d(np.asarray(function(design), dtype=np.float64))
    except BpsStatsError:
        raise
    except Exception as error:
        raise ParameterError(
            f"The function given to replicate() does not make numbers of a design"
            f" ({type(error).__name__}). Try it on the design alone."
        ) from error
    if values.ndim != 1:
        raise ParameterError(
            f"The function given to replicate() makes an array of shape {values.shape}; it gives"
            " one row of numbers, one for each statistic."
        )
    return values


def _no_value(number: int, replicates: ReplicateWeights, reason: str) -> NotEstimableError:
    """The error of a statistic that a replicate cannot give."""
    return NotEstimableError(
        f"Replicate {number + 1} of {replicates.n} ({replicates.method}) gives no value, so that"
        f" there is no error from replicates: {reason} Use the linearised error, or another method"
        " of replicates."
    )


def replication_rows(
    breakdown: Breakdown,
    records: Records,
    statistic: Statistic,
    sums: Mapping[Ratio, CellSums],
    codes: np.ndarray | None,
    replicates: ReplicateWeights,
) -> list[Estimate]:
    """Rows of a statistic in every domain, with errors from replicates.

    Parameters
    ----------
    breakdown : Breakdown
    records : Records
    statistic : Statistic
    sums : mapping of Ratio to CellSums
        Sums by cell of the ratios, and of the rates they follow from, that need no more; the others
        are computed anew each time.
    codes : ndarray of int, shape (n,), optional
        Domain of each record, -1 for none.
    replicates : ReplicateWeights
    """
    design, n_domains = records.design, breakdown.cells.n_domains
    codes = np.zeros(design.n, dtype=np.int64) if codes is None else codes
    bases, rates = None, None
    if isinstance(statistic, Ratio) and statistic in sums:
        full, values, bases = _ratio_values(breakdown, statistic, sums[statistic], replicates)
        simple = ratio_simple_random(breakdown, statistic, sums[statistic])
    else:
        linearised = [statistic.linearise(design, codes == d) for d in range(n_domains)]
        simple = linearised_simple_random(breakdown, design, codes, linearised)
        full = _values(design, statistic, codes, n_domains)
        designs = replicate_designs(design, replicates)
        values = np.array([_values(other, statistic, codes, n_domains) for other in designs])
        if isinstance(statistic, Ratio) and statistic.denominator is not None:
            bases = _sums(design, statistic.denominator, statistic.name, codes, n_domains)
    if (
        isinstance(statistic, Ratio)
        and statistic.rate is not None
        and (design.calibrated or statistic.kind != "count")
    ):
        rates = replication_rows(breakdown, records, statistic.rate, sums, codes, replicates)
    # Where a replicate has no member of a domain, its statistic has no error.
    deviations = np.where(
        np.isfinite(values).all(axis=0), replicates.deviations(full, values), np.nan
    )
    of_replicates = replace(breakdown, first_stage=replicates.first_stage)
    rows = domain_rows(
        of_replicates, statistic, full, deviations, bases=bases, rates=rates, simple=simple,
        counts=counts_behind(records, statistic),
    )  # fmt: skip
    return rows if replicates.df is None else [replace(row, df=replicates.df) for row in rows]


def _ratio_values(
    breakdown: Breakdown, statistic: Ratio, sums: CellSums, replicates: ReplicateWeights
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Values of a ratio by domain in the full sample (D,) and under each replicate (R, D), and its
    denominators (D,).
    """
    cells = breakdown.cells
    shape = (cells.n_domains, breakdown.first_stage.n_psu)
    tables = [
        None
        if part is None
        else scipy.sparse.csr_matrix((part, (cells.domain, cells.psu)), shape=shape)
        for part in (sums.a, sums.b)
    ]

    def ratio(a: np.ndarray, b: np.ndarray | None) -> np.ndarray:
        if b is None:
            return statistic.scale * a
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(b != 0, statistic.scale * a / b, np.nan))

    base = None if sums.b is None else cells.by_domain(sums.b)
    full = ratio(cells.by_domain(sums.a), base)
    values = np.empty((replicates.n, cells.n_domains))
    for first, factors in replicates.blocks():
        top, bottom = (None if table is None else np.asarray(table @ factors) for table in tables)
        assert top is not None  # every ratio has a numerator
        values[first : first + factors.shape[1]] = ratio(top, bottom).T
    return full, values, base


def _values(
    design: SurveyDesign, statistic: Statistic, codes: np.ndarray, n_domains: int
) -> np.ndarray:
    """Values of any statistic by domain under the weights of a design, zeros among them."""
    if isinstance(statistic, Ratio):
        a = _sums(design, statistic.numerator, statistic.name, codes, n_domains)
        if statistic.denominator is None:
            return statistic.scale * a
        b = _sums(design, statistic.denominator, statistic.name, codes, n_domains)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(b != 0, statistic.scale * a / b, np.nan))
    counted = design.weights > 0
    return np.array(
        [statistic.linearise(design, (codes == d) & counted).value for d in range(n_domains)]
    )


def _sums(
    design: SurveyDesign, terms: Terms, name: str, codes: np.ndarray, n_domains: int
) -> np.ndarray:
    """Weighted sums by domain."""
    amounts, inside = terms(design), codes >= 0
    refuse_missing(amounts, inside, name)
    return sum_by(codes[inside], (design.weights * amounts)[inside], n_domains)
