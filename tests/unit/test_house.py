"""The plan of the package: rooms of few modules, modules of few lines, no circle of rooms."""

import ast
from pathlib import Path

import pytest

import bpsstats

ROOT = Path(bpsstats.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
MOST_MODULES, MOST_LINES = 12, 300
ONE_FOR_EACH_COMMAND = {ROOT / "cli": 17}
# Longer than they should be; the list may only become shorter.
LONGER = {
    "areas/estimate.py",
    "microdata/files/raw.py",
    "microdata/layouts/__init__.py",
    "models/formula.py",
    "poverty/factor/implied.py",
    "published/targets.py",
    "survey/design/calibration.py",
    "survey/design/survey_design.py",
    "survey/estimate.py",
    "survey/replicates/replication.py",
    "survey/replicates/weights.py",
    "survey/results/breakdown.py",
    "survey/results/one_estimate.py",
    "synthetic/nation/draw.py",
    "synthetic/official.py",
}


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in MODULES}), ids=lambda folder: folder.name
)
def test_a_room_has_few_modules(folder):
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= ONE_FOR_EACH_COMMAND.get(folder, MOST_MODULES), [
        path.name for path in modules
    ]


def lines_of(text):
    """Lines of a module without the examples of its docstrings, which every public name has."""
    kept, inside = 0, False
    for line in text.splitlines():
        inside = line.strip() == "Examples" or (inside and not line.rstrip().endswith('"""'))
        kept += not inside
    return kept


def test_examples_of_docstrings_are_no_lines_of_a_module():
    text = (
        'def f():\n    """One.\n\n    Examples\n    --------\n    >>> f()\n    """\n    return 1\n'
    )
    assert lines_of(text) == 5
    assert lines_of("a = 1\nb = 2\n") == 2


def test_a_module_has_few_lines():
    long = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if lines_of(path.read_text("utf8")) > MOST_LINES
    }
    assert long <= LONGER, long - LONGER
    assert long >= LONGER, f"no longer too long: {LONGER - long}"


def rooms(path):
    """Room of a module, and the rooms of its package that it imports from, at any place."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bpsstats."):
            parts = node.module.split(".")[1:]
            if len(parts) > 2 and len(package) > 1 and parts[0] == package[0]:
                yield package[:2], tuple(parts[:2])


def test_no_two_rooms_of_a_package_import_each_other():
    arrows = {arrow for path in MODULES for arrow in rooms(path) if arrow[0] != arrow[1]}
    assert arrows
    assert not {(here, there) for here, there in arrows if (there, here) in arrows}
