"""The explorer as it stands in a notebook: what can be chosen, and what is drawn of it."""

import base64
import hashlib
import html
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from bpsstats.arguments import checked
from bpsstats.errors import BpsStatsError, LibraryError
from bpsstats.microdata import find_area
from bpsstats.reporting.explorer.answers import Answer, Answers
from bpsstats.reporting.explorer.drawing import curve_drawing, profile_drawing, spending_drawing
from bpsstats.reporting.explorer.question import (
    EVERYBODY,
    Question,
)
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.language import language
from bpsstats.survey.variance.intervals import check_level

PANEL = "display:flex;flex-wrap:wrap;gap:8px;align-items:flex-start"


class Explorer:
    """An area to look at; the last line of a cell shows it. See `explore`."""

    def __init__(self, question: Question, lang: str, level: float) -> None:
        self.question, self.lang, self.level = question, lang, level
        self.words, self.answers = language(lang), Answers(level)
        self._controls: Any = None

    def answer(self) -> Answer:
        """The numbers of what is asked now: `table`, `profile`, `curve`, `spending`, `line`.

        Raises
        ------
        BpsStatsError
            If the round cannot answer.
        """
        return self.answers.answer(self.question)

    def ask(self, question: Question) -> str:
        """What is drawn of a question, as HTML; an error of the package as its paragraph."""
        self.question = question
        try:
            return self._panel(self.answer(), _inline)
        except BpsStatsError as error:
            return f'<p role="alert">{html.escape(error.paragraph)}</p>'

    def _panel(self, answer: Answer, drawn: Callable[[str], str]) -> str:
        """Table and drawings of an answer."""
        shown = table(answer.table, self.lang)
        domain = self.question.domain
        caption = shown.caption + ("" if domain == EVERYBODY else f" · {self.words.label(domain)}")
        drawings = "".join(
            f"<div>{drawn(draw(self.question, answer, self.words))}</div>"
            for draw in (spending_drawing, profile_drawing, curve_drawing)
        )
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in shown.notes)
        page = "jp-RenderedHTMLCommon"  # the class by which JupyterLab styles tables
        bare = replace(shown, caption=caption, notes=())._repr_html_()
        return (
            f'<div class="{page}" aria-live="polite" style="overflow-x:auto">{bare}</div>'
            f'<div style="{PANEL}">{drawings}</div><div class="{page}">{notes}</div>'
        )

    def still(self) -> str:
        """What stands where no kernel runs: the same picture, which does not move."""
        code = html.escape(self.question.code(self.lang, self.level))
        try:
            panel = self._panel(self.answer(), _image)
        except BpsStatsError as error:
            panel = f"<p>{html.escape(error.paragraph)}</p>"
        said, style = self.words.say("still", "explore"), "font-family:monospace"
        return f'{panel}<p>{said}</p><pre style="{style}">{code}</pre>'

    def __repr__(self) -> str:
        return self.question.code(self.lang, self.level)

    def _ipython_display_(self) -> None:
        """The still picture, which the live one takes off the page where it runs."""
        from IPython.display import publish_display_data

        still = self.still()
        name = f"bps-still-{hashlib.sha256(still.encode()).hexdigest()[:12]}"
        data = {"text/html": f'<div class="{name}">{still}</div>', "text/plain": repr(self)}
        publish_display_data(data)  # type: ignore[no-untyped-call]  # IPython is not typed
        live = self.widget(f"<style>.{name}{{display:none}}</style>")._repr_mimebundle_()
        live.pop("text/plain")
        publish_display_data(live)  # type: ignore[no-untyped-call]  # IPython is not typed

    def widget(self, before: str = "") -> Any:
        """The controls and what they draw, as one widget; `before` is HTML that goes ahead.

        Raises
        ------
        LibraryError
            If ipywidgets is not installed.
        """
        if self._controls is None:
            try:
                from bpsstats.reporting.explorer.controls import Controls
            except ImportError as error:
                raise LibraryError(
                    "The explorer draws with ipywidgets, which this Python does not find. Run"
                    ' `pip install -e ".[lab]"` in the folder of the project, and start the kernel'
                    " anew."
                ) from error
            self._controls = Controls(self)
        self._controls.before.value = before
        return self._controls.box


@checked
def explore(
    area: str | int = "6471",
    year: int = 2022,
    *,
    multiple: float = 1.0,
    domain: str = EVERYBODY,
    by: str = "",
    statistic: Literal["poor_count", "headcount", "poverty_gap", "severity"] = "headcount",
    lang: str = "en",
    level: float = 0.95,
) -> Explorer:
    """Look at an area: move the line, choose a domain and an index, and see the tables at once.

    Parameters
    ----------
    area : str or int
        BPS code or name to begin with.
    year : int
        Year of the March round to begin with.
    multiple : float
        Of the poverty line, 0.5 to 2.
    domain : str
        "all", or a characteristic and its category, such as "head_sex=female".
    by : str
        Characteristic of the profile: urban, head_education, head_sex, head_work, sex, education,
        work or sector. Default head_education, or the first that the round has.
    statistic : {"poor_count", "headcount", "poverty_gap", "severity"}
        Index of the profile and of the curve.
    lang : {"en", "id"}
    level : float
        Confidence level of all intervals.

    Returns
    -------
    Explorer
        Shows itself as the last line of a cell. Every control can be reached and moved by the
        keyboard; the code below makes the same table. Where no kernel runs a still picture stands.

    Raises
    ------
    ParameterError
        If the multiple, domain or characteristic is none of those.
    UnknownAreaError, UnknownYearError, InputError
        As `read_round` raises.

    Examples
    --------
    >>> explore("6471", 2022, domain="head_sex=female")
    import bpsstats as bps
    ...
    """
    question = Question(find_area(area).code, year, multiple, domain=domain, statistic=statistic)
    explorer = Explorer(question, lang, check_level(level))
    found = explorer.answers.of_round(question.area, year)
    if not by and question.by not in found.characteristics:
        by = found.characteristics[0]
    explorer.question = replace(question, by=by or question.by)
    found.refuse(explorer.question)
    return explorer


def _inline(svg: str) -> str:
    """A drawing as a part of the page."""
    return svg


def _image(svg: str) -> str:
    """A drawing as an image, which pages that trust no code show as well."""
    encoded = base64.b64encode(svg.encode("utf8")).decode()
    name = svg.partition('aria-label="')[2].partition('"')[0]
    return f'<img alt="{name}" src="data:image/svg+xml;base64,{encoded}"/>'
