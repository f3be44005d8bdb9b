"""How results are written: the kind of data of several, labels of two, digits."""

from bpsstats.arguments import checked
from bpsstats.survey.statistics.ratios import Kind

# How a mix of kinds of data is written.
MIXED, AND = "mixed: ", " and "


@checked
def joint_source(*sources: str) -> str:
    """Kind of data of several results together: their own where it is one, else a mix that names
    all, so that no result speaks for another's data.

    Examples
    --------
    >>> joint_source("synthetic microdata", "survey microdata")
    'mixed: survey microdata and synthetic microdata'
    """
    kinds = {part for source in sources for part in source.removeprefix(MIXED).split(AND)}
    return sources[0] if len(set(sources)) == 1 else MIXED + AND.join(sorted(kinds))


def joined(left: str, right: str, sign: str) -> str:
    """One label where both are equal, else both with the sign."""
    return left if left == right else f"{left} {sign} {right}"


def usual_digits(kind: Kind, value: float) -> int:
    """Decimals to show: none for large numbers, two for rates, three for indices and fractions."""
    if abs(value) >= 1000 or kind in ("count", "total"):
        return 0
    return 3 if kind == "index" or (kind == "ratio" and abs(value) < 1) else 2
