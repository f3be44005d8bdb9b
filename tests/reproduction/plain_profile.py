"""The yearly profile of an office in plain pandas, from the official files and the definitions
alone: percents by table, sex, group, concept, class and column; and their errors by R, of the same
records.
"""

import csv
import gzip
import io
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd

# Where each question stands, and what is one list in one round and another in the next.
QUESTIONS = {
    2022: {"attends": "R610", "diploma": "R614", "letters": ("R607", "R608", "R609"),
           "industry": "R705", "status": "R706", "smokes": "R1206", "housing": "R18",
           "pkh": "R2203", "food_aid": "R2207"},
    2024: {"attends": "R610", "diploma": "R614", "letters": ("R607", "R608", "R609"),
           "industry": "R706", "status": "R707", "smokes": "R1207", "housing": "R18",
           "pkh": "R2203", "food_aid": "R2207"},
    2025: {"attends": "R611", "diploma": "R615", "letters": ("R608", "R609", "R610"),
           "industry": "R705", "status": "R706", "smokes": "R1207", "housing": "R16",
           "pkh": "R2002", "food_aid": "R2005"},
}  # fmt: skip
ROOF = {
    2022: {1: "concrete", 2: "tile", 3: "zinc", 4: "asbestos"},
    2025: {1: "concrete", 2: "tile", 3: "zinc", 5: "asbestos"},
}
FLOOR = {
    2022: dict.fromkeys((1, 2, 3, 4), "ceramic") | {5: "wood"},
    2025: dict.fromkeys((1, 2, 3), "ceramic") | {4: "wood"},
}
FOOD = (
    "cereals", "tubers", "fish", "meat", "eggs_milk", "vegetables", "legumes", "fruit",
    "oil_coconut", "beverage_materials", "spices", "other_food", "prepared_food", "tobacco",
)  # fmt: skip
NONFOOD = ("housing", "goods_services", "clothing", "durables", "taxes_insurance", "ceremonies")
BY_DECILE = "water_by_decile"
TOTALS = (0, 1, 2)  # as which block 42 marks rows that are sums of others
SAFE = (3, 4, 5, 7, 10)
# Of what a table is, with the weight of a record.
UNITS = {"persons": "FWT", "households": "FWT", "people": "WEIND"}
ERRORS = Path(__file__).with_suffix(".R")


def by_status(status, everybody):
    """Masks of the poor, of the others and of all."""
    return (("poor", status == "poor"), ("non_poor", status != "poor"), ("all", everybody))


def read(folder: Path, pattern: str) -> pd.DataFrame:
    """One file of a round."""
    (path,) = folder.glob(pattern)
    with gzip.open(path, "rt", encoding="utf8") as file:
        assert csv.Sniffer().sniff(file.readline(), delimiters=",").delimiter == ","
    return pd.read_csv(path)


class PlainProfile:
    """Percents of a round; `lines` of poverty are those that spending times the factor is held
    against.
    """

    def __init__(self, folder: Path, year: int, line: float, factor: float) -> None:
        self.year, self.at = year, QUESTIONS[year]
        spent = read(folder, "*43*").set_index("URUT")
        poor = factor * spent["KAPITA"] < line
        self.status = poor.map({True: "poor", False: "non_poor"})
        self.persons = read(folder, "*ind*").join(spent[["FOOD", "NONFOOD"]], on="URUT")
        self.house = read(folder, "*rt*").join(spent[["WEIND", "KAPITA"]], on="URUT")
        self.food, self.other, self.cells = read(folder, "*41*"), read(folder, "*42*"), {}
        # What R is given, by unit: classes, and numerators with denominators.
        self.classes, self.ratios = {unit: {} for unit in UNITS}, {unit: {} for unit in UNITS}
        self.spent, self.line, self.factor = spent, line, factor
        self.people()
        self.dwellings()
        self.spending()

    def table(self, name, classes, frame, weight="FWT", sex="both", within="", concept=""):
        """Percents of the classes among the poor, the others, all."""
        told = classes.notna()
        unit = "persons" if "R405" in frame else "households"
        self.classes[unit][name, sex, within, concept or name] = classes[told]
        status, classes, weights = (
            frame["URUT"].map(self.status)[told],
            classes[told],
            frame[weight][told],
        )
        for column, of in by_status(status, told[told]):
            total = weights[of].sum()
            for row, part in weights[of].groupby(classes[of]).sum().items():
                self.cells[name, sex, within, concept or name, row, column] = 100 * part / total

    def by_sex(self, name, classes, frame, **kwargs):
        """The same of men, women, and both."""
        self.table(name, classes, frame, **kwargs)
        for sex, code in (("male", 1), ("female", 2)):
            of = frame["R405"] == code
            self.table(name, classes[of], frame[of], sex=sex, **kwargs)

    def people(self):
        """Tables of persons."""
        p, at = self.persons, self.at
        age = p["R407"]
        sex = p["R405"].map({1: "male", 2: "female"})
        marital = p["R404"].map({1: "single", 2: "married", 3: "divorced", 4: "widowed"})
        self.table("sex", sex, p)
        broad = pd.cut(age, [-1, 14, 64, 200], labels=["a0", "a15", "a65"]).astype(str)
        self.by_sex("age", broad, p, concept="age_broad")
        for group, of in (("a10", age.between(10, 18)), ("a19", age >= 19)):
            self.by_sex("marital", marital[of], p[of], within=group, concept="marital_status")
        heads = p["R403"] == 1
        self.table("head_sex", sex[heads], p[heads], concept="sex")
        self.by_sex("head_marital", marital[heads], p[heads], concept="marital_status")
        of_head = pd.cut(age, [-1, 24, 44, 64, 200], labels=["a0", "a25", "a45", "a65"]).astype(str)
        self.by_sex("head_age", of_head[heads], p[heads], concept="age_head")
        attends = p[at["attends"]].map({0: "never", 1: "never", 2: "attending", 3: "left"})
        young = age.between(5, 24)
        self.by_sex("schooling", attends[young], p[young])
        for group, low, high in (("a7", 7, 12), ("a13", 13, 15), ("a16", 16, 18)):
            of = age.between(low, high)
            self.by_sex("participation", attends[of], p[of], within=group, concept="schooling")
        code = p[at["diploma"]].fillna(0)
        ends = pd.cut(code, [0, 5, 10, 17, 24], labels=["sd", "smp", "sma", "tertiary"])
        diploma = ends.astype(object).where(~code.isin([0, 25]), "none")
        adults = age >= 15
        self.by_sex("diploma", diploma[adults], p[adults])
        self.by_sex("head_diploma", diploma[heads], p[heads], concept="diploma")
        three = diploma.map({"none": "below_sd", "sd": "sd_smp", "smp": "sd_smp"})
        self.table("education", three.fillna("sma_plus")[adults], p[adults])
        reads = (p[list(at["letters"])] == 1).any(axis=1)
        literate = reads.map({True: "literate", False: "illiterate"})
        for name, high in (("literacy_15_24", 24), ("literacy_15_55", 55)):
            of = age.between(15, high)
            self.by_sex(name, literate[of], p[of], concept="literacy")
        of = age.between(15, 44)
        self.table("literacy_15_44", literate[of], p[of], concept="literacy")
        industry, status = p[at["industry"]].fillna(0), p[at["status"]]
        works = (industry > 0) if self.year != 2022 else (p["R702_A"] == "A") | (p["R704"] == 1)
        work = pd.Series(np.where(status.isin([3, 4]), "formal", "informal"), p.index)
        self.by_sex("work", work.where(works, "not_working")[adults], p[adults])
        sector = pd.Series(np.where(industry <= 6, "agriculture", "non_agriculture"), p.index)
        self.by_sex("sector", sector.where(works, "not_working")[adults], p[adults])
        kinds = {kind: p[f"R1101_{kind}"] == kind for kind in "ABCDE"}
        insured = pd.DataFrame(kinds).any(axis=1).map({True: "insured", False: "uninsured"})
        self.by_sex("insurance", insured, p)
        smokes = p[at["smokes"]].map({1: "daily", 2: "sometimes", 5: "no", 8: "no"})
        self.by_sex("smoking", smokes[age >= 5], p[age >= 5])

    def dwellings(self):
        """Tables of households."""
        h, at = self.house, self.at

        def question(number):
            return h[at["housing"] + number]

        def two(yes, first, second):
            return yes.map({True: first, False: second})

        of_2025 = 2025 if self.year == 2025 else 2022
        size = pd.cut(h["R301"], [0, 3, 6, 99], labels=["s1", "s4", "s7"]).astype(str)
        self.table("size", size, h, concept="household_size")
        tenures = {1: "own", 2: "rented", 3: "rent_free", 4: "official", 5: "other"}
        tenure = question("02").map(tenures)
        self.table("tenure", tenure, h)
        per_head = question("04") / h["R301"]
        for name, limit, concept in (
            ("floor_area", 7.2, "floor_per_head"),
            ("floor_area_8", 8, "floor_per_head_8"),
        ):
            self.table(name, two(per_head <= limit, "small", "large"), h, concept=concept)
        self.table("roof", question("06").map(ROOF[of_2025]).fillna("other"), h)
        wall = question("07").map({1: "masonry", 2: "plastered", 3: "wood"}).fillna("other")
        self.table("wall", wall, h)
        self.table("floor", question("08").map(FLOOR[of_2025]).fillna("other"), h)
        light = {1: "state_grid", 2: "state_grid", 3: "other_electric", 4: "not_electric"}
        self.table("lighting", question("16").map(light), h)
        drinks, washes = question("10A"), question("14A")
        water = drinks.isin(SAFE) | (drinks.isin([1, 2]) & washes.isin(SAFE))
        clean = drinks.isin([1, 2, 3]) | (drinks.isin([4, 5, 7]) & (question("10C") == 2))
        ends = question("09C")
        drained = ends.isin([1, 2]) | ((ends == 4) & (h["R105"] == 2))
        toilet = question("09A").isin([1, 2, 3]) & (question("09B") == 1) & drained
        concepts = {
            "improved_water": two(water, "improved", "not_improved"),
            "clean_water": two(clean, "clean", "not_clean"),
            "improved_sanitation": two(toilet, "improved", "not_improved"),
        }
        for concept, classes in concepts.items():
            self.table("water_sanitation", classes, h, concept=concept)
            self.by_decile(concept, classes)
        for name in ("pkh", "food_aid"):
            classes = h[at[name]].map({1: "yes", 5: "no"})
            self.table({"food_aid": "food_assistance"}.get(name, name), classes, h)

    def by_decile(self, concept, classes):
        """Percents of households in each tenth of persons by spending, as it is."""
        h = self.house.sort_values("KAPITA")
        up_to = h["WEIND"].cumsum() / h["WEIND"].sum()
        ends = [h["KAPITA"][up_to >= tenth / 10 - 1e-12].iloc[0] for tenth in range(1, 10)]
        decile = np.searchsorted(ends, self.house["KAPITA"]) + 1
        weights = self.house["FWT"]
        columns = {f"d{tenth}": decile == tenth for tenth in range(1, 11)}
        for column, of in (columns | {"all": decile > 0}).items():
            for row, part in weights[of].groupby(classes[of]).sum().items():
                key = (BY_DECILE, "both", "", concept, row, column)
                self.cells[key] = 100 * part / weights[of].sum()

    def spending(self):
        """Poverty itself, shares of food, and its groups."""
        h, p = self.house, self.persons
        gap = ((self.line - self.factor * h["KAPITA"]) / self.line).clip(lower=0)
        for row, term in (("headcount", gap > 0), ("poverty_gap", gap), ("severity", gap**2)):
            key = ("poverty", "both", "", "poverty", row)
            self.ratio(key, term * 1.0, pd.Series(1.0, h.index), h, "people", ["all"])
        share = p["FOOD"] / (p["FOOD"] + p["NONFOOD"])
        by_sex = (("both", p["R405"] > 0), ("male", p["R405"] == 1), ("female", p["R405"] == 2))
        for sex, of_sex in by_sex:
            key = ("food_share", sex, "", "summary", "food")
            self.ratio(key, share * of_sex, of_sex * 1.0, p, "persons")
        food, other = self.food, self.other
        self.groups("food_groups", "blok41", food[food["KLP"] != 0], food["B41K10"] * 30 / 7, FOOD)
        if self.year != 2025:  # of which the groups of block 42 are not known
            items = other[~other["KLP"].isin(TOTALS)]
            self.groups("nonfood_groups", "blok42", items, other["SEBULAN"], NONFOOD)

    def groups(self, name, module, items, month, rows):
        """Percents of the groups of a block, which stand in the order of their codes."""
        h, items = self.house, items.assign(month=month)
        sums = items.pivot_table("month", "URUT", "KLP", "sum")
        per_head = sums.reindex(h["URUT"]).set_axis(h.index).fillna(0).div(h["R301"], axis=0)
        for code, row in zip(sorted(per_head), rows, strict=True):
            key = (name, "both", "", module, row)
            self.ratio(key, per_head[code], per_head.sum(axis=1), h, "people")

    def ratio(self, key, above, below, frame, unit, columns=("poor", "non_poor", "all")):
        """Percent that one sum is of another, among the poor, the others, all."""
        self.ratios[unit][key] = (above, below)
        weight, status = frame[UNITS[unit]], frame["URUT"].map(self.status)
        for column, of in by_status(status, status != ""):
            if column in columns:
                share = (weight * above)[of].sum() / (weight * below)[of].sum()
                self.cells[(*key, column)] = 100 * share

    def errors(self, folder: Path) -> dict[tuple[str, ...], tuple[float, float]]:
        """Percents and their standard errors by R, of records that are written to a folder."""
        frames = {"persons": self.persons, "households": self.house, "people": self.house}
        keys = {}
        for unit, frame in frames.items():
            held = {
                "PSU": frame["PSU"],
                "STRATA": frame["STRATA"],
                "weight": frame[UNITS[unit]],
                "status": frame["URUT"].map(self.status),
            }
            for i, (key, classes) in enumerate(self.classes[unit].items()):
                keys[unit, f"c{i}"], held[f"c{i}"] = key, classes.reindex(frame.index)
            for i, (key, (above, below)) in enumerate(self.ratios[unit].items()):
                keys[unit, f"n{i}"], held[f"n{i}"], held[f"d{i}"] = key, above, below
            pd.DataFrame(held).to_csv(folder / f"{unit}.csv", index=False)
        said = subprocess.run(
            ["Rscript", str(ERRORS), str(folder)], capture_output=True, text=True, check=True
        ).stdout
        read_by_r = pd.read_csv(io.StringIO(said), keep_default_na=False, dtype={"row": str})
        return {
            (*keys[r.unit, r.asked], *([r.row] if r.row else []), r.column): (r.percent, r.error)
            for r in read_by_r.itertuples()
        }
