"""Two languages: words and number formats, from one catalogue each."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bpsstats.disclosure import is_withheld, policy_for
from bpsstats.errors import ParameterError

LANGUAGES = ("en", "id")
DASH = "–"
WITHHELD_MARK = policy_for("external").withheld
LOCALE = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """Words of one language and the way it writes numbers.

    Examples
    --------
    >>> language("id").number(1234567.891, 2)
    '1.234.567,89'
    >>> language("en").number(-2.5, 1, signed=True)
    '−2.5'
    """

    code: str
    words: dict[str, Any]

    def number(self, value: float, digits: int = 0, *, signed: bool = False) -> str:
        """A rounded number with the language's marks; a dash where there is none, two dots where it
        is withheld.
        """
        if not math.isfinite(value):
            return WITHHELD_MARK if is_withheld(value) else DASH
        text = f"{value:{'+' if signed else ''},.{digits}f}"
        if float(text.replace(",", "")) == 0:
            text = text.lstrip("+-")
        text = (
            text.replace(",", "_")
            .replace(".", self.words["decimal"])
            .replace("_", self.words["thousands"])
        )
        return text.replace("-", "−")

    def word(self, section: str, key: str) -> str:
        """A word of a section; the key itself where the catalogue has none."""
        return str(self.words[section].get(key, key))

    def say(self, key: str, section: str = "sentence", **values: object) -> str:
        """A sentence with its values filled in."""
        return str(self.words[section][key]).format(**values)

    def period(self, year: int) -> str:
        """Month and year of a round."""
        return str(self.words["period"]).format(year=year)

    def translate_period(self, text: str) -> str:
        """A period as the estimates carry it, "March 2022" or "March 2018 to 2022"."""
        month = str(self.words["period"]).split(" ", maxsplit=1)[0]
        return text.replace("March", month).replace(
            " to ", " to " if self.code == "en" else " sampai "
        )

    def label(self, text: str) -> str:
        """A domain or term: every part that the catalogue knows, translated.

        Examples
        --------
        >>> language("en").label("head_education=below_sd")
        "head's education: no primary diploma"
        """
        words = self.words["label"]
        if text in words:
            return str(words[text])
        if " against " in text:
            left, right = text.split(" against ", 1)
            return f"{self.label(left)} {words['against']} {self.label(right)}"
        if ", " in text:
            return ", ".join(self.label(part) for part in text.split(", "))
        for mark in ("=", ": "):
            if mark in text:
                left, right = text.split(mark, 1)
                return f"{self.label(left)}: {self.label(right)}"
        return text

    def short(self, name: str) -> str:
        """Short name of a statistic, such as P0."""
        return str(self.words["short"].get(name, self.statistic(name)))

    def statistic(self, name: str) -> str:
        """Name of a statistic; a share is named by its class."""
        if name in self.words["statistic"]:
            return str(self.words["statistic"][name])
        if name.startswith("share:"):
            label = self.label(name.removeprefix("share:"))
            return label[0].upper() + label[1:]
        return name


@cache
def language(code: str) -> Language:
    """The catalogue of a language.

    Raises
    ------
    ParameterError
        If the language is not one of `LANGUAGES`.
    """
    if code not in LANGUAGES:
        raise ParameterError(
            f"The language {code!r} is not there; choose {' or '.join(LANGUAGES)}."
        )
    path = LOCALE / f"{code}.yaml"
    return Language(code, yaml.load(path.read_text("utf8"), Loader=yaml.BaseLoader))
