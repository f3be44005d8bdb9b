"""No value of a respondent is in anything that leaves the machine: reports, messages, logs,
tracebacks.
"""

import re
import traceback

import pandas as pd
import pytest

import bpsstats as bps
from bpsstats.cli import main
from bpsstats.errors import InputError
from bpsstats.paths import project_root
from in_ci import every
from raw_folder import SHIPPED, at
from secrets_of import leaks, secrets_of_the_round

CANARY = "KENARI77310"


@pytest.fixture(scope="module")
def secrets():
    return secrets_of_the_round()


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


@pytest.mark.parametrize(
    ("role", "column"),
    every(8, [
        ("kor_household", "FWT"), ("kor_household", "URUT"), ("kor_individual", "R407"),
        ("kor_individual", "R614"), ("blok41", "B41K10"), ("blok42", "B42K4"),
        ("blok43", "KAPITA"), ("blok43", "R102"),
    ]),
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
