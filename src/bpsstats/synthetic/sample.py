"""A two-stage sample of a population: census blocks by size within urban and rural, ten households
in each.
"""

from dataclasses import dataclass

import numpy as np

from bpsstats.reprs import SizesOnly
from bpsstats.synthetic.parameters import parameters
from bpsstats.synthetic.population import Population


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sample(SizesOnly):
    """Households drawn, sorted by block: their position in the population, block, and design
    weight.
    """

    household: np.ndarray
    block: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Frame(SizesOnly):
    """The sampling frame: blocks with households, by stratum, and where their households stand."""

    first: np.ndarray
    households: np.ndarray
    urban: np.ndarray
    rural: np.ndarray

    @classmethod
    def of(cls, population: Population) -> "Frame":
        """Blocks large enough for a full cluster."""
        households = np.bincount(population.block, minlength=len(population.block_urban))
        first = np.concatenate([[0], np.cumsum(households)[:-1]])
        full = households >= parameters()["sample"]["households"]
        return cls(
            first,
            households,
            np.flatnonzero(full & population.block_urban),
            np.flatnonzero(full & ~population.block_urban),
        )


def draw_sample(
    population: Population, frame: Frame, random: np.random.Generator, kind: str = "city"
) -> Sample:
    """One sample with design weights.

    Parameters
    ----------
    population : Population
    frame : Frame
    random : Generator
    kind : {"city", "regency"}
        Which decides how many of the blocks drawn are rural.

    Notes
    -----
    Blocks are drawn systematically with probability proportional to their households, so that each
    household of a stratum has the same chance; some of the ten do not answer. Weights then vary as
    in released files: by block, for growth since the listing, and by household, for the correction
    of non-response.
    """
    p = parameters()["sample"]
    wanted = p["rural_blocks"][kind]
    n_rural = wanted if len(frame.rural) >= wanted else 0
    blocks = np.concatenate(
        [
            _systematic(frame.urban, frame.households, p["blocks"] - n_rural, random),
            _systematic(frame.rural, frame.households, n_rural, random),
        ]
    )
    answered = random.choice(
        list(p["completed"]), size=len(blocks), p=list(p["completed"].values())
    )
    picked = [
        frame.first[block] + random.choice(frame.households[block], size=int(count), replace=False)
        for block, count in zip(blocks, answered, strict=True)
    ]
    household = np.concatenate([np.sort(part) for part in picked])
    of_block = np.repeat(blocks, answered)
    stratum = population.block_urban[of_block]
    weight = np.empty(len(household))
    for urban in (True, False):
        inside = stratum == urban
        if inside.any():
            weight[inside] = (
                population.size[population.block_urban[population.block] == urban].shape[0]
                / inside.sum()
            )
    growth = np.repeat(spread(random, p["block_weight_cv"], len(blocks)), answered)
    weight = weight * growth * spread(random, p["household_weight_cv"], len(household))
    return Sample(household, of_block, weight)


def _systematic(
    blocks: np.ndarray, households: np.ndarray, n: int, random: np.random.Generator
) -> np.ndarray:
    """Systematic selection with probability proportional to size, in random order, without
    repeats.
    """
    if n == 0:
        return np.empty(0, dtype=np.int64)
    order = random.permutation(blocks)
    bounds = np.cumsum(households[order])
    step = bounds[-1] / n
    hits = np.searchsorted(bounds, (random.random() + np.arange(n)) * step, side="right")
    return np.asarray(order[np.unique(hits)])


def spread(random: np.random.Generator, cv: float, n: int) -> np.ndarray:
    """Positive factors with mean 1 and the coefficient of variation asked for."""
    sigma = np.sqrt(np.log(1 + cv**2))
    return np.asarray(np.exp(random.normal(-(sigma**2) / 2, sigma, n)))
