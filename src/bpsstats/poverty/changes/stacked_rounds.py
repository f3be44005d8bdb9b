"""Two rounds as one design, for statistics of both at once: each keeps its own strata and PSUs, as
independent samples do.
"""

import pandas as pd

from bpsstats.errors import DesignError
from bpsstats.survey import SurveyDesign, joint_source
from bpsstats.survey.design.columns import refuse_absent

ROUND = "round"
BEFORE, AFTER = "before", "after"


def stack_rounds(before: SurveyDesign, after: SurveyDesign, columns: list[str]) -> SurveyDesign:
    """Some columns of two rounds below each other, with the column ``round`` ("before", "after").

    Parameters
    ----------
    before, after : SurveyDesign
        Rounds of one area.
    columns : list of str
        Columns to keep beside those of the design.

    Raises
    ------
    DesignError
        If a column is missing, or the weights are calibrated, as margins of one round are none of
        the other.
    """
    frames = []
    for name, design in ((BEFORE, before), (AFTER, after)):
        if design.calibration is not None or design.fpc is not None:
            raise DesignError(
                "Rounds whose weights were calibrated here, or that have a finite population"
                " correction, cannot be stacked. Use the released weights."
            )
        refuse_absent(design.frame, *columns)
        missing = [column for column in columns if column not in design.frame.columns]
        if missing:
            raise DesignError(f"The frame of the round {name} has no column {', '.join(missing)}.")
        frame = design.frame[columns].copy()
        frame[ROUND] = name
        frame["weight_person"] = design.weights
        frame["stratum"] = [f"{name}/{h}" for h in design.first_stage.stratum[design.psu_index]]
        frame["psu"] = [f"{name}/{i}" for i in design.psu_index]
        # Frames of different rounds differ in these, and concat would compare them
        frame.attrs = {}
        frames.append(frame)
    stacked = pd.concat(frames, ignore_index=True)
    stacked.attrs = {
        "area": after.area,
        "period": f"{before.period} to {after.period}",
        "source": joint_source(before.source, after.source),
        "observed": after.observed,
    }
    return SurveyDesign(stacked, lone_psu=after.lone_psu)
