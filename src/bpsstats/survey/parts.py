"""Estimates from parts of a sample that are summed apart: each part leaves a small table, and the
tables are joined.

A PSU lies in one part, so that its sums are complete there; joining puts the PSUs of all parts
below each other. The estimate of the whole is therefore the same, to the last bit, wherever and in
whatever order the parts were summed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bpsstats.errors import DesignError
from bpsstats.reprs import SizesOnly
from bpsstats.survey.design.columns import refuse_mixed
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.design.survey_design import LonePsu, SurveyDesign
from bpsstats.survey.estimate import categories_of
from bpsstats.survey.results.breakdown import Breakdown, CellSums, ratio_sums, ratio_tables
from bpsstats.survey.results.one_estimate import Estimate
from bpsstats.survey.statistics.ratios import Ratio
from bpsstats.survey.variance.cells import Cells, Records


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PartialSums(SizesOnly):
    """What one part of a sample contributes to ratios of totals.

    Parameters
    ----------
    psu_labels : ndarray, shape (n_psu,)
    stratum_labels : ndarray, shape (n_psu,)
        Stratum of each PSU.
    labels : tuple of str
        Names of the domains, ``""`` for everybody.
    psu, domain, counts, households : ndarray of int, shape (cells,)
        Position of the PSU, position of the domain, records and households of each cell.
    population : ndarray, shape (cells,)
        Sum of the weights of each cell.
    sums : mapping of str to CellSums
        For each statistic the weighted sums of its terms by cell.
    period, source : str
    calibrated : bool
    """

    psu_labels: np.ndarray
    stratum_labels: np.ndarray
    labels: tuple[str, ...]
    psu: np.ndarray
    domain: np.ndarray
    counts: np.ndarray
    households: np.ndarray
    population: np.ndarray
    sums: Mapping[str, CellSums]
    period: str
    source: str
    calibrated: bool


def partial_sums(
    design: SurveyDesign, statistics: Sequence[Ratio], by: str | None = None
) -> PartialSums:
    """Sums of one part of a sample.

    Parameters
    ----------
    design : SurveyDesign
        All records of the PSUs of the part.
    statistics : sequence of Ratio
        Each of a name of its own.
    by : str, optional
        Column whose categories are the domains; the same categories in each part.
    """
    codes, labels = (None, [""]) if by is None else categories_of(design.frame, by)
    records = Records.make(design, codes, len(labels))
    first_stage = design.first_stage
    return PartialSums(
        first_stage.labels,
        first_stage.stratum_labels[first_stage.stratum],
        tuple(labels),
        records.cells.psu,
        records.cells.domain,
        records.counts,
        records.households,
        records.sums(None, "the weights"),
        {ratio.name: sums for ratio, sums in ratio_sums(records, statistics).items()},
        design.period,
        design.source,
        design.calibrated,
    )


def joined(parts: Sequence[PartialSums]) -> PartialSums:
    """Parts of one sample, one below the other in the order given.

    Raises
    ------
    DesignError
        If two parts share a PSU, differ in their domains, or one has numbers and another text for
        labels.
    """
    psu_labels = np.concatenate([part.psu_labels for part in parts])
    stratum_labels = np.concatenate([part.stratum_labels for part in parts])
    for name, labels in (("psu", psu_labels), ("stratum", stratum_labels)):
        refuse_mixed(pd.Series(labels, name=name))
    if len(np.unique(psu_labels)) != len(psu_labels):
        raise DesignError(
            "A PSU stands in two parts of the sample, so that neither holds all its records. Divide"
            " the sample between PSUs, as by area."
        )
    if len({part.labels for part in parts}) != 1:
        raise DesignError(
            "The parts of the sample have different domains. Break them down by the same"
            " categories."
        )
    before = np.cumsum([0, *(len(part.psu_labels) for part in parts[:-1])])
    return replace(
        parts[0],
        psu_labels=psu_labels,
        stratum_labels=stratum_labels,
        psu=np.concatenate([part.psu + offset for part, offset in zip(parts, before, strict=True)]),
        domain=np.concatenate([part.domain for part in parts]),
        counts=np.concatenate([part.counts for part in parts]),
        households=np.concatenate([part.households for part in parts]),
        population=np.concatenate([part.population for part in parts]),
        sums={
            name: CellSums.below_each_other([part.sums[name] for part in parts])
            for name in parts[0].sums
        },
    )


def estimates_of(
    part: PartialSums,
    statistics: Sequence[Ratio],
    name: str,
    *,
    lone_psu: LonePsu = "error",
    level: float = 0.95,
) -> list[Estimate]:
    """Rows of the statistics in each domain of a part or of joined parts, with their standard
    errors.

    Parameters
    ----------
    part : PartialSums
    statistics : sequence of Ratio
        Those that were summed.
    name : str
        Name of the part in the table, such as "area=6471"; a domain's name follows it.
    lone_psu : {"error", "centre", "merge", "certainty", "average"}
        What to do with a stratum of one PSU, as of `SurveyDesign`.
    level : float
        Confidence level.

    Raises
    ------
    LonePsuError
        If a stratum has one PSU and `lone_psu` is "error".
    """
    stratum_labels, stratum = np.unique(part.stratum_labels, return_inverse=True)
    first_stage = FirstStage.make(part.psu_labels, stratum, stratum_labels, None, lone_psu)
    cells = Cells.make(first_stage, part.psu, part.domain, len(part.labels))
    labels = [f"{name}, {label}" if label else name for label in part.labels]
    breakdown = Breakdown(
        first_stage,
        cells,
        part.counts,
        part.households,
        part.population,
        labels,
        part.period,
        part.source,
        level,
    )
    rates = [statistic.rate for statistic in statistics if statistic.rate is not None]
    sums = {statistic: part.sums[statistic.name] for statistic in (*statistics, *rates)}
    of_ratio = ratio_tables(breakdown, statistics, sums, calibrated=part.calibrated)
    tables = [of_ratio[statistic] for statistic in statistics]
    return [table[d] for d in range(len(labels)) for table in tables]
