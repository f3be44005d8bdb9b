"""Pages of the site that are made: public names by group, results, errors, and the commands."""

import contextlib
import inspect
import io
import shutil
from pathlib import Path

import bpsstats
from bpsstats import areas, errors, microdata, models, poverty, published, survey
from bpsstats.cli import main
from bpsstats.paths import project_root
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.figures.drawing import Plot

COMMANDS = (
    "report", "reproduce", "estimate", "profile", "line", "factor", "record", "bounds", "model",
    "check", "build", "synthesize", "estimate-areas", "notebook", "clean", "completion",
)  # fmt: skip


def write_pages(docs: Path) -> None:
    """All made pages, into docs/made/."""
    made = docs / "made"
    shutil.rmtree(made, ignore_errors=True)
    (made / "api").mkdir(parents=True)
    for name, (purpose, _) in bpsstats.GROUPS.items():
        (made / f"{name}.md").write_text(_group_page(name, purpose), encoding="utf8")
    (made / "results.md").write_text(_results_page(), encoding="utf8")
    (made / "errors.md").write_text(_errors_page(), encoding="utf8")
    (made / "commands.md").write_text(_commands_page(), encoding="utf8")
    dictionary = (project_root() / "data" / "README.md").read_text("utf8")
    (made / "data-dictionary.md").write_text(dictionary, encoding="utf8")
    changes = (project_root() / "CHANGELOG.md").read_text("utf8")
    (made / "changelog.md").write_text(changes, encoding="utf8")
    entries = "\n".join(
        [*bpsstats.GROUPS, "results", "errors", "commands", "data-dictionary", "changelog"]
    )
    head = (
        "# Reference\n\nMade from the docstrings. `import bpsstats as bps`; every name can be"
        " written with its group, `bps.inequality.gini()`, or without, `bps.gini()`.\n"
    )
    table = "\n\n".join(
        f"[{name}]({name}.md)\n: {purpose[0].upper()}{purpose[1:]}."
        for name, (purpose, _) in bpsstats.GROUPS.items()
    )
    toctree = f"\n\n```{{toctree}}\n:hidden:\n\n{entries}\n```\n"
    (made / "index.md").write_text(f"{head}\n{table}{toctree}", encoding="utf8")


def _group_page(name: str, purpose: str) -> str:
    """The names of a group: a table of them, and the docstring of each on a page of its own."""
    names = "\n".join(f"    {each}" for each in dir(getattr(bpsstats, name)))
    return (
        f"# {name}\n\n{purpose[0].upper()}{purpose[1:]}.\n\n```{{eval-rst}}\n"
        f".. currentmodule:: bpsstats\n\n.. autosummary::\n    :toctree: api\n\n{names}\n```\n"
    )


def _results_page() -> str:
    """What functions return: the classes that the packages make public."""
    found = {}
    for package in (survey, poverty, models, areas, microdata, published):
        for name in package.__all__:
            thing = getattr(package, name)
            if inspect.isclass(thing) and name not in bpsstats.__all__:
                found[name] = thing
    found |= {shown.__name__: shown for shown in (Plot, Prose, Table)}
    parts = ["# Results\n\nWhat functions return: frozen objects, each with a repr, most with a"
             " table for notebooks and `to_frame()`.\n"]  # fmt: skip
    for name, thing in sorted(found.items()):
        if not inspect.getdoc(thing):
            continue
        parts.append(
            f"## {name}\n\n```{{eval-rst}}\n.. autoclass:: {thing.__module__}.{name}\n"
            "    :members:\n```\n"
        )
    return "\n".join(parts)


def _errors_page() -> str:
    """The classes of errors, with what each says first."""
    classes = [
        f".. autoexception:: bpsstats.errors.{name}\n"
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and issubclass(thing, errors.BpsStatsError)
    ]
    return (
        "# Errors\n\nEvery error that is raised on purpose is a `BpsStatsError`: one paragraph that"
        " says what is wrong, where, and what to do. No message holds a value of a respondent."
        " The command line prints it and ends with exit code 2.\n\n```{eval-rst}\n"
        + "\n".join(classes)
        + "```\n"
    )


def _commands_page() -> str:
    """The help of every command."""
    parts = ["# Commands\n\nAs `bpsstats <command> --help` prints it.\n"]
    for command in COMMANDS:
        text = io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
            main([command, "--help"])
        parts.append(f"## {command}\n\n```text\n{text.getvalue().rstrip()}\n```\n")
    return "\n".join(parts)
