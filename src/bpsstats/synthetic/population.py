"""A city's finite population: census blocks, households, persons, schooling, work and spending."""

from dataclasses import dataclass

import numpy as np

from bpsstats.microdata.lists.classifications import DIPLOMAS
from bpsstats.reprs import SizesOnly
from bpsstats.synthetic.parameters import of_class, parameters, step

HEAD, SPOUSE, CHILD, OTHER_KIN = 1, 2, 3, 7  # official codes of the relation to the head
MALE, FEMALE = 1, 2
NEVER, ATTENDING, LEFT = 1, 2, 3
NOT_WORKING, INFORMAL, FORMAL = 0, 1, 2
NONE, SD, SMP, SMA = range(4)
REFERENCE_COHORT = 1980
FIRST_SCHOOL_AGE = 7
ADULT_AGE = 15


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Population(SizesOnly):
    """Arrays over blocks, households and persons; `block` and `household` are positions in the
    level above.

    Households are sorted by block and persons by household, the head first. `expenditure` is per
    person and month and relative: the fit to a poverty line gives it its level.
    """

    year: int
    block_urban: np.ndarray
    block: np.ndarray
    size: np.ndarray
    first_person: np.ndarray
    expenditure: np.ndarray
    household: np.ndarray
    relation: np.ndarray
    sex: np.ndarray
    age: np.ndarray
    attendance: np.ndarray
    diploma: np.ndarray
    work: np.ndarray
    agriculture: np.ndarray

    @property
    def n_households(self) -> int:
        """Number of households."""
        return len(self.size)

    @property
    def n_persons(self) -> int:
        """Number of persons."""
        return len(self.age)


def make_population(
    year: int, persons: float, random: np.random.Generator, kind: str = "city"
) -> Population:
    """Draw a city or regency of about `persons` inhabitants.

    Parameters
    ----------
    year : int
        Year of the survey; cohorts are counted back from it.
    persons : float
        Persons in private households.
    random : Generator
        Source of chance; the same generator gives the same city.
    kind : {"city", "regency"}
        Which decides how many of the blocks are urban.
    """
    p = parameters()
    n = round(persons / 3.75)
    n_blocks = max(round(n / p["blocks"]["households"]), 2 * p["sample"]["blocks"])
    block = np.sort(random.integers(0, n_blocks, n))
    block_urban = random.random(n_blocks) < p["blocks"]["urban"][kind]
    return draw_households(year, block_urban, block, random)


def draw_households(
    year: int, block_urban: np.ndarray, block: np.ndarray, random: np.random.Generator
) -> Population:
    """Draw the households of given blocks and their members.

    Parameters
    ----------
    year : int
        Year of the survey.
    block_urban : ndarray of bool, shape (blocks,)
    block : ndarray of int, shape (households,)
        Block of each household, sorted.
    random : Generator

    Notes
    -----
    Log expenditure per person is a linear welfare equation in the head's diploma, work and sex,
    household size, dependency and the family's schooling, with a block effect and a residual
    (``parameters.yaml``).
    """
    p = parameters()
    n = len(block)
    block_effect = random.normal(0, p["blocks"]["effect_sd"], len(block_urban))
    family = random.normal(0, 1, n)

    household, relation, sex, age = _members(random, n)
    born = year - age
    score = _schooling_score(random, born, sex, family[household])
    attendance, diploma = _schooling(random, age, score)
    work = _work(random, sex, age, attendance, diploma)
    agriculture = _agriculture(random, block_urban[block][household], diploma)

    size = np.bincount(household, minlength=n)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    dependants = np.bincount(household, weights=(age < ADULT_AGE) | (age >= 65), minlength=n)
    w = p["welfare"]
    log_expenditure = (
        of_class(w["head_diploma"], diploma[first], DIPLOMAS)
        + w["log_size"] * np.log(size)
        + w["dependency"] * dependants / size
        + w["head_not_working"] * (work[first] == NOT_WORKING)
        + w["head_informal"] * (work[first] == INFORMAL)
        + w["female_head"] * (sex[first] == FEMALE)
        + w["rural"] * ~block_urban[block]
        + w["family"] * family
        + block_effect[block]
        + w["residual_sd"] * _skewed(random, w["residual_shape"], n)
    )
    # Rounding keeps the last bits of exp, which differ between processors, out of everything that
    # follows.
    expenditure = np.round(np.exp(log_expenditure), 9)
    return Population(
        year, block_urban, block, size, first, expenditure,
        household, relation, sex, age, attendance, diploma, work, agriculture,
    )  # fmt: skip


def _skewed(random: np.random.Generator, shape: float, n: int) -> np.ndarray:
    """Residuals of mean 0 and variance 1 with a longer upper tail: log spending is not
    symmetric.
    """
    return np.asarray((random.gamma(shape, 1.0, n) - shape) / np.sqrt(shape))


def _members(
    random: np.random.Generator, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Household, relation, sex and age of every person, the head first in each household."""
    p = parameters()["households"]
    head_age = np.clip(np.round(24 + random.gamma(3.6, 6.4, n)), 18, 90).astype(int)
    head_sex = np.where(random.random(n) < p["female_head"], FEMALE, MALE)
    chance = np.where(head_sex == MALE, p["spouse"]["male_head"], p["spouse"]["female_head"])
    has_spouse = random.random(n) < chance
    gap = np.round(random.normal(3, 3, n)).astype(int)
    spouse_age = np.clip(np.where(head_sex == MALE, head_age - gap, head_age + gap), 17, 92)
    peak = np.exp(-(((head_age - p["children"]["peak_age"]) / p["children"]["width"]) ** 2) / 2)
    children = np.minimum(
        random.poisson(p["children"]["mean"] * peak * np.where(has_spouse, 1.0, 0.6)), 7
    )
    others = np.minimum(random.poisson(p["other_kin"], n), 3)

    everyone = np.arange(n)
    of_child, of_other = np.repeat(everyone, children), np.repeat(everyone, others)
    oldest = np.clip(
        np.where(head_sex == MALE, np.minimum(spouse_age, head_age), head_age) - 19, 0, 32
    )
    child_age = np.floor(random.random(len(of_child)) ** 0.7 * (oldest[of_child] + 1)).astype(int)
    other_age = np.clip(np.round(random.gamma(3.0, 13, len(of_other))), 0, 92).astype(int)
    households = [everyone, everyone[has_spouse], of_child, of_other]
    relations = [
        np.full(len(part), code)
        for part, code in zip(households, (HEAD, SPOUSE, CHILD, OTHER_KIN), strict=True)
    ]
    sexes = [
        head_sex,
        np.where(head_sex[has_spouse] == MALE, FEMALE, MALE),
        random.integers(1, 3, len(of_child)),
        random.integers(1, 3, len(of_other)),
    ]
    ages = [head_age, spouse_age[has_spouse], child_age, other_age]
    household, relation = np.concatenate(households), np.concatenate(relations)
    sex, age = np.concatenate(sexes), np.concatenate(ages)
    order = np.lexsort((-age, relation, household))
    return household[order], relation[order], sex[order], age[order]


def _schooling_score(
    random: np.random.Generator, born: np.ndarray, sex: np.ndarray, family: np.ndarray
) -> np.ndarray:
    """Latent schooling: later cohorts, men of the older ones, families that value it, and luck."""
    p = parameters()["schooling"]
    decades = (np.minimum(born, 2002) - REFERENCE_COHORT) / 10
    cohort = p["per_decade_of_birth"] * decades + np.where(
        sex == MALE, p["men"]["ahead"] + p["men"]["per_decade_of_birth"] * decades, 0.0
    )
    return np.asarray(cohort + p["family_sd"] * family + random.normal(0, p["own_sd"], len(born)))


def _schooling(
    random: np.random.Generator, age: np.ndarray, score: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """School attendance (official codes) and diploma (position in DIPLOMAS)."""
    p = parameters()["schooling"]
    reached = np.searchsorted(p["cuts"], score)
    # Pupils stay on as long as their score would take them; nobody holds a diploma before its age.
    goes = random.random(len(age)) < step(p["attending"], age)
    attending = goes & (reached >= np.select([age < 13, age < 16, age < 19], [0, 1, 2], 3))
    held_by_age = np.select(
        [age < 12, age < 15, age < 18, age < 21, age < 23], [NONE, SD, SMP, SMA, SMA + 1], SMA + 2
    )
    diploma = np.minimum(reached, held_by_age)
    never = (
        (age < 5)
        | ((age < FIRST_SCHOOL_AGE) & ~attending)
        | (~attending & (score < p["cuts"][0] - 0.75))
    )
    diploma = np.where(never, NONE, diploma)
    attendance = np.where(attending, ATTENDING, np.where(never, NEVER, LEFT))
    return attendance, diploma


def _work(
    random: np.random.Generator,
    sex: np.ndarray,
    age: np.ndarray,
    attendance: np.ndarray,
    diploma: np.ndarray,
) -> np.ndarray:
    """Not working, informal or formal."""
    p = parameters()["work"]
    chance = np.where(sex == MALE, step(p["male"], age), step(p["female"], age))
    chance = (
        chance
        * np.where(attendance == ATTENDING, 0.25, 1.0)
        * np.where(diploma >= SMA + 1, 1.15, 1.0)
    )
    works = random.random(len(age)) < chance
    informal = random.random(len(age)) < of_class(p["informal"], diploma, DIPLOMAS)
    return np.where(works & (age >= ADULT_AGE), np.where(informal, INFORMAL, FORMAL), NOT_WORKING)


def _agriculture(random: np.random.Generator, urban: np.ndarray, diploma: np.ndarray) -> np.ndarray:
    """Whether a working person's industry is agriculture."""
    p = parameters()["work"]["agriculture"]
    chance = np.where(urban, p["urban"], p["rural"])
    chance = np.where(diploma >= SMA + 2, p["university"], chance)
    return np.asarray(random.random(len(diploma)) < chance)
