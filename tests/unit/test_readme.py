"""What the README says is what the code does."""

import re

from bpsstats.microdata import read_round
from bpsstats.microdata.dictionary import data_dictionary, dictionary_path
from bpsstats.paths import notebooks_dir, project_root
from bpsstats.reporting.report.readme import readme_path, reproduced_table, with_table


def test_the_table_of_reproduced_figures_is_current():
    text = readme_path().read_text("utf8")
    assert with_table(text, reproduced_table()) == text, "run `make generated`"


def test_every_notebook_is_named_with_its_question():
    text = readme_path().read_text("utf8")
    for path in notebooks_dir().glob("*.ipynb"):
        assert f"notebooks/{path.name})" in text


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", readme_path().read_text("utf8")):
        assert (project_root() / target).exists(), target


def test_every_make_target_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (project_root() / "Makefile").read_text("utf8"), re.M))
    for file in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`?make ([a-z-]+)", (project_root() / file).read_text("utf8")))
        assert named <= targets


def test_the_data_dictionary_is_current():
    assert dictionary_path().read_text("utf8") == data_dictionary(), "run `make generated`"


def test_the_data_dictionary_knows_every_column():
    round_ = read_round("6471", 2022)
    text = data_dictionary()
    for column in {*round_.households.columns, *round_.persons.columns}:
        assert column in text or column.removesuffix("_month") in text, column
