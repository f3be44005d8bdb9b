"""Laws of the rebuilt poverty line: prices, the size of the rupiah, the order of rows, the size of
weights.
"""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from bpsstats.microdata.lists.basket import Basket, Commodity
from bpsstats.poverty import estimate_poverty_line
from bpsstats.survey import SurveyDesign

BASKET = Basket(
    (
        Commodity("food", "rice", "beras", (2,)),
        Commodity("food", "eggs", "telur", (66,)),
        Commodity("nonfood", "rent", "sewa", (202,), 0.5, 0.4),
    ),
    2100,
    30,
    0.4,
    0.25,
)
ROUNDING = 1e-9
TEMPORARY = 200.0


@st.composite
def cities(draw):
    """30 households in 10 PSUs, their spending, and what they buy of three things."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = 30
    households = pd.DataFrame(
        {
            "household": [str(i) for i in range(n)],
            "psu": np.arange(n) // 3,
            "stratum": "a",
            "weight_person": random.uniform(1, 9, n),
            "size": random.integers(1, 6, n),
            "urban": random.random(n) < 0.7,
            "expenditure_person_month": random.uniform(100, 900, n).round(draw(st.integers(-2, 2))),
        }
    )
    rows = []
    for household, size in zip(households["household"], households["size"], strict=True):
        for code, calories in ((2, 1200.0), (66, 300.0), (202, 0.0)):
            amount = random.uniform(1, 50) * size
            rows.append(
                (household, code, amount, calories * size * random.uniform(0.5, 1.5), amount / 10)
            )
    items = pd.DataFrame(
        rows, columns=["household", "code", "value_month", "calories_day", "quantity_month"]
    )
    return households, items


def rebuilt(households, items, temporary=TEMPORARY):
    line = estimate_poverty_line(
        SurveyDesign(households), items, temporary_line=temporary, basket=BASKET
    )
    return np.array([(row.estimate, row.std_error) for row in line.lines]), line


@given(cities(), st.floats(0.1, 10))
def test_food_prices_times_a_constant_scale_the_food_line_alone(city, factor):
    households, items = city
    food = items["code"] != 202
    dearer = items.assign(
        value_month=items["value_month"].where(~food, items["value_month"] * factor)
    )
    before, after = rebuilt(households, items)[0], rebuilt(households, dearer)[0]
    np.testing.assert_allclose(after[1], factor * before[1], rtol=ROUNDING)
    np.testing.assert_allclose(after[2], before[2], rtol=ROUNDING)


@given(cities(), st.floats(0.01, 100))
def test_rupiah_of_another_size_scale_the_whole_line(city, factor):
    households, items = city
    rich = households.assign(
        expenditure_person_month=households["expenditure_person_month"] * factor
    )
    dear = items.assign(value_month=items["value_month"] * factor)
    before, after = rebuilt(households, items)[0], rebuilt(rich, dear, TEMPORARY * factor)[0]
    np.testing.assert_allclose(after, factor * before, rtol=ROUNDING)


@given(cities(), st.floats(0.01, 100))
def test_the_size_of_weights_does_not_matter(city, factor):
    households, items = city
    other = households.assign(weight_person=households["weight_person"] * factor)
    np.testing.assert_allclose(
        rebuilt(other, items)[0], rebuilt(households, items)[0], rtol=ROUNDING
    )


@given(cities(), st.randoms(use_true_random=False))
def test_the_order_of_households_and_items_does_not_matter(city, random):
    households, items = city
    orders = [random.sample(range(len(frame)), len(frame)) for frame in city]
    shuffled = [
        frame.iloc[order].reset_index(drop=True) for frame, order in zip(city, orders, strict=True)
    ]
    np.testing.assert_allclose(rebuilt(*shuffled)[0], rebuilt(households, items)[0], rtol=ROUNDING)


@given(cities())
def test_what_the_commodities_cost_adds_up_to_the_line(city):
    values, line = rebuilt(*city)
    costs = line.to_frame()
    assert costs["cost"].sum() == pytest.approx(values[0, 0])
    assert costs.loc[costs["part"] == "food", "cost"].sum() == pytest.approx(values[1, 0])
    assert costs["share_of_line"].sum() == pytest.approx(100)
