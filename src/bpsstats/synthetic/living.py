"""How the people of a synthetic round live: the answers behind the profile of the poor, drawn from
a stream of their own once the round is made, so that nothing else depends on them.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.files import read_yaml
from bpsstats.microdata.concepts import URBAN, columns_of, concepts, questions
from bpsstats.microdata.layouts import Layout
from bpsstats.microdata.lists.classifications import NO, YES
from bpsstats.synthetic.official import SINGLE
from bpsstats.synthetic.population import ATTENDING, HEAD, LEFT
from bpsstats.synthetic.targets import HOUSING, Targets

MALE, NOT_ASKED, TO_LETTERS = 1, 0, 7  # of seven years one reads
Mix = Mapping[int | str, list[float]]


@cache
def _parameters() -> dict[str, Any]:
    """How they live."""
    document: dict[str, Any] = read_yaml(Path(__file__).with_suffix(".yaml"))
    return document


def add_living(
    tables: Mapping[str, pd.DataFrame],
    layout: Layout,
    targets: Targets,
    random: np.random.Generator,
) -> dict[str, pd.DataFrame]:
    """The tables of a round with the columns of the profile's questions after their own.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By role, as `official_tables` makes them; their columns stay as they are, but for who of
        those that pay no rent owns the dwelling, and who of the heads without a spouse is divorced.
    layout : Layout
    targets : Targets
        Improved water and sanitation, where they are printed, are met to half a household and
        closer.
    random : Generator
    """
    key = layout.household_key
    household, person = tables["kor_household"], tables["kor_individual"]
    spent = np.log(tables["blok43"].set_index(key)["KAPITA"].loc[household[key]].to_numpy())
    z = np.round((spent - spent.mean()) / spent.std(), 6)
    of_household = _households(household, layout, z, targets, random)
    row = household.index[household[key].searchsorted(person[key])].to_numpy()
    of_person = _persons(person, layout, z[row], row, random)
    new = {
        "kor_household": _written(household, of_household, layout, "kor_household"),
        "kor_individual": _written(person, of_person, layout, "kor_individual"),
    }
    if tenure := columns_of("kor_household", layout.year).get("tenure"):
        of_key = new["kor_household"].set_index(key)[tenure]
        new["blok42"] = _with_tenure(tables["blok42"], layout, of_key)
    return {**tables, **new}


def _with_tenure(rows: pd.DataFrame, layout: Layout, tenure: pd.Series) -> pd.DataFrame:
    """Block 42 with the tenure of each household, by its key, in the row that repeats it."""
    repeated = rows["KODE"] == layout.nonfood.tenure
    of_row = rows[layout.household_key].map(tenure).astype(float)
    return rows.assign(B42K3=rows["B42K3"].mask(repeated, of_row))


def _households(
    household: pd.DataFrame,
    layout: Layout,
    z: np.ndarray,
    targets: Targets,
    random: np.random.Generator,
) -> pd.DataFrame:
    """Answers of households, in the codes of ``questions.yaml``."""
    p = _parameters()
    drawn = {
        name: _drawn(mix, z, name, layout.year, random) for name, mix in p["households"].items()
    }
    held = household[layout.household["tenure"]]
    drawn["tenure"] = np.where(held.isin(p["households"]["tenure"]), drawn["tenure"], held)
    of = p["floor_area"]
    size = np.log(household[layout.household["size"]].to_numpy() / 3.5)
    log_area = np.log(of["middle"]) + of["per_sd"] * z + of["per_log_size"] * size
    noise = of["log_sd"] * random.standard_normal(len(z))
    answers = pd.DataFrame(drawn).assign(
        floor_area=np.clip(np.round(np.exp(log_area + noise)), 6, 900)
    )
    answers[URBAN] = household[layout.region["urban"]].to_numpy()
    weight = household[layout.design.weight].to_numpy()
    for name in HOUSING:
        score = p[name]["per_sd"] * z + random.logistic(size=len(z))
        if targets.level(name) is not None:
            _meet(answers, name, float(targets.level(name) or 0), weight, score)
    for name in answers.columns.drop(URBAN):
        for asked in questions()[name].asked:
            for of_name, (low, high) in asked.items():
                answers.loc[~answers[of_name].between(low, high), name] = NOT_ASKED
    return answers


def _meet(
    answers: pd.DataFrame, name: str, percent: float, weight: np.ndarray, score: np.ndarray
) -> None:
    """Change the answers of those with the lowest scores so that a printed share is met."""
    order = np.argsort(-score, kind="stable")
    wanted = percent / 100 * weight.sum()
    inside = np.zeros(len(weight), dtype=bool)
    inside[order[: int(np.searchsorted(np.cumsum(weight[order]), wanted))]] = True
    # One household goes out for one that comes in, so that what is left over is least.
    ins, outs = np.flatnonzero(inside), np.flatnonzero(~inside)
    left = wanted - weight[inside].sum()
    gain = np.abs(weight[outs][:, None] - weight[ins][None, :] - left)
    come, go = np.unravel_index(np.argmin(gain), gain.shape)
    inside[outs[come]], inside[ins[go]] = True, False
    is_so = (concepts()[name].classify(answers) == "improved").to_numpy()
    spec = _parameters()[name]
    for change, who in (("better", inside & ~is_so), ("worse", ~inside & is_so)):
        for question, code in spec[change].items():
            answers.loc[who, question] = code


def _persons(
    person: pd.DataFrame,
    layout: Layout,
    z: np.ndarray,
    row: np.ndarray,
    random: np.random.Generator,
) -> pd.DataFrame:
    """Answers of persons."""
    p, c, n = _parameters(), layout.individual, len(person)
    age, is_male = person[c["age"]].to_numpy(), person[c["sex"]].to_numpy() == MALE
    first = np.unique(row, return_index=True)[1]
    kinds: Mix = p["insurance"]["kinds"]
    of_household = _choice(kinds, z[first], random)[row]
    own = random.random(n) < p["insurance"]["own"]
    kind = np.where(own, _choice(kinds, z, random), of_household)
    answers = {name: (kind == name).astype(int) for name in kinds if name != "none"}
    men, others = p["smokes"]["men"], p["smokes"]["others"]
    as_man = _choice(men["codes"], z, random).astype(int)
    as_other = _choice(others["codes"], z, random).astype(int)
    smokes = np.where(is_male & (age >= men["age"]), as_man, as_other)
    answers["smokes"] = np.where(age >= others["age"], smokes, NOT_ASKED)
    schooled = person[c["attendance"]].isin([ATTENDING, LEFT]).to_numpy()
    reads = (
        person[c["literate"]].to_numpy() == YES
        if "literate" in c
        else schooled & (age >= TO_LETTERS)
    )
    answers["latin"] = np.where(age < 5, NOT_ASKED, np.where(reads, YES, NO))
    for name, (chance, chance_of_others) in p["scripts"].items():
        can = random.random(n) < np.where(reads, chance, chance_of_others)
        answers[name] = np.where(age < 5, NOT_ASKED, np.where(can, YES, NO))
    if "marital" in c:
        held, of = person[c["marital"]].to_numpy(), p["single_heads"]
        is_one = (held == SINGLE) & (person[c["relation"]].to_numpy() == HEAD) & (age >= of["age"])
        answers["marital"] = np.where(is_one, _choice(of["codes"], z, random).astype(int), held)
    return pd.DataFrame(answers)


def _drawn(
    mix: Mix, z: np.ndarray, name: str, year: int, random: np.random.Generator
) -> np.ndarray:
    """Codes of a question, among those that the round's own list can tell."""
    recode = questions()[name].recode.get(year, {})
    told = {code for code in mix if code in recode.values() or code not in recode}
    return _choice({code: mix[code] for code in mix if code in told}, z, random).astype(int)


def _choice(mix: Mix, z: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One of the keys for each record, its odds moving with `z`."""
    share, slope = np.array(list(mix.values())).T
    odds = np.round(share * np.exp(slope * z[:, None]), 9)
    bounds = np.cumsum(odds, axis=1)
    at = (random.random(len(z))[:, None] * bounds[:, -1:] >= bounds).sum(axis=1)
    return np.asarray(np.array(list(mix))[np.minimum(at, len(mix) - 1)])


def _written(table: pd.DataFrame, answers: pd.DataFrame, layout: Layout, role: str) -> pd.DataFrame:
    """A table and the answers that the round has columns for, in the round's own codes."""
    new = {}
    for name, column in columns_of(role, layout.year).items():
        if name not in answers:
            continue
        question = questions()[name]
        own = {code: its_own for its_own, code in question.recode.get(layout.year, {}).items()}
        given = answers[name].replace(own) if own else answers[name]
        if question.letter:
            new[column] = np.where(given == YES, question.letter, "")
        else:
            new[column] = given.to_numpy().astype(int)
    return table.assign(**new)
