"""The gap in welfare between two groups: how much goes with what they have, how much with what it
brings (Oaxaca and Blinder).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import released
from bpsstats.errors import ParameterError
from bpsstats.models.formula import model_columns
from bpsstats.models.logit.gate import degrees_of_freedom, refuse_collinear
from bpsstats.models.regression.linear import least_squares
from bpsstats.models.thin import by_level
from bpsstats.reprs import Parts, Shown, SizesOnly, formatted
from bpsstats.survey import Estimates, SurveyDesign
from bpsstats.survey.design.masks import Domain
from bpsstats.survey.estimate import domain_mask, estimate_linearised
from bpsstats.survey.statistics.linearised import Linearised
from bpsstats.survey.variance.intervals import check_level


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GapDecomposition(Shown):
    """Parts of the difference of a mean between two groups, in the unit of the outcome.

    `parts` holds the whole gap, the threefold parts (endowments at the coefficients of the low
    group, coefficients at its means, interaction), and the twofold parts ``explained`` and
    ``unexplained`` at the coefficients of the high group; `by_term` the explained part by
    covariate.
    """

    parts: Estimates
    by_term: Estimates
    formula: str
    group: str

    def to_frame(self) -> pd.DataFrame:
        """One row for each part and term: part, domain, estimate, std_error, conf_low,
        conf_high.
        """
        frame = pd.concat([self.parts.to_frame(), self.by_term.to_frame()], ignore_index=True)
        frame = frame.rename(columns={"statistic": "part"})
        return frame[["part", "domain", "estimate", "std_error", "conf_low", "conf_high", "df"]]

    def _parts(self) -> Parts:
        return (
            self.parts.heading,
            f"Gap by {self.group} of {self.formula}",
            formatted(released(self).to_frame(), 3),
        )


@checked
def oaxaca_blinder(
    formula: str,
    design: SurveyDesign,
    group: str,
    domain: Domain = None,
    *,
    level: float = 0.95,
) -> GapDecomposition:
    """Decompose the gap of a mean between those for whom `group` is 0 and those for whom it is 1.

    Parameters
    ----------
    formula : str
        Outcome and covariates, without the group, as in ``"log_welfare_ratio ~ log_size +
        dependency"``.
    design : SurveyDesign
    group : str
        Column of 0 and 1, such as head_below_sma. The gap is the mean where it is 0 (the high
        group, H) less that where it is 1 (the low group, L).
    domain : ndarray or Series of bool, shape (n,), or str, optional
        Records to decompose.
    level : float
        Confidence level.

    Returns
    -------
    GapDecomposition

    Raises
    ------
    ParameterError
        If the column is not of 0 and 1, a group has no record, or its columns are collinear.

    Notes
    -----
    With means ``m`` and coefficients ``b`` of each group: threefold ``(m_H - m_L)'b_L``, ``m_L'(b_H
    - b_L)``, ``(m_H - m_L)'(b_H - b_L)``; twofold ``(m_H - m_L)'b_H`` and
    ``m_L'(b_H - b_L)``. All are linearised: means and coefficients of both groups are estimated.

    References
    ----------
    Blinder, A. S. (1973). Wage discrimination: reduced form and structural estimates. Journal of
    Human Resources 8(4), 436-455. Jann, B. (2008). The Blinder-Oaxaca decomposition for linear
    regression models. Stata Journal 8(4), 453-479.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1.0, 2, 4, 6], "low": [1, 1, 0, 0], "x": [0.0, 1, 0, 1]})
    >>> frame = frame.assign(weight=1.0, psu=range(4))
    >>> gap = oaxaca_blinder("y ~ x", SurveyDesign(frame, weight="weight", strata=None), "low")
    >>> gap.parts.row("gap").estimate, gap.parts.row("endowments").estimate
    (3.5, 0.0)
    """
    level = check_level(level)
    inside, _ = domain_mask(design, domain)
    low = design.column(group)
    if not np.isin(low[inside], (0.0, 1.0)).all():
        raise ParameterError(
            f"Column {group} of the groups is not of 0 and 1. Make it from the classes that are"
            " compared."
        )
    columns = model_columns(formula, design, inside)
    x = np.zeros((design.n, columns.x.shape[1]))
    x[inside], y = columns.x, np.zeros(design.n)
    y[inside] = columns.y
    fits = {}
    for name, of in (("high", inside & (low == 0)), ("low", inside & (low == 1))):
        if not of.any():
            raise ParameterError(
                f"No record has {group} {'0' if name == 'high' else '1'}, so that there is no gap."
            )
        refuse_collinear(model_columns(formula, design, of))
        fits[name] = _Group.of(design, of, x, y)
    high, other = fits["high"], fits["low"]
    rows = [
        ("gap", "all", high.outcome - other.outcome),
        ("endowments", "all", _product(high.means - other.means, other.coefficients)),
        ("coefficients", "all", _product(other.means, high.coefficients - other.coefficients)),
        (
            "interaction",
            "all",
            _product(high.means - other.means, high.coefficients - other.coefficients),
        ),
        ("explained", "all", _product(high.means - other.means, high.coefficients)),
        ("unexplained", "all", _product(other.means, high.coefficients - other.coefficients)),
    ]
    # A level of a factor that few of a group have is told of by what it explains.
    groups = (inside & (low == each) for each in (0, 1))
    few = min((told for of in groups for told in by_level(x, of)), key=np.count_nonzero)
    difference = high.means - other.means
    terms = [
        ("explained", term, _product(difference.only(k), high.coefficients.only(k)))
        for k, term in enumerate(columns.terms)
        if term != "(intercept)"
    ]
    degrees_of_freedom(design, inside, x.shape[1])

    def table(statistics: list[tuple[str, str, Linearised]]) -> Estimates:
        unit = "of the outcome"
        return estimate_linearised(
            design, statistics, unit=unit, kind="difference", mask=inside, level=level, cases=few
        )

    return GapDecomposition(table(rows), table(terms), formula, group)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Vector(SizesOnly):
    """Several statistics at once: values, shape (p,), and influence, shape (n, p)."""

    values: np.ndarray
    influence: np.ndarray

    def __sub__(self, other: "_Vector") -> "_Vector":
        return _Vector(self.values - other.values, self.influence - other.influence)

    def only(self, k: int) -> "_Vector":
        """One of them."""
        return _Vector(self.values[k : k + 1], self.influence[:, k : k + 1])


def _product(left: _Vector, right: _Vector) -> Linearised:
    """Inner product of two estimated vectors."""
    influence = left.influence @ right.values + right.influence @ left.values
    return Linearised(float(left.values @ right.values), influence)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Group(SizesOnly):
    """Mean of the outcome, means of the covariates and coefficients of one group."""

    outcome: Linearised
    means: _Vector
    coefficients: _Vector

    @classmethod
    def of(cls, design: SurveyDesign, mask: np.ndarray, x: np.ndarray, y: np.ndarray) -> "_Group":
        """Statistics of the records of a mask."""
        weights = design.weights[mask]
        total = weights.sum()
        means, mean = weights @ x[mask] / total, float(weights @ y[mask] / total)
        of_means, of_mean = np.zeros_like(x), np.zeros(design.n)
        of_means[mask], of_mean[mask] = (x[mask] - means) / total, (y[mask] - mean) / total
        coefficients, inside = least_squares(x[mask], y[mask], weights)
        of_coefficients = np.zeros_like(x)
        of_coefficients[mask] = inside
        return cls(
            Linearised(mean, of_mean),
            _Vector(means, of_means),
            _Vector(coefficients, of_coefficients),
        )
