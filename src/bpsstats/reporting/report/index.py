"""The index of all reports in a folder: every area as a point with its interval, sorted, small
multiples over the years, and links.
"""

import html
from dataclasses import dataclass
from pathlib import Path

import jinja2
import pandas as pd

from bpsstats.microdata import find_area
from bpsstats.reporting.display import Table
from bpsstats.reporting.figures.areas import areas_figure
from bpsstats.reporting.report.page import TEMPLATE
from bpsstats.reporting.tables.table import translate_heading
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
        f"<figure>{drawing._repr_svg_()}</figure>",
        _table(entries, lang),
    ]
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATE), autoescape=True)
    page = environment.get_template("report.html").render(
        lang=lang,
        title=title,
        parts=parts,
        style=(TEMPLATE / "report.css").read_text("utf8"),
        words=words.words["index"],
    )
    target = folder / f"index-{lang}.html"
    beside = target.with_name(f".{target.name}.writing")
    beside.write_text(page, encoding="utf8")
    beside.replace(target)
    return target


def entries_of(folder: Path, lang: str) -> list[Entry]:
    """The reports of a language, by the rate of the last year, then by year."""
    found = []
    for page in sorted(folder.glob(f"*/*/{lang}/report.html")):
        table = pd.read_csv(page.parent / "tables" / "poverty.csv").set_index("statistic")
        row, area = table.loc["headcount"], page.parents[2].name
        rate, low, high = (float(str(row[name])) for name in LIMITS)
        about = (area, find_area(area).name, int(page.parents[1].name))
        where = page.relative_to(folder).as_posix()
        found.append(Entry(*about, rate, low, high, str(row["source"]), where))
    last = {entry.area: entry.estimate for entry in sorted(found, key=lambda e: e.year)}
    return sorted(found, key=lambda e: (last[e.area], e.area, e.year))


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
