"""The examples of the pages: run them, and write what they print below them. `make generated` does;
a test runs them as they stand.
"""

import contextlib
import doctest
import io
import os
import re
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("id/*.md")])
BLOCK = re.compile(r"```pycon\n(.*?)```", re.DOTALL)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def examples(text: str) -> list[doctest.Example]:
    """All examples of a page, in their order."""
    parser = doctest.DocTestParser()
    return [each for block in BLOCK.findall(text) for each in parser.get_examples(block)]


def failures(page: Path) -> str:
    """What a page's examples print that it does not say; empty where it says it all."""
    runner, told = doctest.DocTestRunner(optionflags=FLAGS, verbose=False), io.StringIO()
    text = page.read_text("utf8")
    test = doctest.DocTest(examples(text), {}, page.name, str(page), 0, text)
    with in_scratch_folder():
        runner.run(test, out=told.write)
    return told.getvalue()


def rewritten(page: Path) -> str:
    """The page with what its examples print now."""
    names: dict[str, object] = {}
    text = page.read_text("utf8")

    def run(block: re.Match[str]) -> str:
        lines = []
        for example in doctest.DocTestParser().get_examples(block[1]):
            source = example.source.rstrip("\n").split("\n")
            lines += [f">>> {source[0]}", *(f"... {line}".rstrip() for line in source[1:])]
            told = io.StringIO()
            with contextlib.redirect_stdout(told):
                exec(compile(example.source, page.name, "single"), names)
            lines += told.getvalue().rstrip("\n").split("\n") if told.getvalue() else []
        return "```pycon\n" + "\n".join(line.rstrip() for line in lines) + "\n```"

    with in_scratch_folder():
        return BLOCK.sub(run, text)


@contextlib.contextmanager
def in_scratch_folder():
    """Work where an example may leave files."""
    with tempfile.TemporaryDirectory() as folder:
        before = Path.cwd()
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


if __name__ == "__main__":
    for each in PAGES:
        each.write_text(rewritten(each), encoding="utf8")
