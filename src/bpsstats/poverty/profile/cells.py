"""The cells of one table of the profile: numbers and shares over domains of status, sex and group,
from sums over PSU x domain cells.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from bpsstats.microdata.lists.commodities import GROUPS
from bpsstats.poverty.indices.fgt import headcount, poor_count, poverty_gap, severity
from bpsstats.poverty.lines.threshold import OneLine
from bpsstats.poverty.profile.curves import just_above
from bpsstats.poverty.profile.declared import COLUMNS, SUMMARY, Declared
from bpsstats.poverty.profile.groups import household_line
from bpsstats.survey import Estimate, Ratio, SurveyDesign, estimate, mean, population, share
from bpsstats.survey.statistics.ratios import ones

ALL, BOTH, TOTAL, POVERTY = "all", "both", "total", "poverty"
VULNERABLE = (1.2, 1.5)  # times the line: nearly poor, vulnerable
# Statistics of a table that has them in place of rows.
MEASURES: dict[str, Callable[[OneLine], list[Ratio]]] = {
    POVERTY: lambda line: [
        poor_count(line), headcount(line), poverty_gap(line), severity(line)
    ],
    "near_line": lambda line: [just_above(line, up_to=times) for times in VULNERABLE],
    "household_line": lambda line: [household_line(line)],
    "mean_size": lambda _: [mean("size", "persons")],
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A cell of a table: its place, its number, and its percent (or other value).

    `number` is None where a table has no numbers, `value` is percent unless the row says otherwise.
    """

    sex: str
    within: str
    concept: str
    row: str
    column: str
    number: Estimate | None
    value: Estimate | None

    @property
    def gate_name(self) -> str:
        """What disclosure control calls the cell."""
        return "/".join((self.sex, self.within, self.concept, self.row, self.column))


def with_totals(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose records stand once for each part of a table that they are counted in: their
    status and all, their sex and both. One pass over it then gives the parts and their totals, each
    in domains of its own.
    """
    own = {f"of_{name}": frame[name] for name in COLUMNS}
    copies = [frame.assign(**dict.fromkeys(own, ALL)), frame.assign(**own)]
    known = {f"of_{name}": [*frame[name].cat.categories, ALL] for name in COLUMNS}
    if "sex" in frame:
        sexes = (BOTH, pd.concat([frame["sex"]] * 2).astype(object).to_numpy())
        copies = [pd.concat(copies).assign(of_sex=sex) for sex in sexes]
        known["of_sex"] = [BOTH, *frame["sex"].cat.categories]
    whole = pd.concat(copies, ignore_index=True)
    for name, categories in known.items():
        whole[name] = pd.Categorical(whole[name], categories)
    whole.attrs = frame.attrs
    return whole


def cells_of(
    design: SurveyDesign, totals: SurveyDesign, declared: Declared, line: OneLine, level: float
) -> Iterator[Entry]:
    """The cells of a table.

    Parameters
    ----------
    design, totals : SurveyDesign
        Of the records, and of the same `with_totals`.
    declared : Declared
    line : PovertyLine or float
    level : float
    """
    if declared.measures in MEASURES:
        sex, mask = BOTH, counted(design.frame, declared)
        measures = MEASURES[declared.measures](line)
        in_table = partial(estimate, design, measures, domain=mask, domain_name=ALL, level=level)
        for by in (None,) if declared.columns == ALL else (declared.columns, None):
            columns = design.frame[by].cat.categories.tolist() if by else [ALL]
            for place, row in enumerate(in_table(by=by)):
                is_number = row.unit != "percent"
                number_and_value = (row, None) if is_number else (None, row)
                column = columns[place // len(measures)]
                yield Entry(sex, "", POVERTY, row.statistic, column, *number_and_value)
    elif declared.measures or declared.amounts:
        yield from _spending(totals, declared, level)
    else:
        for concept in declared.rows:
            yield from _classes(totals, declared, level, concept)


def groups_of(declared: Declared) -> Sequence[str]:
    """Groups of spending that a table tells of."""
    if declared.measures == "mean_of_shares" or declared.amounts == "summary":
        return tuple(SUMMARY)
    return GROUPS.get(declared.amounts, ())


def counted(frame: pd.DataFrame, declared: Declared, sex: str = BOTH) -> np.ndarray:
    """Who is counted in a table, a boolean array of shape (n,)."""
    mask = np.ones(len(frame), dtype=bool)
    for column, which in declared.where:
        of = frame[column]
        mask &= (of.between(*which) if isinstance(which, list) else of == which).to_numpy()
    return mask if sex == BOTH else mask & (frame["sex"] == sex).to_numpy()


def _parts(totals: SurveyDesign, declared: Declared) -> tuple[np.ndarray, list[str], list[str]]:
    """Who is counted in all parts of a table, a boolean array of shape (n,), the columns that tell
    the parts, and the sexes that there are.
    """
    mask, frame = counted(totals.frame, declared), totals.frame
    of_column = f"of_{declared.columns}"
    if declared.by_sex:
        return mask, ["of_sex", of_column], frame["of_sex"].cat.categories.tolist()
    return (
        mask & (frame["of_sex"] == BOTH).to_numpy() if "of_sex" in frame else mask,
        [of_column],
        [BOTH],
    )


def _classes(
    totals: SurveyDesign, declared: Declared, level: float, concept: str
) -> Iterator[Entry]:
    """Numbers and shares of the classes of a concept, by column and in all."""
    frame = totals.frame
    mask, by, sexes = _parts(totals, declared)
    by += [declared.within] if declared.within else []
    classes, groups, columns = (
        frame[name].cat.categories.tolist() if name else [""]
        for name in (concept, declared.within, f"of_{declared.columns}")
    )
    # Percents and the total of a column, of one pass over its cells.
    of_column = [*(share(concept, name) for name in classes), population(declared.of)]
    in_table = partial(
        estimate, totals, domain=mask & frame[concept].notna().to_numpy(),
        domain_name="counted", level=level,
    )  # fmt: skip
    numbers = iter(in_table(population(declared.of), by=[*by, concept]))
    values = iter(in_table(of_column, by=by))
    for sex, column, group in product(sexes, columns, groups):
        for name in classes:
            yield Entry(sex, group, concept, name, column, next(numbers), next(values))
        yield Entry(sex, group, concept, TOTAL, column, next(values), None)


def _spending(totals: SurveyDesign, declared: Declared, level: float) -> Iterator[Entry]:
    """Shares of groups in spending, percent, and what is spent on them, Rp per person and month."""
    groups = groups_of(declared)
    every = partial(_spent, groups)
    if declared.measures == "mean_of_shares":
        shares = [
            Ratio(f"share:{g}", "percent", "mean", partial(_part, g, groups), ones, 100.0)
            for g in groups
        ]
    else:
        shares = [
            Ratio(f"share:{g}", "percent", "ratio", partial(_spent, (g,)), every, 100.0)
            for g in groups
        ]
    means = [Ratio(f"mean:{g}", "Rp", "mean", partial(_spent, (g,)), ones) for g in groups]
    wanted = [*shares, *means, Ratio("mean:total", "Rp", "mean", every, ones)]
    mask, by, sexes = _parts(totals, declared)
    rows = iter(estimate(totals, wanted, by, mask, domain_name="counted", level=level))
    columns = totals.frame[by[-1]].cat.categories.tolist()
    for sex, column in product(sexes, columns):
        one = [next(rows) for _ in wanted]
        values = [*one[: len(groups)], None]
        for name, value, spent in zip((*groups, TOTAL), values, one[len(groups) :], strict=True):
            yield Entry(sex, "", declared.amounts or "summary", name, column, spent, value)


def _spent(groups: Sequence[str], design: SurveyDesign) -> np.ndarray:
    """Spending on groups, Rp per person and month."""
    amounts = [design.column(f"{group}_month") for group in groups]
    return np.asarray(np.sum(amounts, axis=0) / design.column("size"))


def _part(group: str, groups: Sequence[str], design: SurveyDesign) -> np.ndarray:
    """Spending on a group over that on all, by household."""
    return np.asarray(_spent((group,), design) / _spent(groups, design))
