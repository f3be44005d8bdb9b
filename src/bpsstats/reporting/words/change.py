"""The change on the round before: which way, whether it is significant, what could be detected,
and what print adds to that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan

import numpy as np

from bpsstats.poverty import Changes, change
from bpsstats.poverty.changes.change import POWER, Change
from bpsstats.poverty.profile.differences import holm
from bpsstats.reporting.display import Prose
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import language
from bpsstats.reporting.words.rule import joined, rule, rule_of
from bpsstats.survey import Estimate, Estimates

INDICES = ("headcount", "poverty_gap", "severity")


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """Change of one statistic between two rounds, `digits` its decimals in print."""

    statistic: str
    before: str
    start: float
    end: float
    low: float
    high: float
    p: float
    detectable: float
    level: float
    digits: int
    power: float = POWER

    @classmethod
    def of(cls, row: Change, digits: int) -> "ChangeFacts":
        """Facts of one row of changes."""
        return cls(
            row.after.statistic,
            row.before.period,
            row.before.estimate,
            row.after.estimate,
            *row.interval(),
            row.p_value,
            row.detectable,
            row.level,
            digits,
        )

    @property
    def size(self) -> float:
        """Size of the change."""
        return abs(self.end - self.start)

    @property
    def direction(self) -> str:
        """Which way the printed figures went."""
        if not isfinite(self.size):
            return "unknown"
        if round(self.size, self.digits) == 0:
            return "same"
        return "lower" if self.end < self.start else "higher"

    @property
    def test(self) -> str:
        """What the test of no change says at the level."""
        if not isfinite(self.p):
            return "untestable"
        return "significant" if self.p < 1 - self.level else "not_significant"


DIRECTION = rule_of("direction", ChangeFacts, "direction", "lower", "higher", "same", "unknown")
SIGNIFICANCE = rule_of(
    "significance", ChangeFacts, "test", "significant", "not_significant", "untestable"
)
# A number cannot fall by more than it was.
DETECTABLE = rule(
    "detectable",
    ChangeFacts,
    unsaid=lambda f: f.test != "not_significant",
    some_fall=lambda f: f.test == "not_significant" and not f.detectable > f.start,
    no_fall=lambda f: f.test == "not_significant" and f.detectable > f.start,
)
INDEX_CHANGE = rule(
    "index_change",
    ChangeFacts,
    unknown=lambda f: f.direction == "unknown",
    same=lambda f: f.direction == "same",
    lower_significant=lambda f: (f.direction, f.test) == ("lower", "significant"),
    lower_not_significant=lambda f: (f.direction, f.test) == ("lower", "not_significant"),
    lower_untestable=lambda f: (f.direction, f.test) == ("lower", "untestable"),
    higher_significant=lambda f: (f.direction, f.test) == ("higher", "significant"),
    higher_not_significant=lambda f: (f.direction, f.test) == ("higher", "not_significant"),
    higher_untestable=lambda f: (f.direction, f.test) == ("higher", "untestable"),
)
CARD = rule("card", ChangeFacts, **SIGNIFICANCE.cases)


@dataclass(frozen=True, slots=True)
class PrintFacts:
    """How steady the printed rates of an area are beside samples of its size.

    `p` is the probability that the rates of simple random samples of `n` households move as little
    from year to year as the printed ones; NaN where too few are printed.
    """

    first: int
    last: int
    n: int
    p: float
    level: float


PRINT = rule(
    "print",
    PrintFacts,
    steadier=lambda f: f.p < 1 - f.level,
    not_steadier=lambda f: f.p >= 1 - f.level,
    unknown=lambda f: isnan(f.p),
)


@gated
def say_change(
    changes: Changes | None, printed: PrintFacts | None = None, lang: str = "en"
) -> Prose:
    """The paragraph on change: the number of poor, P1 and P2, and what print adds.

    Parameters
    ----------
    changes : Changes or None
        On the round before, if there is one.
    printed : PrintFacts, optional
        How steady the printed rates are.
    lang : {"en", "id"}
    """
    words = language(lang)
    if changes is None:
        return Prose(words.say("change_none"))
    count = ChangeFacts.of(changes.row("poor_count"), 0)
    indices = [ChangeFacts.of(changes.row(name), 2) for name in ("poverty_gap", "severity")]
    sentences = joined(
        *(one.say(count, words) for one in (DIRECTION, SIGNIFICANCE, DETECTABLE)),
        *(INDEX_CHANGE.say(index, words) for index in indices),
        "" if printed is None else PRINT.say(printed, words),
    )
    return Prose(sentences)


@gated
def say_rounds(series: Estimates, left_out: Mapping[str, Sequence[int]], lang: str = "en") -> Prose:
    """Each index of the last round against the earlier ones, and rounds that are left out.

    Parameters
    ----------
    series : Estimates
        P0, P1 and P2 of several rounds, the last one last.
    left_out : mapping of str to sequence of int
        Reason, "without_line" or "without_area", to the years of the rounds that are left out.
    lang : {"en", "id"}
    """
    words = language(lang)
    by_index = [[row for row in series if row.statistic == name] for name in INDICES]
    said = [SERIES.say(SeriesFacts.of(rows), words).rstrip(".") + "." for rows in by_index]
    several = len(by_index[0]) > 1
    reasons = [
        words.say(reason, years=", ".join(map(str, years)))
        for reason, years in left_out.items()
        if years
    ]
    return Prose(
        joined(
            *(said if several else [words.say("one_round")]),
            words.say("holm") if several else "",
            *reasons,
        )
    )


@gated
def say_series(rows: Sequence[Estimate], lang: str = "en") -> str:
    """What the last round says of the earlier ones, for one statistic: the title of a figure."""
    return SERIES.say(SeriesFacts.of(rows), language(lang))


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """One statistic of the last round against each earlier one; p-values after Holm."""

    statistic: str
    last: str
    earlier: int
    tested: int
    lower: tuple[str, ...]
    higher: tuple[str, ...]
    level: float

    @classmethod
    def of(cls, rows: Sequence[Estimate]) -> "SeriesFacts":
        """Facts of a series of one statistic, the last round last."""
        *earlier, last = rows
        tests = [
            next(iter(change(*(Estimates((row,), "", row.level) for row in (old, last)))))
            for old in earlier
        ]
        adjusted = holm([test.p_value for test in tests])
        found = [test for test, p in zip(tests, adjusted, strict=True) if p < 1 - last.level]
        return cls(
            last.statistic,
            last.period,
            len(earlier),
            int(np.isfinite(adjusted).sum()),
            tuple(_year(test.before) for test in found if test.change < 0),
            tuple(_year(test.before) for test in found if test.change > 0),
            last.level,
        )


SERIES = rule(
    "series",
    SeriesFacts,
    one_round=lambda f: f.earlier <= 0,
    untestable=lambda f: f.earlier > 0 and f.tested <= 0,
    none=lambda f: f.earlier > 0 and f.tested > 0 and not f.lower and not f.higher,
    lower=lambda f: f.earlier > 0 and f.tested > 0 and bool(f.lower) and not f.higher,
    higher=lambda f: f.earlier > 0 and f.tested > 0 and not f.lower and bool(f.higher),
    both=lambda f: f.earlier > 0 and f.tested > 0 and bool(f.lower) and bool(f.higher),
)


def _year(row: Estimate) -> str:
    """Year of a row's period."""
    return row.period.split()[-1]
