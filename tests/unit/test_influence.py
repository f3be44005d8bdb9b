"""What every statistic is to the variance engine: its influence is its derivative by the weights,
under its name, unit and kind.

``python tests/unit/test_influence.py`` writes statistics.txt again: read the difference before you
commit it.
"""

import inspect
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bpsstats as bps
from bpsstats.survey import DistributionStatistic, SurveyDesign, estimate
from in_ci import every
from properties.enrolled import EVERY, SCHOOLS, STATISTICS, TABLES, with_derived

KEPT = Path(__file__).with_name("statistics.txt")
N = 40
WELFARE = "expenditure_person_month"
# Central differences of a step of a hundred-thousandth of a weight, of numbers of sixteen digits.
STEP, DIFFERENCE = 1e-3, 1e-7
# A quantile steps from record to record and has a density instead of a derivative; what is cut off
# at a quantile takes the quantile between two records, so that its influence is off by what lies
# between them.
STEPS = ("quantile", "quintile_ratio")
CUT = (
    "lorenz",
    "generalised_lorenz",
    "expenditure_share",
    "bottom_40",
    "middle_40",
    "top_20",
    "quintile_share",
)


def sample(weights=None):
    """Forty households of unequal weight, each a PSU of its own, so that totals by PSU are those of
    records.
    """
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "stratum": np.repeat(["a", "b"], N // 2),
            "psu": np.arange(N),
            "weight_person": random.uniform(50, 150, N),
            WELFARE: np.round(random.lognormal(np.log(130), 0.6, N), 2),
            "education": pd.Categorical.from_codes(random.integers(0, 3, N), SCHOOLS),
            "size": random.integers(1, 7, N).astype(float),
        }
    )
    if weights is not None:
        frame["weight_person"] = weights
    return with_derived(frame)


def rows_of(make, weights=None):
    """Rows of a table, with weights of one's own."""
    table = make(SurveyDesign(sample(weights)))
    return [table] if isinstance(table, bps.survey.Estimate) else list(table)


def derivatives(make):
    """Numerical derivatives of the rows by each weight, shape (rows, N)."""
    weights = sample()["weight_person"].to_numpy()
    result = []
    for i in range(N):
        step = STEP * (np.arange(N) == i)
        up, down = (
            [row.estimate for row in rows_of(make, weights + sign * step)] for sign in (1, -1)
        )
        result.append((np.array(up) - np.array(down)) / (2 * STEP))
    return np.array(result).T


def influences(make):
    """Influence of each record on the rows, shape (rows, N)."""
    weights = sample()["weight_person"].to_numpy()
    return np.array([row.strands[0].dense() / weights for row in rows_of(make)])


def by_estimate(enrolled):
    """A table of the statistic in a domain; it is made when it is asked for, so that a mutation
    test reaches it.
    """
    return lambda design: estimate(design, enrolled.make(1.0), domain=np.arange(N) % 7 != 3)


def tables(*names):
    """Tables of the enrolled statistics of these names."""
    for name in names:
        for i, enrolled in enumerate(STATISTICS[name]):
            yield pytest.param(by_estimate(enrolled), id=f"{name}-{i}")


SMOOTH = [
    *tables(*(name for name in STATISTICS if name not in (*STEPS, *CUT))),
    *(pytest.param(make, id=name) for name, make in TABLES.items() if name != "lorenz_curve"),
]


@pytest.mark.parametrize("make", every(4, SMOOTH))
def test_the_influence_is_the_derivative_by_the_weights(make):
    expected = derivatives(make)
    size = np.abs(expected).max(axis=1, keepdims=True)
    size[size == 0] = 1.0  # nobody is in the category, whoever is added
    np.testing.assert_allclose(influences(make) / size, expected / size, rtol=0, atol=DIFFERENCE)


@pytest.mark.parametrize(
    "make", [*tables(*CUT), pytest.param(TABLES["lorenz_curve"], id="lorenz_curve")]
)
def test_the_influence_of_what_a_quantile_cuts_off_follows_the_derivative(make):
    for ours, expected in zip(influences(make), derivatives(make), strict=True):
        assert np.corrcoef(ours, expected)[0, 1] > 0.99
        assert np.abs(ours - expected).max() < 0.15 * np.abs(expected).max()


@pytest.mark.parametrize("error", ["woodruff", "density"])
def test_a_record_below_a_quantile_draws_it_down_and_one_above_draws_it_up(error):
    """A record at or below adds ``(p - 1) / (N f)``, one above ``p / (N f)``: they differ in sign,
    and as ``1 - p`` to ``p``.
    """
    frame = sample()
    statistic = bps.quantile(0.4, error=error)
    [row] = estimate(SurveyDesign(frame), statistic)
    [influence] = influences(lambda design: estimate(design, statistic))
    below = frame[WELFARE].to_numpy() <= row.estimate
    assert np.ptp(influence[below]) < 1e-9 * np.ptp(influence)
    assert np.ptp(influence[~below]) < 1e-9 * np.ptp(influence)
    assert influence[~below][0] > 0
    # Woodruff's is that of the share below, whose value differs from p by less than one record.
    assert influence[below][0] / influence[~below][0] == pytest.approx(
        -0.6 / 0.4, rel=1e-9 if error == "density" else 0.1
    )


def with_welfare():
    """Functions that make a statistic of a column of one's own, with what else they must be
    given.
    """
    given = {
        "line": 100.0,
        "alpha": 2,
        "probability": 0.4,
        "share": 0.3,
        "low": 0.1,
        "high": 0.7,
        "fifth": 2,
        "aversion": 0.5,
    }
    for name in STATISTICS:
        make = getattr(bps, name, None) or getattr(bps.poverty, name, None)
        parameters = inspect.signature(make).parameters if make else {}
        if "welfare" in parameters:
            needed = {
                key: given[key] for key, one in parameters.items() if one.default is one.empty
            }
            yield pytest.param(partial(make, **needed), id=name)


@pytest.mark.parametrize("make", list(with_welfare()))
def test_a_statistic_of_another_column_is_that_of_the_column_renamed(make):
    other = sample().rename(columns={WELFARE: "income"})
    [expected], [found] = (
        estimate(SurveyDesign(sample()), make()),
        estimate(SurveyDesign(other), make(welfare="income")),
    )
    assert (found.estimate, found.std_error) == (expected.estimate, expected.std_error)


def described():
    """Name, unit, kind and scale of every statistic, and whether it takes logarithms or has an
    interval of its own.
    """
    for enrolled in EVERY:
        one = enrolled.make(1.0)
        parts = [one.name, one.unit or "-", one.kind, f"{one.scale:g}"]
        if isinstance(one, DistributionStatistic):
            parts += ["positive"] * one.positive + ["own interval"] * (one.limits is not None)
        elif one.rate is not None:
            parts.append(f"follows {one.rate.name}")
        yield " | ".join(parts)


def test_every_statistic_keeps_its_name_unit_kind_and_scale():
    assert list(described()) == KEPT.read_text("utf8").splitlines()


if __name__ == "__main__":
    KEPT.write_text("\n".join(described()) + "\n", encoding="utf8")
