"""A release is never overwritten in silence: the same is left, another one needs a reason, the
earlier one is kept, and what moved is told.

The worker is a small program that speaks like the real one and makes a release of one table.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from bpsstats.errors import ParameterError, RevisionError
from bpsstats.reporting.formats.tables import OutTable
from bpsstats.reporting.report import run
from bpsstats.reporting.report.run import make_report
from bpsstats.reporting.vintages.moved import Move, check_reason, moves

WORKER = """
import json, os, sys
from pathlib import Path
import pandas as pd
from bpsstats.reporting.formats.tables import OutTable
from bpsstats.reporting.formats.writers import json_text
from bpsstats.reporting.vintages.moved import moves, refuse, revisions_of
rate, page = sys.argv[1:]
def say(**message): print(json.dumps(message), flush=True)
json.loads(sys.stdin.readline())
say(area="6471")
job = json.loads(sys.stdin.readline())
new, last = Path(job["folder"]), Path(job["last"]) if job["last"] else None
frame = pd.DataFrame({"statistic": ["headcount"], "domain": ["all"], "estimate": [float(rate)]})
about = {"area_code": "6471", "area": "Kota Balikpapan", "period": "March 2022", "source": "x"}
table = OutTable("poverty", frame, about, "en")
moved, revisions = moves(last, [table]), revisions_of(last)
if moved and job["revision"] is None:
    try: refuse(moved, job["last"])
    except Exception as error: say(error=[type(error).__name__, [error.message]]); sys.exit()
revised = bool(moved) or job["insist"]
if revised and job["revision"]: revisions = revisions.with_reason(job["revision"], moved)
say(revised=revised)
(new / "tables").mkdir(parents=True)
(new / "report.html").write_text(page)
(new / "tables" / "poverty.csv").write_text(table.csv())
if len(revisions):
    told = OutTable("revisions", revisions.to_frame(), about, "en")
    (new / "tables" / "revisions.csv").write_text(told.csv())
(new / "release.json").write_text(json_text({"revisions": revisions.records()}))
say(step=1, of=1, name="a")
say(done=True)
"""


@pytest.fixture
def release(tmp_path, monkeypatch):
    """Make the release of a rate and a page; what is in the folder of the year afterwards."""

    def made(rate, page="page", revision=None):
        monkeypatch.setattr(run, "WORKER", ("-c", WORKER, str(rate), page))
        return make_report("6471", 2022, out=tmp_path, revision=revision, progress=False)

    return made


def inside(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.external
def test_the_same_release_is_left_as_it_is_with_or_without_a_reason(release):
    folder = release(2.4)
    before, inode = inside(folder.parent), folder.stat().st_ino
    for reason in (None, "nothing to revise"):
        assert release(2.4, revision=reason) == folder
        assert inside(folder.parent) == before
        assert folder.stat().st_ino == inode


def test_another_release_is_refused_with_what_moved_and_what_to_do(release):
    folder = release(2.4)
    before = inside(folder)
    with pytest.raises(RevisionError) as refused:
        release(2.5)
    said = refused.value.paragraph
    assert (
        "1 cell moved: poverty, 6471, March 2022, Headcount ratio (P0), headcount, all, estimate:"
        in said
    )
    assert "all, estimate: 2.4 to 2.5" in said
    assert "--revision" in said
    assert "--out" in said
    assert refused.value.exit_code == 1
    assert inside(folder) == before
    listed = pd.read_csv(folder.parent / "moved-en.csv", dtype=str)
    assert listed[["before", "after"]].to_numpy().tolist() == [["2.4", "2.5"]]
    assert not (folder.parent / "earlier").exists()


def test_a_revision_keeps_the_earlier_one_and_tells_what_moved_in_the_new_one_and_a_log(release):
    folder = release(2.4)
    first = inside(folder)
    with pytest.raises(RevisionError):
        release(2.5)
    assert release(2.5, revision="weights corrected") == folder
    assert inside(folder.parent / "earlier" / "en-1") == first
    told = json.loads((folder / "release.json").read_text("utf8"))["revisions"]
    assert [(r["vintage"], r["reason"]) for r in told] == [(2, "weights corrected")]
    assert (told[0]["moved"][0]["before"], told[0]["moved"][0]["after"]) == ("2.4", "2.5")
    log = folder.parent / "revisions-en.csv"
    assert log.read_bytes() == (folder / "tables" / "revisions.csv").read_bytes()
    assert "weights corrected" in log.read_text("utf8")
    assert sorted(p.name for p in folder.parent.iterdir()) == ["earlier", "en", log.name]
    # The next run without a reason finds the same release, with its history.
    before = inside(folder.parent)
    release(2.5)
    assert inside(folder.parent) == before
    # And a second revision keeps both.
    release(2.6, revision="line corrected")
    assert inside(folder.parent / "earlier" / "en-1") == first
    assert sorted(p.name for p in (folder.parent / "earlier").iterdir()) == ["en-1", "en-2"]
    told = json.loads((folder / "release.json").read_text("utf8"))["revisions"]
    assert [revision["vintage"] for revision in told] == [2, 3]
    assert log.read_text("utf8").count("corrected") == 2


@pytest.mark.external
def test_other_words_with_the_same_figures_are_another_release_too(release):
    folder = release(2.4)
    with pytest.raises(
        RevisionError, match=r"no figure moved, but these files differ: report\.html"
    ):
        release(2.4, page="other words")
    assert (folder / "report.html").read_text("utf8") == "page"
    release(2.4, page="other words", revision="a sentence mended")
    assert (folder / "report.html").read_text("utf8") == "other words"
    told = json.loads((folder / "release.json").read_text("utf8"))["revisions"]
    assert told == [{"vintage": 2, "reason": "a sentence mended", "moved": []}]
    assert (folder.parent / "earlier" / "en-1" / "report.html").read_text("utf8") == "page"


@pytest.mark.external
def test_a_file_that_was_removed_comes_back_and_one_that_was_changed_is_kept(release):
    folder = release(2.4)
    (folder / "report.html").unlink()
    release(2.4)
    assert (folder / "report.html").read_text("utf8") == "page"
    (folder / "report.html").write_text("by hand", "utf8")
    with pytest.raises(RevisionError, match=r"report\.html"):
        release(2.4)
    assert (folder / "report.html").read_text("utf8") == "by hand"


@pytest.mark.external
def test_files_of_a_user_stay_and_are_no_part_of_a_vintage(release):
    folder = release(2.4)
    (folder / "notes.docx").write_text("mine", "utf8")
    release(2.5, revision="weights corrected")
    assert (folder / "notes.docx").read_text("utf8") == "mine"
    assert not (folder.parent / "earlier" / "en-1" / "notes.docx").exists()


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "x" * 301, "a\x00b"])
def test_a_reason_that_says_nothing_or_is_no_line_is_refused(release, reason):
    with pytest.raises(ParameterError, match="one line of text"):
        release(2.4, revision=reason)
    assert check_reason(" why ") == "why"
    assert check_reason(None) is None


def test_cells_move_by_their_row_whatever_its_place_and_come_and_go(tmp_path):
    about = {"area_code": "6471", "area": "A", "period": "March 2022", "source": "x"}

    def table(**rates):
        frame = pd.DataFrame({"statistic": list(rates), "domain": "all"})
        return OutTable("poverty", frame.assign(estimate=list(rates.values())), about, "en")

    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "poverty.csv").write_text(table(a=1.0, b=2.0, c=3.0).csv(), "utf8")
    assert moves(tmp_path, [table(c=3.0, a=1.0, b=2.0)]) == []
    found = moves(tmp_path, [table(b=2.5, a=1.0, d=4.0)])
    estimates = [(m.row.split(", ")[2], m.before, m.after) for m in found if m.column == "estimate"]
    assert estimates == [("b", "2.0", "2.5"), ("c", "3.0", "–"), ("d", "–", "4.0")]
    assert moves(tmp_path, []) == moves(tmp_path, [])
    assert all(isinstance(m, Move) and m.after == "–" for m in moves(tmp_path, []))
    assert moves(None, [table(a=1.0)]) == []


@pytest.mark.external
def test_the_log_is_written_again_where_a_run_was_ended_before_it_could(release):
    folder = release(2.4)
    release(2.5, revision="weights corrected")
    log = Path(folder.parent / "revisions-en.csv")
    log.unlink()
    release(2.5)
    assert log.is_file()
