"""Tables of what lies behind a change or a gap, and of poverty as two models tell it."""

import pandas as pd

from bpsstats.models import GapDecomposition, WelfareModel
from bpsstats.poverty import Decomposition
from bpsstats.reporting.display import Table
from bpsstats.reporting.tables.table import (
    as_table,
    interval_heading,
)
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import DASH, Language
from bpsstats.survey import Estimate, Estimates

LOGS = 3  # decimals of differences of logs


@as_table.register
def _(result: Decomposition, words: Language, caption: str) -> Table:
    """Parts of a change, then the whole."""
    rows = [*result.parts, *result.total]
    data = _columns(rows, words, result.parts.level, 2)
    notes = (translate_heading(result.parts.heading, words), words.say("parts", "note"))
    return Table(
        caption or translate_heading(result.parts.heading, words), pd.DataFrame(data), notes
    )


@as_table.register
def _(result: GapDecomposition, words: Language, caption: str) -> Table:
    """Parts of a gap, then the explained part by covariate."""
    data = _columns([*result.parts, *result.by_term], words, result.parts.level, LOGS)
    notes = (translate_heading(result.parts.heading, words), words.say("gap", "note"))
    return Table(
        caption or translate_heading(result.parts.heading, words), pd.DataFrame(data), notes
    )


@as_table.register
def _(result: WelfareModel, words: Language, caption: str) -> Table:
    """Percent poor by class, from the regression of welfare and from the logit."""
    column = words.words["column"]
    tables: list[tuple[str, Estimates]] = [("welfare", result.predicted)]
    if result.by_logit is not None:
        tables.append(("logit", result.by_logit))
    rows = list(result.predicted)
    data = {column["domain"]: [words.label(row.domain) for row in rows]}
    for name, table in tables:
        heading = words.word("method", name)
        by_domain = [table.row("predicted", row.domain) for row in rows]
        data[heading] = [words.number(row.estimate, 2) for row in by_domain]
        interval = interval_heading(words, table.level)
        data[f"{heading}, {interval}"] = [_interval(row, words, 2) for row in by_domain]
    heading = result.result.design.heading
    notes = [translate_heading(heading, words), words.say("welfare", "note")]
    if result.by_logit is None:
        notes.append(words.translated(result.refused))
    return Table(caption or translate_heading(heading, words), pd.DataFrame(data), tuple(notes))


def _columns(
    rows: list[Estimate], words: Language, level: float, digits: int
) -> dict[str, list[str]]:
    """Part, class where there are several, value with its sign, error and interval."""
    column = words.words["column"]
    data = {column["part"]: [words.word("part", row.statistic) for row in rows]}
    if {row.domain for row in rows} != {"all"}:
        data[column["domain"]] = [
            "" if row.domain == "all" else words.label(row.domain) for row in rows
        ]
    unit = words.word("unit", rows[0].unit)
    data[f"{column['estimate']}, {unit}"] = [
        words.number(row.estimate, digits, signed=True) for row in rows
    ]
    data[interval_heading(words, level)] = [
        _interval(row, words, digits, signed=True) for row in rows
    ]
    data[column["std_error"]] = [words.number(row.std_error, digits) for row in rows]
    return data


def _interval(row: Estimate, words: Language, digits: int, *, signed: bool = False) -> str:
    """An interval in words of a language."""
    return f" {DASH} ".join(words.number(limit, digits, signed=signed) for limit in row.interval())
