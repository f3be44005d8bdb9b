"""Who the poor are, what they spend on food, and how the year's figures and the model go
together.
"""

from dataclasses import dataclass
from math import isfinite

from bpsstats.models import EducationModel
from bpsstats.reporting.display import Prose
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import language
from bpsstats.reporting.words.rule import rule
from bpsstats.survey import Estimate, Estimates

EDUCATION = ("below_sd", "sd_smp", "sma_plus")
WORK = ("not_working", "informal", "formal")


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """One share in percent, with its interval."""

    share: float
    low: float
    high: float

    @classmethod
    def of(cls, row: Estimate) -> "ShareFacts":
        """Facts of a share."""
        return cls(row.estimate, *row.interval())


SHARE = rule(
    "share",
    ShareFacts,
    with_interval=lambda f: isfinite(f.low) and isfinite(f.high),
    without_interval=lambda f: not (isfinite(f.low) and isfinite(f.high)),
)


@dataclass(frozen=True, slots=True)
class EducationFacts:
    """Shares of the poor aged 15 and over by diploma, as said; `n` such persons in the sample."""

    below_sd: str
    sd_smp: str
    sma_plus: str
    n: int
    level: float


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """Shares of the poor aged 15 and over by work, as said."""

    not_working: str
    informal: str
    formal: str
    n: int
    level: float


EDUCATION_OF_POOR = rule(
    "education", EducationFacts, poor=lambda f: f.n > 0, nobody=lambda f: f.n <= 0
)
WORK_OF_POOR = rule("work", WorkFacts, poor=lambda f: f.n > 0, nobody=lambda f: f.n <= 0)


@gated
def say_education(education: Estimates, lang: str = "en") -> Prose:
    """Diplomas of the poor, each share with its interval."""
    words = language(lang)
    rows = {name: education.row(f"share:{name}") for name in EDUCATION}
    said = {name: SHARE.say(ShareFacts.of(row), words) for name, row in rows.items()}
    n = rows[EDUCATION[0]].n
    return Prose(EDUCATION_OF_POOR.say(EducationFacts(**said, n=n, level=education.level), words))


@gated
def say_work(work: Estimates, lang: str = "en") -> Prose:
    """Work of the poor, each share with its interval."""
    words = language(lang)
    rows = {name: work.row(f"share:{name}") for name in WORK}
    said = {name: SHARE.say(ShareFacts.of(row), words) for name, row in rows.items()}
    n = rows[WORK[0]].n
    return Prose(WORK_OF_POOR.say(WorkFacts(**said, n=n, level=work.level), words))


@dataclass(frozen=True, slots=True)
class BridgeFacts:
    """What one round and the pooled rounds say of education, both at the level.

    `low` and `high` limit the difference of the poor and the others in the share with senior
    secondary or higher in one round; `p` is of the model of the pooled rounds.
    """

    year: str
    rounds: str
    n_rounds: int
    difference: float
    low: float
    high: float
    p: float
    n_poor: int
    pooled_poor: int
    level: float

    @classmethod
    def of(
        cls, poor: Estimates, others: Estimates, model: EducationModel, n_poor: int
    ) -> "BridgeFacts":
        """Facts of a round and the model."""
        row = poor.row(f"share:{EDUCATION[-1]}")
        difference = row - others.row(f"share:{EDUCATION[-1]}")
        years = sorted(model.design.frame["year"].unique())
        return cls(
            row.period,
            f"{years[0]}–{years[-1]}",
            len(years),
            difference.estimate,
            *difference.interval(),
            float("nan") if model.test is None else model.test.p_value,
            n_poor,
            int(model.design.frame["poor"].sum()),
            poor.level,
        )

    @property
    def year_differs(self) -> bool:
        """Whether the round alone shows a significant difference."""
        return self.low > 0 or self.high < 0

    @property
    def speaks(self) -> bool:
        """Whether there are two things to be bridged."""
        return self.n_rounds > 1 and isfinite(self.p) and isfinite(self.low) and isfinite(self.high)

    @property
    def rounds_differ(self) -> bool:
        """Whether the pooled rounds show a significant association."""
        return self.p < 1 - self.level


BRIDGE = rule(
    "bridge",
    BridgeFacts,
    unsaid=lambda f: not f.speaks,
    rounds_only=lambda f: f.speaks and f.rounds_differ and not f.year_differs,
    both=lambda f: f.speaks and f.rounds_differ and f.year_differs,
    year_only=lambda f: f.speaks and not f.rounds_differ and f.year_differs,
    neither=lambda f: f.speaks and not f.rounds_differ and not f.year_differs,
)


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """Comparisons of the poor and the others: how many, how many that hold once their number is
    counted, and in these the largest difference of one class whose own interval excludes zero,
    percentage points.
    """

    period: str
    tested: int
    significant: int
    n_poor: int
    largest: str
    difference: float
    low: float
    high: float
    level: float


PROFILE = rule(
    "profile",
    ProfileFacts,
    some=lambda f: f.tested > 0 and f.significant > 0 and isfinite(f.difference),
    no_class=lambda f: f.tested > 0 and f.significant > 0 and not isfinite(f.difference),
    none=lambda f: f.tested > 0 and f.significant <= 0,
    untested=lambda f: f.tested <= 0,
)


@dataclass(frozen=True, slots=True)
class FoodFacts:
    """Food share of the poor and the others, percent, and their difference."""

    poor: float
    others: float
    difference: float
    low: float
    high: float
    level: float

    @classmethod
    def of(cls, food: Estimates) -> "FoodFacts":
        """Facts of the table of food shares."""
        poor, others = food.row("food_share", "poor"), food.row("food_share", "non-poor")
        difference = poor - others
        return cls(
            poor.estimate,
            others.estimate,
            difference.estimate,
            *difference.interval(),
            food.level,
        )


FOOD = rule(
    "food",
    FoodFacts,
    more=lambda f: isfinite(f.low) and isfinite(f.high) and f.low > 0,
    less=lambda f: isfinite(f.low) and isfinite(f.high) and f.low <= 0 and f.high < 0,
    same=lambda f: isfinite(f.low) and isfinite(f.high) and f.low <= 0 <= f.high,
    untestable=lambda f: (
        not (isfinite(f.low) and isfinite(f.high)) and isfinite(f.poor) and isfinite(f.others)
    ),
    one_group=lambda f: (
        not (isfinite(f.low) and isfinite(f.high)) and not (isfinite(f.poor) and isfinite(f.others))
    ),
)


@gated
def say_food(food: Estimates, lang: str = "en") -> Prose:
    """Engel's law in two numbers and their difference.

    Parameters
    ----------
    food : Estimates
        Result of `food_share`.
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> bps.say_food(bps.food_share(households, line))
    The poor spend 60.4 percent of their budget on food, the others ...
    """
    return Prose(FOOD.say(FoodFacts.of(food), language(lang)))


@gated
def say_bridge(
    poor: Estimates, others: Estimates, model: EducationModel, n_poor: int, lang: str = "en"
) -> Prose:
    """How the education of the poor in one round goes with the model of several.

    Parameters
    ----------
    poor, others : Estimates
        Education of the poor and of the others aged 15 and over, of one round.
    model : EducationModel
    n_poor : int
        Poor households in the sample of the round.
    lang : {"en", "id"}
    """
    facts = BridgeFacts.of(poor, others, model, n_poor)
    return Prose(BRIDGE.say(facts, language(lang)))
