"""No value of a respondent is in anything that leaves the machine: reports, messages, logs,
tracebacks.
"""

import re
import traceback

import openpyxl
import pandas as pd
import pytest

import bpsstats as bps
from bpsstats.cli import main
from bpsstats.errors import InputError
from bpsstats.paths import project_root
from bpsstats.reporting.report.run import make_report
from raw_folder import SHIPPED, at

# Digits by which a value of one record is told from any other number.
DECIMALS = 6
# Ids and long numbers as they stand in text, whatever the language's marks of thousands and
# decimals.
IDS, NUMBERS = re.compile(r"(?<!\d)\d{9,}(?!\d)"), re.compile(r"\d[\d.,]*[.,]\d{6,}")
CANARY = "KENARI77310"


@pytest.fixture(scope="module")
def secrets():
    """Ids, and weights and spending to six decimals, of every household of the round."""
    table = pd.read_csv(SHIPPED / "2022-03" / "kp22blok43.csv.gz", dtype=str)
    households = bps.read_round("6471", 2022).households
    numbers = households[
        [
            "weight_hh",
            "weight_person",
            "expenditure_person_month",
            "expenditure_month",
            "food_month",
        ]
    ]
    return set(table["PSU"]) | set(table["SSU"]), {
        round(value, DECIMALS) for value in numbers.to_numpy().ravel() if value != round(value, 2)
    }


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return make_report("6471", 2022, "en", tmp_path_factory.mktemp("reports"), progress=False)


def leaks(text, secrets):
    ids, numbers = secrets
    found = [token for token in IDS.findall(text) if token in ids]
    for token in NUMBERS.findall(text):
        for plain in (token.replace(",", ""), token.replace(".", "").replace(",", ".")):
            try:
                value = round(float(plain), DECIMALS)
            except ValueError:
                continue
            found += [token] if value in numbers else []
    return found


def test_the_search_finds_a_record(secrets):
    """Else the tests below would prove nothing."""
    row = pd.read_csv(SHIPPED / "2022-03" / "kp22blok43.csv.gz", dtype=str).iloc[0]
    for text in (
        row["SSU"],
        f"x {row['PSU']},",
        f"{float(row['KAPITA']):,.6f}",
        row["WERT"].replace(".", ","),
        row.to_csv(),
    ):
        assert leaks(text, secrets)
    assert not leaks("2.45 percent, 15,830 poor, Rp 680499, 0.024500017", secrets)


def test_no_file_of_the_report_holds_a_value_of_a_household(report, secrets):
    paths = [path for path in report.rglob("*") if path.is_file()]
    assert {path.suffix for path in paths} == {
        ".html", ".ipynb", ".csv", ".xlsx", ".png", ".svg", ".sha256", ".pdf", ".json", ".bib"
    }  # fmt: skip
    for path in paths:
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            text = "\n".join(
                repr(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
            )
        elif path.name == "profile.csv":
            # Of synthetic data the profile shows cells of one household, whose number is its
            # weight; test_release_of_survey_data holds the same file of survey data.
            cells = pd.read_csv(path, dtype=str)
            text = cells[cells["households"].astype(float) > 1].to_csv()
            assert len(text) > 100_000
        else:
            text = path.read_bytes().decode("latin-1")
        if path.suffix != ".svg":  # coordinates of a drawing are numbers of any value
            assert not leaks(text, secrets), path.name
        assert not [token for token in IDS.findall(text) if token in secrets[0]], path.name


@pytest.mark.parametrize(
    ("role", "column"),
    [("kor_household", "FWT"), ("kor_household", "URUT"), ("kor_individual", "R407"),
        ("kor_individual", "R614"),
     ("blok41", "B41K10"), ("blok42", "B42K4"), ("blok43", "KAPITA"), ("blok43", "R102")],
)  # fmt: skip
def test_a_provoked_error_shows_no_value_even_with_its_traceback(
    role, column, folder, capfd, processed
):
    folder.change(role, at(3, column, CANARY))
    options = ["--year", "2022", "--raw", str(folder.path)]
    assert main(["check", *options]) == 1
    assert main(["build", *options]) == 2
    with pytest.raises(InputError) as error:
        main(["--debug", "build", *options])
    shown = capfd.readouterr()
    assert re.search(rf"\b{column}\b", shown.out + shown.err)
    traced = "".join(traceback.format_exception(error.value))
    assert "Traceback" in traced
    assert CANARY not in shown.out + shown.err + traced


def test_an_error_of_the_text_reader_keeps_what_it_read_to_itself(folder):
    path = folder.file("blok43")
    lines = path.read_text("utf8").split("\n")
    lines[4] += f",{CANARY}"
    path.write_text("\n".join(lines), "utf8")
    with pytest.raises(InputError) as error:
        bps.read_round("6471", 2022, folder.path)
    assert CANARY not in "".join(traceback.format_exception(error.value))


def test_the_shipped_notebooks_hold_no_value_of_a_household(secrets):
    for path in (project_root() / "notebooks").glob("*.ipynb"):
        assert not leaks(path.read_text("utf8"), secrets), path.name
