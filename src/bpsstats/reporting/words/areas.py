"""The area beside the others of its province, the province and the nation, as printed."""

from dataclasses import dataclass
from math import isfinite, nan

from bpsstats.published.record import PrintedRecord, Ranks
from bpsstats.published.record.province import province_of
from bpsstats.reporting.words.rule import rule

NATION = "0000"


@dataclass(frozen=True, slots=True)
class RankFacts:
    """Rank of an area by printed P0 among `n` areas, 1 the lowest, and the ranks that direct
    estimates would leave open.
    """

    area: str
    province: str
    n: int
    rate: float
    rank: int
    lowest: int
    highest: int
    level: float

    @classmethod
    def of(cls, record: PrintedRecord, ranks: Ranks) -> "RankFacts":
        """Facts of the ranks of a year; `n` is 0 where no rate of the area is printed."""
        about, province = record.area, province_of(record.area).name
        found = [row for row in ranks if row.area_code == about.code]
        if not found:
            return cls(about.name, province, 0, nan, 0, 0, 0, ranks.level)
        own, n = found[0], len(ranks.rows)
        return cls(
            about.name, province, n, own.rate, own.rank, own.lowest, own.highest, ranks.level
        )


RANK = rule(
    "rank",
    RankFacts,
    unsaid=lambda f: f.n <= 1,
    apart=lambda f: f.n > 1 and f.lowest == f.highest,
    open=lambda f: f.n > 1 and f.lowest != f.highest,
)


@dataclass(frozen=True, slots=True)
class BesideFacts:
    """Printed P0 of province and nation, percent; NaN where it is not printed."""

    period: str
    province: str
    province_rate: float
    nation_rate: float

    @classmethod
    def of(cls, record: PrintedRecord, year: int) -> "BesideFacts":
        """Facts of a year."""
        province = province_of(record.area)
        rates = [record.cells.get(code, year, "headcount") for code in (province.code, NATION)]
        values = [nan if rate is None else rate.value for rate in rates]
        return cls(f"March {year}", province.name, *values)

    @property
    def known(self) -> tuple[bool, bool]:
        """Whether the rates of province and nation are printed."""
        return isfinite(self.province_rate), isfinite(self.nation_rate)


BESIDE = rule(
    "beside",
    BesideFacts,
    both=lambda f: f.known == (True, True),
    province=lambda f: f.known == (True, False),
    nation=lambda f: f.known == (False, True),
    unsaid=lambda f: f.known == (False, False),
)


@dataclass(frozen=True, slots=True)
class BreakFacts:
    """First year of another population base among the printed years."""

    first: int
    last: int
    year: int

    @classmethod
    def of(cls, years: list[int], breaks: tuple[int, ...]) -> "BreakFacts":
        """Facts of a series of years and the years of breaks."""
        inside = [year for year in breaks if years and years[0] < year <= years[-1]]
        span = (years[0], years[-1]) if years else (0, 0)
        return cls(*span, inside[0] if inside else 0)


BREAK = rule(
    "break",
    BreakFacts,
    none=lambda f: f.year <= 0,
    some=lambda f: f.year > 0,
)
