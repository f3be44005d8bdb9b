"""The table of the README: what is reproduced, made by the code so that it cannot drift."""

from pathlib import Path

from bpsstats.paths import project_root
from bpsstats.published import ledger
from bpsstats.reporting.words.language import language

BEGIN, END = "<!-- reproduced: begin -->", "<!-- reproduced: end -->"
AREA, YEARS = "6471", (2021, 2022)


def reproduced_table() -> str:
    """Printed and recomputed figures of the shipped rounds, as Markdown."""
    words = language("en")
    lines = [
        "| figure | year | printed | recomputed | 95% interval | verdict |",
        "|---|---|---:|---:|---:|---|",
    ]
    for year in YEARS:
        seen = set()
        for row in ledger(AREA, year):
            target = row.target
            if target.indicator in seen:
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
    return "\n".join(lines)


def with_table(text: str, table: str) -> str:
    """The README's text with the table between its marks."""
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def readme_path() -> Path:
    """The README of the project."""
    return project_root() / "README.md"


if __name__ == "__main__":
    path = readme_path()
    path.write_text(with_table(path.read_text("utf8"), reproduced_table()), encoding="utf8")
