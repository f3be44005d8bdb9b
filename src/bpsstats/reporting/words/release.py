"""What a report says of itself: its headline, its data, and its agreement with print."""

from collections.abc import Mapping

from bpsstats.disclosure import current_policy
from bpsstats.microdata import Round
from bpsstats.poverty import Changes
from bpsstats.published import Comparisons
from bpsstats.reporting.display import Cards, Prose
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.change import CARD, ChangeFacts
from bpsstats.reporting.words.language import Language, language
from bpsstats.survey import Estimate, Estimates

KINDS = ("survey", "synthetic")


@gated
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
        tested = CARD.say(ChangeFacts.of(row, 0), words)
        cards.append((words.number(row.change, signed=True), label, tested))
    return Cards(tuple(cards))


@gated
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


@gated
def say_observed(round_: Round, lang: str = "en") -> Prose:
    """What the sample is made of.

    Parameters
    ----------
    round_ : Round
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> bps.say_observed(bps.read_round("6471", 2022))
    608 households with 2,166 members were interviewed in 64 census ...
    """
    words = language(lang)
    weights = round_.households["weight_hh"]
    base = 1.0 if round_.provenance.kind == "synthetic" else current_policy().bases["households"]

    def rounded(weight: float) -> str:
        return words.number(current_policy().rounded(weight, base))

    # Quantiles, because the smallest and the largest weight would each be one household's.
    return Prose(
        words.say(
            "observed",
            households=words.number(len(round_.households)),
            persons=words.number(len(round_.persons)),
            psus=words.number(round_.households["psu"].nunique()),
            smallest=rounded(float(weights.quantile(0.05))),
            largest=rounded(float(weights.quantile(0.95))),
            mean=rounded(float(weights.mean())),
        )
    )


@gated
def say_source(source: str, lang: str = "en", years: Mapping[str, str] | None = None) -> Prose:
    """The banner: which kind of data this is; of a mix, which years are of which kind.

    Parameters
    ----------
    source : str
        Kind of data, as results carry it.
    lang : {"en", "id"}
    years : mapping of kind to text, optional
        Of a mix: which years are of which kind.

    Examples
    --------
    >>> import bpsstats as bps
    >>> bps.say_source("survey microdata")
    > Survey microdata of Susenas March, under the licence of BPS. ...
    """
    mixed = years is not None and all(years.get(kind) for kind in KINDS)
    kind = "mixed" if mixed else "synthetic" if source.startswith("synthetic") else "survey"
    return Prose(f"> {language(lang).say(f'banner_{kind}', **(years or {}))}")


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
