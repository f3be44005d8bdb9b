"""A round without one of its files: what needs it is left out with a sentence, in the language of
the report, and everything else is there; without spending there is no report, in one paragraph.
"""

import json
import re
import shutil
import sys

import nbformat
import pytest
import yaml
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from bpsstats.cli import main
from bpsstats.disclosure import released
from bpsstats.disclosure.released import put_in_force
from bpsstats.errors import AbsentError, WithheldError, say_errors_by
from bpsstats.microdata import load_layout
from bpsstats.microdata.layouts import ROLES
from bpsstats.paths import DATA_VARIABLE, notebooks_dir, project_root
from bpsstats.reporting.display import Prose
from bpsstats.reporting.left_out import FOLLOWS
from bpsstats.reporting.profile.pictures import drawn_tables
from bpsstats.reporting.report.notebooks.written import (
    companion_paths,
    notebook_path,
    notebook_paths,
)
from bpsstats.reporting.report.release import Release, remember
from bpsstats.reporting.report.results import Results, compute_all
from bpsstats.reporting.report.run import make_report
from bpsstats.reporting.words.language import LANGUAGES, language
from in_ci import here
from raw_folder import AREA

YEAR = 2022
ENGLISH = re.compile(r"\b(The|the|than|which|without|because|cannot|are|needs|lacks|holds)\b")
FAILED = re.compile(r"Traceback|[A-Za-z]Error\b")
LEFT_OUT = {lang: language(lang).translated(AbsentError.headline()) for lang in LANGUAGES}
WITHHELD = {lang: language(lang).translated(WithheldError.headline()) for lang in LANGUAGES}
TELLING = [{"kor_household"}]
CASES = here(TELLING, [*({role} for role in ROLES), {"kor_individual", "kor_household"}])
NO_SPENDING = here([{"blok41", "blok43"}], [{"blok41", "blok43"}, {"blok42", "blok43"}])
# Cells that are left out without a roster.
PERSONS = {
    "01-microdata": {"schooling", "population"},
    "04-education-of-the-poor": {"read", "education", "sums"},
    "09-profile": {"education", "sums"},
}
# Groups with a picture in the notebook of the profile, and the cells of these names.
PICTURES = ("people", "education", "dwelling", "spending")


def named(roles):
    return "-".join(sorted(roles))


def without(roles, pristine, root):
    """The small round without some of its files; the folder of rounds."""
    layout, folder = load_layout(YEAR), root / f"{YEAR}-03"
    shutil.copytree(pristine, folder, ignore=shutil.ignore_patterns("processed"))
    for role in roles:
        (folder / f"{layout.files[role].name}.csv").unlink()
    return root


@pytest.fixture(autouse=True)
def _main_as_it_was():
    """IPython puts its own module in the place of the main one, and empties it when it is reset;
    a new process needs it whole.
    """
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    yield
    main.__spec__ = spec
    sys.modules["__main__"] = main


@pytest.fixture(params=CASES, ids=named, scope="module")
def results(request, pristine, tmp_path_factory):
    """Roles without a file, and the results of the rest, computed as for a report."""
    root = without(request.param, pristine, tmp_path_factory.mktemp("data"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(root))
        made = Results(AREA, YEAR)
        compute_all(made)
        yield request.param, made
    say_errors_by(str)
    put_in_force(None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_section_is_there_or_says_why_not(results, lang):
    absent, made = results
    release = Release(made, lang)
    lacking = {}
    for section in release:
        parts = list(section.parts())
        assert parts, section.name
        section.files()
        if section.shows != ("text",) and len(parts) == 1 and isinstance(parts[0], Prose):
            lacking[section.name] = parts[0].text
    assert ({"education", "work"} <= set(lacking)) == ("kor_individual" in absent)
    assert release.drawings()
    if lang == "id":
        assert not [said for said in lacking.values() if ENGLISH.search(said)]


def run(path, lang):
    """What the cells of a notebook show, by their names; each must come to its end."""
    shell, shown = InteractiveShell.instance(), {}
    shell.reset(new_session=False)
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        given = f"\nyear, lang = {YEAR}, {lang!r}" if cell["id"] == "parameters" else ""
        with capture_output() as captured:
            done = shell.run_cell("".join(cell["source"]) + given, store_history=False)
        assert done.success, (path.stem, cell["id"], done.error_in_exec)
        said = captured.stdout + captured.stderr
        assert not FAILED.search(said), (path.stem, cell["id"], said)
        shown[cell["id"]] = [output.data.get("text/markdown", "") for output in captured.outputs]
    return shown


def assert_notebooks_end(results, paths, lang, monkeypatch):
    """Each comes to its end; what is left out is what the files say nothing of."""
    absent, made = results
    monkeypatch.chdir(notebooks_dir())
    remember(made)
    for path in paths:
        if "year - 1" in path.read_text("utf8"):
            continue  # recipes of two rounds
        shown = run(path, lang)

        def said(by, shown=shown):
            """Cells that show a sentence which begins so."""
            return {n for n, texts in shown.items() if any(t.startswith(by) for t in texts)}

        expected = PERSONS.get(path.stem, set()) if "kor_individual" in absent else set()
        if path.stem == "09-profile" and "kor_household" in absent:
            expected = expected | {"dwelling"}
        if path.stem == "09-profile":  # of so few households not every picture can be drawn
            view = released(made.profile)
            thin = {g for g in PICTURES if not drawn_tables(view, g)} - expected
            assert said(WITHHELD[lang]) == thin
        left_out = said(LEFT_OUT[lang])
        if path.stem in (*PERSONS, "03-poverty", "07-reproduction", "08-printed-record"):
            assert left_out == expected, path.stem


@pytest.mark.external
def test_the_profile_notebook_comes_to_its_end_and_says_what_it_leaves_out(results, monkeypatch):
    assert_notebooks_end(results, [notebook_path("09-profile")], "id", monkeypatch)


@pytest.mark.external  # some minutes
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_notebook_comes_to_its_end_and_says_what_it_leaves_out(results, lang, monkeypatch):
    paths = [*notebook_paths(), *companion_paths()]
    assert_notebooks_end(results, paths, lang, monkeypatch)


def test_a_cell_that_follows_from_one_that_was_left_out_does_not_use_what_an_earlier_run_set():
    shell = InteractiveShell.instance()
    shell.reset(new_session=False)
    asked = "area, year, conf_level, lang = '6471', 2022, 0.95, 'en'"
    first = f"{asked}\nimport bpsstats as bps\nbps.check_notebook(globals())\npersons = 'stale'"
    lacks = "persons = 'half'\nraise bps.errors.AbsentError('The folder holds no roster.')"
    shown = []
    for cell in (first, "import bpsstats.errors", lacks, "persons", "other = persons", "other"):
        with capture_output() as captured:
            assert shell.run_cell(cell, store_history=False).success
        shown.append(" ".join(o.data.get("text/markdown", "") for o in captured.outputs))
    assert "no roster" in shown[2]
    assert all(FOLLOWS in said for said in shown[3:])
    with capture_output() as captured:
        assert not shell.run_cell("never_set", store_history=False).success
    assert "NameError" in captured.stdout + captured.stderr


@pytest.mark.parametrize("roles", NO_SPENDING, ids=named)
@pytest.mark.parametrize("verb", ["report", "profile", "estimate", "model"])
def test_without_spending_a_verb_says_so_in_one_paragraph_and_writes_nothing(
    roles, verb, pristine, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv(DATA_VARIABLE, str(without(roles, pristine, tmp_path / "data")))
    out = tmp_path / "out"
    options = ["--years", str(YEAR)] if verb == "model" else ["--year", str(YEAR)]
    options += ["--out", str(out)] if verb in ("report", "profile") else []
    assert main([verb, *options, "--lang", "id"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"bpsstats: {LEFT_OUT['id']}")
    assert said.err.count("\n") == 1
    assert not ENGLISH.search(said.err)
    assert not list(out.rglob("*.*"))
    say_errors_by(str)


def test_a_round_without_a_roster_is_stored_and_read_again(pristine, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(DATA_VARIABLE, str(without({"kor_individual"}, pristine, tmp_path)))
    assert main(["build", "--year", str(YEAR)]) == 0
    assert "processed" in capsys.readouterr().out


@pytest.mark.external  # two reports of a processor minute each
@pytest.mark.parametrize("role", ["kor_household", "kor_individual"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_of_survey_data_without_a_core_file_is_whole(role, lang, tmp_path, monkeypatch):
    layout, folder = load_layout(YEAR), tmp_path / "susenas" / f"{YEAR}-03"
    shipped = project_root() / "data" / "raw" / "susenas" / folder.name
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("processed"))
    (folder / f"{layout.files[role].name}.csv.gz").unlink()
    told = yaml.safe_load((folder / "source.yaml").read_text("utf8"))
    sidecar = {"kind": "survey", "population": {AREA: told["targets"]["population"]}}
    (folder / "source.yaml").write_text(yaml.safe_dump(sidecar), encoding="utf8")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    report = make_report(AREA, YEAR, lang, tmp_path / "out", progress=False)
    profile = nbformat.read(report / "notebooks" / "09-profile.ipynb", as_version=4)
    cell = "dwelling" if role == "kor_household" else "education"
    (found,) = [each for each in profile.cells if each.id == cell]
    (output,) = found.outputs
    assert output.data["text/markdown"].startswith(LEFT_OUT[lang])
    assert (report / "report.pdf").stat().st_size > 50_000
