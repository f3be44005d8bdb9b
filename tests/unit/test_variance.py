"""The variance engine against counts by hand."""

import numpy as np
import pandas as pd
import pytest

from bpsstats.survey import Linearised, SurveyDesign, covariance, estimate, total
from bpsstats.survey.variance.cells import Cells
from bpsstats.survey.variance.engine import variance_of_cells

# Sums of a handful of numbers: a few units in the last place.
EXACT = 1e-14

FRAME = pd.DataFrame(
    {
        "y": [1.0, 3, 5, 9, 4],
        "x": [1.0, 1, 2, 1, 1],
        "h": [1, 1, 2, 2, 2],
        "c": list("abcde"),
        "w": 2.0,
    }
)


def test_the_variance_of_a_total_is_the_sum_over_strata_of_n_times_the_variance_of_psu_totals():
    # Weighted totals 2 6 | 10 18 8: 2 * (8) + 3 * (56 / 2) = 2*((2-4)^2+(6-4)^2) +
    # 3/2*((10-12)^2+(18-12)^2+(8-12)^2)
    design = SurveyDesign(FRAME, weight="w", strata="h", psu="c")
    assert covariance(design, FRAME["y"].to_numpy())[0, 0] == pytest.approx(16 + 84, rel=EXACT)


def test_the_finite_population_correction_takes_off_the_sampled_part():
    design = SurveyDesign(
        FRAME.assign(M=[4, 4, 30, 30, 30]), weight="w", strata="h", psu="c", fpc="M"
    )
    assert covariance(design, FRAME["y"].to_numpy())[0, 0] == pytest.approx(
        16 * 0.5 + 84 * 0.9, rel=EXACT
    )


def test_a_stratum_sampled_completely_has_no_variance():
    design = SurveyDesign(
        FRAME.assign(M=[2, 2, 30, 30, 30]), weight="w", strata="h", psu="c", fpc="M"
    )
    assert covariance(design, FRAME["y"].to_numpy())[0, 0] == pytest.approx(84 * 0.9, rel=EXACT)


def test_the_covariance_matrix_holds_the_variances_and_is_symmetric():
    design = SurveyDesign(FRAME, weight="w", strata="h", psu="c")
    matrix = covariance(design, FRAME[["y", "x"]].to_numpy())
    assert matrix[0, 0] == pytest.approx(100, rel=EXACT)
    assert matrix[0, 1] == matrix[1, 0]
    # x totals 2 2 | 4 2 2, means 2 | 8/3; covariance with y only in the second stratum.
    expected = 1.5 * ((10 - 12) * (4 - 8 / 3) + (18 - 12) * (2 - 8 / 3) + (8 - 12) * (2 - 8 / 3))
    assert matrix[0, 1] == pytest.approx(expected, rel=EXACT)


def test_a_lone_psu_is_measured_from_the_mean_of_all_psus_on_request():
    frame = FRAME.assign(h=[1, 2, 2, 2, 2])
    design = SurveyDesign(frame, weight="w", strata="h", psu="c", lone_psu="centre")
    totals = np.array([2.0, 6, 10, 18, 8])
    expected = (2 - totals.mean()) ** 2 + 4 / 3 * ((totals[1:] - totals[1:].mean()) ** 2).sum()
    assert covariance(design, FRAME["y"].to_numpy())[0, 0] == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("lone_psu", ["error", "centre", "certainty", "average"])
def test_cells_give_the_same_variance_as_dense_totals(lone_psu):
    random = np.random.default_rng(7)
    n, n_domains = 400, 9
    frame = pd.DataFrame({"h": random.integers(0, 5, n), "w": random.uniform(1, 9, n)})
    frame["c"] = frame["h"] * 100 + random.integers(0, 8, n)
    if lone_psu != "error":
        frame.loc[0, ["h", "c"]] = [99, 9900]
    design = SurveyDesign(frame, weight="w", strata="h", psu="c", lone_psu=lone_psu)
    domain, y = random.integers(0, n_domains, n), random.normal(size=n)
    masked = np.column_stack([np.where(domain == d, y, 0.0) for d in range(n_domains)])
    cells = pd.DataFrame({"psu": design.psu_index, "domain": domain, "t": design.weights * y})
    cells = cells.groupby(["psu", "domain"], as_index=False)["t"].sum()
    those = Cells.make(
        design.first_stage, cells["psu"].to_numpy(), cells["domain"].to_numpy(), n_domains
    )
    by_cell = variance_of_cells(design.first_stage, those, cells["t"].to_numpy())
    np.testing.assert_allclose(by_cell, np.diag(covariance(design, masked)), rtol=1e-12)


def test_a_lone_psu_outside_a_domain_counts_with_its_finite_population_correction():
    # Stratum b has one of four PSUs, centred on the mean of all; the domain lies in stratum a.
    frame = pd.DataFrame(
        {
            "y": [1.0, 4.0, 2.0],
            "w": 1.0,
            "h": list("aab"),
            "c": [1, 2, 3],
            "N": [10.0, 10, 4],
            "d": [True, True, False],
        }
    )
    design = SurveyDesign(frame, weight="w", strata="h", psu="c", fpc="N", lone_psu="centre")
    row = estimate(design, total("y"), domain="d").rows[0]
    # 0.8 * 2 [(1 - 2.5)^2 + (4 - 2.5)^2] + 0.75 (0 - 5/3)^2
    assert row.std_error**2 == pytest.approx(0.8 * 2 * 4.5 + 0.75 * 25 / 9, rel=1e-14)


def test_a_ratio_of_linearised_statistics_by_hand():
    top, bottom = Linearised(6.0, np.array([1.0, 2.0])), Linearised(3.0, np.array([0.5, 4.0]))
    result = top / bottom
    assert result.value == 2
    np.testing.assert_array_equal(result.influence, [(1 - 2 * 0.5) / 3, (2 - 2 * 4) / 3])


def test_a_lone_psu_inside_a_domain_counts_once_with_its_finite_population_correction():
    frame = pd.DataFrame(
        {"y": [1.0, 4.0, 2.0], "w": 1.0, "h": list("aab"), "c": [1, 2, 3], "N": [10.0, 10, 4]}
    )
    design = SurveyDesign(frame, weight="w", strata="h", psu="c", fpc="N", lone_psu="centre")
    # 0.8 * 2 [(1 - 2.5)^2 + (4 - 2.5)^2] + 0.75 (2 - 7/3)^2
    assert estimate(design, total("y")).rows[0].std_error ** 2 == pytest.approx(
        0.8 * 2 * 4.5 + 0.75 / 9, rel=1e-14
    )
