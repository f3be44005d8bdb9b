"""The rebuilt poverty line as a table, its basket, and the food of tenths of persons."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.microdata import find_area
from bpsstats.poverty import ImpliedFactor, PovertyLine
from bpsstats.poverty.basic_needs.result import RebuiltLine
from bpsstats.poverty.factor.implied import FACTOR
from bpsstats.poverty.lines.official import line_if_any
from bpsstats.reporting.display import Table
from bpsstats.reporting.gated import gated
from bpsstats.reporting.tables.table import (
    as_table,
    interval_heading,
    table,
)
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import DASH, Language, language
from bpsstats.reporting.words.line import IMPLIED_FACTOR, ImpliedFacts
from bpsstats.survey import Estimate, Estimates

MOST_SHOWN, LINES_SHOWN = 10, 8  # commodities, years


@as_table.register
def _(result: RebuiltLine, words: Language, caption: str) -> Table:
    """Food and non-food line and their sum."""
    column = words.words["column"]
    rows, total = [result.food, result.nonfood, result.total], result.total.estimate
    data = {
        column["statistic"]: [words.statistic(row.statistic) for row in rows],
        f"{column['estimate']}, {words.word('unit', rows[0].unit)}": [
            words.number(row.estimate) for row in rows
        ],
        interval_heading(words, result.lines.level): [
            f" {DASH} ".join(words.number(limit) for limit in row.interval()) for row in rows
        ],
        column["std_error"]: [words.number(row.std_error) for row in rows],
        column["share_of_line"]: [words.number(100 * row.estimate / total, 1) for row in rows],
    }
    note = words.say(
        "reference",
        "note",
        n=words.number(result.total.n),
        temporary=words.number(result.temporary),
    )
    notes = (translate_heading(result.lines.heading, words), note)
    return Table(
        caption or translate_heading(result.lines.heading, words), pd.DataFrame(data), notes
    )


@gated
def basket_table(result: RebuiltLine, lang: str = "en", most: int = MOST_SHOWN) -> Table:
    """The commodities that weigh most in the line: cost, share, calories, prices.

    Parameters
    ----------
    result : RebuiltLine
    lang : {"en", "id"}
    most : int
        How many.

    Examples
    --------
    >>> import bpsstats as bps
    >>> round_, line = bps.read_round("6471", 2022), bps.poverty_line("6471", 2022)
    >>> design, items = bps.SurveyDesign(round_.households), bps.read_items("6471", 2022)
    >>> rebuilt = bps.estimate_poverty_line(design, items, bps.line_before("6471", 2022))
    >>> len(bps.basket_table(rebuilt, most=5).frame)
    5
    """
    words = language(lang)
    column, costs = words.words["column"], result.shown[:most]

    def number(row: Estimate | None, digits: int) -> str:
        return (
            DASH
            if row is None or not np.isfinite(row.estimate)
            else words.number(row.estimate, digits)
        )

    total = result.total.estimate
    data = {
        column["commodity"]: [
            entry.commodity.name_id if lang == "id" else entry.commodity.name_en for entry in costs
        ],
        column["cost"]: [number(entry.cost, 0) for entry in costs],
        column["std_error"]: [words.number(entry.cost.std_error) for entry in costs],
        column["share_of_line"]: [
            words.number(100 * entry.cost.estimate / total, 1) for entry in costs
        ],
        column["calories"]: [
            DASH if not entry.calories.estimate else number(entry.calories, 0) for entry in costs
        ],
        column["price_per_kilocalorie"]: [
            number(entry.price_per_kilocalorie, 1) for entry in costs
        ],
        column["price_per_unit"]: [number(entry.price_per_unit, 0) for entry in costs],
    }
    caption = words.say("basket", "caption", n=len(costs), area=result.design.area)
    return Table(
        caption,
        pd.DataFrame(data),
        (translate_heading(result.lines.heading, words), words.say("basket", "note")),
    )


@as_table.register
def _(result: ImpliedFactor, words: Language, caption: str) -> Table:
    """What moves with a correction factor, over all factors that print the rate."""
    column, said = words.words["column"], words.words["factor"]
    rows = result.to_frame().to_dict("records")

    def between(row: dict[Any, Any], *ends: str) -> str:
        digits = 4 if row["figure"] == FACTOR else 3
        return f" {DASH} ".join(dict.fromkeys(words.number(row[end], digits) for end in ends))

    data = {
        column["statistic"]: [
            said["name"] if row["figure"] == FACTOR else words.statistic(row["figure"])
            for row in rows
        ],
        column["domain"]: [words.label(row["of"]) for row in rows],
        said["without"]: [words.number(row["without"], 3) for row in rows],
        said["prints"]: [between(row, "low", "high") for row in rows],
        interval_heading(words, result.level): [
            between(row, "conf_low", "conf_high") for row in rows
        ],
        column["std_error"]: [words.number(row["std_error"], 3) for row in rows],
    }
    sentence = IMPLIED_FACTOR.say(ImpliedFacts.of(result, words), words)
    heading = result.heading.rpartition(" · ")[0]
    title = caption or f"{said['caption']} · {translate_heading(heading, words)}"
    return Table(title, pd.DataFrame(data), (sentence,))


@gated
def engel_table(curve: Estimates, lang: str = "en") -> Table:
    """The share of food by tenths of persons, one row each, beside what they spend.

    Parameters
    ----------
    curve : Estimates
        Result of `bpsstats.poverty.engel_curve`.
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> len(bps.engel_table(bps.engel_curve(households)).frame)
    10
    """
    words = language(lang)
    shares = [row for row in curve if row.statistic == "food_share"]
    spending = [row for row in curve if row.statistic != "food_share"]
    tenths = [row.domain.partition("=")[2] for row in shares]
    caption = words.say("engel", "caption", period=words.translate_period(shares[0].period))
    by_tenth = table(Estimates(tuple(shares), curve.heading, curve.level), lang, caption)
    frame = by_tenth.frame.drop(columns=words.words["column"]["statistic"])
    frame[words.words["column"]["domain"]] = tenths
    name = f"{words.statistic(spending[0].statistic)}, {words.word('unit', spending[0].unit)}"
    frame.insert(1, name, [words.number(row.estimate) for row in spending])
    frame = frame.rename(columns={words.words["column"]["domain"]: words.words["column"]["tenth"]})
    return replace(by_tenth, frame=frame)


@gated
def lines_table(lines: Sequence[tuple[int, float, str]], area: str, lang: str = "en") -> Table:
    """Printed lines by year: value, change on the year before, source.

    Parameters
    ----------
    lines : sequence of (year, value, source)
    area : str
    lang : {"en", "id"}
    """
    words = language(lang)
    column = words.words["column"]
    known = {year: value for year, value, _ in lines}
    growth = [
        100 * (value / known[year - 1] - 1) if year - 1 in known else float("nan")
        for year, value, _ in lines
    ]
    frame = pd.DataFrame(
        {
            column["year"]: [str(year) for year, _, _ in lines],
            column["line"]: [words.number(value) for _, value, _ in lines],
            column["increase"]: [
                words.number(g, 1, signed=True) + (" %" if g == g else "") for g in growth
            ],
            column["source"]: [words.publication(source) for _, _, source in lines],
        }
    )
    return Table(words.say("lines", "caption", area=area), frame)


@gated
def printed_lines(area: str | int, year: int, lang: str = "en") -> Table:
    """Printed lines of an area up to a year, as a table.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int
        Last year.
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> bps.printed_lines("6471", 2022).frame.iloc[:, 0].tolist()[-2:]
    ['2021', '2022']
    """
    known = find_area(area)
    years = range(year - LINES_SHOWN + 1, year + 1)
    lines = [line for line in (line_if_any(known.code, y, accept=True) for y in years) if line]
    return lines_table([(line.year, float(line), line.source) for line in lines], known.name, lang)


@gated
def line_before(area: str | int, year: int) -> PovertyLine | None:
    """The line of the year before, if it is on file.

    Parameters
    ----------
    area : str or int
        BPS code or name.
    year : int

    Examples
    --------
    >>> import bpsstats as bps
    >>> bps.line_before("6471", 2022).year
    2021
    """
    return line_if_any(find_area(area).code, year - 1, accept=True)
