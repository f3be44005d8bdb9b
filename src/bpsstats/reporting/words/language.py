"""Two languages: words and number formats, from one catalogue each."""

import math
import re
from dataclasses import dataclass
from datetime import date
from decimal import localcontext
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, get_month_names
from babel.numbers import (
    NumberPattern,
    format_decimal,
    get_decimal_symbol,
    get_group_symbol,
    parse_pattern,
)

from bpsstats.disclosure import is_withheld, policy_for
from bpsstats.errors import ParameterError
from bpsstats.files import read_yaml
from bpsstats.microdata.concepts import concepts
from bpsstats.poverty.profile.deprivations import indicators

LOCALES = {"en": "en_GB", "id": "id_ID"}
LANGUAGES = tuple(LOCALES)
MOST_DIGITS = 400  # of the largest number there is
MONTH = 3  # of a round of Susenas
DASH = "–"
SPOKEN_BELOW = "en"  # the language of the layers below
SENTENCE = re.compile(r"(?<=[.?!]) +(?=[A-Z\d\"'`{-]|\w+[(=])")  # where another begins
FIELD, NUMBER = re.compile(r"\\{(\w+)\\}"), r"\d[\d.,]*"  # a name in braces, escaped
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
DECIMAL = re.compile(r"-?\d+\.\d+")
OF_SEVERAL = re.compile(r"(.+) \((\d+) areas\)")  # a domain of several areas
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
        with localcontext(prec=MOST_DIGITS):
            text = format_decimal(abs(value), format=_pattern(digits), locale=self.locale)
        if not re.search("[1-9]", text):
            return text
        return f"{'−' if value < 0 else '+' if signed else ''}{text}"

    def p_value(self, value: float, digits: int = 3) -> str:
        """A p-value; one that would be written as zero is said to be below the last decimal."""
        least = 10.0**-digits
        return f"<{self.number(least, digits)}" if value < least else self.number(value, digits)

    @property
    def locale(self) -> str:
        """Name of the locale, with day before month."""
        return LOCALES[self.code]

    @property
    def decimal(self) -> str:
        """Mark before the decimals."""
        return get_decimal_symbol(self.locale)

    @property
    def thousands(self) -> str:
        """Mark between thousands."""
        return get_group_symbol(self.locale)

    def date(self, day: date) -> str:
        """A day in words.

        Examples
        --------
        >>> [language(code).date(date(2022, 12, 1)) for code in LANGUAGES]
        ['1 December 2022', '1 Desember 2022']
        """
        return format_date(day, "long", locale=self.locale)

    def word(self, section: str, key: str) -> str:
        """A word of a section; the key itself where the catalogue has none."""
        return str(self.words[section].get(key, key))

    def say(self, key: str, section: str = "sentence", **values: object) -> str:
        """A sentence with its values filled in."""
        return str(self.words[section][key]).format(**values)

    def period(self, year: int) -> str:
        """Month and year of a round."""
        return format_date(date(year, MONTH, 1), "MMMM y", locale=self.locale)

    def translate_period(self, text: str) -> str:
        """A period as the estimates carry it, "March 2022" or "March 2018 to 2022"."""
        march = _month(LOCALES["en"])
        return text.replace(march, _month(self.locale)).replace(" to ", f" {self.words['to']} ")

    def translated(self, text: str) -> str:
        """What the layers below say in English, in the language, sentence by sentence; itself where
        it is not known.

        Examples
        --------
        >>> language("id").translated("blok42.csv is coded in cp1252.")
        'blok42.csv memakai pengodean cp1252.'
        >>> language("id").translated("Codes of sex are unknown: 1,204. Restore them.")
        'Kode sex tidak dikenal: 1.204. Kembalikan seperti semula.'
        """
        return " ".join(map(self._translated, SENTENCE.split(text)))

    def _translated(self, text: str) -> str:
        """One sentence, or a part of one; a part may be a sentence that has lost its point."""
        if self.code == SPOKEN_BELOW:
            return text
        if THOUSANDS.fullmatch(text):
            return text.replace(",", self.thousands)
        for pattern, said in _said(self.code):  # the most particular first
            for point in ("", "."):
                if found := pattern.fullmatch(text + point):
                    parts = {
                        name: self.translated(part) for name, part in found.groupdict().items()
                    }
                    return said.format(**parts).removesuffix(point)
        return text

    def publication(self, text: str) -> str:
        """A source as its file names it, with what the catalogue knows of it translated."""
        for name, translated in self.words["publication"].items():
            text = text.replace(name, translated)
        return self.translate_period(text)

    def label(self, text: str) -> str:
        """A domain or term: every part that the catalogue knows, translated.

        Examples
        --------
        >>> language("en").label("head_education=below_sd")
        "head's education: no primary diploma"
        >>> language("id").label("line=1.20"), language("id").label("marital_status=single")
        ('garis: 1,20', 'status perkawinan: Belum kawin')
        """
        words = self.words["label"]
        if text in words:
            return str(words[text])
        if " against " in text:
            left, right = text.split(" against ", 1)
            return f"{self.label(left)} {words['against']} {self.label(right)}"
        if ", " in text:
            return ", ".join(self.label(part) for part in text.split(", "))
        if found := OF_SEVERAL.fullmatch(text):
            return f"{self.label(found[1])} ({found[2]} {words['areas']})"
        for mark in ("=", ": "):
            if mark in text:
                left, right = text.split(mark, 1)
                concept = None if left in words else concepts().get(left)
                if concept and right in concept.classes:
                    return f"{concept.labels[self.code]}: {concept.classes[right][self.code]}"
                return f"{self.label(left)}: {self.label(right)}"
        if THOUSANDS.fullmatch(text):
            return text.replace(",", self.thousands)
        return text.replace(".", self.decimal) if DECIMAL.fullmatch(text) else text

    def short(self, name: str) -> str:
        """Short name of a statistic, such as P0."""
        return str(self.words["short"].get(name, self.statistic(name)))

    def statistic(self, name: str) -> str:
        """Name of a statistic; a share is named by its class, a deprivation by its indicator."""
        if name in self.words["statistic"]:
            return str(self.words["statistic"][name])
        if name.startswith("share:"):
            label = self.label(name.removeprefix("share:"))
            return label[0].upper() + label[1:]
        kind, _, of = name.partition(":")
        if kind in self.words["statistic"]:  # one of several, told apart by what it is of
            return f"{self.statistic(kind)}, {self.label(of)}"
        if kind in self.words["statistic_of"]:  # of a column that is none of Susenas
            return self.say(kind, "statistic_of", of=self.label(of.replace(":", ": ")))
        if kind in self.words["deprivation"] and of in indicators():
            return self.say(kind, "deprivation", of=indicators()[of][self.code])
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
    return Language(code, read_yaml(path, as_text=True))


@cache
def _said(code: str) -> list[tuple[re.Pattern[str], str]]:
    """English sentences of the layers below as patterns, and the same in a language; {n} is a
    number, any other name in braces any text.
    """
    path = LOCALE / f"said.{code}.yaml"
    texts = read_yaml(path, as_text=True)
    # The most particular first: "Rows have no amount." before "Rows have no {column}."
    ordered = sorted(texts, key=lambda text: len(re.sub(r"{\w+}", "", text)), reverse=True)
    return [(_pattern_of(text), texts[text]) for text in ordered]


def _pattern_of(text: str) -> re.Pattern[str]:
    """Pattern of a sentence, or of a part of one, which ends in no point."""
    fields = re.escape(text), "" if text.endswith((".", "?")) else r"(?<!\.)"
    return re.compile(FIELD.sub(_field, fields[0]) + fields[1])


def _field(name: re.Match[str]) -> str:
    """Pattern of a name in braces."""
    return rf"(?P<{name[1]}>{NUMBER if name[1] == 'n' else '.+?'})"


@cache
def _month(locale: str) -> str:
    """Name of the month of a round."""
    return str(get_month_names(locale=locale)[MONTH])


@cache
def _pattern(digits: int) -> NumberPattern:
    """Pattern of numbers with these decimals."""
    return parse_pattern(f"#,##0.{'0' * digits}".rstrip("."))
