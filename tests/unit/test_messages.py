"""Messages of the survey core and the poverty measures, to the letter; messages.txt beside this
file holds them.

``python tests/unit/test_messages.py`` writes the file again: read the difference before you commit
it.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from bpsstats.errors import BpsStatsError
from bpsstats.poverty import (
    change,
    education_of_the_poor,
    fgt,
    gini,
    headcount,
    poverty_line,
    quantile,
)
from bpsstats.poverty.lines.official import line_value
from bpsstats.survey import SurveyDesign, calibrate, estimate, mean
from bpsstats.survey.variance.intervals import check_level

KEPT = Path(__file__).with_name("messages.txt")
SCRATCH = tempfile.TemporaryDirectory(prefix="bpsstats-messages-")
SEX = {"f": 70.0, "m": 50.0}


def frame(**columns):
    base = pd.DataFrame(
        {
            "weight_person": np.full(12, 10.0),
            "stratum": np.repeat([1, 2], 6),
            "psu": np.repeat(np.arange(4), 3),
            "expenditure_person_month": np.arange(50.0, 170.0, 10),
            "sex": list("fm") * 6,
        }
    )
    return base.assign(**columns)


def with_one(column, position, value):
    values = frame()[column].astype(object if isinstance(value, str) or value is None else float)
    values.iloc[position] = value
    return frame(**{column: values})


def table():
    return estimate(SurveyDesign(frame()), headcount(100))


CASES: dict[str, Callable[[], object]] = {
    "lone psu": lambda: SurveyDesign(frame(psu=[0, 0, 0, 1, 1, 1] + [9] * 6)),
    "many lone psus": lambda: SurveyDesign(frame(psu=range(12), stratum=range(12))),
    "one psu in all": lambda: SurveyDesign(frame(psu=1, stratum=1), lone_psu="merge"),
    "merge with fpc": lambda: SurveyDesign(
        frame(psu=[0, 0, 0, 1, 1, 1] + [9] * 6, size=50.0), fpc="size", lone_psu="merge"
    ),
    "more sampled than there are": lambda: SurveyDesign(frame(size=1.0), fpc="size",
        lone_psu="centre"),
    "fpc differs": lambda: SurveyDesign(frame(size=np.arange(12.0)), fpc="size"),
    "every psu alone": lambda: SurveyDesign(frame(stratum=np.arange(12), psu=np.arange(12)),
        lone_psu="average"),
    "treatment": lambda: SurveyDesign(frame(), lone_psu="ignore"),
    "columns": lambda: SurveyDesign(frame().drop(columns=["psu", "stratum"])),
    "no records": lambda: SurveyDesign(frame().iloc[:0]),
    "weights": lambda: SurveyDesign(with_one("weight_person", 3, -1.0)),
    "many weights": lambda: SurveyDesign(frame(weight_person=0.0)),
    "five weights": lambda: SurveyDesign(frame(weight_person=[0.0] * 5 + [1.0] * 7)),
    "six weights": lambda: SurveyDesign(frame(weight_person=[0.0] * 6 + [1.0] * 6)),
    "shared psus": lambda: SurveyDesign(frame(psu=np.tile([0, 1, 2], 4))),
    "missing psu": lambda: SurveyDesign(with_one("psu", 2, None)),
    "no such column": lambda: SurveyDesign(frame()).column("income"),
    "no such domain": lambda: estimate(SurveyDesign(frame()), headcount(100), domain="rich"),
    "a mask of numbers": lambda: estimate(SurveyDesign(frame()), headcount(100),
        domain=np.ones(12)),
    "a short mask": lambda: estimate(SurveyDesign(frame()), headcount(100),
        domain=np.ones(3, dtype=bool)),
    "no such breakdown": lambda: estimate(SurveyDesign(frame()), headcount(100),
        by=["sex", "religion"]),
    "a missing value": lambda: estimate(
        SurveyDesign(with_one("expenditure_person_month", 4, np.nan)),
        mean("expenditure_person_month")
    ),
    "method": lambda: table().rows[0].interval(method="score"),
    "method of a mean": lambda: estimate(SurveyDesign(frame()),
        mean("expenditure_person_month")).rows[0].interval(
        method="logit"
    ),
    "level": lambda: check_level(95),
    "no such row": lambda: table().row("gini", "all"),
    "no such row in any domain": lambda: table().row("gini"),
    "another level of a quantile": lambda: estimate(SurveyDesign(frame()),
        quantile(0.5)).rows[0].interval(0.9),
    "alpha": lambda: fgt(100, -1),
    "line": lambda: line_value("abc"),
    "line of zero": lambda: line_value(0),
    "year without line": lambda: poverty_line("6471", 1999,
        file=lines_file({"6471": {2021: 600_000, 2022: 600_000}})),
    "area without line": lambda: poverty_line("6471", 2022,
        file=lines_file({"6472": {2022: 600_000}})),
    "line of a household": lambda: poverty_line("6471", 2022,
        file=lines_file({"6471": {2022: 3_000_000_000}})),
    "line of hardly anything": lambda: poverty_line("6471", 2022,
        file=lines_file({"6471": {2022: 1}})),
    "line far from the last": lambda: poverty_line("6471", 2022,
        file=lines_file({"6471": {2021: 400_000, 2022: 600_000}})),
    "line below its food": lambda: poverty_line("6471", 2022,
        file=lines_file({"6471": {2022: 600_000}}, food=700_000)),
    "households for persons": lambda: education_of_the_poor(SurveyDesign(frame()), 100),
    "probability": lambda: quantile(1.5),
    "form of gini": lambda: gini(form="median"),
    "change of another statistic": lambda: change(
        table(), estimate(SurveyDesign(frame()), mean("expenditure_person_month"))
    ),
    "calibrated twice": lambda: calibrate(calibrate(SurveyDesign(frame()), {"sex": SEX}),
        {"sex": SEX}),
    "no margins": lambda: calibrate(SurveyDesign(frame()), {}),
    "negative weights": lambda: calibrate(
        SurveyDesign(frame()), {"population": 120.0, "expenditure_person_month": 7000.0},
        method="linear"
    ),
    "bounds": lambda: calibrate(SurveyDesign(frame()), {"sex": SEX}, method="linear",
        bounds=(1.5, 2)),
    "no such distance": lambda: calibrate(SurveyDesign(frame()), {"sex": SEX}, method="chi"),
    "distance with these bounds": lambda: calibrate(SurveyDesign(frame()), {"sex": SEX},
        bounds=(0.5, 2)),
    "contradiction": lambda: calibrate(SurveyDesign(frame()), {"sex": SEX, "population": 100.0}),
    "empty category": lambda: calibrate(SurveyDesign(frame()), {"sex": SEX | {"x": 1.0}}),
    "stray category": lambda: calibrate(SurveyDesign(frame()), {"sex": {"f": 1.0}}),
    "zero category": lambda: calibrate(SurveyDesign(frame()), {"sex": {"f": 1.0, "m": 0.0}}),
    "margin without column": lambda: calibrate(SurveyDesign(frame()),
        {"age*religion": {"a*b": 1.0}}),
    "margin that is no number": lambda: calibrate(SurveyDesign(frame()), {"population": np.inf}),
    "margin with a missing value": lambda: calibrate(
        SurveyDesign(with_one("expenditure_person_month", 4, np.nan)),
        {"expenditure_person_month": 1.0}
    ),
    "margin of zeros": lambda: calibrate(SurveyDesign(frame(zero=0.0)), {"zero": 1.0}),
    "no convergence": lambda: calibrate(
        SurveyDesign(frame()), {"sex": {"f": 70.0, "m": 69.0}}, method="logit", bounds=(0.99, 1.01)
    ),
}  # fmt: skip


def lines_file(values, **more):
    """A file of poverty lines, by area and year."""
    lines = {
        area: {year: {"value": value, "source": "made up", **more} for year, value in years.items()}
        for area, years in values.items()
    }
    path = Path(tempfile.mkdtemp(dir=SCRATCH.name)) / "lines.yaml"
    path.write_text(yaml.safe_dump({"lines": lines}), encoding="utf8")
    return path


def message(case: str) -> str:
    with pytest.raises(BpsStatsError) as caught:
        CASES[case]()
    return f"{type(caught.value).__name__}: {caught.value}"


def kept() -> dict[str, str]:
    return dict(
        part.split("\n", 1) for part in KEPT.read_text("utf8").removesuffix("\n").split("\n\n")
    )


@pytest.mark.parametrize("case", CASES)
def test_a_message_is_what_it_was(case):
    assert message(case) == kept()[case]


def test_every_message_that_is_kept_is_still_given():
    assert list(kept()) == list(CASES)


if __name__ == "__main__":
    KEPT.write_text(
        "\n\n".join(f"{case}\n{message(case)}" for case in CASES) + "\n", encoding="utf8"
    )
