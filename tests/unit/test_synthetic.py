"""The generator: what it is given comes out, whatever it is given; nonsense is refused."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from bpsstats.cli.synthesize import _areas
from bpsstats.errors import ParameterError, UnknownAreaError
from bpsstats.microdata import read_round
from bpsstats.microdata.lists.areas import find_area
from bpsstats.poverty import (
    education_of_the_poor,
    headcount,
    poor_count,
    poverty_gap,
    sector_of_the_poor,
    severity,
    work_of_the_poor,
)
from bpsstats.published.record.cells import printed_cells
from bpsstats.survey import SurveyDesign, estimate
from bpsstats.synthetic import Targets, make_population, make_round, synthesize
from bpsstats.synthetic.population import SMA

# Invented cities, none of which was ever printed.
INVENTED = {
    "one in ten poor": {
        "population": 830_000, "poor_count": 83_000, "poverty_gap": 1.8, "severity": 0.5,
        "poverty_line": 500_000,
        "share:below_sd": 30.0, "share:sd_smp": 45.0, "share:sma_plus": 25.0,
    },
    "deep poverty": {"population": 900_000, "poor_count": 45_000, "poverty_gap": 1.5,
        "severity": 0.62, "poverty_line": 800_000},
    "work known": {
        "population": 640_000, "poor_count": 32_000, "poverty_gap": 0.8, "severity": 0.2,
        "poverty_line": 650_000,
        "share:not_working": 50.0, "share:informal": 30.0, "share:formal": 20.0,
        "share:agriculture": 8.0, "share:non_agriculture": 42.0,
    },
}  # fmt: skip
# Weights are printed in millionths and spending in hundredths of a rupiah.
FITTED = 1e-5


@cache
def read_invented(name, year, folder):
    synthesize({year: {"6472": Targets.from_figures(INVENTED[name])}}, seed=5, out=folder)
    return read_round("6472", year, folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("raw")


@pytest.mark.external
@pytest.mark.parametrize(
    ("name", "year"),
    [("one in ten poor", 2022), ("deep poverty", 2019), ("work known", 2021)],
)
def test_invented_figures_come_out_of_the_estimates(name, year, folder):
    figures = INVENTED[name]
    round_ = read_invented(name, year, folder)
    line = figures["poverty_line"]
    table = estimate(
        SurveyDesign(round_.households),
        [f(line) for f in (poor_count, headcount, poverty_gap, severity)],
    )
    assert round_.persons["weight_person"].sum() == pytest.approx(figures["population"], abs=1e-4)
    assert table.row("poor_count").estimate == pytest.approx(figures["poor_count"], rel=FITTED)
    assert table.row("headcount").estimate == pytest.approx(
        100 * figures["poor_count"] / figures["population"], rel=FITTED
    )
    assert table.row("poverty_gap").estimate == pytest.approx(figures["poverty_gap"], rel=1e-4)
    assert table.row("severity").estimate == pytest.approx(figures["severity"], rel=1e-4)
    persons = SurveyDesign(round_.persons)
    shares = [
        row
        for of in (education_of_the_poor, work_of_the_poor, sector_of_the_poor)
        for row in of(persons, line)
    ]
    for row in shares:
        if row.statistic in figures:
            assert row.estimate == pytest.approx(figures[row.statistic], abs=1e-3)


@pytest.mark.external
def test_the_round_passes_every_check(folder):
    assert read_invented("one in ten poor", 2022, folder).checks.findings == ()


@pytest.mark.external
def test_the_same_seed_gives_the_same_tables_and_another_seed_gives_others():
    targets = Targets.from_figures(INVENTED["deep poverty"])
    once, twice = (make_round("6471", 2022, targets, seed=3) for _ in range(2))
    other = make_round("6471", 2022, targets, seed=4)
    for role in once:
        pd.testing.assert_frame_equal(once[role], twice[role])
    assert not once["blok43"].equals(other["blok43"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"severity": 2.0}, "P0 > P1 > P2"),
        ({"poverty_gap": 4.0, "severity": 1.2}, r"P1 \* P1 <= P0 \* P2"),
        ({"poor_count": -1}, "positive"),
        ({"share:below_sd": 50.0}, "sum to 100"),
        ({"poor_count": 800_000}, "90 percent"),
    ],
)
def test_figures_that_cannot_hold_at_once_are_refused(change, reason):
    with pytest.raises(ParameterError, match=reason):
        Targets.from_figures(INVENTED["one in ten poor"] | change)


def test_a_share_without_its_table_is_refused():
    figures = {k: v for k, v in INVENTED["one in ten poor"].items() if k != "share:sd_smp"}
    with pytest.raises(ParameterError, match="must be given for all classes"):
        Targets.from_figures(figures)


def test_a_missing_figure_is_named():
    with pytest.raises(ParameterError, match="lack severity"):
        Targets.from_figures({k: v for k, v in INVENTED["deep poverty"].items() if k != "severity"})


@pytest.fixture(scope="module")
def population():
    return make_population(2022, 646_000, np.random.default_rng(1))


def test_the_population_has_the_shape_of_a_city(population):
    adults = population.age >= 15
    assert population.n_persons == pytest.approx(646_000, rel=0.05)
    assert 3.3 < population.n_persons / population.n_households < 4.1
    assert 0.70 < adults.mean() < 0.80
    senior = (population.diploma[adults] >= SMA).mean()
    assert 0.55 < senior < 0.72
    assert 0.50 < (population.work[adults] > 0).mean() < 0.65
    assert population.diploma[population.age < 11].max() == 0


def odds(rate):
    return rate / (1 - rate)


def test_the_odds_of_poverty_fall_with_schooling_as_in_the_literature(population):
    cut = np.quantile(np.repeat(population.expenditure, population.size), 0.03)
    poor, head = population.expenditure < cut, population.diploma[population.first_person]
    rate = {
        name: np.average(poor[mask], weights=population.size[mask])
        for name, mask in {
            "primary": head <= 1,
            "senior": head == SMA,
            "tertiary": head > SMA,
        }.items()
    }
    assert 1.2 < odds(rate["primary"]) / odds(rate["senior"]) < 6
    assert 0.05 < odds(rate["tertiary"]) / odds(rate["senior"]) < 0.4


def test_neighbours_are_alike(population):
    """Intra-class correlation of log expenditure within blocks, by the analysis of variance."""
    y, block = np.log(population.expenditure), population.block
    n = np.bincount(block)
    means = np.bincount(block, weights=y)[n > 0] / n[n > 0]
    n = n[n > 0]
    between = (n * (means - y.mean()) ** 2).sum() / (len(n) - 1)
    within = ((y - np.repeat(means, n)) ** 2).sum() / (len(y) - len(n))
    size = (len(y) - (n**2).sum() / len(y)) / (len(n) - 1)
    assert 0.06 < (between - within) / (between + (size - 1) * within) < 0.16


@pytest.mark.external
def test_an_area_carries_its_codes_into_the_files():
    tables = make_round(
        find_area("6474"), 2020, Targets.from_figures(INVENTED["deep poverty"]), seed=8
    )
    assert set(tables["blok43"]["R101"]) == {64}
    assert set(tables["blok43"]["R102"]) == {74}
    assert tables["blok43"]["PSU"].str.startswith("6474").all()


def test_a_province_means_its_areas_whose_rate_is_printed():
    assert _areas("64", 2022, None) == printed_cells().areas(64)
    assert _areas("6472, Kota Balikpapan,6472", 2022, None) == ["6472", "6471"]
    with pytest.raises(ParameterError, match="province 12 is printed for 2022"):
        _areas("12", 2022, None)
    for nowhere in ("6471,atlantis", ",", ""):
        with pytest.raises(UnknownAreaError):
            _areas(nowhere, 2022, None)
