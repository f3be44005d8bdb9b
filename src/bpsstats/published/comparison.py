"""A printed cell beside the recomputed value, and what the two come to."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bpsstats.disclosure import WITHHELD, Policy
from bpsstats.published.indicators import units
from bpsstats.published.targets import POSITIVE, Target

Verdict = Literal["reproduced", "consistent", "differs", "not recomputed"]
LINE = "poverty_line"  # indicator of the printed line


@dataclass(frozen=True, slots=True)
class Comparison:
    """A printed cell beside the recomputed value.

    `verdict` is *reproduced* when the value prints as the cell, *consistent* when the printed value
    lies in the confidence interval, else *differs*. `calibrated` marks cells that the synthetic
    data were fitted to, `given` those that are an input here, so that their agreement proves
    nothing; `held_out` those that synthetic data were not fitted to, which tell how far the
    invented area is like the printed one. `source` is the kind of data that it was recomputed from,
    `as_computed` the comparison that this is the released view of, where it is one.
    """

    target: Target
    value: float
    std_error: float
    conf_low: float
    conf_high: float
    calibrated: bool
    given: bool = False
    held_out: bool = False
    reason: str = ""
    source: str = ""
    as_computed: "Comparison | None" = None

    def settled(self, policy: Policy) -> "Comparison":
        """The comparison as it may leave. What is printed is never withheld, and stands as it is
        printed where it is reproduced; all else is rounded as anywhere, so that no release tells
        here what it does not tell there. Where only a direction is printed, no number is.
        """
        if self.as_computed is not None:
            return self
        unit, target = units()[self.target.unit][1], self.target
        named = dict.fromkeys(("value", "std_error", "conf_low", "conf_high"), WITHHELD)
        if target.printed != POSITIVE:
            base = policy.base(unit, self.value, is_mean=target.is_mean)
            named = {name: policy.rounded(getattr(self, name), base) for name in named}
            if self.verdict == "reproduced":
                named["value"] = target.value
        told: dict[str, Any] = named
        return replace(self, **told, as_computed=self)

    @property
    def places(self) -> int:
        """Decimals beyond those that are printed at which the recomputed figure is told."""
        return 0 if self.as_computed is not None else 1

    @property
    def verdict(self) -> Verdict:
        """What the comparison comes to."""
        if self.as_computed is not None:
            return self.as_computed.verdict
        if not np.isfinite(self.value):
            return "not recomputed"
        if self.target.is_reproduced_by(self.value):
            return "reproduced"
        low, high = self.target.rounding
        if np.isfinite(self.conf_low) and low <= self.conf_high and high >= self.conf_low:
            return "consistent"
        return "differs"

    @property
    def shown_verdict(self) -> str:
        """The verdict; a cell that came out right because it went in is called by what it is."""
        if self.verdict != "reproduced":
            return self.verdict
        if self.given:
            return "given"
        return "calibrated" if self.calibrated else "reproduced"

    @property
    def cause(self) -> str:
        """Why, in words."""
        if self.verdict == "not recomputed":
            return self.reason
        if self.shown_verdict == "given":
            return (
                "the printed figure is an input"
                if self.target.indicator == LINE
                else "the correction factor was chosen to meet this cell"
            )
        if self.verdict == "reproduced" and self.calibrated:
            return "the synthetic data were fitted to this cell"
        if self.verdict == "reproduced":
            return "equal as printed"
        fitted = ", although the data were fitted to this cell" if self.calibrated else ""
        if self.given and self.target.indicator != LINE:
            fitted = ", although a correction factor is there to meet this cell"
        elif self.held_out:
            fitted = "; the synthetic data were not fitted to this cell"
        if self.verdict == "consistent":
            return f"off by more than rounding, within sampling error{fitted}"
        has_error = np.isfinite((self.as_computed or self).conf_low)
        beyond = "outside the confidence interval" if has_error else "has no sampling error"
        return f"off by more than rounding, {beyond}{fitted}"
