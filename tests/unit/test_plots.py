"""Plots of any design: what they draw is what the estimates say, all text can be read, and any
design, in any unit and without a name, can be drawn in both languages.
"""

import itertools
from functools import cache

import numpy as np
import pandas as pd
import pytest

import bpsstats as bps
from bpsstats.disclosure.policy import current_policy
from bpsstats.disclosure.released import disclosure, put_in_force
from bpsstats.errors import BpsStatsError, DesignError, ParameterError
from bpsstats.reporting.figures.drawing import Plot
from bpsstats.reporting.words.language import LANGUAGES
from in_ci import here
from unit.test_figures import CONTRAST, boxes, contrast, texts

CODES = ["6401", "6402", "6403", "6404", "6405", "6409", "6411", "6471", "6472", "6474"]
LINE = 700_000
BY_AREA = {"psu": "psu", "strata": "area", "weight": "w"}


@cache
def design(*, seed=1, named=True):
    random = np.random.default_rng(seed)
    n = 1200
    area = np.repeat(CODES, n // len(CODES))
    frame = pd.DataFrame(
        {
            "area": area,
            "sex": random.choice(["female", "male"], n),
            "psu": np.arange(n) // 8,
            "w": random.uniform(50, 150, n),
            "expenditure_person_month": 9e5 * random.lognormal(0.02 * seed, 0.5, n),
        }
    )
    frame["units"] = frame["expenditure_person_month"] / 9e4
    frame["poor"] = (random.uniform(size=n) < 3 / frame["units"]).astype(float)
    if named:
        frame.attrs = {"period": f"March 202{seed}", "source": "synthetic microdata"}
        frame.attrs["area"] = "Kalimantan Timur"
    return bps.SurveyDesign(frame, **BY_AREA)


@cache
def with_zeros():
    """Every tenth record spends nothing or, as of an income, less than nothing."""
    frame = design().frame.copy()
    frame.loc[::10, "units"] = 0.0
    frame.loc[::100, "units"] = -3.0
    return bps.SurveyDesign(frame, **BY_AREA)


@cache
def plots(lang):
    d, two = design(), {"2021": design(seed=1), "2022": design(seed=2)}
    rates = bps.estimate(d, bps.headcount(LINE), by="area")
    logit = bps.survey_logit("poor ~ C(sex) + units", design(named=False))
    return {
        "density": bps.plot_density(d, [LINE, 2 * LINE], lang=lang),
        "densities": bps.plot_density(two, LINE, lang=lang),
        "zeros": bps.plot_density(
            {"2021": with_zeros(), "2022": design()}, 7.5, welfare="units", lang=lang
        ),
        "units": bps.plot_density(design(named=False), 7.5, welfare="units", lang=lang),
        "parade": bps.plot_parade(two, LINE, lang=lang),
        "lorenz": bps.plot_lorenz(two, lang=lang),
        "tip": bps.plot_tip(d, LINE, lang=lang),
        "headcount": bps.plot_headcount_curve(two, LINE, lang=lang),
        "incidence": bps.plot_growth_incidence(*two.values(), prices=1.02, lang=lang),
        "odds": bps.plot_coefficients(logit, odds=True, lang=lang),
        "coefficients": bps.plot_coefficients(
            bps.survey_regression("units ~ C(sex) + C(area)", d), lang=lang
        ),
        "forest": bps.plot_forest(rates, reference=20.0, sort=True, lang=lang),
        "map": bps.plot_map(rates, lang=lang),
        "panels": bps.plot_panels(
            bps.estimate(d, bps.headcount(LINE), by=["area", "sex"]), lang=lang
        ),
        "places": bps.plot_map(
            bps.estimate(d, bps.mean("units"), by="sex"),
            {"sex=female": (0, 0), "sex=male": (0, 1)},
            lang=lang,
        ),
    }


def test_all_plots_are_looked_at():
    drawn = {type(plot) for plot in plots("en").values()}
    assert drawn == {Plot}
    assert len(dir(bps.plots)) == 10


@pytest.mark.parametrize("lang", here(["en"], LANGUAGES))
def test_no_two_texts_collide_none_is_cut_off_and_all_can_be_read(lang):
    for name, (drawing, _) in plots(lang).items():
        width, height = drawing.canvas.get_width_height()
        shown = boxes(drawing)
        for text, box in shown:
            assert min(box.x0, box.y0) > -1, (name, text.get_text())
            assert box.x1 < width + 1, (name, text.get_text())
            assert box.y1 < height + 1, (name, text.get_text())
        for (one, a), (other, b) in itertools.combinations(shown, 2):
            across, along = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 1 or along < 1, (name, one.get_text(), other.get_text())
        if name not in ("map", "places"):  # text on tiles is held against the tile, below
            for text in texts(drawing):
                assert contrast(text.get_color()) >= CONTRAST, (name, text.get_text())


def test_text_on_a_tile_can_be_read_on_its_shade():
    for name in ("map", "places"):
        axes = plots("en")[name].figure.axes[0]
        tiles = [patch for patch in axes.patches if patch.get_height() > 0.5]
        inked = 0
        for text in axes.texts:
            x, y = text.get_position()
            for tile in tiles:
                left, bottom = tile.get_xy()
                if left < x < left + 1 and bottom < y < bottom + 0.95:
                    assert contrast(text.get_color(), tile.get_facecolor()) >= CONTRAST
                    inked += 1
        assert inked >= 3 * len(tiles)


@pytest.mark.external
def test_the_words_follow_the_language():
    for name in plots("en"):
        one, other = (plots(lang)[name].figure.alt for lang in LANGUAGES)
        assert one != other, name
        assert "Source" in texts_of(plots("en")[name])
        assert "Sumber" in texts_of(plots("id")[name])


def texts_of(plot):
    return " ".join(text.get_text() for text in texts(plot.figure))


def test_a_density_is_of_all_and_says_who_has_no_place_on_its_log_axis():
    sample, whole = with_zeros(), design()
    drawn = sample.frame["units"] > 0
    share = 100 * sample.weights[~drawn].sum() / sample.weights.sum()
    drawing, _ = bps.plot_density(sample, welfare="units")
    assert f"zero or less, not on the log axis: {share:.1f} percent" in drawing.subtitle
    assert f"2021 {share:.1f} percent" in plots("en")["zeros"].figure.subtitle
    assert "not on the log axis" not in plots("en")["units"].figure.subtitle
    # What is drawn is the part that those with a place are of all: the area under the curve.
    both = [bps.plot_density(d, welfare="units").data for d in (sample, whole)]
    areas = [np.trapezoid(data["estimate"], np.log2(data["welfare"])) for data in both]
    assert areas[0] / areas[1] == pytest.approx((100 - share) / 100, abs=0.01)
    assert (both[0]["conf_low"] <= both[0]["estimate"]).all()


def test_a_plot_of_a_domain_needs_no_values_outside_it_and_says_what_it_shows():
    frame = design().frame.assign(employed=np.arange(1200) % 3 > 0)
    frame["wage"] = frame["units"].where(frame["employed"])
    whole = bps.SurveyDesign(frame, **BY_AREA)
    inside = {"welfare": "wage", "domain": "employed"}
    with pytest.raises(DesignError, match="missing or infinite"):
        bps.plot_density(whole, welfare="wage")
    for lang, said in (("en", "; drawn: employed"), ("id", "; yang digambarkan: employed")):
        assert bps.plot_density(whole, **inside, lang=lang).figure.subtitle.endswith(said)
    mask = frame["employed"]
    for plot in (bps.plot_density, bps.plot_parade, bps.plot_lorenz):
        by_name, by_mask = plot(whole, **inside).data, plot(whole, welfare="wage", domain=mask).data
        pd.testing.assert_frame_equal(
            by_name[["estimate", "conf_low"]], by_mask[["estimate", "conf_low"]]
        )
    median = bps.estimate(whole, bps.quantile(0.5, welfare="wage"), domain=mask)[0].estimate
    parade = bps.plot_parade(whole, **inside).data
    assert parade["estimate"].iloc[49] == median
    curve = bps.plot_headcount_curve(whole, LINE, domain=mask, multiples=[1.0, 1.2])
    rate = bps.estimate(whole, bps.headcount(LINE), domain=mask)[0]
    assert curve.data["estimate"].iloc[0] == rate.estimate
    tip = bps.plot_tip(whole, LINE, domain=mask, shares=[0.5, 1.0])
    gap = bps.estimate(whole, bps.poverty_gap(LINE), domain=mask)[0]
    assert tip.data["estimate"].iloc[-1] == pytest.approx(gap.estimate)


def test_a_figure_whose_numbers_are_withheld_is_drawn_all_the_same():
    frame = pd.DataFrame({"fee": np.arange(40) % 8 * 10.0 + 1.0, "w": 1.0})
    small = bps.SurveyDesign(frame.head(9), weight="w", strata=None, psu=None)
    for plot in (bps.plot_density, bps.plot_parade):
        assert ".." in plot(small, welfare="fee").figure.title


def test_the_median_in_the_title_of_a_parade_is_a_point_of_its_curve():
    values = np.random.default_rng(3).lognormal(4.6, 0.5, 229)
    frame = pd.DataFrame({"fee": values, "w": 1.0, "psu": np.arange(229) % 23})
    survey = bps.SurveyDesign(frame, weight="w", strata=None, psu="psu")
    median = bps.estimate(survey, bps.quantile(0.5, welfare="fee"))[0].estimate
    put_in_force(disclosure(bps.estimate(survey, bps.mean("fee"))))
    parade = bps.plot_parade(survey, welfare="fee")
    at_half = parade.data.set_index("share_of_persons")["estimate"][0.5]
    assert at_half == pytest.approx(median, rel=0.01)
    assert ".." not in parade.figure.title
    assert f"{at_half:.2f}".rstrip("0") in parade.figure.title


def test_a_density_integrates_to_the_persons_between_its_ends():
    data = plots("en")["density"].data
    doublings = np.log2(data["welfare"])
    assert np.trapezoid(data["estimate"], doublings) == pytest.approx(98, abs=0.7)
    assert (data["conf_low"] < data["estimate"]).all()
    assert data["welfare"].iloc[0] > design().column("expenditure_person_month").min()


def test_a_parade_has_no_step_of_fewer_records_than_a_cell_may_have():
    small = bps.SurveyDesign(design().frame.iloc[:240], **BY_AREA)
    data = bps.plot_parade(small).data
    assert 240 / (len(data) + 1) >= current_policy().least_numerator
    assert len(plots("en")["parade"].data) == 2 * 99
    at_half = plots("en")["parade"].data.query("design == '2021' and share_of_persons == 0.5")
    expected = bps.estimate(design(), bps.quantile(0.5))[0]
    assert at_half["estimate"].item() == expected.estimate
    assert tuple(at_half[["conf_low", "conf_high"]].iloc[0]) == expected.interval()


def test_curves_are_those_of_the_estimates():
    pd.testing.assert_frame_equal(
        plots("en")["tip"].data, bps.tip_curve(design(), LINE).to_frame(), check_like=True
    )
    both = plots("en")["lorenz"].data
    alone = bps.lorenz_curve(design(seed=2)).to_frame()
    of_2022 = both.query("design == '2022'").drop(columns="design").reset_index(drop=True)
    pd.testing.assert_frame_equal(of_2022, alone, check_like=True)
    growth = bps.growth_incidence_curve(design(), design(seed=2), prices=1.02).to_frame()
    pd.testing.assert_frame_equal(plots("en")["incidence"].data, growth, check_like=True)


def test_each_area_stands_on_the_map_where_the_list_says_with_its_own_estimate():
    data = plots("en")["map"].data.set_index("area")
    assert set(data.index) == set(CODES)
    assert not data.duplicated(["row", "column"]).any()
    assert data.loc["6411", "row"] < data.loc["6402", "row"] < data.loc["6401", "row"]
    assert data.loc["6401", "column"] < data.loc["6409", "column"] < data.loc["6471", "column"]
    own = bps.estimate(design(), bps.headcount(LINE), by="area").row(area="6471")
    assert data.loc["6471", "estimate"] == own.estimate


def test_a_forest_stands_in_its_order_and_names_the_ends():
    data = plots("en")["forest"].data
    assert data["estimate"].is_monotonic_decreasing
    low, high = f"{data['estimate'].min():.1f}", f"{data['estimate'].max():.1f}"
    assert f"from {low} (" in plots("en")["forest"].figure.alt
    assert f"to {high} (" in plots("en")["forest"].figure.alt


def test_panels_share_one_scale_and_show_every_row():
    drawing, data = plots("en")["panels"]
    shown = [axes for axes in drawing.axes if axes.get_visible()]
    assert len(shown) == 10
    assert len({axes.get_ylim() for axes in shown}) == 1
    low, high = shown[0].get_ylim()
    assert low <= 0
    assert high >= data["conf_high"].max()
    assert "Kota Balikpapan" in texts_of(plots("en")["panels"])


def test_what_cannot_be_drawn_is_refused_with_a_remedy():
    two = bps.estimate(design(), [bps.headcount(LINE), bps.mean("units", "Rp")], by="sex")
    rates = bps.estimate(design(), bps.headcount(LINE), by="area")
    calls = {
        "rows of one unit": lambda: bps.plot_forest(two),
        "axis takes rows": lambda: bps.plot_panels(two),
        "No row of the table": lambda: bps.plot_map(two),
        "has several rows": lambda: bps.plot_map(rates + rates),
        "no place on the map": lambda: bps.plot_map(rates, {"6471": (0, 0)}),
        "no odds ratios": lambda: bps.plot_coefficients(
            bps.survey_regression("units ~ C(sex)", design()), odds=True
        ),
        "designs to draw together": lambda: bps.plot_lorenz(dict.fromkeys("abcdef", design())),
        "no line called '2022'": lambda: bps.plot_tip({"2022": design()}, {"2021": LINE}),
    }
    for said, call in calls.items():
        with pytest.raises(ParameterError, match=said):
            call()
    zero = bps.SurveyDesign(design().frame.assign(units=0.0), **BY_AREA)
    with pytest.raises(DesignError, match="fewer than two different values above zero"):
        bps.plot_density(zero, welfare="units")
    assert issubclass(DesignError, BpsStatsError)


def test_a_plot_is_taken_apart_and_says_in_one_line_what_it_is():
    drawing, data = plots("en")["tip"]
    assert drawing is plots("en")["tip"].figure
    assert "\n" not in repr(plots("en")["tip"])
    assert repr(plots("en")["tip"]).startswith(f"Plot of {len(data)} points: ")
    assert plots("en")["tip"]._repr_svg_().startswith("<svg role")
