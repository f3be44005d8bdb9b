"""What the profile tells of the poor and of the others, in one table."""

import pandas as pd

from bpsstats.poverty import Profile
from bpsstats.reporting.display import Table
from bpsstats.reporting.gated import gated
from bpsstats.reporting.tables.table import as_table, interval_heading
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import DASH, Language, language
from bpsstats.survey import Estimates


@as_table.register
def _(result: Profile, words: Language, caption: str) -> Table:
    """What tables there are, or why one is not; `profile_table` shows one of them."""
    column, tables = words.words["column"], result.tables
    data = {
        column["table"]: [table.declared.name for table in tables],
        words.words["workbook"]["title"]: [t.declared.titles[words.code] for t in tables],
        column["cells"]: [
            words.number(len(t.entries)) if t.entries else words.translated(t.reason)
            for t in tables
        ],
    }
    head = f"{result.area} · {words.period(result.year)} · {result.source}"
    return Table(caption or translate_heading(head, words), pd.DataFrame(data))


@gated
def who_table(result: Estimates, lang: str = "en", caption: str = "") -> Table:
    """Shares of the poor and of the others with their intervals, a row for each characteristic.

    Parameters
    ----------
    result : Estimates
        Statistics ``who:<characteristic>`` in the domains ``poor`` and ``non-poor``.
    lang : {"en", "id"}
    caption : str
    """
    words = language(lang)
    names = list(dict.fromkeys(row.statistic for row in result))
    data = {words.words["column"]["characteristic"]: [words.statistic(name) for name in names]}
    interval = interval_heading(words, result.level)
    for group in ("poor", "non-poor"):
        rows = [result.row(name, group) for name in names]
        heading = words.label(group)
        data[heading] = [words.number(row.estimate, 1) for row in rows]
        data[f"{interval}, {heading}"] = [
            f" {DASH} ".join(words.number(limit, 1) for limit in row.interval()) for row in rows
        ]
    notes = (translate_heading(result.heading, words), words.say("who", "note"))
    return Table(caption, pd.DataFrame(data), notes)
