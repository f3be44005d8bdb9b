"""Several rounds as one sample: each round keeps its own strata and PSUs."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import AbsentError, ParameterError
from bpsstats.microdata import Round
from bpsstats.poverty import PovertyLine, is_poor
from bpsstats.poverty.lines.official import dated_line
from bpsstats.poverty.lines.threshold import common_threshold
from bpsstats.survey import SurveyDesign, joint_source

Unit = Literal["households", "persons"]
RoundWeights = Literal["released", "equal"]
SECONDARY = "sma_plus"
NEEDED = ("expenditure_person_month", "head_education")
OF_HOUSEHOLD = [
    "household",
    "head_sex",
    "head_age",
    "head_education",
    "head_work",
    "best_education",
    "dependency",
]


@checked
def pool_rounds(
    rounds: Sequence[Round],
    lines: Sequence[PovertyLine],
    *,
    unit: Unit = "households",
    weights: RoundWeights = "released",
) -> SurveyDesign:
    """Stack several rounds for a model of being poor.

    Parameters
    ----------
    rounds : sequence of Round
        Rounds of one area.
    lines : sequence of PovertyLine
        The line of each round, in the same order.
    unit : {"households", "persons"}
        What a record is. Both are weighted by persons; the persons of a household are clustered in
        its PSU.
    weights : {"released", "equal"}
        As released, so that each round counts with its population; or scaled within each round so
        that every round counts the same and the total stays.

    Returns
    -------
    SurveyDesign
        Strata and PSUs carry the year, as rounds are independent samples. Added columns: ``year``,
        ``poor``, ``log_welfare_ratio`` (log of expenditure over line), ``log_size``,
        ``head_female``, ``head_not_working``, ``rural``; 1 or 0 for less than senior secondary:
        ``head_below_sma``, ``best_below_sma`` (the best-educated adult), for persons
        ``own_below_sma``; and ``adults_below_sma``, the share of the household's adults.

    Raises
    ------
    ParameterError
        If rounds and lines do not belong together, or the unit or weights are unknown.
    AbsentError
        If a round was read from files without spending or without the roster.

    Examples
    --------
    >>> import bpsstats as bps
    >>> years = (2021, 2022)
    >>> rounds = [bps.read_round("6471", year) for year in years]
    >>> lines = [bps.poverty_line("6471", year) for year in years]
    >>> bps.pool_rounds(rounds, lines).n == sum(len(each.households) for each in rounds)
    True
    """
    if len(rounds) != len(lines) or not rounds:
        raise ParameterError(
            "Pooling needs at least one round, and one poverty line for each round."
        )
    frames = []
    for round_, line in zip(rounds, lines, strict=True):
        dated_line(line)
        _refuse_gaps(round_)
        if (round_.area.code, round_.year) != (line.area_code, line.year):
            raise ParameterError(
                f"The line of {line.area} {line.year} does not belong to {round_.area.name}"
                f" {round_.year}."
            )
        frames.append(_prepared(_records(round_, unit), round_.year, line))
    if weights == "equal":
        total = float(np.mean([frame["weight_person"].sum() for frame in frames]))
        frames = [
            frame.assign(
                weight_person=frame["weight_person"] * total / frame["weight_person"].sum()
            )
            for frame in frames
        ]
    years = sorted(round_.year for round_ in rounds)
    frame = pd.concat(frames, ignore_index=True)
    frame.attrs = {
        "area": rounds[0].area.name,
        "period": f"March {years[0]} to {years[-1]}" if len(years) > 1 else f"March {years[0]}",
        "source": joint_source(*(round_.provenance.source for round_ in rounds)),
        "observed": unit,
        "note": _note(lines),
        "calibrated": True,
        "lone_psu": rounds[0].households.attrs.get("lone_psu", "error"),
    }
    return SurveyDesign(frame)


def _refuse_gaps(round_: Round) -> None:
    """Refuse a round whose files hold no spending or no persons."""
    absent = round_.households.attrs.get("absent", {})
    for column in NEEDED:
        if column not in round_.households.columns:
            raise AbsentError(
                f"The round of {round_.period} lacks {column}, which models of being poor need."
                f" {absent.get(column, '')}".rstrip()
            )


def _note(lines: Sequence[PovertyLine]) -> str:
    """What headings say of correction factors, by round."""
    noted = [(common_threshold(line).note, line.year) for line in lines]
    return ", ".join(f"{note} in {year}" for note, year in noted if note)


def _records(round_: Round, unit: Unit) -> pd.DataFrame:
    """Households with the schooling of their adults, or persons with that of their household."""
    persons = round_.persons
    adults = persons[persons["adult"]]
    below = (
        (adults["education"] != SECONDARY)
        .astype(float)
        .groupby(adults["household"])
        .mean()
        .rename("adults_below_sma")
    )
    if unit == "households":
        return round_.households.merge(
            below, left_on="household", right_index=True, how="left", validate="one_to_one"
        )
    frame = persons.merge(
        round_.households[OF_HOUSEHOLD], on="household", how="left", validate="many_to_one"
    )
    frame["own_below_sma"] = (frame["education"] != SECONDARY).astype(float)
    return frame.merge(
        below, left_on="household", right_index=True, how="left", validate="many_to_one"
    )


def _prepared(records: pd.DataFrame, year: int, line: PovertyLine) -> pd.DataFrame:
    """Records of one round with the model's columns."""
    expenditure = records["expenditure_person_month"].to_numpy()
    z = common_threshold(line).against(expenditure)
    frame = records.assign(
        stratum=f"{year}-" + records["stratum"],
        psu=f"{year}-" + records["psu"],
        year=str(year),
        poor=is_poor(expenditure, z),
        log_welfare_ratio=np.log(expenditure / z),
        # The logarithm of a one-byte number would have three digits.
        log_size=np.log(records["size"].to_numpy(dtype=np.float64)),
        head_female=(records["head_sex"] == "female").astype(float),
        head_not_working=(records["head_work"] == "not_working").astype(float),
        head_below_sma=(records["head_education"] != SECONDARY).astype(float),
        best_below_sma=(records["best_education"] != SECONDARY).astype(float),
        rural=(~records["urban"]).astype(float),
    )
    frame.attrs = {}  # frames of different rounds differ in these, and concat would compare them
    return frame
