"""What the copies of a file are called: the agency's name in any case, with what distributors and
browsers add to it.
"""

import re
from collections.abc import Sequence

# What distributors add to a name: before it a download stamp and the code of a province or a
# regency (none begins as years do), after it an edition, a mark of release and the codes of the
# areas in this part. Blanks and hyphens count as underscores.
PREFIX = r"(bv?\d*_[\d_]+_|b_\d+_[\d_]+_|(?!20)\d{2}(\d{2})?_)*"
SUFFIX = r"(_revisi\d*)?(_diseminasi)?(_merge)?(_(gab|prop|prov)?_?\d{2}[\d_]*)?"
COPY = r"_?\(\d+\)$"  # what browsers add to a second download
REVISED = re.compile(r"_revisi\d*(?=_|\.|$)", re.IGNORECASE)


def is_called(filename: str, pattern: str, endings: Sequence[str]) -> bool:
    """Whether a name is a pattern between what distributors add to it, with a known ending.

    Examples
    --------
    >>> is_called("b_34976_20260101_KOR22RT (1).DBF", "kor22rt", [".dbf"])
    True
    >>> is_called("1707-ssn202503-kor-rt.dbf", "ssn202503_kor_rt", [".dbf"])
    True
    """
    name = re.sub(r"[ _-]+", "_", filename.lower())
    for ending in endings:
        stem = re.sub(COPY, "", name.removesuffix(ending))
        if name.endswith(ending) and re.fullmatch(
            f"{PREFIX}({pattern}){SUFFIX}", stem, re.IGNORECASE
        ):
            return True
    return False


def is_revised(filename: str) -> bool:
    """Whether a name says that the file is a revised edition.

    Examples
    --------
    >>> is_revised("kor19rt_revisi1_diseminasi.dta")
    True
    """
    return REVISED.search(filename) is not None
