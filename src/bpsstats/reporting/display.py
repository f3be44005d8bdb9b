"""What a notebook cell shows: tables, prose and cards, each as text and as HTML."""

import html
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bpsstats.reporting.paper import latex, word
from bpsstats.reprs import LONGEST_HEADING, LONGEST_LINE, NOT_A_NUMBER, cell_style

# How a notebook, which has no style of its own for them, shows headline figures side by side.
BESIDE = "display:flex;flex-wrap:wrap;gap:1em 2.5em"
BIG = "font-size:1.7em;font-weight:600;margin:0"
CLOSE = "margin:0"


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table of text, with caption and notes.

    Parameters
    ----------
    caption : str
        Without one, it is a list of names and what is said of each, and has no head.
    frame : DataFrame of str
        Cells as they are read; the first column names the rows.
    notes : tuple of str
    file : str
        Name of the file that holds it for programs; empty where there is none.
    """

    caption: str
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    file: str = ""

    def __post_init__(self) -> None:
        # What stands above a table need not be said below it.
        said = tuple(note for note in dict.fromkeys(self.notes) if note != self.caption)
        object.__setattr__(self, "notes", said)

    def numbers(self) -> list[bool]:
        """Whether each column holds numbers or intervals, which stand to the right."""
        return [_of_numbers(self.frame[column]) for column in self.frame]

    def latex(self, label: str = "") -> str:
        r"""The table for a paper in LaTeX, made by the Styler of pandas: a floating table of the
        package booktabs, with the notes below it.

        Parameters
        ----------
        label : str, optional
            Label to refer to it by.

        Examples
        --------
        >>> made = Table("P0, percent", pd.DataFrame({"of": ["a & b"], "P0": ["2.4"]})).latex("p0")
        >>> print("\n".join(made.splitlines()[6:8]))
        of & P0 \\
        \midrule
        """
        return latex(self, label)

    def word(self, path: str | Path) -> Path:
        """Write the table as a document of Word (.docx); see `latex`.

        Raises
        ------
        ParameterError
            If python-docx is not installed.
        OutputError
            If the file cannot be written.
        """
        return word(self, path)

    def __repr__(self) -> str:
        body = [] if self.frame.empty else [self.frame.to_string(index=False)]
        return "\n".join([self.caption, *body, *self.notes])

    def _repr_html_(self) -> str:
        notes = "".join(f'<p class="note">{html.escape(note)}</p>' for note in self.notes)
        if self.frame.columns.empty:  # a table that cannot be made, which says why
            return f"<p>{html.escape(self.caption)}</p>{notes}"
        names, *others = self.frame
        first = cell_style(str(names), number=False)
        numbers = self.numbers()[1:]
        head = f'<th scope="col"{first}>{html.escape(str(names))}</th>' + "".join(
            f'<th scope="col"{_stands(column, number=number, heading=True)}>'
            f"{html.escape(str(column))}</th>"
            for column, number in zip(others, numbers, strict=True)
        )
        above = f"<caption>{html.escape(self.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        above = above if self.caption else ""
        body = f"<tbody>\n{self._body()}</tbody>"
        return f'<table class="bps">{above}{body}</table>{notes}'

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, object]]:
        """The file of the table, as metadata of the notebook's output."""
        return {}, {"text/html": {"file": self.file}} if self.file else {}

    def _body(self) -> str:
        """Rows; a name that several rows share stands once beside them."""
        names = self.frame.iloc[:, 0].astype(str).tolist()
        numbers, body = self.numbers()[1:], ""
        for i, row in enumerate(self.frame.itertuples(index=False)):
            body += "<tr>"
            if i == 0 or names[i] != names[i - 1]:
                run = (
                    next((j for j in range(i, len(names)) if names[j] != names[i]), len(names)) - i
                )
                span = f'scope="rowgroup" rowspan="{run}"' if run > 1 else 'scope="row"'
                span += cell_style(names[i], number=False)
                body += f"<th {span}>{html.escape(names[i])}</th>"
            cells = "".join(
                f"<td{_stands(cell, number=number)}>{html.escape(str(cell))}</td>"
                for cell, number in zip(row[1:], numbers, strict=True)
            )
            body += f"{cells}</tr>\n"
        return body


def _of_numbers(column: pd.Series) -> bool:
    """Whether a column holds nothing but numbers, intervals and marks."""
    return not any(NOT_A_NUMBER.search(str(each)) for each in column)


def _stands(cell: object, *, number: bool, heading: bool = False) -> str:
    """Attributes of a cell: a column of numbers or intervals stands to the right."""
    longest = LONGEST_HEADING if heading else LONGEST_LINE
    style = cell_style(str(cell), number=number, longest=longest)
    return (' class="number"' if number else "") + style


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences made from numbers; shows itself as Markdown."""

    text: str

    def __repr__(self) -> str:
        return self.text.replace("**", "")

    def _repr_markdown_(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Cards:
    """A row of headline figures: value, what it is, and how sure."""

    cards: tuple[tuple[str, str, str], ...]

    def __repr__(self) -> str:
        return "\n".join(f"{value}  {label} ({detail})" for value, label, detail in self.cards)

    def _repr_html_(self) -> str:
        parts = "".join(
            f'<div class="card"><p class="value" style="{BIG}">{html.escape(value)}</p>'
            f'<p class="label" style="{CLOSE}">{html.escape(label)}</p>'
            f'<p class="detail" style="{CLOSE}">{html.escape(detail)}</p></div>'
            for value, label, detail in self.cards
        )
        return f'<div class="cards" style="{BESIDE}">{parts}</div>'
