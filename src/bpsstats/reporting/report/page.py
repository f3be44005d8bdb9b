"""The report as one HTML page: no network, no scripts, no code; prose, tables and drawings of the
executed notebook.
"""

import html
from pathlib import Path

import jinja2
import mistune
from nbformat import NotebookNode

from bpsstats.reporting.words.language import language
from bpsstats.reprs import without_style

TEMPLATE = Path(__file__).parent / "template"
HIDDEN = "notebook-only"  # tag of cells that speak to readers of the notebook


def report_page(notebook: NotebookNode, title: str, lang: str) -> str:
    """The page of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
    title : str
        Title of the page, as browsers show it.
    lang : {"en", "id"}
    """
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATE), autoescape=True)
    parts = [part for cell in notebook.cells for part in _parts(cell)]
    words = language(lang).words["page"]
    style = (TEMPLATE / "report.css").read_text("utf8")
    return environment.get_template("report.html").render(
        lang=lang, title=title, parts=parts, style=style, words=words
    )


def _parts(cell: NotebookNode) -> list[str]:
    """A cell as HTML: its prose, or what it shows; never its code."""
    if HIDDEN in cell.metadata.get("tags", ()):
        return []
    if cell.cell_type == "markdown":
        return [_markdown(cell.source)]
    return [part for output in cell.get("outputs", ()) if (part := _output(output.get("data", {})))]


def _output(data: dict[str, str]) -> str:
    """One output: drawing, table or prose."""
    if "image/svg+xml" in data:
        return f"<figure>{data['image/svg+xml']}</figure>"
    if "text/html" in data:
        return f'<div class="wide">{without_style(data["text/html"])}</div>'
    if "text/markdown" in data:
        return _markdown(data["text/markdown"])
    return f"<pre>{html.escape(data['text/plain'])}</pre>" if "text/plain" in data else ""


def _markdown(text: str) -> str:
    """Markdown as HTML, raw HTML escaped."""
    return str(mistune.create_markdown(escape=True, plugins=["table"])(text))
