"""The jobs as a user of bpsstats writes them, from frames as they are stored to results with their
standard errors.
"""

from pathlib import Path

import duckdb
import numpy as np
from data import LINE, MODEL_LINE

import bpsstats as bps
from bpsstats.microdata.lists.classifications import EDUCATION, SEX, WORK
from bpsstats.microdata.parquet_rounds import open_stored, stored_consumption
from bpsstats.survey.replicates.weights import bootstrap

ENUMS = {"education": EDUCATION, "head_education": EDUCATION, "head_sex": SEX, "head_work": WORK}


def load(job, folder):
    if job == "consumption":
        return open_stored(Path(folder) / "nation")

    def read(table, columns):
        chosen = ", ".join(
            f"CAST({c} AS ENUM {ENUMS[c]}) AS {c}" if c in ENUMS else c for c in columns.split()
        )
        return duckdb.sql(f"SELECT {chosen} FROM '{folder}/{table}.parquet'").df()

    design = "psu stratum weight_person expenditure_person_month"
    if job in ("logit", "effects"):
        frame = read(
            "households",
            f"{design} head_education size head_sex head_work urban dependency head_age",
        )
        return frame.assign(
            poor=frame["expenditure_person_month"] < MODEL_LINE,
            log_size=np.log(frame["size"].astype(float)),
            female=(frame["head_sex"] == "female").astype(float),
            idle=(frame["head_work"] == "not_working").astype(float),
            rural=(~frame["urban"]).astype(float),
        )
    if job == "change":
        return [read(table, design) for table in ("before", "households")]
    more = {"areas": "area", "education": "adult education"}
    return read("persons", f"{design} {more.get(job, '')}")


def fgt(frame):
    found = bps.estimate(
        bps.SurveyDesign(frame), [bps.headcount(LINE), bps.poverty_gap(LINE), bps.severity(LINE)]
    )
    return [value for row in found for value in (row.estimate, row.std_error)]


def areas(frame):
    found = bps.estimate(bps.SurveyDesign(frame), bps.headcount(LINE), by="area")
    return [*(row.estimate for row in found), *(row.std_error for row in found)]


def education(frame):
    found = bps.education_of_the_poor(bps.SurveyDesign(frame), LINE)
    return [value for row in found for value in (row.estimate, row.std_error)]


FORMULA = (
    "poor ~ C(head_education, Treatment('sma_plus')) + log_size + female + idle + rural +"
    " dependency + head_age"
)

SLOPES = ["log_size", "female", "idle", "rural", "dependency", "head_age"]


def logit(frame):
    found = bps.survey_logit(FORMULA, bps.SurveyDesign(frame))
    return [*found.coefficients, *found.std_errors]


def effects(frame):
    fit = bps.survey_logit(FORMULA, bps.SurveyDesign(frame))
    found = bps.average_marginal_effects(fit, ["head_education", *SLOPES])
    return [value / 100 for row in found for value in (row.estimate, row.std_error)]


def gini(frame):
    [row] = bps.estimate(bps.SurveyDesign(frame), bps.gini(form="trapezoid"))
    return [row.estimate, row.std_error]


def consumption(stored):
    found = stored_consumption(stored)
    return [found["food_month"].sum(), found["nonfood_month"].sum()]


def change(frames):
    before, after = [bps.estimate(bps.SurveyDesign(frame), bps.headcount(LINE)) for frame in frames]
    [row] = bps.change(before, after)
    return [row.change, row.std_error]


def replicates(frame):
    design = bps.SurveyDesign(frame)
    [row] = bps.estimate(design, bps.headcount(LINE), replicates=bootstrap(design, 500, seed=1))
    return [row.estimate, row.std_error]


JOBS = {
    j.__name__: j
    for j in (consumption, fgt, areas, education, gini, logit, effects, change, replicates)
}
