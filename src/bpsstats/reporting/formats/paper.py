"""The release on paper: a tagged PDF, typeset from what its sections show.

The layout is in ``paper.typ``, which is given blocks of plain text; nothing that is said is ever
read as a command of the typesetter. No font of the machine is used and no clock is read, so that
the same release is the same bytes.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import singledispatch
from pathlib import Path
from typing import Any, Literal

import mistune
import typst

from bpsstats.reporting.display import Cards, Prose, Table
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reprs import NOT_A_NUMBER

LAYOUT = Path(__file__).with_name("paper.typ")
STANDARD: Literal["ua-1"] = "ua-1"  # PDF/UA-1, ISO 14289
Block = dict[str, Any]
# Hyphens in pairs stand for no dash here; Markdown is read without extensions.
_read = mistune.create_markdown(renderer="ast", plugins=[])
FLOWS = {"strong": "strong", "emphasis": "emphasis"}
BREAKS = {"softbreak": " ", "linebreak": " "}
VIEW, SIZE = re.compile(r'viewBox="[^"]*"'), re.compile(r' (?:width|height)="[^"]*pt"')


def paper(front: Iterable[object], body: Iterable[object], about: Mapping[str, Any]) -> bytes:
    """A release as PDF.

    Parameters
    ----------
    front, body : iterable of object
        What stands before and after the contents, in reading order: `Prose`, `Table`, `Cards`,
        `Drawing`, or a heading of level one as text.
    about : mapping
        `title`, `lang`, `author`, `description`, `keywords`, `kind` (of data), `imprint` (at the
        foot of each page) and `words`: `contents`, `table`, `figure`, `page_number`.

    Returns
    -------
    bytes
        PDF/UA-1, with its fonts in it.

    Examples
    --------
    >>> words = {"contents": "Contents", "table": "Table", "figure": "Figure", "page_number": ""}
    >>> said = dict.fromkeys(("author", "description", "kind", "imprint"), "")
    >>> about = {"title": "Poverty", "lang": "en", "keywords": [], "words": words} | said
    >>> paper([Prose("Few.")], ["One", Prose("**Two** are three.")], about)[:8]
    b'%PDF-1.7'
    """
    data = {**about, "front": list(blocks(front)), "body": list(blocks(body))}
    made = typst.compile(
        LAYOUT.read_bytes(),
        format="pdf",
        font_paths=[],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=STANDARD,
    )
    assert isinstance(made, bytes)
    return made


def blocks(shown: Iterable[object]) -> Iterator[Block]:
    """What is shown as blocks of the layout."""
    for thing in shown:
        yield from _blocks(thing)


@singledispatch
def _blocks(thing: object) -> Iterator[Block]:
    raise TypeError(f"no block for {type(thing).__name__}")


@_blocks.register
def _(thing: str) -> Iterator[Block]:
    yield {"kind": "heading", "level": 1, "text": thing}


@_blocks.register
def _(thing: Prose) -> Iterator[Block]:
    tokens: Any = _read(thing.text)
    for token in tokens:
        yield from _of_markdown(token)


@_blocks.register
def _(thing: Cards) -> Iterator[Block]:
    names = ("value", "label", "detail")
    yield {"kind": "cards", "cards": [dict(zip(names, c, strict=True)) for c in thing.cards]}


@_blocks.register
def _(thing: Table) -> Iterator[Block]:
    frame = thing.frame.astype(str)
    rows = frame.to_numpy().tolist()
    if not thing.caption:
        yield {"kind": "facts", "rows": rows}
        return
    yield {
        "kind": "table",
        "caption": thing.caption,
        "headings": [str(column) for column in frame],
        "numeric": [i > 0 and _is_numeric(frame.iloc[:, i]) for i in range(frame.shape[1])],
        "rows": _grouped(rows),
        "notes": list(thing.notes),
    }


@_blocks.register
def _(thing: Drawing) -> Iterator[Block]:
    left, top, width, height = thing.box
    # The subtitle, which alone has left the layout, hangs over the edge of the box.
    above = [text for axes in thing.axes for text in axes.texts if not text.get_in_layout()]
    for text in above:
        text.set_visible(False)
    thing.stale = False  # what is out of the layout moves nothing
    svg = VIEW.sub(f'viewBox="{left:g} {top:g} {width:g} {height:g}"', thing.svg(), count=1)
    for text in above:
        text.set_visible(True)
    thing.stale = False
    svg = SIZE.sub("", svg, count=2)
    said = {"caption": thing.title, "subtitle": thing.subtitle, "note": thing.caption}
    yield {"kind": "figure", "svg": svg, "alt": thing.alt, **said}


def _is_numeric(column: Iterable[str]) -> bool:
    """Whether a column holds numbers or intervals, which stand to the right."""
    return not any(NOT_A_NUMBER.search(cell) for cell in column)


def _grouped(rows: list[list[str]]) -> list[list[Block | None]]:
    """Cells; a name that several rows share stands once, over all of them."""
    made: list[list[Block | None]] = []
    for i, row in enumerate(rows):
        cells: list[Block | None] = [{"text": cell, "rows": 1} for cell in row]
        if i and row[0] == rows[i - 1][0]:
            cells[0] = None
        else:
            cells[0] = {"text": row[0], "rows": _run(rows, i)}
        made.append(cells)
    return made


def _run(rows: list[list[str]], start: int) -> int:
    """How many rows from one on share its name."""
    last = next((j for j in range(start, len(rows)) if rows[j][0] != rows[start][0]), len(rows))
    return last - start


def _of_markdown(token: Mapping[str, Any]) -> Iterator[Block]:
    """A block of Markdown as blocks of the layout."""
    kind, inside = token["type"], token.get("children", [])
    if kind == "heading":
        level = token["attrs"]["level"]
        yield {"kind": "heading", "level": level, "text": "".join(map(str, _plain(inside)))}
    elif kind in ("paragraph", "block_text"):
        yield {"kind": "paragraph", "parts": _parts(inside)}
    elif kind == "block_quote":
        flow = [part for child in inside for part in _parts(child.get("children", []))]
        yield {"kind": "quote", "parts": flow}
    elif kind == "list":
        items = [[p for c in item["children"] for p in _parts(c["children"])] for item in inside]
        yield {"kind": "list", "items": items}


def _parts(tokens: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Text in a line, with what is bold, in italics or a link."""
    made: list[Any] = []
    for token in tokens:
        kind = token["type"]
        if kind in BREAKS:
            made.append(BREAKS[kind])
        elif kind == "link":
            to = token["attrs"]["url"]
            made.append({"kind": "link", "to": to, "parts": _parts(token["children"])})
        elif "children" in token:
            made.append({"kind": FLOWS.get(kind, kind), "parts": _parts(token["children"])})
        else:
            made.append(token["raw"])
    return made


def _plain(tokens: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Text without its marks."""
    for token in tokens:
        if "children" in token:
            yield from _plain(token["children"])
        else:
            yield BREAKS.get(token["type"], token.get("raw", ""))
