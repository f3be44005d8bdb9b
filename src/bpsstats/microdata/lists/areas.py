"""Areas by BPS code or name, with a bridge from the codes of the Ministry of Home Affairs
(Kemendagri).

The two agencies number the regencies of a province in different orders: 6402 is Kutai Barat for
BPS, and 64.02 is Kutai Kartanegara for Kemendagri. So a bare code of four digits is always BPS's, a
dotted one is never taken for it, and Kemendagri's codes are read only where they are asked for by
name.
"""

import csv
import difflib
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError, UnknownAreaError
from bpsstats.microdata.described import AREA, TEXT, Entries, Needed, read_described
from bpsstats.paths import facts_files

Authority = Literal["bps", "kemendagri"]

OWN = "areas.yaml"  # a user's own areas, beside the data
SHAPE = Entries(AREA, {"name": Needed(TEXT), "kemendagri": TEXT})
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


@checked
def find_area(
    text: str | int, authority: Authority = "bps", *, raw: str | Path | None = None
) -> Area:
    """Area of a BPS code or a name.

    Parameters
    ----------
    text : str or int
        A code of four digits, or a name with or without "Kota", "Kabupaten", "Kab." or "Provinsi".
    authority : {"bps", "kemendagri"}
        Whose code it is. Kemendagri's may be written with its dot or without.
    raw : path, optional
        Raw folder, whose file ``areas.yaml`` may name areas that are not on file, such as those of
        provinces made since 2022: ``"9201": {name: Kota Contoh}``.

    Raises
    ------
    UnknownAreaError
        If nothing answers, or several areas do; the message names the nearest areas. A code of
        Kemendagri where BPS's is expected is refused with the BPS code of that area, because the
        same digits may be another area's.
    ParameterError
        If an argument is of another type, or there is no such authority.

    Examples
    --------
    >>> find_area("kab. kutai barat")
    Area(code='6402', name='Kutai Barat')
    >>> find_area("64.02", authority="kemendagri")
    Area(code='6403', name='Kutai Kartanegara')
    >>> find_area(3578).name, find_area("Kota Bandung").code
    ('Kota Surabaya', '3273')
    """
    wanted, areas = str(text).strip(), known_areas(raw)
    codes = {code: area for area in areas for code in _codes(area, authority) if code}
    if wanted in codes:
        return codes[wanted]
    named = [area for area in areas if wanted and _plain(wanted) in _names(area)]
    if len(named) == 1:
        return named[0]
    if named:
        several = ", ".join(f"{area.code} {_full_name(area)}" for area in named)
        raise UnknownAreaError(
            f"The name {_shown(wanted)} is that of several areas: {several}. Give the BPS code, or"
            " the name with Kota, Kabupaten or Provinsi before it."
        )
    raise UnknownAreaError(
        f"{_refusal(wanted, authority, areas)} {_nearest(wanted, authority, areas)}"
    )


@checked
def find_regency(text: str | int, *, raw: str | Path | None = None) -> Area:
    """A regency or city, as of `find_area`: the areas that rounds are read for.

    Raises
    ------
    UnknownAreaError
        If there is no such area.
    ParameterError
        If it is a province or the nation.

    Examples
    --------
    >>> find_regency("6471").name
    'Kota Balikpapan'
    """
    area = find_area(text, raw=raw)
    if area.regency == 0:
        whole = f"the province {area.name}" if area.province else "the nation"
        raise ParameterError(
            f"The area {area.code} is {whole}, and poverty is estimated here for a regency or city,"
            " with its own line. A province has lines for urban and rural, which the lines of its"
            " regencies do not give. Name one of its regencies or cities by its BPS code."
        )
    return area


def parts_of_list(text: str) -> list[str]:
    """Areas that are asked for, separated by commas; a text that names none stays whole, so that
    whoever looks it up refuses it.

    Examples
    --------
    >>> parts_of_list("6471, 64"), parts_of_list(",")
    (['6471', '64'], [','])
    """
    return [part.strip() for part in text.split(",") if part.strip()] or [text]


def province_code(text: str) -> str:
    """The two digits of a province that is asked for by its code; empty for any other text.

    Examples
    --------
    >>> province_code("64"), province_code("6400"), province_code("6471")
    ('64', '64', '')
    """
    code = text.removesuffix("00") if len(text) == 4 else text
    return code if len(code) == 2 and code.isascii() and code.isdigit() else ""


def known_areas(raw: str | Path | None = None) -> tuple[Area, ...]:
    """All areas: the nation, provinces, and the 514 regencies and cities of 2020, and before them a
    user's own.
    """
    own: dict[str, Area] = {}
    for path in reversed(facts_files(OWN, raw)):
        for code, entry in read_described(path, SHAPE).items():
            own[code] = Area(code, entry["name"], entry.get("kemendagri", ""))
    if not own:
        return _areas_on_file()
    others = tuple(area for area in _areas_on_file() if area.code not in own)
    return (*own.values(), *others)


@cache
def _areas_on_file() -> tuple[Area, ...]:
    """The areas of the project: BPS's own bridge to the codes of Kemendagri, 2020."""
    with Path(__file__).with_name("areas.csv").open(encoding="utf8", newline="") as file:
        return tuple(
            Area(row["bps_code"], row["name"], row["kemendagri_code"])
            for row in csv.DictReader(file)
        )


def _codes(area: Area, authority: Authority) -> tuple[str, ...]:
    """Spellings of an area's code."""
    if authority == "bps":
        return (area.code,)
    return area.kemendagri, area.kemendagri.replace(".", "")


def _full_name(area: Area) -> str:
    """A name with what kind of area it is."""
    if area.regency >= FIRST_CITY or not area.province:
        return area.name
    return f"{'Kabupaten' if area.regency else 'Provinsi'} {area.name}"


def _names(area: Area) -> list[str]:
    """All spellings of a name that are accepted, in lower case."""
    words: tuple[str, ...] = REGENCY_WORDS
    if area.regency >= FIRST_CITY:
        words = CITY_WORDS
    elif area.regency == 0:
        words = PROVINCE_WORDS if area.province else ()
    bare = _plain(area.name).removeprefix("kota ")
    return [bare, *(f"{word} {bare}" for word in words)]


def _refusal(wanted: str, authority: Authority, areas: tuple[Area, ...]) -> str:
    """Why there is no such area, with the bridge between the codes where it helps."""
    if not wanted:
        return "No area was given."
    if authority == "kemendagri":
        return f"The area {_shown(wanted)} is not known by Kemendagri's code or by name."
    dotted = re.fullmatch(r"\d\d\.?\d\d", wanted)
    for area in areas if dotted else ():
        if wanted in _codes(area, "kemendagri"):
            return (
                f"The area {_shown(wanted)} is no BPS code; {area.kemendagri} is Kemendagri's code"
                f" of {area.name}, whose BPS code is {area.code}. Give the BPS code or the name, or"
                " --area-name where BPS has since given the code to another area."
            )
    text = f"The area {_shown(wanted)} is not known by BPS code or name."
    if re.fullmatch(r"\d{4}", wanted):
        text += (
            " If it is an area made since 2020, give its name with --area-name, or write"
            f' "{wanted}": {{name: ...}} in a file {OWN} beside the data.'
        )
    return text


def _nearest(wanted: str, authority: Authority, areas: tuple[Area, ...]) -> str:
    """The areas whose code or name is most like what was asked for."""
    by_text: dict[str, Area] = {}
    for area in areas:
        by_text |= {key: area for key in (*_codes(area, authority), *_names(area)) if key}
    near = (
        difflib.get_close_matches(_plain(wanted), by_text, n=6, cutoff=0.5)
        if len(wanted) <= LONGEST_SHOWN
        else []
    )
    nearest = list(dict.fromkeys(f"{by_text[key].code} {by_text[key].name}" for key in near))[:3]
    if nearest:
        return f"Nearest: {', '.join(nearest)}. BPS codes have four digits and no dot."
    return (
        "Known: the 514 regencies and cities of 2020, such as 6471 Kota Balikpapan. BPS codes have"
        " four digits and no dot."
    )


def _shown(text: str) -> str:
    """What was asked for as a message repeats it: quoted, on one line, not at length."""
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "...")


def _plain(text: str) -> str:
    """Lower case with single spaces."""
    return " ".join(text.lower().split())
