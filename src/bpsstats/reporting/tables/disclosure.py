"""What disclosure control withholds from a release, or would, were its data not synthetic."""

import re
from dataclasses import dataclass

import pandas as pd

from bpsstats.disclosure import GateResult
from bpsstats.reporting.display import Table
from bpsstats.reporting.tables.table import as_table
from bpsstats.reporting.words.language import Language

# A rule by words of its reason, the first that fits.
RULES = {
    "earlier": "from an earlier release", "near": "households from ", "sums": "^else ",
    "rests": "^rests on ", "elsewhere": "^withheld from the release",
    "denominator": "households in the domain", "others": "households without",
    "numerator": "households with ", "no_rse": "cannot be estimated",
    "rse": "standard error above", "no_error": "^no sampling error", "df": "degrees of freedom",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Withheld:
    """The figures that are withheld. Of survey data only how many by each rule, because a list with
    the rule of each figure counts households.
    """

    result: GateResult

    def to_frame(self) -> pd.DataFrame:
        """One row for each figure of synthetic data, for each rule of survey data."""
        withheld = self.result.withheld
        if self.result.synthetic:
            return pd.DataFrame({"figure": list(withheld), "rule": list(withheld.values())})
        rules = pd.Series([_rule_of(why)[0] for why in withheld.values()], dtype=object)
        return rules.value_counts().rename_axis("rule").reset_index(name="figures")


@as_table.register
def _(result: Withheld, words: Language, caption: str) -> Table:
    decided, column = result.result, words.words["disclosure"]
    counts: dict[str, int] = {}
    for why in decided.withheld.values():
        rule, least = _rule_of(why)
        said = words.say(rule, "disclosure", n=least)
        counts[said] = counts.get(said, 0) + 1
    rows = sorted(counts.items(), key=lambda one: -one[1]) or [(column["none"], 0)]
    rows += [(column["all"], len(decided.cells))]
    frame = pd.DataFrame(
        {
            column["rule"]: [rule for rule, _ in rows],
            column["cells"]: [words.number(count) for _, count in rows],
        }
    )
    key = "caption_synthetic" if decided.synthetic else "caption"
    audience = words.word("disclosure", decided.policy.audience)
    said = words.say(key, "disclosure", version=decided.policy.version, audience=audience)
    return Table(caption or said, frame)


def _rule_of(why: str) -> tuple[str, str]:
    """Name of the rule of a reason, and its threshold."""
    rule = next(name for name, pattern in RULES.items() if re.search(pattern, why))
    found = re.search(r"\d+", why)
    return rule, found[0] if found else ""
