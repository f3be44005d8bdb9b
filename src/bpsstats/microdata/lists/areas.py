"""Areas by BPS code or name, with a bridge from the codes of the Ministry of Home Affairs
(Kemendagri).

The two agencies number the regencies of a province in different orders: 6402 is Kutai Barat for
BPS, and 64.02 is Kutai Kartanegara for Kemendagri. So a bare code of four digits is always BPS's, a
dotted one is never taken for it, and Kemendagri's codes are read only where they are asked for by
name.
"""

import difflib
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from bpsstats.errors import ParameterError, UnknownAreaError

Authority = Literal["bps", "kemendagri"]

FIRST_CITY = 70  # R102 of cities begins above it
LONGEST_SHOWN = 40  # characters of what was asked for that a message repeats
# How people write what kind of area it is, before its name.
CITY_WORDS, REGENCY_WORDS, PROVINCE_WORDS = (
    ("kota",),
    ("kabupaten", "kab.", "kab"),
    ("provinsi", "prov.", "prov"),
)


@dataclass(frozen=True, slots=True)
class Area:
    """A regency, city, province, or the nation.

    Parameters
    ----------
    code : str
        Four-digit BPS code; ends in 00 for a province, 0000 for the nation.
    name : str
    kemendagri : str, optional
        Code of the Ministry of Home Affairs, with its dot; empty where it is not on file.
    """

    code: str
    name: str
    kemendagri: str = field(default="", repr=False)

    @property
    def province(self) -> int:
        """Two-digit province code, R101 of the files."""
        return int(self.code[:2])

    @property
    def regency(self) -> int:
        """Regency or city code within the province, R102 of the files; 70 and above are cities."""
        return int(self.code[2:])


def find_area(text: str | int, authority: Authority = "bps") -> Area:
    """Area of a BPS code or a name.

    Parameters
    ----------
    text : str or int
        A code of four digits, or a name with or without "Kota", "Kabupaten", "Kab." or "Provinsi".
    authority : {"bps", "kemendagri"}
        Whose code it is. Kemendagri's may be written with its dot or without.

    Raises
    ------
    UnknownAreaError
        If nothing answers; the message names the nearest areas. A code of Kemendagri where BPS's is
        expected is refused with the BPS code of that area, because the same digits may be another
        area's.
    ParameterError
        If there is no such authority.

    Examples
    --------
    >>> find_area("kab. kutai barat")
    Area(code='6402', name='Kutai Barat')
    >>> find_area("64.02", authority="kemendagri")
    Area(code='6403', name='Kutai Kartanegara')
    >>> find_area(6471).regency
    71
    """
    if authority not in ("bps", "kemendagri"):
        raise ParameterError(
            f"There is no authority {_shown(str(authority))}. Known: bps, kemendagri."
        )
    wanted = str(text).strip()
    for area in known_areas():
        code = area.code if authority == "bps" else area.kemendagri
        if wanted and (
            wanted in (code, _undotted(code, authority)) or _plain(wanted) in _names(area)
        ):
            return area
    raise UnknownAreaError(f"{_refusal(wanted, authority)} {_nearest(wanted, authority)}")


@cache
def known_areas() -> tuple[Area, ...]:
    """All areas this project knows."""
    document = yaml.safe_load(Path(__file__).with_name("areas.yaml").read_text("utf8"))
    return tuple(
        Area(str(code), entry["name"], entry.get("kemendagri", ""))
        for code, entry in document.items()
    )


def _names(area: Area) -> list[str]:
    """All spellings of a name that are accepted, in lower case."""
    words: tuple[str, ...] = REGENCY_WORDS
    if area.regency >= FIRST_CITY:
        words = CITY_WORDS
    elif area.regency == 0:
        words = PROVINCE_WORDS if area.province else ()
    bare = _plain(area.name).removeprefix("kota ")
    return [bare, *(f"{word} {bare}" for word in words)]


def _undotted(code: str, authority: Authority) -> str:
    """A code of Kemendagri without its dot."""
    return code.replace(".", "") if authority == "kemendagri" else code


def _refusal(wanted: str, authority: Authority) -> str:
    """Why there is no such area, with the bridge between the codes where it helps."""
    if not wanted:
        return "No area was given."
    if authority == "kemendagri":
        return f"The area {_shown(wanted)} is not known by Kemendagri's code or by name."
    for area in known_areas():
        if (
            area.kemendagri
            and re.fullmatch(r"\d\d\.?\d\d", wanted)
            and wanted
            in (
                area.kemendagri,
                _undotted(area.kemendagri, "kemendagri"),
            )
        ):
            return (
                f"The area {_shown(wanted)} is no BPS code; {area.kemendagri} is Kemendagri's code"
                f" of {area.name}, whose BPS code is {area.code}. Give the BPS code or the name."
            )
    return f"The area {_shown(wanted)} is not known by BPS code or name."


def _nearest(wanted: str, authority: Authority) -> str:
    """The areas whose code or name is most like what was asked for."""
    by_text: dict[str, Area] = {}
    for area in known_areas():
        code = area.code if authority == "bps" else area.kemendagri
        by_text |= dict.fromkeys(
            [key for key in (code, _undotted(code, authority), *_names(area)) if key], area
        )
    near = (
        difflib.get_close_matches(_plain(wanted), by_text, n=6, cutoff=0.5)
        if len(wanted) <= LONGEST_SHOWN
        else []
    )
    nearest = list(dict.fromkeys(f"{by_text[key].code} {by_text[key].name}" for key in near))[:3]
    if nearest:
        return f"Nearest: {', '.join(nearest)}. BPS codes have four digits and no dot."
    return (
        "Known: 6471 Kota Balikpapan and the other areas of Kalimantan Timur. BPS codes have four"
        " digits and no dot."
    )


def _shown(text: str) -> str:
    """What was asked for as a message repeats it: quoted, on one line, not at length."""
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "...")


def _plain(text: str) -> str:
    """Lower case with single spaces."""
    return " ".join(text.lower().split())
