"""A complex sample: one frame of records with its weights, strata and primary sampling units
(PSUs).
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from bpsstats.arguments import as_frame, checked
from bpsstats.errors import AbsentError, DesignError
from bpsstats.reprs import count_of, html_facts
from bpsstats.survey.design.columns import (
    columns_of,
    named_rows,
    numbers,
    records_have,
    refuse_absent,
    refuse_double,
)
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.design.grouping import Grouping, coded, whole_numbers
from bpsstats.survey.design.residuals import Calibration

LonePsu = Literal["error", "centre", "merge", "certainty", "average"]


@checked
@dataclass(frozen=True, slots=True, eq=False)
class SurveyDesign:
    """Stratified cluster sample, with replacement at the first stage.

    The design keeps every record: a domain is a mask over them, never a smaller frame, because the
    PSUs without a member of the domain belong to its variance.

    Parameters
    ----------
    frame : DataFrame, shape (n, columns)
        Records, one row each; a frame of polars or another library is taken through Arrow. Its
        ``attrs`` may name ``area``, ``period``, ``source`` of the data, what was ``observed``
        ("households", "persons"), whether the weights are ``calibrated`` to the population, and why
        a column is ``absent`` (column to reason).
    weight : str
        Column of sampling weights: units of the population that the record stands for.
    strata, psu : str, optional
        Columns of first-stage strata and PSUs. Without `strata` there is one stratum; without `psu`
        each record is its own PSU.
    fpc : str, optional
        Column with the number of PSUs in the population of the stratum, for sampling without
        replacement.
    lone_psu : {"error", "centre", "merge", "certainty", "average"}, optional
        What to do with a stratum of one PSU (default: as ``frame.attrs["lone_psu"]`` says, else
        "error"): refuse; measure its distance from the mean of all
        PSUs; join it to the next stratum; take it as drawn with certainty, without a variance; or
        give it the mean variance of the other strata.
    nest : bool
        Whether PSU labels start anew in each stratum.
    household : str
        Column that tells which records are members of one household; a frame without it is taken to
        hold one record for each.
    calibration : Calibration, optional
        Margins that the weights meet (`calibration.calibrate` fills it in); variances are those of
        residuals on them.

    Raises
    ------
    DesignError
        If a column is missing, a name stands for several, a weight is not a positive number, a
        label is missing, or a PSU lies in two strata.
    ParameterError
        If an argument is of another type.
    LonePsuError
        If a stratum has one PSU and `lone_psu` is "error".

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1, 3, 2, 4], "w": [10.0, 10, 20, 20], "c": [1, 1, 2, 2]})
    >>> frame["h"] = 1
    >>> SurveyDesign(frame, weight="w", strata="h", psu="c")
    Survey design: 4 records, 2 PSUs, 1 stratum, 1 degree of freedom, weights sum to 60
    """

    frame: pd.DataFrame
    weight: str = "weight_person"
    strata: str | None = "stratum"
    psu: str | None = "psu"
    fpc: str | None = None
    lone_psu: LonePsu | None = None
    nest: bool = False
    household: str = "household"
    calibration: Calibration | None = field(default=None, repr=False)
    weights: np.ndarray = field(init=False, repr=False)
    psus: Grouping = field(init=False, repr=False)
    first_stage: FirstStage = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "frame", as_frame(self.frame))
        refuse_double(self.frame)
        treatment = self.lone_psu or self.frame.attrs.get("lone_psu", "error")
        object.__setattr__(self, "lone_psu", treatment)
        if treatment not in get_args(LonePsu):
            raise DesignError(
                f"The treatment of lone PSUs {treatment!r} is unknown. Use one of"
                f" {', '.join(get_args(LonePsu))}."
            )
        if len(self.frame) == 0:
            # Whoever made the frame may have said why there is nothing in it.
            if why := self.frame.attrs.get("empty"):
                raise AbsentError(why)
            raise DesignError("The frame has no records. Check the area and year that were read.")
        needed = [
            name for name in (self.weight, self.strata, self.psu, self.fpc) if name is not None
        ]
        missing = [name for name in needed if name not in self.frame.columns]
        if missing:
            raise DesignError(
                f"The frame has no column {', '.join(missing)}. Name the design columns with"
                " weight=, strata=, psu= and fpc=; a sample without strata or clusters is declared"
                " with strata=None or psu=None."
            )
        weights = numbers(self.frame, self.weight)
        if not (weights.min() > 0 and np.isfinite(weights.max())):
            bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
            raise DesignError(
                f"{bad.size} weights in column {self.weight} are not positive finite numbers (rows"
                f" {named_rows(bad)}). Correct them at the source; a record outside the survey is"
                " left out before the weights are made, not given weight zero."
            )
        psus = (
            Grouping.of(np.arange(self.n)) if self.psu is None else _grouping(self.frame, self.psu)
        )
        psu_labels = psus.labels
        strata_of_psus = _strata_of_psus(self.frame, self.strata, psus)
        if strata_of_psus is not None:
            stratum_of_psu, stratum_labels = strata_of_psus
        else:
            # Labels that stand in several strata are PSUs of each of them, or an error.
            strata = _grouping(self.frame, str(self.strata))
            stratum_labels = strata.labels
            psus = Grouping.of(psus.codes * len(stratum_labels) + strata.codes)
            psu_labels = psu_labels[psus.labels // len(stratum_labels)]
            stratum_of_psu = psus.labels % len(stratum_labels)
            if not self.nest:
                shared = pd.Series(psu_labels)[pd.Series(psu_labels).duplicated()].unique()
                raise DesignError(
                    f"{len(shared)} PSU labels of column {self.psu} stand in more than one stratum"
                    f" of column {self.strata}. If labels start anew in each stratum say nest=True;"
                    " otherwise correct the labels."
                )
        if self.nest:
            of_stratum = zip(stratum_labels[stratum_of_psu], psu_labels, strict=True)
            psu_labels = np.array([f"{stratum}/{psu}" for stratum, psu in of_stratum])
        population = None
        if self.fpc is not None:
            population = _psus_in_population(
                self.frame, self.fpc, stratum_of_psu[psus.codes], len(stratum_labels)
            )
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "psus", psus)
        object.__setattr__(
            self,
            "first_stage",
            FirstStage.make(psu_labels, stratum_of_psu, stratum_labels, population, treatment),
        )

    @property
    def n(self) -> int:
        """Number of records."""
        return len(self.frame)

    @property
    def psu_index(self) -> np.ndarray:
        """PSU of each record as a position among the PSUs, shape (n,)."""
        return self.psus.codes

    @property
    def n_psu(self) -> int:
        """Number of PSUs."""
        return self.first_stage.n_psu

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return self.first_stage.n_strata

    @property
    def df(self) -> int:
        """Design degrees of freedom: PSUs less strata."""
        return self.first_stage.df

    @property
    def area(self) -> str:
        """Area that the records come from."""
        return str(self.frame.attrs.get("area", ""))

    @property
    def period(self) -> str:
        """Period of the survey."""
        return str(self.frame.attrs.get("period", ""))

    @property
    def source(self) -> str:
        """Kind of data, which every result repeats."""
        return str(self.frame.attrs.get("source", ""))

    @property
    def observed(self) -> str:
        """What a record is: households, persons."""
        return str(self.frame.attrs.get("observed", "records"))

    @property
    def calibrated(self) -> bool:
        """Whether the weights were calibrated to a known population total."""
        return bool(self.frame.attrs.get("calibrated", False))

    @property
    def heading(self) -> str:
        """First line of every result: area, period, source of data, records, PSUs, strata."""
        size = (
            f"{self._records} in {count_of(self.n_psu, 'PSU')},"
            f" {count_of(self.n_strata, 'stratum', 'strata')}"
        )
        note = str(self.frame.attrs.get("note", ""))
        return " · ".join(
            part for part in (self.area, self.period, self.source, size, note) if part
        )

    def active_psus(self, mask: np.ndarray) -> np.ndarray:
        """Positions of the PSUs with a record of a domain, a boolean array of shape (n,)."""
        return np.flatnonzero(np.bincount(self.psu_index, weights=mask, minlength=self.n_psu))

    def column(self, name: str) -> np.ndarray:
        """Numeric column of the frame, shape (n,); missing values are NaN.

        Raises
        ------
        AbsentError
            If the frame lacks the column and says why.
        DesignError
            If it has no such column, or it does not hold numbers.
        """
        self.values_of(name)
        return numbers(self.frame, name)

    def values_of(self, name: str) -> pd.Series:
        """Column of the frame as it is.

        Raises
        ------
        AbsentError
            If the frame lacks the column and says why.
        DesignError
            If it has no such column.
        """
        if name not in self.frame.columns:
            refuse_absent(self.frame, name)
            raise DesignError(f"The frame has no column {name}. {columns_of(self.frame)}")
        return self.frame[name]

    @property
    def _records(self) -> str:
        return count_of(self.n, self.observed.removesuffix("s"), self.observed)

    @property
    def _head(self) -> str:
        parts = (self.area, self.period, self.source)
        return ": ".join(filter(None, ["Survey design", " · ".join(filter(None, parts))]))

    def __repr__(self) -> str:
        return (
            f"{self._head}: {self._records}, {count_of(self.n_psu, 'PSU')},"
            f" {count_of(self.n_strata, 'stratum', 'strata')}, {count_of(self.df, 'degree')} of"
            f" freedom, weights sum to {self.weights.sum():,.0f}"
        )

    def _repr_html_(self) -> str:
        facts = {
            self.observed: self.n,
            "PSUs": self.n_psu,
            "strata": self.n_strata,
            "degrees of freedom": self.df,
            "sum of weights": self.weights.sum(),
        }
        return html_facts(self._head, ((name, f"{value:,.0f}") for name, value in facts.items()))


def _grouping(frame: pd.DataFrame, column: str) -> Grouping:
    """Records by the labels of a design column."""
    grouping = Grouping.of(frame[column])
    if grouping.codes.min() < 0:
        missing = np.flatnonzero(grouping.codes < 0)
        raise DesignError(
            f"{count_of(missing.size, 'record has', 'records have')} no value in the design"
            f" column {column} (rows {named_rows(missing)}). Every record needs its stratum and"
            f" PSU, also those outside"
            " the domain of interest."
        )
    return grouping


def _strata_of_psus(
    frame: pd.DataFrame, column: str | None, psus: Grouping
) -> tuple[np.ndarray, np.ndarray] | None:
    """Stratum of each PSU as a position among the labels, and the labels in their order; None where
    a PSU lies in several.
    """
    if column is None:
        return np.zeros(len(psus.labels), dtype=np.int64), np.array(["all"], dtype=object)
    numbers = whole_numbers(frame[column])
    if numbers is not None:
        # Positions are needed for the PSUs only, so that the records need none.
        of_psu = psus.shared(numbers)
        return None if of_psu is None else coded(of_psu)
    strata = _grouping(frame, column)
    of_psu = psus.shared(strata.codes)
    return None if of_psu is None else (of_psu, strata.labels)


def _psus_in_population(
    frame: pd.DataFrame, column: str, stratum: np.ndarray, n_strata: int
) -> np.ndarray:
    """Population number of PSUs by stratum, constant within each."""
    values = numbers(frame, column)
    low, high = np.full(n_strata, np.inf), np.full(n_strata, -np.inf)
    np.minimum.at(low, stratum, values)
    np.maximum.at(high, stratum, values)
    if not np.array_equal(low, high):
        raise DesignError(
            f"Column {column} differs within a stratum. It holds the number of PSUs in the"
            " population of the stratum, the same number on each of its records."
        )
    return low


def missing_values(bad: np.ndarray, name: str) -> DesignError:
    """The error of records of a domain that have no value for a statistic."""
    return DesignError(
        f"{records_have(bad)} a missing or infinite value for {name} (rows"
        f" {named_rows(bad)}). Correct them at the source, or leave them out by the domain, so that"
        " the base is stated."
    )
