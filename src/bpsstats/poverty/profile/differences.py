"""Where the poor differ from the others: a test for every comparison of the profile, corrected for
their number.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from bpsstats.poverty.profile.cells import MEASURES, TOTAL, Entry, counted
from bpsstats.poverty.profile.tables import Profile, ProfileTable
from bpsstats.survey import Estimate, Estimates, IndependenceTest
from bpsstats.survey.crosstab import independence
from bpsstats.survey.variance.reference import f_tail

POOR, OTHERS = "poor", "non_poor"
SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Whether the poor differ from the others in a concept, and where most.

    `row` is the class with the largest difference of percent, `difference` that of the poor less
    that of the others in percentage points, with its standard error and interval; `p_holm` is the
    p-value after Holm's correction for all comparisons of the profile.
    """

    table: str
    sex: str
    within: str
    concept: str
    row: str
    difference: float
    std_error: float
    conf_low: float
    conf_high: float
    test: IndependenceTest
    p_holm: float = float("nan")

    @property
    def is_significant(self) -> bool:
        """Whether it can be told from sampling error once all comparisons are counted."""
        return self.p_holm < SIGNIFICANCE


def differences(profile: Profile) -> tuple[Difference, ...]:
    """All comparisons of poor and others in a profile: those that can be told from sampling error
    before the rest, the largest difference first.

    Notes
    -----
    Classes of persons or households are tested by Rao and Scott's F (`crosstab`), shares of
    spending by Wald's ``F = d'V^-1 d (df - q + 1) / (q df)`` of the ``q`` differences but the last.
    Holm's step-down correction holds the chance of any false finding among all comparisons below
    5 percent, however they depend on one another.
    """
    found = [
        difference
        for table in profile.tables
        if table.declared.columns == "status" and table.declared.measures not in MEASURES
        for difference in _of_table(profile, table)
    ]
    corrected = holm(np.array([one.test.p_value for one in found]))
    held = [replace(one, p_holm=float(p)) for one, p in zip(found, corrected, strict=True)]
    return tuple(sorted(held, key=_order))


def _order(one: Difference) -> tuple[bool, float]:
    """Significant before not, large before small."""
    return not one.is_significant, -abs(float(np.nan_to_num(one.difference)))


def holm(p_values: npt.ArrayLike) -> np.ndarray:
    """Holm's step-down p-values, shape (k,); NaN stays and does not count.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, np.nan, 0.03]))
    array([0.03, 0.06,  nan, 0.06])

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics 6, 65-70.
    """
    p = np.asarray(p_values, dtype=np.float64)
    corrected = np.full(len(p), np.nan)
    order = np.argsort(p, kind="stable")[: int(np.isfinite(p).sum())]
    steps = p[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected


def differences_frame(found: tuple[Difference, ...]) -> pd.DataFrame:
    """One row per comparison."""
    return pd.DataFrame(
        [
            {
                "table": one.table, "sex": one.sex, "within": one.within, "concept": one.concept,
                "row": one.row, "difference": one.difference, "std_error": one.std_error,
                "conf_low": one.conf_low, "conf_high": one.conf_high, "method": one.test.method,
                "f": one.test.statistic,
                "numerator_df": one.test.numerator_df, "denominator_df": one.test.denominator_df,
                "p_value": one.test.p_value, "p_holm": one.p_holm,
                "significant": one.is_significant,
            }
            for one in found
        ]
    )  # fmt: skip


def _of_table(profile: Profile, table: ProfileTable) -> list[Difference]:
    """The comparisons of one table: one for each sex, group and concept."""
    cells: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in table.entries:
        if entry.column in (POOR, OTHERS) and entry.row != TOTAL:
            cells.setdefault((entry.sex, entry.within, entry.concept), []).append(entry)
    return [_one(profile, table, *key, entries) for key, entries in cells.items()]


def _one(
    profile: Profile,
    table: ProfileTable,
    sex: str,
    within: str,
    concept: str,
    entries: list[Entry],
) -> Difference:
    """One comparison."""
    declared, design = table.declared, profile.designs[table.declared.of]
    by_column = {
        column: [e.value for e in entries if e.column == column and e.value is not None]
        for column in (POOR, OTHERS)
    }
    pairs = list(zip(by_column[POOR], by_column[OTHERS], strict=True))
    gaps = np.array([poor.estimate - others.estimate for poor, others in pairs])
    # Two classes differ by the same: the first is named, whatever the last bits say.
    most = int(np.argmax(np.abs(np.nan_to_num(gaps)).round(9)))
    if declared.measures or declared.amounts:
        test = _wald([*by_column[POOR], *by_column[OTHERS]], len(pairs), profile)
    else:
        mask = counted(design.frame, declared, sex)
        if within:
            mask &= (design.frame[declared.within] == within).to_numpy()
        row = design.frame[concept].cat.codes.to_numpy()
        status = design.frame["status"].cat.codes.to_numpy()
        test = independence(design, np.where(mask, row, -1), status)
    poor, others = pairs[most]
    rows = [entry.row for entry in entries if entry.column == POOR]
    # Where all of a group are of one class the sample does not tell the error of its percent.
    is_told = np.isfinite(poor.std_error) and np.isfinite(others.std_error)
    error, low, high = (float("nan"),) * 3
    if is_told:
        gap = poor - others
        error, (low, high) = gap.std_error, gap.interval(profile.level)
    # Percents differ by a hundred points at most.
    limits = (max(low, -100.0), min(high, 100.0)) if is_told else (low, high)
    return Difference(
        declared.name, sex, within, concept, rows[most], float(gaps[most]), error, *limits, test
    )


def _wald(rows: list[Estimate], n_groups: int, profile: Profile) -> IndependenceTest:
    """Wald's test that the shares of the poor and the others are the same."""
    covariance = Estimates(tuple(rows), "", profile.level).covariance()
    q = n_groups - 1
    contrast = np.hstack([np.eye(n_groups), -np.eye(n_groups)])[:q]
    gaps = contrast @ np.array([row.estimate for row in rows])
    v = contrast @ covariance @ contrast.T
    # Both columns together lie in all PSUs of the table.
    df = profile.designs["people"].df
    chi = float(gaps @ np.linalg.solve(v, gaps))
    f, rest = chi * (df - q + 1) / (q * df), float(df - q + 1)
    p_value = float(f_tail(f, q, rest)) if rest > 0 else float("nan")
    return IndependenceTest(f, float(q), rest, p_value, float("nan"), "Wald")
