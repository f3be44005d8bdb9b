"""The year in a few sentences: the finding, its change, and what it rests on."""

from dataclasses import dataclass
from math import isfinite

from bpsstats.poverty import Changes, PovertyLine
from bpsstats.reporting.words.change import INDEX_CHANGE, ChangeFacts
from bpsstats.reporting.words.language import Language
from bpsstats.reporting.words.poverty import POVERTY, PovertyFacts
from bpsstats.reporting.words.rule import joined, rule
from bpsstats.survey import Estimate, Estimates

YEAR, BILLION = 12, 1e9  # months; Rp

FINDING = rule("finding", PovertyFacts, **POVERTY.cases)
RATE_CHANGE = rule("rate_change", ChangeFacts, **INDEX_CHANGE.cases)
RATE_INTERVAL = rule(
    "rate_interval",
    ChangeFacts,
    tested=lambda f: f.test != "untestable",
    untestable=lambda f: f.test == "untestable",
)


def finding(facts: PovertyFacts, changes: Changes | None, words: Language) -> str:
    """The headline: how many are poor, and whether that has changed."""
    changed = "" if changes is None else RATE_CHANGE.say(rate_facts(changes), words)
    return joined(FINDING.say(facts, words), changed)


def rate_facts(changes: Changes) -> ChangeFacts:
    """Facts of the change in P0, percentage points."""
    return ChangeFacts.of(changes.row("headcount"), 2)


@dataclass(frozen=True, slots=True)
class GapFacts:
    """How far the poor are below the line: percent of it, Rp per poor person and month, and the
    sum over all poor, billion Rp a year.
    """

    gap: float
    rupiah: float
    total: float

    @classmethod
    def of(cls, poverty: Estimates, line: PovertyLine) -> "GapFacts":
        """Facts of the table of a round."""
        rate, gap, count = (
            poverty.row(name).estimate for name in ("headcount", "poverty_gap", "poor_count")
        )
        mean = gap / rate if rate else float("nan")
        rupiah = mean * float(line)
        return cls(100 * mean, rupiah, YEAR * count * rupiah / BILLION)


MEAN_GAP = rule(
    "mean_gap",
    GapFacts,
    poor=lambda f: isfinite(f.gap),
    nobody=lambda f: not isfinite(f.gap),
)


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """What the rate rests on."""

    n_poor: int
    n: int
    psus: int
    df: float
    effect: float

    @classmethod
    def of(cls, rate: Estimate, n_poor: int) -> "SampleFacts":
        """Facts of the estimated rate."""
        effect = float("nan") if rate.deff is None else rate.deff
        return cls(n_poor, rate.n, rate.n_psu, float(rate.df), effect)


SAMPLE = rule(
    "sample",
    SampleFacts,
    known=lambda f: isfinite(f.effect),
    unknown=lambda f: not isfinite(f.effect),
)


@dataclass(frozen=True, slots=True)
class InequalityFacts:
    """Gini ratio and shares of spending, percent, with the interval of the first two."""

    gini: float
    gini_low: float
    gini_high: float
    bottom: float
    bottom_low: float
    bottom_high: float
    top: float
    level: float

    @classmethod
    def of(cls, table: Estimates) -> "InequalityFacts":
        """Facts of the table of inequality."""
        ratio, bottom, top = (table.row(name) for name in ("gini:trapezoid", "bottom_40", "top_20"))
        first = (ratio.estimate, *ratio.interval(), bottom.estimate, *bottom.interval())
        return cls(*first, top.estimate, table.level)


# The classes of the World Bank, by the share of the poorest 40 percent.
INEQUALITY = rule(
    "inequality",
    InequalityFacts,
    low=lambda f: f.bottom > 17,
    moderate=lambda f: 12 <= f.bottom <= 17,
    high=lambda f: f.bottom < 12,
    unknown=lambda f: not isfinite(f.bottom),
)


@dataclass(frozen=True, slots=True)
class NearFacts:
    """Percent of persons far below the line and little above it, with intervals."""

    extreme: float
    extreme_low: float
    extreme_high: float
    near: float
    near_low: float
    near_high: float
    level: float

    @classmethod
    def of(cls, table: Estimates) -> "NearFacts":
        """Facts of the table of shares around the line."""
        extreme, near = table.row("headcount"), table.row("just_above:1.2")
        return cls(
            extreme.estimate, *extreme.interval(), near.estimate, *near.interval(), table.level
        )


NEAR = rule("near", NearFacts, always=lambda _: True)


@dataclass(frozen=True, slots=True)
class CitationFacts:
    """What a release is cited by."""

    area: str
    period: str
    number: str
    released: str
    version: str


CITATION = rule(
    "citation",
    CitationFacts,
    numbered=lambda f: bool(f.number) and bool(f.released),
    dated=lambda f: not f.number and bool(f.released),
    undated=lambda f: not f.released,
)
