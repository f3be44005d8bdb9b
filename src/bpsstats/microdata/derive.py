"""From official columns to the concepts that notebooks use: classes, ages, expenditure per person,
design.
"""

import pandas as pd

from bpsstats.microdata.concepts.columns import concept_columns
from bpsstats.microdata.design import design_of
from bpsstats.microdata.layouts import Layout
from bpsstats.microdata.lists.classifications import (
    ATTENDANCE,
    BAND_OF_DIPLOMA,
    DIPLOMAS,
    EDUCATION,
    RELATION,
    SECTOR,
    SEX,
    UNKNOWN,
    UNKNOWN_CODES,
    WORK,
    YES,
    code_list,
)
from bpsstats.microdata.tables import OfficialTables

# Years of schooling that end with a diploma.
YEARS = {"none": 0, "sd": 6, "smp": 9, "sma": 12, "diploma": 15, "university": 16}
ADULT_AGE = 15
OLD_AGE = 65


def persons_frame(tables: OfficialTables) -> pd.DataFrame:
    """Person records in the project's concepts, sorted by household and member.

    Returns
    -------
    DataFrame
        One row per person; columns as in data/README.md. `work` and `sector` are missing below 15.
        Empty where there is no roster.
    """
    if not tables.has_roster:
        return pd.DataFrame()
    layout, raw = tables.layout, tables.individual
    concept = layout.individual
    diploma = _classes(raw, concept["diploma"], tables.codes["diploma"], DIPLOMAS)
    unknown = diploma_is_unknown(tables)
    if unknown.any():
        diploma = diploma.cat.add_categories(UNKNOWN).where(~unknown, UNKNOWN)
    age = raw[concept["age"]].astype("int64")
    adult = age >= ADULT_AGE
    working = is_working(raw, layout)
    status = (
        raw[concept["status"]].map(code_list(tables.codes["status"])).where(working, "not_working")
    )
    industry = (
        raw[concept["industry"]]
        .map(code_list(tables.codes["industry"]))
        .where(working, "not_working")
    )
    frame = pd.DataFrame(
        {
            "household": raw[layout.household_key],
            "member": raw[concept["member"]].astype("int64"),
            **design_of(tables, "kor_individual", raw),
            "weight_person": raw[layout.design.weight],
            "relation": _classes(raw, concept["relation"], tables.codes["relation"], RELATION),
            "sex": _classes(raw, concept["sex"], tables.codes["sex"], SEX),
            "age": age,
            "adult": adult,
            "attendance": _classes(
                raw, concept["attendance"], tables.codes["attendance"], ATTENDANCE
            ),
            "diploma": diploma,
            "education": _bands(diploma),
            "years_schooling": diploma.astype("object").map(YEARS).astype("float64"),
            "working": working & adult,
            "work": pd.Categorical(status.where(adult), categories=WORK),
            "sector": pd.Categorical(industry.where(adult), categories=SECTOR),
        }
    )
    if "literate" in concept:
        frame["literate"] = raw[concept["literate"]] == YES
    frame = frame.join(concept_columns(tables, "persons"))
    of_household = spending_frame(tables) if tables.has_spending else sizes_frame(tables)
    frame = frame.merge(of_household, on="household", how="left", validate="many_to_one")
    return frame.sort_values(["household", "member"], ignore_index=True)


def households_frame(tables: OfficialTables, persons: pd.DataFrame) -> pd.DataFrame:
    """Household records in the project's concepts, sorted by household.

    `weight_person` is WEIND, the persons that the record stands for; `weight_hh` is WERT.
    """
    layout, raw = tables.layout, tables.core
    frame = pd.DataFrame(
        {"household": raw[layout.household_key], **design_of(tables, tables.core_role, raw)}
    )
    frame["weight_hh"] = raw[layout.design.weight].to_numpy()
    if tables.block43 is not None:
        names = {layout.household_key: "household", "WERT": "weight_hh", "WEIND": "weight_person"}
        released = tables.block43[list(names)].rename(columns=names)
        frame = frame.drop(columns="weight_hh").merge(
            released, on="household", validate="one_to_one"
        )
    if tables.has_spending:
        frame = frame.merge(calories_frame(tables), on="household", validate="one_to_one")
        frame = frame.merge(spending_frame(tables), on="household", validate="one_to_one")
        frame["food_share"] = frame["food_month"] / frame["expenditure_month"]
    else:
        frame = frame.merge(sizes_frame(tables), on="household", validate="one_to_one")
    for sums, module in ((tables.food, "blok41"), (tables.nonfood, "blok42")):
        if sums is not None:
            of_groups = sums[[f"{group}_month" for group in layout.groups(module)]].reset_index()
            frame = frame.merge(of_groups, on="household", how="left", validate="one_to_one")
    if tables.block43 is None:
        frame["weight_person"] = frame["weight_hh"] * frame["size"]
    told = concept_columns(tables, "households")
    if not told.empty:
        assert tables.household is not None
        told["household"] = tables.household[layout.household_key]
        frame = frame.merge(told, on="household", how="left", validate="one_to_one")
    if tables.has_roster:
        frame = frame.merge(_composition(persons), on="household", validate="one_to_one")
    return frame.sort_values("household", ignore_index=True)


def sizes_frame(tables: OfficialTables) -> pd.DataFrame:
    """Size by household, where spending is not there."""
    sizes = tables.sizes
    return pd.DataFrame({"household": sizes.index.to_numpy(), "size": sizes.to_numpy("int64")})


def spending_frame(tables: OfficialTables) -> pd.DataFrame:
    """Size and spending by household: Rp per month, and per person and month."""
    if tables.has_summary:
        raw = tables.block43
        assert raw is not None
        key, size = raw[tables.layout.household_key], raw["R301"]
        food, nonfood, total = raw["FOOD"], raw["NONFOOD"], raw["EXPEND"]
    else:
        assert tables.food is not None
        assert tables.nonfood is not None
        both = tables.food.join(tables.nonfood[["nonfood_month"]], how="inner").reset_index()
        key, size = both["household"], both["household"].map(tables.sizes)
        food, nonfood = both["food_month"], both["nonfood_month"]
        total = food + nonfood
    return pd.DataFrame(
        {
            "household": key,
            "size": size.astype("int64"),
            "food_month": food,
            "nonfood_month": nonfood,
            "expenditure_month": total,
            "expenditure_person_month": total / size,
        }
    )


def calories_frame(tables: OfficialTables) -> pd.DataFrame:
    """Kilocalories per person and day by household: block 43's, or those of the items."""
    raw = tables.block43
    if raw is not None and "KALORI_KAP" in raw and raw["KALORI_KAP"].notna().any():
        key, calories = raw[tables.layout.household_key], raw["KALORI_KAP"]
    elif tables.food is not None:
        key = tables.food.index.to_series()
        calories = tables.food["calories_day"] / key.map(tables.sizes)
    else:
        key = tables.core[tables.layout.household_key]
        calories = pd.Series(float("nan"), index=key.index)
    return pd.DataFrame({"household": key.to_numpy(), "calories_person_day": calories.to_numpy()})


def is_working(roster: pd.DataFrame, layout: Layout) -> pd.Series:
    """Whether a person worked last week or has work to go back to: by the letter of work and the
    question of absence, or by having an industry where the layout names neither.
    """
    concept = layout.individual
    if "worked" in concept:
        return (roster[concept["worked"]] == "A") | (roster[concept["absent"]] == YES)
    return roster[concept["industry"]].fillna(0) != 0


def diploma_is_unknown(tables: OfficialTables) -> pd.Series:
    """Whether a person's diploma is unknown: code 98 or 99, or nothing where somebody went to
    school.
    """
    raw, concept = tables.individual, tables.layout.individual
    diploma = raw[concept["diploma"]]
    schooled = (
        raw[concept["attendance"]]
        .map(code_list(tables.codes["attendance"]))
        .isin(["attending", "left"])
    )
    return diploma.isin(UNKNOWN_CODES) | (diploma.isna() & schooled)


def _bands(diploma: pd.Series) -> pd.Series:
    """Published classes of education; an unknown diploma keeps a class of its own."""
    categories = (*EDUCATION, UNKNOWN) if UNKNOWN in diploma.cat.categories else EDUCATION
    bands = diploma.map(BAND_OF_DIPLOMA | {UNKNOWN: UNKNOWN})
    return pd.Series(
        pd.Categorical(bands, categories=categories, ordered=True), index=diploma.index
    )


def _classes(raw: pd.DataFrame, column: str, codes: str, categories: tuple[str, ...]) -> pd.Series:
    """Codes of a column as an ordered category; the checks have refused unknown codes."""
    names = raw[column].fillna(0).map(code_list(codes))
    return pd.Series(pd.Categorical(names, categories=categories, ordered=True), index=raw.index)


def _composition(persons: pd.DataFrame) -> pd.DataFrame:
    """Head, adults and dependants of each household."""
    head = (
        persons[persons["relation"] == "head"].drop_duplicates("household").set_index("household")
    )
    by_household = persons.groupby("household")
    dependent = (persons["age"] < ADULT_AGE) | (persons["age"] >= OLD_AGE)
    adults = persons[persons["adult"]]
    known = adults[adults["education"] != UNKNOWN]
    best = known.groupby("household")["education"].max().reindex(by_household.size().index)
    return pd.DataFrame(
        {
            "head_sex": head["sex"],
            "head_age": head["age"],
            "head_diploma": head["diploma"],
            "head_education": head["education"],
            "head_work": head["work"],
            "adults": by_household["adult"].sum().astype("int64"),
            "best_education": pd.Categorical(
                best.astype("object"), categories=EDUCATION, ordered=True
            ),
            "dependency": dependent.groupby(persons["household"]).mean(),
        }
    ).reset_index()
