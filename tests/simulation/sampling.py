"""Many samples of one synthetic city whose every household is known, as frames that the package
reads.

The city is the generator's; blocks, answers and weights are drawn as for the shipped rounds, so
that a sample has 64 blocks of about ten households. Nothing is fitted: the truth is the city's own
figure, and the sample is free to miss it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from bpsstats.microdata.lists.classifications import EDUCATION
from bpsstats.synthetic.population import (
    ADULT_AGE,
    NONE,
    SMA,
    SMP,
    Population,
    make_population,
)
from bpsstats.synthetic.sample import Frame, Sample, draw_sample

YEAR = 2022
PERSONS = 640_000
SEED = 20_220_301
# Rp per person and month of one unit of the city's relative spending; any positive number would do.
LEVEL = 1_500_000


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """A finite population with its households' spending in rupiah and their persons in household
    order.
    """

    population: Population
    frame: Frame
    expenditure: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """Persons of each household."""
        return self.population.size

    def line_for(self, headcount: float) -> float:
        """The line under which `headcount` (a proportion) of the city's persons live."""
        order = np.argsort(self.expenditure, kind="stable")
        reached = np.cumsum(self.size[order]) / self.population.n_persons
        return float(self.expenditure[order[np.searchsorted(reached, headcount)]])

    def head(self, of_person: np.ndarray) -> np.ndarray:
        """An attribute of persons, taken from the head of each household."""
        return of_person[self.population.first_person]


@cache
def city(persons: int = PERSONS, seed: int = SEED) -> City:
    """The city that all simulations share; the same each time."""
    population = make_population(YEAR, persons, np.random.Generator(np.random.PCG64(seed)))
    return City(population, Frame.of(population), np.round(LEVEL * population.expenditure, 2))


def samples(of: City, n: int, seed: int) -> Iterator[Sample]:
    """`n` independent samples; sample i is the same whatever n is."""
    for stream in np.random.SeedSequence(seed).spawn(n):
        yield draw_sample(of.population, of.frame, np.random.Generator(np.random.PCG64(stream)))


def everybody(of: City) -> Sample:
    """The whole city as a sample of all its households, each standing for itself."""
    n = of.population.n_households
    return Sample(np.arange(n), of.population.block, np.ones(n))


def households(of: City, sample: Sample) -> pd.DataFrame:
    """Household records of a sample, with person weights that sum to the city's population."""
    size = of.size[sample.household]
    weight = sample.weight * of.population.n_persons / np.sum(sample.weight * size)
    population = of.population
    head = population.first_person[sample.household]
    frame = pd.DataFrame(
        {
            "household": sample.household,
            "stratum": np.where(population.block_urban[sample.block], 1, 2),
            "psu": sample.block,
            "size": size,
            "weight_household": weight,
            "weight_person": weight * size,
            "expenditure_person_month": of.expenditure[sample.household],
            "head_education": education_class(population.diploma[head]),
            "head_below_smp": population.diploma[head] < SMP,
        }
    )
    frame.attrs = {
        "area": "synthetic city",
        "period": f"{YEAR}-03",
        "source": "synthetic",
        "calibrated": True,
    }
    return frame


def persons(of: City, frame: pd.DataFrame) -> pd.DataFrame:
    """Person records of the households of a sample, each with the weight of its household."""
    size = frame["size"].to_numpy()
    position = np.repeat(np.arange(len(frame)), size)
    place = np.arange(len(position)) - np.repeat(np.cumsum(size) - size, size)
    person = of.population.first_person[frame["household"].to_numpy()[position]] + place
    columns = ["stratum", "psu", "weight_household", "expenditure_person_month"]
    result = frame[columns].iloc[position].reset_index(drop=True)
    result = result.rename(columns={"weight_household": "weight_person"})
    result["adult"] = of.population.age[person] >= ADULT_AGE
    result["education"] = education_class(of.population.diploma[person])
    result.attrs = frame.attrs
    return result


def education_class(diploma: np.ndarray) -> np.ndarray:
    """Three classes of highest diploma, as the table of the poor by education has them."""
    return np.array(EDUCATION, dtype=object)[
        np.where(diploma == NONE, 0, np.where(diploma < SMA, 1, 2))
    ]
