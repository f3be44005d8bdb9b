"""The sample design: what it accepts, what it refuses, and what it counts."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars
import pytest

from bpsstats.errors import DesignError, LonePsuError, ParameterError
from bpsstats.survey import SurveyDesign

# Two strata; the first has two PSUs, the second three. Small enough to count by hand.
FRAME = pd.DataFrame(
    {
        "stratum": ["u", "u", "u", "r", "r", "r", "r"],
        "psu": ["1", "1", "2", "3", "4", "5", "5"],
        "weight_person": [2.0, 1, 3, 1, 1, 2, 2],
        "y": [1.0, 0, 1, 1, 0, 0, 1],
    }
)


def test_psus_strata_and_degrees_of_freedom_are_counted():
    design = SurveyDesign(FRAME)
    assert (design.n, design.n_psu, design.n_strata, design.df) == (7, 5, 2, 3)


def test_the_first_line_names_area_period_source_and_size():
    frame = FRAME.copy()
    frame.attrs = {
        "area": "Kota Contoh",
        "period": "March 2022",
        "source": "synthetic microdata",
        "observed": "households",
    }
    heading = SurveyDesign(frame).heading
    assert (
        heading
        == "Kota Contoh · March 2022 · synthetic microdata · 7 households in 5 PSUs, 2 strata"
    )


def test_the_repr_is_the_same_every_time():
    assert repr(SurveyDesign(FRAME)) == repr(SurveyDesign(FRAME.copy()))


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_a_weight_that_is_no_positive_number_is_refused_with_its_row(weight):
    frame = FRAME.assign(weight_person=[2.0, 1, weight, 1, 1, 2, 2])
    with pytest.raises(DesignError, match=r"weight_person.*rows 3"):
        SurveyDesign(frame)


def test_a_missing_design_column_is_named():
    with pytest.raises(DesignError, match="no column village"):
        SurveyDesign(FRAME, psu="village")


@pytest.mark.parametrize("column", ["psu", "stratum"])
def test_a_missing_label_is_refused(column):
    frame = FRAME.copy()
    frame.loc[4, column] = None
    with pytest.raises(DesignError, match=rf"design column {column} \(rows 5\)"):
        SurveyDesign(frame)


def test_an_empty_frame_is_refused():
    with pytest.raises(DesignError, match="no records"):
        SurveyDesign(FRAME.iloc[:0])


def test_psu_labels_reused_across_strata_are_refused_unless_nested():
    frame = FRAME.assign(psu=["1", "1", "2", "1", "2", "3", "3"])
    with pytest.raises(DesignError, match=r"2 PSU labels.*more than one stratum"):
        SurveyDesign(frame)
    assert SurveyDesign(frame, nest=True).n_psu == 5


def test_a_stratum_of_one_psu_is_refused_and_named():
    frame = FRAME.assign(stratum=["u", "u", "v", "r", "r", "r", "r"])
    with pytest.raises(LonePsuError, match=r"stratum u, v.*merge"):
        SurveyDesign(frame)


def test_lone_psus_are_merged_with_their_neighbour_on_request():
    frame = FRAME.assign(stratum=["a", "a", "b", "c", "c", "c", "c"])
    design = SurveyDesign(frame, lone_psu="merge")
    assert design.n_strata == 2
    assert design.first_stage.stratum_labels.tolist() == ["a+b", "c"]


def test_a_lone_psu_at_the_end_joins_the_stratum_before_it():
    frame = FRAME.assign(stratum=["a", "a", "a", "b", "b", "c", "c"])
    assert SurveyDesign(frame, lone_psu="merge").first_stage.stratum_labels.tolist() == ["a", "b+c"]


def test_a_sample_of_one_psu_cannot_be_merged():
    with pytest.raises(DesignError, match="one PSU in all"):
        SurveyDesign(FRAME.assign(psu="1", stratum="u"), lone_psu="merge")


def test_an_unknown_treatment_of_lone_psus_is_refused():
    with pytest.raises(ParameterError, match="'certainty' or 'average' or None, not 'remove'"):
        SurveyDesign(FRAME, lone_psu="remove")
    told = FRAME.copy()
    told.attrs["lone_psu"] = "remove"
    with pytest.raises(DesignError, match="'remove' is unknown"):
        SurveyDesign(told)


def test_a_frame_says_what_designs_over_it_do_with_lone_psus_unless_they_say_it():
    told = FRAME.copy()
    told.attrs["lone_psu"] = "certainty"
    assert SurveyDesign(told).lone_psu == "certainty"
    assert SurveyDesign(told, lone_psu="merge").lone_psu == "merge"
    assert SurveyDesign(FRAME).lone_psu == "error"


def test_a_sampling_fraction_in_place_of_a_population_count_is_refused():
    with pytest.raises(DesignError, match="not a sampling fraction"):
        SurveyDesign(FRAME.assign(fpc=0.1), fpc="fpc")


def test_a_population_count_that_differs_within_a_stratum_is_refused():
    with pytest.raises(DesignError, match="differs within a stratum"):
        SurveyDesign(FRAME.assign(fpc=[10, 11, 10, 20, 20, 20, 20]), fpc="fpc")


def test_without_clusters_each_record_is_a_psu():
    assert SurveyDesign(FRAME, psu=None, strata=None).n_psu == 7


def test_a_frame_of_polars_gives_the_same_design():
    other = SurveyDesign(polars.from_pandas(FRAME))
    assert repr(other) == repr(SurveyDesign(FRAME))
    assert isinstance(other.frame, pd.DataFrame)
    with pytest.raises(ParameterError, match="takes frame as DataFrame, not a LazyFrame"):
        SurveyDesign(polars.from_pandas(FRAME).lazy())


def test_a_name_that_stands_for_two_columns_is_refused():
    double = pd.concat([FRAME, FRAME[["y", "psu"]]], axis=1)
    with pytest.raises(DesignError, match="several columns y, psu"):
        SurveyDesign(double)


SECRET = "387444,80"


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("weight_person", [SECRET] + ["1"] * 6),
        ("weight_person", pd.Timestamp("2022-03-01")),
        ("weight_person", 1j),
        ("y", [SECRET] * 7),
        ("y", [1.5, SECRET, 2, 2, 2, 2, 2]),
        ("y", pd.Categorical([SECRET] * 7)),
        ("y", pd.Timestamp("2022-03-01")),
        ("y", [[387444]] * 7),
    ],
)
def test_what_is_no_number_is_refused_without_being_shown(column, values):
    with pytest.raises(DesignError, match=f"Column {column} does not hold numbers") as caught:
        SurveyDesign(FRAME.assign(**{column: values})).column("y")
    assert "387444" not in str(caught.value)
    assert "2022" not in str(caught.value)


def test_exact_decimals_and_nullable_numbers_are_numbers():
    for values in ([Decimal("1.5")] * 7, pd.array([1.5] * 7, dtype="Float64")):
        assert SurveyDesign(FRAME.assign(y=values)).column("y").tolist() == [1.5] * 7
