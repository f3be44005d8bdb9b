"""The jobs as svy does them, on columns made ready for it."""

import numpy as np
import polars as pl
import svy
from data import LINE, MODEL_LINE

DESIGN = svy.Design(stratum="stratum", psu="psu", wgt="weight_person")
FEATURES = [
    svy.Cat("head_education", ref="sma_plus"),
    "log_size",
    "female",
    "idle",
    "rural",
    "dependency",
    "head_age",
]
SLOPES = ["head_education", "log_size", "female", "idle", "rural", "dependency", "head_age"]


def load(job, folder):
    def read(table, *columns):
        frame = pl.read_parquet(f"{folder}/{table}.parquet")
        y = pl.col("expenditure_person_month")
        line = MODEL_LINE if job in ("logit", "effects") else LINE
        frame = frame.with_columns(poor=(y < line).cast(pl.Float64))
        return frame.with_columns(*columns) if columns else frame

    if job in ("logit", "effects"):
        return read(
            "households",
            pl.col("size").cast(pl.Float64).log().alias("log_size"),
            (pl.col("head_sex") == "female").cast(pl.Float64).alias("female"),
            (pl.col("head_work") == "not_working").fill_null(False).cast(pl.Float64).alias("idle"),
            (~pl.col("urban")).cast(pl.Float64).alias("rural"),
            pl.col("head_age").cast(pl.Float64),
        )
    if job == "change":
        return [read(table) for table in ("before", "households")]
    gap = pl.max_horizontal(LINE - pl.col("expenditure_person_month"), 0.0) / LINE
    return read(
        "persons",
        gap.alias("gap"),
        (gap * gap).alias("gap2"),
        ((pl.col("poor") > 0) & pl.col("adult")).alias("poor_adult"),
    )


def fgt(frame):
    e = svy.Sample(frame, DESIGN).estimation
    found = [e.mean(y).estimates[0] for y in ("poor", "gap", "gap2")]
    return [100 * value for one in found for value in (one.est, one.se)]


def areas(frame):
    found = svy.Sample(frame, DESIGN).estimation.mean("poor", by="area").estimates
    return [*(100 * one.est for one in found), *(100 * one.se for one in found)]


def education(frame):
    found = (
        svy.Sample(frame, DESIGN)
        .estimation.prop("education", where=svy.col("poor_adult"))
        .estimates
    )
    return [
        100 * value
        for one in sorted(found, key=lambda one: one.y_level)
        for value in (one.est, one.se)
    ]


def _fit(frame):
    return svy.Sample(frame, DESIGN).glm.fit("poor", x=FEATURES, family="binomial", tol=1e-12)


def logit(frame):
    found = _fit(frame).coefs
    return [*(one.est for one in found), *(one.se for one in found)]


def effects(frame):
    found = _fit(frame).margins(variables=SLOPES)
    return [
        float(v)
        for one in found
        for pair in zip(np.ravel(one.margin), np.ravel(one.se), strict=True)
        for v in pair
    ]


def change(frames):
    old, new = [svy.Sample(frame, DESIGN).estimation.mean("poor").estimates[0] for frame in frames]
    return [100 * (new.est - old.est), 100 * float(np.hypot(old.se, new.se))]


def replicates(frame):
    sample = svy.Sample(frame, DESIGN).weighting.create_bs_wgts(n_reps=500, rstate=1)
    one = sample.estimation.mean("poor", method="replication").estimates[0]
    return [100 * one.est, 100 * one.se]


JOBS = {j.__name__: j for j in (fgt, areas, education, logit, effects, change, replicates)}
