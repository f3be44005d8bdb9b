"""Classes that the project uses everywhere, and the official code lists that lead to them."""

from functools import cache
from pathlib import Path

from bpsstats.errors import ParameterError
from bpsstats.files import read_yaml

DIPLOMAS = ("none", "sd", "smp", "sma", "diploma", "university")
EDUCATION = ("below_sd", "sd_smp", "sma_plus")
WORK = ("not_working", "informal", "formal")
SECTOR = ("not_working", "agriculture", "non_agriculture")
SEX = ("male", "female")
ATTENDANCE = ("never", "attending", "left")
RELATION = (
    "head",
    "spouse",
    "child",
    "child_in_law",
    "grandchild",
    "parent",
    "other_kin",
    "helper",
    "other",
)

# The three classes of the published table, which exclude one another.
BAND_OF_DIPLOMA = {
    "none": "below_sd",
    "sd": "sd_smp",
    "smp": "sd_smp",
    "sma": "sma_plus",
    "diploma": "sma_plus",
    "university": "sma_plus",
}

# Of a diploma that the respondent could not name; kept as a class, because leaving it out would
# change the others.
UNKNOWN, UNKNOWN_CODES = "unknown", (98, 99)
YES = 1  # yes is 1 and no is 5 throughout the files
NO = 5


def code_list(name: str) -> dict[int, str]:
    """An official code list: code to class.

    Parameters
    ----------
    name : str
        Name of the list in ``classifications.yaml``, such as "diploma_25".

    Raises
    ------
    ParameterError
        If there is no such list.

    Examples
    --------
    >>> code_list("diploma_25")[13]
    'sma'
    """
    lists = _lists()
    if name not in lists:
        raise ParameterError(
            f"There is no code list {name!r}. The lists are: {', '.join(sorted(lists))}."
        )
    return lists[name]


@cache
def _lists() -> dict[str, dict[int, str]]:
    """All code lists."""
    document = read_yaml(Path(__file__).with_name("classifications.yaml"))
    return {
        name: {int(code): str(label) for code, label in codes.items()}
        for name, codes in document.items()
    }
