"""Printed cells and verdicts."""

import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

from bpsstats.disclosure import policy_for
from bpsstats.errors import PublishedError, UnknownYearError
from bpsstats.paths import published_file
from bpsstats.published import Comparison, Target, compare, published
from bpsstats.published.compare import OTHER_DOMAIN, Known
from bpsstats.published.indicators import indicators


def compared(value, indicator="headcount", year=2022, **options):
    table = compare(Known(indicator, value), published("6471", year), **options)
    return next(row for row in table if row.target.indicator == indicator)


def cell(year, indicator):
    return next(target for target in published("6471", year) if target.indicator == indicator)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(2.45, "reproduced"), (2.4549, "reproduced"), (2.4551, "differs"), (2.4449, "differs")],
)
def test_a_value_reproduces_a_cell_when_it_prints_as_the_cell(value, verdict):
    assert compared(value).verdict == verdict


def test_a_cell_keeps_what_was_printed_and_where():
    target = cell(2022, "poor_count")
    assert (target.printed, target.unit) == ("15.83", "thousand persons")
    assert target.value == 15830
    assert target.rounding == (15825, 15835)
    assert target.publication


def test_a_change_of_a_percentage_is_in_percentage_points():
    assert cell(2022, "change:headcount").unit == "percentage points"


def test_what_the_data_were_fitted_to_is_marked_and_only_at_that_value():
    assert compared(2.45, fitted_to={("headcount", 2022): 2.45}).shown_verdict == "calibrated"
    assert compared(2.45, fitted_to={("headcount", 2022): 9.9}).shown_verdict == "reproduced"
    assert compared(2.9, fitted_to={("headcount", 2022): 2.45}).shown_verdict == "differs"


def test_the_line_is_an_input_and_proves_nothing():
    row = compared(cell(2022, "poverty_line").value, "poverty_line")
    assert (row.verdict, row.shown_verdict, row.cause) == (
        "reproduced",
        "given",
        "the printed figure is an input",
    )


def test_a_cell_that_nothing_recomputes_is_listed_with_the_reason():
    table = compare(
        Known("unknown", 0.0), published("6471", 2022), not_recomputed={"headcount": "no microdata"}
    )
    assert [(row.verdict, row.cause) for row in table] == [("not recomputed", "no microdata")]
    assert table.all_hold


def test_a_cell_whose_domain_nothing_recomputes_is_listed_and_does_not_vanish():
    """As of a figure of the city that was written down as that of its urban part."""
    targets = published("6471", 2022)
    urban = tuple(
        replace(target, domain="urban") if target.indicator == "headcount" else target
        for target in targets
    )
    table = compare(Known("headcount", 2.45), replace(targets, cells=urban))
    assert [(row.verdict, row.cause) for row in table] == [("not recomputed", OTHER_DOMAIN)]


def test_a_year_of_which_nothing_is_printed_is_refused():
    with pytest.raises(UnknownYearError, match="2035"):
        published("6471", 2035)


def test_printed_figures_are_asked_for_by_the_same_name_before_and_after_a_comparison():
    """Python puts the package in the place of the function that bears its name."""
    code = (
        "import bpsstats as bps; before = bps.published('6471', 2022).area; bps.compare; "
        "print(before == bps.published('6471', 2022).area)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def read_with(tmp_path, **columns):
    """The printed figures of the city in 2022 from a file of one row with other columns."""
    frame = pd.read_csv(published_file(), dtype=str, keep_default_na=False)
    row = frame[frame["area_code"].eq("6471") & frame["year"].eq("2022")].head(1)
    row.assign(**columns).to_csv(tmp_path / "figures.csv", index=False)
    return published("6471", 2022, file=tmp_path / "figures.csv")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"indicator": "head_count"}, "no indicator 'head_count'. Nearest: headcount"),
        ({"domain": "urbn"}, "no domain 'urbn'. Nearest: urban"),
        ({"area_code": "6479"}, "'6479' is not known"),
        ({"unit": "percent"}, "unit of poverty_line is Rp per person per month, not 'percent'"),
        ({"doubtful": "perhaps"}, "derived, inferred, doubtful yes or no"),
        ({"printed": "680.499,00"}, "a number with a decimal point"),
        ({"year": "20222"}, "year a whole number"),
    ],
)
def test_a_row_outside_the_vocabulary_is_refused_with_its_place(tmp_path, columns, said):
    with pytest.raises(PublishedError, match=r"Row 1 of file figures\.csv") as refusal:
        read_with(tmp_path, **columns)
    assert said in refusal.value.message


def test_marks_are_kept_and_a_doubtful_cell_is_no_target(tmp_path):
    table = read_with(tmp_path, doubtful="yes", inferred="yes")
    assert table.cells[0].marks == "inferred, doubtful"
    assert table.figures() == {}


def test_a_new_year_is_rows(tmp_path):
    with pytest.raises(UnknownYearError):
        read_with(tmp_path, year="2031")
    assert published("6471", 2031, file=tmp_path / "figures.csv").figures()


def test_every_indicator_of_the_vocabulary_is_printed_somewhere():
    frame = pd.read_csv(published_file(), dtype=str, keep_default_na=False)
    assert set(frame["indicator"]) == set(indicators())


def test_figures_of_a_part_of_the_area_are_no_targets_of_the_whole():
    urban = [cell for cell in published("6400", 2022) if cell.domain == "urban"]
    assert urban
    assert published("6400", 2022).figures()["headcount"] == pytest.approx(6.31)


def test_a_file_that_was_changed_is_read_again(tmp_path):
    assert read_with(tmp_path, printed="680499").cells[0].value == 680_499
    assert read_with(tmp_path, printed="680500.0").cells[0].value == 680_500


def test_a_mean_of_persons_beside_print_is_rounded_as_no_number_of_persons():
    printed = ("mean:size_poor", "all", "5.1", "persons", "made up", "", "", False, "", "")
    row = Comparison(Target("6471", 2022, *printed), 5.4567, 0.2345, 5.0, 5.9, calibrated=False)
    assert row.settled(policy_for("external")).value == 5.457
