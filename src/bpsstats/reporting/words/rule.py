"""A sentence is a rule: cases of which exactly one is true of any facts, and a text for each case.

The conditions stand here as code, the texts in the catalogues; a text writes its numbers by the
marks behind its names, ``{rate:2}`` with two decimals, ``{change:+0}`` with its sign.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from typing import Generic, TypeVar

from bpsstats.disclosure import is_withheld
from bpsstats.reporting.words.language import Language
from bpsstats.reprs import SizesOnly

F = TypeVar("F")
RULES: "dict[str, Rule[object]]" = {}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rule(SizesOnly, Generic[F]):
    """One sentence: its name in the catalogues, and the condition of each case.

    Conditions exclude one another and leave no facts without a case; a case whose text is empty
    says nothing.

    Parameters
    ----------
    name : str
    facts : type
        Kind of facts that the conditions are about.
    cases : mapping of str to callable
        Case to its condition.
    """

    name: str
    facts: type[F]
    cases: Mapping[str, Callable[[F], bool]]

    def case(self, facts: F) -> str:
        """The one case that is true of the facts.

        Raises
        ------
        AssertionError
            If none is, or more than one: the rule itself is wrong.
        """
        true = [case for case, holds in self.cases.items() if holds(facts)]
        if len(true) != 1:
            raise AssertionError(f"rule {self.name}: the cases {true} are true of {facts}")
        return true[0]

    def say(self, facts: F, words: Language) -> str:
        """The sentence in a language; one of which a figure is withheld is not said, and another
        says so in its place.
        """
        if any(_is_unsaid(getattr(facts, each.name)) for each in _fields(facts)):
            return Unsaid(words.say("withheld"))
        text = str(words.words["rule"][self.name][self.case(facts)])
        return text.format_map(_Spoken(facts, words))


def rule(name: str, facts: type[F], **cases: Callable[[F], bool]) -> Rule[F]:
    """A rule, entered in `RULES`."""
    made = Rule(name, facts, cases)
    RULES[name] = made  # type: ignore[assignment]  # rules of all kinds of facts
    return made


def rule_of(name: str, facts: type[F], word: str, *cases: str) -> Rule[F]:
    """A rule whose cases are the values of one of the facts."""

    def is_case(case: str) -> Callable[[F], bool]:
        return lambda given: getattr(given, word) == case

    return rule(name, facts, **{case: is_case(case) for case in cases})


def joined(*sentences: str) -> str:
    """Sentences one after the other, each once; those that say nothing are left out."""
    return " ".join(sentence for sentence in dict.fromkeys(sentences) if sentence)


class Unsaid(str):
    """What stands in the place of a sentence of which a figure is withheld, or of its part."""

    __slots__ = ()


def _fields(facts: object) -> tuple[Field[object], ...]:
    """Fields of facts."""
    return fields(facts) if is_dataclass(facts) and not isinstance(facts, type) else ()


def _is_unsaid(value: object) -> bool:
    """Whether a fact, or one of several, is withheld."""
    if isinstance(value, tuple):
        return any(map(_is_unsaid, value))
    return isinstance(value, Unsaid) or is_withheld(value)


@dataclass(frozen=True, slots=True)
class Value:
    """A number or word that a text writes by its mark.

    Marks: decimals (``2``), with sign (``+2``), a fraction as percent (``percent``), one less the
    fraction as percent (``alpha``), a p-value (``p``), a period, label, statistic or
    source in the language (``period``, ``label``, ``statistic``, ``short``, ``publication``).
    """

    value: object
    words: Language

    def __format__(self, mark: str) -> str:
        if isinstance(self.value, tuple):
            return _listed(
                [format(Value(part, self.words), mark) for part in self.value], self.words
            )
        if isinstance(self.value, str):
            named = {
                "period": self.words.translate_period,
                "label": self.words.label,
                "statistic": self.words.statistic,
                "short": self.words.short,
                "publication": self.words.publication,
            }
            return named[mark](self.value) if mark else self.value
        return _number(float(self.value), mark, self.words)  # type: ignore[arg-type]  # a number


class _Spoken(Mapping[str, Value]):
    """Fields and properties of facts as values."""

    def __init__(self, facts: object, words: Language) -> None:
        self._facts, self._words = facts, words

    def __getitem__(self, name: str) -> Value:
        return Value(getattr(self._facts, name), self._words)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _number(value: float, mark: str, words: Language) -> str:
    if mark == "percent":
        return _short(100 * value, words)
    if mark == "alpha":
        return _short(100 * (1 - value), words)
    if mark == "p":
        said = words.p_value(value)
        return f"p < {said[1:]}" if said.startswith("<") else f"p = {said}"
    if not mark:
        return str(int(value))  # a year
    return words.number(value, int(mark.removeprefix("+")), signed=mark.startswith("+"))


def _short(percent: float, words: Language) -> str:
    """A percentage that is whole but for odd levels."""
    rounded = round(percent, 1)
    return words.number(rounded, 0 if rounded.is_integer() else 1)


def _listed(parts: list[str], words: Language) -> str:
    """Parts as a list in words."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {words.words['and']} {parts[-1]}"
