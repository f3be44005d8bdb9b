"""Many areas at once: the same to the last bit however the tasks are run, and a killed worker costs
a retry only.
"""

import os
import re
import shutil
import signal
import subprocess
import sys

import duckdb
import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import bpsstats as bps
from bpsstats.areas.tasks import IN_PROCESS, run_tasks
from bpsstats.cli import main
from bpsstats.errors import (
    ClusterError,
    DesignError,
    InputError,
    ParameterError,
    UnknownAreaError,
    UnknownYearError,
)
from bpsstats.microdata.parquet_rounds import (
    checked_households,
    open_stored,
    stored_consumption,
    stored_frame,
)
from bpsstats.survey import SurveyDesign, estimate
from bpsstats.survey.parts import estimates_of, joined, partial_sums
from bpsstats.synthetic import synthesize_nation

SEED, AREAS, PROVINCES = 11, 24, 21
# Two ways to the same number, each with a few roundings.
CLOSE = 1e-12


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    return synthesize_nation(2022, SEED, tmp_path_factory.mktemp("nation"), AREAS)


@pytest.fixture(scope="module")
def in_process(nation):
    return bps.estimate_areas(nation, scheduler=IN_PROCESS)


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs="CRITICAL",
    ) as cluster:
        yield cluster


def bits(table):
    """Everything a table says, at full precision, and the totals that its covariances come from."""
    return table.to_frame(), [strand.totals.tobytes() for row in table for strand in row.strands]


def assert_same_bits(one, other):
    pd.testing.assert_frame_equal(bits(one)[0], bits(other)[0], check_exact=True)
    assert bits(one)[1] == bits(other)[1]


def workers(cluster):
    """Process of each worker."""
    with Client(cluster, set_as_default=False) as client:
        return client.run(os.getpid)


@pytest.mark.external
def test_a_running_cluster_gives_the_same_bits_as_one_process(nation, in_process, cluster):
    assert_same_bits(bps.estimate_areas(nation, scheduler=cluster.scheduler_address), in_process)


@pytest.mark.external
def test_a_worker_killed_in_mid_run_costs_a_retry_and_no_wrong_number(nation, in_process, cluster):
    before, told = set(workers(cluster).values()), []

    def progress(done, tasks):
        told.append((done, tasks))
        if done == 3:
            os.kill(max(before), signal.SIGKILL)

    table = bps.estimate_areas(
        nation, scheduler=cluster.scheduler_address, by="education", progress=progress
    )
    assert told == [(done, PROVINCES) for done in range(1, PROVINCES + 1)]
    assert max(before) not in workers(cluster).values()
    assert_same_bits(table, bps.estimate_areas(nation, by="education", scheduler=IN_PROCESS))


@pytest.mark.external
def test_the_local_cluster_runs_from_the_command_line_and_says_how_far_it_is(
    nation, in_process, tmp_path
):
    command = [
        sys.executable,
        "-m",
        "bpsstats",
        "estimate-areas",
        "--raw",
        str(nation),
        "--workers",
        "2",
        "--format",
        "csv",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    (tmp_path / "table.csv").write_text(answer.stdout)
    told = pd.read_csv(tmp_path / "table.csv", dtype={"area_code": str}).fillna({"mark": ""})
    # An invented area has no name but its code.
    for code, name, domain in told[["area_code", "area", "domain"]].itertuples(index=False):
        if domain.startswith("area="):
            assert domain == f"area={code}" + (f" {name}" if name != code else "")
    pd.testing.assert_frame_equal(
        told.drop(columns=["area_code", "area"])[[*in_process.to_frame(), "source"]],
        in_process.to_frame().assign(source="synthetic microdata"),
        check_exact=True,
        check_dtype=False,
    )
    assert re.findall(r"(\d+) of 21 tasks done", answer.stderr) == [
        str(done) for done in range(1, PROVINCES + 1)
    ]


def test_the_areas_are_what_the_estimator_of_one_design_gives(nation, in_process):
    stored = open_stored(nation)
    frame = stored_frame(
        stored,
        "households",
        ["area", "psu", "stratum", "weight_person", "expenditure_person_month"],
    )
    frame["line"] = frame["area"].map({int(code): line for code, line in stored.lines.items()})
    frame["ratio"] = frame["expenditure_person_month"] / frame["line"]
    design = SurveyDesign(frame)
    whole = estimate(
        design, [bps.headcount(1.0, welfare="ratio"), bps.severity(1.0, welfare="ratio")]
    )
    by_area = estimate(design, bps.headcount(1.0, welfare="ratio"), by="area")
    for statistic in ("headcount", "severity"):
        one, other = whole.row(statistic), in_process.row(statistic, f"all ({AREAS} areas)")
        assert (one.estimate, one.std_error) == pytest.approx(
            (other.estimate, other.std_error), rel=CLOSE
        )
        assert (one.df, one.n, one.n_psu) == (other.df, other.n, other.n_psu)
    areas = [
        row for row in in_process if row.statistic == "headcount" and row.domain.startswith("area=")
    ]
    assert len(areas) == len(by_area) == AREAS
    for one, other in zip(by_area, areas, strict=True):
        assert one.domain == other.domain[:9]
        assert (one.estimate, one.df, one.n_psu) == pytest.approx(
            (other.estimate, other.df, other.n_psu), rel=CLOSE
        )
        # The whole design counts a stratum's PSUs outside the area too; here strata lie within
        # areas.
        assert one.std_error == pytest.approx(other.std_error, rel=CLOSE)


@pytest.mark.parametrize("by", ["urban", "head_education", "education", "sex"])
def test_a_breakdown_is_what_the_estimator_of_each_area_gives(nation, by):
    stored = open_stored(nation)
    codes = sorted(stored.areas)[:2]
    table = bps.estimate_areas(nation, areas=codes, by=by, level=0.9, scheduler=IN_PROCESS)
    of_persons = by in ("education", "sex")
    columns = ["area", "psu", "stratum", "weight_person", "expenditure_person_month", by]
    everybody = stored_frame(stored, "persons" if of_persons else "households", columns)
    for code in codes:
        frame = everybody[everybody["area"] == int(code)].reset_index(drop=True)
        frame.attrs = {"calibrated": True}
        if by == "urban":
            frame[by] = pd.Categorical(frame[by], categories=[False, True])
        line = stored.lines[code]
        expected = estimate(
            SurveyDesign(frame),
            [bps.poor_count(line), bps.headcount(line), bps.severity(line)],
            by=by,
            level=0.9,
        )
        rows = {
            (row.statistic, row.domain.partition(", ")[2]): row
            for row in table
            if row.domain.startswith(f"area={code}")
        }
        assert len({domain for _, domain in rows}) == len({row.domain for row in expected})
        for one in expected:
            row = rows[one.statistic, one.domain]
            np.testing.assert_array_equal(
                (row.estimate, row.std_error), (one.estimate, one.std_error)
            )
            np.testing.assert_array_equal(row.interval(), one.interval())
            assert (row.n, row.n_psu, row.df, row.level) == (one.n, one.n_psu, one.df, 0.9)
            assert (row.period, row.source) == ("March 2022", stored.source)


def test_the_areas_asked_for_come_in_the_order_of_their_codes(nation):
    codes = sorted(open_stored(nation).areas)
    table = bps.estimate_areas(nation, areas=[codes[3], codes[0]], scheduler=IN_PROCESS)
    areas = [
        row.domain.partition(" ")[0]
        for row in table
        if row.statistic == "headcount" and row.domain.startswith("area=")
    ]
    assert areas == [f"area={codes[0]}", f"area={codes[3]}"]
    [alone] = [
        row
        for row in bps.estimate_areas(nation, areas=codes[3], scheduler=IN_PROCESS)
        if row.statistic == "headcount"
    ]
    assert alone.domain.partition(" ")[0] == f"area={codes[3]}"


def test_provinces_and_the_whole_add_up(in_process):
    counts = {row.domain: row.estimate for row in in_process if row.statistic == "poor_count"}
    areas = [value for domain, value in counts.items() if domain.startswith("area=")]
    assert counts[f"all ({AREAS} areas)"] == pytest.approx(sum(areas), rel=CLOSE)
    provinces = {
        domain[9:11]: value for domain, value in counts.items() if domain.startswith("province=")
    }
    assert len(provinces) == AREAS - PROVINCES
    for code, value in provinces.items():
        of_one = [value for domain, value in counts.items() if domain.startswith(f"area={code}")]
        assert value == pytest.approx(sum(of_one), rel=CLOSE)


def test_official_files_of_several_years_are_read_the_same_way():
    table = bps.estimate_areas(areas="6471", years=[2021, 2022], scheduler=IN_PROCESS)
    for year in (2021, 2022):
        [row] = [
            row for row in table if row.statistic == "headcount" and row.period == f"March {year}"
        ]
        line = bps.poverty_line("6471", year)
        one = bps.estimate(
            bps.SurveyDesign(bps.read_round("6471", year).households), bps.headcount(line)
        ).row("headcount")
        assert (row.estimate, row.std_error, row.df) == (one.estimate, one.std_error, one.df)
        assert row.interval() == one.interval()


def test_the_sums_of_items_do_not_depend_on_threads_or_on_the_order_of_the_files(nation, tmp_path):
    stored = open_stored(nation)
    expected = stored_consumption(stored, threads=1)
    shutil.copytree(nation, tmp_path / "shuffled")
    for path in (tmp_path / "shuffled").glob("items4*/*/part.parquet"):
        for half in (0, 1):
            duckdb.execute(
                f"COPY (SELECT * FROM '{path}' WHERE KODE % 2 = {half} ORDER BY hash(URUT, KODE))"
                f" TO '{path.parent}/{1 - half}.parquet'"
            )
        path.unlink()
    for threads in (1, 2, 4):
        shuffled = stored_consumption(open_stored(tmp_path / "shuffled"), threads=threads)
        pd.testing.assert_frame_equal(shuffled, expected, check_exact=True)


@pytest.mark.external
def test_spending_that_is_not_the_sum_of_its_items_is_refused_wherever_the_task_runs(
    nation, tmp_path, cluster
):
    shutil.copytree(nation, tmp_path / "broken")
    path = next((tmp_path / "broken").glob("households/*/part.parquet"))
    duckdb.execute(
        "CREATE OR REPLACE TABLE h AS SELECT * REPLACE (food_month + 2 AS food_month) FROM"
        f" '{path}'"
    )
    duckdb.execute(f"COPY h TO '{path}' (FORMAT parquet)")
    for scheduler in (IN_PROCESS, cluster.scheduler_address):
        with pytest.raises(
            InputError, match=r"another spending.*column food_month, rows 1, 2"
        ) as error:
            bps.estimate_areas(tmp_path / "broken", scheduler=scheduler)
        assert error.value.column == "food_month"
    path.unlink()
    with pytest.raises((InputError, duckdb.IOException)):
        checked_households(open_stored(tmp_path / "broken"), ["psu"])


def test_what_is_not_there_is_named(nation, tmp_path):
    with pytest.raises(UnknownAreaError, match="no area 9999"):
        bps.estimate_areas(nation, areas=["9999"], scheduler=IN_PROCESS)
    with pytest.raises(UnknownYearError, match=r"no round of 2021.*It has: 2022"):
        bps.estimate_areas(nation, years=[2021], scheduler=IN_PROCESS)
    with pytest.raises(UnknownYearError, match="It has: none"):
        bps.estimate_areas(tmp_path, scheduler=IN_PROCESS)
    with pytest.raises(ParameterError, match="no column colour"):
        stored_frame(open_stored(nation), "households", ["colour"])


def test_parts_that_share_a_psu_cannot_be_joined():
    frame = pd.DataFrame(
        {
            "stratum": 1,
            "psu": [1, 1, 2, 2],
            "weight_person": 1.0,
            "expenditure_person_month": [1.0, 3, 2, 4],
        }
    )
    part = partial_sums(SurveyDesign(frame), [bps.headcount(2.5)])
    with pytest.raises(DesignError, match="stands in two parts"):
        joined([part, part])


def test_a_lone_psu_of_a_part_is_treated_as_asked_when_the_parts_are_joined():
    random = np.random.default_rng(3)
    n = 60
    frame = pd.DataFrame(
        {
            "stratum": np.repeat([1, 1, 1, 2, 3, 3], 10),
            "psu": np.repeat(np.arange(6), 10),
            "weight_person": random.uniform(1, 5, n),
            "expenditure_person_month": random.uniform(1, 4, n),
        }
    )
    for lone_psu in ("centre", "merge"):
        whole = estimate(SurveyDesign(frame, lone_psu=lone_psu), bps.headcount(2.0)).row(
            "headcount"
        )
        parts = [
            partial_sums(SurveyDesign(of_part, lone_psu="centre"), [bps.headcount(2.0)])
            for of_part in (frame[frame["stratum"] < 3], frame[frame["stratum"] == 3])
        ]
        [row] = estimates_of(joined(parts), [bps.headcount(2.0)], "all", lone_psu=lone_psu)
        assert (row.estimate, row.std_error, row.df) == (whole.estimate, whole.std_error, whole.df)


def test_tasks_come_back_in_their_order_and_tell_how_far_they_are():
    told = []
    assert run_tasks(
        abs, [-3, 2, -1], scheduler=IN_PROCESS, progress=lambda *d: told.append(d)
    ) == [3, 2, 1]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_the_command_line_writes_a_nation_and_estimates_it(capsys, tmp_path):
    assert (
        main(
            [
                "synthesize",
                "--scale",
                "national",
                "--years",
                "2022",
                "--areas",
                "2",
                "--out",
                str(tmp_path),
            ]
        )
        == 0
    )
    assert (
        main(["estimate-areas", "--raw", str(tmp_path), "--in-process", "--by", "urban", "--quiet"])
        == 0
    )
    out = " ".join(capsys.readouterr().out.split())
    assert "2 areas · March 2022 · synthetic microdata" in out
    assert "all (2 areas), Number of poor" in out
    assert "urban: yes" in out
    assert main(["synthesize", "--years", "2022", "--areas", "2", "--out", str(tmp_path)]) == 2


def test_without_dask_the_error_names_the_extra_and_the_way_without(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"\.\[cluster\].*in-process"):
        run_tasks(str, [1, 2])
    assert run_tasks(str, [1, 2], scheduler=IN_PROCESS) == ["1", "2"]


def test_importing_the_package_does_not_import_dask():
    code = (
        "import sys, bpsstats; bpsstats.estimate_areas; print([m for m in ('dask', 'distributed')"
        " if m in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
