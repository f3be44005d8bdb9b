"""What the models say of education and poverty, in words that claim association only."""

from dataclasses import dataclass
from math import isnan

import numpy as np

from bpsstats.models import EducationModel, Specifications
from bpsstats.reporting.display import Prose
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import Language, language
from bpsstats.reporting.words.rule import joined, rule

FULL, ROUNDED = 6, 2  # decimals of a percentage, and of one of survey data


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Adjusted differences of the model, percentage points, against senior secondary or higher."""

    period: str
    n_rounds: int
    n_poor: int
    below: float
    below_low: float
    below_high: float
    middle: float
    middle_low: float
    middle_high: float
    p: float
    level: float

    @classmethod
    def of(cls, model: EducationModel) -> "ModelFacts":
        """Facts of a model that was fitted."""
        if model.effects is None:
            raise ValueError("the model was refused")
        below, middle = (row for row in model.effects if row.statistic == "effect:head_education")
        return cls(
            below.period,
            int(model.design.frame["year"].nunique()),
            int(model.design.frame["poor"].sum()),
            below.estimate,
            *below.interval(),
            middle.estimate,
            *middle.interval(),
            float("nan") if model.test is None else model.test.p_value,
            model.effects.level,
        )


MODEL = rule(
    "model",
    ModelFacts,
    one_round=lambda f: f.n_rounds <= 1,
    rounds=lambda f: f.n_rounds > 1,
)
MODEL_TEST = rule(
    "model_test",
    ModelFacts,
    significant=lambda f: f.p < 1 - f.level,
    not_significant=lambda f: f.p >= 1 - f.level,
    untested=lambda f: isnan(f.p),
)


@gated
def say_model(model: EducationModel, lang: str = "en") -> Prose:
    """The paragraph on the model, and what it does not say."""
    words = language(lang)
    if model.effects is None:
        return Prose(words.say("model_refused", reason=words.translated(model.refused)))
    facts = ModelFacts.of(model)
    cause = words.say("model_cause")
    return Prose(joined(MODEL.say(facts, words), MODEL_TEST.say(facts, words), cause))


@gated
def say_model_check(model: EducationModel, lang: str = "en") -> Prose:
    """The average prediction beside the observed rate: they are one number, or something is
    wrong.
    """
    words = language(lang)
    if model.result is None:
        return Prose(words.say("model_refused", reason=words.translated(model.refused)))
    if model.result.is_withheld:
        return Prose(words.say("withheld"))
    fit, weights = model.result.as_computed or model.result, model.design.weights
    rates = {"predicted": fit.predict(fit.frame), "observed": fit.columns.y}
    digits = ROUNDED if model.result.as_computed else FULL
    shown = {
        name: words.number(100 * float(np.average(rate, weights=weights)), digits)
        for name, rate in rates.items()
    }
    return Prose(words.say("model_check", **shown))


@dataclass(frozen=True, slots=True)
class SpecificationFacts:
    """Differences under several models, percentage points; `named` lie outside the band of others'
    findings, among `judged`.
    """

    n: int
    lowest: float
    highest: float
    above: int
    below: int
    level: float
    judged: int
    named: tuple[str, ...]
    band_low: float
    band_high: float

    @classmethod
    def of(cls, specifications: Specifications, words: Language) -> "SpecificationFacts":
        """Facts of all choices; names are in the language."""
        effects = [row.effect for row in specifications.rows if row.effect is not None]
        values = [effect.estimate for effect in effects] or [float("nan")]
        intervals = [effect.interval() for effect in effects]
        judged = [row for row in specifications.rows if row.verdict is not None]
        return cls(
            len(effects),
            min(values),
            max(values),
            sum(low > 0 for low, _ in intervals),
            sum(high < 0 for _, high in intervals),
            specifications.level,
            len(judged),
            tuple(
                f"“{words.word('specification', row.choice.key)}”"
                for row in judged
                if row.verdict != "plausible"
            ),
            specifications.band.low,
            specifications.band.high,
        )

    @property
    def around(self) -> int:
        """Models whose interval includes zero, or that have none."""
        return self.n - self.above - self.below


SPECIFICATIONS = rule(
    "specifications", SpecificationFacts, none=lambda f: f.n <= 0, some=lambda f: f.n > 0
)
BAND = rule(
    "band",
    SpecificationFacts,
    unsaid=lambda f: f.judged <= 0,
    inside=lambda f: f.judged > 0 and not f.named,
    outside=lambda f: f.judged > 0 and bool(f.named),
)
SPECIFICATIONS_TITLE = rule("specifications_title", SpecificationFacts, **SPECIFICATIONS.cases)


@gated
def say_specifications(specifications: Specifications, lang: str = "en") -> Prose:
    """The paragraph on the choice of model."""
    words = language(lang)
    facts = SpecificationFacts.of(specifications, words)
    return Prose(joined(SPECIFICATIONS.say(facts, words), BAND.say(facts, words)))
