"""Codes: those of the round's lists, in the hands of those who can have them, so that a moved
column is caught.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from bpsstats.microdata.derive import ADULT_AGE, diploma_is_unknown, is_working
from bpsstats.microdata.files.waves import MOST_EXCEPTIONS
from bpsstats.microdata.findings import Finding, Names, found, whole
from bpsstats.microdata.lists.classifications import code_list
from bpsstats.microdata.tables import OfficialTables

# Who is asked, who can have finished primary school, whose school days are long past.
YOUNGEST_ASKED, YOUNGEST_GRADUATE, OLD, OLDEST = 5, 10, 60, 120
AGES_OF_PRIMARY, FEWEST_PUPILS = (8, 11), 0.7
ENOUGH = 30  # persons on whom a share says something
MANY = 100  # adults among whom every school and several industries are found
SCHOOLS = ("sd", "smp", "sma")
NOT_APPLICABLE = 0
MOVED = (
    "The column or its list moved between rounds; see the columns of each round in data/README.md."
)
LISTED = (
    "A list of another round is the usual cause: the codes of diplomas and work move between years."
)
ROLE = "kor_individual"


def codes_are_known(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """Codes stand in the round's lists."""
    concept, files = tables.layout.individual, names.get(ROLE, ())
    age = tables.get(ROLE, concept["age"])
    if age is not None:
        bad = ~(age[concept["age"]].between(0, OLDEST) & (age[concept["age"]] % 1 == 0))
        yield from found(bad, files, concept["age"], "Ages are no whole years.", "Restore them.")
    unknown = None
    if tables.get(ROLE, concept["diploma"], concept["attendance"]) is not None:
        unknown = diploma_is_unknown(tables)
        what = (
            "Persons have an unknown diploma (98, 99, or none told of somebody who went to school)."
        )
        kept = "They are kept as a class of their own and counted."
        yield from found(unknown, files, concept["diploma"], what, kept, "warning")
    for name in ("sex", "relation", "attendance", "diploma"):
        column = concept[name]
        frame = tables.get(ROLE, column)
        if frame is not None:
            known = code_list(tables.codes[name])
            codes = (
                frame[column].fillna(NOT_APPLICABLE) if NOT_APPLICABLE in known else frame[column]
            )
            bad = ~codes.isin(list(known))
            if name == "diploma" and unknown is not None:
                bad &= ~unknown
            yield from found(bad, files, column, f"Codes of {name} are unknown.", LISTED)


def code_lists_fit_the_data(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """A list of another round, or a column that moved, shows in who has which class."""
    concept, files = tables.layout.individual, names.get(ROLE, ())
    frame = tables.get(ROLE, concept["age"], concept["diploma"])
    if frame is not None:
        diploma = (
            frame[concept["diploma"]].fillna(NOT_APPLICABLE).map(code_list(tables.codes["diploma"]))
        )
        yield from _diplomas_fit(frame[concept["age"]], diploma, files, concept["diploma"])
    schooling = tables.get(ROLE, concept["age"], concept["attendance"])
    if schooling is not None:
        classes = schooling[concept["attendance"]].map(code_list(tables.codes["attendance"]))
        pupils = (classes == "attending")[schooling[concept["age"]].between(*AGES_OF_PRIMARY)]
        if len(pupils) >= ENOUGH and pupils.mean() < FEWEST_PUPILS:
            what = (
                f"Of the children of {AGES_OF_PRIMARY[0]} to {AGES_OF_PRIMARY[1]} too few attend"
                " school."
            )
            yield whole(files, concept["attendance"], what, MOVED, len(pupils))
    both = tables.get(ROLE, concept["attendance"], concept["diploma"])
    if both is not None:
        never = both[concept["attendance"]].map(code_list(tables.codes["attendance"])) == "never"
        holds = never & both[concept["diploma"]].fillna(NOT_APPLICABLE).ne(NOT_APPLICABLE)
        holds &= both[concept["diploma"]].map(code_list(tables.codes["diploma"])).ne("none")
        if never.sum() >= ENOUGH and holds.sum() > MOST_EXCEPTIONS * never.sum():
            what = "Persons hold a diploma and never went to school."
            yield from found(
                holds, files, f"{concept['attendance']} + {concept['diploma']}", what, MOVED
            )


def _diplomas_fit(
    age: pd.Series, diploma: pd.Series, files: Sequence[str], column: str
) -> Iterator[Finding]:
    """Children hold none, every school has adult graduates, and the old went to school less."""
    holds = (diploma != "none") & diploma.notna()
    asked = age.between(YOUNGEST_ASKED, YOUNGEST_GRADUATE, inclusive="left")
    for whom, ages in (
        ("Children under five", age < YOUNGEST_ASKED),
        ("Children under ten", asked),
    ):
        bad = holds & ages
        if bad.sum() > MOST_EXCEPTIONS * ages.sum():
            yield from found(bad, files, column, f"{whom} hold a diploma.", MOVED)
    adults = diploma[age >= ADULT_AGE]
    absent = [school for school in SCHOOLS if school not in set(adults)]
    if len(adults) >= MANY and absent:
        what = f"No adult of {len(adults):,} has a diploma of {', '.join(absent)}."
        yield whole(files, column, what, MOVED, len(adults))
    old = diploma[(age >= OLD) & diploma.notna()]
    if (
        len(old) >= ENOUGH
        and old.isin(["none", "sd"]).mean() < old.isin(["diploma", "university"]).mean()
    ):
        what = "Of the old more have a degree than primary school or nothing."
        yield whole(files, column, what, MOVED, len(old))


def work_codes_fit_the_data(tables: OfficialTables, names: Names) -> Iterator[Finding]:
    """The letter of work is a letter, who works has a status and an industry, and not all are
    farmers.
    """
    concept, files = tables.layout.individual, names.get(ROLE, ())
    asked = [concept[name] for name in ("worked", "absent") if name in concept]
    frame = tables.get(ROLE, *asked[:1])
    if frame is not None and asked:
        letter = concept["worked"].rpartition("_")[2]
        bad = ~frame[concept["worked"]].isin(["", "0", letter])
        remedy = (
            f"The cell holds the letter {letter} or nothing; restore it if it was turned into yes"
            " and no."
        )
        yield from found(
            bad,
            files,
            concept["worked"],
            "Cells hold another letter than their question's.",
            remedy,
        )
    frame = tables.get(ROLE, *(asked or [concept["industry"]]), concept["age"])
    if frame is None:
        return
    adult = frame[concept["age"]] >= ADULT_AGE
    working = adult & is_working(frame, tables.layout)
    if adult.sum() >= MANY and not working.any():
        yield whole(
            files,
            asked[0] if asked else concept["industry"],
            f"No adult of {int(adult.sum()):,} works.",
            MOVED,
            int(adult.sum()),
        )
    for name in ("status", "industry"):
        column = concept[name]
        coded = tables.get(ROLE, column)
        if coded is not None:
            bad = working & ~coded[column].isin(list(code_list(tables.codes[name])))
            yield from found(
                bad, files, column, f"Working persons have an unknown code of {name}.", LISTED
            )
    coded = tables.get(ROLE, concept["industry"])
    if coded is not None and working.sum() >= MANY:
        industry = coded.loc[working, concept["industry"]].map(code_list(tables.codes["industry"]))
        if set(industry.dropna()) <= {"agriculture"}:
            what = "Everybody who works is a farmer."
            yield whole(files, concept["industry"], what, MOVED, int(working.sum()))
