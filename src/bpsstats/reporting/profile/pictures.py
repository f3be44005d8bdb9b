"""Pictures of the profile: the classes of a group of tables among the poor and the others, and
over deciles of spending.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes

from bpsstats.errors import AbsentError, ParameterError, WithheldError
from bpsstats.microdata.concepts import concepts
from bpsstats.poverty.profile.cells import ALL, BOTH, TOTAL, Entry
from bpsstats.poverty.profile.declared import GROUPS_OF_TABLES, labels_of
from bpsstats.poverty.profile.differences import Difference
from bpsstats.poverty.profile.tables import Profile, ProfileTable
from bpsstats.reporting.figures.canvas import canvas, finish, number_axis, styled, wrapped
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.figures.looks import BLUE, GREEN, GREY, ORANGE
from bpsstats.reporting.gated import gated
from bpsstats.reporting.profile.shown import (
    column_name,
    difference_name,
    named,
    place,
    row_name,
    withheld,
    words,
)
from bpsstats.reporting.words.language import DASH, Language, language
from bpsstats.survey import Estimate

COLOURS = {"poor": ORANGE, "non_poor": BLUE, ALL: GREEN}
DECILES = "decile"
WIDTH, LINE = 8.0, 0.2  # inches: of a drawing, of a line of names
# Inches around the rows: names, room at the right, a line of the title, below the rows without the
# caption, a line of the caption.
NAMES, RIGHT, TITLE, BELOW, CAPTION = 3.25, 0.25, 0.245, 0.95, 0.16
MIDDLE = (WIDTH / 2 - NAMES) / (WIDTH - NAMES - RIGHT)  # of the drawing, in widths of the axes
ROOM = 0.62  # of the width, beside the names of rows
BELOW_TITLE = 0.09  # inches: from the rows to the subtitle
NAME, HEAD = 40, 34  # letters of a row's name on a line, and of a heading
OFFSET = 0.16  # of a row, between the points of two columns


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of a picture: a heading, or a class with its estimates by column."""

    name: str
    values: dict[str, Estimate]
    is_heading: bool = False


@gated
def profile_figure(profile: Profile, group: str, lang: str = "en") -> Drawing:
    """The tables of a group in one picture, with intervals; nothing of a cell that is withheld.

    Parameters
    ----------
    profile : Profile
    group : str
        poverty, people, education, work, health, dwelling, spending, assistance or by_spending.
    lang : {"en", "id"}

    Returns
    -------
    Drawing

    Raises
    ------
    ParameterError
        If there is no such group.
    AbsentError
        If the round can tell none of its tables.
    WithheldError
        If every percent of them is withheld.

    Examples
    --------
    >>> from bpsstats.microdata import read_round
    >>> from bpsstats.poverty import poverty_line, poverty_profile
    >>> profile = poverty_profile(read_round("6471", 2022), poverty_line("6471", 2022))
    >>> profile_figure(profile, "work")
    Figure: Work; Percent by class, 95% confidence intervals
    """
    if group not in GROUPS_OF_TABLES:
        known = ", ".join(GROUPS_OF_TABLES)
        raise ParameterError(f"The profile has no group {group!r} of tables. It has: {known}.")
    of_group = [table for table in profile.tables if table.declared.group == group]
    if all(table.reason for table in of_group):
        raise AbsentError(" ".join(dict.fromkeys(table.reason for table in of_group)))
    if not drawn_tables(profile, group):
        raise WithheldError(f"Too few households are behind the percents of group {group!r}.")
    return released_figure(profile, group, lang)


@styled
def released_figure(profile: Profile, group: str, lang: str) -> Drawing:
    """`profile_figure` of a released view, of a group with tables to draw."""
    tables = drawn_tables(profile, group)
    said, spoken = words(lang), language(lang)
    title, level = named(GROUPS_OF_TABLES, group, lang), spoken.number(100 * profile.level)
    if tables[0].declared.columns == DECILES:
        drawing, axes = canvas(title, said["picture"].format(level=level))
        _over_deciles(axes, tables[0], lang)
        axes.set_ylabel(said["value"])
        axes.set_ylim(0, 109)
        number_axis(axes.yaxis, spoken)
    else:
        drawing, axes = canvas(title, said["picture"].format(level=level), ROOM)
        rows = [row for table in tables for row in _rows(table, lang)]
        names = [wrapped(row.name, HEAD if row.is_heading else NAME) for row in rows]
        at = _name_rows(drawing, axes, names)
        columns = list(dict.fromkeys(column for row in rows for column in row.values))
        for k, column in enumerate(columns):
            shift = OFFSET * (len(columns) - 1) * (1 - 2 * k)
            drawn = [
                (y + shift, row.values[column])
                for y, row in zip(at, rows, strict=True)
                if column in row.values
            ]
            label = column_name(tables[0], column, lang)
            # Alone, all are drawn in the colour of those who are not poor, who are nearly all.
            colour = COLOURS[column] if len(columns) > 1 else BLUE
            _points(axes, drawn, colour, label, across=True)
        for tick, row in zip(axes.get_yticklabels(), rows, strict=True):
            tick.set_fontweight("bold" if row.is_heading else "normal")
        if len(columns) > 1:
            axes.legend(loc="upper center", bbox_to_anchor=(MIDDLE, 0), ncols=2, borderaxespad=3)
        axes.set_xlim(left=0)
        axes.set_xlabel(said["value"])
        number_axis(axes.xaxis, spoken)
    return _finished(drawing, profile, spoken)


@gated
@styled
def differences_figure(
    profile: Profile, found: tuple[Difference, ...], lang: str = "en", *, most: int = 12
) -> Drawing:
    """The largest differences of the poor and the others, with intervals: filled where they can be
    told from sampling error once all comparisons are counted.

    Parameters
    ----------
    profile : Profile
    found : sequence of Difference
        As `differences` sorts them, without those that are withheld.
    lang : {"en", "id"}
    most : int
        How many.
    """
    said, spoken = words(lang), language(lang)
    shown = [one for one in found if np.isfinite(one.std_error)][:most]
    subtitle = said["picture_of_gaps"].format(level=spoken.number(100 * profile.level))
    drawing, axes = canvas(said["picture_gaps"], subtitle, ROOM)
    names = [difference_name(profile, one, lang) for one in shown]
    at = _name_rows(drawing, axes, [wrapped(name, NAME) for name in names])
    for is_sure in (True, False):
        of = [(y, one) for y, one in zip(at, shown, strict=True) if one.is_significant is is_sure]
        gaps = np.array([one.difference for _, one in of])
        ends = np.array([(one.conf_low, one.conf_high) for _, one in of]).reshape(-1, 2)
        axes.errorbar(
            gaps, [y for y, _ in of], xerr=np.abs(ends.T - gaps), fmt="o", color=BLUE, capsize=3,
            mfc=BLUE if is_sure else "white", label=said["sure" if is_sure else "unsure"],
        )  # fmt: skip
    axes.axvline(0, color=GREY, linewidth=1)
    axes.legend(loc="upper center", bbox_to_anchor=(MIDDLE, 0), ncols=2, borderaxespad=3)
    axes.set_xlabel(said["gap"])
    number_axis(axes.xaxis, spoken)
    made = _finished(drawing, profile, spoken)
    values = [
        f"{name}: {spoken.number(one.difference, 1)} ({spoken.number(one.conf_low, 1)} {DASH}"
        f" {spoken.number(one.conf_high, 1)})"
        for name, one in zip(names, shown, strict=True)
    ]
    made.alt = "; ".join([made.alt, *values])
    return made


def drawn_tables(profile: Profile, group: str) -> list[ProfileTable]:
    """Tables of a group that hold percents, not all of which are withheld."""
    of_group = [table for table in profile.tables if table.declared.group == group]
    return [table for table in of_group if shown_percents(table)]


def shown_percents(table: ProfileTable) -> list[Entry]:
    """Percents of a table of both sexes that are not withheld: by column, or of all where those of
    every column are.
    """
    hidden = withheld(table)
    told = [e for e in table.entries if e.sex == BOTH and e.value is not None]
    told = [e for e in told if place(e) not in hidden]
    by_column = [e for e in told if e.column != ALL]
    return told if not by_column and table.declared.columns != DECILES else by_column


def _rows(table: ProfileTable, lang: str) -> Iterator[Row]:
    """The title of a table and its classes; of two classes the first, which the other follows
    from.
    """
    yield Row(table.declared.titles[lang], {}, is_heading=True)
    entries = [e for e in table.entries if e.sex == BOTH and e.value is not None]
    has_columns = any(entry.column != ALL for entry in entries)
    shown = {place(entry) for entry in shown_percents(table)}
    of_class: dict[tuple[str, str], dict[str, Row]] = {}
    for entry in entries:
        rows = of_class.setdefault((entry.within, entry.concept), {})
        row = rows.setdefault(entry.row, Row(_name(table, entry, lang), {}))
        if place(entry) in shown and entry.value is not None:
            row.values[entry.column] = entry.value
    for rows in of_class.values():
        drawn = list(rows.values())
        yield from drawn[:1] if len(drawn) == 2 and has_columns else drawn


def _name(table: ProfileTable, entry: Entry, lang: str) -> str:
    """Name of a row, after what it is within or of, where a table has several."""
    parts = [named(labels_of(table.declared.within), entry.within, lang)] if entry.within else []
    if len(table.declared.rows) > 1:
        parts.append(concepts()[entry.concept].labels[lang])
    return ": ".join([*parts, row_name(entry, lang)])


def _over_deciles(axes: Axes, table: ProfileTable, lang: str) -> None:
    """A line for the first class of each concept over the deciles."""
    hidden = withheld(table)
    entries = [e for e in table.entries if e.column != ALL and e.row != TOTAL]
    parts = groupby(entries, lambda e: e.concept)
    for k, (colour, (concept, of)) in enumerate(zip((BLUE, ORANGE, GREEN), parts, strict=False)):
        listed = list(of)
        first = [e for e in listed if e.row == listed[0].row]
        drawn = [
            (i + (k - 1) * OFFSET / 2, e.value)
            for i, e in enumerate(first, start=1)
            if e.value is not None and place(e) not in hidden
        ]
        _points(axes, drawn, colour, concepts()[concept].labels[lang])
    names = [column_name(table, e.column, lang) for e in entries if e.concept == entries[0].concept]
    names = list(dict.fromkeys(names))
    axes.set_xticks(np.arange(1, len(names) + 1), [wrapped(name, 8) for name in names])
    axes.legend(loc="lower right")


def _points(
    axes: Axes,
    of: Sequence[tuple[float, Estimate]],
    colour: str,
    label: str,
    *,
    across: bool = False,
) -> None:
    """Estimates at their places, each with its interval."""
    values = np.array([row.estimate for _, row in of])
    ends = np.array([row.interval() for _, row in of]).reshape(-1, 2)
    reach = np.nan_to_num(np.abs(ends.T - values))
    at = np.array([place for place, _ in of])
    x, y = (values, at) if across else (at, values)
    along, up = (reach, None) if across else (None, reach)
    axes.errorbar(x, y, yerr=up, xerr=along, fmt="o", color=colour, capsize=3, label=label)


def _name_rows(drawing: Drawing, axes: Axes, shown: Sequence[str]) -> np.ndarray:
    """Names beside the rows, from the top, in a drawing that is tall enough for them; the height of
    each row.
    """
    lines = np.array([1.4 + name.count("\n") for name in shown])
    at = -(np.cumsum(lines) - lines / 2)
    drawing.set_size_inches(WIDTH, LINE * lines.sum())
    axes.texts[0].set_y(1 + BELOW_TITLE / (LINE * lines.sum()))
    axes.set_yticks(at, shown, fontsize=9)
    axes.set_ylim(-lines.sum(), 0)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    return at


def _finished(drawing: Drawing, profile: Profile, spoken: Language) -> Drawing:
    """Caption with area, round and kind of data; rows get their places, as what is around them has
    a known size: to measure it would take longer than to draw.
    """
    heading = f"{profile.area} · March {profile.year} · {profile.source}"
    made, [axes] = finish(drawing, heading, spoken, "caption"), drawing.axes
    if axes.get_ylim()[1] == 0:
        above = 0.25 + TITLE * (1 + axes.get_title("left").count("\n"))
        below = BELOW + CAPTION * (1 + wrapped(made.caption, 110).count("\n"))
        rows = drawing.get_size_inches()[1]
        tall = above + rows + below
        drawing.set_layout_engine("none")
        drawing.set_size_inches(WIDTH, tall)
        across = (WIDTH - NAMES - RIGHT) / WIDTH
        axes.set_position((NAMES / WIDTH, below / tall, across, rows / tall))
        axes.get_xticklabels()  # made in the style that is in force now
    return made
