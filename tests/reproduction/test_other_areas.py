"""Three areas of Kalimantan Timur, made of what is printed of them, come back as they are printed;
the years are files and rows.
"""

import io
from unittest import mock

import pandas as pd
import pytest
import yaml

from bpsstats.cli import main
from bpsstats.microdata import read_round
from bpsstats.published import published
from bpsstats.synthetic import Targets, synthesize
from bpsstats.synthetic.parameters import parameters

# A city; a regency with rural blocks whose P1 and P2 are printed; one where they are not.
MADE = {"6472": 2023, "6401": 2023, "6411": 2024}
CANDIDATES = 12  # samples drawn, in place of hundreds
pytestmark = pytest.mark.external  # three rounds are made


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Raw folder of each area, made by the command."""
    made = {}
    with mock.patch.dict(parameters()["sample"], candidates=CANDIDATES):
        for area, year in MADE.items():
            made[area] = tmp_path_factory.mktemp(area)
            arguments = ("--area", area, "--years", str(year), "--out", str(made[area]))
            assert main(["synthesize", *arguments]) == 0
    return made


@pytest.mark.parametrize(("area", "year"), MADE.items())
def test_what_is_printed_of_an_area_is_estimated_from_its_round(area, year, folders, capsys):
    asked = ["--area", area, "--year", str(year), "--raw", str(folders[area]), "--format", "csv"]
    assert main(["estimate", *asked]) == 0
    estimates = pd.read_csv(io.StringIO(capsys.readouterr().out)).set_index("statistic")["estimate"]
    printed = [
        cell
        for cell in published(area, year)
        if cell.indicator in estimates.index and cell.domain == "all" and not cell.doubtful
    ]
    assert {"poor_count", "headcount"} <= {cell.indicator for cell in printed}
    for cell in printed:
        low, high = cell.rounding
        assert low <= estimates[cell.indicator] <= high, cell.indicator
    main(["reproduce", *asked])
    ledger = pd.read_csv(io.StringIO(capsys.readouterr().out)).query("domain == 'all'")
    assert ledger.loc[ledger["indicator"] == "poverty_line", "given"].all()
    fitted = ledger[ledger["indicator"].isin([cell.indicator for cell in printed])]
    assert len(fitted) >= len(printed)
    assert (fitted["verdict"] == "reproduced").all()
    assert fitted["calibrated"].all()


def test_a_regency_has_rural_strata_and_a_city_hardly_any(folders):
    rural = {}
    for area, year in MADE.items():
        round_ = read_round(area, year, folders[area])
        assert round_.households["stratum"].nunique() == 2
        blocks = round_.households.drop_duplicates("psu")
        rural[area] = 1 - blocks["urban"].mean()
    assert rural["6401"] > 0.3
    assert rural["6472"] < 0.1


def test_depth_that_is_not_printed_is_assumed_aloud(folders):
    sidecar = yaml.safe_load((folders["6411"] / "2024-03" / "source.yaml").read_text("utf8"))
    [sentence] = sidecar["assumed"]
    assert "poverty_gap and severity are not printed" in sentence
    assert "March 2023" in sentence
    assert sentence in read_round("6411", 2024, folders["6411"]).provenance.notes
    before, targets = published("6411", 2023).figures(), sidecar["targets"]
    for name in ("poverty_gap", "severity"):
        assert targets[name] / targets["headcount"] == pytest.approx(
            before[name] / before["headcount"], rel=0.01
        )
    whole = yaml.safe_load((folders["6472"] / "2023-03" / "source.yaml").read_text("utf8"))
    assert "assumed" not in whole


def test_a_round_made_in_the_layout_of_2025_has_the_figures_it_was_made_of(tmp_path):
    line, poor = 800_000, 15_830
    figures = {"poor_count": poor, "headcount": 2.45, "poverty_gap": 0.17, "severity": 0.02}
    targets = Targets.from_figures(figures | {"poverty_line": line})
    with mock.patch.dict(parameters()["sample"], candidates=CANDIDATES):
        synthesize({2025: {"6471": targets}}, 1, tmp_path)
    round_ = read_round("6471", 2025, tmp_path)
    households = round_.households
    is_poor = households["expenditure_person_month"] < line
    assert households["weight_person"][is_poor].sum() == pytest.approx(poor, rel=1e-6)
    assert not round_.checks.errors
    assert round_.persons["relation"].eq("head").sum() == len(households)
    assert {"formal", "informal", "not_working"} <= set(round_.persons["work"].dropna())


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """Raw folder of a round whose files hold three areas."""
    folder = tmp_path_factory.mktemp("together")
    with mock.patch.dict(parameters()["sample"], candidates=CANDIDATES):
        asked = ("--area", ",".join(MADE), "--years", "2022", "--out", str(folder))
        assert main(["synthesize", *asked]) == 0
    return folder


def test_areas_of_one_folder_are_those_made_alone_but_for_their_keys(together, tmp_path):
    with mock.patch.dict(parameters()["sample"], candidates=CANDIDATES):
        assert (
            main(["synthesize", "--area", "6401", "--years", "2022", "--out", str(tmp_path)]) == 0
        )
    alone, one = read_round("6401", 2022, tmp_path), read_round("6401", 2022, together)
    for name in ("households", "persons"):
        made, found = getattr(alone, name), getattr(one, name)
        pd.testing.assert_frame_equal(
            found.drop(columns="household"), made.drop(columns="household"), check_exact=True
        )
    assert one.provenance.kind == "synthetic"
    assert one.provenance.targets == alone.provenance.targets
    keys = [read_round(area, 2022, together).households["household"] for area in MADE]
    assert pd.concat(keys).is_unique


def test_the_reports_of_all_areas_of_a_folder_are_made_by_one_command(together, tmp_path):
    out = tmp_path / "reports"
    asked = ("--area", "all", "--year", "2022", "--raw", str(together), "--out", str(out))
    assert main(["report", *asked, "--quiet"]) == 0
    index = (out / "index-en.html").read_text("utf8")
    for area in MADE:
        assert f'href="{area}/2022/en/report.html"' in index
        page = (out / area / "2022" / "en" / "report.html").read_text("utf8")
        assert (
            f"{published(area, 2022).figures()['headcount']:.2f} percent of the population" in page
        )
