"""The index of all reports in a folder: every area as a point with its interval, sorted, small
multiples over the years, and links.
"""

import html
import json
import math
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bpsstats.reporting.display import Table
from bpsstats.reporting.figures.areas import areas_figure
from bpsstats.reporting.report.page import page_drawing, render
from bpsstats.reporting.vintages.moved import RELEASE
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import language
from bpsstats.reprs import without_style

LIMITS = ("estimate", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True)
class Entry:
    """P0 of a report that is there, percent, and where its page lies below the folder."""

    area: str
    name: str
    year: int
    estimate: float
    low: float
    high: float
    source: str
    page: str


def write_index(folder: Path, lang: str) -> Path | None:
    """Write ``index-<lang>.html`` for the reports of a language that lie in a folder.

    Parameters
    ----------
    folder : path
        Folder of reports, ``<area>/<year>/<lang>/`` below it.
    lang : {"en", "id"}

    Returns
    -------
    Path or None
        The page; None where there is no report.
    """
    entries = entries_of(folder, lang)
    if not entries:
        return None
    words = language(lang)
    title = words.say("title", "index")
    drawing = areas_figure(entries, lang)
    parts = [
        f"<h1>{html.escape(title)}</h1>",
        f"<figure>{page_drawing(drawing._repr_svg_(), 'figure-1', list(drawing.box))}</figure>",
        _table(entries, lang),
    ]
    page = render(lang, title, parts, words.words["index"])
    target = folder / f"index-{lang}.html"
    beside = target.with_name(f".{target.name}.writing")
    beside.write_text(page, encoding="utf8")
    beside.replace(target)
    return target


def entries_of(folder: Path, lang: str) -> list[Entry]:
    """The reports of a language, by the rate of the last year, then by year; areas whose rate is
    withheld stand last.
    """
    found = []
    for about in sorted(folder.glob(f"*/*/{lang}/{RELEASE}")):
        told = json.loads(about.read_text("utf8"))
        rate = next(row for row in told["figures"] if row["statistic"] == "headcount")
        known, low, high = (math.nan if rate[n] is None else float(rate[n]) for n in LIMITS)
        area, source = told["area"], told["data"]["source"]
        where = about.with_name("report.html").relative_to(folder).as_posix()
        entry = Entry(area["code"], area["name"], told["year"], known, low, high, source, where)
        found.append(entry)
    last = {entry.area: entry.estimate for entry in sorted(found, key=lambda e: e.year)}
    # A number that is none is neither less nor more than another, and would leave all unsorted.
    place = {area: math.inf if math.isnan(rate) else rate for area, rate in last.items()}
    return sorted(found, key=lambda e: (place[e.area], e.area, e.year))


def _table(entries: list[Entry], lang: str) -> str:
    """A row for each area, a column for each year, each rate a link to its report."""
    words = language(lang)
    years = sorted({entry.year for entry in entries})
    by_area: dict[str, dict[int, Entry]] = {}
    for entry in reversed(entries):
        by_area.setdefault(entry.name, {})[entry.year] = entry
    cells = {
        words.word("index", "area"): list(by_area),
        **{
            words.period(year): [_cell(found.get(year), lang) for found in by_area.values()]
            for year in years
        },
    }
    kinds = sorted({translate_heading(entry.source, words) for entry in entries})
    caption = words.say("caption", "index")
    table = Table(caption, pd.DataFrame(cells), (", ".join(kinds),))
    shown = without_style(table._repr_html_())
    for entry in entries:
        mark = _cell(entry, lang)
        link = f'<a href="{html.escape(entry.page)}">{mark}</a>'
        at = shown.find(f">{mark}<", shown.index(html.escape(entry.name)))
        shown = f"{shown[: at + 1]}{link}{shown[at + 1 + len(mark) :]}"
    return f'<div class="wide">{shown}</div>'


def _cell(entry: Entry | None, lang: str) -> str:
    """A rate with its interval."""
    words = language(lang)
    if entry is None:
        return "–"
    rate, low, high = (words.number(v, 2) for v in (entry.estimate, entry.low, entry.high))
    return f"{rate} ({low} – {high})"
