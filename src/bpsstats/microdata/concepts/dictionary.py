"""Questions and concepts in the data dictionary."""

from collections.abc import Sequence

from bpsstats.microdata.concepts import Concept, Question, concepts, questions


def concepts_text(years: Sequence[int]) -> list[str]:
    """Lines on the questions by round and on the concepts made of them."""
    return [
        "## Questions of the profile by round",
        "",
        "An asterisk marks a column that is inferred from a neighbouring round.",
        "",
        row("question", [*years, "codes", "source"]),
        row("---", ["---"] * (len(years) + 2)),
        *(_question(question, years) for question in questions().values()),
        "",
        "## Concepts of the profile",
        "",
        "| concept | of | made of | name in Indonesian and English | classes |",
        "|---|---|---|---|---|",
        *(_concept(concept) for concept in concepts().values()),
    ]


def row(first: object, cells: Sequence[object]) -> str:
    """A row of a Markdown table."""
    return f"| {first} | " + " | ".join(str(cell) for cell in cells) + " |"


def _question(question: Question, years: Sequence[int]) -> str:
    """Columns of a question by round."""
    columns = [
        question.columns.get(year, "–") + ("*" if year in question.inferred else "")
        for year in years
    ]
    codes = question.letter or " ".join(map(str, question.codes or question.amount or ()))
    return row(question.name, [*columns, codes, "; ".join(question.source)])


def _concept(concept: Concept) -> str:
    """A concept, what it is made of, and its classes."""
    made_of = ", ".join(concept.questions) or concept.cut or concept.of
    classes = " · ".join(f"{name}: {spec['en']}" for name, spec in concept.classes.items())
    names = " / ".join(concept.labels.values())
    return row(f"`{concept.name}`", [concept.frame, made_of, names, classes])
