"""Relations within one area and year: products, sums, parts of an area, repeated prints."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from bpsstats.files import read_yaml
from bpsstats.published.indicators import find_indicator
from bpsstats.published.record.cells import Printed, PrintedCells
from bpsstats.published.record.finding import Finding, Verdict
from bpsstats.published.record.interval import Interval


def identities(cells: PrintedCells, area_code: str) -> Iterator[Finding]:
    """All declared relations of an area, in every year where their figures are printed."""
    for year in cells.years():
        for name, relation in relations().items():
            for domain in _domains(cells, area_code, year, relation):
                parts = _parts(cells, area_code, year, relation, domain)
                if parts is not None:
                    yield _finding(name, relation, area_code, year, domain, *parts)


def repeats(cells: PrintedCells, area_code: str) -> Iterator[Finding]:
    """The same figure in several publications: each print against the first."""
    for printed in cells:
        if printed.key.area_code == area_code and len(printed.cells) > 1:
            spans = [Interval(*cell.rounding) for cell in printed.cells]
            other = next((span for span in spans if not span.meets(spans[0])), spans[-1])
            yield Finding(
                "printed_twice",
                area_code,
                printed.key.year,
                (printed,),
                spans[0],
                other,
                find_indicator(printed.key.indicator).unit,
                judge(spans[0], other, (printed,)),
            )


def marked(cells: PrintedCells, area_code: str) -> Iterator[Finding]:
    """Cells whose source or note gives reason to doubt them."""
    for printed in cells:
        if printed.key.area_code == area_code and any(cell.doubtful for cell in printed.cells):
            unit = find_indicator(printed.key.indicator).unit
            yield Finding(
                "marked", area_code, printed.key.year, (printed,), printed.interval,
                Interval(-inf, inf), unit, "doubtful",
            )  # fmt: skip


def judge(
    said: Interval, left_open: Interval, cells: tuple[Printed, ...], sign: str = "="
) -> Verdict:
    """Whether a figure and what the others leave open can both be right."""
    apart = said.apart(left_open)
    fails = (sign != ">=" and apart > 0) or (sign != "<=" and apart < 0)
    if not fails:
        return "holds"
    return "doubtful" if any(cell.marks for cell in cells) else "contradicts"


@cache
def relations() -> dict[str, dict[str, Any]]:
    """The declared relations by name."""
    document: dict[str, dict[str, Any]] = read_yaml(Path(__file__).with_name("relations.yaml"))
    return document


def _domains(cells: PrintedCells, area_code: str, year: int, relation: dict[str, Any]) -> list[str]:
    """Where the left side, or the first part of a table, is printed."""
    if "in" in relation:
        return [relation["in"]]
    over_parts = "between" in relation or "domains" in relation.get("sum", {})
    if over_parts:
        return ["all"]
    first = relation["left"] if "left" in relation else relation["sum"]["parts"][0]
    return [
        printed.key.domain
        for printed in cells.of(area_code, year)
        if printed.key.indicator == first
    ]


def _parts(
    cells: PrintedCells, area_code: str, year: int, relation: dict[str, Any], domain: str
) -> tuple[list[Printed], list[Printed]] | None:
    """Left side and right side of a relation; None where a figure is not printed."""
    left = [(relation["left"], domain)] if "left" in relation else []
    if "product" in relation:
        product = relation["product"]
        right = [(name, domain) for name in (*product["times"], *product.get("over", ()))]
    elif "sum" in relation:
        domains = relation["sum"].get("domains", [domain])
        right = [(name, part) for name in relation["sum"]["parts"] for part in domains]
    else:
        right = [(relation["left"], part) for part in relation["between"]]
    found = [
        [cells.get(area_code, year, name, part) for name, part in side] for side in (left, right)
    ]
    if any(printed is None for side in found for printed in side):
        return None
    left_cells, right_cells = ([p for p in side if p is not None] for side in found)
    return left_cells, right_cells


def _finding(
    name: str,
    relation: dict[str, Any],
    area_code: str,
    year: int,
    domain: str,
    left: list[Printed],
    right: list[Printed],
) -> Finding:
    """A relation carried out."""
    total = float(relation.get("total", 0))
    said = left[0].interval if left else Interval(total, total)
    if "product" in relation:
        product = relation["product"]
        factors = [printed.interval for printed in right]
        n_times = len(product["times"])
        left_open = Interval.of(float(Fraction(product.get("factor", 1))))
        for factor in factors[:n_times]:
            left_open = left_open * factor
        for factor in factors[n_times:]:
            left_open = left_open / factor
    elif "sum" in relation:
        left_open = sum((printed.interval for printed in right), Interval(0.0, 0.0))
    else:
        left_open = Interval.hull(printed.interval for printed in right)
    sign = relation.get("is", "=")
    cells = (*left, *dict.fromkeys(right))
    if sign != "=":
        open_end = Interval(0.0, left_open.high) if sign == "<=" else Interval(left_open.low, inf)
        verdict = judge(said, left_open, cells, sign)
        left_open = open_end
    else:
        verdict = judge(said, left_open, cells)
    unit = find_indicator(cells[0].key.indicator).unit
    label = name if domain in ("all", "poor 15+") or "in" in relation else f"{name} ({domain})"
    return Finding(label, area_code, year, cells, said, left_open, unit, verdict)
