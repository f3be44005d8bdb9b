"""What of a respondent must stand in nothing that leaves the machine, and where it does."""

import re
from pathlib import Path

import openpyxl
import pandas as pd

import bpsstats as bps
from raw_folder import SHIPPED

# Digits by which a value of one record is told from any other number.
DECIMALS = 6
# Ids and long numbers as they stand in text, whatever the language's marks of thousands and
# decimals.
IDS, NUMBERS = re.compile(r"(?<!\d)\d{9,}(?!\d)"), re.compile(r"\d[\d.,]*[.,]\d{6,}")


def secrets_of_the_round():
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


def assert_no_value_of_a_household(report: Path) -> None:
    """No file of a report holds an id, or a weight or spending to six decimals."""
    secrets = secrets_of_the_round()
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
            [households] = {"households", "rumah tangga sampel"} & {*cells}
            text = cells[cells[households].astype(float) > 1].to_csv()
            assert len(text) > 100_000
        else:
            text = path.read_bytes().decode("latin-1")
        if path.suffix != ".svg":  # coordinates of a drawing are numbers of any value
            assert not leaks(text, secrets), path.name
        assert not [token for token in IDS.findall(text) if token in secrets[0]], path.name
