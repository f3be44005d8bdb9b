"""Results: an estimate with its sampling error, and tables of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log10
from typing import Any, overload

import numpy as np
import pandas as pd
import scipy

from bpsstats.arguments import checked
from bpsstats.disclosure import WITHHELD, Cell, Policy, current_policy, is_withheld, released
from bpsstats.disclosure.views import Counted, Leaf
from bpsstats.errors import ParameterError
from bpsstats.reprs import SizesOnly, html_table, written
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.results.arrow import to_arrow
from bpsstats.survey.results.counts import Counts
from bpsstats.survey.results.reliability import (
    Presentation,
    Reliability,
    presentation,
    reliability,
)
from bpsstats.survey.results.select import (
    RowName,
    place_of_row,
    places_of_rows,
    weights_of_rows,
)
from bpsstats.survey.statistics.ratios import Kind
from bpsstats.survey.variance.engine import covariance_of_listed_totals, deviations_of_totals
from bpsstats.survey.variance.intervals import METHODS, Method, check_level

# How a mix of kinds of data is written.
MIXED, AND = "mixed: ", " and "
DEFAULT_METHOD: dict[Kind, Method] = {
    "proportion": "korn-graubard",
    "index": "logit",
    "count": "wald",
    "total": "wald",
    "mean": "wald",
    "ratio": "wald",
    "difference": "wald",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Strand(SizesOnly):
    """What one sample contributes to an estimate: totals of weighted influence by PSU, the zeros
    left out.
    """

    first_stage: FirstStage
    psu: np.ndarray
    totals: np.ndarray

    def dense(self) -> np.ndarray:
        """Totals of all PSUs, shape (n_psu,)."""
        return np.bincount(self.psu, weights=self.totals, minlength=self.first_stage.n_psu)

    def scaled(self, factor: float) -> "Strand":
        """The strand of a multiple of the estimate."""
        return replace(self, totals=self.totals * factor)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Estimate:
    """A statistic of a domain with its design-based standard error.

    `rse` is in percent of the estimate; `n` counts records and `n_psu` PSUs in the domain; `df` is
    active PSUs less active strata; `base` is the weighted total of the denominator; `limits` is an
    interval of the statistic's own. `households` counts those with a record in the domain, None
    where no one domain is spoken of. `deff` is the variance over that of a simple random sample of
    as many records, drawn with replacement; NaN for differences and other functions of several
    estimates. Where the sample says nothing about the error (a single PSU,
    nobody or everybody in the category) `std_error` is NaN and `reliability` "not estimable".

    `counts` are the households behind it, and `made_of` the estimates of which it is a difference
    or a ratio, for disclosure control; `as_computed` is the estimate that this is the released view
    of, where it is one.
    """

    statistic: str
    domain: str
    period: str
    estimate: float
    std_error: float
    df: int
    n: int
    households: int | None
    n_psu: int
    unit: str
    source: str
    kind: Kind
    scale: float
    level: float
    strands: tuple[Strand, ...]
    base: float = float("nan")
    rate: "Estimate | None" = None
    limits: tuple[float, float] | None = None
    one_more: float | None = None
    deff: float = float("nan")
    counts: Counts | None = None
    made_of: tuple[Leaf, ...] = ()
    as_computed: "Estimate | None" = None

    @property
    def is_withheld(self) -> bool:
        """Whether disclosure control withholds it."""
        return is_withheld(self.estimate)

    @property
    def mark(self) -> str:
        """Mark in a table: that of a number that is withheld, or of its relative standard error;
        empty for differences.
        """
        is_rated = self.kind != "difference" or self.is_withheld
        return current_policy().mark(self.rse) if is_rated else ""

    def counted(self) -> Counted | None:
        """What disclosure control needs to know of it; None where this is a released view."""
        if self.as_computed is not None or self.is_withheld:
            return None
        n, counts = self.households if self.households is not None else self.n, self.counts
        base, cases = (
            (n, n) if counts is None else (int(counts.base.sum()), int(counts.cases.sum()))
        )
        others = None if counts is None or counts.others is None else int(counts.others.sum())
        made_of = tuple(
            found for found in (part.counted() for part in self.made_of) if found is not None
        )
        is_total = self.kind in ("count", "total")
        amount = self.estimate if is_total else self.estimate * self.base / self.scale
        of = self.rate.statistic if self.kind == "count" and self.rate else self.statistic
        cell = Cell(
            label="",
            numerator=cases,
            denominator=base,
            rse=None if self.kind == "difference" else self.rse,
            others=others,
            group=" / ".join(((counts.of if counts else "") or of, self.unit, self.period)),
            by_psu={} if counts is None else counts.by_psu,
        )
        return Counted(
            (self.statistic, self.domain, self.period),
            cell,
            amount,
            self.base if self.kind == "proportion" else float("nan"),
            float("nan") if is_total else self.base,
            made_of,
        )

    def view(self, policy: Policy, *, withheld: bool) -> "Estimate":
        """The estimate as it may leave: rounded, or without a number."""
        if withheld:
            nothing: Any = WITHHELD
            return replace(
                self, estimate=nothing, std_error=nothing, df=nothing, n=nothing,
                households=nothing, n_psu=nothing, deff=nothing, as_computed=self,
            )  # fmt: skip
        return replace(
            self,
            estimate=self._rounded(self.estimate, policy),
            std_error=self._rounded(self.std_error, policy),
            # The error follows from the design effect, whose digits are rounded too.
            deff=policy.rounded(self.deff, policy.base("", self.deff)),
            as_computed=self,
        )

    def _rounded(self, value: float, policy: Policy) -> float:
        return policy.rounded(value, self.base_of_rounding(policy))

    def base_of_rounding(self, policy: Policy) -> float:
        """Multiple that it is rounded to where it may leave."""
        return policy.base(self.unit, self.estimate, is_mean=not self.is_number)

    def decimals(self, most: int) -> int:
        """Decimals that it is told with: of a released view none that were rounded away."""
        base = self.base_of_rounding(current_policy()) if self.as_computed is not None else 0.0
        return min(most, max(0, round(-log10(base)))) if base else most

    @property
    def is_number(self) -> bool:
        """Whether it is a total, or follows from one: a mean of persons is no number of them."""
        if self.kind in ("count", "total"):
            return True
        parts = [part for part in self.made_of if isinstance(part, Estimate)]
        return self.kind == "difference" and (any(p.is_number for p in parts) or not parts)

    @property
    def n_eff(self) -> float:
        """Effective sample size: records over the design effect, never more than there are; NaN
        where there is no design effect.
        """
        if self.is_withheld:
            return WITHHELD
        return min(float(self.n), self.n / self.deff) if self.deff > 0 else float("nan")

    @property
    def presentation(self) -> Presentation:
        """Whether the estimate may be shown as it is, by the US standard. See `presentation`."""
        if self.is_withheld:
            return "withheld"
        if self.as_computed is not None:
            return self.as_computed.presentation
        if self.kind == "count" and self.rate is not None:
            return self.rate.presentation
        return presentation(self)

    @property
    def rse(self) -> float:
        """Relative standard error, percent of the estimate."""
        if self.as_computed is not None and not self.is_withheld:
            return round(self.as_computed.rse, 1)
        return 100 * self.std_error / abs(self.estimate) if self.estimate else float("nan")

    @property
    def reliability(self) -> Reliability:
        """BPS's class by relative standard error. See `reliability`."""
        if self.as_computed is not None and not self.is_withheld:
            return self.as_computed.reliability
        return reliability(self.rse)

    @checked
    def interval(
        self, level: float | None = None, method: Method | None = None
    ) -> tuple[float, float]:
        """Confidence interval.

        Parameters
        ----------
        level : float, optional
            Between 0 and 1; default the level the estimate was made with.
        method : {"korn-graubard", "gamma", "logit", "wald"}, optional
            Default: Korn-Graubard for proportions; gamma for indices that know what one more case
            would add, logit for other indices between 0 and 1; Wald otherwise. A count in a
            population that the weights are calibrated to follows from the interval of its rate, and
            a quantile has Woodruff's interval, made for the level of the table.

        Raises
        ------
        ParameterError
            If the level or method is unknown, or the method needs a proportion and this is none.
        """
        level = check_level(self.level if level is None else level)
        if self.is_withheld:
            return WITHHELD, WITHHELD
        if self.as_computed is not None:
            low, high = self.as_computed.interval(level, method)
            policy = current_policy()
            return self._rounded(low, policy), self._rounded(high, policy)
        if method is None and self.limits is not None:
            if level != self.level:
                raise ParameterError(
                    f"The interval of {self.statistic} was made for the level {self.level:g}, not "
                    f'{level:g}. Estimate it again with level={level:g}, or say method="wald".'
                )
            return self.limits
        if method is None and self.kind == "count" and self.rate is not None:
            persons_per_unit = self.rate.base / self.rate.scale
            low, high = self.rate.interval(level)
            return low * persons_per_unit, high * persons_per_unit
        chosen = method or ("gamma" if self.one_more is not None else DEFAULT_METHOD[self.kind])
        bounded = self.kind in ("proportion", "index")
        if chosen != "wald" and not bounded:
            raise ParameterError(
                f"The {chosen} interval is for proportions and indices; {self.statistic} is a"
                f" {self.kind}. Use wald."
            )
        if (
            not np.isfinite(self.estimate)
            or self.df < 1
            or (not np.isfinite(self.std_error) and chosen == "wald")
        ):
            return float("nan"), float("nan")
        low, high = METHODS[chosen](
            self.estimate / self.scale,
            (self.std_error if np.isfinite(self.std_error) else 0.0) / self.scale,
            self.n,
            self.df,
            level,
            **self._options(chosen),
        )
        return low * self.scale, high * self.scale

    def __repr__(self) -> str:
        shown = released(self)
        digits = shown.decimals(_digits(shown.kind, shown.estimate))
        low, high = shown.interval()
        where = ", ".join(part for part in (shown.domain, shown.period) if part)
        return (
            f"{shown.statistic} ({where}): {written(shown.estimate, digits)} {shown.unit}, standard"
            f" error {written(shown.std_error, digits)}, {100 * shown.level:g}% interval"
            f" {written(low, digits)} to {written(high, digits)}, {written(shown.n)} records in"
            f" {written(shown.n_psu)} PSUs, {shown.reliability}"
        )

    def _options(self, method: Method) -> dict[str, Any]:
        """What a method needs to know of this estimate beyond its error."""
        if method == "gamma":
            return {"one_more": self.one_more}
        return {"truncate": self.kind == "proportion"} if method == "korn-graubard" else {}

    @checked
    def __sub__(self, other: "Estimate") -> "Estimate":
        return self._combine(other, "-", self.estimate - other.estimate, (1.0, -1.0), self.unit)

    @checked
    def __truediv__(self, other: "Estimate") -> "Estimate":
        nothing = float("nan")  # a ratio to nothing is not estimable
        ratio = self.estimate / other.estimate if other.estimate else nothing
        slopes = (1 / other.estimate, -ratio / other.estimate) if other.estimate else (nothing,) * 2
        unit = "" if self.unit == other.unit else f"{self.unit}/{other.unit}"
        return self._combine(other, "/", ratio, slopes, unit)

    def _combine(
        self, other: "Estimate", sign: str, value: float, slopes: tuple[float, float], unit: str
    ) -> "Estimate":
        """A smooth function of two estimates, by its slopes."""
        strands = tuple(s.scaled(slopes[0]) for s in self.strands) + tuple(
            s.scaled(slopes[1]) for s in other.strands
        )
        same_sample = {id(s.first_stage) for s in self.strands} == {
            id(s.first_stage) for s in other.strands
        }
        withheld = self.is_withheld or other.is_withheld
        return Estimate(
            statistic=_joined(self.statistic, other.statistic, sign),
            domain=_joined(self.domain, other.domain, sign),
            period=_joined(self.period, other.period, sign),
            estimate=value,
            std_error=(
                WITHHELD if withheld else float(np.sqrt(strand_covariance(strands, strands)))
            ),
            df=min(self.df, other.df) if same_sample else self.df + other.df,
            n=self.n if same_sample and self.domain == other.domain else self.n + other.n,
            households=None,
            n_psu=max(self.n_psu, other.n_psu) if same_sample else self.n_psu + other.n_psu,
            unit=unit,
            source=joint_source(self.source, other.source),
            kind="difference" if sign == "-" else "ratio",
            scale=1.0,
            level=self.level,
            strands=strands,
            made_of=(self, other),
        )


@checked
def joint_source(*sources: str) -> str:
    """Kind of data of several results together: their own where it is one, else a mix that names
    all, so that no result speaks for another's data.

    Examples
    --------
    >>> joint_source("synthetic microdata", "survey microdata")
    'mixed: survey microdata and synthetic microdata'
    """
    kinds = {part for source in sources for part in source.removeprefix(MIXED).split(AND)}
    return sources[0] if len(set(sources)) == 1 else MIXED + AND.join(sorted(kinds))


def _joined(left: str, right: str, sign: str) -> str:
    """One label where both are equal, else both with the sign."""
    return left if left == right else f"{left} {sign} {right}"


def strand_covariance(
    left: tuple[Strand, ...], right: tuple[Strand, ...], *, shared_psus: bool = False
) -> float:
    """Covariance of two estimates from their strands.

    Strands of one sample covary through their PSUs. Different samples are independent unless
    `shared_psus`: then PSUs of the same label covary, ``sum_h sqrt(g_h g'_h) sum_i (t_hi - mean_h
    t)(t'_hi - mean_h t')`` over the PSUs in both samples, ``g`` the factors of each.
    """
    result = 0.0
    for a in left:
        for b in right:
            if a.first_stage is b.first_stage:
                deviations = deviations_of_totals(
                    a.first_stage, np.column_stack([a.dense(), b.dense()])
                )
                result += float(
                    np.sum(
                        deviations[:, 0]
                        * deviations[:, 1]
                        * a.first_stage.factor[a.first_stage.stratum]
                    )
                )
            elif shared_psus:
                at_a, at_b = a.first_stage.shared_with(b.first_stage)
                da = deviations_of_totals(a.first_stage, a.dense()[:, None])[at_a, 0]
                db = deviations_of_totals(b.first_stage, b.dense()[:, None])[at_b, 0]
                ga = a.first_stage.factor[a.first_stage.stratum[at_a]]
                gb = b.first_stage.factor[b.first_stage.stratum[at_b]]
                result += float(np.sum(np.sqrt(ga * gb) * da * db))
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """A table of estimates, one row each.

    Iterates over its `Estimate` rows; `a - b` and `a / b` work row by row and carry the sampling
    error.
    """

    rows: tuple[Estimate, ...]
    heading: str
    level: float

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Estimate: ...

    @overload
    def __getitem__(self, at: slice) -> "Estimates": ...

    def __getitem__(self, at: int | slice) -> "Estimate | Estimates":
        """A row by its position, or a table of several."""
        return replace(self, rows=self.rows[at]) if isinstance(at, slice) else self.rows[at]

    @checked
    def row(
        self,
        statistic: str | None = None,
        domain: str | None = None,
        *,
        period: str | None = None,
        **keys: object,
    ) -> Estimate:
        """The row of a statistic, in a domain where there are several.

        Parameters
        ----------
        statistic, domain, period : str, optional
            As they stand in the table; what is left out does not count.
        **keys : value
            Columns of a breakdown with the category that is meant, as in ``sex="female"``.

        Raises
        ------
        ParameterError
            If no row, or more than one, answers.

        Examples
        --------
        >>> from bpsstats.survey import SurveyDesign, estimate, mean
        >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "g": list("aabb")})
        >>> frame["h"] = [1, 2, 1, 2]
        >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
        >>> table = estimate(design, mean("y"), by=["g", "h"])
        >>> table.row(g="b", h=1).estimate, table[0].estimate, table.select(h=2)[-1].estimate
        (5.0, 1.0, 9.0)
        """
        return self.rows[place_of_row(self.rows, statistic, domain, period, keys)]

    @checked
    def select(
        self,
        statistic: str | None = None,
        domain: str | None = None,
        *,
        period: str | None = None,
        **keys: object,
    ) -> "Estimates":
        """The table of all rows of a statistic, domain, period or keys, named as in `row`.

        Raises
        ------
        ParameterError
            If no row answers.
        """
        found = places_of_rows(self.rows, statistic, domain, period, keys)
        if not found:
            place_of_row(self.rows, statistic, domain, period, keys)  # says what there is
        return replace(self, rows=tuple(self.rows[k] for k in found))

    @checked
    def contrast(
        self, weights: Sequence[float] | Mapping[RowName, float], *, name: str = "contrast"
    ) -> Estimate:
        """A linear combination of any rows, with the covariances between them.

        Parameters
        ----------
        weights : sequence of float, shape (rows,), or mapping of row to float
            One for each row, in their order, 0 for one that is left out; or by the name of the
            rows that count: domain or statistic, ``(statistic, domain)``, or position from 0.
        name : str
            Name of the result.

        Returns
        -------
        Estimate
            ``sum_k c_k e_k``, variance ``c'Vc``; its degrees of freedom are the least of the rows'.

        Raises
        ------
        ParameterError
            If there is not one weight for each row, all are 0, a name is of no row or of several,
            or the rows have different units.

        Examples
        --------
        >>> from bpsstats.survey import SurveyDesign, estimate, mean
        >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "g": list("aabb")})
        >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
        >>> table = estimate(design, mean("y"), by="g")
        >>> table.contrast([-1, 1]).estimate, table.contrast({"g=b": 1, "g=a": -1}).estimate
        (5.0, 5.0)
        """
        each = weights_of_rows(self.rows, weights)
        rows = [(row, c) for row, c in zip(self.rows, each, strict=True) if c]
        units = list(dict.fromkeys(row.unit for row, _ in rows))
        if len(units) > 1:
            raise ParameterError(
                f"The rows of the contrast {name} have different units: {', '.join(units)}. Combine"
                " rows of one unit."
            )
        strands = tuple(strand.scaled(c) for row, c in rows for strand in row.strands)
        first = rows[0][0]
        return Estimate(
            statistic=name,
            domain=" ".join(f"{c:+g} {row.statistic} ({row.domain})" for row, c in rows),
            period=first.period,
            estimate=sum(c * row.estimate for row, c in rows),
            std_error=(
                WITHHELD
                if any(row.is_withheld for row, _ in rows)
                else float(np.sqrt(strand_covariance(strands, strands)))
            ),
            df=min(row.df for row, _ in rows),
            n=max(row.n for row, _ in rows),
            households=None,
            n_psu=max(row.n_psu for row, _ in rows),
            unit=first.unit,
            source=joint_source(*dict.fromkeys(row.source for row, _ in rows)),
            kind="difference",
            scale=1.0,
            level=self.level,
            strands=strands,
            made_of=tuple(row for row, _ in rows),
        )

    @checked
    def contrasts(
        self, named: Mapping[str, Sequence[float] | Mapping[RowName, float]]
    ) -> "Estimates":
        """Several linear combinations, each under its name; see `contrast`.

        Examples
        --------
        >>> from bpsstats.survey import SurveyDesign, estimate, mean
        >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "g": list("aabc")})
        >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
        >>> table = estimate(design, mean("y"), by="g")
        >>> both = table.contrasts({"b - a": {"g=b": 1, "g=a": -1}, "c - b": [0, -1, 1]})
        >>> [(row.statistic, row.estimate) for row in both]
        [('b - a', 3.0), ('c - b', 4.0)]
        """
        rows = tuple(self.contrast(weights, name=name) for name, weights in named.items())
        return replace(self, rows=rows)

    def covariance(self) -> np.ndarray:
        """Covariance matrix of the rows, shape (rows, rows). Rows of different samples are
        independent.
        """
        k = len(self.rows)
        samples = {id(s.first_stage): s.first_stage for row in self.rows for s in row.strands}
        result = np.zeros((k, k))
        for key, first_stage in samples.items():
            listed = [
                (strand.psu, np.full(len(strand.psu), i), strand.totals)
                for i, row in enumerate(self.rows)
                for strand in row.strands
                if id(strand.first_stage) == key
            ]
            psu, column, totals = (np.concatenate(part) for part in zip(*listed, strict=True))
            table = scipy.sparse.csr_array((totals, (psu, column)), shape=(first_stage.n_psu, k))
            result += covariance_of_listed_totals(first_stage, table)
        return result

    def to_arrow(self) -> Any:
        """The table as a `pyarrow.Table` without loss: the columns of `to_frame`, then ``kind``,
        ``source`` and ``level`` of each row; the heading is in the metadata of the schema.

        Raises
        ------
        ParameterError
            If there is no pyarrow.
        """
        return to_arrow(self)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The stream by which polars, DuckDB and others take Arrow: ``polars.DataFrame(table)``."""
        return to_arrow(self).__arrow_c_stream__(requested_schema)

    def to_frame(self) -> pd.DataFrame:
        """Tidy table at full precision, one row per estimate; heading, level and the kinds of data
        are in its ``attrs``.

        Examples
        --------
        >>> from bpsstats.survey import SurveyDesign, estimate, mean
        >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0})
        >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
        >>> estimate(design, mean("y")).to_frame()[["statistic", "estimate", "n"]]
          statistic  estimate  n
        0    mean:y       4.5  4
        """
        intervals = [row.interval() for row in self.rows]
        frame = pd.DataFrame(
            {
                "statistic": [row.statistic for row in self.rows],
                "domain": [row.domain for row in self.rows],
                "period": [row.period for row in self.rows],
                "estimate": [row.estimate for row in self.rows],
                "std_error": [row.std_error for row in self.rows],
                "rse": [row.rse for row in self.rows],
                "conf_low": [low for low, _ in intervals],
                "conf_high": [high for _, high in intervals],
                "df": whole_numbers([row.df for row in self.rows]),
                "n": whole_numbers([row.n for row in self.rows]),
                "households": pd.array([row.households for row in self.rows], dtype="Int64"),
                "n_psu": whole_numbers([row.n_psu for row in self.rows]),
                "deff": [row.deff for row in self.rows],
                "n_eff": [row.n_eff for row in self.rows],
                "unit": [row.unit for row in self.rows],
                "reliability": [row.reliability for row in self.rows],
                "presentation": [row.presentation for row in self.rows],
                "mark": [row.mark for row in self.rows],
            }
        )
        frame.attrs = {"heading": self.heading, "level": self.level}
        frame.attrs["source"] = list(dict.fromkeys(row.source for row in self.rows))
        return frame

    @checked
    def __add__(self, other: "Estimates") -> "Estimates":
        """Rows of both tables, one below the other."""
        rows = self.rows + other.rows
        heading = self.heading
        if rows:
            joint = joint_source(*dict.fromkeys(row.source for row in rows))
            heading = heading.replace(rows[0].source, joint) if rows[0].source else heading
        return Estimates(rows, heading, self.level)

    @checked
    def __sub__(self, other: "Estimates") -> "Estimates":
        return self._by_row(other, lambda a, b: a - b, "minus")

    @checked
    def __truediv__(self, other: "Estimates") -> "Estimates":
        return self._by_row(other, lambda a, b: a / b, "over")

    def _by_row(
        self, other: "Estimates", operate: Callable[[Estimate, Estimate], Estimate], word: str
    ) -> "Estimates":
        """Apply an operation to rows of the same statistic and domain."""
        rows = tuple(operate(row, other.row(row.statistic, row.domain)) for row in self.rows)
        return Estimates(rows, f"{self.heading}, {word} {other.heading}", self.level)

    def __repr__(self) -> str:
        return f"{self.heading}\n{released(self).formatted().to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{self.heading}</p>{html_table(released(self).formatted())}"

    def formatted(self) -> pd.DataFrame:
        """The table as read by people: rounded, with the confidence level in the headings."""
        frame = self.to_frame()
        percent = f"{100 * self.level:g}%"
        shown = pd.DataFrame({"statistic": frame["statistic"]})
        for label in ("domain", "period"):
            if (frame[label] != frame[label].iloc[0]).any() or (
                label == "domain" and (frame[label] != "all").any()
            ):
                shown[label] = frame[label]
        digits = [row.decimals(_digits(row.kind, row.estimate)) for row in self.rows]
        hides = any(row.is_withheld for row in self.rows)
        columns = {"estimate": "estimate", "std. error": "std_error"}
        columns |= {f"{percent} low": "conf_low", f"{percent} high": "conf_high"}
        for label, column in columns.items():
            shown[label] = [
                written(value, d) for value, d in zip(frame[column], digits, strict=True)
            ]
        shown["RSE %"] = [written(value, 1) for value in frame["rse"]]
        return shown.assign(
            n=[written(row.n) for row in self.rows] if hides else frame["n"],
            PSUs=[written(row.n_psu) for row in self.rows] if hides else frame["n_psu"],
            deff=[written(value, 2) for value in frame["deff"]],
            unit=frame["unit"],
            reliability=frame["reliability"],
            presentation=frame["presentation"],
        )


def _digits(kind: Kind, value: float) -> int:
    """Decimals to show: none for large numbers, two for rates, three for indices and fractions."""
    if abs(value) >= 1000 or kind in ("count", "total"):
        return 0
    return 3 if kind == "index" or (kind == "ratio" and abs(value) < 1) else 2


def whole_numbers(values: Sequence[int | float]) -> Any:
    """A column of whole numbers, of a kind that has gaps where one is withheld."""
    return pd.array(values, dtype="Int64") if any(map(is_withheld, values)) else list(values)
