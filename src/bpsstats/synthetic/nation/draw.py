"""A synthetic round of a whole nation: 514 invented areas, each drawn from a stream of chance of
its own.

The single areas follow the generator of the city (`draw_households`, `spend`); what differs between
areas, and what makes a nation of them, stands in ``national.yaml``. An area is the same whether it
is drawn alone or with all others.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.errors import ParameterError
from bpsstats.files import read_yaml
from bpsstats.microdata.derive import ADULT_AGE, OLD_AGE
from bpsstats.microdata.layouts import MONTHS_PER_YEAR, WEEKS_PER_MONTH, Layout
from bpsstats.microdata.lists.classifications import (
    BAND_OF_DIPLOMA,
    DIPLOMAS,
    EDUCATION,
    SECTOR,
    SEX,
    WORK,
)
from bpsstats.microdata.lists.commodities import group_headers
from bpsstats.reprs import count_of
from bpsstats.synthetic.parameters import parameters
from bpsstats.synthetic.population import NOT_WORKING, Population, draw_households
from bpsstats.synthetic.sample import spread
from bpsstats.synthetic.spending import Spending, spend

FIRST_CITY = 71
MICRO = 1_000_000  # weights are whole millionths
OF_AREA, OF_HOUSEHOLDS, OF_SPENDING = range(3)  # streams of chance of an area


@dataclass(frozen=True, slots=True)
class NationalArea:
    """An invented area: what its households are drawn with.

    `population` in persons, `headcount` in percent, `line` in Rp per person and month; `urban` is a
    share of its `blocks` sampled.
    """

    code: str
    population: int
    blocks: int
    urban: float
    headcount: float
    line: int

    @property
    def name(self) -> str:
        """What the area is called: a city or a regency, by its code."""
        return f"{'Kota' if int(self.code[2:]) >= FIRST_CITY else 'Kabupaten'} {self.code}"


@cache
def national_parameters() -> dict[str, Any]:
    """What makes the nation, from the file beside this module."""
    document: dict[str, Any] = read_yaml(Path(__file__).with_name("national.yaml"))
    return document


def national_areas(seed: int, count: int | None = None) -> list[NationalArea]:
    """The invented areas in the order of their codes, or `count` of them at even distances.

    Parameters
    ----------
    seed : int
    count : int, optional
        Default all 514.

    Raises
    ------
    ParameterError
        If there are fewer areas than asked for.

    Examples
    --------
    >>> len(national_areas(1)), [area.code for area in national_areas(1, 3)]
    (514, ['1101', '3212', '6301'])
    """
    codes = [
        (province, f"{province}{regency:02d}")
        for province, p in national_parameters()["provinces"].items()
        for regency in (*range(1, p["regencies"] + 1), *range(FIRST_CITY, FIRST_CITY + p["cities"]))
    ]
    count = len(codes) if count is None else count
    if not 1 <= count <= len(codes):
        raise ParameterError(
            f"A nation of {count_of(count, 'area')} was asked for; it has 1 to {len(codes)}."
        )
    return [_area(*codes[i * len(codes) // count], seed) for i in range(count)]


def _area(province: int, code: str, seed: int) -> NationalArea:
    """Size, level of poverty and line of one area."""
    n = national_parameters()
    p, blocks = n["provinces"][province], n["blocks"]
    random = _stream(seed, code, OF_AREA)
    is_city = int(code[2:]) >= FIRST_CITY
    luck = random.normal(0, 1, 4)
    typical = p["population"] * MICRO / (p["regencies"] + p["cities"])
    population = (
        typical
        * (n["city_population"] if is_city else 1.0)
        * np.exp(n["area_population_sd"] * luck[0])
    )
    headcount = (
        p["headcount"]
        * (n["city_headcount"] if is_city else 1.0)
        * np.exp(n["area_headcount_sd"] * luck[1])
    )
    drawn = blocks["mean"] * np.exp(blocks["spread"] * luck[2] - blocks["spread"] ** 2 / 2)
    return NationalArea(
        code,
        max(round(population / 100) * 100, 10_000),
        max(round(drawn), blocks["least"]),
        n["urban"]["city" if is_city else "regency"],
        round(float(min(headcount, 60.0)), 2),
        round(p["line"] * 1000 * (n["city_line"] if is_city else 1.0) * np.exp(0.05 * luck[3])),
    )


def _stream(seed: int, code: str, part: int) -> np.random.Generator:
    """A source of chance that belongs to one part of one area."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, int(code), part])))


def draw_area(area: NationalArea, layout: Layout, seed: int) -> dict[str, pd.DataFrame]:
    """Households, persons and items of one area.

    Returns
    -------
    dict
        ``households`` and ``persons`` in the project's concepts (data/README.md), ``items41`` and
        ``items42`` in official columns. Food and other spending of a household are the sums of its
        items.
    """
    random = _stream(seed, area.code, OF_HOUSEHOLDS)
    urban = _urban_blocks(area)
    completed = national_parameters()["completed"]
    answered = random.choice(list(completed), size=area.blocks, p=list(completed.values()))
    block = np.repeat(np.arange(area.blocks), answered)
    people = draw_households(layout.year, urban, block, random)
    weight = _weights(area, people, random)
    # The level of spending at which the share of persons below the line is the area's.
    order = np.argsort(people.expenditure, kind="stable")
    persons = np.cumsum((weight * people.size)[order])
    at = np.searchsorted(persons, area.headcount / 100 * persons[-1])
    expenditure = np.round(people.expenditure * (area.line / people.expenditure[order][at]), 2)
    spending = spend(
        expenditure,
        people.size,
        float(area.line),
        layout.year,
        layout.food.commodity_list,
        _stream(seed, area.code, OF_SPENDING),
        other_items=national_parameters()["other_items"],
    )
    households = _households(area, people, weight, spending)
    return {
        "households": households,
        "persons": _persons(people, households),
        "items41": _items41(area, layout, households, spending.food),
        "items42": _items42(area, layout, households, spending.nonfood),
    }


def _urban_blocks(area: NationalArea) -> np.ndarray:
    """Whether each block is urban; neither stratum is left with a single block."""
    count = round(area.urban * area.blocks)
    count = 0 if count < 2 else area.blocks if area.blocks - count < 2 else count
    return np.arange(area.blocks) < count


def _weights(area: NationalArea, people: Population, random: np.random.Generator) -> np.ndarray:
    """Household weights that stand for the area's population, in whole millionths."""
    p = parameters()["sample"]
    weight = spread(random, p["block_weight_cv"], area.blocks)[people.block]
    weight = weight * spread(random, p["household_weight_cv"], people.n_households)
    return np.asarray(
        np.round(weight * area.population / np.sum(weight * people.size) * MICRO) / MICRO
    )


def _households(
    area: NationalArea, people: Population, weight: np.ndarray, spending: Spending
) -> pd.DataFrame:
    """Household records."""
    n = people.n_households
    of_food, of_other = spending.food["household"], spending.nonfood["household"]
    weeks, per = WEEKS_PER_MONTH
    food = (
        np.bincount(of_food, spending.food["bought_value"] + spending.food["own_value"], n)
        * weeks
        / per
    )
    year = np.bincount(of_other, spending.nonfood["year"], n) / MONTHS_PER_YEAR
    other = np.bincount(of_other, spending.nonfood["month"], n) + year
    head, urban, code = people.first_person, people.block_urban[people.block], int(area.code)
    dependent = (people.age < ADULT_AGE) | (people.age >= OLD_AGE)
    return pd.DataFrame(
        {
            "household": code * MICRO + np.arange(1, n + 1),
            "area": np.full(n, code, dtype=np.int16),
            "psu": (code * 100_000 + people.block + 1).astype(np.int32),
            "stratum": (code * 10 + np.where(urban, 1, 2)).astype(np.int32),
            "urban": urban,
            "weight_hh": weight,
            "weight_person": weight * people.size,
            "size": people.size.astype(np.int8),
            "food_month": food,
            "nonfood_month": other,
            "expenditure_month": food + other,
            "expenditure_person_month": (food + other) / people.size,
            "head_sex": _category(people.sex[head] - 1, SEX),
            "head_age": people.age[head].astype(np.int8),
            "head_diploma": _category(people.diploma[head], DIPLOMAS),
            "head_education": _category(_band(people.diploma[head]), EDUCATION),
            "head_work": _category(people.work[head], WORK),
            "adults": np.bincount(people.household, people.age >= ADULT_AGE, n).astype(np.int8),
            "dependency": np.bincount(people.household, dependent, n) / people.size,
        }
    )


def _persons(people: Population, households: pd.DataFrame) -> pd.DataFrame:
    """Person records; work and sector are missing below 15."""
    shared = households[
        ["household", "area", "psu", "stratum", "urban", "weight_hh", "expenditure_person_month"]
    ]
    of_household = (
        shared.iloc[people.household]
        .reset_index(drop=True)
        .rename(columns={"weight_hh": "weight_person"})
    )
    adult = people.age >= ADULT_AGE
    sector = np.where(people.work == NOT_WORKING, 0, np.where(people.agriculture, 1, 2))
    return of_household.assign(
        member=(np.arange(people.n_persons) - people.first_person[people.household] + 1).astype(
            np.int8
        ),
        sex=_category(people.sex - 1, SEX),
        age=people.age.astype(np.int8),
        adult=adult,
        diploma=_category(people.diploma, DIPLOMAS),
        education=_category(_band(people.diploma), EDUCATION),
        work=_category(np.where(adult, people.work, -1), WORK),
        sector=_category(np.where(adult, sector, -1), SECTOR),
    )


def _band(diploma: np.ndarray) -> np.ndarray:
    """Position in EDUCATION of each diploma."""
    return np.asarray(
        np.array([EDUCATION.index(BAND_OF_DIPLOMA[name]) for name in DIPLOMAS])[diploma]
    )


def _category(codes: np.ndarray, categories: tuple[str, ...]) -> pd.Categorical:
    """Positions as an ordered category."""
    dtype = pd.CategoricalDtype(list(categories), ordered=True)
    return pd.Categorical.from_codes(codes.tolist(), dtype=dtype)


def _items41(
    area: NationalArea, layout: Layout, households: pd.DataFrame, food: pd.DataFrame
) -> pd.DataFrame:
    """Block 41: items, and the subtotals of their groups with KLP 0."""
    group = food["group"].map(group_headers(layout.food.commodity_list, "blok41")).to_numpy()
    value = (food["bought_value"] + food["own_value"]).to_numpy()
    columns = {"B41K10": value, "KALORI": food["calories"].to_numpy()}
    return _with_subtotals(
        area,
        layout,
        households,
        food["household"].to_numpy(),
        food["code"].to_numpy(),
        group,
        columns,
    )


def _items42(
    area: NationalArea, layout: Layout, households: pd.DataFrame, nonfood: pd.DataFrame
) -> pd.DataFrame:
    """Block 42, in the same way."""
    group = nonfood["group"].map(group_headers(layout.nonfood.commodity_list, "blok42")).to_numpy()
    columns = {
        "B42K3": nonfood["quantity"].to_numpy(),
        "B42K4": nonfood["month"].to_numpy(),
        "B42K5": nonfood["year"].to_numpy(),
    }
    household, code = nonfood["household"].to_numpy(), nonfood["code"].to_numpy()
    return _with_subtotals(area, layout, households, household, code, group, columns)


def _with_subtotals(
    area: NationalArea,
    layout: Layout,
    households: pd.DataFrame,
    household: np.ndarray,
    code: np.ndarray,
    group: np.ndarray,
    columns: dict[str, np.ndarray],
) -> pd.DataFrame:
    """Item rows and the rows that repeat the sum of a group, as the released files have them,
    sorted as they are.
    """
    pairs, pair = np.unique(household * 1000 + group, return_inverse=True)
    summed = {
        name: np.concatenate([values, np.round(np.bincount(pair, values, len(pairs)), 2)])
        for name, values in columns.items()
    }
    row = np.concatenate([household, pairs // 1000])
    all_codes = np.concatenate([code, pairs % 1000])
    frame = pd.DataFrame(
        {
            "R101": np.int8(int(area.code[:2])),
            "R102": np.int8(int(area.code[2:])),
            "R301": households["size"].to_numpy()[row],
            layout.household_key: households["household"].array.take(row),
            "KLP": (
                np.concatenate([group, np.zeros(len(pairs), dtype=group.dtype)]).astype(np.int16)
            ),
            "KODE": all_codes.astype(np.int16),
            **summed,
        }
    )
    return frame.iloc[np.lexsort((all_codes, row))]
