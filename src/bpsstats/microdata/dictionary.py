"""The data dictionary, data/README.md, made from the layouts and the code lists."""

from pathlib import Path

from bpsstats.microdata.concepts.dictionary import concepts_text, row
from bpsstats.microdata.derive import YEARS
from bpsstats.microdata.layouts import ROLES, Items, Layout, known_years, load_layout
from bpsstats.microdata.lists.classifications import (
    ATTENDANCE,
    DIPLOMAS,
    EDUCATION,
    RELATION,
    SECTOR,
    SEX,
    WORK,
)
from bpsstats.microdata.lists.commodities import GROUPS
from bpsstats.paths import project_root

HOUSEHOLDS = {
    "household": "household key of the round, as text",
    "psu, ssu, stratum": "census block, household serial and stratum, as text",
    "urban": "whether the block is urban (R105)",
    "weight_hh": "households that the record stands for (WERT)",
    "weight_person": "persons that the record stands for (WEIND = R301 x WERT)",
    "calories_person_day": "kilocalories per person and day (KALORI_KAP)",
    "size": "members (R301)",
    "food_month, nonfood_month, expenditure_month": (
        "Rp per household and month (FOOD, NONFOOD, EXPEND)"
    ),
    "expenditure_person_month": "Rp per person and month (EXPEND / R301)",
    "food_share": "food over spending, 0 to 1",
    "<group>_month": (
        "Rp per household and month by group of blocks 41 and 42, where their items are there: "
        + " · ".join((*GROUPS["blok41"], *GROUPS["blok42"]))
    ),
    "head_sex, head_age, head_diploma, head_education, head_work": "of the household's head",
    "adults": "members of 15 and over",
    "best_education": "highest class of education among the adults",
    "floor_area": "floor area of the dwelling, m2, where the round has it",
    "<concept>": "classes of the concepts of households below, where the round has their questions",
    "dependency": "share of members below 15 or above 64, 0 to 1",
}
PERSONS = {
    "household, member": "household key and number on the roster",
    "psu, ssu, stratum, urban": "as on the household",
    "weight_person": "persons that the record stands for (FWT)",
    "relation": " · ".join(RELATION),
    "sex": " · ".join(SEX),
    "age": "completed years, 97 for 97 and over",
    "adult": "whether 15 or over",
    "attendance": "school attendance: " + " · ".join(ATTENDANCE),
    "diploma": "highest diploma: " + " · ".join(DIPLOMAS) + "; unknown where there are any",
    "education": "the published classes: " + " · ".join(EDUCATION),
    "years_schooling": "years that the highest diploma takes: "
    + ", ".join(f"{name} {years}" for name, years in YEARS.items()),
    "working": "whether worked last week or has work to go back to, 15 and over",
    "work": "15 and over: " + " · ".join(WORK),
    "sector": "15 and over: " + " · ".join(SECTOR),
    "literate": "reads and writes Latin script, where the round asks",
    "<concept>": "classes of the concepts of persons below, where the round has their questions",
    "size, food_month, ..., expenditure_person_month": "of the household",
}


def data_dictionary() -> str:
    """The text of data/README.md."""
    years = known_years()
    layouts = [load_layout(year) for year in years]
    lines = [
        "# Data",
        "",
        "Generated from the layouts by `make generated`; do not edit.",
        "",
        (
            "- `raw/susenas/<year>-03/` microdata of a March round as delivered, with `source.yaml`"
            " where they are synthetic"
        ),
        (
            "- `raw/published.csv` printed figures, one row per cell: text as printed, unit,"
            " publication, table, vintage, and marks: derived from other printed cells, inferred"
            " (area, year or base), doubtful; `src/bpsstats/published/indicators.yaml` declares"
            " the indicators"
        ),
        "- `raw/poverty_lines.yaml` poverty lines with their sources",
        "- `raw/named_lines.yaml` lines that serve every area, such as 1.90 dollars",
        "- `raw/inflation.yaml` general inflation from round to round with its sources",
        (
            "- `raw/population_projections.csv` projections of the population, which the sum of"
            " weights is held against"
        ),
        (
            "- `raw/populations.yaml` populations on other bases, such as the census of 2020, with"
            " their sources"
        ),
        "- `processed/` the rounds as read and checked, as Parquet (`bpsstats build`)",
        "",
        "## Households",
        "",
        "| column | meaning |",
        "|---|---|",
        *(f"| `{name}` | {meaning} |" for name, meaning in HOUSEHOLDS.items()),
        "",
        "## Persons",
        "",
        "| column | meaning |",
        "|---|---|",
        *(f"| `{name}` | {meaning} |" for name, meaning in PERSONS.items()),
        "",
        "## Files by round",
        "",
        row("file", years),
        row("---", ["---"] * len(years)),
        *(row(role, [f"`{layout.files[role].name}`" for layout in layouts]) for role in ROLES),
        "",
        "## Columns by round",
        "",
        row("concept", years),
        row("---", ["---"] * len(years)),
        row("household key", [layout.household_key for layout in layouts]),
        row("PSU", [layout.design.psu or "rebuilt" for layout in layouts]),
        row("stratum", [_stratum(layout) for layout in layouts]),
    ]
    of_persons = list(dict.fromkeys(concept for layout in layouts for concept in layout.individual))
    lines += [
        row(concept, [layout.individual.get(concept, "–") for layout in layouts])
        for concept in of_persons
    ]
    lines += [
        row("code list of diplomas", [" or ".join(_diplomas(layout)) for layout in layouts]),
        row("other spellings", [_aliases(layout) for layout in layouts]),
        row("food codes", [_range(layout.food) for layout in layouts]),
        row("other codes", [_range(layout.nonfood) for layout in layouts]),
        row(
            "subtotals, left out",
            [
                _codes(layout.food.headers | layout.nonfood.headers)
                + "".join(f"; block 42: KLP {mark}" for mark in layout.nonfood.subtotals)
                for layout in layouts
            ],
        ),
        row(
            "quantities and tenure, left out",
            [_codes(layout.nonfood.left_out - layout.nonfood.headers) for layout in layouts],
        ),
        row("food of a month", [_food(layout.food) for layout in layouts]),
        row("other spending of a month", [_nonfood(layout.nonfood) for layout in layouts]),
        row("inferred", ["; ".join(layout.inferred) or "–" for layout in layouts]),
        "",
        (
            "*Rebuilt*: the round does not release the column. It is made from region, urban/rural"
            " and the block's serial, only when asked"
        ),
        (
            "for (`--design-fallback`, `design_fallback=True`, or `design_fallback: accepted` in"
            " the folder's `source.yaml`), and the"
        ),
        "provenance says so. A copy that has the column all the same is read with it.",
        "",
        (
            "Where several lists of diplomas are named, the sources dispute it: the one in which"
            " the children at primary school hold"
        ),
        "the code of no diploma is used, and the provenance says which.",
        "",
        "## Items",
        "",
        (
            "`read_items(area, year)` gives what each household buys, a row per household and item:"
            " `household` (its key), `code` (of the"
        ),
        (
            "list of 197 foods and what follows it, whatever the round's own list), `value_month`"
            " (Rp), `calories_day` (kcal) and"
        ),
        (
            "`quantity_month` (units of the commodity, foods only), all per household. Subtotals,"
            " quantities and the tenure row are left out."
        ),
        "",
        "## Copies",
        "",
        (
            "Files are known by their official names in any case, with what distributors and"
            " browsers add (`bv2_<stamp>_`, `64_`,"
        ),
        (
            "`_revisi1`, `_diseminasi`, `_prop11-33`, ` (1)`), ending in .csv, .csv.gz, .dbf, .dta,"
            " .sav or .zsav. Text may be separated by"
        ),
        (
            "comma, semicolon or tab, with decimal point or comma, in UTF-8 or Latin-1. Parts of a"
            " file are put together; one that holds"
        ),
        (
            "the households of another is a second edition and an error. The roster may come as one"
            " file or as `ind_1` and `ind_2`."
        ),
        "Archives, pickles and links to nowhere are refused unopened.",
        "",
        (
            "A round that is not described here, or of which you know better, is a file"
            " `layouts/<year>.yaml` in the folder of your raw files, in the form of those in"
        ),
        (
            "`src/bpsstats/microdata/layouts/`; it comes before them. What stands under `inferred`"
            " there is said in the provenance of every round that is read."
        ),
        "",
        (
            "A file `source.yaml` beside them is optional. It may say `kind: synthetic`,"
            " `design_fallback: accepted`, and"
        ),
        (
            '`population: {"6471": 700000}`, which the weights of persons must meet within two'
            " percent."
        ),
        "",
        *concepts_text(years),
        "",
        "## Sources of the layouts",
        "",
        (
            "Names, keys and codes are facts read in public code and documentation that use the"
            " files: the CRAN package SUSENAS (layout of"
        ),
        (
            "March 2020), World Bank and J-PAL scripts for 2015 to 2022, BPS field applications of"
            " March 2022, and packages for 2021 to 2024."
        ),
        (
            "Commodities, calories and prices of blocks 41 and 42 follow the lists of BPS field"
            " applications of 2022 and 2024; where a list of"
        ),
        (
            "2021 was not seen, the order is inferred. The individual diploma codes of 2018 are"
            " disputed between sources."
        ),
    ]
    return "\n".join(lines) + "\n"


def _stratum(layout: Layout) -> str:
    """Where the stratum of a round comes from."""
    if layout.design.stratum is not None:
        return layout.design.stratum
    return "own file, or rebuilt" if layout.design.strata_file is not None else "rebuilt"


def _diplomas(layout: Layout) -> list[str]:
    """Code lists of diplomas that a round may follow."""
    return [layout.codes["diploma"], *layout.alternatives.get("diploma", ())]


def _aliases(layout: Layout) -> str:
    """Other spellings of columns."""
    pairs = {pair for file in layout.files.values() for pair in file.aliases.items()}
    return ", ".join(f"{alias} = {name}" for alias, name in sorted(pairs))


def _codes(codes: frozenset[int]) -> str:
    """Codes in their order."""
    return " ".join(str(code) for code in sorted(codes))


def _range(items: Items) -> str:
    """First and last code of a block, as far as they are known."""
    return f"from {items.first}" if items.last is None else f"{items.first} to {items.last}"


def _food(items: Items) -> str:
    """How food of a month follows from a week."""
    weeks, per = items.month_in_weeks
    return f"{items.recall['value']} x {weeks}/{per}"


def _nonfood(items: Items) -> str:
    """How other spending of a month follows from month and year."""
    recall = items.recall
    return (
        f"{recall['month']} + {recall['year']}/{items.year_in_months}, or {recall['average']} where"
        " both are absent"
    )


def dictionary_path() -> Path:
    """data/README.md."""
    return project_root() / "data" / "README.md"


if __name__ == "__main__":
    dictionary_path().write_text(data_dictionary(), encoding="utf8")
