"""The prose of a notebook of the report in another language than its cells are in.

Papermill changes the parameters of a notebook and no text. Where a notebook runs in a language that
its Markdown cells are not in, each of its outputs therefore begins with what the Markdown above it
says, from the catalogue that the report is translated from.
"""

from collections.abc import Callable
from typing import Any

from bpsstats.reporting.display import Prose
from bpsstats.reporting.report.notebooks.written import CHECK, notebook_path, written_cells
from bpsstats.reporting.words.language import language

# What is called before and after each cell, so that another language takes the place of the last.
_CALLED: dict[str, Callable[[Any], None]] = {}


def translated_prose(name: str, lang: str) -> tuple[dict[str, str], dict[str, str]]:
    """Prose above each code cell that has some, and below the last one, by the code of the cell.

    What is above the cell that checks the parameters, which no earlier cell can translate, is all
    that is above that cell.

    Examples
    --------
    >>> above, below = translated_prose("03-poverty", "id")
    >>> next(iter(above.values())).splitlines()[0]
    '# Kemiskinan: berapa banyak, seberapa dalam, dan apakah berubah?'
    >>> [text.splitlines()[0] for text in below.values()]
    ['## Keterbatasan']
    """
    path = notebook_path(name)
    above: dict[str, str] = {}
    said: list[str] = []
    last = ""
    for cell, translated in zip(written_cells(path), written_cells(path, lang), strict=True):
        if not cell.is_code:
            said.append(translated.source)
            continue
        last = cell.source
        if said and (above or CHECK in last):
            above[last] = "\n\n".join(said)
            said = []
    return above, {last: "\n\n".join(said)} if said else {}


def show_prose(name: str, lang: str, command: str) -> None:
    """From here on, let the outputs of a notebook begin with its prose in a language; do nothing
    outside a notebook.

    Parameters
    ----------
    name : str
        Notebook of the report, such as "03-poverty".
    lang : {"en", "id"}
        Language of the tables; the cells are in English.
    command : str
        Writes the same notebook in that language throughout.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    for event, called in _CALLED.items():
        shell.events.unregister(event, called)
    _CALLED.clear()
    if lang == "en":
        return
    above, below = translated_prose(name, lang)
    _show(language(lang).say("prose", command=command))
    _show(above.pop(next(iter(above))))  # of the cell that runs, before which nothing was called

    def before(cell: Any) -> None:
        _show(above.get(cell.raw_cell, ""))

    def after(done: Any) -> None:
        _show(below.get(done.info.raw_cell, ""))

    _CALLED.update(pre_run_cell=before, post_run_cell=after)
    for event, called in _CALLED.items():
        shell.events.register(event, called)


def _show(text: str) -> None:
    """Show text in the output of the cell that runs."""
    from IPython.display import display

    if text:
        display(Prose(text))  # type: ignore[no-untyped-call]  # IPython is not typed
