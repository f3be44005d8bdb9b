"""The profile as a page: where the poor differ most, then each group of tables with its picture."""

import html
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import jinja2

from bpsstats.poverty.profile.declared import GROUPS_OF_TABLES
from bpsstats.poverty.profile.differences import Difference
from bpsstats.poverty.profile.tables import Profile
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.profile.pictures import differences_figure, drawn_tables, released_figure
from bpsstats.reporting.profile.shown import shown_differences, words
from bpsstats.reporting.profile.tables import differences_table, released_table
from bpsstats.reporting.words.language import language

# The page looks like the report's.
TEMPLATE = Path(__file__).parents[1] / "report" / "template"


def sections(profile: Profile, lang: str) -> dict[str, Callable[[], list[str]]]:
    """Each group of tables with its picture, to be made into parts of HTML at any time.

    Parameters
    ----------
    profile : Profile
        Its released view.
    lang : {"en", "id"}
    """
    return {group: partial(_section, profile, group, lang) for group in GROUPS_OF_TABLES}


def _section(profile: Profile, group: str, lang: str) -> list[str]:
    """The parts of a group."""
    drawn = [_figure(released_figure(profile, group, lang))] if drawn_tables(profile, group) else []
    tables = [table for table in profile.tables if table.declared.group == group]
    return [*drawn, *(_wide(released_table(table, lang)._repr_html_()) for table in tables)]


def profile_page(
    profile: Profile,
    found: tuple[Difference, ...],
    notes: Sequence[str],
    lang: str,
    made: Mapping[str, Sequence[str]],
) -> str:
    """The profile as one HTML page without network or scripts.

    Parameters
    ----------
    profile : Profile
        Its released view.
    found : sequence of Difference
        All comparisons, as `differences` sorts them.
    notes : sequence of str
        What the workbook says of data, errors and marks.
    lang : {"en", "id"}
    made : mapping of str to sequence of str
        What `sections` gives, made.
    """
    said, spoken = words(lang), language(lang)
    shown = shown_differences(profile, found)
    source = spoken.words["source"].get(profile.source, profile.source)
    title, period = said["title"].format(area=profile.area), spoken.period(profile.year)
    contents = {"differences": said["picture_gaps"]}
    contents |= {group: labels[lang] for group, labels in GROUPS_OF_TABLES.items()}
    contents["notes"] = said["notes"]
    parts = [
        f"<h1>{html.escape(title)}</h1>",
        f"<p>{html.escape(f'{period}. {source[:1].upper()}{source[1:]}')}.</p>",
        _heading("differences", contents),
    ]
    if any(one.std_error > 0 for one in shown):
        parts.append(_figure(differences_figure(profile, shown, lang)))
    if shown:
        parts.append(_wide(differences_table(profile, shown, lang)._repr_html_()))
    else:
        parts.append(f"<p>{html.escape(said['all_withheld'])}</p>")
    for group in GROUPS_OF_TABLES:
        parts += [_heading(group, contents), *made[group]]
    parts.append(_heading("notes", contents))
    parts += [f"<p>{html.escape(note)}</p>" for note in notes]
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATE), autoescape=True)
    return environment.get_template("report.html").render(
        lang=lang,
        title=f"{title} {profile.year}",
        parts=parts,
        style=(TEMPLATE / "report.css").read_text("utf8"),
        words=spoken.words["page"],
        contents=contents,
    )


def _heading(place: str, contents: dict[str, str]) -> str:
    """Heading of a section, a place to link to."""
    return f'<h2 id="{place}">{html.escape(contents[place])}</h2>'


def _figure(drawing: Drawing) -> str:
    """A drawing, which has its places already: to find them again would take as long."""
    drawing.set_layout_engine("none")
    return f"<figure>{drawing._repr_svg_()}</figure>"


def _wide(table: str) -> str:
    """A table that scrolls by itself."""
    return f'<div class="wide">{table}</div>'
