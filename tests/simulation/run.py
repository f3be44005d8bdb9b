"""``make simulation``: the full simulation, piece by piece, into coverage.csv and power.csv, the
tables of docs/method.md and a figure.

``python -m simulation.run [PIECE...]`` runs pieces and keeps their results; ``python -m
simulation.run --write`` writes the document and the figure from what is kept.
"""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bpsstats.published import published
from simulation import coverage
from simulation.sampling import city

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
FIGURE = DOCS / "coverage.svg"
KEPT, POWER = HERE / "coverage.csv", HERE / "power.csv"
AREA, YEAR = "6471", 2022

SAMPLES = 4000
PIECES = {"P0 2.3": 0.023, "P0 10": 0.10}
SEEDS = {"P0 2.3": 23, "P0 10": 10, "odds": 5, "change": 2}
RISES = (40_000.0, 35_000.0, 30_000.0, 20_000.0, 10_000.0)
FALLS = (0.0, 6_000.0, 9_000.0, 12_000.0, 15_000.0, 17_500.0)

NAMES = {
    "headcount": "P0",
    "poverty_gap": "P1",
    "severity": "P2",
    "poor_count": "number of poor",
    "gini": "Gini",
    "share:below_sd": "share, no primary diploma",
    "share:sd_smp": "share, primary or junior secondary",
    "share:sma_plus": "share, senior secondary and above",
    "log odds ratio": "log odds ratio, no diploma",
}
DOMAINS = {
    "all": "",
    coverage.DOMAIN: ", head below junior secondary",
    "poor 15+": " of the poor 15+",
}


def run(piece: str, n: int = SAMPLES) -> pd.DataFrame:
    """Results of one piece: a table of coverage, or of power."""
    of = city()
    if piece == "change":
        return coverage.power(coverage.changes(of, before(), falls(), n, SEEDS[piece]))
    if piece == "odds":
        records = coverage.odds_ratios(of, of.line_for(PIECES["P0 2.3"]), n, SEEDS[piece])
    else:
        records = coverage.intervals(of, of.line_for(PIECES[piece]), n, SEEDS[piece])
    return coverage.summary(records).assign(piece="P0 2.3" if piece == "odds" else piece)


def before() -> float:
    """The printed P0 of the year before, a proportion."""
    return published(AREA, YEAR - 1).figures()["headcount"] / 100


def printed_fall() -> float:
    """The printed fall in the number of poor."""
    return (
        published(AREA, YEAR - 1).figures()["poor_count"]
        - published(AREA, YEAR).figures()["poor_count"]
    )


def falls() -> list[float]:
    """True falls that are simulated; a rise is below zero. The printed one is among them."""
    return sorted([-rise for rise in RISES] + list(FALLS) + [printed_fall()])


def keep(piece: str) -> None:
    """Run a piece and put its rows in the place of the old ones."""
    table = run(piece).assign(run=piece)
    path = POWER if piece == "change" else KEPT
    if piece != "change" and path.exists():
        old = pd.read_csv(path)
        table = pd.concat([old[old["run"] != piece], table], ignore_index=True)
        table = table.sort_values(
            "run", key=lambda runs: runs.map(list(SEEDS).index), kind="stable"
        )
    table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")


def blocks(table: pd.DataFrame, power: pd.DataFrame) -> dict[str, str]:
    """Generated parts of docs/method.md, by the name in their markers."""
    return {"coverage": _coverage_block(table), "power": _power_block(power)}


def with_blocks(text: str, parts: dict[str, str]) -> str:
    """A document with its generated parts replaced."""
    for name, part in parts.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        head, rest = text.split(begin)
        text = f"{head}{begin}\n{part}\n{end}{rest.split(end)[1]}"
    return text


def figure(table: pd.DataFrame, power: pd.DataFrame) -> Figure:
    """Coverage of each method, and how often a change is found."""
    drawing = Figure(figsize=(11, 6), layout="constrained")
    left, right = drawing.subplots(1, 2, width_ratios=(1.2, 1))
    rows = table[table["piece"] == "P0 2.3"]
    labels = list(dict.fromkeys(_label(row) for row in rows.itertuples()))
    marks = {"korn-graubard": "s", "gamma": "o", "logit": "^", "wald": "x", "of the rate": "D"}
    for method, mark in marks.items():
        of_method = rows[rows["method"] == method]
        left.plot(
            100 * of_method["coverage"], [-labels.index(_label(r)) for r in of_method.itertuples()],
            mark, label=method, color="#0072B2" if mark != "x" else "#D55E00", fillstyle="none",
        )  # fmt: skip
    default = rows[rows["default"]]
    left.plot(
        100 * default["coverage"],
        [-labels.index(_label(r)) for r in default.itertuples()],
        "k.",
        label="default",
    )
    left.axvline(95, color="#666666", linewidth=0.8)
    left.set_yticks([-i for i in range(len(labels))], labels)
    left.set_xlabel("percent of samples")
    left.set_title(
        "How often a 95% interval holds the truth, P0 of 2.3%", loc="left", fontsize="medium"
    )
    right.set_title("How often a change is found", loc="left", fontsize="medium")
    left.legend(fontsize="small", loc="lower left")
    right.plot(power["fall"] / 1000, 100 * power["found"], ".-", color="#0072B2")
    right.axhline(80, color="#666666", linewidth=0.8)
    right.set_xlabel("true fall in the number of poor, thousand (left of 0 a rise)")
    right.set_ylabel("percent of samples")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return drawing


def write() -> None:
    """Write tables and figure from what is kept."""
    table, power = pd.read_csv(KEPT), pd.read_csv(POWER)
    document = DOCS / "method.md"
    document.write_text(
        with_blocks(document.read_text("utf8"), blocks(table, power)), encoding="utf8"
    )
    with mpl.rc_context(
        {"svg.hashsalt": "coverage", "svg.fonttype": "none", "font.family": "sans-serif"}
    ):
        figure(table, power).savefig(FIGURE, metadata={"Date": None, "Creator": None})


def _label(row) -> str:
    """Statistic and domain in words."""
    return NAMES[row.statistic] + DOMAINS[row.domain]


def _coverage_block(table: pd.DataFrame) -> str:
    """The table of coverage; the default method of a statistic in bold."""
    lines = [
        (
            "| P0 of the city | statistic | method | coverage, percent | truth below | truth above"
            " | SE/sd | width/truth |"
        ),
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for row in table.itertuples():
        method = f"**{row.method}**" if row.default else row.method
        lines.append(
            f"| {100 * PIECES[row.piece]:g}% | {_label(row)} | {method} | {100 * row.coverage:.1f}"
            f" ± {100 * row.mc_error:.1f} | {100 * row.truth_below:.1f} |"
            f" {100 * row.truth_above:.1f} | {row.se_over_sd:.2f} | {row.width:.2f} |"
        )
    missing = table.groupby(["piece", "statistic", "domain"], sort=False)["not_estimable"].min()
    lines += [
        "",
        (
            f"Each row: {table['samples'].min():,} samples or more; ± is the Monte-Carlo standard"
            " error."
        ),
    ]
    for (piece, statistic, domain), number in missing[missing > 0].items():
        label = NAMES[statistic] + DOMAINS[domain]
        lines[-1] += (
            f" Not estimable in {number:,} samples, which are left out: {label} at P0 of"
            f" {100 * PIECES[piece]:g}%."
        )
    return "\n".join(lines)


def _power_block(power: pd.DataFrame) -> str:
    """What is found of true changes, and the smallest found eight times in ten."""
    lines = [
        (
            "| true fall, thousand | found, percent | not estimable, percent | coverage of the"
            " change, percent | SE/sd | detectable by the formula, thousand |"
        ),
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for row in power.itertuples():
        error = 100 * np.sqrt(row.found * (1 - row.found) / row.samples)
        lines.append(
            f"| {row.fall / 1000:g} | {100 * row.found:.1f} ± {error:.1f} |"
            f" {100 * row.not_estimable / row.samples:.1f} | {100 * row.coverage:.1f} |"
            f" {row.se_over_sd:.2f} | {row.detectable / 1000:.1f} |"
        )
    printed = power[np.isclose(power["fall"], printed_fall())].iloc[0]
    sentences = [
        f"A true fall of {printed.fall / 1000:.2f} thousand poor, as printed for {YEAR}, would be"
        f" found in {100 * printed.found:.1f} samples of a hundred."
    ]
    for sign, word in ((1, "fall"), (-1, "rise")):
        size = coverage.found_eight_in_ten(power, sign)
        most = power.loc[(sign * power["fall"]).idxmax()]
        sentences.append(
            f"The {word} found eight times in ten is {size / 1000:.1f} thousand."
            if np.isfinite(size)
            else (
                f"No {word} is found eight times in ten, not even one of {abs(most.fall) / 1000:g}"
                f" thousand ({100 * most.found:.0f} percent)."
            )
        )
    return "\n".join([*lines, "", " ".join(sentences)])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        for chosen in sys.argv[1:] or [*SEEDS]:
            keep(chosen)
