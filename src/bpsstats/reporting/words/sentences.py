"""Sentences made from numbers, in either language: another result gives another sentence."""

import numpy as np

from bpsstats.microdata import Round
from bpsstats.models import EducationModel, Specifications
from bpsstats.poverty import Changes, PovertyLine
from bpsstats.published import Comparisons
from bpsstats.reporting.display import Cards, Prose
from bpsstats.reporting.words.language import Language, language
from bpsstats.survey import Estimate, Estimates


def headline(poverty: Estimates, changes: Changes | None, lang: str = "en") -> Cards:
    """Number of poor, rate and change, each with its interval."""
    words = language(lang)
    count, rate = poverty.row("poor_count"), poverty.row("headcount")
    cards = [
        (words.number(count.estimate), words.say("poor", "headline"), _interval(count, words, 0)),
        (
            words.number(rate.estimate, 2) + "%",
            words.say("rate", "headline"),
            _interval(rate, words, 2),
        ),
    ]
    if changes is not None:
        row = changes.row("poor_count")
        label = words.say("change", "headline", before=words.translate_period(row.before.period))
        told = words.say("told" if row.is_distinguishable else "not_told", "headline")
        cards.append((words.number(row.change, signed=True), label, told))
    return Cards(tuple(cards))


def say_poverty(poverty: Estimates, line: PovertyLine, n_poor: int, lang: str = "en") -> Prose:
    """How many are poor, how sure that is, and how deep poverty goes."""
    words = language(lang)
    count, rate = poverty.row("poor_count"), poverty.row("headcount")
    low, high = rate.interval()
    sentences = [
        words.say(
            "poor",
            period=words.translate_period(rate.period),
            count=words.number(count.estimate),
            area=line.area,
            line=words.number(float(line)),
            rate=words.number(rate.estimate, 2),
            n_poor=words.number(n_poor),
            n=words.number(rate.n),
            low=words.number(low, 1),
            high=words.number(high, 1),
            level=words.number(100 * rate.level),
        ),
        words.say(
            "reliability",
            rse=words.number(rate.rse, 0),
            **{"class": words.say(f"class_{rate.reliability.replace(' ', '_')}")},
        ),
        words.say(
            "depth",
            gap=words.number(poverty.row("poverty_gap").estimate, 2),
            severity=words.number(poverty.row("severity").estimate, 2),
        ),
    ]
    return Prose(" ".join(filter(None, [*sentences, _say_factor(line, words)])))


def say_change(changes: Changes | None, lang: str = "en") -> Prose:
    """Whether the change can be told from chance."""
    words = language(lang)
    if changes is None:
        return Prose(words.say("change_none"))
    row = changes.row("poor_count")
    low, high = row.interval()
    direction = "change_down" if row.change < 0 else "change_up"
    told = "change_told" if row.is_distinguishable else "change_not_told"
    if told == "change_not_told" and row.detectable > row.before.estimate:
        # The number cannot fall by more than it was.
        told = "change_not_told_of_any_fall"
    return Prose(
        words.say(
            direction,
            before=words.translate_period(row.before.period),
            change=words.number(abs(row.change)),
        )
        + " "
        + words.say(
            told,
            level=words.number(100 * row.level),
            low=words.number(low, signed=True),
            high=words.number(high, signed=True),
            detectable=words.number(row.detectable),
        )
    )


def say_education(education: Estimates, work: Estimates, lang: str = "en") -> Prose:
    """Education and work of the poor, and how little a city's sample says of them."""
    words = language(lang)
    shares = [education.row(f"share:{name}") for name in ("below_sd", "sd_smp", "sma_plus")]
    reach = min(
        max(row.estimate - row.interval()[0], row.interval()[1] - row.estimate) for row in shares
    )
    values = {row.statistic.removeprefix("share:"): words.number(row.estimate, 1) for row in shares}
    text = words.say(
        "education", **values, n=words.number(shares[0].n), reach=words.number(np.floor(reach))
    )
    of_work = {row.statistic.removeprefix("share:"): words.number(row.estimate, 1) for row in work}
    return Prose(text + " " + words.say("work", **of_work))


def say_food(food: Estimates, lang: str = "en") -> Prose:
    """Engel's law in two numbers and their difference."""
    words = language(lang)
    poor, others = food.row("food_share", "poor"), food.row("food_share", "non-poor")
    difference = poor - others
    low, high = difference.interval()
    return Prose(
        words.say(
            "food_more" if low > 0 else "food_same",
            poor=words.number(poor.estimate, 1),
            others=words.number(others.estimate, 1),
            difference=words.number(difference.estimate, 1),
            low=words.number(low, 1),
            high=words.number(high, 1),
            level=words.number(100 * food.level),
        )
    )


def say_model(model: EducationModel, lang: str = "en") -> Prose:
    """What the model says of education, and what it does not."""
    words = language(lang)
    if model.effects is None:
        return Prose(words.say("model_refused", reason=model.refused))
    rows = [row for row in model.effects if row.statistic == "effect:head_education"]
    below, middle = rows[0], rows[1]
    values: dict[str, str] = {}
    for name, row in (("below", below), ("middle", middle)):
        low, high = row.interval()
        values |= {
            name: words.number(row.estimate, 1),
            f"{name}_low": words.number(low, 1),
            f"{name}_high": words.number(high, 1),
        }
    text = words.say(
        "model", period=words.translate_period(below.period).split(" ", 1)[1], **values
    )
    if model.test is not None:
        sure = "model_told" if model.test.p_value < 1 - model.effects.level else "model_not_told"
        text += " " + words.say(sure, p=words.number(model.test.p_value, 3))
    return Prose(text + " " + words.say("model_cause"))


def say_model_check(model: EducationModel, lang: str = "en") -> Prose:
    """The average prediction beside the observed rate: they are one number, or something is
    wrong.
    """
    words = language(lang)
    if model.result is None:
        return Prose(words.say("model_refused", reason=model.refused))
    weights = model.design.weights
    rates = {
        "predicted": model.result.predict(model.result.frame),
        "observed": model.result.columns.y,
    }
    shown = {
        name: words.number(100 * float(np.average(rate, weights=weights)), 6)
        for name, rate in rates.items()
    }
    return Prose(words.say("model_check", **shown))


def say_specifications(specifications: Specifications, lang: str = "en") -> Prose:
    """How far the effect of education hangs on the model, and whether it is of the size that others
    found.
    """
    words = language(lang)
    effects = [row.effect for row in specifications.rows if row.effect is not None]
    if not effects:
        return Prose(words.say("specifications_none"))
    values = sorted(effect.estimate for effect in effects)
    text = words.say(
        "specifications",
        n=words.number(len(effects)),
        lowest=words.number(values[0], 1),
        highest=words.number(values[-1], 1),
        above=words.number(sum(effect.interval()[0] > 0 for effect in effects)),
        level=words.number(100 * specifications.level),
    )
    alarms = [row for row in specifications.rows if row.verdict in ("unusual", "implausible")]
    key = "specifications_alarm" if alarms else "specifications_plausible"
    named = ", ".join(words.word("specification", row.choice.key) for row in alarms)
    low, high = (
        words.number(limit, 1) for limit in (specifications.band.low, specifications.band.high)
    )
    return Prose(f"{text} {words.say(key, named=named, low=low, high=high)}")


def say_ledger(comparisons: Comparisons | None, lang: str = "en") -> Prose:
    """How many printed figures are recomputed."""
    words = language(lang)
    if comparisons is None:
        return Prose(words.say("ledger_none"))
    calibrated = comparisons.count("calibrated")
    counts = {
        "equal" if calibrated else "equal_all": comparisons.count("reproduced") + calibrated,
        "given": comparisons.count("given"),
        "consistent": comparisons.count("consistent"),
        "differs": comparisons.count("differs"),
        "missing": comparisons.count("not recomputed"),
    }
    parts = [
        words.say(f"ledger_{name}", n=words.number(count), calibrated=words.number(calibrated))
        for name, count in counts.items()
        if count
    ]
    return Prose(words.say("ledger", total=words.number(len(comparisons)), parts=", ".join(parts)))


def _say_factor(line: PovertyLine, words: Language) -> str:
    """The correction factor of a line; nothing where there is none."""
    if line.factor == 1:
        return ""
    return words.say(
        "line_factor",
        factor=words.number(line.factor, 4),
        source=line.factor_source,
        threshold=words.number(line.threshold),
    )


def say_line(line: PovertyLine, before: PovertyLine | None, lang: str = "en") -> Prose:
    """The line, its source, and its rise."""
    words = language(lang)
    text = words.say(
        "line",
        area=line.area,
        period=words.period(line.year),
        line=words.number(float(line)),
        publication=line.source,
    )
    text = " ".join(filter(None, [text, _say_factor(line, words)]))
    if before is None:
        return Prose(f"{text} {words.say('line_first')}")
    percent = 100 * (float(line) / float(before) - 1)
    return Prose(f"{text} {words.say('line_up', percent=words.number(percent, 1))}")


def say_observed(round_: Round, lang: str = "en") -> Prose:
    """What the sample is made of."""
    words = language(lang)
    weights = round_.households["weight_hh"]
    # Quantiles, because the smallest and the largest weight would each be one household's.
    return Prose(
        words.say(
            "observed",
            households=words.number(len(round_.households)),
            persons=words.number(len(round_.persons)),
            psus=words.number(round_.households["psu"].nunique()),
            smallest=words.number(float(weights.quantile(0.05)), 0),
            largest=words.number(float(weights.quantile(0.95)), 0),
            mean=words.number(float(weights.mean()), 0),
        )
    )


def say_source(source: str, lang: str = "en") -> Prose:
    """The banner: which kind of data this is."""
    text = language(lang).say(
        "banner_synthetic" if source.startswith("synthetic") else "banner_survey"
    )
    return Prose(f"> {text}")


def _interval(row: Estimate, words: Language, digits: int) -> str:
    """Interval of a headline figure."""
    low, high = row.interval()
    return words.say(
        "interval",
        "headline",
        level=words.number(100 * row.level),
        low=words.number(low, digits),
        high=words.number(high, digits),
    )
