"""Areas by BPS code or name."""

import difflib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bpsstats.errors import UnknownAreaError


@dataclass(frozen=True, slots=True)
class Area:
    """A regency, city, province, or the nation.

    Parameters
    ----------
    code : str
        Four-digit BPS code; ends in 00 for a province, 0000 for the nation.
    name : str
    """

    code: str
    name: str

    @property
    def province(self) -> int:
        """Two-digit province code, R101 of the files."""
        return int(self.code[:2])

    @property
    def regency(self) -> int:
        """Regency or city code within the province, R102 of the files; 70 and above are cities."""
        return int(self.code[2:])


def find_area(text: str | int) -> Area:
    """Area of a BPS code or a name.

    Raises
    ------
    UnknownAreaError
        If nothing answers; the message names the nearest areas.

    Examples
    --------
    >>> find_area("kota balikpapan")
    Area(code='6471', name='Kota Balikpapan')
    >>> find_area(6471).regency
    71
    """
    wanted = str(text).strip()
    for area in known_areas():
        if wanted == area.code or _plain(wanted) in (_plain(area.name), _plain(area.name).removeprefix("kota ")):
            return area
    by_text = {key: area for area in known_areas() for key in (area.code, _plain(area.name))}
    near = difflib.get_close_matches(_plain(wanted), by_text, n=3, cutoff=0.5)
    nearest = list(dict.fromkeys(f"{by_text[key].code} {by_text[key].name}" for key in near))
    hint = (
        f"Nearest: {', '.join(nearest)}."
        if nearest
        else "Known: 6471 Kota Balikpapan and the other areas of Kalimantan Timur."
    )
    raise UnknownAreaError(
        f"The area {wanted!r} is not known by BPS code or name. {hint} Codes are BPS codes of four digits."
    )


@cache
def known_areas() -> tuple[Area, ...]:
    """All areas this project knows."""
    document = yaml.safe_load(Path(__file__).with_name("areas.yaml").read_text("utf8"))
    return tuple(Area(str(code), name) for code, name in document.items())


def _plain(text: str) -> str:
    """Lower case with single spaces."""
    return " ".join(text.lower().split())
