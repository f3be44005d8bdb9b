"""The pages of the documentation: every example prints what it says, both sides of a recipe agree,
and what is to be looked up is there.
"""

import importlib.util
import re
import subprocess
from pathlib import Path

import nbformat
import pytest

import bpsstats
from bpsstats.paths import notebooks_dir, project_root

DOCS = project_root() / "docs"
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
R_BLOCK = re.compile(r"```r\n(library.*?)```", re.DOTALL)


def load(name):
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EXAMPLES = load("examples")
RUN = [page for page in EXAMPLES.PAGES if EXAMPLES.examples(page.read_text("utf8"))]


def test_pages_with_examples_are_found():
    names = {str(page.relative_to(DOCS)) for page in RUN}
    assert {"tutorial.md", "how-to.md", "concepts.md", "interplay.md", "id/tutorial.md"} <= names


@pytest.mark.parametrize("page", RUN, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_example_of_a_page_prints_what_it_says(page):
    assert EXAMPLES.failures(page) == "", "run `make generated`"


def test_an_example_that_prints_something_else_is_told(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```pycon\n>>> 1 + 1\n3\n```\n", encoding="utf8")
    assert "Expected:\n    3\nGot:\n    2" in EXAMPLES.failures(page)
    assert EXAMPLES.rewritten(page) == "```pycon\n>>> 1 + 1\n2\n```\n"


def test_every_group_and_command_has_its_place_in_the_reference(tmp_path):
    reference = load("reference")
    reference.write_pages(tmp_path)
    made = tmp_path / "made"
    for name in bpsstats.GROUPS:
        page = (made / f"{name}.md").read_text("utf8")
        for each in dir(getattr(bpsstats, name)):
            assert f"    {each}\n" in page
        assert f"[{name}]({name}.md)" in (made / "index.md").read_text("utf8")
    commands = (made / "commands.md").read_text("utf8")
    verbs = {
        path.stem.replace("_", "-")
        for path in (Path(bpsstats.__file__).parent / "cli").glob("*.py")
    }
    for verb in verbs - {"--init--", "shared", "facts"}:
        assert f"usage: bpsstats {verb} " in commands, verb
    results = (made / "results.md").read_text("utf8")
    assert all(f"## {name}\n" in results for name in ("Estimate", "Estimates", "Curve", "Plot"))


@pytest.mark.parametrize(
    "asks",
    [
        '<script defer src="https://cdn.example/m.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/a.css">',
        '<img srcset="a.png 1x, https://cdn.example/b.png 2x">',
        '<p style="background: url(http://cdn.example/c.png)">',
        '<style>@import "https://cdn.example/d.css";</style>',
        '<svg><image xlink:href="https://cdn.example/e.png"/></svg>',
    ],
)
def test_a_built_page_that_asks_another_host_is_found(asks, tmp_path):
    offline = load("offline")
    kept = '<a href="https://www.bps.go.id">BPS</a><img src="_images/a.png">'
    assert offline.requests_of(kept) == []
    (tmp_path / "page.html").write_text(kept + asks, encoding="utf8")
    (found,) = offline.requests_under(tmp_path)
    assert found.startswith("page.html asks another host for ")
    assert "cdn.example/" in found


def test_a_formula_of_a_notebook_needs_no_script():
    """`make docs`, which the CI runs, turns each into MathML and refuses a page that asks."""
    mathml = pytest.importorskip("docutils.utils.math.latex2mathml")  # of the group docs
    formulas = [
        formula
        for path in notebooks_dir().rglob("[!.]*.ipynb")
        for cell in nbformat.read(path, 4).cells
        if cell.cell_type == "markdown"
        for formula in FORMULA.findall(cell.source)
    ]
    assert len(formulas) > 20
    for block, inline in formulas:
        assert mathml.tex2mathml(block or inline).startswith("<math ")


def test_the_plots_are_all_named_in_the_how_to():
    text = (DOCS / "how-to.md").read_text("utf8")
    for name in dir(bpsstats.plots):
        assert f"`bps.{name}(" in text


@pytest.mark.external
def test_r_and_this_package_agree_on_the_sample_of_the_recipe(tmp_path, monkeypatch):
    text = (DOCS / "interplay.md").read_text("utf8")
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf8")
    names = {}
    for example in EXAMPLES.examples(text):
        if "sample.csv" in example.source or not (tmp_path / "sample.csv").exists():
            exec(compile(example.source, "interplay.md", "single"), names)
    (tmp_path / "recipe.R").write_text(R_BLOCK.search(text)[1], encoding="utf8")
    command = ["Rscript", "recipe.R"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    said = [float(number) for number in done.stdout.split()]
    rate = names["table"].row("headcount")
    assert said == pytest.approx([rate.estimate, rate.std_error], abs=1e-9)
    assert f"{said[0]:.6f} {said[1]:.6f}" in text


@pytest.mark.external
def test_a_design_of_r_comes_back_by_the_recipe_with_the_same_answer(tmp_path, monkeypatch):
    text = (DOCS / "interplay.md").read_text("utf8")
    back = re.search(r"```r\n(out <-.*?)```", text, re.DOTALL)[1]
    script = (
        "suppressMessages(library(survey)); data(api)\n"
        "design <- svydesign(id = ~dnum, strata = ~stype, weights = ~pw, data = apistrat,"
        " nest = TRUE)\n"
        f"{back}\n"
        'cat(sprintf("%.10f %.10f", coef(svymean(~api00, design)), SE(svymean(~api00, design))))\n'
    )
    (tmp_path / "back.R").write_text(script, encoding="utf8")
    done = subprocess.run(
        ["Rscript", "back.R"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    monkeypatch.chdir(tmp_path)
    recipe = re.search(r"```python\n(design = .*?)```", text, re.DOTALL)[1]
    names = {"bps": bpsstats, "pd": __import__("pandas")}
    exec(recipe, names)
    row = bpsstats.estimate(names["design"], bpsstats.mean("api00"))[0]
    said = [float(number) for number in done.stdout.split()]
    assert said == pytest.approx([row.estimate, row.std_error], rel=1e-9)
