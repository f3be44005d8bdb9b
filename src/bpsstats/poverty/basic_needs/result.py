"""A rebuilt poverty line: its parts, its basket, and the uncertainty that it passes on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bpsstats.disclosure import is_withheld, released
from bpsstats.microdata.lists.basket import Commodity
from bpsstats.poverty.indices.fgt import headcount, is_poor
from bpsstats.poverty.inequality.quantiles import density_at
from bpsstats.poverty.lines.official import WELFARE, PovertyLine
from bpsstats.reprs import html_table, written
from bpsstats.survey import Estimate, Estimates, Linearised, SurveyDesign
from bpsstats.survey.estimate import estimate_linearised
from bpsstats.survey.statistics.distribution import Sample, sorted_records

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False)
class CommodityCost:
    """A commodity in the line.

    Parameters
    ----------
    commodity : Commodity
    cost : Estimate
        What it adds to the line, Rp per person per month.
    share : Estimate
        Its share of the food line, or of the non-food line, percent.
    calories : Estimate
        Kilocalories per person and day that the reference population has from it.
    price_per_kilocalorie : Estimate or None
        None where it has none, as with salt and cigarettes.
    price_per_unit : Estimate or None
        None where the file has no quantity, or codes of different units are joined.
    """

    commodity: Commodity
    cost: Estimate
    share: Estimate
    calories: Estimate
    price_per_kilocalorie: Estimate | None
    price_per_unit: Estimate | None


@dataclass(frozen=True, slots=True, eq=False)
class RebuiltLine:
    """A poverty line rebuilt from the items.

    Parameters
    ----------
    lines : Estimates
        Statistics ``line`` (GK), ``line:food`` (GKM) and ``line:nonfood`` (GKNM), Rp per person per
        month; `n` and `n_psu` are those of the reference population.
    linearised : Linearised
        The line and its influence over the households of `design`.
    design : SurveyDesign
    temporary : float
        Temporary line that the reference population lives above, Rp per person per month.
    rounds : int
        Rounds of iteration, 1 where there was none.
    before : PovertyLine or None
        Line of the year before.
    factor : float
        Correction factor of the round.
    costs : tuple of CommodityCost
        The basket, what costs most first; commodities that nobody of the reference population buys
        are left out.
    """

    lines: Estimates
    linearised: Linearised
    design: SurveyDesign
    temporary: float
    rounds: int
    before: PovertyLine | None
    factor: float
    costs: tuple[CommodityCost, ...]

    @property
    def total(self) -> Estimate:
        """GK, Rp per person per month."""
        return self.lines.row("line")

    @property
    def food(self) -> Estimate:
        """GKM, Rp per person per month."""
        return self.lines.row("line:food")

    @property
    def nonfood(self) -> Estimate:
        """GKNM, Rp per person per month."""
        return self.lines.row("line:nonfood")

    @property
    def shown(self) -> tuple[CommodityCost, ...]:
        """The basket as it is shown: what costs most first, and last, by name, what is withheld,
        which its place would bound.
        """
        told = [entry for entry in self.costs if not is_withheld(entry.cost.estimate)]
        rest = [entry for entry in self.costs if is_withheld(entry.cost.estimate)]
        return (*told, *sorted(rest, key=lambda entry: entry.commodity.name_en))

    def as_line(self) -> PovertyLine:
        """The rebuilt line where a `PovertyLine` is asked for; its error is then left out of
        account.
        """
        about = self.design.frame.attrs
        return PovertyLine(
            float(self.linearised.value),
            str(about.get("area_code", "")),
            self.design.area,
            int(about.get("year", 0)),
            "rebuilt from the consumption items",
            self.factor,
        )

    def headcount(self) -> Estimates:
        """P0 at the rebuilt line, with the line taken as known and with its own error.

        Returns
        -------
        Estimates
            Statistic ``headcount`` in the domains ``line as known`` and ``line as estimated``,
            percent.

        Notes
        -----
        With an estimated line ``u = (1(y < z) - P0) / N + f(z) u_z``: ``f`` the density of persons
        at the line over its factor, by the kernel that quantiles use, ``u_z`` the influence of the
        line over its factor.
        """
        expenditure, line = self.design.column(WELFARE), self.as_line()
        everybody = np.ones(self.design.n, dtype=bool)
        known = headcount(line).linearise(self.design, everybody)
        _, values, weights = sorted_records(expenditure, self.design.weights)
        nothing = np.zeros(self.design.n, dtype=np.int64)
        density = density_at(
            Sample(values, weights, nothing, nothing, self.design.first_stage), line.threshold
        )
        of_line = self.linearised.influence / self.factor
        moved = Linearised(known.value, known.influence + 100 * density * of_line)
        rows = estimate_linearised(
            self.design,
            [("headcount", "line as known", known), ("headcount", "line as estimated", moved)],
            unit="percent",
            kind="proportion",
            # By them disclosure control tells it from the rate at the printed line.
            cases=is_poor(expenditure, line.threshold),
            level=self.lines.level,
        )
        return replace(rows, rows=tuple(replace(row, scale=100.0) for row in rows.rows))

    def to_frame(self) -> pd.DataFrame:
        """The basket at full precision, one row per commodity: part, commodity, cost, shares and
        prices, with their errors.
        """
        total = self.total.estimate
        rows = []
        for entry in self.shown:
            row: dict[str, object] = {
                "part": entry.commodity.part,
                "commodity": entry.commodity.name_en,
            }
            row |= {"cost": entry.cost.estimate, "cost_se": entry.cost.std_error}
            row["share_of_line"] = 100 * entry.cost.estimate / total
            for name in ("share", "calories", "price_per_kilocalorie", "price_per_unit"):
                value: Estimate | None = getattr(entry, name)
                row[name] = np.nan if value is None else value.estimate
                row[f"{name}_se"] = np.nan if value is None else value.std_error
            rows.append(row)
        return pd.DataFrame(rows)

    def _heading(self) -> str:
        rounds = "" if self.rounds == 1 else f", {self.rounds} rounds"
        return (
            f"{self.lines.heading} · poverty line rebuilt above a temporary line of Rp"
            f" {self.temporary:,.0f}{rounds}"
        )

    def gate_sums(self) -> Iterator[tuple[Estimate, list[Estimate]]]:
        """What the commodities sum to, for disclosure control."""
        for part, whole in (("food", self.food), ("nonfood", self.nonfood)):
            yield whole, [entry.cost for entry in self.costs if entry.commodity.part == part]

    def _formatted(self) -> pd.DataFrame:
        """The commodities that cost most, as read by people."""
        frame = released(self).to_frame().head(MOST_SHOWN)
        return pd.DataFrame(
            {
                "commodity": frame["commodity"],
                "Rp a month": [written(value) for value in frame["cost"]],
                "std. error": [written(value) for value in frame["cost_se"]],
                "% of line": [written(value, 1) for value in frame["share_of_line"]],
                "kcal a day": ["–" if not value else written(value) for value in frame["calories"]],
            }
        )

    def __repr__(self) -> str:
        table = repr(self.lines).split("\n", 1)[1]
        return f"{self._heading()}\n{table}\n\n{self._formatted().to_string(index=False)}"

    def _repr_html_(self) -> str:
        table = html_table(released(self).lines.formatted())
        return f"<p>{self._heading()}</p>{table}{html_table(self._formatted())}"
