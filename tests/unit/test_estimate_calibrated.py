"""Rows under calibrated and replicated weights: bases, rates that counts follow, names of domains;
eight households.
"""

import numpy as np
import pandas as pd
import pytest

from bpsstats.errors import DesignError
from bpsstats.poverty import headcount, poor_count, poverty_gap
from bpsstats.survey import SurveyDesign, calibrate, estimate, jackknife, mean, total

LINE = 100


def design():
    frame = pd.DataFrame(
        {
            "weight_person": [2.0, 3, 4, 1, 2, 5, 1, 2],
            "stratum": [1, 1, 1, 1, 2, 2, 2, 2],
            "psu": [1, 1, 2, 2, 3, 3, 4, 4],
            "expenditure_person_month": [80.0, 120, 130, 150, 70, 200, 90, 60],
            "sex": list("fmfmfmmf"),
            "size": [1.0, 2, 3, 4, 5, 6, 7, 8],
        }
    )
    return SurveyDesign(frame)


def known():
    return calibrate(design(), {"sex": {"f": 12.0, "m": 10.0}}, method="linear")


def test_a_rate_under_calibrated_weights_keeps_its_base_by_domain():
    rows = estimate(known(), headcount(LINE), by="sex")
    assert [row.base for row in rows] == pytest.approx([12, 10])
    assert estimate(known(), mean("size")).rows[0].base == pytest.approx(22)
    assert np.isnan(estimate(known(), total("size")).rows[0].base)


@pytest.mark.parametrize("calibrated", [True, False])
def test_a_count_follows_its_rate_only_where_the_population_is_known_and_an_index_always(
    calibrated,
):
    margins = {"sex": {"f": 12.0, "m": 10.0}} if calibrated else {"size": 100.0}
    table = estimate(
        calibrate(design(), margins, method="linear"),
        [headcount(LINE), poor_count(LINE), poverty_gap(LINE)],
        by="sex",
    )
    for sex, population in (("f", 12), ("m", 10)):
        rate, count, gap = (
            table.row(name, f"sex={sex}") for name in ("headcount", "poor_count", "poverty_gap")
        )
        assert gap.rate.estimate == rate.estimate
        if calibrated:
            assert count.rate.estimate == rate.estimate
            expected = [population * limit / 100 for limit in rate.interval()]
            assert count.interval() == pytest.approx(expected, nan_ok=True)
        else:
            assert count.rate is None


def test_replicates_of_calibrated_weights_take_every_record_and_keep_the_level():
    """Sums by cell would use the factors of PSUs on weights that are calibrated anew."""
    one = known()
    table = estimate(one, mean("size"), replicates=jackknife(one), level=0.9)
    assert table.level == 0.9
    by_hand = []
    for left_out in range(4):
        factor = np.where(
            one.psu_index == left_out, 0.0, np.where(one.psu_index // 2 == left_out // 2, 2.0, 1.0)
        )
        w = design().weights * factor
        women = (one.frame["sex"] == "f").to_numpy()
        w = np.where(women, w * 12 / w[women].sum(), w * 10 / w[~women].sum())
        by_hand.append(w @ one.column("size") / 22)
    variance = 0.5 * np.sum((np.array(by_hand) - np.mean(by_hand)) ** 2)
    assert table.rows[0].std_error ** 2 == pytest.approx(variance)


def test_a_domain_is_called_after_its_column_or_as_asked():
    frame = design().frame.assign(large=design().column("size") > 4)
    one = SurveyDesign(frame)
    mask = frame["large"].to_numpy()

    def name(**options):
        return estimate(one, headcount(LINE), **options).rows[0].domain

    assert name() == "all"
    assert name(domain="large") == "large"
    assert name(domain=mask) == "domain"
    assert name(domain=mask, domain_name="large households") == "large households"
    assert name(domain_name="everybody") == "everybody"
    assert name(domain="large", by="sex") == "large, sex=f"


def test_a_missing_value_is_named_only_where_it_lies_in_the_domain():
    frame = design().frame
    frame.loc[[1, 4, 5], "expenditure_person_month"] = np.nan
    with pytest.raises(DesignError, match=r"2 records .* \(rows 2, 6\)"):
        estimate(
            SurveyDesign(frame),
            mean("expenditure_person_month"),
            domain=(frame["sex"] == "m").to_numpy(),
        )


def test_a_domain_without_the_last_psus_counts_those_that_it_has():
    one = design()
    np.testing.assert_array_equal(one.active_psus(one.psu_index == 1), [1])
    np.testing.assert_array_equal(one.active_psus(np.ones(8, dtype=bool)), [0, 1, 2, 3])
    row = estimate(one, mean("size"), domain=one.psu_index < 2).rows[0]
    assert row.strands[0].dense().shape == (4,)
