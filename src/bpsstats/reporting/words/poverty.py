"""How many are poor, how sure that is, and how deep poverty goes."""

from dataclasses import dataclass
from math import isfinite

from bpsstats.poverty import PovertyLine
from bpsstats.reporting.display import Prose
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import language
from bpsstats.reporting.words.line import LINE_FACTOR, FactorFacts
from bpsstats.reporting.words.rule import joined, rule
from bpsstats.survey import Estimates


@dataclass(frozen=True, slots=True)
class PovertyFacts:
    """Estimates of one round: percent, persons, Rp per person and month."""

    area: str
    period: str
    line: float
    count: float
    rate: float
    low: float
    high: float
    level: float
    n_poor: int
    n: int
    rse: float
    reliability: str
    presentation: str
    gap: float
    severity: float

    @classmethod
    def of(cls, poverty: Estimates, line: PovertyLine, n_poor: int) -> "PovertyFacts":
        """Facts of the table of a round."""
        rate = poverty.row("headcount")
        return cls(
            line.area,
            rate.period,
            float(line),
            poverty.row("poor_count").estimate,
            rate.estimate,
            *rate.interval(),
            rate.level,
            n_poor,
            rate.n,
            rate.rse,
            rate.reliability,
            rate.presentation,
            poverty.row("poverty_gap").estimate,
            poverty.row("severity").estimate,
        )

    @property
    def has_interval(self) -> bool:
        """Whether the sample gives an interval of the rate."""
        return isfinite(self.low) and isfinite(self.high)

    @property
    def kind(self) -> str:
        """Who of the sample is poor."""
        if self.n_poor <= 0:
            return "nobody"
        return "everybody" if self.n_poor >= self.n else "some"


POVERTY = rule(
    "poverty",
    PovertyFacts,
    some=lambda f: f.kind == "some" and f.has_interval,
    some_no_interval=lambda f: f.kind == "some" and not f.has_interval,
    nobody=lambda f: f.kind == "nobody" and f.has_interval,
    nobody_no_interval=lambda f: f.kind == "nobody" and not f.has_interval,
    everybody=lambda f: f.kind == "everybody",
)
# The class by relative standard error is that of BPS.
RELIABILITY = rule(
    "reliability",
    PovertyFacts,
    reliable=lambda f: f.reliability == "reliable",
    caution=lambda f: f.reliability == "caution",
    unreliable=lambda f: f.reliability == "unreliable",
    not_estimable=lambda f: f.reliability not in ("reliable", "caution", "unreliable"),
)
# The verdict of our own, after the US standard, looks at more than the relative standard error.
PRESENTATION = rule(
    "presentation",
    PovertyFacts,
    reliable=lambda f: f.presentation == "reliable",
    review=lambda f: f.presentation == "review",
    not_reliable=lambda f: f.presentation == "not reliable",
    unsaid=lambda f: f.presentation not in ("reliable", "review", "not reliable"),
)
DEPTH = rule(
    "depth",
    PovertyFacts,
    nobody=lambda f: f.kind == "nobody",
    poor=lambda f: f.kind != "nobody",
)


RULES_OF_YEAR = (POVERTY, RELIABILITY, PRESENTATION, DEPTH)


@gated
def say_poverty(poverty: Estimates, line: PovertyLine, n_poor: int, lang: str = "en") -> Prose:
    """How many are poor, how sure that is, and how deep poverty goes.

    Parameters
    ----------
    poverty : Estimates
        Number of poor, P0, P1 and P2 of a round.
    line : PovertyLine
    n_poor : int
        Poor households in the sample.
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> measures = [bps.poor_count, bps.headcount, bps.poverty_gap, bps.severity]
    >>> poverty = bps.estimate(households, [measure(line) for measure in measures])
    >>> spent = households.frame["expenditure_person_month"]
    >>> bps.say_poverty(poverty, line, int((spent < line.threshold).sum())).text[:14]
    'In March 2022,'
    """
    words, facts = language(lang), PovertyFacts.of(poverty, line, n_poor)
    factor = LINE_FACTOR.say(FactorFacts.of(line), words)
    return Prose(joined(*(one.say(facts, words) for one in RULES_OF_YEAR), factor))
