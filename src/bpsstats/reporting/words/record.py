"""What the printed record says, in sentences."""

from collections import Counter

from bpsstats.published.record import PrintedRecord
from bpsstats.reporting.display import Prose
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.language import Language, language

EFFECT = 2.0  # design effect of the sentences
AS_SAMPLES = 0.5  # movement per change from which on depth swings as samples do


@gated
def say_record(record: PrintedRecord, lang: str = "en") -> Prose:
    """Coherence, steadiness, depth, sums, and what follows for reading a release.

    Parameters
    ----------
    record : PrintedRecord
    lang : {"en", "id"}

    Examples
    --------
    >>> from bpsstats.published.record import printed_record
    >>> "not a direct estimate" in say_record(printed_record("6471")).text
    True
    """
    words = language(lang)
    if not record.steadiness.rows:
        return Prose(words.word("record", "s_none"))
    parts = [_coherence(record, words), _steadiness(record, words), _depth(record, words)]
    if record.additivity.rows:
        parts.append(_sums(record, words))
    steady = record.steadiness.row(*_widest(record))
    follows = "s_follow" if steady.too_steady else "s_follow_not"
    sums = record.additivity
    add_up = bool(sums.rows) and sums.years_within == len(sums.rows)
    adding = words.word("record", "s_adding") if add_up else ""
    last = words.say(follows, "record", area=record.area.name, adding=adding)
    if steady.too_steady:
        last += " " + words.say("s_limits", "record", overlap=words.number(steady.overlap, 2))
    return Prose("\n\n".join(filter(None, [*parts, last])))


def _coherence(record: PrintedRecord, words: Language) -> str:
    """How many checks hold, and what stands against what."""
    counts = Counter(row.verdict for row in record.coherence)
    holds = counts["holds"] + counts["points"]
    said = [
        words.say(
            "s_coherence", "record", n=words.number(len(record.coherence)), area=record.area.name,
            holds=words.number(holds), breaks=counts["break"], doubtful=counts["doubtful"],
            contradicts=counts["contradicts"] + counts["percent"],
        )
    ]  # fmt: skip
    against = record.coherence.of("contradicts", "percent")
    if against.rows:
        names = dict.fromkeys(
            f"{words.word('indicator', row.cells[0].key.indicator)} {row.year}" for row in against
        )
        said.append(words.say("s_named", "record", names=", ".join(names)))
    said.append(words.word("record", "s_poverty" if record.poverty_holds else "s_poverty_not"))
    return " ".join(said)


def _steadiness(record: PrintedRecord, words: Language) -> str:
    """All areas jointly, and the area alone."""
    test, all_rows = record.steadiness, record.steadiness.rows
    joint = test.row(*_widest(record))
    said = [
        words.say(
            "s_steady" if joint.too_steady else "s_unsteady", "record",
            first=test.years[0], last=test.years[-1],
            k=len({row.area for row in all_rows} - {"all"}),
            statistic=words.number(joint.statistic, 2), changes=joint.changes,
            effect=words.number(EFFECT), replicates=words.number(test.replicates),
            lowest=words.number(joint.lowest, 1), p=words.number(joint.p_value, 4),
            error=words.number(joint.monte_carlo_error, 4),
            equivalent=words.number(round(joint.equivalent_households, -2)),
            households=words.number(joint.households),
        )
    ]  # fmt: skip
    own = [r for r in all_rows if (r.area, r.design_effect) == (record.area.code, EFFECT)]
    if own and joint.area != record.area.code:
        said.append(
            words.say(
                "s_own", "record", area=record.area.name, changes=own[0].changes,
                statistic=words.number(own[0].statistic, 2), p=words.number(own[0].p_value, 4),
            )
        )  # fmt: skip
    return " ".join(said)


def _widest(record: PrintedRecord) -> tuple[str, float]:
    """The joint test, or that of the only area."""
    areas = {row.area for row in record.steadiness}
    return ("all" if "all" in areas else next(iter(areas))), EFFECT


def _depth(record: PrintedRecord, words: Language) -> str:
    """Movement of P1."""
    if not record.depth.rows:
        return ""
    per_change = record.depth.rows[-1].per_change
    reading = "s_depth_as" if per_change >= AS_SAMPLES else "s_depth_not"
    return words.say(
        "s_depth", "record", per_change=words.number(per_change, 2),
        depth_reading=words.word("record", reading),
    )  # fmt: skip


def _sums(record: PrintedRecord, words: Language) -> str:
    """The areas against the province."""
    sums = record.additivity
    most = max(abs(row.difference) for row in sums)
    return words.say(
        "s_sum", "record", k=sums.years_within, n=len(sums.rows), most=words.number(most, 2)
    )
