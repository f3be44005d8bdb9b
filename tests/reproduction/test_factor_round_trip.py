"""Rounds made to need a correction factor, through files: the factor is found, and with it the
printed figures.
"""

import json

import pytest

from bpsstats.cli import main
from bpsstats.microdata import read_round
from bpsstats.poverty import implied_factor, poverty_line
from bpsstats.published import ledger, published
from bpsstats.survey import SurveyDesign

YEAR = 2022
pytestmark = pytest.mark.external  # each factor makes a round


@pytest.fixture(scope="module", params=[0.81, 0.87, 1.0, 1.1])
def made(request, tmp_path_factory):
    """A factor and the folder of a round that needs it."""
    folder = tmp_path_factory.mktemp("needs")
    options = ["--years", str(YEAR), "--factor", str(request.param), "--out", str(folder)]
    assert main(["synthesize", *options]) == 0
    return request.param, folder


def test_the_factor_is_recovered_within_its_interval(made):
    factor, folder = made
    round_ = read_round("6471", YEAR, folder)
    households, persons = SurveyDesign(round_.households), SurveyDesign(round_.persons)
    rate = published("6471", YEAR).text("headcount")
    found = implied_factor(households, poverty_line("6471", YEAR), rate, persons=persons)
    assert found.low <= factor < found.high
    assert found.high - found.low < 0.05
    assert found.conf_low < factor < found.conf_high
    assert found.needs_none == (factor == 1)


def test_with_it_the_rate_is_given_and_depth_and_profile_are_as_printed(made):
    factor, folder = made
    cells = {
        (cell.target.indicator, cell.target.domain): cell
        for cell in ledger("6471", YEAR, folder, factor=factor)
    }
    for rate in ("headcount", "poor_count"):
        shown = cells[rate, "all"].shown_verdict
        assert shown == ("calibrated" if factor == 1 else "given")
    for figure in ("poverty_gap", "severity"):
        assert cells[figure, "all"].verdict == "reproduced"
    for education in ("below_sd", "sd_smp", "sma_plus"):
        assert cells[f"share:{education}", "poor 15+"].verdict == "reproduced"
    assert cells["difference:food_share", "poor less non-poor"].verdict == "reproduced"


def test_a_file_of_factors_beside_the_data_does_the_same_as_the_option(made, capsys):
    factor, folder = made
    asked = ["reproduce", "--year", str(YEAR), "--raw", str(folder), "--format", "json"]
    assert main([*asked, "--factor", str(factor)]) in (0, 1)
    by_option = json.loads(capsys.readouterr().out)
    own = folder / "correction_factors.yaml"
    own.write_text(
        f'factors: {{"6471": {{{YEAR}: {{value: {factor}, source: "a letter"}}}}}}',
        encoding="utf8",
    )
    assert main(asked) in (0, 1)
    assert json.loads(capsys.readouterr().out) == by_option
    own.unlink()
