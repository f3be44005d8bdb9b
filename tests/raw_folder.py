"""A small round in a folder of its own that a test damages in one place, and what must then
hold.
"""

import contextlib
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest

from bpsstats.cli import main
from bpsstats.errors import InputError
from bpsstats.microdata import check_round, load_layout, read
from bpsstats.microdata.findings import Finding
from bpsstats.microdata.folder import Opened, open_round
from bpsstats.microdata.layouts import ROLES
from bpsstats.microdata.lists.areas import Area
from bpsstats.paths import project_root, round_dir
from bpsstats.reporting.report import run
from bpsstats.reporting.report.results import Results
from in_ci import here

SHIPPED = project_root() / "data" / "raw" / "susenas"
AREA, N_PSUS = "6471", 16
# Words that no sentence in Indonesian has.
ENGLISH = re.compile(
    r"\b(the|than|which|without|because|cannot|are|is|needs|lacks|holds|and|of|to|not|no|with)\b",
    re.I,
)
LAST_GOOD = {"about.json": b"last good description", "persons.parquet": b"last good persons"}


class RawFolder:
    """The files of some blocks of a shipped round, as CSV under their official names."""

    def __init__(self, path: Path, year: int = 2022) -> None:
        self.path, self.year, self.layout = path, year, load_layout(year)
        path.mkdir(parents=True)
        source = SHIPPED / f"{year}-03"
        tables = {
            role: pd.read_csv(
                source / f"{self.layout.files[role].name}.csv.gz", dtype=str, keep_default_na=False
            )
            for role in ROLES
        }
        key, design = self.layout.household_key, self.layout.design
        block = design.psu or design.psu_serial
        # Both strata, the small one whole: rural rows come first, then as many urban blocks as are
        # needed.
        core = tables["kor_household"].sort_values("R105", ascending=False, kind="stable")
        chosen = core.loc[core[block].isin(core[block].unique()[:N_PSUS]), key]
        # The blocks stand for the whole city, so that their weights sum to its population.
        sizes = core["R301"].astype(float) * core[design.weight].astype(float)
        scale = sizes.sum() / sizes[core[key].isin(chosen)].sum()
        for role, table in tables.items():
            part = table[table[key].isin(chosen)]
            columns = [c for c in (design.weight, "WERT", "WEIND") if c in part]
            times(scale, *columns)(part).to_csv(self.file(role), index=False)

    def file(self, role: str) -> Path:
        """Path of a role's file."""
        return self.path / f"{self.layout.files[role].name}.csv"

    def read(self, role: str) -> pd.DataFrame:
        """A file as text."""
        return pd.read_csv(self.file(role), dtype=str, keep_default_na=False)

    def change(self, role: str, edit: Callable[[pd.DataFrame], pd.DataFrame | None]) -> None:
        """Edit a file; the edit may change the table or return another."""
        table = self.read(role)
        edited = edit(table)
        (table if edited is None else edited).to_csv(self.file(role), index=False)

    def rename(self, role: str, name: str) -> Path:
        """Give a file another name."""
        return self.file(role).rename(self.path / name)

    def findings(self, **options: object) -> tuple[Finding, ...]:
        """What the check says."""
        return check_round(AREA, self.year, self.path, **options).findings


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small round, written once."""
    return RawFolder(tmp_path_factory.mktemp("pristine") / "2022-03").path


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> RawFolder:
    """A copy of the small round to damage."""
    copy = RawFolder.__new__(RawFolder)
    copy.path, copy.year, copy.layout = tmp_path / "2022-03", 2022, load_layout(2022)
    not_raw = shutil.ignore_patterns("processed")
    shutil.copytree(pristine, copy.path, dirs_exist_ok=True, ignore=not_raw)
    return copy


@pytest.fixture
def processed(tmp_path: Path) -> Path:
    """The entry of a round in the store of the folder, as it was last good."""
    path = tmp_path / "2022-03" / "processed" / "6471-2022-round"
    path.mkdir(parents=True)
    for name, content in LAST_GOOD.items():
        (path / name).write_bytes(content)
    return path


@dataclass(frozen=True)
class Bad:
    """A bad input: how to make it, and the file, column and words of the error that it must
    give.
    """

    name: str
    damage: Callable[[RawFolder], object]
    file: str
    column: str
    words: str
    rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.name


def some(kept: Collection[str], cases: Sequence[Bad]) -> list[Any]:
    """Bad inputs, of which only those of these names, one of each kind of fault, are tried outside
    the CI.
    """
    assert {*kept} <= {bad.name for bad in cases}
    return here([bad for bad in cases if bad.name in kept], cases)


def assert_refused(
    bad: Bad, folder: RawFolder, processed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error is typed, names file, column and rows, and says what to do; no command that reads
    the round gets further, and nothing is written.
    """
    bad.damage(folder)
    with read_once() as opened:
        assert_nothing_written(folder, processed, capsys)
    [report] = [each.report for each in opened]
    named = [
        f
        for f in report.errors
        if bad.file in f.file and f.column == bad.column and bad.words in f.what
    ]
    assert named, [str(finding) for finding in report.findings]
    assert named[0].remedy
    assert named[0].rows[: len(bad.rows)] == bad.rows
    with pytest.raises(InputError):
        report.refuse_errors()


@contextlib.contextmanager
def read_once() -> Iterator[Collection[Opened]]:
    """Let several commands share one reading of a folder: what was opened."""
    opened: dict[str, Opened] = {}

    def recall(area: Area, year: int, raw: Path | None, **options: object) -> Opened:
        key = str((area, year, round_dir(year, raw), options))
        if key not in opened:
            opened[key] = open_round(area, year, raw, **options)
        return opened[key]

    with mock.patch.object(read, "open_round", recall):
        yield opened.values()


class WorkerHere:
    """The worker of a report in this process, up to its first computing."""

    def __init__(self, *_: object) -> None:
        self._asked: Mapping[str, Any] = {}

    def tell(self, message: Mapping[str, Any]) -> None:
        """Take the parameters."""
        self._asked = message

    def answers(self) -> Iterator[dict[str, Any]]:
        """Compute, as the worker does before anything is written."""
        of_results = ("area", "year", "conf_level", "lone_psu", "accept_line")
        results = Results(*(self._asked[name] for name in of_results))
        pytest.fail(f"{results} were computed")
        yield {}

    def close(self) -> None:
        """It has nothing to end."""


def assert_nothing_written(
    folder: RawFolder, processed: Path, capsys: pytest.CaptureFixture[str]
) -> str:
    """Each command ends with 2, says why in one paragraph without a traceback, and leaves the last
    good output; the profile and the report say the same, in Indonesian.
    """
    root, year = folder.path.parent, str(folder.year)
    before = sorted(root.rglob("*"))
    said = _refusal(capsys, "build", "--year", year, "--raw", str(folder.path))
    wanted = ("--year", year, "--lang", "id", "--out", str(root / "reports"))
    told = _refusal(capsys, "profile", *wanted, "--raw", str(folder.path))
    with mock.patch.object(run, "Worker", WorkerHere):
        # It reads several rounds, each in a folder of its own.
        assert _refusal(capsys, "report", *wanted, "--raw", str(root)) == told
    assert told != said
    assert not ENGLISH.search(told), told
    assert sorted(root.rglob("*")) == before
    assert {path.name: path.read_bytes() for path in processed.iterdir()} == LAST_GOOD
    return said


def _refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command says that ends with 2: one paragraph on standard error alone."""
    code = main(arguments)
    out, err = capsys.readouterr()
    assert (code, out) == (2, ""), err
    assert err.startswith("bpsstats: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def at(row: int, column: str, value: str) -> Callable[[pd.DataFrame], None]:
    """An edit of one cell; the first row is 0."""

    def edit(table: pd.DataFrame) -> None:
        table.loc[row, column] = value

    return edit


def each(*edits: Callable[[RawFolder], object]) -> Callable[[RawFolder], Iterable[object]]:
    """Several kinds of damage at once."""
    return lambda folder: [edit(folder) for edit in edits]


def times(factor: float, *columns: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """An edit that multiplies columns."""
    return lambda table: table.assign(
        **{c: (table[c].astype(float) * factor).map("{:.9f}".format) for c in columns}
    )
