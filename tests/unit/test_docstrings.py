"""What the editor shows when a name is hovered over: every public function says what it takes, what
it gives, and shows one example that runs.
"""

import inspect
import re
from pathlib import Path

import pytest

import bpsstats as bps

SECTIONS = ("Parameters", "Returns", "Raises", "Examples")
FUNCTIONS = sorted(
    name for name in bps.__all__ if inspect.isroutine(getattr(bps, name)) or name == "SurveyDesign"
)


def sections(thing):
    """Sections of a docstring in the style of numpy, by their heading."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    starts = [k for k, line in enumerate(lines) if k and re.fullmatch(r"-{3,}", line)]
    ends = [k - 1 for k in starts[1:]] + [len(lines)] * bool(starts)
    return {
        lines[k - 1]: "\n".join(lines[k + 1 : end]) for k, end in zip(starts, ends, strict=True)
    }


def arguments(thing):
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(thing).parameters.values()
    return [each.name for each in parameters if each.kind not in kinds]


def refers(thing):
    """Whether a docstring sends to that of a function of the same kind, or describes a result."""
    return re.search(r"[Ss]ee\s+`\w+`", inspect.getdoc(thing) or "")


def test_there_are_names_to_look_at():
    assert len(FUNCTIONS) > 80


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_names_its_arguments_and_shows_an_example(name):
    thing = getattr(bps, name)
    found = sections(thing)
    if "Parameters" in found or not refers(thing):
        said = re.findall(r"^([\w, *]+) :", found.get("Parameters", ""), re.MULTILINE)
        named = {each.strip(" *") for line in said for each in line.split(",")}
        assert set(arguments(thing)) <= named, set(arguments(thing)) - named
    assert ">>> " in found.get("Examples", "")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_completion_knows_the_types_of_a_public_function(name):
    thing = getattr(bps, name)
    hints = inspect.get_annotations(inspect.unwrap(thing))
    if inspect.isclass(thing):
        hints = inspect.get_annotations(thing)
    assert not [each for each in arguments(thing) if each not in hints]
    assert inspect.isclass(thing) or "return" in hints


def test_the_package_says_that_it_is_typed():
    assert Path(bps.__file__).with_name("py.typed").exists()
