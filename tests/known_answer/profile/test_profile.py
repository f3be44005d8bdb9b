"""The tables of the profile against R's survey package on the shipped round of 2022."""

from pathlib import Path

import pandas as pd
import pytest

from bpsstats.microdata import read_round
from bpsstats.poverty import poverty_line
from bpsstats.poverty.profile.declared import GROUPS_OF_TABLES, declared_tables
from bpsstats.poverty.profile.differences import differences
from bpsstats.poverty.profile.tables import poverty_profile
from known_answer.oracle import AGREEMENT, answers, assert_r_still_gives_the_committed_answers

SCRIPT = Path(__file__).with_name("profile.R")
KEYS = ["table", "sex", "within", "row", "column", "measure"]
EXPECTED = answers(SCRIPT, KEYS).reset_index().fillna(dict.fromkeys(KEYS, ""))


@pytest.fixture(scope="module")
def profile():
    return poverty_profile(read_round("6471", 2022), poverty_line("6471", 2022))


def test_every_cell_and_its_error_are_those_of_r(profile):
    cells = profile.to_frame()
    of_several = cells["table"].str.startswith("water_") & (cells["row"] == "improved")
    cells["row"] = cells["concept"].where(of_several, cells["row"])
    cells = cells.set_index(KEYS)
    for _, known in EXPECTED[EXPECTED["measure"] != "test"].iterrows():
        cell = cells.loc[tuple(known[KEYS])]
        assert cell["estimate"] == pytest.approx(known["estimate"], rel=AGREEMENT), tuple(known)
        if pd.notna(cell["std_error"]):
            assert cell["std_error"] == pytest.approx(known["std_error"], rel=AGREEMENT)
        else:  # one PSU, or everybody
            assert cell["n_psu"] < 2 or known["std_error"] == pytest.approx(0, abs=1e-9)


def kind(declared):
    """What makes a table another computation."""
    is_within = bool(declared.within)
    of = (declared.of, is_within, declared.by_sex, "relation" in dict(declared.where))
    return (*of, declared.columns, declared.measures, declared.amounts)


def test_r_has_answers_for_tables_of_every_kind():
    # The line of a household and those just above the line stand beside them, in beside.R.
    of_all = [t for t in declared_tables() if t.name not in {"near_line", "household_line"}]
    known = [t for t in of_all if t.name in set(EXPECTED["table"])]
    assert {kind(t) for t in known} == {kind(t) for t in of_all}
    assert {t.group for t in known} == set(GROUPS_OF_TABLES)


def test_every_test_is_that_of_r(profile):
    found = {(one.table, one.sex, one.within, one.concept): one for one in differences(profile)}
    for _, known in EXPECTED[EXPECTED["measure"] == "test"].iterrows():
        test = found[known["table"], known["sex"], known["within"], known["row"]].test
        assert test.statistic == pytest.approx(known["estimate"], rel=1e-10), tuple(known)
        assert test.p_value == pytest.approx(known["std_error"], rel=1e-9)


@pytest.mark.external
def test_r_still_gives_the_committed_answers():
    assert_r_still_gives_the_committed_answers(SCRIPT)
