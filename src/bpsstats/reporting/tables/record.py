"""The printed record as tables."""

from collections.abc import Iterable, Sequence

import pandas as pd

from bpsstats.microdata import find_area
from bpsstats.published.record import (
    Additivity,
    Bounds,
    Depth,
    Findings,
    Interval,
    PrintedRecord,
    Ranks,
    Steadiness,
)
from bpsstats.published.record.cells import Printed
from bpsstats.published.record.finding import VERDICTS, digits
from bpsstats.published.record.printed_record import POVERTY, RELEASE
from bpsstats.reporting.display import Table
from bpsstats.reporting.gated import gated
from bpsstats.reporting.tables.table import (
    as_printed,
    as_table,
    interval_heading,
)
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import DASH, Language, language
from bpsstats.survey import Estimates

MOST_CELLS = 4  # that a finding names one by one


@gated
def levels_table(record: PrintedRecord, lang: str = "en") -> Table:
    """The release of an area as it was printed, year by year.

    Parameters
    ----------
    record : PrintedRecord
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> record = bps.printed_record("6471")
    >>> bps.levels_table(record, "id").caption
    'Yang tercetak tentang Kota Balikpapan'
    """
    words = language(lang)
    data = _levels(record, RELEASE, words)
    return Table(_say("caption_levels", words, area=record.area.name), pd.DataFrame(data))


@gated
def trend_table(
    record: PrintedRecord, rates: Estimates, breaks: Sequence[int], caption: str, lang: str = "en"
) -> Table:
    """Poverty as printed, year by year, with the recomputed rate of the rounds that are there.

    Parameters
    ----------
    record : PrintedRecord
    rates : Estimates
        P0 of the rounds; the table ends with the last of them.
    breaks : sequence of int
        Years from which the printed numbers rest on another base.
    caption : str
    lang : {"en", "id"}
    """
    words = language(lang)
    by_year = {int(row.period.split()[-1]): row for row in rates}
    data = _levels(record, POVERTY, words, max(by_year), by_year)
    years = data[words.words["column"]["year"]]
    marked = [f"{year} †" if int(year) in breaks[:1] else year for year in years]
    data[words.words["column"]["year"]] = marked
    of = f"P0, {words.word('trend', 'recomputed')}"
    rows = [by_year.get(int(year)) for year in years]
    data[of] = [DASH if row is None else words.number(row.estimate, 2) for row in rows]
    data[interval_heading(words, rates.level)] = [
        DASH if row is None else f" {DASH} ".join(words.number(v, 2) for v in row.interval())
        for row in rows
    ]
    notes = [translate_heading(rates.heading, words)]
    if marked != years:
        notes.append(words.word("trend", "break"))
    # The recomputed rate and its interval stand beside the printed rate.
    year, rate, *others = data
    beside = [of, interval_heading(words, rates.level)]
    order = [year, rate, *beside, *(name for name in others if name not in beside)]
    return Table(caption, pd.DataFrame(data)[order], tuple(notes))


def _levels(
    record: PrintedRecord,
    names: Sequence[str],
    words: Language,
    last: int | None = None,
    others: Iterable[int] = (),
) -> dict[str, list[str]]:
    """Columns of printed figures by year, up to a last year, and of other years."""
    series = {name: record.cells.series(record.area.code, name) for name in names}
    known = {year for one in series.values() for year in one} | set(others)
    years = sorted(year for year in known if last is None or year <= last)
    data = {words.words["column"]["year"]: [str(year) for year in years]}
    for name, one in series.items():
        unit = next((printed.cells[0].unit for printed in one.values()), "")
        head = ", ".join(filter(None, (words.word("indicator", name), words.word("unit", unit))))
        data[head] = [_as_printed(one[y], words) if y in one else DASH for y in years]
    return data


@gated
def coherence_table(record: PrintedRecord, lang: str = "en") -> Table:
    """How many checks of each kind came to which verdict.

    Parameters
    ----------
    record : PrintedRecord
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> record = bps.printed_record("6471")
    >>> bps.coherence_table(record).frame.shape[0] > 0
    True
    """
    words = language(lang)
    counts = record.coherence.counts()
    used = [verdict for verdict in VERDICTS if counts[verdict].any()]
    data = {words.word("record", "check"): [_check(name, words) for name in counts["check"]]}
    for verdict in used:
        head = words.word("record_verdict", verdict).split(":")[0]
        data[head] = [words.number(n) if n else DASH for n in counts[verdict]]
    n = words.number(len(record.coherence))
    caption = _say("caption_coherence", words, area=record.area.name, n=n)
    return Table(caption, pd.DataFrame(data))


@as_table.register
def _(result: Findings, words: Language, caption: str) -> Table:
    data = {
        "check": [_check(row.check, words) for row in result],
        "place": [f"{find_area(row.area_code).name}, {row.year}" for row in result],
        "cells": [cells_as_printed(row.cells, row.area_code, row.year, words) for row in result],
        "said": [interval_text(row.said, words) for row in result],
        "left": [interval_text(row.left_open, words) for row in result],
        "verdict": [words.word("record_verdict", row.verdict) for row in result],
    }
    notes = () if len(result) else (words.word("record", "nothing"),)
    name = result.heading.split(" · ")[0]
    return Table(caption or _say("caption_named", words, area=name), _headed(data, words), notes)


@as_table.register
def _(result: Steadiness, words: Language, caption: str) -> Table:
    rows = list(result)
    data = {
        "area": [_area(row.area, words) for row in rows],
        "effect": [words.number(row.design_effect, 1) for row in rows],
        "changes": [words.number(row.changes) for row in rows],
        "statistic": [words.number(row.statistic, 2) for row in rows],
        "lowest": [words.number(row.lowest, 2) for row in rows],
        "p": [words.number(row.p_value, 4) for row in rows],
        "error": [words.number(row.monte_carlo_error, 4) for row in rows],
        "equivalent": [words.number(round(row.equivalent_households, -2)) for row in rows],
    }
    if not rows:
        return Table(caption, _headed(data, words), (words.word("record", "none"),))
    note = _say(
        "note_steadiness", words, n=words.number(result.replicates),
        households=words.number(rows[0].households),
    )  # fmt: skip
    span = {"first": result.years[0], "last": result.years[-1]}
    title = caption or _say("caption_steadiness", words, **span)
    return Table(title, _headed(data, words), (note,))


@as_table.register
def _(result: Depth, words: Language, caption: str) -> Table:
    rows = list(result)
    data = {
        "area": [_area(row.area, words) for row in rows],
        "changes": [words.number(row.changes) for row in rows],
        "statistic": [words.number(row.statistic, 1) for row in rows],
        "per_change": [words.number(row.per_change, 2) for row in rows],
    }
    note = _say("note_depth", words, effect=words.number(result.design_effect, 0))
    return Table(caption or words.word("record", "caption_depth"), _headed(data, words), (note,))


@as_table.register
def _(result: Additivity, words: Language, caption: str) -> Table:
    rows = list(result)
    data = {words.words["column"]["year"]: [str(row.year) for row in rows]} | {
        words.word("record", key): cells
        for key, cells in {
            "sum": [words.number(row.total, 2) for row in rows],
            "province": [words.number(row.province, 2) for row in rows],
            "difference": [words.number(row.difference, 2, signed=True) for row in rows],
            "rounding": ["± " + words.number(row.rounding, 3) for row in rows],
            "std_error": [words.number(row.std_error, 1) for row in rows],
            "adds": [str(words.words["yes" if row.adds_up else "no"]) for row in rows],
        }.items()
    }
    note = _say("note_sums", words, effect=words.number(result.design_effect, 0))
    title = caption or _say("caption_sums", words, area=result.area)
    return Table(title, pd.DataFrame(data), (note,))


@as_table.register
def _(result: Ranks, words: Language, caption: str) -> Table:
    rows = list(result)

    def span(low: int, high: int) -> str:
        return str(low) if low == high else f"{low} {DASH} {high}"

    data = {
        "area": [row.area for row in rows],
        "rate": [words.number(row.rate, 2) for row in rows],
        "rank": [str(row.rank) for row in rows],
        "rank_printed": [span(row.lowest_as_printed, row.highest_as_printed) for row in rows],
        "rank_sample": [span(row.lowest, row.highest) for row in rows],
    }
    note = words.word("record", "none")
    if rows:
        note = _say("note_ranks", words, level=words.number(100 * result.level, 0))
    title = caption or _say("caption_ranks", words, year=result.year)
    return Table(title, _headed(data, words), (note,))


@as_table.register
def _(result: Bounds, words: Language, caption: str) -> Table:
    rows = list(result)
    data = {
        "quantity": [words.word("bound", row.name) for row in rows],
        "between": [interval_text(row.interval, words) for row in rows],
        "unit": [words.word("bound_unit", words.word("unit", row.unit)) for row in rows],
        "formula": [row.formula for row in rows],
    }
    notes = [words.word("record", "note_bounds")] if rows else []
    if result.missing:
        names = ", ".join(words.word("indicator", name) for name in result.missing)
        notes.append(_say("note_missing", words, names=names))
    if result.infeasible:
        notes.append(words.word("record", "note_infeasible"))
    title = caption or _say("caption_bounds", words, area=result.area, year=result.year)
    return Table(title, _headed(data, words), tuple(notes))


def cells_as_printed(cells: Sequence[Printed], area_code: str, year: int, words: Language) -> str:
    """The cells of a finding by name, as printed, with their marks."""
    most = MOST_CELLS - 1 if len(cells) > MOST_CELLS else len(cells)
    named = [_named(cell, area_code, year, words) for cell in cells[:most]]
    if len(cells) > most:
        named.append(_say("more", words, n=len(cells) - most))
    return "; ".join(named)


def interval_text(interval: Interval, words: Language) -> str:
    """An interval in the language's numbers; a sign where one end is open."""
    places = digits(interval)
    low, high = (words.number(end, places) for end in (interval.low, interval.high))
    if low == DASH or high == DASH:
        return DASH if low == high else f"≥ {low}" if high == DASH else f"≤ {high}"
    return low if low == high else f"{low} {DASH} {high}"


def _named(cell: Printed, area_code: str, year: int, words: Language) -> str:
    """One cell: name, whose and when if another's, value, marks."""
    key = cell.key
    of = [
        *([words.label(key.domain)] if key.domain not in ("all", "poor 15+", "poor") else []),
        *([find_area(key.area_code).name] if key.area_code != area_code else []),
        *([str(key.year)] if key.year != year else []),
    ]
    marks = [words.word("mark", mark) for mark in cell.marks.split(", ") if mark]
    name = words.word("indicator", key.indicator) + (f" ({', '.join(of)})" if of else "")
    return f"{name} {_as_printed(cell, words)}" + (f" [{', '.join(marks)}]" if marks else "")


def _as_printed(cell: Printed, words: Language) -> str:
    """All prints of a cell, with the language's marks."""
    return " / ".join(dict.fromkeys(as_printed(print_, words) for print_ in cell.cells))


def _check(name: str, words: Language) -> str:
    """Name of a check; a domain in brackets stays."""
    bare, _, domain = name.partition(" (")
    inside = f" ({words.label(domain.rstrip(')'))})" if domain else ""
    return words.word("record_check", bare) + inside


def _area(code: str, words: Language) -> str:
    """Name of an area, or of all together."""
    return words.word("record", "all_areas") if code == "all" else find_area(code).name


def _headed(data: dict[str, list[str]], words: Language) -> pd.DataFrame:
    """Columns under their headings."""
    return pd.DataFrame({words.word("record", key): cells for key, cells in data.items()})


def _say(key: str, words: Language, **values: object) -> str:
    """A caption or note."""
    return words.say(key, "record", **values)
