"""Concepts of a round: the columns that they are read from, as classes of households and persons,
and the words for those that a round cannot tell.
"""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

import pandas as pd

from bpsstats.microdata.concepts import URBAN, Concept, Question, concepts, questions
from bpsstats.microdata.findings import Finding, Names, found
from bpsstats.microdata.tables import OfficialTables

ROLES = {"persons": "kor_individual", "households": "kor_household"}
# Of a column that moved many answers are none of the question; of one in place, few.
MOST_STRANGE = 0.02
STRANGE = "Answers to the question of {name} are unknown, or of those who are not asked."
INFERRED = " The column is inferred from a neighbouring round."
LEFT_OUT = "Look at the round's questionnaire. {what} in the profile."


# Found once for a round, as long as its tables are there.
_STRANGE: WeakKeyDictionary[OfficialTables, dict[str, pd.Series | None]] = WeakKeyDictionary()


def strange_answers(tables: OfficialTables, question: Question) -> pd.Series | None:
    """Records whose answer is none of the question's, or who are not asked; None without the
    column.
    """
    known = _STRANGE.setdefault(tables, {})
    if question.name not in known:
        known[question.name] = _strange(tables, question)
    return known[question.name]


def _strange(tables: OfficialTables, question: Question) -> pd.Series | None:
    """The same, anew."""
    column = question.columns.get(tables.layout.year)
    raw = None if column is None else tables.get(question.file, column)
    if raw is None or column is None:
        return None
    given = raw[column]
    if question.letter:
        return ~given.fillna("").isin(["", "0", question.letter])
    answers = question.answers(given, tables.layout.year)
    strange = given.notna() & given.ne(0) & answers.isna()
    for each in question.asked:
        for name, (low, high) in each.items():
            of = _asked_of(tables, name)
            if of is not None:
                strange |= given.gt(0) & of.notna() & ~of.between(low, high)
    return strange


def _asked_of(tables: OfficialTables, name: str) -> pd.Series | None:
    """What decides whether a question is asked: the age, or the answers to another."""
    if name == "age":
        column = tables.layout.individual["age"]
        frame = tables.get("kor_individual", column)
        return None if frame is None else frame[column]
    other = questions()[name]
    column = other.columns.get(tables.layout.year, "")
    frame = tables.get(other.file, column)
    return None if frame is None else other.answers(frame[column], tables.layout.year)


def is_moved(tables: OfficialTables, question: Question) -> bool:
    """Whether so many answers are strange that the column is another question's."""
    strange = strange_answers(tables, question)
    return strange is not None and bool(strange.mean() > MOST_STRANGE)


def questions_fit_the_data(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """Answers are those of the question, of those who are asked; a moved column shows in them."""
    year = tables.layout.year
    for question in questions().values():
        strange = strange_answers(tables, question)
        if strange is None or not strange.any():
            continue
        what = STRANGE.format(name=question.name)
        moved = is_moved(tables, question)
        said = "What is made of it is left out" if moved else "These answers are left out"
        remedy = LEFT_OUT.format(what=said) + (INFERRED if year in question.inferred else "")
        column, files = question.columns[year], names.get(question.file, ())
        yield from found(strange, files, column, what, remedy, "warning")


def concept_columns(tables: OfficialTables, frame: str) -> pd.DataFrame:
    """Classes of the concepts of persons or households that a round can tell, by the row of their
    file; without rows where there is no such file.
    """
    raw = tables.frames.get(ROLES[frame])
    if raw is None:
        return pd.DataFrame()
    year, made = tables.layout.year, {}
    urban = tables.layout.region["urban"]
    for concept in _asked(frame):
        if why_absent(tables, concept) is not None:
            continue
        columns = {name: questions()[name].columns[year] for name in concept.questions}
        answers = pd.DataFrame(
            {name: questions()[name].answers(raw[column], year) for name, column in columns.items()}
        )
        if urban in raw:
            answers[URBAN] = raw[urban]
        if concept.cut:
            made[concept.cut] = answers[concept.cut]
        else:
            made[concept.name] = concept.classify(answers)
    return pd.DataFrame(made, index=raw.index)


def why_absent(tables: OfficialTables, concept: Concept) -> str | None:
    """Why a round cannot tell a concept, in words; None where it can."""
    year = tables.layout.year
    for name in concept.questions:
        question = questions()[name]
        column = question.columns.get(year)
        if column is None:
            return f"The layout of March {year} has no column for {name}."
        if question.file not in tables.frames:
            return f"The file {tables.layout.files[question.file].name} is not in the folder."
        if tables.get(question.file, column) is None:
            return f"The files of March {year} lack column {column} ({name})."
        if is_moved(tables, question):
            return f"Column {column} of March {year} does not hold the answers of {name}."
    return None


def absent_concepts(tables: OfficialTables) -> dict[str, str]:
    """Column of a concept to why the round cannot tell it."""
    absent = {}
    for frame in ROLES:
        for concept in _asked(frame):
            reason = why_absent(tables, concept)
            if reason is not None:
                absent[concept.cut or concept.name] = reason
    return absent


def _asked(frame: str) -> list[Concept]:
    """Concepts of a frame that are made of questions."""
    return [c for c in concepts().values() if c.frame == frame and c.questions]
