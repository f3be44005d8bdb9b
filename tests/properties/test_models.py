"""Laws of the logit for any data, separated and sparse ones among them."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings

from bpsstats.errors import BpsStatsError
from bpsstats.models import average_marginal_effects, firth_logit, survey_logit
from bpsstats.models.logit.gate import LARGEST_COEFFICIENT
from bpsstats.models.logit.newton import fit_logit
from bpsstats.models.logit.penalised_likelihood import fit_firth
from bpsstats.models.logit.separation import find_separation, proves_overlap
from bpsstats.survey import SurveyDesign

FORMULA = "poor ~ C(group) + x"
LEVELS = ["a", "b", "c"]
# Coefficients of the same likelihood summed in another order; the curvature can be small.
ROUNDING = 1e-6
# Each example of Firth's logit fits some hundred profiles.
SLOW = settings(deadline=None, max_examples=30)
LARGEST_ODDS_RATIO = np.exp(LARGEST_COEFFICIENT)  # 3.3 million: never 1e8


@st.composite
def samples(draw, *, plain=False):
    """A frame of two strata of 4 to 6 PSUs of 2 to 12 households; unless `plain`, events may be
    rare or follow a covariate.
    """
    sizes = [
        draw(st.lists(st.integers(10 if plain else 2, 12), min_size=4, max_size=6))
        for _ in range(2)
    ]
    psus = [
        (f"{h}", f"{h}-{i}")
        for h, counts in enumerate(sizes)
        for i, count in enumerate(counts)
        for _ in range(count)
    ]
    n = len(psus)
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rule = (
        "chance" if plain else draw(st.sampled_from(["chance", "x", "group", "group and chance"]))
    )
    share = draw(st.floats(0.4 if plain else 0.0, 0.5))
    frame = pd.DataFrame(psus, columns=["stratum", "psu"]).assign(
        weight=random.uniform(1, 50, n),
        group=pd.Categorical(
            random.choice(LEVELS, n, p=[0.4, 0.3, 0.3] if plain else [0.7, 0.2, 0.1]), LEVELS
        ),
        x=random.integers(0, draw(st.integers(1, 6)) + 1, n)
        * draw(st.sampled_from([1e-3, 1.0, 1e3])),
    )
    chance = random.random(n) < share
    by_rule = {
        "chance": chance,
        "x": frame["x"] > frame["x"].median(),
        "group": frame["group"] == "b",
        "group and chance": (frame["group"] != "a") & chance,
    }
    return frame.assign(poor=by_rule[rule])


@given(samples(), st.sampled_from(["refuse", "firth"]), st.sampled_from([0.0, 2.0, 10.0]))
@SLOW
def test_whatever_the_data_there_is_a_refusal_or_finite_odds_ratios_below_a_bound(
    frame, below_gate, least
):
    try:
        design = SurveyDesign(frame, weight="weight")
        result = survey_logit(FORMULA, design, below_gate=below_gate, events_per_parameter=least)
    except BpsStatsError:
        return
    table = result.to_frame().set_index("term").drop("(intercept)")
    assert np.isfinite(table[["estimate", "std_error", "odds_ratio"]].to_numpy()).all()
    limits = table[
        ["odds_ratio_low", "odds_ratio_high"]
    ].to_numpy()  # infinite where the data put no bound
    assert ((limits <= LARGEST_ODDS_RATIO) | np.isinf(limits)).all()
    assert table["odds_ratio"].max() <= LARGEST_ODDS_RATIO
    assert table["odds_ratio"].min() >= 1 / LARGEST_ODDS_RATIO
    assert (table["std_error"] > 0).all()
    assert (result.reason is None) == (result.method == "maximum likelihood")
    effects = average_marginal_effects(result, ["group", "x"]).to_frame()
    assert effects["estimate"].notna().all()
    assert (effects["std_error"] > 0).all()


@given(samples())
@SLOW
def test_the_proof_of_overlap_and_the_linear_programme_never_contradict_each_other(frame):
    y = frame["poor"].to_numpy(dtype=float)
    x = np.column_stack(
        [np.ones(len(y)), frame["group"] == "b", frame["group"] == "c", frame["x"]]
    ).astype(float)
    assume(
        0 < y.sum() < len(y)
        and np.linalg.matrix_rank(x / np.maximum(1e-9, np.abs(x).max(axis=0))) == 4
    )
    weights = (frame["weight"] / frame["weight"].mean()).to_numpy()
    fit = fit_logit(y, x, weights)
    found = find_separation(y, x)
    assert proves_overlap(fit, y, x, weights) == (found.kind == "none")
    if found.kind == "complete":
        assert len(found.columns) > 0


def moved(frame, change):
    if change == "rows":
        return frame.sample(frac=1, random_state=1)
    if change == "weights":
        return frame.assign(weight=frame["weight"] * 1e3)
    if change == "labels":
        return frame.assign(
            psu=frame["psu"].map(
                {psu: f"z{hash(psu) % 10**9}-{psu}" for psu in frame["psu"].unique()}
            )
        )
    more = frame.head(2).assign(stratum="9", psu=["9-1", "9-2"])
    return pd.concat([frame, more], ignore_index=True)


@given(samples(plain=True), st.sampled_from(["rows", "weights", "labels", "empty stratum"]))
@SLOW
@pytest.mark.parametrize("fit", [survey_logit, firth_logit])
def test_what_says_nothing_of_the_model_changes_nothing(fit, frame, change):
    options = {"events_per_parameter": 0} if fit is survey_logit else {"profile": False}
    try:
        before = fit(FORMULA, SurveyDesign(frame, weight="weight"), **options)
    except BpsStatsError:
        assume(False)
    other = moved(frame, change)
    after = fit(
        FORMULA,
        SurveyDesign(other, weight="weight"),
        (other["stratum"] != "9").to_numpy(),
        **options,
    )
    np.testing.assert_allclose(
        after.coefficients, before.coefficients, rtol=ROUNDING, atol=ROUNDING
    )
    np.testing.assert_allclose(after.std_errors, before.std_errors, rtol=ROUNDING)
    assert after.df == before.df


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
@SLOW
def test_in_a_table_of_two_by_two_firth_adds_half_an_event_to_each_cell(cells):
    a, b, c, d = cells
    assume(a + b > 0 and c + d > 0)
    y = np.repeat([1.0, 0, 1, 0], cells)
    x = np.column_stack([np.ones(sum(cells)), np.repeat([1.0, 1, 0, 0], cells)])
    fit = fit_firth(y, x, np.ones(len(y)))
    assert fit.coefficients[1] == pytest.approx(
        np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5))), abs=1e-8
    )
    mirrored = fit_firth(1 - y, x, np.ones(len(y)))
    np.testing.assert_allclose(mirrored.coefficients, -fit.coefficients, atol=1e-8)
