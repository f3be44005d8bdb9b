"""No repr shows a respondent's value, a PSU's label, a weight or an influence."""

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pytest

import bpsstats
from bpsstats import models, survey
from bpsstats.poverty import change, decompose_change, headcount, headcount_curve, quantile
from bpsstats.reprs import Shown, SizesOnly
from bpsstats.survey import SurveyDesign, estimate, mean

HOLDERS = ("ndarray", "DataFrame", "Series", "Callable", "Linearised", "Strand")
# Small whole numbers may be counts; these are none of a table's.
SECRETS = {"expenditure_person_month": 387_444.0, "psu": 880_001, "weight": 271.25}


def classes():
    for module in pkgutil.walk_packages(bpsstats.__path__, "bpsstats."):
        if not module.name.endswith("__main__"):
            for found in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(found) and found.__module__ == module.name:
                    yield found


def is_automatic(kind):
    return hasattr(vars(kind).get("__repr__"), "__wrapped__")


def test_a_dataclass_that_holds_records_shows_their_sizes():
    seen = [kind for kind in classes() if is_dataclass(kind)]
    assert len(seen) > 60
    assert [
        f"{kind.__module__}.{kind.__name__}.{field.name}"
        for kind in seen
        if is_automatic(kind)
        for field in fields(kind)
        if field.repr and any(holder in str(field.type) for holder in HOLDERS)
    ] == []
    assert any(issubclass(kind, SizesOnly) for kind in seen)


# What is shown by a table of its own: lists for programs and for the office, and the profile, whose
# tables are shown one by one.
BEHIND = {"GateResult", "Profile", "ProfileTable", "Revisions", "ShownDifferences", "Withheld"}


def test_every_result_with_a_table_shows_it_as_html():
    without = {
        kind.__name__
        for kind in classes()
        if hasattr(kind, "to_frame")
        and not hasattr(kind, "_repr_html_")
        and not getattr(kind, "_is_protocol", False)
    }
    assert without == BEHIND


def test_what_is_shown_is_no_markup():
    class Few(Shown):
        def _parts(self):
            return "p < 0.001 & more", pd.DataFrame({"term": ["a < b"], "n": [3]})

    page = Few()._repr_html_()
    assert "<p>p &lt; 0.001 &amp; more</p>" in page
    assert "a &lt; b" in page
    assert repr(Few()).splitlines()[0] == "p < 0.001 & more"


def sample():
    random = np.random.default_rng(11)
    n = 200
    frame = pd.DataFrame(
        {
            "expenditure_person_month": SECRETS["expenditure_person_month"] + np.arange(n) % 7,
            "weight": SECRETS["weight"] + np.arange(n) % 3 / 1e3,
            "psu": SECRETS["psu"] + np.arange(n) // 10,
            "x": random.normal(size=n),
            "g": random.choice(list("ab"), n),
        }
    )
    frame["poor"] = random.uniform(size=n) < 1 / (1 + np.exp(-frame["x"]))
    frame.attrs = {"period": "March 2022"}
    return SurveyDesign(frame, weight="weight", strata=None)


@pytest.fixture(scope="module")
def looked_at():
    design = sample()
    statistics = [headcount(387_446.5), quantile(0.5, welfare="x"), mean("x")]
    table = estimate(design, statistics, by="g")
    fit = models.survey_logit("poor ~ x + g", design)
    linear = models.survey_regression("x ~ g", design)
    drawn = survey.jackknife(design)
    values = survey.replicate(design, lambda d: np.array([d.weights.sum()]), drawn)
    return [
        design, table, *table, *(row.strands for row in table), table.rows[0] - table.rows[1],
        *statistics, change(table, table), *change(table, table), design.first_stage, design.psus,
        statistics[2].linearise(design, np.ones(200, dtype=bool)), fit, fit.columns, linear,
        fit.estimates(), *fit.estimates(), *models.average_marginal_effects(fit, ["x", "g"]),
        drawn, values, *values.to_estimates([("sum", "all")], unit="", kind="total"),
        survey.calibrate(design, {"g": {"a": 3e4, "b": 3e4}}).calibration,
        headcount_curve(design, 387_446.5), decompose_change(design, design, 387_446, 387_447),
        models.wald_test(fit, "x"), models.firth_logit("poor ~ x", design, profile=False),
    ]  # fmt: skip


def test_nothing_shows_a_value_of_a_respondent(looked_at):
    for thing in looked_at:
        for said in (repr(thing), getattr(thing, "_repr_html_", str)()):
            plain = said.replace(",", "")
            assert "38744" not in plain.replace("387446.5", "").replace("387446", ""), type(thing)
            assert "88000" not in plain, type(thing)
            assert "271.25" not in plain, type(thing)
            assert " at 0x" not in plain, type(thing)
