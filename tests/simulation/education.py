"""How often intervals of the effect of education hold the value of the whole city, from pools of
five rounds.

``python -m simulation.education`` runs the full simulation into education.csv and writes its table
into docs/method.md.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from bpsstats.errors import SeparationError
from bpsstats.models import contrast, survey_logit, survey_regression
from bpsstats.survey import Estimate, SurveyDesign
from simulation.coverage import ROUNDS, summary
from simulation.run import DOCS, with_blocks
from simulation.sampling import City, city, everybody, households, samples

KEPT = Path(__file__).with_name("education.csv")
HEADCOUNT = 0.025
POOLS, SEED = 1000, 6471
SECONDARY = "sma_plus"
NAMES = {
    "odds": "log odds ratio of being poor (logit)",
    "effect": "average marginal effect, percentage points (logit)",
    "welfare": "effect on log expenditure over the line (regression)",
}


def pool(of: City, drawn: list, line: float) -> SurveyDesign:
    """Households of several samples with the columns of the models, rounds being their own
    strata.
    """
    frames = []
    for round_, sample in enumerate(drawn):
        frame = households(of, sample)
        prefix = f"{round_}-"
        frames.append(
            frame.assign(
                stratum=prefix + frame["stratum"].astype(str), psu=prefix + frame["psu"].astype(str)
            )
        )
    frame = pd.concat(frames, ignore_index=True)
    expenditure = frame["expenditure_person_month"]
    return SurveyDesign(
        frame.assign(
            poor=expenditure < line,
            log_welfare_ratio=np.log(expenditure / line),
            log_size=np.log(frame["size"]),
            below=(frame["head_education"] != SECONDARY).astype(float),
        )
    )


def effects(design: SurveyDesign) -> dict[str, Estimate]:
    """The effect of a head with less than senior secondary, by each model.

    Raises
    ------
    SeparationError
        If there are too few poor households for the logit.
    """
    logit = survey_logit("poor ~ below + log_size", design)
    regression = survey_regression("log_welfare_ratio ~ below + log_size", design)
    (effect,) = contrast(logit, {"below": 1.0}, {"below": 0.0})
    return {
        "odds": logit.estimates().row("coefficient", "below"),
        "effect": effect,
        "welfare": regression.estimates().row("coefficient", "below"),
    }


def simulate(of: City, n: int, seed: int) -> pd.DataFrame:
    """Estimate, error and limits of each effect in each of `n` pools, beside that of the whole
    city.
    """
    line = of.line_for(HEADCOUNT)
    truth = {name: row.estimate for name, row in effects(pool(of, [everybody(of)], line)).items()}
    drawn = samples(of, n * ROUNDS, seed)
    records = []
    for _ in range(n):
        design = pool(of, [next(drawn) for _ in range(ROUNDS)], line)
        try:
            found = effects(design)
        except SeparationError:
            records += [_record(name, None, truth[name]) for name in NAMES]
            continue
        records += [_record(name, row, truth[name]) for name, row in found.items()]
    return pd.DataFrame(records)


def _record(name: str, row: Estimate | None, truth: float) -> dict:
    """One effect of one pool; without a row where the gate refused it."""
    low, high = (np.nan, np.nan) if row is None else row.interval()
    return {
        "statistic": name, "domain": "all", "method": "default", "default": True, "truth": truth,
        "estimate": np.nan if row is None else row.estimate,
        "std_error": np.nan if row is None else row.std_error,
        "low": low, "high": high,
    }  # fmt: skip


def block(table: pd.DataFrame) -> str:
    """The generated table of docs/method.md."""
    lines = [
        (
            "| effect of a head with less than senior secondary | whole city | coverage, percent |"
            " truth below | truth above | SE/sd |"
        ),
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {NAMES[row.statistic]} | {row.truth:.3f} | {100 * row.coverage:.1f} ±"
        f" {100 * row.mc_error:.1f} | {100 * row.truth_below:.1f} | {100 * row.truth_above:.1f} |"
        f" {row.se_over_sd:.2f} |"
        for row in table.itertuples()
    ]
    refused = int(table["not_estimable"].max())
    lines += [
        "",
        (
            f"Each row: {table['samples'].min():,} pools of {ROUNDS} samples from a city with a P0"
            f" of {100 * HEADCOUNT:g} percent; ± is the Monte-Carlo standard error. The gate of the"
            f" logit refused {refused} of them, which are left out."
        ),
    ]
    return "\n".join(lines)


def write() -> None:
    """Run everything and write the table."""
    table = summary(simulate(city(), POOLS, SEED))
    table.to_csv(KEPT, index=False, float_format="%.6g", lineterminator="\n")
    document = DOCS / "method.md"
    text = with_blocks(document.read_text("utf8"), {"education": block(pd.read_csv(KEPT))})
    document.write_text(text, encoding="utf8")


if __name__ == "__main__":
    write()
