"""What lies behind a change of poverty: the parts that add up to it, and those of classes, by who
the people are and how each class fares.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import released
from bpsstats.errors import ParameterError
from bpsstats.poverty.changes.stacked_rounds import AFTER, ROUND, stack_rounds
from bpsstats.poverty.indices.fgt import NAMES, fgt, gaps
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.reprs import Parts, Shown, written
from bpsstats.survey import (
    Estimate,
    Estimates,
    ReplicateWeights,
    SurveyDesign,
    bootstrap,
    estimate,
    replicate,
)
from bpsstats.survey.results.counts import Counts

REPLICATES = 500
SEED = 20230112


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Decomposition(Shown):
    """Parts of a change that add up to it.

    Parameters
    ----------
    parts : Estimates
        One row for each part, percentage points; their errors come from replicates of both rounds.
    total : Estimates
        One row: the whole change.
    what : str
        What was decomposed into what.
    """

    parts: Estimates
    total: Estimates
    what: str

    def gate_sums(self) -> Iterator[tuple[Estimate, list[Estimate]]]:
        """The parts add up to the change."""
        yield self.total[0], list(self.parts)

    def to_frame(self) -> pd.DataFrame:
        """One row for each part, then the total: part, domain, estimate, std_error, conf_low,
        conf_high, unit.
        """
        frame = pd.concat([self.parts.to_frame(), self.total.to_frame()], ignore_index=True)
        kept = ["part", "domain", "estimate", "std_error", "conf_low", "conf_high", "df", "unit"]
        return frame.rename(columns={"statistic": "part"})[kept]

    def _formatted(self) -> pd.DataFrame:
        frame = released(self).to_frame()
        percent = f"{100 * self.parts.level:g}%"
        columns = {"estimate": "estimate", "std. error": "std_error"}
        columns |= {f"{percent} low": "conf_low", f"{percent} high": "conf_high"}
        shown = {
            label: [written(value, 2, signed=column != "std_error") for value in frame[column]]
            for label, column in columns.items()
        }
        return pd.DataFrame(
            {"part": frame["part"], "domain": frame["domain"], **shown, "unit": frame["unit"]}
        )

    def _parts(self) -> Parts:
        return self.parts.heading, self.what, self._formatted()


@checked
def decompose_by_group(
    before: SurveyDesign,
    after: SurveyDesign,
    line_before: OneLine,
    line_after: OneLine,
    by: str,
    *,
    alpha: float = 0,
    replicates: int = REPLICATES,
    seed: int = SEED,
    level: float = 0.95,
) -> Decomposition:
    """Composition and rates: how much of a change of poverty is that classes grew or shrank, and
    how much that they fare otherwise.

    Parameters
    ----------
    before, after, line_before, line_after, alpha, replicates, seed, level : as there
        As in `decompose_change`.
    by : str
        Column of the classes, such as head_education.

    Returns
    -------
    Decomposition
        For each class ``composition`` and ``rate``, in percentage points; all of them add up to the
        change exactly.

    Raises
    ------
    ParameterError
        If a class has no record in a round.

    Notes
    -----
    ``P = sum_g s_g P_g``: composition ``(s_g1 - s_g0) (P_g1 + P_g0)/2``, rate ``(s_g1 + s_g0)/2
    (P_g1 - P_g0)``. The composition of a single class says little by itself, as the shares sum to
    one; their sum does.

    Examples
    --------
    >>> import bpsstats as bps
    >>> rounds = (bps.read_round("6471", year) for year in (2021, 2022))
    >>> before, after = (bps.SurveyDesign(each.households) for each in rounds)
    >>> lines = [bps.poverty_line("6471", year) for year in (2021, 2022)]
    >>> parts = bps.decompose_by_group(before, after, *lines, by="head_education", replicates=20)
    >>> type(parts).__name__
    'Decomposition'
    """
    stacked = stack_rounds(before, after, [WELFARE, by])
    late = (stacked.frame[ROUND] == AFTER).to_numpy()
    group = stacked.frame[by].astype("category")
    names, codes = (
        [str(each) for each in group.cat.categories],
        group.cat.codes.to_numpy(dtype=np.int64),
    )
    k = len(names)
    if (codes < 0).any() or (np.bincount(codes + k * late, minlength=2 * k) == 0).any():
        raise ParameterError(
            f"A class of {by} has no record in one of the rounds, or a record has no class. Join it"
            " to another class."
        )
    expenditure = stacked.column(WELFARE)
    lines = np.where(
        late,
        common_threshold(line_after).against(expenditure[late]),
        common_threshold(line_before).against(expenditure[~late]),
    )
    # Scaling both leaves an index as it is, so that each record can be held to a line of one.
    depth = gaps(expenditure / lines, 1.0, alpha)
    # A household on the line to the last bit must not fall below it by the division.
    depth = np.where(expenditure < lines, depth, 0.0)
    cell = codes + k * late

    def values(design: SurveyDesign) -> np.ndarray:
        people = np.bincount(cell, weights=design.weights, minlength=2 * k).reshape(2, k)
        short = np.bincount(cell, weights=design.weights * depth, minlength=2 * k).reshape(2, k)
        share = people / people.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = 100 * short / people
        composition = (share[1] - share[0]) * (rate[1] + rate[0]) / 2
        fare = (share[1] + share[0]) / 2 * (rate[1] - rate[0])
        return np.concatenate(
            [composition, fare, [100 * float(np.diff(short.sum(axis=1) / people.sum(axis=1))[0])]]
        )

    # All classes rest on all rates: what one of them contributes follows from the others.
    rates = in_both_rounds(before, after, line_before, line_after, alpha, by)
    parts = [
        (part, f"{by}={name}", rates, None) for part in ("composition", "rate") for name in names
    ]
    both = in_both_rounds(before, after, line_before, line_after, alpha)
    name = NAMES.get(int(alpha), f"fgt:{alpha:g}") if alpha == int(alpha) else f"fgt:{alpha:g}"
    what = f"Change of {name}: what the composition by {by} and the rates of the classes contribute"
    what += noted(line_before, line_after)
    return with_errors(stacked, values, parts, both, what, replicates, seed, level)


def in_both_rounds(
    before: SurveyDesign,
    after: SurveyDesign,
    line_before: OneLine,
    line_after: OneLine,
    alpha: float,
    by: str | None = None,
) -> tuple[Estimate, ...]:
    """The index in both rounds, of all or of each class: what a part of its change rests on."""
    rounds = ((before, line_before), (after, line_after))
    return tuple(row for of, line in rounds for row in estimate(of, fgt(line, alpha), by=by))


def noted(before: OneLine, after: OneLine) -> str:
    """What is said of correction factors."""
    rounds = ((common_threshold(before).note, "before"), (common_threshold(after).note, "after"))
    noted = ", ".join(f"{note} {when}" for note, when in rounds if note)
    return f" ({noted})" if noted else ""


def with_errors(
    stacked: SurveyDesign,
    values: Callable[[SurveyDesign], np.ndarray],
    parts: Sequence[tuple[str, str, tuple[Estimate, ...], Counts | None]],
    both: tuple[Estimate, ...],
    what: str,
    replicates: int,
    seed: int,
    level: float,
) -> Decomposition:
    """Parts and their total with errors from replicates, each with what it rests on; the total
    rests on the index in `both` rounds.
    """
    drawn: ReplicateWeights = bootstrap(stacked, replicates, seed=seed)
    table = replicate(stacked, values, drawn).to_estimates(
        [*(part[:2] for part in parts), ("change", "all")],
        unit="percentage points",
        kind="difference",
        level=level,
    )
    rows = [
        replace(row, made_of=made_of, counts=counts)
        for row, (_, _, made_of, counts) in zip(table, parts, strict=False)
    ]
    whole = Estimates((replace(table[-1], made_of=both),), table.heading, table.level)
    return Decomposition(Estimates(tuple(rows), table.heading, table.level), whole, what)
