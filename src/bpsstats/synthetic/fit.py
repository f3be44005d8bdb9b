"""Fit a sample to its targets by the smallest change: one level for all spending, weights by
raking, gaps by a power, spending above the line by another.

Nothing is set. The level of spending decides who of the sample is poor; raking finds the weights
nearest to the design weights that meet population, number of poor and the shares among them; the
gaps of the poor are raised to a power and scaled, which keeps everybody's rank, so that P1 and P2
are met; log spending of the others over the line is multiplied by one factor, so that the mean is
met where it is given. Of many samples the one that needs the smallest change is kept.
"""

from dataclasses import dataclass

import numpy as np

from bpsstats.errors import ConvergenceError, ParameterError
from bpsstats.microdata.lists.classifications import EDUCATION, SECTOR, WORK
from bpsstats.reprs import SizesOnly
from bpsstats.synthetic.means import mean_of
from bpsstats.synthetic.parameters import parameters
from bpsstats.synthetic.population import ADULT_AGE, NONE, NOT_WORKING, SMA, Population
from bpsstats.synthetic.sample import Frame, Sample, draw_sample
from bpsstats.synthetic.targets import ADULTS, EXPENDITURE, Targets

MICRO = 1_000_000  # weights are printed with six digits after the point
NEWTON_STEPS = 60
TOLERANCE = 1e-12
WIDENED = 4.0  # weight of a change to the spread of spending, which everybody feels


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fitted(SizesOnly):
    """A sample with final weights (whole millionths), expenditure per person (Rp per month), and
    the size of the change.
    """

    sample: Sample
    micro_weight: np.ndarray
    expenditure: np.ndarray
    distance: float

    @property
    def weight(self) -> np.ndarray:
        """Household weights."""
        return self.micro_weight / MICRO


def fit_sample(
    population: Population, targets: Targets, random: np.random.Generator, kind: str = "city"
) -> Fitted:
    """Draw samples and keep the one that meets the targets with the smallest change.

    Raises
    ------
    ParameterError
        If no sample drawn can meet the targets within the bounds on weights and gaps.
    """
    frame = Frame.of(population)
    level = _level(population, targets)
    best: Fitted | None = None
    candidates = parameters()["sample"]["candidates"]
    for drawn in range(4 * candidates):
        if drawn >= candidates and best is not None:
            break
        fitted = _fit_one(population, draw_sample(population, frame, random, kind), targets, level)
        if fitted is not None and (best is None or fitted.distance < best.distance):
            best = fitted
    if best is None:
        raise ParameterError(
            "No sample of this population meets the targets within the bounds on weights and gaps."
            " They are consistent with one another but far from what a sample of this size shows:"
            " check P1 and P2 against P0, and the shares."
        )
    return best


def _level(population: Population, targets: Targets) -> float:
    """Factor on relative expenditure that gives the population the headcount ratio of the
    targets.
    """
    order = np.argsort(population.expenditure, kind="stable")
    persons = np.cumsum(population.size[order])
    at = int(np.searchsorted(persons, targets.headcount / 100 * persons[-1]))
    return float(targets.threshold / population.expenditure[order[at]])


def _fit_one(
    population: Population, sample: Sample, targets: Targets, level: float
) -> Fitted | None:
    """Fit one sample, or None where it cannot be within the bounds."""
    expenditure = level * population.expenditure[sample.household]
    size = population.size[sample.household]
    weight = sample.weight * targets.population / np.sum(sample.weight * size)
    factor, poor = _sample_level(expenditure, weight * size, targets)
    if poor.sum() < 3:
        return None
    constraints, totals = _constraints(population, sample, poor, targets)
    raked = _rake(weight, constraints, totals)
    if raked is None:
        return None
    micro = _whole_micro(raked, size, targets.population)
    expenditure = _fit_gaps(expenditure * factor, poor, micro / MICRO * size, targets)
    if expenditure is None:
        return None
    widened = _fit_mean(expenditure, ~poor, micro / MICRO * size, targets)
    if widened is None:
        return None
    expenditure, power = widened
    change = raked / weight
    distance = float(np.sum(weight * (change - 1) ** 2) / np.sum(weight) + np.log(factor) ** 2)
    distance += WIDENED * float(np.log(power) ** 2)
    # The poor are few, so that a change to them is felt most.
    distance += float(np.mean(np.log(change[poor]) ** 2))
    # A sample whose poor are very few, heavy households is no typical one.
    typical = parameters()["fit"]["typical_poor"] * targets.headcount / 100 * len(poor)
    distance += max(0.0, 1 - float(poor.sum()) / typical)
    return Fitted(sample, micro, expenditure, distance)


def _sample_level(
    expenditure: np.ndarray, persons: np.ndarray, targets: Targets
) -> tuple[float, np.ndarray]:
    """The factor on spending that puts the line between the last poor household and the next, and
    who is poor.
    """
    order = np.argsort(expenditure, kind="stable")
    reached = np.cumsum(persons[order])
    n_poor = int(np.argmin(np.abs(reached - targets.poor_count))) + 1
    between = (expenditure[order[n_poor - 1]] + expenditure[order[min(n_poor, len(order) - 1)]]) / 2
    poor = np.zeros(len(order), dtype=bool)
    poor[order[:n_poor]] = True
    return float(targets.threshold / between), poor


def _constraints(
    population: Population, sample: Sample, poor: np.ndarray, targets: Targets
) -> tuple[np.ndarray, np.ndarray]:
    """Linear constraints on household weights: columns (households, k) and their totals (k,)."""
    size = population.size[sample.household].astype(float)
    columns, totals = [size, size * poor], [targets.population, targets.poor_count]
    position = np.repeat(np.arange(len(sample.household)), population.size[sample.household])
    start = np.repeat(population.first_person[sample.household], population.size[sample.household])
    person = (
        start
        + np.arange(len(position))
        - np.repeat(np.cumsum(size) - size, size.astype(int)).astype(int)
    )
    of_age = population.age[person] >= ADULT_AGE
    share_of_adults = targets.level(ADULTS)
    if share_of_adults is not None:
        grown = np.bincount(position, weights=of_age, minlength=len(size))
        columns.append(grown - share_of_adults / 100 * size)
        totals.append(0.0)
    adult = of_age & poor[position]
    diploma, work = population.diploma[person], population.work[person]
    tables = {
        EDUCATION: np.where(diploma == NONE, 0, np.where(diploma < SMA, 1, 2)),
        WORK: work,
        SECTOR: np.where(work == NOT_WORKING, 0, np.where(population.agriculture[person], 1, 2)),
    }
    adults = np.bincount(position, weights=adult, minlength=len(size))
    for classes, code in tables.items():
        shares = targets.table(classes)
        if shares is None:
            continue
        for i, name in enumerate(classes[1:], start=1):
            members = np.bincount(position, weights=adult & (code == i), minlength=len(size))
            columns.append(members - shares[name] / 100 * adults)
            totals.append(0.0)
    return np.column_stack(columns), np.array(totals)


def _rake(weight: np.ndarray, x: np.ndarray, totals: np.ndarray) -> np.ndarray | None:
    """Weights ``w exp(x'b)`` that meet the totals, by Newton's method; None without a solution
    within the bounds.
    """
    least, most = parameters()["fit"]["weight_ratio"]
    scale = np.abs(x).max(axis=0)
    scale[scale == 0] = 1
    x, totals = x / scale, totals / scale
    size_of_totals = max(1.0, float(np.abs(totals).max()))
    beta = np.zeros(x.shape[1])
    for _ in range(NEWTON_STEPS):
        raked = weight * np.exp(np.clip(x @ beta, -20, 20))
        gap = totals - x.T @ raked
        if np.abs(gap).max() <= TOLERANCE * size_of_totals:
            ratio = raked / weight
            return raked if least <= ratio.min() and ratio.max() <= most else None
        step = np.linalg.lstsq(x.T @ (raked[:, None] * x), gap, rcond=None)[0]
        beta = beta + step * min(1.0, 2.0 / max(2.0, float(np.abs(step).max())))
    return None


def _whole_micro(weight: np.ndarray, size: np.ndarray, population: float) -> np.ndarray:
    """Weights in whole millionths whose person total is the population exactly."""
    micro = np.round(weight * MICRO).astype(np.int64)
    rest = round(population) * MICRO - int(np.sum(micro * size))
    # A one-person household takes up what rounding left over; a few millionths of a person.
    single = np.flatnonzero(size == 1)
    if not single.size:
        raise ConvergenceError(
            "The sample has no household of one person to take up the rounding of the weights."
        )
    micro[single[0]] += rest
    return micro


def _fit_gaps(
    expenditure: np.ndarray, poor: np.ndarray, persons: np.ndarray, targets: Targets
) -> np.ndarray | None:
    """Expenditure whose gaps ``a g^b`` give P1 and P2; None where a household would be pushed too
    deep.
    """
    z = targets.threshold
    gap = (z - expenditure[poor]) / z
    share = persons[poor] / np.sum(persons)
    p1, p2 = targets.poverty_gap / 100, targets.severity / 100

    def unevenness(power: float) -> float:
        """Log of sum(g^2b) / sum(g^b)^2, which only the power moves."""
        raised = gap**power
        return float(np.log(np.sum(share * raised**2) / np.sum(share * raised) ** 2))

    wanted, low, high = float(np.log(p2 / p1**2)), 0.02, 8.0
    if not unevenness(low) < wanted < unevenness(high):
        return None
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if unevenness(middle) < wanted else (low, middle)
    raised = gap**high
    fitted = raised * p1 / np.sum(share * raised)
    if fitted.max() > parameters()["fit"]["deepest_gap"]:
        return None
    result = expenditure.copy()
    result[poor] = z * (1 - fitted)
    # Whole hundredths of a rupiah: far below the printed figures, far above the last bits of exp
    # and log.
    return np.asarray(np.round(result, 2))


def _fit_mean(
    expenditure: np.ndarray, others: np.ndarray, persons: np.ndarray, targets: Targets
) -> tuple[np.ndarray, float] | None:
    """Expenditure ``z (y/z)^b`` of those who are not poor whose mean is the target, and b; None
    where b would be beyond its bounds.
    """
    mean, z = mean_of(targets, EXPENDITURE), targets.threshold
    if mean is None:
        return expenditure, 1.0
    wanted = mean * np.sum(persons) - np.sum(persons[~others] * expenditure[~others])
    relative, weight = np.log(expenditure[others] / z), persons[others]
    low, high = parameters()["fit"]["power"]

    def total(power: float) -> float:
        return float(np.sum(weight * z * np.exp(power * relative)))

    if not total(low) < wanted < total(high):
        return None
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if total(middle) < wanted else (low, middle)
    result = expenditure.copy()
    # Nobody comes to lie on the line by rounding: who spends the line is not poor.
    least = np.ceil(100 * z) / 100
    result[others] = np.maximum(np.round(z * np.exp(high * relative), 2), least)
    return result, high
