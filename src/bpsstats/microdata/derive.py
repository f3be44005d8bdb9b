"""From official columns to the concepts that notebooks use: classes, ages, expenditure per person, design."""

from dataclasses import dataclass

import pandas as pd

from bpsstats.microdata.classifications import (
    ATTENDANCE,
    BAND_OF_DIPLOMA,
    DIPLOMAS,
    EDUCATION,
    RELATION,
    SECTOR,
    SEX,
    WORK,
    YES,
    code_list,
)
from bpsstats.microdata.layouts import Layout

ADULT_AGE = 15
OLD_AGE = 65
URBAN = 1


@dataclass(frozen=True, slots=True, eq=False)
class OfficialTables:
    """Rows of one area in official columns, and the sums of items; keys of `food` and `nonfood` are in their index."""

    layout: Layout
    individual: pd.DataFrame
    household: pd.DataFrame
    block43: pd.DataFrame
    food: pd.DataFrame
    nonfood: pd.DataFrame


def persons_frame(tables: OfficialTables) -> pd.DataFrame:
    """Person records in the project's concepts, sorted by household and member.

    Returns
    -------
    DataFrame
        One row per person; columns as in data/README.md. `work` and `sector` are missing below 15.
    """
    layout, raw = tables.layout, tables.individual
    concept = layout.individual
    diploma = _classes(raw, concept["diploma"], layout.codes["diploma"], DIPLOMAS)
    age = raw[concept["age"]].astype("int64")
    adult = age >= ADULT_AGE
    working = (raw[concept["worked"]] == "A") | (raw[concept["absent"]] == YES)
    status = raw[concept["status"]].map(code_list(layout.codes["status"])).where(working, "not_working")
    industry = raw[concept["industry"]].map(code_list(layout.codes["industry"])).where(working, "not_working")
    frame = pd.DataFrame(
        {
            "household": key_text(raw[layout.household_key]),
            "member": raw[concept["member"]].astype("int64"),
            **design_columns(raw, layout),
            "weight_person": raw[layout.design.weight],
            "relation": _classes(raw, concept["relation"], layout.codes["relation"], RELATION),
            "sex": _classes(raw, concept["sex"], layout.codes["sex"], SEX),
            "age": age,
            "adult": adult,
            "attendance": _classes(raw, concept["attendance"], layout.codes["attendance"], ATTENDANCE),
            "diploma": diploma,
            "education": pd.Categorical(diploma.map(BAND_OF_DIPLOMA), categories=EDUCATION, ordered=True),
            "working": working & adult,
            "work": pd.Categorical(status.where(adult), categories=WORK),
            "sector": pd.Categorical(industry.where(adult), categories=SECTOR),
        }
    )
    if "literate" in concept:
        frame["literate"] = raw[concept["literate"]] == YES
    households = spending_frame(tables)
    frame = frame.merge(households, on="household", how="left", validate="many_to_one")
    return frame.sort_values(["household", "member"], ignore_index=True)


def households_frame(tables: OfficialTables, persons: pd.DataFrame) -> pd.DataFrame:
    """Household records in the project's concepts, sorted by household.

    `weight_person` is WEIND, the persons that the record stands for; `weight_hh` is WERT.
    """
    layout, raw = tables.layout, tables.household
    spending = spending_frame(tables)
    frame = pd.DataFrame({"household": key_text(raw[layout.household_key]), **design_columns(raw, layout)})
    weights = tables.block43[[layout.household_key, "WERT", "WEIND", "KALORI_KAP"]]
    weights = weights.assign(household=key_text(weights[layout.household_key]))
    frame = frame.merge(
        weights[["household", "WERT", "WEIND", "KALORI_KAP"]].rename(
            columns={"WERT": "weight_hh", "WEIND": "weight_person", "KALORI_KAP": "calories_person_day"}
        ),
        on="household",
        validate="one_to_one",
    ).merge(spending, on="household", validate="one_to_one")
    frame["food_share"] = frame["food_month"] / frame["expenditure_month"]
    frame = frame.merge(_composition(persons), on="household", validate="one_to_one")
    return frame.sort_values("household", ignore_index=True)


def spending_frame(tables: OfficialTables) -> pd.DataFrame:
    """Size and spending by household: Rp per month, and per person and month."""
    raw = tables.block43
    return pd.DataFrame(
        {
            "household": key_text(raw[tables.layout.household_key]),
            "size": raw["R301"].astype("int64"),
            "food_month": raw["FOOD"],
            "nonfood_month": raw["NONFOOD"],
            "expenditure_month": raw["EXPEND"],
            "expenditure_person_month": raw["EXPEND"] / raw["R301"],
        }
    )


def design_columns(raw: pd.DataFrame, layout: Layout) -> dict[str, pd.Series]:
    """PSU, SSU and stratum as text, and whether urban; rebuilt from region and serials where not released.

    The rule, measured on a released round: ``STRATA = province * 1000 + regency * 10 + urban/rural`` and
    ``PSU = province, regency, block serial in five digits``; SSU adds the household serial in six.
    """
    design, region = layout.design, layout.region
    area = raw[region["province"]] * 100 + raw[region["regency"]]
    if design.psu is not None:
        psu = _digits(raw[design.psu], 9)
    else:
        psu = _digits(area, 4) + _digits(raw[design.psu_serial], 5)
    ssu = raw[design.ssu] if design.ssu is not None else psu + _digits(raw[design.household_serial], 6)
    stratum = raw[design.stratum] if design.stratum is not None else area * 10 + raw[region["urban"]]
    return {"psu": psu, "ssu": ssu, "stratum": _digits(stratum, 5), "urban": raw[region["urban"]] == URBAN}


def key_text(key: pd.Series) -> pd.Series:
    """Household key as text."""
    return key.astype("int64").astype("str")


def _digits(number: pd.Series, width: int) -> pd.Series:
    """A whole number as text with leading zeros; missing stays missing."""
    text = number.astype("Int64").astype("str").str.zfill(width)
    return text.where(number.notna(), None)


def _classes(raw: pd.DataFrame, column: str, codes: str, categories: tuple[str, ...]) -> pd.Series:
    """Codes of a column as an ordered category; the checks have refused unknown codes."""
    names = raw[column].fillna(0).map(code_list(codes))
    return pd.Series(pd.Categorical(names, categories=categories, ordered=True), index=raw.index)


def _composition(persons: pd.DataFrame) -> pd.DataFrame:
    """Head, adults and dependants of each household."""
    head = persons[persons["relation"] == "head"].drop_duplicates("household").set_index("household")
    by_household = persons.groupby("household")
    dependent = (persons["age"] < ADULT_AGE) | (persons["age"] >= OLD_AGE)
    adults = persons[persons["adult"]]
    best = adults.groupby("household")["education"].max().reindex(by_household.size().index)
    return pd.DataFrame(
        {
            "head_sex": head["sex"],
            "head_age": head["age"],
            "head_diploma": head["diploma"],
            "head_education": head["education"],
            "head_work": head["work"],
            "adults": by_household["adult"].sum().astype("int64"),
            "best_education": pd.Categorical(best, categories=EDUCATION, ordered=True),
            "dependency": dependent.groupby(persons["household"]).mean(),
        }
    ).reset_index()
