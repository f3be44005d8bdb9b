"""Mean spending that a synthetic round is to have: on food, on each of its groups, on all."""

from dataclasses import dataclass

import numpy as np

from bpsstats.microdata.layouts import WEEKS_PER_MONTH
from bpsstats.reprs import SizesOnly
from bpsstats.synthetic.parameters import parameters
from bpsstats.synthetic.targets import EXPENDITURE, FOOD, GROUP_LEVELS, Targets

HALVINGS, ROUNDS = 60, 200  # of bisection, and of proportional fitting
ENOUGH = 0.5  # share of food whose groups are given, from which the rest is implied
SPARE = 1_000  # Rp; what is moved between groups never uses an item up


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Means(SizesOnly):
    """What spending is to come to on average; figures that are not given follow the parameters.

    Parameters
    ----------
    weight, size : ndarray, shape (n,)
        Weight of each household of the sample, and its persons.
    targets : Targets
    """

    weight: np.ndarray
    size: np.ndarray
    targets: Targets

    def total(self, name: str) -> float | None:
        """Rp of all residents that a mean comes to, or None where it is neither given nor
        implied.
        """
        mean = mean_of(self.targets, name)
        return None if mean is None else mean * float(np.sum(self.weight * self.size))

    def shares(self, expenditure: np.ndarray, logit: np.ndarray) -> np.ndarray:
        """Food shares of budgets, moved by one constant on the logit scale so that mean food is the
        target.

        Parameters
        ----------
        expenditure, logit : ndarray, shape (n,)
            Rp per person and month; log odds of the share.
        """
        spent, food = self.weight * self.size * expenditure, self.total(FOOD)
        wanted = parameters()["engel"]["mean"] * float(np.sum(spent)) if food is None else food
        low, high = -5.0, 5.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            below = np.sum(spent * share_of(logit + middle)) < wanted
            low, high = (middle, high) if below else (low, middle)
        return share_of(logit + high)

    def factors(self, budget: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Factors on groups of food at which each costs what it should, each household's budget
        being divided by the weights: iterative proportional fitting.

        Parameters
        ----------
        budget : ndarray, shape (n,)
            Rp per household and week.
        weights : ndarray, shape (n, groups)

        Returns
        -------
        ndarray, shape (groups,)
        """
        total = float(np.sum(self.weight * budget))
        wanted = self._groups() / total
        usual = np.array([group["share"] for group in parameters()["food_groups"].values()])
        free = np.isnan(wanted)
        wanted[free] = usual[free] * (1 - np.nansum(wanted)) / usual[free].sum()
        factors = np.ones(len(usual))
        for _ in range(ROUNDS):
            value = weights * factors
            value *= (budget / value.sum(axis=1))[:, None]
            factors *= wanted * total / np.sum(self.weight[:, None] * value, axis=0)
        return np.asarray(factors / factors.mean())

    def settle(self, food_week: np.ndarray, nonfood_month: np.ndarray) -> None:
        """Move both by whole rupiah, in place, until the means are met to the last printed
        digit.
        """
        weeks, per = WEEKS_PER_MONTH
        food, expenditure = self.total(FOOD), self.total(EXPENDITURE)
        if food is not None:
            spent = float(np.sum(self.weight * food_week)) * weeks / per
            food_week += _steps(self.weight * weeks / per, food - spent)
        if expenditure is not None:
            spent = float(np.sum(self.weight * (food_week * weeks / per + nonfood_month)))
            nonfood_month += _steps(self.weight, expenditure - spent)

    def settle_groups(self, value: np.ndarray, places: np.ndarray) -> None:
        """Move whole rupiah, in place, between each group that is given and the largest that is
        not, within households, so that budgets stay as they are.

        Parameters
        ----------
        value : ndarray of int, shape (n, items)
            Rp per household and week.
        places : ndarray of int, shape (items,)
            Group of each item.
        """
        wanted = self._groups()
        spent = np.array(
            [np.sum(self.weight @ value[:, places == place]) for place in range(len(wanted))]
        )
        other = int(np.argmax(np.where(np.isnan(wanted), spent, 0.0)))
        if not np.isnan(wanted[other]):
            return
        given = [place for place in range(len(wanted)) if not np.isnan(wanted[place])]
        balance, least = _largest(value, places == other)
        for place in given:
            item, held = _largest(value, places == place)
            both = np.flatnonzero(np.minimum(held, least) > SPARE)
            steps = _steps(self.weight[both], wanted[place] - spent[place])
            value[both, item[both]] += steps
            value[both, balance[both]] -= steps

    def _groups(self) -> np.ndarray:
        """Rp a week of all residents by group; missing where it is not given."""
        totals = [self.total(name) for name in GROUP_LEVELS]
        return np.array([np.nan if total is None else total for total in totals])


def mean_of(targets: Targets, name: str) -> float | None:
    """A mean of the targets; that of food or of all spending, where it is not given, as the groups
    of food that are given imply it by their usual shares.
    """
    given = targets.level(name)
    if given is not None or name not in (FOOD, EXPENDITURE):
        return given
    usual = zip(GROUP_LEVELS, parameters()["food_groups"].values(), strict=True)
    known = [
        (mean, group["share"])
        for level, group in usual
        if (mean := targets.level(level)) is not None
    ]
    part, spending = parameters()["engel"]["mean"], targets.level(EXPENDITURE)
    if name == FOOD and spending is not None:
        return float(part * spending)
    if sum(share for _, share in known) < ENOUGH:
        return None
    weeks, per = WEEKS_PER_MONTH
    food = sum(mean for mean, _ in known) / sum(share for _, share in known) * weeks / per
    return food if name == FOOD else float((targets.level(FOOD) or food) / part)


def share_of(logit: np.ndarray) -> np.ndarray:
    """The share of log odds, rounded so that the last bits of exp, which differ between processors,
    stay out of what follows.
    """
    return np.asarray(np.round(1 / (1 + np.exp(-logit)), 12))


def _largest(value: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position and value of each household's largest item of a group."""
    within = np.where(inside, value, 0)
    item = np.argmax(within, axis=1)
    return item, within[np.arange(len(value)), item]


def _steps(weight: np.ndarray, rest: float) -> np.ndarray:
    """Whole rupiah for each household whose weighted sum comes as near to the rest as it can."""
    base = np.trunc(rest / weight.sum())
    left = rest - base * float(weight.sum())
    steps = np.full(len(weight), base)
    steps[: int(np.searchsorted(np.cumsum(weight), abs(left) + weight[0] / 2))] += np.sign(left)
    return np.asarray(steps.astype(np.int64))
