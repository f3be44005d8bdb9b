"""The first line of a result, which the layers below say in English, in a language."""

import re

from bpsstats.reporting.words.language import Language

# How a design says its size in the first line of a result.
SAMPLE = re.compile(
    r"([\d,]+) (household|person|record)s? in ([\d,]+) PSUs?, ([\d,]+) strat(?:a|um)"
)
# How a result says where its errors come from.
REPLICATES = re.compile(r"errors by ([^,]+(?:, Fay [\d.]+)?), ([\d,]+) replicates?")
# How it says how many rounds or areas it is of.
COUNTED = re.compile(r"([\d,]+) (rounds?|areas?)\b")
# How it says which correction factor the line has.
FACTOR = re.compile(r"correction factor ([\d.]+)(?: in (\d{4}))?")


def translate_heading(heading: str, words: Language) -> str:
    """First line of a result in a language."""
    for name, translated in words.words["source"].items():
        heading = heading.replace(name, translated)
    for phrase in (", against ", "printed and recomputed"):
        heading = heading.replace(phrase, words.words["heading"][phrase])

    def in_words(found: re.Match[str]) -> str:
        if words.code == "en":  # which tells one from many, as the heading does
            return found[0]
        n, observed, psus, strata = found.groups()
        numbers = {"n": n, "psus": psus, "strata": strata}
        marked = {name: text.replace(",", words.thousands) for name, text in numbers.items()}
        records = words.words["heading"][f"{observed}s"]
        return words.say("sample", "heading", observed=records, **marked)

    def by_replicates(found: re.Match[str]) -> str:
        method, n = found.groups()
        number = n.replace(",", words.thousands)
        method, mark, fay = method.partition(", Fay ")
        method = words.word("replicates", method) + mark + fay.replace(".", words.decimal)
        return words.say("replicates", "heading", method=method, n=number)

    def by_factor(found: re.Match[str]) -> str:
        said = found[1].replace(".", words.decimal)
        return words.say(
            "factor_of" if found[2] else "factor", "heading", factor=said, year=found[2]
        )

    heading = SAMPLE.sub(in_words, words.translate_period(heading))
    heading = COUNTED.sub(
        lambda found: f"{found[1].replace(',', words.thousands)} {words.word('heading', found[2])}",
        heading,
    )
    return FACTOR.sub(by_factor, REPLICATES.sub(by_replicates, heading))
