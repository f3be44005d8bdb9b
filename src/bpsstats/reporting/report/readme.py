"""What is made by the code so that it cannot drift: the table of the README, what is reproduced;
the page of public names; and the stub of the package.
"""

import inspect
import textwrap
from collections.abc import Sequence
from pathlib import Path

import bpsstats
from bpsstats import reporting
from bpsstats.paths import project_root
from bpsstats.published import ledger
from bpsstats.published.comparison import Comparison
from bpsstats.reporting.words.language import language

BEGIN, END = "<!-- reproduced: begin -->", "<!-- reproduced: end -->"
AREA, YEARS = "6471", (2021, 2022)
LEVELS = ("food_share", "gini", "share_food_above_65", "population_15_plus_share")


def reproduced_table() -> str:
    """Printed and recomputed figures of the shipped rounds, as Markdown."""
    words = language("en")
    lines = [
        "| figure | year | printed | recomputed | 95% interval | verdict |",
        "|---|---|---:|---:|---:|---|",
    ]
    levels = []
    for year in YEARS:
        seen = set()
        cells = ledger(AREA, year)
        levels.append(_levels(year, [row for row in cells if _is_level(row)]))
        for row in cells:
            target = row.target
            if target.indicator in seen or _is_level(row):
                continue  # a figure printed twice is shown once here
            seen.add(target.indicator)
            factor, places = (
                target.factor,
                max(0, -int(target.number.as_tuple().exponent)) + 1,
            )
            places = min(places, 3)
            interval = "–"
            if row.conf_low == row.conf_low:
                interval = (
                    f"{words.number(row.conf_low / factor, places)} to"
                    f" {words.number(row.conf_high / factor, places)}"
                )
            lines.append(
                f"| {words.statistic(target.indicator)}, {words.word('unit', target.unit)} | {year}"
                f" | {target.printed} | {words.number(row.value / factor, places)} | {interval} |"
                f" {row.shown_verdict} |"
            )
    return "\n".join([*lines, *levels])


def _is_level(row: Comparison) -> bool:
    """Whether a cell is no poverty figure but a level: spending, inequality, schooling, age."""
    return row.target.indicator.startswith("mean") or row.target.indicator in LEVELS


def _levels(year: int, rows: Sequence[Comparison]) -> str:
    """How the levels of a year came out, those that were fitted and those that were held out."""
    held_out = [row for row in rows if row.held_out]
    differ = sum(row.verdict == "differs" for row in held_out)
    return (
        f"\nSpending, inequality and schooling of {year}: {len(rows)} further printed cells."
        f" {len(rows) - len(held_out)} were fitted and come out as printed; {len(held_out)} were"
        f" held out: {len(held_out) - differ} of them are consistent with print, {differ} differ."
    )


def with_table(text: str, table: str) -> str:
    """The README's text with the table between its marks."""
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def names_page() -> str:
    """The public names by group, each with the first sentence of its docstring."""
    lines = [
        "# Public names",
        "",
        "Made from the docstrings by `make generated`. `import bpsstats as bps`; every name can be",
        "written with its group (`bps.inequality.gini()`) or without (`bps.gini()`).",
    ]
    for name, (purpose, _) in bpsstats.GROUPS.items():
        group = getattr(bpsstats, name)
        lines += ["", f"## {name}", "", f"{purpose[0].upper()}{purpose[1:]}.", ""]
        lines += [f"- `{each}`: {_summary(getattr(group, each))}" for each in dir(group)]
    return "\n".join(textwrap.fill(line, 98, subsequent_indent="  ") for line in lines) + "\n"


def stub() -> str:
    """The package as editors and type checkers see it, which read it without running it."""
    homes = {
        name: home
        for _, by_home in bpsstats.GROUPS.values()
        for home, names in by_home.items()
        for name in names.split()
    }
    # What a package loads on first use is found in the module that defines it.
    for name, home in homes.items():
        if home == reporting.__name__:
            homes[name] = getattr(reporting, name).__module__
    imports = sorted(f"from {home} import {name} as {name}" for name, home in homes.items())
    lines = [
        "# Made by `make generated` from the groups of the package, whose names load on first use.",
        "from types import ModuleType",
        "",
        *imports,
        "",
        "__version__: str",
        "GROUPS: dict[str, tuple[str, dict[str, str]]]",
        *(f"{group}: ModuleType" for group in bpsstats.GROUPS),
    ]
    return "\n".join(lines) + "\n"


def _summary(thing: object) -> str:
    """First sentence of a docstring, in one line."""
    first = (inspect.getdoc(thing) or "").split("\n\n")[0]
    return " ".join(first.split())


def readme_path() -> Path:
    """The README of the project."""
    return project_root() / "README.md"


def names_path() -> Path:
    """docs/names.md."""
    return project_root() / "docs" / "names.md"


def stub_path() -> Path:
    """src/bpsstats/__init__.pyi."""
    return Path(bpsstats.__file__).with_suffix(".pyi")


if __name__ == "__main__":
    path = readme_path()
    path.write_text(with_table(path.read_text("utf8"), reproduced_table()), encoding="utf8")
    names_path().write_text(names_page(), encoding="utf8")
    stub_path().write_text(stub(), encoding="utf8")
