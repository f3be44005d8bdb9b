"""Several rounds as one sample: each round keeps its own strata and PSUs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bpsstats.errors import ParameterError
from bpsstats.microdata import Round
from bpsstats.poverty import PovertyLine, is_poor
from bpsstats.survey import SurveyDesign


def pool_rounds(rounds: Sequence[Round], lines: Sequence[PovertyLine]) -> SurveyDesign:
    """Stack the households of several rounds for a model of being poor.

    Parameters
    ----------
    rounds : sequence of Round
        Rounds of one area.
    lines : sequence of PovertyLine
        The line of each round, in the same order.

    Returns
    -------
    SurveyDesign
        Households with person weights as released, so that each round counts with its population; strata and PSUs
        carry the year, as rounds are independent samples. Added columns: ``year``, ``poor``, ``log_welfare_ratio`` (log of
        expenditure over line), ``log_size``, ``head_female``, ``head_not_working``, ``rural``.

    Raises
    ------
    ParameterError
        If rounds and lines do not belong together.
    """
    if len(rounds) != len(lines) or not rounds:
        raise ParameterError("Pooling needs at least one round, and one poverty line for each round.")
    frames = []
    for round_, line in zip(rounds, lines, strict=True):
        if (round_.area.code, round_.year) != (line.area_code, line.year):
            raise ParameterError(
                f"The line of {line.area} {line.year} does not belong to {round_.area.name} {round_.year}."
            )
        frames.append(_prepared(round_, float(line)))
    years = sorted(round_.year for round_ in rounds)
    frame = pd.concat(frames, ignore_index=True)
    frame.attrs = {
        "area": rounds[0].area.name,
        "period": f"March {years[0]} to {years[-1]}" if len(years) > 1 else f"March {years[0]}",
        "source": rounds[0].provenance.source,
        "observed": "households",
        "calibrated": True,
    }
    return SurveyDesign(frame)


def _prepared(round_: Round, line: float) -> pd.DataFrame:
    """Households of one round with the model's columns."""
    households = round_.households
    expenditure = households["expenditure_person_month"].to_numpy()
    frame = households.assign(
        stratum=f"{round_.year}-" + households["stratum"],
        psu=f"{round_.year}-" + households["psu"],
        year=str(round_.year),
        poor=is_poor(expenditure, line),
        log_welfare_ratio=np.log(expenditure / line),
        log_size=np.log(households["size"]),
        head_female=(households["head_sex"] == "female").astype(float),
        head_not_working=(households["head_work"] == "not_working").astype(float),
        rural=(~households["urban"]).astype(float),
    )
    frame.attrs = {}  # frames of different rounds differ in these, and concat would compare them
    return frame
