"""A fitted sample in the official columns and codes of its round."""

from typing import Any

import numpy as np
import pandas as pd

from bpsstats.microdata.layouts import Layout
from bpsstats.microdata.lists.areas import Area
from bpsstats.microdata.lists.classifications import DIPLOMAS, NO, RELATION, YES, code_list
from bpsstats.microdata.lists.commodities import commodities, group_headers
from bpsstats.synthetic.fit import Fitted
from bpsstats.synthetic.parameters import parameters
from bpsstats.synthetic.population import (
    ATTENDING,
    CHILD,
    FEMALE,
    FORMAL,
    HEAD,
    NEVER,
    NOT_WORKING,
    SPOUSE,
    Population,
)
from bpsstats.synthetic.spending import Spending

MARRIED, SINGLE, WIDOWED = 2, 1, 4
SERIALS = 330_000  # serial numbers of households run over the nation
COMPLETE_INTERVIEW = 1
GRADUATED = 8  # code of the grade of those who left with the diploma


def official_tables(
    area: Area,
    layout: Layout,
    population: Population,
    fitted: Fitted,
    spending: Spending,
    random: np.random.Generator,
) -> dict[str, pd.DataFrame]:
    """The five files of a round, by role, with the official columns in their order.

    Returns
    -------
    dict
        ``kor_individual``, ``kor_household``, ``blok41``, ``blok42``, ``blok43``.
    """
    households = _households(area, layout, population, fitted, spending, random)
    persons = _persons(layout, population, fitted, households, random)
    food = _food_rows(layout, households, spending.food)
    nonfood = _nonfood_rows(layout, households, spending.nonfood)
    tables = {
        "kor_individual": persons,
        "kor_household": households,
        "blok41": food,
        "blok42": nonfood,
        "blok43": households,
    }
    return {
        role: tables[role][list(layout.files[role].columns)].reset_index(drop=True)
        for role in tables
    }


def _households(
    area: Area,
    layout: Layout,
    population: Population,
    fitted: Fitted,
    spending: Spending,
    random: np.random.Generator,
) -> pd.DataFrame:
    """Household columns of the core file and of block 43, one row per household in the order of the
    sample.
    """
    chosen = fitted.sample.household
    size = population.size[chosen]
    n = len(chosen)
    _, block = np.unique(fitted.sample.block, return_inverse=True)
    serials = np.sort(random.choice(np.arange(1, 100_000), size=block.max() + 1, replace=False))[
        block
    ]
    urban = np.where(population.block_urban[fitted.sample.block], 1, 2)
    first_key = int(random.integers(50_000, 90_000))
    design = layout.design
    frame = pd.DataFrame(
        {
            "R101": area.province,
            "R102": area.regency,
            "R105": urban,
            "R203": COMPLETE_INTERVIEW,
            "R301": size,
            layout.household["tenure"]: (
                spending.nonfood.loc[_is_tenure(layout, spending.nonfood), "quantity"]
                .astype(int)
                .to_numpy()
            ),
            layout.household_key: 0,
            "FWT": fitted.weight,
            "WERT": fitted.weight,
            "WEIND": fitted.micro_weight * size / 1e6,
        }
    )
    for column in layout.files["kor_household"].columns:
        if column.startswith("WI") and column not in frame:
            frame[column] = 0
    frame[design.psu_serial] = serials
    frame[design.household_serial] = np.sort(
        random.choice(np.arange(1, SERIALS), size=n, replace=False)
    )
    frame["STRATA"] = area.province * 1000 + area.regency * 10 + urban
    frame["PSU"] = [f"{area.province:02d}{area.regency:02d}{serial:05d}" for serial in serials]
    frame["SSU"] = frame["PSU"] + frame[design.household_serial].map("{:06d}".format)
    weeks_values = (
        spending.food.groupby("household")[["bought_value", "own_value"]].sum().sum(axis=1)
    )
    frame["FOOD"] = np.round(weeks_values.to_numpy() * 30 / 7, 6)
    nonfood = spending.nonfood.groupby("household")[["month", "year"]].sum()
    frame["NONFOOD"] = (nonfood["month"] + nonfood["year"] // 12).to_numpy()
    frame["EXPEND"] = np.round(frame["FOOD"] + frame["NONFOOD"], 6)
    frame["KAPITA"] = np.round(frame["EXPEND"] / size, 6)
    nutrients = spending.food.groupby("household")[
        ["calories", "protein", "fat", "carbohydrate"]
    ].sum()
    for official, name in {
        "KALORI_KAP": "calories",
        "PROTE_KAP": "protein",
        "LEMAK_KAP": "fat",
        "KARBO_KAP": "carbohydrate",
    }.items():
        frame[official] = np.round(nutrients[name].to_numpy() / size / 7, 4)
    # The sample is sorted by block of the population; the files are sorted by the blocks' serials.
    frame = frame.assign(position=np.arange(n)).sort_values(
        ["PSU", design.household_serial], ignore_index=True
    )
    frame[layout.household_key] = first_key + np.arange(n)
    return frame


def _persons(
    layout: Layout,
    population: Population,
    fitted: Fitted,
    households: pd.DataFrame,
    random: np.random.Generator,
) -> pd.DataFrame:
    """Roster with schooling and work, in the order of the household file."""
    chosen = fitted.sample.household[households["position"]]
    size = population.size[chosen]
    row = np.repeat(np.arange(len(chosen)), size)
    member = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size) + 1
    person = np.repeat(population.first_person[chosen], size) + member - 1
    c = layout.individual
    relation, sex, age = population.relation[person], population.sex[person], population.age[person]
    attendance, diploma, work = (
        population.attendance[person],
        population.diploma[person],
        population.work[person],
    )
    working = work != NOT_WORKING
    absent = working & (random.random(len(row)) < 0.02)
    school = attendance == ATTENDING
    housekeeping = (
        ~working
        & ~school
        & (age >= 15)
        & (random.random(len(row)) < np.where(sex == FEMALE, 0.8, 0.25))
    )
    # A question that the layout does not place has no column.
    columns: dict[str | None, Any] = {
        c["member"]: member,
        c["relation"]: _relation_codes(layout, relation),
        c.get("marital"): _marital(relation, age, row, random),
        c["sex"]: sex,
        c["age"]: np.minimum(age, 97),
        c["attendance"]: np.where(age < 5, 0, attendance),
        c["diploma"]: _diploma_codes(layout, diploma, attendance, age, random),
        c.get("worked"): _letter("A", working & ~absent),
        c.get("at_school"): _letter("B", school),
        c.get("housekeeping"): _letter("C", housekeeping),
        c.get("other_activity"): _letter("D", ~working & ~school & ~housekeeping & (age >= 10)),
        c.get("no_activity"): "",
        c.get("main_activity"): np.where(
            age < 10, 0, np.select([working, school, housekeeping], [1, 2, 3], 4)
        ),
        c.get("absent"): np.where(absent, YES, np.where(working | (age < 10), 0, NO)),
        c["industry"]: _work_codes(
            layout,
            "industry",
            np.where(population.agriculture[person], "agriculture", "non_agriculture"),
            working,
            random,
        ),
        c["status"]: _work_codes(
            layout, "status", np.where(work == FORMAL, "formal", "informal"), working, random
        ),
        c.get("hours"): (
            np.where(
                working & ~absent, np.clip(np.round(random.normal(42, 13, len(row))), 1, 97), 0
            ).astype(int)
        ),
    }
    if "literate" in c:
        reads = (age >= 7) & (
            (diploma > 0) | (attendance != NEVER) | (random.random(len(row)) < 0.4)
        )
        columns[c["literate"]] = np.where(age < 5, 0, np.where(reads, YES, NO))
    columns[c.get("level")] = np.where(
        attendance == NEVER, 0, np.where(school, diploma + 1, np.maximum(diploma, 1))
    )
    grade = np.where(school, random.integers(1, 7, len(row)), GRADUATED)
    columns[c.get("grade")] = np.where(attendance == NEVER, 0, grade)
    shared = [column for column in layout.files["kor_individual"].columns if column not in columns]
    of_household = households[shared].iloc[row].reset_index(drop=True)
    columns.pop(None, None)
    return pd.concat([of_household, pd.DataFrame(columns)], axis=1)


def _food_rows(layout: Layout, households: pd.DataFrame, food: pd.DataFrame) -> pd.DataFrame:
    """Block 41: items with the header code of their group as KLP, and the groups' subtotals with
    KLP 0.
    """
    items = pd.DataFrame(
        {
            "household": food["household"],
            "KODE": food["code"],
            "KLP": food["group"].map(group_headers(layout.food.commodity_list, "blok41")),
            "B41K5": food["bought_quantity"],
            "B41K6": food["bought_value"],
            "B41K7": food["own_quantity"],
            "B41K8": food["own_value"],
            "B41K9": np.round(food["bought_quantity"] + food["own_quantity"], 3),
            "B41K10": food["bought_value"] + food["own_value"],
            "KALORI": food["calories"],
            "PROTEIN": food["protein"],
            "LEMAK": food["fat"],
            "KARBO": food["carbohydrate"],
        }
    )
    quantities = ["B41K5", "B41K7", "B41K9"]
    subtotals = _subtotals(
        items, [c for c in items.columns if c not in ("household", "KODE", "KLP", *quantities)]
    )
    subtotals[quantities] = 0.0
    return _with_household(layout, "blok41", pd.concat([subtotals, items]), households).assign(
        COICOP=""
    )


def _nonfood_rows(layout: Layout, households: pd.DataFrame, nonfood: pd.DataFrame) -> pd.DataFrame:
    """Block 42, in the same way."""
    items = pd.DataFrame(
        {
            "household": nonfood["household"],
            "KODE": nonfood["code"],
            "KLP": nonfood["group"].map(group_headers(layout.nonfood.commodity_list, "blok42")),
            "B42K3": nonfood["quantity"],
            "B42K4": nonfood["month"],
            "B42K5": nonfood["year"],
            "SEBULAN": nonfood["month"] + nonfood["year"] // 12,
        }
    )
    subtotals = _subtotals(items, ["B42K4", "B42K5", "SEBULAN"]).assign(B42K3=0.0)
    return _with_household(layout, "blok42", pd.concat([subtotals, items]), households)


def _subtotals(items: pd.DataFrame, summed: list[str]) -> pd.DataFrame:
    """Rows that repeat the sum of a group, as the released files have them."""
    sums = items.groupby(["household", "KLP"], as_index=False)[summed].sum()
    return sums.assign(KODE=sums["KLP"], KLP=0).round(2)


def _with_household(
    layout: Layout, role: str, rows: pd.DataFrame, households: pd.DataFrame
) -> pd.DataFrame:
    """Join the household's columns and sort as the files are."""
    wanted = [c for c in layout.files[role].columns if c in households.columns]
    joined = rows.merge(households[["position", *wanted]], left_on="household", right_on="position")
    return joined.sort_values([layout.household_key, "KODE"], kind="stable")


def _is_tenure(layout: Layout, nonfood: pd.DataFrame) -> pd.Series:
    """Tenure rows of block 42, one per household."""
    table = commodities(layout.nonfood.commodity_list)
    return nonfood["code"].isin(table.loc[table["level"] == "tenure", "code"])


def _relation_codes(layout: Layout, relation: np.ndarray) -> np.ndarray:
    """Official codes of the relation to the head, the first of each class; a class that the list
    does not have is among the others.
    """
    listed = code_list(layout.codes["relation"])
    first = {name: code for code, name in sorted(listed.items(), reverse=True)}
    codes = np.array([first.get(name, first["other"]) for name in RELATION])
    return np.asarray(codes[relation - 1])


def _marital(
    relation: np.ndarray, age: np.ndarray, row: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Marital status that fits the roster: couples are married, single heads widowed when old."""
    has_spouse = np.bincount(row, weights=relation == SPOUSE) > 0
    couple = ((relation == HEAD) & has_spouse[row]) | (relation == SPOUSE)
    widowed = (relation != CHILD) & (age >= 45) & (random.random(len(age)) < 0.7)
    return np.where(couple, MARRIED, np.where(widowed, WIDOWED, SINGLE))


def _letter(letter: str, is_so: np.ndarray) -> np.ndarray:
    """A multi-response item: its letter, or blank."""
    return np.where(is_so, letter, "")


def _diploma_codes(
    layout: Layout,
    diploma: np.ndarray,
    attendance: np.ndarray,
    age: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    """Official diploma codes; 0, not applicable, for those who never went to school."""
    codes = _mixed(layout.codes["diploma"], np.array(DIPLOMAS)[diploma], random)
    return np.where((age < 5) | (attendance == NEVER), 0, codes)


def _work_codes(
    layout: Layout,
    concept: str,
    classes: np.ndarray,
    working: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    """Official codes of status or industry; 0 for those who do not work."""
    return np.where(working, _mixed(layout.codes[concept], classes, random), 0)


def _mixed(name: str, classes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A code of each record's class, the class's codes mixed as in the parameters."""
    codes = np.zeros(len(classes), dtype=np.int64)
    listed = code_list(name)
    for label in sorted(set(classes)):
        of_class = sorted(
            code for code, listed_label in listed.items() if listed_label == label and code != 0
        )
        mix = np.array(parameters()["code_mix"][label][: len(of_class)])
        inside = classes == label
        codes[inside] = random.choice(of_class, size=int(inside.sum()), p=mix / mix.sum())
    return codes
