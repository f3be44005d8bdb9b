"""One estimate with its sampling error, and differences and ratios of two."""

from dataclasses import dataclass, replace
from math import log10
from typing import Any

import numpy as np

from bpsstats.arguments import checked
from bpsstats.disclosure import WITHHELD, Cell, Policy, current_policy, is_withheld, released
from bpsstats.disclosure.views import Counted, Leaf
from bpsstats.errors import ParameterError
from bpsstats.reprs import written
from bpsstats.survey.results.counts import Counts
from bpsstats.survey.results.labels import joined, joint_source, usual_digits
from bpsstats.survey.results.reliability import (
    Presentation,
    Reliability,
    presentation,
    reliability,
)
from bpsstats.survey.results.strands import Strand, strand_covariance
from bpsstats.survey.statistics.ratios import Kind
from bpsstats.survey.variance.intervals import METHODS, Method, check_level

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
        digits = shown.decimals(usual_digits(shown.kind, shown.estimate))
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
            statistic=joined(self.statistic, other.statistic, sign),
            domain=joined(self.domain, other.domain, sign),
            period=joined(self.period, other.period, sign),
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
