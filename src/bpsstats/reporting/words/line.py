"""The poverty line in words: its source, its growth, and the line rebuilt from consumption."""

from dataclasses import dataclass
from math import isfinite

from bpsstats.disclosure import is_withheld, released
from bpsstats.poverty import ImpliedFactor, PovertyLine
from bpsstats.poverty.basic_needs.result import RebuiltLine
from bpsstats.reporting.display import Prose
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import Language, language
from bpsstats.reporting.words.rule import joined, rule, rule_of
from bpsstats.survey import Estimate, Estimates

MOST_NAMED = 3  # commodities of a sentence


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line and its growth on the year before, percent; NaN where that one is not on file."""

    area: str
    period: str
    line: float
    publication: str
    growth: float

    @classmethod
    def of(cls, line: PovertyLine, before: PovertyLine | None) -> "LineFacts":
        """Facts of two lines."""
        growth = float("nan") if before is None else 100 * (float(line) / float(before) - 1)
        return cls(line.area, f"March {line.year}", float(line), line.source, growth)

    @property
    def size(self) -> float:
        """Size of the growth."""
        return abs(self.growth)

    @property
    def direction(self) -> str:
        """Which way the line went, to the decimal that is written."""
        if not isfinite(self.growth):
            return "first"
        if round(self.size, 1) == 0:
            return "same"
        return "higher" if self.growth > 0 else "lower"


LINE = rule("line", LineFacts, known=lambda _: True)
LINE_CHANGE = rule_of("line_change", LineFacts, "direction", "higher", "lower", "same", "first")


@dataclass(frozen=True, slots=True)
class FactorFacts:
    """The correction factor of a line, and the line that it comes to, Rp per person and month."""

    factor: float
    source: str
    threshold: float

    @classmethod
    def of(cls, line: PovertyLine) -> "FactorFacts":
        """Facts of a line."""
        return cls(line.factor, line.factor_source, line.threshold)


LINE_FACTOR = rule(
    "line_factor",
    FactorFacts,
    none=lambda f: f.factor == 1,
    corrected=lambda f: f.factor != 1,
)


@dataclass(frozen=True, slots=True)
class ImpliedFacts:
    """What a printed rate, as it is printed, implies for the correction factor: the factors that
    print it, or the one at which P0, percent, jumps over it, and the sampling error of the factor.
    """

    printed: str
    low: float
    high: float
    factor: float
    std_error: float
    conf_low: float
    conf_high: float
    level: float

    @classmethod
    def of(cls, found: ImpliedFactor, words: Language) -> "ImpliedFacts":
        """Facts of what was found."""
        printed = str(found.printed).replace(".", words.decimal)
        jump = found.jump[0] if found.jump else float("nan")
        interval = (found.std_error, found.conf_low, found.conf_high, found.level)
        return cls(printed, found.low, found.high, jump, *interval)

    @property
    def kind(self) -> str:
        """Whether a factor is needed, and whether sampling error could be the reason."""
        if self.low <= 1 < self.high:
            return "none"
        within = "inside" if self.conf_low <= 1 <= self.conf_high else "outside"
        return f"{'needed' if isfinite(self.low) else 'jump'}_{within}"


IMPLIED_FACTOR = rule_of(
    "implied_factor",
    ImpliedFacts,
    "kind",
    "none",
    "needed_inside",
    "needed_outside",
    "jump_inside",
    "jump_outside",
)


@dataclass(frozen=True, slots=True)
class RebuiltFacts:
    """The rebuilt line, Rp per person and month, and the rate by it, percent."""

    line: float
    low: float
    high: float
    level: float
    printed: float
    food: float
    rate: float
    known: float
    estimated: float

    @classmethod
    def of(cls, result: RebuiltLine, rates: Estimates, printed: PovertyLine) -> "RebuiltFacts":
        """Facts of a rebuilt line, and of the rates by it, beside the printed one."""
        known, estimated = rates
        return cls(
            result.total.estimate,
            *result.total.interval(),
            result.total.level,
            float(printed),
            100 * result.food.estimate / result.total.estimate,
            known.estimate,
            known.std_error,
            estimated.std_error,
        )

    @property
    def off(self) -> float:
        """Distance from the printed line, percent of it."""
        return abs(100 * (self.line / self.printed - 1)) if self.printed else float("nan")

    @property
    def food_rupiah(self) -> float:
        """Food part, Rp per person and month."""
        return self.food * self.line / 100

    @property
    def nonfood(self) -> float:
        """Non-food part, percent."""
        return 100 - self.food

    @property
    def nonfood_rupiah(self) -> float:
        """Non-food part, Rp per person and month."""
        return self.line - self.food_rupiah


REBUILT = rule("rebuilt", RebuiltFacts, always=lambda _: True)
LINE_PARTS = rule("line_parts", RebuiltFacts, always=lambda _: True)
REBUILT_INSIDE = rule(
    "rebuilt_inside",
    RebuiltFacts,
    inside=lambda f: f.low <= f.printed <= f.high,
    outside=lambda f: isfinite(f.low) and isfinite(f.high) and not f.low <= f.printed <= f.high,
    unsaid=lambda f: (
        not (isfinite(f.low) and isfinite(f.high)) and not f.low <= f.printed <= f.high
    ),
)
REBUILT_RATE = rule(
    "rebuilt_rate",
    RebuiltFacts,
    estimated=lambda f: isfinite(f.known) and isfinite(f.estimated),
    unsaid=lambda f: not (isfinite(f.known) and isfinite(f.estimated)),
)


@gated
def say_line(line: PovertyLine, before: PovertyLine | None, lang: str = "en") -> Prose:
    """The line, its source, and its growth.

    Parameters
    ----------
    line : PovertyLine
    before : PovertyLine or None
        That of the year before, where there is one.
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> bps.say_line(bps.poverty_line("6471", 2022), bps.line_before("6471", 2022), "id")
    Garis kemiskinan Kota Balikpapan pada Maret 2022 adalah ...
    """
    words, facts = language(lang), LineFacts.of(line, before)
    factor = LINE_FACTOR.say(FactorFacts.of(line), words)
    return Prose(joined(LINE.say(facts, words), factor, LINE_CHANGE.say(facts, words)))


@gated
def say_rebuilt_line(
    result: RebuiltLine, printed: PovertyLine, lang: str = "en", rates: Estimates | None = None
) -> Prose:
    """The rebuilt line beside the printed one, and what its error does to the headcount ratio.

    Parameters
    ----------
    result : RebuiltLine
    printed : PovertyLine
    lang : {"en", "id"}
    rates : Estimates, optional
        Those of `RebuiltLine.headcount`, where they were decided on with other tables.

    Examples
    --------
    >>> import bpsstats as bps
    >>> round_, line = bps.read_round("6471", 2022), bps.poverty_line("6471", 2022)
    >>> design, items = bps.SurveyDesign(round_.households), bps.read_items("6471", 2022)
    >>> rebuilt = bps.estimate_poverty_line(design, items, bps.line_before("6471", 2022))
    >>> bps.say_rebuilt_line(rebuilt, line).text[:16]
    'Rebuilt from the'
    """
    rates = released(result.headcount()) if rates is None else rates
    words, facts = language(lang), RebuiltFacts.of(result, rates, printed)
    return Prose(
        joined(*(one.say(facts, words) for one in (REBUILT, REBUILT_INSIDE, REBUILT_RATE)))
    )


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """Mean size of poor households with its interval, and the line of such a household, Rp."""

    size: float
    low: float
    high: float
    level: float
    line: float

    @classmethod
    def of(cls, size: Estimate, line: PovertyLine) -> "HouseholdFacts":
        """Facts of the mean size and a line per person."""
        mean = size.estimate
        return cls(mean, *size.interval(), size.level, mean * float(line))


HOUSEHOLD_LINE = rule(
    "household_line",
    HouseholdFacts,
    poor=lambda f: isfinite(f.size),
    nobody=lambda f: not isfinite(f.size),
)


@dataclass(frozen=True, slots=True)
class BasketFacts:
    """What weighs most in the food and in the non-food line, each with its percent of the line, and
    how many commodities are not among them because their cost may not be shown.
    """

    food: tuple[str, ...]
    nonfood: tuple[str, ...]
    withheld: int

    @classmethod
    def of(cls, result: RebuiltLine, words: Language) -> "BasketFacts":
        """Facts of the basket, what costs most first."""
        named: dict[str, list[str]] = {}
        told = [entry for entry in result.shown if not is_withheld(entry.cost.estimate)]
        for entry in told:
            name = entry.commodity.name_id if words.code == "id" else entry.commodity.name_en
            percent = words.number(100 * entry.cost.estimate / result.total.estimate, 1)
            named.setdefault(entry.commodity.part, []).append(f"{name} ({percent})")
        food, nonfood = (tuple(named.get(part, ())[:MOST_NAMED]) for part in ("food", "nonfood"))
        return cls(food, nonfood, len(result.costs) - len(told))


BASKET = rule(
    "basket",
    BasketFacts,
    both=lambda f: bool(f.food) and bool(f.nonfood) and not f.withheld,
    of_some=lambda f: bool(f.food) and bool(f.nonfood) and bool(f.withheld),
    unsaid=lambda f: not (f.food and f.nonfood),
)
