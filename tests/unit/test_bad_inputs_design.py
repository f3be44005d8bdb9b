"""Bad inputs, fourth part: designs that carry no variance, and designs that a round does not
release.
"""

import numpy as np
import pandas as pd
import pytest

import bpsstats as bps
from bpsstats.cli import main
from bpsstats.errors import AbsentError, InputError, LonePsuError
from bpsstats.microdata import check_round, read_round
from bpsstats.paths import FALLBACK_VARIABLE
from raw_folder import Bad, RawFolder, assert_nothing_written, assert_refused, at, each, some

IND, RT = "kor22ind_1_diseminasi.csv", "kor22rt_diseminasi.csv"
CORE = ("kor_individual", "kor_household")


def both(change):
    return each(*(lambda f, role=role: f.change(role, change) for role in CORE))


def first_psu(table):
    return table["PSU"] == table["PSU"].iloc[0]


def keep_first_rural_psu(folder):
    rt = folder.read("kor_household")
    rural = rt.loc[rt["R105"] == "2", "PSU"].unique()
    gone = rt.loc[rt["PSU"].isin(rural[1:]), "URUT"]
    for role in folder.layout.files:
        folder.change(role, lambda t: t[~t["URUT"].isin(gone)])


REFUSED = [
    Bad("a missing PSU", lambda f: f.change("kor_household", at(3, "PSU", "")), RT, "PSU", "no psu",
        (4,)),
    Bad("a PSU that is no whole number", lambda f: f.change("kor_household",
        at(3, "PSU", "64710.5")), RT, "PSU", "no psu", (4,)),
    Bad("a missing stratum", both(at(3, "STRATA", "")), RT, "STRATA", "no stratum", (4,)),
    Bad("a PSU in two strata", lambda f: f.change("kor_household", at(3, "STRATA", "64719")), RT,
        "PSU", "two strata"),
    Bad(
        "PSU ids reused across strata",
        both(lambda t: t.assign(PSU=np.where(t["R105"] == "2",
            t.loc[t["R105"] == "1", "PSU"].iloc[0], t["PSU"]))),
        RT, "PSU", "two strata",
    ),
    Bad("one PSU only", both(lambda t: t.assign(PSU="647100001", STRATA="64711")), RT, "PSU",
        "a single PSU"),
    Bad("a person in another PSU than the household",
        lambda f: f.change("kor_individual", at(0, "PSU", "647199999")), IND, "PSU", "another psu",
        (1,)),
    Bad("neither urban nor rural", lambda f: f.change("kor_household", at(0, "R105", "3")), RT,
        "R105", "neither urban", (1,)),
    Bad("no PSU column in a round that has it",
        lambda f: f.change("kor_household", lambda t: t.drop(columns="PSU")), RT, "PSU", "lacks"),
    Bad("no stratum in any file", lambda f: [
        f.change(role, lambda t: t.drop(columns="STRATA")) for role in f.layout.files],
        RT, "STRATA", "lacks"),
]  # fmt: skip


HERE = {
    "a missing PSU",
    "a PSU in two strata",
    "one PSU only",
    "no stratum in any file",
}


@pytest.mark.parametrize("bad", some(HERE, REFUSED), ids=str)
def test_a_design_that_carries_no_variance_is_refused(bad, folder, processed, capsys):
    assert_refused(bad, folder, processed, capsys)


def test_a_stratum_of_a_single_psu_is_warned_of_and_stops_the_estimate(folder, capsys):
    keep_first_rural_psu(folder)
    findings = folder.findings()
    assert {finding.gravity for finding in findings} == {"warning"}
    assert "STRATA" in {finding.column for finding in findings}
    with pytest.raises(LonePsuError):
        bps.estimate(
            bps.SurveyDesign(read_round("6471", 2022, folder.path).households),
            [bps.headcount(600_000.0)],
        )
    assert main(["estimate", "--raw", str(folder.path)]) == 2
    assert "64712" in capsys.readouterr().err


def test_a_design_is_never_subset_by_the_reader(folder):
    """Domains are asked for at the estimate; no option of the reader leaves records out."""
    round_ = read_round("6471", 2022, folder.path)
    assert len(round_.households) == len(folder.read("kor_household"))
    assert len(round_.persons) == len(folder.read("kor_individual"))


@pytest.fixture
def unreleased(tmp_path):
    """A round without PSU and stratum, as bought: no description beside it."""
    return RawFolder(tmp_path / "2018-03", 2018)


@pytest.mark.external
def test_a_design_that_is_not_released_is_rebuilt_only_when_asked_for(
    unreleased, processed, capsys, monkeypatch
):
    err = assert_nothing_written(unreleased, processed, capsys)
    assert "--design-fallback" in err
    assert (
        main(["build", "--year", "2018", "--raw", str(unreleased.path), "--design-fallback"]) == 0
    )
    (entry,) = (unreleased.path / "processed").glob("6471-2018-round*")
    assert (entry / "households.parquet").stat().st_size > 1000
    round_ = read_round("6471", 2018, unreleased.path, design_fallback=True)
    assert any("rebuilt" in note for note in round_.provenance.notes)
    assert round_.households["stratum"].isin(["64711", "64712"]).all()
    assert round_.households["psu"].str.fullmatch("6471[0-9]{5}").all()
    # The option held for one command only; the variable holds for all.
    with pytest.raises(InputError, match="design_fallback=True"):
        read_round("6471", 2018, unreleased.path)
    monkeypatch.setenv(FALLBACK_VARIABLE, "accepted")
    assert read_round("6471", 2018, unreleased.path).provenance.notes == round_.provenance.notes


def test_a_lacking_design_does_not_hide_what_else_is_wrong(unreleased):
    unreleased.change("kor_household", at(3, "FWT", "-1"))
    columns = {f.column for f in check_round("6471", 2018, unreleased.path).errors}
    assert {"FWT", ""} <= columns


def test_design_columns_of_a_copy_are_used_though_the_round_does_not_release_them(unreleased):
    for role in CORE:
        unreleased.change(
            role, lambda t: t.assign(PSU="6471" + t["WI"].str.zfill(5), STRATA="6471" + t["R105"])
        )
    plain = read_round("6471", 2018, unreleased.path)
    assert plain.households["psu"].nunique() > 10
    assert not any("rebuilt" in note for note in plain.provenance.notes)


# a folder with the core questionnaire only


@pytest.fixture
def core_only(folder):
    for role in ("blok41", "blok42", "blok43"):
        folder.file(role).unlink()
    return folder


@pytest.mark.parametrize("with_households", [True, False])
def test_the_core_files_alone_give_education_work_and_other_tables(core_only, with_households):
    whole = read_round("6471", 2022, core_only.path)
    if not with_households:
        core_only.file("kor_household").unlink()
    round_ = read_round("6471", 2022, core_only.path)
    pd.testing.assert_frame_equal(round_.persons, whole.persons)
    assert not [f for f in round_.checks.findings if f.gravity == "error"]
    persons = bps.SurveyDesign(round_.persons)
    shares = [bps.share("education", name) for name in ("below_sd", "sd_smp", "sma_plus")]
    shares += [bps.share("work", name) for name in ("not_working", "informal", "formal")]
    table = bps.estimate(persons, shares, domain="adult", domain_name="all 15+").to_frame()
    assert table["estimate"].iloc[:3].sum() == pytest.approx(100)
    assert table["estimate"].iloc[3:].sum() == pytest.approx(100)
    assert (table["std_error"] > 0).all()
    sizes = bps.estimate(
        bps.SurveyDesign(round_.households), [bps.mean("size", "persons")]
    ).to_frame()
    assert 2 < sizes["estimate"].iloc[0] < 6


def test_poverty_of_the_core_files_alone_says_what_is_missing(core_only, capsys):
    round_ = read_round("6471", 2022, core_only.path)
    assert "block 43, or blocks 41 and 42" in " ".join(round_.provenance.notes)
    with pytest.raises(AbsentError, match="it needs block 43, or blocks 41 and 42 together"):
        bps.estimate(bps.SurveyDesign(round_.households), [bps.headcount(600_000.0)])
    assert main(["estimate", "--raw", str(core_only.path)]) == 2
    assert "it needs block 43, or blocks 41 and 42 together" in capsys.readouterr().err
