"""A whole release made from data that count as real, with a planted id: no artefact tells a
respondent, and the log of the office lies where nobody else reads it.
"""

import getpass
import gzip
import re
import shutil
import socket
import stat
import subprocess

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

import bpsstats as bps
from artefacts import digits, drawings, numbers, pieces, read_back, without_drawings
from bpsstats.disclosure.log import FOLDER, shown_earlier
from bpsstats.disclosure.released import disclosure
from bpsstats.disclosure.views import leaves
from bpsstats.paths import AUDIENCE_VARIABLE, DATA_VARIABLE, project_root, raw_dir
from bpsstats.published import published
from bpsstats.reporting.report.results import ALONE, Results
from bpsstats.reporting.report.run import make_report

pytestmark = pytest.mark.external  # a report of five minutes of one processor

AREA, YEAR = "6471", 2022
CANARY = "977310977310"
YEARS = (2021, 2022)
NUMBERS = ["estimate", "standard error", "lower limit", "upper limit", "households", "PSUs"]
TOLD_APART = 6  # digits of a number that is told from all others
MOST_DIGITS = 10  # an amount of millions of rupiah with two decimals, as some are printed
NUMERIC = re.compile(r"-?\d+(\.\d+)?")
FOLLOW = ("effective sample size", "p value", "minimum detectable change", "share of the line")
EXACT = 2e-8  # to which a coordinate tells what is drawn
SCALES = (1.0, 1e-6, 100.0)  # a number may be drawn in millions, a share in percent
FRACTION = re.compile(r"\d{3,}\.\d{4,}")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two shipped rounds as if they were real, with an id of its own planted for one block."""
    root = tmp_path_factory.mktemp("data")
    shipped = raw_dir()
    for path in shipped.glob("*.*"):
        shutil.copy(path, root)
    for year in YEARS:
        folder = root / "susenas" / f"{year}-03"
        shutil.copytree(shipped / "susenas" / f"{year}-03", folder)
        said = yaml.safe_load((folder / "source.yaml").read_text("utf8"))
        sidecar = {"kind": "survey", "population": {AREA: said["targets"]["population"]}}
        (folder / "source.yaml").write_text(yaml.safe_dump(sidecar), encoding="utf8")
    core = root / "susenas" / f"{YEAR}-03"
    ids = pd.read_csv(core / "kp22blok43.csv.gz", dtype=str)["PSU"].unique()
    for path in core.glob("*.csv.gz"):
        text = gzip.decompress(path.read_bytes()).decode("utf8")
        planted = re.sub(rf"(?<![0-9]){ids[0]}(?![0-9])", CANARY, text)
        path.write_bytes(gzip.compress(planted.encode("utf8")))
    return root


@pytest.fixture(scope="module")
def made(data, tmp_path_factory):
    """The folder of reports, the report, and what was said on the way."""
    out = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(data))
        return out, make_report(AREA, YEAR, "en", out, progress=False)


@pytest.fixture(scope="module")
def households(data):
    return pd.read_csv(data / "susenas" / f"{YEAR}-03" / "kp22blok43.csv.gz", dtype=str)


def texts(report):
    """What every file of a report says, by name."""
    for path in sorted(report.rglob("*")):
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            cells = (cell.value for sheet in book for row in sheet.iter_rows() for cell in row)
            yield path, "\n".join(map(repr, cells))
        elif path.is_file():
            yield path, path.read_bytes().decode("latin-1")


def test_the_planted_id_and_no_other_is_anywhere(made, households, data):
    _, report = made
    assert CANARY in set(households["PSU"])
    ids = set(households["PSU"]) | set(households["SSU"])
    for path, text in texts(report):
        found = set(re.findall(r"(?<!\d)\d{9,}(?!\d)", text)) & ids
        assert not found, path.name
        assert str(data) not in text, path.name


def test_no_weight_and_no_spending_of_a_household_is_in_a_table(made, households):
    _, report = made
    secrets = {
        f"{float(value):.{digits}f}"
        for column in ("WERT", "WEIND", "KAPITA", "EXPEND")
        if column in households
        for value in households[column]
        for digits in (3, 6)
    }
    assert len(secrets) > 1000
    for path, text in texts(report):
        if path.suffix in (".csv", ".xlsx", ".html"):
            plain = text.replace(",", "") if path.suffix == ".html" else text
            assert not secrets.intersection(re.findall(r"\d+\.\d{3,6}(?!\d)", plain)), path.name


def test_what_is_withheld_is_empty_in_every_table_and_marked(made):
    _, report = made
    marked = 0
    for path in (report / "tables").glob("*.csv"):
        frame = pd.read_csv(path)
        if "mark" not in frame or "estimate" not in frame:
            continue
        withheld = frame["mark"] == ".."
        numbers = frame.loc[withheld, [name for name in NUMBERS if name in frame]]
        assert numbers.shape[1] > 2, path.name
        assert numbers.isna().all(axis=None), path.name
        marked += withheld.sum()
    assert marked > 10
    assert ".." in (report / "report.html").read_text("utf8")


def test_every_figure_of_the_page_shows_a_figure(made):
    _, report = made
    page = (report / "report.html").read_text("utf8")
    told = re.findall(r'<svg[^>]*aria-label="([^"]*)"', page)
    assert len(told) > 2
    thin = [alt for alt in told if "(.." in alt]
    assert [alt for alt in thin if not re.search(r"\(\d", alt)] == []


def test_the_log_is_the_owners_alone_and_outside_the_release(made):
    out, report = made
    (log,) = (out / FOLDER).glob("*.csv")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
    assert report not in log.parents
    ((_, base),) = shown_earlier(out, AREA)["headcount / all / March 2022"]
    assert base > 500
    decided = pd.read_csv(log)
    assert {"withhold", "publish"} <= set(decided["decision"])
    listed = pd.read_csv(report / "tables" / "disclosure.csv")
    # No figure, and so no count, is named.
    about = ["area code", "area", "period"]
    assert list(listed.columns) == [*about, "rule", "figures", "source"]


def test_the_notebooks_show_no_traceback_and_no_withheld_figure(made):
    out, report = made
    (log,) = (out / FOLDER).glob("*.csv")
    decided = pd.read_csv(log)
    assert (decided["decision"] == "withhold").any()
    for path in (report / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", ()):
                assert output["output_type"] != "error", path.name
                text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain"))
                assert not FRACTION.search(text.replace(",", "")), (path.name, text[:200])


# What an outsider reads out of all files together.


@pytest.fixture(scope="module")
def decided(data):
    """Every estimate of the release as it was computed, and whether it is withheld."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(data))
        patch.setenv(AUDIENCE_VARIABLE, "external")
        results = Results(AREA, YEAR)
        together = results.disclosure
        apart = [disclosure(getattr(results, name), printed=together.printed) for name in ALONE]
        found = {}
        for one in (together, *apart):
            hidden = one.result.withheld
            for leaf, _ in leaves(one.results):
                if id(leaf) in one.labels and hasattr(leaf, "strands"):
                    found[id(leaf)] = (leaf, one.labels[id(leaf)] in hidden)
        return list(found.values())


@pytest.fixture(scope="module")
def as_computed(decided, households, data):
    """Numbers that nobody is to have: of each estimate before it is rounded, of each household.
    Everybody knows what is printed, and the population.
    """
    told = [(row.estimate, row.std_error, *row.interval()) for row, _ in decided]
    found = np.abs(np.concatenate([np.ravel(told), *_of_households(households)]))
    found = found[np.isfinite(found) & (found > 0)]
    found = found[~np.isclose(found, np.round(found, 2), rtol=1e-9, atol=0)]
    known = [cell.rounding for year in YEARS for cell in published(AREA, year)]
    for year in YEARS:
        about = (data / "susenas" / f"{year}-03" / "source.yaml").read_text("utf8")
        known.append([yaml.safe_load(about)["population"][AREA] + step for step in (-1, 1)])
    for low, high in known:
        found = found[(found < low) | (found > high)]
    return np.unique(found)


def _of_households(households):
    names = ("WERT", "WEIND", "KAPITA", "EXPEND", "FOOD", "NONFOOD")
    return [households[name].astype(float).to_numpy() for name in names if name in households]


def near(value, secrets, within):
    """Whether a number is one of the secrets, but for a rest."""
    low, high = np.searchsorted(secrets, [value - within, value + within])
    return high > low


def found_in(text, secrets):
    """Numbers of a text that are secrets to at least six digits."""
    long = [number for number in numbers(text) if digits(number) >= TOLD_APART]
    unit = {number: 0.5 * 10.0 ** -len(number.partition(".")[2]) for number in long}
    return [number for number in long if near(float(number), secrets, unit[number])]


def found_drawn(svg, secrets):
    """Coordinates of a drawing that are secrets."""
    drawn = {abs(value) * scale for value in read_back(svg) for scale in SCALES}
    return [value for value in drawn if near(value, secrets, EXACT * value)]


def test_the_search_finds_what_is_drawn_or_written_as_computed(as_computed, data, monkeypatch):
    """Else the tests below would prove nothing."""
    some = as_computed[:: 1 + len(as_computed) // 50]
    assert all(found_in(f"x {value:,.4f}.", as_computed) for value in some if value > 100)
    assert not found_in("2.45 percent, 15,830 poor, Rp 680,499", as_computed)
    design = bps.SurveyDesign(bps.read_round(AREA, YEAR).households)  # synthetic: drawn in full
    curve = bps.engel_curve(design)
    drawn = bps.engel_figure(curve, bps.poverty_line(AREA, YEAR)).svg()
    secrets = np.sort([row.estimate for row in curve])
    assert len(found_drawn(drawn, secrets)) >= 10


def test_no_file_holds_a_number_as_it_was_computed(made, as_computed):
    _, report = made
    for name, text in pieces(report):
        if ".pdf!" not in name:  # places on a page; its words are looked at below
            assert not found_in(without_drawings(text), as_computed), name


def test_no_number_as_computed_can_be_read_back_from_the_coordinates_of_a_drawing(
    made, as_computed
):
    _, report = made
    read = 0
    for name, text in pieces(report):
        for svg in drawings(text):
            assert not found_drawn(svg, as_computed), name
            read += len(list(read_back(svg)))
    assert read > 1000


def test_no_column_of_a_table_has_more_digits_than_its_figures_are_rounded_to(made):
    """But those that follow from other columns of the row."""
    _, report = made
    for path in sorted((report / "tables").glob("*.csv")):
        table = pd.read_csv(path, dtype=str)
        follow = FOLLOW if path.stem != "change" else (*FOLLOW, "lower limit", "upper limit")
        for name in table.columns.difference(follow):
            held = [text for text in table[name].dropna() if NUMERIC.fullmatch(text)]
            assert max(map(digits, held), default=0) <= MOST_DIGITS, (path.name, name)


def test_no_withheld_figure_stands_anywhere_with_its_interval(made, decided):
    """Under another name, in a table of a notebook, in a sentence or an alternative text."""
    _, report = made
    shown = {_told(row) for row, is_withheld in decided if not is_withheld}
    hidden = {_told(row): row for row, is_withheld in decided if is_withheld}
    hidden = {told: row for told, row in hidden.items() if told not in shown and len({*told}) == 3}
    assert len(hidden) > 500
    parts = [part for part in pieces(report) if ".pdf!" not in part[0]]
    if shutil.which("pdftotext"):
        paper = subprocess.run(
            ["pdftotext", "-layout", report / "report.pdf", "-"], capture_output=True, check=True
        )
        parts.append(("report.pdf", paper.stdout.decode("utf8")))
    for name, text in parts:
        for line in re.split(r"\n|</tr>|</row>|; ", without_drawings(text)):
            found = {float(number) for number in numbers(line)}
            for told, row in hidden.items():
                assert not found.issuperset(told), (name, row.statistic, row.domain)


def _told(row):
    """A figure and its interval as they would be released, at least three digits each."""
    values = [row.estimate, *row.interval()]
    unit = 10 if row.unit in ("persons", "households") else 0.01
    told = [round(round(value / unit) * unit, 2) if value == value else 0.0 for value in values]
    return tuple(told if all(abs(value) >= 1 for value in told) else [0.0])


def test_no_file_tells_of_the_machine_that_it_was_made_on(made, data):
    out, report = made
    words = [str(data), str(out), str(project_root()), socket.gethostname(), "/tmp/", "/home/"]
    words += [f"/{getpass.getuser()}/", ".disclosure"]
    for name, text in pieces(report):
        assert not [word for word in words if word in text], name


def test_a_workbook_hides_nothing(made):
    _, report = made
    book = openpyxl.load_workbook(report / "tables.xlsx")
    assert not book.defined_names
    for sheet in book:
        assert sheet.sheet_state == "visible"
        hidden = [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
        assert not [one for one in hidden if one.hidden], sheet.title
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.comment], sheet.title
