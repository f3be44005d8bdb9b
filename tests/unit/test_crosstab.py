"""Design-based crosstabs: shares, numbers, and the test of independence in its edge cases."""

import math

import numpy as np
import pandas as pd
import pytest

from bpsstats.cli import main
from bpsstats.errors import ParameterError
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.language import language
from bpsstats.survey import SurveyDesign, crosstab, estimate, mean


def design(**columns):
    frame = pd.DataFrame(
        {
            "a": list("xxyyxxyyxyxy"),
            "b": list("ppqqpqqpqqpp"),
            "w": [1.0, 2, 1, 3, 1, 1, 2, 2, 1, 1, 3, 1],
            "c": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
            "h": [1] * 6 + [2] * 6,
            **columns,
        }
    )
    return SurveyDesign(frame, weight="w", strata="h", psu="c")


def test_cells_are_weighted_numbers_and_shares_of_the_column():
    table = crosstab(design(), "a", "b")
    # b = p: x 1 + 2 + 1 + 3, y 2 + 1; b = q: x 1 + 1, y 1 + 3 + 2 + 1.
    assert [row.estimate for row in table.numbers] == [7, 3, 2, 7]
    assert table.to_frame().loc["share:x"].tolist() == pytest.approx([70, 100 * 2 / 9])


def test_rows_and_columns_change_places_without_changing_the_test():
    one, other = crosstab(design(), "a", "b").test, crosstab(design(), "b", "a").test
    assert one.statistic == pytest.approx(other.statistic, rel=1e-12)
    assert one.p_value == pytest.approx(other.p_value, rel=1e-12)


def test_a_record_in_which_a_category_is_missing_is_left_out_like_one_outside_the_domain():
    a = list("xxyyxxyyxyxy")
    missing = [None if i == 4 else value for i, value in enumerate(a)]
    mask = np.arange(12) != 4
    one, other = crosstab(design(a=missing), "a", "b"), crosstab(design(), "a", "b", mask)
    assert one.test.statistic == pytest.approx(other.test.statistic, rel=1e-12)
    assert [r.std_error for r in one.shares] == pytest.approx([r.std_error for r in other.shares])


def test_a_single_row_is_not_tested():
    assert math.isnan(crosstab(design(a=["x"] * 12), "a", "b").test.p_value)


def test_a_category_that_only_the_dictionary_knows_changes_no_test():
    known = pd.Categorical(list("xxyyxxyyxyxy"), categories=["x", "y", "z"])
    assert crosstab(design(a=known), "a", "b").test == crosstab(design(), "a", "b").test


def test_an_unknown_column_is_named():
    with pytest.raises(ParameterError, match="no column nosuch to tabulate"):
        crosstab(design(), "nosuch", "b")


def test_what_is_shown_holds_no_record():
    shown = repr(crosstab(design(), "a", "b"))
    assert "Rao-Scott test of independence" in shown
    assert "share:x" in shown


@pytest.mark.external
def test_the_command_writes_a_profile_in_indonesian_and_says_where(tmp_path, capsys):
    assert main(["profile", "--year", "2022", "--factor", "0.95", "--out", str(tmp_path)]) == 0
    folder = tmp_path / "6471-2022-profile-id"
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "profil-kemiskinan-6471-2022.xlsx",
        "profile.csv",
        "differences.csv",
        "profile.json",
        "profil-kemiskinan-6471-2022.html",
        "contents.sha256",
    }
    assert '"correction_factor": 0.95' in (folder / "profile.json").read_text("utf8")
    assert "profil-kemiskinan-6471-2022.xlsx" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lang", "column", "said"),
    [
        ("en", "sex: women", "Percent of each column. Rao-Scott test of independence: F("),
        ("id", "jenis kelamin: perempuan", "Persen dari setiap kolom. Uji kebebasan Rao-Scott: F("),
    ],
)
def test_a_cross_table_is_shown_in_words_with_its_test(lang, column, said):
    frame = pd.DataFrame(
        {
            "sex": ["female", "male"] * 60,
            "education": ["sma_plus", "sd_smp", "sma_plus", "sma_plus", "sd_smp", "below_sd"] * 20,
            "w": 1.0,
            "adult": True,
        }
    )
    frame.attrs = {"source": "synthetic microdata"}
    design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    cross = crosstab(design, "education", "sex", domain="adult")
    shown = table(cross, lang)
    words = language(lang)
    share = cross.shares.row("share:sma_plus", sex="female").estimate
    row = shown.frame[shown.frame.iloc[:, 0] == words.statistic("share:sma_plus")]
    assert row[column].tolist() == [words.number(share, 2)]
    assert shown.notes[0].startswith(said)
    assert words.number(cross.test.statistic, 2) in shown.notes[0]
    assert shown.caption.endswith(words.label("adult"))


def test_a_contrast_in_a_table_is_named_and_not_spelt_out():
    frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "g": list("aabb")})
    frame.attrs = {"source": "synthetic microdata"}
    groups = estimate(SurveyDesign(frame, weight="w", strata=None, psu=None), mean("y"), by="g")
    shown = table(groups.contrasts({"b less a": {"g=b": 1, "g=a": -1}})).frame
    assert shown.iloc[0, :2].tolist() == ["b less a", "5.00"]
    assert "Of" not in shown
    # The difference of two tables says what is held against what.
    assert "Of" in table(groups).frame
