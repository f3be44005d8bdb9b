"""Concepts of the profile of the poor, declared once: questions with their columns and codes by
round, and the classes that are made of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.files import read_yaml

YES = 1
URBAN = "urban"  # 1 urban, 2 rural, as in R105; a question of every round


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its file, its column by year, its codes, who is asked, and where that is said.

    `codes` are those of most rounds, to which `recode` leads from those of a year; a letter is one
    answer of several, an amount lies between bounds. `asked` maps a question, or the age, to the
    lowest and the highest answer of those who are asked.
    """

    name: str
    file: str
    columns: Mapping[int, str]
    source: tuple[str, ...]
    codes: tuple[int, ...] = ()
    letter: str = ""
    amount: tuple[float, float] | None = None
    asked: tuple[Mapping[str, tuple[float, float]], ...] = ()
    inferred: frozenset[int] = frozenset()
    recode: Mapping[int, Mapping[int, int]] = field(default_factory=dict)

    def answers(self, raw: pd.Series, year: int) -> pd.Series:
        """The answers in a column, NaN for those that are not applicable or unknown; a letter is 1,
        its lack 0.
        """
        if self.letter:
            return (raw == self.letter).astype("float64")
        known = raw.replace(dict(self.recode.get(year, {})))
        if self.amount is not None:
            return known.where(known.between(*self.amount))
        return known.where(known.isin(self.codes))


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept: of whom, its classes, and what they are made of; see ``concepts.yaml``."""

    name: str
    frame: str
    labels: Mapping[str, str]
    classes: Mapping[str, Mapping[str, Any]]
    cut: str = ""
    per: str = ""
    of: str = ""

    @property
    def questions(self) -> tuple[str, ...]:
        """Questions that the classes are made of; the first is answered by all who have a class."""
        named = [name for rule in self._rules() for case in rule for name in case]
        cut = [self.cut] if self.cut in questions() else []
        return tuple(dict.fromkeys([*(name for name in named if name != URBAN), *cut]))

    def _rules(self) -> list[list[Mapping[str, list[int]]]]:
        """Of each class but the last the cases in which it holds."""
        rules = [spec["when"] for spec in self.classes.values() if "when" in spec]
        return [rule if isinstance(rule, list) else [rule] for rule in rules]

    def classify(self, answers: pd.DataFrame) -> pd.Series:
        """Class of each record, as an ordered category.

        Examples
        --------
        >>> answers = pd.DataFrame({"pkh": [1.0, 5.0, None]})
        >>> concepts()["pkh"].classify(answers).tolist()
        ['yes', 'no', nan]
        """
        names = list(self.classes)
        if self.cut:
            value = answers[self.cut] / (answers[self.per] if self.per else 1)
            specs = list(self.classes.values())
            code = np.full(len(answers), -1)
            for i, spec in enumerate(specs):
                above = value > spec["above"] if "above" in spec else value >= spec["from"]
                code = np.where(above, i, code)
        else:
            code = np.full(len(answers), len(names) - 1)
            for i, rule in reversed(list(enumerate(self._rules()))):
                holds = np.zeros(len(answers), dtype=bool)
                for case in rule:
                    parts = [answers[name].isin(codes) for name, codes in case.items()]
                    holds |= np.logical_and.reduce(parts)
                code = np.where(holds, i, code)
            code = np.where(answers[self.questions[0]].isna(), -1, code)
        made = ordered(code, names)
        return pd.Series(made, index=answers.index, name=self.name)


def ordered(codes: np.ndarray, names: list[str]) -> "pd.Categorical[str]":
    """Codes, -1 for none, as an ordered category."""
    return pd.Categorical.from_codes(codes.astype(np.int64), pd.Index(names), ordered=True)


@cache
def questions() -> dict[str, Question]:
    """All questions, by name.

    Examples
    --------
    >>> questions()["tenure"].columns[2025]
    'R1602'
    """
    document = _read("questions.yaml")
    made = {}
    for name, spec in document["questions"].items():
        columns = {
            year: column for years, column in spec["columns"].items() for year in _years(str(years))
        }
        bounds = tuple(
            {of: (low, high) for of, (low, high) in each.items()} for each in spec.get("asked", ())
        )
        amount = spec.get("amount")
        made[name] = Question(
            name, spec["file"], columns, tuple(document["sources"][s] for s in spec["source"]),
            tuple(spec.get("codes", ())), spec.get("letter", ""),
            None if amount is None else (amount[0], amount[1]), bounds,
            frozenset(spec.get("inferred", ())), spec.get("recode", {}),
        )  # fmt: skip
    return made


@cache
def concepts() -> dict[str, Concept]:
    """All concepts, by name.

    Examples
    --------
    >>> concepts()["improved_water"].questions
    ('water', 'washing_water')
    """
    return {
        name: Concept(
            name, spec["frame"], {lang: spec[lang] for lang in ("id", "en")}, spec["classes"],
            spec.get("cut", ""), spec.get("per", ""), spec.get("of", ""),
        )
        for name, spec in _read("concepts.yaml").items()
    }  # fmt: skip


def columns_of(role: str, year: int) -> dict[str, str]:
    """Question to column of a file in a round.

    Examples
    --------
    >>> columns_of("kor_household", 2019)["roof"]
    'R1806'
    """
    return {
        name: question.columns[year]
        for name, question in questions().items()
        if question.file == role and year in question.columns
    }


def _years(text: str) -> range:
    """The years of a range such as 2021-2024, or of one year."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _read(name: str) -> dict[str, Any]:
    """One of the two declarations."""
    document: dict[str, Any] = read_yaml(Path(__file__).with_name(name))
    return document
