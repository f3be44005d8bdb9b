"""Two categories against each other: numbers and shares by cell with their standard errors, and
the test that they have nothing to do with each other.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import WITHHELD, Policy, released
from bpsstats.errors import ParameterError
from bpsstats.reprs import formatted, html_table, said_p, written
from bpsstats.survey.design.columns import columns_of, refuse_absent
from bpsstats.survey.design.grouping import categories
from bpsstats.survey.design.masks import Domain
from bpsstats.survey.design.sums import sum_by
from bpsstats.survey.design.survey_design import SurveyDesign
from bpsstats.survey.estimate import domain_mask, estimate
from bpsstats.survey.results.tables import Estimates
from bpsstats.survey.statistics.ratios import population, share
from bpsstats.survey.variance.engine import covariance_of_totals, psu_totals
from bpsstats.survey.variance.reference import f_tail


@dataclass(frozen=True, slots=True)
class IndependenceTest:
    """A design-based test of a table: F statistic, its degrees of freedom, and the p-value; NaN
    where the sample cannot tell.

    `cramers_v` is the strength of association in the weighted table, 0 to 1.
    """

    statistic: float
    numerator_df: float
    denominator_df: float
    p_value: float
    cramers_v: float
    method: str = "Rao-Scott"

    def __repr__(self) -> str:
        return (
            f"{self.method} test of independence: F({written(self.numerator_df, 2)},"
            f" {written(self.denominator_df, 2)}) = {written(self.statistic, 3)},"
            f" {said_p(self.p_value)}, Cramér's V = {written(self.cramers_v, 3)}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Crosstab:
    """A table of two categories: `numbers` (sums of weights) and `shares` (percent of the column)
    by cell, and the `test` of independence.
    """

    rows: str
    columns: str
    numbers: Estimates
    shares: Estimates
    test: IndependenceTest

    @property
    def source(self) -> str:
        """Kind of data."""
        return self.shares.rows[0].source

    def settled(self, policy: Policy) -> "Crosstab":  # noqa: ARG002 - for any audience
        """The table as it may leave: of margins that are known and the test follows a cell."""
        if not any(row.is_withheld for row in (*self.numbers, *self.shares)):
            return self
        nothing = dict.fromkeys(
            ("statistic", "numerator_df", "denominator_df", "p_value", "cramers_v"), WITHHELD
        )
        told: dict[str, Any] = nothing
        return replace(self, test=replace(self.test, **told))

    def to_frame(self) -> pd.DataFrame:
        """The shares as a table, a row for each category of `rows`."""
        frame = self.shares.to_frame()
        shown = frame.pivot_table(
            index="statistic", columns="domain", values="estimate", sort=False, dropna=False
        )
        return shown.rename_axis(index=self.rows, columns=None)

    def _formatted(self) -> pd.DataFrame:
        """The shares as read by people."""
        return formatted(released(self).to_frame(), 2)

    def __repr__(self) -> str:
        table = self._formatted().to_string()
        return f"{self.shares.heading}\nPercent of {self.columns}\n{table}\n{released(self).test!r}"

    def _repr_html_(self) -> str:
        table = html_table(self._formatted(), index=True)
        return f"<p>{self.shares.heading}</p>{table}<p>{released(self).test!r}</p>"


@checked
def crosstab(
    design: SurveyDesign,
    rows: str,
    columns: str,
    domain: Domain = None,
    *,
    level: float = 0.95,
) -> Crosstab:
    """Tabulate one category against another, and test whether they are independent.

    Parameters
    ----------
    design : SurveyDesign
    rows, columns : str
        Columns of categories; a record in which either is missing is left out.
    domain : str, or ndarray or Series of bool, shape (n,), optional
        Records to include; all stay in the design.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Crosstab
        Numbers in units of the weights, shares in percent of the column, and the test.

    Raises
    ------
    ParameterError
        If there is no such column.

    Notes
    -----
    Pearson's statistic of the weighted table, as if its records were a simple random sample, over
    the trace of the matrix of design effects ``D`` is referred to ``F(d, d df)`` with ``d = (tr
    D)^2 / tr D^2`` and ``df`` active PSUs less active strata: `svychisq` of R's survey with its
    default ``statistic = "F"``.

    References
    ----------
    Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with
    cell proportions estimated from survey data. Annals of Statistics 12, 46-60.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": list("xxyyxxyy"), "b": list("ppqqpqqp"), "w": 1.0})
    >>> frame["c"] = [1, 1, 2, 2, 3, 3, 4, 4]
    >>> crosstab(SurveyDesign(frame, weight="w", strata=None, psu="c"), "a", "b").test
    Rao-Scott test of independence: F(1.00, 3.00) = 2.250, p = 0.2306, Cramér's V = 0.500
    """
    refuse_absent(design.frame, rows, columns)
    for column in (rows, columns):
        if column not in design.frame.columns:
            raise ParameterError(
                f"The frame has no column {column} to tabulate. {columns_of(design.frame)}"
            )
    mask, name = domain_mask(design, domain)
    (row, row_labels), (column_, _) = (categories(design.frame[c]) for c in (rows, columns))
    inside = mask & (row >= 0) & (column_ >= 0)
    counted = partial(estimate, design, domain=inside, domain_name=name, level=level)
    shares = [share(rows, label) for label in row_labels.tolist()]
    return Crosstab(
        rows,
        columns,
        counted(population(""), by=[columns, rows]),
        counted(shares, by=columns),
        independence(design, np.where(inside, row, -1), column_),
    )


def independence(design: SurveyDesign, row: np.ndarray, column: np.ndarray) -> IndependenceTest:
    """The test of `crosstab` from codes, -1 for records that are left out.

    Parameters
    ----------
    design : SurveyDesign
    row, column : ndarray of int, shape (n,)
        Codes; those that no record has do not count.
    """
    inside = (row >= 0) & (column >= 0)
    nothing = IndependenceTest(*(float("nan"),) * 5)
    if not inside.any():
        return nothing
    (rows, r), (columns, c) = (
        np.unique(code[inside], return_inverse=True) for code in (row, column)
    )
    shape = (len(rows), len(columns))
    if min(shape) < 2:
        return nothing
    cell = np.full(design.n, -1)
    cell[inside] = r * shape[1] + c
    weights, n = design.weights[inside], int(inside.sum())
    number = sum_by(cell[inside], weights, shape[0] * shape[1])
    total = number.sum()
    p = number / total
    influence = ((cell[:, None] == np.arange(len(p))) - p) / total * inside[:, None]
    v = covariance_of_totals(design.first_stage, psu_totals(design, influence))
    table = p.reshape(shape)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0)
    phi = float(np.sum((table - expected) ** 2 / expected))
    # Contrasts of the interaction: what is left of the cells once rows and columns are taken out.
    contrast = np.kron(*(np.eye(k)[:, 1:] - 1 / k for k in shape))
    scaled = np.divide(contrast.T, p, out=np.zeros(contrast.T.shape), where=p > 0)
    simple = scaled @ contrast / n
    if np.linalg.matrix_rank(simple) < len(simple):
        return nothing
    effects = np.linalg.solve(simple, scaled @ v @ scaled.T)
    trace = float(np.trace(effects))
    if not trace > 0:
        return nothing
    psus = np.unique(design.psu_index[inside])
    df = len(psus) - len(np.unique(design.first_stage.stratum[psus]))
    d = trace**2 / float(np.trace(effects @ effects))
    f = n * phi / trace
    v_of_cramer = float(np.sqrt(phi / (min(shape) - 1)))
    return IndependenceTest(f, d, d * df, float(f_tail(f, d, d * df)), v_of_cramer)
