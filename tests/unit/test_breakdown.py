"""When a row has no standard error although its formula gives one, and what an index says of one
more case.
"""

import numpy as np
import pandas as pd
import pytest

from bpsstats.survey import Ratio, SurveyDesign, estimate
from bpsstats.survey.results.breakdown import _degenerate, _one_more
from bpsstats.survey.statistics.ratios import ones

NAN = float("nan")


def statistic(kind, scale=100.0, **options):
    return Ratio("it", "", kind, ones, ones, scale, **options)


def without_error(kind, values, std_errors=None, scale=100.0):
    values = np.array(values, dtype=float)
    std_errors = np.ones(len(values)) if std_errors is None else np.array(std_errors)
    return _degenerate(statistic(kind, scale), values, std_errors).tolist()


@pytest.mark.parametrize(
    "kind", ["proportion", "index", "count", "ratio", "mean", "total", "difference"]
)
def test_what_is_not_a_number_has_no_error(kind):
    assert without_error(kind, [50, NAN, np.inf, 50], [1, 1, 1, NAN]) == [False, True, True, True]


@pytest.mark.parametrize("kind", ["proportion", "index"])
def test_nobody_and_everybody_show_no_variation_up_to_rounding(kind):
    values = [0, 1e-10, -1e-20, 1e-9, 100 - 1e-9, 100 - 1e-11, 100, 100.1]
    assert without_error(kind, values) == [True, True, True, False, False, True, True, True]


def test_a_count_of_nobody_has_no_error_and_that_of_everybody_does():
    assert without_error("count", [0, 1e-12, 1e-11, 1000], scale=1.0) == [True, True, False, False]


def test_a_ratio_of_zero_has_no_error_and_a_negative_one_does():
    assert without_error("ratio", [0, -1e-10, 1e-9, -1e-9, 100, 200]) == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("kind", ["mean", "total", "difference"])
def test_means_totals_and_differences_may_be_zero(kind):
    assert without_error(kind, [0, -5, 100]) == [False, False, False]


def index_and_rate(spending):
    frame = pd.DataFrame({"y": spending, "w": 1.0, "psu": range(len(spending))})
    design = SurveyDesign(frame, weight="w", strata=None)
    rate = Ratio(
        "rate", "percent", "proportion", lambda d: (d.column("y") < 100) * 1.0, ones, 100.0
    )
    return (
        statistic("index", rate=rate, one_more=lambda *parts: parts),
        estimate(design, rate).rows[0],
    )


def test_one_more_case_is_told_in_proportions_where_the_rate_has_an_error():
    index, rate = index_and_rate([50.0, 200, 300, 400])
    assert _one_more(index, 0.5, rate) == (0.005, 0.25, rate.std_error / 100)
    assert _one_more(index, 0.0, rate) is None
    assert _one_more(index, 0.5, None) is None
    assert _one_more(statistic("index", rate=rate), 0.5, rate) is None


def test_where_the_rate_has_no_error_one_more_case_cannot_be_told():
    index, nobody = index_and_rate([200.0, 300, 400])
    assert np.isnan(nobody.std_error)
    assert _one_more(index, 0.5, nobody) is None
