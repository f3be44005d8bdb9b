"""Figures as they are read: nothing collides or is cut off, all text can be read on white, ticks
are true, and no caption of an association speaks of an effect.
"""

import dataclasses
import itertools
import re

import matplotlib.colors
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from bpsstats.disclosure import policy_for
from bpsstats.poverty.profile.declared import GROUPS_OF_TABLES
from bpsstats.reporting.figures.areas import areas_figure
from bpsstats.reporting.figures.poverty import trend_figure
from bpsstats.reporting.profile.pictures import profile_figure
from bpsstats.reporting.report.index import Entry
from bpsstats.reporting.words.language import LANGUAGES, language
from shipped import EACH_RELEASE, YEARS, drawings, results

CONTRAST = 4.5  # of the Web Content Accessibility Guidelines, for text
GRAPHIC = 3.0  # the same, for what is drawn
each = pytest.mark.parametrize(("year", "lang"), EACH_RELEASE)


def luminance(colour):
    """Relative luminance after the Web Content Accessibility Guidelines."""
    rgb = np.asarray(matplotlib.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(colour, ground="white"):
    bright, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def texts(drawing):
    """All text that is seen."""
    found = [text for text in drawing.findobj(Text) if text.get_text() and text.get_visible()]
    hidden = {id(t) for axes in drawing.axes for t in hidden_ticks(axes)}
    return [text for text in found if id(text) not in hidden]


def hidden_ticks(axes):
    """Labels of ticks beyond the limits, which matplotlib keeps and does not draw."""
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            if not axes.axison or not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                yield from (tick.label1, tick.label2)


def boxes(drawing):
    """Texts and where they lie, as the drawing is saved: not laid out anew."""
    renderer, layout = FigureCanvasAgg(drawing).get_renderer(), drawing.get_layout_engine()
    drawing.set_layout_engine("none")
    drawing.draw(renderer)
    drawing.set_layout_engine(layout)
    return [(text, inked(text, renderer)) for text in texts(drawing)]


def inked(text, renderer):
    """Box of a text without the empty lines at its end, which keep room for a subtitle."""
    box, lines = text.get_window_extent(renderer), text.get_text().split("\n")
    empty = len(lines) - len(text.get_text().rstrip("\n").split("\n"))
    return Bbox([[box.x0, box.y0 + box.height * empty / len(lines)], [box.x1, box.y1]])


def test_the_contrast_is_computed_as_the_guidelines_do():
    assert contrast("black") == pytest.approx(21)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)


def cut_off(drawing):
    """Texts that reach out of the drawing."""
    width, height = drawing.canvas.get_width_height()
    return [
        text.get_text()
        for text, box in boxes(drawing)
        if box.x0 <= -1 or box.y0 <= -1 or box.x1 >= width + 1 or box.y1 >= height + 1
    ]


def test_the_ticks_of_a_figure_are_those_that_it_was_laid_out_for():
    rates = [
        ("Kota Bontang", 4.54, 2.58, 7.35),
        ("Penajam Paser Utara", 7.25, 4.96, 10.17),
        ("Paser", 9.43, 5.43, 14.96),
    ]
    entries = [Entry("", name, 2022, *rate, "", "") for name, *rate in rates]
    drawing = areas_figure(entries, "id")
    assert cut_off(drawing) == []


@each
def test_no_two_texts_of_a_figure_collide_and_none_is_cut_off(year, lang):
    for name, drawing in drawings(year, lang).items():
        assert_texts_have_room(name, drawing)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.external
def test_no_two_texts_of_a_picture_of_the_profile_collide_and_none_is_cut_off(lang):
    profile = results(YEARS[-1]).profile
    for group in GROUPS_OF_TABLES:
        assert_texts_have_room(group, profile_figure(profile, group, lang))


def assert_texts_have_room(name, drawing):
    assert cut_off(drawing) == [], name
    shown = boxes(drawing)
    for (one, a), (other, b) in itertools.combinations(shown, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 1 or along < 1, (name, one.get_text(), other.get_text())


@each
def test_what_a_page_shows_of_a_figure_cuts_through_no_text(year, lang):
    """Titles and caption, which the page writes itself, lie outside of it and all else inside."""
    for name, drawing in drawings(year, lang).items():
        left, top, width, height = drawing.box
        _, whole = (72 * inches for inches in drawing.get_size_inches())
        for text, box in boxes(drawing):
            above, below = (whole - 72 / drawing.dpi * y for y in (box.y1, box.y0))
            is_inside = top <= above + 1 and below <= top + height + 1
            assert is_inside or below <= top + 1.5 or above >= top + height - 1.5, (name, text)
        assert left == 0
        assert width > 0


@each
def test_all_text_of_a_figure_can_be_read(year, lang):
    for name, drawing in drawings(year, lang).items():
        for text in texts(drawing):
            assert contrast(text.get_color()) >= CONTRAST, (name, text.get_text())
        for axes in drawing.axes:
            for line in axes.lines:
                assert contrast(line.get_color()) >= GRAPHIC, name


@each
def test_no_text_lies_over_a_bar(year, lang):
    drawing = drawings(year, lang)["welfare"]
    bars = [patch.get_window_extent() for patch in drawing.axes[0].patches]
    for text, box in boxes(drawing):
        if text in drawing.axes[0].texts:
            for bar in bars:
                assert min(box.x1, bar.x1) - max(box.x0, bar.x0) < 1 or box.y0 > bar.y1 - 1


@each
def test_every_tick_says_the_number_where_it_stands(year, lang):
    words = language(lang)
    for name, drawing in drawings(year, lang).items():
        for axes in drawing.axes:
            for axis in (axes.xaxis, axes.yaxis):
                labels = [label.get_text() for label in axis.get_ticklabels()]
                if not axes.axison or not any(re.fullmatch(r"[−\d.,]+", text) for text in labels):
                    continue
                for at, text in zip(axis.get_ticklocs(), labels, strict=True):
                    plain = text.replace(words.thousands, "").replace("−", "-")
                    assert float(plain.replace(words.decimal, ".")) == pytest.approx(at), name


@each
def test_the_bars_at_the_ends_say_what_they_hold(year, lang):
    release = results(year)
    spending = release.households.column("expenditure_person_month") / 1e6
    weights = 100 * release.households.weights / release.households.weights.sum()
    drawing, words = drawings(year, lang)["welfare"], language(lang)
    first, *_, last = drawing.axes[0].patches
    at = last.get_x()
    said = [text.get_text() for text in drawing.axes[0].texts]
    assert words.say("or_more", "figure", value=words.number(at, 2)) in said
    ends = {
        "first": words.number(first.get_x() + first.get_width(), 2),
        "last": words.number(at, 2),
    }
    assert drawing.alt.endswith(words.say("welfare_subtitle", "figure", **ends))
    assert last.get_height() == pytest.approx(weights[spending >= at].sum())
    below = first.get_x() + first.get_width()
    assert first.get_height() == pytest.approx(weights[spending < below].sum())


@each
def test_the_names_of_the_specification_curve_are_all_there(year, lang):
    drawing = drawings(year, lang)["education-specifications"]
    labels = drawing.axes[0].get_yticklabels()
    assert len(labels) == len(results(year).specifications.rows)


def test_a_trend_of_which_all_is_withheld_is_drawn_and_no_printed_rate_is_cut_off():
    series = results(2022).headcounts
    rows = tuple(row.view(policy_for("external"), withheld=True) for row in series)
    withheld = dataclasses.replace(series, rows=rows)
    bottom, top = trend_figure(withheld, {}).axes[0].get_ylim()
    assert bottom == 0 < top
    assert trend_figure(withheld, {2022: 40.0}).axes[0].get_ylim()[1] > 40


def test_no_caption_or_title_of_an_association_speaks_of_an_effect():
    causal = re.compile(r"\b(effects?|impact|influence|pengaruh\w*|dampak|efek)\b", re.IGNORECASE)
    # The design effect is a term of survey statistics; names of fields are not read.
    term = re.compile(r"\b(design effect|efek rancangan)\b|\{\w+(:\w+)?\}", re.IGNORECASE)
    for lang in LANGUAGES:
        catalogue = language(lang).words
        for section in ("caption", "figure", "column", "statistic", "note", "rule", "sentence"):
            for key, text in catalogue[section].items():
                assert not causal.search(term.sub("", str(text))), (lang, section, key)
                if isinstance(text, str):
                    assert not re.search(r"by chance|from chance|kebetulan", text), (section, key)
