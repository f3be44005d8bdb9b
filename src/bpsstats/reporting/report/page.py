"""The report as one HTML page: no network, no scripts, no code; prose, tables and drawings of the
executed notebook, numbered, with contents and places to link to.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import mistune
from nbformat import NotebookNode

from bpsstats.reporting.report.notebooks.written import SECTION_CELL
from bpsstats.reporting.words.language import Language, language
from bpsstats.reprs import without_style

TEMPLATE = Path(__file__).parent / "template"
TABLE, BROAD = "table", 9  # class of tables; columns from which one takes all of a sheet
HIDDEN = "notebook-only"  # tag of cells that speak to readers of the notebook
COLOUR = re.compile(r"#([0-9a-f]{6})\b")
# What matplotlib writes into every drawing, and what a page must have once or not at all.
NOT_FOR_PAGES = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>", re.S)
REFERRED = re.compile(r'(?:href="#|url\(#)([^")]+)')


def report_page(notebook: NotebookNode, title: str, lang: str) -> str:
    """The page of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
    title : str
        Title of the page, as browsers show it.
    lang : {"en", "id"}
    """
    page = _Page(language(lang))
    parts = _beside([part for cell in notebook.cells for part in page.parts(cell)])
    return render(lang, title, parts, page.words.words["page"], page.contents)


def render(
    lang: str,
    title: str,
    parts: list[str],
    words: Mapping[str, str],
    contents: Mapping[str, str] | None = None,
) -> str:
    """Parts in the template of all pages; `contents` are the titles of its sections by place."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATE), autoescape=True)
    style = (TEMPLATE / "report.css").read_text("utf8")
    template = environment.get_template("report.html")
    return template.render(
        lang=lang, title=title, parts=parts, style=style, words=words, contents=contents or {}
    )


@dataclass(slots=True)
class _Page:
    """A page on its way: the titles of its sections, and how many tables and figures it has."""

    words: Language
    contents: dict[str, str] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=lambda: {"table": 0, "figure": 0})

    def parts(self, cell: NotebookNode) -> list[str]:
        """A cell as HTML: its prose, or what it shows; never its code."""
        if HIDDEN in cell.metadata.get("tags", ()):
            return []
        if cell.cell_type == "markdown":
            return [self._heading(cell)]
        return [
            part
            for output in cell.get("outputs", ())
            if (part := self._output(output.get("data", {}), output.get("metadata", {})))
        ]

    def _heading(self, cell: NotebookNode) -> str:
        """A Markdown cell; the heading of a section is a place."""
        if not cell.id.startswith(SECTION_CELL):
            return _markdown(cell.source)
        place, title = cell.id.removeprefix(SECTION_CELL), cell.source.lstrip("# ")
        self.contents[place] = title
        return f'<h2 id="{place}">{html.escape(title)}</h2>'

    def _output(self, data: Mapping[str, str], about: Mapping[str, Any]) -> str:
        """One output: drawing, table or prose."""
        if "image/svg+xml" in data:
            return self._figure(data["image/svg+xml"], about.get("image/svg+xml", {}))
        if "text/html" in data:
            return self._table(data["text/html"], about.get("text/html", {}).get("file", ""))
        if "text/markdown" in data:
            return _markdown(data["text/markdown"])
        return f"<pre>{html.escape(data['text/plain'])}</pre>" if "text/plain" in data else ""

    def _number(self, kind: str) -> tuple[str, str]:
        """Place and name of the next table or figure."""
        self.shown[kind] += 1
        n, name = self.shown[kind], self.words.word("page", kind)
        return f"{kind}-{n}", self.words.say("number", "page", kind=name, n=n)

    def _table(self, text: str, file: str) -> str:
        """A table that can be scrolled by keyboard, with its number and a link to its file."""
        text = without_style(text)
        if "<caption>" not in text:
            return text
        place, name = self._number("table")
        text = text.replace("<caption>", f'<caption id="{place}-caption">{name}. ', 1)
        label = self.words.word("page", "data")
        link = f'<p class="note file"><a href="tables/{file}.csv">{label}</a></p>' if file else ""
        region = f'class="wide" role="region" aria-labelledby="{place}-caption" tabindex="0"'
        table, end, notes = text.partition("</table>")
        kind = f"{TABLE} broad" if table.partition("</thead>")[0].count("<th ") >= BROAD else TABLE
        return (
            f'<div class="{kind}" id="{place}"><div {region}>{table}{end}</div>{notes}{link}</div>'
        )

    def _figure(self, svg: str, about: Mapping[str, Any]) -> str:
        """A drawing with its number, title and source beside it."""
        place, name = self._number("figure")
        title, subtitle, caption = (
            html.escape(about.get(key, "")) for key in ("title", "subtitle", "caption")
        )
        head = f"<figcaption><strong>{name}. {title}</strong> <span>{subtitle}</span></figcaption>"
        drawing = page_drawing(svg, place, about.get("box"))
        return f'<figure id="{place}">{head}{drawing}<p class="note">{caption}</p></figure>'


def _beside(parts: list[str]) -> list[str]:
    """On paper a figure stands beside the table that follows it, unless that is a broad one."""
    return [
        part.replace("<figure ", '<figure class="beside" ', 1)
        if part.startswith("<figure ") and after.startswith(f'<div class="{TABLE}"')
        else part
        for part, after in zip(parts, [*parts[1:], ""], strict=True)
    ]


def page_drawing(svg: str, place: str, box: list[float] | None = None) -> str:
    """A drawing as part of a page: ids that no other has, colours that follow the page, and only
    what lies in its box.

    Parameters
    ----------
    svg : str
    place : str
        Id of the figure.
    box : list of float, optional
        Left, top, width and height.
    """
    svg = NOT_FOR_PAGES.sub("", svg).replace("xlink:href", "href")
    referred = set(REFERRED.findall(svg))
    svg = re.sub(
        r' id="([^"]+)"', lambda m: f' id="{place}-{m[1]}"' if m[1] in referred else "", svg
    )
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{place}-", svg)
    svg = COLOUR.sub(r"var(--c-\1,#\1)", svg)
    if box:
        shape = " ".join(f"{side:g}" for side in box)
        svg = re.sub(r' (width|height)="[^"]*pt"', "", svg, count=2)
        svg = re.sub(r'viewBox="[^"]*"', f'viewBox="{shape}"', svg, count=1)
    return svg


def _markdown(text: str) -> str:
    """Markdown as HTML, raw HTML escaped."""
    return str(mistune.create_markdown(escape=True)(text))
