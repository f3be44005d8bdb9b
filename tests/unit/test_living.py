"""What the shipped synthetic rounds say of how people live: its size, and that every answer moves
with spending as it was declared to.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bpsstats.files import read_yaml
from bpsstats.microdata import load_layout
from bpsstats.microdata.concepts import questions
from bpsstats.paths import raw_dir
from bpsstats.synthetic import living
from bpsstats.synthetic.population import HEAD

DECLARED = read_yaml(Path(living.__file__).with_suffix(".yaml"))
YEARS = sorted(int(folder.name[:4]) for folder in (raw_dir() / "susenas").glob("*-03"))
LOWEST = 0.3  # of the households, by spending per person
MOST_BYTES = 15_000_000


def table(year, role):
    name = load_layout(year).files[role].name
    return pd.read_csv(raw_dir() / "susenas" / f"{year}-03" / f"{name}.csv.gz")


@pytest.fixture(scope="module")
def answers():
    """All households and persons of the shipped rounds: their answers to the questions, and whether
    they are among the lowest by spending.
    """
    found = {"kor_household": [], "kor_individual": []}
    for year in YEARS:
        key = load_layout(year).household_key
        spent = table(year, "blok43").set_index(key)["KAPITA"]
        is_low = spent.rank(pct=True) <= LOWEST
        for role, tables in found.items():
            frame = table(year, role)
            made = pd.DataFrame({"low": is_low.loc[frame[key]].to_numpy()})
            for name, question in questions().items():
                column = question.columns.get(year)
                if question.file == role and column in frame:
                    given = frame[column]
                    made[name] = given.eq(question.letter) if question.letter else given
            if role == "kor_household":
                made["size"] = frame[load_layout(year).household["size"]]
            else:
                for name in ("sex", "age", "relation"):
                    made[name] = frame[load_layout(year).individual[name]]
            tables.append(made)
    return {role: pd.concat(tables, ignore_index=True) for role, tables in found.items()}


def slopes(mix):
    """How the log odds of each code move with spending, as declared."""
    return {code: slope for code, (_, slope) in mix.items()}


def test_the_shipped_microdata_stay_below_15_megabytes():
    files = [p for p in raw_dir().rglob("*") if p.is_file() and "processed" not in p.parts]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


# Of tenure only who of those that pay no rent owns the dwelling: rent comes with its costs.
@pytest.mark.parametrize("name", sorted(DECLARED["households"]))
def test_answers_of_households_move_with_spending_as_declared(answers, name):
    frame = answers["kor_household"]
    declared = frame[name].map(slopes(DECLARED["households"][name]))
    assert declared.notna().sum() > 100
    of_low, of_others = declared[frame["low"]].mean(), declared[~frame["low"]].mean()
    assert of_low < of_others


def test_those_who_spend_little_have_smaller_floors(answers):
    frame = answers["kor_household"].dropna(subset=["floor_area"])
    per_head = frame["floor_area"] / frame["size"]
    assert per_head[frame["low"]].median() < per_head[~frame["low"]].median()
    assert (per_head <= 8)[frame["low"]].mean() > (per_head <= 8)[~frame["low"]].mean()


def test_those_who_spend_little_are_less_often_insured_and_more_often_by_the_state(answers):
    kinds = slopes(DECLARED["insurance"]["kinds"])
    frame = answers["kor_individual"].dropna(subset=[k for k in kinds if k != "none"])
    held = frame[[kind for kind in kinds if kind != "none"]].astype(bool)
    share = pd.DataFrame({"low": held[frame["low"]].mean(), "others": held[~frame["low"]].mean()})
    assert len(share) == 5
    for kind, (of_low, of_others) in share.iterrows():
        assert np.sign(of_others - of_low) == np.sign(kinds[kind]), kind
    none = ~held.any(axis=1)
    assert none[frame["low"]].mean() > none[~frame["low"]].mean()


def test_the_tenure_of_a_household_is_that_of_its_row_in_block_42():
    for year in (year for year in YEARS if year in questions()["tenure"].columns):
        layout, household = load_layout(year), table(year, "kor_household")
        of = household.set_index(layout.household_key)[questions()["tenure"].columns[year]]
        items = table(year, "blok42")
        rows = items[items["KODE"] == layout.nonfood.tenure].set_index(layout.household_key)
        assert rows["B42K3"].loc[of.index].tolist() == of.tolist()


def test_heads_without_a_spouse_are_single_or_divorced_and_widowed_when_older(answers):
    frame = answers["kor_individual"]
    heads = frame[(frame["relation"] == HEAD) & frame["marital"].notna()]
    codes = {"single": 1, "divorced": 3, "widowed": 4}
    ages = {name: heads.loc[heads["marital"] == code, "age"] for name, code in codes.items()}
    assert ages["divorced"].min() >= DECLARED["single_heads"]["age"]
    assert max(ages["single"].mean(), ages["divorced"].mean()) < ages["widowed"].mean()
    assert 0.02 < len(ages["divorced"]) / len(heads) < 0.08


def test_men_who_spend_little_smoke_more_often(answers):
    frame = answers["kor_individual"]
    men = frame[(frame["sex"] == 1) & frame["smokes"].isin(DECLARED["smokes"]["men"]["codes"])]
    daily = men["smokes"] == 1
    assert len(men) > 500
    assert daily[men["low"]].mean() > daily[~men["low"]].mean()
