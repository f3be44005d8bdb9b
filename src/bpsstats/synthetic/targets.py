"""What a synthetic round is fitted to: figures given by the caller, checked for consistency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bpsstats.errors import ParameterError
from bpsstats.microdata.layouts import WEEKS_PER_MONTH
from bpsstats.microdata.lists.classifications import EDUCATION, SECTOR, WORK
from bpsstats.microdata.lists.commodities import GROUPS

# The shares of a table sum to 100 up to the rounding of three printed figures.
ROUNDING_OF_SHARES = 0.05
# Means that the spending of a round can be fitted to, Rp per person: of a month, and of a week by
# group of food.
EXPENDITURE, FOOD = "mean:expenditure_person_month", "mean:food_person_month"
ADULTS = "population_15_plus_share"
GROUP_LEVELS = tuple(f"mean:{group}_person_week" for group in GROUPS["blok41"])
HOUSING = ("improved_water", "improved_sanitation")  # percent of households
LEVELS = (EXPENDITURE, FOOD, ADULTS, *GROUP_LEVELS, *HOUSING)
# The half of the levels that shipped rounds are fitted to, where they are printed: all spending,
# and of the groups of food every second one by size. The other half is held out, and tells how far
# the invented city is like the printed one where it was not made so.
FITTED_HALF = (
    EXPENDITURE,
    *(
        f"mean:{group}_person_week"
        for group in (
            "prepared_food", "tobacco", "vegetables", "meat", "beverage_materials", "spices",
            "legumes",
        )
    ),
    *HOUSING,
)  # fmt: skip
NEEDED = ("population", "poor_count", "headcount", "poverty_gap", "severity", "poverty_line")


@dataclass(frozen=True, slots=True)
class Targets:
    """Figures of one area and year.

    Parameters
    ----------
    population : float
        Persons in private households.
    poor_count : float
        Poor persons.
    poverty_gap, severity : float
        P1 and P2, times 100.
    poverty_line : float
        Rp per person per month.
    temporary_line : float, optional
        Rp per person per month: the persons just above it buy what the line is made of. Default the
        line itself.
    shares : mapping of str to float
        Percent of the poor of 15 and over by class of education, work or sector; a table is given
        whole or not at all.
    levels : mapping of str to float
        Any of `LEVELS`: mean spending in Rp; persons of 15 and over, and households with improved
        water and sanitation, in percent.
    factor : float
        Correction factor that the round is to need: its poor are those with ``factor x
        expenditure`` below the line.
    assumed : sequence of str
        Of figures that nothing was printed of, in a sentence each, what stands in for them.

    Raises
    ------
    ParameterError
        If no population could have these figures at once.
    """

    population: float
    poor_count: float
    poverty_gap: float
    severity: float
    poverty_line: float
    temporary_line: float | None = None
    shares: tuple[tuple[str, float], ...] = ()
    levels: tuple[tuple[str, float], ...] = ()
    factor: float = 1.0
    assumed: tuple[str, ...] = ()

    @property
    def threshold(self) -> float:
        """What expenditure is held against: the line over its factor."""
        return self.poverty_line / self.factor

    @property
    def temporary_threshold(self) -> float:
        """The same of the temporary line."""
        return (self.temporary_line or self.poverty_line) / self.factor

    def __post_init__(self) -> None:
        if (
            min(
                self.population,
                self.poor_count,
                self.poverty_line,
                self.poverty_gap,
                self.severity,
                self.factor,
            )
            <= 0
        ):
            raise ParameterError(
                "Population, number of poor, line, P1, P2 and factor of the targets must be"
                " positive numbers."
            )
        p0, p1, p2 = self.headcount / 100, self.poverty_gap / 100, self.severity / 100
        if p0 >= 0.9:
            raise ParameterError(
                "The targets make 90 percent or more of the population poor, which a sample of 640"
                " households cannot be fitted to."
            )
        if not p0 > p1 > p2:
            raise ParameterError(
                "The targets need P0 > P1 > P2, as a gap is a part of the line. Check which figure"
                " is which."
            )
        if p1 * p1 > p0 * p2:
            raise ParameterError(
                "The targets need P1 * P1 <= P0 * P2: the mean of squared gaps is at least the"
                " square of the mean gap. Check P1 and P2."
            )
        self._check_levels()
        given = dict(self.shares)
        for classes in (EDUCATION, WORK, SECTOR):
            # Not working is a class of work and of sector alike, so that it alone does not ask for
            # a table.
            if not given.keys() & set(classes) - {"not_working"}:
                continue
            values = [given.get(name, -1.0) for name in classes]
            if min(values) < 0 or abs(sum(values) - 100) > ROUNDING_OF_SHARES:
                raise ParameterError(
                    f"The shares of the poor by {', '.join(classes)} must be given for all classes"
                    " and sum to 100."
                )

    def _check_levels(self) -> None:
        """Refuse means that no spending could have at once."""
        given = dict(self.levels)
        if min(given.values(), default=1.0) <= 0 or given.get(ADULTS, 50.0) >= 100:
            raise ParameterError("The means of the targets must be positive, and shares below 100.")
        weeks, per = WEEKS_PER_MONTH
        groups = sum(given.get(name, 0.0) for name in GROUP_LEVELS) * weeks / per
        bounds = [given[name] for name in (FOOD, EXPENDITURE) if name in given]
        if any(low > high for low, high in pairwise([groups, *bounds])):
            raise ParameterError(
                "The targets need groups of food <= food <= expenditure, each per person and"
                " month. Check which figure is which, and which is of a week."
            )

    @property
    def headcount(self) -> float:
        """P0, percent: poor persons over population."""
        return 100 * self.poor_count / self.population

    @classmethod
    def from_figures(cls, figures: Mapping[str, float], assumed: Sequence[str] = ()) -> "Targets":
        """Targets from statistic names, as the ledger of printed figures and ``source.yaml`` use
        them.

        Parameters
        ----------
        figures : mapping
            ``poor_count`` and ``population`` in persons, ``headcount``, ``poverty_gap``,
            ``severity`` times 100, ``poverty_line``, ``temporary_line`` if known, ``factor`` if the
            round is to need one, ``share:<class>`` in percent, and any of `LEVELS`. One of
            population and headcount may be missing.
        assumed : sequence of str, optional
            As of `Targets`.

        Raises
        ------
        ParameterError
            If a figure is missing or the figures cannot hold at once.

        Examples
        --------
        >>> figures = {"poor_count": 5000, "headcount": 5, "poverty_gap": 1, "severity": 0.3}
        >>> figures["poverty_line"] = 5e5
        >>> Targets.from_figures(figures).population
        100000.0
        """
        known = dict(figures)
        if "population" not in known and {"poor_count", "headcount"} <= known.keys():
            known["population"] = 100 * known["poor_count"] / known["headcount"]
        if "headcount" not in known and {"poor_count", "population"} <= known.keys():
            known["headcount"] = 100 * known["poor_count"] / known["population"]
        missing = [name for name in NEEDED if name not in known]
        if missing:
            raise ParameterError(
                f"The targets lack {', '.join(missing)}. A round is fitted to all of:"
                f" {', '.join(NEEDED)}."
            )
        shares = {
            name.removeprefix("share:"): value
            for name, value in known.items()
            if name.startswith("share:")
        }
        return cls(
            population=float(known["population"]),
            poor_count=float(known["poor_count"]),
            poverty_gap=float(known["poverty_gap"]),
            severity=float(known["severity"]),
            poverty_line=float(known["poverty_line"]),
            temporary_line=float(known["temporary_line"]) if "temporary_line" in known else None,
            shares=tuple(sorted((name, float(value)) for name, value in shares.items())),
            levels=tuple((name, float(known[name])) for name in LEVELS if name in known),
            factor=float(known.get("factor", 1.0)),
            assumed=tuple(assumed),
        )

    def level(self, name: str) -> float | None:
        """One of `LEVELS`, or None where it is not given."""
        return dict(self.levels).get(name)

    def table(self, classes: tuple[str, ...]) -> dict[str, float] | None:
        """Shares of the classes of one table, summing to exactly 100, or None where the table is
        not given.
        """
        given = {name: value for name, value in self.shares if name in classes}
        if len(given) < len(classes):
            return None
        # Three printed shares may sum to 100.01; each gives way equally, so that all still round to
        # what was printed.
        excess = (sum(given.values()) - 100) / len(given)
        return {name: value - excess for name, value in given.items()}

    def to_figures(self) -> dict[str, float]:
        """Statistic names and values, for ``source.yaml``."""
        return {
            "population": self.population,
            "poor_count": self.poor_count,
            "headcount": self.headcount,
            "poverty_gap": self.poverty_gap,
            "severity": self.severity,
            "poverty_line": self.poverty_line,
            **({} if self.temporary_line is None else {"temporary_line": self.temporary_line}),
            **({} if self.factor == 1 else {"factor": self.factor}),
            **{f"share:{name}": value for name, value in self.shares},
            **dict(self.levels),
        }
