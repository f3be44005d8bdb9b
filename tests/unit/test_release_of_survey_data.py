"""A whole release made from data that count as real, with a planted id: no artefact tells a
respondent, and the log of the office lies where nobody else reads it.
"""

import gzip
import re
import shutil
import stat

import nbformat
import openpyxl
import pandas as pd
import pytest
import yaml

from bpsstats.disclosure.log import FOLDER, last_shown
from bpsstats.paths import DATA_VARIABLE, raw_dir
from bpsstats.reporting.report.run import make_report

pytestmark = pytest.mark.external  # a report of five minutes of one processor

AREA, YEAR = "6471", 2022
CANARY = "977310977310"
YEARS = (2021, 2022)
NUMBERS = ["estimate", "standard error", "lower limit", "upper limit", "households", "PSUs"]
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


def test_the_log_is_the_owners_alone_and_outside_the_release(made):
    out, report = made
    (log,) = (out / FOLDER).glob("*.csv")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
    assert report not in log.parents
    shown = last_shown(log)
    assert shown["headcount / all / March 2022"][1] > 500
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
